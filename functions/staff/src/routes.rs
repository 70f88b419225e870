//! One handler per route: extract, call, answer.

use std::sync::Arc;

use axum::extract::State;
use domain::{
    audit::Hand,
    id::{DeviceId, StaffId},
    order::Actor,
};
use runtime::SourceIp;
use serde::Deserialize;
use web::{
    Answer, Draft, Input, JsonOnly, Keyed, LocalPath, Nothing, Path, Query, Reply, StaffMember, Typed, Unproven, View,
};

use crate::{
    Deps,
    add_device::{self, DeviceForm},
    audit_view::{self, AuditPage},
    change_member::{self, Change, ReasonForm, RolesForm},
    device_views::{DevicePage, DevicesPage, ScannerPage},
    enrol_device::{self, DeviceCode},
    enrol_second_factor, invite_member,
    invite_member::InvitationForm,
    prove_second_factor::{self, Code, Prover},
    second_factor_views::{FullSession, RecoveryCodes, SecondFactorPage},
    show_second_factor,
    staff_views::{MemberView, StaffPage},
};

type Shared = State<Arc<Deps>>;

/// Where somebody wants to go on after this.
#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: LocalPath,
}

/// Which part of a list.
#[derive(Deserialize)]
pub(crate) struct Place {
    cursor: Option<String>,
}

fn hand(member: &StaffMember, source: String) -> Hand {
    Hand {
        actor: Actor::Staff(member.staff.clone()),
        source,
    }
}

fn answered<T: View>(page: T, is_repeat: bool) -> Reply<T> {
    let reply = Reply::ok(page);
    if is_repeat { reply.replayed() } else { reply }
}

pub(crate) async fn second_factor(
    State(deps): Shared,
    half: Unproven,
    Query(Next { next }): Query<Next>,
) -> Answer<SecondFactorPage> {
    let step = show_second_factor::run(&deps, &half.staff).await?;
    Ok(Reply::ok(SecondFactorPage::of(
        &step,
        Draft::empty().with("next", next.as_str()),
    )?))
}

pub(crate) async fn enrol_second_factor(
    State(deps): Shared,
    prover: Prover,
    typed: Typed<Input<Code>>,
) -> Answer<RecoveryCodes> {
    let step = show_second_factor::run(&deps, &prover.staff).await?;
    let page = SecondFactorPage::of(&step, Draft::empty())?;
    let work = |Input(form): Input<Code>| async move {
        let enrolled = enrol_second_factor::run(&deps, &prover, &form).await?;
        Ok(RecoveryCodes::reply(enrolled, deps.clock.now(), &form.next))
    };
    typed.run(work, |draft| page.again(draft)).await
}

pub(crate) async fn prove_second_factor(
    State(deps): Shared,
    prover: Prover,
    typed: Typed<Input<Code>>,
) -> Answer<JsonOnly<FullSession>> {
    let work = |Input(form): Input<Code>| async move {
        let proved = prove_second_factor::run(&deps, &prover, &form).await?;
        Ok(FullSession::reply(&proved, deps.clock.now(), &form.next))
    };
    typed.run(work, SecondFactorPage::asking).await
}

pub(crate) async fn members(State(deps): Shared, member: StaffMember) -> Answer<StaffPage> {
    Ok(Reply::ok(StaffPage::load(&deps, &member.staff).await?))
}

pub(crate) async fn invite(
    State(deps): Shared,
    member: StaffMember,
    SourceIp(source): SourceIp,
    typed: Typed<Keyed<InvitationForm>>,
) -> Answer<StaffPage> {
    let page = StaffPage::load(&deps, &member.staff).await?;
    let work = |Keyed { key, input }: Keyed<InvitationForm>| async move {
        let invited = invite_member::run(&deps, &hand(&member, source), &key, input).await?;
        let page = StaffPage::load(&deps, &member.staff).await?.with_link(invited.told);
        Ok(answered(page, invited.is_repeat))
    };
    typed.run(work, |draft| page.again(draft)).await
}

