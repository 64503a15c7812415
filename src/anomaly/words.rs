//! Anomalies and alarms in words, the same on every surface.

use std::fmt;

use super::{
    alarm::Alarm,
    kind::{Amount, Anomaly, Ended, Kind},
};
use crate::domain::Timestamp;

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(span) => span.rounded().fmt(f),
            Self::Share(share) => f.pad(&format!("{}%", (u32::from(share.0) + 5) / 10)),
        }
    }
}

impl Kind {
    /// What workflows of this kind became, after their number: "3 workflows ...".
    #[must_use]
    pub const fn became(self) -> &'static str {
        match self {
            Self::SuccessDropping => "began to fail more often",
            Self::CostRunaway => "began to take more runner time",
            Self::QueueGrowing => "began to wait longer for runners",
            Self::Slower => "became slower",
            Self::MoreVariable => "became more variable",
            Self::Flaky => "became flaky",
            Self::Faster => "became faster",
        }
    }
}

impl Ended {
    /// How it ended, in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Returned => "it is as before again",
            Self::Adapted => "it is usual now",
            Self::Silent => "nothing has run for long",
        }
    }
}

impl Kind {
    /// From what to what the runs of an event went, in words; those of every event where none is named.
    #[must_use]
    pub fn change(
        self,
        event: Option<&str>,
        from: &impl fmt::Display,
        to: &impl fmt::Display,
    ) -> String {
        let runs = event.map_or_else(|| "runs".to_owned(), |event| format!("runs by {event}"));
        match self {
            Self::Slower | Self::Faster => format!("{runs} take {to} instead of {from}"),
            Self::MoreVariable => {
                format!("{runs} differ by {to} from one to the next instead of {from}")
            }
            Self::SuccessDropping => {
                format!("{to} of {runs} succeed at their first attempt instead of {from}")
            }
            Self::Flaky => format!("{to} of {runs} turn green when run again instead of {from}"),
            Self::QueueGrowing => format!("{runs} wait {to} for a runner instead of {from}"),
            Self::CostRunaway => format!("{runs} take {to} of runners a day instead of {from}"),
        }
    }
}

impl Anomaly {
    /// From what to what, in words.
    #[must_use]
    pub fn change(&self) -> String {
        self.kind
            .change(self.event.as_deref(), &self.from, &self.to)
    }

    /// What has become otherwise, since when, and on what that rests.
    #[must_use]
    pub fn sentence(&self) -> String {
        let run = self
            .run
            .map_or_else(String::new, |run| format!(", from run {} on", run.0));
        format!("{} since {}{run}", self.change(), minute(self.since))
    }
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (became, at) = (self.kind.became(), minute(self.since));
        match self.workflows.iter().next() {
            Some(one) if self.workflows.len() == 1 => write!(f, "{one} {became} at about {at}"),
            _ => write!(
                f,
                "{} workflows of {} {became} at about {at}",
                self.workflows.len(),
                self.owner
            ),
        }
    }
}

/// An instant as people read it.
fn minute(at: Timestamp) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
