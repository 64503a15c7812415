//! The company's days: lived in the simulated world, then recorded run by run in the order of their ends.

use std::collections::{BTreeMap, BTreeSet};

use indicatif::ProgressBar;

use super::cast::{self, Role};
use crate::{
    cli::folder::Folder,
    cli::progress,
    domain::{Job, RepositoryName, Run, RunStatus, Timestamp, WorkflowId},
    observe::by_hand,
    simulate::{Lateness, NewRepository, Permissions, Refusal, Regime, Settings, World},
    store::Store,
};

/// What happened.
pub(super) struct History {
    /// The attempts that ended, in the order of their ends.
    pub(super) runs: Vec<(WorkflowId, Run)>,
    /// The jobs of every run.
    jobs: BTreeMap<(RepositoryName, u64), Vec<Job>>,
}

/// Lets the company live for some days, up to an instant.
pub(super) fn live(
    seed: u64,
    days: u32,
    until: Timestamp,
    roles: &[Role],
) -> anyhow::Result<History> {
    let folder = Folder::new("simulate")?;
    let refused =
        |refusal: Refusal| anyhow::anyhow!("the simulated GitHub could not be made: {refusal:?}");
    let mut settings = Settings::new(seed, until, folder.path().join("github"));
    settings.lateness = Lateness::always(Regime::flat(9.0, 0.5).dropping(0.01));
    let mut world = World::new(settings);
    world.add_token("nobody-asks", "ada", Permissions::all());
    world.add_pool(cast::LABEL, cast::CAPACITY);
    let repositories: BTreeSet<&RepositoryName> =
        roles.iter().map(|role| &role.id.repository).collect();
    for name in &repositories {
        let ours = roles.iter().filter(|role| role.id.repository == **name);
        let files: Vec<(String, String)> = ours.map(Role::file).collect();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        world
            .add_repository(NewRepository::new((*name).clone(), &files))
            .map_err(refused)?;
    }
    for role in roles {
        world.behave(&role.id, role.behaviour());
    }
    for name in repositories {
        world
            .push_daily(name, days, cast::pushes_a_day(name))
            .map_err(refused)?;
    }
    world.backfill(days);
    history(&world, roles).map_err(refused)
}

fn history(world: &World, roles: &[Role]) -> Result<History, Refusal> {
    let (mut runs, mut jobs) = (Vec::new(), BTreeMap::<_, Vec<Job>>::new());
    for role in roles {
        let id = &role.id;
        let ended = world
            .runs(&id.repository)?
            .into_iter()
            .filter(|run| run.workflow == id.file && run.status == RunStatus::Completed);
        runs.extend(ended.map(|run| (id.clone(), run)));
        for job in world.jobs(&id.repository, &id.file)? {
            jobs.entry((id.repository.clone(), job.run_id.0))
                .or_default()
                .push(job);
        }
    }
    runs.sort_by(|(_, a), (_, b)| {
        (a.updated_at, a.id, a.attempt).cmp(&(b.updated_at, b.id, b.attempt))
    });
    Ok(History { runs, jobs })
}

/// Records each run when it ended and learns from it then; tells how many were new.
///
/// Of a run that is known nothing is learned again.
pub(super) async fn record(
    store: &Store,
    history: &History,
    roles: &[Role],
) -> anyhow::Result<u64> {
    let progress =
        progress::shown(ProgressBar::new(history.runs.len() as u64).with_message("recording"));
    let mut new = 0;
    for (id, run) in &history.runs {
        progress.inc(1);
        let now = run.updated_at;
        if !by_hand::record(store, id, run, now).await? {
            continue;
        }
        new += 1;
        if let Some(jobs) = history.jobs.get(&(id.repository.clone(), run.id.0)) {
            store.record_jobs(&id.repository, jobs).await?;
        }
        let role = roles.iter().find(|role| role.id == *id);
        let schedules: Vec<_> = role.map(|role| role.schedule.clone()).into_iter().collect();
        by_hand::learn(store, id, &schedules, now).await?;
    }
    progress.finish_and_clear();
    Ok(new)
}
