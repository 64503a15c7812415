//! `cronwright man`: a manual page for every command.

use std::{fs, io::Write, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man;

use super::Cli;

/// Arguments of `cronwright man`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright man --output-dir ~/.local/share/man/man1 && man cronwright-report\n  cronwright man | man -l -"
)]
pub struct ManArgs {
    /// Writes one page a command into this folder, which is made if need be, instead of printing the first page.
    #[arg(long, value_name = "FOLDER")]
    output_dir: Option<PathBuf>,
}

/// Prints or writes the manual.
///
/// # Errors
/// When it cannot be written there.
pub fn run(args: &ManArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = &args.output_dir else {
        out.write_all(&rendered(&command)?)?;
        return Ok(ExitCode::SUCCESS);
    };
    fs::create_dir_all(folder)
        .with_context(|| format!("{} could not be made", folder.display()))?;
    for (name, page) in pages(&command)? {
        let path = folder.join(name);
        fs::write(&path, page)
            .with_context(|| format!("{} could not be written", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The page of a command and those below it, with their files' names.
fn pages(command: &Command) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    // A built command knows the names of those above it: cronwright-cron-next.
    let name = command.get_display_name().unwrap_or(command.get_name());
    let mut pages = vec![(format!("{name}.1"), rendered(command)?)];
    for below in command
        .get_subcommands()
        .filter(|below| below.get_name() != "help")
    {
        pages.extend(self::pages(below)?);
    }
    Ok(pages)
}

fn rendered(command: &Command) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_with_its_examples() {
        let folder = tempfile::tempdir().expect("a folder");
        let into = folder.path().join("man1");
        let args = ManArgs {
            output_dir: Some(into.clone()),
        };
        run(&args, &mut Vec::new()).expect("a writable folder");

        for command in Cli::command().get_subcommands() {
            let path = into.join(format!("cronwright-{}.1", command.get_name()));
            let page = fs::read_to_string(&path).expect("its page");
            assert!(page.contains(".SH NAME"), "{}", path.display());
        }
        let report = fs::read_to_string(into.join("cronwright-report.1")).expect("its page");
        assert!(
            report.contains("cronwright report acme/payments"),
            "{report}"
        );
        assert!(into.join("cronwright-cron-next.1").is_file());
    }
}
