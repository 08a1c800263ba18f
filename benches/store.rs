//! Microseconds for one mail in the store: archive and commit in batches, as the engine does it.
//!
//! `cargo bench --bench store -- 20000` (mails; 10,000 when not given). Mails, facts and replies have the sizes
//! of real ones: 6 KB raw, 8 fields with evidence, 3 events, a reply to every other mail.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use precedent::case::{CaseState, CaseStatus, Evidence, Facts, FieldValue, Fields, PartId};
use precedent::limits::BATCH_MAILS;
use precedent::mail::{KindReason, MailKind};
use precedent::reply::{Verdict, VerdictKind};
use precedent::store::sqlite::SqliteStore;
use precedent::store::{
    CaseUpsert, Commit, Cursor, JournalEvent, MailId, MailOutcome, NewMail, NewOutgoing,
    OutboxState, Store, ThreadLookup, case_number, compress, hash,
};
use precedent::triage::OutgoingKind;

const PREFIX: &str = "SP";

/// Numbers that look random and are the same in each run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn words(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 12);
        while text.len() < bytes {
            // Few words are frequent and many are rare, so that text compresses as in real mails.
            let number = self.next() % 200;
            text.push_str(&format!("{:x} ", 0xabc + number * number));
        }
        text
    }
}

/// Processor time of all threads of this process so far: unlike the clock on the wall, it tells the truth on
/// a busy machine. Zero where there is no `/proc`.
fn processor_time() -> Duration {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
        return Duration::ZERO;
    };
    let nanoseconds = tasks
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|text| text.split(' ').next()?.parse::<u64>().ok())
        .sum();
    Duration::from_nanos(nanoseconds)
}

/// A moment, on both clocks.
struct Moment(Instant, Duration);

impl Moment {
    fn now() -> Self {
        Self(Instant::now(), processor_time())
    }
}

fn fields(numbers: &mut Numbers) -> Fields {
    let names = [
        "operation",
        "request_id",
        "seller_id",
        "error_code",
        "http_status",
        "marketplace",
        "order_id",
        "application_id",
    ];
    names
        .into_iter()
        .map(|name| {
            let value = FieldValue {
                value: format!("{:016x}", numbers.next()),
                evidence: Evidence {
                    part: PartId::Body,
                    start: 120,
                    end: 136,
                    rule: format!("{name}.label"),
                    confidence: 0.95,
                    quoted: false,
                },
            };
            (name.to_owned(), vec![value])
        })
        .collect()
}

fn message_id(index: u64) -> String {
    // Spread like real ones, so that the index of Message-IDs is filled in no order.
    format!(
        "{:016x}.{index}@mail.example.org",
        index.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    )
}

fn batch(numbers: &mut Numbers, mails: &[(MailId, u64)], next: u64, at: Timestamp) -> Commit {
    let mut commit = Commit::new(at);
    commit.expected_numbers.insert(PREFIX.to_owned(), next);
    for (ordinal, &(mail, index)) in (next..).zip(mails) {
        let number = case_number(PREFIX, ordinal);
        let fields = fields(numbers);
        let submitter = format!("person{}@company{}.example", index % 5_000, index % 700);
        commit.outcomes.push(MailOutcome {
            mail,
            message_id: Some(message_id(index)),
            kind: MailKind::Human,
            kind_reason: KindReason {
                code: "no_sign_of_a_machine".to_owned(),
                detail: String::new(),
            },
            from: submitter.clone(),
            subject: numbers.words(50),
            date: Some(at),
            desk: "amazon".to_owned(),
            language: Some("en".to_owned()),
            case: Some(number.clone()),
            analysis: format!(
                r#"{{"action":"ask_missing","text":"{}"}}"#,
                numbers.words(1_000)
            ),
            verdict: None,
            fields: fields.clone(),
        });
        commit.cases.push(CaseUpsert {
            state: CaseState {
                number: number.clone(),
                desk: "amazon".to_owned(),
                status: CaseStatus::Waiting,
                subject: numbers.words(50),
                submitter: submitter.clone(),
                participants: vec![submitter.clone()],
                language: "en".to_owned(),
                issue_type: Some("api_error".to_owned()),
                facts: Facts {
                    fields,
                    ..Facts::default()
                },
                missing: vec!["time_of_occurrence".to_owned()],
                flags: Vec::new(),
                asked: vec!["time_of_occurrence".to_owned()],
                requests: 1,
                opened_at: at,
                updated_at: at,
                resolution: None,
            },
            revision: 0,
            token: format!("{:024x}", numbers.next()),
            problem: Some(numbers.words(1_200)),
            mails: vec![mail],
        });
        for event in ["opened", "assessed", "asked"] {
            commit.journal.push(JournalEvent {
                case: number.clone(),
                mail: Some(mail),
                at,
                event: event.to_owned(),
                detail: serde_json::json!({ "missing": ["time_of_occurrence"] }),
            });
        }
        if index % 2 == 0 {
            commit.outbox.push(NewOutgoing {
                case: number.clone(),
                mail: Some(mail),
                message_id: format!("{number}.1.{:x}@desk.example", numbers.next()),
                recipient: submitter,
                kind: OutgoingKind::RequestForInformation,
                language: "en".to_owned(),
                subject: format!("[{number}] {}", numbers.words(40)),
                bytes: numbers.words(2_500).into_bytes(),
                body_hash: hash(&numbers.next().to_le_bytes()),
                verdict: Verdict {
                    kind: VerdictKind::Send,
                    rule: "passed".to_owned(),
                    detail: String::new(),
                },
                gate_facts: numbers.words(400),
                state: OutboxState::Waiting,
                created_at: at,
            });
        }
    }
    commit
}

