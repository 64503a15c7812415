//! Scores: how each forecast compared with its run, once per run and never re-written.

use super::history::{run, run_columns};
use super::statement::{Row, Statement};
use super::values::{Columns, impossible, seconds_of, span_of};
use super::{Store, StoreError};
use crate::domain::{DurationScore, Permille, Run, RunId, Score, WorkflowId};

const RECORD: &str = "
INSERT INTO scores (repository, workflow, run_id, finished_at, forecast_made_at, model, duration_p50, duration_p90,
                    duration_naive, duration_actual, error_permille, covered, success_permille, succeeded)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (repository, workflow, run_id) DO NOTHING";

const SETTLE: &str = "UPDATE runs SET unscored = 0 WHERE repository = $1 AND workflow = $2 AND run_id = $3 AND attempt = 1";

const NEWEST: &str = "
SELECT run_id, finished_at, forecast_made_at, model, duration_p50, duration_p90, duration_naive, duration_actual,
       error_permille, covered, success_permille, succeeded
FROM scores WHERE repository = $1 AND workflow = $2 ORDER BY finished_at DESC, run_id DESC LIMIT $3";

// A run has a forecast from before it exactly when the first forecast is from before it.
const UNSCORED: &str = concat!(
    "SELECT ",
    run_columns!(),
    " FROM runs r
     WHERE r.repository = $1 AND r.workflow = $2 AND r.unscored = 1
       AND r.created_at > (SELECT MIN(f.made_at) FROM forecasts f WHERE f.repository = $1 AND f.workflow = $2)
       AND NOT EXISTS (SELECT 1 FROM scores s
                       WHERE s.repository = $1 AND s.workflow = $2 AND s.run_id = r.run_id)
     ORDER BY r.created_at, r.run_id LIMIT $3"
);

impl Store {
    /// Stores scores of a workflow's runs and tells how many were new; a run that has a score keeps it.
    ///
    /// # Errors
    /// See [`StoreError`]; nothing of the batch is stored then.
    pub async fn record_scores(
        &self,
        workflow: &WorkflowId,
        scores: &[Score],
    ) -> Result<u64, StoreError> {
        self.attempt(
            || format!("record {} scores of {workflow}", scores.len()),
            async {
                let mut transaction = self.begin().await?;
                let mut new = 0;
                for score in scores {
                    let written = with_values(self.about(RECORD, workflow), score);
                    new += written.execute(&mut transaction).await?;
                    let settle = self.about(SETTLE, workflow).bind(score.run.0.cast_signed());
                    settle.execute(&mut transaction).await?;
                }
                transaction.commit().await?;
                Ok(new)
            },
        )
        .await
    }

    /// The newest `limit` scores of a workflow, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn scores(
        &self,
        workflow: &WorkflowId,
        limit: u32,
    ) -> Result<Vec<Score>, StoreError> {
        let newest = self.rows_of("read the scores", NEWEST, workflow, limit.into(), score);
        Ok(newest.await?.into_iter().rev().collect())
    }

    /// The oldest `limit` runs that can be scored and are not: first attempts that ended with a verdict, have no score,
    /// and were created after a stored forecast was made.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn unscored_runs(
        &self,
        workflow: &WorkflowId,
        limit: u32,
    ) -> Result<Vec<Run>, StoreError> {
        let limit = i64::from(limit);
        self.rows_of("find the unscored runs", UNSCORED, workflow, limit, run)
            .await
    }
}

fn with_values(record: Statement, score: &Score) -> Statement {
    let duration = score.duration;
    record
        .bind(score.run.0.cast_signed())
        .bind(seconds_of(score.finished_at))
        .bind(seconds_of(score.forecast_made_at))
        .bind(score.model.as_str())
        .bind(duration.map(|duration| span_of(duration.p50)))
        .bind(duration.map(|duration| span_of(duration.p90)))
        .bind(duration.and_then(|duration| duration.naive).map(span_of))
        .bind(duration.map(|duration| span_of(duration.actual)))
        .bind(duration.map(|duration| i64::from(duration.error_permille)))
        .bind(duration.map(|duration| i64::from(duration.covered)))
        .bind(i64::from(score.success.0))
        .bind(i64::from(score.succeeded))
}

fn score(row: &Row) -> Result<Score, sqlx::Error> {
    Ok(Score {
        run: RunId(row.number("run_id")?),
        finished_at: row.instant("finished_at")?,
        forecast_made_at: row.instant("forecast_made_at")?,
        model: row.text("model")?,
        duration: row
            .optional_span("duration_actual")?
            .map(|_| duration(row))
            .transpose()?,
        success: Permille(row.small("success_permille")?),
        succeeded: flag(row, "succeeded")?,
    })
}

fn duration(row: &Row) -> Result<DurationScore, sqlx::Error> {
    Ok(DurationScore {
        p50: row.span("duration_p50")?,
        p90: row.span("duration_p90")?,
        naive: row.optional_span("duration_naive")?,
        actual: row.span("duration_actual")?,
        error_permille: row.small("error_permille")?,
        covered: flag(row, "covered")?,
    })
}

fn flag(row: &Row, column: &str) -> Result<bool, sqlx::Error> {
    match row.small::<i64>(column)? {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(impossible(&other)),
    }
}
