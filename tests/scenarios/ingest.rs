//! Taking mail in from each kind of source.

use std::time::{Duration, Instant};

use crate::generator;
use crate::house::{House, until};
use crate::letter::{Letter, vague};

/// Counts of `ingest --json`.
fn ingest(house: &House, arguments: &[&str]) -> serde_json::Value {
    let mut lines = house.json(&[&["ingest"][..], arguments].concat());
    assert_eq!(lines.len(), 1);
    lines.remove(0)
}

fn from_a_to_d() -> Vec<Letter> {
    ["a", "b", "c", "d"]
        .map(|name| vague(&format!("dev@{name}.example"), &format!("Problem {name}")))
        .to_vec()
}

#[test]
fn s20_the_same_mails_give_the_same_cases_through_every_door() {
    let letters = from_a_to_d();
    let maildir = House::in_mode("observe");
    maildir.maildir("inbox");
    for (place, letter) in letters.iter().enumerate() {
        let part = ["new", "cur"][place % 2];
        let flags = ["", ":2,S"][place % 2];
        maildir.write(
            &format!("inbox/{part}/170000000{place}.M1P1.host{flags}"),
            letter.bytes(),
        );
    }
    maildir.write("inbox/tmp/1800000000.M1P1.host", "half a ma");

    let folder = House::in_mode("observe");
    for (place, letter) in letters.iter().enumerate() {
        let deep = ["", "deep/deeper/"][place / 2];
        folder.write(&format!("inbox/{deep}{place}.eml"), letter.bytes());
    }
    folder.write("inbox/notes.txt", "no mail");

    let mbox = House::in_mode("observe");
    let mut text = Vec::new();
    for letter in &letters {
        text.extend_from_slice(b"From dev@a.example Mon Mar  2 10:00:00 2026\n");
        let bytes = String::from_utf8(letter.bytes()).unwrap();
        text.extend_from_slice(bytes.replace("\r\n", "\n").as_bytes());
        text.extend_from_slice(b"\n");
    }
    mbox.write("inbox", text);

    let pipe = House::in_mode("observe");
    for letter in &letters {
        let ended = pipe.run_with_input(&["ingest", "-"], letter.bytes()).well();
        assert_eq!(ended.out, "");
        assert_eq!(ended.err, "");
    }

    let file = House::in_mode("observe");
    for (place, letter) in letters.iter().enumerate() {
        let name = format!("{place}.mail");
        file.write(&name, letter.bytes());
        assert_eq!(ingest(&file, &[&name])["opened"], 1);
    }

    for house in [&maildir, &folder, &mbox] {
        let counts = ingest(house, &["inbox"]);
        assert_eq!(counts["read"], 4);
        assert_eq!(counts["opened"], 4);
    }
    let told = |house: &House| {
        let mut told: Vec<_> = house
            .cases()
            .into_iter()
            .map(|case| {
                (
                    case["case"].to_string(),
                    case["subject"].to_string(),
                    case["fields"].to_string(),
                    case["missing"].to_string(),
                )
            })
            .collect();
        told.sort();
        told
    };
    let expected = told(&maildir);
    assert_eq!(expected.len(), 4);
    for house in [&folder, &mbox, &pipe, &file] {
        assert_eq!(told(house), expected);
    }
}

#[test]
fn s21_the_same_bytes_are_known_whatever_door_they_come_through() {
    let house = House::in_mode("observe");
    house.maildir("inbox");
    for (place, letter) in from_a_to_d().iter().enumerate() {
        house.write(&format!("inbox/new/{place}.host"), letter.bytes());
        house.write(&format!("folder/{place}.eml"), letter.bytes());
    }
    assert_eq!(ingest(&house, &["inbox"])["opened"], 4);
    let cases = house.cases();
    for source in ["inbox", "folder", "folder/2.eml"] {
        let counts = ingest(&house, &[source]);
        assert_eq!(counts["read"], counts["known"]);
        assert_eq!(counts["opened"], 0);
    }
    let bytes = std::fs::read(house.path("folder/3.eml")).unwrap();
    house.run_with_input(&["ingest", "-"], bytes).well();
    assert_eq!(house.cases(), cases);
    // A mail client marks them as read: other names, the same mails.
    for place in 0..4 {
        std::fs::rename(
            house.path(&format!("inbox/new/{place}.host")),
            house.path(&format!("inbox/cur/{place}.host:2,S")),
        )
        .unwrap();
    }
    assert_eq!(ingest(&house, &["inbox"])["known"], 4);
    assert_eq!(house.cases(), cases);
}

