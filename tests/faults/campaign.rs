//! The campaign: hundreds of runs, each with several faults. However it is disturbed, the program ends with the
//! cases of an undisturbed run, no reply has left twice, and of each mail that nobody can know about it says so.
//!
//! `PRECEDENT_FAULT_RUNS` and `PRECEDENT_FAULT_MAILS` make it larger (200 and 500 are the full ones),
//! `PRECEDENT_FAULT_SEED` makes it another one, `PRECEDENT_FAULT_ONLY` runs one kind, `PRECEDENT_FAULT_AT_ONCE` says
//! how many runs there are at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use precedent::store::OutboxState;

use crate::house::{House, Running, left_out};
use crate::program::{killed_at, start};
use crate::scripted::{Fault, Plan};
use crate::server::At;
use crate::surroundings::{Disk, Refusal, World, Wrong, is_done, known, mails};

/// Nothing takes longer, on a slow machine that is busy.
const PATIENCE: Duration = Duration::from_secs(180);
/// In how many parts the mails of a run arrive.
const PARTS: usize = 4;
/// The clock of the last part: what was put off is due again.
const AHEAD_SECONDS: i64 = 6 * 3_600;
/// Where the process is ended, and how often it may have passed there before.
const POINTS: [(&str, u64); 14] = [
    ("store.archive", 4),
    ("store.attempts", 3),
    ("store.commit", 3),
    ("store.outbox", 12),
    ("store.health", 2),
    ("index.commit", 2),
    ("deliver.noted", 10),
    ("deliver.begun", 80),
    ("deliver.carried", 80),
    ("deliver.put", 80),
    ("imap.said", 12),
    ("imap.heard", 120),
    ("smtp.said", 160),
    ("smtp.heard", 300),
];

/// What disturbs a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Point,
    Random,
    Fetch,
    Data,
    Network,
    UidValidity,
    Renumbered,
    Disk,
    Clock,
}

/// The kinds in the order in which runs take them.
const KINDS: [Kind; 10] = [
    Kind::Point,
    Kind::Data,
    Kind::Fetch,
    Kind::Random,
    Kind::Network,
    Kind::Point,
    Kind::UidValidity,
    Kind::Renumbered,
    Kind::Disk,
    Kind::Clock,
];

/// A small generator of numbers (xorshift64*): the same seed makes the same campaign.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn milliseconds(&mut self, bound: u64) -> Duration {
        Duration::from_millis(self.below(bound))
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text}")),
        Err(_) => otherwise,
    }
}

/// What an undisturbed run ends with.
struct Expected {
    cases: Vec<String>,
    /// Recipients of replies, sorted.
    recipients: Vec<String>,
    processed: u64,
}

/// What all runs came to.
#[derive(Debug, Default)]
struct Sums {
    runs: u64,
    mails: u64,
    kills: u64,
    faults: u64,
    replies: u64,
    sent: u64,
    uncertain: u64,
    uncertain_there: u64,
    withheld: u64,
}

impl Sums {
    fn add(&mut self, more: &Self) {
        let Self {
            runs,
            mails,
            kills,
            faults,
            replies,
            sent,
            uncertain,
            uncertain_there,
            withheld,
        } = self;
        for (sum, one) in [
            (runs, more.runs),
            (mails, more.mails),
            (kills, more.kills),
            (faults, more.faults),
            (replies, more.replies),
            (sent, more.sent),
            (uncertain, more.uncertain),
            (uncertain_there, more.uncertain_there),
            (withheld, more.withheld),
        ] {
            *sum += one;
        }
    }
}

struct Campaign {
    mails: Vec<Vec<u8>>,
    template: House,
    expected: Expected,
    took: Duration,
}

