//! Every rule alone, in every spelling that matters, and all of them together.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::facts::{AnsweredMail, RecordedHeader};
use super::settings::AuthenticationDemand;
use super::{
    BounceRecord, CaseGateState, Counters, DeskGateSettings, GateFacts, GateSettings, Occasion,
    Rule, VerdictKind, body_key, domain_key, gate, objections, replay,
};
use crate::case::CaseStatus;
use crate::mail::{
    Attachment, AttachmentRole, Authentication, AuthenticationResult, KindReason, MailKind,
};
use crate::reply::tests::message;
use crate::triage::{Mode, OutgoingKind};

fn now() -> Timestamp {
    "2026-03-04T14:00:00Z".parse().expect("a time")
}

fn hours_ago(hours: i64) -> Timestamp {
    now() - SignedDuration::from_hours(hours)
}

/// Facts to which no rule objects.
fn clear() -> GateFacts {
    GateFacts {
        mode: Mode::Send,
        occasion: Occasion {
            kind: OutgoingKind::RequestForInformation,
            recipient: "ann@shop.example".to_owned(),
            now: now(),
            read_at: now(),
            received_at: Some(hours_ago(1)),
            imported: false,
            approved: false,
        },
        mail: AnsweredMail {
            kind: MailKind::Human,
            kind_reason: KindReason {
                code: "no_sign_of_a_machine".to_owned(),
                detail: String::new(),
            },
            headers: vec![header("Content-Type", "text/plain; charset=utf-8")],
            headers_cut: false,
            return_path: Some("ann@shop.example".to_owned()),
            from: vec!["ann@shop.example".to_owned()],
            sender: None,
            reply_to: Vec::new(),
            to: vec!["help@desk.example".to_owned()],
            message_id: Some("1@shop.example".to_owned()),
            date: Some(hours_ago(1)),
            media_types: Vec::new(),
            calendar_method: None,
            authentication: Authentication {
                dmarc: AuthenticationResult::Pass,
                authserv_id: Some("mx.desk.example".to_owned()),
                authenticated: true,
                ..Authentication::default()
            },
        },
        desk_addresses: vec!["help@desk.example".to_owned()],
        own_addresses: vec!["other@desk.example".to_owned()],
        own_message_id_domains: vec!["desk.example".to_owned()],
        case: CaseGateState {
            status: CaseStatus::Waiting,
            requests: Some(0),
            reminders: Some(0),
            asked: Vec::new(),
            ask: vec!["operation".to_owned()],
            quarantined: None,
        },
        counters: Counters {
            stopped: Some(false),
            to_address: Some(0),
            to_domain: Some(0),
            same_body: Some(0),
            last_hour: Some(0),
            bounce: BounceRecord::Never,
        },
        settings: GateSettings::default(),
    }
}

fn header(name: &str, value: &str) -> RecordedHeader {
    RecordedHeader { name: name.to_lowercase(), value: value.to_owned() }
}

type Change = Box<dyn Fn(&mut GateFacts)>;

fn with_header(name: &'static str, value: &'static str) -> Change {
    Box::new(move |facts| facts.mail.headers.push(header(name, value)))
}

fn change(change: impl Fn(&mut GateFacts) + 'static) -> Change {
    Box::new(change)
}

