//! How much the store holds.

use super::{Store, StoreError};

/// Numbers of stored things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Attempts of runs, the quarantined ones and those that have not ended included.
    pub runs: u64,
    /// Forecasts.
    pub forecasts: u64,
    /// Scores.
    pub scores: u64,
    /// Attempts that are kept out of every history.
    pub quarantined: u64,
}

const COUNT: &str = "SELECT (SELECT COUNT(*) FROM runs), (SELECT COUNT(*) FROM forecasts),
(SELECT COUNT(*) FROM scores), (SELECT COUNT(*) FROM runs WHERE quarantined IS NOT NULL)";

impl Store {
    /// Counts what is stored. Reads one index of each table: for summaries, not for every round.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        self.attempt(|| "count".to_owned(), async {
            let counted: (i64, i64, i64, i64) =
                sqlx::query_as(COUNT).fetch_one(self.reader()).await?;
            let (runs, forecasts, scores, quarantined) = counted;
            let [runs, forecasts, scores, quarantined] =
                [runs, forecasts, scores, quarantined].map(i64::cast_unsigned);
            Ok(Counts {
                runs,
                forecasts,
                scores,
                quarantined,
            })
        })
        .await
    }
}
