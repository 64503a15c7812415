//! What is asked of an edit, and what comes out of it.

use crate::domain::Schedule;

/// One entry of the schedule that shall say something else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// The entry's place in the list, from 0.
    pub index: usize,
    /// What the caller believes stands there; the edit is refused when it does not.
    pub from: Schedule,
    /// What shall stand there.
    pub to: Schedule,
}

/// What an edit may do beyond the rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Options {
    /// Edits a file that says it is written by something else.
    pub allow_generated: bool,
}

/// A file after an edit, and what a reviewer should know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edited {
    /// The new file.
    pub bytes: Vec<u8>,
    /// The scalars of the schedule that were replaced, in the file's order.
    pub replaced: Vec<Replacement>,
    /// What needs a human eye, in the file's order.
    pub notes: Vec<Note>,
}

/// A scalar that says something else now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Replacement {
    /// Its line, from 1.
    pub line: usize,
    /// What it said.
    pub from: String,
    /// What it says.
    pub to: String,
}

/// Something that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// A comment that tells the old time in words; the edit left it as it is.
    StaleComment {
        /// Its line, from 1.
        line: usize,
        /// The comment without its `#`.
        text: String,
    },
    /// A literal compared with `github.event.schedule` that was changed along.
    LiteralAlsoChanged {
        /// Its line, from 1.
        line: usize,
        /// What it said.
        from: String,
        /// What it says.
        to: String,
    },
}
