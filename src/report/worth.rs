//! What forecasts that were stored before their runs were worth: overall, by workflow, and the latest ones.

use std::cmp::Reverse;

use serde::Serialize;

use crate::{
    domain::{Located, Score},
    track::{Accuracy, accuracy},
};

/// How many of the newest comparisons are listed.
const LATEST: usize = 10;

/// All figures, as data.
#[derive(Debug, Serialize)]
pub(crate) struct Worth {
    pub(crate) overall: Accuracy,
    pub(crate) workflows: Vec<WorthOf>,
    pub(crate) latest: Vec<Compared>,
}

/// The figures of one workflow.
#[derive(Debug, Serialize)]
pub(crate) struct WorthOf {
    pub(crate) workflow: String,
    #[serde(flatten)]
    pub(crate) accuracy: Accuracy,
}

/// One comparison.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Compared {
    pub(crate) workflow: String,
    #[serde(flatten)]
    pub(crate) score: Score,
}

impl Worth {
    /// What the scores of these workflows add up to; none where no duration was compared.
    pub(crate) fn of<'a>(
        recorded: impl Iterator<Item = (&'a Located, &'a [Score])> + Clone,
    ) -> Option<Self> {
        let all: Vec<Score> = recorded
            .clone()
            .flat_map(|(_, scores)| scores.iter().cloned())
            .collect();
        let workflow = |(workflow, scores): (&Located, &[Score])| {
            Some(WorthOf {
                workflow: workflow.to_string(),
                accuracy: accuracy(scores)?,
            })
        };
        Some(Self {
            overall: accuracy(&all)?,
            workflows: recorded.clone().filter_map(workflow).collect(),
            latest: latest(recorded),
        })
    }

    /// The workflows, from the one that is forecast best to the one that is forecast worst.
    pub(crate) fn ranked(&self) -> Vec<&WorthOf> {
        let mut ranked: Vec<&WorthOf> = self.workflows.iter().collect();
        ranked.sort_by_key(|one| {
            let accuracy = &one.accuracy;
            (
                Reverse(accuracy.score),
                accuracy.median_error,
                &one.workflow,
            )
        });
        ranked
    }
}

/// The newest comparisons of durations, the newest first.
fn latest<'a>(recorded: impl Iterator<Item = (&'a Located, &'a [Score])>) -> Vec<Compared> {
    let compared = recorded.flat_map(|(workflow, scores)| {
        let durations = scores.iter().filter(|score| score.duration.is_some());
        durations.rev().take(LATEST).map(move |score| Compared {
            workflow: workflow.to_string(),
            score: score.clone(),
        })
    });
    let mut latest: Vec<Compared> = compared.collect();
    latest.sort_by(|a, b| {
        (b.score.finished_at, &b.workflow).cmp(&(a.score.finished_at, &a.workflow))
    });
    latest.truncate(LATEST);
    latest
}
