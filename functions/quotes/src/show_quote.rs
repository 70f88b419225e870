//! Shows a quote: to the customer it was made for, or to whoever was given its link. The link's token is the quote's own hash, which covers
//! every word of it and which nobody can guess; a quote names no person and no address.

use domain::{Failure, id::QuoteId, quote::Quote, session::Session};

use crate::{Deps, quote_view::Reader};

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
