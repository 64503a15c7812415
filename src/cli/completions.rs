//! `cronwright completions SHELL`: a script that completes commands and flags in a shell.

use std::{io::Write, process::ExitCode};

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::Cli;

/// Arguments of `cronwright completions`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright completions bash > ~/.local/share/bash-completion/completions/cronwright\n  cronwright completions zsh > ~/.zfunc/_cronwright\n  cronwright completions fish > ~/.config/fish/completions/cronwright.fish"
)]
pub struct CompletionsArgs {
    /// The shell to complete in.
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// When it cannot be written.
pub fn run(args: &CompletionsArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    // The generator insists on writing wholly or not at all, and must not meet a reader that closed its end.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "cronwright", &mut script);
    out.write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_shell_gets_a_script_that_knows_every_command() {
        for shell in Shell::value_variants() {
            let mut out = Vec::new();
            run(&CompletionsArgs { shell: *shell }, &mut out).expect("memory takes it");
            let script = String::from_utf8(out).expect("text");
            for command in Cli::command().get_subcommands() {
                assert!(
                    script.contains(command.get_name()),
                    "{shell} does not know {}",
                    command.get_name()
                );
            }
        }
    }
}
