//! Secrets that are told once are told again to a repeat of the same request, whose first answer may have been lost on its way. Until then
//! they are sealed for that request alone.

use domain::{Failure, RequestKey};
use store::Once;

use crate::Deps;

/// What a request came to.
pub(crate) struct Answered<T> {
    pub(crate) told: T,
    pub(crate) is_repeat: bool,
}

impl<T> Answered<T> {
    pub(crate) fn map<U>(self, with: impl FnOnce(T) -> U) -> Answered<U> {
        Answered {
            told: with(self.told),
            is_repeat: self.is_repeat,
        }
    }
}

/// What is kept with the key of a request.
pub(crate) fn sealed(deps: &Deps, request: &RequestKey, told: &str) -> Result<String, Failure> {
    deps.seal.seal(&deps.ids, &place(request), told)
}

/// What the request is told, the first time and every time.
pub(crate) fn open(deps: &Deps, request: &RequestKey, once: Once) -> Result<Answered<String>, Failure> {
    let told = deps.seal.open(&place(request), &once.result)?;
    Ok(Answered {
        told: told.expose().to_owned(),
        is_repeat: once.is_repeat,
    })
}

fn place(request: &RequestKey) -> String {
    format!("answer {} {}", request.scope, request.key)
}
