//! Facts of the gate as the whole program reads them: bounces, quarantine, counters that cannot be read.

use serde_json::Value;

use crate::house::House;
use crate::letter::{Letter, vague};
use crate::server::{Act, At, Server};

fn house(server: &Server) -> House {
    let house = House::empty();
    house.configure(
        "send",
        &format!(
            "[deliver]\nenvelope_sender = \"bounces@desk.example\"\n[deliver.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
            server.port
        ),
    );
    house
}

#[track_caller]
fn take_in(house: &House, letter: &Letter) {
    house
        .run_with_input(&["ingest", "-"], letter.bytes())
        .well();
}

/// The rule that decided about answering the mail with this Message-ID, and its detail.
#[track_caller]
fn verdict(house: &House, message_id: &str) -> (String, String) {
    let explained = house.json(&["explain", message_id]);
    let verdict = &explained[0]["verdict"];
    let word = |value: &Value| {
        value
            .as_str()
            .unwrap_or_else(|| panic!("{explained:?}"))
            .to_owned()
    };
    (word(&verdict["rule"]), word(&verdict["detail"]))
}

/// A delivery status of a mail of ours (RFC 3464).
fn delivery_status(original: &str, recipient: &str, action: &str, status: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <mailer-daemon@mx.shop.example>\r\nTo: bounces@desk.example\r\nSubject: Delivery report\r\nDate: {date}\r\nMessage-ID: <{action}.{recipient}.report>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nA report.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.shop.example\r\n\r\nFinal-Recipient: rfc822; forwarded@elsewhere.example\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{original}>\r\nTo: {recipient}\r\nSubject: x\r\n\r\n--b--\r\n",
        date = jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_string(&jiff::Timestamp::now())
            .unwrap(),
    )
    .into_bytes()
}

#[test]
fn a_bounce_of_our_mail_is_on_its_case_and_blocks_the_address_that_we_wrote_to() {
    let server = Server::good();
    let house = house(&server);
    for (name, action, status, rule) in [
        ("jane", "failed", "5.1.1", "bounced"),
        ("ann", "delayed", "4.4.1", "mode"),
    ] {
        let address = format!("{name}@{name}.example");
        take_in(&house, &vague(&address, &format!("Problem of {name}")));
        let taken = server.taken();
        let ours = taken.last().unwrap();
        assert_eq!(ours.sender, "bounces@desk.example");
        house
            .run_with_input(
                &["ingest", "-"],
                delivery_status(&ours.message_id(), &address, action, status),
            )
            .well();
        let rows = house.outbox();
        let row = rows
            .iter()
            .find(|row| row["message_id"] == ours.message_id())
            .unwrap();
        let shown = house
            .run(&["--json", "show", row["case"].as_str().unwrap()])
            .well();
        assert!(shown.out.contains("reply_bounced"), "{}", shown.out);
        assert!(shown.out.contains(status), "{}", shown.out);
        take_in(&house, &vague(&address, &format!("More trouble of {name}")));
        let (decided, detail) = verdict(&house, &format!("Moretroubleof{name}.{address}"));
        assert_eq!(decided, rule, "{name}: {detail}");
    }
}

#[test]
fn a_bounce_of_a_mail_that_we_never_wrote_silences_nobody() {
    let server = Server::good();
    let house = house(&server);
    for original in ["x@y.example", "precedent.aaaaaaaaaaaaaaaa.1@desk.example"] {
        house
            .run_with_input(
                &["ingest", "-"],
                delivery_status(original, "jane@shop.example", "failed", "5.1.1"),
            )
            .well();
    }
    take_in(&house, &vague("jane@shop.example", "Problem of Jane"));
    assert_eq!(server.taken().len(), 1);
}

#[test]
fn a_thread_with_a_mail_in_quarantine_gets_no_answer() {
    let server = Server::good();
    let house = house(&server);
    // A mail that ends the process each time.
    house.write_store(async |store| {
        use precedent::limits::MAIL_ATTEMPTS_MAX;
        use precedent::store::{Arrival, NewMail, Store, compress, hash};
        let bytes = vague("jane@shop.example", "Problem of Jane")
            .message_id("poison@shop.example")
            .bytes();
        let mail = NewMail {
            hash: hash(&bytes),
            raw_compressed: compress(&bytes).unwrap(),
            size: bytes.len() as u64,
            source: "test".to_owned(),
            origin: "test".to_owned(),
            received_at: jiff::Timestamp::now(),
            arrival: Arrival::default(),
        };
        let archived = store.archive(&[mail], &[]).await.unwrap();
        for _ in 0..MAIL_ATTEMPTS_MAX {
            store.count_attempts(&[archived[0].mail]).await.unwrap();
        }
    });
    let more = vague("jane@shop.example", "Re: Problem of Jane").answering("poison@shop.example");
    take_in(&house, &vague("joe@other.example", "Another problem"));
    take_in(&house, &more);
    let (rule, detail) = verdict(&house, more.message_id.as_deref().unwrap());
    assert_eq!(
        (rule.as_str(), detail.as_str()),
        ("quarantined", "quarantine: attempts")
    );
    assert_eq!(server.taken().len(), 1);
}