impl Campaign {
    /// The first contact with an empty mailbox, which all runs begin after, and an undisturbed run.
    fn prepare(count: usize) -> Self {
        let world = World::new();
        let template = House::empty();
        world.configure(&template);
        let mut running = start(&template, &["-v", "run"], &[]);
        until("first contact", &running, || {
            running.err().contains("polling")
        });
        running.terminate();
        assert!(running.end().success(), "{}", running.err());
        let mut campaign = Self {
            mails: mails(count),
            template,
            expected: Expected {
                cases: Vec::new(),
                recipients: Vec::new(),
                processed: 0,
            },
            took: Duration::ZERO,
        };
        campaign.expected.processed = different(&campaign.mails);
        let house = campaign.house(&world);
        world.arrive(&campaign.mails);
        let began = Instant::now();
        let mut running = start(&house, &["-v", "run"], &[]);
        campaign.wait_until_done(&house, &mut running, &campaign.mails, 0);
        campaign.took = began.elapsed();
        running.terminate();
        assert!(running.end().success(), "{}", running.err());
        let known = known(&house);
        campaign.expected.cases = known.cases;
        campaign.expected.recipients = sorted(known.outbox.iter().map(|row| row.recipient.clone()));
        let sent = known
            .outbox
            .iter()
            .filter(|row| row.state == OutboxState::Sent);
        assert_eq!(sent.count(), world.smtp.taken().len());
        assert_eq!(
            known.outbox.len(),
            world.smtp.taken().len(),
            "everything that was written left"
        );
        assert!(campaign.expected.cases.len() * 10 > count * 8);
        assert!(campaign.expected.recipients.len() * 10 > count * 8);
        campaign
    }

    /// An installation that has seen the empty mailbox, of these servers.
    fn house(&self, world: &World) -> House {
        let house = House::empty();
        world.configure(&house);
        self.furnish(&house);
        house
    }

    fn furnish(&self, house: &House) {
        copy(&self.template.path("data"), &house.path("data"));
    }

    #[track_caller]
    fn wait_until_done(&self, house: &House, running: &mut Running, mails: &[Vec<u8>], ahead: i64) {
        let different = different(mails);
        until("everything is done", running, || {
            is_done(house, different, ahead)
        });
    }

