//! Links by which somebody else pays: whoever has one sees what is due and what for, and nothing of where it goes. The token is kept only
//! as a hash; a link ends by itself, and its owner can end it sooner.

use crate::{failure::Failure, id::PayLinkId, refusal::Refusal, timestamp::Timestamp};

use super::{
    draft::Draft,
    part::Part,
    parts::{Order, PayLink},
};

/// Links that are open at once. A family needs one; a program that makes them without end is stopped.
const MOST_OPEN: usize = 10;
/// Links in all; they stand in the order's own item. The oldest that are over make room for new ones.
const MOST: usize = 50;

impl PayLink {
    /// True while somebody can pay by it, as far as the link is concerned.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

impl Order {
    /// The link whose token has this hash.
    #[must_use]
    pub fn pay_link(&self, token_hash: &str) -> Option<&PayLink> {
        self.pay_links.iter().find(|link| link.token_hash == token_hash)
    }
}

impl Draft {
    /// Makes a link for a token of which only the hash is kept.
    ///
    /// # Errors
    /// `NotPayable` when nothing is due, `TooManyLinks` when too many are open: one of them can be ended.
    pub fn make_pay_link(&mut self, token_hash: &str, expires_at: Timestamp) -> Result<PayLinkId, Failure> {
        if self.order.due().amount() <= 0 {
            return Err(Refusal::NotPayable.into());
        }
        let now = self.now;
        let open = self.order.pay_links.iter().filter(|link| link.is_open(now)).count();
        if open >= MOST_OPEN {
            return Err(Refusal::TooManyLinks.into());
        }
        let number = self.order.pay_links.last().map_or(0, |link| link.id.number());
        let number = number.saturating_add(1);
        if self.order.pay_links.len() >= MOST
            && let Some(over) = self.order.pay_links.iter().position(|link| !link.is_open(now))
        {
            self.order.pay_links.remove(over);
        }
        let id = PayLinkId::of(&self.order.id, number);
        self.order.pay_links.push(PayLink {
            id: id.clone(),
            token_hash: token_hash.to_owned(),
            made_at: now,
            expires_at,
            revoked_at: None,
        });
        self.touch(&Part::Order);
        Ok(id)
    }

    /// Ends a link. Pages that were opened by it are closed; what was paid by it stays.
    ///
    /// # Errors
    /// `NotFound` when there is none; `AlreadyApplied` for a repeat.
    pub fn revoke_pay_link(&mut self, id: &PayLinkId) -> Result<(), Failure> {
        let now = self.now;
        let found = self.order.pay_links.iter_mut().find(|link| link.id == *id);
        let link = found.ok_or(Failure::NotFound("pay link"))?;
        if link.revoked_at.is_some() {
            return Err(Refusal::AlreadyApplied.into());
        }
        link.revoked_at = Some(now);
        self.touch(&Part::Order);
        self.void_payments_of(|payment| payment.payer.as_ref().is_some_and(|payer| payer.link == *id));
        Ok(())
    }
}
