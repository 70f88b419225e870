//! Table: what Stripe takes at once, by currency (docs.stripe.com "Supported currencies", with its least and greatest charges, read
//! 2026-11-30; currencies as in the client library of API 2026-09).

use domain::{Currency, payment_terms::Limits};

use super::amounts;

/// Currencies in which cards are charged.
const TAKEN: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE \
     CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS \
     KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD \
     OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TND TOP TRY TTD TWD \
     TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW";

/// The least charge where Stripe names one, in our minor units.
const SMALLEST: &[(i64, &str)] = &[
    (30, "GBP"),
    (50, "AUD BRL CAD CHF EUR JPY NZD SGD USD"),
    (200, "AED MYR PLN RON"),
    (250, "DKK"),
    (300, "NOK SEK"),
    (400, "HKD"),
    (1_000, "MXN THB"),
    (1_500, "CZK"),
    (17_500, "HUF"),
];

/// Elsewhere half a dollar's worth at Stripe's rate of the day. These stand well above that, so that no rate makes them too little.
const CAUTIOUS: &[(i64, &str)] = &[
    (10_000, "KES"),
    (150_000, "NGN"),
    (250_000, "TZS"),
    (1_500, "RWF"),
    (2_000, "ZAR"),
    (4_000, "UGX"),
];

/// At most eight digits in Stripe's own units.
const MOST_UNITS: i64 = 99_999_999;

/// What Stripe takes at once in a currency.
pub(super) fn of(currency: Currency) -> Option<Limits> {
    let listed = |list: &str| list.split(' ').any(|code| code == currency.code());
    if !listed(TAKEN) {
        return None;
    }
    let least = SMALLEST.iter().chain(CAUTIOUS).find(|(_, list)| listed(list));
    Some(Limits {
        unit: amounts::unit(currency)?,
        smallest: least.map_or_else(|| elsewhere(currency), |(least, _)| *least),
        largest: amounts::from_units(MOST_UNITS, currency)?,
    })
}

/// In a currency that the shop does not propose, Stripe's own word decides what is too little.
fn elsewhere(currency: Currency) -> i64 {
    10_i64.saturating_pow(u32::from(currency.exponent()))
}

#[cfg(test)]
mod tests {
    use domain::Money;

    use super::*;

    fn limits(code: &str) -> Option<Limits> {
        of(code.parse().unwrap())
    }

    #[test]
    fn what_is_within_the_limits_can_be_said_in_stripes_units() {
        for code in TAKEN.split(' ') {
            let limits = limits(code).unwrap();
            assert!(limits.smallest <= limits.largest && limits.smallest > 0, "{code}");
            for amount in [
                limits.at_least(0),
                limits.at_least(limits.smallest + 1),
                limits.largest_step(),
            ] {
                let units = amounts::to_stripe(Money::new(amount, code.parse().unwrap()));
                assert!(
                    units.is_some_and(|units| (1..=MOST_UNITS).contains(&units)),
                    "{amount} {code}"
                );
            }
        }
    }

    #[test]
    fn the_largest_amount_has_eight_digits_at_stripe() {
        for (code, largest) in [
            ("USD", 99_999_999),
            ("KES", 99_999_999),
            ("UGX", 999_999),
            ("JPY", 99_999_999),
            ("MGA", 9_999_999_900),
            ("KWD", 99_999_990),
        ] {
            assert_eq!(limits(code).unwrap().largest_step(), largest, "{code}");
        }
    }

    #[test]
    fn a_currency_that_cards_are_not_charged_in_is_not_taken() {
        for code in ["GHS", "IQD", "LYD", "KPW"] {
            assert_eq!(limits(code), None, "{code}");
        }
    }
}
