//! Why a line moves or stays, and which part of an intent cannot hold: as data first, as words second.

use std::fmt;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

use super::timetable::overlap_words;
use crate::domain::{Seconds, WorkflowId};

/// Why a line moves, or why it stays.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::IntoStaticStr,
)]
pub enum Reason {
    /// Moves: the owner named the crons.
    Pinned,
    /// Moves: the cadence asked for is not the file's.
    CadenceChanged {
        /// The file's cadence.
        from: Seconds,
        /// The cadence asked for.
        to: Seconds,
    },
    /// Moves: it fires outside the windows.
    OutsideWindow,
    /// Moves: with the p90 of lateness, queue and duration it ends too late.
    MissesDeadline {
        /// The deadline, local time.
        finish_by: NaiveTime,
    },
    /// Moves: it fires before another workflow's end.
    AfterDependency {
        /// The workflow to wait for.
        id: WorkflowId,
    },
    /// Moves: another workflow waits for it and could not be moved itself.
    MakesWay {
        /// The workflow that waits.
        id: WorkflowId,
    },
    /// Moves: it overlaps with others, with this one most.
    Conflicts {
        /// The worst of them.
        with: WorkflowId,
        /// What the two share in a week.
        overlap: Seconds,
        /// Whether that is job time beyond what their runners can do at once.
        #[serde(default)]
        beyond_capacity: bool,
    },
    /// Moves: nothing overlaps with it today, but something would once others stand where they are to.
    OthersMove,
    /// Stays: the crons are the ones the owner named.
    AsPinned,
    /// Stays: the intent holds and nothing overlaps.
    NoConflict,
    /// Stays: every other time saves too little.
    GainTooSmall {
        /// The most it would save in a week.
        saved: Seconds,
    },
    /// Stays: its intent does not hold, and no other time breaks less of it.
    NothingBetter,
    /// Stays: no better time that was found passes the check on every day of the year.
    Refuted,
    /// Stays: the mode, a suspension or the file forbids a move.
    NotMovable,
    /// Stays, or moves on the intent alone: nothing is known of its runs.
    NoForecast,
    /// Stays: the file has no schedule.
    NoSchedule,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pinned => write!(f, "the owner pinned the cron"),
            Self::CadenceChanged { from, to } => {
                write!(f, "it runs every {from}, every {to} is asked for")
            }
            Self::OutsideWindow => write!(f, "it fires outside its windows"),
            Self::MissesDeadline { finish_by } => {
                write!(f, "it may end after {}", finish_by.format("%H:%M"))
            }
            Self::AfterDependency { id } => write!(f, "it fires before {id} has ended"),
            Self::MakesWay { id } => write!(f, "{id} waits for it"),
            Self::Conflicts {
                with,
                overlap,
                beyond_capacity,
            } => write!(
                f,
                "it overlaps with {with} by {} a week",
                overlap_words(*overlap, *beyond_capacity)
            ),
            Self::OthersMove => write!(f, "it would overlap with others at their new times"),
            Self::AsPinned => write!(f, "it is as pinned"),
            Self::NoConflict => write!(f, "nothing conflicts"),
            Self::GainTooSmall { saved } => {
                write!(
                    f,
                    "as the plan stands, another time saves at most {} a week",
                    saved.rounded()
                )
            }
            Self::NothingBetter => write!(f, "no other time breaks less of its intent"),
            Self::Refuted => write!(
                f,
                "no better time passes the check on every day of the year"
            ),
            Self::NotMovable => write!(f, "it may not be moved"),
            Self::NoForecast => write!(f, "no forecast yet"),
            Self::NoSchedule => write!(f, "it has no schedule"),
        }
    }
}

/// A part of the intent that does not hold after the plan.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::IntoStaticStr,
)]
pub enum Violation {
    /// The owner pinned another number of crons than the file has.
    PinnedCount {
        /// How many are pinned.
        pinned: usize,
        /// How many the file has.
        file: usize,
    },
    /// A pinned cron fires more often than GitHub serves.
    PinnedTooOften,
    /// No cron has the cadence.
    CadenceImpossible {
        /// The cadence asked for.
        every: Seconds,
    },
    /// The file has several schedules, so that it is not clear which one the cadence is for.
    CadenceAmbiguous {
        /// How many schedules there are.
        schedules: usize,
    },
    /// It has another cadence than asked for and stays so.
    Cadence {
        /// The cadence asked for.
        every: Seconds,
    },
    /// Fires lie outside the windows, on at least one day of the year.
    Window,
    /// It may end after the deadline.
    Deadline {
        /// The deadline, local time.
        finish_by: NaiveTime,
        /// From the fire to the p90 end.
        needs: Seconds,
    },
    /// It may start before the end of another workflow.
    Order {
        /// That workflow.
        id: WorkflowId,
    },
    /// The workflow to wait for is not part of the plan.
    UnknownDependency {
        /// That workflow.
        id: WorkflowId,
    },
    /// Waiting for this workflow, or for one that waits for it, would go round in a circle.
    OrderCycle {
        /// The workflow it cannot wait for.
        id: WorkflowId,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PinnedCount { pinned, file } => {
                write!(
                    f,
                    "{pinned} crons are pinned and the file has {file}: pin one for each"
                )
            }
            Self::PinnedTooOften => write!(
                f,
                "a pinned cron fires more often than every 5 minutes, which GitHub does not serve"
            ),
            Self::CadenceImpossible { every } => {
                write!(
                    f,
                    "no cron runs every {every}: ask for minutes that divide 1h, hours that divide 1d, 1d or 7d"
                )
            }
            Self::CadenceAmbiguous { schedules } => {
                write!(
                    f,
                    "the file has {schedules} schedules: pin their crons in place of a cadence"
                )
            }
            Self::Cadence { every } => write!(f, "it does not run every {every}"),
            Self::Window => write!(f, "no time of its shape lies in the windows all year"),
            Self::Deadline { finish_by, needs } => {
                write!(
                    f,
                    "it needs {needs} and cannot end by {}",
                    finish_by.format("%H:%M")
                )
            }
            Self::Order { id } => write!(f, "it cannot wait for the end of {id}"),
            Self::UnknownDependency { id } => {
                write!(f, "{id} is not managed here, so nobody knows when it ends")
            }
            Self::OrderCycle { id } => write!(f, "it waits for {id}, which waits for it"),
        }
    }
}
