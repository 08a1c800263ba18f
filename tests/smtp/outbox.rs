//! The whole program against a scripted server: states, schedule, switch, crash.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::house::{House, until};
use crate::letter::{Letter, vague};
use crate::server::{Act, At, Server};

const PATIENCE: Duration = Duration::from_secs(60);

/// A configuration that delivers to this server.
fn smtp(port: u16, more: &str) -> String {
    format!(
        "{more}\n[deliver.smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\ntimeout_seconds = 2\nfinal_timeout_seconds = 2\n"
    )
}

/// An installation in this mode that delivers to this server.
fn house(mode: &str, port: u16, more: &str) -> House {
    let house = House::empty();
    house.configure(mode, &smtp(port, more));
    house
}

/// Takes a letter in as a mail server's pipe does; what may leave leaves.
#[track_caller]
fn take_in(house: &House, letter: &Letter) {
    house
        .run_with_input(&["ingest", "-"], letter.bytes())
        .well();
}

/// The one mail of the outbox.
#[track_caller]
fn only(house: &House) -> Value {
    let mut outbox = house.outbox();
    assert_eq!(outbox.len(), 1, "{outbox:?}");
    outbox.remove(0)
}

fn events(house: &House, case: &str) -> Vec<String> {
    let number = precedent::case::CaseNumber(case.to_owned());
    house.store(async |store| {
        use precedent::store::Store;
        let history = store.history(&number).await.unwrap().unwrap();
        history
            .journal
            .iter()
            .map(|event| event.event.clone())
            .collect()
    })
}

#[test]
fn a_reply_leaves_with_the_null_sender_to_the_author_alone() {
    let server = Server::good();
    let house = house("send", server.port, "");
    take_in(&house, &vague("jane@shop.example", "Problem one"));
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].sender, "");
    assert_eq!(taken[0].recipient, "jane@shop.example");
    let row = only(&house);
    assert_eq!(row["state"], "sent");
    assert_eq!(row["answer"], "250 2.0.0 queued");
    assert_eq!(row["attempts"], 1);
    assert_eq!(row["message_id"], taken[0].message_id());
}

#[test]
fn imported_mails_are_filed_and_never_answered_not_even_after_a_crash() {
    let server = Server::good();
    let house = house("send", server.port, "");
    house.write(
        "old/1.eml",
        vague("jane@shop.example", "Problem one").bytes(),
    );
    house.run(&["ingest", "--import", "old"]).well();
    let explained = house.json(&["explain", "Problemone.jane@shop.example"]);
    assert_eq!(explained[0]["verdict"]["rule"], "imported");
    assert_eq!(house.cases().len(), 1);

    // Archived by a process that ended then, and processed by the next one.
    house.write_store(async |store| {
        use precedent::store::{Arrival, NewMail, Store, compress, hash};
        let bytes = vague("joe@other.example", "Problem of Joe").bytes();
        let mail = NewMail {
            hash: hash(&bytes),
            raw_compressed: compress(&bytes).unwrap(),
            size: bytes.len() as u64,
            source: "/old".to_owned(),
            origin: "old/2.eml".to_owned(),
            received_at: Timestamp::now(),
            arrival: Arrival {
                backlog: true,
                ..Arrival::default()
            },
        };
        store.archive(&[mail], &[]).await.unwrap();
    });
    house.run(&["ingest", "old"]).well();
    let explained = house.json(&["explain", "ProblemofJoe.joe@other.example"]);
    assert_eq!(explained[0]["verdict"]["rule"], "imported");
    assert!(server.taken().is_empty());
}

