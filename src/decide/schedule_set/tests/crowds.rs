//! What becomes of many workflows at once: what is doubted, and who comes first.

use super::support::{carry_out, nightly, now, seen, set, settle};
use crate::decide::{
    known::Known,
    schedule_set::{
        Fate, Leaving, RepositoryFound, SetEffect, SetObject, SetSeen, Survey, conclude, decide,
    },
    seen::WorkflowState,
};

/// A set at rest with six nightlies, of which GitHub then says something about four.
fn six_of_which_four(change: impl Fn(&mut Survey, RepositoryFound)) -> (SetObject, SetSeen) {
    let names = ["a", "b", "c", "d", "e", "f"];
    let mut object = set("repositories: {topics: [nightly]}");
    object.before.observed_generation = Some(object.generation);
    let tagged = |name| {
        let mut repository = nightly(name);
        repository.topics.push("nightly".to_owned());
        repository
    };
    let mut seen = seen(names.map(tagged).to_vec());
    settle(&object, &mut seen);
    let Known::Known(survey) = &mut seen.survey else {
        unreachable!()
    };
    for repository in survey.repositories.split_off(2) {
        change(survey, repository);
    }
    (object, seen)
}

#[test]
fn what_github_says_of_most_at_once_is_doubted_whatever_it_is() {
    let fate =
        |survey: &mut Survey, one: RepositoryFound, fate| drop(survey.fates.insert(one.name, fate));
    let moved = |survey: &mut Survey, one: RepositoryFound| {
        let to = format!("other/{}", one.name.name()).parse().unwrap();
        fate(survey, one, Fate::Moved(to));
    };
    let changed = |change: fn(&mut RepositoryFound)| {
        move |survey: &mut Survey, mut one: RepositoryFound| {
            change(&mut one);
            survey.repositories.push(one);
        }
    };
    let disabled = |one: &mut RepositoryFound| {
        let Known::Known(workflows) = &mut one.workflows else {
            unreachable!()
        };
        workflows[0].state = WorkflowState::Disabled;
    };
    for (object, seen) in [
        six_of_which_four(|survey, one| fate(survey, one, Fate::NotFound)),
        six_of_which_four(moved),
        six_of_which_four(changed(|one| one.archived = true)),
        six_of_which_four(changed(|one| one.topics.clear())),
        six_of_which_four(changed(|one| one.workflows = Known::Known(Vec::new()))),
        six_of_which_four(changed(disabled)),
    ] {
        let decision = decide(&object, &seen);

        assert_eq!(decision.effects, []);
        assert_eq!(decision.doubted.map(|(count, _)| count), Some(4));
        assert_eq!(decision.staying.len(), 6);
    }
}

#[test]
fn repositories_of_which_nobody_has_heard_yet_count_among_those_that_are_gone() {
    // The fates of a few are asked for at a time.
    let (object, seen) = six_of_which_four(|survey, one| {
        if survey.fates.is_empty() {
            survey.fates.insert(one.name, Fate::NotFound);
        }
    });
    assert_eq!(
        decide(&object, &seen).doubted,
        Some((4, Leaving::RepositoryGone))
    );
}

#[test]
fn what_a_changed_spec_leaves_out_goes_however_much_it_is() {
    let (mut object, seen) = six_of_which_four(|survey, mut one| {
        one.topics.clear();
        survey.repositories.push(one);
    });
    object.generation += 1;
    let decision = decide(&object, &seen);
    assert_eq!((decision.doubted, decision.effects.len()), (None, 4));
}

#[test]
fn what_was_doubted_stays_so_though_others_are_made() {
    let (mut object, mut seen) = six_of_which_four(|survey, one| {
        survey.fates.insert(one.name, Fate::NotFound);
    });
    let doubted = decide(&object, &seen);
    object.before = conclude(&object, &seen, &doubted, &[], now()).status;
    let Known::Known(survey) = &mut seen.survey else {
        unreachable!()
    };
    for name in ["u", "v", "w", "x", "y", "z"] {
        let mut new = nightly(name);
        new.topics.push("nightly".to_owned());
        survey.repositories.push(new);
    }
    let effects = decide(&object, &seen).effects;
    assert_eq!(effects.len(), 6);
    carry_out(&mut seen, &effects);
    assert_eq!(decide(&object, &seen).effects, [], "four of twelve");
}

#[test]
fn what_is_there_comes_before_what_is_new_and_refusals_keep_nobody_waiting_for_ever() {
    let names: Vec<_> = (0..150).map(|number| format!("r{number:03}")).collect();
    let mut object = set("");
    let mut seen = seen(vec![nightly("z")]);
    settle(&object, &mut seen);
    seen.children[0].spec.suspend = true;
    let Known::Known(survey) = &mut seen.survey else {
        unreachable!()
    };
    survey
        .repositories
        .extend(names.iter().map(|name| nightly(name)));
    let of = |effect: &SetEffect| match effect {
        SetEffect::Apply(wanted) => wanted.spec.repository.clone(),
        SetEffect::Delete { name, .. } => name.clone(),
    };

    let first: Vec<_> = decide(&object, &seen).effects.iter().map(of).collect();
    object.before.failures = Some(1);
    let second: Vec<_> = decide(&object, &seen).effects.iter().map(of).collect();

    assert_eq!((first.len(), second.len()), (100, 100));
    assert_eq!(first[0], "acme/z");
    let all: std::collections::BTreeSet<_> = first.iter().chain(&second).collect();
    assert_eq!(all.len(), 151);
}
