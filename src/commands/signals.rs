//! SIGTERM and SIGINT end the work after the mail in hand.

use crate::engine::Stop;

/// Listens in the background from now on; what works looks at the order. A second signal ends the process at once.
pub(super) fn stop_on_signals() -> Stop {
    let order = Stop::default();
    let stop = order.clone();
    tokio::spawn(async move {
        if wait().await.is_ok() {
            stop.ask();
        }
        if wait().await.is_ok() {
            std::process::exit(130);
        }
    });
    order
}

#[cfg(unix)]
async fn wait() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

#[cfg(not(unix))]
async fn wait() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
