//! What the answers show.

use askama::Template;
use domain::{Money, Timestamp, product::Hit};
use providers::suppliers::{Capabilities, Capability, Suppliers};
use serde::Serialize;

use crate::{
    ask_stores::{Found, Missing, Reason},
    asked::{Asked, Sort},
};

/// A search box and what was found with it.
#[derive(Serialize, Template)]
#[template(path = "search.html")]
pub(crate) struct SearchPage {
    items: Vec<Item>,
    warnings: Vec<Warning>,
    next: Option<String>,
    #[serde(skip)]
    previous: Option<String>,
    #[serde(skip)]
    words: String,
    #[serde(skip)]
    sort: &'static str,
    #[serde(skip)]
    sorts: Vec<SortLink>,
    /// What is wrong with the words.
    #[serde(skip)]
    problem: String,
    /// What to say where there are no products.
    #[serde(skip)]
    empty: &'static str,
}

#[derive(Serialize)]
struct Item {
    store: String,
    product: String,
    title: String,
    image: Option<String>,
    price: Option<Money>,
    rating: Option<String>,
    href: String,
    as_of: Timestamp,
}

#[derive(Serialize)]
struct Warning {
    store: String,
    sentence: String,
}

struct SortLink {
    label: &'static str,
    href: String,
    is_chosen: bool,
}

const START: &str = "Write what you are looking for. We ask all stores at once.";
const NOTHING: &str = "Nothing was found for these words. Try fewer or other ones.";
const NO_MORE: &str = "There is nothing on this page any more.";
const NOT_NOW: &str = "Nothing can be shown at the moment. Please try again shortly.";

impl SearchPage {
    pub(crate) fn of(asked: &Asked, found: Option<Found>) -> Self {
        let empty = match &found {
            None => START,
            Some(found) if !found.missing.is_empty() => NOT_NOW,
            Some(_) if asked.page.unwrap_or(1) > 1 => NO_MORE,
            Some(_) => NOTHING,
        };
        let found = found.unwrap_or_default();
        Self {
            items: found.hits.into_iter().map(Item::of).collect(),
            warnings: found.missing.iter().map(Warning::of).collect(),
            next: found.next.map(|page| address(asked, asked.sort, page)),
            empty,
            ..Self::box_only(asked)
        }
    }

    /// The search box again, with what is wrong.
    pub(crate) fn refused(asked: &Asked, problem: &str) -> Self {
        Self {
            problem: problem.to_owned(),
            ..Self::box_only(asked)
        }
    }

    /// True when every store is in it.
    pub(crate) fn is_whole(&self) -> bool {
        self.warnings.is_empty()
    }

    fn box_only(asked: &Asked) -> Self {
        let words = asked.q.as_deref().unwrap_or_default().trim().to_owned();
        let previous = asked.page.and_then(|page| page.checked_sub(1)).filter(|page| *page > 0);
        let sorts = if words.is_empty() {
            Vec::new()
        } else {
            SORTS.iter().map(|sort| SortLink::of(asked, *sort)).collect()
        };
        Self {
            items: Vec::new(),
            warnings: Vec::new(),
            next: None,
            previous: previous.map(|page| address(asked, asked.sort, page)),
            words,
            sort: word(asked.sort),
            sorts,
            problem: String::new(),
            empty: "",
        }
    }
}

const SORTS: [Sort; 5] = [
    Sort::BestMatch,
    Sort::MostSold,
    Sort::Cheapest,
    Sort::Dearest,
    Sort::Newest,
];

impl SortLink {
    fn of(asked: &Asked, sort: Sort) -> Self {
        let label = match sort {
            Sort::BestMatch => "Best match",
            Sort::MostSold => "Most sold",
            Sort::Cheapest => "Cheapest",
            Sort::Dearest => "Dearest",
            Sort::Newest => "Newest",
        };
        Self {
            label,
            href: address(asked, sort, 1),
            is_chosen: sort == asked.sort,
        }
    }
}

/// The word of an order in addresses; nothing for the usual one.
fn word(sort: Sort) -> &'static str {
    match sort {
        Sort::BestMatch => "",
        Sort::MostSold => "most_sold",
        Sort::Cheapest => "cheapest",
        Sort::Dearest => "dearest",
        Sort::Newest => "newest",
    }
}

fn address(asked: &Asked, sort: Sort, page: u32) -> String {
    let page = if page > 1 { page.to_string() } else { String::new() };
    let words = asked.q.as_deref().unwrap_or_default().trim();
    let pairs = [("q", words), ("sort", word(sort)), ("page", &page)];
    let filled: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    // Pairs of texts always have this form.
    let query = serde_html_form::to_string(filled).unwrap_or_default();
    format!("/search?{query}")
}

impl Item {
    fn of(hit: Hit) -> Self {
        let (store, product) = (hit.product.store.to_string(), hit.product.product);
        Self {
            href: format!("/products/{store}/{product}"),
            store,
            product,
            title: hit.title,
            image: hit.image,
            price: hit.price,
            rating: hit
                .rating_tenths
                .map(|tenths| format!("{}.{}", tenths / 10, tenths % 10)),
            as_of: hit.as_of,
        }
    }
}

impl Warning {
    fn of(missing: &Missing) -> Self {
        let store = missing.store.to_string();
        let sentence = match missing.reason {
            Reason::Late => format!("{store} did not answer in time, so its products are missing here."),
            Reason::Failed => format!("{store} cannot be asked at the moment, so its products are missing here."),
        };
        Self { store, sentence }
    }
}

/// The stores of this shop.
#[derive(Serialize)]
pub(crate) struct Stores {
    stores: Vec<Store>,
}

#[derive(Serialize)]
struct Store {
    name: String,
    capabilities: Operations,
}

/// Who does which operation: `api`, `desk` or `off`.
#[derive(Serialize)]
struct Operations {
    search: &'static str,
    detail: &'static str,
    deliveries: &'static str,
    place: &'static str,
    find_by_reference: &'static str,
    order_state: &'static str,
    cancel: &'static str,
}

impl Stores {
    pub(crate) fn of(suppliers: &Suppliers) -> Self {
        let store = |supplier: &dyn providers::suppliers::Supplier| Store {
            name: supplier.code().to_string(),
            capabilities: Operations::of(supplier.capabilities()),
        };
        Self {
            stores: suppliers.all().map(store).collect(),
        }
    }
}

impl Operations {
    fn of(capabilities: Capabilities) -> Self {
        let by = |capability| match capability {
            Capability::Api => "api",
            Capability::Desk => "desk",
            Capability::Off => "off",
        };
        Self {
            search: by(capabilities.search),
            detail: by(capabilities.detail),
            deliveries: by(capabilities.deliveries),
            place: by(capabilities.place),
            find_by_reference: by(capabilities.find_by_reference),
            order_state: by(capabilities.order_state),
            cancel: by(capabilities.cancel),
        }
    }
}
