//! `cronwright simulate`: a plausible history, written into a store as if it had been observed.
//!
//! The runs are drawn by the simulated GitHub from families that were fitted to real histories; everything learned from them
//! is learned in the order in which it would have been, so that every forecast is older than the run it is scored by.

pub(super) mod cast;
mod lived;

use std::{collections::BTreeSet, io::Write, process::ExitCode};

use clap::Args;
use serde::Serialize;

use super::{
    page::{self, Content, Format, Page},
    track::instant,
};
use crate::{
    domain::{Located, Run, Seconds, Timestamp, Visibility},
    observe::{charges, kept},
    plan::plan,
    store::Store,
};
use cast::Role;
use lived::History;

/// How many stored runs of a workflow are compared with the drawn ones: more than it can have.
const COMPARED: u32 = 1_000_000;

/// The connection whose timetable a simulated history gets.
pub(super) const CONNECTION: &str = "simulated/acme";

/// Arguments of `cronwright simulate`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright simulate --seed 7 --days 60 --store sqlite://trial.db\n  cronwright report --store sqlite://trial.db\n  cronwright simulate --seed 7 --days 60 --until 2026-09-14T06:00:00Z --store sqlite://trial.db\n\nThe same seed, days and end give the same history; writing it again changes nothing, and a later end goes on from there.\nA store with another history is refused."
)]
pub struct SimulateArgs {
    /// The seed of every random fact.
    #[arg(long, default_value_t = 7)]
    pub(super) seed: u64,
    /// How many days the history has.
    #[arg(long, value_name = "DAYS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=400))]
    pub(super) days: u32,
    /// When the history ends: RFC 3339 with an offset; without it, the last full hour.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(super) until: Option<Timestamp>,
    /// The store to write to; one that is not there is made.
    #[arg(long, value_name = "URL")]
    pub(super) store: String,
    /// How what was written is told.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

/// What was written.
#[derive(Debug, Serialize)]
pub(super) struct Written {
    seed: u64,
    from: Timestamp,
    until: Timestamp,
    workflows: usize,
    runs: u64,
    new_runs: u64,
    forecasts: u64,
    scores: u64,
    /// How many workflows the timetable moves.
    moves: usize,
}

/// Writes the history.
///
/// # Errors
/// When the store cannot be written, or holds another history.
pub async fn run(
    args: &SimulateArgs,
    now: Timestamp,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let store = Store::open(&args.store).await?;
    let written = write(&store, args, now).await?;
    store.close().await;
    page::print(out, args.format, &written, || written.page())?;
    Ok(ExitCode::SUCCESS)
}

/// Lets the company live and writes down what would have been observed of it.
pub(super) async fn write(
    store: &Store,
    args: &SimulateArgs,
    now: Timestamp,
) -> anyhow::Result<Written> {
    refuse_another_company(store).await?;
    let until = args.until.unwrap_or_else(|| full_hour(now));
    let from = until - Seconds::days(args.days.into()).to_delta();
    let roles = cast::roles();
    let history = lived::live(args.seed, args.days, until, &roles)?;
    refuse_another_history(store, &history, &roles).await?;
    let new_runs = lived::record(store, &history, &roles).await?;
    bill(store, &roles).await?;
    let moves = timetable(store, &roles, until).await?;
    let counts = store.counts().await?;
    Ok(Written {
        seed: args.seed,
        from,
        until,
        workflows: roles.len(),
        runs: counts.runs,
        new_runs,
        forecasts: counts.forecasts,
        scores: counts.scores,
        moves,
    })
}

/// What is made up is never mixed with what was observed.
async fn refuse_another_company(store: &Store) -> anyhow::Result<()> {
    let roles = cast::roles();
    for observed in store.observed().await? {
        anyhow::ensure!(
            roles
                .iter()
                .any(|role| Located::from(role.id.clone()) == observed.workflow),
            "the store holds runs of {}, which is not simulated: name a store of its own with --store",
            observed.workflow
        );
    }
    Ok(())
}

/// Two histories of one company are not one history: what is stored must be the beginning of what was drawn.
async fn refuse_another_history(
    store: &Store,
    history: &History,
    roles: &[Role],
) -> anyhow::Result<()> {
    let facts = |run: &Run| (run.id, run.attempt, run.updated_at);
    for role in roles {
        let stored = store.history(&role.id, COMPARED).await?;
        let drawn = history.runs.iter().filter(|(id, _)| *id == role.id);
        let drawn: BTreeSet<_> = drawn.map(|(_, run)| facts(run)).collect();
        let newest = stored.iter().map(|run| run.updated_at).max();
        let until_then = drawn.iter().filter(|(_, _, end)| Some(*end) <= newest);
        let is_beginning = stored.iter().all(|run| drawn.contains(&facts(run)))
            && until_then.count() <= stored.len();
        anyhow::ensure!(
            is_beginning,
            "the store holds a simulated history with another seed or length ({} ran otherwise): name a store of its own with --store, or give the same --seed and --days again, and no earlier --until",
            role.id
        );
    }
    Ok(())
}

/// Plans the company's week as a controller would, and tells how many workflows move.
async fn timetable(store: &Store, roles: &[Role], now: Timestamp) -> anyhow::Result<usize> {
    let mut items = Vec::new();
    for role in roles {
        items.push(role.item(store.latest_forecast(&role.id).await?));
    }
    let timetable = plan(&items, &[cast::pool()], now);
    let body = kept::body(&timetable);
    store
        .put_timetable(CONNECTION, &timetable.digest(), &body, now)
        .await?;
    Ok(timetable
        .lines
        .values()
        .filter(|line| !line.moves.is_empty())
        .count())
}

/// Says what the company's runners cost, and who can see its repositories.
async fn bill(store: &Store, roles: &[Role]) -> anyhow::Result<()> {
    for role in roles {
        let repository = &role.id.repository;
        store
            .put_visibility(repository, Visibility::Private)
            .await?;
    }
    let prices = charges::body(&cast::prices());
    store.put_prices(CONNECTION, &prices).await?;
    Ok(())
}

fn full_hour(now: Timestamp) -> Timestamp {
    let past = now.timestamp().rem_euclid(3_600);
    now - chrono::TimeDelta::seconds(past)
}

impl Written {
    pub(super) fn page(&self) -> Page {
        let day = |at: Timestamp| at.format("%Y-%m-%d %H:%M UTC").to_string();
        let facts = [
            ("from", day(self.from)),
            ("until", day(self.until)),
            ("workflows", self.workflows.to_string()),
            ("runs", format!("{} ({} new)", self.runs, self.new_runs)),
            ("forecasts", self.forecasts.to_string()),
            ("compared", self.scores.to_string()),
            ("to move", format!("{} workflows", self.moves)),
        ];
        let facts = facts.map(|(name, value)| (name.to_owned(), value)).into();
        Page::new(format!("A simulated history with seed {}", self.seed))
            .with("", Content::Facts(facts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn args(seed: u64) -> SimulateArgs {
        SimulateArgs {
            seed,
            days: 12,
            until: Some(sample::now()),
            store: String::new(),
            format: Format::Text,
        }
    }

    async fn written(store: &Store, seed: u64) -> Written {
        write(store, &args(seed), sample::now())
            .await
            .expect("a history")
    }

    #[tokio::test]
    async fn the_same_seed_writes_the_same_history_and_a_second_time_changes_nothing() {
        let (one, two) = (
            Store::open("sqlite::memory:").await.expect("a store"),
            Store::open("sqlite::memory:").await.expect("a store"),
        );
        let first = written(&one, 7).await;
        let again = written(&one, 7).await;
        written(&two, 7).await;

        assert!(first.new_runs > 100, "{first:?}");
        assert_eq!(again.new_runs, 0);
        assert_eq!(
            (again.forecasts, again.scores),
            (first.forecasts, first.scores)
        );
        let (a, b) = (
            one.timetables().await.expect("plans"),
            two.timetables().await.expect("plans"),
        );
        assert_eq!(a, b);
        insta::assert_json_snapshot!(first);
    }

    #[tokio::test]
    async fn another_seed_or_length_is_refused_and_changes_nothing() {
        let store = Store::open("sqlite::memory:").await.expect("a store");
        written(&store, 7).await;
        let before = store.counts().await.expect("counts");
        let longer = SimulateArgs {
            days: 20,
            ..args(7)
        };
        for other in [args(8), longer] {
            let refused = write(&store, &other, sample::now())
                .await
                .expect_err("another history");
            assert!(
                refused.to_string().contains("another seed or length"),
                "{refused}"
            );
        }
        assert_eq!(store.counts().await.expect("counts"), before);
    }

    #[tokio::test]
    async fn every_score_is_of_a_forecast_that_is_older_than_its_run() {
        let store = Store::open("sqlite::memory:").await.expect("a store");
        written(&store, 3).await;
        for role in cast::roles() {
            let runs = store.history(&role.id, 300).await.expect("runs");
            for score in store.scores(&role.id, 300).await.expect("scores") {
                let run = runs
                    .iter()
                    .find(|run| run.id == score.run && run.attempt == 1);
                assert!(score.forecast_made_at < run.expect("its run").created_at);
            }
        }
    }

    #[tokio::test]
    async fn a_store_with_an_observed_history_is_refused_by_name() {
        let store = Store::open("sqlite::memory:").await.expect("a store");
        let id = sample::id("other/app/nightly.yml");
        let run = lived::live(1, 2, sample::now(), &cast::roles())
            .expect("a history")
            .runs
            .remove(0)
            .1;
        let run = Run {
            workflow: id.file.clone(),
            ..run
        };
        store
            .record_runs(&id.repository, &[run], None, sample::now())
            .await
            .expect("recorded");

        let refused = write(&store, &args(7), sample::now())
            .await
            .expect_err("another history");

        assert!(
            refused.to_string().contains("other/app/nightly.yml"),
            "{refused}"
        );
    }
}
