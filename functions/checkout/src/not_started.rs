//! What a reader sees when a payment could not be started: why, and the way back to the order, where another can be.

use askama::Template;
use domain::{Failure, id::OrderId};
use serde::Serialize;
use web::Problem;

/// The page; programs get the problem document.
#[derive(Serialize, Template)]
#[template(path = "not-started.html")]
pub(crate) struct NotStartedPage {
    order: String,
    sentence: String,
}

impl NotStartedPage {
    /// The problem of a failure, on this page. Whoever asks for an order that is not theirs is led nowhere.
    pub(crate) fn shown(order: &OrderId, failure: Failure) -> Problem {
        let is_theirs = !matches!(
            failure,
            Failure::NotFound(_) | Failure::Unauthenticated | Failure::Forbidden
        );
        let problem = Problem::from(failure);
        if !is_theirs {
            return problem;
        }
        let page = Self {
            order: order.to_string(),
            sentence: problem.sentence().to_owned(),
        };
        problem.with_page(page)
    }
}
