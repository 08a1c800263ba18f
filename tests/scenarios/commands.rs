//! Commands as a person types them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::house::House;
use crate::letter::vague;

/// Sample mails that machines wrote, by the name of their file.
fn automatic_samples() -> BTreeSet<String> {
    sample_names()
        .into_iter()
        .filter(|name| name.split('-').nth(1) == Some("auto"))
        .collect()
}

fn sample_names() -> BTreeSet<String> {
    std::fs::read_dir("samples/inbox")
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            Some(name.strip_suffix(".eml")?.to_owned())
        })
        .collect()
}

fn number(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn s01_the_demo_runs_in_an_empty_folder_and_again() {
    let house = House::empty();
    let names = sample_names();
    assert!(names.len() >= 60);
    let first = house.run(&["demo"]).well();
    assert!(
        first.out.lines().count() >= names.len(),
        "a line for each mail and a case in full"
    );
    assert!(first.out.contains("Try next"), "{}", first.out);

    let rows = house.run(&["--json", "demo"]).well().json();
    let told: BTreeSet<String> = rows.iter().map(|row| number(&row["mail"])).collect();
    assert_eq!(told, names);
    for row in &rows {
        assert!(row["quarantined"].is_null(), "{row}");
        if row["kind"] == "human" {
            assert!(row["case"].is_string(), "{row}");
        } else {
            assert_ne!(row["verdict"]["kind"], "send", "{row}");
        }
    }
    let automatic = automatic_samples();
    assert!(!automatic.is_empty());
    for row in rows
        .iter()
        .filter(|row| automatic.contains(&number(&row["mail"])))
    {
        assert_eq!(row["verdict"]["kind"], "withhold", "{row}");
    }

    let counts = |house: &House| {
        let config = ["--config", "precedent-demo/precedent.toml"];
        let lines = |arguments: &[&str]| house.json(&[&config[..], arguments].concat()).len();
        (
            lines(&["list", "--limit", "100000"]),
            lines(&["outbox", "list", "--limit", "100000"]),
            std::fs::read_dir(house.path("precedent-demo/data/outgoing"))
                .unwrap()
                .count(),
        )
    };
    let before = counts(&house);
    let second = house.run(&["demo"]).well();
    assert_eq!(first.out, second.out);
    assert_eq!(before, counts(&house));
    assert!(before.1 > 0 && before.2 > 0);
}

#[test]
fn s02_the_demonstration_does_not_touch_a_folder_that_holds_something_else() {
    let house = House::empty();
    house.write("mine/notes.txt", "mine");
    house
        .run(&["demo", "--folder", "mine"])
        .with(2)
        .says(&["holds something else", "--folder"]);
    assert_eq!(std::fs::read_dir(house.path("mine")).unwrap().count(), 1);
}

#[test]
fn s03_every_command_on_the_demonstrations_data_speaks_to_people_and_to_programs() {
    let house = House::empty();
    house.run(&["--quiet", "demo"]).well();
    let config = ["--config", "precedent-demo/precedent.toml"];
    let cases = house.json(&[&config[..], &["list"]].concat());
    let waiting = cases
        .iter()
        .find(|case| case["status"] == "waiting")
        .expect("something was asked");
    let case = number(&waiting["case"]);
    let sent = house.json(&[&config[..], &["outbox", "list", "--state", "sent"]].concat());
    let outbox = sent[0]["id"].to_string();
    let mail = sent[0]["mail"].to_string();
    for (arguments, lines_at_least) in [
        (vec!["list"], 50),
        (vec!["list", "--status", "incomplete"], 1),
        (vec!["list", "--desk", "google-ordering", "--limit", "3"], 3),
        (vec!["show", &case], 1),
        (vec!["search", "getOrders"], 1),
        (vec!["search", "error:429 -resolved"], 1),
        (vec!["search", "--", "-resolved", "error:429"], 1),
        (vec!["search", "getOrders", "--facet", "status"], 2),
        (vec!["similar", &case], 1),
        (vec!["outbox", "list"], 1),
        (vec!["explain", &mail], 1),
        (vec!["quarantine", "list"], 0),
        (vec!["profile", "list"], 3),
    ] {
        let plain = house.run(&[&config[..], &arguments].concat()).well();
        assert!(
            plain.out.lines().count() >= lines_at_least,
            "{arguments:?}: {}",
            plain.out
        );
        let lines = house.json(&[&config[..], &arguments].concat());
        assert!(lines.len() >= lines_at_least, "{arguments:?}: {lines:?}");
        assert!(lines.iter().all(Value::is_object), "{arguments:?}");
    }
    // A flag after the query is a flag, not a word of it.
    let limited = house.json(&[&config[..], &["search", "getOrders", "--limit", "1"]].concat());
    assert_eq!(limited.len(), 1);
    let shown = house
        .run(&[&config[..], &["outbox", "show", &outbox]].concat())
        .well();
    assert!(shown.out.contains("Auto-Submitted: auto-replied"));

    let resolved = house.json(
        &[
            &config[..],
            &[
                "resolve",
                &case,
                "--code",
                "fixed",
                "--resolution",
                "The role was missing; the seller authorised anew.",
            ],
        ]
        .concat(),
    );
    assert_eq!(resolved[0]["status"], "resolved");
    let found = house.json(&[&config[..], &["search", "seller authorised anew"]].concat());
    assert!(found.iter().any(|hit| hit["case"] == case.as_str()));
    house
        .run(
            &[
                &config[..],
                &["resolve", "SP-9999", "--code", "fixed", "--resolution", "x"],
            ]
            .concat(),
        )
        .with(2)
        .says(&["SP-9999"]);
    house
        .run(
            &[
                &config[..],
                &["resolve", &case, "--code", "fixd", "--resolution", "x"],
            ]
            .concat(),
        )
        .with(2)
        .says(&["fixd", "not_reproducible"]);
}

#[test]
fn s04_a_question_about_what_is_not_there_is_answered_with_what_to_do() {
    let house = House::in_mode("observe");
    for arguments in [
        &["list"][..],
        &["show", "SP-1001"],
        &["outbox", "list"],
        &["quarantine", "list"],
        &["explain", "1"],
    ] {
        house
            .run(arguments)
            .with(2)
            .says(&["no data", "hint:", "ingest"]);
    }
    house
        .run(&["search", "x"])
        .with(2)
        .says(&["no data", "hint:", "ingest"]);
    assert!(
        !house.path("data").exists(),
        "reading commands make no folder"
    );
    house.write("mail.eml", vague("a@one.example", "First").bytes());
    house.run(&["ingest", "mail.eml"]).well();
    house
        .run(&["show", "SP-4711"])
        .with(2)
        .says(&["SP-4711", "list"]);
    house.run(&["explain", "77"]).with(2).says(&["77"]);
    house.run(&["outbox", "show", "77"]).with(2).says(&["77"]);
    house
        .run(&["quarantine", "show", "77"])
        .with(2)
        .says(&["77", "quarantine list"]);
    house
        .run(&["list", "--status", "open"])
        .with(2)
        .says(&["open", "incomplete"]);
    house
        .run(&["search", "operaton:getOrders"])
        .with(2)
        .says(&["column", "^"]);
}

/// Every subcommand with the words that lead to it.
const SUBCOMMANDS: &[&[&str]] = &[
    &[],
    &["demo"],
    &["run"],
    &["ingest"],
    &["import"],
    &["inspect"],
    &["list"],
    &["show"],
    &["search"],
    &["similar"],
    &["resolve"],
    &["explain"],
    &["outbox"],
    &["outbox", "list"],
    &["outbox", "show"],
    &["outbox", "approve"],
    &["outbox", "discard"],
    &["quarantine"],
    &["quarantine", "list"],
    &["quarantine", "show"],
    &["quarantine", "retry"],
    &["reindex"],
    &["reprocess"],
    &["profile"],
    &["profile", "check"],
    &["profile", "list"],
    &["profile", "show"],
    &["eval"],
    &["eval", "triage"],
    &["eval", "similar"],
    &["init"],
    &["completions"],
];

#[test]
fn s12_what_is_misspelt_is_told_with_what_there_is() {
    let house = House::in_mode("observe");
    house.write("mail.eml", vague("a@one.example", "First").bytes());
    house.run(&["ingest", "mail.eml"]).well();
    house
        .run(&["list", "--desk", "nope"])
        .with(2)
        .says(&["nope", "amazon-sp-api", "generic"]);
    let found = house.run(&["search", "seler_id:A1"]).well();
    assert!(
        found.err.contains("did you mean `seller_id:`?"),
        "{}",
        found.err
    );
    let found = house
        .run(&["search", "operation:getOrders", "https://x.example"])
        .well();
    assert!(!found.err.contains("did you mean"), "{}", found.err);
    // A profile's problems with their places, for programs.
    let wrong = "format = 1\nname = \"x\"\ntitle = { en = \"X\" }\ncase_prefix = \"X\"\nlanguages = [\"en\"]\ndefault_language = \"en\"\n\n[judgements]\nbase = \"common\"\n\n[[judgements.issue_type]]\nname = \"a\"\n\n[[judgements.issue_type]]\nname = \"a\"\n";
    house.write("wrong.toml", wrong);
    let checked = house.json_with(&["profile", "check", "wrong.toml"], 1);
    assert_eq!(checked[0]["right"], false);
    let problem = &checked[0]["problems"][0];
    assert_eq!(problem["line"], 15, "{checked:?}");
    assert_eq!(problem["column"], 8);
    // Right in itself, with a question that nothing asks.
    let mute = wrong.replace("\n[[judgements.issue_type]]\nname = \"a\"\n", "")
        + "\n[wording.en.ask.shoe_size]\nlabel = \"Shoe size\"\nquestion = \"Which size?\"\nexample = \"42\"\n";
    house.write("mute.toml", mute);
    let checked = house.json_with(&["profile", "check", "mute.toml"], 1);
    let problem = &checked[0]["problems"][0];
    assert!(
        problem["message"]
            .as_str()
            .unwrap()
            .contains("wording.en.ask.shoe_size"),
        "{checked:?}"
    );
    assert_eq!(problem["line"], 11, "{checked:?}");
    // A configuration that names a profile that is not there, whichever command reads it.
    house.write(
        "typo.toml",
        "format = 1\n[[desk]]\nname = \"a\"\nprofile = \"genric\"\n",
    );
    for command in [&["list"][..], &["inspect", "mail.eml"], &["search", "x"]] {
        let mut all = vec!["--config", "typo.toml"];
        all.extend(command);
        let ended = house.run(&all).with(2);
        assert!(ended.err.contains("typo.toml:4:11"), "{}", ended.err);
        assert!(
            ended.err.contains("did you mean `generic`?"),
            "{}",
            ended.err
        );
    }
}

#[test]
fn s13_an_outgoing_mail_is_shown_as_its_reader_sees_it_or_as_it_is() {
    let house = House::in_mode("draft");
    house.write("mail.eml", vague("a@one.example", "First").bytes());
    house.run(&["ingest", "mail.eml"]).well();
    let shown = house.run(&["outbox", "show", "1"]).well();
    assert!(shown.out.contains("To: a@one.example"), "{}", shown.out);
    assert!(
        !shown.out.contains("Content-Transfer-Encoding"),
        "{}",
        shown.out
    );
    let raw = house.run(&["outbox", "show", "1", "--raw"]).well();
    assert!(raw.out.contains("Content-Transfer-Encoding"), "{}", raw.out);
    let object = &house.json(&["outbox", "show", "1"])[0];
    assert_eq!(object["state"], "draft");
    assert!(shown.out.contains(object["text"].as_str().unwrap().trim()));
}

#[test]
fn s05_each_subcommand_has_help_that_names_its_arguments() {
    let house = House::empty();
    for words in SUBCOMMANDS {
        let help = house.run(&[words, &["--help"][..]].concat()).well();
        assert!(help.out.contains("Usage:"), "{words:?}");
        assert!(help.out.contains("--json"), "{words:?}");
    }
    let help = house.run(&["--help"]).well();
    for words in SUBCOMMANDS.iter().filter(|words| words.len() == 1) {
        assert!(help.out.contains(&format!("  {}", words[0])), "{words:?}");
    }
}

#[test]
fn s06_completions_exist_for_each_shell() {
    let house = House::empty();
    // A wrong configuration does not keep anybody from completions.
    house.write("precedent.toml", "nonsense");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = house.run(&["completions", shell]).well();
        assert!(ended.out.contains("quarantine"), "{shell}");
    }
}

