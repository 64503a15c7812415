//! What becomes of workflows, one case at a time.

use super::support::{
    by_hand, carry_out, file, id, made, nightly, now, repository, seen, set, settle, unknown,
};
use crate::{
    api::{SET, TEMPLATE},
    decide::{
        known::Known,
        schedule_set::{
            Content, Fate, Leaving, SetEffect, SetSeen, child_name, decide, sort::Unmanaged,
        },
        seen::WorkflowState,
    },
};

/// The only reason for which something is not managed.
fn only_reason(more: &str, seen: &SetSeen) -> Unmanaged {
    let decision = decide(&set(more), seen);
    assert_eq!(decision.unmanaged.len(), 1, "{decision:?}");
    decision.unmanaged[0].0
}

/// Why the only WorkflowSchedule goes.
fn only_leaving(more: &str, seen: &SetSeen) -> Leaving {
    let effects = decide(&set(more), seen).effects;
    let mut leaving = effects.into_iter().filter_map(|effect| match effect {
        SetEffect::Delete { why, .. } => Some(why),
        SetEffect::Apply(_) => None,
    });
    let first = leaving.next().expect("one goes");
    assert_eq!(leaving.next(), None);
    first
}

/// A set at rest with `acme/app`'s nightly.
fn at_rest() -> SetSeen {
    let mut seen = seen(vec![nightly("app")]);
    settle(&set(""), &mut seen);
    seen
}

#[test]
fn every_scheduled_workflow_gets_an_object_from_the_template() {
    let template = "template: {metadata: {labels: {team: web}}, spec: {policy: {mode: PullRequest}, interval: 10m}}";
    let found = seen(vec![nightly("app"), nightly("web")]);

    let decision = decide(&set(template), &found);

    assert_eq!(decision.effects.len(), 2);
    let SetEffect::Apply(first) = &decision.effects[0] else {
        panic!("{decision:?}");
    };
    assert_eq!(first.name, child_name("acme", &id("app", "nightly.yml")));
    assert_eq!(
        (first.labels[SET].as_str(), first.labels["team"].as_str()),
        ("acme", "web")
    );
    assert!(first.annotations.contains_key(TEMPLATE));
    assert_eq!(
        (first.spec.repository.as_str(), first.spec.interval.as_str()),
        ("acme/app", "10m")
    );
}

#[test]
fn what_is_not_managed_is_told_with_its_reason() {
    let with = |content: Content| seen(vec![repository("app", vec![file("a.yml", content)])]);
    assert_eq!(
        only_reason("", &with(Content::NoSchedule)),
        Unmanaged::NoSchedule
    );
    assert_eq!(
        only_reason("", &with(Content::Generated)),
        Unmanaged::Generated
    );
    assert_eq!(
        only_reason("", &with(Content::Unreadable("line 3".to_owned()))),
        Unmanaged::Unreadable
    );
    assert_eq!(
        only_reason("workflows: {exclude: [a.*]}", &with(Content::Scheduled)),
        Unmanaged::Excluded
    );
    let mut idle = file("a.yml", Content::Scheduled);
    idle.state = WorkflowState::DisabledInactivity;
    assert_eq!(
        only_reason("", &seen(vec![repository("app", vec![idle])])),
        Unmanaged::DisabledForInactivity
    );
}

#[test]
fn repositories_are_chosen_by_name_topic_and_kind() {
    let excluded = "repositories: {include: ['svc-*'], exclude: ['svc-old-*']}";
    for name in ["app", "svc-old-1"] {
        assert_eq!(
            only_reason(excluded, &seen(vec![nightly(name)])),
            Unmanaged::Excluded
        );
    }
    assert_eq!(
        decide(&set(excluded), &seen(vec![nightly("SVC-a")]))
            .effects
            .len(),
        1
    );
    let topic = "repositories: {topics: [nightly]}";
    let mut tagged = nightly("app");
    assert_eq!(
        only_reason(topic, &seen(vec![tagged.clone()])),
        Unmanaged::Excluded
    );
    tagged.topics.push("nightly".to_owned());
    assert_eq!(decide(&set(topic), &seen(vec![tagged])).effects.len(), 1);
    let mut fork = nightly("app");
    fork.fork = true;
    assert_eq!(only_reason("", &seen(vec![fork.clone()])), Unmanaged::Fork);
    assert_eq!(
        decide(&set("repositories: {forks: true}"), &seen(vec![fork]))
            .effects
            .len(),
        1
    );
}

