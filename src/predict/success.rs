//! How likely the next run succeeds: several views of the past outcomes, mixed by how each fared.
//!
//! Every view is a decayed count, shrunk to what is usual (the mean of a Beta distribution); they differ in how fast they
//! forget and in which outcomes they count: all, those after an outcome like the last one, those of the same event, those
//! of the same branch. Weights fall exponentially with the decayed squared error of each. Views with a short memory must
//! earn their weight, so three successes of three say less than ninety-nine of a hundred, wherever the failure fell.

use serde::{Deserialize, Serialize};

use super::sample::Tags;
use crate::domain::{Circumstances, Conclusion, Permille, ProbabilityInterval, Run, Verdicts};

/// The mean success rate of 518 public series.
const USUAL_SHARE: f64 = 0.75;
/// What the prior weighs, in runs. Series differ so much that the data ask for little (0.5); two keep three successes of
/// three below ninety-nine of a hundred.
const PRIOR_RUNS: f64 = 2.0;
/// How many views there are.
const VIEWS: usize = 8;
/// Half-lives, in runs, of the views that count every outcome; the last one is what the others are shrunk to.
const HALF_LIVES: [f64; 4] = [2.0, 5.0, 15.0, 50.0];
/// After how many runs half of what followed a success, or a failure, is forgotten.
const AFTER_HALF_LIFE: f64 = 23.0;
/// The same for runs of the same event, and of the same branch.
const EVENT_HALF_LIFE: f64 = 15.0;
const BRANCH_HALF_LIFE: f64 = 5.0;
/// How many events and how many branches are told apart; the one unseen for longest makes room.
const TALLIES: usize = 8;
/// How sharply weight follows loss, and what a loss keeps of its weight with every run (half after 34 runs): the best of a
/// coarse search; against the running rate the Brier score falls by 36 % on 13,611 public runs, by 25 % with the best view
/// alone.
const LEARNING_RATE: f64 = 4.0;
const MEMORY: f64 = 0.98;
/// What each view weighs before it was tried: 2, 5, 15 and 50 runs; after the last outcome; event; branch; everything.
const TRUST: [f64; VIEWS] = [0.05, 0.1, 0.5, 1.0, 0.1, 0.5, 0.1, 1.0];

/// The quantile of the standard normal distribution below which nineteen in twenty of its values lie.
const NINETEEN_IN_TWENTY: f64 = 1.645;

/// How those fared who are near to a workflow; nothing known of them is `Verdicts::default()`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Prior {
    /// The other workflows of its repository.
    pub repository: Verdicts,
    /// The workflows of the owner's other repositories.
    pub owner: Verdicts,
}

impl Prior {
    /// The repository's rate, shrunk to that of the owner, and that to the rate of all workflows.
    fn share(self) -> f64 {
        shrunk(self.repository, shrunk(self.owner, USUAL_SHARE))
    }
}

/// A rate, shrunk to another one; more successes than verdicts count as all.
fn shrunk(verdicts: Verdicts, to: f64) -> f64 {
    let successes = f64::from(verdicts.successes.min(verdicts.total));
    (successes + PRIOR_RUNS * to) / (f64::from(verdicts.total) + PRIOR_RUNS)
}

/// What one view expects, and how many runs it rests on.
#[derive(Clone, Copy, Debug)]
struct View {
    share: f64,
    runs: f64,
}

/// Decayed outcomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Tally {
    successes: f32,
    total: f32,
}

impl Tally {
    #[allow(clippy::cast_possible_truncation)] // Decayed counts of some tens at most.
    fn count(&mut self, succeeded: bool, half_life: f64) {
        let keep = super::quantile::decay(1, half_life);
        self.successes = (f64::from(self.successes) * keep + f64::from(u8::from(succeeded))) as f32;
        self.total = (f64::from(self.total) * keep + 1.0) as f32;
    }

    /// The counts of two stretches of one history. How much the later one forgets of the earlier one is in its own total,
    /// which is a sum of powers of what a run keeps.
    #[allow(clippy::cast_possible_truncation)] // Decayed counts of some tens at most.
    fn then(self, later: Self, half_life: f64) -> Self {
        let keep = super::quantile::decay(1, half_life);
        let kept = (1.0 - f64::from(later.total) * (1.0 - keep)).max(0.0);
        let sum = |earlier: f32, later: f32| (f64::from(earlier) * kept + f64::from(later)) as f32;
        Self {
            successes: sum(self.successes, later.successes),
            total: sum(self.total, later.total),
        }
    }

    /// The share of successes, shrunk to another that is worth so many runs.
    fn view(&self, shrunk_to: f64, runs: f64) -> View {
        let total = f64::from(self.total) + runs;
        View {
            share: (f64::from(self.successes) + runs * shrunk_to) / total,
            runs: total,
        }
    }
}

/// Tallies by tag, the one that was counted last in front.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Tagged(Vec<(u32, Tally)>);