/// Breaks something in the database, as a failing disk or a hand would.
fn break_store(house: &House, statement: String) {
    use sqlx::Connection;
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(house.path("data/precedent.db"));
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let mut connection = sqlx::SqliteConnection::connect_with(&options)
                .await
                .unwrap();
            sqlx::query(sqlx::AssertSqlSafe(statement))
                .execute(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
        });
}

#[test]
fn what_cannot_be_read_withholds() {
    for (table, rule) in [
        ("reply_stop", "stopped"),
        ("hard_bounce", "bounced"),
        ("quarantine_thread", "quarantined"),
    ] {
        let server = Server::good();
        let house = house(&server);
        take_in(&house, &vague("joe@other.example", "Another problem"));
        assert_eq!(server.taken().len(), 1);
        break_store(&house, format!("ALTER TABLE {table} RENAME TO gone"));
        // The mail is taken in all the same.
        house.run_with_input(
            &["ingest", "-"],
            vague("jane@shop.example", "Problem of Jane").bytes(),
        );
        break_store(&house, format!("ALTER TABLE gone RENAME TO {table}"));
        let (decided, detail) = verdict(&house, "ProblemofJane.jane@shop.example");
        assert_eq!(decided, rule, "{table}");
        assert!(detail.contains("could not be read"), "{detail}");
        assert_eq!(server.taken().len(), 1, "{table}");
    }
}

#[test]
fn explain_replays_the_verdict_and_says_what_holds_now() {
    let server = Server::start(true, |moment| match moment.at {
        At::Recipient => Act::Say("451 4.7.1 later".to_owned()),
        _ => Act::Well,
    });
    let house = house(&server);
    take_in(&house, &vague("jane@shop.example", "Problem of Jane"));
    let explained = house
        .run(&["explain", "ProblemofJane.jane@shop.example"])
        .well();
    assert!(explained.out.contains("(the same)"), "{}", explained.out);
    assert!(
        explained.out.contains("if it were delivered now: send"),
        "{}",
        explained.out
    );
    house.run(&["stop-replies"]).well();
    let explained = house
        .run(&["explain", "ProblemofJane.jane@shop.example"])
        .well();
    assert!(
        explained
            .out
            .contains("if it were delivered now: withhold by stopped"),
        "{}",
        explained.out
    );
    assert!(explained.out.contains("(the same)"), "{}", explained.out);
}

/// A gap of 0 when all is well, and each trouble told with what to do.
#[test]
fn the_doctor_tells_what_needs_somebody() {
    let server = Server::start(true, |moment| {
        if moment.at == At::End && moment.line.is_empty() && moment.mail == 1 {
            Act::TakeAndHangUp
        } else {
            Act::Well
        }
    });
    let house = house(&server);
    take_in(&house, &vague("joe@other.example", "Another problem"));
    let doctor = house.json(&["doctor"]).remove(0);
    assert_eq!(doctor["healthy"], true, "{doctor}");
    assert_eq!(doctor["gap"], 0);

    take_in(&house, &vague("jane@shop.example", "Problem of Jane"));
    house.run(&["stop-replies", "--reason", "a test"]).well();
    house.write_store(async |store| {
        use precedent::store::{Arrival, NewMail, Store, compress, hash};
        let bytes = vague("ann@third.example", "A third problem").bytes();
        let mail = NewMail {
            hash: hash(&bytes),
            raw_compressed: compress(&bytes).unwrap(),
            size: bytes.len() as u64,
            source: "test".to_owned(),
            origin: "test".to_owned(),
            received_at: jiff::Timestamp::now(),
            arrival: Arrival::default(),
        };
        store.archive(&[mail], &[]).await.unwrap();
    });
    std::fs::remove_dir_all(house.path("data/index")).unwrap();
    let sick = house.json_with(&["doctor"], 1).remove(0);
    let of = |doctor: &Value| -> Vec<String> {
        let findings = doctor["findings"].as_array().unwrap();
        findings
            .iter()
            .filter(|finding| finding["level"] != "healthy")
            .map(|finding| finding["check"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        of(&sick),
        ["pending", "outbox", "replies", "index"],
        "{sick}"
    );
    assert_eq!(sick["gap"], 2);
    let fixed = house.json_with(&["doctor", "--fix"], 1).remove(0);
    assert_eq!(of(&fixed), ["outbox", "replies"], "{fixed}");
    assert_eq!(server.taken().len(), 2);
    let id = house.json(&["outbox", "list", "--state", "uncertain"])[0]["id"].to_string();
    house.run(&["outbox", "settle", &id, "--sent"]).well();
    house.run(&["resume-replies"]).well();
    let healthy = house.json(&["doctor"]).remove(0);
    assert_eq!(healthy["gap"], 0, "{healthy}");
}
