//! People who are forgotten, and mail that is old enough to go.

use std::path::Path;
use std::time::{Duration, SystemTime};

use precedent::store::{MailId, Store};
use sqlx::{ConnectOptions, Connection};

use crate::house::{House, until};
use crate::letter::{Letter, vague};
use crate::replies::{answer, deliver, only_answer, verdict_of};

const SOON: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A mail of Jane with words that stand nowhere else.
fn of_jane(subject: &str) -> Letter {
    let mut letter = vague("jane.roe@one.example", subject);
    letter.body +=
        "Our warehouse Quokkaburg is blocked. Seller id AY5C5NAJD3NOR5.\n\nJane Roeberg\n";
    letter
}

fn with_name(letter: &Letter) -> Vec<u8> {
    let bytes = String::from_utf8(letter.bytes()).unwrap();
    bytes
        .replace("From: <jane.roe@", "From: Jane Roeberg <jane.roe@")
        .into_bytes()
}

/// Files below a folder in which one of these words stands.
fn files_with(folder: &Path, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, words));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
        for word in words {
            let wanted = word.to_ascii_lowercase();
            if bytes
                .windows(wanted.len())
                .any(|window| window == wanted.as_bytes())
            {
                found.push(format!("{}: {word}", path.display()));
            }
        }
    }
    found
}

const TRACES: [&str; 6] = [
    "jane.roe",
    "Roeberg",
    "Quokkaburg",
    "AY5C5NAJD3NOR5",
    "Blocked since noon",
    "one.example",
];

#[test]
fn s310_a_person_goes_and_what_their_case_was_about_stays() {
    let house = House::empty();
    house.configure("send", "\n[gate]\nbudget_per_address = 1\n");
    let letter = with_name(&of_jane("Blocked since noon"));
    house
        .run_with_input(&["ingest", "-"], letter.clone())
        .well();
    let ours = only_answer(&house);
    let follow_up = answer(
        "jane.roe@one.example",
        &ours,
        "second@one.example",
        "The request id is cb0a3a39-4a2c-489d-9446-41caeeb0eb7b. Jane Roeberg, Quokkaburg",
        "",
    );
    deliver(&house, &[follow_up, vague("dev@two.example", "Second")]);
    let number = house.case("Blocked since noon")["case"]
        .as_str()
        .unwrap()
        .to_owned();
    house
        .run(&[
            "resolve",
            &number,
            "--code",
            "fixed",
            "--resolution",
            "Jane Roeberg renewed the token and authorised the application anew.",
        ])
        .well();
    assert!(!files_with(&house.path("data"), &TRACES[..1]).is_empty());

    // First what would go.
    let asked = house.run(&["erase", "jane.roe@one.example"]).with(1);
    assert!(
        asked.out.contains("2 mails of jane.roe@one.example"),
        "{}",
        asked.out
    );
    assert_eq!(house.json(&["search", "Quokkaburg"]).len(), 1);
    house
        .run(&["erase", "Jane.Roe+x@one.example", "--yes"])
        .well();

    assert_eq!(
        files_with(&house.path("data"), &TRACES),
        Vec::<String>::new()
    );
    assert!(house.json(&["search", "Quokkaburg"]).is_empty());
    let shown = house.json(&["show", &number]).remove(0);
    assert_eq!(shown["status"], "resolved");
    assert!(
        shown["resolution"]["text"]
            .as_str()
            .unwrap()
            .contains("renewed the token"),
        "{shown}"
    );
    assert_eq!(
        shown["facts"]["fields"]["operation"][0]["value"],
        "getOrders"
    );
    assert!(shown["facts"]["fields"]["seller_id"].is_null(), "{shown}");
    let events = shown["journal"].as_array().unwrap();
    assert_eq!(events.last().unwrap()["event"], "erased");
    // The case goes on answering others.
    let similar = house.json(&["similar", house.case("Second")["case"].as_str().unwrap()]);
    assert!(
        similar
            .iter()
            .any(|precedent| precedent["number"] == number.as_str()
                || precedent["case"] == number.as_str()),
        "{similar:?}"
    );
    house.run(&["explain", "1"]).well();
    house.run(&["show", &number]).well();
    house.run(&["outbox", "list"]).well();
    let doctor = house.json_with(&["doctor", "--offline"], 0);
    assert_eq!(doctor[0]["gap"], 0, "{}", doctor[0]);

    // A subject that is the name of an operation takes no fact with it.
    let robust = Letter::new(
        "short@three.example",
        "getOrders",
        "Hello, getOrders has been answered with 403 since this morning.\n",
    );
    deliver(&house, &[robust]);
    let short = house.case("getOrders")["case"].as_str().unwrap().to_owned();
    house.run(&["erase", "short@three.example", "--yes"]).well();
    let shown = house.json(&["show", &short]).remove(0);
    assert_eq!(
        shown["facts"]["fields"]["operation"][0]["value"], "getOrders",
        "{shown}"
    );
    assert_eq!(shown["status"], "closed", "nobody is left to be answered");

    // Again: nothing more, and nothing comes back.
    let again = house
        .run(&["erase", "jane.roe@one.example", "--yes"])
        .well();
    assert!(again.out.contains("nothing is stored"), "{}", again.out);
    house.run_with_input(&["ingest", "-"], letter).well();
    assert_eq!(house.cases().len(), 3);
    let before = house.json(&["show", &number]).remove(0)["facts"].clone();
    house.run(&["reprocess"]).well();
    assert_eq!(house.json(&["show", &number]).remove(0)["facts"], before);
    house.run(&["reindex"]).well();
    assert!(house.json(&["search", "Quokkaburg"]).is_empty());

    // The budget of the address holds: it had its mail.
    deliver(&house, &[vague("jane.roe@one.example", "Anew")]);
    let anew = house.case("Anew");
    assert_ne!(anew["case"], number.as_str());
    let verdict = verdict_of(&house, 5);
    assert_eq!(verdict["rule"], "budget_address", "{verdict}");
}

