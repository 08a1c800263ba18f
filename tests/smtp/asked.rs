//! What never left has asked nothing, and what a stop left lying is not kept.

use std::sync::Arc;

use precedent::case::CaseStatus;
use precedent::engine::{Activity, keep};
use precedent::intake::lmtp::Waiting;
use precedent::reply::GateSettings;
use precedent::store::{OutboxFilter, OutboxState};
use tokio::sync::{mpsc, oneshot};

use crate::copy::{Copy, raw};
use crate::letter::{Letter, vague};

/// A server's word that a mail of the desk could not be delivered.
fn bounce(address: &str, message_id: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <mailer-daemon@mx.example>\r\nTo: help@a.example\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: <b.{message_id}>\r\nDate: Mon, 16 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message_id}>\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

/// A report that the mail has arrived.
fn success(address: &str, message_id: &str, action: &str) -> Vec<u8> {
    String::from_utf8(bounce(address, message_id))
        .unwrap()
        .replace(
            "Action: failed\r\nStatus: 5.1.1",
            &format!("Action: {action}\r\nStatus: 2.0.0"),
        )
        .replace("No such user.", "It has arrived.")
        .into_bytes()
}

/// A bounce of Exim without a part that holds the mail.
fn exim_bounce(address: &str, message_id: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <Mailer-Daemon@mx.example>\r\nTo: help@a.example\r\nX-Failed-Recipients: {address}\r\nAuto-Submitted: auto-replied\r\nIn-Reply-To: <{message_id}>\r\nSubject: Mail delivery failed: returning message to sender\r\nMessage-ID: <e.{message_id}>\r\nDate: Mon, 16 Nov 2026 10:00:00 +0000\r\n\r\nThis message was created automatically by mail delivery software.\r\n\r\nA message that you sent could not be delivered to one or more of its\r\nrecipients. This is a permanent error. The following address(es) failed:\r\n\r\n  {address}\r\n    Unrouteable address\r\n"
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_of_success_was_a_bounce_and_a_bounce_of_exim_was_not_told() {
    type Report = fn(&str, &str) -> Vec<u8>;
    let reports: [(Report, bool); 3] = [
        (|address, id| success(address, id, "delivered"), false),
        (|address, id| success(address, id, "relayed"), false),
        (exim_bounce, true),
    ];
    for (report, bounced) in reports {
        let desk = Copy::new("help@a.example", GateSettings::default()).await;
        desk.ingest(vec![letter("jane@shop.example", "Problem of Jane")])
            .await;
        assert_eq!(desk.deliver().await.len(), 1);
        let case = desk.cases().await.remove(0).state.number;
        let all = OutboxFilter {
            states: Vec::new(),
            ..OutboxFilter::open(vec![case.clone()])
        };
        let rows = desk.engine.store.outbox(&all).await.unwrap();
        desk.ingest(vec![report("jane@shop.example", &rows[0].message_id)])
            .await;
        let history = desk.engine.store.history(&case).await.unwrap().unwrap();
        let journal = history.journal;
        let told = journal.iter().any(|event| event.event == "reply_bounced");
        assert_eq!(told, bounced, "{journal:?}");
        // The next request to the address is held back after a failure alone.
        desk.ingest(vec![letter("jane@shop.example", "Another matter of Jane")])
            .await;
        assert_eq!(desk.deliver().await.is_empty(), bounced);
    }
}

fn letter(from: &str, subject: &str) -> Vec<u8> {
    vague(from, subject).to("help@a.example").bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_was_withheld_at_the_last_look_left_its_case_waiting_for_ever() {
    let desk = Copy::new("help@a.example", GateSettings::default()).await;
    desk.ingest(vec![
        letter("jane@shop.example", "Problem of Jane"),
        letter("jane@shop.example", "Quite another matter of Jane"),
    ])
    .await;
    let before = desk.cases().await;
    assert_eq!(before.len(), 2);
    for case in &before {
        assert_eq!(case.state.status, CaseStatus::Waiting);
        assert!(!case.state.asked.is_empty());
    }
    // The address turns out to be dead before anything left.
    let numbers = before.iter().map(|case| case.state.number.clone());
    let open = OutboxFilter::open(numbers.collect());
    let waiting = desk.engine.store.outbox(&open).await.unwrap();
    assert_eq!(waiting.len(), 2);
    desk.ingest(vec![bounce("jane@shop.example", &waiting[0].message_id)])
        .await;
    assert_eq!(desk.deliver().await, Vec::new());

    for case in desk.cases().await {
        assert_eq!(case.state.status, CaseStatus::Incomplete);
        assert_eq!((case.state.requests, case.state.asked), (0, Vec::new()));
        let all = OutboxFilter {
            states: Vec::new(),
            ..OutboxFilter::open(vec![case.state.number])
        };
        let rows = desk.engine.store.outbox(&all).await.unwrap();
        assert_eq!(rows[0].state, OutboxState::Withheld);
        assert!(rows[0].note.starts_with("bounce"), "{}", rows[0].note);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answered_request_that_had_not_left_counted_as_asked() {
    let desk = Copy::new("help@a.example", GateSettings::default()).await;
    let first = vague("jane@shop.example", "Problem of Jane").to("help@a.example");
    desk.ingest(vec![first.bytes()]).await;
    let case = desk.cases().await.remove(0);
    assert_eq!(
        (case.state.status, case.state.requests),
        (CaseStatus::Waiting, 1)
    );
    // All of it, before the request leaves.
    let answer = Letter::new(
        "jane@shop.example",
        "Re: Problem of Jane",
        "Hello,\n\nhere is what I forgot. Application ID: amzn1.sp.solution.3f1c9a52-7d0e-4b6a-9c55-1e2d7f8a9b10\nSeller ID: A23BO3FXT8TSY\nMarketplace: DE\nRequest ID: 7b1d9c34-5a62-4f0e-8d11-2c3b4a5d6e7f\nTime: 2026-11-20 09:14:05 UTC\nError message: \"Access to requested resource is denied.\"\nSteps to reproduce: GET https://sellingpartnerapi-eu.amazon.com/orders/v0/orders?MarketplaceIds=A1PA6795UKMFR9\n\nWe want to fetch the orders of yesterday. We got a new access token and tried again, same result.\n\nKind regards\nJane\n",
    )
    .to("help@a.example")
    .message_id("second@shop.example")
    .answering(first.message_id.as_deref().unwrap());
    desk.ingest(vec![answer.bytes()]).await;
    let case = desk.cases().await.remove(0);
    assert_eq!(case.state.missing, Vec::<String>::new(), "{:?}", case.state);
    assert_eq!(case.state.requests, 0);
    assert!(
        desk.deliver()
            .await
            .iter()
            .all(|(to, _)| to == "jane@shop.example")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_a_stop_left_lying_was_called_safe() {
    let desk = Copy::new("help@a.example", GateSettings::default()).await;
    desk.engine.stop.ask();
    let (sender, waiting) = mpsc::channel(1);
    let (safe, told) = oneshot::channel();
    sender
        .send(Waiting {
            mail: raw(letter("jane@shop.example", "Problem of Jane")),
            safe,
        })
        .await
        .unwrap();
    drop(sender);
    let door = keep(
        desk.engine.clone(),
        "door".to_owned(),
        waiting,
        Arc::new(Activity::default()),
    );
    let summary = door.await;
    assert_eq!(summary.opened, 0);
    assert!(!told.await.unwrap());
    assert!(desk.cases().await.is_empty());
}