#[test]
fn s07_init_writes_a_configuration_that_works_and_never_overwrites_one() {
    let house = House::empty();
    house.run(&["init"]).well();
    let written = std::fs::read(house.path("precedent.toml")).unwrap();
    house.write("mail.eml", vague("a@one.example", "First").bytes());
    house.run(&["ingest", "mail.eml"]).well();
    assert_eq!(house.cases().len(), 1);
    house
        .run(&["init"])
        .with(2)
        .says(&["precedent.toml", "already"]);
    assert_eq!(
        std::fs::read(house.path("precedent.toml")).unwrap(),
        written
    );
    house
        .run(&["init", "no/such/folder/precedent.toml"])
        .with(2)
        .says(&["no/such/folder"]);
}

#[test]
fn s17_check_looks_whether_a_maildir_can_be_read() {
    let house = House::empty();
    let source = |name: &str| format!("[[source]]\nmaildir = \"{name}\"\n");
    house.configure("observe", &source("no-such-folder"));
    let ended = house.run(&["check"]).with(1);
    assert!(ended.out.contains("no-such-folder/new"), "{}", ended.out);
    house.maildir("mail");
    std::fs::write(house.path("mail/new/1"), "From: a@one.example\n\nx\n").unwrap();
    house.configure("observe", &source("mail"));
    let ended = house.run(&["check"]).well();
    assert!(ended.out.contains("1 mails in new"), "{}", ended.out);
    assert_eq!(house.json(&["check"])[0]["new"], 1);
}

