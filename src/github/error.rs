//! What can go wrong between us and GitHub, one variant per thing a caller could do differently.
//!
//! Owns the answers to two questions about a failure: whether waiting helps ([`Error::retry`]) and whether a write may
//! have happened all the same ([`Error::wrote`]). Invariants: a text never holds a credential, a header or the body of an
//! answer; of an answer only GitHub's own `message` is repeated, bounded and without control characters.

use crate::domain::{Seconds, Timestamp};

/// What every call into this room returns.
pub type Result<T> = std::result::Result<T, Error>;

/// Why GitHub, or our own budget, did not let a request go.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Limit {
    /// The hourly number of requests, or our share of it, is used up.
    Primary,
    /// GitHub asked us to slow down.
    Secondary,
    /// Our own count of GitHub's points a minute is used up.
    Points,
    /// Our own count of writes (a second, a minute, an hour) is used up.
    Writes,
    /// As many requests as we allow at once are under way.
    Concurrency,
}

/// Whether and when it makes sense to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Retry {
    /// Waiting does not help: a person must change something first.
    Never,
    /// It may work after at least so long; a caller adds its own backoff by the number of failures.
    After(Seconds),
    /// It may work from this instant on, and not before.
    At(Timestamp),
}

/// Whether a failed write changed something at GitHub. A failed read is always [`Wrote::No`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrote {
    /// Nothing was written.
    No,
    /// It is unknown: the request went out and no verdict came back. Look before writing again.
    Maybe,
    /// It was written; only the answer could not be read.
    Yes,
}

/// A failed call. `what` says what was attempted and for which object, such as `list the runs of acme/payments`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Error {
    /// GitHub does not accept the credentials.
    #[error(
        "could not {what}: GitHub does not accept the credentials ({message}); renew the token or the App's key"
    )]
    Unauthorized {
        /// What was attempted.
        what: String,
        /// GitHub's words.
        message: String,
    },
    /// The credentials are good and do not allow this.
    #[error("could not {what}: {}", forbidden(permission.as_deref(), message))]
    MissingPermission {
        /// What was attempted.
        what: String,
        /// The permission that would have allowed it, as GitHub names it (`workflows=write`), where GitHub told it.
        permission: Option<String>,
        /// GitHub's words.
        message: String,
    },
    /// There is no such object, or the credentials may not see it; GitHub does not tell the two apart.
    #[error("could not {what}: GitHub knows no such object, or the credentials may not see it")]
    NotFound {
        /// What was attempted.
        what: String,
    },
    /// The object is now elsewhere: the repository was renamed or transferred.
    #[error("could not {what}: it has moved; read the repository to learn its present name")]
    Moved {
        /// What was attempted.
        what: String,
    },
    /// The present state at GitHub does not allow it: it exists already, or something moved in between.
    #[error(
        "could not {what}: it conflicts with what is there ({message}); read again and decide anew"
    )]
    Conflict {
        /// What was attempted.
        what: String,
        /// GitHub's words.
        message: String,
    },
    /// GitHub refuses the request as wrong in itself.
    #[error("could not {what}: GitHub refuses the request ({message})")]
    Unprocessable {
        /// What was attempted.
        what: String,
        /// GitHub's words.
        message: String,
    },
    /// A rate limit is reached; see [`Limit`] for whose. Nothing was written.
    #[error("could not {what}: the {limit} limit is reached; look again at {}", until.to_rfc3339())]
    RateLimited {
        /// What was attempted.
        what: String,
        /// When it may work again.
        until: Timestamp,
        /// Which limit.
        limit: Limit,
    },
    /// GitHub, or something before it, is not able to answer now.
    #[error("could not {what}: GitHub answers with status {status}; this usually passes by itself")]
    Unavailable {
        /// What was attempted.
        what: String,
        /// The HTTP status, 500 to 599 or 408.
        status: u16,
        /// How long GitHub asked us to wait, where it did.
        after: Option<Seconds>,
        /// Whether the write may have happened.
        wrote: Wrote,
    },
    /// No complete answer came in time.
    #[error("could not {what}: no complete answer within {after}")]
    Timeout {
        /// What was attempted.
        what: String,
        /// How long we waited.
        after: Seconds,
        /// Whether the write may have happened.
        wrote: Wrote,
    },
    /// The connection could not be made, or broke.
    #[error("could not {what}: {reason}; check the API address and the network")]
    Transport {
        /// What was attempted.
        what: String,
        /// What the network said, bounded.
        reason: String,
        /// Whether the write may have happened.
        wrote: Wrote,
    },
    /// The answer is not what GitHub documents.
    #[error(
        "could not {what}: the answer makes no sense ({reason}); is this address a GitHub API?"
    )]
    Malformed {
        /// What was attempted.
        what: String,
        /// What is wrong with it, without its content.
        reason: String,
        /// Whether the write happened.
        wrote: Wrote,
    },
    /// Something is larger than we are willing to hold.
    #[error("could not {what}: it is larger than the limit of {limit} {unit}")]
    TooLarge {
        /// What was attempted.
        what: String,
        /// The limit.
        limit: u64,
        /// What the limit counts: bytes, pages, files, rows.
        unit: &'static str,
        /// Whether the write happened.
        wrote: Wrote,
    },
    /// The connection is set up wrongly; no request was made.
    #[error("the GitHub connection cannot be used: {reason}")]
    Config {
        /// What is wrong and what to do.
        reason: String,
    },
}

