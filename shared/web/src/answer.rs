//! What a handler answers: a view, where to go next, and the few headers that carry meaning.
//! Whether it becomes JSON or a page is decided later, in `app`, by what the request asked for.

use std::{marker::PhantomData, sync::Arc, time::Duration};

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    problem::Problem,
    session,
    view::{NoView, View},
};

/// What a handler returns: `?` turns a `Failure` into a `Problem`.
pub type Answer<T> = Result<Reply<T>, Problem>;

/// An answer that went well.
pub struct Reply<T> {
    pending: Showing,
    headers: Vec<(HeaderName, String)>,
    shows: PhantomData<T>,
}

/// An answer that still has to be written.
#[derive(Clone)]
pub(crate) enum Pending {
    Reply(Showing),
    Problem(Box<Problem>),
}

/// A view, with where a reader goes who came from a form.
#[derive(Clone)]
pub(crate) struct Showing {
    pub(crate) view: Arc<dyn View>,
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) after_form: Option<String>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl<T: View> Reply<T> {
    fn new(view: impl View, status: StatusCode) -> Self {
        let pending = Showing {
            view: Arc::new(view),
            status,
            location: None,
            after_form: None,
            headers: Vec::new(),
        };
        Self {
            pending,
            headers: Vec::new(),
            shows: PhantomData,
        }
    }

    /// Here it is (200).
    #[must_use]
    pub fn ok(view: T) -> Self {
        Self::new(view, StatusCode::OK)
    }

    /// Something new stands at `location` (201); a reader who sent a form goes there (303).
    #[must_use]
    pub fn created(view: T, location: impl Into<String>) -> Self {
        Self::new(view, StatusCode::CREATED).leading_to(location.into(), true)
    }

    /// Something new that is shown in this answer and never again (201), to readers too.
    #[must_use]
    pub fn created_here(view: T) -> Self {
        Self::new(view, StatusCode::CREATED)
    }

    /// It is being worked on and can be watched at `location` (202); a reader who sent a form goes there (303).
    #[must_use]
    pub fn accepted(view: T, location: impl Into<String>) -> Self {
        Self::new(view, StatusCode::ACCEPTED).leading_to(location.into(), true)
    }

    /// It is changed, and this is how it is now (200); a reader who sent a form goes to `location` (303).
    #[must_use]
    pub fn changed(view: T, location: impl Into<String>) -> Self {
        Self::new(view, StatusCode::OK).leading_to(location.into(), false)
    }

    fn leading_to(mut self, location: String, also_for_programs: bool) -> Self {
        if also_for_programs {
            self.pending.location = Some(location.clone());
        }
        self.pending.after_form = Some(location);
        self
    }

    /// The answer of the first time to a request that was repeated.
    #[must_use]
    pub fn replayed(self) -> Self {
        self.with_header(HeaderName::from_static("idempotency-replayed"), "true".into())
    }

    /// Sets a cookie, made by [`crate::session_cookie`] or [`crate::clear_session_cookie`].
    #[must_use]
    pub fn with_cookie(self, cookie: impl Into<String>) -> Self {
        self.with_header(header::SET_COOKIE, cookie.into())
    }

    /// Names this version of what is shown; a reader who has it already is told so (304).
    #[must_use]
    pub fn with_etag(self, version: impl std::fmt::Display) -> Self {
        self.with_header(header::ETAG, format!("\"{version}\""))
    }

    /// Names the version that a change is said about, with a mark of everything else that is shown: who asks again with the whole name
    /// (304) misses nothing that changed beside the version, and `If-Match` reads the version alone.
    #[must_use]
    pub fn with_version(self, version: u64) -> Self {
        // What cannot be written is told when the answer is.
        let shown = self.pending.view.json().unwrap_or_default();
        let mark: String = session::token_hash(&shown).chars().take(16).collect();
        self.with_etag(format_args!("{version}-{mark}"))
    }

    /// Anybody may keep this answer for a while. Only for what is the same for everybody.
    #[must_use]
    pub fn cached_for(self, age: Duration) -> Self {
        self.with_header(header::CACHE_CONTROL, format!("public, max-age={}", age.as_secs()))
    }

    /// Search engines leave it out.
    #[must_use]
    pub fn unlisted(self) -> Self {
        self.with_header(HeaderName::from_static("x-robots-tag"), "noindex, nofollow".into())
    }

    /// A browser keeps it as a file of this name instead of showing it.
    #[must_use]
    pub fn as_file(self, name: &str) -> Self {
        self.with_header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
    }

    /// When to look again.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        self.with_header(header::RETRY_AFTER, wait.as_secs().max(1).to_string())
    }

    fn with_header(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl Reply<NoView> {
    /// Look there (303), for readers and programs alike.
    #[must_use]
    pub fn see_other(location: impl Into<String>) -> Self {
        Self::new(NoView, StatusCode::SEE_OTHER).leading_to(location.into(), true)
    }

    /// Done, and nothing is left to show (204); a reader who sent a form goes to `location` (303).
    #[must_use]
    pub fn done(location: impl Into<String>) -> Self {
        Self::new(NoView, StatusCode::NO_CONTENT).leading_to(location.into(), false)
    }
}

impl<T: View> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let Self {
            mut pending, headers, ..
        } = self;
        for (name, value) in headers {
            match HeaderValue::try_from(value) {
                Ok(value) => pending.headers.push((name, value)),
                Err(_) => return Problem::defect("a header of an answer holds what no header can").into_response(),
            }
        }
        let mut response = pending.status.into_response();
        response.extensions_mut().insert(Pending::Reply(pending));
        response
    }
}
