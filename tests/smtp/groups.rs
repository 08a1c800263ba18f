//! Mails are marked in groups. The process ends in the middle of one: what is known of its mails, and what is not.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::house::{House, until};
use crate::letter::vague;
use crate::server::{Act, At, Server};

const PATIENCE: Duration = Duration::from_secs(60);
const MAILS: usize = 40;
/// The mail at which the server falls silent.
const STUCK: usize = 25;

/// An installation whose process was killed while the server was silent about a mail, and the server, which is well again.
fn interrupted() -> (House, Server) {
    let silent = Arc::new(AtomicBool::new(true));
    let stuck = Arc::new(AtomicBool::new(false));
    let server = {
        let (silent, stuck) = (Arc::clone(&silent), Arc::clone(&stuck));
        Server::start(true, move |moment| {
            if moment.at == At::End && moment.mail == STUCK && silent.load(Ordering::SeqCst) {
                stuck.store(true, Ordering::SeqCst);
                return Act::Silence;
            }
            Act::Well
        })
    };
    let house = House::empty();
    house.configure(
        "send",
        &format!(
            "\n[[source]]\nmaildir = \"inbox\"\n[gate]\nbudget_per_body = 1000\nbudget_per_hour = 1000\n[deliver.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\ntimeout_seconds = 60\nfinal_timeout_seconds = 60\n",
            server.port
        ),
    );
    let inbox = house.maildir("inbox");
    house.run(&["ingest", "inbox"]).well();
    for place in 0..MAILS {
        let letter = vague(
            &format!("dev@d{place}.example"),
            &format!("Problem number {place}"),
        );
        std::fs::write(inbox.join(format!("new/{place:03}.host")), letter.bytes()).unwrap();
    }
    let mut running = house.start(&["run"]);
    until("the server is silent", PATIENCE, || {
        stuck.load(Ordering::SeqCst).then_some(())
    });
    assert!(running.kill());
    silent.store(false, Ordering::SeqCst);
    (house, server)
}

fn in_state(house: &House, state: &str) -> usize {
    let rows = house.outbox();
    rows.iter().filter(|row| row["state"] == state).count()
}

/// Lets the program go on until nothing waits, and gives how many mails are said to be of unknown fate.
fn go_on(house: &House, server: &Server) -> usize {
    let mut running = house.start(&["run"]);
    let open = ["waiting", "approved", "sending"];
    until("nothing waits", PATIENCE, || {
        let rows = house.outbox();
        let done = |row: &Value| !open.contains(&row["state"].as_str().unwrap());
        (rows.len() == MAILS && rows.iter().all(done)).then_some(())
    });
    running.terminate();
    assert!(running.end().success());
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for mail in server.taken() {
        *times.entry(mail.message_id()).or_default() += 1;
    }
    assert!(times.values().all(|&count| count == 1), "{times:?}");
    for row in house.outbox() {
        let is_there = times.contains_key(row["message_id"].as_str().unwrap());
        match row["state"].as_str().unwrap() {
            "sent" => {
                assert!(is_there, "{row}");
                assert_eq!(row["attempts"], 1, "{row}");
                assert_eq!(row["answer"], "250 2.0.0 queued", "{row}");
            }
            "uncertain" => {}
            state => panic!("{state}: {row}"),
        }
    }
    in_state(house, "uncertain")
}

#[test]
fn of_a_group_only_the_mail_in_hand_is_of_unknown_fate_after_a_kill() {
    let (house, server) = interrupted();
    assert!(in_state(&house, "sending") >= 1);
    assert_eq!(go_on(&house, &server), 1);
    assert_eq!(server.taken().len(), MAILS - 1);
    // Nothing about people is left in the notes.
    let notes = std::fs::read(house.path("data/delivery.notes")).unwrap();
    assert!(notes.is_empty(), "{}", notes.escape_ascii());
}

#[test]
fn after_a_power_cut_every_mail_that_is_still_marked_is_of_unknown_fate() {
    for lost in [true, false] {
        let (house, server) = interrupted();
        let notes = house.path("data/delivery.notes");
        let text = std::fs::read_to_string(&notes).unwrap();
        assert!(text.starts_with("boot "), "{text}");
        if lost {
            std::fs::write(&notes, "").unwrap();
        } else {
            // As another start of the machine finds them.
            let (_, rest) = text.split_once('\n').unwrap();
            let before = format!("boot 00000000-0000-0000-0000-000000000000\n{rest}");
            std::fs::write(&notes, before).unwrap();
        }
        let marked = in_state(&house, "sending");
        assert_eq!(go_on(&house, &server), marked);
    }
}
