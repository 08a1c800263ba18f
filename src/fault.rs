//! Points at which a test ends the process as a power switch would, and a clock that it moves. In builds that
//! are for release nothing of this exists.
//!
//! `PRECEDENT_FAULT_KILL=store.commit:3` ends the process when it passes the point `store.commit` for the
//! third time; `PRECEDENT_FAULT_CLOCK=-7200` lets its clock be two hours late.

use jiff::Timestamp;

/// The process may end here.
#[cfg(all(debug_assertions, unix))]
pub(crate) fn point(name: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static PLAN: LazyLock<Option<(String, AtomicU64)>> = LazyLock::new(|| {
        let plan = std::env::var("PRECEDENT_FAULT_KILL").ok()?;
        let (name, count) = plan.split_once(':')?;
        Some((name.to_owned(), AtomicU64::new(count.parse().ok()?)))
    });
    if let Some((planned, left)) = &*PLAN
        && planned == name
        && left.fetch_sub(1, Ordering::SeqCst) == 1
    {
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        // The signal comes before this thread does anything else.
        loop {
            std::thread::park();
        }
    }
}

/// The process may end here, in other builds than this one.
#[cfg(not(all(debug_assertions, unix)))]
pub(crate) fn point(_name: &str) {}

/// The time by the machine's clock.
#[cfg(debug_assertions)]
pub(crate) fn now() -> Timestamp {
    use std::sync::LazyLock;

    static MOVED: LazyLock<i64> = LazyLock::new(|| {
        let moved = std::env::var("PRECEDENT_FAULT_CLOCK").unwrap_or_default();
        moved.parse().unwrap_or(0)
    });
    let now = Timestamp::now();
    now.checked_add(jiff::SignedDuration::from_secs(*MOVED))
        .unwrap_or(now)
}

/// The time by the machine's clock.
#[cfg(not(debug_assertions))]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
