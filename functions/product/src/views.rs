//! What the answers show.

use askama::Template;
use domain::{
    Dimensions, Grams, Money, Timestamp,
    cart::MOST_PIECES,
    landed_cost::{Passage, Verdict},
    product::{Package, Product, Variant},
};
use serde::Serialize;
use web::Draft;

use crate::find_product::Travel;

/// With more variants than this a list of pictures is longer than anybody scrolls.
const MOST_RADIOS: usize = 20;

/// A product with what can be chosen.
#[derive(Serialize, Template)]
#[template(path = "product.html")]
pub(crate) struct ProductPage {
    store: String,
    product: String,
    title: String,
    description: String,
    images: Vec<String>,
    seller: Option<String>,
    category: Option<String>,
    variants: Vec<Choice>,
    package: Option<Packed>,
    shipping: Option<Shipping>,
    as_of: Timestamp,
    #[serde(skip)]
    price: String,
    #[serde(skip)]
    checked: String,
    #[serde(skip)]
    form: Form,
    /// The countries to ask about, and the one that was asked about.
    #[serde(skip)]
    countries: Vec<(String, String)>,
    #[serde(skip)]
    draft: Draft,
}

/// Where it may go.
#[derive(Serialize)]
struct Shipping {
    /// Why it cannot be shipped at all.
    nowhere: Option<Reason>,
    not_to: Vec<NotTo>,
    heed: Vec<Reason>,
    /// Whether it may go to the country that was asked about.
    to: Option<To>,
}

#[derive(Serialize)]
struct To {
    country: String,
    name: String,
    /// True when some carrier takes it there.
    is_open: bool,
    carriers: Vec<By>,
}

/// What the rules say by one carrier.
#[derive(Serialize)]
struct By {
    carrier: String,
    ruling: &'static str,
    verdicts: Vec<Reason>,
    #[serde(skip)]
    name: String,
}

#[derive(Serialize)]
struct NotTo {
    country: String,
    name: String,
    #[serde(flatten)]
    why: Reason,
}

/// What a rule says, with the row that says it.
#[derive(Serialize)]
struct Reason {
    ruling: &'static str,
    code: String,
    reason: String,
    row: String,
    source: String,
}

