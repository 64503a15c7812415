//! The pull requests that the schedules' status tells of, as the dashboard takes them.

use super::Shell;
use crate::{
    api::{WorkflowSchedule, WorkflowScheduleStatus},
    domain::{Host, Located, WorkflowId},
    web::dashboard::Pull,
};

impl Shell {
    /// The newest pull request of every WorkflowSchedule that has one.
    #[must_use]
    pub fn pulls(&self) -> Vec<Pull> {
        let declared = self.manifests().schedules.iter();
        let told = declared.filter_map(|(identity, schedule)| {
            let status = self.schedules().get(identity)?;
            let connection = &schedule.spec.connection_ref.name;
            let host = self.host(identity.split_once('/')?.0, connection)?;
            pull(schedule, status, host)
        });
        told.collect()
    }
}

fn pull(schedule: &WorkflowSchedule, status: &WorkflowScheduleStatus, host: Host) -> Option<Pull> {
    let pull = status.pull_request.as_ref()?;
    Some(Pull {
        workflow: Located {
            host,
            id: WorkflowId {
                repository: schedule.spec.repository.parse().ok()?,
                file: schedule.spec.workflow.parse().ok()?,
            },
        },
        number: pull.number,
        url: pull.url.clone(),
        state: pull.state.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::workflow_schedule::status::PullRequestStatus;

    const NIGHTLY: &str = "
apiVersion: cronwright.dev/v1alpha1
kind: WorkflowSchedule
metadata: {name: nightly, namespace: ci}
spec:
  connectionRef: {name: acme}
  repository: acme/payments
  workflow: nightly.yml
";

    #[test]
    fn a_pull_request_is_told_with_the_workflow_that_it_changes() {
        let schedule: WorkflowSchedule = serde_saphyr::from_str(NIGHTLY).unwrap();
        let mut status = WorkflowScheduleStatus::default();
        assert_eq!(pull(&schedule, &status, Host::default()), None);
        status.pull_request = Some(PullRequestStatus {
            number: 7,
            url: "https://github.com/acme/payments/pull/7".to_owned(),
            state: "Open".to_owned(),
            label: "#7 open".to_owned(),
            digest: "0f".repeat(32),
        });
        let told = pull(&schedule, &status, Host::default()).unwrap();
        assert_eq!(told.workflow.to_string(), "acme/payments/nightly.yml");
        assert_eq!((told.number, told.state.as_str()), (7, "Open"));
    }
}
