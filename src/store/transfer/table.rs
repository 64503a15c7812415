//! The tables as they are moved: key, columns, and what stands in them. A test holds this against the schema.

use std::fmt::Write as _;

use super::super::connection::On;
use super::super::statement::{Row, Statement, Value, composed, storable};

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    Bytes,
}

use Kind::{Bytes, Number, Text};

/// A table that is moved.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// How many of the columns, from the first on, are the key, by which rows are read and told apart.
    keys: usize,
    pub(super) columns: &'static [(&'static str, Kind)],
}

/// Every table but `claims`, which hold for seconds, and those that only count or version the others.
pub(super) const TABLES: [Table; 16] = [
    Table {
        name: "retained",
        keys: 2,
        columns: &[
            ("repository", Text),
            ("workflow", Text),
            ("runs_from", Number),
            ("jobs_from", Number),
        ],
    },
    Table {
        name: "runs",
        keys: 4,
        columns: &[
            ("repository", Text),
            ("workflow", Text),
            ("run_id", Number),
            ("attempt", Number),
            ("event", Text),
            ("status", Text),
            ("conclusion", Text),
            ("created_at", Number),
            ("started_at", Number),
            ("updated_at", Number),
            ("head_branch", Text),
            ("head_sha", Text),
            ("quarantined", Text),
            ("unscored", Number),
            ("revision", Number),
        ],
    },
    Table {
        name: "cursors",
        keys: 1,
        columns: &[
            ("repository", Text),
            ("created_from", Number),
            ("revision", Number),
        ],
    },
    Table {
        name: "jobs",
        keys: 4,
        columns: &[
            ("repository", Text),
            ("run_id", Number),
            ("attempt", Number),
            ("job_id", Number),
            ("name", Text),
            ("labels", Text),
            ("created_at", Number),
            ("started_at", Number),
            ("completed_at", Number),
            ("conclusion", Text),
        ],
    },
    Table {
        name: "forecasts",
        keys: 4,
        columns: &[
            ("repository", Text),
            ("workflow", Text),
            ("made_at", Number),
            ("number", Number),
            ("model", Text),
            ("duration_p50", Number),
            ("duration_p90", Number),
            ("interval_lower", Number),
            ("interval_upper", Number),
            ("queue_p50", Number),
            ("queue_p90", Number),
            ("lateness_p50", Number),
            ("lateness_p90", Number),
            ("success_permille", Number),
            ("confidence_percent", Number),
            ("samples", Number),
            ("drift_since", Number),
            ("success_lower_permille", Number),
            ("success_upper_permille", Number),
        ],
    },
    Table {
        name: "scores",
        keys: 3,
        columns: &[
            ("repository", Text),
            ("workflow", Text),
            ("run_id", Number),
            ("finished_at", Number),
            ("forecast_made_at", Number),
            ("model", Text),
            ("duration_p50", Number),
            ("duration_p90", Number),
            ("duration_naive", Number),
            ("duration_actual", Number),
            ("error_permille", Number),
            ("covered", Number),
            ("success_permille", Number),
            ("succeeded", Number),
        ],
    },
    Table {
        name: "fires",
        keys: 3,
        columns: &[
            ("repository", Text),
            ("workflow", Text),
            ("fire_at", Number),
            ("delivery", Text),
            ("run_id", Number),
            ("lateness", Number),
        ],
    },
    Table {
        name: "deeds",
        keys: 6,
        columns: &[
            ("repository", Text),
            ("workflow", Text),
            ("done_at", Number),
            ("kind", Text),
            ("digest", Text),
            ("pull", Number),
        ],
    },
    Table {
        name: "intents",
        keys: 2,
        columns: &[
            ("repository", Text),
            ("workflow", Text),
            ("begun_at", Number),
        ],
    },
    Table {
        name: "timetables",
        keys: 2,
        columns: &[
            ("connection", Text),
            ("number", Number),
            ("digest", Text),
            ("body", Text),
            ("made_at", Number),
        ],
    },
    Table {
        name: "repositories",
        keys: 1,
        columns: &[("repository", Text), ("visibility", Text)],
    },
    Table {
        name: "prices",
        keys: 1,
        columns: &[("connection", Text), ("body", Text)],
    },
    Table {
        name: "views",
        keys: 2,
        columns: &[
            ("connection", Text),
            ("repository", Text),
            ("body", Text),
            ("kept_at", Number),
        ],
    },
    Table {
        name: "learners",
        keys: 2,
        columns: &[
            ("repository", Text),
            ("workflow", Text),
            ("model", Text),
            ("body", Bytes),
            ("learned_at", Number),
            ("successes", Number),
            ("verdicts", Number),
        ],
    },
    Table {
        name: "anomalies",
        keys: 2,
        columns: &[
            ("repository", Text),
            ("workflow", Text),
            ("body", Text),
            ("kept_at", Number),
        ],
    },
    Table {
        name: "responses",
        keys: 1,
        columns: &[
            ("key", Text),
            ("etag", Text),
            ("link", Text),
            ("body", Bytes),
            ("size", Number),
            ("used", Number),
        ],
    },
];

/// A row as it is moved, and as it goes into a digest.
pub(super) type Values = Vec<Value>;

impl Table {
    fn named(columns: &[(&'static str, Kind)]) -> String {
        let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    /// How many rows there are.
    pub(super) async fn count(&self, on: On<'_>) -> Result<u64, sqlx::Error> {
        let sql = format!("SELECT COUNT(*) AS n FROM {}", self.name);
        let row = composed(sql).fetch_one(on).await?;
        row.try_get("n").map(i64::cast_unsigned)
    }

    /// The next rows in the order of their keys, after a row or from the first on.
    pub(super) async fn after(
        &self,
        last: Option<&Values>,
        limit: usize,
        on: On<'_>,
    ) -> Result<Vec<Values>, sqlx::Error> {
        let (keys, columns) = (
            Self::named(&self.columns[..self.keys]),
            Self::named(self.columns),
        );
        let mut sql = format!("SELECT {columns} FROM {}", self.name);
        if last.is_some() {
            let _ = write!(sql, " WHERE ({keys}) > ({})", places(1, self.keys));
        }
        let _ = write!(sql, " ORDER BY {keys} LIMIT {limit}");
        let key = last.iter().flat_map(|last| &last[..self.keys]);
        let query = key.fold(composed(sql), |query, value| query.bind(value.clone()));
        let rows = query.fetch_all(on).await?;
        rows.iter().map(|row| self.values(row)).collect()
    }

    /// The statement that writes rows.
    pub(super) fn insertion(&self, rows: &[Values]) -> Statement {
        let width = self.columns.len();
        let places: Vec<_> = (0..rows.len())
            .map(|row| format!("({})", places(row * width + 1, width)))
            .collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES {}",
            self.name,
            Self::named(self.columns),
            places.join(", ")
        );
        let values = rows.iter().flatten();
        values.fold(composed(sql), |query, value| query.bind(value.clone()))
    }

    fn values(&self, row: &Row) -> Result<Values, sqlx::Error> {
        let value = |(name, kind): &(&'static str, Kind)| match kind {
            Number => row.try_get(name).map(Value::Number),
            Text => {
                let text: Option<String> = row.try_get(name)?;
                Ok(Value::Text(text.map(storable)))
            }
            Bytes => row.try_get(name).map(Value::Bytes),
        };
        self.columns.iter().map(value).collect()
    }
}

/// `$3, $4, $5` and so on.
fn places(first: usize, count: usize) -> String {
    let places: Vec<_> = (first..first + count).map(|n| format!("${n}")).collect();
    places.join(", ")
}