/// The least wait before a call is tried again that failed for a passing reason.
///
/// Ours: short enough that a blip of a minute costs one missed look, long enough that a broken address is not hammered.
const PASSING: Seconds = Seconds(30);

/// The least wait after an answer that made no sense, which seldom passes quickly.
const PUZZLING: Seconds = Seconds::minutes(5);

/// How many characters of GitHub's own message are repeated.
const MESSAGE_CHARACTERS: usize = 200;

impl Error {
    /// Says whether and when to try again.
    ///
    /// After [`Retry::Never`] a caller looks again when its object changes, or at its usual interval.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Unauthorized { .. }
            | Self::MissingPermission { .. }
            | Self::NotFound { .. }
            | Self::Moved { .. }
            | Self::Unprocessable { .. }
            | Self::TooLarge { .. }
            | Self::Config { .. } => Retry::Never,
            // What conflicted is known by the next look, which may come at once; the short wait lets replicas catch up.
            Self::Conflict { .. } => Retry::After(Seconds(5)),
            Self::RateLimited { until, .. } => Retry::At(*until),
            Self::Unavailable { after, .. } => Retry::After(after.unwrap_or(PASSING).max(PASSING)),
            Self::Timeout { .. } | Self::Transport { .. } => Retry::After(PASSING),
            Self::Malformed { .. } => Retry::After(PUZZLING),
        }
    }

    /// Says whether a failed write may have happened.
    #[must_use]
    pub fn wrote(&self) -> Wrote {
        match self {
            Self::Unavailable { wrote, .. }
            | Self::Timeout { wrote, .. }
            | Self::Transport { wrote, .. }
            | Self::Malformed { wrote, .. }
            | Self::TooLarge { wrote, .. } => *wrote,
            Self::Unauthorized { .. }
            | Self::MissingPermission { .. }
            | Self::NotFound { .. }
            | Self::Moved { .. }
            | Self::Conflict { .. }
            | Self::Unprocessable { .. }
            | Self::RateLimited { .. }
            | Self::Config { .. } => Wrote::No,
        }
    }

    /// The variant's name in snake case: a metric label or a reason, never an object's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// Turns "refused as wrong" into "conflicts", for calls whose only good explanation is that it exists already.
    pub(super) fn or_conflict(self, marks: &[&str]) -> Self {
        if let Self::Unprocessable { what, message } = &self
            && marks.iter().any(|mark| message.contains(mark))
        {
            let (what, message) = (what.clone(), message.clone());
            return Self::Conflict { what, message };
        }
        self
    }

    /// Makes the error of an answer that was read and does not make sense.
    pub(super) fn malformed(what: &str, reason: impl Into<String>, wrote: Wrote) -> Self {
        Self::Malformed {
            what: what.to_owned(),
            reason: bounded(&reason.into()),
            wrote,
        }
    }

    /// Makes the error of a wrong setting.
    pub(super) fn config(reason: impl Into<String>) -> Self {
        Self::Config {
            reason: reason.into(),
        }
    }
}

/// Words a refusal for lack of permission.
fn forbidden(permission: Option<&str>, message: &str) -> String {
    match permission {
        Some(permission) => {
            format!("the credentials lack the permission {permission} ({message}); grant it")
        }
        None => format!("the credentials do not allow it ({message})"),
    }
}

/// Bounds a text from outside and takes its control characters out.
pub(super) fn bounded(text: &str) -> String {
    let clean = |letter: char| if letter.is_control() { ' ' } else { letter };
    text.chars()
        .take(MESSAGE_CHARACTERS)
        .map(clean)
        .collect::<String>()
        .trim()
        .to_owned()
}
