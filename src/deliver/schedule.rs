//! When a mail that was put off is tried again.

use jiff::{SignedDuration, Timestamp};

use crate::store::OutboxId;

/// Minutes between attempts; the last one goes on.
const MINUTES: [i64; 8] = [1, 3, 10, 20, 40, 60, 120, 240];

/// The time of the next attempt after so many. Spread a little by the mail's number, so that mails put
/// off together do not come back together (a server that counts connections would refuse them again).
pub(super) fn next(id: OutboxId, attempts: u32, now: Timestamp) -> Timestamp {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let minutes = MINUTES[place.min(MINUTES.len() - 1)];
    let seconds = minutes * 60;
    // Up to a tenth later.
    let spread = id.0.rem_euclid(16) * seconds / 160;
    now.saturating_add(SignedDuration::from_secs(seconds + spread))
        .unwrap_or(now)
}

/// True when the next attempt would come later than so many days after the first.
pub(super) fn is_over(first: Timestamp, next: Timestamp, days: u32) -> bool {
    next.duration_since(first) > SignedDuration::from_hours(24 * i64::from(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_grow_and_end() {
        let start = Timestamp::from_second(1_760_000_000).unwrap();
        let mut now = start;
        let mut last = SignedDuration::ZERO;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let next = next(OutboxId(7), attempts, now);
            let wait = next.duration_since(now);
            assert!(wait >= last, "{attempts}");
            last = wait;
            if is_over(start, next, 4) {
                break;
            }
            now = next;
        }
        // A server that comes back within a day has it within four hours of that.
        assert!(last <= SignedDuration::from_hours(5));
        assert!((20..40).contains(&attempts), "{attempts}");
    }
}
