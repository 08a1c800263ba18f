//! Composed mails: read back by a reader of mail, and compared with the snapshots beside this file.

use jiff::Timestamp;
use mail_parser::{HeaderValue, MessageParser, MimeHeaders};

use super::Composer;
use crate::case::{Evidence, Facts, PartId, TimeMention};
use crate::mail::Message;
use crate::profile::Profile;
use crate::reply::form;
use crate::reply::tests::message;
use crate::reply::types::{ComposeError, Composed, Outgoing};
use crate::triage::OutgoingKind;

const TOKEN: &str = "z5oobso6zljzz6mx";
const LANGUAGES: [&str; 5] = ["en", "de", "fr", "pl", "zh"];
const AMAZON: [&str; 14] = [
    "api_type",
    "issue_type",
    "api_section",
    "operation",
    "operation_or_section",
    "seller_or_developer_id",
    "marketplace",
    "application_id",
    "request_id",
    "timestamp",
    "persists",
    "error_detail",
    "steps_tried",
    "other_account_case",
];
const GOOGLE: [&str; 7] = [
    "partner_status",
    "integration_id",
    "error_detail",
    "timestamp",
    "persists",
    "steps_tried",
    "other_account_case",
];

/// A mail that a test composes, with what varies between tests.
struct Case {
    profile: &'static str,
    kind: OutgoingKind,
    language: &'static str,
    ask: Vec<String>,
    topic: Option<&'static str>,
    flags: Vec<String>,
    secret_kinds: Vec<String>,
    facts: Facts,
    answered: Message,
    desk_name: &'static str,
}

impl Case {
    fn request(profile: &'static str, language: &'static str, ask: &[&str]) -> Self {
        Self {
            profile,
            kind: OutgoingKind::RequestForInformation,
            language,
            ask: owned(ask),
            topic: None,
            flags: Vec::new(),
            secret_kinds: Vec::new(),
            facts: Facts::default(),
            answered: message(
                &[
                    ("From", "Ann Müller <ann@shop.example>"),
                    ("Subject", "AW: getOrders liefert 403 – größere Störung"),
                    ("Message-ID", "<m2@shop.example>"),
                    ("References", "<m0@shop.example> <m1@shop.example>"),
                ],
                "It does not work, see secret-of-the-sender.",
            ),
            desk_name: "Developer Support",
        }
    }

    fn notice(kind: OutgoingKind, language: &'static str, topic: Option<&'static str>) -> Self {
        Self {
            kind,
            topic,
            ..Self::request("amazon-sp-api", language, &[])
        }
    }

    fn with_time(mut self, text: &str) -> Self {
        self.facts.times.push(TimeMention {
            text: text.to_owned(),
            utc: None,
            zone_given: false,
            local: None,
            evidence: Evidence {
                part: PartId::Body,
                start: 0,
                end: 0,
                rule: "time".to_owned(),
                confidence: 1.0,
                quoted: false,
            },
        });
        self
    }

    fn compose(&self) -> Result<Composed, ComposeError> {
        let profile = Profile::builtin(self.profile).expect("a built-in profile");
        Composer::new(profile)?.compose(&Outgoing {
            kind: self.kind,
            language: self.language,
            ask: &self.ask,
            topic: self.topic,
            case_number: "SP-1042",
            facts: &self.facts,
            flags: &self.flags,
            secret_kinds: &self.secret_kinds,
            answered: &self.answered,
            recipient: crate::reply::recipient(&self.answered, &[]).unwrap_or_default(),
            desk_address: "help@desk.example",
            desk_name: self.desk_name,
            token: TOKEN,
            ordinal: 1,
            date: "2026-03-04T13:05:00Z".parse::<Timestamp>().expect("a time"),
        })
    }