impl Tagged {
    fn of(&self, tag: u32) -> Tally {
        let found = self.0.iter().find(|(own, _)| *own == tag);
        found.map(|(_, tally)| *tally).unwrap_or_default()
    }

    /// The tallies of two stretches of one history.
    fn then(&self, later: &Self, half_life: f64) -> Self {
        let both = |(tag, tally): &(u32, Tally)| (*tag, self.of(*tag).then(*tally, half_life));
        let mut tallies: Vec<_> = later.0.iter().map(both).collect();
        let unseen = |(tag, _): &&(u32, Tally)| later.0.iter().all(|(seen, _)| seen != tag);
        tallies.extend(self.0.iter().filter(unseen));
        tallies.truncate(TALLIES);
        Self(tallies)
    }

    fn count(&mut self, tag: u32, succeeded: bool, half_life: f64) {
        let mut tally = self.of(tag);
        tally.count(succeeded, half_life);
        self.0.retain(|(own, _)| *own != tag);
        self.0.insert(0, (tag, tally));
        self.0.truncate(TALLIES);
    }
}

/// What the outcomes of a workflow's runs taught.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Outcomes {
    decayed: [Tally; HALF_LIVES.len()],
    after_failure: Tally,
    after_success: Tally,
    events: Tagged,
    branches: Tagged,
    successes: u32,
    verdicts: u32,
    last_succeeded: Option<bool>,
    losses: [f32; VIEWS],
}

impl Outcomes {
    /// Takes note of a run's outcome. Cancelled and skipped runs and later attempts say nothing.
    pub(super) fn learn(&mut self, run: &Run) {
        let verdict = run.conclusion.filter(|conclusion| conclusion.is_verdict());
        let Some(verdict) = verdict.filter(|_| run.attempt == 1) else {
            return;
        };
        let tags = Tags::from(&Circumstances::of(run));
        self.count(verdict == Conclusion::Success, tags);
    }

    fn count(&mut self, succeeded: bool, tags: Tags) {
        self.judge(succeeded, tags);
        for (tally, half_life) in self.decayed.iter_mut().zip(HALF_LIVES) {
            tally.count(succeeded, half_life);
        }
        match self.last_succeeded {
            Some(true) => self.after_success.count(succeeded, AFTER_HALF_LIFE),
            Some(false) => self.after_failure.count(succeeded, AFTER_HALF_LIFE),
            None => {}
        }
        self.events.count(tags.event, succeeded, EVENT_HALF_LIFE);
        self.branches
            .count(tags.branch, succeeded, BRANCH_HALF_LIFE);
        self.successes = self.successes.saturating_add(u32::from(succeeded));
        self.verdicts = self.verdicts.saturating_add(1);
        self.last_succeeded = Some(succeeded);
    }

    /// All verdicts since the beginning.
    pub(super) fn verdicts(&self) -> Verdicts {
        Verdicts {
            successes: self.successes,
            total: self.verdicts,
        }
    }

    /// What two stretches of one history taught.
    pub(super) fn then(&self, later: &Self) -> Self {
        let mut both = self.clone();
        for ((tally, later), half_life) in
            both.decayed.iter_mut().zip(later.decayed).zip(HALF_LIVES)
        {
            *tally = tally.then(later, half_life);
        }
        both.after_failure = self
            .after_failure
            .then(later.after_failure, AFTER_HALF_LIFE);
        both.after_success = self
            .after_success
            .then(later.after_success, AFTER_HALF_LIFE);
        both.events = self.events.then(&later.events, EVENT_HALF_LIFE);
        both.branches = self.branches.then(&later.branches, BRANCH_HALF_LIFE);
        both.successes = self.successes.saturating_add(later.successes);
        both.verdicts = self.verdicts.saturating_add(later.verdicts);
        both.last_succeeded = later.last_succeeded.or(self.last_succeeded);
        let keep = MEMORY.powf(f64::from(later.verdicts));
        for (loss, now) in both.losses.iter_mut().zip(later.losses) {
            #[allow(clippy::cast_possible_truncation)] // Between 0 and 50.
            let sum = (f64::from(*loss) * keep + f64::from(now)) as f32;
            *loss = sum;
        }
        both
    }

    /// The probability that the next first attempt succeeds, and the 90 % interval of it.
    ///
    /// The interval is that of a share seen in as many runs as the believed views rest on (Wilson, "Probable inference, the
    /// law of succession, and statistical inference", 1927): it stays between 0 and 1 and is never empty, even where every
    /// run succeeded. The variances of the views are what adds up, so their runs are averaged harmonically: a view of two
    /// runs that is believed makes the whole uncertain, however many another one has seen.
    pub(super) fn expect(
        &self,
        next: Tags,
        prior: Option<Prior>,
    ) -> (Permille, ProbabilityInterval) {
        let views = self.views(next, prior.unwrap_or_default().share());
        let least = self.losses.iter().copied().fold(f32::INFINITY, f32::min);
        let (mut share, mut runs, mut total) = (0.0, 0.0, 0.0);
        for ((view, loss), trust) in views.iter().zip(self.losses).zip(TRUST) {
            let weight = trust * (-LEARNING_RATE * f64::from(loss - least)).exp();
            share += weight * view.share;
            runs += weight / view.runs;
            total += weight;
        }
        let (share, runs) = (share / total, total / runs);
        (Permille::from_share(share), interval(share, runs))
    }

