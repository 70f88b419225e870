//! What an answer shows: one value that can be written as JSON and, mostly, as a page.

use askama::Template;
use domain::{Cause, Failure};
use serde::Serialize;

/// Something to show. Every `Serialize` + `Template` type is one.
pub trait View: Send + Sync + 'static {
    /// The JSON text.
    ///
    /// # Errors
    /// `Internal` when it cannot be written.
    fn json(&self) -> Result<String, Failure>;

    /// The page; nothing where there is only JSON.
    ///
    /// # Errors
    /// `Internal` when the template fails.
    fn page(&self) -> Result<Option<String>, Failure>;
}

impl<T: Serialize + Template + Send + Sync + 'static> View for T {
    fn json(&self) -> Result<String, Failure> {
        to_json(self)
    }

    fn page(&self) -> Result<Option<String>, Failure> {
        let page = self
            .render()
            .map_err(|error| Failure::Internal(Cause::with("could not write a page", error)))?;
        Ok(Some(page))
    }
}

/// A view that programs read and that has no page.
pub struct JsonOnly<T>(pub T);

impl<T: Serialize + Send + Sync + 'static> View for JsonOnly<T> {
    fn json(&self) -> Result<String, Failure> {
        to_json(&self.0)
    }

    fn page(&self) -> Result<Option<String>, Failure> {
        Ok(None)
    }
}

/// For answers that only lead elsewhere.
pub struct NoView;

impl View for NoView {
    fn json(&self) -> Result<String, Failure> {
        Ok("{}".into())
    }

    fn page(&self) -> Result<Option<String>, Failure> {
        Ok(None)
    }
}

fn to_json<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::Internal(Cause::with("could not write JSON", error)))
}
