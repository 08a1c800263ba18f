//! What leaves, what does not, and what comes back.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::SignedDuration;
use precedent::mail::{Message, ParseOptions, parse};
use serde_json::Value;

use crate::house::House;
use crate::letter::{DESK, Letter, vague};

/// What the sender answers to each question that an error may raise.
pub const ANSWERS: [(&str, &str); 8] = [
    ("seller_or_developer_id", "AY5C5NAJD3NOR5"),
    ("marketplace", "Germany and France"),
    (
        "application_id",
        "amzn1.sp.solution.4e4a73c9-ceb8-4fc6-bc3a-7bb65c35d977",
    ),
    ("request_id", "cb0a3a39-4a2c-489d-9446-41caeeb0eb7b"),
    ("time_zone", "UTC"),
    ("timestamp", "2026-03-02 10:15 UTC"),
    (
        "steps_tried",
        "We renewed the token and authorised the application anew, without success.",
    ),
    ("persists", "yes, it still fails"),
];

/// Takes these letters in, each with its own run, as a mail server's pipe does.
#[track_caller]
pub fn deliver(house: &House, letters: &[Letter]) {
    for letter in letters {
        house
            .run_with_input(&["ingest", "-"], letter.bytes())
            .well();
    }
}

fn read(path: &Path) -> Message {
    parse(&std::fs::read(path).unwrap(), &ParseOptions::default()).unwrap()
}

/// The one mail that left.
#[track_caller]
pub fn only_answer(house: &House) -> Message {
    let files = house.outgoing();
    assert_eq!(files.len(), 1, "{files:?}");
    read(&files[0])
}

/// An answer to a mail of ours, with our text quoted below as mail programs do.
pub fn answer(from: &str, ours: &Message, id: &str, text: &str, quoted: &str) -> Letter {
    let quoted: String = quoted.lines().map(|line| format!("> {line}\n")).collect();
    let reply_to = &ours.reply_to[0].address;
    Letter::new(
        from,
        &format!("Re: {}", ours.subject),
        &format!("{text}\n\nOn Saturday SP-API Support wrote:\n{quoted}"),
    )
    .message_id(id)
    .to(reply_to)
    .answering(ours.message_id.as_ref().unwrap())
}

/// What the gate said about answering a mail.
pub fn verdict_of(house: &House, mail: u64) -> Value {
    house.json(&["explain", &mail.to_string()])[0]["verdict"].clone()
}

pub fn strings(value: &Value) -> BTreeSet<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|value| value.as_str().unwrap())
        .collect()
}

#[test]
fn s80_in_observe_nothing_leaves_and_each_verdict_says_what_would() {
    let house = House::in_mode("observe");
    deliver(
        &house,
        &[
            vague("dev@one.example", "First"),
            vague("dev@two.example", "Second"),
        ],
    );
    let outbox = house.outbox();
    assert_eq!(outbox.len(), 2);
    for entry in &outbox {
        assert_eq!(entry["state"], "withheld");
        assert_eq!(entry["verdict"]["rule"], "mode");
        let id = entry["id"].to_string();
        house
            .run(&["outbox", "approve", &id])
            .with(2)
            .says(&["withheld", "hint:"]);
    }
    assert!(house.outgoing().is_empty());
    let case = house.case("First");
    assert_eq!(case["status"], "incomplete", "nobody was asked");
    assert_eq!(case["requests"], 0);
    assert!(strings(&case["asked"]).is_empty());
}

