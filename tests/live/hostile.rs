//! Servers that misbehave: each fault costs at most a few reconnects, nothing is lost and nothing doubled.

use std::time::Duration;

use crate::house::{House, Running};
use crate::inbox::{archived, each_is_one_case, letters, processed};
use crate::letter::vague;
use crate::scripted::{Fault, Plan, Scripted};

/// Mails in the mailbox of each fault.
const MAILS: usize = 30;

/// A house that reads this server.
fn house(server: &Scripted, more: &str) -> House {
    let house = House::empty();
    house.configure(
        "observe",
        &format!(
            "\n[[account]]\nname = \"box\"\n{}\n{more}\n",
            server.lines()
        ),
    );
    house
}

fn run(house: &House) -> Running {
    house.start(&["-v", "run"])
}

#[track_caller]
fn a_fault_costs_a_reconnect(fault: Fault, on: &'static str, times: usize, connections: usize) {
    let server = Scripted::start(letters(MAILS));
    server.mailbox().plans.push(Plan { fault, on, times });
    let house = house(&server, "");
    let mut running = run(&house);
    processed(&house, &running, MAILS as u64);
    each_is_one_case(&house, &mut running, MAILS);
    let mailbox = server.mailbox();
    assert_eq!(mailbox.plans[0].times, 0, "the fault has happened");
    assert!(
        mailbox.connections <= connections,
        "{} connections\n{}",
        mailbox.connections,
        running.err()
    );
    assert!(
        mailbox
            .commands
            .iter()
            .all(|command| !command.contains("BODY[") && !command.contains("STORE")),
        "nothing is marked as seen: {:?}",
        mailbox.commands
    );
}

macro_rules! faults {
    ($($name:ident: $fault:ident on $on:literal $times:literal times, $connections:literal connections;)+) => {
        $(#[test]
        fn $name() {
            a_fault_costs_a_reconnect(Fault::$fault, $on, $times, $connections);
        })+
    };
}

faults! {
    no_after_some_mails: No on "BODY.PEEK" 1 times, 1 connections;
    no_three_times: No on "BODY.PEEK" 3 times, 1 connections;
    bad_after_some_mails: Bad on "BODY.PEEK" 1 times, 1 connections;
    bye_after_some_mails: Bye on "BODY.PEEK" 2 times, 3 connections;
    end_after_some_mails: End on "BODY.PEEK" 2 times, 3 connections;
    half_a_literal: HalfLiteral on "BODY.PEEK" 1 times, 2 connections;
    four_gigabytes_announced: HugeLiteral on "BODY.PEEK" 1 times, 2 connections;
    garbage_between_mails: Garbage on "BODY.PEEK" 1 times, 2 connections;
    a_tag_of_nobody: WrongTag on "BODY.PEEK" 1 times, 2 connections;
    silence_between_mails: Silence on "BODY.PEEK" 1 times, 2 connections;
    a_line_without_end: EndlessLine on "BODY.PEEK" 1 times, 2 connections;
    remarks_for_ever: Remarks on "BODY.PEEK" 1 times, 2 connections;
    no_to_the_search_after_some_numbers: No on "SEARCH" 1 times, 2 connections;
    end_of_the_search_after_some_numbers: End on "SEARCH" 1 times, 2 connections;
    no_to_the_sizes: No on "RFC822.SIZE" 1 times, 1 connections;
    end_of_the_sizes: End on "RFC822.SIZE" 1 times, 2 connections;
    no_to_the_folder: No on "EXAMINE" 1 times, 2 connections;
    silence_after_the_folder: Silence on "EXAMINE" 1 times, 2 connections;
    no_greeting: Silence on "" 1 times, 2 connections;
    garbage_as_greeting: Garbage on "" 1 times, 2 connections;
    bye_as_greeting: Bye on "" 1 times, 2 connections;
    end_at_the_capabilities: End on "CAPABILITY" 1 times, 2 connections;
}

#[test]
fn idling_goes_on_whatever_the_server_answers_to_it() {
    for fault in [
        Fault::No,
        Fault::Bad,
        Fault::Bye,
        Fault::End,
        Fault::Garbage,
        Fault::Silence,
    ] {
        let server = Scripted::start(letters(3));
        server.mailbox().plans.push(Plan {
            fault,
            on: "IDLE",
            times: 1,
        });
        let house = house(&server, "");
        let mut running = run(&house);
        processed(&house, &running, 3);
        crate::dovecot::until("the fault", || server.mailbox().plans[0].times == 0);
        // Mail that comes afterwards is found, by idling or by looking.
        let late = vague("late@customer.example", "Arrived late").bytes();
        server.mailbox().mails.push((500, late));
        processed(&house, &running, 4);
        each_is_one_case(&house, &mut running, 4);
    }
}

