//! A fleet on a real control plane: how fast every status is written after a start, what that takes, and what rest costs.
//!
//! Owns the order of the phases and the table. Ratios only mean something within one run: the bare load generator meets the
//! same API server, the same sizes, the same number of requests side by side and equally new objects, half of them before
//! the controller and half after it. `../README.md` has the settings and the figures. Nothing here passes or fails.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs, dead_code)]

mod audit;
mod load;
mod objects;
mod process;
mod stage;

#[path = "../../tests/integration/cluster/control_plane.rs"]
mod control_plane;
#[path = "../../tests/integration/cluster/kubectl.rs"]
mod kubectl;
#[path = "../../tests/integration/cluster/scope.rs"]
mod scope;
#[path = "../../tests/integration/cluster/service_account.rs"]
mod service_account;
#[path = "../../tests/integration/cluster/wait.rs"]
mod wait;

use std::time::{Duration, Instant};

use audit::Audit;
use control_plane::ControlPlane;
use cronwright::domain::Seconds;
use objects::{Cluster, FLEET, LOAD};
use process::Controller;
use stage::Stage;

/// What a run is asked to do.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// How many WorkflowSchedules, ten in a repository.
    pub schedules: u32,
    /// How many days of runs each workflow has behind it.
    pub history_days: u32,
    /// How many writes go side by side.
    pub concurrency: usize,
    /// How often a repository is asked, and each object looked at.
    pub interval: Seconds,
    /// How long rest is watched.
    pub rest: Duration,
}

fn main() {
    let number = |name: &str, usual: u64| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(usual)
    };
    // `cargo bench` says so; a test run of all targets must not start a control plane.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let interval = number("BENCH_INTERVAL_SECONDS", 300);
    let asked = Asked {
        schedules: u32::try_from(number("BENCH_SCHEDULES", 1_000)).unwrap(),
        history_days: u32::try_from(number("BENCH_HISTORY_DAYS", 14)).unwrap(),
        concurrency: usize::try_from(number("BENCH_CONCURRENCY", 8)).unwrap(),
        interval: Seconds(interval),
        rest: Duration::from_secs(number("BENCH_REST_SECONDS", interval)),
    };
    println!("{asked:?}");
    tokio::runtime::Runtime::new().unwrap().block_on(run(asked));
}

async fn run(asked: Asked) {
    let mut step = Step::begin();
    let stage = Stage::set(asked).await;
    step.done("a simulated GitHub with a history");
    stage.fill_store().await;
    step.done("a store that has seen all of it");

    let plane = ControlPlane::start();
    plane.install_crds();
    let cluster = Cluster::prepare(&plane, &stage).await;
    cluster.create(FLEET).await;
    cluster.create(LOAD).await;
    step.done("two equal sets of objects");

    let statuses = stage.look_once_more().await;
    step.done("a last look, spread over an interval");
    let (before, after) = statuses.split_at(statuses.len() / 2);
    let bare_before = load::rate(&cluster, before, asked.concurrency).await;
    step.done("bare load, first half");

    let mut audit = Audit::of(&plane, &cluster.controller_user);
    stage.forget_requests();
    let minutes = stage.watch_minutes();
    let mut controller = Controller::start(&cluster, &stage, asked.concurrency);
    let written = audit.until_written(asked.schedules as usize).await;
    let started = controller.started_at;
    let (memory_after_writes, cpu) = (controller.memory(), controller.cpu_seconds());
    step.done("every status written");
    let bare_after = load::rate(&cluster, after, asked.concurrency).await;
    step.done("bare load, second half");

    let bare = 2.0 / (1.0 / bare_before + 1.0 / bare_after);
    let span = (written.last - started).as_seconds_f64();
    let rate = f64::from(asked.schedules) / span;
    println!("bare load: {bare_before:.0}/s before, {bare_after:.0}/s after");
    println!(
        "controller: {rate:.0}/s from its start ({span:.1} s), {:.0}/s from its first write, {} writes for {} objects",
        written.rate(),
        written.count,
        written.objects
    );
    println!("controller: {cpu:.2} s of a core from its start to the last write");
    println!(
        "RATIO status writes, controller / bare load: {:.2}",
        rate / bare
    );

    audit.until_quiet(Duration::from_secs(10)).await;
    step.done("quiet");
    let (free, paid) = stage.requests();
    println!(
        "requests since the start: {free} conditional, {paid} others; {} in the fullest minute (GitHub grants 900)",
        minutes.most()
    );
    rest(asked, &stage, &controller, &mut audit).await;
    println!(
        "resident memory: {} MiB after the writes, {} MiB at rest, {} MiB at most",
        memory_after_writes.resident_mib,
        controller.memory().resident_mib,
        controller.memory().peak_mib
    );
    controller.stop();
    step.done("all");
}

/// Watches a controller that has nothing to do but to look.
async fn rest(asked: Asked, stage: &Stage, controller: &Controller, audit: &mut Audit) {
    stage.forget_requests();
    let minutes = stage.watch_minutes();
    audit.read();
    let before = controller.cpu_seconds();
    tokio::time::sleep(asked.rest).await;
    let cpu = controller.cpu_seconds() - before;
    let rest = asked.rest.as_secs_f64();
    println!("writes at rest: {:?}", audit.read());
    println!(
        "RATIO core at rest: {:.2} % ({cpu:.2} s in {rest} s)",
        100.0 * cpu / rest
    );
    let (free, paid) = stage.requests();
    let turns = f64::from(asked.schedules / 10) * rest / asked.interval.as_f64();
    println!(
        "RATIO requests per repository and interval: {:.2} conditional, {:.3} others",
        f64::from(free) / turns,
        f64::from(paid) / turns
    );
    println!(
        "requests at rest: {} in the fullest minute (GitHub grants 900), {:.0} an hour against the hourly limit",
        minutes.most(),
        f64::from(paid) / rest * 3600.0
    );
}

/// Tells how long each step took, so that minutes are not silent.
struct Step(Instant);

impl Step {
    fn begin() -> Self {
        Self(Instant::now())
    }

    fn done(&mut self, what: &str) {
        println!("[{:6.1} s] {what}", self.0.elapsed().as_secs_f64());
    }
}
