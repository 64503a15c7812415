//! Timetables, deeds and fires.

use super::*;
use crate::domain::{Delivery, Digest, Fire};
use crate::store::{Deed, DeedKind};

fn digest(number: usize) -> Digest {
    Digest::of([number.to_string().as_bytes()])
}

#[rstest]
#[tokio::test]
async fn the_newest_timetable_is_read_and_twenty_are_kept(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    for number in 0..25 {
        assert!(
            store
                .put_timetable("ns/acme", &digest(number), "{}", at(0))
                .await
                .unwrap()
        );
    }

    assert!(
        !store
            .put_timetable("ns/acme", &digest(24), "{\"other\":1}", at(9))
            .await
            .unwrap()
    );

    let newest = store.timetable("ns/acme").await.unwrap().unwrap();
    assert_eq!(
        (newest.digest, newest.body_json.as_str(), newest.made_at),
        (digest(24), "{}", at(0))
    );
    assert_eq!(store.timetable("ns/other").await.unwrap(), None);
    let kept = number(&store, "SELECT COUNT(*) AS n FROM timetables").await;
    assert_eq!(kept, 20);
}

#[rstest]
#[tokio::test]
async fn a_deed_is_written_down_once(#[values(Kind::Sqlite, Kind::Postgres)] kind: Kind) {
    let Some(place) = kind.place() else {
        return;
    };
    let store = place.open().await;
    let opened = Deed {
        kind: DeedKind::PullOpened,
        digest: digest(1),
        pull: Some(7),
        at: at(0),
    };
    let unnumbered = Deed {
        kind: DeedKind::PullOpened,
        digest: digest(1),
        pull: None,
        at: at(10),
    };

    assert!(store.record_deed(&nightly(), &opened).await.unwrap());
    assert!(!store.record_deed(&nightly(), &opened).await.unwrap());
    assert!(store.record_deed(&nightly(), &unnumbered).await.unwrap());

    assert_eq!(
        store.deeds_since(&nightly(), at(0)).await.unwrap(),
        [opened, unnumbered.clone()]
    );
    assert_eq!(
        store.deeds_since(&nightly(), at(1)).await.unwrap(),
        [unnumbered]
    );
}

#[rstest]
#[tokio::test]
async fn what_was_opened_lately_is_told_of_all_workflows_at_once(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let weekly = WorkflowId {
        file: "weekly.yml".parse().unwrap(),
        ..nightly()
    };
    for (workflow, seconds) in [(nightly(), 0), (weekly.clone(), 60), (nightly(), 90)] {
        let opened = Deed {
            kind: DeedKind::PullOpened,
            digest: digest(1),
            pull: Some(7),
            at: at(seconds),
        };
        assert!(store.record_deed(&workflow, &opened).await.unwrap());
    }

    let lately = store.opened_since(at(60)).await.unwrap();

    assert_eq!(lately, [(at(60), weekly), (at(90), nightly())]);
}

#[rstest]
#[tokio::test]
async fn a_later_word_about_a_fire_replaces_the_earlier(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let fire = |seconds| Fire { at: at(seconds) };
    let (run, lateness) = (RunId(1), Seconds(30));
    let first = [
        (fire(0), Delivery::OnTime { run, lateness }),
        (fire(60), Delivery::Pending),
        (fire(90), Delivery::Missed),
    ];
    let second = [
        (fire(60), Delivery::Late { run, lateness }),
        (fire(90), Delivery::Coalesced { run }),
    ];

    assert_eq!(store.record_fires(&nightly(), &first).await.unwrap(), 3);
    assert_eq!(store.record_fires(&nightly(), &first).await.unwrap(), 0);
    assert_eq!(store.record_fires(&nightly(), &second).await.unwrap(), 2);

    assert_eq!(
        store.fires(&nightly(), at(0)).await.unwrap(),
        [first[0], second[0], second[1]]
    );
    assert_eq!(store.fires(&nightly(), at(61)).await.unwrap(), [second[1]]);
}

#[rstest]
#[tokio::test]
async fn an_inventory_counts_the_runs_of_each_workflow_and_those_that_its_cron_started(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let by_hand = Run {
        event: "workflow_dispatch".to_owned(),
        ..run(3, 300)
    };
    let no_time = Run {
        updated_at: at(400),
        ..run(4, 400)
    };
    let too_long = Run {
        updated_at: at(500 + 36 * 86_400),
        ..run(5, 500)
    };
    let backwards = Run {
        updated_at: at(500),
        ..run(6, 600)
    };
    let runs = [
        run(1, 100),
        run(2, 200),
        by_hand,
        no_time,
        too_long,
        backwards,
    ];
    let long_after = at(500 + 40 * 86_400);
    store
        .record_runs(&repository(), &runs, None, long_after)
        .await
        .unwrap();

    let observed = store.observed().await.unwrap();

    assert_eq!(observed.len(), 1);
    assert_eq!(observed[0].workflow, nightly().into());
    assert_eq!((observed[0].runs, observed[0].scheduled), (5, 4));
    // Those that took no time or too long are runs, but no evidence of a duration; the backward one is neither.
    assert_eq!(observed[0].impossible, 3);
}

#[rstest]
#[tokio::test]
async fn the_newest_timetable_of_every_connection_is_found_by_name(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    for (connection, body) in [("b/2", "old"), ("a/1", "one"), ("b/2", "new")] {
        let digest = Digest::of([body.as_bytes()]);
        let put = store.put_timetable(connection, &digest, body, at(0));
        assert!(put.await.unwrap());
    }

    let found = store.timetables().await.unwrap();

    let told = found
        .iter()
        .map(|(name, timetable)| (name.as_str(), timetable.body_json.as_str()));
    assert_eq!(told.collect::<Vec<_>>(), [("a/1", "one"), ("b/2", "new")]);
}
