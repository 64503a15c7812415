//! One evident duration, and the circumstances that make two runs alike.
//!
//! Events and branches are kept as tags of 32 bits: a learner asks only whether two are the same, and must not grow with
//! the names that people give to branches. Two names in four billion share a tag, which costs one forecast a little.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::{Circumstances, Run};

/// The circumstances as a learner compares them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tags {
    /// The event.
    pub(super) event: u32,
    /// The branch; a run without one is like every other run without one.
    pub(super) branch: u32,
    /// Seconds since 1970 at which the run was created.
    pub(super) at: i64,
}

impl From<&Circumstances<'_>> for Tags {
    fn from(circumstances: &Circumstances<'_>) -> Self {
        Self {
            event: tag(circumstances.event),
            branch: circumstances.branch.map_or(0, tag),
            at: circumstances.at.timestamp(),
        }
    }
}

/// One evident duration.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sample {
    /// What was known of the run before it started.
    pub(super) tags: Tags,
    /// Seconds since 1970 at which it ended.
    pub(super) ended_at: i64,
    /// The natural logarithm of its seconds: durations err by factors, and a run is "a fifth longer" far more steadily than
    /// "a minute longer".
    pub(super) log_duration: f32,
    /// Seconds since 1970 at which it was known that the level had been left that this one belongs to.
    pub(super) left_at: Option<i64>,
}

impl Sample {
    /// The logarithm of the duration.
    pub(super) fn log(&self) -> f64 {
        f64::from(self.log_duration)
    }

    /// The sample that a run is, if it is evidence of a duration.
    pub(super) fn of(run: &Run) -> Option<Self> {
        let duration = run.evident_duration()?;
        #[allow(clippy::cast_possible_truncation)]
        // Seven digits are more than a duration in seconds has.
        let log_duration = duration.as_f64().ln() as f32;
        Some(Self {
            tags: Tags::from(&Circumstances::of(run)),
            ended_at: run.updated_at.timestamp(),
            log_duration,
            left_at: None,
        })
    }
}

/// The first 32 bits of a name's digest.
pub(super) fn tag(name: &str) -> u32 {
    let digest = Sha256::digest(name.as_bytes());
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}
