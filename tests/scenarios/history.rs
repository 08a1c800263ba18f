//! The history of a desk: old mail and exports of other systems become cases with proposed resolutions.

use std::path::Path;

use serde_json::{Value, json};

use crate::house::House;
use precedent::store::Store;

const DESK: &str = "sp-api-support@desk.example";

/// A mail of years ago.
struct Old<'a> {
    id: &'a str,
    answers: &'a str,
    from: &'a str,
    to: &'a str,
    day: u32,
    subject: &'a str,
    body: &'a str,
}

impl Old<'_> {
    fn text(&self) -> String {
        let answers = if self.answers.is_empty() {
            String::new()
        } else {
            format!("In-Reply-To: <{}>\n", self.answers)
        };
        format!(
            "From: {}\nTo: {}\nSubject: {}\nMessage-ID: <{}>\n{answers}Date: {} Mar 2023 10:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n{}\n",
            self.from, self.to, self.subject, self.id, self.day, self.body
        )
    }
}

const FIX: &str = "Hello Ada,\n\nthe secret of the application expired after 180 days. Create a new one in Developer Central and deploy it; the sellers have nothing to authorise again.\n\nBest regards\nInes";

/// Three threads: one with an answer that helped, one with a question only, one that nobody answered.
fn threads() -> [Old<'static>; 7] {
    let ada = "ada@one.example";
    let ben = "ben@two.example";
    [
        Old {
            id: "a1@one.example",
            answers: "",
            from: ada,
            to: DESK,
            day: 6,
            subject: "invalid_client for all sellers",
            body: "Hello,\n\nsince Sunday every token request of ours ends with invalid_client. Nothing was changed.\n\nAda",
        },
        Old {
            id: "d1@desk.example",
            answers: "a1@one.example",
            from: DESK,
            to: ada,
            day: 7,
            subject: "Re: invalid_client for all sellers",
            body: "Hello Ada,\n\nwhen was the secret made?",
        },
        Old {
            id: "a2@one.example",
            answers: "d1@desk.example",
            from: ada,
            to: DESK,
            day: 8,
            subject: "Re: invalid_client for all sellers",
            body: "In September.\n\n> when was the secret made?",
        },
        Old {
            id: "d2@desk.example",
            answers: "a2@one.example",
            from: DESK,
            to: ada,
            day: 9,
            subject: "Re: invalid_client for all sellers",
            body: FIX,
        },
        Old {
            id: "a3@one.example",
            answers: "d2@desk.example",
            from: ada,
            to: DESK,
            day: 10,
            subject: "Re: invalid_client for all sellers",
            body: "Thank you, it works now.",
        },
        Old {
            id: "b1@two.example",
            answers: "",
            from: ben,
            to: DESK,
            day: 11,
            subject: "getOrders returns nothing",
            body: "Hi,\n\ngetOrders returns an empty list for our German sellers.\n\nBen",
        },
        Old {
            id: "d3@desk.example",
            answers: "b1@two.example",
            from: DESK,
            to: ben,
            day: 12,
            subject: "Re: getOrders returns nothing",
            body: "Hi Ben,\n\ncould you send us one request id?",
        },
    ]
}

