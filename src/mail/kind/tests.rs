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
fn an_aggregate_report_is_a_file_under_its_subject() {
    let report = "--a\nContent-Type: text/plain\n\nAggregate report.\n--a\nContent-Type: application/gzip\n\nx\n--a--";
    let of_subject = |subject: &str| {
        of(
            &format!(
                "From: a@isp.example\nSubject: {subject}\nContent-Type: multipart/mixed; boundary=a"
            ),
            report,
        )
    };
    let subject = "Report Domain: desk.example Submitter: isp.example Report-ID: <1.2>";
    assert_eq!(of_subject(subject), MailKind::FeedbackReport);
    assert_eq!(of_subject(&format!("Fwd: {subject}")), MailKind::Human);
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
    let of_program = of(
        "From: a@b.c\nSubject: Invitation: Review @ Thu 5 Nov\nContent-Type: multipart/mixed; boundary=a",
        "--a\nContent-Type: text/plain\n\nYou have been invited to the following event.\n\nReview\nWhen: Thu 5 Nov\n--a\nContent-Type: text/calendar; method=REQUEST\nContent-Disposition: attachment; filename=a.ics\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n--a--",
    );
    assert_eq!(of_program, MailKind::Calendar);
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
    // A system that says "we" was a person; who speaks of a mail of his own is one.
    for (text, kind) in [
        (
            "We were unable to deliver your message to bob@x.example.",
            MailKind::Bounce,
        ),
        (
            "We were unable to deliver our mail to bob@x.example.",
            MailKind::Human,
        ),
        (
            "Unable to deliver, it says. We need it by Monday.",
            MailKind::Human,
        ),
    ] {
        let raw = format!(
            "From: relay@shop.example\nSubject: Undelivered message\nContent-Type: multipart/mixed; boundary=B\n\n\
             --B\n\n{text}\n--B\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n--B--"
        );
        assert_eq!(self::kind(&raw).0, kind, "{text}");
    }
}

#[test]
fn a_person_who_attached_a_delivery_status_was_a_bounce() {
    let mail = |from: &str, outer: &str, text: &str, part: &str| {
        of(
            &format!(
                "From: {from}\nTo: desk@example.org\nSubject: My mail came back\nContent-Type: {outer}; boundary=B"
            ),
            &format!(
                "--B\nContent-Type: text/plain\n\n{text}\n--B\nContent-Type: message/{part}\n\nReporting-MTA: dns; x\n\n\
                 Final-Recipient: rfc822; bob@x.example\nAction: failed\nStatus: 5.1.1\n--B--"
            ),
        )
    };
    let person = "Jane Doe <jane@shop.example>";
    let question = "Hello, what the server says is attached. Why?";
    for part in ["delivery-status", "disposition-notification"] {
        assert_eq!(
            mail(person, "multipart/mixed", question, part),
            MailKind::Human,
            "{part}"
        );
    }
    let report = "multipart/report; report-type=delivery-status";
    assert_eq!(
        mail(
            "relay@shop.example",
            report,
            "Not delivered.",
            "delivery-status"
        ),
        MailKind::Bounce
    );
    assert_eq!(
        mail(
            "MAILER-DAEMON@mx.example",
            "multipart/mixed",
            "Not delivered.",
            "delivery-status"
        ),
        MailKind::Bounce
    );
}

#[test]
fn warnings_of_delays_were_permanent() {
    let permanent = |subject: &str, text: &str| {
        let raw = format!(
            "From: MAILER-DAEMON@mx.example\nTo: desk@example.org\nSubject: {subject}\n\n{text}"
        );
        let message = parse(raw.as_bytes(), &ParseOptions::default()).expect("a mail");
        assert_eq!(message.kind, MailKind::Bounce, "{subject}");
        message.bounce.expect("a bounce").permanent
    };
    for (subject, text) in [
        (
            "Warning: message 1cD delayed 48 hours",
            "A message that you sent has not yet been delivered to bob@x.example.",
        ),
        (
            "Delivery Status Notification (Delay)",
            "There was a temporary problem with bob@x.example. We will retry for 20 hours.",
        ),
        (
            "Delayed Mail (still being retried)",
            "Your message could not be delivered for 4 hours. It will be retried.",
        ),
        (
            "Zustellung verzögert",
            "Die Nachricht an bob@x.example wurde noch nicht zugestellt. delivery failed for now",
        ),
    ] {
        assert!(!permanent(subject, text), "{subject}");
    }
    for (subject, text) in [
        (
            "Undelivered Mail Returned to Sender",
            "The message to bob@x.example could not be delivered.",
        ),
        (
            "Mail delivery failed",
            "The message to bob@x.example was delayed for 5 days, I'm giving up on it.",
        ),
        (
            "Unzustellbar",
            "Die Zustellung an bob@x.example war verzögert und wurde nach 5 Tagen aufgegeben.",
        ),
        (
            "Non remis",
            "Le message pour bob@x.example, d'abord retardé, est abandonné après 5 jours.",
        ),
        (
            "Niedostarczona",
            "Wiadomość do bob@x.example była opóźniona, dostarczania zaniechano po 5 dniach.",
        ),
        (
            "系统退信",
            "发往 bob@x.example 的邮件投递延迟五天后已放弃。",
        ),
    ] {
        assert!(permanent(subject, text), "{subject}");
    }
}

#[test]
fn a_feedback_id_alone_made_a_newsletter_of_a_person() {
    let mail = |from: &str, id: &str, text: &str| {
        of(
            &format!("From: {from}\nSubject: pump\nFeedback-ID: {id}"),
            text,
        )
    };
    let person = "Ann <ann@partner.example>";
    for id in [
        "i1234abcd:Fastmail",
        "23423:user:proton",
        "1.eu-west-1.x=:AmazonSES",
    ] {
        assert_eq!(mail(person, id, "The pump leaks."), MailKind::Human, "{id}");
    }
    for text in [
        "Please unsubscribe me from https://desk.example/list.",
        "Wie kann man sich abmelden? https://desk.example/list",
    ] {
        assert_eq!(mail(person, "i1:Fastmail", text), MailKind::Human, "{text}");
    }
    assert_eq!(
        mail(
            "news@shop.example",
            "1:2:shop",
            "Pumps for spring. Unsubscribe: https://shop.example/out"
        ),
        MailKind::Newsletter
    );
}
