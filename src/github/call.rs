//! One call as a value: what to ask, and how to speak of it.

use http::{HeaderMap, Method};
use serde::{Serialize, de::DeserializeOwned};

use super::{Error, Result, Wrote};

/// A request, without address, credentials or conditions.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    /// The route as a template, for metrics and logs.
    pub(super) route: &'static str,
    /// Path and query, escaped.
    pub(super) target: String,
    /// JSON, for writes.
    pub(super) body: Option<Vec<u8>>,
    /// What is attempted and for which object.
    pub(super) what: String,
}

impl Call {
    /// A read.
    pub(super) fn get(route: &'static str, target: String, what: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            route,
            target,
            body: None,
            what: what.into(),
        }
    }

    /// A write without a body.
    pub(super) fn bare(
        method: Method,
        route: &'static str,
        target: String,
        what: impl Into<String>,
    ) -> Self {
        Self {
            method,
            route,
            target,
            body: None,
            what: what.into(),
        }
    }

    /// A write with a body of strings, lists and numbers, which cannot fail to become JSON.
    pub(super) fn json(
        method: Method,
        route: &'static str,
        target: String,
        what: impl Into<String>,
        body: &(impl Serialize + ?Sized),
    ) -> Self {
        let body = serde_json::to_vec(body).expect("structs with string keys always become JSON");
        Self {
            method,
            route,
            target,
            body: Some(body),
            what: what.into(),
        }
    }

    /// The same call to another target: the next page, or where it has moved.
    pub(super) fn to(&self, target: String) -> Self {
        Self {
            target,
            ..self.clone()
        }
    }

    /// Whether a failure after sending leaves it open what was written.
    pub(super) fn doubt(&self) -> Wrote {
        if self.method == Method::GET {
            Wrote::No
        } else {
            Wrote::Maybe
        }
    }
}

/// A good answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) body: Vec<u8>,
    pub(super) headers: HeaderMap,
    /// The `Link` header of the body, which may be a remembered one.
    pub(super) link: Option<String>,
    /// GitHub confirmed what we had.
    pub(super) unchanged: bool,
    /// Where the object has moved, when that is the answer.
    pub(super) moved_to: Option<String>,
}

impl Answer {
    /// Reads the body as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self, call: &Call) -> Result<T> {
        let wrote = if call.doubt() == Wrote::No {
            Wrote::No
        } else {
            Wrote::Yes
        };
        serde_json::from_slice(&self.body).map_err(|error| {
            // serde's text may quote the content; where and what kind is enough.
            let kind = match error.classify() {
                serde_json::error::Category::Data => "a field is missing or of another type",
                serde_json::error::Category::Eof => "it ends early",
                serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
                    "it is not JSON"
                }
            };
            let place = format!("line {}, column {}", error.line(), error.column());
            Error::malformed(&call.what, format!("{kind}, {place}"), wrote)
        })
    }
}
