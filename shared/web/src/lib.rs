//! The HTTP edge: what a request asks for, who asks, and how an answer, a page or a problem is written.
//!
//! Invariant: it knows `domain`, axum and askama. No table, no queue, no provider, and no rule of the business.

// Templates say `web::…`, here as in every function.
extern crate self as web;

mod access;
mod answer;
mod app;
mod asset;
mod content;
mod draft;
mod edge;
mod input;
mod local_path;
mod negotiate;
mod origin;
mod problem;
mod safety;
mod session;
mod tone;
mod view;

pub use access::{Caller, ROUTES, Route};
pub use answer::{Answer, Reply};
pub use app::{app, webhooks};
pub use asset::{Asset, FAVICON, all_assets, asset};
pub use draft::{Draft, Typed};
pub use edge::{Edge, EdgeSettings};
pub use input::{FromContent, Input, Keyed, KeyedVersion, Nothing, Path, Query, RawBody, Versioned};
pub use local_path::LocalPath;
pub use problem::Problem;
pub use session::{
    MaybeSession, SessionHash, Shopper, StaffMember, Unproven, Worker, clear_session_cookie, code_hash, same_secret,
    session_cookie, token_hash,
};
pub use tone::tone;
pub use view::{JsonOnly, NoView, View};