#[test]
fn a_put_off_mail_waits_for_its_time_in_the_store() {
    let busy = Arc::new(AtomicBool::new(true));
    let server = {
        let busy = Arc::clone(&busy);
        Server::start(true, move |moment| {
            if moment.at == At::Recipient && busy.load(Ordering::SeqCst) {
                Act::Say("451 4.7.1 greylisted".to_owned())
            } else {
                Act::Well
            }
        })
    };
    let house = house("send", server.port, "");
    take_in(&house, &vague("jane@shop.example", "Problem one"));
    let row = only(&house);
    assert_eq!(row["state"], "waiting");
    assert_eq!(row["attempts"], 1);
    assert!(
        row["note"].as_str().unwrap().contains("greylisted"),
        "{row}"
    );
    let next: Timestamp = row["next_attempt_at"].as_str().unwrap().parse().unwrap();
    let changed: Timestamp = row["changed_at"].as_str().unwrap().parse().unwrap();
    let wait = next.duration_since(changed);
    assert!((59..=66).contains(&wait.as_secs()), "{wait}");

    // Before its time it is left alone, by whatever process.
    busy.store(false, Ordering::SeqCst);
    take_in(
        &house,
        &vague("joe@other.example", "Another problem entirely"),
    );
    assert_eq!(server.taken().len(), 1);
    assert_eq!(server.taken()[0].recipient, "joe@other.example");
    assert!(server.connections() >= 2);

    // At its time it leaves.
    house.write_store(async |store| {
        use precedent::store::{OutboxAttempt, OutboxChange, OutboxId, OutboxState, Store};
        let id = OutboxId(row["id"].as_i64().unwrap());
        let step = |from, to| OutboxChange {
            id,
            from: Some(from),
            to,
            note: String::new(),
        };
        let past = Timestamp::now() - SignedDuration::from_secs(1);
        let attempts = [
            step(OutboxState::Waiting, OutboxState::Sending).into(),
            OutboxAttempt {
                next_attempt_at: Some(past),
                ..step(OutboxState::Sending, OutboxState::Waiting).into()
            },
        ];
        store.record_attempts(&attempts, &[], past).await.unwrap();
    });
    take_in(&house, &vague("ann@third.example", "A third problem here"));
    assert_eq!(server.taken().len(), 3);
}

#[test]
fn a_refused_mail_stands_on_its_case_and_blocks_its_address() {
    let server = Server::start(true, |moment| {
        if moment.at == At::Recipient && moment.line.contains("jane@") {
            Act::Say("550 5.1.1 no such user".to_owned())
        } else if moment.at == At::Recipient && moment.line.contains("joe@") {
            Act::Say("550 5.7.1 not from you".to_owned())
        } else {
            Act::Well
        }
    });
    let house = house("send", server.port, "");
    take_in(&house, &vague("jane@shop.example", "Problem one"));
    let row = only(&house);
    assert_eq!(row["state"], "failed");
    assert!(row["note"].as_str().unwrap().contains("5.1.1"), "{row}");
    let case = row["case"].as_str().unwrap();
    assert!(events(&house, case).contains(&"reply_failed".to_owned()));
    let shown = house.run(&["show", case]).well();
    assert!(shown.out.contains("no such user"), "{}", shown.out);

    take_in(&house, &vague("jane@shop.example", "Trouble with orders"));
    let explained = house.json(&["explain", "Troublewithorders.jane@shop.example"]);
    assert_eq!(explained[0]["verdict"]["rule"], "bounced");

    // A server's policy says nothing about the address.
    take_in(&house, &vague("joe@other.example", "Problem of Joe"));
    take_in(&house, &vague("joe@other.example", "Another one of Joe"));
    let failed = house.json(&["outbox", "list", "--state", "failed"]);
    assert_eq!(failed.len(), 3);
    assert!(server.taken().is_empty());
}

#[test]
fn a_mail_of_unknown_fate_is_settled_by_a_person_alone() {
    let server = Server::start(true, |moment| {
        if moment.at == At::End && moment.mail == 0 {
            Act::TakeAndHangUp
        } else {
            Act::Well
        }
    });
    let house = house("send", server.port, "");
    take_in(&house, &vague("jane@shop.example", "Problem one"));
    let row = only(&house);
    assert_eq!(row["state"], "uncertain");
    let id = row["id"].to_string();
    let case = row["case"].as_str().unwrap();
    assert!(events(&house, case).contains(&"reply_uncertain".to_owned()));

    // Nothing sends it again by itself, and approving is not enough.
    take_in(
        &house,
        &vague("joe@other.example", "Another problem entirely"),
    );
    let refused = house.run(&["outbox", "approve", &id]).with(2);
    refused.says(&["settle"]);
    let of_jane = |server: &Server| {
        let taken = server.taken();
        taken
            .iter()
            .filter(|mail| mail.recipient == "jane@shop.example")
            .count()
    };
    assert_eq!(of_jane(&server), 1);

    house.run(&["outbox", "settle", &id, "--resend"]).well();
    assert_eq!(of_jane(&server), 2);
    assert_eq!(
        house
            .json(&["outbox", "list", "--state", "uncertain"])
            .len(),
        0
    );
    house.run(&["outbox", "settle", &id, "--sent"]).with(2);
    assert!(events(&house, case).contains(&"reply_settled".to_owned()));
}

