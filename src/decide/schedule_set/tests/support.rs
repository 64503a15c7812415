//! Owners, sets and WorkflowSchedules to decide about.

use std::collections::BTreeMap;

use crate::{
    api::WorkflowScheduleSetStatus,
    decide::{
        known::{Cause, Known, Retry, Why},
        schedule_set::{
            Child, Content, Other, RepositoryFound, SetEffect, SetObject, SetSeen, SetWish, Survey,
            Wanted, WorkflowFound, decide,
        },
        seen::WorkflowState,
    },
    domain::{Timestamp, WorkflowId},
};

pub(super) fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

/// A set `ci/acme` of the owner `acme`; `more` is the rest of its spec.
pub(super) fn set(more: &str) -> SetObject {
    let spec = format!("{{connectionRef: {{name: acme}}, owner: acme, {more}}}");
    SetObject {
        identity: "ci/acme".to_owned(),
        generation: 1,
        requested_at: None,
        deleting: false,
        wish: SetWish::read(&serde_saphyr::from_str(&spec).unwrap()),
        before: WorkflowScheduleSetStatus::default(),
    }
}

pub(super) fn file(name: &str, content: Content) -> WorkflowFound {
    WorkflowFound {
        file: name.parse().unwrap(),
        state: WorkflowState::Active,
        content,
    }
}

pub(super) fn repository(name: &str, workflows: Vec<WorkflowFound>) -> RepositoryFound {
    RepositoryFound {
        name: format!("acme/{name}").parse().unwrap(),
        archived: false,
        fork: false,
        topics: Vec::new(),
        workflows: Known::Known(workflows),
    }
}

/// A repository with one scheduled workflow `nightly.yml`.
pub(super) fn nightly(name: &str) -> RepositoryFound {
    repository(name, vec![file("nightly.yml", Content::Scheduled)])
}

pub(super) fn seen(repositories: Vec<RepositoryFound>) -> SetSeen {
    SetSeen {
        survey: Known::Known(Survey {
            repositories,
            fates: BTreeMap::new(),
        }),
        children: Vec::new(),
        others: BTreeMap::new(),
        taken: std::collections::BTreeSet::new(),
    }
}

pub(super) fn unknown() -> Why {
    Why {
        cause: Cause::GitHubUnavailable,
        message: "GitHub answers with status 502".to_owned(),
        retry: Retry::Backoff,
    }
}

pub(super) fn id(repository: &str, file: &str) -> WorkflowId {
    WorkflowId {
        repository: format!("acme/{repository}").parse().unwrap(),
        file: file.parse().unwrap(),
    }
}

/// The object that an apply makes.
pub(super) fn made(wanted: &Wanted) -> Child {
    Child {
        name: wanted.name.clone(),
        uid: wanted
            .uid
            .clone()
            .unwrap_or_else(|| format!("uid of {}", wanted.name)),
        spec: wanted.spec.clone(),
        labels: wanted.labels.clone(),
        annotations: wanted.annotations.clone(),
        owned: true,
        deleting: false,
        created_at: Some(now()),
        has_forecast: false,
        accuracy: None,
        has_open_pull: false,
        waits: false,
    }
}

/// Does what was decided, as an API server does; the names of those that were deleted.
pub(super) fn carry_out(seen: &mut SetSeen, effects: &[SetEffect]) -> Vec<String> {
    let mut deleted = Vec::new();
    for effect in effects {
        match effect {
            SetEffect::Apply(wanted) => {
                seen.children.retain(|child| child.name != wanted.name);
                seen.children.push(made(wanted));
            }
            SetEffect::Delete { name, .. } => {
                seen.children.retain(|child| child.name != *name);
                deleted.push(name.clone());
            }
        }
    }
    deleted
}

/// Makes everything that a set wants of an owner.
pub(super) fn settle(object: &SetObject, seen: &mut SetSeen) {
    let effects = decide(object, seen).effects;
    carry_out(seen, &effects);
    assert_eq!(decide(object, seen).effects, [], "at rest");
}

pub(super) fn by_hand(name: &str) -> Other {
    Other {
        by_set: false,
        created_at: Some(now()),
        name: name.to_owned(),
    }
}
