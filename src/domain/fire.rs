//! Fires (the instants that a cron implies) and what became of each.

use serde::{Deserialize, Serialize};

use super::{RunId, Seconds, Timestamp};

/// An instant at which a cron should have started a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fire {
    /// The instant.
    pub at: Timestamp,
}

/// How a fire was served.
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
#[serde(rename_all = "snake_case", tag = "delivery")]
#[strum(serialize_all = "snake_case")]
pub enum Delivery {
    /// A run was created within the tolerance.
    OnTime {
        /// The run that served it.
        run: RunId,
        /// From the fire to the run's creation.
        lateness: Seconds,
    },
    /// A run was created, but later than the tolerance.
    Late {
        /// The run that served it.
        run: RunId,
        /// From the fire to the run's creation.
        lateness: Seconds,
    },
    /// No run of its own: a later fire's run stands for it too.
    Coalesced {
        /// The run that stands for it.
        run: RunId,
    },
    /// No run came before it could no longer be expected.
    Missed,
    /// It may still be served.
    Pending,
}