/// For each rule, facts that it and nothing before it objects to.
fn offences() -> Vec<(Rule, Change)> {
    let mut offences: Vec<(Rule, Change)> = vec![
        (Rule::Stopped, change(|facts| facts.counters.stopped = Some(true))),
        (Rule::Stopped, change(|facts| facts.counters.stopped = None)),
        (Rule::Imported, change(|facts| facts.occasion.imported = true)),
        (Rule::OwnMail, change(|facts| facts.mail.from = vec!["HELP+abc@desk.example".to_owned()])),
        (Rule::OwnMail, change(|facts| facts.mail.from = vec!["other@desk.example".to_owned()])),
        (Rule::OwnMail, change(|facts| facts.mail.sender = Some("help@desk.example".to_owned()))),
        (Rule::OwnMail, change(|facts| facts.mail.reply_to = vec!["help@desk.example".to_owned()])),
        (Rule::OwnMail, change(|facts| facts.occasion.recipient = "other+x@desk.example".to_owned())),
        (Rule::OwnMail, with_header("X-Precedent-Loop", "somebody@else.example")),
        (Rule::OwnMail, change(|facts| facts.mail.message_id = Some("7@DESK.example".to_owned()))),
        (
            Rule::OwnMail,
            change(|facts| {
                facts.mail.message_id =
                    Some("precedent.aaaabbbbccccdddd.1@another.example".to_owned());
            }),
        ),
        (Rule::NullReturnPath, change(|facts| facts.mail.return_path = Some(String::new()))),
        (Rule::NullReturnPath, change(|facts| facts.mail.return_path = Some("<>".to_owned()))),
        (Rule::Report, change(|facts| facts.mail.media_types = vec!["message/delivery-status".to_owned()])),
        (Rule::Calendar, change(|facts| facts.mail.calendar_method = Some("REQUEST".to_owned()))),
        (Rule::Calendar, change(|facts| facts.mail.calendar_method = Some(String::new()))),
        (Rule::HeadersCut, change(|facts| facts.mail.headers_cut = true)),
        (Rule::UnclearAuthor, change(|facts| facts.mail.from.clear())),
        (Rule::UnclearAuthor, change(|facts| facts.mail.from.push("ben@shop.example".to_owned()))),
        (Rule::UnclearAuthor, change(|facts| facts.mail.from = vec!["ann at shop".to_owned()])),
        (
            Rule::RobotAddress,
            change(|facts| facts.mail.from = vec!["nicht-antworten@shop.example".to_owned()]),
        ),
        (
            Rule::RobotAddress,
            change(|facts| facts.mail.return_path = Some("bounces+7-a=b@mail.example".to_owned())),
        ),
        (
            Rule::RobotAddress,
            change(|facts| facts.mail.reply_to = vec!["no-reply@shop.example".to_owned()]),
        ),
        (
            Rule::RobotAddress,
            change(|facts| facts.mail.sender = Some("mailer-daemon@shop.example".to_owned())),
        ),
        (
            Rule::RecipientNotAuthor,
            change(|facts| facts.occasion.recipient = "victim@other.example".to_owned()),
        ),
        (
            Rule::RecipientNotAuthor,
            change(|facts| facts.occasion.recipient = "boss@shop.example".to_owned()),
        ),
        (
            Rule::RecipientNotAuthor,
            change(|facts| {
                facts.mail.reply_to = vec!["victim@other.example".to_owned()];
                facts.occasion.recipient = "victim@other.example".to_owned();
            }),
        ),
        (Rule::RecipientNotAuthor, change(|facts| facts.occasion.recipient.clear())),
        (Rule::NotToUs, change(|facts| facts.mail.to.clear())),
        (Rule::NotToUs, change(|facts| facts.mail.to = vec!["all@shop.example".to_owned()])),
        // An address of ours that is not this desk's does not make the mail this desk's.
        (Rule::NotToUs, change(|facts| facts.mail.to = vec!["other@desk.example".to_owned()])),
        (Rule::Old, change(|facts| facts.mail.date = Some(hours_ago(25)))),
        (Rule::Old, change(|facts| facts.occasion.received_at = Some(hours_ago(25)))),
        (
            Rule::Old,
            change(|facts| {
                facts.mail.date = None;
                facts.occasion.received_at = None;
            }),
        ),
        (
            Rule::Old,
            change(|facts| {
                facts.mail.date = Some(now() + SignedDuration::from_hours(48));
                facts.occasion.received_at = None;
            }),
        ),
        (
            Rule::Old,
            change(|facts| {
                facts.occasion.read_at = hours_ago(25);
                facts.mail.date = Some(hours_ago(26));
                facts.occasion.received_at = None;
            }),
        ),
        (
            Rule::NotAuthenticated,
            change(|facts| facts.mail.authentication = Authentication::default()),
        ),
        (
            // Nobody whom we trust said it.
            Rule::NotAuthenticated,
            change(|facts| facts.mail.authentication.authserv_id = None),
        ),
        (
            Rule::NotAuthenticated,
            change(|facts| facts.mail.authentication.authenticated = false),
        ),
        (
            Rule::NotAuthenticated,
            change(|facts| {
                facts.mail.authentication.dmarc = AuthenticationResult::Fail;
                facts.mail.authentication.spf = AuthenticationResult::Pass;
            }),
        ),
        (
            Rule::NotAuthenticated,
            change(|facts| {
                facts.settings.authentication = AuthenticationDemand::IfPresent;
                facts.mail.authentication.dmarc = AuthenticationResult::Fail;
                facts.mail.authentication.authenticated = false;
            }),
        ),
        (
            Rule::Quarantined,
            change(|facts| facts.case.quarantined = Some("depth_limit".to_owned())),
        ),
        (Rule::NotWaiting, change(|facts| facts.case.status = CaseStatus::Complete)),
        (Rule::NotWaiting, change(|facts| facts.case.status = CaseStatus::Resolved)),
        (Rule::NotWaiting, change(|facts| facts.case.status = CaseStatus::Closed)),
        (Rule::NotWaiting, change(|facts| facts.case.ask.clear())),
        (Rule::AskedEnough, change(|facts| facts.case.requests = Some(2))),
        (Rule::AskedEnough, change(|facts| facts.case.requests = None)),
        (
            Rule::AskedEnough,
            change(|facts| {
                facts.occasion.kind = OutgoingKind::Reminder;
                facts.case.reminders = Some(2);
            }),
        ),
        (Rule::AskedBefore, change(|facts| facts.case.asked = vec!["operation".to_owned()])),
        (Rule::Bounced, change(|facts| facts.counters.bounce = BounceRecord::Unknown)),
        (
            Rule::Bounced,
            change(|facts| facts.counters.bounce = BounceRecord::At(hours_ago(59 * 24))),
        ),
        (Rule::BudgetAddress, change(|facts| facts.counters.to_address = None)),
        (Rule::BudgetAddress, change(|facts| facts.counters.to_address = Some(4))),
        (Rule::BudgetDomain, change(|facts| facts.counters.to_domain = None)),
        (Rule::BudgetDomain, change(|facts| facts.counters.to_domain = Some(20))),
        (Rule::BudgetBody, change(|facts| facts.counters.same_body = None)),
        (Rule::BudgetBody, change(|facts| facts.counters.same_body = Some(3))),
        (Rule::BudgetHour, change(|facts| facts.counters.last_hour = None)),
        (Rule::BudgetHour, change(|facts| facts.counters.last_hour = Some(120))),
    ];
    for kind in [
        MailKind::AutoReply,
        MailKind::Bounce,
        MailKind::List,
        MailKind::Newsletter,
        MailKind::Notification,
        MailKind::FeedbackReport,
        MailKind::Challenge,
        MailKind::Receipt,
        MailKind::Calendar,
        MailKind::Own,
    ] {
        offences.push((Rule::NotHuman, change(move |facts| facts.mail.kind = kind)));
    }
    for (rule, name, value) in HEADER_OFFENCES {
        offences.push((rule, with_header(name, value)));
    }
    offences
}

