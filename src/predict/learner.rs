//! What a workflow's runs have taught so far: a state of constant size that grows wiser with every run.
//!
//! Owns the order of learning. One run costs the same after a thousand runs as after ten, and the state stays below 4 KiB,
//! so it is kept between looks and stored as a checkpoint; it can always be learned anew from the runs themselves.

use serde::{Deserialize, Serialize};

use super::{
    MODEL, Prior,
    confidence::confidence,
    expert::opinions,
    mixture::Mixture,
    sample::{Sample, Tags, tag},
    spread::{Band, Seen, Spread},
    success::Outcomes,
    window::Window,
};
use crate::domain::{
    Circumstances, Forecast, Interval, Quantiles, Run, RunId, Seconds, Timestamp, Verdicts,
};

/// How many of the runs learned last must be found again for a checkpoint to be carried on: what GitHub tells late or anew is
/// among its latest runs.
const RECOGNISED: usize = 64;

/// The number of a layout: bytes of another one are no checkpoint of this version's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Layout(u8);

impl Default for Layout {
    fn default() -> Self {
        Self(3)
    }
}

/// A workflow's history, distilled.
///
/// Guarantees: the same runs in the same order give the same state, on every machine with the same floating point; nothing
/// that a run can say makes it panic; it stays below 4 KiB.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Learner {
    /// How these bytes are laid out.
    layout: Layout,
    window: Window,
    /// How many evident durations were learned.
    samples: u64,
    /// How many runs were learned, whatever they are evidence of.
    runs: u64,
    mixture: Mixture,
    spread: Spread,
    outcomes: Outcomes,
    /// The marks of the runs learned last, whatever they are evidence of.
    recent: Vec<u32>,
    /// The end, number and attempt of the run that was learned last.
    through: Option<(i64, RunId, u32)>,
}

