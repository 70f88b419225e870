//! The tax number of a customer. Sealed with a key of their own, which is sealed with the key of the shop and forgotten with the account.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{Failure, Secret, person::KraPin};
use runtime::Seal;
use serde::Deserialize;
use store::SealedNumber;

use crate::Deps;

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    #[serde(default)]
    pin: String,
}

pub(crate) async fn keep(deps: &Deps, person: &str, typed: &Typed) -> Result<String, Failure> {
    let pin = KraPin::new(&typed.pin).map_err(|wrong| Failure::Invalid(vec![wrong]))?;
    let mut bytes = [0; 32];
    deps.ids.fill(&mut bytes)?;
    let own = Secret::new(STANDARD.encode(bytes));
    let sealed = SealedNumber {
        key: deps.seal.seal(&deps.ids, &place("key", person), own.expose())?,
        number: Seal::new(&own)?.seal(&deps.ids, &place("kra pin", person), pin.expose())?,
        hint: pin.hint(),
    };
    deps.numbers.keep_tax_number(person, &sealed).await?;
    tracing::info!(person.id = person, "Kept the tax number of {person}");
    Ok(sealed.hint)
}

/// The number itself, for its owner's export.
pub(crate) async fn open(deps: &Deps, person: &str) -> Result<Option<String>, Failure> {
    let Some(sealed) = deps.numbers.tax_number(person).await? else {
        return Ok(None);
    };
    let own = deps.seal.open(&place("key", person), &sealed.key)?;
    let pin = Seal::new(&own)?.open(&place("kra pin", person), &sealed.number)?;
    Ok(Some(pin.expose().to_owned()))
}

fn place(what: &str, person: &str) -> String {
    format!("{what} {person}")
}
