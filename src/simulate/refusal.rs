//! Refusals in GitHub's words, whoever asked: a person, a test or the HTTP face.

use serde_json::{Value, json};

/// Why GitHub did not do something: a status, its message and the entries of `errors`.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{status} {message}")]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// GitHub's message.
    pub message: String,
    /// GitHub's `errors`, where it gives some.
    pub errors: Vec<Value>,
}

impl Refusal {
    /// Makes a refusal without `errors`.
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            errors: Vec::new(),
        }
    }

    /// 404, the answer to what is absent and to what the caller must not know of.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    /// 422 with a message of its own.
    pub fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(422, message)
    }

    /// 422 `Validation Failed` about one field, with GitHub's code word.
    #[must_use]
    pub fn invalid(resource: &str, field: &str, code: &str) -> Self {
        let error = json!({"resource": resource, "field": field, "code": code});
        Self {
            errors: vec![error],
            ..Self::new(422, "Validation Failed")
        }
    }

    /// 422 `Validation Failed` with a sentence of its own.
    #[must_use]
    pub fn custom(resource: &str, message: &str) -> Self {
        let error = json!({"resource": resource, "code": "custom", "message": message});
        Self {
            errors: vec![error],
            ..Self::new(422, "Validation Failed")
        }
    }

    /// 500: the world's own store failed, which no request can cause.
    pub(super) fn broken(error: &git2::Error) -> Self {
        Self::new(500, format!("Server Error: {}", error.message()))
    }
}

impl From<git2::Error> for Refusal {
    fn from(error: git2::Error) -> Self {
        if error.code() == git2::ErrorCode::NotFound {
            Self::not_found()
        } else {
            Self::broken(&error)
        }
    }
}
