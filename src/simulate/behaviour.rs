//! How one workflow behaves: its durations, jobs, labels, and how its runs end.

use super::{Family, Recorded, draw::Draw, family::Outcome};
use crate::domain::{Conclusion, Seconds};

/// Where durations come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Durations {
    /// Drawn from a family around a median.
    Drawn {
        /// The family.
        family: Family,
        /// The median of a successful run at the start of the world.
        median: Seconds,
    },
    /// Recorded runs, one after the other, from the first again after the last; never an empty list.
    Replayed(Vec<Recorded>),
}

/// How one workflow behaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Behaviour {
    /// Where its durations come from.
    pub durations: Durations,
    /// How many jobs each run has, all queued at once; at least one.
    pub jobs: u32,
    /// The labels every job asks a runner for.
    pub labels: Vec<String>,
    /// Share of runs that a person cancels, in addition to what the family says.
    pub cancel_share: f64,
    /// Share of failed runs that are run again 20 minutes later, once.
    pub rerun_share: f64,
}

impl Behaviour {
    /// One job on a hosted Linux runner, drawn from a family.
    #[must_use]
    pub fn drawn(family: Family, median: Seconds) -> Self {
        Self::with(Durations::Drawn { family, median })
    }

    /// One job on a hosted Linux runner, replayed from recorded runs; an empty list becomes a minute's success.
    #[must_use]
    pub fn replayed(mut recorded: Vec<Recorded>) -> Self {
        if recorded.is_empty() {
            recorded.push(Recorded {
                duration: Seconds::minutes(1),
                conclusion: Conclusion::Success,
            });
        }
        Self::with(Durations::Replayed(recorded))
    }

    /// Always succeeds after exactly this long: for tests that count seconds.
    #[must_use]
    pub fn fixed(duration: Seconds) -> Self {
        Self::replayed(vec![Recorded {
            duration,
            conclusion: Conclusion::Success,
        }])
    }

    /// The same with another number of jobs and other labels.
    #[must_use]
    pub fn on(self, jobs: u32, labels: &[&str]) -> Self {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        Self {
            jobs: jobs.max(1),
            labels,
            ..self
        }
    }

    /// The same with shares of cancelled and of re-run runs.
    #[must_use]
    pub fn disturbed(self, cancel_share: f64, rerun_share: f64) -> Self {
        Self {
            cancel_share,
            rerun_share,
            ..self
        }
    }

    fn with(durations: Durations) -> Self {
        let labels = vec!["ubuntu-latest".to_owned()];
        Self {
            durations,
            jobs: 1,
            labels,
            cancel_share: 0.0,
            rerun_share: 0.0,
        }
    }

    /// Decides one run: `level` is the workflow's own factor, moved here when its family shifts.
    pub(super) fn decide(&self, number: u64, level: &mut f64, draw: &mut Draw) -> Script {
        let script = match &self.durations {
            Durations::Drawn { family, median } => {
                *level *= family.shift(draw);
                let outcome = family.outcome(median.as_f64() * *level, draw);
                let skipped = draw.chance(family.skip_share);
                Script::of(outcome, skipped)
            }
            Durations::Replayed(recorded) => {
                let turn =
                    usize::try_from(number.saturating_sub(1)).unwrap_or(0) % recorded.len().max(1);
                recorded.get(turn).map_or(Script::NONE, |run| Script {
                    duration_seconds: run.duration.as_f64(),
                    conclusion: run.conclusion,
                })
            }
        };
        if script.conclusion == Conclusion::Success && draw.chance(self.cancel_share) {
            let duration_seconds = script.duration_seconds * draw.unit();
            return Script {
                duration_seconds,
                conclusion: Conclusion::Cancelled,
            };
        }
        script
    }
}

impl Default for Behaviour {
    /// A steady build of five minutes, as good as any workflow nobody said anything about.
    fn default() -> Self {
        Self::drawn(Family::STEADY_BUILD, Seconds::minutes(5))
    }
}

/// What one attempt of a run is going to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Script {
    /// How long its longest job works.
    pub(super) duration_seconds: f64,
    /// How it ends.
    pub(super) conclusion: Conclusion,
}

impl Script {
    const NONE: Self = Self {
        duration_seconds: 1.0,
        conclusion: Conclusion::Success,
    };

    fn of(outcome: Outcome, skipped: bool) -> Self {
        let conclusion = match (skipped, outcome.failed) {
            (true, _) => Conclusion::Skipped,
            (false, true) => Conclusion::Failure,
            (false, false) => Conclusion::Success,
        };
        Self {
            duration_seconds: outcome.duration_seconds,
            conclusion,
        }
    }
}
