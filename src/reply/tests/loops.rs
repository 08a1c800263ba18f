//! What leaves must not come back for an answer: composed mails are read by the reader of mail and
//! judged by another copy's gate, and by our own.

use jiff::{SignedDuration, Timestamp};

use crate::case::{CaseStatus, Facts};
use crate::mail::{Message, ParseOptions};
use crate::profile::Profile;
use crate::reply::{
    AuthenticationDemand, BounceRecord, CaseGateState, Composed, Composer, Counters,
    DeskGateSettings, GateFacts, GateSettings, Occasion, Outgoing, Verdict, VerdictKind, form,
    gate, recipient, token,
};
use crate::triage::{Mode, OutgoingKind};

const TOKEN: &str = "z5oobso6zljzz6mx";

fn now() -> Timestamp {
    "2026-03-04T14:00:00Z".parse().expect("a time")
}

/// A mail as a server would hand it to the desk `to`.
fn read(raw: &[u8], desk: &str) -> Message {
    let options = ParseOptions {
        trusted_authserv_ids: Vec::new(),
        own_addresses: vec![desk.to_owned()],
    };
    crate::mail::parse(raw, &options).expect("a mail")
}

fn verdict(message: &Message, desk: &str) -> Verdict {
    let settings = DeskGateSettings {
        mode: Mode::Send,
        desk_addresses: vec![desk.to_owned()],
        own_addresses: vec![desk.to_owned()],
        own_message_id_domains: Vec::new(),
        gate: GateSettings {
            authentication: AuthenticationDemand::Off,
            ..GateSettings::default()
        },
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
    let occasion = Occasion {
        kind: OutgoingKind::RequestForInformation,
        recipient: recipient(message, &[]).unwrap_or_default().to_owned(),
        now: now(),
        read_at: now(),
        received_at: Some(now() - SignedDuration::from_mins(1)),
        imported: false,
        approved: false,
    };
    gate(&GateFacts::from_message(
        message, &settings, counters, case, occasion,
    ))
}

fn answer(message: &Message, desk: &str) -> Composed {
    let profile = Profile::builtin("amazon-sp-api").expect("a built-in profile");
    let ask = ["operation", "request_id"].map(str::to_owned);
    Composer::new(profile)
        .expect("a composer")
        .compose(&Outgoing {
            kind: OutgoingKind::RequestForInformation,
            language: "en",
            ask: &ask,
            topic: None,
            case_number: "SP-1042",
            facts: &Facts::default(),
            flags: &[],
            secret_kinds: &[],
            answered: message,
            recipient: recipient(message, &[]).unwrap_or_default(),
            desk_address: desk,
            desk_name: "Developer Support",
            token: TOKEN,
            ordinal: 1,
            date: now(),
        })
        .expect("a mail")
}

const PERSON: &[u8] = b"Return-Path: <ann@shop.example>\r\n\
From: Ann <ann@shop.example>\r\n\
To: help@desk.example\r\n\
Subject: getOrders 403\r\n\
Message-ID: <m1@shop.example>\r\n\
Date: Wed, 4 Mar 2026 13:00:00 +0000\r\n\
\r\n\
getOrders answers 403 since this morning. What is wrong?\r\n";

#[test]
fn a_persons_mail_is_answered() {
    let mail = read(PERSON, "help@desk.example");
    assert_eq!(verdict(&mail, "help@desk.example").kind, VerdictKind::Send);
}

#[test]
fn another_copy_does_not_answer_our_mail() {
    let composed = answer(&read(PERSON, "help@desk.example"), "help@desk.example");
    // The author is a desk of somebody else that runs the same program.
    let there = read(&composed.bytes, "ann@shop.example");
    let verdict = verdict(&there, "ann@shop.example");
    assert_eq!(verdict.kind, VerdictKind::Withhold, "{verdict:?}");
}

#[test]
fn each_mark_of_our_mail_stops_an_answer_alone() {
    let composed = answer(&read(PERSON, "help@desk.example"), "help@desk.example");
    let whole = String::from_utf8(composed.bytes).expect("ASCII");
    let marks = [
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "X-Precedent-Loop",
        "Message-ID",
    ];
    for kept in marks {
        let stripped: String = whole
            .split_inclusive("\r\n")
            .filter(|line| {
                let name = line.split(':').next().unwrap_or_default();
                name == kept || !marks.contains(&name)
            })
            .collect();
        let there = read(stripped.as_bytes(), "ann@shop.example");
        let verdict = verdict(&there, "ann@shop.example");
        assert_eq!(
            verdict.kind,
            VerdictKind::Withhold,
            "only {kept}: {verdict:?}"
        );
    }
}

#[test]
fn our_own_mail_in_our_own_inbox_is_not_answered() {
    let composed = answer(&read(PERSON, "help@desk.example"), "help@desk.example");
    let here = read(&composed.bytes, "help@desk.example");
    let verdict = verdict(&here, "help@desk.example");
    assert_eq!(verdict.kind, VerdictKind::Withhold);
}

#[test]
fn an_answer_of_a_person_finds_its_case_and_is_answered() {
    let composed = answer(&read(PERSON, "help@desk.example"), "help@desk.example");
    let filled = form::fill(&composed.text, &[("operation", "getOrders")]);
    let quoted: String = filled.lines().map(|line| format!("> {line}\r\n")).collect();
    let raw = format!(
        "From: Ann <ann@shop.example>\r\nTo: {}\r\nSubject: RE: {}\r\n\
         Message-ID: <m2@shop.example>\r\nIn-Reply-To: <{}>\r\nReferences: <{}>\r\n\
         Date: Wed, 4 Mar 2026 13:40:00 +0000\r\n\r\nSee below.\r\n\r\n{quoted}",
        token::plus_address("help@desk.example", TOKEN),
        composed.subject,
        composed.message_id,
        composed.message_id,
    );
    let mail = read(raw.as_bytes(), "help@desk.example");
    let presented = mail
        .to
        .first()
        .and_then(|to| token::in_address(&to.address));
    assert_eq!(presented.as_deref(), Some(TOKEN));
    let answered = mail
        .in_reply_to
        .first()
        .and_then(|id| token::in_message_id(id));
    assert_eq!(answered, Some((TOKEN.to_owned(), 1)));
    assert_eq!(
        form::tests::answers(&mail.text, TOKEN),
        [("operation".to_owned(), "getOrders".to_owned())]
    );
    let verdict = verdict(&mail, "help@desk.example");
    assert_eq!(verdict.kind, VerdictKind::Send, "{verdict:?}");
}

#[test]
fn the_html_alternative_reads_like_the_plain_one() {
    let composed = answer(&read(PERSON, "help@desk.example"), "help@desk.example");
    let raw = String::from_utf8(composed.bytes).expect("ASCII");
    // A client that keeps only the HTML part and answers inside the form.
    let html_part = raw.split("Content-Type: text/html").nth(1).expect("HTML");
    let (_, body) = html_part.split_once("\r\n\r\n").expect("a body");
    let body = body.split("\r\n--=_precedent").next().expect("a body");
    let answer = format!(
        "From: ann@shop.example\r\nTo: help@desk.example\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/html{}\r\n\r\n{}\r\n",
        html_part
            .split_once("\r\n\r\n")
            .map_or("", |(head, _)| head),
        body.replace("{#operation}: ...", "{#operation}: getOrders"),
    );
    let mail = read(answer.as_bytes(), "help@desk.example");
    assert_eq!(
        form::tests::answers(&mail.text, TOKEN),
        [("operation".to_owned(), "getOrders".to_owned())],
        "{}",
        mail.text
    );
}
