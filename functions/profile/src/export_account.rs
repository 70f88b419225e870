//! Everything we keep about a customer, for themselves.

use domain::{Failure, id::CustomerId, person::Person};

use crate::{
    Deps, tax_number,
    views::{AddressView, CartLineView, Export, OrderView},
};

const PAGE: i32 = 100;

pub(crate) async fn run(deps: &Deps, customer: &CustomerId, person: &Person) -> Result<Export, Failure> {
    let now = deps.clock.now();
    let addresses = deps.people.addresses(customer).await?;
    let cart = deps.carts.load(customer, now).await?;
    let sessions = deps.sessions.of_person(customer.as_str(), now).await?;
    let mut orders = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = deps.orders.of_customer(customer, PAGE, after.as_deref()).await?;
        for summary in &page.items {
            let order = deps.orders.load(&summary.id).await?;
            orders.push(OrderView::of(&order, summary));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(Export {
        id: customer.to_string(),
        name: person.name.as_str().to_owned(),
        email: person.email.as_ref().map(ToString::to_string),
        phone: person.phone.as_ref().map(ToString::to_string),
        preferences: person.preferences,
        tax_number: tax_number::open(deps, customer.as_str()).await?,
        addresses: addresses.iter().map(AddressView::of).collect(),
        cart: cart.lines.iter().map(CartLineView::of).collect(),
        devices: sessions
            .into_iter()
            .map(|session| (session.device, session.started_at.to_string()))
            .collect(),
        orders,
        exported_at: now.to_string(),
    })
}
