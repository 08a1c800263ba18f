//! What somebody who watches the program sees of it: numbers for Prometheus, whether it lives and is ready, and the word to a
//! service manager.

mod listener;
mod measures;
mod service;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use listener::{Answer, Listener};
pub use measures::{Measures, Stage, measures};
pub use service::ServiceManager;

/// A process of which nothing was heard for so long does not live.
pub const SILENCE_MAX: Duration = Duration::from_secs(120);

/// When work last went on. Seconds since 1970 by the monotonic clock of [`now_seconds`]; 0 before the first time.
static BEAT: AtomicU64 = AtomicU64::new(0);

/// Says that work goes on: called by the loop that holds everything together, and wherever much is done at once.
pub fn beat() {
    BEAT.store(now_seconds(), Ordering::Relaxed);
}

/// How long ago work last went on; `None` before it began.
#[must_use]
pub fn silence() -> Option<Duration> {
    match BEAT.load(Ordering::Relaxed) {
        0 => None,
        at => Some(Duration::from_secs(now_seconds().saturating_sub(at))),
    }
}

/// Seconds that only grow, whatever is done to the clock.
fn now_seconds() -> u64 {
    static START: std::sync::LazyLock<(Instant, u64)> = std::sync::LazyLock::new(|| {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(1, |since| since.as_secs().max(1));
        (Instant::now(), wall)
    });
    START.1 + START.0.elapsed().as_secs()
}
