//! A defect in one object's round is that object's failure, and not the end of the process.

use std::{future::Future, panic::AssertUnwindSafe};

use futures::FutureExt as _;

/// Runs a round; where it ends in a panic, the panic's words.
///
/// # Errors
/// The panic's words, for the log alone: they may hold anything.
pub async fn caught<T>(round: impl Future<Output = T>) -> Result<T, String> {
    // What a round shares with others is locked by locks that a panic does not break.
    let end = AssertUnwindSafe(round).catch_unwind().await;
    end.map_err(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        text.unwrap_or_default()
    })
}
