//! News for open pages: a number that changes when there is another picture. What it shows is asked for as a page.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::stream::{self, Stream};

use super::fresh::Fresh;

/// How long nothing is said at most, so that what stands in between keeps the connection.
const SILENCE: Duration = Duration::from_secs(20);

/// Tells the number of the picture, at first and whenever there is another.
pub(super) async fn events(
    State(fresh): State<Fresh>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut pictures = fresh.watch();
    // The one that is there is told first.
    pictures.mark_changed();
    let told = stream::unfold(pictures, |mut pictures| async move {
        pictures.changed().await.ok()?;
        let revision = pictures.borrow_and_update().revision.to_string();
        let event = Event::default().event("picture").data(revision);
        Some((Ok(event), pictures))
    });
    Sse::new(told).keep_alive(KeepAlive::new().interval(SILENCE))
}
