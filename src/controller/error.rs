//! Why a reconcile could not be concluded in status.

use std::sync::Arc;

use crate::decide::{Cause, Retry, Why};

/// Why a reconcile could not be concluded in status. What GitHub or the store refuses is no error here: it is concluded.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The API server refused a call or could not be reached.
    #[error("the API server refused {what}: {source}")]
    Kubernetes {
        /// What was asked of it.
        what: &'static str,
        /// What it said.
        source: Arc<kube::Error>,
    },
    /// The API server did not answer in time.
    #[error("the API server did not answer in time to {what}")]
    Timeout {
        /// What was asked of it.
        what: &'static str,
    },
    /// Others kept writing to the object, or it was made anew.
    #[error("the object changed again and again while its finalizer was written")]
    Overtaken,
    /// The lease ended before the round did.
    #[error("the round stopped with the lease; whoever leads next goes on")]
    NotLeading,
    /// The round ended in a defect of the program.
    #[error("the round ended in a defect of the program: {0}")]
    Panic(String),
}

impl Error {
    /// The kind of error, for metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Kubernetes { .. } => "kubernetes",
            Self::Timeout { .. } => "timeout",
            Self::Overtaken => "overtaken",
            Self::NotLeading => "not_leading",
            Self::Panic(_) => "panic",
        }
    }

    /// Whether the API server answered with this HTTP status.
    pub(super) fn is_code(&self, code: u16) -> bool {
        matches!(self, Self::Kubernetes { source, .. }
            if matches!(&**source, kube::Error::Api(status) if status.code == code))
    }
}

impl From<Error> for Why {
    fn from(error: Error) -> Self {
        Self {
            cause: Cause::ConnectionNotReady,
            message: error.to_string(),
            retry: Retry::Backoff,
        }
    }
}
