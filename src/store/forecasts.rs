//! Forecasts, stored before the run they are about and never re-written.

use super::connection::On;
use super::keys::located;
use super::statement::{Row, Statement, statement};
use super::values::{Columns, seconds_of, span_of};
use super::{Store, StoreError};
use crate::domain::{
    Forecast, Interval, Located, Percent, Permille, ProbabilityInterval, Quantiles, Timestamp,
    WorkflowId,
};

const PUT: &str = "
INSERT INTO forecasts (repository, workflow, made_at, number, model, duration_p50, duration_p90, interval_lower,
                       interval_upper, queue_p50, queue_p90, lateness_p50, lateness_p90, success_permille,
                       confidence_percent, samples, drift_since, success_lower_permille, success_upper_permille)
VALUES ($1, $2, $3,
        (SELECT COALESCE(MAX(number), 0) + 1 FROM forecasts WHERE repository = $1 AND workflow = $2 AND made_at = $3),
        $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";

const BEFORE: &str = "
SELECT made_at, model, duration_p50, duration_p90, interval_lower, interval_upper, queue_p50, queue_p90, lateness_p50,
       lateness_p90, success_permille, confidence_percent, samples, drift_since, success_lower_permille,
       success_upper_permille
FROM forecasts WHERE repository = $1 AND workflow = $2 AND made_at < $3 ORDER BY made_at DESC, number DESC LIMIT 1";

const WORKFLOWS: &str =
    "SELECT DISTINCT repository, workflow FROM forecasts ORDER BY repository, workflow";

impl Store {
    /// Stores a forecast and tells whether it did: one that says what the newest says already is not stored again.
    ///
    /// # Guarantees
    /// Stored forecasts are never changed; the instant of making is cut to whole seconds.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_forecast(
        &self,
        workflow: &WorkflowId,
        forecast: &Forecast,
    ) -> Result<bool, StoreError> {
        self.attempt(|| format!("store the forecast of {workflow}"), async {
            let same = Forecast {
                drift_since: forecast.drift_since.map(whole_seconds),
                ..forecast.clone()
            };
            let says_so = |newest: Option<Forecast>| {
                newest.is_some_and(|newest| {
                    Forecast {
                        made_at: forecast.made_at,
                        ..newest
                    } == same
                })
            };
            let newest = || self.about(BEFORE, workflow).bind(i64::MAX);
            // Asked without the write lock first: mostly there is nothing to write.
            if says_so(first(newest(), self.reader().into()).await?) {
                return Ok(false);
            }
            let mut transaction = self.begin().await?;
            if says_so(first(newest(), (&mut transaction).into()).await?) {
                return Ok(false);
            }
            let put = with_values(self.about(PUT, workflow), forecast);
            put.execute(&mut transaction).await?;
            transaction.commit().await?;
            Ok(true)
        })
        .await
    }

    /// The newest forecast made strictly before an instant: the one that a run created then is scored by.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forecast_before(
        &self,
        workflow: &WorkflowId,
        at: Timestamp,
    ) -> Result<Option<Forecast>, StoreError> {
        self.newest_forecast(workflow, seconds_of(at)).await
    }

    /// The newest forecast.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn latest_forecast(
        &self,
        workflow: &WorkflowId,
    ) -> Result<Option<Forecast>, StoreError> {
        self.newest_forecast(workflow, i64::MAX).await
    }

    /// The workflows that were ever forecast, of every host, by name; their repositories are in lower case.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forecast_workflows(&self) -> Result<Vec<Located>, StoreError> {
        self.attempt(|| "list the workflows".to_owned(), async {
            let rows = statement(WORKFLOWS).fetch_all(self.reader()).await?;
            rows.iter().map(located).collect()
        })
        .await
    }

    async fn newest_forecast(
        &self,
        workflow: &WorkflowId,
        before: i64,
    ) -> Result<Option<Forecast>, StoreError> {
        self.attempt(
            || format!("read the forecast of {workflow}"),
            first(
                self.about(BEFORE, workflow).bind(before),
                self.reader().into(),
            ),
        )
        .await
    }
}

/// The forecast that a statement answers with, if it has any.
async fn first(statement: Statement, on: On<'_>) -> Result<Option<Forecast>, sqlx::Error> {
    let row = statement.fetch_optional(on).await?;
    row.as_ref().map(forecast).transpose()
}

fn with_values(put: Statement, forecast: &Forecast) -> Statement {
    put.bind(seconds_of(forecast.made_at))
        .bind(forecast.model.as_str())
        .bind(span_of(forecast.duration.p50))
        .bind(span_of(forecast.duration.p90))
        .bind(span_of(forecast.interval.lower))
        .bind(span_of(forecast.interval.upper))
        .bind(span_of(forecast.queue.p50))
        .bind(span_of(forecast.queue.p90))
        .bind(span_of(forecast.lateness.p50))
        .bind(span_of(forecast.lateness.p90))
        .bind(i64::from(forecast.success.0))
        .bind(i64::from(forecast.confidence.0))
        .bind(i64::from(forecast.samples))
        .bind(forecast.drift_since.map(seconds_of))
        .bind(i64::from(forecast.success_interval.lower.0))
        .bind(i64::from(forecast.success_interval.upper.0))
}

fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}

fn forecast(row: &Row) -> Result<Forecast, sqlx::Error> {
    let quantiles = |p50, p90| {
        Ok::<_, sqlx::Error>(Quantiles {
            p50: row.span(p50)?,
            p90: row.span(p90)?,
        })
    };
    Ok(Forecast {
        made_at: row.instant("made_at")?,
        model: row.text("model")?,
        duration: quantiles("duration_p50", "duration_p90")?,
        interval: Interval {
            lower: row.span("interval_lower")?,
            upper: row.span("interval_upper")?,
        },
        queue: quantiles("queue_p50", "queue_p90")?,
        lateness: quantiles("lateness_p50", "lateness_p90")?,
        success: Permille(row.small("success_permille")?),
        success_interval: ProbabilityInterval {
            lower: Permille(row.small("success_lower_permille")?),
            upper: Permille(row.small("success_upper_permille")?),
        },
        confidence: Percent(row.small("confidence_percent")?),
        samples: row.small("samples")?,
        drift_since: row.optional_instant("drift_since")?,
    })
}
