//! What holds for any owner and any WorkflowSchedules.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*};

use super::support::{by_hand, carry_out, file, id, now, repository, seen, set, unknown};
use crate::{
    decide::{
        known::Known,
        schedule_set::{
            Content, RepositoryFound, SetEffect, SetSeen, child_name, conclude, decide,
        },
        seen::WorkflowState,
    },
    domain::WorkflowId,
};

const NAMES: [&str; 5] = ["app", "web", "a.b", "a-b", "A_B"];
const FILES: [&str; 3] = ["nightly.yml", "nightly.yaml", "night-ly.yml"];

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        4 => Just(Content::Scheduled),
        1 => Just(Content::NoSchedule),
        1 => Just(Content::Generated),
        1 => Just(Content::Unknown(unknown())),
    ]
}

fn state() -> impl Strategy<Value = WorkflowState> {
    prop_oneof![
        4 => Just(WorkflowState::Active),
        1 => Just(WorkflowState::DisabledInactivity),
    ]
}

fn some_repository(name: &'static str) -> impl Strategy<Value = Option<RepositoryFound>> {
    let files = vec(proptest::option::of((content(), state())), FILES.len());
    (
        any::<bool>(),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.1),
        files,
    )
        .prop_map(move |(there, archived, unread, files)| {
            let files = FILES.iter().zip(files).filter_map(|(name, found)| {
                let (content, state) = found?;
                let mut found = file(name, content);
                found.state = state;
                Some(found)
            });
            let mut found = repository(name, files.collect());
            found.archived = archived;
            if unread {
                found.workflows = Known::Unknown(unknown());
            }
            there.then_some(found)
        })
}

/// An owner, and some objects made by hand.
fn owner() -> impl Strategy<Value = SetSeen> {
    let repositories = NAMES.map(some_repository);
    let hands = vec((0..NAMES.len(), 0..FILES.len()), 0..3);
    (repositories, hands).prop_map(|(repositories, hands)| {
        let mut seen = seen(repositories.into_iter().flatten().collect());
        for (name, file) in hands {
            let hand = by_hand(&format!("hand-{name}-{file}"));
            seen.taken.insert(hand.name.clone());
            seen.others.insert(id(NAMES[name], FILES[file]), hand);
        }
        seen
    })
}

fn workflows(seen: &SetSeen) -> Vec<WorkflowId> {
    seen.children
        .iter()
        .filter_map(super::super::Child::workflow)
        .collect()
}

proptest! {
    #[test]
    fn from_any_state_one_round_leads_to_rest_with_one_object_each(before in owner(), after in owner()) {
        let mut object = set("");
        let mut seen = before;
        for next in [None, Some(after)] {
            if let Some(next) = next {
                seen = SetSeen { children: std::mem::take(&mut seen.children), ..next };
            }
            let decision = decide(&object, &seen);
            let outcomes = vec![Ok(()); decision.effects.len()];
            object.before = conclude(&object, &seen, &decision, &outcomes, now()).status;
            carry_out(&mut seen, &decision.effects);
            prop_assert_eq!(decide(&object, &seen).effects, vec![], "at rest");
            if decision.doubted.is_some() {
                continue;
            }
            let ids = workflows(&seen);
            prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "one each");
            prop_assert!(ids.iter().all(|id| !seen.others.contains_key(id) || !is_known(&seen, id)));
        }
    }

    #[test]
    fn nothing_that_could_not_be_read_is_deleted_and_no_other_s_object_is_named(before in owner(), after in owner()) {
        let object = set("");
        let mut seen = before;
        let effects = decide(&object, &seen).effects;
        carry_out(&mut seen, &effects);
        let seen = SetSeen { children: seen.children, ..after };
        for effect in decide(&object, &seen).effects {
            let name = match &effect {
                SetEffect::Apply(wanted) => &wanted.name,
                SetEffect::Delete { name, .. } => {
                    let child = seen.children.iter().find(|child| child.name == *name).unwrap();
                    prop_assert!(is_known(&seen, &child.workflow().unwrap()), "{:?}", effect);
                    name
                }
            };
            prop_assert!(!seen.taken.contains(name));
        }
        let blind = SetSeen { survey: Known::Unknown(unknown()), ..seen };
        prop_assert_eq!(decide(&object, &blind).effects, vec![]);
    }

    #[test]
    fn names_are_dns_labels_and_never_meet(all in vec(("[A-Za-z0-9._-]{1,100}", "[^/\\\\\\p{C}]{1,60}\\.ya?ml"), 2..20)) {
        let ids: BTreeSet<_> = all
            .iter()
            .filter_map(|(name, file)| Some(WorkflowId {
                repository: format!("acme/{name}").parse().ok()?,
                file: file.parse().ok()?,
            }))
            .collect();
        let names: BTreeSet<_> = ids.iter().map(|id| child_name("acme", id)).collect();
        prop_assert_eq!(names.len(), ids.len());
        let legal = regex::Regex::new("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$").unwrap();
        prop_assert!(names.iter().all(|name| name.len() <= 63 && legal.is_match(name)), "{:?}", names);
    }
}

/// Whether GitHub told what became of a workflow.
fn is_known(seen: &SetSeen, workflow: &WorkflowId) -> bool {
    let Known::Known(survey) = &seen.survey else {
        return false;
    };
    let found = survey
        .repositories
        .iter()
        .find(|one| one.name == workflow.repository);
    found.is_some_and(|found| {
        let unread = |id: &WorkflowId| match &found.workflows {
            Known::Unknown(_) => true,
            Known::Known(files) => files.iter().any(|one| {
                one.file == id.file
                    && matches!(one.content, Content::Unknown(_))
                    && !seen.others.contains_key(id)
            }),
        };
        found.archived || !unread(workflow)
    })
}

#[test]
fn sets_of_different_names_make_different_names() {
    let workflow = id("app", "nightly.yml");
    assert_ne!(child_name("a", &workflow), child_name("b", &workflow));
}
