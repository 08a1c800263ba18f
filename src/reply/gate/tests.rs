//! Every rule alone, in every spelling that matters, and all of them together.

mod collected;
mod offences;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use self::offences::{Change, change, offences};
use super::facts::{AnsweredMail, RecordedHeader};
use super::settings::AuthenticationDemand;
use super::{
    BounceRecord, CaseGateState, Counters, GateFacts, GateSettings, Occasion, Rule, VerdictKind,
    body_key, domain_key, gate, objections, replay,
};
use crate::case::CaseStatus;
use crate::mail::{Authentication, AuthenticationResult, KindReason, MailKind};
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
            defects: vec!["charset_replaced".to_owned()],
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
    RecordedHeader {
        name: name.to_lowercase(),
        value: value.to_owned(),
    }
}

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
        assert_eq!(
            verdict.kind,
            VerdictKind::Withhold,
            "offence {index} of {rule:?}"
        );
        assert_eq!(verdict.rule, rule.as_str(), "offence {index}: {verdict:?}");
        assert!(
            !verdict.detail.is_empty(),
            "offence {index} of {rule:?} says nothing"
        );
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
        (
            "Content-Type",
            "multipart/mixed; boundary=\"multipart/report\"",
        ),
        ("X-Loop", "x"),
        ("X-FreeScout-Mail-Type", "customer.message"),
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
    facts
        .mail
        .headers
        .push(header("Auto-Submitted", "auto-replied"));
    assert_eq!(gate(&facts).rule, "auto_submitted");
}

#[test]
fn harmless_facts_pass() {
    let harmless: Vec<Change> = vec![
        change(|facts| facts.mail.return_path = None),
        change(|facts| {
            facts.mail.to = vec!["a@b.example".to_owned(), "HELP+tok@Desk.example".to_owned()]
        }),
        change(|facts| facts.mail.reply_to = vec!["victim@other.example".to_owned()]),
        change(|facts| {
            facts.mail.reply_to = vec!["dev@shop.example".to_owned()];
            facts.occasion.recipient = "dev@shop.example".to_owned();
        }),
        change(|facts| {
            // A plus-tag at a shared domain is the author's still.
            facts.mail.from = vec!["ann@gmail.com".to_owned()];
            facts.mail.reply_to = vec!["ann+desk@gmail.com".to_owned()];
            facts.occasion.recipient = "ann+desk@gmail.com".to_owned();
        }),
        change(|facts| {
            // Forwarded, and signed by the server of a person.
            facts.mail.return_path = Some("SRS0=Ab=XY=shop.example=ann@fwd.example".to_owned());
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
    assert_eq!(
        (verdict.kind, verdict.rule.as_str()),
        (VerdictKind::Withhold, "mode")
    );
    facts.occasion.approved = true;
    assert_eq!(
        gate(&facts).kind,
        VerdictKind::Withhold,
        "observe sends nothing at all"
    );
    facts.mode = Mode::Draft;
    assert_eq!(gate(&facts).kind, VerdictKind::Send);
    facts.occasion.approved = false;
    assert_eq!(gate(&facts).kind, VerdictKind::Draft);
    facts.mail.headers.push(header("List-Id", "x"));
    let verdict = gate(&facts);
    assert_eq!(
        (verdict.kind, verdict.rule.as_str()),
        (VerdictKind::Withhold, "list")
    );
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
fn the_documentation_lists_every_rule() {
    let documentation = include_str!("../../../docs/gate.md");
    for rule in Rule::ALL {
        assert!(
            documentation.contains(&format!("| `{}` | ", rule.as_str())),
            "{rule:?}"
        );
    }
    for (rule, _) in Rule::OBJECTIONS {
        let row = format!("| `{}` | {} |", rule.as_str(), rule.meaning());
        assert!(documentation.contains(&row), "{row}");
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
    assert_eq!(
        body("Ticket 17 was received."),
        body("ticket  18 was received!")
    );
    assert_ne!(body("Ticket was received."), body("Ticket was closed."));
    assert_eq!(body("请求 17 失败").len(), 32);
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
        facts.mail.authentication = clear().mail.authentication;
        facts.occasion.kind = clear().occasion.kind;
        let (rule, offend) = &offences[last.index(offences.len())];
        offend(&mut facts);
        facts.mode = [Mode::Observe, Mode::Draft, Mode::Send][mode];
        // Approval lets a draft wait for longer, nothing else.
        facts.occasion.approved = approved && *rule != Rule::Old;
        let verdict = gate(&facts);
        prop_assert_eq!(verdict.kind, VerdictKind::Withhold);
        prop_assert!(verdict.rule != "mode");
        prop_assert!(!objections(&facts).is_empty());
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