const HEADER_OFFENCES: [(Rule, &str, &str); 44] = [
    (Rule::Report, "Content-Type", "multipart/report; report-type=delivery-status"),
    (Rule::Report, "Content-Type", "Multipart/Report;report-type=disposition-notification"),
    (Rule::Report, "Content-Type", "message/feedback-report"),
    (Rule::AutoSubmitted, "Auto-Submitted", "auto-replied"),
    (Rule::AutoSubmitted, "Auto-Submitted", "AUTO-GENERATED"),
    (Rule::AutoSubmitted, "Auto-Submitted", "auto-notified; owner-email=\"a@b.c\""),
    (Rule::AutoSubmitted, "Auto-Submitted", "(no) auto-replied (rejected)"),
    (Rule::AutoSubmitted, "Auto-Submitted", "yes"),
    (Rule::AutoSubmitted, "Auto-Submitted", ""),
    (Rule::AutoSubmitted, "Auto-Submitted", "(no)"),
    (Rule::SuppressHeader, "X-Auto-Response-Suppress", "All"),
    (Rule::SuppressHeader, "X-Auto-Response-Suppress", "OOF, AutoReply"),
    (Rule::SuppressHeader, "X-Auto-Response-Suppress", "none; DR"),
    (Rule::SuppressHeader, "X-Auto-Response-Suppress", "rn"),
    (Rule::SuppressHeader, "X-Auto-Response-Suppress", "NRN,"),
    (Rule::AutomaticHeader, "X-Autoreply", "yes"),
    (Rule::AutomaticHeader, "X-Autorespond", ""),
    (Rule::AutomaticHeader, "X-Failed-Recipients", "a@b.example"),
    (Rule::AutomaticHeader, "X-POST-MessageClass", "9; Autoresponder"),
    (Rule::AutomaticHeader, "X-FC-MachineGenerated", "true"),
    (Rule::AutomaticHeader, "X-Cron-Env", "<HOME=/root>"),
    (Rule::Precedence, "Precedence", "bulk"),
    (Rule::Precedence, "Precedence", "List"),
    (Rule::Precedence, "Precedence", "junk"),
    (Rule::Precedence, "Precedence", "auto_reply"),
    (Rule::Precedence, "X-Precedence", "bulk (newsletter)"),
    (Rule::List, "List-Id", "<users.lists.example>"),
    (Rule::List, "List-Unsubscribe", "<mailto:u@lists.example>"),
    (Rule::List, "List-Whatever", "x"),
    (Rule::List, "Feedback-ID", "1:2:3:sender"),
    (Rule::List, "X-Mailing-List", "users"),
    (Rule::List, "X-BeenThere", "users@lists.example"),
    (Rule::List, "X-MC-User", "abc"),
    (Rule::List, "X-SG-EID", "abc"),
    (Rule::List, "X-Campaign-ID", "7"),
    (Rule::Calendar, "Content-Class", "urn:content-classes:calendarmessage"),
    (Rule::Spam, "X-Spam-Flag", "YES"),
    (Rule::Spam, "X-Spam-Flag", " yes"),
    (Rule::Spam, "X-Spam-Status", "Yes, score=9.1 required=5.0"),
    (Rule::Spam, "X-Rspamd-Action", "add header"),
    (Rule::Spam, "X-Rspamd-Action", "reject"),
    (Rule::Spam, "X-Spam", "Yes"),
    (Rule::Spam, "X-Spamd-Result", "default: True [15.2 / 15.0]"),
    (Rule::Spam, "X-Virus-Status", "Infected"),
];