#[test]
fn s08_the_built_in_profiles_are_right_and_can_be_taken_as_a_start() {
    let house = House::empty();
    let names = ["amazon-sp-api", "google-ordering", "generic"];
    house
        .run(&[&["profile", "check"][..], &names].concat())
        .well();
    for name in names {
        let source = house.run(&["profile", "show", name]).well();
        house.write(&format!("{name}.toml"), &source.out);
        house
            .run(&["profile", "check", &format!("{name}.toml")])
            .well();
    }
    house
        .run(&["profile", "show", "amazon"])
        .with(2)
        .says(&["amazon", "generic"]);
    house
        .run(&["profile", "check", "nowhere.toml"])
        .with(1)
        .says(&["nowhere.toml"]);
}

#[test]
fn s08b_the_worked_example_of_a_desk_of_ones_own_yields_what_its_labels_say() {
    let house = House::empty();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/printing");
    let config = format!("{folder}/precedent.toml");
    let mails = format!("{folder}/mails");
    let scores = &house.json(&["--config", &config, "eval", "triage", &mails])[0];
    assert_eq!(scores["mails"], 6);
    for (key, counts) in scores["values"].as_object().unwrap() {
        assert_eq!(counts["f1"], 1.0, "{key}");
    }
    for (key, judged) in scores["judgements"].as_object().unwrap() {
        assert_eq!(judged["right"], judged["of"], "{key}");
    }
}

