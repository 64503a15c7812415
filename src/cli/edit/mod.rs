//! `cronwright edit`: changes the schedule of one workflow file on disk, and nothing else in it.
//!
//! Owns the command's arguments, its files and its exit codes; what an edit is, is [`edit`](crate::edit)'s. Invariant:
//! a refused edit writes nothing, and a file is replaced whole or not at all.

mod file;
mod order;

use std::{
    fmt,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{ArgGroup, Args};

use order::Order;

use crate::edit::{Change, Edited, Note, Options, Refusal, diff, edit, read};

/// The exit code when a file could not be read or written.
const FAILED: u8 = 1;
/// The exit code of a wrong use, a text that is no cron included; clap's own.
const MISUSED: u8 = 2;
/// The exit code of a refused edit.
const REFUSED: u8 = 3;

/// What stands for standard input or output.
const STANDARD_STREAM: &str = "-";

const EXAMPLES: &str = "\
Examples:
  Show what would change:
    cronwright edit .github/workflows/nightly.yml --set '0 0 * * *=17 2 * * *'
  Change it:
    cronwright edit .github/workflows/nightly.yml --set '0 0 * * *=17 2 * * *' --in-place
  Name the time zone where the same cron stands twice, and change it too:
    cronwright edit nightly.yml --set '0 0 * * * Europe/Berlin=0 2 * * * Europe/Paris'
  Name the entry by its place, counted from 0:
    cronwright edit nightly.yml --set-index 1='30 4 * * 1-5'
  As a filter:
    cronwright edit - --set '0 0 * * *=17 2 * * *' --output - < old.yml > new.yml

Exit codes: 0 done, 1 a file could not be read or written, 2 wrong use or no cron, 3 refused (the reason is printed).";

/// Change the cron of a workflow file: only the bytes of its scalar, proven by reading the file again.
#[derive(Args, Clone, Debug)]
#[command(after_help = EXAMPLES, group(ArgGroup::new("orders").args(["set", "set_index"]).required(true).multiple(true)))]
pub struct EditArgs {
    /// The workflow file, or '-' for standard input
    pub file: PathBuf,
    /// Change the entry that says OLD into NEW; each a cron, with a time zone behind it where that matters
    #[arg(long, value_name = "OLD=NEW")]
    pub set: Vec<String>,
    /// Change the entry at place I of the schedule, counted from 0
    #[arg(long, value_name = "I=NEW")]
    pub set_index: Vec<String>,
    /// Write the file in place instead of printing a diff
    #[arg(long, conflicts_with = "output")]
    pub in_place: bool,
    /// Write the new file to PATH ('-' for standard output) instead of printing a diff
    #[arg(long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Also edit a file that says it is generated from elsewhere
    #[arg(long)]
    pub allow_generated: bool,
}

/// Runs the command: the diff or the new file goes to `out`, notes and reasons go to `err`.
///
/// # Errors
/// Only when `out` or `err` cannot be written; everything else is told on `err` with its exit code.
pub fn run(args: &EditArgs, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<ExitCode> {
    let (bytes, edited, warnings) = match attempt(args) {
        Ok(done) => done,
        Err(failure) => {
            writeln!(err, "cronwright edit: {failure}")?;
            return Ok(ExitCode::from(failure.code()));
        }
    };
    for warning in warnings {
        writeln!(err, "warning: {warning}")?;
    }
    for note in &edited.notes {
        writeln!(err, "{}", note_words(&args.file, note))?;
    }
    match deliver(args, &bytes, &edited, out) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Delivery::Failed(failure)) => {
            writeln!(err, "cronwright edit: {failure}")?;
            Ok(ExitCode::from(failure.code()))
        }
        Err(Delivery::Stream(error)) => Err(error),
    }
}

