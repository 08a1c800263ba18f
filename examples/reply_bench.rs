//! How many replies a second leave over one connection: `reply_bench PORT [COUNT]`, for instance to
//! `smtp-sink -c 127.0.0.1:PORT 100`. First the session alone, then the whole outbox: gate, marks and
//! outcomes written durably, mail by mail.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use precedent::case::{CaseNumber, CaseState, CaseStatus, Facts};
use precedent::deliver::deliver_waiting;
use precedent::deliver::smtp::{Protection, ServerSettings, Session, Smtp};
use precedent::reply::{
    CaseGateState, Counters, DeskGateSettings, GateFacts, GateSettings, Occasion, Verdict,
    VerdictKind,
};
use precedent::store::sqlite::SqliteStore;
use precedent::store::{CaseUpsert, Commit, NewOutgoing, OutboxState, Store};
use precedent::triage::{Mode, OutgoingKind};

fn settings(port: u16) -> ServerSettings {
    ServerSettings {
        host: "127.0.0.1".to_owned(),
        port,
        protection: Protection::None,
        ca_file: None,
        credentials: None,
        hello: None,
        limit: Duration::from_secs(10),
        final_limit: Duration::from_secs(10),
    }
}

/// A reply of usual size: 4 kB.
fn mail(number: usize) -> Vec<u8> {
    let mut mail = format!(
        "From: Support <help@desk.example>\r\nTo: <dev{number}@shop.example>\r\nSubject: [SP-1001] getOrders\r\nMessage-ID: <precedent.bench.{number}@desk.example>\r\nAuto-Submitted: auto-replied\r\n\r\n"
    );
    while mail.len() < 4_000 {
        mail.push_str(
            "Please tell us the request id of a failed call, so that we can look it up.\r\n",
        );
    }
    mail.into_bytes()
}

fn facts(recipient: &str, now: Timestamp) -> GateFacts {
    let raw = format!(
        "From: <{recipient}>\r\nTo: <help@desk.example>\r\nSubject: x\r\nDate: {}\r\nMessage-ID: <x@y>\r\n\r\nHello, it fails.\r\n",
        jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_string(&now)
            .unwrap_or_default()
    );
    let message = precedent::mail::parse(raw.as_bytes(), &precedent::mail::ParseOptions::default())
        .expect("a mail");
    let gate = GateSettings {
        authentication: precedent::reply::AuthenticationDemand::Off,
        budget_per_hour: u32::MAX,
        budget_per_body: u32::MAX,
        budget_per_domain: u32::MAX,
        ..GateSettings::default()
    };
    GateFacts::from_message(
        &message,
        &DeskGateSettings {
            mode: Mode::Send,
            desk_addresses: vec!["help@desk.example".to_owned()],
            own_addresses: vec!["help@desk.example".to_owned()],
            own_message_id_domains: Vec::new(),
            gate,
        },
        Counters::default(),
        CaseGateState {
            status: CaseStatus::Waiting,
            requests: Some(0),
            reminders: Some(0),
            asked: Vec::new(),
            ask: vec!["request_id".to_owned()],
            quarantined: None,
        },
        Occasion {
            kind: OutgoingKind::RequestForInformation,
            recipient: recipient.to_owned(),
            now,
            read_at: now,
            received_at: None,
            imported: false,
            approved: false,
        },
    )
}

async fn fill(store: &dyn Store, count: usize, now: Timestamp) {
    let mut commit = Commit::new(now);
    commit.expected_numbers.insert("SP".to_owned(), 1001);
    for place in 0..count {
        let number = CaseNumber(format!("SP-{}", 1001 + place));
        commit.cases.push(CaseUpsert {
            state: CaseState {
                number: number.clone(),
                desk: "desk".to_owned(),
                status: CaseStatus::Waiting,
                subject: "x".to_owned(),
                submitter: "dev@shop.example".to_owned(),
                participants: Vec::new(),
                language: "en".to_owned(),
                issue_type: None,
                facts: Facts::default(),
                missing: vec!["request_id".to_owned()],
                flags: Vec::new(),
                asked: Vec::new(),
                requests: 0,
                opened_at: now,
                updated_at: now,
                resolution: None,
            },
            revision: 0,
            token: format!("token{place}"),
            problem: Some("x".to_owned()),
            mails: Vec::new(),
        });
        let recipient = format!("dev{place}@shop{}.example", place % 97);
        commit.outbox.push(NewOutgoing {
            case: number,
            mail: None,
            message_id: format!("precedent.bench.{place}@desk.example"),
            recipient: recipient.clone(),
            kind: OutgoingKind::RequestForInformation,
            language: "en".to_owned(),
            subject: "x".to_owned(),
            bytes: mail(place),
            body_hash: *blake3::hash(&place.to_le_bytes()).as_bytes(),
            verdict: Verdict {
                kind: VerdictKind::Send,
                rule: "mode".to_owned(),
                detail: "send".to_owned(),
            },
            gate_facts: serde_json::to_string(&facts(&recipient, now)).expect("JSON"),
            state: OutboxState::Waiting,
            created_at: now,
        });
    }
    store.commit(&commit).await.expect("written");
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments
        .next()
        .and_then(|port| port.parse().ok())
        .expect("reply_bench PORT [COUNT]");
    let count: usize = arguments
        .next()
        .and_then(|count| count.parse().ok())
        .unwrap_or(5_000);

    let mails: Vec<Vec<u8>> = (0..count).map(mail).collect();
    let mut session = Session::open(&settings(port)).await.expect("a server");
    let started = Instant::now();
    for bytes in &mails {
        session
            .send(None, "dev@shop.example", bytes)
            .await
            .expect("taken");
    }
    let took = started.elapsed();
    session.quit().await;
    println!("session  {:8.0} mails/s", count as f64 / took.as_secs_f64());

    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::open(folder.path()).await.expect("a store");
    fill(&store, count, Timestamp::now()).await;
    let smtp = Smtp::new(settings(port), None, 4);
    let started = Instant::now();
    let done = deliver_waiting(&store, &smtp, Timestamp::now)
        .await
        .expect("delivered");
    let took = started.elapsed();
    assert_eq!(done.sent, count as u64, "{done:?}");
    println!("outbox   {:8.0} mails/s", count as f64 / took.as_secs_f64());
}
