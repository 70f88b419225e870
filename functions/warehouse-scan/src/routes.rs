//! One handler per route: extract, call, answer. A form that cannot be taken comes back on its own page with what was typed.

use axum::extract::State;
use domain::{Failure, audit::Hand, id::OrderId};
use runtime::SourceIp;
use serde::Deserialize;
use web::{Answer, Draft, Input, JsonOnly, Path, Problem, Query, Reply, Typed, View, Worker};

use crate::{
    Deps,
    bench_view::{BenchView, ScanView, location, with_code},
    match_scan::{self, Found},
    order_view::OrderView,
    pack_parcel::{self, Packed, ParcelForm},
    receive_units::{self, Receipt, Receiving},
    show_bench::{self, Bench},
    sign_upload::{self, Upload, UploadForm},
};

/// What a scanner sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanForm {
    #[serde(default)]
    code: String,
}

/// What was scanned to come to an order.
#[derive(Deserialize)]
pub(crate) struct Scanned {
    #[serde(default)]
    code: String,
}

pub(crate) async fn bench(State(deps): State<Deps>, worker: Worker) -> Answer<BenchView> {
    let bench = show_bench::run(&deps).await?;
    Ok(Reply::ok(BenchView::of(&bench, &worker.actor, Draft::empty())))
}

pub(crate) async fn scan(
    State(deps): State<Deps>,
    worker: Worker,
    Typed { draft, parsed }: Typed<Input<ScanForm>>,
) -> Answer<ScanView> {
    let code = parsed?.0.code;
    match match_scan::run(&deps, &code).await {
        Ok(found) => Ok(show(&found)?),
        Err(failure) => Err(on_bench(&deps, &worker, draft, failure).await),
    }
}

pub(crate) async fn order(
    State(deps): State<Deps>,
    Path(id): Path<OrderId>,
    Query(scanned): Query<Scanned>,
) -> Answer<OrderView> {
    let order = deps.orders.load(&id).await?;
    Ok(Reply::ok(OrderView::of(
        &order,
        &scanned.code,
        Draft::empty(),
        (&deps.ids, deps.clock.now()),
    )?))
}

pub(crate) async fn receive(
    State(deps): State<Deps>,
    worker: Worker,
    SourceIp(source): SourceIp,
    typed: Typed<Input<Receipt>>,
) -> Answer<JsonOnly<Receiving>> {
    let page = format!("/warehouse/orders/{}", typed.draft.value("order"));
    let page = with_code(page, typed.draft.value("code"))?;
    let form = typed.draft.clone();
    let by = hand(worker, source);
    let done = match typed.parsed {
        Ok(Input(receipt)) => receive_units::run(&deps, &by, receipt).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    match done {
        Ok(done) => Ok(created(done.is_repeat, done, page)),
        Err(problem) => Err(on_order(&deps, form, problem).await),
    }
}

pub(crate) async fn pack(
    State(deps): State<Deps>,
    worker: Worker,
    SourceIp(source): SourceIp,
    typed: Typed<Input<ParcelForm>>,
) -> Answer<JsonOnly<Packed>> {
    let form = typed.draft.clone();
    let by = hand(worker, source);
    let done = match typed.parsed {
        Ok(Input(parcel)) => pack_parcel::run(&deps, &by, parcel).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    match done {
        Ok(done) => {
            let page = format!("/shipments/{}", done.shipment);
            Ok(created(done.is_repeat, done, page))
        }
        Err(problem) => Err(on_order(&deps, form, problem).await),
    }
}

pub(crate) async fn upload(
    State(deps): State<Deps>,
    worker: Worker,
    SourceIp(source): SourceIp,
    Input(form): Input<UploadForm>,
) -> Answer<JsonOnly<Upload>> {
    let by = hand(worker, source);
    Ok(Reply::ok(JsonOnly(sign_upload::run(&deps, &by, form).await?)))
}

fn hand(worker: Worker, source: String) -> Hand {
    Hand {
        actor: worker.actor,
        source,
    }
}

fn show(found: &Found) -> Result<Reply<ScanView>, Failure> {
    let view = ScanView::of(found)?;
    match found.orders.as_slice() {
        [only] => Ok(Reply::changed(view, location(only)?)),
        _ => Ok(Reply::ok(view)),
    }
}

fn created<T>(is_repeat: bool, done: T, page: String) -> Reply<JsonOnly<T>>
where
    JsonOnly<T>: View,
{
    let reply = Reply::created(JsonOnly(done), page);
    if is_repeat { reply.replayed() } else { reply }
}

/// The bench with the code that was typed. A bench that cannot be read now is shown without its lists.
async fn on_bench(deps: &Deps, worker: &Worker, draft: Draft, failure: Failure) -> Problem {
    let problem = Problem::from(failure);
    let bench = show_bench::run(deps).await.unwrap_or_else(|_| Bench::default());
    let view = BenchView::of(&bench, &worker.actor, problem.on(draft));
    problem.with_page(view)
}

/// The order with the form that was typed into; only the problem where there is no such order, or no form.
async fn on_order(deps: &Deps, form: Draft, problem: Problem) -> Problem {
    let Ok(id) = form.value("order").parse() else {
        return problem;
    };
    let Ok(order) = deps.orders.load(&id).await else {
        return problem;
    };
    let code = form.value("code").to_owned();
    match OrderView::of(&order, &code, problem.on(form), (&deps.ids, deps.clock.now())) {
        Ok(view) => problem.with_page(view),
        Err(_) => problem,
    }
}
