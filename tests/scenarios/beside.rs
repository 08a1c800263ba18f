//! Several processes on one data folder: one works, others read, and others leave it something to do.

use std::time::Duration;

use serde_json::Value;

use crate::house::{House, Running, until};
use crate::letter::vague;

const SOON: Duration = Duration::from_secs(30);

/// A house in which a process watches `inbox`, with one case "First".
fn watched(mode: &str) -> (House, Running) {
    let house = House::in_mode(mode);
    house.maildir("inbox");
    house.write("inbox/new/1.host", vague("a@one.example", "First").bytes());
    let watching = house.start(&["ingest", "--watch", "inbox"]);
    until("the first mail is a case", SOON, || {
        let listed = house.run(&["--json", "-q", "list"]);
        (listed.out.lines().count() == 1).then_some(())
    });
    (house, watching)
}

/// Waits until a search finds so many cases.
fn found(house: &House, query: &str, count: usize) -> Vec<Value> {
    until(&format!("{count} cases for {query}"), SOON, || {
        let found = house.json(&["search", "--", query]);
        (found.len() == count).then_some(found)
    })
}

#[test]
fn s69_what_another_process_must_have_for_itself_is_refused_and_reading_goes_on() {
    let (house, mut watching) = watched("draft");
    house.write("mail.eml", vague("b@two.example", "Second").bytes());
    for command in [&["ingest", "mail.eml"][..], &["reprocess"]] {
        house
            .run(command)
            .with(2)
            .says(&["another process", "data", "hint:"]);
    }
    house
        .run(&["reindex"])
        .with(2)
        .says(&["index", "another process", "hint:"]);
    found(&house, "getOrders", 1);
    let number = house.case("First")["case"].as_str().unwrap().to_owned();
    for command in [
        &["list"][..],
        &["show", &number],
        &["outbox", "list"],
        &["outbox", "show", "1"],
        &["explain", "1"],
        &["quarantine", "list"],
        &["similar", &number],
        &["inspect", "mail.eml"],
    ] {
        house.run(command).well();
    }
    watching.terminate();
    assert!(watching.end().success(), "{}", watching.err());
    house.run(&["ingest", "mail.eml"]).well();
    assert_eq!(house.cases().len(), 2);
}

#[test]
fn s110_a_case_is_resolved_and_solved_ones_are_imported_beside_the_process_at_work() {
    let (house, mut watching) = watched("observe");
    let number = house.case("First")["case"].as_str().unwrap().to_owned();
    let resolved = house.json(&[
        "resolve",
        &number,
        "--code",
        "fixed",
        "--resolution",
        "The role was missing.",
    ]);
    assert_eq!(resolved[0]["status"], "resolved");
    house.write(
        "solved.jsonl",
        r#"{"number": "S-1", "subject": "Quixotic throttling", "text": "Answers 429.", "resolution": "Wait."}"#,
    );
    let imported = house.json(&["import", "solved.jsonl"]);
    assert_eq!(imported[0]["added"], 1);
    // The process at work indexes both.
    found(&house, "Quixotic", 1);
    found(&house, "status:resolved", 2);
    // And goes on with what it does.
    house.write("inbox/new/2.host", vague("b@two.example", "Second").bytes());
    found(&house, "from:b@two.example", 1);
    watching.terminate();
    assert!(watching.end().success(), "{}", watching.err());
}

#[test]
fn s111_a_person_decides_on_drafts_beside_the_process_at_work_which_delivers_them() {
    let (house, mut watching) = watched("draft");
    house.write("inbox/new/2.host", vague("b@two.example", "Second").bytes());
    let drafts = until("two drafts", SOON, || {
        let drafts = house.json(&["outbox", "list", "--state", "draft"]);
        (drafts.len() == 2).then_some(drafts)
    });
    // Newest first.
    assert_eq!(drafts[0]["recipient"], "b@two.example");
    let (second, first) = (drafts[0]["id"].to_string(), drafts[1]["id"].to_string());
    let approved = house.json(&["outbox", "approve", &first, &first]);
    assert_eq!(approved.len(), 1);
    assert_eq!(approved[0]["state"], "sent", "{approved:?}");
    assert_eq!(house.outgoing().len(), 1);
    let discarded = house.json(&["outbox", "discard", &second]);
    assert_eq!(discarded[0]["state"], "discarded");
    house
        .run(&["outbox", "approve", &second])
        .with(2)
        .says(&["discarded", "hint:"]);
    watching.terminate();
    assert!(watching.end().success(), "{}", watching.err());
    assert_eq!(house.outgoing().len(), 1);
}

