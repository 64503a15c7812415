//! The pull requests that the schedules' status tells of, as the dashboard takes them.

use super::Shell;
use crate::{domain::WorkflowId, web::dashboard::Pull};

impl Shell {
    /// The newest pull request of every WorkflowSchedule that has one.
    #[must_use]
    pub fn pulls(&self) -> Vec<Pull> {
        let pull = |(identity, schedule): (&String, &crate::api::WorkflowSchedule)| {
            let pull = self.schedules().get(identity)?.pull_request.as_ref()?;
            Some(Pull {
                workflow: WorkflowId {
                    repository: schedule.spec.repository.parse().ok()?,
                    file: schedule.spec.workflow.parse().ok()?,
                },
                number: pull.number,
                url: pull.url.clone(),
                state: pull.state.clone(),
            })
        };
        self.manifests().schedules.iter().filter_map(pull).collect()
    }
}
