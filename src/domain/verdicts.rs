//! How runs ended that ended by themselves.

use serde::{Deserialize, Serialize};

/// Of how many first attempts that ended by themselves, well or badly, how many succeeded.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Verdicts {
    /// Those that succeeded.
    pub successes: u32,
    /// All of them.
    pub total: u32,
}
