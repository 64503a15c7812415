//! Moving a whole history from one store into another, whatever databases they are in.
//!
//! Invariants: nothing in the source changes. Nothing is written into a target that holds anything but the beginning of this
//! very history, so a move that broke off is taken up where it ended, and a finished one that is repeated writes nothing.
//! What was moved is read again in both stores and compared, by count and digest.

mod digest;
mod table;
#[cfg(test)]
mod tests;

use digest::Sum;
use table::{TABLES, Table, Values};

use super::statement::statement;
use super::{Store, StoreError};

/// A table that was moved, and found to be the same in both stores.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Moved {
    /// The table.
    pub table: &'static str,
    /// Rows in both stores.
    pub rows: u64,
    /// Those of them that were written just now.
    pub written: u64,
    /// What all rows come to, read from the target.
    pub digest: String,
}

/// How far a move has come in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The table.
    pub table: &'static str,
    /// Rows that are in the target.
    pub done: u64,
    /// Rows in the source.
    pub of: u64,
}

/// Why a history was not moved.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// One of the stores failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The target is in use for something else.
    #[error(
        "the store to move into holds {table} of another history, or of a later one; nothing was written: name an empty \
         database"
    )]
    Occupied {
        /// The first table with foreign rows.
        table: &'static str,
    },
    /// What came out is not what went in.
    #[error(
        "{table} differs after the move: the history changed meanwhile; stop every controller that uses either store, and \
         move into an empty database"
    )]
    Differs {
        /// The table.
        table: &'static str,
    },
}

/// Rows that are read and written at once: the statement's values stay far below what either database takes.
const ROWS_AT_ONCE: usize = 200;

/// What a store holds of a table.
#[derive(Default)]
struct Holding {
    rows: u64,
    sum: Sum,
    last: Option<Values>,
}

impl Store {
    /// Moves the whole history into another store, and tells its progress after every batch.
    ///
    /// Claims, which hold for seconds, are not moved.
    ///
    /// # Guarantees
    /// Each batch is one transaction. This store is only read; nobody may write to either meanwhile.
    ///
    /// # Errors
    /// See [`TransferError`]. After a failure of a store the move can be repeated, and goes on where it broke off.
    pub async fn move_into(
        &self,
        target: &Self,
        mut progress: impl FnMut(Progress),
    ) -> Result<Vec<Moved>, TransferError> {
        let mut held = Vec::new();
        for table in &TABLES {
            held.push(self.beginning(target, table).await?);
        }
        let mut moved = Vec::new();
        for (table, held) in TABLES.iter().zip(held) {
            moved.push(self.move_table(target, table, held, &mut progress).await?);
        }
        // A row that came into a table after it was moved is in nobody's count yet.
        for (table, moved) in TABLES.iter().zip(&moved) {
            self.still_holds(table, moved).await?;
        }
        let count = "UPDATE response_totals SET entries = (SELECT COUNT(*) FROM responses),
                     bytes = (SELECT COALESCE(SUM(size), 0) FROM responses)";
        let counting = statement(count).execute(target.writer());
        target
            .attempt(|| "count the answers".to_owned(), counting)
            .await?;
        Ok(moved)
    }

    /// What the target holds of a table, which must be how the table begins here.
    async fn beginning(
        &self,
        target: &Self,
        table: &'static Table,
    ) -> Result<Holding, TransferError> {
        let theirs = target.holding(table, u64::MAX).await?;
        let ours = self.holding(table, theirs.rows).await?;
        if ours.rows != theirs.rows || ours.sum.hex() != theirs.sum.hex() {
            return Err(TransferError::Occupied { table: table.name });
        }
        Ok(theirs)
    }

    async fn move_table(
        &self,
        target: &Self,
        table: &'static Table,
        held: Holding,
        progress: &mut impl FnMut(Progress),
    ) -> Result<Moved, TransferError> {
        let what = || format!("count {}", table.name);
        let of = self
            .attempt(what, table.count(self.reader().into()))
            .await?;
        let Holding {
            rows: before,
            mut sum,
            mut last,
        } = held;
        let mut done = before;
        loop {
            let rows = self.batch(table, last.as_ref(), ROWS_AT_ONCE).await?;
            if rows.is_empty() {
                break;
            }
            target.write(table, &rows).await?;
            rows.iter().for_each(|row| sum.add(row));
            done += rows.len() as u64;
            last = rows.into_iter().next_back();
            progress(Progress {
                table: table.name,
                done,
                of: of.max(done),
            });
        }
        let theirs = target.holding(table, u64::MAX).await?;
        if theirs.rows != done || theirs.sum.hex() != sum.hex() {
            return Err(TransferError::Differs { table: table.name });
        }
        Ok(Moved {
            table: table.name,
            rows: done,
            written: done - before,
            digest: theirs.sum.hex(),
        })
    }

    /// Whether a table of this store is what was moved of it.
    async fn still_holds(&self, table: &'static Table, moved: &Moved) -> Result<(), TransferError> {
        let ours = self.holding(table, u64::MAX).await?;
        if ours.rows != moved.rows || ours.sum.hex() != moved.digest {
            return Err(TransferError::Differs { table: table.name });
        }
        Ok(())
    }

    /// Reads what is held of a table, of so many rows at most.
    async fn holding(&self, table: &'static Table, most: u64) -> Result<Holding, StoreError> {
        let mut held = Holding::default();
        while held.rows < most {
            let limit = usize::try_from(most - held.rows)
                .map_or(ROWS_AT_ONCE, |left| left.min(ROWS_AT_ONCE));
            let rows = self.batch(table, held.last.as_ref(), limit).await?;
            if rows.is_empty() {
                break;
            }
            rows.iter().for_each(|row| held.sum.add(row));
            held.rows += rows.len() as u64;
            held.last = rows.into_iter().next_back();
        }
        Ok(held)
    }

    async fn batch(
        &self,
        table: &'static Table,
        last: Option<&Values>,
        limit: usize,
    ) -> Result<Vec<Values>, StoreError> {
        let what = || format!("read {}", table.name);
        let reading = table.after(last, limit, self.reader().into());
        self.attempt(what, reading).await
    }

    async fn write(&self, table: &'static Table, rows: &[Values]) -> Result<(), StoreError> {
        let what = || format!("write {}", table.name);
        self.attempt(what, async {
            let mut transaction = self.begin().await?;
            table.insertion(rows).execute(&mut transaction).await?;
            transaction.commit().await
        })
        .await
    }
}
