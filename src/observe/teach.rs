//! From a workflow's evidence to its forecast: what was learned before is carried on, and kept for the next time.

use super::view::View;
use crate::{
    domain::{Circumstances, Forecast, Schedule, Timestamp, WorkflowFile, WorkflowId},
    predict::{self, Evidence, Learner, MODEL, Prior},
    store::{Store, StoreError},
};

/// How many of a sibling's verdicts count at most: a busy one must not speak for all.
const SIBLING_RUNS: u32 = 20;
/// In how fine steps the siblings' rate is told once they have as many verdicts: twentieths. It weighs two runs, so that a
/// twentieth moves nobody's forecast by much, and every run of a sibling must not move all of them a little.
const STEPS: u32 = 20;

/// What is known of the runs to come besides their history.
#[derive(Clone, Debug, Default)]
pub(super) struct Prospect {
    /// The repository's default branch: the one that schedules run for.
    pub(super) branch: Option<String>,
    /// How the other workflows of the repository fare.
    pub(super) prior: Option<Prior>,
}

impl Prospect {
    /// What a view tells of a workflow's next run.
    pub(super) fn of(view: &View, file: &WorkflowFile) -> Self {
        let siblings = view.lessons.iter().filter(|(other, _)| *other != file);
        Self {
            branch: view
                .repository
                .as_ref()
                .map(|seen| seen.default_branch.clone()),
            prior: together(siblings.map(|(_, lesson)| lesson.tally)),
        }
    }
}

/// How siblings fared together. Rests on their verdicts and not on their forecasts, which rest on this one in their turn.
fn together(tallies: impl Iterator<Item = Prior>) -> Option<Prior> {
    let (mut share, mut verdicts) = (0.0, 0);
    for tally in tallies.filter(|tally| tally.verdicts > 0) {
        let counted = tally.verdicts.min(SIBLING_RUNS);
        share += f64::from(counted) * f64::from(tally.successes) / f64::from(tally.verdicts);
        verdicts += counted;
    }
    let told = verdicts.min(STEPS);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Between 0 and 20.
    let successes = (f64::from(told) * share / f64::from(verdicts.max(1))).round() as u32;
    (verdicts > 0).then_some(Prior {
        successes,
        verdicts: told,
    })
}

/// Forecasts the next scheduled run, and tells how the workflow fared.
pub(super) async fn forecast(
    store: &Store,
    workflow: &WorkflowId,
    schedules: &[Schedule],
    prospect: &Prospect,
    evidence: Evidence<'_>,
    now: Timestamp,
) -> Result<(Option<Forecast>, Prior), StoreError> {
    let checkpoint = store.learner(workflow, MODEL).await?;
    let before = checkpoint.and_then(|bytes| Learner::from_bytes(&bytes));
    let next_fires = schedules
        .iter()
        .filter_map(|schedule| schedule.fires(now).next());
    let evidence = Evidence {
        prior: prospect.prior,
        next: Some(Circumstances {
            event: "schedule",
            branch: prospect.branch.as_deref(),
            at: next_fires.min().unwrap_or(now),
        }),
        ..evidence
    };
    let (learner, forecast) = predict::carry_on(before.clone().unwrap_or_default(), &evidence, now);
    if before.as_ref() != Some(&learner) {
        store
            .put_learner(workflow, MODEL, &learner.to_bytes(), now)
            .await?;
    }
    Ok((forecast, learner.tally()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prior(tallies: &[(u32, u32)]) -> Option<(u32, u32)> {
        let tally = |(successes, verdicts): &(u32, u32)| Prior {
            successes: *successes,
            verdicts: *verdicts,
        };
        together(tallies.iter().map(tally)).map(|prior| (prior.successes, prior.verdicts))
    }

    #[test]
    fn siblings_count_alike_however_busy_one_is_and_no_runs_tell_nothing() {
        assert_eq!(prior(&[(900, 1_000), (10, 20)]), Some((14, 20)));
        assert_eq!(prior(&[(9, 10), (5, 9)]), Some((14, 19)));
        assert_eq!(prior(&[(0, 0)]), None);
    }

    #[test]
    fn one_more_run_of_a_sibling_seldom_tells_anything_new() {
        let told: Vec<_> = (20..60)
            .map(|runs| prior(&[(runs, runs + 1), (19, 20)]))
            .collect();
        assert_eq!(told, [Some((19, 20)); 40]);
    }
}
