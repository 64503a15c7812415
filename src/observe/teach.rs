//! From a workflow's evidence to its forecast: what was learned before is carried on, and kept for the next time.

use super::{kin::Kin, view::View};
use crate::{
    domain::{
        Circumstances, Forecast, Run, Schedule, Timestamp, Verdicts, WorkflowFile, WorkflowId,
    },
    predict::{self, Evidence, Learner, MODEL, Prior},
    store::{Store, StoreError},
};

/// How many of a sibling's verdicts count at most: a busy one must not speak for all.
const SIBLING_RUNS: u32 = 20;
/// In how fine steps the siblings' rate is told once they have as many verdicts: twentieths. It weighs two runs, so that a
/// twentieth moves nobody's forecast by much, and every run of a sibling must not move all of them a little.
const STEPS: u32 = 20;

/// Who has fewer verdicts of its own is told how the owner's other repositories fare, where the repository itself says little.
/// On young public workflows that have no sibling this lowers the Brier score from 0.181 to 0.172 (`benches/peers/kin.py`).
const YOUNG_RUNS: u32 = 10;

/// What is known of the runs to come besides their history.
#[derive(Clone, Debug, Default)]
pub(super) struct Prospect {
    /// The repository's default branch: the one that schedules run for.
    pub(super) branch: Option<String>,
    /// How the other workflows of the repository fare.
    pub(super) siblings: Verdicts,
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
            siblings: together(siblings.map(|(_, lesson)| lesson.verdicts)),
        }
    }
}

/// How several workflows fared together. Rests on their verdicts and not on their forecasts, which rest on this one in their
/// turn.
fn together(each: impl Iterator<Item = Verdicts>) -> Verdicts {
    let (mut share, mut total) = (0.0, 0);
    for verdicts in each.filter(|verdicts| verdicts.total > 0) {
        let counted = verdicts.total.min(SIBLING_RUNS);
        share += f64::from(counted) * f64::from(verdicts.successes) / f64::from(verdicts.total);
        total += counted;
    }
    let told = total.min(STEPS);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Between 0 and 20.
    let successes = (f64::from(told) * share / f64::from(total.max(1))).round() as u32;
    Verdicts {
        successes,
        total: told,
    }
}

/// How the owner's other repositories fare, where a young workflow has little else to go by.
pub(super) async fn owner(
    (store, kin): (&Store, &Kin),
    workflow: &WorkflowId,
    own: u32,
    siblings: Verdicts,
    now: Timestamp,
) -> Result<Verdicts, StoreError> {
    if own >= YOUNG_RUNS || siblings.total >= STEPS {
        return Ok(Verdicts::default());
    }
    let elsewhere = kin.elsewhere(store, &workflow.repository, now).await?;
    Ok(together(elsewhere.into_iter()))
}

/// What a history teaches.
pub(super) struct Told {
    pub(super) forecast: Option<Forecast>,
    /// How the workflow fared.
    pub(super) verdicts: Verdicts,
    /// How the owner's other repositories fared, where that was asked for.
    pub(super) owner: Verdicts,
}

/// Forecasts the next scheduled run, and tells how the workflow fared.
pub(super) async fn forecast(
    (store, kin): (&Store, &Kin),
    workflow: &WorkflowId,
    schedules: &[Schedule],
    prospect: &Prospect,
    evidence: Evidence<'_>,
    now: Timestamp,
) -> Result<Told, StoreError> {
    let checkpoint = store.learner(workflow, MODEL).await?;
    let before = checkpoint.and_then(|bytes| Learner::from_bytes(&bytes));
    let next_fires = schedules
        .iter()
        .filter_map(|schedule| schedule.fires(now).next());
    // Counted in the runs themselves: a first look has learned nothing yet, and whom it finds need not be young.
    let own = evidence.runs.iter().filter(|run| is_verdict(run)).count();
    let own = u32::try_from(own).unwrap_or(u32::MAX);
    let repository = prospect.siblings;
    let owner = owner((store, kin), workflow, own, repository, now).await?;
    let evidence = Evidence {
        prior: Some(Prior { repository, owner }),
        next: Some(Circumstances {
            event: "schedule",
            branch: prospect.branch.as_deref(),
            at: next_fires.min().unwrap_or(now),
        }),
        ..evidence
    };
    let (learner, forecast) = predict::carry_on(before.clone().unwrap_or_default(), &evidence, now);
    let forecast = if before.as_ref() == Some(&learner) {
        as_told(store, workflow, forecast, now).await?
    } else {
        store
            .put_learner(
                workflow,
                MODEL,
                &learner.to_bytes(),
                learner.verdicts(),
                now,
            )
            .await?;
        forecast
    };
    Ok(Told {
        forecast,
        verdicts: learner.verdicts(),
        owner,
    })
}