    /// Holds an outcome against what each view expected. The siblings have no part in it: theirs is no view of this workflow.
    fn judge(&mut self, succeeded: bool, tags: Tags) {
        let actual = f64::from(u8::from(succeeded));
        let views = self.views(tags, Prior::default().share());
        for (loss, view) in self.losses.iter_mut().zip(views) {
            #[allow(clippy::cast_possible_truncation)] // Between 0 and 50.
            let decayed = (f64::from(*loss) * MEMORY + (view.share - actual).powi(2)) as f32;
            *loss = decayed;
        }
    }

    fn views(&self, next: Tags, prior: f64) -> [View; VIEWS] {
        let [two, five, fifteen, fifty] = &self.decayed;
        let long = fifty.view(prior, PRIOR_RUNS);
        let after = match self.last_succeeded {
            Some(false) => self.after_failure,
            Some(true) | None => self.after_success,
        };
        let runs = f64::from(self.verdicts) + PRIOR_RUNS;
        let everything = View {
            share: (f64::from(self.successes) + PRIOR_RUNS * prior) / runs,
            runs,
        };
        [
            two.view(long.share, 1.0),
            five.view(long.share, 1.0),
            fifteen.view(long.share, 1.0),
            long,
            after.view(long.share, 3.0),
            self.events.of(next.event).view(long.share, 2.0),
            self.branches.of(next.branch).view(long.share, 1.0),
            everything,
        ]
    }
}

/// Between which probabilities a share that was seen in so many runs leaves the true one, nine times in ten.
fn interval(share: f64, runs: f64) -> ProbabilityInterval {
    let square = NINETEEN_IN_TWENTY.powi(2);
    let middle = (share + square / (2.0 * runs)) / (1.0 + square / runs);
    let variance = share * (1.0 - share) / runs + square / (4.0 * runs * runs);
    let half = NINETEEN_IN_TWENTY * variance.max(0.0).sqrt() / (1.0 + square / runs);
    ProbabilityInterval {
        lower: Permille::from_share(middle - half),
        upper: Permille::from_share(middle + half),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: Tags = Tags {
        event: 1,
        branch: 1,
        at: 0,
    };

    /// Outcomes whose true probability is known, from a generator that draws the same every time (Marsaglia, "Xorshift
    /// RNGs", 2003).
    fn outcomes(probability: f64, count: usize, seed: u64) -> Outcomes {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut outcomes = Outcomes::default();
        for _ in 0..count {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            #[allow(clippy::cast_precision_loss)]
            let drawn = (state >> 11) as f64 / (1_u64 << 53) as f64;
            outcomes.count(drawn < probability, NEXT);
        }
        outcomes
    }

    /// In how many of 300 series the interval holds the probability that drew them, and how wide it is on average, in
    /// permille.
    fn held(probability: f64, runs: usize) -> (usize, u32) {
        let intervals = (0..300).map(|seed| outcomes(probability, runs, seed).expect(NEXT, None).1);
        let (mut held, mut width) = (0, 0);
        for interval in intervals {
            let (lower, upper) = (interval.lower.share(), interval.upper.share());
            held += usize::from((lower..=upper).contains(&probability));
            width += u32::from(interval.upper.0 - interval.lower.0);
        }
        (held, width / 300)
    }

    #[test]
    fn the_interval_holds_the_true_probability_nine_times_in_ten_however_many_runs_there_are() {
        for probability in [0.5, 0.7, 0.8, 0.95, 0.99] {
            for runs in [10, 30, 100, 1_000, 3_000] {
                let (held, width) = held(probability, runs);
                println!("{probability} {runs}: {held} of 300, {width} permille wide");
                assert!(held >= 258, "{held} of 300 at {probability} after {runs}");
            }
        }
    }

    #[test]
    fn the_interval_narrows_with_runs_and_holds_the_probability() {
        let width = |runs: usize| {
            let (probability, interval) = outcomes(0.9, runs, 7).expect(NEXT, None);
            assert!(interval.lower <= probability && probability <= interval.upper);
            interval.upper.0 - interval.lower.0
        };
        assert!(
            width(0) > width(10) && width(10) > width(200),
            "{} {} {}",
            width(0),
            width(10),
            width(200)
        );
    }

    #[test]
    fn a_workflow_that_never_failed_is_not_certain_to_succeed() {
        let (_, interval) = outcomes(1.1, 500, 1).expect(NEXT, None);
        assert!(
            interval.lower < Permille(1000) && interval.upper >= Permille(990),
            "{interval:?}"
        );
    }
}
