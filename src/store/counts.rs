//! How much the store holds.

use super::statement::statement;
use super::values::Columns as _;
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

const COUNT: &str = "SELECT (SELECT COUNT(*) FROM runs) AS runs, (SELECT COUNT(*) FROM forecasts) AS forecasts,
(SELECT COUNT(*) FROM scores) AS scores, (SELECT COUNT(*) FROM runs WHERE quarantined IS NOT NULL) AS quarantined";

impl Store {
    /// Counts what is stored. Reads one index of each table: for summaries, not for every round.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        self.attempt(|| "count".to_owned(), async {
            let counted = statement(COUNT).fetch_one(self.reader()).await?;
            Ok(Counts {
                runs: counted.number("runs")?,
                forecasts: counted.number("forecasts")?,
                scores: counted.number("scores")?,
                quarantined: counted.number("quarantined")?,
            })
        })
        .await
    }
}
