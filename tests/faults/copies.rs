//! Ended in the middle of a backup, a restore or an erasure: what was there before is there, or what is to be,
//! and the same command ends the work.

use std::time::Duration;

use precedent::store::Store;

use crate::house::{House, finish};
use crate::letter::vague;
use crate::program::{faulty, killed_at, start};

/// An installation with so many cases of different people, whose answers lie in the folder.
fn furnished(people: usize) -> House {
    let house = House::empty();
    house.configure("send", "\n[gate]\nbudget_per_body = 100\n");
    for place in 0..people {
        let letter = vague(
            &format!("dev{place}@customer{place}.example"),
            &format!("Problem number {place}"),
        );
        house.write(&format!("inbox/{place:03}.eml"), letter.bytes());
    }
    house.run(&["ingest", "inbox"]).well();
    house
}

/// Runs a command that is ended at a point. False when it never came there.
#[track_caller]
fn ended_at(house: &House, arguments: &[&str], point: &str, count: u64) -> bool {
    let ended = finish(
        faulty(house, arguments, &[killed_at(point, count)]),
        Vec::new(),
    );
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    ended.status.is_none()
}

/// Ends a command after a share of the time that it takes.
fn ended_after(house: &House, arguments: &[&str], time: Duration) {
    let mut running = start(house, arguments, &[]);
    let _ = running.end_within(time);
    running.kill();
}

#[test]
fn a_backup_that_was_ended_is_no_file_of_that_name_and_can_be_made_again() {
    let house = furnished(8);
    let began = std::time::Instant::now();
    house.run(&["backup", "whole.db"]).well();
    let took = began.elapsed();
    for (round, point) in ["backup.copied", "backup.checked"].iter().enumerate() {
        let name = format!("point{round}.db");
        assert!(ended_at(&house, &["backup", &name], point, 1), "{point}");
        assert!(!house.path(&name).exists(), "{point}");
        house.run(&["backup", &name]).well();
    }
    for round in 0..6_u32 {
        let name = format!("time{round}.db");
        ended_after(&house, &["backup", &name], took * (round + 1) / 7);
        if !house.path(&name).exists() {
            house.run(&["backup", &name]).well();
        }
        // Whatever has the name is whole.
        let data = format!("data{round}");
        house.run(&["--data", &data, "restore", &name]).well();
        assert_eq!(house.json(&["--data", &data, "list"]).len(), 8);
    }
    assert_eq!(house.cases().len(), 8);
}

#[test]
fn a_restore_that_was_ended_left_no_half_store_and_sends_nothing() {
    let house = furnished(8);
    // Something waits at the time of the backup.
    std::fs::remove_dir_all(house.path("data/outgoing")).unwrap();
    house.write("data/outgoing", "in the way");
    house.write(
        "late/1.eml",
        vague("late@customer.example", "A late problem").bytes(),
    );
    house.run(&["ingest", "late"]);
    house.run(&["backup", "then.db"]).well();
    let points = [
        "restore.copied",
        "restore.made",
        "restore.ready",
        "restore.put",
        "index.commit",
    ];
    let times = (0..6_u32).map(|share| Duration::from_millis(20) * share * share);
    let rounds = points
        .iter()
        .map(|point| Err(*point))
        .chain(times.map(Ok))
        .enumerate();
    for (round, how) in rounds {
        let data = format!("restored{round}");
        let arguments = ["--data", &data, "restore", "then.db"];
        match how {
            Err(point) => assert!(ended_at(&house, &arguments, point, 1), "{point}"),
            Ok(time) => ended_after(&house, &arguments, time),
        }
        // Before the store was put in its place there is none, and the same command makes it.
        if !house.path(&data).join("precedent.db").exists() {
            house
                .run(&["--data", &data, "list"])
                .with(2)
                .says(&["there is no data"]);
            house.run(&arguments).well();
        }
        let doctor = house.json_with(&["--data", &data, "doctor", "--fix", "--offline"], 1);
        // The mail of unknown fate, and nothing else.
        assert_eq!(doctor[0]["gap"], 1, "{how:?}: {}", doctor[0]);
        let list = |words: &[&str]| {
            let mut all = vec!["--data", data.as_str()];
            all.extend(words);
            house.json(&all)
        };
        assert_eq!(list(&["list"]).len(), 9, "{how:?}");
        assert_eq!(list(&["search", "--limit", "50", "getOrders"]).len(), 9);
        let uncertain = list(&["outbox", "list", "--state", "uncertain"]);
        assert_eq!(uncertain.len(), 1, "{how:?}");
        // Automatic mail is stopped until a person says otherwise.
        house.run(&["--data", &data, "ingest", "late"]).well();
        assert!(!house.path(&data).join("outgoing").exists(), "{how:?}");
        assert!(
            house
                .run(&["--data", &data, "resume-replies"])
                .well()
                .out
                .contains("restored")
        );
    }
}

#[test]
fn an_erasure_that_was_ended_is_ended_by_the_same_command_and_leaves_no_word() {
    for (point, count) in [
        ("store.erase", 1),
        ("index.commit", 1),
        ("index.commit", 2),
        ("erase.letters", 1),
    ] {
        let house = furnished(6);
        assert_eq!(house.outgoing().len(), 6);
        let arguments = ["erase", "dev3@customer3.example", "--yes"];
        let ended = ended_at(&house, &arguments, point, count);
        assert!(ended || count > 1, "{point} was never passed");
        // All of it or nothing, as far as the store goes; the same command does the rest.
        house.run(&arguments).well();
        house.run(&["list"]).well();
        assert_eq!(house.cases().len(), 6, "the case stays: {point}");
        assert_eq!(house.outgoing().len(), 5, "{point}");
        let words = [
            &b"dev3@customer3.example"[..],
            &b"dev3"[..],
            &b"customer3.example"[..],
        ];
        for file in files(&house.path("data")) {
            let bytes = std::fs::read(&file).unwrap();
            for word in words {
                assert!(
                    !bytes.windows(word.len()).any(|found| found == word),
                    "{} is in {} after an end at {point}",
                    word.escape_ascii(),
                    file.display()
                );
            }
        }
        let others = house.look(async |store| store.stats().await.ok()).unwrap();
        assert_eq!(others.cases.values().sum::<u64>(), 6);
    }
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}