/// A forecast as it was told before, where no run has come since and it says no more than that.
async fn as_told(
    store: &Store,
    workflow: &WorkflowId,
    forecast: Option<Forecast>,
    now: Timestamp,
) -> Result<Option<Forecast>, StoreError> {
    let told = store.forecast_before(workflow, now).await?;
    let same = |told: &Forecast| {
        let forecast = forecast.as_ref();
        forecast.is_some_and(|forecast| predict::says_the_same(forecast, told))
    };
    Ok(told.filter(same).or(forecast))
}

/// Whether a run ended by itself at its first attempt.
fn is_verdict(run: &Run) -> bool {
    run.attempt == 1 && run.conclusion.is_some_and(|end| end.is_verdict())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Conclusion, RunId, RunStatus, Seconds, TimeZone};

    fn told(each: &[(u32, u32)]) -> (u32, u32) {
        let verdicts = |(successes, total): &(u32, u32)| Verdicts {
            successes: *successes,
            total: *total,
        };
        let together = together(each.iter().map(verdicts));
        (together.successes, together.total)
    }

    /// A night's run, longer on every third one.
    fn night(number: u64) -> Run {
        let created_at = Timestamp::UNIX_EPOCH + Seconds::hours(24 * number + 3).to_delta();
        let took = Seconds(600 + number % 3 * 40);
        Run {
            id: RunId(number + 1),
            attempt: 1,
            workflow: "nightly.yml".parse().unwrap(),
            event: "schedule".to_owned(),
            status: RunStatus::Completed,
            conclusion: Some(Conclusion::Success),
            head_branch: Some("main".to_owned()),
            head_sha: String::new(),
            created_at,
            started_at: created_at,
            updated_at: created_at + took.to_delta(),
        }
    }

    #[tokio::test]
    async fn a_forecast_is_told_as_before_until_a_run_comes_or_it_says_something_else() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let workflow = WorkflowId {
            repository: "acme/app".parse().unwrap(),
            file: "nightly.yml".parse().unwrap(),
        };
        let nights: Vec<_> = (0..41).map(night).collect();
        let nightly = [Schedule {
            cron: "0 3 * * *".parse().unwrap(),
            time_zone: TimeZone::UTC,
        }];
        let mut made = Vec::new();
        for (runs, hours) in [(40, 0), (40, 1), (40, 19), (41, 24)] {
            let evidence = Evidence {
                runs: &nights[..runs],
                ..Evidence::default()
            };
            let now = night(39).updated_at
                + chrono::TimeDelta::hours(hours)
                + chrono::TimeDelta::minutes(1);
            let prospect = Prospect::default();
            let memory = (&store, &Kin::default());
            let told = forecast(memory, &workflow, &nightly, &prospect, evidence, now).await;
            let told = told.unwrap().forecast.unwrap();
            store.put_forecast(&workflow, &told).await.unwrap();
            made.push(told.made_at == now);
        }
        assert_eq!(made, [true, false, false, true]);
    }

    #[test]
    fn siblings_count_alike_however_busy_one_is_and_no_runs_tell_nothing() {
        assert_eq!(told(&[(900, 1_000), (10, 20)]), (14, 20));
        assert_eq!(told(&[(9, 10), (5, 9)]), (14, 19));
        assert_eq!(told(&[(0, 0)]), (0, 0));
    }

    #[test]
    fn one_more_run_of_a_sibling_seldom_tells_anything_new() {
        let each = (20..60).map(|runs| told(&[(runs, runs + 1), (19, 20)]));
        assert_eq!(each.collect::<Vec<_>>(), [(19, 20); 40]);
    }
}
