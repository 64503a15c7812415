//! Time passing: fires, lateness, coalescing, inactivity, pools, re-runs, determinism.

use cronwright::{
    domain::{Conclusion, Job, Seconds, Timestamp},
    simulate::{
        Behaviour, DropReason, Family, Happening, Lateness, NewRepository, Regime, Settings, World,
    },
};

use super::{NIGHTLY, Site, app, at, nightly};

/// The fires that were served: the fire, its lateness in seconds, how many others joined it.
fn served(world: &World) -> Vec<(Timestamp, u64, usize)> {
    let mut out = Vec::new();
    for entry in world.journal() {
        if let Happening::Served {
            fire,
            lateness,
            coalesced,
            ..
        } = &entry.what
        {
            out.push((*fire, lateness.0, coalesced.len()));
        }
    }
    out
}

fn dropped(world: &World) -> Vec<DropReason> {
    let mut out = Vec::new();
    for entry in world.journal() {
        if let Happening::Dropped { reason, .. } = entry.what {
            out.push(reason);
        }
    }
    out
}

/// Puts another nightly file on the default branch.
fn rewrite(site: &Site, text: &str) {
    site.branch("main", ".github/workflows/nightly.yml", text);
}

fn late(minutes: f64) -> Site {
    Site::with(|settings| settings.lateness = Lateness::always(Regime::flat(minutes, 0.0)))
}

#[test]
fn a_cron_fires_in_its_time_zone_across_the_change_of_the_clocks() {
    let site = Site::new();
    rewrite(
        &site,
        "on:\n  schedule:\n    - cron: '0 3 * * *'\n      timezone: Europe/Berlin\n",
    );
    let mut world = site.world.lock().unwrap();
    world.advance_to(at("2026-06-02T12:00:00Z"));
    assert_eq!(served(&world)[0].0, at("2026-06-01T01:00:00Z"));
    world.advance_to(at("2026-12-01T12:00:00Z"));
    assert_eq!(served(&world).last().unwrap().0, at("2026-12-01T02:00:00Z"));
}

#[test]
fn a_late_run_is_created_late_and_says_nothing_of_when_it_was_due() {
    let site = late(90.0);
    let mut world = site.world.lock().unwrap();
    world.advance_to(at("2026-06-01T12:00:00Z"));
    let run = &world.runs(&app()).unwrap()[0];
    assert_eq!(run.created_at, at("2026-06-01T04:30:00Z"));
    assert_eq!(run.started_at, run.created_at);
    assert_eq!(served(&world), [(at("2026-06-01T03:00:00Z"), 5_400, 0)]);
}

#[test]
fn fires_that_come_while_one_is_pending_coalesce_instead_of_queueing_up() {
    let site = late(120.0);
    rewrite(&site, "on:\n  schedule:\n    - cron: '*/5 * * * *'\n");
    let mut world = site.world.lock().unwrap();
    world.advance_to(at("2026-06-01T06:00:00Z"));
    let first = served(&world)[0];
    assert_eq!(first, (at("2026-06-01T00:05:00Z"), 7_200, 23));
    assert_eq!(world.runs(&app()).unwrap().len(), served(&world).len());
    assert!(served(&world).len() < 4, "{:?}", served(&world));
}

#[test]
fn a_regime_can_drop_fires() {
    let site = Site::with(|s| s.lateness = Lateness::always(Regime::prompt().dropping(0.5)));
    let mut world = site.world.lock().unwrap();
    world.advance(Seconds::days(40));
    let (lost, kept) = (dropped(&world).len(), served(&world).len());
    assert_eq!(lost + kept, 40);
    assert!((8..32).contains(&lost), "{lost}");
}

#[test]
fn editing_a_cron_drops_the_fire_that_is_pending_and_another_edit_does_not() {
    let site = late(90.0);
    site.world
        .lock()
        .unwrap()
        .advance_to(at("2026-06-01T03:30:00Z"));
    rewrite(&site, &format!("{NIGHTLY}# a remark\n"));
    assert_eq!(dropped(&site.world.lock().unwrap()), []);
    rewrite(&site, &NIGHTLY.replace("0 3", "17 5"));
    let mut world = site.world.lock().unwrap();
    assert_eq!(dropped(&world), [DropReason::Reregistered]);
    world.advance_to(at("2026-06-01T12:00:00Z"));
    assert_eq!(served(&world), [(at("2026-06-01T05:17:00Z"), 5_400, 0)]);
}

#[tokio::test]
async fn the_last_editor_of_the_cron_is_the_actor_of_its_runs() {
    let site = Site::new();
    site.world.lock().unwrap().advance(Seconds::days(1));
    rewrite(&site, &NIGHTLY.replace("0 3", "17 5"));
    site.world.lock().unwrap().advance(Seconds::days(1));
    let runs = site
        .ask(
            "GET",
            "/repos/acme/app/actions/runs",
            serde_json::Value::Null,
        )
        .await
        .body;
    let actors: Vec<_> = (0..2)
        .map(|index| &runs["workflow_runs"][index]["actor"]["login"])
        .collect();
    assert_eq!(actors, ["grace", "mona"]);
}