#[test]
fn clear_facts_are_sent() {
    let verdict = gate(&clear());
    assert_eq!(verdict.kind, VerdictKind::Send, "{verdict:?}");
    assert_eq!(verdict.rule, "mode");
}

#[test]
fn each_offence_is_withheld_by_its_rule() {
    for (index, (rule, offend)) in offences().into_iter().enumerate() {
        let mut facts = clear();
        offend(&mut facts);
        let verdict = gate(&facts);
        assert_eq!(verdict.kind, VerdictKind::Withhold, "offence {index} of {rule:?}");
        assert_eq!(verdict.rule, rule.as_str(), "offence {index}: {verdict:?}");
        assert!(!verdict.detail.is_empty(), "offence {index} of {rule:?} says nothing");
    }
}

#[test]
fn no_rule_is_without_an_offence() {
    for (rule, _) in Rule::OBJECTIONS {
        assert!(
            offences().iter().any(|(offended, _)| offended == rule),
            "{rule:?} is not tested"
        );
    }
}

#[test]
fn each_rule_is_needed() {
    // Were a rule taken away, at least one of its offences would be sent.
    for (rule, _) in Rule::OBJECTIONS {
        let alone = offences().into_iter().any(|(offended, offend)| {
            let mut facts = clear();
            offend(&mut facts);
            offended == *rule && objections(&facts).len() == 1
        });
        assert!(alone, "{rule:?} never decides alone");
    }
}

#[test]
fn harmless_headers_pass() {
    for (name, value) in [
        ("Auto-Submitted", "no"),
        ("Auto-Submitted", "No"),
        ("Auto-Submitted", "no (a person wrote this)"),
        ("Auto-Submitted", "(auto-replied) no; x=y"),
        ("X-Auto-Response-Suppress", "None"),
        ("X-Auto-Response-Suppress", ""),
        ("Precedence", "first-class"),
        ("Precedence", "normal"),
        ("X-Spam-Flag", "NO"),
        ("X-Spam-Status", "No, score=-1.9"),
        ("X-Rspamd-Action", "no action"),
        ("X-Autoreply", "no"),
        ("Content-Type", "multipart/mixed; boundary=\"multipart/report\""),
        ("X-Loop", "x"),
    ] {
        let mut facts = clear();
        facts.mail.headers.push(header(name, value));
        assert_eq!(gate(&facts).kind, VerdictKind::Send, "{name}: {value}");
    }
}

