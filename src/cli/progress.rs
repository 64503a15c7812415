//! Progress bars, and log lines that stand above them: both go to standard error.

use std::{
    io::{self, Write as _},
    panic::catch_unwind,
    sync::LazyLock,
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// Every bar that is drawn.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Draws a bar beside those that are drawn already.
pub(super) fn shown(bar: ProgressBar) -> ProgressBar {
    BARS.add(bar)
}

/// Draws a bar of so many steps, in the words of a template.
pub(super) fn counted(steps: usize, template: &str) -> ProgressBar {
    let bar = shown(ProgressBar::new(steps as u64));
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// What a bar says where each step has a name.
pub(super) const NAMED_STEPS: &str = "{bar:32} {pos}/{len} {msg}";

/// Writes log lines to standard error; bars step aside meanwhile.
///
/// # Errors
/// When standard error takes none.
pub fn write_log(lines: &[u8]) -> io::Result<()> {
    let plainly = || io::stderr().lock().write_all(lines);
    if BARS.is_hidden() {
        return plainly();
    }
    // A terminal that went away makes the bars panic; a log line must not.
    catch_unwind(|| BARS.suspend(plainly)).unwrap_or_else(|_| plainly())
}
