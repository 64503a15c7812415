//! What a test sees of a town, and the faults it puts there.

use cronwright::{
    api::{
        WorkflowScheduleStatus,
        condition::{Condition, ConditionStatus, find},
    },
    domain::RepositoryName,
    simulate::{Fault, FaultKind, PullView},
};

use super::{FILE, Town, app};

impl Town {
    pub fn status(&self, name: &str) -> &WorkflowScheduleStatus {
        &self.residents[name].status
    }

    /// A condition as `Status/Reason`, such as `True/AsWished`; empty where it is absent.
    pub fn condition(&self, name: &str, kind: &str) -> String {
        find(&self.status(name).conditions, kind).map_or(String::new(), short)
    }

    /// A condition's message.
    pub fn message(&self, name: &str, kind: &str) -> String {
        let found = find(&self.status(name).conditions, kind);
        found.map_or(String::new(), |found| found.message.clone())
    }

    pub fn events(&self, name: &str) -> Vec<&str> {
        let events = &self.residents[name].events;
        events.iter().map(|event| event.reason.as_str()).collect()
    }

    pub fn pulls(&self) -> Vec<PullView> {
        self.pulls_of(&app())
    }

    pub fn pulls_of(&self, repository: &RepositoryName) -> Vec<PullView> {
        self.on(|world| world.pulls(repository)).unwrap()
    }

    pub fn open_pulls(&self) -> Vec<PullView> {
        self.pulls().into_iter().filter(|pull| pull.open).collect()
    }

    /// The text of a file of `acme/app` at a branch.
    pub fn file(&self, branch: &str, path: &str) -> String {
        let bytes = self.on(|world| world.file(&app(), branch, path));
        String::from_utf8(bytes.unwrap_or_default()).unwrap()
    }

    /// Commits a file to a branch, as a person.
    pub fn push(&self, branch: &str, path: &str, text: &str) {
        self.on(|world| world.push_to(&app(), branch, path, text.as_bytes()))
            .unwrap();
    }

    pub fn fault(&self, fault: Fault) {
        self.on(|world| world.faults().push(fault));
    }

    pub fn once(&self, matching: &str, kind: FaultKind) {
        self.fault(Fault::once(matching, kind));
    }

    /// How many requests there were since the log was cleared last.
    pub fn requests(&self) -> usize {
        self.on(|world| world.requests().log().len())
    }

    pub fn clear_requests(&self) {
        self.on(|world| world.requests_mut().clear());
    }

    /// Whether a branch of `acme/app` exists.
    pub fn has_branch(&self, branch: &str) -> bool {
        !self.file(branch, FILE).is_empty()
    }
}

fn short(condition: &Condition) -> String {
    let status = match condition.status {
        ConditionStatus::True => "True",
        ConditionStatus::False => "False",
        ConditionStatus::Unknown => "Unknown",
    };
    format!("{status}/{}", condition.reason)
}

pub(super) fn reasons(conditions: &[Condition]) -> Vec<String> {
    let told = |one: &&Condition| {
        ["Ready", "InSync", "Stalled", "Reconciling"].contains(&one.kind.as_str())
    };
    conditions
        .iter()
        .filter(told)
        .map(|one| format!("{} {}", one.kind, short(one)))
        .collect()
}