#[test]
fn s81_in_draft_a_mail_leaves_by_a_persons_word_once() {
    let house = House::in_mode("draft");
    deliver(
        &house,
        &[
            vague("dev@one.example", "First"),
            vague("dev@two.example", "Second"),
            vague("dev@three.example", "Third"),
        ],
    );
    let drafts = house.json(&["outbox", "list", "--state", "draft"]);
    assert_eq!(drafts.len(), 3);
    assert!(house.outgoing().is_empty());
    let id = |recipient: &str| {
        drafts
            .iter()
            .find(|draft| draft["recipient"] == recipient)
            .unwrap()["id"]
            .to_string()
    };
    let (one, two, three) = (
        id("dev@one.example"),
        id("dev@two.example"),
        id("dev@three.example"),
    );
    // One wrong number: none of them leaves.
    house
        .run(&["outbox", "approve", &one, "4711"])
        .with(2)
        .says(&["4711"]);
    assert!(house.outgoing().is_empty());

    house.run(&["outbox", "approve", &one]).well();
    assert_eq!(only_answer(&house).to[0].address, "dev@one.example");
    house
        .run(&["outbox", "approve", &one])
        .with(2)
        .says(&["sent"]);
    house
        .run(&["outbox", "discard", &one])
        .with(2)
        .says(&["sent"]);
    house.run(&["outbox", "discard", &two]).well();
    house
        .run(&["outbox", "approve", &two])
        .with(2)
        .says(&["discarded"]);
    assert_eq!(house.outgoing().len(), 1);

    // The mode was taken back meanwhile: another run does not let the rest leave.
    house.configure("observe", "");
    deliver(&house, &[vague("dev@four.example", "Fourth")]);
    assert_eq!(house.outgoing().len(), 1);
    house.run(&["outbox", "show", &three]).well();
}

#[test]
fn s82_what_leaves_goes_to_one_person_marked_as_automatic_in_its_thread() {
    let house = House::in_mode("send");
    let letters = [
        vague("dev@one.example", "First")
            .header("Cc", "boss@one.example, list@one.example")
            .header("References", "<older@one.example> <newer@one.example>"),
        vague("dev@two.example", "Second").header("Reply-To", "team@two.example"),
        vague("dev@three.example", "Third").header("Reply-To", "victim@elsewhere.example"),
    ];
    deliver(&house, &letters);
    let files = house.outgoing();
    assert_eq!(files.len(), 3, "{:?}", house.outbox());
    let mut recipients = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for file in &files {
        let raw = std::fs::read_to_string(file).unwrap();
        let (head, _) = raw.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains("\r\nAuto-Submitted: auto-replied\r\n"),
            "{head}"
        );
        assert!(
            head.contains("\r\nX-Auto-Response-Suppress: All\r\n"),
            "{head}"
        );
        for name in ["\nCc:", "\nBcc:", "\nResent-To:"] {
            assert!(!head.contains(name), "{head}");
        }
        let mail = read(file);
        assert_eq!(mail.to.len(), 1);
        assert_eq!(mail.from[0].address, DESK);
        let answered = letters
            .iter()
            .find(|letter| {
                mail.in_reply_to == letter.message_id.iter().cloned().collect::<Vec<_>>()
            })
            .expect("it answers one of the letters");
        assert_eq!(
            mail.references.last(),
            answered.message_id.as_ref(),
            "{head}"
        );
        recipients.insert(mail.to[0].address.clone());
        assert!(ids.insert(mail.message_id.clone()), "{head}");
        assert!(mail.subject.contains("[SP-1"), "{head}");
    }
    assert_eq!(
        recipients.iter().map(String::as_str).collect::<Vec<_>>(),
        ["dev@one.example", "dev@three.example", "team@two.example"],
        "never to a Reply-To in another domain"
    );
    for entry in house.outbox() {
        assert_eq!(entry["state"], "sent");
    }
    // Nothing more leaves, however often it runs.
    deliver(&house, &letters);
    assert_eq!(house.outgoing(), files);
}