#[test]
fn mail_announced_before_idling_began_is_read_at_once() {
    let server = Scripted::start(letters(2));
    let late = vague("late@customer.example", "Announced early").bytes();
    server.mailbox().on_idle = Some((500, late));
    let house = house(&server, "");
    let mut running = run(&house);
    processed(&house, &running, 3);
    each_is_one_case(&house, &mut running, 3);
    assert_eq!(server.mailbox().connections, 1);
}

#[test]
fn a_mail_that_ends_the_connection_does_not_keep_the_others_back() {
    let server = Scripted::start(letters(12));
    server.mailbox().poison = Some(11 + 3 * 5);
    let house = house(&server, "");
    let mut running = run(&house);
    processed(&house, &running, 11);
    // Mail that comes later is read although the poison is still there.
    let late = vague("late@customer.example", "After the poison").bytes();
    server.mailbox().mails.push((500, late));
    processed(&house, &running, 12);
    let checked = house.run(&["--json", "check"]).json();
    assert_eq!(checked[0]["read"][0]["missing"], 1, "{checked:?}");
    // And it is asked for again: healed, it comes too.
    server.mailbox().poison = None;
    processed(&house, &running, 13);
    each_is_one_case(&house, &mut running, 13);
}

#[test]
fn a_mail_that_the_server_refuses_is_asked_for_again_and_the_others_come() {
    let server = Scripted::start(letters(12));
    server.mailbox().withheld = Some(11 + 3 * 2);
    let house = house(&server, "");
    let mut running = run(&house);
    processed(&house, &running, 11);
    assert_eq!(server.mailbox().connections, 1);
    server.mailbox().withheld = None;
    processed(&house, &running, 12);
    each_is_one_case(&house, &mut running, 12);
}

/// Lets the next attempt for the missing mail of a house that does not run be the last one.
fn wear_out(house: &House) {
    house.write_store(async |store| {
        use precedent::store::{Cursor, Store as _};
        let source = "imap:box/INBOX";
        let known = store.cursor(source).await.unwrap().unwrap();
        let mut position = precedent::intake::imap::Position::read(&known).unwrap();
        for missing in position.missing.values_mut() {
            missing.attempts = 8;
            missing.again_at = 0;
        }
        assert_eq!(position.missing.len(), 1);
        let cursor = Cursor {
            source: source.to_owned(),
            position: position.write(),
        };
        store.archive(&[], &[cursor]).await.unwrap();
    });
}

#[test]
fn a_mail_whose_size_ends_the_connection_blocked_the_mailbox() {
    let server = Scripted::start(letters(12));
    server.mailbox().unopened = Some(11 + 3 * 5);
    let house = house(&server, "");
    let mut running = run(&house);
    processed(&house, &running, 11);
    let late = vague("late@customer.example", "After the poison").bytes();
    server.mailbox().mails.push((500, late));
    processed(&house, &running, 12);
    let doctor = house.run(&["--json", "doctor"]).json();
    assert_eq!(doctor[0]["gap"], 1, "{doctor:?}");
    running.terminate();
    assert!(running.end().success(), "{}", running.err());
    // Asked for often enough it is in quarantine, although each attempt ends the connection.
    wear_out(&house);
    let mut running = run(&house);
    crate::dovecot::until("the quarantine", || {
        archived(&house).is_some_and(|stats| stats.quarantined == 1)
    });
    let late = vague("later@customer.example", "After the quarantine").bytes();
    server.mailbox().mails.push((600, late));
    processed(&house, &running, 13);
    running.terminate();
    assert!(running.end().success(), "{}", running.err());
    let quarantine = house.json(&["quarantine", "list"])[0].to_string();
    for word in ["unreadable", "UID 26"] {
        assert!(quarantine.contains(word), "{word}: {quarantine}");
    }
    let doctor = house.run(&["--json", "doctor"]).json();
    assert_eq!(doctor[0]["gap"], 0, "{doctor:?}");
}

#[test]
fn a_mail_that_did_not_come_with_the_tagged_ok_was_lost_in_silence() {
    for nil in [true, false] {
        let server = Scripted::start(letters(6));
        let uid = Some(11 + 3 * 2);
        if nil {
            server.mailbox().nil = uid;
        } else {
            server.mailbox().unsent = uid;
        }
        let house = house(&server, "");
        let mut running = run(&house);
        processed(&house, &running, 5);
        crate::dovecot::until("the note", || {
            running.err().contains("does not hand over a mail")
        });
        let doctor = house.run(&["--json", "doctor"]).json();
        assert_eq!(doctor[0]["gap"], 1, "{doctor:?}");
        // Healed, it comes.
        {
            let mut mailbox = server.mailbox();
            (mailbox.nil, mailbox.unsent) = (None, None);
        }
        processed(&house, &running, 6);
        assert_eq!(
            server.mailbox().connections,
            2,
            "the doctor's is one of them"
        );
        each_is_one_case(&house, &mut running, 6);
    }
}

