//! The command line: every command in a file of its own.
//!
//! A command prints its answer to standard output and everything else to standard error. Exit codes: 0 done, 1 failed,
//! 2 the input is wrong, 3 the edit was refused.

use std::{io, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::domain::Timestamp;

pub use name::parse;

pub mod accuracy;
pub mod anomalies;
pub mod backtest;
pub mod completions;
pub mod controller;
pub mod cost;
pub mod crds;
pub mod cron;
pub mod dashboard;
pub mod demo;
pub mod edit;
pub mod explain;
mod folder;
pub mod forecast;
pub mod health;
mod inventory;
pub mod load;
pub mod man;
mod name;
pub mod page;
pub mod probe;
pub mod progress;
pub mod recorded;
pub mod report;
pub mod simulate;
pub mod source;
pub mod standalone;
mod stop;
pub mod store;
pub mod track;
pub mod track_demo;

/// Learns how scheduled GitHub Actions workflows behave, plans better crons, and proposes them as pull requests.
#[derive(Debug, Parser)]
#[command(name = "cronwright", version, propagate_version = true)]
pub struct Cli {
    /// What to log: a level (error, warn, info, debug, trace) or a filter such as info,cronwright::github=debug; left out, info, of the demo warn.
    #[arg(long, global = true, env = "CRONWRIGHT_LOG", hide_env_values = true)]
    pub log: Option<String>,
    /// Logs as JSON, one object a line.
    #[arg(long, global = true, env = "CRONWRIGHT_LOG_JSON")]
    pub log_json: bool,
    /// Where traces go: an OpenTelemetry collector that takes OTLP over HTTP, such as http://collector:4318.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        hide_env_values = true
    )]
    pub otlp_endpoint: Option<String>,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// What is logged. The demo tells its own story.
    #[must_use]
    pub fn log(&self) -> &str {
        let usual = if matches!(self.command, Command::Demo(_)) {
            "warn"
        } else {
            "info"
        };
        self.log.as_deref().unwrap_or(usual)
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the controller in or against a Kubernetes cluster.
    Controller(controller::ControllerArgs),
    /// Runs the same rounds without a cluster: manifests from a folder, history in a store.
    Run(standalone::StandaloneArgs),
    /// Shows the whole story against a simulated GitHub on this machine.
    Demo(demo::DemoArgs),
    /// Serves what a store holds as pages for a browser.
    Dashboard(dashboard::DashboardArgs),
    /// Asks a running controller whether it is well.
    Probe(probe::ProbeArgs),
    /// Prints the CustomResourceDefinitions.
    Crds(crds::CrdsArgs),
    /// Reads crons as GitHub does.
    Cron(cron::CronArgs),
    /// Reports every workflow with what is expected of it and what is recommended.
    Report(report::ReportArgs),
    /// Prints the report as one JSON document.
    Export(report::ExportArgs),
    /// Explains why one workflow is recommended what it is.
    Explain(explain::ExplainArgs),
    /// Prints what runs cost, on which runners, and what would spare some of it.
    Cost(cost::CostArgs),
    /// Prints whether the forecasts can be lived by; exit code 1 when they cannot.
    Health(health::HealthArgs),
    /// Prints what has become otherwise about workflows, with one incident told once.
    Anomalies(anomalies::AnomaliesArgs),
    /// Prints what is expected of each workflow's next run.
    Forecast(forecast::ForecastArgs),
    /// Prints how many jobs will want a runner at once, on every kind of runner.
    Load(load::LoadArgs),
    /// Prints how forecasts compared with what happened.
    Accuracy(accuracy::AccuracyArgs),
    /// Records one execution by hand, compares it with its forecast, and learns from it.
    Track(track::TrackArgs),
    /// Writes a plausible, seeded history into a store.
    Simulate(simulate::SimulateArgs),
    /// Moves a history from one store into another.
    Store(store::StoreCommandArgs),
    /// Shows simulate, forecast, track, accuracy, health and report in a row, in a temporary store.
    TrackDemo(track_demo::TrackDemoArgs),
    /// Tells what the forecasts are worth, on a recorded history.
    Backtest(backtest::BacktestArgs),
    /// Changes the cron of a workflow file and nothing else.
    Edit(edit::EditArgs),
    /// Prints a script that completes commands and flags in a shell.
    Completions(completions::CompletionsArgs),
    /// Prints or writes the manual.
    Man(man::ManArgs),
}

