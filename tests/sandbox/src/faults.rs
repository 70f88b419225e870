//! Faults somebody has ordered: which provider misbehaves at which call, how, and how often.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::books::{Books, Record};

/// The providers the sandbox plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Provider {
    AliExpress,
    Stripe,
    Dhl,
    Rates,
    Postmark,
    AfricasTalking,
}

impl Provider {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Provider::AliExpress => "aliexpress",
            Provider::Stripe => "stripe",
            Provider::Dhl => "dhl",
            Provider::Rates => "rates",
            Provider::Postmark => "postmark",
            Provider::AfricasTalking => "africastalking",
        }
    }
}

/// The ways to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// An internal error; nothing was done.
    #[serde(rename = "error_500_before")]
    Error500Before,
    /// An internal error although the thing was done.
    #[serde(rename = "error_500_after_effect")]
    Error500AfterEffect,
    /// Done, but the answer waits for a release or for `seconds`.
    HoldAfterEffect,
    /// Waits for a release or for `seconds`, then does it and answers.
    HoldBeforeEffect,
    /// Takes `ms` longer.
    Slow,
    /// Says no, with `code`, `message` and `status` in the provider's own form.
    Refuse,
    /// Charges another amount: `amount` in minor units.
    WrongAmount,
    /// Charges another `currency`.
    WrongCurrency,
    /// Sends the webhook `times` times.
    DuplicateWebhook,
    /// Never sends the webhook.
    DropWebhook,
    /// Sends a copy signed with another secret first.
    ForgedWebhook,
    /// Done, but the connection is cut without an answer.
    LoseAnswer,
    /// Status 200 with an error inside; nothing was done.
    #[serde(rename = "http_200_error_body")]
    Http200ErrorBody,
    /// Does it twice and tells of one.
    MadeTwice,
    /// Asks `amount` percent more for every variant.
    Dearer,
    /// A refund is only promised: it stays pending until the control ends it.
    Pending,
    /// A refund waits for the buyer's bank details until the control ends it.
    NeedsAction,
}

/// One order to misbehave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Fault {
    #[serde(default)]
    pub(crate) id: String,
    pub(crate) provider: Provider,
    /// Missing or `*` means every operation of the provider.
    #[serde(default)]
    pub(crate) operation: Option<String>,
    pub(crate) kind: Kind,
    /// How often it happens before it is over.
    #[serde(default = "once")]
    pub(crate) count: u32,
    /// How many calls pass unharmed first.
    #[serde(default)]
    pub(crate) skip: u32,
    #[serde(default)]
    pub(crate) ms: Option<u64>,
    #[serde(default)]
    pub(crate) seconds: Option<u64>,
    #[serde(default)]
    pub(crate) times: Option<u32>,
    #[serde(default)]
    pub(crate) code: Option<String>,
    #[serde(default)]
    pub(crate) message: Option<String>,
    #[serde(default)]
    pub(crate) status: Option<u16>,
    #[serde(default)]
    pub(crate) amount: Option<i64>,
    #[serde(default)]
    pub(crate) currency: Option<String>,
}

fn once() -> u32 {
    1
}

impl Record for Fault {
    const SHELF: &'static str = "faults";
    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Fault {
    /// Notes a fault from what the control API or the control page sent: text fields may hold numbers.
    ///
    /// # Errors
    /// A sentence for the sender when a field is missing or has an unknown value.
    pub(crate) fn order(books: &mut Books, mut wish: Value) -> Result<Fault, String> {
        if let Some(fields) = wish.as_object_mut() {
            fields.retain(|_, value| value.as_str() != Some(""));
            for name in ["count", "skip", "ms", "seconds", "times", "status", "amount"] {
                if let Some(value) = fields.get_mut(name)
                    && let Some(number) = value.as_str().and_then(|text| text.parse::<i64>().ok())
                {
                    *value = Value::from(number);
                }
            }
        }
        let mut fault: Fault = serde_json::from_value(wish).map_err(|error| error.to_string())?;
        fault.id = format!("fault-{:06}", books.next_number("fault"));
        fault.operation = fault.place();
        books.put(&fault);
        Ok(fault)
    }

    /// Faults about money strike when the buyer pays, faults about webhooks when one is sent.
    fn place(&self) -> Option<String> {
        let fixed = match (self.kind, self.provider) {
            (Kind::WrongAmount | Kind::WrongCurrency, Provider::Stripe) => Some("pay"),
            (Kind::WrongAmount | Kind::WrongCurrency, Provider::AliExpress) => Some("order.create"),
            (Kind::DuplicateWebhook | Kind::DropWebhook | Kind::ForgedWebhook, _) => Some("webhook"),
            (
                Kind::WrongAmount
                | Kind::WrongCurrency
                | Kind::Error500Before
                | Kind::Error500AfterEffect
                | Kind::HoldAfterEffect
                | Kind::HoldBeforeEffect
                | Kind::Slow
                | Kind::Refuse
                | Kind::LoseAnswer
                | Kind::Http200ErrorBody
                | Kind::MadeTwice
                | Kind::Dearer
                | Kind::Pending
                | Kind::NeedsAction,
                _,
            ) => None,
        };
        fixed
            .map(str::to_owned)
            .or_else(|| self.operation.clone().filter(|name| name != "*"))
    }

    fn strikes(&self, provider: Provider, operation: &str) -> bool {
        // "pay" and "webhook" are no calls of the shop: only a fault that names them strikes there.
        let everywhere = !matches!(operation, "pay" | "webhook");
        self.provider == provider && self.operation.as_deref().map_or(everywhere, |name| name == operation)
    }
}

/// The fault that strikes this call, if any; its count goes down.
pub(crate) fn take(books: &mut Books, provider: Provider, operation: &str) -> Option<Fault> {
    let mut fault = books
        .all::<Fault>()
        .into_iter()
        .find(|fault| fault.strikes(provider, operation))?;
    if fault.skip > 0 {
        fault.skip = fault.skip.saturating_sub(1);
        books.put(&fault);
        return None;
    }
    fault.count = fault.count.saturating_sub(1);
    if fault.count == 0 {
        books.remove::<Fault>(&fault.id);
    } else {
        books.put(&fault);
    }
    Some(fault)
}

/// Ends all faults, or those of one provider or one id.
pub(crate) fn clear(books: &mut Books, only: Option<&str>) -> usize {
    let ends = |fault: &Fault| only.is_none_or(|only| fault.provider.name() == only || fault.id == only);
    let over: Vec<Fault> = books.all::<Fault>().into_iter().filter(ends).collect();
    for fault in &over {
        books.remove::<Fault>(&fault.id);
    }
    over.len()
}
