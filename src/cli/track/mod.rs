//! `cronwright track`: one execution, recorded by hand, held against what was forecast before it, and learned from.

mod likeness;
mod told;

use std::{io::Write, process::ExitCode};

use chrono::{DateTime, SubsecRound as _};
use clap::Args;

use super::page::{self, Format};
use crate::{
    domain::{Digest, Located, Run, RunId, Seconds, Timestamp, WorkflowId},
    observe::by_hand,
    store::Store,
    track::SCORES,
};
use told::Told;

/// How long GitHub lets a workflow run take altogether, waits included (its documented limit of 35 days).
const LONGEST_RUN: Seconds = Seconds::days(35);
/// How far ahead of this machine's clock a run may end: clocks differ by less.
const AHEAD: Seconds = Seconds::hours(1);

/// Arguments of `cronwright track`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright track --workflow acme/payments/nightly.yml --start 2026-09-14T00:04:00Z --end 2026-09-14T00:29:10Z --success true\n  cronwright track --workflow acme/payments/nightly.yml --start 2026-09-14T09:04:00+09:00 --end 2026-09-14T09:29:10+09:00 --success false --run-id 17 --event push\n\nRecording the same run again changes nothing. A run is scored by the forecast that was stored before it began; the first one\nof a workflow has none. A name that is not known here, but nearly is, is taken for a slip, unless --new says that it is none.\n\nExit codes: 0 recorded, or recorded before; 1 the store failed; 2 the input is wrong."
)]
pub struct TrackArgs {
    /// The workflow that ran; one of an Enterprise Server is HOST/OWNER/NAME/FILE.
    #[arg(long, value_name = "OWNER/NAME/FILE", value_parser = workflow)]
    pub(super) workflow: Located,
    /// When it began: RFC 3339 with an offset, which is converted.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(super) start: Timestamp,
    /// When it ended.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(super) end: Timestamp,
    /// Whether it succeeded.
    #[arg(long, value_name = "true|false", action = clap::ArgAction::Set)]
    pub(super) success: bool,
    /// GitHub's number of the run; without it, a workflow's run is known by its start.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..=i64::MAX as u64))]
    pub(super) run_id: Option<u64>,
    /// What started it: schedule, push, workflow_dispatch and so on.
    #[arg(long, value_name = "EVENT", default_value = "schedule")]
    pub(super) event: String,
    /// The branch it ran for.
    #[arg(long, value_name = "BRANCH")]
    pub(super) branch: Option<String>,
    /// The workflow is a new one, though one of nearly the same name is known.
    #[arg(long)]
    pub(super) new: bool,
    /// The store with the history; one that is not there is made.
    #[arg(
        long,
        value_name = "URL",
        env = "CRONWRIGHT_STORE",
        default_value = "sqlite://cronwright.db"
    )]
    pub(super) store: String,
    /// How the comparison is printed.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

/// Records a run, compares it, and learns from it.
///
/// # Errors
/// When the store cannot be opened, read or written.
pub async fn run(
    args: &TrackArgs,
    now: Timestamp,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    if let Err(wrong) = check(args, now) {
        writeln!(err, "cronwright: {wrong}")?;
        return Ok(ExitCode::from(2));
    }
    let store = Store::open(&args.store).await?;
    if let Some(meant) = likeness::meant(&store, &args.workflow)
        .await?
        .filter(|_| !args.new)
    {
        store.close().await;
        writeln!(
            err,
            "cronwright: {} is not known here; if you mean {meant}, name that, and if it is a new one, say --new",
            args.workflow
        )?;
        return Ok(ExitCode::from(2));
    }
    let told = track(&store, args, now).await?;
    store.close().await;
    page::print(out, args.format, &told, || told.page())?;
    Ok(ExitCode::SUCCESS)
}

async fn track(store: &Store, args: &TrackArgs, now: Timestamp) -> anyhow::Result<Told> {
    let (workflow, run) = (&args.workflow.id, args.run());
    let store = &store.of(&args.workflow.host);
    let new = by_hand::record(store, workflow, &run, now).await?;
    let next = by_hand::learn(store, workflow, &[], now).await?;
    let scores = store.scores(workflow, SCORES).await?;
    let score = scores.into_iter().find(|score| score.run == run.id);
    // What stands in the store is told, not what was said this time.
    let mut stands = None;
    if !new {
        let stored = store.history(workflow, SCORES).await?;
        let is_it = |one: &Run| (one.id, one.attempt) == (run.id, run.attempt);
        stands = stored.into_iter().find(is_it);
    }
    let stands = stands.unwrap_or_else(|| run.clone());
    Ok(Told::new(&args.workflow, (&run, &stands), new, score, next))
}

