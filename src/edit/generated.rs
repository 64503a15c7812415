//! Files that say of themselves that something else writes them: an edit in place would be overwritten.
//!
//! 13 % of real scheduled workflow files do. Only comments at the left edge before `jobs` count: further down,
//! "generated" speaks of what a step makes.

use std::sync::LazyLock;

use regex::Regex;

use super::locate::Located;

/// The comment that says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GeneratedMark {
    /// Its line, from 1.
    pub line: usize,
    /// The comment without its `#`.
    pub text: String,
}

/// How generators say it.
static SAYS_GENERATED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)@generated\b",
        r"|\bauto(?:matically|[- ]?magically)?[- ]?(?:generated|created|synced)\b",
        r"|\b(?:generated|created|rendered|produced|synced|synchroni[sz]ed|copied|managed|maintained|controlled|templated)",
        r"(?: automatically)? (?:by|from|with|using|via|through)\b",
        r"|\b(?:do not|don'?t|never) (?:manually |directly )?(?:edit|modify|change|touch|update)",
        r" ?(?:this (?:file|workflow)|it\b|by hand|manually|directly|here|[.!:;,-]|$)",
        r"|\b(?:changes|edits|modifications)\b.{0,40}\b(?:overwritten|lost|overridden)\b",
    ))
    .expect("a constant pattern compiles")
});

/// What takes the word back.
static TAKES_BACK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:not|no longer|never|isn'?t) (?:auto(?:matically)?[- ]?)?(?:generated|managed|synced)\b")
        .expect("a constant pattern compiles")
});

/// Finds the first comment that says the file is written by something else.
pub(super) fn mark(file: &Located<'_>) -> Option<GeneratedMark> {
    let lines = &file.parsed.lines;
    (1..head_end(file)).find_map(|line| {
        let text = lines
            .line(line)
            .strip_prefix('#')?
            .trim_start_matches('#')
            .trim();
        let says = SAYS_GENERATED.is_match(text) && !TAKES_BACK.is_match(text);
        says.then(|| GeneratedMark {
            line,
            text: text.to_owned(),
        })
    })
}

/// The line of the key `jobs`, which ends the head of the file; behind the last line when there is none.
fn head_end(file: &Located<'_>) -> usize {
    let keys = file
        .tree
        .root()
        .map_or(&[][..], |root| file.tree.pairs(root));
    let jobs = keys.iter().map(|(key, _)| file.tree.node(*key).event);
    let jobs = jobs.into_iter().find(|event| {
        file.parsed
            .scalar(*event)
            .is_some_and(|(key, _)| key == "jobs")
    });
    jobs.map_or(file.parsed.lines.count() + 1, |event| {
        file.parsed.line_of(event)
    })
}
