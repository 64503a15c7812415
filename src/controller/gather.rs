//! Wishes for rounds, gathered: objects come in groups, and one plan serves all of them.

use std::time::Duration;

use futures::{Stream, StreamExt as _, stream};
use tokio::sync::mpsc::UnboundedReceiver;

/// How long wishes are gathered at least.
const SHORTEST: Duration = Duration::from_millis(300);
/// How much longer for each object of the fleet: reading all of a fleet costs the more the larger it is, and while it is
/// seen for the first time a wish comes with each of its objects.
const FOR_EACH_OBJECT: Duration = Duration::from_micros(500);

/// How long wishes are gathered in a fleet of so many objects.
pub(super) fn pause(objects: usize) -> Duration {
    let more = FOR_EACH_OBJECT.saturating_mul(u32::try_from(objects).unwrap_or(u32::MAX));
    SHORTEST.saturating_add(more)
}

/// What is wished for, each once, a pause after the first wish. A wish that comes later is in the next lot: none is lost, and
/// none puts off those before it.
pub(super) fn gathered<T: PartialEq + Send + 'static>(
    wishes: UnboundedReceiver<T>,
    pause: impl Fn() -> Duration + Clone + Send + 'static,
) -> impl Stream<Item = T> + Send + 'static {
    let lots = stream::unfold(wishes, move |mut wishes| {
        let pause = pause.clone();
        async move {
            let mut lot = vec![wishes.recv().await?];
            tokio::time::sleep(pause()).await;
            while let Ok(wish) = wishes.try_recv() {
                // Connections are few, whatever the number of wishes for each.
                if !lot.contains(&wish) {
                    lot.push(wish);
                }
            }
            Some((stream::iter(lot), wishes))
        }
    });
    lots.flatten()
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn wishes_of_a_pause_are_one_and_none_is_lost() {
        let (wish, wishes) = mpsc::unbounded_channel();
        let mut lots = std::pin::pin!(gathered(wishes, || pause(0)));
        for connection in ["a", "b", "a", "a"] {
            wish.send(connection).unwrap();
        }
        assert_eq!(lots.next().await, Some("a"));
        assert_eq!(lots.next().await, Some("b"));
        wish.send("a").unwrap();
        assert_eq!(lots.next().await, Some("a"));
        drop(wish);
        assert_eq!(lots.next().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn wishes_that_never_cease_do_not_put_the_first_off() {
        let (wish, wishes) = mpsc::unbounded_channel();
        let begin = tokio::time::Instant::now();
        let lots = gathered(wishes, || pause(10_000));
        let never_ceasing = async {
            loop {
                let _ = wish.send(0);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let mut lots = std::pin::pin!(lots);
        tokio::select! {
            () = never_ceasing => {}
            first = lots.next() => assert_eq!(first, Some(0)),
        }
        assert_eq!(begin.elapsed().as_secs(), pause(10_000).as_secs());
    }
}
