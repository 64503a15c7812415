//! What becomes of a delivery, as a metric's label and as the answer that GitHub shows beside it.

use axum::http::StatusCode;
use strum::IntoStaticStr;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Outcome {
    /// Whom it concerns is about to hear of it.
    Enqueued,
    /// Verified, and no news of anything that is looked at.
    Ignored,
    /// Taken before.
    Repeated,
    /// An event that is not read; an App sends some that nobody can switch off.
    Unlisted,
    /// No connection's secret signed it.
    Unsigned,
    /// Longer than what is read.
    TooLarge,
    /// Signed, and not what its event says.
    Malformed,
    /// More at once than is taken.
    Overflow,
    /// Another replica hears them.
    Standby,
    /// The body did not arrive in time.
    Interrupted,
}

/// A status and a sentence.
pub(super) type Answer = (StatusCode, &'static str);

impl Outcome {
    /// The answer.
    pub(super) const fn answer(self) -> Answer {
        match self {
            Self::Enqueued => (StatusCode::ACCEPTED, "heard\n"),
            Self::Ignored => (StatusCode::ACCEPTED, "no news for cronwright\n"),
            Self::Repeated => (StatusCode::ACCEPTED, "heard before\n"),
            Self::Unlisted => (StatusCode::ACCEPTED, "this event is not read\n"),
            Self::Unsigned => (
                StatusCode::UNAUTHORIZED,
                "no GitHubConnection's webhookSecretRef signed this; compare the hook's secret\n",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "longer than 1 MiB; the next poll finds what it is about\n",
            ),
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "not the event it says; set the hook's content type to application/json\n",
            ),
            Self::Overflow => (
                StatusCode::SERVICE_UNAVAILABLE,
                "too many at once; the next poll finds what it is about\n",
            ),
            Self::Standby => (
                StatusCode::SERVICE_UNAVAILABLE,
                "this replica stands by; the leader's next poll finds what it is about\n",
            ),
            Self::Interrupted => (StatusCode::REQUEST_TIMEOUT, "the body did not arrive\n"),
        }
    }
}
