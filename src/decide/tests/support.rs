//! A workflow, its object and a look at it, as most tests want them: one pinned cron that the file does not have yet.

use crate::{
    api::{Mode, WorkflowScheduleSpec, WorkflowScheduleStatus, condition},
    decide::{
        Cause, Conclusion, Decision, FileSeen, Known, Learned, Object, PullSeen, PullState,
        RepositorySeen, Retry, Seen, Standing, Why, Wish, WorkflowState, conclude, decide,
    },
    domain::{Percent, Schedule, Seconds, TimeZone, Timestamp},
    edit,
    plan::{Action, Line, Move, Reason},
};

pub(super) const FILE: &str = "on:\n  schedule:\n    - cron: '0 0 * * *'\njobs: {}\n";

pub(super) fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + chrono::TimeDelta::days(20_000)
}

pub(super) fn spec(edit: impl FnOnce(&mut serde_json::Value)) -> WorkflowScheduleSpec {
    let mut spec = serde_json::json!({
        "connectionRef": {"name": "acme"}, "repository": "acme/payments", "workflow": "nightly.yml",
        "timing": {"cron": ["17 2 * * *"]}, "policy": {"mode": "PullRequest"},
    });
    edit(&mut spec);
    serde_json::from_value(spec).unwrap()
}

pub(super) fn object(mode: Mode) -> Object {
    let mut wish = Wish::read(&spec(|_| ())).unwrap();
    wish.mode = mode;
    Object {
        identity: "ci/nightly".to_owned(),
        generation: 3,
        requested_at: None,
        deleting: false,
        finalizer: true,
        elder: None,
        ration: None,
        wish: Ok(wish),
        before: WorkflowScheduleStatus::default(),
    }
}

pub(super) fn wishing(edit: impl FnOnce(&mut Wish)) -> Object {
    let mut object = object(Mode::PullRequest);
    edit(object.wish.as_mut().unwrap());
    object
}

pub(super) fn schedule(cron: &str) -> Schedule {
    Schedule {
        cron: cron.parse().unwrap(),
        time_zone: TimeZone::UTC,
    }
}

pub(super) fn line(from: &str, to: &str) -> Line {
    let (from, to) = (schedule(from), schedule(to));
    let moved = from != to;
    Line {
        current: vec![from.clone()],
        proposed: vec![to.clone()],
        moves: if moved {
            vec![Move { index: 0, from, to }]
        } else {
            Vec::new()
        },
        action: if moved { Action::Apply } else { Action::None },
        reasons: vec![if moved {
            Reason::Pinned
        } else {
            Reason::AsPinned
        }],
        conflicts: Vec::new(),
        violations: Vec::new(),
        confidence: Percent(80),
        impact: None,
        improvement: Seconds(0),
    }
}

pub(super) fn file(text: &str) -> FileSeen {
    let schedules = edit::read(text.as_bytes())
        .map_err(|refusal| refusal.to_string())
        .and_then(|document| {
            document
                .entries
                .into_iter()
                .map(|entry| entry.schedule)
                .collect()
        });
    FileSeen::Found {
        blob: crate::domain::Digest::of([text.as_bytes()])
            .short()
            .to_owned(),
        bytes: text.as_bytes().to_vec(),
        schedules,
        state: WorkflowState::Active,
    }
}

pub(super) fn seen() -> Seen {
    Seen {
        repository: Known::Known(RepositorySeen {
            default_branch: "main".to_owned(),
            archived: false,
        }),
        file: Known::Known(file(FILE)),
        learned: Known::Known(Learned::default()),
        line: Known::Known(Some(line("0 0 * * *", "17 2 * * *"))),
        pulls: Known::Known(Vec::new()),
    }
}

/// A look at the file after the change was merged, with a timetable that knows it.
pub(super) fn settled() -> Seen {
    let after = FILE.replace("0 0 * * *", "17 2 * * *");
    Seen {
        file: Known::Known(file(&after)),
        line: Known::Known(Some(line("17 2 * * *", "17 2 * * *"))),
        ..seen()
    }
}

/// The digest of the change that [`seen`] asks for.
pub(super) fn wanted() -> String {
    let standing = decide(&object(Mode::PullRequest), &seen(), now()).standing;
    let Standing::Wanted(proposal) = standing else {
        panic!("not wanted: {standing:?}")
    };
    proposal.digest.short().to_owned()
}

pub(super) fn pull(number: u64, state: PullState, digest: &str) -> PullSeen {
    PullSeen {
        number,
        url: format!("https://github.com/acme/payments/pull/{number}"),
        state,
        branch: format!("cronwright/nightly-yml-{digest}"),
        head_sha: format!("sha-{number}"),
        digest: digest.to_owned(),
        touched: false,
        object: None,
        created_at: now() - chrono::TimeDelta::days(1),
    }
}

pub(super) fn with_pulls(pulls: impl IntoIterator<Item = PullSeen>) -> Seen {
    Seen {
        pulls: Known::Known(pulls.into_iter().collect()),
        ..seen()
    }
}

pub(super) fn why(cause: Cause, retry: Retry) -> Why {
    Why {
        cause,
        message: "it went wrong".to_owned(),
        retry,
    }
}

pub(super) fn kinds(decision: &Decision) -> Vec<&'static str> {
    let kind = |effect: &crate::decide::Effect| match effect {
        crate::decide::Effect::OpenPull { .. } => "open",
        crate::decide::Effect::UpdatePull { .. } => "update",
        crate::decide::Effect::ClosePull { .. } => "close",
    };
    decision.effects.iter().map(kind).collect()
}

/// A round whose effects, if any, came to nothing yet.
pub(super) fn round(object: &Object, seen: &Seen) -> Conclusion {
    conclude(object, seen, &decide(object, seen, now()), &[], now())
}

/// Status and reason of a condition.
pub(super) fn told<'a>(
    end: &'a Conclusion,
    kind: &str,
) -> Option<(condition::ConditionStatus, &'a str)> {
    condition::find(&end.status.conditions, kind).map(|found| (found.status, found.reason.as_str()))
}
