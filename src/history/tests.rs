//! The exports under samples/history, ticket by ticket, as its README says what an import should make of them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answer::{Answer, propose};
use super::map::TicketMap;
use super::ticket::{Left, Ticket, of_row, read};

enum Expected {
    /// The proposal holds these words, is at least and at most so sure.
    Answer(&'static str, f64, f64),
    /// A ticket without an answer.
    Nothing,
    /// Not taken, because of this.
    Left(&'static str),
}

use Expected::{Answer as Says, Left as Out, Nothing};

fn map(name: &str) -> TicketMap {
    TicketMap::parse(TicketMap::built_in(name).unwrap()).unwrap()
}

fn tickets(map: &TicketMap, records: &[Value]) -> BTreeMap<String, Result<Ticket, Left>> {
    records
        .iter()
        .map(|record| {
            let number = match &record[&map.number] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            (number, read(map, record))
        })
        .collect()
}

#[track_caller]
fn check(map: &TicketMap, records: &[Value], expected: &[(&str, Expected)]) {
    let tickets = tickets(map, records);
    assert_eq!(tickets.len(), expected.len());
    for (number, expected) in expected {
        let found = tickets[*number]
            .as_ref()
            .map(|ticket| (ticket, propose(&ticket.messages)));
        match (expected, found) {
            (Says(words, least, most), Ok((_, Some(answer)))) => {
                let Answer {
                    text, confidence, ..
                } = &answer;
                assert!(text.contains(words), "{number}: {words:?} in {text:?}");
                assert!(
                    (*least..=*most).contains(confidence),
                    "{number}: {confidence} ({:?})",
                    answer.signals
                );
            }
            (Nothing, Ok((_, None))) => {}
            (Out(because), Err(Left::Skipped(left, why))) => {
                assert_eq!(left, number);
                assert!(why.contains(because), "{number}: {why}");
            }
            (_, found) => panic!("{number}: {found:?}"),
        }
    }
}

#[test]
fn zammad() {
    let records: Vec<Value> =
        serde_json::from_str(include_str!("../../samples/history/zammad-tickets.json")).unwrap();
    let map = map("zammad");
    check(
        &map,
        &records,
        &[
            ("20024", Says("grant_type=client_credentials", 0.8, 1.0)),
            ("20027", Says("CANCELLED bez dokumentu", 0.4, 0.6)),
            ("20033", Out("another ticket")),
            ("20034", Says("Un nouveau secret suffit", 0.4, 0.6)),
            ("20043", Says("createRestrictedDataToken", 0.4, 0.6)),
            ("20050", Out("not solved")),
        ],
    );
    let tickets = tickets(&map, &records);
    let ticket = tickets["20024"].as_ref().unwrap();
    assert_eq!(ticket.external, "zammad:20024");
    assert_eq!(ticket.submitter, "torben.aust@aust-fahrradteile.example");
    assert!(ticket.problem.contains("createDestination wird mit 403"));
    assert_eq!(ticket.opened.to_string(), "2023-08-14T07:21:09.114Z");
    // The note is not for the customer, and no part of an answer is the signature.
    assert_eq!(ticket.messages.len(), 3);
    assert!(!ticket.messages[1].text.contains("SP-API Desk"));
}

#[test]
fn zendesk() {
    let records: Vec<Value> = include_str!("../../samples/history/zendesk-tickets.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let map = map("zendesk");
    check(
        &map,
        &records,
        &[
            ("5121", Says("avec sa suppression", 0.8, 1.0)),
            ("5124", Says("READY_FOR_PICKUP", 0.8, 1.0)),
            (
                "5130",
                Says("TLS-Zertifikat ist um 17:28 abgelaufen", 0.8, 1.0),
            ),
            ("5133", Nothing),
            ("5140", Says("Fee 没有更新", 0.1, 0.4)),
            ("5141", Out("not solved")),
        ],
    );
    let tickets = tickets(&map, &records);
    let ticket = tickets["5121"].as_ref().unwrap();
    assert_eq!(ticket.language.as_deref(), Some("fr"));
    assert_eq!(ticket.ended.to_string(), "2024-02-16T10:20:44Z");
}

#[test]
fn jira() {
    let mut reader =
        csv::Reader::from_reader(include_str!("../../samples/history/jira-issues.csv").as_bytes());
    let names = reader.headers().unwrap().clone();
    let records: Vec<Value> = reader
        .records()
        .map(|row| of_row(names.iter(), row.unwrap().iter()))
        .collect();
    let map = map("jira");
    check(
        &map,
        &records,
        &[
            ("SPD-311", Says("UTF-16 with a byte order mark", 0.4, 0.7)),
            ("SPD-318", Says("neues Refresh-Token", 0.4, 0.7)),
            ("SPD-325", Says("static sandbox", 0.4, 0.7)),
            ("SPD-329", Says("kms:GenerateDataKey", 0.8, 1.0)),
            ("SPD-331", Out("another ticket")),
            ("SPD-340", Out("not solved")),
        ],
    );
    let tickets = tickets(&map, &records);
    let ticket = tickets["SPD-325"].as_ref().unwrap();
    assert_eq!(ticket.opened.to_string(), "2024-05-15T00:05:00Z");
    assert_eq!(ticket.code.unwrap().as_str(), "declined");
    let ticket = tickets["SPD-318"].as_ref().unwrap();
    assert!(
        ticket.problem.contains("A1EXAMPLE1XYZ | 403"),
        "{}",
        ticket.problem
    );
    let ticket = tickets["SPD-311"].as_ref().unwrap();
    assert!(
        ticket.problem.contains("<ResultMessageCode>5001") && !ticket.problem.contains("noformat")
    );
}

#[test]
fn github() {
    let records: Vec<Value> =
        serde_json::from_str(include_str!("../../samples/history/github-issues.json")).unwrap();
    let map = map("github");
    check(
        &map,
        &records,
        &[
            ("212", Says("looks like your own ticket number", 0.8, 1.0)),
            ("215", Says("idempotency key", 0.8, 1.0)),
            ("219", Nothing),
            ("224", Says("Write the offset", 0.8, 1.0)),
            ("226", Out("another ticket")),
            ("231", Out("not solved")),
        ],
    );
    let tickets = tickets(&map, &records);
    let ticket = tickets["215"].as_ref().unwrap();
    assert!(ticket.problem.contains("12:01:02 submitOrder") && !ticket.problem.contains("details"));
}

#[test]
fn a_record_of_something_else_says_so() {
    let map = map("zendesk");
    let other = serde_json::json!({"key": "A-1"});
    let Err(Left::Wrong(problem)) = read(&map, &other) else {
        panic!("taken");
    };
    assert!(problem.contains("is it an export of zendesk?"), "{problem}");
    let wrong_time =
        serde_json::json!({"id": 7, "subject": "x", "status": "solved", "created_at": "soon"});
    let Err(Left::Wrong(problem)) = read(&map, &wrong_time) else {
        panic!("taken");
    };
    assert!(
        problem.starts_with("ticket 7: at \"created_at\": the time \"soon\""),
        "{problem}"
    );
}
