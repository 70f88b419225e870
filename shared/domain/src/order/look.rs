//! The look just before buying, judged: what is still as it was priced is bought, and for the rest the customer's own choice decides.

use crate::{
    failure::Failure,
    id::{LineId, SupplierOrderId},
    ledger::Account,
    lifecycle::{Event, Evidence, Fallback, State},
    money::Money,
    refusal::Refusal,
    timestamp::Timestamp,
};

use super::{
    choices::DriftPolicy,
    draft::Draft,
    part::Part,
    parts::{Order, SupplierOrder},
    pay::too_large,
};

/// What a look at the store found for one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// It costs this now, with the delivery to our warehouse.
    Costs(Money),
    /// There is not enough of it, in the store's words.
    SoldOut(String),
    /// It is not what was priced, or cannot come to us: a person must look.
    Wrong(String),
}

/// What was found about a supplier order, kept with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceCheck {
    /// When.
    pub at: Timestamp,
    /// What the store asks now, when it sells it.
    pub price: Option<Money>,
    /// What our guarantee covers.
    pub cap: Money,
    /// In words.
    pub found: String,
}

/// What is to be done after a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToBuy {
    /// The lease is taken: these lines are bought, for at most this.
    Lines(Vec<LineId>, Money),
    /// Nothing of it is bought now.
    Nothing,
}

/// Why a line is not bought as priced.
pub(super) enum Trouble {
    Dearer(Money),
    SoldOut(String),
    Wrong(String),
}

impl Order {
    /// What the customer agreed to add for dearer purchases, and is still to be paid.
    pub(super) fn agreed_extra(&self) -> i64 {
        let asked = self.supplier_orders.iter().filter(|s| s.life.state() == State::Asked);
        asked
            .filter(|s| s.is_agreed)
            .filter_map(|s| s.extra)
            .map(Money::amount)
            .sum()
    }

    /// The most we may pay for a purchase whose lease is held already and is used once more, or why it cannot be made as it was.
    ///
    /// # Errors
    /// The reason, in words.
    pub fn fits_again(&self, wanted: &SupplierOrder, looks: &[(LineId, Look)]) -> Result<Money, String> {
        let first = wanted.check.as_ref().and_then(|check| check.price);
        let limit = first
            .filter(|price| price.amount() > wanted.cap.amount())
            .unwrap_or(wanted.cap);
        let mut price = Money::zero(limit.currency());
        for (_, look) in looks {
            match look {
                Look::Costs(cost) => price = price.plus(*cost).map_err(|error| error.to_string())?,
                Look::SoldOut(words) | Look::Wrong(words) => return Err(words.clone()),
            }
        }
        if price.amount() > limit.amount() {
            return Err(format!("it costs {price} now, we may pay {limit}"));
        }
        Ok(limit)
    }

    /// The customer's own money for price rises that no purchase has taken yet.
    fn free_reserve(&self) -> i64 {
        let held = self.balances.of(Account::HeldReserve, self.total.currency()).amount();
        let under_way =
            |s: &&SupplierOrder| matches!(s.life.state(), State::Sending | State::Unknown | State::StaffDecision);
        let taken: i64 = self
            .supplier_orders
            .iter()
            .filter(under_way)
            .filter_map(|s| s.extra)
            .map(Money::amount)
            .sum();
        held.saturating_neg().saturating_sub(taken).max(0)
    }
}

impl Draft {
    /// Judges what the look found and takes the lease for what can be bought. A line that cannot be bought as priced gets a supplier order
    /// of its own, so that it holds up nothing else.
    ///
    /// # Errors
    /// `NotAllowed` when it is not to be bought now: not planned, not paid, or leased by somebody else.
    pub fn buy_what_fits(&mut self, id: &SupplierOrderId, looks: &[(LineId, Look)]) -> Result<ToBuy, Failure> {
        let supplier_order = self.supplier_order_mut(id)?;
        if supplier_order.life.state() != State::Planned {
            return Err(Refusal::AlreadyApplied.into());
        }
        let cap = supplier_order.cap;
        let (good, mut bad) = self.sorted(id, cap, looks)?;
        if good.is_empty() {
            if let Some((first, trouble)) = bad.pop() {
                self.set_all_apart(id, bad)?;
                self.judge(id, &first, trouble)?;
            }
            return Ok(ToBuy::Nothing);
        }
        self.set_all_apart(id, bad)?;
        let price = sum(cap, good.iter().map(|(_, cost)| *cost))?;
        let limit = self.lease_with_reserve(id, price)?;
        Ok(ToBuy::Lines(good.into_iter().map(|(line, _)| line).collect(), limit))
    }

