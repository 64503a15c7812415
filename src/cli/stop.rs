//! When to stop: on SIGTERM as Kubernetes sends it, or on Ctrl-C.

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Turns true at the first signal; a second one ends the process at once.
///
/// # Errors
/// When the system does not let us listen to signals.
pub(super) fn on_signal() -> std::io::Result<watch::Receiver<bool>> {
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        for signals in 1.. {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if signals > 1 {
                std::process::exit(130);
            }
            tracing::info!(
                "stopping: rounds under way come to their end; signal again to stop at once"
            );
            let _ = stop.send(true);
        }
    });
    Ok(stopped)
}