    /// One run. The mails arrive in parts, and each part meets a fault of this kind.
    fn run(&self, kind: Kind, dice: &mut Dice) -> Sums {
        let world = World::new();
        let house = House::empty();
        world.configure(&house);
        let disk = match kind {
            Kind::Disk => {
                let Some(disk) = Disk::mount(house.path("data"), 200_000) else {
                    left_out("runs with a full disk (this user may not mount one)");
                    return Sums::default();
                };
                Some(disk)
            }
            _ => None,
        };
        self.furnish(&house);
        let mut faults = 0;
        let mut kills = 0;
        let mut arrived = 0;
        for part in 0..PARTS {
            let until_part = self.mails.len() * (part + 1) / PARTS;
            world.arrive(&self.mails[arrived..until_part]);
            arrived = until_part;
            let there = &self.mails[..arrived];
            faults += 1;
            let mut variables = Vec::new();
            match kind {
                Kind::Point => {
                    let (point, most) = dice.one_of(&POINTS);
                    variables.push(killed_at(point, 1 + dice.below(most)));
                }
                Kind::Clock => {
                    let moved = dice.one_of(&[-7_200, -600, 0, 600, 7_200]);
                    variables.push(("PRECEDENT_FAULT_CLOCK", moved.to_string()));
                }
                Kind::Fetch => {
                    let fault = dice.one_of(&[
                        Fault::End,
                        Fault::Bye,
                        Fault::HalfLiteral,
                        Fault::No,
                        Fault::Garbage,
                    ]);
                    let on = dice.one_of(&["BODY.PEEK", "BODY.PEEK", "RFC822.SIZE", "SEARCH"]);
                    let times = 1 + usize::try_from(dice.below(2)).unwrap();
                    world.imap.mailbox().plans = vec![Plan { fault, on, times }];
                }
                Kind::Data => {
                    let first = world.begun() + usize::try_from(dice.below(60)).unwrap();
                    world.refuse(Some(Refusal {
                        at: dice.one_of(&[At::Mail, At::Recipient, At::Data, At::End, At::End]),
                        act: dice.one_of(&[Wrong::HangUp, Wrong::TakeAndHangUp, Wrong::Later]),
                        mails: (first, 1 + usize::try_from(dice.below(3)).unwrap()),
                    }));
                    faults += 2;
                }
                Kind::Disk => {
                    let used = used_kilobytes(&house);
                    disk.as_ref()
                        .unwrap()
                        .resize(used + 64 + dice.below(self.mails.len() as u64 * 4));
                }
                _ => {}
            }
            let mut running = start(&house, &["-v", "run"], &variables);
            match kind {
                Kind::Random => {
                    let limit = dice.milliseconds(2 * self.span());
                    running.end_within(limit);
                }
                Kind::Network => {
                    pause(&mut running, dice.milliseconds(self.span()));
                    world.cut(true);
                    pause(&mut running, dice.milliseconds(300));
                    world.cut(false);
                    self.wait_until_done(&house, &mut running, there, 0);
                }
                Kind::UidValidity | Kind::Renumbered => {
                    pause(&mut running, dice.milliseconds(3 * self.span()));
                    // Of a server that was put up anew: connections end.
                    world.cut(true);
                    world.new_epoch(kind == Kind::Renumbered);
                    pause(&mut running, Duration::from_millis(20));
                    world.cut(false);
                    self.wait_until_done(&house, &mut running, there, 0);
                }
                Kind::Disk => {
                    pause(&mut running, Duration::from_millis(2 * self.span()));
                }
                // Ended at its point, or by us when it has done everything.
                _ => {
                    let different = different(there);
                    // What is put off by a clock that is ahead is due later.
                    until_or_ended(&mut running, || is_done(&house, different, -10_800));
                }
            }
            if dice.below(3) == 0 && kind == Kind::Disk {
                // There is room again. It goes on, or it has ended because it could not.
                disk.as_ref().unwrap().resize(200_000);
                let different = different(there);
                until_or_ended(&mut running, || is_done(&house, different, 0));
            }
            if running.kill() || kind == Kind::Point {
                kills += 1;
            }
            assert!(!running.err().contains("panicked"), "{}", running.err());
            if let Some(disk) = &disk {
                disk.resize(200_000);
            }
            world.refuse(None);
            world.imap.mailbox().plans.clear();
        }
        let later = ("PRECEDENT_FAULT_CLOCK", AHEAD_SECONDS.to_string());
        let mut running = start(&house, &["-v", "run"], &[later]);
        until("the mailbox is looked at", &running, || {
            running.err().contains("polling")
        });
        self.wait_until_done(&house, &mut running, &self.mails, AHEAD_SECONDS);
        running.terminate();
        assert!(running.end().success(), "{}", running.err());
        assert!(!running.err().contains("panicked"), "{}", running.err());
        Sums {
            kills,
            faults,
            ..self.check(kind, &house, &world, kills + faults)
        }
    }

    /// Milliseconds that the mails of a part take when nothing disturbs them.
    fn span(&self) -> u64 {
        u64::try_from(self.took.as_millis()).unwrap() / 3 + 200
    }

    fn check(&self, kind: Kind, house: &House, world: &World, faults: u64) -> Sums {
        let mut sums = Sums::default();
        let known = known(house);
        assert_eq!(known.stats.quarantined, 0, "nothing is put aside");
        assert_eq!(known.stats.pending, 0);
        assert_eq!(known.stats.processed, self.expected.processed, "lost mails");
        assert_eq!(known.cases, self.expected.cases, "lost or doubled cases");

        let mut there: BTreeMap<String, u64> = BTreeMap::new();
        let mut people: BTreeMap<String, u64> = BTreeMap::new();
        for mail in world.smtp.taken() {
            *there.entry(mail.message_id()).or_default() += 1;
            *people.entry(mail.recipient).or_default() += 1;
        }
        assert!(there.values().all(|count| *count == 1), "doubled replies");
        assert!(
            people.values().all(|count| *count == 1),
            "two replies to one person"
        );
        let mut uncertain = 0;
        for row in &known.outbox {
            let is_there = there.contains_key(&row.message_id);
            match row.state {
                OutboxState::Sent => assert!(is_there, "called sent and is not there: {row:?}"),
                OutboxState::Uncertain => {
                    uncertain += 1;
                    sums.uncertain_there += u64::from(is_there);
                }
                OutboxState::Withheld if matches!(kind, Kind::UidValidity | Kind::Renumbered) => {
                    assert!(!is_there, "called withheld and is there: {row:?}");
                    sums.withheld += 1;
                }
                state => panic!("{state}: {row:?}"),
            }
            sums.sent += u64::from(row.state == OutboxState::Sent);
        }
        let rows: BTreeSet<&str> = known
            .outbox
            .iter()
            .map(|row| row.message_id.as_str())
            .collect();
        assert!(
            there.keys().all(|id| rows.contains(id.as_str())),
            "unknown mails left"
        );
        let recipients = sorted(known.outbox.iter().map(|row| row.recipient.clone()));
        if matches!(kind, Kind::UidValidity | Kind::Renumbered) {
            // What the server has of a new epoch is old stock, and has no answer.
            assert!(
                recipients.is_sorted_by(|one, next| one < next),
                "doubled replies"
            );
            let expected: BTreeSet<&String> = self.expected.recipients.iter().collect();
            assert!(recipients.iter().all(|one| expected.contains(one)));
        } else {
            assert_eq!(
                recipients, self.expected.recipients,
                "lost or doubled replies"
            );
        }
        assert!(
            uncertain <= faults,
            "{uncertain} mails are said to be of unknown fate after {faults} faults"
        );
        sums.runs = 1;
        sums.mails = self.mails.len() as u64;
        sums.replies = known.outbox.len() as u64;
        sums.uncertain = uncertain;
        sums
    }
}

