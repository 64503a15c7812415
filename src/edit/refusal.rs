//! Why a workflow file is not read or not edited: one variant per thing a person could do about it.
//!
//! Invariant: every message says what stands in the way, where, and what to do.

/// Why a file was left exactly as it is.
///
/// Lines count from 1. The variant's name is a fixed reason code: see [`Refusal::reason`].
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error, strum::IntoStaticStr,
)]
#[non_exhaustive]
pub enum Refusal {
    /// Longer than [`BYTES_MAX`](super::BYTES_MAX).
    #[error(
        "the file has {bytes} bytes, the limit is {}: split the workflow, or edit it by hand",
        super::BYTES_MAX
    )]
    TooLarge {
        /// The file's length.
        bytes: usize,
    },
    /// Some bytes are no UTF-8.
    #[error("line {line} is not UTF-8: save the file as UTF-8")]
    NotUtf8 {
        /// The line of the first such byte.
        line: usize,
    },
    /// Not a YAML document.
    #[error(
        "line {line}, column {column}: {message}: repair the YAML first, GitHub does not run this file"
    )]
    InvalidYaml {
        /// Where the parser stopped.
        line: usize,
        /// The character in that line, from 1.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// More than one YAML document in one file.
    #[error(
        "line {line} starts a second YAML document: a workflow is one document, remove the other"
    )]
    SeveralDocuments {
        /// Where the second one starts.
        line: usize,
    },
    /// Nested deeper than [`DEPTH_MAX`](super::DEPTH_MAX).
    #[error(
        "line {line} nests deeper than {} levels: flatten it, no workflow needs that",
        super::DEPTH_MAX
    )]
    TooDeep {
        /// Where the limit is passed.
        line: usize,
    },
    /// Aliases that expand to more than [`NODES_MAX`](super::NODES_MAX) nodes.
    #[error(
        "its aliases expand to more than {} nodes: write the repeated parts out",
        super::NODES_MAX
    )]
    AliasBomb,
    /// More entries than [`ENTRIES_MAX`](super::ENTRIES_MAX).
    #[error(
        "the schedule has {count} entries, the limit is {}: split the workflow",
        super::ENTRIES_MAX
    )]
    TooManyEntries {
        /// How many there are.
        count: usize,
    },
    /// More literals than [`LITERALS_MAX`](super::LITERALS_MAX).
    #[error(
        "line {line}: more than {} texts depend on github.event.schedule: edit the file by hand",
        super::LITERALS_MAX
    )]
    TooManyLiterals {
        /// Where the limit is passed.
        line: usize,
    },
    /// A mapping has the same key twice, so what it means depends on the reader.
    #[error(
        "line {line} repeats the key '{key}': remove one of the two, GitHub does not run this file"
    )]
    DuplicateKey {
        /// The second one's line.
        line: usize,
        /// The key.
        key: String,
    },
    /// A merge key (`<<`) on the way to the schedule.
    #[error(
        "line {line} merges keys into the schedule ('<<'): write the keys out, GitHub does not merge them"
    )]
    MergeKey {
        /// Its line.
        line: usize,
    },
    /// The schedule, or a part of it, is shared through an anchor, so an edit would reach further than it says.
    #[error(
        "line {line} shares a part of the schedule through a YAML anchor: write the cron out at each place"
    )]
    Alias {
        /// The alias's line, or that of the anchor that something else refers to.
        line: usize,
    },
    /// The file has no `on.schedule` list.
    #[error("the file has no 'on.schedule' list: add one before changing it")]
    NoSchedule,
    /// The list is shorter than the caller believes.
    #[error("the schedule has no entry {index}: it has {count}, counted from 0")]
    NoSuchEntry {
        /// The place asked for, from 0.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// The caller's belief about what stands there is not true.
    #[error("there is no cron '{expected}' {}: read the file again and name what it says", found_words(.found.as_deref()))]
    NoSuchCron {
        /// What the caller named.
        expected: String,
        /// What stands at that place, when the caller named a place.
        found: Option<String>,
    },
    /// Several entries have the named cron.
    #[error("'{cron}' stands on lines {}: name its time zone or its place in the list", line_words(.lines))]
    AmbiguousCron {
        /// The cron.
        cron: String,
        /// The lines of all that match.
        lines: Vec<usize>,
    },
    /// Two changes of the same entry.
    #[error("entry {index} of the schedule would be changed twice: ask for one change of it")]
    ChangedTwice {
        /// Its place, from 0.
        index: usize,
    },
    /// A time zone is asked for, and the entry has no `timezone` scalar to change.
    #[error("line {line} has no time zone to change: add a line '{add}' beside the cron first")]
    NoTimeZoneScalar {
        /// The cron's line.
        line: usize,
        /// The line to add.
        add: String,
    },
    /// The file says that something else writes it.
    #[error(
        "line {line} says the file is written by something else ('{text}'): change its source, or allow generated files"
    )]
    Generated {
        /// The comment's line.
        line: usize,
        /// The comment.
        text: String,
    },
    /// The workflow compares `github.event.schedule` with a text that this edit cannot keep true.
    #[error(
        "line {line} depends on github.event.schedule through '{text}': change that line by hand together with the cron"
    )]
    LiteralCompared {
        /// The literal's line.
        line: usize,
        /// The literal.
        text: String,
    },
    /// The workflow gives `github.event.schedule` to something that may depend on the cron in a way that is not seen.
    #[error(
        "line {line} hands github.event.schedule on ('{text}'), and what becomes of it cannot be told: compare it with whole crons in quotes there, or change cron and script together by hand"
    )]
    ScheduleHandedOn {
        /// Where it is handed on.
        line: usize,
        /// That line.
        text: String,
    },
    /// The scalar's bytes could not be told exactly.
    #[error(
        "line {line} writes its value in a way whose bytes cannot be told exactly: write it on one line, in quotes"
    )]
    Unlocatable {
        /// The scalar's line.
        line: usize,
    },
    /// No change is asked for, or all of them leave things as they are.
    #[error("the file already says that: there is nothing to change")]
    NothingToChange,
    /// The proof after the edit failed; the edit is thrown away.
    #[error(
        "the edit would change more than the schedule near line {line}: change that line by hand"
    )]
    WouldChangeMore {
        /// The first line that differs in meaning.
        line: usize,
    },
}

impl Refusal {
    /// The reason code for conditions, events and metrics: the variant's name.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.into()
    }
}

/// Says what stands at the place that a caller named.
fn found_words(found: Option<&str>) -> String {
    found.map_or_else(
        || "in the schedule".to_owned(),
        |text| format!("at that place, it says '{text}'"),
    )
}

/// Lists line numbers.
fn line_words(lines: &[usize]) -> String {
    lines
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
