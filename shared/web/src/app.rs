//! Puts the edge around a router: who may call, how answers are written, which headers they carry, one log line per request.

use askama::Template;
use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use domain::{Cause, Failure};
use serde::Serialize;
use tracing::Instrument;

use crate::{
    access::{Entry, entry},
    answer::{Pending, Showing},
    edge::Edge,
    negotiate::Asked,
    origin,
    problem::Problem,
    safety, session,
};

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const PAGE: &str = "text/html; charset=utf-8";

/// A function's routes for people and programs.
pub fn app(router: Router, edge: Edge) -> Router {
    with_fallbacks(router).layer(from_fn_with_state(edge, for_people))
}

/// Routes for webhooks: the callers are programs of other companies, so there is neither a session nor a page nor an own origin.
pub fn webhooks(router: Router) -> Router {
    with_fallbacks(router).layer(from_fn_with_state(Edge::closed(), for_programs))
}

fn with_fallbacks(router: Router) -> Router {
    router
        .fallback(|| async { Problem::from(Failure::NotFound("page")) })
        .method_not_allowed_fallback(|| async { Problem::method() })
}

async fn for_people(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let refused = origin::check(&edge, &request).err();
    serve(edge, Asked::of(&request), refused, request, next).await
}

async fn for_programs(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let asked = Asked {
        page: false,
        ..Asked::of(&request)
    };
    serve(edge, asked, None, request, next).await
}

async fn serve(edge: Edge, asked: Asked, refused: Option<Problem>, mut request: Request, next: Next) -> Response {
    let span = tracing::info_span!("request", trace_id = asked.trace_id);
    let work = async {
        request.extensions_mut().insert(edge.clone());
        let response = match refused {
            Some(problem) => problem.into_response(),
            None => match let_in(&edge, request).await {
                Ok(request) => next.run(request).await,
                Err(refused) => refused,
            },
        };
        let mut response = write(&asked, response);
        if let Err(problem) = safety::apply(&edge, response.headers_mut()) {
            return problem.status.into_response();
        }
        if let Ok(id) = HeaderValue::try_from(&asked.trace_id)
            && !id.is_empty()
        {
            response
                .headers_mut()
                .insert(HeaderName::from_static("x-request-id"), id);
        }
        let status = response.status().as_u16();
        tracing::info!(http.method = %asked.method, http.route = asked.route, http.status = status, "Answered {status}");
        response
    };
    work.instrument(span).await
}

/// Lets a request through to its handler when its row of the table does. An address without a handler has no row; the fallback answers.
async fn let_in(edge: &Edge, request: Request) -> Result<Request, Response> {
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else {
        return Ok(request);
    };
    let row = match entry(edge.routes, request.method(), path.as_str()) {
        Entry::Row(row) => row,
        Entry::OtherMethods(methods) => {
            let allow = [(header::ALLOW, methods.join(","))];
            return Err((allow, Problem::method()).into_response());
        }
        Entry::Unlisted => {
            tracing::error!(
                http.route = path.as_str(),
                "A route stands in no table of who may call it"
            );
            return Err(Problem::from(Failure::Forbidden).into_response());
        }
    };
    if row.is_open() {
        return Ok(request);
    }
    let (mut parts, body) = request.into_parts();
    let session = session::find(&mut parts).await.map_err(IntoResponse::into_response)?;
    match row.let_in(session.as_ref()) {
        Ok(()) => Ok(Request::from_parts(parts, body)),
        Err(problem) => Err(problem.into_response()),
    }
}

/// Writes what a handler left to be written; any other response stays as it is.
fn write(asked: &Asked, mut response: Response) -> Response {
    let written = match response.extensions_mut().remove::<Pending>() {
        None => return response,
        Some(Pending::Reply(showing)) => show(asked, &showing),
        Some(Pending::Problem(problem)) => Err(problem),
    };
    match written.or_else(|problem| tell(asked, &problem)) {
        Ok(mut written) => {
            // What axum itself put there, such as `Allow`, still holds.
            for (name, value) in response.headers() {
                if !written.headers().contains_key(name) && name != header::CONTENT_LENGTH {
                    written.headers_mut().insert(name.clone(), value.clone());
                }
            }
            written
        }
        Err(problem) => problem.status.into_response(),
    }
}

