//! Folders that cannot be written, and disks that are full.

use std::path::Path;
use std::process::Command;

use crate::generator;
use crate::house::{House, finish, left_out, program};
use crate::letter::vague;

#[test]
fn s65_a_data_folder_that_cannot_be_written_is_one_message_and_costs_nothing() {
    let house = House::in_mode("observe");
    house.maildir("inbox");
    for place in 0..5 {
        house.write(
            &format!("inbox/new/{place}.host"),
            generator::mail(9, place),
        );
    }
    // These hold for an administrator too: a file where a folder should be, a folder for a file.
    house.write("file", "x");
    std::fs::create_dir_all(house.path("taken/precedent.db/x")).unwrap();
    house.write("taken-index/index", "x");
    std::fs::create_dir_all(house.path("device")).unwrap();
    for (data, says) in [
        ("file", "file"),
        ("file/below", "file/below"),
        ("taken", "precedent.db"),
        ("taken-index", "index"),
        ("/proc/nothing", "/proc/nothing"),
    ] {
        house
            .run(&["--data", data, "ingest", "inbox"])
            .with(2)
            .says(&[says, "error:"]);
    }
    assert_eq!(std::fs::read_to_string(house.path("file")).unwrap(), "x");
    // Repaired, the one that stopped half-way goes on.
    std::fs::remove_file(house.path("taken-index/index")).unwrap();
    let done = house.json(&["--data", "taken-index", "ingest", "inbox"]);
    assert_eq!(done[0]["read"], 5);
    assert_eq!(
        house.json(&["--data", "taken-index", "list"]).len(),
        5,
        "nothing is lost"
    );
}

fn fill(inbox: &Path, count: u64) {
    for place in 0..count {
        std::fs::write(
            inbox.join(format!("cur/{place:04}.host:2,S")),
            generator::mail(13, place),
        )
        .unwrap();
    }
}

/// Subjects and facts of all cases.
fn told(house: &House, data: &str) -> Vec<String> {
    let mut cases: Vec<String> = house
        .json(&["--data", data, "list", "--limit", "100000"])
        .iter()
        .map(|case| format!("{} {} {}", case["case"], case["subject"], case["fields"]))
        .collect();
    cases.sort();
    cases
}

#[test]
fn s67_files_that_may_not_grow_are_one_message_and_the_next_run_ends_the_work() {
    let house = House::in_mode("observe");
    let inbox = house.maildir("inbox");
    fill(&inbox, 120);
    house.run(&["--data", "whole", "ingest", "inbox"]).well();
    let expected = told(&house, "whole");
    // The limit is on each file, in blocks of 512 bytes; with the signal ignored, writing fails.
    for blocks in [1, 100, 400, 800, 1_600] {
        let data = format!("limited{blocks}");
        let mut command = Command::new("sh");
        command.current_dir(house.path("")).args([
            "-c",
            "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"",
            "sh",
            &blocks.to_string(),
        ]);
        command
            .arg(program())
            .args(["--data", &data, "ingest", "inbox"]);
        finish(command, Vec::new()).with(2).says(&["error:", &data]);
        house.run(&["--data", &data, "ingest", "inbox"]).well();
        assert_eq!(told(&house, &data), expected, "{blocks} blocks");
    }
}

#[test]
fn s68_a_full_disk_is_one_message_and_with_room_again_nothing_is_lost() {
    let house = House::in_mode("observe");
    let inbox = house.maildir("inbox");
    fill(&inbox, 120);
    house.run(&["--data", "whole", "ingest", "inbox"]).well();
    let expected = told(&house, "whole");
    // A file system of so many kilobytes, seen by these commands alone; then it grows.
    let script = r#"
        mkdir -p disk && mount -t tmpfs -o size="$1"k none disk || exit 99
        "$2" --data disk/data ingest inbox > full.out 2> full.err
        echo $? > full.status
        mount -o remount,size=200m disk || exit 98
        "$2" --data disk/data ingest inbox > room.out 2> room.err
        echo $? > room.status
        mkdir -p copy && cp -R disk/data "copy/$1"
    "#;
    for kilobytes in ["300", "700", "1100", "1800"] {
        let mut command = Command::new("unshare");
        command
            .current_dir(house.path(""))
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
            .args(["sh", kilobytes])
            .arg(program());
        let ended = command.output();
        if !ended.is_ok_and(|output| output.status.success()) {
            eprintln!("file systems cannot be mounted here: s67 and the store's suite must do");
            return;
        }
        let read = |name: &str| std::fs::read_to_string(house.path(name)).unwrap();
        let message = read("full.err");
        assert_eq!(read("full.status"), "2\n", "{kilobytes} KB: {message}");
        assert!(
            message.contains("space") && !message.contains("panicked"),
            "{kilobytes} KB: {message}"
        );
        assert_eq!(read("room.status"), "0\n", "{}", read("room.err"));
        assert_eq!(
            told(&house, &format!("copy/{kilobytes}")),
            expected,
            "{kilobytes} KB"
        );
    }
}

#[test]
fn s71_what_cannot_be_written_can_be_read_and_searched() {
    let house = House::in_mode("observe");
    house.write("mail.eml", vague("a@one.example", "First").bytes());
    let script = r#"
        mkdir -p disk && mount -t tmpfs -o size=50m none disk || exit 99
        "$1" --data disk/data -q ingest mail.eml || exit 97
        mount -o remount,ro disk || exit 98
        for words in "list" "show SP-1001" "search getOrders" "similar SP-1001"; do
            "$1" --data disk/data $words > read.out 2> read.err || { echo "$words" >> failed; cat read.err >> failed; }
        done
        "$1" --data disk/data resolve SP-1001 --code fixed --resolution x 2> write.err && echo resolve >> failed
        touch failed
    "#;
    let mut command = Command::new("unshare");
    command
        .current_dir(house.path(""))
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
        ])
        .arg(program());
    let ended = command.output();
    if !ended.is_ok_and(|output| output.status.success()) {
        left_out("file systems cannot be mounted here");
        return;
    }
    let failed = std::fs::read_to_string(house.path("failed")).unwrap();
    assert_eq!(failed, "");
}
