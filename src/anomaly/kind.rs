//! What an anomaly is.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::domain::{Permille, RunId, Seconds, Timestamp};

/// What has become otherwise; in the order of what a person looks at first.
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
    strum::EnumIter,
)]
pub enum Kind {
    /// First attempts fail more often.
    SuccessDropping,
    /// The runs of a day take more of runners.
    CostRunaway,
    /// Runs wait longer for a runner.
    QueueGrowing,
    /// Runs take longer.
    Slower,
    /// Runs differ more from one to the next.
    MoreVariable,
    /// Runs fail and turn green when they are run again.
    Flaky,
    /// Runs take less time.
    Faster,
}

/// How much of something there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// A span of time.
    Time(Seconds),
    /// A share; a spread of more than a whole is told as one.
    Share(Permille),
}

/// A change in how a workflow behaves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Anomaly {
    /// What has become otherwise.
    pub kind: Kind,
    /// Whose runs: what starts them; none where those of every event are meant.
    pub event: Option<String>,
    /// The last instant that was as before.
    pub after: Timestamp,
    /// The first that was otherwise: when that run was created, or that day began.
    pub since: Timestamp,
    /// The first run that was otherwise, where it is one.
    pub run: Option<RunId>,
    /// When it was certain enough for an alarm: the end of the run that made it.
    pub noticed_at: Timestamp,
    /// How it was before.
    pub from: Amount,
    /// How it was from then on, until it was noticed.
    pub to: Amount,
    /// How many runs, or days, that rests on.
    pub evidence: u32,
    /// When and how it was over; none while it holds.
    pub end: Option<End>,
}

/// The end of an anomaly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct End {
    /// When that was certain: the end of the run that showed it.
    pub at: Timestamp,
    /// How.
    pub how: Ended,
}

/// How an anomaly was over.
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
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Ended {
    /// It is as it was before.
    Returned,
    /// It has lasted for so long that it is what is usual now.
    Adapted,
    /// Nothing has run for so long that nobody can say.
    Silent,
}

/// For how many days a workflow is waited for that no longer runs before what has become otherwise about it is over: the longest wait
/// of a monthly schedule, and a few days in which GitHub may be late or a run fail to start.
const SILENT_DAYS: i64 = 35;

impl Anomaly {
    /// The same, over where nothing ran for long since it was noticed; `ends` are those of the workflow's runs, in order.
    ///
    /// Runs that come after such a silence do not bring it back: it was told to be over.
    #[must_use]
    pub fn heard_until(self, ends: &[Timestamp], now: Timestamp) -> Self {
        let silence = TimeDelta::days(SILENT_DAYS);
        let heard = ends.iter().copied().filter(|end| *end >= self.noticed_at);
        let until = self.end.map_or(now, |end| end.at);
        let mut last = self.noticed_at;
        for next in heard.chain([until]) {
            if next - last >= silence {
                let end = Some(End {
                    at: last + silence,
                    how: Ended::Silent,
                });
                return Self { end, ..self };
            }
            last = last.max(next);
        }
        self
    }
}

impl Kind {
    /// Its word as a metric's label, and where many are counted.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::SuccessDropping => "success_dropping",
            Self::CostRunaway => "cost_runaway",
            Self::QueueGrowing => "queue_growing",
            Self::Slower => "slower",
            Self::MoreVariable => "more_variable",
            Self::Flaky => "flaky",
            Self::Faster => "faster",
        }
    }

    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        use strum::IntoEnumIterator as _;
        Self::iter()
    }
}

impl Anomaly {
    /// Whether it is not over.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.end.is_none()
    }
}