/// What is wrong with the times, in words.
fn check(args: &TrackArgs, now: Timestamp) -> Result<(), String> {
    if args.end <= args.start {
        return Err(format!(
            "--end {} does not lie after --start {}: name when the run began and when it ended",
            args.end.to_rfc3339(),
            args.start.to_rfc3339()
        ));
    }
    let longest = LONGEST_RUN.to_delta();
    if args.end - args.start > longest {
        return Err(format!(
            "a run of {} cannot be: GitHub ends each after {LONGEST_RUN}; correct --start or --end",
            Seconds::between(args.start, args.end)
        ));
    }
    if args.end > now + AHEAD.to_delta() {
        return Err(format!(
            "--end {} lies in the future: a run is recorded once it has ended",
            args.end.to_rfc3339()
        ));
    }
    Ok(())
}

impl TrackArgs {
    fn run(&self) -> Run {
        let known = || known_by_start(&self.workflow.id, self.start);
        let id = self.run_id.map_or_else(known, RunId);
        let file = self.workflow.id.file.clone();
        Run {
            head_branch: self.branch.clone(),
            ..Run::told(id, file, &self.event, [self.start, self.end], self.success)
        }
    }
}

/// A number for a run without one: the same for the same workflow and start, and larger than any that GitHub gives.
fn known_by_start(workflow: &WorkflowId, start: Timestamp) -> RunId {
    let (repository, start) = (workflow.repository.key(), start.timestamp().to_string());
    let parts = [repository.as_str(), workflow.file.as_str(), &start];
    let digest = Digest::of(parts.map(str::as_bytes));
    let number = u64::from_str_radix(&digest.as_str()[..15], 16).unwrap_or(0);
    RunId(number | 1 << 62)
}

/// Reads `owner/name/file`, or `host/owner/name/file`.
fn workflow(text: &str) -> Result<Located, String> {
    if !text.contains('/') {
        return Err(format!("'{text}' is no workflow: write owner/name/file"));
    }
    text.parse().map_err(|error| format!("{error}"))
}

