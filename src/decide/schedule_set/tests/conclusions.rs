//! What status tells of a set.

use super::support::{carry_out, file, nightly, now, repository, seen, set, settle, unknown};
use crate::{
    api::condition::{self, COMPLETE, ConditionStatus, READY, RECONCILING, STALLED},
    decide::{
        known::{Cause, Known, Retry, Why},
        schedule_set::{Content, SetConclusion, SetObject, SetSeen, conclude, decide},
    },
    domain::Seconds,
};

/// A round in which everything succeeds.
fn round(object: &SetObject, seen: &SetSeen) -> SetConclusion {
    let decision = decide(object, seen);
    let outcomes = vec![Ok(()); decision.effects.len()];
    conclude(object, seen, &decision, &outcomes, now())
}

/// A condition as `Status/Reason`; empty where it is absent.
fn told(end: &SetConclusion, kind: &str) -> String {
    condition::find(&end.status.conditions, kind).map_or(String::new(), |found| {
        format!("{:?}/{}", found.status, found.reason)
    })
}

#[test]
fn a_set_tells_what_it_made_and_at_rest_nothing_new() {
    let mut object = set("");
    let idle = repository("old", vec![file("ci.yml", Content::NoSchedule)]);
    let mut seen = seen(vec![nightly("app"), idle]);

    let first = round(&object, &seen);

    let counts = (
        first.status.repositories,
        first.status.found,
        first.status.managed,
    );
    assert_eq!(counts, (2, 1, 1));
    assert_eq!(first.status.unmanaged_reasons[0].reason, "NoSchedule");
    assert_eq!(first.events[0].reason, "WorkflowSchedulesMade");
    assert_eq!(told(&first, READY), "True/Managed");
    assert_eq!(first.again, Seconds(2));
    settle(&object, &mut seen);
    object.before = first.status.clone();
    let second = round(&object, &seen);
    assert_eq!(second.status.managed, 1);
    object.before = second.status.clone();
    let third = round(&object, &seen);
    assert_eq!((&third.status, third.events.len()), (&second.status, 0));
    assert_eq!(third.again, Seconds::minutes(5));
}

#[test]
fn how_they_fare_together_is_weighted_by_what_was_compared() {
    let object = set("");
    let mut seen = seen(["a", "b", "c"].map(nightly).to_vec());
    settle(&object, &mut seen);
    seen.children[0].accuracy = Some((30, 90));
    seen.children[1].accuracy = Some((10, 50));
    seen.children[0].has_forecast = true;
    seen.children[1].has_open_pull = true;
    seen.children[2].waits = true;

    let status = round(&object, &seen).status;

    assert_eq!(status.forecast_coverage.as_deref(), Some("33%"));
    let accuracy = status.accuracy.unwrap();
    assert_eq!((accuracy.comparisons, accuracy.score), (40, 80));
    assert_eq!(
        (accuracy.good, accuracy.warning, accuracy.critical),
        (1, 0, 1)
    );
    assert_eq!(
        (status.pull_requests.open, status.pull_requests.waiting),
        (1, 1)
    );
}

#[test]
fn what_nobody_knows_leaves_the_last_word_and_says_why() {
    let mut object = set("");
    let mut seen = seen(vec![nightly("app")]);
    settle(&object, &mut seen);
    object.before = round(&object, &seen).status;
    let blind = SetSeen {
        survey: Known::Unknown(unknown()),
        ..seen.clone()
    };

    let end = round(&object, &blind);

    assert_eq!((end.status.managed, end.status.failures), (1, Some(1)));
    assert_eq!(told(&end, READY), "False/GitHubUnavailable");
    assert_eq!(told(&end, RECONCILING), "True/Retrying");
    let limited = Why {
        cause: Cause::RateLimited,
        retry: Retry::At(now() + chrono::TimeDelta::minutes(9)),
        ..unknown()
    };
    let end = round(
        &object,
        &SetSeen {
            survey: Known::Unknown(limited),
            ..seen.clone()
        },
    );
    assert_eq!(
        (told(&end, READY).as_str(), end.again),
        ("Unknown/RateLimited", Seconds(541))
    );
    let refused = Why {
        cause: Cause::CredentialsRefused,
        retry: Retry::Never,
        ..unknown()
    };
    let end = round(
        &object,
        &SetSeen {
            survey: Known::Unknown(refused),
            ..seen
        },
    );
    assert_eq!(told(&end, STALLED), "True/CredentialsRefused");
}