#[test]
fn s311_a_person_goes_beside_a_process_at_work_and_nothing_leaves_to_them_any_more() {
    let house = House::empty();
    house.maildir("inbox");
    let key = house.run(&["raw", "key"]).well().out;
    house.write("raw.key", key);
    // Raw mails are sealed: whoever erases must open them to know the names in them.
    house.configure(
        "draft",
        "\n[[source]]\nmaildir = \"inbox\"\n\n[archive]\nkey_file = \"raw.key\"\n",
    );
    house.write(
        "inbox/new/1.host",
        with_name(&of_jane("Blocked since noon")),
    );
    house.write(
        "inbox/new/2.host",
        vague("dev@two.example", "Second").bytes(),
    );
    let mut run = house.start(&["run"]);
    until("both are cases", SOON, || {
        // At first there is no data to be searched.
        let found = house.run(&["--json", "-q", "search", "getOrders"]);
        (found.out.lines().count() == 2).then_some(())
    });
    assert_eq!(house.json(&["outbox", "list", "--state", "draft"]).len(), 2);
    house
        .run(&["erase", "jane.roe@one.example", "--yes"])
        .well();
    until("the index follows", SOON, || {
        house
            .json(&["search", "Quokkaburg"])
            .is_empty()
            .then_some(())
    });
    assert_eq!(house.json(&["outbox", "list", "--state", "draft"]).len(), 1);
    house.run(&["outbox", "approve", "1"]).with(2).says(&["1"]);
    run.terminate();
    assert!(run.end().success());
    house
        .run(&["outbox", "show", "1"])
        .with(2)
        .says(&["was erased"]);
    assert!(house.outgoing().is_empty());
    assert_eq!(house.cases().len(), 2);
    let shown = house.run(&["list"]).well();
    assert!(!shown.out.contains("jane.roe"), "{}", shown.out);
    house
        .run(&["erase", "not an address"])
        .with(2)
        .says(&["not an address"]);
    house
        .run(&["erase", "help@desk.example", "--yes"])
        .with(2)
        .says(&["an address of a desk"]);
}

fn raw_is_there(house: &House, mail: i64) -> bool {
    house.store(async |store| store.raw(MailId(mail)).await.unwrap().is_some())
}

/// What happened to a case was so many days ago.
fn age(house: &House, number: &str, days: i64) {
    let database = house.path("data/precedent.db");
    tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(async move {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
            let mut connection = options.connect().await.unwrap();
            for statement in [
                "UPDATE journal SET at = at - ?1 * 86400000000 WHERE case_number = ?2",
                "UPDATE cases SET updated_at = updated_at - ?1 * 86400000000 WHERE number = ?2",
                "UPDATE mail SET received_at = received_at - ?1 * 86400000000 WHERE id IN
                 (SELECT mail FROM outcome WHERE case_number = ?2)",
            ] {
                sqlx::query(statement)
                    .bind(days)
                    .bind(number)
                    .execute(&mut connection)
                    .await
                    .unwrap();
            }
            connection.close().await.unwrap();
        });
}

/// An answer lies in the folder of outgoing mail under its Message-ID, with the address in it.
#[test]
fn s313_files_of_answers_go_with_the_person_and_the_age_of_a_case_counts_on() {
    let house = House::in_mode("send");
    deliver(
        &house,
        &[
            vague("dev@two.example", "Old"),
            vague("dev@three.example", "New"),
        ],
    );
    assert_eq!(house.outgoing().len(), 2);
    let old = house.case("Old")["case"].as_str().unwrap().to_owned();
    let resolution = ["--code", "fixed", "--resolution", "Renewed the token."];
    house
        .run(&[&["resolve", &old], &resolution[..]].concat())
        .well();
    age(&house, &old, 800);
    // That its bytes went is no news of the case.
    house.configure("send", "\n[retention]\nmail_days = 365\n");
    let gone = house.json(&["retention"]).remove(0);
    assert_eq!(
        (&gone["mails"], &gone["cases"]),
        (&1.into(), &0.into()),
        "{gone}"
    );
    house.configure("send", "\n[retention]\nmail_days = 365\ncase_days = 730\n");
    let gone = house.json(&["retention"]).remove(0);
    assert_eq!(
        (&gone["cases"], &gone["outgoing"]),
        (&1.into(), &1.into()),
        "{gone}"
    );
    assert_eq!(
        files_with(&house.path("data/outgoing"), &["dev@two.example"]),
        Vec::<String>::new()
    );
    assert_eq!(house.outgoing().len(), 1);
}

