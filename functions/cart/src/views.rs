//! What the answers show.

use askama::Template;
use domain::{
    Cause, Failure, Money, Timestamp,
    address::Country,
    cart::{Cart, CartLine, MOST_PIECES},
    landed_cost::Destination,
};
use serde::Serialize;
use web::Draft;

use crate::find_problems::{Kind, Problem};

/// A cart, grouped by store.
#[derive(Serialize, Template)]
#[template(path = "cart.html")]
pub(crate) struct CartPage {
    version: u64,
    /// How many pieces in all.
    pieces: u32,
    stores: Vec<Group>,
    /// What has to be put right before it can be bought, each with its button.
    problems: Vec<ProblemView>,
    /// Where to go on; nothing while the cart is empty.
    checkout: Option<&'static str>,
    /// Where it shall go, as far as the problems depend on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ship_to: Option<String>,
    #[serde(skip)]
    to: String,
    #[serde(skip)]
    countries: Vec<(String, String)>,
    #[serde(skip)]
    draft: Draft,
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
            problems: Vec::new(),
            checkout: None,
            ship_to: None,
            to: String::new(),
            countries: Vec::new(),
            draft: Draft::empty(),
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

    /// The same for this country, with the others to choose from.
    pub(crate) fn going_to(mut self, to: Country, mut served: Vec<&Destination>) -> Self {
        served.sort_by(|a, b| a.name.cmp(&b.name));
        let name = served.iter().find(|row| row.dest == to).map(|row| row.name.clone());
        self.to = name.unwrap_or_else(|| to.to_string());
        self.draft = Draft::empty().with("ship_to", to.to_string());
        self.countries = served
            .into_iter()
            .map(|row| (row.dest.to_string(), row.name.clone()))
            .collect();
        self.ship_to = Some(to.to_string());
        self
    }

    /// The same with what is in the way of buying it.
    pub(crate) fn with_problems(mut self, problems: &[Problem]) -> Self {
        let lines = self.stores.iter().flat_map(|group| &group.lines);
        let titles: Vec<(u32, String)> = lines.map(|line| (line.id, line.title.clone())).collect();
        let title = |number| {
            titles
                .iter()
                .find(|(id, _)| *id == number)
                .map_or("", |(_, title)| title)
        };
        self.problems = problems
            .iter()
            .map(|problem| ProblemView::of(problem, title(problem.line), &self.to))
            .collect();
        self
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

/// Something that has to be put right, and how.
#[derive(Serialize)]
struct ProblemView {
    line: u32,
    code: &'static str,
    message: String,
    /// Where the rule that says so has it from.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<String>,
    fix: Fix,
}

/// What puts it right: the request of a program, and the button of a page.
#[derive(Serialize)]
struct Fix {
    label: String,
    method: &'static str,
    href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<u32>,
    #[serde(skip)]
    action: String,
}

impl ProblemView {
    fn of(problem: &Problem, title: &str, to: &str) -> Self {
        let line = format!("/cart/lines/{}", problem.line);
        let fix = |label: String, method, href: &str, action: String| Fix {
            label,
            method,
            href: href.to_owned(),
            quantity: None,
            action,
        };
        let remove = || fix("Remove it".into(), "DELETE", &line, format!("{line}/deletion"));
        let (code, message, fix) = match &problem.kind {
            Kind::PriceMoved(price) => {
                let href = format!("{line}/renewal");
                let label = format!("Take it for {price}");
                let message = format!("{title} costs {price} at the store now.");
                ("price_moved", message, fix(label, "POST", &href, href.clone()))
            }
            Kind::TooFew(left) => {
                let change = fix(format!("Take {left}"), "PUT", &line, line.clone());
                let message = format!("The store has only {left} of {title}.");
                let quantity = Some(*left);
                ("too_few", message, Fix { quantity, ..change })
            }
            Kind::Gone => ("gone", format!("The store does not sell {title} any more."), remove()),
            Kind::Restricted(verdict) => {
                let message = format!("We cannot ship {title} to {to}: {}.", verdict.reason);
                ("restricted", message, remove())
            }
            Kind::OverCarrierLimit => {
                let message = format!("{title} is too large or too heavy for our carrier.");
                ("over_carrier_limit", message, remove())
            }
        };
        let rule = match &problem.kind {
            Kind::Restricted(verdict) => Some(verdict),
            Kind::PriceMoved(_) | Kind::TooFew(_) | Kind::Gone | Kind::OverCarrierLimit => None,
        };
        Self {
            line: problem.line,
            code,
            message,
            source: rule.map(|verdict| verdict.source.clone()),
            row: rule.map(|verdict| verdict.row.to_string()),
            fix,
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
