//! From errors of GitHub and the store to reasons that status can tell.

use chrono::TimeDelta;

use crate::{
    decide::{Cause, Retry, Why},
    github, store,
};

/// The reason behind an error of GitHub.
#[must_use]
pub fn from_github(error: &github::Error) -> Why {
    use github::Error;
    let cause = match error {
        Error::Unauthorized { .. } | Error::Config { .. } => Cause::CredentialsRefused,
        Error::MissingPermission { .. } => Cause::PermissionMissing,
        Error::NotFound { .. } | Error::Moved { .. } => Cause::NotFound,
        Error::Conflict { .. } | Error::Unprocessable { .. } => Cause::RequestRefused,
        Error::RateLimited { .. } => Cause::RateLimited,
        Error::Unavailable { .. }
        | Error::Timeout { .. }
        | Error::Transport { .. }
        | Error::Malformed { .. }
        | Error::TooLarge { .. } => Cause::GitHubUnavailable,
    };
    let retry = match error.retry() {
        github::Retry::Never => Retry::Never,
        github::Retry::After(_) => Retry::Backoff,
        github::Retry::At(instant) => Retry::At(instant + TimeDelta::seconds(1)),
    };
    Why {
        cause,
        message: error.to_string(),
        retry,
    }
}

/// The reason behind an error of the store.
#[must_use]
pub fn from_store(error: &store::StoreError) -> Why {
    let retry = match error.retry() {
        store::Retry::Never => Retry::Never,
        store::Retry::After(_) => Retry::Backoff,
    };
    Why {
        cause: Cause::StoreUnavailable,
        message: error.to_string(),
        retry,
    }
}
