//! What the answers show.

use askama::Template;
use domain::{
    Failure, Money,
    address::AddressInput,
    cart::CartLine,
    id::AddressId,
    order::Order,
    person::{Holder, KeptAddress, Language, Person, Preferences},
    session::{Role, Session, Who},
};
use serde::Serialize;
use store::OrderSummary;
use web::Draft;

use crate::Deps;

/// The currencies prices are shown in.
pub(crate) const CURRENCIES: [(&str, &str); 5] = [
    ("KES", "Kenyan shilling"),
    ("UGX", "Ugandan shilling"),
    ("TZS", "Tanzanian shilling"),
    ("USD", "US dollar"),
    ("EUR", "Euro"),
];

/// Whose account it is.
#[derive(Serialize, Template)]
#[template(path = "me.html")]
pub(crate) struct Me {
    id: String,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    is_staff: bool,
    roles: Vec<Role>,
    #[serde(skip)]
    is_admin: bool,
    preferences: Preferences,
}

impl Me {
    pub(crate) fn of(person: &Person, session: Option<&Session>) -> Self {
        let roles = match session.map(|session| &session.who) {
            Some(Who::Staff(_, roles)) => roles.clone(),
            Some(Who::Guest(_) | Who::Customer(_) | Who::Unproven(_) | Who::Device(_)) | None => Vec::new(),
        };
        let is_staff = matches!(person.holder, Holder::Staff(_));
        let (id, name) = (person.holder.id().to_owned(), person.name.as_str().to_owned());
        Self {
            id,
            name,
            email: person.email.as_ref().map(ToString::to_string),
            phone: person.phone.as_ref().map(ToString::to_string),
            is_staff,
            is_admin: roles.contains(&Role::Admin),
            roles,
            preferences: person.preferences,
        }
    }
}

/// The form of what somebody is called and likes.
#[derive(Serialize, Template)]
#[template(path = "profile.html")]
pub(crate) struct ProfilePage {
    action: &'static str,
    #[serde(skip)]
    draft: Draft,
    #[serde(skip)]
    languages: [(&'static str, &'static str); 2],
    #[serde(skip)]
    currencies: [(&'static str, &'static str); 5],
}

impl ProfilePage {
    pub(crate) fn of(person: &Person) -> Self {
        let Preferences {
            language,
            currency,
            mail_news,
            text_news,
        } = person.preferences;
        let mark = |is_wanted| if is_wanted { "true" } else { "" };
        let language = match language {
            Language::En => "en",
            Language::Sw => "sw",
        };
        let draft = Draft::empty()
            .with("name", person.name.as_str())
            .with("language", language)
            .with("currency", currency.code())
            .with("mail_news", mark(mail_news))
            .with("text_news", mark(text_news));
        Self::again(draft)
    }

    pub(crate) fn again(draft: Draft) -> Self {
        Self {
            action: "/me/profile",
            draft,
            languages: [("en", "English"), ("sw", "Kiswahili")],
            currencies: CURRENCIES,
        }
    }
}

/// A kept address.
#[derive(Serialize)]
pub(crate) struct AddressView {
    id: String,
    #[serde(flatten)]
    parts: AddressInput,
    #[serde(skip)]
    street: String,
    #[serde(skip)]
    town: String,
}

impl AddressView {
    pub(crate) fn of(kept: &KeptAddress) -> Self {
        let parts = kept.address.parts().clone();
        let joined = |texts: &[&String]| {
            let filled = texts.iter().filter(|text| !text.is_empty());
            filled.map(|text| text.as_str()).collect::<Vec<_>>().join(", ")
        };
        Self {
            id: kept.id.to_string(),
            street: kept.address.lines().join(", "),
            town: joined(&[&parts.city, &parts.region, &parts.postcode, &parts.country]),
            parts,
        }
    }
}

/// A customer's addresses, with one form: for a new one, or to change one of them.
#[derive(Serialize, Template)]
#[template(path = "addresses.html")]
pub(crate) struct AddressBook {
    addresses: Vec<AddressView>,
    #[serde(skip)]
    drafts: Vec<(AddressId, Draft)>,
    #[serde(skip)]
    countries: Vec<(String, String)>,
    #[serde(skip)]
    action: String,
    #[serde(skip)]
    form_key: String,
    #[serde(skip)]
    draft: Draft,
    #[serde(skip)]
    is_change: bool,
}

