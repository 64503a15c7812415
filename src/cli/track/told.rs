//! What is told of a run that was recorded by hand.

use serde::Serialize;

use crate::{
    cli::page::{Content, Page},
    domain::{Conclusion, Forecast, Located, Run, Score, Seconds, Timestamp},
};

/// A recorded run, its comparison, and the next forecast.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    workflow: String,
    run: u64,
    /// Whether it was recorded now; else it was recorded before.
    new: bool,
    /// Whether what was said of it this time is not what was recorded.
    is_told_otherwise: bool,
    started_at: Timestamp,
    ended_at: Timestamp,
    duration: Seconds,
    succeeded: bool,
    /// The comparison with what was forecast before the run; none where nothing was.
    score: Option<Score>,
    /// What is expected of the next run now.
    next: Option<Forecast>,
}

/// What is said of a run.
fn facts(run: &Run) -> (Timestamp, Timestamp, Option<Conclusion>) {
    (run.started_at, run.updated_at, run.conclusion)
}

impl Told {
    pub(super) fn new(
        workflow: &Located,
        (said, run): (&Run, &Run),
        new: bool,
        score: Option<Score>,
        next: Option<Forecast>,
    ) -> Self {
        Self {
            workflow: workflow.to_string(),
            run: run.id.0,
            new,
            is_told_otherwise: facts(said) != facts(run),
            started_at: run.started_at,
            ended_at: run.updated_at,
            duration: Seconds::between(run.started_at, run.updated_at),
            succeeded: run.conclusion == Some(Conclusion::Success),
            score,
            next,
        }
    }

    pub(super) fn page(&self) -> Page {
        let title = if self.new {
            format!("Recorded run {} of {}", self.run, self.workflow)
        } else {
            let otherwise = if self.is_told_otherwise {
                ", and what is told of it now was not taken"
            } else {
                ""
            };
            format!(
                "Run {} of {} was recorded before; it stays as it was{otherwise}",
                self.run, self.workflow
            )
        };
        let time = |at: Timestamp| at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
        let facts = [
            (
                "ran",
                format!("{} to {}", time(self.started_at), time(self.ended_at)),
            ),
            ("took", self.duration.to_string()),
            (
                "ended",
                if self.succeeded { "well" } else { "badly" }.to_owned(),
            ),
            ("forecast", self.forecast()),
            ("error", self.error()),
            ("next run", self.next()),
        ];
        let facts = facts.map(|(name, value)| (name.to_owned(), value)).into();
        Page::new(title).with("", Content::Facts(facts))
    }

    fn forecast(&self) -> String {
        let Some(score) = &self.score else {
            return "none was stored before this run began".to_owned();
        };
        let duration = score.duration.map_or_else(String::new, |duration| {
            format!("{} to {} (p50 to p90), ", duration.p50, duration.p90)
        });
        let made_at = score.forecast_made_at.format("%Y-%m-%d %H:%M:%S UTC");
        format!("{duration}success {}, told on {made_at}", score.success)
    }

    fn error(&self) -> String {
        let Some(score) = &self.score else {
            return "-".to_owned();
        };
        let Some(duration) = score.duration else {
            return "no duration is compared: only runs that succeed tell how long they take"
                .to_owned();
        };
        let inside = if duration.covered {
            "inside"
        } else {
            "outside"
        };
        format!(
            "{}.{}% of the actual, {inside} the 90% interval",
            duration.error_permille / 10,
            duration.error_permille % 10
        )
    }

    fn next(&self) -> String {
        self.next.as_ref().map_or_else(
            || "no forecast until a run has succeeded".to_owned(),
            |next| {
                format!(
                    "{} to {} (p50 to p90), success {}, confidence {}, from {} runs",
                    next.duration.p50,
                    next.duration.p90,
                    next.success,
                    next.confidence,
                    next.samples
                )
            },
        )
    }
}