/// Reads an instant with its offset.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    let read = DateTime::parse_from_rfc3339(text);
    // GitHub tells whole seconds, and so are they stored.
    read.map(|at| at.to_utc().trunc_subsecs(0)).map_err(|error| {
        format!(
            "{error}: write the date, the time and its offset, such as 2026-09-14T03:00:00+09:00"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    /// A night's run, a minute longer each night.
    fn night(day: u32, store: &str) -> TrackArgs {
        let start = at("2026-08-01T00:05:00Z") + chrono::TimeDelta::days(day.into());
        TrackArgs {
            workflow: workflow("acme/payments/nightly.yml").expect("a workflow"),
            start,
            end: start + chrono::TimeDelta::minutes(20 + i64::from(day)),
            success: true,
            run_id: Some(u64::from(day) + 1),
            event: "schedule".into(),
            branch: None,
            new: false,
            store: store.into(),
            format: Format::Text,
        }
    }

    async fn tracked(store: &Store, args: &TrackArgs) -> String {
        let told = track(store, args, args.end).await.expect("a store");
        let mut out = Vec::new();
        page::print(&mut out, args.format, &told, || told.page()).expect("memory takes it");
        String::from_utf8(out).expect("text")
    }

    #[tokio::test]
    async fn a_run_is_held_against_what_was_forecast_before_it_and_learned_from() {
        let store = Store::open("sqlite::memory:").await.expect("a store");
        let first = tracked(&store, &night(0, "")).await;
        tracked(&store, &night(1, "")).await;
        let third = tracked(&store, &night(2, "")).await;

        insta::assert_snapshot!(format!("{first}\n{third}"));
    }

    #[tokio::test]
    async fn recording_a_run_again_changes_nothing_and_says_so() {
        let store = Store::open("sqlite::memory:").await.expect("a store");
        tracked(&store, &night(0, "")).await;
        let once = tracked(&store, &night(1, "")).await;
        let before = store.counts().await.expect("counts");

        let again = tracked(&store, &night(1, "")).await;

        assert_eq!(store.counts().await.expect("counts"), before);
        assert!(once.starts_with("Recorded run 2"), "{once}");
        assert!(
            again.starts_with("Run 2 of acme/payments/nightly.yml was recorded before"),
            "{again}"
        );
    }

    #[tokio::test]
    async fn what_is_told_otherwise_of_a_recorded_run_is_not_taken_and_that_is_said() {
        let store = Store::open("sqlite::memory:").await.expect("a store");
        tracked(&store, &night(0, "")).await;
        let otherwise = TrackArgs {
            end: night(0, "").end + chrono::TimeDelta::minutes(7),
            success: false,
            ..night(0, "")
        };

        let again = tracked(&store, &otherwise).await;

        assert!(
            again.contains("and what is told of it now was not taken"),
            "{again}"
        );
        assert!(again.contains("20m\n") && again.contains("well"), "{again}");
    }

    #[test]
    fn times_that_no_run_can_have_are_refused_with_what_is_wrong() {
        let refused = |take| {
            let mut args = night(0, "");
            args.end = args.start + take;
            check(&args, at("2027-01-01T00:00:00Z")).expect_err("impossible")
        };
        let (never, years) = (chrono::TimeDelta::zero(), chrono::TimeDelta::days(36));
        assert!(refused(never).contains("does not lie after"));
        assert!(
            refused(years).contains("a run of 36d cannot be: GitHub ends each after 35d"),
            "{}",
            refused(years)
        );
    }

    #[tokio::test]
    async fn a_failed_run_is_no_evidence_of_a_duration() {
        let store = Store::open("sqlite::memory:").await.expect("a store");
        tracked(&store, &night(0, "")).await;
        let failed = TrackArgs {
            success: false,
            ..night(1, "")
        };

        let text = tracked(&store, &failed).await;

        assert!(text.contains("no duration is compared"), "{text}");
        let id = &failed.workflow.id;
        let forecast = store
            .latest_forecast(id)
            .await
            .expect("a store")
            .expect("a forecast");
        assert_eq!(
            (forecast.samples, forecast.duration.p50),
            (1, Seconds::minutes(20))
        );
    }

    #[test]
    fn an_offset_is_converted_and_a_time_without_one_is_refused() {
        assert_eq!(
            instant("2026-09-14T03:00:00+09:00"),
            Ok(at("2026-09-13T18:00:00Z"))
        );
        let refused = instant("2026-09-14T03:00:00").expect_err("no offset");
        assert!(refused.contains("2026-09-14T03:00:00+09:00"), "{refused}");
    }

    #[test]
    fn a_run_without_a_number_is_known_by_its_workflow_and_start() {
        let id = |args: &TrackArgs| {
            TrackArgs {
                run_id: None,
                ..args.clone()
            }
            .run()
            .id
        };
        let (first, second) = (night(0, ""), night(1, ""));
        assert_eq!(id(&first), id(&first));
        assert_ne!(id(&first), id(&second));
        assert!(id(&first).0 > 1 << 61 && id(&first).0 <= i64::MAX.cast_unsigned());
    }

    #[tokio::test]
    async fn a_slip_in_the_name_begins_no_history_unless_it_is_said_to_be_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = format!("sqlite://{}", folder.path().join("h.db").display());
        let slip = TrackArgs {
            workflow: workflow("acme/payments/nigthly.yml").expect("a workflow"),
            ..night(1, &store)
        };
        let told = |args: TrackArgs| async move {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let code = run(&args, args.end, &mut out, &mut err)
                .await
                .expect("a store");
            (code, String::from_utf8(err).expect("text"))
        };
        assert_eq!(told(night(0, &store)).await.0, ExitCode::SUCCESS);

        let (code, err) = told(slip.clone()).await;
        assert_eq!(code, ExitCode::from(2));
        assert!(
            err.contains("if you mean acme/payments/nightly.yml"),
            "{err}"
        );
        let said = TrackArgs {
            new: true,
            ..slip.clone()
        };
        assert_eq!(told(said).await.0, ExitCode::SUCCESS);
        assert_eq!(told(slip).await.0, ExitCode::SUCCESS);
    }

    #[tokio::test]
    async fn times_that_cannot_be_are_wrong_input() {
        let backwards = TrackArgs {
            end: at("2026-07-01T00:00:00Z"),
            ..night(0, "sqlite::memory:")
        };
        for (args, now, word) in [
            (backwards.clone(), backwards.start, "does not lie after"),
            (
                night(3, "sqlite::memory:"),
                at("2026-08-01T00:00:00Z"),
                "in the future",
            ),
        ] {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let code = run(&args, now, &mut out, &mut err)
                .await
                .expect("an answer");
            assert_eq!(code, ExitCode::from(2));
            let err = String::from_utf8(err).expect("text");
            assert!(err.contains(word) && out.is_empty(), "{err}");
        }
    }
}