#[test]
fn s83_the_answer_form_completes_the_case_and_nothing_is_asked_again() {
    let house = House::in_mode("send");
    deliver(&house, &[vague("dev@one.example", "First")]);
    let ours = only_answer(&house);
    let asked = house.case("First");
    assert_eq!(asked["status"], "waiting");
    assert_eq!(asked["asked"], asked["missing"]);
    let filled = precedent::reply::form::fill(&ours.text, &ANSWERS);
    for name in strings(&asked["asked"]) {
        assert!(
            ANSWERS.iter().any(|(known, _)| *known == name),
            "the scenario has no answer for {name}"
        );
    }
    deliver(
        &house,
        &[answer(
            "dev@one.example",
            &ours,
            "filled@one.example",
            "Here you are.",
            &filled,
        )],
    );
    let cases = house.cases();
    assert_eq!(cases.len(), 1, "{cases:?}");
    let case = &cases[0];
    assert_eq!(case["status"], "complete", "{case}");
    assert_eq!(case["missing"], serde_json::json!([]));
    assert_eq!(case["requests"], 1);
    for (field, value) in [
        ("seller_id", "AY5C5NAJD3NOR5"),
        ("request_id", "cb0a3a39-4a2c-489d-9446-41caeeb0eb7b"),
        (
            "application_id",
            "amzn1.sp.solution.4e4a73c9-ceb8-4fc6-bc3a-7bb65c35d977",
        ),
    ] {
        assert_eq!(case["fields"][field], serde_json::json!([value]), "{field}");
    }
    assert_eq!(strings(&case["fields"]["marketplace"]), ["DE", "FR"].into());
    assert_eq!(house.outgoing().len(), 1, "nothing is asked again");
    // An afterthought takes nothing of it back.
    deliver(
        &house,
        &[answer(
            "dev@one.example",
            &ours,
            "more@one.example",
            "It is urgent for us.",
            "",
        )],
    );
    assert_eq!(house.case("First")["status"], "complete");
    assert_eq!(house.outgoing().len(), 1);
}

#[test]
fn s85_a_stranger_in_the_thread_gets_a_case_of_his_own_and_nothing_of_the_other() {
    let house = House::in_mode("send");
    deliver(&house, &[vague("dev@one.example", "First")]);
    let ours = only_answer(&house);
    let filled = precedent::reply::form::fill(&ours.text, &ANSWERS);
    let before = house.case("First");
    let stranger = answer(
        "eve@stranger.example",
        &ours,
        "eve@stranger.example",
        "What about this getReport error 500?",
        &filled,
    );
    // With every sign that can be copied: references, token address, number in the subject.
    assert!(stranger.subject.contains("SP-1001"));
    deliver(&house, &[stranger]);
    let cases = house.cases();
    assert_eq!(cases.len(), 2, "{cases:?}");
    let own = cases
        .iter()
        .find(|case| case["submitter"] == "eve@stranger.example")
        .expect("a case of his own");
    assert_ne!(own["case"], "SP-1001");
    let after = cases.iter().find(|case| case["case"] == "SP-1001").unwrap();
    assert_eq!(*after, before, "the case is untouched");
    for file in house.outgoing() {
        let raw = std::fs::read_to_string(&file).unwrap();
        let mail = read(&file);
        if mail.to[0].address == "eve@stranger.example" {
            assert!(!raw.contains("one.example"), "{raw}");
        }
    }
    // Who merely claims to be the customer is found out by the server's word.
    let forged = answer(
        "dev@one.example",
        &ours,
        "forged@x.example",
        "Forged.",
        &filled,
    );
    let bytes = String::from_utf8(forged.bytes())
        .unwrap()
        .replace("=pass", "=fail");
    house.run_with_input(&["ingest", "-"], bytes).well();
    let after = house
        .cases()
        .into_iter()
        .find(|case| case["case"] == "SP-1001")
        .unwrap();
    assert_eq!(after, before, "the case is untouched");
}

#[test]
fn s86_our_own_answer_fed_back_and_what_machines_say_to_it_cause_no_mail() {
    let house = House::in_mode("send");
    deliver(&house, &[vague("dev@one.example", "First")]);
    let files = house.outgoing();
    let ours = only_answer(&house);
    let before = house.cases();
    let raw = std::fs::read_to_string(&files[0]).unwrap();
    house.run_with_input(&["ingest", "-"], raw.clone()).well();
    // As a list or a redirect gives it back: another sender on the envelope, other trace fields.
    for field in [
        "Return-Path: <list@one.example>\r\n",
        "Resent-From: <dev@one.example>\r\n",
    ] {
        house
            .run_with_input(&["ingest", "-"], format!("{field}{raw}"))
            .well();
    }
    let id = ours.message_id.clone().unwrap();
    let away = |field: (&'static str, &str), id: &str| {
        Letter::new("dev@one.example", "Automatic reply: First", "I am away.\n")
            .message_id(id)
            .answering(ours.message_id.as_ref().unwrap())
            .header(field.0, field.1)
    };
    deliver(
        &house,
        &[
            away(("Auto-Submitted", "auto-replied"), "away1@one.example"),
            away(("X-Autoreply", "yes"), "away2@one.example"),
            away(("Precedence", "auto_reply"), "away3@one.example"),
        ],
    );
    let bounce = format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@one.example\r\nTo: {DESK}\r\nSubject: Undelivered Mail\r\nDate: {}\r\nMessage-ID: <bounce@one.example>\r\nIn-Reply-To: <{id}>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.one.example\r\n\r\nFinal-Recipient: rfc822; dev@one.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{raw}\r\n--b--\r\n",
        jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_string(&jiff::Timestamp::now())
            .unwrap(),
    );
    house.run_with_input(&["ingest", "-"], bounce).well();
    assert_eq!(house.cases(), before, "machines change no case");
    assert_eq!(house.outgoing(), files);
    assert_eq!(house.outbox().len(), 1);
    // The address is dead: it gets nothing more.
    deliver(&house, &[vague("dev@one.example", "Another problem")]);
    assert_eq!(house.outgoing(), files);
    let verdict = verdict_of(&house, house.mail_states().mails);
    assert_eq!(verdict["rule"], "bounced", "{verdict}");
}

