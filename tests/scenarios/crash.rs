//! The end at any point, and a search index that has gone: nothing lost, nothing twice.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use precedent::limits::MAIL_ATTEMPTS_MAX;
use precedent::store::{CaseFilter, CaseOrder, Store};
use serde_json::Value;

use crate::generator::{self, Random};
use crate::house::{House, handed_over};
use crate::letter::{Letter, vague};

/// Everything that an installation knows, without what differs by nature: times of processing and
/// what is made with the installation's own key.
#[derive(Debug, PartialEq)]
struct Knowledge {
    cases: Vec<Value>,
    outbox: Vec<Value>,
    quarantine: Vec<Value>,
    journals: Vec<(String, Vec<String>)>,
    mails: u64,
    processed: u64,
    answers: Vec<Value>,
    outgoing: usize,
}

fn without(mut value: Value, keys: &[&str]) -> Value {
    let object = value.as_object_mut().unwrap();
    for key in keys {
        object.remove(*key);
    }
    value
}

fn sorted(values: Vec<Value>, without_keys: &[&str]) -> Vec<Value> {
    let mut values: Vec<Value> = values
        .into_iter()
        .map(|value| without(value, without_keys))
        .collect();
    values.sort_by_key(Value::to_string);
    values
}

fn answers(house: &House) -> Vec<Value> {
    let mut answers = Vec::new();
    for query in [
        "getOrders",
        "error:429",
        "status:waiting",
        "Fehler Berechtigungen",
        "访问令牌",
        "operation:createReport -resolved",
    ] {
        answers.extend(house.json(&["search", "--limit", "20", "--", query]));
    }
    assert!(answers.len() > 20, "the questions find something");
    answers
}

fn knowledge(house: &House) -> Knowledge {
    let states = house.mail_states();
    assert_eq!(states.pending, 0);
    let journals = house.store(async |store| {
        let filter = CaseFilter::all(CaseOrder::Updated);
        let mut journals = Vec::new();
        for case in store.cases(&filter).await.unwrap() {
            let number = &case.state.number;
            let history = store.history(number).await.unwrap().unwrap();
            let mut events: Vec<String> = history
                .journal
                .iter()
                .map(|event| format!("{:?} {}", event.mail, event.event))
                .collect();
            events.extend(history.mails.iter().map(|mail| format!("{}", mail.mail)));
            journals.push((number.to_string(), events));
        }
        journals.sort();
        journals
    });
    Knowledge {
        cases: sorted(house.cases(), &["updated_at"]),
        outbox: sorted(
            house.outbox(),
            &[
                "message_id",
                "verdict",
                "note",
                "created_at",
                "changed_at",
                "attempts",
                "answer",
            ],
        ),
        quarantine: sorted(house.json(&["quarantine", "list"]), &["at"]),
        journals,
        mails: states.mails,
        processed: states.processed,
        answers: answers(house),
        outgoing: house.outgoing().len(),
    }
}

/// Three hundred mails: customers of five languages, some of today that are answered, follow-ups,
/// machines, strangers, and some that are no mails.
fn fill(inbox: &Path) {
    let write = |place: usize, bytes: Vec<u8>| {
        std::fs::write(inbox.join(format!("cur/{:06}.host:2,S", place)), bytes).unwrap();
    };
    const WORDS: [&str; 12] = [
        "amber", "basalt", "cedar", "dahlia", "ember", "fjord", "garnet", "hazel", "iris",
        "juniper", "kelp", "lilac",
    ];
    for place in 0..300 {
        let bytes = match place % 10 {
            3 => {
                let (one, other) = (WORDS[place / 10 % 12], WORDS[place / 25]);
                vague(
                    &format!("dev@{one}{place}.example"),
                    &format!("{one} {other}"),
                )
                .message_id(&format!("{place}@first.example"))
                .bytes()
            }
            // The same person adds something, a few mails later.
            7 if place % 20 == 7 => {
                let first = place - 4;
                let word = WORDS[first / 10 % 12];
                Letter::new(
                    &format!("dev@{word}{first}.example"),
                    &format!("Re: more {word}"),
                    &format!("One more thing: the seller is AY5C5NAJD3NOR5 and it was {word}.\n"),
                )
                .answering(&format!("{first}@first.example"))
                .bytes()
            }
            // Another one withdraws the question before it is answered.
            7 if place % 100 == 57 => Letter::new(
                &format!("dev@{}{}.example", WORDS[(place - 4) / 10 % 12], place - 4),
                "Re: solved",
                "It works again since noon, the problem is solved. Thank you!\n",
            )
            .answering(&format!("{}@first.example", place - 4))
            .bytes(),
            // A stranger answers into it.
            7 if place % 100 == 17 => vague("eve@stranger.example", &format!("Re: spy {place}"))
                .answering(&format!("{}@first.example", place - 4))
                .bytes(),
            7 => vague("robot@machine.example", &format!("Out of office {place}"))
                .header("Auto-Submitted", "auto-replied")
                .bytes(),
            9 if place % 100 == 49 => b"\n".repeat(place / 100),
            9 if place % 100 == 89 => [0_u8, 255, 254, 7].repeat(100 + place),
            _ => generator::mail(11, place as u64),
        };
        write(place, bytes);
    }
}

