//! What the store sells: invented products with variants, prices in US cents, weights and package sizes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::order::SupplierOrder;
use crate::books::Books;
use crate::json::Fields;

#[derive(Deserialize)]
pub(super) struct Product {
    pub(super) id: u64,
    pub(super) title: String,
    pub(super) category_id: u64,
    pub(super) category: String,
    pub(super) store_id: u64,
    pub(super) store: String,
    pub(super) brand: String,
    pub(super) origin: String,
    pub(super) ship_from: String,
    pub(super) grams: u32,
    pub(super) box_cm: [u32; 3],
    pub(super) rating: String,
    pub(super) reviews: u32,
    pub(super) sold: String,
    pub(super) battery: bool,
    pub(super) picture: String,
    pub(super) description: String,
    pub(super) skus: Vec<Sku>,
}

#[derive(Deserialize)]
pub(super) struct Sku {
    pub(super) sku_id: u64,
    pub(super) attr: String,
    pub(super) price_cents: i64,
    pub(super) list_cents: i64,
    stock: u32,
    pub(super) properties: Vec<Property>,
}

#[derive(Deserialize)]
pub(super) struct Property {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) value_id: u64,
    pub(super) value: String,
    pub(super) label: String,
}

static PRODUCTS: LazyLock<Vec<Product>> =
    LazyLock::new(|| serde_json::from_str(include_str!("catalogue.json")).unwrap_or_default());

pub(super) fn products() -> &'static [Product] {
    &PRODUCTS
}

pub(super) fn product(id: u64) -> Option<&'static Product> {
    products().iter().find(|product| product.id == id)
}

impl Product {
    pub(super) fn cheapest(&self) -> Option<&Sku> {
        self.skus.iter().min_by_key(|sku| sku.price_cents)
    }

    pub(super) fn sku_by_id(&self, sku_id: u64) -> Option<&Sku> {
        self.skus.iter().find(|sku| sku.sku_id == sku_id)
    }

    /// The variant an order names. Only the ids of a property count, the label after `#` is the seller's own; without
    /// an attribute the product must have a single variant.
    pub(super) fn sku_by_attr(&self, attr: &str) -> Option<&Sku> {
        if attr.is_empty() && self.skus.len() == 1 {
            return self.skus.first();
        }
        self.skus.iter().find(|sku| ids(&sku.attr) == ids(attr))
    }
}

impl Sku {
    /// Where the goods of this variant leave from.
    pub(super) fn ship_from<'a>(&'a self, product: &'a Product) -> &'a str {
        let from = self.properties.iter().find(|property| property.name == "Ships From");
        from.map_or(&product.ship_from, |property| {
            if property.value_id == 201_336_106 { "US" } else { "CN" }
        })
    }

    /// Pieces not sold yet.
    pub(super) fn available(&self, sold: &Sold) -> u32 {
        self.stock.saturating_sub(sold.get(&self.sku_id).copied().unwrap_or(0))
    }
}

/// Pieces sold by variant.
pub(super) type Sold = BTreeMap<u64, u32>;

/// Counts what the open and finished orders took; a cancelled order gives its goods back.
pub(super) fn sold(books: &Books) -> Sold {
    let mut sold = Sold::new();
    let orders = books.find::<SupplierOrder>(|order| order.at("end_reason").is_null());
    for line in orders.iter().flat_map(|order| &order.lines) {
        let pieces = sold.entry(line.sku_id).or_default();
        *pieces = pieces.saturating_add(line.count);
    }
    sold
}

fn ids(attr: &str) -> Vec<&str> {
    attr.split(';')
        .map(|part| part.split('#').next().unwrap_or_default())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_complete() {
        assert!(products().len() >= 40);
        for product in products() {
            assert!(
                product.grams > 0 && product.box_cm.iter().all(|side| *side > 0),
                "{}",
                product.title
            );
            assert!(!product.skus.is_empty(), "{}", product.title);
            for sku in &product.skus {
                assert!(sku.price_cents > 0 && sku.list_cents >= sku.price_cents && sku.stock > 0);
            }
        }
    }

    #[test]
    fn a_variant_is_found_with_or_without_the_sellers_label() {
        let mat = products()
            .iter()
            .find(|product| product.title.contains("Bath Mat"))
            .unwrap();

        let with = mat
            .sku_by_attr("14:29#Bear;491:200004180#400MMx600MM")
            .map(|sku| sku.sku_id);
        let without = mat.sku_by_attr("14:29;491:200004180").map(|sku| sku.sku_id);

        assert!(with.is_some());
        assert_eq!(with, without);
        assert!(mat.sku_by_attr("").is_none());
    }
}
