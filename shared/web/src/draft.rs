//! A form that could not be taken, shown again with what was typed and what is wrong.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use domain::{
    Failure, FieldError,
    address::{Address, AddressInput},
};

use crate::{content::Arrived, input::FromContent, problem::Problem, view::View};

/// What was typed into a form, with what is wrong with it. A template asks it by the name of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    values: BTreeMap<String, String>,
    errors: Vec<FieldError>,
    sentence: String,
}

impl Draft {
    /// An untouched form.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// A form filled in with an address.
    #[must_use]
    pub fn of_address(address: &Address) -> Self {
        let parts = address.parts();
        Self::empty()
            .with("name", &parts.name)
            .with("phone", &parts.phone)
            .with("email", &parts.email)
            .with("line1", &parts.line1)
            .with("line2", &parts.line2)
            .with("landmark", &parts.landmark)
            .with("pickup_point", &parts.pickup_point)
            .with("pickup_courier", &parts.pickup_courier)
            .with("city", &parts.city)
            .with("region", &parts.region)
            .with("postcode", &parts.postcode)
            .with("country", &parts.country)
    }

    /// The address that was typed, if it is one.
    #[must_use]
    pub fn address(&self) -> Option<Address> {
        let field = |name: &str| self.value(name).to_owned();
        let typed = AddressInput {
            name: field("name"),
            phone: field("phone"),
            email: field("email"),
            line1: field("line1"),
            line2: field("line2"),
            landmark: field("landmark"),
            pickup_point: field("pickup_point"),
            pickup_courier: field("pickup_courier"),
            city: field("city"),
            region: field("region"),
            postcode: field("postcode"),
            country: field("country"),
            tax_number: field("tax_number"),
        };
        Address::try_from(typed).ok()
    }

    /// The same with a field filled in.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<String>) -> Self {
        self.values.insert(field.to_owned(), value.into());
        self
    }

    /// What stands in a field; empty if nothing does.
    #[must_use]
    pub fn value(&self, field: &str) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }

    /// True when the field holds just this; for choices.
    #[must_use]
    pub fn is(&self, field: &str, value: &str) -> bool {
        self.value(field) == value
    }

    /// What is wrong with a field; empty if nothing is.
    #[must_use]
    pub fn error(&self, field: &str) -> &str {
        let named = |error: &&FieldError| error.pointer.strip_prefix('/') == Some(field);
        self.errors
            .iter()
            .find(named)
            .map_or("", |error| error.message.as_str())
    }

    /// What is wrong as a whole; empty if nothing is.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    pub(crate) fn with_problem(mut self, problem: &Problem) -> Self {
        self.sentence.clone_from(&problem.detail);
        self.errors.clone_from(&problem.errors);
        self
    }
}

/// A form together with what was typed, so that it can be shown again. `E` is [`crate::Input`] or [`crate::Keyed`].
pub struct Typed<E> {
    /// What was typed, without passwords.
    pub draft: Draft,
    /// The form, if it can be read.
    pub parsed: Result<E, Problem>,
}

impl<E> Typed<E> {
    /// Does the work with the form; when the form or the work fails, the answer is `page` with the draft and what is wrong.
    ///
    /// # Errors
    /// The problem, with that page on it.
    pub async fn run<F, R, V>(self, work: impl FnOnce(E) -> F, page: impl FnOnce(Draft) -> V) -> Result<R, Problem>
    where
        F: Future<Output = Result<R, Failure>>,
        V: View,
    {
        let Self { draft, parsed } = self;
        let done = match parsed {
            Ok(input) => work(input).await.map_err(Problem::from),
            Err(problem) => Err(problem),
        };
        done.map_err(|problem| {
            let view = page(problem.on(draft));
            problem.with_page(view)
        })
    }
}

impl<S: Send + Sync, E: FromContent + Send> FromRequest<S> for Typed<E> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let arrived = Arrived::read(request).await?;
        Ok(Self {
            draft: Draft {
                values: arrived.typed(),
                ..Draft::default()
            },
            parsed: E::from_content(arrived),
        })
    }
}
