//! What a world is made from.

use std::path::PathBuf;

use super::{Lateness, Regime, SecondaryLimits};
use crate::domain::Timestamp;

/// What a world is made from: equal settings and equal deeds make equal worlds.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The seed of every random fact.
    pub seed: u64,
    /// The instant at which the world begins.
    pub now: Timestamp,
    /// The folder that holds its repositories, one bare Git repository below `owner/name.git` each.
    pub folder: PathBuf,
    /// How late scheduled runs are created.
    pub lateness: Lateness,
    /// Share of runs that GitHub shows with a null `name`, `head_branch` or `head_commit`.
    pub null_share: f64,
    /// How fast a caller may ask, by the simulated clock.
    pub secondary: SecondaryLimits,
}

impl Settings {
    /// A world whose scheduled runs come at once and have all of their fields, with GitHub's published limits.
    #[must_use]
    pub fn new(seed: u64, now: Timestamp, folder: impl Into<PathBuf>) -> Self {
        let lateness = Lateness::always(Regime::prompt());
        Self {
            seed,
            now,
            folder: folder.into(),
            lateness,
            null_share: 0.0,
            secondary: SecondaryLimits::published(),
        }
    }
}
