//! One handler per route: extract, call, answer.

use std::sync::Arc;

use axum::extract::State;
use domain::{Failure, id::AddressId, session::Session};
use runtime::SourceIp;
use serde::Deserialize;
use store::ContactChange;
use web::{Answer, Draft, Input, JsonOnly, Keyed, MaybeSession, NoView, Path, Query, Reply, SessionHash, Typed};

use crate::{
    Deps,
    address_form::AddressForm,
    ask_contact_change::{self, Wanted},
    change_address,
    change_contact::{self, Codes, Typist},
    contact_views::{ContactCodesPage, ContactPage, ContactTicket, NewSession},
    delete_account::{self, Confirmed},
    edit_profile::{self, Edited},
    export_account, keep_address, show_person, tax_number,
    views::{AddressBook, AddressView, DeletionPage, Export, Me, ProfilePage, TaxNumberPage},
};

type Shared = State<Arc<Deps>>;

/// Which address the form shows.
#[derive(Deserialize)]
pub(crate) struct Shown {
    change: Option<AddressId>,
}

pub(crate) async fn me(State(deps): Shared, MaybeSession(session): MaybeSession) -> Answer<Me> {
    let person = show_person::run(&deps, session.as_ref()).await?;
    Ok(Reply::ok(Me::of(&person, session.as_ref())))
}

pub(crate) async fn profile(State(deps): Shared, MaybeSession(session): MaybeSession) -> Answer<ProfilePage> {
    let person = show_person::run(&deps, session.as_ref()).await?;
    Ok(Reply::ok(ProfilePage::of(&person)))
}

pub(crate) async fn edit(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    typed: Typed<Input<Edited>>,
) -> Answer<JsonOnly<Me>> {
    let customer = show_person::customer(session.as_ref())?;
    let work = |Input(form): Input<Edited>| async move {
        let person = edit_profile::run(&deps, &customer, &form).await?;
        Ok(Reply::changed(JsonOnly(Me::of(&person, session.as_ref())), "/me"))
    };
    typed.run(work, ProfilePage::again).await
}

pub(crate) async fn tax_number(State(deps): Shared, MaybeSession(session): MaybeSession) -> Answer<TaxNumberPage> {
    let customer = show_person::customer(session.as_ref())?;
    let known = deps.numbers.tax_number(customer.as_str()).await?;
    Ok(Reply::ok(TaxNumberPage::of(known.map(|known| known.hint))))
}

pub(crate) async fn keep_tax_number(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    typed: Typed<Input<tax_number::Typed>>,
) -> Answer<JsonOnly<TaxNumberPage>> {
    let customer = show_person::customer(session.as_ref())?;
    let work = |Input(form): Input<tax_number::Typed>| async move {
        let hint = tax_number::keep(&deps, customer.as_str(), &form).await?;
        Ok(Reply::changed(
            JsonOnly(TaxNumberPage::of(Some(hint))),
            "/me/tax-number",
        ))
    };
    typed.run(work, TaxNumberPage::again).await
}

pub(crate) async fn forget_tax_number(State(deps): Shared, MaybeSession(session): MaybeSession) -> Answer<NoView> {
    let customer = show_person::customer(session.as_ref())?;
    deps.numbers.forget(customer.as_str()).await?;
    Ok(Reply::done("/me/tax-number"))
}

pub(crate) async fn export(State(deps): Shared, MaybeSession(session): MaybeSession) -> Answer<JsonOnly<Export>> {
    let customer = show_person::customer(session.as_ref())?;
    let person = show_person::run(&deps, session.as_ref()).await?;
    let export = Box::pin(export_account::run(&deps, &customer, &person)).await?;
    Ok(Reply::ok(JsonOnly(export)).as_file("bandari-my-data.json"))
}

pub(crate) async fn deletion_page() -> Answer<DeletionPage> {
    Ok(Reply::ok(DeletionPage::of(Draft::empty())))
}

pub(crate) async fn delete_account(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    typed: Typed<Input<Confirmed>>,
) -> Answer<NoView> {
    let customer = show_person::customer(session.as_ref())?;
    let person = show_person::run(&deps, session.as_ref()).await?;
    let work = |Input(form): Input<Confirmed>| async move {
        Box::pin(delete_account::run(&deps, &customer, &person, &form)).await?;
        Ok(Reply::done("/").with_cookie(web::clear_session_cookie()))
    };
    typed.run(work, DeletionPage::of).await
}