#[test]
fn a_generated_file_is_managed_where_its_edit_is_allowed() {
    let allowed = "template: {spec: {policy: {editGeneratedFiles: true}}}";
    let found = seen(vec![repository(
        "app",
        vec![file("a.yml", Content::Generated)],
    )]);
    assert_eq!(decide(&set(allowed), &found).effects.len(), 1);
}

#[test]
fn an_object_made_by_hand_wins_and_the_set_takes_its_own_away() {
    let mut seen = at_rest();
    seen.others
        .insert(id("app", "nightly.yml"), by_hand("mine"));

    let why = only_leaving("", &seen);

    assert_eq!(
        why,
        Leaving::Unmanaged(Unmanaged::ByHand, Some("mine".to_owned()))
    );
    assert_eq!(why.words(), "mine was made by hand");
    assert_eq!(only_reason("", &seen), Unmanaged::ByHand);
    seen.others.clear();
    seen.children.clear();
    assert_eq!(
        decide(&set(""), &seen).effects.len(),
        1,
        "and comes back without it"
    );
}

#[test]
fn of_two_sets_for_one_workflow_the_older_object_stays() {
    let mut seen = at_rest();
    let mut other = by_hand("older");
    (other.by_set, other.created_at) = (true, Some(now() - chrono::TimeDelta::days(1)));
    seen.others.insert(id("app", "nightly.yml"), other.clone());
    assert!(matches!(
        only_leaving("", &seen),
        Leaving::Unmanaged(Unmanaged::AnotherSet, _)
    ));
    other.created_at = Some(now() + chrono::TimeDelta::days(1));
    seen.others.insert(id("app", "nightly.yml"), other);
    assert_eq!(decide(&set(""), &seen).effects, []);
}

#[test]
fn a_name_that_somebody_took_is_never_written_over() {
    let mut seen = seen(vec![nightly("app")]);
    seen.taken
        .insert(child_name("acme", &id("app", "nightly.yml")));
    assert_eq!(decide(&set(""), &seen).effects, []);
    assert_eq!(only_reason("", &seen), Unmanaged::ByHand);
}

#[test]
fn archived_gone_moved_and_renamed_are_told_apart() {
    let mut archived = at_rest();
    let Known::Known(survey) = &mut archived.survey else {
        unreachable!()
    };
    survey.repositories[0].archived = true;
    assert_eq!(
        only_leaving("", &archived),
        Leaving::Unmanaged(Unmanaged::Archived, None)
    );

    for (fate, why) in [
        (Fate::NotFound, Leaving::RepositoryGone),
        (
            Fate::Moved("other/app".parse().unwrap()),
            Leaving::Moved("other/app".parse().unwrap()),
        ),
    ] {
        let mut seen = at_rest();
        let Known::Known(survey) = &mut seen.survey else {
            unreachable!()
        };
        survey.repositories.clear();
        survey.fates.insert("acme/app".parse().unwrap(), fate);
        assert_eq!(only_leaving("", &seen), why);
    }

    let mut renamed = at_rest();
    let Known::Known(survey) = &mut renamed.survey else {
        unreachable!()
    };
    survey.repositories = vec![repository(
        "app",
        vec![file("night.yml", Content::Scheduled)],
    )];
    assert_eq!(only_leaving("", &renamed), Leaving::WorkflowGone);
    let effects = decide(&set(""), &renamed).effects;
    carry_out(&mut renamed, &effects);
    assert_eq!(renamed.children[0].workflow(), Some(id("app", "night.yml")));
}

