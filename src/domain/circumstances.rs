//! What is known of a run before it starts.

use super::{Run, Timestamp};

/// What is known of a run before it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Circumstances<'a> {
    /// What starts it: `schedule`, `push` and so on.
    pub event: &'a str,
    /// The branch it runs for, where that is known.
    pub branch: Option<&'a str>,
    /// When it is created.
    pub at: Timestamp,
}

impl<'a> Circumstances<'a> {
    /// Those of a run that was observed.
    #[must_use]
    pub fn of(run: &'a Run) -> Self {
        Self {
            event: &run.event,
            branch: run.head_branch.as_deref(),
            at: run.created_at,
        }
    }
}