#[test]
fn s40_killed_at_twenty_points_it_ends_with_the_same_cases_as_undisturbed() {
    let undisturbed = House::in_mode("send");
    let inbox: PathBuf = undisturbed.maildir("inbox");
    fill(&inbox);
    let inbox = inbox.to_str().unwrap();
    let ended = undisturbed.run(&["ingest", inbox]).with(1);
    let expected = knowledge(&undisturbed);
    assert_eq!(expected.mails, 300);
    assert_eq!(expected.quarantine.len(), 6);
    assert!(expected.outgoing > 10, "{} answers", expected.outgoing);
    println!("undisturbed: {:?}", ended.took);

    let mut random = Random::new(2026);
    let mut points = Vec::new();
    let started = Instant::now();
    while points.len() < 20 {
        let house = House::in_mode("send");
        loop {
            // Each third end comes at the very start, where files and folders are made.
            let span = if points.len() % 3 == 0 {
                Duration::from_millis(150)
            } else {
                ended.took
            };
            let point = span.mul_f64(random.below(1_000) as f64 / 1_000.0);
            let mut running = house.start(&["ingest", inbox]);
            if let Some(status) = running.end_within(point) {
                assert!(matches!(status.code(), Some(0 | 1)), "{}", running.err());
                break;
            }
            if running.kill() {
                points.push(point);
            }
        }
        // The end may have come with the last kill's work done by the run after it.
        let again = house.json(&["ingest", inbox]);
        assert_eq!(again[0]["known"], 300, "after ends at {points:?}");
        assert_eq!(knowledge(&house), expected, "after ends at {points:?}");
        assert!(
            house
                .outgoing()
                .iter()
                .all(|file| file.extension().is_some_and(|extension| extension == "eml")),
            "{:?}",
            house.outgoing()
        );
    }
    println!(
        "{} ends in {:?}: {points:?}",
        points.len(),
        started.elapsed()
    );
}

#[test]
fn s44_a_mail_that_ends_the_process_again_and_again_is_put_aside_and_the_others_go_on() {
    let house = House::in_mode("observe");
    house.write("inbox/1.eml", vague("a@one.example", "First").bytes());
    house.run(&["ingest", "inbox"]).well();
    // What a process leaves behind that archived two mails and ended at the first one each time.
    let poison = vague("b@two.example", "Second").bytes();
    let good = vague("c@three.example", "Third").bytes();
    house.write_store(async |store| {
        let mails = [&poison, &good].map(|bytes| handed_over(bytes));
        let archived = store.archive(&mails, &[]).await.unwrap();
        for _ in 0..MAIL_ATTEMPTS_MAX {
            store.count_attempts(&[archived[0].mail]).await.unwrap();
        }
    });
    let ended = house.run(&["ingest", "inbox"]).with(1);
    assert!(
        ended.err.contains("2 mails of an interrupted run"),
        "{}",
        ended.err
    );
    let quarantine = house.json(&["quarantine", "list"]);
    assert_eq!(quarantine.len(), 1);
    assert_eq!(quarantine[0]["code"], "attempts");
    assert_eq!(house.case("Third")["case"], "SP-1002");
    // Somebody repaired what was wrong.
    house.run(&["quarantine", "retry"]).well();
    assert_eq!(house.case("Second")["case"], "SP-1003");
}