impl Learner {
    /// The state as a checkpoint.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).expect("memory holds a few kilobytes")
    }

    /// The state of a checkpoint; `None` where it is not one that this version wrote, which costs learning anew.
    #[must_use]
    pub fn from_bytes(checkpoint: &[u8]) -> Option<Self> {
        let learner: Self = postcard::from_bytes(checkpoint).ok()?;
        (learner.layout == Layout::default()).then_some(learner)
    }

    /// How many evident durations were learned.
    #[must_use]
    pub fn samples(&self) -> u32 {
        u32::try_from(self.samples).unwrap_or(u32::MAX)
    }

    /// How the workflow fared: what its siblings may be told.
    #[must_use]
    pub fn verdicts(&self) -> Verdicts {
        self.outcomes.verdicts()
    }

    /// Learns one completed run. Runs come in order of their ends.
    pub fn learn(&mut self, run: &Run) {
        self.runs += 1;
        self.outcomes.learn(run);
        if let Some(sample) = Sample::of(run) {
            self.judge(&sample);
            self.window.push(sample);
            self.samples += 1;
        }
        if self.recent.len() == RECOGNISED {
            self.recent.remove(0);
        }
        self.recent.push(mark(run));
        self.through = Some(key(run));
    }

    /// What two learners know of one workflow together: of a history that was cut in two by a rename, a move to another
    /// store, or work shared out.
    ///
    /// Which one is given first does not matter: the one that learned the later runs follows the other. Merging with a
    /// learner that knows nothing, or the very same, changes nothing. Of stretches that follow one another it forecasts
    /// nearly what learning all of them would; runs that both have learned are counted twice, save in the durations
    /// that are remembered.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let order = |learner: &Self| (learner.through, learner.runs, learner.to_bytes());
        let (earlier, later) = if order(self) <= order(other) {
            (self, other)
        } else {
            (other, self)
        };
        if earlier.through.is_none() || earlier == later {
            return later.clone();
        }
        let mut merged = Self {
            layout: Layout::default(),
            window: earlier.window.merge(&later.window),
            samples: earlier.samples.saturating_add(later.samples),
            runs: earlier.runs.saturating_add(later.runs),
            mixture: earlier.mixture.then(&later.mixture, later.samples),
            spread: earlier.spread.clone().then(&later.spread),
            outcomes: earlier.outcomes.then(&later.outcomes),
            recent: [earlier.recent.as_slice(), &later.recent].concat(),
            through: later.through,
        };
        merged
            .recent
            .drain(..merged.recent.len().saturating_sub(RECOGNISED));
        merged
    }

    /// Learns those of a workflow's runs that it has not learned yet, or all of them anew where what it knows is not what
    /// these runs tell. They are complete and in order of their ends.
    pub(super) fn catch_up(self, runs: &[&Run]) -> Self {
        let known = self
            .through
            .map_or(0, |through| runs.partition_point(|run| key(run) <= through));
        let (mut learner, fresh) = if self.recognises(&runs[..known]) {
            (self, &runs[known..])
        } else {
            (Self::default(), runs)
        };
        fresh.iter().for_each(|run| learner.learn(run));
        learner
    }

    /// Whether the newest of these runs are the ones that were learned last, and there are not more of them than were
    /// learned: of what was let go since there may be fewer.
    fn recognises(&self, runs: &[&Run]) -> bool {
        let told = runs.len().checked_sub(self.recent.len());
        let marks = |from: usize| runs[from..].iter().map(|run| mark(run));
        runs.len() as u64 <= self.runs
            && told.is_some_and(|from| marks(from).eq(self.recent.iter().copied()))
    }

    /// Forecasts a run from what was learned; `None` while no run was evidence of a duration.
    pub fn forecast(
        &self,
        next: &Circumstances<'_>,
        prior: Option<Prior>,
        now: Timestamp,
    ) -> Option<Forecast> {
        let tags = Tags::from(next);
        let like = self.window.like(tags, i64::MAX);
        let level = self.mixture.blend(&opinions(&like.samples, tags)?);
        let band = self.band(level, &like.samples);
        let (success, success_interval) = self.outcomes.expect(tags, prior);
        Some(Forecast {
            made_at: now,
            model: MODEL.to_owned(),
            duration: Quantiles {
                p50: seconds(level),
                p90: seconds(level + band.p90),
            },
            interval: Interval {
                lower: seconds(level + band.lower),
                upper: seconds(level + band.upper),
            },
            queue: Quantiles::default(),
            lateness: Quantiles::default(),
            success,
            success_interval,
            confidence: confidence(&self.spread, like.samples.len()),
            samples: self.samples(),
            drift_since: like
                .drift_since
                .and_then(|at| Timestamp::from_timestamp(at, 0)),
        })
    }

    /// Holds a duration against what would have been forecast before its run was created.
    fn judge(&mut self, sample: &Sample) {
        let samples = self.window.like(sample.tags, sample.tags.at).samples;
        if let Some(opinions) = opinions(&samples, sample.tags) {
            let (actual, level) = (sample.log(), self.mixture.blend(&opinions));
            let told = self.band(level, &samples);
            self.spread.learn(actual - level, &told);
            self.mixture.learn(&opinions, actual);
        }
    }

    fn band(&self, level: f64, samples: &[Sample]) -> Band {
        self.spread
            .band(&Seen::of(level, samples.iter().map(Sample::log)))
    }
}

/// What orders runs: the end, then the number and attempt.
fn key(run: &Run) -> (i64, RunId, u32) {
    (run.updated_at.timestamp(), run.id, run.attempt)
}

/// Tells a run, as it was reported, from every other.
fn mark(run: &Run) -> u32 {
    let conclusion: &str = run.conclusion.map_or("none", Into::into);
    let times = [run.created_at, run.started_at, run.updated_at].map(|at| at.timestamp());
    tag(&format!(
        "{} {} {conclusion} {times:?}",
        run.id.0, run.attempt
    ))
}

/// Whole seconds, at least one: no run takes none.
fn seconds(log_duration: f64) -> Seconds {
    Seconds::from_f64(log_duration.exp()).max(Seconds(1))
}
