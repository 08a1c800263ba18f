//! What [`GateFacts::from_message`] collects is what the rules look at.

use super::clear;
use super::offences::HEADER_OFFENCES;
use crate::mail::{Attachment, AttachmentRole};
use crate::reply::gate::settings::AuthenticationDemand;
use crate::reply::gate::{DeskGateSettings, GateFacts, GateSettings, Rule, VerdictKind, gate};
use crate::reply::tests::message;
use crate::triage::Mode;

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
        (
            Rule::OwnMail,
            "Message-ID",
            "<precedent.aaaabbbbccccdddd.3@x.example>",
        ),
        (Rule::NullReturnPath, "Return-Path", "<>"),
        (Rule::RobotAddress, "Return-Path", "<bounce-7@x.example>"),
        (Rule::RobotAddress, "Reply-To", "no-reply@shop.example"),
    ] {
        assert_eq!(
            gate(&facts(&[(name, value)])).rule,
            rule.as_str(),
            "{name}: {value}"
        );
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
    mail.attachments = vec![attachment(
        "text/calendar",
        AttachmentRole::Calendar,
        calendar,
    )];
    let verdict = gate(&facts_of(&mail));
    assert_eq!(verdict.rule, "calendar");
    assert_eq!(verdict.detail, "text/calendar METHOD:REPLY");
    mail.attachments = vec![attachment(
        "message/delivery-status",
        AttachmentRole::Other,
        "",
    )];
    assert_eq!(gate(&facts_of(&mail)).rule, "report");
}

#[test]
fn a_desk_among_many_recipients_is_found() {
    let crowd: Vec<String> = (0..400)
        .map(|index| format!("p{index}@shop.example"))
        .collect();
    let crowd = format!("{}, Help+tag@desk.example", crowd.join(", "));
    let facts = facts(&[("Cc", &crowd)]);
    assert_eq!(facts.mail.to.len(), crate::limits::GATE_ADDRESSES_MAX);
    assert_eq!(gate(&facts).kind, VerdictKind::Send);
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
