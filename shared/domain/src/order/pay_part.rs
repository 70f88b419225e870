//! What may be asked of a payer: all that is due or a part of it that the provider takes, on so many pages at once.

use crate::{
    failure::Failure,
    lifecycle::State,
    money::Money,
    payment_terms::{Limits, Payable, Unpayable},
    refusal::Refusal,
};

use super::{
    draft::Draft,
    parts::{Payer, Payment},
    pay::too_large,
};

/// Pages that may be open at once by one link. Those who share it pay one after the other, or get a link each.
const MOST_OF_LINK: usize = 6;
/// Pages of the customer that may be open at once. Only the newest stays open, and the others take a moment to close.
const MOST_OF_CUSTOMER: usize = 20;
/// A part is at least one so-manieth of the price: each costs the provider's fee.
const LEAST_PART: i64 = 20;

impl Draft {
    /// Who has a link, and however many have it, cannot keep others from paying: pages are counted by link, and only while they are open.
    pub(super) fn check_open_pages(&self, payer: Option<&Payer>) -> Result<(), Failure> {
        let of_payer = |payment: &&Payment| match (payer, &payment.payer) {
            (None, None) => true,
            (Some(payer), Some(other)) => payer.link == other.link,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let open = self.order.payments.iter().filter(of_payer);
        let open = open.filter(|payment| payment.is_page_open(self.now)).count();
        let most = if payer.is_some() {
            MOST_OF_LINK
        } else {
            MOST_OF_CUSTOMER
        };
        if open >= most {
            return Err(Refusal::TooManyPages.into());
        }
        Ok(())
    }

    pub(super) fn part_of_due(&self, asked: Option<Money>, limits: Option<Limits>) -> Result<Money, Failure> {
        let due = self.order.due();
        let asked = match (asked, limits) {
            (Some(asked), _) => asked,
            (None, None) => return Ok(due),
            (None, Some(limits)) => {
                return match limits.payable(due) {
                    Ok(Payable::Whole) => Ok(due),
                    Ok(in_parts @ Payable::InParts { .. }) => {
                        let sentence = in_parts.sentence().unwrap_or_default();
                        Err(Failure::field("amount", "too_large", sentence))
                    }
                    Err(why) => Err(Failure::field("amount", why.code(), why.to_string())),
                };
            }
        };
        self.check_part(asked, due)?;
        limits.map_or(Ok(asked), |limits| check_payable(asked, due, limits))
    }

    fn check_part(&self, asked: Money, due: Money) -> Result<(), Failure> {
        let most = self.order.limits.map_or(i64::MAX, |limits| limits.largest_step());
        // What is paid in many parts because little is taken at once may be paid in parts as small as that.
        let least = (self.order.to_pay().amount() / LEAST_PART).min(most / 2);
        let is_whole = self.order.life.state() == State::Paid;
        let message = if asked.currency() != due.currency() {
            format!("Please pay in {}.", due.currency())
        } else if asked.amount() > due.amount() {
            format!("Only {due} is still due.")
        } else if is_whole && asked != due {
            format!("This has to be paid at once: {due}.")
        } else if asked.amount() <= 0 || (asked.amount() < least && asked != due) {
            format!("A part is at least {}.", Money::new(least, due.currency()))
        } else {
            return Ok(());
        };
        Err(Failure::field("amount", "out_of_range", message))
    }
}

/// True to what the provider takes, and leaves a rest that it takes as well.
fn check_payable(asked: Money, due: Money, limits: Limits) -> Result<Money, Failure> {
    let wrong = |why: Unpayable| Failure::field("amount", why.code(), why.to_string());
    if let Payable::InParts { most, .. } = limits.payable(asked).map_err(wrong)? {
        let sentence = format!("At most {most} can be paid at once.");
        return Err(Failure::field("amount", "too_large", sentence));
    }
    let rest = due.minus(asked).map_err(too_large)?;
    if rest.amount() > 0 && rest.amount() < limits.smallest {
        let smallest = Money::new(limits.smallest, due.currency());
        let sentence = format!("That would leave {rest}, and the least that can be paid is {smallest}.");
        return Err(Failure::field("amount", "out_of_range", sentence));
    }
    Ok(asked)
}
