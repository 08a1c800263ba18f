//! The gate over the sample inbox: no automatic mail is answered, and every authenticated person is.

use std::fs;
use std::path::{Path, PathBuf};

use precedent::case::CaseStatus;
use precedent::mail::{self, Message, ParseOptions};
use precedent::reply::{
    BounceRecord, CaseGateState, Counters, DeskGateSettings, GateFacts, GateSettings, Occasion,
    Verdict, VerdictKind, gate, recipient, replay,
};
use precedent::triage::{Mode, OutgoingKind};

/// Addresses of the desks that the samples are written to.
const DESKS: [&str; 3] = [
    "sp-api-support@desk.example",
    "ordering-escalations@desk.example",
    "help@desk.example",
];

fn samples() -> Vec<PathBuf> {
    let inbox = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/inbox");
    let mut files: Vec<PathBuf> = fs::read_dir(inbox)
        .expect("samples")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .collect();
    files.sort();
    files
}

fn labelled_kind(mail: &Path) -> String {
    let label = fs::read_to_string(mail.with_extension("label.json")).expect("a label");
    let label: serde_json::Value = serde_json::from_str(&label).expect("JSON");
    label["kind"].as_str().expect("a kind").to_owned()
}

fn read(path: &Path) -> Message {
    let options = ParseOptions {
        trusted_authserv_ids: vec!["mx.desk.example".to_owned()],
        own_addresses: DESKS.map(str::to_owned).to_vec(),
    };
    mail::parse(&fs::read(path).expect("a file"), &options).expect("a mail")
}

fn facts(message: &Message) -> GateFacts {
    let desks = DESKS.map(str::to_owned).to_vec();
    let settings = DeskGateSettings {
        mode: Mode::Send,
        desk_addresses: desks.clone(),
        own_addresses: desks,
        own_message_id_domains: Vec::new(),
        gate: GateSettings::default(),
    };
    let counters = Counters {
        stopped: Some(false),
        to_address: Some(0),
        to_domain: Some(0),
        same_body: Some(0),
        last_hour: Some(0),
        bounce: BounceRecord::Never,
    };
    let case = CaseGateState {
        status: CaseStatus::Waiting,
        requests: Some(0),
        reminders: Some(0),
        asked: Vec::new(),
        ask: vec!["operation".to_owned()],
        quarantined: None,
    };
    // The samples are old by now: each is read in the minute in which it was written.
    let now = message.date.unwrap_or_default();
    let occasion = Occasion {
        kind: OutgoingKind::RequestForInformation,
        recipient: recipient(message, &[]).unwrap_or_default().to_owned(),
        now,
        read_at: now,
        received_at: None,
        imported: false,
        approved: false,
    };
    GateFacts::from_message(message, &settings, counters, case, occasion)
}

#[test]
fn known_people_are_answered_and_machines_are_not() {
    let mut wrong = Vec::new();
    let mut people = 0;
    for path in samples() {
        let kind = labelled_kind(&path);
        let facts = facts(&read(&path));
        let verdict = gate(&facts);
        let human = kind == "human";
        people += usize::from(human);
        // Nobody vouches for some of the people: that is the one reason not to answer a person.
        let unknown = !facts.mail.authentication.authenticated;
        let right = match verdict.kind {
            VerdictKind::Send => human && !unknown,
            _ => !human || (unknown && verdict.rule == "not_authenticated"),
        };
        if !right {
            wrong.push(format!("{}: {kind}, {verdict:?}", path.display()));
        }
        let recorded = serde_json::to_string(&facts).expect("JSON");
        assert_eq!(replay(&recorded), verdict, "{}", path.display());
        assert!(recorded.len() < 8_000, "{} bytes of facts", recorded.len());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(people > 50, "only {people} people");
}

/// The text of an automatic mail may fool us: its headers and addresses are a second wall.
#[test]
fn headers_alone_stop_most_machines() {
    let mut passed: Vec<(PathBuf, Verdict)> = Vec::new();
    let mut machines = 0;
    for path in samples()
        .into_iter()
        .filter(|path| labelled_kind(path) != "human")
    {
        machines += 1;
        let mut facts = facts(&read(&path));
        facts.mail.kind = mail::MailKind::Human;
        let verdict = gate(&facts);
        if verdict.kind == VerdictKind::Send {
            passed.push((path, verdict));
        }
    }
    assert!(
        passed.len() * 4 <= machines,
        "{} of {machines}: {passed:?}",
        passed.len()
    );
}
