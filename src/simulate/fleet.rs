//! Fleets of any size for benchmarks: many repositories whose crons and durations are mixed as they were found.
//!
//! Shares of crons follow 589 crons of 578 real scheduled files: 75.6 % at minute 0, 15 % at 00:00, daily 50 %,
//! weekly 30 %, several times a day 7 %, the rest monthly. Families are mixed by how many series each was fitted to.

use std::path::Path;

use super::{
    Behaviour, Family, NewRepository, Permissions, Refusal, SecondaryLimits, Settings, World,
    draw::Draw,
};
use crate::domain::{RepositoryName, Seconds, Timestamp, WorkflowId};

/// The label of a fleet's pool of runners.
pub const FLEET_POOL: &str = "fleet";

/// A token that may do everything in a fleet.
pub const FLEET_TOKEN: &str = "github_pat_fleet";

/// Makes a fleet `fleet/r0000`, `fleet/r0001`, … that begins at `now` without a history; [`World::backfill`] gives it
/// one.
///
/// Its pool runs one job for every eight workflows at once, four at least: too few for midnight, enough for a day.
///
/// # Errors
/// When the folder cannot be written or holds a world already.
pub fn fleet(
    seed: u64,
    repositories: u32,
    workflows_per_repository: u32,
    folder: &Path,
    now: Timestamp,
) -> Result<World, Refusal> {
    let mut settings = Settings::new(seed, now, folder);
    // A fleet is asked by real clocks while its own stands still: every minute would be the same one.
    settings.secondary = SecondaryLimits::none();
    let mut world = World::new(settings);
    world.add_token(FLEET_TOKEN, "ada", Permissions::all());
    world.add_pool(
        FLEET_POOL,
        (repositories.saturating_mul(workflows_per_repository) / 8).max(4),
    );
    for index in 0..repositories {
        let invalid = |_| Refusal::not_found();
        let name: RepositoryName = format!("fleet/r{index:04}").parse().map_err(invalid)?;
        let mut files = Vec::new();
        for workflow in 0..workflows_per_repository {
            let mut draw = Draw::of(seed, &["fleet", name.as_str(), &workflow.to_string()]);
            let file = format!("w{workflow:02}.yml");
            let cron = cron(&mut draw);
            let text = format!(
                "name: W{workflow}\non:\n  schedule:\n    - cron: '{cron}'\n  workflow_dispatch:\njobs: {{}}\n"
            );
            files.push((format!(".github/workflows/{file}"), text.into_bytes()));
            let file = file.parse().map_err(invalid)?;
            world.behave(
                &WorkflowId {
                    repository: name.clone(),
                    file,
                },
                behaviour(&mut draw),
            );
        }
        world.add_repository(NewRepository {
            files,
            ..NewRepository::new(name, &[])
        })?;
    }
    Ok(world)
}

/// Draws a cron as people write them.
fn cron(draw: &mut Draw) -> String {
    let midnight = draw.chance(0.15);
    let minute = if midnight || draw.chance(0.713) {
        0
    } else {
        whole(draw, 60)
    };
    let hour = if midnight { 0 } else { whole(draw, 24) };
    match draw.unit() {
        share if share < 0.50 => format!("{minute} {hour} * * *"),
        share if share < 0.80 => format!("{minute} {hour} * * {}", whole(draw, 7)),
        share if share < 0.87 => format!(
            "{minute} */{} * * *",
            [4, 6, 8, 12][whole(draw, 4) as usize]
        ),
        _ => format!("{minute} {hour} {} * *", 1 + whole(draw, 28)),
    }
}

/// Draws how a workflow behaves: medians between half a minute and two hours, evenly in the logarithm.
fn behaviour(draw: &mut Draw) -> Behaviour {
    let total: u32 = Family::ALL.iter().map(|(_, series)| series).sum();
    let mut left = whole(draw, total);
    let family = Family::ALL.into_iter().find(|(_, series)| {
        let found = left < *series;
        left = left.saturating_sub(*series);
        found
    });
    let family = family.map_or(Family::STEADY_BUILD, |(family, _)| family);
    let median = Seconds::from_f64(draw.between(30.0_f64.ln(), 7_200.0_f64.ln()).exp());
    let jobs = 1 + whole(draw, 3);
    Behaviour::drawn(family, median)
        .on(jobs, &["self-hosted", FLEET_POOL])
        .disturbed(0.01, 0.2)
}

/// Draws a whole number below a limit.
fn whole(draw: &mut Draw, below: u32) -> u32 {
    // Below 2^32 by construction, and never negative.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let number = (draw.unit() * f64::from(below)) as u32;
    number.min(below.saturating_sub(1))
}
