//! Arguments, telemetry, and the choice of a shell.

use std::process::ExitCode;

use cronwright::{
    cli::{self, Cli},
    telemetry::{self, Settings, Telemetry},
};

fn main() -> ExitCode {
    let cli = cli::parse(std::env::args_os().collect());
    // The exporter of spans speaks TLS, too.
    let installed_before = rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err();
    let telemetry = start(&cli);
    if installed_before {
        tracing::debug!("a TLS provider was installed before");
    }
    let ended = telemetry.and_then(|telemetry| {
        let ended = cli::run(cli);
        drop(telemetry);
        ended
    });
    match ended {
        Ok(code) => code,
        Err(error) => {
            eprintln!("cronwright: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(cli: &Cli) -> anyhow::Result<Telemetry> {
    Ok(telemetry::start(&Settings {
        log: &cli.log,
        json: cli.log_json,
        otlp_endpoint: cli.otlp_endpoint.as_deref(),
    })?)
}
