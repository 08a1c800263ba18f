//! What a bounce says: the addresses that failed, the status code (RFC 3463), the mail that came back.

use std::sync::LazyLock;

use regex::Regex;

use super::Bounce;
use super::field::{self, FieldBlock};
use super::mime::Tree;

/// Most failed addresses that are kept.
const FAILED_MAX: usize = 100;
/// Bytes of the text that are searched.
const TEXT_BYTES: usize = 20_000;

static STATUS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^0-9.])([245]\.[0-9]\.[0-9]{1,3})(?:[^0-9.]|\.?$|\. )")
        .expect("a constant pattern")
});
static REPLY_CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)(?:^|[\s(:<#])([45][0-9]{2})(?:[ -]|$)").expect("a constant pattern")
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)[A-Za-z0-9._%+=/'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
        .expect("a constant pattern")
});
static MESSAGE_ID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)message-id:\s*<([^<>\s]{3,250})>").expect("a constant pattern")
});

/// Reads a bounce.
pub(crate) fn read(tree: &Tree<'_>, text: &str, own_addresses: &[&str]) -> Bounce {
    let mut bounce = Bounce::default();
    let mut action_failed = None;
    for part in &tree.parts {
        match part.media_type() {
            "message/delivery-status" | "message/global-delivery-status" => {
                action_failed = delivery_status(&part.bytes(), &mut bounce).or(action_failed);
            }
            "message/rfc822"
            | "text/rfc822-headers"
            | "message/rfc822-headers"
            | "message/global"
            | "message/partial" => {
                let bytes = part.bytes();
                let original = field::split(&bytes);
                if bounce.original_message_id.is_none() {
                    bounce.original_message_id = message_id(&original);
                }
                if bounce.failed.is_empty() {
                    // Nothing better is known than to whom it was sent.
                    bounce.failed = recipients(&original);
                }
            }
            _ => {}
        }
    }
    if let Some(value) = tree.block.first("X-Failed-Recipients") {
        for address in super::address::parse_list(value) {
            add(&mut bounce, &address.address);
        }
    }
    let mut end = text.len().min(TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    if bounce.status.is_none() {
        bounce.status = STATUS.captures(text).map(|found| found[1].to_owned());
    }
    if bounce.failed.is_empty() {
        let report = text.split("Received:").next().unwrap_or(text);
        for found in ADDRESS.find_iter(report).take(50) {
            let address = found.as_str().trim_matches(['\'', '=', '.']).to_lowercase();
            let system = ["mailer-daemon@", "postmaster@", "support@", "abuse@"]
                .iter()
                .any(|start| address.starts_with(start));
            if !system && !own_addresses.contains(&address.as_str()) {
                add(&mut bounce, &address);
            }
            if !bounce.failed.is_empty() {
                break;
            }
        }
    }
    if bounce.original_message_id.is_none() {
        bounce.original_message_id = MESSAGE_ID.captures(text).map(|found| found[1].to_owned());
    }
    if bounce.original_message_id.is_none() {
        // Exim sends no part with the mail that came back, and names it as the one it answers.
        bounce.original_message_id = tree
            .block
            .first("In-Reply-To")
            .and_then(|value| super::address::parse_identifiers(value).into_iter().next());
    }
    if bounce.delivered {
        // The recipients of the mail that is quoted did not fail.
        bounce.failed.clear();
    }
    #[rustfmt::skip]
    const TEMPORARY: &[&str] = &[
        "delayed", "will be retried", "will continue to try", "still trying", "warning message only", "not yet been delivered", "delivery incomplete", "temporary problem", "will retry", "will be tried again", "will try again",
        "verzögert", "noch nicht zugestellt", "weiterhin versucht", "erneut versucht", "retardé", "n'a pas encore été", "nouvelles tentatives", "opóźni", "nie została jeszcze", "nie została dotychczas", "ponawiane",
        "尚未送达", "尚未投递", "延迟", "稍后重试", "继续尝试",
    ];
    // What has been given up is told with the delays before it.
    #[rustfmt::skip]
    const FINAL: &[&str] = &[
        "giving up", "given up", "gave up", "permanent error", "permanent fatal", "aufgegeben", "endgültig", "dauerhafter fehler", "nicht mehr versucht", "keine weiteren versuche", "keine weiteren zustellversuche",
        "abandonn", "définitivement", "erreur permanente", "aucune autre tentative", "aucune nouvelle tentative", "zaniechan", "zaprzestan", "ostatecznie", "błąd trwały", "trwały błąd", "nie będzie ponawian", "nie będą ponawiane",
        "放弃", "永久", "不再重试", "不再尝试", "停止重试", "最终失败",
    ];
    let subject = tree.block.first("Subject").map(field::decode);
    let lower = format!("{} {text}", subject.unwrap_or_default()).to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let temporary_status = bounce
        .status
        .as_deref()
        .is_some_and(|status| status.starts_with('4'));
    bounce.permanent = match (&bounce.status, action_failed) {
        (Some(status), None) => status.starts_with('5'),
        (_, Some(failed)) => failed && !temporary_status,
        (None, None) => match REPLY_CODE.captures(text) {
            Some(found) => found[1].starts_with('5'),
            None => !says(TEMPORARY) || says(FINAL),
        },
    };
    bounce
}

fn add(bounce: &mut Bounce, address: &str) {
    let address = address.trim().to_lowercase();
    if address.contains('@')
        && bounce.failed.len() < FAILED_MAX
        && !bounce.failed.contains(&address)
    {
        bounce.failed.push(address);
    }
}

/// Reads the fields of RFC 3464; returns whether a recipient finally failed.
fn delivery_status(bytes: &[u8], bounce: &mut Bounce) -> Option<bool> {
    let mut failed = None;
    let mut rest = bytes;
    for _ in 0..FAILED_MAX {
        let block = field::split(rest);
        if block.fields.is_empty() {
            break;
        }
        let action = block
            .first("Action")
            .map(|value| field::unfold(value).to_lowercase());
        let got_it = action.as_deref().is_some_and(|action| {
            action.starts_with("delivered")
                || action.starts_with("relayed")
                || action.starts_with("expanded")
        });
        // One that failed says more than those that are only delayed: they are tried again, and not told.
        let mut delayed_beside = false;
        let mut failed_now = None;
        if let Some(action) = &action {
            let now = action.starts_with("failed");
            if now && failed == Some(false) {
                bounce.failed.clear();
                bounce.status = None;
            }
            delayed_beside = !now && failed == Some(true);
            failed_now = Some(now);
        }
        if action.is_some() {
            bounce.delivered = got_it && (bounce.delivered || failed.is_none());
        }
        if let Some(now) = failed_now {
            failed = Some(failed.unwrap_or(false) || now);
        }
        if !got_it && !delayed_beside {
            if let Some(recipient) = block
                .first("Original-Recipient")
                .or_else(|| block.first("Final-Recipient"))
            {
                add(bounce, typed_address(&field::unfold(recipient)));
            }
            if let Some(status) = block.first("Status") {
                let status = field::unfold(status);
                let status = status
                    .split([' ', '('])
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                if bounce.status.is_none() && status.split('.').count() == 3 {
                    bounce.status = Some(status);
                }
            }
        }
        if block.body == 0 || block.body >= rest.len() {
            break;
        }
        rest = &rest[block.body..];
    }
    failed
}

/// `rfc822; jane@example.org` (RFC 3464 section 2.3.1).
fn typed_address(value: &str) -> &str {
    let value = value.split_once(';').map_or(value, |(_, address)| address);
    value
        .trim()
        .trim_start_matches('<')
        .trim_end_matches('>')
        .trim()
}

fn message_id(block: &FieldBlock<'_>) -> Option<String> {
    block
        .first("Message-ID")
        .and_then(|value| super::address::parse_identifiers(value).into_iter().next())
}

fn recipients(block: &FieldBlock<'_>) -> Vec<String> {
    let value = block.first("X-Original-To").or_else(|| block.first("To"));
    value
        .map(|value| {
            super::address::parse_list(value)
                .into_iter()
                .map(|address| address.address)
                .filter(|address| address.contains('@'))
                .take(1)
                .collect()
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::mail::{MailKind, ParseOptions, parse};

    #[test]
    fn a_delivery_status_is_read() {
        let raw = b"From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=a\nSubject: Undelivered\n\n\
            --a\n\nSorry.\n--a\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; Jane@Shop.example\n\
            Action: failed\nStatus: 5.1.1 (unknown)\n\n--a\nContent-Type: message/rfc822\n\nMessage-ID: <1@desk.example>\nTo: jane@shop.example\nSubject: x\n\nhi\n--a--\n";
        let message = parse(raw, &ParseOptions::default()).expect("a mail");
        assert_eq!(message.kind, MailKind::Bounce);
        let bounce = message.bounce.expect("a bounce");
        assert_eq!(bounce.failed, ["jane@shop.example"]);
        assert_eq!(bounce.status.as_deref(), Some("5.1.1"));
        assert!(bounce.permanent);
        assert_eq!(
            bounce.original_message_id.as_deref(),
            Some("1@desk.example")
        );
    }

    #[test]
    fn a_failure_beside_a_delay_was_called_temporary() {
        let delayed = "Final-Recipient: rfc822; bob@shop.example\nAction: delayed\nStatus: 4.2.2\n";
        let failed = "Final-Recipient: rfc822; jane@shop.example\nAction: failed\nStatus: 5.1.1\n";
        for blocks in [[delayed, failed], [failed, delayed]] {
            let raw = format!(
                "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=a\nSubject: Undelivered\n\n\
                --a\n\nSorry.\n--a\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{}\n{}\n--a--\n",
                blocks[0], blocks[1]
            );
            let message = parse(raw.as_bytes(), &ParseOptions::default()).expect("a mail");
            let bounce = message.bounce.expect("a bounce");
            assert_eq!(bounce.failed, ["jane@shop.example"]);
            assert_eq!(bounce.status.as_deref(), Some("5.1.1"));
            assert!(bounce.permanent);
        }
    }

    #[test]
    fn a_delay_is_temporary() {
        let raw = b"From: MAILER-DAEMON@mx.example\nReturn-Path: <>\nSubject: Warning: could not send message for past 4 hours\n\n\
            The message to <jane@shop.example> was delayed; it will be retried.\n";
        let bounce = parse(raw, &ParseOptions::default())
            .expect("a mail")
            .bounce
            .expect("a bounce");
        assert_eq!(bounce.failed, ["jane@shop.example"]);
        assert!(!bounce.permanent);
    }
}
