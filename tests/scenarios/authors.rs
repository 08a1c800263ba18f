//! To whom an answer goes: the author, and nobody whom a header names otherwise.

use crate::house::House;
use crate::letter::vague;

/// The letter of somebody at this address with another From field, and perhaps more fields.
fn from(address: &str, field: &str, subject: &str) -> Vec<u8> {
    let text = String::from_utf8(vague(address, subject).bytes()).unwrap();
    let plain = format!("From: <{address}>\r\n");
    assert!(text.contains(&plain));
    text.replacen(&plain, field, 1).into_bytes()
}

/// What became of a mail with this From: recipient of the outbox, and rule that decided.
#[track_caller]
fn answered(address: &str, field: &str) -> (Vec<String>, String) {
    let house = House::in_mode("send");
    house
        .run_with_input(&["ingest", "-"], from(address, field, "One"))
        .well();
    let left = house
        .outbox()
        .iter()
        .filter(|row| row["state"] != "withheld")
        .map(|row| row["recipient"].as_str().unwrap().to_owned())
        .collect();
    let verdict = crate::replies::verdict_of(&house, 1);
    (left, verdict["rule"].as_str().unwrap().to_owned())
}

#[test]
fn s117_a_quoted_local_part_was_answered_at_another_address() {
    for field in [
        "From: \"x victim\"@cust.example\r\n",
        "From: \"x victim\" @cust.example\r\n",
        "From: Ann <\"x victim\"@cust.example>\r\n",
        "From: <x victim@cust.example>\r\n",
        "From: <\"a> <victim@cust.example> \"@cust.example>\r\n",
        "From: Ann <ann@cust.example> <victim@cust.example>\r\n",
        "From: ann@cust.example victim@cust.example\r\n",
        "From: =?utf-8?q?victim=40cust.example?=\r\n",
    ] {
        let (left, rule) = answered("x@cust.example", field);
        assert_eq!(
            (left.len(), rule.as_str()),
            (0, "unclear_author"),
            "{field}"
        );
    }
}

#[test]
fn s118_a_mail_without_an_author_is_not_answered_at_its_return_path() {
    for field in [
        "",
        "From:\r\n",
        "From: \r\n",
        "From: <>\r\n",
        "From: undisclosed-senders:;\r\n",
        "From:\r\nSender: <ann@cust.example>\r\n",
        "From:\r\nReply-To: <ann@cust.example>\r\n",
    ] {
        let (left, rule) = answered("ann@cust.example", field);
        assert_eq!(
            (left.len(), rule.as_str()),
            (0, "unclear_author"),
            "{field:?}"
        );
    }
}
