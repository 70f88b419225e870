//! One handler per route: extract, call, answer.

use axum::extract::State;
use domain::{Failure, audit::Hand, order::Actor, session::Role};
use runtime::SourceIp;
use web::{Answer, JsonOnly, KeyedVersion, Path, Problem, Query, Reply, StaffMember, Typed, Versioned};

use crate::{
    Deps,
    edition_view::EditionView,
    overview::Overview,
    preview_edition::{self, PreviewForm, PreviewPage},
    publish_edition::{self, EditionForm, Published},
    rows_view::{RowPage, TablePage, Wanted},
};

pub(crate) async fn overview(State(deps): State<Deps>, _: StaffMember) -> Answer<Overview> {
    Ok(Reply::ok(Overview::load(&deps).await?))
}

pub(crate) async fn table(
    State(deps): State<Deps>,
    _: StaffMember,
    Path(table): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer<TablePage> {
    Ok(Reply::ok(TablePage::load(&deps, table, wanted).await?))
}

pub(crate) async fn row(
    State(deps): State<Deps>,
    _: StaffMember,
    Path((table, row)): Path<(String, String)>,
) -> Answer<RowPage> {
    let page = RowPage::load(&deps, &table, &row).await?;
    let number = page.based_on();
    Ok(Reply::ok(page).with_version(number.into()))
}

pub(crate) async fn preview(
    State(deps): State<Deps>,
    member: StaffMember,
    typed: Typed<Versioned<PreviewForm>>,
) -> Answer<PreviewPage> {
    member.require(Role::Finance)?;
    let again = PreviewPage::empty(&deps, &typed.draft).await?;
    let (deps, staff, draft) = (&deps, &member.staff, typed.draft.clone());
    let work = |Versioned { version, input }: Versioned<PreviewForm>| async move {
        Ok(Reply::ok(
            preview_edition::run(deps, staff, version, &input).await?.with(draft),
        ))
    };
    typed.run(work, |draft| again.with(draft)).await
}

pub(crate) async fn publish(
    State(deps): State<Deps>,
    member: StaffMember,
    SourceIp(source): SourceIp,
    KeyedVersion { key, version, input }: KeyedVersion<EditionForm>,
) -> Answer<JsonOnly<Published>> {
    let staff = member.require(Role::Finance)?;
    let by = Hand {
        actor: Actor::Staff(staff.clone()),
        source,
    };
    match publish_edition::run(&deps, (staff, &by), (&key, version), &input).await {
        Ok((published, is_repeated)) => Ok(made(published, is_repeated)),
        Err(failure) => Err(again(&deps, &input, failure).await),
    }
}

fn made(published: Published, is_repeated: bool) -> Reply<JsonOnly<Published>> {
    let location = format!("/desk/rule-editions/{}", published.edition);
    let reply = Reply::created(JsonOnly(published), location).with_etag(published.edition);
    if is_repeated { reply.replayed() } else { reply }
}

/// The form as it was typed, with what is wrong.
async fn again(deps: &Deps, input: &EditionForm, failure: Failure) -> Problem {
    let problem = Problem::from(failure);
    let draft = problem.on(input.draft());
    match PreviewPage::empty(deps, &draft).await {
        Ok(page) => problem.with_page(page),
        Err(_) => problem,
    }
}

pub(crate) async fn edition(State(deps): State<Deps>, _: StaffMember, Path(number): Path<u32>) -> Answer<EditionView> {
    let edition = deps.rules.edition(number).await?;
    Ok(Reply::ok(EditionView::of(&edition)).with_etag(number))
}