#[test]
fn s87_ten_letters_of_one_address_stay_within_the_budget() {
    for pipe in [true, false] {
        let house = House::in_mode("send");
        let letters: Vec<Letter> = (0..10)
            .map(|number| vague("dev@one.example", &format!("Problem {number}")))
            .collect();
        if pipe {
            deliver(&house, &letters);
        } else {
            for (place, letter) in letters.iter().enumerate() {
                house.write(&format!("inbox/{place}.eml"), letter.bytes());
            }
            house.run(&["ingest", "inbox"]).well();
        }
        let sent = house.outgoing().len();
        assert!((1..=3).contains(&sent), "{sent} answers to one address");
        for mail in 1..=10 {
            let verdict = verdict_of(&house, mail);
            let rule = verdict["rule"].as_str().unwrap();
            assert!(
                verdict["kind"] == "send" || rule.starts_with("budget_"),
                "{verdict}"
            );
        }
    }
}

#[test]
fn s88_a_copy_through_another_inbox_is_noted_and_not_answered_again() {
    for together in [true, false] {
        let house = House::in_mode("send");
        let letter = vague("dev@one.example", "First");
        let copy = [
            b"Delivered-To: second-inbox@desk.example\r\n".to_vec(),
            letter.bytes(),
        ]
        .concat();
        house.write("inbox/1.eml", letter.bytes());
        if !together {
            house.run(&["ingest", "inbox"]).well();
        }
        house.write("inbox/2.eml", copy);
        house.run(&["ingest", "inbox"]).well();
        let case = house.case("First");
        assert_eq!(case["requests"], 1);
        assert_eq!(case["status"], "waiting");
        assert_eq!(house.outgoing().len(), 1);
        let shown = house.json(&["show", case["case"].as_str().unwrap()]);
        assert_eq!(shown[0]["mails"].as_array().unwrap().len(), 2);
        let events: Vec<&str> = shown[0]["journal"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["event"].as_str().unwrap())
            .collect();
        assert!(events.contains(&"copy"), "{events:?}");
        // Other words under the same Message-ID are news, and still no other case.
        let mut news = letter.clone();
        news.body = "The request id is cb0a3a39-4a2c-489d-9446-41caeeb0eb7b.\n".to_owned();
        deliver(&house, &[news]);
        let case = house.case("First");
        assert_eq!(
            case["fields"]["request_id"][0],
            "cb0a3a39-4a2c-489d-9446-41caeeb0eb7b"
        );
        assert_eq!(house.outgoing().len(), 1);
        // A stranger's mail under it is a stranger's mail.
        deliver(
            &house,
            &[vague("eve@stranger.example", "Mine")
                .message_id(letter.message_id.as_ref().unwrap())],
        );
        assert_eq!(house.cases().len(), 2);
    }
}

