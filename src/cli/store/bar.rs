//! A progress bar of one line, which is drawn over again on a terminal; elsewhere one line for every table.

use std::io::Write;

use crate::store::Progress;

/// How wide the bar is.
const WIDTH: u64 = 30;

/// Draws the progress of a move.
pub(super) struct Bar<'a> {
    err: &'a mut dyn Write,
    terminal: bool,
}

impl<'a> Bar<'a> {
    pub(super) fn new(err: &'a mut dyn Write, terminal: bool) -> Self {
        Self { err, terminal }
    }

    /// Draws a step. Where it cannot be drawn, the move goes on all the same.
    pub(super) fn draw(&mut self, step: Progress) {
        let Progress { table, done, of } = step;
        let ended = done >= of;
        if self.terminal {
            let filled = (done * WIDTH).checked_div(of).unwrap_or(WIDTH).min(WIDTH);
            let (full, rest) = ("#".repeat(filled as usize), WIDTH - filled);
            let end = if ended { "\n" } else { "" };
            let empty = ".".repeat(rest as usize);
            let _ = write!(
                self.err,
                "\r{table:<11} [{full}{empty}] {done} of {of}{end}"
            );
        } else if ended {
            let _ = writeln!(self.err, "{table}: {done} of {of}");
        }
        let _ = self.err.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(terminal: bool) -> String {
        let mut err = Vec::new();
        let mut bar = Bar::new(&mut err, terminal);
        for done in [200, 400] {
            let step = Progress {
                table: "runs",
                done,
                of: 400,
            };
            bar.draw(step);
        }
        String::from_utf8(err).expect("text")
    }

    #[test]
    fn a_terminal_sees_one_line_and_a_log_one_line_for_each_table() {
        assert_eq!(
            drawn(true),
            "\rruns        [###############...............] 200 of 400\rruns        [##############################] 400 of 400\n"
        );
        assert_eq!(drawn(false), "runs: 400 of 400\n");
    }
}