impl Command {
    /// Where the command takes what it tells from, where that can be chosen.
    const fn source_mut(&mut self) -> Option<&mut source::SourceArgs> {
        if let Self::Report(report::ReportArgs { source, .. })
        | Self::Export(report::ExportArgs { source, .. })
        | Self::Explain(explain::ExplainArgs { source, .. })
        | Self::Health(health::HealthArgs { source, .. })
        | Self::Cost(cost::CostArgs { source, .. })
        | Self::Anomalies(anomalies::AnomaliesArgs { source, .. })
        | Self::Load(load::LoadArgs { source, .. })
        | Self::Forecast(forecast::ForecastArgs { source, .. })
        | Self::Accuracy(accuracy::AccuracyArgs { source, .. }) = self
        {
            Some(source)
        } else {
            None
        }
    }
}

/// Runs a command.
///
/// # Errors
/// What a person has to know, in one line with its causes.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let (mut out, mut err) = (io::stdout().lock(), io::stderr());
    Ok(match cli.command {
        Command::Cron(args) => cron::run(&args, now(), &mut out, &mut err)?,
        Command::Edit(args) => edit::run(&args, &mut out, &mut err)?,
        Command::Report(args) => block_on(report::run(&args, &mut out))?,
        Command::Export(args) => block_on(report::export(&args, &mut out))?,
        Command::Explain(args) => block_on(explain::run(&args, &mut out))?,
        Command::Cost(args) => block_on(cost::run(&args, &mut out))?,
        Command::Health(args) => block_on(health::run(&args, &mut out))?,
        Command::Anomalies(args) => block_on(anomalies::run(&args, &mut out))?,
        Command::Forecast(args) => block_on(forecast::run(&args, &mut out))?,
        Command::Load(args) => block_on(load::run(&args, now(), &mut out))?,
        Command::Accuracy(args) => block_on(accuracy::run(&args, &mut out))?,
        Command::Track(args) => block_on(track::run(&args, now(), &mut out, &mut err))?,
        Command::Simulate(args) => block_on(simulate::run(&args, now(), &mut out))?,
        Command::Store(args) => block_on(store::run(&args, &mut out, &mut err))?,
        Command::TrackDemo(args) => block_on(track_demo::run(&args, &mut out, &mut err))?,
        Command::Backtest(args) => backtest::run(&args, now(), &mut out)?,
        Command::Completions(args) => completions::run(&args, &mut out)?,
        Command::Man(args) => man::run(&args, &mut out)?,
        Command::Crds(args) => crds::run(&args, &mut out)?,
        Command::Controller(args) => block_on(on_a_worker(controller::run(args)))?,
        Command::Dashboard(args) => block_on(dashboard::run(args, &mut out))?,
        Command::Probe(args) => block_on(probe::run(args, &mut out))?,
        Command::Run(args) => block_on(standalone::run(args, &mut out))?,
        Command::Demo(args) => block_on(demo::run(args, &mut out))?,
    })
}

/// The stack of a thread: as much as a main thread has. A whole round lies on it, which without optimisation takes more than
/// the two megabytes that a thread has by default; what is not used costs nothing.
const STACK_BYTES: usize = 8 * 1024 * 1024;

fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK_BYTES)
        .build()?
        .block_on(future)
}

/// Runs a future as a task: what it hands to other tasks stays on its own thread, while a runtime's main thread would have to
/// wake another one for each round of a fleet, and be woken when it ends.
async fn on_a_worker<T: Send + 'static>(
    future: impl Future<Output = anyhow::Result<T>> + Send + 'static,
) -> anyhow::Result<T> {
    match tokio::spawn(future).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Err(error.into()),
        },
    }
}

/// The present, in whole seconds.
#[allow(clippy::disallowed_methods, reason = "the shell is where time enters")]
pub(crate) fn now() -> Timestamp {
    use chrono::Timelike as _;
    let now = chrono::Utc::now();
    now.with_nanosecond(0).unwrap_or(now)
}