#[test]
fn replies_are_stopped_and_resumed_beside_a_running_process() {
    let server = Server::good();
    let house = house("draft", server.port, "\n[[source]]\nmaildir = \"inbox\"\n");
    let inbox = house.maildir("inbox");
    house.run(&["ingest", "inbox"]).well();
    let mut running = house.start(&["run"]);
    std::fs::write(
        inbox.join("new/1.host"),
        vague("jane@shop.example", "Problem one").bytes(),
    )
    .unwrap();
    let drafts = || {
        let drafts = house.json(&["outbox", "list", "--state", "draft"]);
        (!drafts.is_empty()).then_some(drafts)
    };
    let draft = until("a draft", PATIENCE, drafts).remove(0);
    let id = draft["id"].to_string();

    house.run(&["stop-replies", "--reason", "a test"]).well();
    house.run(&["outbox", "approve", &id]).well();
    // The running process sees another mail, and that replies are stopped.
    std::fs::write(
        inbox.join("new/2.host"),
        vague("joe@other.example", "Another problem entirely").bytes(),
    )
    .unwrap();
    until("the second mail", PATIENCE, || {
        (house.cases().len() == 2).then_some(())
    });
    let second = &house.json(&["explain", "Anotherproblementirely.joe@other.example"])[0];
    assert_eq!(second["verdict"]["rule"], "stopped");
    assert!(server.taken().is_empty());

    let resumed = house.run(&["resume-replies"]).well();
    assert!(resumed.out.contains("a test"), "{}", resumed.out);
    until("the approved mail leaves", PATIENCE, || {
        (server.taken().len() == 1).then_some(())
    });
    running.terminate();
    assert!(running.end().success());
    assert_eq!(server.taken().len(), 1);
    assert_eq!(house.json(&["outbox", "list", "--state", "sent"]).len(), 1);
}

