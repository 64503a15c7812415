//! Durations replayed from recorded runs instead of drawn.
//!
//! Owns reading a runs file. It knows columns by name and nothing of where the file lies.

use std::collections::BTreeMap;

use crate::domain::{Conclusion, Seconds};

/// One recorded run: how long it took and how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// From its start to its end.
    pub duration: Seconds,
    /// How it ended.
    pub conclusion: Conclusion,
}

/// Recorded runs in the order of their file, keyed by `repo workflow`.
pub type Histories = BTreeMap<String, Vec<Recorded>>;

/// Fewer recorded runs say little about how a workflow behaves.
const ENOUGH: usize = 30;

/// The history whose successful runs take about as long as a median, among those long enough; of equals the first by name.
///
/// None where there is none with a success.
pub(super) fn nearest(histories: &Histories, median: Seconds) -> Option<&Vec<Recorded>> {
    let most = histories.values().map(Vec::len).max()?;
    let long = histories
        .values()
        .filter(|history| history.len() >= ENOUGH.min(most));
    let with_medians = long.filter_map(|history| Some((history, median_of(history)?)));
    // As factors: half as long is as far as twice as long.
    let distance = |found: Seconds| {
        let (short, long) = (found.0.min(median.0).max(1), found.0.max(median.0).max(1));
        long * 1_000 / short
    };
    let nearest = with_medians.min_by_key(|(_, found)| distance(*found));
    nearest.map(|(history, _)| history)
}

fn median_of(history: &[Recorded]) -> Option<Seconds> {
    let successes = history
        .iter()
        .filter(|run| run.conclusion == Conclusion::Success);
    let mut durations: Vec<_> = successes.map(|run| run.duration).collect();
    durations.sort_unstable();
    durations.get(durations.len() / 2).copied()
}

/// Why a runs file cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// A column that replaying needs is not in the header.
    #[error(
        "the runs file has no column '{0}': its first line must name repo, workflow, conclusion, duration_s"
    )]
    NoColumn(&'static str),
    /// No row could be used.
    #[error("the runs file holds no completed run with a duration")]
    Empty,
}

/// Reads recorded histories, each in the order of its file, keyed by `repo workflow`.
///
/// Takes comma-separated text with a header that names at least `repo`, `workflow`, `conclusion` and `duration_s`;
/// rows of level `job`, without a duration or of a later attempt are left out.
///
/// # Errors
/// When a column is missing or no row is usable.
pub fn read_runs(text: &str) -> Result<Histories, ReplayError> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or("").trim().split(',').collect();
    let place = |name: &'static str| {
        header
            .iter()
            .position(|column| *column == name)
            .ok_or(ReplayError::NoColumn(name))
    };
    let (repo, workflow) = (place("repo")?, place("workflow")?);
    let (conclusion, duration) = (place("conclusion")?, place("duration_s")?);
    let optional = |name: &str| header.iter().position(|column| *column == name);
    let (attempt, level) = (optional("attempt"), optional("level"));
    let mut histories = Histories::new();
    for line in lines {
        let cells = split_row(line);
        let cell = |at: usize| cells.get(at).map_or("", String::as_str);
        let later = attempt.is_some_and(|at| !matches!(cell(at), "" | "1"));
        let job = level.is_some_and(|at| cell(at) == "job");
        let ended = cell(conclusion).parse::<Conclusion>();
        let lasted = cell(duration).parse::<f64>();
        if let (false, false, Ok(ended), Ok(lasted)) = (later, job, ended, lasted) {
            let key = format!("{} {}", cell(repo), cell(workflow));
            let recorded = Recorded {
                duration: Seconds::from_f64(lasted),
                conclusion: ended,
            };
            histories.entry(key).or_default().push(recorded);
        }
    }
    if histories.is_empty() {
        Err(ReplayError::Empty)
    } else {
        Ok(histories)
    }
}

/// Splits one row at the commas outside of double quotes (RFC 4180, without line breaks in a cell).
fn split_row(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for letter in line.trim_end_matches('\r').chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(other);
                }
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_runs_are_read_by_workflow_and_later_attempts_left_out() {
        let text = "repo,workflow,attempt,conclusion,duration_s,level\n\
                    a/b,\"x, y\",1,success,60,run\na/b,\"x, y\",2,success,9,run\na/b,\"x, y\",,failure,12.4,run\n";
        let histories = read_runs(text).unwrap();
        let seconds: Vec<u64> = histories["a/b x, y"].iter().map(|r| r.duration.0).collect();
        assert_eq!(seconds, [60, 12]);
    }

    #[test]
    fn a_file_without_its_columns_says_which_is_missing() {
        assert_eq!(
            read_runs("repo,workflow\n"),
            Err(ReplayError::NoColumn("conclusion"))
        );
    }
}
