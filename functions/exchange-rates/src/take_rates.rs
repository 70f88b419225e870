//! Asks every source and keeps what is believed of their answers.

use std::time::Duration;

use domain::{
    Cause, Failure,
    landed_cost::{PublishedRates, RateSheet, RefusedRate, Rules, WhyRefused},
};
use providers::{Error, rates::RateSource};
use store::Newest;

use crate::Deps;

/// When nobody answers, the next tick is soon enough.
const LATER: Duration = Duration::from_secs(600);

pub(crate) async fn run(deps: &Deps) -> Result<(), Failure> {
    let published = ask(deps).await?;
    let Newest { edition, rates: before } = deps.rules.newest().await?;
    let rules = Rules::current(edition.as_ref(), before.as_ref())
        .map_err(|error| Failure::Internal(Cause::with("could not read the rules in force", error)))?;
    let sheet = RateSheet::of(&rules, before.as_ref(), &published, deps.clock.now());
    tell(&sheet.refused);
    let same = |before: &RateSheet| (&before.rates, &before.refused) == (&sheet.rates, &sheet.refused);
    if before.as_ref().is_some_and(same) {
        return Ok(());
    }
    deps.rules.keep_rates(&sheet).await?;
    let (taken, refused) = (sheet.rates.len(), sheet.refused.len());
    tracing::info!(taken, refused, "Took {taken} exchange rates and left {refused} out");
    Ok(())
}

/// What the sources say; one that is silent does not stop the others.
async fn ask(deps: &Deps) -> Result<Vec<PublishedRates>, Failure> {
    let mut published = Vec::new();
    for source in &deps.sources {
        match latest(deps, source.as_ref()).await {
            Ok(rates) => published.push(rates),
            Err(error) => {
                let name = source.name();
                tracing::warn!(source = name, error = %error, "{name} gave no exchange rates");
            }
        }
    }
    if published.is_empty() {
        return Err(Failure::Unavailable {
            retry_after: LATER,
            cause: Cause::new("no source gave exchange rates"),
        });
    }
    Ok(published)
}

async fn latest(deps: &Deps, source: &dyn RateSource) -> Result<PublishedRates, Error> {
    deps.http.send(source.latest()?).await
}

/// A rate that jumps is a person's to judge, so it is an error in the log; the desk shows all of them.
fn tell(refused: &[RefusedRate]) {
    for rate in refused {
        let (from, to, why) = (rate.from, rate.to, rate.why.code());
        match rate.why {
            WhyRefused::Jump => {
                let said = rate.said.map(|said| said.to_string()).unwrap_or_default();
                tracing::error!(%from, %to, said, stays = %rate.stays, "The rate from {from} to {to} jumps; it was not taken");
            }
            WhyRefused::Missing | WhyRefused::Old => {
                tracing::warn!(%from, %to, why, "There is no rate from {from} to {to} of today; the one before stays");
            }
        }
    }
}