#[test]
fn an_owner_that_is_half_looked_through_is_not_told_as_a_whole_one() {
    let object = set("");
    let mut seen = seen(vec![nightly("app"), nightly("web")]);
    let Known::Known(survey) = &mut seen.survey else {
        unreachable!()
    };
    survey.repositories[1].workflows = Known::Unknown(Why {
        cause: Cause::NotYetSeen,
        ..unknown()
    });

    let end = round(&object, &seen);

    assert_eq!((end.status.managed, end.again), (0, Seconds(1)));
    assert_eq!(told(&end, RECONCILING), "True/Surveying");
    assert_eq!(end.events.len(), 1, "what was found is made at once");
}

#[test]
fn one_that_cannot_be_read_is_named_and_counts_as_no_failure_of_the_set() {
    let mut object = set("");
    let mut seen = seen(vec![nightly("app"), nightly("web")]);
    settle(&object, &mut seen);
    let Known::Known(survey) = &mut seen.survey else {
        unreachable!()
    };
    survey.repositories[1].workflows = Known::Unknown(unknown());

    let first = round(&object, &seen);

    assert_eq!(told(&first, READY), "True/Managed");
    assert_eq!(told(&first, COMPLETE), "False/PartlyUnread");
    let message = &condition::find(&first.status.conditions, COMPLETE)
        .unwrap()
        .message;
    assert!(
        message.contains("acme/web: GitHub answers with status 502"),
        "{message}"
    );
    assert_eq!(
        (first.status.failures, first.again),
        (None, Seconds::minutes(5))
    );
    object.before = first.status.clone();
    assert_eq!(round(&object, &seen).status, first.status, "at rest");
    let Known::Known(survey) = &mut seen.survey else {
        unreachable!()
    };
    survey.repositories[0].workflows = Known::Unknown(unknown());
    assert_eq!(
        told(&round(&object, &seen), READY),
        "False/GitHubUnavailable"
    );
}

#[test]
fn an_object_that_is_refused_is_told_and_tried_again() {
    let object = set("");
    let seen = seen(vec![nightly("app"), nightly("web")]);
    let decision = decide(&object, &seen);
    let refused = Why {
        cause: Cause::RequestRefused,
        message: "422 labels".to_owned(),
        retry: Retry::Backoff,
    };

    let end = conclude(&object, &seen, &decision, &[Ok(()), Err(refused)], now());

    assert_eq!(end.status.managed, 1);
    assert_eq!(told(&end, READY), "False/RequestRefused");
}

#[test]
fn a_large_owner_is_made_in_lots() {
    let object = set("");
    let names: Vec<_> = (0..250).map(|number| format!("r{number:03}")).collect();
    let mut seen = seen(names.iter().map(|name| nightly(name)).collect());
    let mut rounds = 0;
    while round(&object, &seen).status.conditions[0].status != ConditionStatus::True {
        let effects = decide(&object, &seen).effects;
        assert_eq!(effects.len(), 100);
        carry_out(&mut seen, &effects);
        rounds += 1;
    }
    assert_eq!((rounds, decide(&object, &seen).effects.len()), (2, 50));
}

#[test]
fn what_is_not_managed_is_told_within_bounds() {
    let files = |number: usize| file(&format!("w{number}.yml"), Content::NoSchedule);
    let found = seen(vec![repository("app", (0..150).map(files).collect())]);
    let status = round(&set(""), &found).status;
    assert_eq!(
        (status.unmanaged, status.unmanaged_workflows.len()),
        (150, 100)
    );
    assert_eq!(status.unmanaged_reasons[0].count, 150);
}