fn mbox(mails: &[Old<'_>]) -> String {
    mails
        .iter()
        .map(|mail| {
            format!(
                "From sender@example.org Mon Mar  6 10:00:00 2023\n{}\n",
                mail.text()
            )
        })
        .collect()
}

/// What no import may ever leave behind.
#[track_caller]
fn nothing_leaves(house: &House) {
    for mail in house.outbox() {
        assert_eq!(mail["state"], "withheld", "{mail}");
    }
    assert!(house.outgoing().is_empty());
}

fn proposals(house: &House) -> Vec<Value> {
    house.json(&["proposals", "list"])
}

#[test]
fn s140_an_old_mailbox_becomes_cases_with_proposed_resolutions() {
    let house = House::in_mode("send");
    house.write("old.mbox", mbox(&threads()));
    let told = house.json(&["import", "old.mbox"]);
    assert_eq!(told[0]["read"], 7);
    assert_eq!(told[0]["opened"], 2, "{told:?}");
    assert_eq!(told[0]["proposed"], 1);
    assert_eq!(told[0]["without_answer"], 1);
    nothing_leaves(&house);

    let open = proposals(&house);
    assert_eq!(open.len(), 1);
    let number = open[0]["case"].as_str().unwrap();
    assert!(
        open[0]["text"]
            .as_str()
            .unwrap()
            .contains("expired after 180 days"),
        "{}",
        open[0]
    );
    assert_eq!(open[0]["signals"], json!(["confirmed"]));
    assert!(open[0]["confidence"].as_f64().unwrap() > 0.8);
    let case = house.case("invalid_client for all sellers");
    assert_eq!(case["case"], number);
    assert_eq!(case["status"], "resolved", "by its submitter's word");
    assert!(case["resolution"].is_null(), "{case}");
    let shown = house.run(&["show", number]).well().out;
    assert!(
        shown.contains("Proposed resolution, not confirmed: 85 % (confirmed)"),
        "{shown}"
    );
    assert!(shown.contains(&format!("own from {DESK}")), "{shown}");

    // No precedent until somebody says so.
    house.write("new.eml", "From: c@three.example\nTo: sp-api-support@desk.example\nSubject: invalid_client\n\nEvery token request ends with invalid_client.\n");
    assert!(house.json(&["similar", "new.eml"]).is_empty());
    let again = house.json(&["import", "old.mbox"]);
    assert_eq!(again[0]["opened"], 0);
    assert_eq!(again[0]["proposed"], 0);

    house
        .run(&["proposals", "confirm", "--above", "0.8", "--by", "ines"])
        .well();
    let found = house.json(&["similar", "new.eml"]);
    assert_eq!(found[0]["case"], number);
    assert_eq!(found[0]["resolution_code"], "fixed");
    assert_eq!(found[0]["resolved_at"], "2023-03-09T10:00:00Z");
    assert!(proposals(&house).is_empty());
    let case = &house.json(&["show", number])[0];
    let resolved = case["journal"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["event"] == "resolved")
        .unwrap();
    assert_eq!(resolved["detail"]["by"], "ines");
    house.json(&["import", "old.mbox"]);
    assert!(proposals(&house).is_empty());
    nothing_leaves(&house);
}

#[test]
fn s141_inbox_and_sent_mail_may_come_one_after_the_other() {
    let house = House::in_mode("send");
    let maildir = house.maildir("inbox");
    for (place, mail) in threads().iter().enumerate() {
        // A colleague writes under his own address.
        let text = mail.text().replace(DESK, "ines.falk@desk.example");
        if mail.from == DESK {
            house.write(&format!("sent/{place}.eml"), text);
        } else {
            let text = mail
                .text()
                .replace("In-Reply-To: <d", "References: <a1@one.example> <d");
            std::fs::write(maildir.join(format!("cur/{place}.host:2,S")), text).unwrap();
        }
    }
    let told = house.run(&["import", "inbox"]).well();
    assert!(told.err.contains("sent mail"), "{}", told.err);
    assert!(proposals(&house).is_empty());
    // Without its name the colleague's mail would be a customer's.
    house
        .run(&["import", "sent", "--desk-address", "falk"])
        .with(2)
        .says(&["@example.com"]);
    let told = house.json(&["import", "sent", "--desk-address", "@desk.example"]);
    assert_eq!(told[0]["opened"], 0, "{told:?}");
    assert_eq!(told[0]["proposed"], 1, "{told:?}");
    assert!(
        proposals(&house)[0]["text"]
            .as_str()
            .unwrap()
            .contains("180 days")
    );
    nothing_leaves(&house);
}

/// New mail that another process handed over while an import held the store.
#[test]
fn s148_who_was_the_desk_once_counts_for_old_mail_alone() {
    let house = House::in_mode("send");
    house.run(&["import", "samples-none"]).with(2);
    let sent = &threads()[1];
    house.write("sent/1.eml", sent.text());
    let waiting = crate::letter::vague("ines.falk@desk.example", "A colleague asks").bytes();
    house.write_store(async |store| {
        let mail = crate::house::handed_over(&waiting);
        store.archive(&[mail], &[]).await.unwrap();
    });
    house
        .run(&["import", "sent", "--desk-address", "@desk.example"])
        .well();
    let case = house.case("A colleague asks");
    assert_eq!(case["submitter"], "ines.falk@desk.example");
    assert_eq!(house.outgoing().len(), 1, "what waited is answered as ever");
}

#[test]
fn s142_a_proposal_is_confirmed_with_other_words_or_rejected_for_good() {
    let house = House::in_mode("observe");
    let export =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/history/zendesk-tickets.jsonl");
    let import = [
        "import",
        export.to_str().unwrap(),
        "--map",
        "zendesk",
        "--desk",
        "google-ordering",
    ];
    house.run(&import).well();
    let open = proposals(&house);
    assert_eq!(open.len(), 4);
    let least = open.last().unwrap();
    let (first, second) = (
        open[0]["case"].as_str().unwrap(),
        least["case"].as_str().unwrap(),
    );
    house
        .run(&[
            "proposals",
            "confirm",
            second,
            "--code",
            "guidance",
            "--resolution",
            "Update the Fee entity; token Atza|IwEBIAbcdefghijklmnopqrstuvwxyz0123456789.",
        ])
        .well();
    let case = &house.json(&["show", second])[0];
    let resolution = case["resolution"].to_string();
    assert!(
        resolution.contains("Update the Fee entity") && !resolution.contains("abcdefghijk"),
        "{resolution}"
    );
    house
        .run(&["proposals", "reject", first, "--by", "pavel"])
        .well();
    // Importing again brings neither back.
    house.run(&import).well();
    assert_eq!(proposals(&house).len(), 2);
    house
        .run(&["proposals", "confirm", first])
        .with(1)
        .says(&["rejected by pavel", "precedent resolve"]);
    house
        .run(&["proposals", "confirm", second, "GOI-9999"])
        .with(1)
        .says(&["resolved already", "no such case"]);
    house
        .run(&["proposals", "confirm", "--above", "80"])
        .with(2)
        .says(&["between 0 and 1"]);
    house
        .run(&["proposals", "list", "--state", "done"])
        .with(2)
        .says(&["open, nothing, confirmed, rejected"]);
    let shown = house.run(&["proposals", "show", first]).well().out;
    assert!(shown.contains("rejected by pavel"), "{shown}");
}

#[test]
fn s143_every_export_of_the_samples_is_taken_once() {
    let house = House::in_mode("send");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/history");
    for (file, map, desk, added, proposed, skipped) in [
        ("zammad-tickets.json", "zammad", "amazon-sp-api", 4, 4, 2),
        (
            "zendesk-tickets.jsonl",
            "zendesk",
            "google-ordering",
            5,
            4,
            1,
        ),
        ("jira-issues.csv", "jira", "amazon-sp-api", 4, 4, 2),
        ("github-issues.json", "github", "google-ordering", 4, 3, 2),
    ] {
        let path = folder.join(file);
        let import = [
            "import",
            path.to_str().unwrap(),
            "--map",
            map,
            "--desk",
            desk,
        ];
        let told = &house.json(&import)[0];
        assert_eq!(told["tickets"], 6, "{file}");
        assert_eq!(told["added"], added, "{file}: {told}");
        assert_eq!(told["proposed"], proposed, "{file}: {told}");
        let left: u64 = told["skipped"]
            .as_object()
            .unwrap()
            .values()
            .map(|count| count.as_u64().unwrap())
            .sum();
        assert_eq!(left, skipped, "{file}: {told}");
        let again = &house.json(&import)[0];
        assert_eq!(again["unchanged"], added, "{file}: {again}");
        assert_eq!(again["proposed"], 0, "{file}: {again}");
    }
    // Facts are read out of the text, as of a mail.
    let found = house.json(&["search", "operation:createDestination"]);
    assert!(!found.is_empty());
    nothing_leaves(&house);
    let all = house
        .run(&["proposals", "confirm", "--above", "0.8"])
        .well();
    assert!(all.out.contains("cases confirmed"), "{}", all.out);
}

#[test]
fn s144_wrong_rows_are_named_with_their_place_and_cost_nothing_else() {
    let house = House::in_mode("observe");
    let row = |number: &str, created: &str| {
        format!(
            "{number},getOrders 403 {number},{created},2024-03-12 10:00,x.y,\"getOrders fails, with 403\",\"2024-03-12 09:00;ines;The role was missing, it is granted now; try again.\"\n"
        )
    };
    let csv = format!(
        "Key,Title,Created,Done,Who,Text,Note\n{}{}short,row\n{}",
        row("T-1", "2024-03-11 10:00"),
        row("T-2", "last week"),
        row("T-3", "2024-03-11 11:00"),
    );
    house.write("old.csv", csv);
    house.write(
        "map.toml",
        r#"
format = 1
name = "old-desk"
shape = "csv"
number = "Key"
subject = "Title"
submitter = "Who"
opened = "Created"
solved = "Done"
fields = { marketplace = "Market" }
[problem]
path = "Text"
[time]
format = "%Y-%m-%d %H:%M"
zone = "Europe/Berlin"
[messages]
path = "Note"
cell = { separator = ";", parts = ["at", "author", "body"] }
at = "at"
text = ["body"]
by_desk = [{ path = "author", differs_from = ["Who"] }]
by_submitter = [{ path = "author", same_as = ["Who"] }]
"#,
    );
    let arguments = [
        "import",
        "old.csv",
        "--map",
        "map.toml",
        "--desk",
        "amazon-sp-api",
    ];
    let told = house.run(&arguments).with(1);
    for words in [
        "old.csv:3: ticket T-2: at \"Created\": the time \"last week\"",
        "old.csv:4: 2 cells where the first line names 7",
    ] {
        assert!(told.err.contains(words), "{words:?} in {}", told.err);
    }
    let open = proposals(&house);
    assert_eq!(open.len(), 2);
    assert_eq!(open[0]["answered_at"], "2024-03-12T08:00:00Z");

    house
        .run(&["import", "old.csv", "--map", "map.toml"])
        .with(2)
        .says(&["--desk", "google-ordering"]);
    house
        .run(&[
            "import",
            "old.csv",
            "--map",
            "freshdesk",
            "--desk",
            "generic",
        ])
        .with(2)
        .says(&["zammad, zendesk, jira, github"]);
    let other = std::fs::read_to_string(house.path("old.csv"))
        .unwrap()
        .replacen("Key,Title,", "Kex,title,", 1);
    house.write("other.csv", other);
    house
        .run(&[
            "import",
            "other.csv",
            "--map",
            "map.toml",
            "--desk",
            "generic",
        ])
        .with(2)
        .says(&[
            "other.csv",
            "line 1: there is no column \"Key\", which `number` of the map names; did you mean \"Kex\"?",
            "there is no column \"Title\"",
            "did you mean \"title\"?",
        ]);
    house.write(
        "times.json",
        r#"[{"id": 1, "number": 4, "title": "a", "state": "CLOSED", "createdAt": "yesterday", "closedAt": "2024-05-01T10:00:00Z"}, 7]"#,
    );
    house
        .run(&[
            "import",
            "times.json",
            "--map",
            "github",
            "--desk",
            "generic",
        ])
        .with(1)
        .says(&[
            "times.json:1 (record 1): ticket 4: at \"createdAt\": the time \"yesterday\"",
            "times.json:1 (record 2): ",
        ]);
    house.write("broken.toml", "format = 1\nnumer = \"Key\"\n");
    house
        .run(&[
            "import",
            "old.csv",
            "--map",
            "broken.toml",
            "--desk",
            "generic",
        ])
        .with(2)
        .says(&["broken.toml", "numer"]);
    house.write("list.json", "[{\"id\": 1}]");
    house.run(&["import", "list.json"]).with(2).says(&["--map"]);
    house.write("cut.json", "[{\"id\": 1}, {\"id\":");
    house
        .run(&[
            "import", "cut.json", "--map", "zendesk", "--desk", "generic",
        ])
        .with(2)
        .says(&["cut.json", "line 1", "whole"]);
    house
        .run(&["import", "--folder", "Sent"])
        .with(2)
        .says(&["--account"]);
}

#[test]
fn s145_a_secret_in_an_old_ticket_is_told_to_nobody() {
    let house = House::in_mode("observe");
    let secret = "Atza|IwEBIAbcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP";
    let ticket = json!({
        "id": 9, "subject": format!("token {secret} refused"), "status": "closed",
        "created_at": "2024-01-01T00:00:00Z", "description": format!("We send {secret} and get 403."),
        "requester": {"id": 1, "email": "a@one.example"},
        "comments": [{"author_id": 2, "public": true, "created_at": "2024-01-02T00:00:00Z",
            "plain_body": format!("Your token {secret} has expired, please refresh it before each call.")}],
    });
    house.write("one.json", json!({"tickets": [ticket]}).to_string());
    house
        .run(&[
            "import",
            "one.json",
            "--map",
            "zendesk",
            "--desk",
            "amazon-sp-api",
        ])
        .well();
    let number = proposals(&house)[0]["case"].as_str().unwrap().to_owned();
    for arguments in [
        vec!["proposals", "list"],
        vec!["proposals", "show", &number],
        vec!["show", &number],
    ] {
        let out = house
            .run(&[&["--json"], &arguments[..]].concat())
            .well()
            .out;
        assert!(!out.contains("abcdefghijk"), "{arguments:?}: {out}");
    }
    let database = std::fs::read(house.path("data/precedent.db")).unwrap();
    assert!(memchr::memmem::find(&database, b"abcdefghijklmnopqrstuvwxyz0123456789").is_none());
}

#[test]
fn s146_an_import_that_was_killed_ends_as_if_it_had_not_been() {
    let mails: String = (0..60)
        .map(|number| {
            mbox(&threads())
                .replace("one.example", &format!("one{number}.example"))
                .replace("two.example", &format!("two{number}.example"))
                .replace("<d", &format!("<{number}d"))
        })
        .collect();
    let whole = House::in_mode("send");
    whole.write("old.mbox", &mails);
    let took = whole.run(&["import", "old.mbox"]).well().took;
    let told = |house: &House| {
        let mut told: Vec<String> = house
            .json(&["proposals", "list", "--limit", "1000"])
            .iter()
            .map(|proposal| {
                format!(
                    "{} {} {}",
                    proposal["case"], proposal["confidence"], proposal["text"]
                )
            })
            .collect();
        told.sort();
        told
    };
    let expected = told(&whole);
    assert_eq!(expected.len(), 60);
    let house = House::in_mode("send");
    house.write("old.mbox", &mails);
    let mut killed = 0;
    for part in [0.15, 0.4, 0.6, 0.8, 0.95] {
        let mut running = house.start(&["import", "old.mbox"]);
        if running.end_within(took.mul_f64(part)).is_none() {
            killed += u32::from(running.kill());
        }
    }
    assert!(killed > 0, "it was never killed");
    house.run(&["import", "old.mbox"]).well();
    assert_eq!(told(&house), expected);
    nothing_leaves(&house);
}
