//! In which money a price is promised, and that it can be paid: a price that nobody takes is no price.

use domain::{
    Currency, Failure, Money, Refusal, Timestamp,
    landed_cost::{LandedCost, Remark, Rules, Severity, Want},
    payment_terms::{PaymentMethods, Unpayable},
};

use crate::{Deps, make_quote::QuoteForm};

/// The currency to pay in: the destination's own, or another one that we take somewhere.
pub(crate) fn charge_in((deps, rules): (&Deps, &Rules), form: &QuoteForm, now: Timestamp) -> Result<Currency, Failure> {
    let destinations = rules.destinations(now.date());
    let destination = destinations.iter().find(|destination| destination.dest == form.country);
    let local = destination.ok_or(Refusal::CountryNotServed)?.customs_currency;
    let wrong = |code: &str| {
        let sentence = format!("We cannot take payments in {code}. Please choose another currency.");
        Failure::field("currency", "not_offered", sentence)
    };
    if form.currency.is_empty() {
        return usual(&deps.methods, local).ok_or_else(|| wrong(local.code()));
    }
    let is_taken = |currency: &Currency| {
        let is_ours =
            *currency == Currency::USD || destinations.iter().any(|other| other.customs_currency == *currency);
        is_ours && deps.methods.take(*currency)
    };
    let shown: String = form.currency.chars().filter(|c| !c.is_control()).take(8).collect();
    form.currency.parse().ok().filter(is_taken).ok_or_else(|| wrong(&shown))
}

/// What is charged in a country whose currency this is, unless another is asked for.
pub(crate) fn usual(methods: &PaymentMethods, local: Currency) -> Option<Currency> {
    [local, Currency::USD]
        .into_iter()
        .find(|currency| methods.take(*currency))
}

/// The prices that can be paid, each with a word about how when it is not at once. One of which nobody takes the amount is left out, as long as
/// another can be paid.
pub(crate) fn payable(deps: &Deps, priced: Vec<(Want, LandedCost)>) -> Result<Vec<(Want, LandedCost)>, Failure> {
    let (mut paid, mut refused) = (Vec::new(), None);
    for (want, mut cost) in priced {
        match deps.methods.payable(cost.total) {
            Ok((how, _)) => {
                cost.remarks.extend(how.sentence().map(in_parts));
                paid.push((want, cost));
            }
            Err(why) => refused = refused.or(Some((cost.total, why))),
        }
    }
    match refused {
        Some((total, why)) if paid.is_empty() => Err(unpayable(deps, total, why)),
        Some(_) | None => Ok(paid),
    }
}

fn in_parts(sentence: String) -> Remark {
    Remark {
        severity: Severity::Warning,
        code: "paid_in_parts".into(),
        line: None,
        row: None,
        sentence,
    }
}

fn unpayable(deps: &Deps, total: Money, why: Unpayable) -> Failure {
    let elsewhere = if total.currency() != Currency::USD && deps.methods.take(Currency::USD) {
        " Choose USD to pay in, or order less at a time."
    } else {
        " Please order less at a time."
    };
    let advice = match why {
        Unpayable::TooLarge { .. } => elsewhere,
        Unpayable::Currency(_) | Unpayable::Step(_) | Unpayable::TooSmall(_) => " Please choose another currency.",
    };
    Failure::field("currency", why.code(), format!("This comes to {total}. {why}{advice}"))
}

#[cfg(test)]
#[path = "../tests/unit/charge.rs"]
mod tests;
