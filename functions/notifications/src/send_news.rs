//! Tells the news of one commit of an order. What is about to be sent is written down first, and what became of it after: a message that may
//! have arrived is never sent again blindly. Mail is looked up in the messenger's own books, and sent again only when it is not there some
//! time after; a text message cannot be looked up, so an unclear one is left: an order's news twice are worse than once too few, and the page
//! behind every other message tells the same. (Codes and password links go the other way, see `send_notice`: who does not get one is kept
//! out.)

use std::time::Duration;

use domain::{
    Failure, Timestamp,
    contact::Contact,
    news::{self, Channel, Delivery},
    order::{Order, Tiding},
    person::{Language, Person},
};
use providers::{Error, notices::Letter};
use store::{NewsId, WaitingNews};

use crate::{
    Deps,
    news_words::{self, Told},
};

/// The messenger's books show what it took after this (Postmark: within minutes). Sooner, an empty answer proves nothing.
const SHOWN_AFTER: Duration = Duration::from_secs(10 * 60);

pub(crate) async fn run(deps: &Deps, id: &NewsId) -> Result<(), Failure> {
    let now = deps.clock.now();
    let Some(waiting) = deps.news.find(id, now).await? else {
        return Ok(());
    };
    let order = deps.orders.load(&id.order).await?;
    let account = deps.people.by_id(order.customer.as_str()).await?;
    let readers = news::readers(&order, account.as_ref());
    let tidings: Vec<Tiding> = waiting
        .tidings
        .iter()
        .filter(|tiding| news::is_so(&order, tiding))
        .cloned()
        .collect();
    if tidings.is_empty() || readers.is_empty() {
        tracing::info!(order.id = %id.order, news.version = id.version, "Nobody needs the news of {} any more", id.order);
        return deps.news.overtaken(&waiting).await;
    }
    let token = deps.ids.form_key()?;
    let url = format!("{}/o/{}.{}.{token}", deps.shop_origin, id.order.ulid(), id.version);
    let Some(told) = news_words::of(&order, &tidings, language(account.as_ref()), &url)? else {
        return deps.news.overtaken(&waiting).await;
    };
    let planned = planned(&waiting, &readers, now);
    let sends = planned.iter().any(|(_, delivery)| *delivery == Delivery::Sending(now));
    let token = Some(token.as_str()).filter(|_| sends);
    let Some(taken) = deps.news.begin(&waiting, planned, token, now).await? else {
        return Ok(());
    };
    let deliveries = carried(deps, &taken, &readers, &told, now).await;
    log(&order, &taken, &deliveries);
    deps.news.finish(&taken, &deliveries, deps.clock.now()).await
}

fn language(account: Option<&Person>) -> Language {
    account.map_or(Language::En, |person| person.preferences.language)
}

/// What is to be done for each reader: what waits is sent now, what was being sent is looked up.
fn planned(waiting: &WaitingNews, readers: &[Contact], now: Timestamp) -> Vec<(Channel, Delivery)> {
    let known = |channel: Channel| waiting.deliveries.iter().find(|(known, _)| *known == channel);
    let plan = |reader: &Contact| {
        let channel = Channel::to(reader);
        match known(channel) {
            None | Some((_, Delivery::Waiting)) => (channel, Delivery::Sending(now)),
            Some(known) => known.clone(),
        }
    };
    let mut planned: Vec<_> = readers.iter().map(plan).collect();
    // Who is not reached by a channel any more is not told by it; what was sent by it before stays on record.
    let rest = waiting.deliveries.iter().filter(|(channel, delivery)| {
        *delivery != Delivery::Waiting && readers.iter().all(|reader| Channel::to(reader) != *channel)
    });
    planned.extend(rest.cloned());
    planned
}

