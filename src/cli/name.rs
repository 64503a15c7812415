//! Under which name the program was called: as a plugin of kubectl it speaks of itself as people then type it.

use std::{ffi::OsString, path::Path};

use clap::{CommandFactory as _, FromArgMatches as _};

use super::Cli;

/// The file name that makes kubectl take a program for its command `cronwright`.
const PLUGIN: &str = "kubectl-cronwright";
/// How people then call it.
const AS_PLUGIN: &str = "kubectl cronwright";

/// Reads the arguments; on what cannot be read, and on `--help`, it prints and ends the process.
#[must_use]
pub fn parse(arguments: Vec<OsString>) -> Cli {
    let mut command = Cli::command();
    if is_plugin(arguments.first()) {
        command = command.bin_name(AS_PLUGIN).display_name(AS_PLUGIN);
    }
    let matches = command.clone().get_matches_from(arguments);
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
}

fn is_plugin(program: Option<&OsString>) -> bool {
    let name = program.and_then(|program| Path::new(program).file_stem());
    name.is_some_and(|name| name == PLUGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

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
