//! Arguments, telemetry, and the choice of a shell.

use std::{io::Write as _, process::ExitCode};

use cronwright::{
    cli::{self, Cli},
    telemetry::{self, Settings, Telemetry},
};

/// A round makes a few values of some kilobytes, and for each of them glibc's allocator sweeps up all that was freed in small
/// pieces: a third of what a fleet costs at rest (`benches/README.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
        // Whoever read the output has read enough: `| head` is no failure.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody may be left to read it.
            let _ = writeln!(std::io::stderr(), "cronwright: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether an error is that of a printed line; what a database or GitHub cut off comes wrapped in an error of theirs.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let printed = error
        .downcast_ref::<std::io::Error>()
        .map(std::io::Error::kind);
    let written = error
        .downcast_ref::<serde_json::Error>()
        .and_then(serde_json::Error::io_error_kind);
    printed.or(written) == Some(std::io::ErrorKind::BrokenPipe)
}

fn start(cli: &Cli) -> anyhow::Result<Telemetry> {
    Ok(telemetry::start(&Settings {
        log: cli.log(),
        write: cli::progress::write_log,
        json: cli.log_json,
        otlp_endpoint: cli.otlp_endpoint.as_deref(),
    })?)
}