/// The program has a fault for tests, in builds that are not for release: a mail with this text aborts the process.
#[test]
fn s47_a_mail_that_ends_the_process_is_found_out_and_no_other_is_blamed() {
    if std::env::var_os("PRECEDENT_BINARY").is_some() {
        return;
    }
    let house = House::in_mode("observe");
    for place in 0..12 {
        let subject = if place == 5 {
            "Poison".to_owned()
        } else {
            format!("Problem {place}")
        };
        let letter = vague(&format!("dev@d{place}.example"), &subject);
        house.write(&format!("inbox/{place:02}.eml"), letter.bytes());
    }
    let mut ends = 0;
    let ended = loop {
        let mut command = house.command(&["ingest", "inbox"]);
        command.env("PRECEDENT_FAULT_ABORT", "Poison");
        let ended = crate::house::finish(command, Vec::new());
        if ended.status.is_some() {
            break ended;
        }
        ends += 1;
        assert!(ends < 4, "it is not found out: {}", ended.err);
    };
    assert!(ends > 0, "the fault is there");
    let ended = ended.with(1);
    assert!(ended.err.contains("quarantine"), "{}", ended.err);
    let aside = house.json(&["quarantine", "list"]);
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert_eq!(aside[0]["code"], "crash");
    assert!(aside[0]["origin"].as_str().unwrap().contains("05.eml"));
    assert_eq!(house.cases().len(), 11);
    // With a program that has no such fault it is a mail like any other.
    house.run(&["quarantine", "retry"]).well();
    assert_eq!(house.cases().len(), 12);
}

/// An installation with cases, precedents and an index.
fn with_cases() -> House {
    let house = House::in_mode("observe");
    let inbox = house.maildir("inbox");
    for place in 0..60 {
        std::fs::write(
            inbox.join(format!("cur/{place:03}.host:2,S")),
            generator::mail(5, place),
        )
        .unwrap();
    }
    house.run(&["ingest", "inbox"]).well();
    for case in house.cases().iter().take(20) {
        house
            .run(&[
                "resolve",
                case["case"].as_str().unwrap(),
                "--code",
                "fixed",
                "--resolution",
                "The role was missing.",
            ])
            .well();
    }
    house
}

fn all_answers(house: &House) -> Vec<Value> {
    let mut all = answers(house);
    let mut precedents = 0;
    for case in house.cases().iter().rev().take(5) {
        let number = case["case"].as_str().unwrap();
        let similar = house.json(&["similar", number]);
        precedents += similar.len();
        all.extend(similar);
        all.extend(house.json(&["show", number]));
    }
    assert!(precedents > 0);
    all
}

fn delete(house: &House) {
    std::fs::remove_dir_all(house.path("data/index")).unwrap();
}

/// Every file of the index of this name holds nonsense.
fn damage(house: &House, named: impl Fn(&str) -> bool) {
    let mut folders = vec![house.path("data/index")];
    let mut damaged = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if named(path.file_name().unwrap().to_str().unwrap()) {
                std::fs::write(&path, "{ nonsense").unwrap();
                damaged += 1;
            }
        }
    }
    assert!(damaged > 0);
}

/// The folder of the index, named by its format.
fn index_folder(house: &House) -> std::path::PathBuf {
    std::fs::read_dir(house.path("data/index"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.join("meta.json").exists() && !path.ends_with("moved-aside"))
        .unwrap()
}

/// One byte of every file of this kind is another one; sizes stay.
fn flip(house: &House, extension: &str, share: usize) {
    let mut flipped = 0;
    for entry in std::fs::read_dir(index_folder(house)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|found| found == extension) {
            let mut bytes = std::fs::read(&path).unwrap();
            let place = bytes.len() * share / 100;
            bytes[place] ^= 0x20;
            std::fs::write(&path, bytes).unwrap();
            flipped += 1;
        }
    }
    assert!(flipped > 0, "no file .{extension}");
}

/// What is done to an index, with its name.
type Harm<'a> = (&'a str, &'a dyn Fn(&House));

