//! Links by which somebody else pays. A link is the order's number and a secret of which only the hash is kept; who has it may see what is
//! due and pay, and learns nothing of where it goes.

use std::time::Duration;

use domain::{
    Failure, Refusal, RequestKey, Timestamp,
    id::{CustomerId, OrderId, PayLinkId, RootId},
    order::{Actor, Order, PayLink, Payer},
    product::ProviderCode,
    text::{Needs, TextRule},
};
use serde::Deserialize;
use store::Request;

use crate::{
    Deps, Made,
    open_page::Page,
    start_payment::{self, Part, Start},
};

/// A family has this long to pay; an order that nobody pays ends earlier.
const LINK_LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
/// What a payer calls themselves may be left out.
const NAME: TextRule = TextRule {
    field: "name",
    least: 0,
    most: 40,
    needs: Needs::Letter,
};

/// A new link.
pub(crate) struct NewLink {
    pub(crate) id: PayLinkId,
    /// Nothing for a repeat: the secret was told once and is kept nowhere.
    pub(crate) url: Option<String>,
    pub(crate) expires_at: Timestamp,
}

/// What somebody sends who pays for somebody else.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PayForm {
    provider: ProviderCode,
    #[serde(default)]
    amount: Part,
    /// What they call themselves.
    #[serde(default)]
    name: String,
}

/// Makes a link. A repeat of the request makes none.
pub(crate) async fn make(
    deps: &Deps,
    customer: &CustomerId,
    order: &OrderId,
    key: &RequestKey,
) -> Result<NewLink, Failure> {
    let (now, secret) = (deps.clock.now(), deps.ids.token()?);
    let (hash, expires_at) = (web::token_hash(secret.expose()), now.plus(LINK_LIFE));
    let request = Request {
        id: order,
        actor: Actor::Customer,
        key,
        now,
    };
    let made = deps.orders.decide_once(&deps.queues, request, |draft| {
        if draft.order().customer != *customer {
            return Err(Failure::NotFound("order"));
        }
        draft.make_pay_link(&hash, expires_at).map(|id| id.to_string())
    });
    let once = made.await?;
    let id = once
        .result
        .parse()
        .map_err(|_| Failure::internal("the request for a link was answered with no link"))?;
    tracing::info!(order.id = %order, link.id = %id, "Made link {id}");
    let url = format!("{}/pay/{}.{}", deps.shop_origin, order.ulid(), secret.expose());
    Ok(NewLink {
        id,
        url: Some(url).filter(|_| !once.is_repeat),
        expires_at,
    })
}

/// Ends a link. Ending it twice ends it once.
pub(crate) async fn end(deps: &Deps, customer: &CustomerId, order: &OrderId, link: &PayLinkId) -> Result<(), Failure> {
    let now = deps.clock.now();
    let ended = deps.orders.decide(&deps.queues, order, Actor::Customer, now, |draft| {
        if draft.order().customer != *customer {
            return Err(Failure::NotFound("order"));
        }
        match draft.revoke_pay_link(link) {
            Err(Failure::Refused(Refusal::AlreadyApplied)) => Ok(()),
            ended => ended,
        }
    });
    ended.await.map(drop)
}

/// The order behind the token of a link, and the link. What is not a link of ours, or no longer open, is not found.
pub(crate) async fn find(deps: &Deps, token: &str) -> Result<(Order, PayLink), Failure> {
    let unknown = || Failure::NotFound("pay link");
    let (ulid, secret) = token.split_once('.').ok_or_else(unknown)?;
    let id = OrderId::from_ulid(ulid).map_err(|_| unknown())?;
    let order = match deps.orders.load(&id).await {
        Err(Failure::NotFound(_)) => return Err(unknown()),
        order => order?,
    };
    let link = order.pay_link(&web::token_hash(secret)).ok_or_else(unknown)?.clone();
    if link.is_open(deps.clock.now()) {
        Ok((order, link))
    } else {
        Err(unknown())
    }
}

/// Pays by a link, all that is due or a part of it.
pub(crate) async fn pay(deps: &Deps, token: &str, key: &RequestKey, form: PayForm) -> Result<Made<Page>, Failure> {
    let (order, link) = find(deps, token).await?;
    let now = deps.clock.now();
    let name = NAME.line(&form.name).map_err(|wrong| Failure::Invalid(vec![wrong]))?;
    let start = Start {
        order: &order.id,
        provider: &form.provider,
        part: &form.amount,
        payer: Some(Payer {
            link: link.id.clone(),
            name,
        }),
    };
    // The path of the request holds the token, which is kept nowhere: the link's own id takes its place.
    let key = RequestKey {
        scope: format!("{} POST payments", link.id),
        ..key.clone()
    };
    let is_open = |draft: &domain::order::Draft| {
        let links = &draft.order().pay_links;
        links.iter().any(|known| known.id == link.id && known.is_open(now))
    };
    start_payment::start_once(deps, &key, &start, is_open).await
}

#[cfg(test)]
#[path = "../tests/unit/pay_links.rs"]
mod tests;