pub(crate) async fn addresses(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    Query(Shown { change }): Query<Shown>,
) -> Answer<AddressBook> {
    let customer = show_person::customer(session.as_ref())?;
    let kept = deps.people.addresses(&customer).await?;
    Ok(Reply::ok(
        AddressBook::load(&deps, &kept).await?.changing(change.as_ref())?,
    ))
}

pub(crate) async fn keep_address(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    typed: Typed<Keyed<AddressForm>>,
) -> Answer<JsonOnly<AddressView>> {
    let customer = show_person::customer(session.as_ref())?;
    let kept = deps.people.addresses(&customer).await?;
    let book = AddressBook::load(&deps, &kept).await?;
    let work = |Keyed { key, input }: Keyed<AddressForm>| async move {
        let once = keep_address::run(&deps, &customer, &key, input).await?;
        let id = once
            .result
            .parse()
            .map_err(|_| Failure::internal("a kept address has no id"))?;
        let kept = deps.people.address(&customer, &id).await?;
        let reply = Reply::created(JsonOnly(AddressView::of(&kept)), "/me/addresses");
        Ok(if once.is_repeat { reply.replayed() } else { reply })
    };
    typed.run(work, |draft| book.again(draft)).await
}

pub(crate) async fn change_address(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    Path(id): Path<AddressId>,
    typed: Typed<Input<AddressForm>>,
) -> Answer<JsonOnly<AddressView>> {
    let customer = show_person::customer(session.as_ref())?;
    let kept = deps.people.addresses(&customer).await?;
    let book = AddressBook::load(&deps, &kept).await?.changing(Some(&id))?;
    let work = |Input(form): Input<AddressForm>| async move {
        let changed = change_address::run(&deps, &customer, id, form).await?;
        Ok(Reply::changed(JsonOnly(AddressView::of(&changed)), "/me/addresses"))
    };
    typed.run(work, |draft| book.again(draft)).await
}

pub(crate) async fn remove_address(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    Path(id): Path<AddressId>,
) -> Answer<NoView> {
    let customer = show_person::customer(session.as_ref())?;
    deps.people.remove_address(&customer, &id).await?;
    Ok(Reply::done("/me/addresses"))
}

pub(crate) async fn contact_page(State(deps): Shared, MaybeSession(session): MaybeSession) -> Answer<ContactPage> {
    let person = show_person::run(&deps, session.as_ref()).await?;
    Ok(Reply::ok(ContactPage::of(&person, Draft::empty())))
}

pub(crate) async fn ask_contact_change(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    SourceIp(source): SourceIp,
    typed: Typed<Input<Wanted>>,
) -> Answer<JsonOnly<ContactTicket>> {
    let person = show_person::run(&deps, session.as_ref()).await?;
    let (deps, who) = (&deps, &person);
    let work = |Input(form): Input<Wanted>| async move {
        let asked = ask_contact_change::run(deps, who, &source, &form).await?;
        Ok(ContactTicket::reply(&asked))
    };
    typed.run(work, |draft| ContactPage::of(&person, draft)).await
}

pub(crate) async fn contact_codes(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    Path(ticket): Path<String>,
) -> Answer<ContactCodesPage> {
    let change = open_change(&deps, session.as_ref(), &ticket).await?;
    Ok(Reply::ok(ContactCodesPage::of(&ticket, &change, Draft::empty())))
}

pub(crate) async fn change_contact(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    SessionHash(hash): SessionHash,
    SourceIp(source): SourceIp,
    Path(ticket): Path<String>,
    typed: Typed<Input<Codes>>,
) -> Answer<JsonOnly<NewSession>> {
    let change = open_change(&deps, session.as_ref(), &ticket).await?;
    let (deps, this) = (&deps, (ticket.as_str(), &change));
    let work = |Input(form): Input<Codes>| async move {
        let typist = Typist::of(deps, session, hash, source).await?;
        let renewed = change_contact::run(deps, &typist, this, &form).await?;
        Ok(NewSession::reply(&renewed, deps.clock.now()))
    };
    let page = |draft| ContactCodesPage::of(&ticket, &change, draft);
    typed.run(work, page).await
}

/// The change of a ticket, if it is the caller's own.
async fn open_change(deps: &Deps, session: Option<&Session>, ticket: &str) -> Result<ContactChange, Failure> {
    let customer = show_person::customer(session)?;
    let ticket_hash = web::token_hash(ticket);
    deps.contact_changes
        .find(customer.as_str(), &ticket_hash, deps.clock.now())
        .await
}
