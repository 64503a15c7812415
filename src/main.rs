//! Arguments, telemetry, and the choice of a shell.

use std::{io::IsTerminal as _, process::ExitCode};

use clap::Parser as _;
use cronwright::cli::{self, Cli};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry(&cli);
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        tracing::debug!("a TLS provider was installed before");
    }
    match cli::run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("cronwright: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What Kubernetes' client library says of every round and failure is said by us as well; a filter that names it still
/// shows it.
const QUIET: &str = "kube_runtime=warn,kube_client::client::builder=off";

/// Logs go to standard error, so that what a command prints can be piped.
fn telemetry(cli: &Cli) {
    let filter = EnvFilter::try_new(format!("{QUIET},{}", cli.log));
    let filter = filter.unwrap_or_else(|_| EnvFilter::new(format!("{QUIET},info")));
    let lines = tracing_subscriber::registry().with(filter);
    if cli.log_json {
        let layer = fmt::layer().json().with_writer(std::io::stderr);
        lines.with(layer).init();
    } else {
        let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let layer = fmt::layer().with_target(false).with_ansi(colours);
        lines.with(layer.with_writer(std::io::stderr)).init();
    }
}