/// Why the command did not do its work.
enum Failure {
    File { path: PathBuf, error: io::Error },
    Misused(String),
    Refused(Refusal),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::File { .. } => FAILED,
            Self::Misused(_) => MISUSED,
            Self::Refused(_) => REFUSED,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Misused(text) => write!(f, "{text}"),
            Self::Refused(refusal) => {
                write!(f, "refused ({}): {refusal}", refusal.reason())?;
                hint(refusal).map_or(Ok(()), |hint| write!(f, " ({hint})"))
            }
        }
    }
}

/// How the command is told what a refusal asks for.
fn hint(refusal: &Refusal) -> Option<&'static str> {
    if matches!(refusal, Refusal::Generated { .. }) {
        return Some("--allow-generated");
    }
    let is_ambiguous = matches!(refusal, Refusal::AmbiguousCron { .. });
    is_ambiguous.then_some("--set 'OLD ZONE=NEW', or --set-index I='NEW', I counted from 0")
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Why a result did not arrive.
enum Delivery {
    Failed(Failure),
    Stream(io::Error),
}

/// Reads the file and edits it in memory; what is odd about the new crons is told beside.
fn attempt(args: &EditArgs) -> Result<(Vec<u8>, Edited, Vec<String>), Failure> {
    if args.in_place && is_standard_stream(&args.file) {
        return Err(Failure::Misused(
            "--in-place needs a file, standard input has none: use --output".to_owned(),
        ));
    }
    let named = args.set.iter().map(|text| Order::by_cron(text));
    let placed = args.set_index.iter().map(|text| Order::by_index(text));
    let orders = named
        .chain(placed)
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failure::Misused)?;
    let bytes = file::read(&args.file).map_err(|error| Failure::File {
        path: args.file.clone(),
        error,
    })?;
    let document = read(&bytes)?;
    let changes = orders
        .iter()
        .map(|order| order.change(&document))
        .collect::<Result<Vec<_>, _>>()?;
    let edited = edit(
        &bytes,
        &changes,
        Options {
            allow_generated: args.allow_generated,
        },
    )?;
    let odd = |change: &Change| {
        let cron = change.to.cron.clone();
        let warnings = cron.warnings().into_iter();
        warnings.map(move |warning| format!("'{cron}': {warning}"))
    };
    Ok((bytes, edited, changes.iter().flat_map(odd).collect()))
}

/// Brings the result to where it was asked for.
fn deliver(
    args: &EditArgs,
    before: &[u8],
    edited: &Edited,
    out: &mut dyn Write,
) -> Result<(), Delivery> {
    let target = if args.in_place {
        Some(&args.file)
    } else {
        args.output.as_ref()
    };
    match target {
        Some(path) if is_standard_stream(path) => {
            out.write_all(&edited.bytes).map_err(Delivery::Stream)
        }
        Some(path) => file::replace(path, &edited.bytes).map_err(|error| {
            Delivery::Failed(Failure::File {
                path: path.clone(),
                error,
            })
        }),
        None => {
            let name = if is_standard_stream(&args.file) {
                "stdin".into()
            } else {
                args.file.to_string_lossy()
            };
            let (before, after) = (
                String::from_utf8_lossy(before),
                String::from_utf8_lossy(&edited.bytes),
            );
            out.write_all(diff(&name, &before, &after).as_bytes())
                .map_err(Delivery::Stream)
        }
    }
}

fn is_standard_stream(path: &Path) -> bool {
    path.as_os_str() == STANDARD_STREAM
}

/// Tells what a person should look at.
fn note_words(file: &Path, note: &Note) -> String {
    let file = file.display();
    match note {
        Note::StaleComment { line, text } => {
            format!(
                "{file}:{line}: this comment tells when it runs, please read it again: # {text}"
            )
        }
        Note::LiteralAlsoChanged { line, from, to } => {
            format!(
                "{file}:{line}: github.event.schedule is compared here, changed along: '{from}' to '{to}'"
            )
        }
    }
}

#[cfg(test)]
mod tests;
