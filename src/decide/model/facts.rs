//! The real facts behind the model's words: bytes, a spec, a line of a timetable, digests.

use std::{collections::BTreeMap, sync::OnceLock};

use super::{
    look::{FileView, PullView, View},
    world::{Change, File, Planned, Spec},
};
use crate::{
    api::{Mode, WorkflowScheduleSpec, WorkflowScheduleStatus},
    decide::{
        FileSeen, Known, Learned, Object, PullSeen, RepositorySeen, Seen, Standing, Wish,
        WorkflowState, decide,
    },
    domain::{Digest, Percent, Schedule, Seconds, TimeZone, Timestamp},
    edit,
    plan::{Action, Line, Move, Reason},
};

pub(super) fn object(view: FileView) -> Object {
    static SPEC: OnceLock<WorkflowScheduleSpec> = OnceLock::new();
    let spec = SPEC.get_or_init(|| {
        let spec = serde_json::json!({
            "connectionRef": {"name": "acme"}, "repository": "acme/payments", "workflow": "nightly.yml",
            "policy": {"maxChangesPerWeek": 100},
        });
        serde_json::from_value(spec).unwrap()
    });
    let mut wish = Wish::read(spec).unwrap();
    wish.mode = if view.spec.pull_request {
        Mode::PullRequest
    } else {
        Mode::Recommend
    };
    wish.pinned = Some(vec![schedule(view.spec.pinned).cron]);
    Object {
        identity: "ci/nightly".to_owned(),
        generation: 1,
        requested_at: None,
        deleting: view.spec.deleting,
        finalizer: view.finalizer,
        elder: None,
        ration: None,
        wish: Ok(wish),
        before: WorkflowScheduleStatus::default(),
    }
}

pub(super) fn seen(view: &View) -> Seen {
    let bytes = bytes(view.file.file);
    let document = edit::read(&bytes).unwrap();
    let schedules = document
        .entries
        .into_iter()
        .map(|entry| entry.schedule)
        .collect();
    Seen {
        repository: Known::Known(RepositorySeen {
            default_branch: "main".to_owned(),
            archived: false,
        }),
        file: Known::Known(FileSeen::Found {
            blob: Digest::of([bytes.as_slice()]).short().to_owned(),
            bytes,
            schedules,
            state: WorkflowState::Active,
        }),
        learned: Known::Known(Learned::default()),
        line: Known::Known(Some(line(view.file.planned))),
        pulls: Known::Known(view.pulls.iter().map(pull_seen).collect()),
    }
}

fn pull_seen(pull: &PullView) -> PullSeen {
    PullSeen {
        number: pull.number,
        url: String::new(),
        state: pull.state,
        branch: format!("{:?}", pull.branch),
        head_sha: pull.head.commits.to_string(),
        digest: pull.change.map(digest).unwrap_or_default(),
        touched: pull.head.touched,
        object: None,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn bytes(file: File) -> Vec<u8> {
    let cron = schedule(file.cron).cron;
    let name = if file.edited {
        "Every night"
    } else {
        "Nightly"
    };
    format!("name: {name}\non:\n  schedule:\n    - cron: '{cron}'\njobs: {{}}\n").into_bytes()
}

fn schedule(cron: u8) -> Schedule {
    let text = ["0 0 * * *", "17 2 * * *", "41 3 * * *"][usize::from(cron)];
    Schedule {
        cron: text.parse().unwrap(),
        time_zone: TimeZone::UTC,
    }
}

/// The planner of a fleet of one, whose cron is pinned.
fn line(planned: Planned) -> Line {
    let (from, to) = (schedule(planned.cron), schedule(planned.pinned));
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
        confidence: Percent(0),
        impact: None,
        improvement: Seconds(0),
    }
}

/// The real short digests of all changes there can be.
fn digests() -> &'static BTreeMap<Change, String> {
    static DIGESTS: OnceLock<BTreeMap<Change, String>> = OnceLock::new();
    DIGESTS.get_or_init(|| {
        let files = (0..3).flat_map(|cron| [false, true].map(|edited| File { cron, edited }));
        let changes = files.flat_map(|base| [1, 2].map(|to| Change { base, to }));
        changes
            .filter(|change| change.base.cron != change.to)
            .map(|change| (change, read_digest(change)))
            .collect()
    })
}

fn read_digest(change: Change) -> String {
    let spec = Spec {
        pull_request: true,
        pinned: change.to,
        deleting: false,
    };
    let planned = Planned {
        cron: change.base.cron,
        pinned: change.to,
    };
    let file = FileView {
        spec,
        finalizer: true,
        file: change.base,
        planned,
    };
    let decision = decide(
        &object(file),
        &seen(&View {
            file,
            pulls: Vec::new(),
        }),
        Timestamp::UNIX_EPOCH,
    );
    let Standing::Wanted(proposal) = decision.standing else {
        panic!("{change:?} is not wanted: {:?}", decision.standing)
    };
    proposal.digest.short().to_owned()
}

pub(super) fn digest(change: Change) -> String {
    digests()[&change].clone()
}

pub(super) fn change_of(short: &str) -> Change {
    *digests()
        .iter()
        .find(|(_, digest)| *digest == short)
        .expect("every change has a digest")
        .0
}