async fn carried(
    deps: &Deps,
    taken: &WaitingNews,
    readers: &[Contact],
    told: &Told,
    now: Timestamp,
) -> Vec<(Channel, Delivery)> {
    let mut deliveries = Vec::new();
    for (channel, delivery) in &taken.deliveries {
        let reader = readers.iter().find(|reader| Channel::to(reader) == *channel);
        let after = match (delivery, reader) {
            (Delivery::Sending(since), Some(reader)) if *since == now => send(deps, taken, reader, told, now).await,
            (Delivery::Sending(since), _) => look_up(deps, taken, *channel, *since).await,
            (Delivery::Waiting | Delivery::Sent(_) | Delivery::Refused(_) | Delivery::Unsure, _) => delivery.clone(),
        };
        deliveries.push((*channel, after));
    }
    deliveries
}

/// The name of a message in the messenger's books: the same for every try.
fn reference(id: &NewsId, channel: Channel) -> String {
    format!("{}-{}-{channel}", id.order, id.version)
}

async fn send(deps: &Deps, taken: &WaitingNews, reader: &Contact, told: &Told, now: Timestamp) -> Delivery {
    let channel = Channel::to(reader);
    let letter = Letter {
        reference: reference(&taken.id, channel),
        to: reader.clone(),
        subject: told.subject.clone(),
        text: match channel {
            Channel::Mail => told.text.clone(),
            Channel::Text => told.short.clone(),
        },
        html: Some(told.html.clone()),
    };
    let Some(messenger) = deps.messengers.to(reader) else {
        return Delivery::Refused("no messenger".to_owned());
    };
    let sent = match messenger.send(&letter) {
        Ok(exchange) => deps.http.send(exchange).await,
        Err(error) => Err(error),
    };
    match sent {
        Ok(number) => Delivery::Sent(number),
        Err(Error::Refused { code, .. }) => Delivery::Refused(code),
        Err(Error::Invalid { problem, .. }) => Delivery::Refused(problem.to_owned()),
        Err(Error::Unsupported { .. }) => Delivery::Refused("unsupported".to_owned()),
        // Surely nothing went: it is sent again.
        Err(
            error @ (Error::NotSent { .. }
            | Error::Unavailable { .. }
            | Error::Throttled { .. }
            | Error::Unauthorized { .. }),
        ) => {
            tracing::warn!(order.id = %taken.id.order, error = %error, "News of {} wait for their next try", taken.id.order);
            Delivery::Waiting
        }
        // A messenger that says something unreadable after it was told may have taken it.
        Err(error @ (Error::OutcomeUnknown { .. } | Error::Malformed { .. })) => {
            tracing::warn!(order.id = %taken.id.order, error = %error, "It is not known whether news of {} went", taken.id.order);
            Delivery::Sending(now)
        }
    }
}

/// What became of a message that was being sent when its worker was stopped or got no answer.
async fn look_up(deps: &Deps, taken: &WaitingNews, channel: Channel, since: Timestamp) -> Delivery {
    let still = Delivery::Sending(since);
    let messenger = deps.messengers.by(channel);
    let Some(look) = messenger.and_then(|messenger| messenger.find(&reference(&taken.id, channel))) else {
        return Delivery::Unsure;
    };
    let found = match look {
        Ok(exchange) => deps.http.send(exchange).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(Some(number)) => Delivery::Sent(number),
        Ok(None) if deps.clock.now().since(since) >= SHOWN_AFTER => Delivery::Waiting,
        Ok(None) => still,
        Err(error) => {
            tracing::warn!(order.id = %taken.id.order, error = %error, "Could not look up news of {}", taken.id.order);
            still
        }
    }
}

fn log(order: &Order, taken: &WaitingNews, deliveries: &[(Channel, Delivery)]) {
    let sent = deliveries
        .iter()
        .filter(|(_, it)| matches!(it, Delivery::Sent(_)))
        .count();
    let (version, tries) = (taken.id.version, taken.tries);
    tracing::info!(order.id = %order.id, news.version = version, tries, sent, "Told the news of {}", order.id);
}