fn show(asked: &Asked, showing: &Showing) -> Result<Response, Box<Problem>> {
    let mut response = match &showing.after_form {
        Some(next) if showing.status == StatusCode::SEE_OTHER || (asked.page && !asked.is_safe()) => see_other(next)?,
        Some(_) | None => body_of(asked, showing)?,
    };
    for (name, value) in &showing.headers {
        response.headers_mut().append(name.clone(), value.clone());
    }
    let known = response.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok());
    if asked.is_safe() && known.is_some() && known == asked.if_none_match.as_deref() {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
    }
    Ok(response)
}

fn body_of(asked: &Asked, showing: &Showing) -> Result<Response, Box<Problem>> {
    let page = if asked.page {
        showing.view.page().map_err(|failure| Box::new(failure.into()))?
    } else {
        None
    };
    let mut response = match page {
        _ if showing.status == StatusCode::NO_CONTENT => showing.status.into_response(),
        Some(page) => typed(showing.status, PAGE, page),
        None => typed(
            showing.status,
            JSON,
            showing.view.json().map_err(|failure| Box::new(failure.into()))?,
        ),
    };
    if let Some(location) = &showing.location {
        response
            .headers_mut()
            .insert(header::LOCATION, location_header(location)?);
    }
    Ok(response)
}

/// The error page.
#[derive(Template, Serialize)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    title: &'a str,
    detail: &'a str,
    errors: Vec<&'a str>,
    trace_id: &'a str,
    again: &'a str,
}

fn tell(asked: &Asked, problem: &Problem) -> Result<Response, Box<Problem>> {
    let mut response = if let (true, Some(door), None) = (asked.page, problem.sign_in, &problem.page) {
        see_other(&onward(door.path(), asked))?
    } else if asked.page {
        typed(problem.status, PAGE, problem_page(asked, problem)?)
    } else {
        let document = problem.document(&asked.path, &asked.trace_id);
        typed(problem.status, PROBLEM, document.to_string())
    };
    response.headers_mut().extend(problem.headers());
    Ok(response)
}

fn problem_page(asked: &Asked, problem: &Problem) -> Result<String, Box<Problem>> {
    if let Some(view) = &problem.page
        && let Some(page) = view.page().map_err(|failure| Box::new(failure.into()))?
    {
        return Ok(page);
    }
    let page = ErrorPage {
        title: problem.title,
        detail: &problem.detail,
        errors: if problem.errors.len() > 1 {
            problem.errors.iter().map(|error| &*error.message).collect()
        } else {
            Vec::new()
        },
        trace_id: &asked.trace_id,
        again: if problem.retryable && asked.is_safe() {
            &asked.path_and_query
        } else {
            ""
        },
    };
    page.render()
        .map_err(|error| Box::new(Failure::Internal(Cause::with("could not write the error page", error)).into()))
}

/// The page to show who one is on, which leads back to where the reader wanted to be: the page itself, or the one the form was on.
fn onward(door: &str, asked: &Asked) -> String {
    let back = if asked.is_safe() {
        Some(asked.path_and_query.as_str())
    } else {
        asked.referer_path()
    };
    let next = back
        .filter(|path| *path != "/")
        .map(|path| serde_html_form::to_string([("next", path)]));
    match next {
        Some(Ok(query)) => format!("{door}?{query}"),
        Some(Err(_)) | None => door.into(),
    }
}

fn see_other(location: &str) -> Result<Response, Box<Problem>> {
    let mut response = StatusCode::SEE_OTHER.into_response();
    response
        .headers_mut()
        .insert(header::LOCATION, location_header(location)?);
    Ok(response)
}

fn location_header(location: &str) -> Result<HeaderValue, Box<Problem>> {
    HeaderValue::try_from(location).map_err(|_| Box::new(Problem::defect("a location is no header")))
}

fn typed(status: StatusCode, media_type: &'static str, text: String) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, HeaderValue::from_static(media_type))],
        text,
    )
        .into_response()
}