#[test]
fn what_could_not_be_read_deletes_nothing() {
    let unread = |change: fn(&mut SetSeen)| {
        let mut seen = at_rest();
        change(&mut seen);
        decide(&set(""), &seen).effects
    };
    assert_eq!(unread(|seen| seen.survey = Known::Unknown(unknown())), []);
    assert_eq!(
        unread(|seen| {
            let Known::Known(survey) = &mut seen.survey else {
                unreachable!()
            };
            survey.repositories[0].workflows = Known::Unknown(unknown());
        }),
        []
    );
    assert_eq!(
        unread(|seen| {
            let Known::Known(survey) = &mut seen.survey else {
                unreachable!()
            };
            survey.repositories[0].workflows =
                Known::Known(vec![file("nightly.yml", Content::Unknown(unknown()))]);
        }),
        []
    );
    for fate in [Some(Fate::Present), Some(Fate::Unknown(unknown())), None] {
        let mut seen = at_rest();
        let Known::Known(survey) = &mut seen.survey else {
            unreachable!()
        };
        survey.repositories.clear();
        survey
            .fates
            .extend(fate.map(|fate| ("acme/app".parse().unwrap(), fate)));
        assert_eq!(decide(&set(""), &seen).effects, []);
    }
}

#[test]
fn what_a_person_adds_stays_and_what_a_person_changes_is_put_right() {
    let mut seen = at_rest();
    seen.children[0]
        .labels
        .insert("mine".to_owned(), "1".to_owned());
    seen.children[0].spec.pull_request = Some(Default::default());
    assert_eq!(decide(&set(""), &seen).effects, []);
    seen.children[0].spec.suspend = true;
    let effects = decide(&set(""), &seen).effects;
    let SetEffect::Apply(wanted) = &effects[0] else {
        panic!("{effects:?}")
    };
    assert_eq!(wanted.uid.as_deref(), Some(seen.children[0].uid.as_str()));
}

#[test]
fn a_field_that_leaves_the_template_is_taken_out_of_the_objects() {
    let mut seen = seen(vec![nightly("app")]);
    settle(&set("template: {spec: {timing: {every: 1d}}}"), &mut seen);
    assert_eq!(decide(&set(""), &seen).effects.len(), 1);
}

#[test]
fn an_orphan_with_the_set_s_label_is_adopted_under_its_own_name() {
    let mut seen = at_rest();
    seen.children[0].owned = false;
    "restored".clone_into(&mut seen.children[0].name);
    let effects = decide(&set(""), &seen).effects;
    assert!(matches!(&effects[..], [SetEffect::Apply(wanted)] if wanted.name == "restored"));
}

#[test]
fn a_repository_written_in_other_letters_keeps_its_object() {
    let mut seen = at_rest();
    let Known::Known(survey) = &mut seen.survey else {
        unreachable!()
    };
    survey.repositories[0].name = "Acme/App".parse().unwrap();
    assert_eq!(decide(&set(""), &seen).effects, []);
}

#[test]
fn of_two_objects_of_the_set_for_one_workflow_the_older_stays() {
    let mut seen = at_rest();
    let mut twin = seen.children[0].clone();
    (twin.name, twin.uid) = ("a-twin".to_owned(), "other".to_owned());
    twin.created_at = Some(now() + chrono::TimeDelta::hours(1));
    seen.children.push(twin);
    assert_eq!(only_leaving("", &seen), Leaving::Twice);
}

#[test]
fn a_set_that_is_suspended_deleted_or_wrong_does_nothing() {
    let found = seen(vec![nightly("app")]);
    assert_eq!(decide(&set("suspend: true"), &found).effects, []);
    let mut going = set("");
    going.deleting = true;
    assert_eq!(decide(&going, &found).effects, []);
    let wrong = set("template: {spec: {timing: {timeZone: Europe/Nowhere}}}");
    let problem = wrong.wish.clone().unwrap_err();
    assert!(
        problem
            .to_string()
            .starts_with("spec.template.spec.timing.timeZone: "),
        "{problem}"
    );
    assert_eq!(decide(&wrong, &found).effects, []);
}

#[test]
fn a_child_of_a_long_named_set_is_found_by_a_label_that_kubernetes_takes() {
    use crate::decide::schedule_set::child::set_label;
    let long = "a".repeat(253);
    assert!(set_label(&long).len() <= 63);
    assert_ne!(set_label(&long), set_label(&"a".repeat(252)));
    let wanted = made(
        &match &decide(&set(""), &seen(vec![nightly("app")])).effects[0] {
            SetEffect::Apply(wanted) => (**wanted).clone(),
            SetEffect::Delete { .. } => unreachable!(),
        },
    );
    assert_eq!(wanted.labels[SET], "acme");
}