fn main() {
    let mails = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(10_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(measure(folder.path(), mails));
}

async fn measure(folder: &Path, mails: u64) {
    let store = SqliteStore::open(folder).await.expect("a store");
    let mut numbers = Numbers(0x5eed);
    let at = Timestamp::from_second(1_760_000_000).expect("a time");
    let mut spent: BTreeMap<&str, (Duration, Duration)> = BTreeMap::new();
    let mut add = |what, since: Moment| {
        let (wall, processor) = spent.entry(what).or_default();
        *wall += since.0.elapsed();
        *processor += processor_time().saturating_sub(since.1);
    };
    let mut index = 0;
    while index < mails {
        let size = (BATCH_MAILS as u64).min(mails - index);
        let raws: Vec<String> = (0..size).map(|_| numbers.words(6_000)).collect();
        let since = Moment::now();
        let new: Vec<NewMail> = raws
            .iter()
            .map(|raw| NewMail {
                hash: hash(raw.as_bytes()),
                raw_compressed: compress(raw.as_bytes()).expect("a frame"),
                size: raw.len() as u64,
                source: "/var/mail/support".to_owned(),
                origin: "new/1760000000.M1P2.host".to_owned(),
                received_at: at,
                arrival: precedent::store::Arrival::default(),
            })
            .collect();
        add("hash and compress (one thread)", since);
        let cursor = Cursor {
            source: "/var/mail/support".to_owned(),
            position: index.to_string(),
        };
        let since = Moment::now();
        let archived = store.archive(&new, &[cursor]).await.expect("archived");
        add("archive", since);

        let lookup = ThreadLookup {
            message_ids: (0..size)
                .map(|_| message_id(numbers.next() % (index * 4 + 1)))
                .collect(),
            ..ThreadLookup::default()
        };
        let since = Moment::now();
        let next = store
            .next_numbers(&[PREFIX.to_owned()])
            .await
            .expect("numbers")[PREFIX];
        std::hint::black_box(store.candidates(&lookup).await.expect("candidates"));
        add("candidates and numbers", since);

        let pairs: Vec<(MailId, u64)> = archived
            .iter()
            .map(|archived| archived.mail)
            .zip(index..)
            .collect();
        let commit = batch(&mut numbers, &pairs, next, at);
        let since = Moment::now();
        store.commit(&commit).await.expect("committed");
        add("commit", since);
        index += size;
    }
    let since = Moment::now();
    let mut place = 0;
    loop {
        let changes = store.changes(place, 1_000).await.expect("changes");
        let Some(last) = changes.last() else { break };
        place = last.sequence;
    }
    add("changes for the index", since);
    let since = Moment::now();
    store.close().await.expect("closed");
    add("close", since);

    println!("{mails} mails in batches of {BATCH_MAILS}");
    println!("{:32} {:>9} {:>9}", "us a mail", "wall", "processor");
    for (what, (wall, processor)) in spent {
        let micros = |time: Duration| time.as_secs_f64() * 1e6 / mails as f64;
        println!("{what:32} {:9.1} {:9.1}", micros(wall), micros(processor));
    }
    let bytes = std::fs::metadata(folder.join("precedent.db")).map_or(0, |file| file.len());
    println!("{:32} {:9} bytes a mail", "file", bytes / mails.max(1));
}
