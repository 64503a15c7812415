//! A small company for golden tests: five nightlies that meet at midnight, one without a forecast, one run by hand.

use super::inventory::{Inventory, Known, Planned};
use crate::{
    anomaly::{Amount, Anomaly, Kind},
    domain::{
        DurationScore, Forecast, Host, Interval, Percent, Permille, ProbabilityInterval, Quantiles,
        RunId, Schedule, Score, Seconds, TimeZone, Timestamp, WorkflowId,
    },
    observe::kept,
    plan::{Intent, Item, JobDemand, Pool, Timetable, plan},
    store::Store,
};

/// The present of the sample: a Monday.
pub(crate) fn now() -> Timestamp {
    "2026-09-14T06:00:00Z".parse().expect("an instant")
}

pub(crate) fn id(name: &str) -> WorkflowId {
    let (repository, file) = name.rsplit_once('/').expect("owner/name/file");
    WorkflowId {
        repository: repository.parse().expect("a repository"),
        file: file.parse().expect("a file"),
    }
}

pub(crate) fn forecast(minutes: u64, confidence: Percent) -> Forecast {
    let span = |p50, p90| Quantiles {
        p50: Seconds(p50),
        p90: Seconds(p90),
    };
    Forecast {
        made_at: now(),
        model: "mixed-experts/2".into(),
        duration: span(minutes * 60, minutes * 72),
        interval: Interval {
            lower: Seconds(minutes * 50),
            upper: Seconds(minutes * 75),
        },
        queue: span(20, 180),
        lateness: span(540, 900),
        success: Permille(973),
        success_interval: ProbabilityInterval {
            lower: Permille(912),
            upper: Permille(995),
        },
        confidence,
        samples: 41,
        drift_since: None,
    }
}

/// Runs that an event starts take twenty minutes instead of ten since two nights before.
pub(crate) fn slower(event: &str) -> Anomaly {
    Anomaly {
        kind: Kind::Slower,
        event: Some(event.to_owned()),
        after: now() - chrono::TimeDelta::hours(78),
        since: now() - chrono::TimeDelta::hours(54),
        run: Some(RunId(4_711)),
        noticed_at: now() - chrono::TimeDelta::hours(30),
        from: Amount::Time(Seconds::minutes(10)),
        to: Amount::Time(Seconds::minutes(20)),
        evidence: 2,
        end: None,
    }
}

fn item(name: &str, cron: &str, forecast: Option<Forecast>) -> Item {
    Item {
        id: id(name),
        schedules: vec![Schedule {
            cron: cron.parse().expect("a cron"),
            time_zone: TimeZone::UTC,
        }],
        asked: Vec::new(),
        intent: Intent::default(),
        forecast,
        jobs: vec![JobDemand {
            labels: vec!["linux".into()],
            count: 2,
        }],
        movable: true,
    }
}

fn planned(items: &[Item]) -> Inventory {
    let pool = Pool {
        labels: vec!["linux".into()],
        capacity: 3,
    };
    let timetable = plan(items, &[pool], now());
    let known = |item: &Item| {
        let known = Known {
            runs: 45,
            scheduled: 45,
            impossible: 1,
            forecast: item.forecast.clone(),
            scores: Vec::new(),
            anomalies: Vec::new(),
        };
        (item.id.clone().into(), known)
    };
    Inventory {
        workflows: items.iter().map(known).collect(),
        planned: vec![Planned {
            connection: "ci/acme".into(),
            host: Host::default(),
            made_at: now(),
            digest: timetable.digest(),
            timetable,
        }],
    }
}

/// Two nightlies that meet, forecast with this confidence.
pub(crate) fn crowd(confidence: Percent) -> Inventory {
    planned(&[
        item(
            "acme/app/a.yml",
            "0 0 * * *",
            Some(forecast(30, confidence)),
        ),
        item(
            "acme/app/b.yml",
            "0 0 * * *",
            Some(forecast(30, confidence)),
        ),
    ])
}

/// The whole company.
pub(crate) fn inventory() -> Inventory {
    let mut inventory = planned(&[
        item(
            "acme/app/e2e|web.yml",
            "0 0 * * *",
            Some(forecast(31, Percent(88))),
        ),
        item(
            "acme/app/nightly.yml",
            "0 0 * * *",
            Some(forecast(24, Percent(81))),
        ),
        item(
            "acme/data/export.yml",
            "0 0 * * *",
            Some(forecast(18, Percent(64))),
        ),
        item(
            "acme/data/import.yml",
            "0 0 * * *",
            Some(forecast(4, Percent(41))),
        ),
        item(
            "acme/docs/links.yml",
            "30 9 * * 1",
            Some(forecast(2, Percent(74))),
        ),
        item("acme/docs/spell.yml", "0 12 * * *", None),
    ]);
    let by_hand = Known {
        runs: 7,
        ..Known::default()
    };
    inventory
        .workflows
        .insert(id("acme/app/release.yml").into(), by_hand);
    inventory
}

/// Stores a timetable as a connection's newest.
pub(crate) async fn put(store: &Store, connection: &str, timetable: &Timetable, at: Timestamp) {
    let (digest, body) = (timetable.digest(), kept::body(timetable));
    let put = store.put_timetable(connection, &digest, &body, at).await;
    put.expect("a store takes it");
}

/// So many scores, of which the newest are wrong by so much.
pub(crate) fn scores(number: u32, newest_error_permille: u32) -> Vec<Score> {
    let score = |at: u32| {
        let ended = now() - chrono::TimeDelta::days(i64::from(number - at));
        let error = if at * 2 < number {
            180
        } else {
            newest_error_permille
        };
        Score {
            run: RunId(u64::from(at) + 1),
            finished_at: ended,
            forecast_made_at: ended - chrono::TimeDelta::hours(6),
            model: "mixed-experts/2".into(),
            duration: Some(DurationScore {
                p50: Seconds(u64::from(1000 + error)),
                p90: Seconds(1900),
                naive: Some(Seconds(1200)),
                actual: Seconds(1000),
                error_permille: error,
                covered: !at.is_multiple_of(10),
            }),
            success: Permille(973),
            succeeded: true,
        }
    };
    (0..number).map(score).collect()
}
