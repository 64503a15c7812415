//! A dashboard over a store that has seen something, and what it answers.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use tower::ServiceExt as _;

use super::super::*;
use crate::{
    domain::{
        Conclusion, Digest, Percent, Run, RunId, RunStatus, Schedule, Seconds, TimeZone, WorkflowId,
    },
    plan::{Action, Conflict, Impact, Line, Load, Move, PoolPeak, Reason, Timetable},
    report::sample,
    store::{Deed, DeedKind},
};

/// The most that a page and what it loads may weigh.
pub(super) const PAGE_BYTES: usize = 300 * 1024;

pub(super) const PAGES: [&str; 7] = [
    "/",
    "/timetable",
    "/load",
    "/workflows",
    "/accuracy",
    "/cost",
    "/plan",
];

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

pub(super) async fn store() -> Store {
    Store::open("sqlite::memory:").await.unwrap()
}

pub(super) async fn dashboard(store: &Store, access: Access) -> Dashboard {
    let clock: Clock = Arc::new(sample::now);
    Dashboard::open(store.clone(), access, clock).await.unwrap()
}

pub(super) async fn asked(
    dashboard: &Dashboard,
    path: &str,
    more: &[(header::HeaderName, &str)],
) -> Answer {
    let mut request = Request::get(path).header(header::HOST, "localhost");
    for (name, value) in more {
        request = request.header(name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = dashboard.router().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

pub(super) async fn page(dashboard: &Dashboard, path: &str) -> String {
    let answer = asked(dashboard, path, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.body
}

pub(super) fn schedule(cron: &str) -> Schedule {
    Schedule {
        cron: cron.parse().unwrap(),
        time_zone: TimeZone::UTC,
    }
}

/// A line that moves, for reasons that name another workflow.
pub(super) fn line(other: &WorkflowId) -> Line {
    let (from, to) = (schedule("0 0 * * *"), schedule("17 3 * * *"));
    Line {
        current: vec![from.clone()],
        proposed: vec![to.clone()],
        moves: vec![Move { index: 0, from, to }],
        action: Action::Apply,
        reasons: vec![Reason::Conflicts {
            with: other.clone(),
            overlap: Seconds::hours(2),
            beyond_capacity: true,
        }],
        conflicts: vec![Conflict {
            with: other.clone(),
            overlap_seconds: Seconds::hours(2),
            pool: "linux".into(),
            beyond_capacity: true,
        }],
        violations: Vec::new(),
        confidence: Percent(90),
        impact: Some(Impact::High),
        improvement: Seconds::hours(2),
    }
}

pub(super) async fn plan(store: &Store, connection: &str, ids: &[WorkflowId]) {
    let lines = ids.iter().map(|id| (id.clone(), line(&ids[0])));
    let load = Load {
        peaks: vec![PoolPeak {
            pool: connection.to_owned(),
            capacity: Some(3),
            peak_jobs: 9,
        }],
        ..Load::default()
    };
    let timetable = Timetable {
        lines: lines.collect(),
        before: load.clone(),
        after: load,
    };
    sample::put(store, connection, &timetable, sample::now()).await;
}

/// A company with runs, forecasts, scores, a timetable and a pull request.
pub(super) async fn lived_in(store: &Store, connection: &str, ids: &[WorkflowId], word: &str) {
    plan(store, connection, ids).await;
    for id in ids {
        let mut forecast = sample::forecast(20, Percent(90));
        forecast.model = word.to_owned();
        forecast.drift_since = Some(sample::now());
        store.put_forecast(id, &forecast).await.unwrap();
    }
    let id = &ids[0];
    let mut scores = sample::scores(30, 90);
    for score in &mut scores {
        score.model = word.to_owned();
    }
    store.record_scores(id, &scores).await.unwrap();
    let run = |number: u32| Run {
        id: RunId(number.into()),
        attempt: 1,
        workflow: id.file.clone(),
        event: word.to_owned(),
        status: RunStatus::Completed,
        conclusion: Some(if number.is_multiple_of(7) {
            Conclusion::Failure
        } else {
            Conclusion::Success
        }),
        created_at: sample::now() - chrono::TimeDelta::days(i64::from(40 - number)),
        started_at: sample::now() - chrono::TimeDelta::days(i64::from(40 - number)),
        updated_at: sample::now() - chrono::TimeDelta::days(i64::from(40 - number))
            + chrono::TimeDelta::minutes(21),
        head_branch: Some(word.to_owned()),
        head_sha: "0".repeat(40),
    };
    let runs: Vec<Run> = (1..=30).map(run).collect();
    let recorded = store.record_runs(&id.repository, &runs, None, sample::now());
    recorded.await.unwrap();
    let otherwise = serde_json::to_string(&[sample::slower(word)]).unwrap();
    let kept = store.put_anomalies(id, Some(&otherwise), sample::now());
    kept.await.unwrap();
    let deed = Deed {
        kind: DeedKind::PullOpened,
        digest: Digest::of([word.as_bytes()]),
        pull: Some(4),
        at: sample::now(),
    };
    store.record_deed(id, &deed).await.unwrap();
}

pub(super) fn ids(number: usize) -> Vec<WorkflowId> {
    (0..number)
        .map(|at| {
            sample::id(&format!(
                "acme-company/repository-{:04}/nightly-{at:05}.yml",
                at / 4
            ))
        })
        .collect()
}