#[test]
fn a_second_header_of_the_same_name_counts() {
    let mut facts = clear();
    facts.mail.headers.push(header("Auto-Submitted", "no"));
    facts.mail.headers.push(header("Auto-Submitted", "auto-replied"));
    assert_eq!(gate(&facts).rule, "auto_submitted");
}

#[test]
fn harmless_facts_pass() {
    let harmless: Vec<Change> = vec![
        change(|facts| facts.mail.return_path = None),
        change(|facts| facts.mail.to = vec!["a@b.example".to_owned(), "HELP+tok@Desk.example".to_owned()]),
        change(|facts| facts.mail.reply_to = vec!["victim@other.example".to_owned()]),
        change(|facts| {
            facts.mail.reply_to = vec!["dev@shop.example".to_owned()];
            facts.occasion.recipient = "dev@shop.example".to_owned();
        }),
        change(|facts| facts.mail.date = None),
        change(|facts| facts.occasion.received_at = None),
        change(|facts| facts.mail.date = Some(now() + SignedDuration::from_hours(2))),
        change(|facts| facts.counters.bounce = BounceRecord::At(hours_ago(61 * 24))),
        change(|facts| facts.counters.to_address = Some(3)),
        change(|facts| facts.case.requests = Some(1)),
        change(|facts| facts.case.asked = vec!["request_id".to_owned()]),
        change(|facts| facts.case.status = CaseStatus::Incomplete),
        change(|facts| {
            facts.settings.authentication = AuthenticationDemand::IfPresent;
            facts.mail.authentication = Authentication::default();
        }),
        change(|facts| {
            facts.settings.authentication = AuthenticationDemand::Off;
            facts.mail.authentication = Authentication::default();
        }),
        change(|facts| {
            // Anybody has a mailbox there: a neighbour's mails do not count against this one.
            facts.mail.from = vec!["ann@gmail.com".to_owned()];
            facts.occasion.recipient = "ann@gmail.com".to_owned();
            facts.counters.to_domain = Some(21);
        }),
        change(|facts| {
            facts.occasion.kind = OutgoingKind::Acknowledgement;
            facts.case.status = CaseStatus::Complete;
            facts.case.ask.clear();
        }),
        change(|facts| {
            facts.occasion.kind = OutgoingKind::Reminder;
            facts.case.asked = vec!["operation".to_owned()];
            facts.occasion.read_at = hours_ago(24 * 4);
            facts.mail.date = Some(hours_ago(24 * 4));
            facts.occasion.received_at = Some(hours_ago(24 * 4));
        }),
    ];
    for (index, soften) in harmless.into_iter().enumerate() {
        let mut facts = clear();
        soften(&mut facts);
        let verdict = gate(&facts);
        assert_eq!(verdict.kind, VerdictKind::Send, "{index}: {verdict:?}");
    }
}

#[test]
fn the_mode_comes_last() {
    let mut facts = clear();
    facts.mode = Mode::Observe;
    let verdict = gate(&facts);
    assert_eq!((verdict.kind, verdict.rule.as_str()), (VerdictKind::Withhold, "mode"));
    facts.occasion.approved = true;
    assert_eq!(gate(&facts).kind, VerdictKind::Withhold, "observe sends nothing at all");
    facts.mode = Mode::Draft;
    assert_eq!(gate(&facts).kind, VerdictKind::Send);
    facts.occasion.approved = false;
    assert_eq!(gate(&facts).kind, VerdictKind::Draft);
    facts.mail.headers.push(header("List-Id", "x"));
    let verdict = gate(&facts);
    assert_eq!((verdict.kind, verdict.rule.as_str()), (VerdictKind::Withhold, "list"));
}

#[test]
fn an_approved_draft_may_be_days_old_but_not_months() {
    let mut facts = clear();
    facts.mode = Mode::Draft;
    facts.occasion.approved = true;
    facts.occasion.read_at = hours_ago(24 * 5);
    facts.mail.date = Some(hours_ago(24 * 5));
    facts.occasion.received_at = None;
    assert_eq!(gate(&facts).kind, VerdictKind::Send);
    facts.occasion.read_at = hours_ago(24 * 40);
    facts.mail.date = Some(hours_ago(24 * 40));
    assert_eq!(gate(&facts).rule, "old");
}

