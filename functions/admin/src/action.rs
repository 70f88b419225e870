//! Table: what the staff may answer to an exception, who may, and which move of the domain it is.

use domain::{
    Failure, Refusal, Timestamp,
    lifecycle::Event,
    order::{Actor, Draft, Exception, Order, Part},
    session::Role,
};
use serde::{Deserialize, Serialize};
use web::StaffMember;

/// An answer to an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Retry,
    GiveUp,
    ReleaseUnit,
    WriteOffUnit,
    ReleaseOrder,
    CancelOrder,
    ReturnPayment,
    LabelAbsent,
    NewLabel,
    SendAgain,
    PutAside,
}

impl Action {
    const ALL: [Self; 11] = [
        Self::Retry,
        Self::GiveUp,
        Self::ReleaseUnit,
        Self::WriteOffUnit,
        Self::ReleaseOrder,
        Self::CancelOrder,
        Self::ReturnPayment,
        Self::LabelAbsent,
        Self::NewLabel,
        Self::SendAgain,
        Self::PutAside,
    ];

    /// Its stable word, as in requests.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::GiveUp => "give_up",
            Self::ReleaseUnit => "release_unit",
            Self::WriteOffUnit => "write_off_unit",
            Self::ReleaseOrder => "release_order",
            Self::CancelOrder => "cancel_order",
            Self::ReturnPayment => "return_payment",
            Self::LabelAbsent => "label_absent",
            Self::NewLabel => "new_label",
            Self::SendAgain => "send_again",
            Self::PutAside => "put_aside",
        }
    }

    /// What the staff reads on the button.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Retry => "Try it again",
            Self::GiveUp => "Give up: do not buy it, send the money back",
            Self::ReleaseUnit => "The item is fine: let it go on",
            Self::WriteOffUnit => "Write it off and send its money back",
            Self::ReleaseOrder => "Let the order go on",
            Self::CancelOrder => "Cancel the order and send the money back",
            Self::ReturnPayment => "Send this payment back in full",
            Self::LabelAbsent => "The carrier has no booking: book again",
            Self::NewLabel => "The label cannot be had: give this booking up and buy a new one",
            Self::SendAgain => "It is back with us: send it again",
            Self::PutAside => "Put aside: dealt with outside the shop",
        }
    }

    /// Who answers for it: the buyer for stores, the warehouse for goods and labels, finance for money on its way back.
    pub(crate) fn role(self, about: &Part) -> Role {
        match (self, about) {
            (Self::WriteOffUnit | Self::CancelOrder | Self::ReturnPayment, _) => Role::Finance,
            (Self::GiveUp | Self::ReleaseOrder, _) => Role::Buyer,
            (Self::ReleaseUnit | Self::LabelAbsent | Self::NewLabel | Self::SendAgain, _) => Role::Warehouse,
            (Self::Retry | Self::PutAside, Part::Order | Part::SupplierOrder(_)) => Role::Buyer,
            (Self::Retry | Self::PutAside, Part::Unit(_) | Part::Shipment(_)) => Role::Warehouse,
            (Self::Retry | Self::PutAside, Part::Payment(_) | Part::Refund(_)) => Role::Finance,
        }
    }

    /// Money leaves the shop by it, so two persons decide: whoever answers for it, and somebody of finance.
    pub(crate) const fn needs_two(self) -> bool {
        match self {
            Self::GiveUp | Self::WriteOffUnit | Self::CancelOrder | Self::ReturnPayment => true,
            Self::Retry
            | Self::ReleaseUnit
            | Self::ReleaseOrder
            | Self::LabelAbsent
            | Self::NewLabel
            | Self::SendAgain
            | Self::PutAside => false,
        }
    }

    /// The action of a stable word.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }

    /// What goes back to the customer by it, as text: the domain itself is asked. Money that other parts of the order decide on later does
    /// not show here.
    pub(crate) fn money_out(self, order: &Order, exception: &Exception, now: Timestamp) -> Result<String, Failure> {
        let mut draft = Draft::of(order.clone(), Actor::System, now);
        self.apply(&mut draft, exception, "", "-")?;
        let refunds = draft.order().refunds.iter().skip(order.refunds.len());
        Ok(refunds
            .map(|refund| refund.amount.to_string())
            .collect::<Vec<_>>()
            .join(" + "))
    }

    /// Makes the move on the part the exception is about.
    pub(crate) fn apply(self, draft: &mut Draft, exception: &Exception, by: &str, reason: &str) -> Result<(), Failure> {
        let part = &exception.about;
        match (self, part) {
            (Self::Retry, _) => draft.retry(part, reason),
            (Self::GiveUp, Part::SupplierOrder(id)) => draft.give_up(id, reason),
            (Self::ReleaseUnit, Part::Unit(id)) => {
                draft.note(reason);
                draft.release_unit(id)
            }
            (Self::WriteOffUnit, Part::Unit(id)) => {
                draft.note(reason);
                draft.write_off_unit(id)
            }
            (Self::WriteOffUnit, Part::Shipment(id)) => draft.write_off_parcel(id, reason),
            (Self::SendAgain, Part::Shipment(id)) => draft.send_parcel_again(id, reason),
            (Self::SendAgain, Part::Unit(_)) => draft.staff_move(part, Event::CameBack, reason),
            (Self::ReleaseOrder, Part::Order) => draft.staff_move(part, Event::Released, reason),
            (Self::CancelOrder, Part::Order) => {
                draft.note(reason);
                draft.cancel()
            }
            (Self::ReturnPayment, Part::Payment(_)) => draft.staff_move(part, Event::StaffReturned, reason),
            (Self::LabelAbsent, Part::Shipment(_)) => draft.staff_move(part, Event::ProvedAbsent, reason),
            (Self::NewLabel, Part::Shipment(id)) => draft.give_label_up(id, reason),
            (Self::PutAside, _) => draft.put_aside(&exception.id, &format!("put aside by {by}: {reason}")),
            (action, _) => Err(not_about(action, part)),
        }
    }

    /// The answers that this person may give now: the domain itself is asked whether it would take them.
    pub(crate) fn offered(order: &Order, exception: &Exception, member: &StaffMember, now: Timestamp) -> Vec<Self> {
        let is_possible = |action: &Self| {
            let Ok(staff) = member.require(action.role(&exception.about)) else {
                return false;
            };
            let mut draft = Draft::by_staff(order.clone(), staff.clone(), now);
            action.apply(&mut draft, exception, "", "").is_ok()
        };
        Self::ALL.into_iter().filter(is_possible).collect()
    }
}

fn not_about(action: Action, part: &Part) -> Failure {
    let (subject, state) = (part.subject().word(), "of another kind");
    Refusal::NotAllowed {
        subject,
        state,
        event: action.word(),
    }
    .into()
}
