//! Under which name the program was called: as a plugin of kubectl it speaks of itself as people then type it, and tells from
//! the cluster of the current context where no other source is named.

use std::{ffi::OsString, path::Path};

use clap::{
    ArgMatches, CommandFactory as _, FromArgMatches as _, error::ErrorKind, parser::ValueSource,
};

use super::Cli;

/// The file name that makes kubectl take a program for its command `cronwright`.
const PLUGIN: &str = "kubectl-cronwright";
/// How people then call it.
const AS_PLUGIN: &str = "kubectl cronwright";

/// Reads the arguments; on what cannot be read, and on `--help`, it prints and ends the process.
#[must_use]
pub fn parse(arguments: Vec<OsString>) -> Cli {
    read(arguments).unwrap_or_else(|error| error.exit())
}

fn read(arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    let is_plugin = is_plugin(arguments.first());
    if is_plugin {
        command = command.bin_name(AS_PLUGIN).display_name(AS_PLUGIN);
    }
    let matches = command.clone().try_get_matches_from(arguments)?;
    let mut cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    let is_store_named = names_a_store(&matches);
    let Some(source) = cli.command.source_mut() else {
        return Ok(cli);
    };
    if is_store_named && source.is_asked_for() {
        let message = "--store names a store, and another argument names another source: leave one of them out";
        return Err(command.error(ErrorKind::ArgumentConflict, message));
    }
    source.cluster.by_default = is_plugin && !is_store_named;
    Ok(cli)
}

/// Whether the arguments name a store; that of the environment is for whoever names none.
fn names_a_store(matches: &ArgMatches) -> bool {
    matches
        .subcommand()
        .filter(|(_, told)| told.try_contains_id("store").is_ok())
        .is_some_and(|(_, told)| told.value_source("store") == Some(ValueSource::CommandLine))
}

fn is_plugin(program: Option<&OsString>) -> bool {
    let name = program.and_then(|program| Path::new(program).file_stem());
    name.is_some_and(|name| name == PLUGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Cli, clap::Error> {
        super::read(arguments.iter().map(Into::into).collect())
    }

    #[test]
    fn a_plugin_tells_from_the_cluster_unless_another_source_is_named() {
        let is_of_cluster = |arguments: &[&str]| {
            let mut cli = read(arguments).expect("good arguments");
            let source = cli.command.source_mut().expect("a command with a source");
            source.cluster.is_asked_for() && source.checkout.checkout.is_none()
        };
        for command in ["report", "export", "forecast", "accuracy", "health"] {
            assert!(is_of_cluster(&["kubectl-cronwright", command]), "{command}");
            assert!(!is_of_cluster(&["cronwright", command]), "{command}");
            assert!(is_of_cluster(&["cronwright", command, "-A"]), "{command}");
        }
        assert!(is_of_cluster(&["kubectl-cronwright", "explain", "app"]));
        let store = ["--store", "sqlite://history.db"];
        assert!(!is_of_cluster(
            &[&["kubectl-cronwright", "report"], &store[..]].concat()
        ));
        assert!(!is_of_cluster(&[
            "kubectl-cronwright",
            "report",
            "--checkout",
            "."
        ]));
        let mut track = read(&["kubectl-cronwright", "crds"]).expect("good arguments");
        assert!(track.command.source_mut().is_none());
    }

    #[test]
    fn of_two_sources_one_is_refused() {
        for other in [
            &["--context", "prod"][..],
            &["--checkout", "."],
            &["-n", "ci"],
        ] {
            let store = ["cronwright", "report", "--store", "sqlite://history.db"];
            let error = read(&[&store[..], other].concat()).expect_err("two sources");
            assert_eq!(error.exit_code(), 2, "{error}");
        }
        let both = [
            "cronwright",
            "report",
            "--checkout",
            ".",
            "--context",
            "prod",
        ];
        assert!(read(&both).is_err());
        assert!(read(&["cronwright", "report", "--token-file", "x"]).is_err());
    }

    #[test]
    fn the_file_name_alone_tells_a_plugin_of_kubectl() {
        for plugin in [
            "kubectl-cronwright",
            "/usr/local/bin/kubectl-cronwright",
            "kubectl-cronwright.exe",
        ] {
            assert!(is_plugin(Some(&plugin.into())), "{plugin}");
        }
        for other in ["cronwright", "/opt/kubectl-cronwright/cronwright", ""] {
            assert!(!is_plugin(Some(&other.into())), "{other}");
        }
        assert!(!is_plugin(None));
    }
}