    /// The lines that can be bought together, and those that cannot.
    #[expect(clippy::type_complexity, reason = "two lists of pairs, used once")]
    fn sorted(
        &self,
        id: &SupplierOrderId,
        cap: Money,
        looks: &[(LineId, Look)],
    ) -> Result<(Vec<(LineId, Money)>, Vec<(LineId, Trouble)>), Failure> {
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for (line, look) in looks {
            match look {
                Look::Costs(cost) if cost.currency() == cap.currency() => good.push((line.clone(), *cost)),
                Look::Costs(cost) => bad.push((
                    line.clone(),
                    Trouble::Wrong(format!("it is priced in {} now", cost.currency())),
                )),
                Look::SoldOut(words) => bad.push((line.clone(), Trouble::SoldOut(words.clone()))),
                Look::Wrong(words) => bad.push((line.clone(), Trouble::Wrong(words.clone()))),
            }
        }
        // Lines are bought together, so that one may be dearer when another is cheaper.
        let line_cap = |line: &LineId| self.order.line(line).map_or(cap, |line| line.cap);
        let caps = sum(cap, good.iter().map(|(line, _)| line_cap(line)))?;
        let caps = if bad.is_empty() { cap } else { caps };
        let price = sum(cap, good.iter().map(|(_, cost)| *cost))?;
        let reserve = self.reserve_at_store(id)?;
        if price.amount() > caps.amount().saturating_add(reserve) {
            let (fits, dearer): (Vec<_>, Vec<_>) = good
                .into_iter()
                .partition(|(line, cost)| cost.amount() <= line_cap(line).amount());
            bad.extend(dearer.into_iter().map(|(line, cost)| (line, Trouble::Dearer(cost))));
            good = fits;
        }
        Ok((good, bad))
    }

    fn lease_with_reserve(&mut self, id: &SupplierOrderId, price: Money) -> Result<Money, Failure> {
        let supplier_order = self.supplier_order_mut(id)?;
        let cap = supplier_order.cap;
        supplier_order.extra = None;
        let over = price.amount().saturating_sub(cap.amount()).max(0);
        if over > 0 {
            let extra = self.in_charge(id, over)?;
            self.supplier_order_mut(id)?.extra = Some(extra);
        }
        let limit = Money::new(cap.amount().saturating_add(over), cap.currency());
        self.keep_check(
            id,
            Some(price),
            "as priced, or within the guarantee and what the customer adds",
        )?;
        self.lease_under(id, price, limit)?;
        Ok(limit)
    }

    fn set_all_apart(&mut self, id: &SupplierOrderId, lines: Vec<(LineId, Trouble)>) -> Result<(), Failure> {
        for (line, trouble) in lines {
            let apart = self.set_apart(id, &line)?;
            self.judge(&apart, &line, trouble)?;
        }
        Ok(())
    }

    /// Gives a line a supplier order of its own.
    pub(super) fn set_apart(&mut self, id: &SupplierOrderId, line: &LineId) -> Result<SupplierOrderId, Failure> {
        let cap = self.order.line(line).ok_or(Failure::NotFound("line"))?.cap;
        let from = self.supplier_order_mut(id)?;
        let store = from.store.clone();
        from.lines.retain(|other| other != line);
        from.cap = from.cap.minus(cap).map_err(too_large)?;
        self.touch(&Part::SupplierOrder(id.clone()));
        self.plan_supplier_order(store, vec![line.clone()])
    }

    /// The customer's choice decides what becomes of a line that is not as priced.
    pub(super) fn judge(&mut self, id: &SupplierOrderId, line: &LineId, trouble: Trouble) -> Result<(), Failure> {
        let choices = self.order.choices;
        let title = self.order.line(line).map(|line| line.title.clone()).unwrap_or_default();
        let (price, words, fallback) = match trouble {
            Trouble::Dearer(price) => {
                let fallback = match choices.drift {
                    DriftPolicy::WithinGuarantee => None,
                    DriftPolicy::UseMine | DriftPolicy::Ask => Some(Fallback::Ask),
                    DriftPolicy::DropLine => Some(Fallback::Drop),
                };
                let cap = self.supplier_order_mut(id)?.cap;
                let words = format!("{title} costs {price} now, our guarantee covers {cap}");
                (Some(price), words, fallback)
            }
            Trouble::SoldOut(words) => (None, format!("{title}: {words}"), Some(self.order.stock_fallback())),
            Trouble::Wrong(words) => (None, format!("{title}: {words}"), None),
        };
        let extra = match price {
            Some(price) => {
                let over = price.amount().saturating_sub(self.supplier_order_mut(id)?.cap.amount());
                self.payable_extra(self.in_charge(id, over)?)
            }
            None => None,
        };
        self.keep_check(id, price, &words)?;
        let supplier_order = self.supplier_order_mut(id)?;
        supplier_order.extra = extra;
        supplier_order.is_agreed = false;
        words.clone_into(&mut supplier_order.note);
        self.note(words);
        let evidence = Evidence {
            fallback,
            ..Evidence::default()
        };
        self.step(&Part::SupplierOrder(id.clone()), Event::CheckFailed, &evidence)
    }