#[test]
fn s08c_why_explains_what_was_taken_refused_and_judged() {
    let house = House::empty();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/inbox");
    let mail = format!("{folder}/223-en-forbidden-exception-only.eml");
    let why = |name: &str| house.run(&["inspect", "--why", name, &mail]).well().out;
    assert!(why("operation").contains("getMessagingActionsForOrder  because"));
    assert!(why("persists").contains("\"still does\""));
    assert!(why("application_id").contains("requirement application_id: missing"));
    assert!(why("no_such_thing").contains("nothing is known of `no_such_thing`"));
    let all = house.json(&["inspect", "--why", "all", &mail]);
    let names = |name: &str| {
        all[0]["why"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["name"] == name)
    };
    assert!(names("marketplace") && names("said.persists") && names("action"));
}

#[test]
fn s09_inspect_touches_nothing() {
    let house = House::in_mode("send");
    house.write("mail.eml", vague("a@one.example", "First").bytes());
    let seen = house.json(&["inspect", "mail.eml"]);
    assert_eq!(seen[0]["kind"], "human");
    assert_eq!(seen[0]["fields"]["operation"][0], "getOrders");
    let piped = house
        .run_with_input(
            &["--json", "inspect", "-"],
            vague("a@one.example", "First").bytes(),
        )
        .well();
    assert_eq!(piped.json()[0]["missing"], seen[0]["missing"]);
    assert!(!house.path("data").exists());
}

#[test]
fn s10_reprocessing_changes_nothing_when_nothing_changed_and_writes_to_nobody() {
    let house = House::in_mode("send");
    house.run(&["--quiet", "demo", "--folder", "demo"]).well();
    let config = ["--config", "demo/precedent.toml"];
    let all = |what: &[&str]| house.json(&[&config[..], what].concat());
    let cases = all(&["list", "--limit", "100000"]);
    let outbox = all(&["outbox", "list", "--limit", "100000"]);
    let found = all(&["search", "getOrders"]);
    let ended = house.run(&[&config[..], &["reprocess"]].concat()).well();
    assert!(ended.out.contains(" 0 cases changed"), "{}", ended.out);
    assert_eq!(all(&["list", "--limit", "100000"]), cases);
    assert_eq!(all(&["outbox", "list", "--limit", "100000"]), outbox);
    assert_eq!(all(&["search", "getOrders"]), found);
    let one = number(&cases[0]["case"]);
    house
        .run(&[&config[..], &["reprocess", &one]].concat())
        .well();
    assert_eq!(all(&["outbox", "list", "--limit", "100000"]), outbox);
    house
        .run(&[&config[..], &["reprocess", "SP-4711"]].concat())
        .with(2)
        .says(&["SP-4711"]);
}

