//! Table: what is priced before and after a change, to every country we deliver to. Ordinary things, so that most rules take part.

use domain::{
    Currency, Grams, Money, Timestamp,
    address::Country,
    landed_cost::{Freight, Mode, NotPriced, Rules, Speed, Want, WantedLine, price},
    product::{Package, ProviderCode, VariantRef},
};

/// One thing in a number.
struct Sample {
    title: &'static str,
    cents: i64,
    quantity: u32,
    grams: u32,
}

const SAMPLES: &[(&str, &[Sample])] = &[
    ("a pair of running shoes", &[sample("Running shoes", 12_000, 1, 1_100)]),
    ("a smartphone", &[sample("Smartphone 256 GB", 30_000, 1, 450)]),
    (
        "two shirts and a kettle",
        &[
            sample("Cotton T-shirt", 1_200, 2, 300),
            sample("Kitchen kettle", 2_400, 1, 1_200),
        ],
    ),
];

const fn sample(title: &'static str, cents: i64, quantity: u32, grams: u32) -> Sample {
    Sample {
        title,
        cents,
        quantity,
        grams,
    }
}

/// What one sample costs in one country.
pub(crate) struct Priced {
    /// What and where, in the same order for the same rules.
    pub(crate) name: String,
    /// The total, or why there is none.
    pub(crate) total: Result<Money, String>,
}

/// Every sample to every country.
pub(crate) fn price_all(rules: &Rules, from: Country, now: Timestamp) -> Vec<Priced> {
    let mut all = Vec::new();
    for to in rules.destinations(now.date()) {
        let Some(carrier) = rules.carrier_to(to.dest, now.date()) else {
            continue;
        };
        for (name, samples) in SAMPLES {
            let want = Want {
                lines: samples.iter().filter_map(line).collect(),
                destination: to.dest,
                export_from: from,
                charge: to.customs_currency,
                charge_unit: 1,
                freight: Freight::Tariff(carrier.clone(), Speed::default()),
                mode: Mode::Air,
                payment: None,
            };
            all.push(Priced {
                name: format!("{name} to {}", to.name),
                total: price(rules, &want, now).map(|cost| cost.total).map_err(why),
            });
        }
    }
    all
}

/// One piece of something, for a test.
#[cfg(test)]
pub(crate) fn wanted(title: &'static str, cents: i64) -> WantedLine {
    line(&sample(title, cents, 1, 900)).unwrap()
}

fn line(sample: &Sample) -> Option<WantedLine> {
    let store: ProviderCode = "sample".parse().ok()?;
    let variant = VariantRef {
        store,
        product: sample.title.into(),
        variant: String::new(),
    };
    let price = Money::new(sample.cents, Currency::USD);
    Some(WantedLine {
        package: Some(Package {
            weight: Grams(sample.grams),
            size: None,
        }),
        ..WantedLine::new(variant, sample.title, sample.quantity, price)
    })
}

pub(crate) fn why(reason: NotPriced) -> String {
    if let NotPriced::Refused(refusal) = &reason {
        refusal.to_string()
    } else {
        reason.to_string()
    }
}
