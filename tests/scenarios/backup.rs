//! Copies of the store: made while it is in use, and made to a store again without anything leaving twice.

use std::time::Duration;

use crate::house::{House, Running, until};
use crate::letter::vague;
use crate::replies::{deliver, verdict_of};

const SOON: Duration = Duration::from_secs(60);

/// Starts `run` on the Maildir `inbox`.
fn running(house: &House) -> Running {
    house.start(&["run"])
}

fn in_mode(mode: &str) -> House {
    let house = House::empty();
    house.maildir("inbox");
    house.configure(mode, "\n[[source]]\nmaildir = \"inbox\"\n");
    house
}

fn arrives(house: &House, name: &str, from: &str, subject: &str) {
    house.write(&format!("inbox/tmp/{name}"), vague(from, subject).bytes());
    std::fs::rename(
        house.path(&format!("inbox/tmp/{name}")),
        house.path(&format!("inbox/new/{name}")),
    )
    .unwrap();
}

#[track_caller]
fn cases(house: &House, count: usize) {
    until(&format!("{count} cases"), SOON, || {
        let listed = house.run(&["--json", "-q", "list", "--limit", "1000"]);
        (listed.out.lines().count() == count).then_some(())
    });
}

#[test]
fn s300_a_backup_beside_a_process_at_work_is_whole_and_becomes_a_store() {
    let house = in_mode("observe");
    arrives(&house, "0.host", "dev@d0.example", "Problem 0");
    let mut run = running(&house);
    cases(&house, 1);
    std::fs::create_dir(house.path("backups")).unwrap();
    for round in 0..4 {
        for place in 0..15 {
            let number = 1 + round * 15 + place;
            arrives(
                &house,
                &format!("{number}.host"),
                &format!("dev@d{number}.example"),
                &format!("Problem {number}"),
            );
        }
        // In the middle of it all.
        house
            .run(&["backup", &format!("backups/{round}.db")])
            .well();
    }
    cases(&house, 61);
    house.run(&["backup", "backups"]).well();
    run.terminate();
    assert!(run.end().success());

    let mut files: Vec<_> = std::fs::read_dir(house.path("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert_eq!(files.len(), 5, "no part of one is left: {files:?}");
    let mut counts = Vec::new();
    for (place, file) in files.iter().enumerate() {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "only its owner reads it");
        let data = format!("restored{place}");
        let arguments = ["--data", &data, "restore", file.to_str().unwrap()];
        house.run(&arguments).well();
        let doctor = house.json_with(&["--data", &data, "doctor", "--fix", "--offline"], 1);
        assert_eq!(doctor[0]["gap"], 0, "{}", doctor[0]);
        let listed = house.json(&["--data", &data, "list", "--limit", "1000"]);
        let found = house.json(&["--data", &data, "search", "--limit", "1000", "getOrders"]);
        assert_eq!(listed.len(), found.len(), "the index is made anew");
        counts.push(listed.len());
    }
    assert!(counts.is_sorted(), "{counts:?}");
    assert_eq!(counts.last(), Some(&61));
    // The same key: a reply to a mail of ours finds its case.
    let key = |data: &str| {
        let path = house.path(data);
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            use precedent::store::Store;
            let store = precedent::store::sqlite::SqliteStore::open_read_only(&path).await;
            store.unwrap().secret_key().await.unwrap()
        })
    };
    assert_eq!(key("data"), key("restored4"));
}