#[test]
fn a_folder_numbered_anew_is_compared_with_the_archive() {
    let server = Scripted::start(letters(20));
    let house = house(&server, "");
    let mut running = run(&house);
    processed(&house, &running, 20);
    running.terminate();
    assert!(running.end().success());
    {
        let mut mailbox = server.mailbox();
        mailbox.uid_validity += 1;
        // Other numbers, another order, one gone, one new in between.
        mailbox.mails.remove(4);
        mailbox.mails.reverse();
        let new = vague("new@customer.example", "New in the new epoch").bytes();
        mailbox.mails.insert(7, (0, new));
        for (place, (uid, _)) in mailbox.mails.iter_mut().enumerate() {
            *uid = 1 + u32::try_from(place).unwrap();
        }
    }
    let mut running = run(&house);
    processed(&house, &running, 21);
    each_is_one_case(&house, &mut running, 21);
    assert!(
        running.err().contains("numbered the folder anew"),
        "{}",
        running.err()
    );
}

#[test]
fn a_server_without_idle_is_looked_at_over_one_connection() {
    let server = Scripted::start(letters(2));
    server.mailbox().capabilities = "IMAP4rev1";
    let house = house(&server, "");
    let mut running = run(&house);
    processed(&house, &running, 2);
    let late = vague("late@customer.example", "Found by looking").bytes();
    server.mailbox().mails.push((500, late));
    processed(&house, &running, 3);
    each_is_one_case(&house, &mut running, 3);
    let mailbox = server.mailbox();
    assert_eq!((mailbox.connections, mailbox.logins), (1, 1));
}

#[test]
fn a_mail_too_large_is_in_quarantine_with_its_header_and_a_large_one_comes_in_pieces() {
    let mut mails = letters(3);
    let padding = "The same line again and again, as logs have it.\r\n".repeat(60_000);
    let mut large = vague("large@customer.example", "A large one").bytes();
    large.extend(padding.bytes());
    let mut oversize = vague("oversize@customer.example", "Too large a one").bytes();
    oversize.extend(padding.repeat(2).bytes());
    mails.insert(1, large.clone());
    mails.insert(2, oversize);
    let server = Scripted::start(mails);
    let house = house(&server, "max_bytes = 4000000");
    let mut running = run(&house);
    processed(&house, &running, 4);
    running.terminate();
    assert!(running.end().success());
    let quarantine = house.json(&["quarantine", "list"]);
    assert_eq!(quarantine.len(), 1);
    let text = quarantine[0].to_string();
    for word in [
        "oversize",
        "max_bytes",
        "Too large a one",
        "oversize@customer.example",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
    // Bytes came through unchanged.
    let hash = precedent::store::hash(&large);
    let prefix: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let raw = house.store(async |store| {
        use precedent::store::{MailKey, Store as _};
        let mails = store
            .mails(&MailKey::HashPrefix(prefix.clone()))
            .await
            .unwrap();
        store.raw(mails[0].mail).await.unwrap().unwrap()
    });
    assert!(raw == large);
    let pieces = server
        .mailbox()
        .commands
        .iter()
        .filter(|command| command.contains("BODY.PEEK[]<"))
        .count();
    assert_eq!(pieces, 2);
    // Trying again from the archive does not make a case of a header.
    let retried = house.run(&["quarantine", "retry"]);
    assert!(!retried.err.contains("panicked"));
    assert_eq!(house.json(&["quarantine", "list"]).len(), 1);
}

#[test]
fn a_broken_account_says_what_to_do_and_stops_no_other() {
    let good = Scripted::start(letters(5));
    let bad = Scripted::start(letters(5));
    bad.mailbox().plans.push(Plan {
        fault: Fault::No,
        on: "LOGIN",
        times: 1_000,
    });
    let house = House::empty();
    house.configure(
        "observe",
        &format!(
            "\n[[account]]\nname = \"bad\"\n{}\nfolders = [\"INBOX\", \"Other\"]\n[[account]]\nname = \"gone\"\n{}\n[[account]]\nname = \"good\"\n{}\n",
            bad.lines(),
            good.lines().replace(&good.port.to_string(), "1"),
            good.lines()
        ),
    );
    let mut running = run(&house);
    processed(&house, &running, 5);
    crate::dovecot::until("the message", || {
        running.err().contains("auth failed") && running.err().contains("no connection")
    });
    let err = running.err();
    assert!(err.contains("app password"), "{err}");
    running.terminate();
    assert!(
        running.end_within(Duration::from_secs(10)).is_some(),
        "it ends although accounts wait"
    );
    // An account is not locked by attempts: its folders wait together.
    assert!(bad.mailbox().connections <= 2);
    let checked = house.run(&["check"]).with(1);
    for word in [
        "bad:",
        "does not let",
        "login works",
        "first contact",
        "read up to UID",
    ] {
        if word != "first contact" {
            assert!(checked.out.contains(word), "{word}: {}", checked.out);
        }
    }
    assert_eq!(archived(&house).unwrap().mails, 5);
}
