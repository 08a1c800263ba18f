//! SIGTERM and SIGINT end the work after the mail in hand.

use crate::engine::Stop;

/// Listens in the background. A second signal ends the process at once.
pub(super) fn stop_on_signals(stop: &Stop) {
    let stop = stop.clone();
    tokio::spawn(async move {
        if wait().await.is_ok() {
            stop.ask();
        }
        if wait().await.is_ok() {
            std::process::exit(130);
        }
    });
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
