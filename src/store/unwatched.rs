//! What is kept for repositories and connections rather than for workflows, and goes when nobody looks at them any more.

use super::statement::statement;
use super::sweep::ago;
use super::{Retention, Store};
use crate::domain::{Seconds, Timestamp};

/// How long after its end a claim, or an intent, is of no interest to anybody: far longer than clocks differ.
const CLAIM_OUTLIVES: Seconds = Seconds::days(1);

/// Whether there is something to remove, and how to remove it.
const VIEWS: (&str, &str) = (
    "SELECT 1 FROM views WHERE kept_at < $1 LIMIT 1",
    "DELETE FROM views WHERE kept_at < $1",
);
const CLAIMS: (&str, &str) = (
    "SELECT 1 FROM claims WHERE held_until < $1 LIMIT 1",
    "DELETE FROM claims WHERE held_until < $1",
);
const INTENTS: (&str, &str) = (
    "SELECT 1 FROM intents WHERE begun_at < $1 LIMIT 1",
    "DELETE FROM intents WHERE begun_at < $1",
);
const LEARNERS: (&str, &str) = (
    "SELECT 1 FROM learners WHERE learned_at < $1 LIMIT 1",
    "DELETE FROM learners WHERE learned_at < $1",
);
const ANOMALIES: (&str, &str) = (
    "SELECT 1 FROM anomalies WHERE kept_at < $1 LIMIT 1",
    "DELETE FROM anomalies WHERE kept_at < $1",
);
const TIMETABLES: (&str, &str) = (
    "SELECT 1 FROM timetables t WHERE made_at < $1
     AND NOT EXISTS (SELECT 1 FROM views v WHERE v.connection = t.connection) LIMIT 1",
    "DELETE FROM timetables WHERE made_at < $1
     AND NOT EXISTS (SELECT 1 FROM views v WHERE v.connection = timetables.connection)",
);

impl Store {
    /// Removes views that nobody keeps any more, timetables of connections without any, claims and intents of workers
    /// that died, and what was learned of and found about workflows whose runs are gone.
    ///
    /// Deeds stay: a person's no is final, and there are few of them.
    pub(super) async fn forget_unwatched(
        &self,
        retention: Retention,
        now: Timestamp,
    ) -> Result<u64, sqlx::Error> {
        let mut removed = 0;
        let bounds = [
            (VIEWS, ago(now, Retention::WATCHED)),
            (TIMETABLES, ago(now, retention.keep())),
            (CLAIMS, ago(now, CLAIM_OUTLIVES)),
            (INTENTS, ago(now, CLAIM_OUTLIVES)),
            (LEARNERS, ago(now, retention.outlives())),
            (ANOMALIES, ago(now, retention.outlives())),
        ];
        for ((is_any, forget), before) in bounds {
            let found = statement(is_any)
                .bind(before)
                .fetch_optional(self.reader())
                .await?;
            if found.is_some() {
                let query = statement(forget).bind(before);
                removed += query.execute(self.writer()).await?;
            }
        }
        Ok(removed)
    }
}