#[test]
fn s312_old_mail_goes_unless_an_open_case_needs_it() {
    let house = House::empty();
    let inbox = house.maildir("inbox");
    let more =
        "\n[[source]]\nmaildir = \"inbox\"\n\n[retention]\nmail_days = 365\ncase_days = 730\n";
    house.configure("observe", more);
    let newsletter = Letter::new("news@four.example", "Weekly news", "Read this.\n")
        .header("List-Id", "<news.four.example>")
        .header("Precedence", "bulk");
    let mails = [
        (of_jane("Open for long").bytes(), 400),
        (vague("dev@two.example", "Solved last year").bytes(), 400),
        (vague("dev@three.example", "Solved long ago").bytes(), 900),
        (newsletter.bytes(), 400),
        (vague("dev@five.example", "Solved today").bytes(), 1),
    ];
    for (place, (bytes, days)) in mails.into_iter().enumerate() {
        let name = inbox.join(format!("new/{place}.host"));
        std::fs::write(&name, bytes).unwrap();
        let file = std::fs::File::options().write(true).open(&name).unwrap();
        file.set_modified(SystemTime::now() - days * DAY).unwrap();
    }
    house.run(&["ingest", "inbox"]).well();
    for subject in ["Solved last year", "Solved long ago", "Solved today"] {
        let number = house.case(subject)["case"].as_str().unwrap().to_owned();
        house
            .run(&[
                "resolve",
                &number,
                "--code",
                "fixed",
                "--resolution",
                "Renewed the token.",
            ])
            .well();
    }
    let long_ago = house.case("Solved long ago")["case"]
        .as_str()
        .unwrap()
        .to_owned();
    age(&house, &long_ago, 900);
    let would = house.json(&["retention", "--dry-run"]).remove(0);
    assert_eq!(would["mails"], 3, "{would}");
    assert_eq!(would["cases"][0], long_ago.as_str(), "{would}");
    let ids = [1, 2, 3, 4, 5];
    assert!(
        ids.iter().all(|id| raw_is_there(&house, *id)),
        "nothing went yet"
    );

    // A process that works and removes nothing is told of.
    let mut watching = house.start(&["ingest", "--watch", "inbox"]);
    until("the doctor misses it", SOON, || {
        let doctor = house.run(&["doctor", "--offline"]);
        doctor
            .out
            .contains("was not removed for two days")
            .then_some(())
    });
    watching.kill();

    // `run` does it by itself, once a day.
    let mut run = house.start(&["run", "-v"]);
    until("old mail has gone", SOON, || {
        (!raw_is_there(&house, 2)).then_some(())
    });
    until("the people of the old case have gone", SOON, || {
        let shown = house.json(&["show", &long_ago]).remove(0);
        (shown["submitter"] == "").then_some(())
    });
    let late = || {
        let doctor = house.run(&["doctor", "--offline"]);
        doctor.out.contains("was not removed for two days")
    };
    until("the doctor is content", SOON, || (!late()).then_some(()));
    run.terminate();
    assert!(run.end().success());
    let kept: Vec<i64> = ids
        .into_iter()
        .filter(|id| raw_is_there(&house, *id))
        .collect();
    assert_eq!(
        kept,
        [1, 5],
        "the open case and the young mail keep their bytes"
    );
    // What is left of each.
    let solved = house.case("Solved last year");
    assert_eq!(
        solved["submitter"], "dev@two.example",
        "the case is younger than case_days"
    );
    assert_eq!(
        house
            .json(&["search", "submitter:dev@three.example OR dev@three.example"])
            .len(),
        0
    );
    let found = house.json(&["search", "Renewed"]);
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(
        files_with(&house.path("data/index"), &["dev@three.example"]),
        Vec::<String>::new()
    );
    let doctor = house.json_with(&["doctor", "--offline"], 0);
    assert_eq!(doctor[0]["gap"], 0, "{}", doctor[0]);
    let again = house.json(&["retention"]).remove(0);
    assert_eq!(again["mails"], 0, "{again}");
    assert_eq!(again["cases"], 0, "{again}");
    house.run(&["reprocess"]).well();
    let shown = house.json(&["show", &long_ago]).remove(0);
    assert_eq!(shown["resolution"]["text"], "Renewed the token.");
    // Everything is kept where nothing else is said.
    house.configure("observe", "");
    house
        .run(&["retention"])
        .with(2)
        .says(&["keeps everything", "[retention]"]);
}
