//! A unified diff for people.

use similar::TextDiff;

/// Lines of context around a change, as `git diff` shows by default.
const CONTEXT_LINES: usize = 3;

/// Tells the difference between two versions of a file as a unified diff; empty when there is none.
///
/// The headers are `a/` and `b/` before the path, as Git writes them, so that `git apply` takes the text.
#[must_use]
pub fn diff(path: &str, before: &str, after: &str) -> String {
    let path = path.trim_start_matches('/');
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(CONTEXT_LINES)
        .missing_newline_hint(true)
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string()
}
