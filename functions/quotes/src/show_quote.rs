//! Shows a quote: to the customer it was made for, or to whoever was given its link. The link's token is the quote's own hash, which covers
//! every word of it and which nobody can guess; a quote names no person and no address.

use domain::{
    Failure,
    id::{OrderId, QuoteId},
    quote::Quote,
    session::Session,
};

use crate::{
    Deps,
    quote_view::{QuoteView, Reader, Seen},
};

pub(crate) async fn run(
    deps: &Deps,
    session: Option<&Session>,
    id: &QuoteId,
    token: &str,
) -> Result<(Quote, Reader), Failure> {
    let customer = session.and_then(|session| session.customer());
    if customer.is_none() && token.is_empty() {
        return Err(Failure::Unauthenticated);
    }
    let quote = deps.quotes.get(id).await?;
    if customer.is_some_and(|customer| quote.terms().customer == *customer) {
        Ok((quote, Reader::Customer))
    } else if web::same_secret(token, quote.hash()) {
        Ok((quote, Reader::Guest))
    } else {
        Err(Failure::NotFound("quote"))
    }
}

/// The page of a quote; to its customer it says whether an order was placed at it.
pub(crate) async fn view(deps: &Deps, quote: &Quote, reader: Reader) -> Result<QuoteView, Failure> {
    let order = match reader {
        Reader::Customer => deps.orders.of_quote(quote.id()).await?,
        Reader::Guest => None,
    };
    page(deps, quote, (reader, order)).await
}

/// The page of a quote that was made this moment: nobody can have used it.
pub(crate) async fn view_of_new(deps: &Deps, quote: &Quote) -> Result<QuoteView, Failure> {
    page(deps, quote, (Reader::Customer, None)).await
}

async fn page(deps: &Deps, quote: &Quote, (reader, order): (Reader, Option<OrderId>)) -> Result<QuoteView, Failure> {
    let now = deps.clock.now();
    let to = quote.terms().destination;
    let rules = deps.rules.current(now).await?;
    let destinations = rules.destinations(now.date());
    let name = destinations
        .iter()
        .find(|row| row.dest == to)
        .map_or_else(|| to.to_string(), |row| row.name.clone());
    let seen = Seen {
        reader,
        country: name,
        shop_origin: &deps.shop_origin,
        order,
        now,
    };
    Ok(QuoteView::of(quote, seen))
}
