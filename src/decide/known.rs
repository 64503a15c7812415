//! What was read, or why it could not be.

use serde::{Deserialize, Serialize};

use crate::domain::{Seconds, Timestamp};

/// A fact, or why it is not known. Reading fails into a value, never out of a round.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known<T> {
    /// It was read.
    Known(T),
    /// It could not be read.
    Unknown(Why),
}

/// Why something is not known or was not done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Why {
    /// The kind of reason, for conditions and metrics.
    pub cause: Cause,
    /// What failed, for which thing, and what to do, for a person.
    pub message: String,
    /// Whether waiting helps.
    pub retry: Retry,
}

/// The kinds of reason why something is not known or was not done; their names are condition reasons.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
)]
pub enum Cause {
    /// The GitHubConnection does not exist or is not ready.
    ConnectionNotReady,
    /// GitHub does not accept the credentials.
    CredentialsRefused,
    /// The credentials do not reach far enough.
    PermissionMissing,
    /// The repository or the file does not exist, or the credentials cannot see it.
    NotFound,
    /// GitHub's limits or our share of them are used up until a known time.
    RateLimited,
    /// GitHub does not answer, or answers with a fault of its own.
    GitHubUnavailable,
    /// GitHub refused the request itself.
    RequestRefused,
    /// The store does not answer.
    StoreUnavailable,
    /// It has not been its turn yet.
    NotYetSeen,
}

/// Whether and when it makes sense to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Retry {
    /// Only after a person changed something.
    Never,
    /// After some time that grows with every failure.
    Backoff,
    /// Not before this instant.
    At(Timestamp),
}

impl Retry {
    /// The time to wait from `now`, given what backoff asks for.
    #[must_use]
    pub fn wait(self, now: Timestamp, backoff: Seconds, interval: Seconds) -> Seconds {
        match self {
            Self::Never => interval,
            Self::Backoff => backoff,
            // One second on top: the instant itself may still count as before it.
            Self::At(instant) => Seconds::between(now, instant).saturating_add(Seconds(1)),
        }
    }
}

impl<T> Known<T> {
    /// The fact, where it is known.
    #[must_use]
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(fact) => Some(fact),
            Self::Unknown(_) => None,
        }
    }

    /// Why the fact is not known, where it is not.
    #[must_use]
    pub const fn why(&self) -> Option<&Why> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(why) => Some(why),
        }
    }

    /// The fact or the reason, for use with `?`.
    ///
    /// # Errors
    /// The reason why the fact is not known.
    pub const fn as_result(&self) -> Result<&T, &Why> {
        match self {
            Self::Known(fact) => Ok(fact),
            Self::Unknown(why) => Err(why),
        }
    }
}

impl<T> From<Result<T, Why>> for Known<T> {
    fn from(result: Result<T, Why>) -> Self {
        match result {
            Ok(fact) => Self::Known(fact),
            Err(why) => Self::Unknown(why),
        }
    }
}
