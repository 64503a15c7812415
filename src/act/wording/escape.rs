//! Text from outside, made harmless in Markdown.

use std::fmt::Write as _;

/// The most characters of a foreign text that we repeat.
const LONGEST: usize = 120;
/// The most characters of a sentence with foreign names in it: two names of the longest kind and some words.
const LONGEST_SENTENCE: usize = 600;

/// Foreign text for a heading or a title: one line, no control characters, bounded.
pub(super) fn plain(text: &str) -> String {
    plain_up_to(text, LONGEST)
}

/// Control characters, and those that turn or hide the text around them (Unicode's bidirectional controls).
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

fn plain_up_to(text: &str, longest: usize) -> String {
    let mut short: String = text
        .chars()
        .map(|c| if is_invisible(c) { ' ' } else { c })
        .take(longest)
        .collect();
    if text.chars().count() > longest {
        short.push('…');
    }
    short
}

/// A sentence with names from outside in it: what would mention, link or mark up in Markdown is spelled out.
pub(super) fn prose(text: &str) -> String {
    let mut safe = String::new();
    for letter in plain_up_to(text, LONGEST_SENTENCE).chars() {
        match letter {
            '@' | '#' | '<' | '>' | '&' | '`' | '|' | '*' | '[' | ']' | '~' | '\\' => {
                // Writing to a String cannot fail.
                let _ = write!(safe, "&#{};", u32::from(letter));
            }
            _ => safe.push(letter),
        }
    }
    safe
}

/// Foreign text as a code span that nothing in it can end: no link, no mention, no HTML comes alive inside.
pub(super) fn code(text: &str) -> String {
    // A back quote ends a span and a pipe ends a table cell, even inside a span.
    format!(
        "`{}`",
        plain(text).replace('`', "'").replace('|', "¦").trim()
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_inside_a_code_span_can_end_it(text in "\\PC{0,200}") {
            let span = code(&text);
            prop_assert_eq!(span.matches('`').count(), 2);
            prop_assert!(!span.contains('|') && !span.contains('\n'));
        }
    }

    #[test]
    fn mentions_and_comments_stay_text() {
        assert_eq!(code("@team <!-- x --> `rm`\n"), "`@team <!-- x --> 'rm'`");
    }
}