    fn composed(&self) -> Composed {
        self.compose().expect("a mail")
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn header(parsed: &mail_parser::Message<'_>, name: &str) -> String {
    parsed
        .header_raw(name)
        .unwrap_or_default()
        .trim()
        .replace("\r\n", "")
}

/// What must hold of every mail that leaves.
fn assert_good_mail(composed: &Composed) {
    let text = std::str::from_utf8(&composed.bytes).expect("ASCII");
    assert!(text.is_ascii());
    for line in text.split("\r\n") {
        assert!(!line.contains(['\r', '\n']), "bare line break in {line:?}");
        assert!(line.len() <= 78, "long line {line:?}");
    }
    let parsed = MessageParser::default()
        .parse(&composed.bytes)
        .expect("a mail");
    assert_eq!(header(&parsed, "Auto-Submitted"), "auto-replied");
    assert_eq!(header(&parsed, "X-Auto-Response-Suppress"), "All");
    assert_eq!(header(&parsed, "X-Precedent-Loop"), "help@desk.example");
    assert_eq!(
        header(&parsed, "Reply-To"),
        format!("help+{TOKEN}@desk.example")
    );
    assert_eq!(header(&parsed, "To"), composed.recipient);
    assert_eq!(parsed.message_id(), Some(composed.message_id.as_str()));
    assert_eq!(parsed.subject(), Some(composed.subject.as_str()));
    assert!(composed.subject.contains("[SP-1042]"));
    assert_eq!(
        parsed.date().expect("a date").to_rfc3339(),
        "2026-03-04T13:05:00Z"
    );
    for name in [
        "Return-Path",
        "Cc",
        "Bcc",
        "Precedence",
        "Disposition-Notification-To",
    ] {
        assert!(parsed.header(name).is_none(), "{name}");
    }
    for name in [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
    ] {
        assert_eq!(parsed.header_values(name).count(), 1, "{name}");
    }
    let types: Vec<String> = parsed
        .parts
        .iter()
        .filter_map(|part| part.content_type())
        .map(|media| format!("{}/{}", media.ctype(), media.subtype().unwrap_or_default()))
        .collect();
    assert_eq!(types, ["multipart/alternative", "text/plain", "text/html"]);
    let plain = parsed
        .part(1)
        .and_then(|part| part.text_contents())
        .expect("plain text");
    assert_eq!(
        plain.replace("\r\n", "\n").trim_end(),
        composed.text.trim_end()
    );
    let html = parsed
        .part(2)
        .and_then(|part| part.text_contents())
        .expect("HTML");
    for forbidden in ["<script", "<img", "<a ", "http-equiv", "style=", "url("] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    for line in composed
        .text
        .lines()
        .filter(|line| line.contains(form::TAG_OPEN))
    {
        assert!(
            html.contains(&format!("<div>{line}</div>")),
            "{line} is not in the HTML"
        );
    }
    assert!(!composed.text.contains("secret-of-the-sender"));
    assert!(!composed.text.contains("{{") && !composed.text.contains("{%"));
}

#[test]
fn every_requirement_in_every_language() {
    for (profile, requirements) in [
        ("amazon-sp-api", &AMAZON[..]),
        ("google-ordering", &GOOGLE[..]),
        (
            "generic",
            &["what_happened", "timestamp", "error_detail"][..],
        ),
    ] {
        for language in LANGUAGES {
            let composed = Case::request(profile, language, requirements).composed();
            assert_good_mail(&composed);
            insta::assert_snapshot!(format!("all_{profile}_{language}"), composed.text);
        }
    }
}

#[test]
fn only_the_zone_is_missing() {
    for language in LANGUAGES {
        let case = Case::request("amazon-sp-api", language, &["time_zone"]).with_time("14:05");
        let composed = case.composed();
        assert_good_mail(&composed);
        assert!(composed.text.contains("14:05"), "{}", composed.text);
        insta::assert_snapshot!(format!("zone_{language}"), composed.text);
    }
}

#[test]
fn notices_in_every_language() {
    let amazon = [
        (OutgoingKind::Acknowledgement, None),
        (OutgoingKind::CloseNotice, None),
        (OutgoingKind::Referral, Some("refer_registration")),
        (OutgoingKind::Referral, Some("forward_feature_request")),
        (OutgoingKind::Referral, Some("outage_policy")),
        (OutgoingKind::Referral, Some("answer_documentation")),
        (OutgoingKind::Referral, Some("answer_or_split")),
    ];
    let google = [
        "maintenance_self_service",
        "refer_consultant",
        "refer_docs_interest",
    ]
    .map(|topic| (OutgoingKind::Referral, Some(topic)));
    for language in LANGUAGES {
        let mut all = String::new();
        for (profile, notices) in [
            ("amazon-sp-api", &amazon[..]),
            ("google-ordering", &google[..]),
        ] {
            for (kind, topic) in notices {
                let case = Case {
                    profile,
                    ..Case::notice(*kind, language, *topic)
                };
                let composed = case.composed();
                assert_good_mail(&composed);
                let name = topic.unwrap_or(kind.as_str());
                all.push_str(&format!("##### {name}\n{}\n", composed.text));
            }
        }
        insta::assert_snapshot!(format!("notices_{language}"), all);
    }
}

#[test]
fn a_reminder_with_a_hint_and_a_warning() {
    for language in LANGUAGES {
        let mut case = Case::request("amazon-sp-api", language, &["request_id", "persists"]);
        case.kind = OutgoingKind::Reminder;
        case.flags = owned(&["urgent_claimed", "deleted_resource"]);
        case.secret_kinds = owned(&["lwa_refresh_token", "something_new", "lwa_refresh_token"]);
        let composed = case.composed();
        assert_good_mail(&composed);
        insta::assert_snapshot!(format!("reminder_{language}"), composed.text);
    }
}

#[test]
fn the_wire_format() {
    let case = Case::request("amazon-sp-api", "de", &["operation"]);
    let composed = case.composed();
    let wire = String::from_utf8(composed.bytes)
        .expect("ASCII")
        .replace("\r\n", "\n");
    insta::assert_snapshot!("wire_de", wire);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let case = Case::request("amazon-sp-api", "pl", &["operation", "time_zone"]);
    assert_eq!(case.composed(), case.composed());
}

#[test]
fn the_form_survives_a_quoted_answer() {
    for language in LANGUAGES {
        let composed = Case::request("amazon-sp-api", language, &AMAZON).composed();
        let answered = form::fill(
            &composed.text,
            &[("operation", "getOrders"), ("persists", "ja")],
        );
        let quoted: String = answered.lines().map(|line| format!("> {line}\n")).collect();
        let answers = form::tests::answers(&quoted, TOKEN);
        let expected = [("operation", "getOrders"), ("persists", "ja")]
            .map(|(name, answer)| (name.to_owned(), answer.to_owned()));
        assert_eq!(answers, expected);
    }
}

#[test]
fn threading_headers() {
    let composed = Case::request("amazon-sp-api", "en", &["operation"]).composed();
    let parsed = MessageParser::default()
        .parse(&composed.bytes)
        .expect("a mail");
    assert_eq!(
        composed.message_id,
        format!("precedent.{TOKEN}.1@desk.example")
    );
    assert_eq!(
        composed.subject,
        "Re: getOrders liefert 403 – größere Störung [SP-1042]"
    );
    assert!(matches!(parsed.in_reply_to(), HeaderValue::Text(id) if id == "m2@shop.example"));
    let HeaderValue::TextList(references) = parsed.references() else {
        panic!("no list of references");
    };
    assert_eq!(
        *references,
        ["m0@shop.example", "m1@shop.example", "m2@shop.example"]
    );
}

#[test]
fn references_are_capped_and_cleaned() {
    let mut case = Case::request("amazon-sp-api", "en", &["operation"]);
    case.answered.references = (0..500)
        .map(|index| format!("r{index}@shop.example"))
        .collect();
    case.answered
        .references
        .insert(3, "evil>\r\nBcc: <victim@other.example".to_owned());
    case.answered.references.insert(4, "x".repeat(2_000));
    let composed = case.composed();
    assert_good_mail(&composed);
    let parsed = MessageParser::default()
        .parse(&composed.bytes)
        .expect("a mail");
    let HeaderValue::TextList(references) = parsed.references() else {
        panic!("no list of references");
    };
    assert_eq!(references.len(), crate::limits::REPLY_REFERENCES_MAX);
    assert_eq!(
        references.first().map(AsRef::as_ref),
        Some("r0@shop.example")
    );
    assert_eq!(
        references.last().map(AsRef::as_ref),
        Some("m2@shop.example")
    );
}

#[test]
fn a_mail_without_message_id_is_answered() {
    let mut case = Case::request("amazon-sp-api", "en", &["operation"]);
    case.answered.message_id = None;
    case.answered.references.clear();
    case.answered.subject = String::new();
    let composed = case.composed();
    assert_good_mail(&composed);
    assert_eq!(composed.subject, "Re: [SP-1042]");
}

#[test]
fn hostile_mail_gives_harmless_headers() {
    let mut case = Case::request("generic", "fr", &["error_detail", "time_zone"]);
    case.answered.subject =
        "Re: x\r\nBcc: victim@other.example\r\n\r\n<script> {{ 7 * 7 }} \u{202E}\0".to_owned();
    case.answered.message_id = Some("a\r\nBcc: victim@other.example".to_owned());
    case = case
        .with_time("14:05 {% raw %}\r\n--- end ---")
        .with_time("https://evil.example 15:00");
    let composed = case.composed();
    assert_good_mail(&composed);
    assert!(!composed.text.contains("evil.example"));
    assert!(!composed.text.contains("49") && !composed.subject.contains("49"));
}

#[test]
fn a_desk_name_in_any_script_is_encoded() {
    for name in [
        "Entwickler-Support (Köln), \"Süd\"",
        "开发者支持团队开发者支持团队开发者支持团队开发者支持团队",
    ] {
        let case = Case {
            desk_name: name,
            ..Case::request("amazon-sp-api", "zh", &["operation"])
        };
        let composed = case.composed();
        assert_good_mail(&composed);
        let parsed = MessageParser::default()
            .parse(&composed.bytes)
            .expect("a mail");
        let from = parsed
            .from()
            .and_then(|from| from.first())
            .expect("an author");
        assert_eq!(from.name(), Some(name));
        assert_eq!(from.address(), Some("help@desk.example"));
    }
}

#[test]
fn what_cannot_be_composed_says_why() {
    let nothing = Case::request("amazon-sp-api", "en", &[]);
    assert_eq!(nothing.compose(), Err(ComposeError::NothingToAsk));
    let no_topic = Case::notice(OutgoingKind::Referral, "en", None);
    assert_eq!(no_topic.compose(), Err(ComposeError::NoTopic("referral")));
    let unknown = Case::notice(OutgoingKind::Referral, "de", Some("refer_nowhere"));
    let path = "wording.de.topics.refer_nowhere".to_owned();
    assert_eq!(unknown.compose(), Err(ComposeError::NoWording { path }));
    let requirement = Case::request("amazon-sp-api", "pl", &["shoe_size"]);
    let path = "wording.pl.ask.shoe_size".to_owned();
    assert_eq!(requirement.compose(), Err(ComposeError::NoWording { path }));
    let mut nobody = Case::request("amazon-sp-api", "en", &["operation"]);
    nobody.answered.from.clear();
    assert_eq!(nobody.compose(), Err(ComposeError::NoRecipient));
}

#[test]
fn an_unknown_language_gets_the_default() {
    let composed = Case::request("amazon-sp-api", "es", &["operation"]).composed();
    assert_good_mail(&composed);
    assert!(composed.text.starts_with("Hello,"));
}

#[test]
fn a_long_subject_is_cut() {
    let mut case = Case::request("amazon-sp-api", "en", &["operation"]);
    case.answered.subject = "错误 ".repeat(400);
    let composed = case.composed();
    assert_good_mail(&composed);
    assert!(composed.subject.len() <= crate::limits::REPLY_SUBJECT_BYTES_MAX);
}
