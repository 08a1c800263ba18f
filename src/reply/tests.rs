//! Messages for tests, made without the reader of mail.

mod loops;

use jiff::Timestamp;

use crate::mail::{Address, Authentication, Header, KindReason, MailKind, Message, Zone, ZoneKind};

/// A message of a person with these header fields and this text.
pub(crate) fn message(headers: &[(&str, &str)], text: &str) -> Message {
    let value = |name: &str| {
        headers
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| (*value).to_owned())
    };
    let addresses = |name: &str| -> Vec<Address> {
        let list = value(name).unwrap_or_default();
        list.split(',')
            .filter(|part| !part.trim().is_empty())
            .map(address)
            .collect()
    };
    let ids = |name: &str| -> Vec<String> {
        let list = value(name).unwrap_or_default();
        list.split_whitespace()
            .map(|id| id.trim_matches(['<', '>']).to_owned())
            .collect()
    };
    Message {
        headers: headers
            .iter()
            .map(|(name, value)| Header {
                name: (*name).to_owned(),
                value: (*value).to_owned(),
            })
            .collect(),
        message_id: ids("Message-ID").into_iter().next(),
        in_reply_to: ids("In-Reply-To"),
        references: ids("References"),
        from: addresses("From"),
        sender: addresses("Sender").into_iter().next(),
        reply_to: addresses("Reply-To"),
        to: addresses("To"),
        cc: addresses("Cc"),
        return_path: value("Return-Path").map(|path| address(&path)),
        subject: value("Subject").unwrap_or_default(),
        date: value("Date").and_then(|date| date.parse::<Timestamp>().ok()),
        date_offset_seconds: None,
        text: text.to_owned(),
        zones: vec![Zone {
            kind: ZoneKind::New,
            range: 0..text.len(),
            reason: "test",
        }],
        text_is_from_html: false,
        attachments: Vec::new(),
        kind: MailKind::Human,
        kind_reason: KindReason {
            code: "no_sign_of_a_machine".to_owned(),
            detail: String::new(),
        },
        bounce: None,
        authentication: Authentication::default(),
        defects: Vec::new(),
    }
}

fn address(text: &str) -> Address {
    let (name, address) = match text.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.trim_end_matches(['>', ' '])),
        None => ("", text.trim()),
    };
    Address {
        name: name.to_owned(),
        address: address.to_lowercase(),
    }
}
