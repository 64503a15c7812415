//! Recorded runs: a repository is a pool, and what stands for many small ones is one.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use cronwright::{
    domain::Timestamp,
    load::{JobShape, Past, Workload},
};
use flate2::read::MultiGzDecoder;

use crate::Case;

/// The source of many repositories with a few runs a day each: a fleet.
const FLEET: &str = "jiangnanpro/Reruns-of-GHA-workflow";
/// The fewest runs and days of a pool that is told.
const LEAST_RUNS: usize = 300;
const LEAST_DAYS: i64 = 23;
/// Days that are held out, where the history has three times as many.
const HELD_OUT_DAYS: i64 = 28;
/// Longer ones are slips of a source.
const LONGEST_SECONDS: f64 = 3.0 * 86_400.0;

/// Where recorded runs are.
pub fn path() -> Option<PathBuf> {
    let folder =
        std::env::var_os("CRONWRIGHT_DATA").map_or_else(|| "../shared/data".into(), PathBuf::from);
    Some(folder.join("runs.csv.gz")).filter(|path| path.is_file())
}

/// The pools of a file, by name.
pub fn cases(path: &Path) -> Vec<Case> {
    let file = std::fs::File::open(path).unwrap();
    let mut reader = csv::Reader::from_reader(MultiGzDecoder::new(file));
    let mut pools: BTreeMap<String, BTreeMap<String, Vec<Past>>> = BTreeMap::new();
    for row in reader.deserialize::<BTreeMap<String, String>>().flatten() {
        let Some(run) = run(&row) else { continue };
        let workflow = format!("{}/{}", row["repo"], row["workflow"]);
        for pool in names(&row) {
            let workflows = pools.entry(pool).or_default();
            workflows.entry(workflow.clone()).or_default().push(run);
        }
    }
    pools.into_iter().filter_map(case).collect()
}

fn run(row: &BTreeMap<String, String>) -> Option<Past> {
    if ["skipped", "action_required"].contains(&row["conclusion"].as_str()) {
        return None;
    }
    let start: Timestamp = [&row["started_at"], &row["created_at"]]
        .into_iter()
        .find_map(|text| text.parse().ok())?;
    let takes: f64 = row["duration_s"].parse().ok()?;
    let believed = takes > 0.0 && takes < LONGEST_SECONDS;
    #[allow(clippy::cast_possible_truncation)] // Days at most.
    believed.then(|| Past {
        start,
        end: start + TimeDelta::seconds(takes as i64),
        is_scheduled: row["event"] == "schedule",
    })
}

fn names(row: &BTreeMap<String, String>) -> Vec<String> {
    if row["source"] != FLEET {
        return vec![row["repo"].clone()];
    }
    let part = if row["event"] == "schedule" {
        "scheduled"
    } else {
        "the rest"
    };
    vec!["a fleet".to_owned(), format!("a fleet, {part}")]
}

fn case((name, workflows): (String, BTreeMap<String, Vec<Past>>)) -> Option<Case> {
    let runs = || workflows.values().flatten();
    let since = runs().map(|run| run.start).min()?;
    let until = runs().map(|run| run.start).max()?;
    let is_told = runs().count() >= LEAST_RUNS && (until - since).num_days() >= LEAST_DAYS;
    let workload = |(name, past): (String, Vec<Past>)| Workload {
        name,
        jobs: vec![JobShape::whole("runners")],
        past: past.into(),
        // Nobody recorded the crons.
        coming: None,
    };
    is_told.then(|| Case {
        name,
        workloads: workflows.clone().into_iter().map(workload).collect(),
        since,
        until,
        held_out_days: u32::try_from(((until - since) / 3).num_days().min(HELD_OUT_DAYS)).unwrap(),
    })
}
