//! What a store knows of at all: the workflows of which a run is stored, and the newest plan of every connection.

use super::keys::located;
use super::statement::statement;
use super::timetables::{Timetable, read_digest};
use super::values::{Columns as _, span_of};
use super::{Store, StoreError};
use crate::domain::{LONGEST_DURATION, Located};

/// A workflow of which a run is stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Observed {
    /// Which workflow, of whichever host; its repository is in lower case.
    pub workflow: Located,
    /// How many attempts of its runs are stored that can be believed.
    pub runs: u64,
    /// How many of them its cron started.
    pub scheduled: u64,
    /// How many attempts no forecast learns a duration from, because their times cannot be: they are quarantined, or
    /// succeeded in no time or in more than [`LONGEST_DURATION`].
    pub impossible: u64,
}

const OBSERVED: &str = "
SELECT repository, workflow, SUM(CASE WHEN quarantined IS NULL THEN 1 ELSE 0 END) AS runs,
       SUM(CASE WHEN quarantined IS NULL AND event = 'schedule' THEN 1 ELSE 0 END) AS scheduled,
       SUM(CASE WHEN quarantined IS NOT NULL OR (status = 'completed' AND conclusion = 'success' AND attempt = 1
                     AND (updated_at = started_at OR updated_at - started_at > $1)) THEN 1 ELSE 0 END) AS impossible
FROM runs GROUP BY repository, workflow ORDER BY repository, workflow";

const NEWEST: &str = "
SELECT connection, digest, body, made_at FROM timetables t
WHERE number = (SELECT MAX(n.number) FROM timetables n WHERE n.connection = t.connection) ORDER BY connection";

impl Store {
    /// The workflows of which a run is stored, of every host, by name.
    ///
    /// Reads every run: for reports, not for rounds.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn observed(&self) -> Result<Vec<Observed>, StoreError> {
        self.attempt(|| "count the runs of every workflow".to_owned(), async {
            let rows = statement(OBSERVED)
                .bind(span_of(LONGEST_DURATION))
                .fetch_all(self.reader())
                .await?;
            let observed = |row| {
                Ok(Observed {
                    workflow: located(row)?,
                    runs: row.number("runs")?,
                    scheduled: row.number("scheduled")?,
                    impossible: row.number("impossible")?,
                })
            };
            rows.iter().map(observed).collect()
        })
        .await
    }

    /// The newest plan of every connection, by the connection's name.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn timetables(&self) -> Result<Vec<(String, Timetable)>, StoreError> {
        self.attempt(|| "read the newest timetables".to_owned(), async {
            let rows = statement(NEWEST).fetch_all(self.reader()).await?;
            let newest = |row: &super::statement::Row| {
                let timetable = Timetable {
                    digest: read_digest(row.text("digest")?)?,
                    body_json: row.text("body")?,
                    made_at: row.instant("made_at")?,
                };
                Ok((row.text("connection")?, timetable))
            };
            rows.iter().map(newest).collect()
        })
        .await
    }
}