async fn change(
    deps: &Deps,
    member: &StaffMember,
    source: String,
    id: &StaffId,
    change: Change,
) -> Answer<JsonOnly<MemberView>> {
    let hand = hand(member, source);
    let changed = change_member::run(deps, (&member.staff, &hand), id, change).await?;
    Ok(Reply::changed(
        JsonOnly(MemberView::of(&changed, &member.staff)),
        "/staff",
    ))
}

pub(crate) async fn give_roles(
    State(deps): Shared,
    member: StaffMember,
    SourceIp(source): SourceIp,
    Path(id): Path<StaffId>,
    Input(form): Input<RolesForm>,
) -> Answer<JsonOnly<MemberView>> {
    change(&deps, &member, source, &id, Change::Roles(form)).await
}

pub(crate) async fn suspend(
    State(deps): Shared,
    member: StaffMember,
    SourceIp(source): SourceIp,
    Path(id): Path<StaffId>,
    Input(form): Input<ReasonForm>,
) -> Answer<JsonOnly<MemberView>> {
    change(&deps, &member, source, &id, Change::Suspend(form)).await
}

pub(crate) async fn readmit(
    State(deps): Shared,
    member: StaffMember,
    SourceIp(source): SourceIp,
    Path(id): Path<StaffId>,
    Input(form): Input<ReasonForm>,
) -> Answer<JsonOnly<MemberView>> {
    change(&deps, &member, source, &id, Change::Readmit(form)).await
}

pub(crate) async fn lose_second_factor(
    State(deps): Shared,
    member: StaffMember,
    SourceIp(source): SourceIp,
    Path(id): Path<StaffId>,
    Input(form): Input<ReasonForm>,
) -> Answer<JsonOnly<MemberView>> {
    change(&deps, &member, source, &id, Change::LoseSecondFactor(form)).await
}

pub(crate) async fn audit(State(deps): Shared, Query(Place { cursor }): Query<Place>) -> Answer<AuditPage> {
    Ok(Reply::ok(audit_view::load(&deps, cursor.as_deref()).await?))
}

pub(crate) async fn devices(State(deps): Shared) -> Answer<DevicesPage> {
    Ok(Reply::ok(DevicesPage::load(&deps).await?))
}

pub(crate) async fn add_device(
    State(deps): Shared,
    member: StaffMember,
    SourceIp(source): SourceIp,
    typed: Typed<Keyed<DeviceForm>>,
) -> Answer<DevicesPage> {
    let page = DevicesPage::load(&deps).await?;
    let work = |Keyed { key, input }: Keyed<DeviceForm>| async move {
        let added = add_device::run(&deps, &hand(&member, source), &key, &input).await?;
        let page = DevicesPage::load(&deps).await?.with_code(added.told);
        Ok(answered(page, added.is_repeat))
    };
    typed.run(work, |draft| page.again(draft)).await
}

pub(crate) async fn revoke_device(
    State(deps): Shared,
    member: StaffMember,
    SourceIp(source): SourceIp,
    Path(id): Path<DeviceId>,
    Input(Nothing {}): Input<Nothing>,
) -> Answer<JsonOnly<DevicePage>> {
    let device = add_device::revoke(&deps, &hand(&member, source), &id).await?;
    Ok(Reply::changed(JsonOnly(DevicePage::of(&device)), "/staff/devices"))
}

pub(crate) async fn scanner() -> Answer<ScannerPage> {
    Ok(Reply::ok(ScannerPage::of(Draft::empty())))
}

pub(crate) async fn enrol_device(
    State(deps): Shared,
    SourceIp(source): SourceIp,
    typed: Typed<Input<DeviceCode>>,
) -> Answer<JsonOnly<FullSession>> {
    let work = |Input(form): Input<DeviceCode>| async move {
        let working = enrol_device::run(&deps, source, &form).await?;
        Ok(FullSession::of_device(&working, deps.clock.now()))
    };
    typed.run(work, ScannerPage::of).await
}