fn solved(number: u32, subject: &str) -> String {
    serde_json::json!({
        "number": format!("OLD-{number}"), "desk": "amazon-sp-api", "language": "en", "subject": subject,
        "text": format!("getOrders answers 403, {subject}"), "from": "dev@old.example",
        "opened": "2024-05-01T10:00:00Z", "resolved": "2024-05-02T10:00:00Z",
        "fields": {"operation": ["getOrders"], "http_status": ["403"]},
        "resolution": format!("The role was missing ({number})."), "resolution_code": "fixed",
    })
    .to_string()
}

#[test]
fn s11_an_import_causes_no_mail_tells_wrong_lines_and_adds_nothing_twice() {
    let house = House::in_mode("send");
    let lines = [
        solved(1, "pelican crossing"),
        "{\"subject\": \"cut off".to_owned(),
        solved(2, "walrus parade"),
        String::new(),
        solved(3, "x").replace("amazon-sp-api", "no-such-desk"),
        solved(4, "x").replace("\"fixed\"", "\"solved\""),
        solved(5, "x").replace("\"language\"", "\"lang\""),
        solved(6, "otter assembly"),
    ];
    // As another system wrote it: with a byte order mark, and a line that is not UTF-8.
    let mut bytes = format!("\u{feff}{}\n", lines.join("\n")).into_bytes();
    bytes.extend(solved(7, "caf").bytes().flat_map(|byte| match byte {
        b'f' => vec![byte, 0xe9],
        byte => vec![byte],
    }));
    house.write("solved.jsonl", bytes);
    let ended = house.run(&["import", "solved.jsonl"]).with(1);
    assert!(
        ended.out.starts_with("3 solved cases added"),
        "{}",
        ended.out
    );
    for (line, words) in [
        (2, "EOF"),
        (5, "no-such-desk"),
        (6, "solved"),
        (7, "lang"),
        (9, "not JSON at column"),
    ] {
        let told = ended
            .err
            .lines()
            .find(|told| told.contains(&format!("solved.jsonl:{line}:")))
            .unwrap_or_else(|| panic!("line {line}: {}", ended.err));
        assert!(told.contains(words), "{told}");
    }
    let again = house.json_with(&["import", "solved.jsonl"], 1);
    assert_eq!(again[0]["added"], 0);
    assert_eq!(again[0]["unchanged"], 3);
    assert_eq!(again[0]["problems"].as_array().unwrap().len(), 5);
    assert!(house.outbox().is_empty());
    assert!(house.outgoing().is_empty());
    let hits = house.json(&["search", "walrus"]);
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0]["resolution"], "The role was missing (2).");
    assert!(house.cases().is_empty(), "imported cases are not one's own");
    let typed = r#"{"subject": "a", "text": "b", "resolution": "c", "#;
    house.write(
        "types.jsonl",
        format!("{typed}\"fields\": {{\"operation\": \"getOrders\"}}}}\n{typed}\"opened\": \"May\"}}\n[1]\n"),
    );
    house.run(&["import", "types.jsonl"]).with(1).says(&[
        "types.jsonl:1: at `fields.operation`: ",
        "types.jsonl:2: at `opened`: ",
        "types.jsonl:3: a line must be one JSON object",
    ]);
    // A file of something else is not told line by line.
    house.write("log.txt", "2026-01-01 nothing\n".repeat(500));
    let ended = house.run(&["import", "log.txt"]).with(1);
    assert!(ended.err.lines().count() < 30, "{}", ended.err);
    ended.says(&["480 more", "one JSON object a line"]);
    // They serve as precedents.
    house.write("mail.eml", vague("a@one.example", "First").bytes());
    house.run(&["ingest", "mail.eml"]).well();
    let number = number(&house.case("First")["case"]);
    assert!(!house.json(&["similar", &number]).is_empty());
}