#[test]
fn s41_without_its_index_or_with_a_damaged_one_every_answer_is_the_same() {
    let house = with_cases();
    let before = all_answers(&house);
    let number = house.cases()[0]["case"].as_str().unwrap().to_owned();
    let harms: [Harm<'_>; 12] = [
        ("deleted", &delete),
        ("meta.json is nonsense", &|house| {
            damage(house, |name| name == "meta.json");
        }),
        ("every segment file is nonsense", &|house| {
            damage(house, |name| name.contains('.') && name.len() > 30);
        }),
        ("a segment file is gone", &|house| {
            let folder = std::fs::read_dir(index_folder(house)).unwrap();
            let mut paths = folder.map(|entry| entry.unwrap().path());
            let term = paths
                .find(|path| path.extension().is_some_and(|found| found == "term"))
                .unwrap();
            std::fs::remove_file(term).unwrap();
        }),
        ("another format", &|house| {
            std::fs::rename(index_folder(house), house.path("data/index/v4711")).unwrap();
        }),
        ("store flipped", &|house| flip(house, "store", 10)),
        ("store flipped at its end", &|house| {
            flip(house, "store", 99)
        }),
        ("idx flipped", &|house| flip(house, "idx", 50)),
        ("pos flipped", &|house| flip(house, "pos", 30)),
        ("term flipped", &|house| flip(house, "term", 60)),
        ("fast flipped", &|house| flip(house, "fast", 40)),
        ("fieldnorm flipped", &|house| flip(house, "fieldnorm", 50)),
    ];
    let commands = [
        &["search", "getOrders"][..],
        &["similar", &number],
        &["show", &number],
    ];
    let expected = commands.map(|command| house.run(command).well().out);
    for (place, (name, harm)) in harms.into_iter().enumerate() {
        harm(&house);
        // Whichever command comes first makes it right, says so in one line, and answers.
        for turn in 0..commands.len() {
            let which = (place + turn) % commands.len();
            let ended = house.run(commands[which]).well();
            let said = ended.err.matches("the search index").count();
            assert_eq!(
                said,
                usize::from(turn == 0),
                "{name}, {:?}: {}",
                commands[which],
                ended.err
            );
            assert_eq!(ended.out, expected[which], "{name}, {:?}", commands[which]);
        }
    }
    assert_eq!(all_answers(&house), before);
    for (repair, (name, harm)) in [&["reindex"][..], &["ingest", "inbox"]]
        .into_iter()
        .cycle()
        .zip(harms)
    {
        harm(&house);
        house.run(repair).well();
        let calm = house.run(commands[0]).well();
        assert!(
            !calm.err.contains("the search index"),
            "{name}: {}",
            calm.err
        );
        assert_eq!(calm.out, expected[0], "{name}");
    }
    assert_eq!(all_answers(&house), before);
}

#[test]
fn s45_an_index_that_is_behind_the_store_catches_up_before_it_answers() {
    let house = with_cases();
    let older = house.path("older");
    let copied = std::process::Command::new("cp")
        .arg("-r")
        .args([house.path("data/index"), older.clone()])
        .status()
        .unwrap();
    assert!(copied.success());
    house.write(
        "inbox/new/later.host",
        vague("a@late.example", "Zeppelin").bytes(),
    );
    house.run(&["ingest", "inbox"]).well();
    let before = all_answers(&house);
    delete(&house);
    std::fs::rename(older, house.path("data/index")).unwrap();
    let found = house.run(&["search", "from:a@late.example"]).well();
    assert!(found.out.contains("Zeppelin"), "{}", found.out);
    assert!(
        found.err.contains("has caught up (1 case)"),
        "{}",
        found.err
    );
    assert_eq!(all_answers(&house), before);
}

/// What may not be read or written is no damage: nothing is moved or built, and the answer says why.
#[test]
fn s46_a_folder_in_the_way_of_the_index_is_told_and_nothing_is_built() {
    let house = with_cases();
    delete(&house);
    house.write("data/index", "a file");
    for command in [&["search", "getOrders"][..], &["similar", "SP-1001"]] {
        house.run(command).with(2).says(&["data/index"]);
    }
    let shown = house.run(&["show", "SP-1001"]).well();
    assert!(shown.err.contains("no precedents"), "{}", shown.err);
    assert_eq!(std::fs::read(house.path("data/index")).unwrap(), b"a file");
}

#[test]
fn s42_killed_while_it_builds_the_index_anew_it_builds_it_again() {
    let house = with_cases();
    let before = all_answers(&house);
    let mut random = Random::new(7);
    for _ in 0..8 {
        let mut running = house.start(&["reindex"]);
        let point = Duration::from_millis(random.below(120) as u64);
        if running.end_within(point).is_none() {
            running.kill();
        }
    }
    house.run(&["ingest", "inbox"]).well();
    assert_eq!(all_answers(&house), before);
}

#[test]
fn s43_an_index_that_is_ahead_of_a_restored_store_is_built_again() {
    let house = with_cases();
    let backup = std::fs::read(house.path("data/precedent.db")).unwrap();
    assert!(!house.path("data/precedent.db-wal").exists());
    let before = all_answers(&house);
    house.write(
        "inbox/new/later.host",
        vague("a@late.example", "Zeppelin").bytes(),
    );
    house.run(&["ingest", "inbox"]).well();
    assert_eq!(house.json(&["search", "Zeppelin"]).len(), 1);
    house.write("data/precedent.db", &backup);
    house.run(&["ingest", "inbox/cur/000.host:2,S"]).well();
    assert_eq!(house.json(&["search", "from:a@late.example"]).len(), 0);
    assert_eq!(all_answers(&house), before);
    // The same when somebody searches first.
    house.run(&["ingest", "inbox"]).well();
    assert_eq!(house.json(&["search", "Zeppelin"]).len(), 1);
    house.write("data/precedent.db", &backup);
    assert_eq!(house.json(&["search", "from:a@late.example"]).len(), 0);
    assert_eq!(all_answers(&house), before);
}