#[test]
fn a_public_repository_without_activity_loses_its_schedule_after_sixty_days() {
    let site = Site::new();
    let mut world = site.world.lock().unwrap();
    let name: cronwright::domain::RepositoryName = "acme/quiet".parse().unwrap();
    let files = [(".github/workflows/nightly.yml", NIGHTLY)];
    let new = NewRepository {
        public: true,
        quiet: true,
        ..NewRepository::new(name.clone(), &files)
    };
    world.add_repository(new).unwrap();
    world.advance(Seconds::days(70));
    let quiet = cronwright::domain::WorkflowId {
        repository: name.clone(),
        ..nightly()
    };
    assert!(
        world
            .workflows()
            .contains(&(quiet.clone(), "disabled_inactivity"))
    );
    assert!(world.workflows().contains(&(nightly(), "active")));
    let before = world.runs(&name).unwrap().len();
    assert_eq!(before, 60);
    world.enable_workflow(&quiet).unwrap();
    world.advance(Seconds::days(1));
    assert_eq!(world.runs(&name).unwrap().len(), before + 1);
}

#[test]
fn jobs_wait_for_a_runner_of_their_pool_in_the_order_in_which_they_came() {
    let site = Site::new();
    let mut world = site.world.lock().unwrap();
    world.add_pool("big", 2);
    let behaviour = Behaviour::fixed(Seconds::minutes(10)).on(5, &["self-hosted", "big"]);
    world.behave(&nightly(), behaviour);
    world.advance_to(at("2026-06-01T03:02:00Z"));
    assert_eq!(world.pool_load("big"), Some((2, 3)));
    world.advance_to(at("2026-06-01T06:00:00Z"));
    let jobs = world.jobs(&app(), &nightly().file).unwrap();
    let waited: Vec<u64> = jobs
        .iter()
        .filter_map(Job::queue_seconds)
        .map(|wait| wait.0)
        .collect();
    assert_eq!((waited[0], waited[1]), (0, 0));
    assert!(
        waited[2] > 0 && waited[2] <= waited[3] && waited[3] <= waited[4],
        "{waited:?}"
    );
    assert_eq!(most_at_once(&jobs), 2);
    assert_eq!(world.pool_load("big"), Some((0, 0)));
}

/// The most jobs that ran at any instant.
fn most_at_once(jobs: &[Job]) -> usize {
    let spans: Vec<_> = jobs
        .iter()
        .filter_map(|job| job.started_at.zip(job.completed_at))
        .collect();
    let running = |at: Timestamp| {
        spans
            .iter()
            .filter(|(start, end)| *start <= at && at < *end)
            .count()
    };
    spans
        .iter()
        .map(|(start, _)| running(*start))
        .max()
        .unwrap_or(0)
}

#[test]
fn a_failed_run_may_be_run_again_as_a_second_attempt_under_its_first_creation() {
    let site = Site::new();
    let mut world = site.world.lock().unwrap();
    let flaky = Behaviour::drawn(Family::FLAKY, Seconds::minutes(4)).disturbed(0.0, 1.0);
    world.behave(&nightly(), flaky);
    world.advance(Seconds::days(20));
    let runs = world.runs(&app()).unwrap();
    let second = runs.iter().find(|run| run.attempt == 2).unwrap();
    let first = runs
        .iter()
        .find(|run| run.id == second.id && run.attempt == 1)
        .unwrap();
    assert_eq!(first.conclusion, Some(Conclusion::Failure));
    assert_eq!(second.created_at, first.created_at);
    assert!(second.started_at > first.updated_at);
}

#[test]
fn levels_of_a_drifting_workflow_move_for_good_and_its_durations_with_them() {
    let site = Site::new();
    rewrite(&site, "on:\n  schedule:\n    - cron: '0 */2 * * *'\n");
    let mut world = site.world.lock().unwrap();
    let calm = Family {
        shift_share: 0.02,
        shift_log: 1.0,
        failure_share: 0.0,
        ..Family::STEADY_BUILD
    };
    world.behave(&nightly(), Behaviour::drawn(calm, Seconds::minutes(10)));
    world.advance(Seconds::days(30));
    let moved = world.journal().iter().filter_map(|entry| {
        if let Happening::LevelMoved { percent, .. } = entry.what {
            Some((entry.at, percent))
        } else {
            None
        }
    });
    let moved: Vec<_> = moved.collect();
    assert!(!moved.is_empty());
    let (since, percent) = *moved.last().unwrap();
    let runs = world.runs(&app()).unwrap();
    let after = runs.iter().filter(|run| run.created_at >= since);
    let mut seconds: Vec<_> = after
        .filter_map(|run| Some(run.duration_seconds()?.0))
        .collect();
    seconds.sort_unstable();
    let (median, level) = (seconds[seconds.len() / 2], 6 * percent);
    assert!(
        median.abs_diff(level) * 5 < level,
        "{median} around {level}"
    );
}

