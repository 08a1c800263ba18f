//! Realistic rows, made from a number.

use std::collections::BTreeMap;
use std::pin::pin;
use std::task::Poll;

use jiff::Timestamp;
use precedent::case::{
    CaseState, CaseStatus, Evidence, Facts, FieldValue, Fields, PartId, Resolution, ResolutionCode,
};
use precedent::mail::{KindReason, MailKind};
use precedent::reply::{Verdict, VerdictKind};
use precedent::store::{
    Archived, CaseUpsert, Commit, JournalEvent, MailId, MailOutcome, NewMail, NewOutgoing,
    OutboxState, SolvedCase, Store, case_number, compress, hash,
};
use precedent::triage::OutgoingKind;

pub const PREFIX: &str = "SP";

pub fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

pub fn raw(index: u64) -> Vec<u8> {
    format!("From: a{index}@example.org\r\nSubject: {index}\r\n\r\ngetOrders \0\u{e9} fails\r\n")
        .into_bytes()
}

pub fn new_mail(index: u64) -> NewMail {
    let raw = raw(index);
    NewMail {
        hash: hash(&raw),
        raw_compressed: compress(&raw).unwrap(),
        size: raw.len() as u64,
        source: "/mail/in".to_owned(),
        origin: format!("new/{index}"),
        received_at: time(i64::try_from(index).unwrap()),
        arrival: precedent::store::Arrival::default(),
    }
}

/// Archives mails `first..first + count`.
pub async fn archive(store: &dyn Store, first: u64, count: u64) -> Vec<MailId> {
    let mails: Vec<NewMail> = (first..first + count).map(new_mail).collect();
    let archived: Vec<Archived> = store.archive(&mails, &[]).await.unwrap();
    archived.into_iter().map(|archived| archived.mail).collect()
}

pub fn fields() -> Fields {
    let value = |value: &str, rule: &str| {
        vec![FieldValue {
            value: value.to_owned(),
            evidence: Evidence {
                part: PartId::Attachment(2),
                start: 10,
                end: 10 + value.len(),
                rule: rule.to_owned(),
                confidence: 0.95,
                quoted: false,
            },
        }]
    };
    let mut fields = BTreeMap::from([
        ("operation".to_owned(), value("getOrders", "operation.path")),
        (
            "request_id".to_owned(),
            value("9e0dd5f8", "request_id.header"),
        ),
    ]);
    let mut codes = value("InvalidInput", "error_code.json");
    codes.extend(value("Unauthorized", "error_code.text"));
    fields.insert("error_code".to_owned(), codes);
    fields
}

pub fn case_state(number: u64) -> CaseState {
    CaseState {
        number: case_number(PREFIX, number),
        desk: "amazon".to_owned(),
        status: CaseStatus::Waiting,
        subject: format!("getOrders fails {number}"),
        submitter: format!("a{number}@example.org"),
        participants: vec![format!("a{number}@example.org")],
        language: "de".to_owned(),
        issue_type: Some("api_error".to_owned()),
        facts: Facts {
            fields: fields(),
            ..Facts::default()
        },
        missing: vec!["seller_id".to_owned()],
        flags: Vec::new(),
        asked: vec!["seller_id".to_owned()],
        requests: 1,
        opened_at: time(i64::try_from(number).unwrap()),
        updated_at: time(i64::try_from(number).unwrap()),
        resolution: None,
    }
}

pub fn upsert(number: u64, mails: &[MailId]) -> CaseUpsert {
    CaseUpsert {
        state: case_state(number),
        revision: 0,
        token: format!("token{number}"),
        problem: Some(format!("problem {number}")),
        mails: mails.to_vec(),
    }
}

pub fn outcome(mail: MailId, number: Option<u64>) -> MailOutcome {
    MailOutcome {
        mail,
        message_id: Some(format!("m{mail}@example.org")),
        kind: MailKind::Human,
        kind_reason: KindReason {
            code: "no_sign_of_a_machine".to_owned(),
            detail: String::new(),
        },
        from: "a@example.org".to_owned(),
        subject: "getOrders fails".to_owned(),
        date: Some(time(0)),
        desk: "amazon".to_owned(),
        language: Some("de".to_owned()),
        case: number.map(|number| case_number(PREFIX, number)),
        analysis: r#"{"action":"ask_missing"}"#.to_owned(),
        verdict: Some(verdict(VerdictKind::Send)),
        fields: fields(),
    }
}

pub fn event(number: u64, mail: Option<MailId>, event: &str) -> JournalEvent {
    JournalEvent {
        case: case_number(PREFIX, number),
        mail,
        at: time(5),
        event: event.to_owned(),
        detail: serde_json::json!({ "missing": ["seller_id"] }),
    }
}

pub fn verdict(kind: VerdictKind) -> Verdict {
    Verdict {
        kind,
        rule: "passed".to_owned(),
        detail: String::new(),
    }
}

pub fn outgoing(number: u64, mail: Option<MailId>, ordinal: u32) -> NewOutgoing {
    NewOutgoing {
        case: case_number(PREFIX, number),
        mail,
        message_id: format!("SP-{number}.{ordinal}@desk.example"),
        recipient: format!("a{number}@Example.org"),
        kind: OutgoingKind::RequestForInformation,
        language: "de".to_owned(),
        subject: format!("[SP-{number}] getOrders"),
        bytes: b"Subject: x\r\n\r\n\xff".to_vec(),
        body_hash: [7; 32],
        verdict: verdict(VerdictKind::Send),
        gate_facts: "{}".to_owned(),
        state: OutboxState::Waiting,
        created_at: time(100),
    }
}

/// A batch in which each mail opens the next case, with three events and a reply.
pub fn batch(mails: &[MailId], next: u64) -> Commit {
    let mut commit = Commit::new(time(50));
    commit.expected_numbers.insert(PREFIX.to_owned(), next);
    for (number, &mail) in (next..).zip(mails) {
        commit.outcomes.push(outcome(mail, Some(number)));
        commit.cases.push(upsert(number, &[mail]));
        for name in ["opened", "assessed", "asked"] {
            commit.journal.push(event(number, Some(mail), name));
        }
        commit.outbox.push(outgoing(number, Some(mail), 1));
    }
    commit
}

/// Archives `count` mails from `first` on and opens a case for each, numbered from `next` on.
pub async fn fill(store: &dyn Store, first: u64, count: u64, next: u64) -> Vec<MailId> {
    let mails = archive(store, first, count).await;
    store.commit(&batch(&mails, next)).await.unwrap();
    mails
}

pub fn resolution() -> Resolution {
    Resolution {
        code: ResolutionCode::Fixed,
        text: "Grant the role again.".to_owned(),
        resolved_at: time(1_000),
    }
}

pub fn solved(external: &str) -> SolvedCase {
    SolvedCase {
        prefix: "SPH".to_owned(),
        desk: "amazon".to_owned(),
        external: external.to_owned(),
        subject: "getOrders 403".to_owned(),
        problem: "403 since Monday".to_owned(),
        submitter: "B@Example.org".to_owned(),
        language: "en".to_owned(),
        issue_type: Some("api_error".to_owned()),
        facts: Facts {
            fields: fields(),
            ..Facts::default()
        },
        flags: Vec::new(),
        opened_at: time(0),
        resolution: Some(resolution()),
        updated_at: time(1_000),
    }
}

/// Polls a call a few times and lets it go, as a caller does that stops waiting.
pub async fn poll_some<T>(polls: u64, call: impl Future<Output = T>) {
    let mut call = pin!(call);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        call.as_mut().poll(context).map(|_| ())
    })
    .await;
}