#[test]
fn s112_a_pipe_hands_its_mail_over_to_the_process_at_work_without_waiting() {
    let (house, mut watching) = watched("observe");
    for place in 0..5 {
        let letter = vague(&format!("p{place}@pipe.example"), &format!("Pipe {place}"));
        let ended = house
            .run_with_input(&["ingest", "-"], letter.bytes())
            .well();
        assert!(ended.took < Duration::from_secs(10), "{:?}", ended.took);
        assert_eq!(ended.err, "");
    }
    until("all five are cases", SOON, || {
        let states = house.mail_states();
        (house.cases().len() == 6 && states.pending == 0).then_some(())
    });
    found(&house, "from:@pipe.example", 5);
    watching.terminate();
    assert!(watching.end().success(), "{}", watching.err());
}

#[test]
fn s113_pipes_at_the_same_time_leave_no_mail_behind() {
    let house = House::in_mode("observe");
    let letters: Vec<_> = (0..8)
        .map(|place| vague(&format!("p{place}@pipe.example"), &format!("Pipe {place}")))
        .collect();
    std::thread::scope(|scope| {
        for letter in &letters {
            let house = &house;
            scope.spawn(move || {
                house
                    .run_with_input(&["ingest", "-"], letter.bytes())
                    .well();
            });
        }
    });
    let states = house.mail_states();
    assert_eq!((states.mails, states.pending), (8, 0));
    assert_eq!(house.cases().len(), 8);
    assert_eq!(house.json(&["search", "from:@pipe.example"]).len(), 8);
}

#[test]
fn s114_a_mail_in_quarantine_is_tried_again_by_the_process_at_work() {
    let (house, mut watching) = watched("observe");
    // No header and no text: a mail server's pipe would refuse it, a Maildir cannot.
    house.write("inbox/new/2.host", "\n\n");
    let mail = until("it is put aside", SOON, || {
        let aside = house.json(&["quarantine", "list"]);
        aside.first().map(|entry| entry["mail"].to_string())
    });
    let shown = house.json(&["quarantine", "show", &mail]);
    assert_eq!(shown[0]["raw"], "\n\n");
    let retried = house.json(&["quarantine", "retry", &mail]);
    assert_eq!(retried[0]["retried"], 1);
    assert_eq!(retried[0]["quarantined"], 1, "{retried:?}");
    house
        .run(&["quarantine", "retry", "1"])
        .with(2)
        .says(&["not in quarantine"]);
    watching.terminate();
    assert!(watching.end().success(), "{}", watching.err());
}

#[test]
fn s115_an_index_deleted_under_the_process_at_work_is_built_again() {
    let (house, mut watching) = watched("observe");
    found(&house, "from:a@one.example", 1);
    // Renamed, because the process may make files there while they are removed one by one.
    std::fs::rename(house.path("data/index"), house.path("gone")).unwrap();
    // Somebody searches, or nobody does, before the next mail.
    found(&house, "from:a@one.example", 1);
    house.write("inbox/new/2.host", vague("b@two.example", "Second").bytes());
    found(&house, "from:b@two.example", 1);
    std::fs::rename(house.path("data/index"), house.path("gone too")).unwrap();
    house.write(
        "inbox/new/3.host",
        vague("c@three.example", "Third").bytes(),
    );
    found(&house, "status:incomplete", 3);
    watching.terminate();
    assert!(watching.end().success(), "{}", watching.err());
    found(&house, "status:incomplete", 3);
}

#[test]
fn s116_an_index_that_cannot_be_written_ends_no_service_and_follows_when_it_can() {
    let (house, mut watching) = watched("send");
    found(&house, "from:a@one.example", 1);
    // Something else is in its place, which nobody may move aside.
    std::fs::rename(house.path("data/index"), house.path("gone")).unwrap();
    house.write("data/index", "not a folder");
    house.write("inbox/new/2.host", vague("b@two.example", "Second").bytes());
    until("the second mail is a case and answered", SOON, || {
        let listed = house.run(&["--json", "-q", "list"]);
        (listed.out.lines().count() == 2 && house.outgoing().len() == 2).then_some(())
    });
    until("the failure is told", SOON, || {
        watching.err().contains("follows no more").then_some(())
    });
    std::fs::remove_file(house.path("data/index")).unwrap();
    until("the index follows again", SOON, || {
        watching.err().contains("follows again").then_some(())
    });
    found(&house, "from:b@two.example", 1);
    watching.terminate();
    assert!(watching.end().success(), "{}", watching.err());
    // "2 waiting" was told of replies that had gone long before the end.
    let told = watching.out();
    assert!(told.contains("replies: 2 sent\n"), "{told}");
}
