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

/// An account with these `lines` catches up with the first hundred of `mails`, ended three times meanwhile, and moves each of them
/// to `INBOX.Done`. The others arrive while it idles, one of the first again, and at last one that is answered.
pub fn caught_up_with_after_kills(
    lines: &str,
    mails: &[Vec<u8>],
    mut place: impl FnMut(&[Vec<u8>]),
    count: impl Fn(&str) -> u32,
) {
    let all = mails.len();
    place(&mails[..100]);
    let house = House::empty();
    house.configure(
        "send",
        &format!(
            "\n[[account]]\nname = \"anna\"\n{lines}\nafter_archive = \"move\"\nmove_to = \"INBOX.Done\"\n"
        ),
    );
    for mark in [1, 40, 80] {
        let mut running = house.start(&["-v", "run"]);
        in_archive(&house, &running, mark);
        running.kill();
    }
    let mut running = house.start(&["-v", "run"]);
    processed(&house, &running, 100);
    says(&running, "idle");
    assert!(house.outgoing().is_empty(), "old stock is not answered");
    place(&mails[100..]);
    place(&mails[..1]);
    processed(&house, &running, all as u64);
    place(&[vague("new@customer.example", "Written after first contact").bytes()]);
    processed(&house, &running, all as u64 + 1);
    until("an answer", || !house.outgoing().is_empty());
    until("everything is moved", || count("INBOX") == 0);
    running.terminate();
    assert!(running.end().success(), "{}", running.err());
    assert_eq!(house.cases().len(), all + 1);
    // The one that came twice was moved twice.
    assert_eq!(count("INBOX.Done"), all as u32 + 2);
    assert!(!running.err().contains("panicked"), "{}", running.err());
}