/// How the reader chooses.
enum Form {
    /// It cannot be bought, and this is why.
    Closed(&'static str),
    /// There is one variant only.
    One(OrderForm, String),
    /// A list of radio buttons with pictures.
    Radios(OrderForm),
    /// A menu.
    Menu(OrderForm),
}

/// What every form of an order holds.
struct OrderForm {
    key: String,
    most: u32,
}

#[derive(Serialize)]
struct Choice {
    key: String,
    label: String,
    values: Vec<Named>,
    price: Money,
    stock: Option<u32>,
    image: Option<String>,
    is_available: bool,
    #[serde(skip)]
    stock_text: String,
}

#[derive(Serialize)]
struct Named {
    name: String,
    value: String,
}

/// One piece as the store packs it.
#[derive(Serialize)]
struct Packed {
    weight_grams: Grams,
    size_millimetres: Option<Dimensions>,
    #[serde(skip)]
    text: String,
}

impl ProductPage {
    pub(crate) fn of(product: Product, travel: Option<Travel>, form_key: String) -> Self {
        let variants: Vec<Choice> = product.variants.into_iter().map(Choice::of).collect();
        let countries = travel
            .as_ref()
            .map(|travel| travel.destinations.clone())
            .unwrap_or_default();
        let shipping = travel.map(Shipping::of);
        let asked = shipping.as_ref().and_then(|shipping| shipping.to.as_ref());
        let draft = Draft::empty().with("ship_to", asked.map_or("KE", |to| to.country.as_str()));
        Self {
            store: product.product.store.to_string(),
            product: product.product.product,
            title: product.title,
            description: product.description,
            images: product.images,
            seller: product.seller,
            category: product.category,
            price: price(&variants),
            form: Form::of(&variants, shipping.as_ref(), form_key),
            shipping,
            countries,
            draft,
            variants,
            package: product.package.map(Packed::of),
            checked: product.as_of.date().strftime("%-d %B %Y").to_string(),
            as_of: product.as_of,
        }
    }
}

impl ProductPage {
    /// True when some country may get it, so that it is worth asking about one.
    fn can_be_asked_about(&self) -> bool {
        let shipping = self.shipping.as_ref();
        shipping.is_some_and(|shipping| shipping.nowhere.is_none())
    }
}

/// The price of what can be bought; a range is said by its lower end.
fn price(variants: &[Choice]) -> String {
    let available = || variants.iter().filter(|choice| choice.is_available);
    let Some(cheapest) = available().min_by_key(|choice| choice.price.amount()) else {
        return String::new();
    };
    let is_one_price = available().all(|choice| choice.price == cheapest.price);
    if is_one_price {
        cheapest.price.to_string()
    } else {
        format!("from {}", cheapest.price)
    }
}

impl Shipping {
    fn of(Travel { reach, passage, .. }: Travel) -> Self {
        let not_to = reach.not_to.into_iter().map(|barred| NotTo {
            country: barred.country.to_string(),
            name: barred.name,
            why: Reason::of(barred.verdict),
        });
        Self {
            nowhere: reach.nowhere.map(Reason::of),
            not_to: not_to.collect(),
            heed: reach.heed.into_iter().map(Reason::of).collect(),
            to: passage.map(To::of),
        }
    }
}

impl Shipping {
    /// What is told of one country; nothing where it can go nowhere, which is told already.
    fn tells_of(&self) -> Option<&To> {
        self.to.as_ref().filter(|_| self.nowhere.is_none())
    }
}

impl To {
    fn of(passage: Passage) -> Self {
        Self {
            country: passage.country.to_string(),
            is_open: passage.is_open(),
            name: passage.name,
            carriers: passage
                .carriers
                .into_iter()
                .map(|(carrier, found)| By {
                    name: carrier.as_str().to_uppercase(),
                    carrier: carrier.to_string(),
                    ruling: found.ruling().code(),
                    verdicts: found.verdicts.into_iter().map(Reason::of).collect(),
                })
                .collect(),
        }
    }
}

impl Reason {
    fn of(verdict: Verdict) -> Self {
        Self {
            ruling: verdict.ruling.code(),
            code: verdict.code,
            reason: verdict.reason,
            row: verdict.row.to_string(),
            source: verdict.source,
        }
    }
}

impl Form {
    fn of(variants: &[Choice], shipping: Option<&Shipping>, key: String) -> Self {
        let form = OrderForm { key, most: MOST_PIECES };
        match variants {
            _ if shipping.is_some_and(|shipping| shipping.nowhere.is_some()) => {
                Self::Closed("We cannot ship this to any country.")
            }
            [] => Self::Closed("The store does not sell this to our warehouse at the moment."),
            _ if variants.iter().all(|choice| !choice.is_available) => Self::Closed("Sold out at the store."),
            [one] => Self::One(form, one.key.clone()),
            _ if variants.len() <= MOST_RADIOS => Self::Radios(form),
            _ => Self::Menu(form),
        }
    }
}

impl Choice {
    fn of(variant: Variant) -> Self {
        let label = variant.label();
        let stock_text = match variant.stock {
            None => String::new(),
            Some(0) => "sold out".into(),
            Some(1) => "only 1 left".into(),
            Some(few) if few < 10 => format!("only {few} left"),
            Some(many) => format!("{many} in stock"),
        };
        Self {
            label: if label.is_empty() { "As shown".into() } else { label },
            is_available: variant.stock != Some(0),
            key: variant.key,
            values: variant
                .values
                .into_iter()
                .map(|(name, value)| Named { name, value })
                .collect(),
            price: variant.price,
            stock: variant.stock,
            image: variant.image,
            stock_text,
        }
    }
}

impl Packed {
    fn of(package: Package) -> Self {
        let mut text = format!("{} kg", package.weight.kilograms());
        if let Some(size) = package.size {
            let side = |side: domain::Millimetres| side.centimetres_up();
            text.push_str(&format!(
                ", {} × {} × {} cm",
                side(size.length),
                side(size.width),
                side(size.height)
            ));
        }
        Self {
            weight_grams: package.weight,
            size_millimetres: package.size,
            text,
        }
    }
}
