//! What is asked of all workflows at once, for those who tell of a whole fleet: each answer is one statement.
//!
//! For reports, not for rounds: most of these read a whole table.

use super::keys::located;
use super::statement::{Row, statement};
use super::timetables::{Timetable, read_digest};
use super::values::{Columns as _, impossible, seconds_of};
use super::{Store, StoreError};
use crate::domain::{Located, Timestamp};

/// The jobs of a run that ask for the same runners.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Demand {
    /// Whose run it is.
    pub workflow: Located,
    /// The labels that they ask for.
    pub labels: Vec<String>,
    /// How many of them there are.
    pub jobs: u32,
}

/// How many of a workflow's fires were served how.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Served {
    /// Whose fires they are.
    pub workflow: Located,
    /// Within the tolerance.
    pub on_time: u32,
    /// Later than that.
    pub late: u32,
    /// By another fire's run.
    pub coalesced: u32,
    /// By nothing.
    pub missed: u32,
}

/// What tells one state of a store from the next: the numbers of what is only ever added to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    runs: u64,
    forecasts: u64,
    scores: u64,
    timetables: u64,
    deeds: u64,
}

const DEMANDS: &str = "
SELECT n.repository, n.workflow, j.labels, COUNT(*) AS jobs
FROM (SELECT repository, workflow, MAX(run_id) AS run_id FROM runs
      WHERE status = 'completed' AND conclusion = 'success' AND attempt = 1 AND quarantined IS NULL
      GROUP BY repository, workflow) n
JOIN jobs j ON j.repository = n.repository AND j.run_id = n.run_id AND j.attempt = 1
GROUP BY n.repository, n.workflow, j.labels ORDER BY n.repository, n.workflow, j.labels";

const SERVED: &str = "
SELECT repository, workflow, SUM(CASE WHEN delivery = 'on_time' THEN 1 ELSE 0 END) AS on_time,
       SUM(CASE WHEN delivery = 'late' THEN 1 ELSE 0 END) AS late,
       SUM(CASE WHEN delivery = 'coalesced' THEN 1 ELSE 0 END) AS coalesced,
       SUM(CASE WHEN delivery = 'missed' THEN 1 ELSE 0 END) AS missed
FROM fires WHERE fire_at >= $1 GROUP BY repository, workflow ORDER BY repository, workflow";

const KEPT: &str =
    "SELECT digest, body, made_at FROM timetables WHERE connection = $1 ORDER BY number";

const PULSE: &str =
    "SELECT (SELECT COUNT(*) FROM runs) AS runs, (SELECT COUNT(*) FROM forecasts) AS forecasts,
(SELECT COUNT(*) FROM scores) AS scores, (SELECT COUNT(*) FROM deeds) AS deeds,
(SELECT CAST(COALESCE(SUM(number), 0) AS BIGINT) FROM timetables) AS timetables";

impl Store {
    /// The jobs of each workflow's newest run that succeeded, by the labels that they ask for.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn demands(&self) -> Result<Vec<Demand>, StoreError> {
        self.attempt(|| "read the jobs of every workflow".to_owned(), async {
            let rows = statement(DEMANDS).fetch_all(self.reader()).await?;
            rows.iter().map(demand).collect()
        })
        .await
    }

    /// How the fires at or after an instant were served, by workflow; what is pending is left out.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn served_since(&self, since: Timestamp) -> Result<Vec<Served>, StoreError> {
        self.attempt(|| "count the fires of every workflow".to_owned(), async {
            let query = statement(SERVED).bind(seconds_of(since));
            let rows = query.fetch_all(self.reader()).await?;
            rows.iter().map(served).collect()
        })
        .await
    }

    /// The plans of a connection that are kept, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn timetables_kept(&self, connection: &str) -> Result<Vec<Timetable>, StoreError> {
        let what = || format!("read the timetables of {connection}");
        self.attempt(what, async {
            let query = statement(KEPT).bind(connection);
            let rows = query.fetch_all(self.reader()).await?;
            rows.iter().map(timetable).collect()
        })
        .await
    }

    /// What changes whenever something was added.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn pulse(&self) -> Result<Pulse, StoreError> {
        self.attempt(|| "count".to_owned(), async {
            let row = statement(PULSE).fetch_one(self.reader()).await?;
            Ok(Pulse {
                runs: row.number("runs")?,
                forecasts: row.number("forecasts")?,
                scores: row.number("scores")?,
                timetables: row.number("timetables")?,
                deeds: row.number("deeds")?,
            })
        })
        .await
    }
}

fn demand(row: &Row) -> Result<Demand, sqlx::Error> {
    let labels = row.text("labels")?;
    Ok(Demand {
        workflow: located(row)?,
        labels: serde_json::from_str(&labels).map_err(|_| impossible(&labels))?,
        jobs: row.small("jobs")?,
    })
}

fn served(row: &Row) -> Result<Served, sqlx::Error> {
    Ok(Served {
        workflow: located(row)?,
        on_time: row.small("on_time")?,
        late: row.small("late")?,
        coalesced: row.small("coalesced")?,
        missed: row.small("missed")?,
    })
}

fn timetable(row: &Row) -> Result<Timetable, sqlx::Error> {
    Ok(Timetable {
        digest: read_digest(row.text("digest")?)?,
        body_json: row.text("body")?,
        made_at: row.instant("made_at")?,
    })
}