#[test]
fn names_are_unique_and_lead_back() {
    for rule in Rule::ALL {
        assert_eq!(Rule::from_name(rule.as_str()), Some(*rule));
        assert!(rule.meaning().ends_with('.'), "{}", rule.meaning());
    }
}

#[test]
fn unreadable_facts_withhold() {
    let mut value = serde_json::to_value(clear()).expect("JSON");
    for member in ["counters", "mail", "settings", "mode"] {
        let mut cut = value.clone();
        cut.as_object_mut().expect("an object").remove(member);
        let verdict = replay(&cut.to_string());
        assert_eq!(verdict.kind, VerdictKind::Withhold, "{member}");
        assert_eq!(verdict.rule, "facts_unreadable");
    }
    value["surprise"] = serde_json::json!(1);
    assert_eq!(replay(&value.to_string()).rule, "facts_unreadable");
    assert_eq!(replay("").rule, "facts_unreadable");
}

#[test]
fn counters_that_are_absent_are_unknown() {
    let mut value = serde_json::to_value(clear()).expect("JSON");
    value["counters"]["last_hour"] = serde_json::Value::Null;
    assert_eq!(replay(&value.to_string()).rule, "budget_hour");
}

#[test]
fn domains_are_counted_by_organisation() {
    assert_eq!(domain_key("a@mail.eu.shop.example"), "shop.example");
    assert_eq!(domain_key("a@x.shop.co.uk"), "shop.co.uk");
    assert_eq!(domain_key("a@x.shop.com.cn"), "shop.com.cn");
    assert_eq!(domain_key("a@Shop.de"), "shop.de");
    assert_eq!(domain_key("a@localhost"), "localhost");
}

#[test]
fn numbered_bodies_are_one_body() {
    let body = |text: &str| body_key(&message(&[("From", "a@b.example")], text));
    assert_eq!(body("Ticket 17 was received."), body("ticket  18 was received!"));
    assert_ne!(body("Ticket was received."), body("Ticket was closed."));
    assert_eq!(body("请求 17 失败").len(), 32);
}

/// What [`GateFacts::from_message`] collects is what the rules look at.
mod from_message {
    use super::*;

    fn desk() -> DeskGateSettings {
        DeskGateSettings {
            mode: Mode::Send,
            desk_addresses: vec!["help@desk.example".to_owned()],
            own_addresses: vec!["other@desk.example".to_owned()],
            own_message_id_domains: Vec::new(),
            gate: GateSettings {
                authentication: AuthenticationDemand::Off,
                ..GateSettings::default()
            },
        }
    }

    fn facts_of(mail: &crate::mail::Message) -> GateFacts {
        let base = clear();
        GateFacts::from_message(mail, &desk(), base.counters, base.case, base.occasion)
    }

    fn facts(headers: &[(&str, &str)]) -> GateFacts {
        let mut all = vec![
            ("From", "Ann <ann@shop.example>"),
            ("To", "help@desk.example"),
            ("Date", "2026-03-04T13:00:00Z"),
        ];
        all.extend_from_slice(headers);
        facts_of(&message(&all, "hello"))
    }

    #[test]
    fn a_persons_mail_passes() {
        let verdict = gate(&facts(&[]));
        assert_eq!(verdict.kind, VerdictKind::Send, "{verdict:?}");
    }

    #[test]
    fn every_header_that_a_rule_reads_is_recorded() {
        for (rule, name, value) in HEADER_OFFENCES {
            let verdict = gate(&facts(&[(name, value)]));
            assert_eq!(verdict.rule, rule.as_str(), "{name}: {value}");
        }
    }

    #[test]
    fn addresses_and_ids_arrive() {
        for (rule, name, value) in [
            (Rule::OwnMail, "Sender", "help@desk.example"),
            (Rule::OwnMail, "Message-ID", "<precedent.aaaabbbbccccdddd.3@x.example>"),
            (Rule::NullReturnPath, "Return-Path", "<>"),
            (Rule::RobotAddress, "Return-Path", "<bounce-7@x.example>"),
            (Rule::RobotAddress, "Reply-To", "no-reply@shop.example"),
        ] {
            assert_eq!(gate(&facts(&[(name, value)])).rule, rule.as_str(), "{name}: {value}");
        }
    }