#[test]
fn s301_a_restore_replaces_nothing_and_takes_only_backups() {
    let house = in_mode("observe");
    deliver(&house, &[vague("dev@one.example", "First")]);
    house.run(&["backup", "one.db"]).well();
    house
        .run(&["backup", "one.db"])
        .with(2)
        .says(&["one.db is there already", "hint:"]);
    house
        .run(&["restore", "one.db"])
        .with(2)
        .says(&["there is data in", "hint:", "--data"]);
    assert_eq!(house.cases().len(), 1);
    // What a backup that was killed left behind is no backup, and in nobody's way.
    house.write("again.db.part", "half a copy");
    house.run(&["backup", "again.db"]).well();
    assert!(!house.path("again.db.part").exists());
    house.write("text.db", "From: a\r\n\r\nno database");
    house
        .run(&["--data", "other", "restore", "text.db"])
        .with(2)
        .says(&["text.db is no backup"]);
    house
        .run(&["--data", "other", "restore", "."])
        .with(2)
        .says(&["it is a folder"]);
    house
        .run(&["--data", "other", "restore", "missing.db"])
        .with(2)
        .says(&["missing.db"]);
    // A file of which the end is missing.
    let whole = std::fs::read(house.path("one.db")).unwrap();
    house.write("cut.db", &whole[..whole.len() / 2]);
    house
        .run(&["--data", "other", "restore", "cut.db"])
        .with(2)
        .says(&["damaged"]);
    house
        .run(&["--data", "other", "list"])
        .with(2)
        .says(&["there is no data"]);
    // Where data cannot be read they are data all the same, and their index is left alone.
    house.write("broken/precedent.db", "no database");
    house.write("broken/index/v2/meta.json", "of these data");
    house
        .run(&["--data", "broken", "restore", "one.db"])
        .with(2)
        .says(&["there is data in"]);
    assert!(house.path("broken/index/v2/meta.json").exists());
    // What a restore that was killed left behind.
    house.write("other/precedent.db.restoring", "half a store");
    house.write("other/index/v2/meta.json", "of other data");
    house.run(&["--data", "other", "restore", "one.db"]).well();
    assert!(!house.path("other/precedent.db.restoring").exists());
    assert_eq!(
        house
            .json(&["--data", "other", "search", "getOrders"])
            .len(),
        1
    );
    house
        .run(&["--data", "empty", "backup", "two.db"])
        .with(2)
        .says(&["there is no data"]);
    assert!(!house.path("two.db").exists());
}

/// The store that the backup was made of went on for a while: what waited then has left, what came then was answered.
#[test]
fn s302_what_the_lost_store_sent_is_not_sent_again_by_the_restored_one() {
    let house = in_mode("send");
    // Nothing can be written now: the first answer waits.
    house.write("data/outgoing", "in the way");
    deliver(&house, &[vague("dev@one.example", "First")]);
    assert_eq!(house.outbox()[0]["state"], "waiting");
    house.run(&["backup", "then.db"]).well();

    std::fs::remove_file(house.path("data/outgoing")).unwrap();
    arrives(&house, "2.host", "dev@two.example", "Second");
    let mut run = running(&house);
    until("both answers have left", SOON, || {
        (house.outgoing().len() == 2).then_some(())
    });
    run.terminate();
    assert!(run.end().success());
    let number = house.case("Second")["case"].clone();
    std::fs::rename(house.path("data"), house.path("lost")).unwrap();

    let restored = house.run(&["restore", "then.db"]).well();
    assert!(restored.out.contains("resume-replies"), "{}", restored.out);
    assert_eq!(house.outbox()[0]["state"], "uncertain");
    let mut run = running(&house);
    cases(&house, 2);
    house.run(&["resume-replies"]).well();
    // A person's word lets another mail leave, so that the deliverer was seen at work.
    house.run(&["outbox", "settle", "1", "--resend"]).well();
    until("the deliverer has worked", SOON, || {
        (house.outgoing().len() == 1).then_some(())
    });
    run.terminate();
    assert!(run.end().success());
    let verdict = verdict_of(&house, 2);
    assert_ne!(verdict["kind"], "send", "{verdict}");
    assert_ne!(
        house.case("Second")["case"],
        number,
        "a number that was told is not given to somebody else"
    );
    assert_eq!(house.outgoing().len(), 1);

    // What arrives after the restore is answered as ever.
    deliver(&house, &[vague("dev@three.example", "Third")]);
    let run = running(&house);
    until("the third answer has left", SOON, || {
        (house.outgoing().len() == 2).then_some(())
    });
    drop(run);
}
