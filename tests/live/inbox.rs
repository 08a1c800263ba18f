//! Mails for mailboxes, and waiting until they are processed.

use precedent::store::{Stats, Store as _};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::dovecot::until;
use crate::house::{House, Running};
use crate::letter::vague;

/// So many mails of different people about different things.
pub fn letters(count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|number| {
            vague(
                &format!("dev{number}@customer{number}.example"),
                &format!("Problem number {number}"),
            )
            .bytes()
        })
        .collect()
}

/// How many mails are in which state; none before there is a store.
pub fn archived(house: &House) -> Option<Stats> {
    house.look(async |store| store.stats().await.ok())
}

/// Waits until so many mails are archived at least.
#[track_caller]
pub fn in_archive(house: &House, running: &Running, mails: u64) {
    let deadline = Instant::now() + Duration::from_secs(90);
    loop {
        let stats = archived(house);
        if stats.as_ref().is_some_and(|stats| stats.mails >= mails) {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "not {mails} mails: {stats:?}\n{}",
            running.err()
        );
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Waits until so many mails are processed.
#[track_caller]
pub fn processed(house: &House, running: &Running, mails: u64) {
    let mut last = None;
    let deadline = Instant::now() + Duration::from_secs(90 + mails / 20);
    loop {
        if let Some(stats) = archived(house) {
            if stats.processed == mails && stats.pending == 0 {
                return;
            }
            last = Some(stats);
        }
        assert!(
            Instant::now() < deadline,
            "not {mails} mails: {last:?}\n{}",
            running.err()
        );
        std::thread::park_timeout(Duration::from_millis(30));
    }
}

/// Waits until the program says something.
#[track_caller]
pub fn says(running: &Running, words: &str) {
    until(words, || running.err().contains(words));
}

/// Ends the program, and looks at what it has: each subject is one case.
#[track_caller]
pub fn each_is_one_case(house: &House, running: &mut Running, mails: usize) {
    running.terminate();
    assert!(running.end().success(), "{}", running.err());
    let cases = house.cases();
    let subjects: BTreeSet<&str> = cases
        .iter()
        .map(|case| case["subject"].as_str().unwrap())
        .collect();
    assert_eq!((cases.len(), subjects.len()), (mails, mails));
    assert!(!running.err().contains("panicked"), "{}", running.err());
}