#[test]
fn a_person_cancels_some_runs_and_conditions_skip_others() {
    let ends = |behaviour: Behaviour| {
        let site = Site::new();
        let mut world = site.world.lock().unwrap();
        world.behave(&nightly(), behaviour);
        world.advance(Seconds::days(5));
        let runs = world.runs(&app()).unwrap();
        runs.iter()
            .map(|run| {
                (
                    run.conclusion.unwrap(),
                    run.duration_seconds().unwrap_or_default(),
                )
            })
            .collect::<Vec<_>>()
    };
    let hour = Seconds::hours(1);
    let cancelled = ends(Behaviour::fixed(hour).disturbed(1.0, 0.0));
    assert!(
        cancelled
            .iter()
            .all(|(end, lasted)| *end == Conclusion::Cancelled && *lasted < hour)
    );
    let skips = Family {
        skip_share: 1.0,
        ..Family::STEADY_BUILD
    };
    let skipped = ends(Behaviour::drawn(skips, hour));
    assert!(
        skipped
            .iter()
            .all(|(end, lasted)| *end == Conclusion::Skipped && lasted.0 == 0)
    );
    assert_eq!((cancelled.len(), skipped.len()), (5, 5));
}

#[test]
fn a_newer_run_of_a_group_cancels_the_older_one_where_the_file_says_so() {
    let site = Site::new();
    rewrite(
        &site,
        "on:\n  schedule:\n    - cron: '*/10 * * * *'\nconcurrency: {group: g, cancel-in-progress: true}\n",
    );
    let mut world = site.world.lock().unwrap();
    world.behave(&nightly(), Behaviour::fixed(Seconds::minutes(25)));
    world.advance(Seconds::hours(1));
    let runs = world.runs(&app()).unwrap();
    assert!(
        runs.iter()
            .rev()
            .skip(1)
            .all(|run| run.conclusion == Some(Conclusion::Cancelled))
    );
    assert_eq!(runs.last().unwrap().conclusion, None);
}

/// A world of its own with every kind of trouble, after 30 days.
fn troubled(seed: u64) -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::new(seed, at("2026-09-01T00:00:00Z"), folder.path());
    settings.lateness = Lateness::measured(at("2026-08-27T00:00:00Z"));
    let mut world = World::new(settings);
    world
        .add_repository(NewRepository::new(
            app(),
            &[(".github/workflows/nightly.yml", NIGHTLY)],
        ))
        .unwrap();
    world.behave(
        &nightly(),
        Behaviour::drawn(Family::HEAVY_TAIL, Seconds::minutes(9)).on(3, &["x"]),
    );
    world.add_pool("x", 2);
    world.backfill(30);
    (world, folder)
}

#[test]
fn the_same_seed_lives_the_same_life_and_another_seed_another() {
    let (one, _a) = troubled(5);
    let (two, _b) = troubled(5);
    let (three, _c) = troubled(6);
    assert_eq!(one.journal(), two.journal());
    assert_ne!(one.journal(), three.journal());
    assert!(served(&one).len() > 25);
}

#[test]
fn moving_one_cron_leaves_the_durations_of_other_workflows_as_they_were() {
    let durations = |minute: &str| {
        let site = Site::new();
        let mut world = site.world.lock().unwrap();
        let other = NIGHTLY.replace("0 3", minute);
        let name: cronwright::domain::RepositoryName = "acme/other".parse().unwrap();
        world
            .add_repository(NewRepository::new(
                name,
                &[(".github/workflows/o.yml", &other)],
            ))
            .unwrap();
        world.advance(Seconds::days(9));
        let runs = world.runs(&app()).unwrap();
        runs.iter()
            .map(|run| run.duration_seconds().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(durations("1 1"), durations("30 4"));
}

#[test]
fn every_scheduled_shape_that_real_crons_have_is_registered() {
    let shapes = [
        "on:\n  schedule: [{cron: '5 4 * * *'}]\n",
        "\"on\":\n  schedule:\n  - cron: 5 4 * * *\n",
        "on:\r\n  schedule:\r\n    - cron: \"5 4 * * *\"\r\n",
        "on:\n  schedule:\n    - cron: |\n        5 4 * * *\n",
        "# words\n---\non:\n  push:\n  schedule:\n    - cron: &c '5 4 * * *'\n",
    ];
    for shape in shapes {
        let site = Site::new();
        rewrite(&site, shape);
        let mut world = site.world.lock().unwrap();
        world.advance_to(at("2026-06-01T12:00:00Z"));
        assert_eq!(
            served(&world).first().map(|(fire, ..)| *fire),
            Some(at("2026-06-01T04:05:00Z")),
            "{shape}"
        );
    }
}