#[test]
fn s22_an_mbox_is_split_at_its_separators_only_and_read_on_where_it_grew() {
    let house = House::in_mode("observe");
    let mail = |subject: &str| {
        format!(
            "From dev@one.example Mon Mar  2 10:00:00 2026\nFrom: dev@one.example\nTo: help@desk.example\nSubject: {subject}\nMessage-ID: <{subject}@one.example>\n\nIt fails, and it has failed since we changed the settings of our application last week.\n>From there on nothing works.\n>>From quoted deeper.\n\nFrom the start of this line it is still the same mail.\n\n"
        )
    };
    house.write("inbox.mbox", mail("one") + &mail("two"));
    let counts = ingest(&house, &["inbox.mbox"]);
    assert_eq!(counts["read"], 2);
    assert_eq!(counts["opened"], 2);
    let number = house.case("one")["case"].as_str().unwrap().to_owned();
    let shown = house.json(&["show", &number]);
    let problem = shown[0]["problem"].as_str().unwrap();
    assert!(
        problem.contains("\nFrom there on nothing works."),
        "{problem}"
    );
    assert!(problem.contains("\nFrom the start"), "{problem}");
    house.write("inbox.mbox", mail("one") + &mail("two") + &mail("three"));
    let counts = ingest(&house, &["inbox.mbox"]);
    assert_eq!(counts["read"], 1, "reading goes on where it ended");
    assert_eq!(counts["opened"], 1);
    // Another file under the same name is read from its start.
    house.write("inbox.mbox", mail("four"));
    assert_eq!(ingest(&house, &["inbox.mbox"])["opened"], 1);
    assert_eq!(house.cases().len(), 4);
}

#[test]
fn s23_a_mail_without_a_message_id_is_a_mail() {
    let house = House::in_mode("send");
    let mut one = vague("dev@one.example", "First");
    one.message_id = None;
    let mut other = vague("dev@other.example", "Second");
    other.message_id = None;
    house.write("inbox/1.eml", one.bytes());
    house.write("inbox/2.eml", other.bytes());
    assert_eq!(ingest(&house, &["inbox"])["opened"], 2);
    assert_eq!(ingest(&house, &["inbox"])["known"], 2);
    assert_eq!(house.cases().len(), 2);
    assert_eq!(house.outgoing().len(), 2);
}

#[test]
fn s24_a_mail_to_several_desks_is_one_case_of_the_first_one() {
    let house = House::in_mode("send");
    let letter = vague("dev@one.example", "To all of you")
        .to("ordering-escalations@desk.example, sp-api-support@desk.example, help@desk.example");
    house.write("inbox/1.eml", letter.bytes());
    // Each inbox got its copy, with other trace fields.
    let mut copy = b"Delivered-To: help@desk.example\r\n".to_vec();
    copy.extend(letter.bytes());
    house.write("inbox/2.eml", copy);
    ingest(&house, &["inbox"]);
    let cases = house.cases();
    assert_eq!(cases.len(), 1, "{cases:?}");
    assert_eq!(cases[0]["desk"], "google-ordering");
    assert!(house.outgoing().len() <= 1);
}

#[test]
fn s25_a_mail_servers_pipe_is_told_stored_try_again_or_not_a_mail() {
    let house = House::in_mode("observe");
    let mail = vague("dev@one.example", "First").bytes();
    for wrong in [
        &b""[..],
        b"\r\n\r\n",
        b"no header here\n",
        b"\x00\x01\x02\xff\xfe",
    ] {
        let ended = house.run_with_input(&["ingest", "-"], wrong).with(65);
        assert!(ended.err.contains("not a mail"), "{}", ended.err);
    }
    assert!(!house.path("data").exists(), "nothing was stored");
    house.run_with_input(&["ingest", "-"], mail.clone()).well();
    assert_eq!(house.cases().len(), 1);

    // The separator that some mail servers put first is not part of the mail.
    let mut separated = b"From dev@one.example Mon Mar  2 10:00:00 2026\n".to_vec();
    separated.extend(&mail);
    house.run_with_input(&["ingest", "-"], separated).well();
    assert_eq!(house.cases().len(), 1);

    let late = vague("dev@late.example", "Late").bytes();
    // The data folder cannot be one: a file is in its place.
    house.write("file", "x");
    house
        .run_with_input(&["--data", "file/data", "ingest", "-"], late.clone())
        .with(75)
        .says(&["file/data"]);
    house.write("lockless/lock/x", "the lock cannot be made");
    house
        .run_with_input(&["--data", "lockless", "ingest", "-"], late.clone())
        .with(75)
        .says(&["lockless"]);
    // A configuration that is being edited must not bounce mail.
    house.write("wrong.toml", "format = ");
    house
        .run_with_input(&["--config", "wrong.toml", "ingest", "-"], late)
        .with(75);
}

