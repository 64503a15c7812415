//! What is asked of all workflows at once.

use super::*;
use crate::domain::{Delivery, Digest, Fire, Job};
use crate::store::{Demand, JobOf, Occupied, Served};

fn job(run_id: u64, id: u64, labels: &[&str]) -> Job {
    Job {
        id,
        run_id: RunId(run_id),
        attempt: 1,
        name: format!("job {id}"),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        created_at: at(0),
        started_at: Some(at(5)),
        completed_at: Some(at(50)),
        conclusion: Some(Conclusion::Success),
    }
}

#[rstest]
#[tokio::test]
async fn the_jobs_of_the_newest_run_that_succeeded_are_counted_by_their_labels(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let failed = Run {
        conclusion: Some(Conclusion::Failure),
        ..run(3, 200)
    };
    let runs = [run(1, 0), run(2, 100), failed];
    let recorded = store.record_runs(&repository(), &runs, None, seen()).await;
    recorded.unwrap();
    let jobs = [
        job(1, 10, &["gone"]),
        job(2, 20, &["linux", "x64"]),
        job(2, 21, &["linux", "x64"]),
        job(2, 22, &["mac"]),
        job(3, 30, &["failed"]),
    ];
    store.record_jobs(&repository(), &jobs).await.unwrap();

    let demands = store.demands().await.unwrap();

    let demand = |labels: &[&str], jobs| Demand {
        workflow: nightly().into(),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        jobs,
    };
    assert_eq!(demands, [demand(&["linux", "x64"], 2), demand(&["mac"], 1)]);
}

#[rstest]
#[tokio::test]
async fn fires_are_counted_by_how_they_were_served_from_an_instant_on(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let lateness = Seconds(60);
    let deliveries = [
        Delivery::Missed,
        Delivery::OnTime {
            run: RunId(1),
            lateness,
        },
        Delivery::Late {
            run: RunId(2),
            lateness,
        },
        Delivery::Late {
            run: RunId(3),
            lateness,
        },
        Delivery::Coalesced { run: RunId(3) },
        Delivery::Missed,
        Delivery::Pending,
    ];
    let fires: Vec<_> = (0..)
        .zip(deliveries)
        .map(|(second, delivery)| (Fire { at: at(second) }, delivery))
        .collect();
    store.record_fires(&nightly(), &fires).await.unwrap();

    let served = store.served_since(at(1)).await.unwrap();

    let expected = Served {
        workflow: nightly().into(),
        on_time: 1,
        late: 2,
        coalesced: 1,
        missed: 1,
    };
    assert_eq!(served, [expected]);
}

#[rstest]
#[tokio::test]
async fn the_pulse_changes_with_whatever_is_added_and_with_nothing_else(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let mut pulses = vec![store.pulse().await.unwrap()];
    let runs = [run(1, 0)];
    let recorded = store.record_runs(&repository(), &runs, None, seen()).await;
    recorded.unwrap();
    pulses.push(store.pulse().await.unwrap());
    store
        .put_forecast(&nightly(), &forecast(0, 60))
        .await
        .unwrap();
    pulses.push(store.pulse().await.unwrap());
    // Twenty timetables are kept, and the number of rows stays the same from then on.
    for number in 0..22_u8 {
        let digest = Digest::of([[number].as_slice()]);
        let put = store.put_timetable("ns/acme", &digest, "{}", at(0)).await;
        put.unwrap();
        pulses.push(store.pulse().await.unwrap());
    }
    assert!(pulses.windows(2).all(|two| two[0] != two[1]), "{pulses:?}");
    assert_eq!(store.timetables_kept("ns/acme").await.unwrap().len(), 20);
    assert_eq!(store.pulse().await.ok(), pulses.pop());
}

#[rstest]
#[tokio::test]
async fn a_run_wanted_runners_from_its_start_to_its_end_unless_it_was_skipped(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let with = |id, created, conclusion| Run {
        conclusion: Some(conclusion),
        ..run(id, created)
    };
    let again = Run {
        attempt: 2,
        started_at: at(900),
        updated_at: at(950),
        ..run(2, 200)
    };
    let pushed = Run {
        event: "push".to_owned(),
        ..run(5, 500)
    };
    let runs = [
        run(1, 0),
        with(2, 200, Conclusion::Failure),
        again,
        with(3, 300, Conclusion::Skipped),
        with(4, 400, Conclusion::Cancelled),
        pushed,
    ];
    let recorded = store.record_runs(&repository(), &runs, None, seen()).await;
    recorded.unwrap();

    let occupied = store.occupied_since(&nightly(), at(1)).await.unwrap();

    let one = |start, end, is_scheduled| Occupied {
        start: at(start),
        end: at(end),
        is_scheduled,
    };
    assert_eq!(
        occupied,
        [
            one(200, 260, true),
            one(400, 460, true),
            one(500, 560, false),
            one(900, 950, false)
        ]
    );
}

#[rstest]
#[tokio::test]
async fn what_a_run_is_made_of_is_told_by_the_newest_success_whose_jobs_are_known(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let runs = [run(1, 0), run(2, 100), run(3, 200)];
    let recorded = store.record_runs(&repository(), &runs, None, seen()).await;
    recorded.unwrap();
    let skipped = Job {
        started_at: None,
        ..job(2, 21, &["mac"])
    };
    let jobs = [job(1, 10, &["gone"]), job(2, 20, &["linux"]), skipped];
    store.record_jobs(&repository(), &jobs).await.unwrap();

    let told = store.newest_jobs().await.unwrap();

    let expected = JobOf {
        workflow: nightly().into(),
        labels: vec!["linux".to_owned()],
        run_start: at(100),
        run_end: at(160),
        queued: at(0),
        end: at(50),
    };
    assert_eq!(told, [expected]);
}