    #[test]
    fn calendars_and_reports_among_the_attachments_are_seen() {
        let mut mail = message(
            &[
                ("From", "ann@shop.example"),
                ("To", "help@desk.example"),
                ("Date", "2026-03-04T13:00:00Z"),
            ],
            "hello",
        );
        let attachment = |media_type: &str, role, text: &str| Attachment {
            name: "a".to_owned(),
            media_type: media_type.to_owned(),
            size: text.len(),
            role,
            text: Some(text.to_owned()),
        };
        let calendar = "BEGIN:VCALENDAR\r\nMETHOD:reply\r\nEND:VCALENDAR\r\n";
        mail.attachments = vec![attachment("text/calendar", AttachmentRole::Calendar, calendar)];
        let verdict = gate(&facts_of(&mail));
        assert_eq!(verdict.rule, "calendar");
        assert_eq!(verdict.detail, "text/calendar METHOD:REPLY");
        mail.attachments = vec![attachment("message/delivery-status", AttachmentRole::Other, "")];
        assert_eq!(gate(&facts_of(&mail)).rule, "report");
    }

    #[test]
    fn a_flood_of_headers_does_not_hide_one() {
        let mut headers = vec![("Content-Class", "x"); 200];
        headers.push(("Auto-Submitted", "auto-replied"));
        assert_eq!(gate(&facts(&headers)).kind, VerdictKind::Withhold);
    }

    #[test]
    fn long_values_are_cut_and_still_decide() {
        let long = format!("auto-replied; x={}", "y".repeat(5_000));
        let facts = facts(&[("Auto-Submitted", &long)]);
        let recorded = serde_json::to_string(&facts).expect("JSON");
        assert!(recorded.len() < 8_000, "{}", recorded.len());
        assert_eq!(gate(&facts).rule, "auto_submitted");
    }
}

proptest! {
    #[test]
    fn one_offence_among_any_is_never_sent(
        earlier in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
        last in any::<prop::sample::Index>(),
        mode in 0_usize..3,
        approved in any::<bool>(),
    ) {
        let offences = offences();
        let mut facts = clear();
        for index in earlier {
            let (_, offend) = &offences[index.index(offences.len())];
            offend(&mut facts);
        }
        // What another offence changed about the question itself must not excuse the last one.
        facts.settings = clear().settings;
        facts.occasion.kind = clear().occasion.kind;
        let (rule, offend) = &offences[last.index(offences.len())];
        offend(&mut facts);
        facts.mode = [Mode::Observe, Mode::Draft, Mode::Send][mode];
        // Approval lets a draft wait for longer, nothing else.
        facts.occasion.approved = approved && *rule != Rule::Old;
        let verdict = gate(&facts);
        prop_assert_eq!(verdict.kind, VerdictKind::Withhold);
        prop_assert!(verdict.rule != "mode");
        prop_assert!(objections(&facts).iter().any(|(objecting, _)| objecting == rule));
        let recorded = serde_json::to_string(&facts).expect("JSON");
        prop_assert_eq!(&replay(&recorded), &verdict);
        let verdict_text = serde_json::to_string(&verdict).expect("JSON");
        let again: super::Verdict = serde_json::from_str(&verdict_text).expect("a verdict");
        prop_assert_eq!(again, verdict);
    }

    #[test]
    fn unknown_counters_never_send(
        stopped in any::<bool>(), address in any::<bool>(), domain in any::<bool>(),
        body in any::<bool>(), hour in any::<bool>(), bounce in any::<bool>(),
    ) {
        prop_assume!(stopped || address || domain || body || hour || bounce);
        let mut facts = clear();
        let counters = &mut facts.counters;
        if stopped { counters.stopped = None; }
        if address { counters.to_address = None; }
        if domain { counters.to_domain = None; }
        if body { counters.same_body = None; }
        if hour { counters.last_hour = None; }
        if bounce { counters.bounce = BounceRecord::Unknown; }
        prop_assert_eq!(gate(&facts).kind, VerdictKind::Withhold);
    }

    #[test]
    fn no_address_panics(address in any::<String>()) {
        let mut facts = clear();
        facts.mail.from = vec![address.clone()];
        facts.mail.to.push(address.clone());
        facts.occasion.recipient = address;
        let _ = gate(&facts);
    }
}