#[test]
fn s26_a_delivered_mail_is_a_case_within_a_second_and_sigterm_ends_cleanly() {
    let house = House::in_mode("send");
    house.maildir("inbox");
    house.write(
        "inbox/cur/1.old:2,S",
        vague("dev@old.example", "There before").bytes(),
    );
    let mut watching = house.start(&["ingest", "--watch", "inbox"]);
    until(
        "the mails that are there are cases",
        Duration::from_secs(60),
        || {
            let listed = house.run(&["--json", "-q", "list"]);
            (listed.out.lines().count() == 1).then_some(())
        },
    );
    until("it watches", Duration::from_secs(30), || {
        watching.err().contains("watching").then_some(())
    });
    let mut slowest = Duration::ZERO;
    for (number, animal) in ["marmot", "heron", "badger", "lynx", "osprey"]
        .iter()
        .enumerate()
    {
        let subject = format!("Delivered {animal}");
        let letter = vague(&format!("dev@{animal}.example"), &subject);
        let temporary = house.write("inbox/tmp/x", letter.bytes());
        let delivered = Instant::now();
        std::fs::rename(
            temporary,
            house.path(&format!("inbox/new/{}.host", 10 + number)),
        )
        .unwrap();
        until("the mail is listed", Duration::from_secs(5), || {
            house
                .cases()
                .iter()
                .any(|case| case["subject"] == subject.as_str())
                .then_some(())
        });
        until("the mail is found", Duration::from_secs(5), || {
            let found = house.json(&["search", animal]);
            (!found.is_empty()).then_some(())
        });
        let took = delivered.elapsed();
        slowest = slowest.max(took);
    }
    println!("slowest of five deliveries: {slowest:?} until it was searchable");
    assert!(slowest < Duration::from_secs(5));
    // What may leave leaves without anybody's doing.
    until("the answers are written", Duration::from_secs(5), || {
        (house.outgoing().len() == 6).then_some(())
    });

    // Many at once, and the end in the middle of them.
    for number in 0..200_u32 {
        let name = format!("{}.many", 100 + number);
        let temporary = house.write(
            &format!("inbox/tmp/{name}"),
            generator::mail(7, u64::from(number)),
        );
        std::fs::rename(temporary, house.path(&format!("inbox/new/{name}"))).unwrap();
    }
    watching.terminate();
    assert_eq!(watching.end().code(), Some(0), "{}", watching.err());
    assert!(!watching.err().contains("panicked"), "{}", watching.err());
    let states = house.mail_states();
    assert_eq!(states.pending, 0, "no mail is half done");
    assert_eq!(states.quarantined, 0);
    // What had not been read comes with the next start.
    let before = states.mails;
    let rest = ingest(&house, &["inbox"]);
    assert_eq!(rest["known"], before);
    assert_eq!(rest["read"], 206);
    assert_eq!(house.mail_states().processed, 206);
}

#[test]
fn s27_run_follows_the_sources_of_the_configuration() {
    let house = House::in_mode("observe");
    house
        .run(&["run"])
        .with(2)
        .says(&["no source", "[[source]]"]);
    house.configure("observe", "\n[[source]]\nmaildir = \"inbox\"\n");
    house
        .run(&["run"])
        .with(2)
        .says(&["inbox", "not a Maildir"]);
    house.maildir("inbox");
    let mut running = house.start(&["run"]);
    house.write(
        "inbox/new/1.host",
        vague("dev@one.example", "First").bytes(),
    );
    until("the mail is a case", Duration::from_secs(30), || {
        let listed = house.run(&["--json", "-q", "list"]);
        (listed.out.lines().count() == 1).then_some(())
    });
    running.terminate();
    assert_eq!(running.end().code(), Some(0), "{}", running.err());
}

#[test]
fn s28_a_source_that_is_none_is_told_and_leaves_the_others_in_peace() {
    let house = House::in_mode("observe");
    house.run(&["ingest", "nowhere"]).with(2).says(&["nowhere"]);
    std::fs::create_dir(house.path("empty")).unwrap();
    house
        .run(&["ingest", "empty"])
        .with(2)
        .says(&["empty", "Maildir", ".eml"]);
    house.write("mail.eml", vague("dev@one.example", "First").bytes());
    house
        .run(&["ingest", "mail.eml", "--watch"])
        .with(2)
        .says(&["only a Maildir can be watched"]);
}

#[test]
fn s20_folders_within_a_maildir_are_named_and_not_read() {
    let house = House::in_mode("observe");
    house.maildir("inbox");
    house.maildir("inbox/.Trash");
    let letters = from_a_to_d();
    house.write("inbox/new/1700000001.M1P1.host", letters[0].bytes());
    house.write(
        "inbox/.Trash/cur/1700000002.M1P1.host:2,S",
        letters[1].bytes(),
    );
    let ended = house.run(&["ingest", "inbox"]).well();
    assert!(ended.err.contains("inbox/.Trash"), "{}", ended.err);
    assert_eq!(house.cases().len(), 1);
    let again = ingest(&house, &["inbox/.Trash"]);
    assert_eq!(again["opened"], 1, "{again}");
}
