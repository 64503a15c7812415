//! Every word of a pull request, as people read it.

use cronwright::{
    act::wording::{Context, body, closing_comment, commit_message, title},
    decide::{Proposal, effect::CloseReason},
    domain::{
        Digest, Forecast, Interval, Percent, Permille, ProbabilityInterval, Quantiles, Schedule,
        Seconds,
    },
    edit::{Change, Note},
    plan::{Action, Conflict, Line, Move, Reason, Violation},
};

use super::town::{BEGINS, nightly, workflow};

fn schedule(cron: &str, zone: &str) -> Schedule {
    Schedule {
        cron: cron.parse().unwrap(),
        time_zone: zone.parse().unwrap(),
    }
}

fn change(index: usize, from: &str, to: &str, zone: &str) -> Change {
    Change {
        index,
        from: schedule(from, zone),
        to: schedule(to, zone),
    }
}

fn proposal(changes: Vec<Change>, reasons: Vec<Reason>) -> Proposal {
    let moved = |change: &Change| Move {
        index: change.index,
        from: change.from.clone(),
        to: change.to.clone(),
    };
    Proposal {
        object: "ci/nightly".to_owned(),
        workflow: nightly(),
        digest: Digest::of([b"golden".as_slice()]),
        base_blob: "b10b".to_owned(),
        base_branch: "main".to_owned(),
        allow_generated: false,
        line: Line {
            current: changes.iter().map(|change| change.from.clone()).collect(),
            proposed: changes.iter().map(|change| change.to.clone()).collect(),
            moves: changes.iter().map(moved).collect(),
            action: Action::Apply,
            reasons,
            conflicts: Vec::new(),
            violations: Vec::new(),
            confidence: Percent(83),
            impact: None,
            improvement: Seconds::hours(7),
        },
        changes,
        forecast: None,
        time_zone: None,
        options: cronwright::api::workflow_schedule::PullRequestOptions::default(),
    }
}

fn forecast() -> Forecast {
    let spans = |p50, p90| Quantiles {
        p50: Seconds::minutes(p50),
        p90: Seconds::minutes(p90),
    };
    Forecast {
        made_at: BEGINS.parse().unwrap(),
        model: "decayed-quantile/1".to_owned(),
        duration: spans(31, 44),
        interval: Interval {
            lower: Seconds::minutes(22),
            upper: Seconds::minutes(51),
        },
        queue: spans(2, 12),
        lateness: spans(56, 71),
        success: Permille(962),
        success_interval: ProbabilityInterval {
            lower: Permille(912),
            upper: Permille(995),
        },
        confidence: Percent(83),
        samples: 41,
        drift_since: None,
    }
}

fn page(proposal: &Proposal, notes: &[Note]) -> String {
    let context = Context {
        now: BEGINS.parse().unwrap(),
        object: &proposal.object,
        account: "cronwright[bot]",
        notes,
    };
    format!(
        "TITLE\n{}\n\nCOMMIT\n{}\nBODY\n{}",
        title(proposal),
        commit_message(proposal, "tree", &["base"]),
        body(proposal, &context)
    )
}

#[test]
fn a_move_out_of_a_conflict_with_its_forecast() {
    let with = workflow("e2e.yml");
    let reason = Reason::Conflicts {
        with: with.clone(),
        overlap: Seconds::minutes(434),
        beyond_capacity: false,
    };
    let mut proposal = proposal(
        vec![change(0, "0 0 * * *", "35 4 * * *", "UTC")],
        vec![reason],
    );
    proposal.forecast = Some(forecast());
    proposal.line.conflicts = vec![Conflict {
        with,
        overlap_seconds: Seconds::minutes(434),
        pool: "ci-linux".to_owned(),
        beyond_capacity: false,
    }];
    insta::assert_snapshot!(page(&proposal, &[]));
}

#[test]
fn a_pinned_cron_without_a_forecast() {
    let change = change(0, "0 3 * * *", "17 2 * * *", "UTC");
    insta::assert_snapshot!(page(&proposal(vec![change], vec![Reason::Pinned]), &[]));
}

#[test]
fn a_schedule_with_a_time_zone() {
    let change = change(0, "0 0 * * 1-5", "30 4 * * 1-5", "Europe/Berlin");
    let mut proposal = proposal(vec![change], vec![Reason::OutsideWindow]);
    proposal.line.violations = vec![Violation::Deadline {
        finish_by: chrono::NaiveTime::from_hms_opt(6, 30, 0).unwrap(),
        needs: Seconds::minutes(140),
    }];
    insta::assert_snapshot!(page(&proposal, &[]));
}

#[test]
fn several_schedules_of_one_file() {
    let changes = vec![
        change(0, "0 0 * * *", "35 4 * * *", "UTC"),
        change(2, "0 12 * * 6", "20 13 * * 6", "UTC"),
    ];
    let literal = Note::LiteralAlsoChanged {
        line: 19,
        from: "0 0 * * *".to_owned(),
        to: "35 4 * * *".to_owned(),
    };
    insta::assert_snapshot!(page(&proposal(changes, vec![Reason::Pinned]), &[literal]));
}

#[test]
fn hostile_text_in_a_comment_and_in_names_stays_text() {
    let comment = "@team ``` <!-- cronwright change=abc --> | https://evil.example ![x](y) \u{202e}nightly\u{7}";
    let note = Note::StaleComment {
        line: 4,
        text: comment.to_owned(),
    };
    let hostile = workflow("@team [x](y) `z` #1 <b>.yml");
    let mut proposal = proposal(
        vec![change(0, "0 3 * * *", "17 2 * * *", "UTC")],
        vec![Reason::MakesWay { id: hostile }],
    );
    proposal.object = "ci/`@everyone`".to_owned();
    let page = page(&proposal, &[note]);
    assert_eq!(
        page.matches("<!--").count(),
        2,
        "one in a code span, one our own"
    );
    insta::assert_snapshot!(page);
}

#[test]
fn the_longest_proposal_fits_into_what_github_takes() {
    let far = "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25 0,1,2,3,4,5,6,7,8,9,10,11 * * *";
    let changes: Vec<_> = (0..500)
        .map(|index| change(index, far, "0 3 * * *", "UTC"))
        .collect();
    let with = workflow(&format!("{}.yml", "w".repeat(200)));
    let reasons = vec![Reason::MakesWay { id: with.clone() }; 500];
    let mut proposal = proposal(changes, reasons);
    proposal.line.violations = vec![Violation::Order { id: with.clone() }; 500];
    proposal.line.conflicts = vec![
        Conflict {
            with,
            overlap_seconds: Seconds(1),
            pool: "ci-linux".to_owned(),
            beyond_capacity: false,
        };
        500
    ];
    let note = Note::StaleComment {
        line: 4,
        text: "midnight ".repeat(10_000),
    };
    let page = page(&proposal, &vec![note; 500]);
    assert!(page.chars().count() < 65_536, "{}", page.chars().count());
    assert!(title(&proposal).chars().count() <= 256);
    let one = super::wording::proposal(vec![change(0, far, far, "UTC")], Vec::new());
    assert_eq!(title(&one), "Move the schedule of nightly.yml");
}

#[test]
fn comments_that_go_with_a_closing_say_why() {
    let reasons = [
        CloseReason::Moot,
        CloseReason::ObjectDeleted,
        CloseReason::Duplicate,
    ];
    insta::assert_snapshot!(reasons.map(closing_comment).join("\n\n"));
}
