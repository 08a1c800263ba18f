use crate::mail::{MailKind, ParseOptions, parse};

fn kind(raw: &str) -> (MailKind, String) {
    let options = ParseOptions {
        own_addresses: vec!["desk@example.org".to_owned()],
        ..ParseOptions::default()
    };
    let message = parse(raw.as_bytes(), &options).expect("a mail");
    (message.kind, message.kind_reason.code)
}

fn of(headers: &str, body: &str) -> MailKind {
    kind(&format!("{headers}\n\n{body}")).0
}

const PERSON: &str = "From: Jane Doe <jane@shop.example>\nTo: desk@example.org\nSubject: ";

#[test]
fn headers_decide_first() {
    assert_eq!(
        of(
            "From: a@b.c\nAuto-Submitted: auto-replied (vacation)\nSubject: x",
            "y"
        ),
        MailKind::AutoReply
    );
    assert_eq!(
        of("From: a@b.c\nAuto-Submitted: no\nSubject: x", "y"),
        MailKind::Human
    );
    assert_eq!(of("From: desk@example.org\nSubject: x", "y"), MailKind::Own);
    assert_eq!(
        of("From: a@b.c\nList-Id: <x.y>\nSubject: x", "y"),
        MailKind::List
    );
    assert_eq!(
        of(
            "From: a@b.c\nSubject: Read\nContent-Type: multipart/report; report-type=disposition-notification; boundary=a",
            "--a\n\nread\n--a--"
        ),
        MailKind::Receipt
    );
    assert_eq!(
        of(
            "From: a@b.c\nSubject: Meeting\nContent-Type: text/calendar; method=REPLY",
            "BEGIN:VCALENDAR\nEND:VCALENDAR"
        ),
        MailKind::Calendar
    );
}

#[test]
fn out_of_office_without_a_header() {
    for (subject, body) in [
        (
            "Automatic reply: getOrders fails",
            "I am out of the office until Monday.",
        ),
        (
            "Out of office",
            "Hello,\n\nI am currently out of the office and will return on 5 March. For urgent matters please contact Bob.",
        ),
        (
            "Abwesenheitsnotiz",
            "Ich bin derzeit nicht im Büro. In dringenden Fällen wenden Sie sich an Herrn Maier.",
        ),
        (
            "Réponse automatique : commande",
            "Je suis absente jusqu'au 5 mars.",
        ),
        (
            "Odpowiedź automatyczna: zamówienie",
            "Przebywam na urlopie do 5 marca.",
        ),
        ("自动回复: 订单", "您好，我正在休假，会尽快回复您。"),
    ] {
        assert_eq!(
            of(&format!("{PERSON}{subject}"), body),
            MailKind::AutoReply,
            "{subject}"
        );
    }
}

#[test]
fn people_who_write_about_machines_are_people() {
    for (subject, body) in [
        (
            "Out of office replies reach our customers",
            "Hello,\n\nour sellers get your out of office replies when they call createFeed. Can you switch them off?\n\nJane",
        ),
        (
            "Fwd: Undelivered Mail Returned to Sender",
            "Hello, this came back when I wrote to you. What is wrong?\n\n---------- Forwarded message ---------\nFrom: MAILER-DAEMON@mx.example\nDate: Mon, 4 Mar 2024\nSubject: Undelivered Mail Returned to Sender\nTo: jane@shop.example\n\nUser unknown",
        ),
        (
            "Re: API error",
            "I will be away next week, so please answer to Bob.\n\nThe request id is 1.\n\nOn Mon, 4 Mar 2024, Desk <desk@example.org> wrote:\n> Please send the request id.",
        ),
        (
            "getFeed returns 550",
            "The operation returns 550 and the mailbox is full error. What can we do?",
        ),
    ] {
        assert_eq!(
            of(&format!("{PERSON}{subject}"), body),
            MailKind::Human,
            "{subject}"
        );
    }
}

#[test]
fn a_calendar_file_below_a_question_is_a_file() {
    let mixed = |headers: &str, words: &str| {
        of(
            "From: a@b.c\nSubject: x\nContent-Type: multipart/mixed; boundary=a",
            &format!(
                "--a\nContent-Type: text/plain\n\n{words}\n--a\nContent-Type: text/calendar{headers}\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n--a--"
            ),
        )
    };
    let file = "; name=a.ics\nContent-Disposition: attachment; filename=a.ics";
    assert_eq!(
        mixed(file, "The import of this file fails."),
        MailKind::Human
    );
    assert_eq!(mixed(file, ""), MailKind::Calendar);
    assert_eq!(
        mixed("; method=REQUEST", "You are invited"),
        MailKind::Calendar
    );
}

#[test]
fn a_wish_for_no_automatic_answer_makes_no_machine() {
    let suppress = "\nX-Auto-Response-Suppress: All";
    let jane = "From: Jane Doe <jane@shop.example>\nSubject: ";
    assert_eq!(
        of(&format!("{jane}getOrders{suppress}"), "It fails with 403."),
        MailKind::Human
    );
    assert_eq!(
        of(&format!("{jane}Out of office{suppress}"), "Until Monday."),
        MailKind::AutoReply
    );
    assert_eq!(
        of(
            &format!("From: service@shop.example\nSubject: x{suppress}"),
            "Done."
        ),
        MailKind::Notification
    );
}

#[test]
fn bounces_without_a_report() {
    assert_eq!(
        of(
            "From: MAILER-DAEMON@mx.example\nReturn-Path: <>\nSubject: failure notice",
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message."
        ),
        MailKind::Bounce
    );
}
