//! A shopper without an account, in Nairobi, on a phone.

use anyhow::Context;
use serde_json::{Value, json};

use super::browser::{Browser, Said};

/// A shopper.
pub struct Shopper {
    /// Their front end.
    pub browser: Browser,
}

/// What is to be bought.
#[derive(Debug, Clone)]
pub struct Basket {
    /// The store.
    pub store: String,
    /// The store's product.
    pub product: String,
    /// The store's variant.
    pub variant: String,
    /// Its title.
    pub title: String,
}

impl Shopper {
    /// A shopper at a shop.
    pub fn at(shop: &str) -> Self {
        Self {
            browser: Browser::new(shop),
        }
    }

    /// Searches, opens the first hit that has something in stock, and picks its first variant in stock.
    ///
    /// # Errors
    /// When the search finds nothing that can be bought.
    pub async fn find(&self, words: &str) -> anyhow::Result<Basket> {
        let words = words.replace(' ', "+");
        let found = self
            .browser
            .get(&format!("/search?q={words}"))
            .await?
            .good("searching")?;
        let items = found.list_at("/items");
        for item in &items {
            if let Some(basket) = self.open(item).await? {
                return Ok(basket);
            }
        }
        anyhow::bail!("nothing to buy among {} hits for {words}", items.len())
    }

    async fn open(&self, item: &Value) -> anyhow::Result<Option<Basket>> {
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let (store, product) = (text(item, "store"), text(item, "product"));
        let (store, product) = (
            store.context("a hit has a store")?,
            product.context("a hit has a product")?,
        );
        let page = self
            .browser
            .get(&format!("/products/{store}/{product}"))
            .await?
            .good("opening a product")?;
        let variants = page.list_at("/variants");
        let in_stock = variants
            .iter()
            .find(|variant| variant.get("stock").and_then(Value::as_u64).unwrap_or(9) > 2);
        let Some(variant) = in_stock else { return Ok(None) };
        let key = text(variant, "key").context("a variant has a key")?;
        let title = text(&page.json, "title").unwrap_or_default();
        Ok(Some(Basket {
            store,
            product,
            variant: key,
            title,
        }))
    }

    /// Puts so many into the cart.
    ///
    /// # Errors
    /// When the shop refuses.
    pub async fn take(&self, basket: &Basket, quantity: u32) -> anyhow::Result<Said> {
        let Basket {
            store,
            product,
            variant,
            ..
        } = basket;
        let line = json!({ "store": store, "product": product, "variant": variant, "quantity": quantity });
        self.browser
            .post("/cart/lines", &line)
            .await?
            .good("putting it into the cart")
    }

    /// Asks for the one price to Kenya; gives the quote's id.
    ///
    /// # Errors
    /// When the shop refuses.
    pub async fn quote(&self) -> anyhow::Result<Said> {
        let asked = json!({ "country": "KE", "currency": "KES" });
        self.browser.post("/quotes", &asked).await?.good("asking for the price")
    }

    /// Places the order; gives its id.
    ///
    /// # Errors
    /// When the shop refuses.
    pub async fn order(&self, quote: &str) -> anyhow::Result<String> {
        let placed = self
            .browser
            .post("/orders", &Self::placing(quote))
            .await?
            .good("placing the order")?;
        placed.text_at("/id")
    }

    /// What placing an order sends.
    pub fn placing(quote: &str) -> Value {
        json!({
            "quote": quote, "name": "Demo Customer", "phone": "+254712345678", "email": "demo@example.com",
            "line1": "Ngong Road 44", "landmark": "opposite the market", "city": "Nairobi", "country": "KE",
            "tax_number": "A123456789Z"
        })
    }

    /// Starts a payment; gives the address of the provider's page.
    ///
    /// # Errors
    /// When the shop refuses.
    pub async fn start_payment(&self, order: &str) -> anyhow::Result<Said> {
        let path = format!("/orders/{order}/payments");
        self.browser
            .post(&path, &json!({ "provider": "stripe" }))
            .await?
            .good("starting the payment")
    }

    /// The order as the shopper sees it.
    ///
    /// # Errors
    /// When the shop does not show it.
    pub async fn look(&self, order: &str) -> anyhow::Result<Said> {
        self.browser
            .get(&format!("/orders/{order}"))
            .await?
            .good("looking at the order")
    }

    /// The word for where the order is: `paid`, `partially_received`.
    ///
    /// # Errors
    /// When the shop does not show it.
    pub async fn status(&self, order: &str) -> anyhow::Result<String> {
        self.look(order).await?.text_at("/status")
    }
}
