//! What the world may know of a request: a fact with fixed words, for metrics and logs.

use std::time::Duration;

use super::Error;

/// One request that was made, or refused by our own budget. Nothing in it names an object or holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestFact {
    /// The HTTP method.
    pub method: &'static str,
    /// The route as a template, such as `/repos/{owner}/{repo}/actions/runs`: a label of bounded variety.
    pub route: &'static str,
    /// The HTTP status, where an answer came.
    pub status: Option<u16>,
    /// What came of it.
    pub outcome: Outcome,
    /// What the cache was worth to it, where it was a read that was answered: `hit`, `changed` or `miss`.
    pub cache: Option<&'static str>,
    /// How long it took, answer included.
    pub elapsed: Duration,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// A new answer.
    Fresh,
    /// GitHub confirmed the answer we had; free of charge.
    Unchanged,
    /// It failed; the name is [`Error::name`].
    Failed(&'static str),
}

impl Outcome {
    /// The word for a metric's label.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Unchanged => "unchanged",
            Self::Failed(name) => name,
        }
    }
}

impl From<&Error> for Outcome {
    fn from(error: &Error) -> Self {
        Self::Failed(error.name())
    }
}