impl AddressBook {
    pub(crate) async fn load(deps: &Deps, kept: &[KeptAddress]) -> Result<Self, Failure> {
        Ok(Self {
            addresses: kept.iter().map(AddressView::of).collect(),
            drafts: kept
                .iter()
                .map(|kept| (kept.id.clone(), Draft::of_address(&kept.address)))
                .collect(),
            countries: deps.countries().await?,
            action: "/me/addresses".to_owned(),
            form_key: deps.ids.form_key()?,
            draft: Draft::empty(),
            is_change: false,
        })
    }

    /// The form filled in with one of the addresses.
    pub(crate) fn changing(mut self, id: Option<&AddressId>) -> Result<Self, Failure> {
        if let Some(id) = id {
            let known = self.drafts.iter().find(|(known, _)| known == id);
            self.draft = known
                .map(|(_, draft)| draft.clone())
                .ok_or(Failure::NotFound("address"))?;
            self.action = format!("/me/addresses/{id}");
            self.is_change = true;
        }
        Ok(self)
    }

    /// The form as it was typed, with what is wrong.
    pub(crate) fn again(self, draft: Draft) -> Self {
        Self { draft, ..self }
    }
}

/// The tax number, as far as it is shown.
#[derive(Serialize, Template)]
#[template(path = "tax-number.html")]
pub(crate) struct TaxNumberPage {
    /// The kind that is known here.
    kind: &'static str,
    hint: Option<String>,
    #[serde(skip)]
    draft: Draft,
}

impl TaxNumberPage {
    pub(crate) fn of(hint: Option<String>) -> Self {
        Self {
            kind: "kra_pin",
            hint,
            draft: Draft::empty(),
        }
    }

    pub(crate) fn again(draft: Draft) -> Self {
        Self {
            draft,
            ..Self::of(None)
        }
    }
}

/// The form that deletes an account.
#[derive(Serialize, Template)]
#[template(path = "deletion.html")]
pub(crate) struct DeletionPage {
    action: &'static str,
    #[serde(skip)]
    draft: Draft,
}

impl DeletionPage {
    pub(crate) fn of(draft: Draft) -> Self {
        Self {
            action: "/me/deletion",
            draft,
        }
    }
}

/// Everything we keep about somebody.
#[derive(Serialize)]
pub(crate) struct Export {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) preferences: Preferences,
    pub(crate) tax_number: Option<String>,
    pub(crate) addresses: Vec<AddressView>,
    pub(crate) cart: Vec<CartLineView>,
    pub(crate) devices: Vec<(String, String)>,
    pub(crate) orders: Vec<OrderView>,
    pub(crate) exported_at: String,
}

/// A line of a cart.
#[derive(Serialize)]
pub(crate) struct CartLineView {
    store: String,
    product: String,
    variant: String,
    title: String,
    quantity: u32,
    unit_price: Money,
}

impl CartLineView {
    pub(crate) fn of(line: &CartLine) -> Self {
        Self {
            store: line.variant.store.to_string(),
            product: line.variant.product.clone(),
            variant: line.variant.variant.clone(),
            title: line.title.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
        }
    }
}

/// An order.
#[derive(Serialize)]
pub(crate) struct OrderView {
    id: String,
    placed_at: String,
    total: Money,
    progress: String,
    delivered_to: AddressInput,
    lines: Vec<(String, String)>,
}

impl OrderView {
    pub(crate) fn of(order: &Order, summary: &OrderSummary) -> Self {
        let line = |line: &domain::order::Line| (line.title.clone(), line.id.to_string());
        Self {
            id: order.id.to_string(),
            placed_at: order.placed_at.to_string(),
            total: order.total,
            progress: summary.progress.clone(),
            delivered_to: order.destination.parts().clone(),
            lines: order.lines.iter().map(line).collect(),
        }
    }
}
