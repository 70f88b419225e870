//! What the answers show.

use askama::Template;
use domain::{
    Cause, Failure, Money, Timestamp,
    cart::{Cart, CartLine, MOST_PIECES},
};
use serde::Serialize;
use web::Draft;

/// A cart, grouped by store.
#[derive(Serialize, Template)]
#[template(path = "cart.html")]
pub(crate) struct CartPage {
    version: u64,
    /// How many pieces in all.
    pieces: u32,
    stores: Vec<Group>,
    /// Where to go on; nothing while the cart is empty.
    checkout: Option<&'static str>,
    #[serde(skip)]
    most: u32,
}

/// What comes from one store.
#[derive(Serialize)]
struct Group {
    store: String,
    lines: Vec<Line>,
    subtotal: Money,
}

#[derive(Serialize)]
struct Line {
    id: u32,
    product: String,
    variant: String,
    title: String,
    variant_label: String,
    image: Option<String>,
    quantity: u32,
    unit_price: Money,
    total: Money,
    /// When the store said so.
    as_of: Timestamp,
    href: String,
}

impl CartPage {
    pub(crate) fn empty() -> Self {
        Self {
            version: 0,
            pieces: 0,
            stores: Vec::new(),
            checkout: None,
            most: MOST_PIECES,
        }
    }

    pub(crate) fn of(cart: &Cart) -> Result<Self, Failure> {
        let mut page = Self {
            version: cart.version,
            ..Self::empty()
        };
        for line in &cart.lines {
            page.put_in(line)
                .map_err(|error| Failure::Internal(Cause::with("summing up a cart", error)))?;
        }
        Ok(page)
    }

    fn put_in(&mut self, line: &CartLine) -> Result<(), domain::MoneyError> {
        let total = line.unit_price.times(line.quantity)?;
        let store = line.variant.store.to_string();
        let known = self
            .stores
            .iter_mut()
            .find(|group| group.store == store && group.subtotal.currency() == total.currency());
        match known {
            Some(group) => {
                group.subtotal = group.subtotal.plus(total)?;
                group.lines.push(Line::of(line, total));
            }
            None => self.stores.push(Group {
                store,
                lines: vec![Line::of(line, total)],
                subtotal: total,
            }),
        }
        self.pieces = self.pieces.saturating_add(line.quantity);
        self.checkout = Some("/quotes");
        Ok(())
    }

    /// What the version of the answer is.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }
}

impl Line {
    fn of(line: &CartLine, total: Money) -> Self {
        let variant = &line.variant;
        Self {
            id: line.number,
            product: variant.product.clone(),
            variant: variant.variant.clone(),
            title: line.title.clone(),
            variant_label: line.variant_label.clone(),
            image: line.image.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            total,
            as_of: line.as_of,
            href: format!("/products/{}/{}", variant.store, variant.product),
        }
    }
}

/// What a form of a product or of the cart comes back with when it cannot be done.
#[derive(Serialize, Template)]
#[template(path = "refused.html")]
pub(crate) struct Refused {
    sentence: String,
    reasons: Vec<String>,
    back: String,
    back_label: &'static str,
}

impl Refused {
    /// Leads back to the product that was chosen, as far as the form named it in words that fit an address.
    pub(crate) fn product(draft: &Draft) -> Self {
        let (store, product) = (draft.value("store"), draft.value("product"));
        let fits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if fits(store) && fits(product) {
            let reasons = [draft.error("variant"), draft.error("quantity")];
            return Self::new(
                draft,
                &reasons,
                format!("/products/{store}/{product}"),
                "Back to the product",
            );
        }
        Self::new(draft, &[], "/search".into(), "Search")
    }

    /// Leads back to the cart.
    pub(crate) fn cart(draft: &Draft) -> Self {
        Self::new(draft, &[draft.error("quantity")], "/cart".into(), "Back to the cart")
    }

    fn new(draft: &Draft, reasons: &[&str], back: String, back_label: &'static str) -> Self {
        let told = |reason: &&&str| !reason.is_empty() && **reason != draft.sentence();
        Self {
            sentence: draft.sentence().to_owned(),
            reasons: reasons.iter().filter(told).map(|reason| (*reason).to_owned()).collect(),
            back,
            back_label,
        }
    }
}
