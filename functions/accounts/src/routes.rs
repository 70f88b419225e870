//! One handler per route: extract, call, answer.

use std::sync::Arc;

use axum::extract::State;
use domain::{Failure, Refusal};
use runtime::SourceIp;
use serde::Deserialize;
use store::Invitation;
use web::{
    Answer, Draft, Input, JsonOnly, LocalPath, MaybeSession, NoView, Path, Problem, Query, Reply, SessionHash, Typed,
};

use crate::{
    Deps,
    accept_invitation::{self, Acceptance},
    ask_registration::{self, Wanted},
    ask_reset::{self, Forgotten},
    caller::Caller,
    complete_registration::{self, Confirmation},
    end_sessions,
    log_in::{self, Login},
    reset_password::{self, Chosen},
    show_person, used_link,
    views::{
        CodePage, InvitationPage, LoginPage, PasswordPage, RegisterPage, ResetPage, ResetSent, SessionList,
        SessionView, TicketView,
    },
};

type Shared = State<Arc<Deps>>;

/// Where somebody wants to go on after this.
#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: LocalPath,
}

/// Which registration a code is for.
#[derive(Deserialize)]
pub(crate) struct Ticket {
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    next: LocalPath,
}

pub(crate) async fn register_page(Query(Next { next }): Query<Next>) -> Answer<RegisterPage> {
    Ok(Reply::ok(RegisterPage::of(Draft::empty().with("next", next.as_str()))))
}

pub(crate) async fn login_page(Query(Next { next }): Query<Next>) -> Answer<LoginPage> {
    Ok(Reply::ok(LoginPage::of(Draft::empty().with("next", next.as_str()))))
}

pub(crate) async fn ask_registration(
    State(deps): Shared,
    caller: Caller,
    typed: Typed<Input<Wanted>>,
) -> Answer<JsonOnly<TicketView>> {
    let work = |Input(form): Input<Wanted>| async move {
        let asked = ask_registration::run(&deps, &caller, &form).await?;
        Ok(TicketView::reply(&asked, &form.next))
    };
    typed.run(work, RegisterPage::of).await
}

pub(crate) async fn code_page(State(deps): Shared, Query(Ticket { ticket, next }): Query<Ticket>) -> Answer<CodePage> {
    let hash = web::token_hash(&ticket);
    if deps.registrations.find(&hash, deps.clock.now()).await?.is_none() {
        return Err(used_link::REGISTRATION.refusal());
    }
    let draft = Draft::empty().with("ticket", ticket).with("next", next.as_str());
    Ok(Reply::ok(CodePage::of(draft)))
}

pub(crate) async fn register(
    State(deps): Shared,
    caller: Caller,
    typed: Typed<Input<Confirmation>>,
) -> Answer<JsonOnly<SessionView>> {
    let work = |Input(form): Input<Confirmation>| async move {
        let opened = complete_registration::run(&deps, &caller, &form).await?;
        Ok(SessionView::reply(&opened, &form.next, deps.clock.now()))
    };
    typed.run(work, CodePage::of).await
}

pub(crate) async fn reset_page() -> Answer<ResetPage> {
    Ok(Reply::ok(ResetPage::of(Draft::empty())))
}

pub(crate) async fn ask_reset(
    State(deps): Shared,
    caller: Caller,
    typed: Typed<Input<Forgotten>>,
) -> Answer<JsonOnly<ResetSent>> {
    let work = |Input(form): Input<Forgotten>| async move {
        ask_reset::run(&deps, &caller, &form).await?;
        Ok(Reply::accepted(JsonOnly(ResetSent::page()), "/reset/sent"))
    };
    typed.run(work, ResetPage::of).await
}

pub(crate) async fn reset_sent() -> Answer<ResetSent> {
    Ok(Reply::ok(ResetSent::page()))
}

pub(crate) async fn password_page(State(deps): Shared, Path(token): Path<String>) -> Answer<PasswordPage> {
    if reset_password::open(&deps, &web::token_hash(&token)).await?.is_none() {
        return Err(used_link::RESET.refusal());
    }
    Ok(Reply::ok(PasswordPage::of(Draft::empty().with("token", token))))
}

pub(crate) async fn reset_password(State(deps): Shared, caller: Caller, typed: Typed<Input<Chosen>>) -> Answer<NoView> {
    let work = |Input(form): Input<Chosen>| async move {
        reset_password::run(&deps, &caller, &form).await?;
        Ok(Reply::done("/login").with_cookie(web::clear_session_cookie()))
    };
    typed.run(work, PasswordPage::of).await
}

pub(crate) async fn log_in(
    State(deps): Shared,
    caller: Caller,
    typed: Typed<Input<Login>>,
) -> Answer<JsonOnly<SessionView>> {
    let work = |Input(form): Input<Login>| async move {
        let opened = log_in::run(&deps, caller, &form).await?;
        Ok(SessionView::reply(&opened, &form.next, deps.clock.now()))
    };
    typed.run(work, LoginPage::of).await
}

pub(crate) async fn invitation(State(deps): Shared, Path(token): Path<String>) -> Answer<InvitationPage> {
    let invitation = open_invitation(&deps, &token).await?;
    Ok(Reply::ok(InvitationPage::of(&token, &invitation, Draft::empty())))
}

pub(crate) async fn accept_invitation(
    State(deps): Shared,
    Path(token): Path<String>,
    caller: Caller,
    typed: Typed<Input<Acceptance>>,
) -> Answer<JsonOnly<SessionView>> {
    let invitation = open_invitation(&deps, &token).await?;
    let page = |draft| InvitationPage::of(&token, &invitation, draft);
    let work = |Input(form): Input<Acceptance>| async {
        let form = form;
        let opened = accept_invitation::run(&deps, caller, &token, &form).await?;
        Ok(SessionView::reply(&opened, &LocalPath::default(), deps.clock.now()))
    };
    typed.run(work, page).await
}

/// The invitation of a link; one that was used has a page of its own.
async fn open_invitation(deps: &Deps, token: &str) -> Result<Invitation, Problem> {
    let found = deps.staff.invitation(&web::token_hash(token), deps.clock.now()).await;
    found.map_err(|failure| match failure {
        Failure::Refused(Refusal::NotValidAnyMore) => used_link::INVITATION.refusal(),
        failure => failure.into(),
    })
}

pub(crate) async fn log_out(
    State(deps): Shared,
    SessionHash(token): SessionHash,
    MaybeSession(session): MaybeSession,
) -> Answer<NoView> {
    if let (Some(token), Some(session)) = (token, session) {
        deps.sessions.end(&token, &session).await?;
    }
    Ok(Reply::done("/").with_cookie(web::clear_session_cookie()))
}

pub(crate) async fn sessions(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    SessionHash(token): SessionHash,
) -> Answer<SessionList> {
    let person = show_person::registered(session.as_ref())?;
    let open = deps.sessions.of_person(person, deps.clock.now()).await?;
    Ok(Reply::ok(SessionList::of(&open, token.as_deref())))
}

pub(crate) async fn end_session(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    Path(id): Path<String>,
) -> Answer<NoView> {
    let person = show_person::registered(session.as_ref())?;
    deps.sessions.end_one(person, &id).await?;
    Ok(Reply::done("/sessions"))
}

pub(crate) async fn log_out_everywhere(
    State(deps): Shared,
    MaybeSession(session): MaybeSession,
    SourceIp(source): SourceIp,
) -> Answer<NoView> {
    end_sessions::run(&deps, session.as_ref(), &source).await?;
    Ok(Reply::done("/login").with_cookie(web::clear_session_cookie()))
}