#[test]
fn whatever_fails_nothing_is_lost_nothing_doubled_and_unknown_fates_are_said() {
    let runs = number("PRECEDENT_FAULT_RUNS", 10);
    let count = usize::try_from(number("PRECEDENT_FAULT_MAILS", 75)).unwrap();
    let seed = number("PRECEDENT_FAULT_SEED", 1);
    let only = std::env::var("PRECEDENT_FAULT_ONLY").ok();
    let began = Instant::now();
    let campaign = Campaign::prepare(count);
    let sums = Mutex::new(Sums::default());
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..number("PRECEDENT_FAULT_AT_ONCE", 4) {
            scope.spawn(|| {
                loop {
                    let run = next.fetch_add(1, Ordering::SeqCst);
                    if run >= runs {
                        break;
                    }
                    let kind = KINDS[usize::try_from(run).unwrap() % KINDS.len()];
                    if only
                        .as_ref()
                        .is_some_and(|only| *only != format!("{kind:?}"))
                    {
                        continue;
                    }
                    // The others end after the run in hand.
                    let _ends = EndsWith(&next);
                    // Each run has its own dice: it can be had alone.
                    let mut dice =
                        Dice(((seed << 32) | (run + 1)).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
                    println!("run {run} of seed {seed}: {kind:?}, {count} mails");
                    let came_to = campaign.run(kind, &mut dice);
                    sums.lock().unwrap().add(&came_to);
                    println!("run {run} is well");
                }
            });
        }
    });
    println!(
        "{:?} in {:.0?}",
        sums.into_inner().unwrap(),
        began.elapsed()
    );
}

/// No more runs after a thread that fails.
struct EndsWith<'a>(&'a AtomicU64);

impl Drop for EndsWith<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(u64::MAX / 2, Ordering::SeqCst);
        }
    }
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts
}

/// Lets it work for this time, or to its end.
fn pause(running: &mut Running, time: Duration) {
    let _ = running.end_within(time);
}

/// Waits until something holds; the process must not end.
#[track_caller]
fn until(what: &str, running: &Running, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(
            Instant::now() < deadline,
            "{what} did not happen\n{}",
            running.err()
        );
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// Waits until something holds or the process has ended.
#[track_caller]
fn until_or_ended(running: &mut Running, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while running.end_within(Duration::from_millis(10)).is_none() && !holds() {
        assert!(Instant::now() < deadline, "it hangs\n{}", running.err());
    }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn used_kilobytes(house: &House) -> u64 {
    fn size(path: &std::path::Path) -> u64 {
        std::fs::read_dir(path)
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    size(&path)
                } else {
                    path.metadata()
                        .map_or(0, |found| found.len().div_ceil(4_096) * 4)
                }
            })
            .sum()
    }
    size(&house.path("data"))
}

/// How many mails there are: the same bytes are one.
fn different(mails: &[Vec<u8>]) -> u64 {
    mails.iter().collect::<BTreeSet<_>>().len() as u64
}
