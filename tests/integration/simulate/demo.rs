//! The demo's world and fleets: what their stories rest on.

use std::collections::BTreeMap;

use cronwright::{
    domain::{Job, Timestamp},
    simulate::{
        DEMO_POOL_CAPACITY, Entry, Happening, Histories, World, demo_world, fleet, read_runs,
    },
};

use super::at;

const NOW: &str = "2026-11-20T08:00:00Z";

fn demo() -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (
        demo_world(11, folder.path(), at(NOW), &Histories::new()).unwrap(),
        folder,
    )
}

#[test]
fn each_workflow_of_the_demo_replays_the_recorded_history_that_is_most_like_it() {
    let history = |seconds: u64| {
        let run = format!("a/b,{seconds},success,{seconds}\n");
        run.repeat(40)
    };
    let text = [360, 1_440, 86_400].map(history).concat();
    let recorded = read_runs(&format!("repo,workflow,conclusion,duration_s\n{text}")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let world = demo_world(11, folder.path(), at(NOW), &recorded).unwrap();
    let longest = |repository: &str, file: &str| {
        let jobs = world.jobs(&repository.parse().unwrap(), &file.parse().unwrap());
        let worked = jobs.unwrap().into_iter().filter_map(|job| {
            let (start, end) = job.started_at.zip(job.completed_at)?;
            Some((end - start).num_seconds())
        });
        worked.max().unwrap()
    };
    assert_eq!(longest("acme/platform", "cleanup.yml"), 360);
    assert_eq!(longest("acme/payments", "nightly.yml"), 1_440);
}

/// Every job of the world.
fn jobs(world: &World) -> Vec<Job> {
    let every = world.workflows();
    every
        .iter()
        .flat_map(|(id, _)| world.jobs(&id.repository, &id.file).unwrap())
        .collect()
}

#[test]
fn the_demo_has_forty_five_days_of_history_in_fourteen_workflows_of_eight_repositories() {
    let (world, _folder) = demo();
    assert_eq!(
        (
            world.repositories().len(),
            world.workflows().len(),
            world.now()
        ),
        (8, 14, at(NOW))
    );
    let mut served: BTreeMap<String, usize> = BTreeMap::new();
    for Entry { what, .. } in world.journal() {
        if let Happening::Served { workflow, .. } = what {
            *served.entry(workflow.to_string()).or_default() += 1;
        }
    }
    assert_eq!(served.len(), 14);
    assert!(served["acme/payments/nightly.yml"] >= 42, "{served:?}");
    assert!(
        (6..=7).contains(&served["acme/storefront/lighthouse.yml"]),
        "{served:?}"
    );
}

#[test]
fn midnight_is_crowded_and_four_in_the_morning_is_not() {
    let (world, _folder) = demo();
    let waits = |hour: &str| -> u64 {
        let jobs = jobs(&world).into_iter();
        let at_hour = jobs.filter(|job| job.created_at.format("%H").to_string() == hour);
        at_hour
            .filter_map(|job| job.queue_seconds())
            .map(|wait| wait.0)
            .max()
            .unwrap_or(0)
    };
    assert!(waits("00") > 3_600, "{}", waits("00"));
    assert!(waits("04") < 60, "{}", waits("04"));
    assert!(most_at_once(&jobs(&world)) <= DEMO_POOL_CAPACITY as usize);
}

fn most_at_once(jobs: &[Job]) -> usize {
    let mut changes: Vec<(Timestamp, i32)> = Vec::new();
    for (start, end) in jobs
        .iter()
        .filter_map(|job| job.started_at.zip(job.completed_at))
    {
        changes.extend([(start, 1), (end, -1)]);
    }
    changes.sort_unstable();
    let mut running = 0;
    let levels = changes.iter().map(|(_, step)| {
        running += step;
        running
    });
    levels
        .max()
        .map_or(0, |most| usize::try_from(most).unwrap())
}

#[test]
fn the_demos_files_have_the_shapes_that_real_files_have() {
    let (world, _folder) = demo();
    let file = |repository: &str, name: &str| {
        let repository = format!("acme/{repository}").parse().unwrap();
        String::from_utf8(
            world
                .file(&repository, "main", &format!(".github/workflows/{name}"))
                .unwrap(),
        )
        .unwrap()
    };
    assert!(file("mobile", "nightly-build.yaml").contains("'0 0 * * *'\r\n"));
    assert!(file("payments", "reconcile.yml").contains("timezone: Europe/Berlin"));
    assert!(file("platform", "cleanup.yml").contains("DO NOT EDIT"));
    assert!(file("data-pipeline", "import.yml").contains("github.event.schedule == '0 0 * * *'"));
    insta::assert_snapshot!(file("storefront", "e2e.yml"));
}

#[test]
fn a_fleet_of_two_hundred_workflows_lives_two_months() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = fleet(3, 20, 10, folder.path(), at(NOW)).unwrap();
    world.backfill(60);
    let runs: usize = world
        .repositories()
        .iter()
        .map(|name| world.runs(name).unwrap().len())
        .sum();
    assert!((8_000..25_000).contains(&runs), "{runs}");
}
