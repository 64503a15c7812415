//! The ledger of expected fires: what became of each instant that a cron implied.

use super::statement::Row;
use super::values::{Columns, impossible, seconds_of, span_of};
use super::{Store, StoreError};
use crate::domain::{Delivery, Fire, RunId, Seconds, Timestamp, WorkflowId};

const RECORD: &str = "
INSERT INTO fires (repository, workflow, fire_at, delivery, run_id, lateness) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (repository, workflow, fire_at) DO UPDATE SET
    delivery = excluded.delivery, run_id = excluded.run_id, lateness = excluded.lateness
WHERE fires.delivery <> excluded.delivery
   OR COALESCE(fires.run_id, -1) <> COALESCE(excluded.run_id, -1)
   OR COALESCE(fires.lateness, -1) <> COALESCE(excluded.lateness, -1)";

const SINCE: &str = "SELECT fire_at, delivery, run_id, lateness FROM fires
WHERE repository = $1 AND workflow = $2 AND fire_at >= $3 ORDER BY fire_at";

impl Store {
    /// Records what became of a workflow's fires and tells how many entries are new or have changed.
    ///
    /// A fire has one entry; a later word about it (it was pending, its run came after all) replaces the earlier.
    ///
    /// # Errors
    /// See [`StoreError`]; nothing of the batch is stored then.
    pub async fn record_fires(
        &self,
        workflow: &WorkflowId,
        fires: &[(Fire, Delivery)],
    ) -> Result<u64, StoreError> {
        self.attempt(
            || format!("record {} fires of {workflow}", fires.len()),
            async {
                let mut transaction = self.begin().await?;
                let mut changed = 0;
                for (fire, delivery) in fires {
                    let (run, lateness) = served_by(*delivery);
                    let query = self
                        .about(RECORD, workflow)
                        .bind(seconds_of(fire.at))
                        .bind(<&str>::from(*delivery));
                    let query = query
                        .bind(run.map(|run| run.0.cast_signed()))
                        .bind(lateness.map(span_of));
                    changed += query.execute(&mut transaction).await?;
                }
                transaction.commit().await?;
                Ok(changed)
            },
        )
        .await
    }

    /// A workflow's fires at or after an instant with what became of them, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn fires(
        &self,
        workflow: &WorkflowId,
        since: Timestamp,
    ) -> Result<Vec<(Fire, Delivery)>, StoreError> {
        self.rows_of("read the fires", SINCE, workflow, seconds_of(since), fire)
            .await
    }
}

fn fire(row: &Row) -> Result<(Fire, Delivery), sqlx::Error> {
    let at = row.instant("fire_at")?;
    Ok((Fire { at }, delivery(row)?))
}

fn served_by(delivery: Delivery) -> (Option<RunId>, Option<Seconds>) {
    match delivery {
        Delivery::OnTime { run, lateness } | Delivery::Late { run, lateness } => {
            (Some(run), Some(lateness))
        }
        Delivery::Coalesced { run } => (Some(run), None),
        Delivery::Missed | Delivery::Pending => (None, None),
    }
}

fn delivery(row: &Row) -> Result<Delivery, sqlx::Error> {
    let run = || row.number("run_id").map(RunId);
    match row.text("delivery")?.as_str() {
        "on_time" => Ok(Delivery::OnTime {
            run: run()?,
            lateness: row.span("lateness")?,
        }),
        "late" => Ok(Delivery::Late {
            run: run()?,
            lateness: row.span("lateness")?,
        }),
        "coalesced" => Ok(Delivery::Coalesced { run: run()? }),
        "missed" => Ok(Delivery::Missed),
        "pending" => Ok(Delivery::Pending),
        other => Err(impossible(&other)),
    }
}