#[test]
fn s89_old_unproven_and_forbidding_mail_is_not_answered() {
    let house = House::in_mode("send");
    let mut old = vague("dev@old.example", "Old");
    old.date -= SignedDuration::from_hours(72);
    let unproven = String::from_utf8(vague("dev@unproven.example", "Unproven").bytes())
        .unwrap()
        .replace("Authentication-Results: mx.desk.example", "X-Nothing: x");
    let forged = String::from_utf8(vague("dev@forged.example", "Forged").bytes())
        .unwrap()
        .replace("mx.desk.example", "mx.forged.example");
    for (bytes, subject, rule) in [
        (old.bytes(), "Old", "old"),
        (unproven.into_bytes(), "Unproven", "not_authenticated"),
        (forged.into_bytes(), "Forged", "not_authenticated"),
        (
            vague("no-reply@robot.example", "Robot").bytes(),
            "Robot",
            "robot_address",
        ),
        (
            vague("dev@suppress.example", "Suppress")
                .header("X-Auto-Response-Suppress", "All")
                .bytes(),
            "Suppress",
            "suppress_header",
        ),
        (
            vague("dev@list.example", "Listed")
                .header("List-Id", "<all.list.example>")
                .bytes(),
            "Listed",
            "list",
        ),
        (
            vague("dev@spam.example", "Spam")
                .header("X-Spam-Flag", "YES")
                .bytes(),
            "Spam",
            "spam",
        ),
    ] {
        house.run_with_input(&["ingest", "-"], bytes).well();
        let verdict = verdict_of(&house, house.mail_states().mails);
        assert_eq!(verdict["kind"], "withhold", "{subject}: {verdict}");
        assert_eq!(verdict["rule"], rule, "{subject}: {verdict}");
    }
    assert!(house.outgoing().is_empty());
}

#[test]
fn s91_an_answer_that_cannot_be_written_waits_and_leaves_later_once() {
    let house = House::in_mode("send");
    // A file stands where the folder should be.
    house.write("data/outgoing", "x");
    deliver(&house, &[vague("dev@one.example", "First")]);
    let waiting = house.outbox();
    assert_eq!(waiting[0]["state"], "waiting", "{waiting:?}");
    assert_ne!(waiting[0]["note"], "", "the reason is kept");
    std::fs::remove_file(house.path("data/outgoing")).unwrap();
    deliver(&house, &[vague("dev@two.example", "Second")]);
    assert_eq!(house.outgoing().len(), 2);
    assert!(house.outbox().iter().all(|entry| entry["state"] == "sent"));
}

#[test]
fn s92_secrets_stop_at_the_door() {
    let house = House::in_mode("send");
    let secret = ["Atzr|", &"IwEBIJd3xq0vTn8mPzWkLs".repeat(5)].concat();
    let letter = Letter::new(
        "dev@one.example",
        "First",
        &format!(
            "Hello,\n\ngetOrders answers 403 Unauthorized. Our refresh token is {secret}\n\nJane\n"
        ),
    );
    deliver(&house, &[letter]);
    let number = house.case("First")["case"].as_str().unwrap().to_owned();
    for arguments in [
        &["list"][..],
        &["show", &number],
        &["search", "getOrders"],
        &["outbox", "list"],
        &["explain", "1"],
    ] {
        for json in [&["--json"][..], &[]] {
            let ended = house.run(&[json, arguments].concat()).well();
            assert!(!ended.out.contains(&secret[..30]), "{arguments:?}");
            assert!(!ended.err.contains(&secret[..30]), "{arguments:?}");
        }
    }
    let found = house.json(&["search", &secret[5..]]);
    assert!(found.is_empty() || !found[0].to_string().contains(&secret[..30]));
    for file in house.outgoing() {
        let mail = read(&file);
        assert!(!mail.text.contains(&secret[..30]));
    }
}

#[test]
fn a_draft_of_a_case_that_was_solved_meanwhile_is_withheld() {
    let house = House::in_mode("draft");
    deliver(&house, &[vague("dev@one.example", "First")]);
    assert_eq!(house.outbox()[0]["state"], "draft");
    let case = house.case("First");
    let number = case["case"].as_str().unwrap();
    house
        .run(&[
            "resolve",
            number,
            "--code",
            "fixed",
            "--resolution",
            "Restarted it",
        ])
        .well();
    let entry = &house.outbox()[0];
    assert_eq!(entry["state"], "withheld");
    assert!(entry["note"].as_str().unwrap().starts_with("not_waiting"));
    let id = entry["id"].to_string();
    house.run(&["outbox", "approve", &id]).with(2);
    assert!(house.outgoing().is_empty());
}