#[test]
fn drafts_approved_together_keep_the_budget_of_the_hour() {
    let server = Server::good();
    let house = house(
        "draft",
        server.port,
        "\n[gate]\nbudget_per_hour = 7\nbudget_per_body = 100\n",
    );
    for place in 0..7 {
        take_in(
            &house,
            &vague(
                &format!("dev@d{place}.example"),
                &format!("Problem number {place}"),
            ),
        );
    }
    // Some more of an hour ago: the budget was kept when each of them was composed.
    let ids: Vec<String> = house
        .json(&["outbox", "list", "--state", "draft"])
        .iter()
        .map(|row| row["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 7);
    house.write_store(async |store| {
        use precedent::store::{OutboxChange, OutboxId, OutboxState, Store};
        // Four others left in this hour by another way.
        for id in &ids[..4] {
            for (to, at) in [
                (OutboxState::Approved, Timestamp::now()),
                (OutboxState::Sending, Timestamp::now()),
                (OutboxState::Sent, Timestamp::now()),
            ] {
                let change = OutboxChange {
                    id: OutboxId(id.parse().unwrap()),
                    from: None,
                    to,
                    note: String::new(),
                };
                store.change_outbox(&[change], &[], at).await.unwrap();
            }
        }
    });
    house.configure(
        "draft",
        &smtp(
            server.port,
            "\n[gate]\nbudget_per_hour = 6\nbudget_per_body = 100\n",
        ),
    );
    let mut arguments = vec!["outbox", "approve"];
    arguments.extend(ids[4..].iter().map(String::as_str));
    house.run(&arguments).well();
    // Composed under seven an hour, four had left: three more may.
    assert_eq!(server.taken().len(), 3);
}

#[test]
fn an_unreachable_server_touches_no_mail() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let house = house("send", port, "");
    take_in(&house, &vague("jane@shop.example", "Problem one"));
    let row = only(&house);
    assert_eq!(row["state"], "waiting");
    assert_eq!(row["attempts"], 0);
}

#[test]
fn a_server_that_goes_away_is_not_asked_mail_by_mail() {
    let greetings = AtomicUsize::new(0);
    let server = Server::start(true, move |moment| match moment.at {
        At::Greeting if greetings.fetch_add(1, Ordering::SeqCst) > 0 => Act::HangUp,
        At::Mail => Act::Say("421 4.3.2 shutting down".to_owned()),
        _ => Act::Well,
    });
    let house = house("send", server.port, "");
    for (place, name) in ["jane", "joe", "ann"].iter().enumerate() {
        let letter = vague(
            &format!("{name}@{name}.example"),
            &format!("Problem of {name}"),
        );
        house.write(&format!("inbox/{place}.eml"), letter.bytes());
    }
    house.run(&["ingest", "inbox"]).well();
    let attempts: Vec<Value> = house
        .outbox()
        .iter()
        .map(|row| row["attempts"].clone())
        .collect();
    // The list shows the newest first.
    assert_eq!(attempts, [0, 0, 1]);
    assert_eq!(server.connections(), 2);
    let doctor = house.json_with(&["doctor"], 1).remove(0);
    let findings = doctor["findings"].as_array().unwrap();
    let smtp = findings.iter().find(|finding| finding["check"] == "smtp");
    assert_eq!(smtp.unwrap()["level"], "failure", "{doctor}");
}

/// Killed at every moment of a delivery, again and again: what the server has, and what the program says
/// of it, never disagree; nothing is doubled.
#[test]
fn killed_while_mails_leave_nothing_is_doubled_and_unknown_is_said() {
    const MAILS: usize = 24;
    // The server falls silent at a step that changes with each round, and the process is killed there.
    let steps = [At::Mail, At::Recipient, At::Data, At::End];
    let round = Arc::new(AtomicUsize::new(0));
    let stuck = Arc::new(AtomicUsize::new(0));
    let server = {
        let (round, stuck) = (Arc::clone(&round), Arc::clone(&stuck));
        Server::start(true, move |moment| {
            let now = round.load(Ordering::SeqCst);
            let at = steps.get(now / 2 % 4).copied();
            // Every second mail of a connection is the one that hangs.
            if now < 8 && Some(moment.at) == at && moment.mail % 2 == 1 {
                stuck.fetch_add(1, Ordering::SeqCst);
                // With and without the mail: the program cannot know.
                if moment.at == At::End && now % 2 == 1 {
                    return Act::TakeAndSayLate;
                }
                return Act::Silence;
            }
            Act::Well
        })
    };
    let house = House::empty();
    let long = |port: u16| {
        smtp(
            port,
            "\n[gate]\nbudget_per_body = 1000\n[[source]]\nmaildir = \"inbox\"\n",
        )
        .replace("timeout_seconds = 2", "timeout_seconds = 60")
    };
    house.configure("send", &long(server.port));
    let inbox = house.maildir("inbox");
    for place in 0..MAILS {
        std::fs::write(
            inbox.join(format!("new/{place}.host")),
            vague(
                &format!("dev@d{place}.example"),
                &format!("Problem number {place}"),
            )
            .bytes(),
        )
        .unwrap();
    }
    let mut kills = 0;
    while round.load(Ordering::SeqCst) < 8 {
        let before = stuck.load(Ordering::SeqCst);
        let mut running = house.start(&["run"]);
        until("the server hangs", PATIENCE, || {
            (stuck.load(Ordering::SeqCst) > before).then_some(())
        });
        assert!(running.kill());
        kills += 1;
        round.fetch_add(1, Ordering::SeqCst);
    }
    let mut running = house.start(&["run"]);
    until("everything else left", PATIENCE, || {
        let outbox = house.outbox();
        let done = outbox
            .iter()
            .filter(|row| row["state"] == "sent" || row["state"] == "uncertain")
            .count();
        (done == MAILS).then_some(())
    });
    running.terminate();
    assert!(running.end().success());

    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for mail in server.taken() {
        *times.entry(mail.message_id()).or_default() += 1;
    }
    assert!(
        times.values().all(|&count| count == 1),
        "doubled: {times:?}"
    );
    let mut uncertain = 0;
    for row in house.outbox() {
        let id = row["message_id"].as_str().unwrap();
        match row["state"].as_str().unwrap() {
            "sent" => assert!(
                times.contains_key(id),
                "called sent and is not there: {row}"
            ),
            "uncertain" => uncertain += 1,
            state => panic!("{state}: {row}"),
        }
    }
    // One mail was in hand at each kill, and no other became uncertain.
    assert_eq!(uncertain, kills);
}