    pub(super) fn keep_check(
        &mut self,
        id: &SupplierOrderId,
        price: Option<Money>,
        found: &str,
    ) -> Result<(), Failure> {
        let now = self.now;
        let supplier_order = self.supplier_order_mut(id)?;
        supplier_order.check = Some(PriceCheck {
            at: now,
            price,
            cap: supplier_order.cap,
            found: found.to_owned(),
        });
        self.touch(&Part::SupplierOrder(id.clone()));
        Ok(())
    }

    /// An amount of the store's currency in the customer's, at the rate of the quote, in favour of nobody: rounded up to the unit.
    fn in_charge(&self, id: &SupplierOrderId, amount: i64) -> Result<Money, Failure> {
        let (held, quoted) = self.rate_of(id)?;
        let units = scaled(amount, held, quoted, Rounded::Up)?;
        Ok(Money::new(units, self.order.total.currency()))
    }

    /// What the free part of the customer's own money is worth at the store, at the rate of the quote.
    fn reserve_at_store(&self, id: &SupplierOrderId) -> Result<i64, Failure> {
        let free = self.order.free_reserve();
        if free == 0 {
            return Ok(0);
        }
        let (held, quoted) = self.rate_of(id)?;
        scaled(free, quoted, held, Rounded::Down)
    }

    /// What was set aside for stores, and what they had asked: the rate that the quote holds. With stores of several currencies only what
    /// belongs to this purchase can be compared.
    fn rate_of(&self, id: &SupplierOrderId) -> Result<(i64, i64), Failure> {
        let currency = self.quoted(id)?.currency();
        let lines = &self.order.lines;
        let mut stores = self
            .order
            .shares
            .iter()
            .filter(|(account, _)| *account == Account::HeldStore);
        if let (Some((_, held)), true) = (
            stores.next(),
            lines.iter().all(|line| line.unit_price.currency() == currency),
        ) {
            return Ok((held.amount(), self.quoted_of(lines.iter(), currency)?.amount()));
        }
        Ok((self.held_for(id)?.amount(), self.quoted(id)?.amount()))
    }

    /// The customer wants it tried again as it was priced.
    ///
    /// # Errors
    /// `NotAllowed` when nothing is asked of them.
    pub fn try_again_as_priced(&mut self, id: &SupplierOrderId) -> Result<(), Failure> {
        self.plain_step(&Part::SupplierOrder(id.clone()), Event::Accepted)
    }

    /// The customer wants it left out.
    ///
    /// # Errors
    /// `NotAllowed` when nothing is asked of them.
    pub fn leave_out(&mut self, id: &SupplierOrderId) -> Result<(), Failure> {
        self.plain_step(&Part::SupplierOrder(id.clone()), Event::LeftOut)
    }

    /// What was agreed is paid: it is tried again, with the customer's addition.
    pub(super) fn go_on_with_agreed(&mut self) -> Result<(), Failure> {
        let agreed: Vec<SupplierOrderId> = self
            .order
            .supplier_orders
            .iter()
            .filter(|s| s.life.state() == State::Asked && s.is_agreed)
            .map(|s| s.id.clone())
            .collect();
        for id in agreed {
            self.plain_step(&Part::SupplierOrder(id), Event::Accepted)?;
        }
        Ok(())
    }

    /// What the customer added and no purchase can need any more goes back.
    pub(super) fn return_reserve(&mut self) -> Result<(), Failure> {
        let is_open = |s: &SupplierOrder| {
            !matches!(
                s.life.state(),
                State::Stopped | State::Placed | State::Dispatched | State::Arrived
            )
        };
        let free = self.order.free_reserve();
        if free == 0 || self.order.supplier_orders.iter().any(is_open) {
            return Ok(());
        }
        let amount = Money::new(free, self.order.total.currency());
        self.refund_pro_rata(amount, super::parts::RefundReason::NotNeeded)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rounded {
    Up,
    Down,
}

/// `amount * times / by`, in whole units.
fn scaled(amount: i64, times: i64, by: i64, rounded: Rounded) -> Result<i64, Failure> {
    let wrong = || Failure::internal("could not exchange at the rate of the quote");
    let (by, product) = (i128::from(by), i128::from(amount) * i128::from(times));
    if by <= 0 {
        return Err(wrong());
    }
    let up = if rounded == Rounded::Up { by - 1 } else { 0 };
    i64::try_from((product + up) / by).map_err(|_| wrong())
}

fn sum(like: Money, amounts: impl Iterator<Item = Money>) -> Result<Money, Failure> {
    let mut sum = Money::zero(like.currency());
    for amount in amounts {
        sum = sum.plus(amount).map_err(too_large)?;
    }
    Ok(sum)
}
