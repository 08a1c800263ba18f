//! What engineers say of precedents, and what it changes.

use serde_json::{Value, json};

use crate::house::House;
use crate::letter::Letter;

/// A solved case about getOrders, as `import` takes it.
fn solved(number: &str, words: &str, resolution: &str) -> String {
    json!({
        "number": number, "desk": "amazon-sp-api", "language": "en",
        "subject": format!("getOrders 403 {words}"),
        "text": format!("getOrders answers 403 Unauthorized. {words}. Ask joan@seller.example."),
        "opened": "2024-01-01T08:00:00Z", "resolved": "2024-01-02T08:00:00Z",
        "issue_type": "api_error", "fields": {"operation": ["getOrders"], "http_status": ["403"]},
        "resolution": resolution,
    })
    .to_string()
}

/// A desk with four precedents and two open cases of the same kind.
fn desk() -> (House, String, String) {
    let house = House::in_mode("observe");
    let lines = [
        solved("1", "after the role changed", "Grant the role again."),
        solved(
            "2",
            "after the token expired",
            "Refresh the token, says joan@seller.example.",
        ),
        solved(
            "3",
            "since the move to another region",
            "Use the endpoint of the region.",
        ),
        solved(
            "4",
            "since Monday",
            "The seller had withdrawn the authorisation.",
        ),
    ];
    let file = house.write("solved.jsonl", lines.join("\n"));
    house.run(&["import", file.to_str().unwrap()]).well();
    for (name, from) in [("a", "a@one.example"), ("b", "b@two.example")] {
        let letter = Letter::new(
            from,
            &format!("getOrders 403 for {name}"),
            "Hello,\n\ngetOrders answers 403 Unauthorized since Monday for every seller.\n",
        );
        house.write(&format!("{name}.eml"), letter.bytes());
        house.run(&["ingest", &format!("{name}.eml")]).well();
    }
    let first = house.case("getOrders 403 for a")["case"]
        .as_str()
        .unwrap()
        .to_owned();
    let second = house.case("getOrders 403 for b")["case"]
        .as_str()
        .unwrap()
        .to_owned();
    (house, first, second)
}

fn numbers(precedents: &[Value]) -> Vec<String> {
    precedents
        .iter()
        .map(|precedent| precedent["case"].as_str().unwrap().to_owned())
        .collect()
}

fn similar(house: &House, case: &str) -> Vec<Value> {
    house.json(&["similar", case, "--limit", "4"])
}

#[test]
fn s130_a_precedent_that_is_not_related_is_not_shown_again_for_this_case() {
    let (house, first, second) = desk();
    let before = numbers(&similar(&house, &first));
    assert_eq!(before.len(), 4);
    let wrong = &before[0];
    house
        .run(&[
            "mark",
            &first,
            wrong,
            "--not-related",
            "--note",
            "another seller",
            "--by",
            "ines",
        ])
        .well();
    assert_eq!(numbers(&similar(&house, &first)), before[1..]);
    // For everybody else it is what it was.
    assert!(numbers(&similar(&house, &second)).contains(wrong));
    let shown = house.run(&["show", &first]).well().out;
    assert!(
        shown.contains(&format!("of {wrong}: not related (ines): another seller")),
        "{shown}"
    );
    let case = &house.json(&["show", &first])[0];
    let marked: Vec<&Value> = case["journal"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["event"] == "marked")
        .collect();
    assert_eq!(marked.len(), 1);
    assert_eq!(marked[0]["detail"]["by"], "ines");
    // Said again it changes nothing; the last word counts.
    let again = house.json(&["mark", &first, wrong, "--not-related", "--by", "ines"]);
    assert_eq!(again[0]["changed"], false);
    house
        .run(&["mark", &first, wrong, "--solved", "--by", "pavel"])
        .well();
    let after = similar(&house, &first);
    assert_eq!(after[0]["case"], wrong.as_str());
    assert_eq!(after[0]["mark"]["by"], "pavel");
    let text = house.run(&["similar", &first]).well().out;
    assert!(
        text.contains("an engineer said: this solved it (pavel, "),
        "{text}"
    );
}

#[test]
fn s131_what_solved_a_case_rises_a_little_for_the_next_of_its_kind() {
    let (house, first, second) = desk();
    let before = similar(&house, &second);
    let last = before.last().unwrap();
    let number = last["case"].as_str().unwrap();
    house
        .run(&[
            "resolve",
            &first,
            "--code",
            "fixed",
            "--resolution",
            "As there.",
            "--precedent",
            number,
        ])
        .well();
    let after = similar(&house, &second);
    let risen = after
        .iter()
        .find(|precedent| precedent["case"] == number)
        .expect("still shown");
    let (was, is) = (
        last["score"].as_f64().unwrap(),
        risen["score"].as_f64().unwrap(),
    );
    assert!(is > was && is <= was + 0.1 * (1.0 - was), "{was} {is}");
    let reasons = risen["reasons"].to_string();
    assert!(
        reasons.contains("it solved another case like this one"),
        "{reasons}"
    );
    // A mail about something else takes no notice of it.
    house.write(
        "other.eml",
        Letter::new(
            "c@three.example",
            "createReport 400",
            "createReport answers 400 InvalidInput.\n",
        )
        .bytes(),
    );
    let other = house.json(&["similar", "other.eml", "--limit", "10"]);
    assert!(
        other.iter().all(|precedent| precedent["solved_alike"] == 0),
        "{other:?}"
    );
}

#[test]
fn s132_a_word_that_cannot_be_meant_is_refused_with_what_to_do() {
    let (house, first, second) = desk();
    for (arguments, words) in [
        (vec!["mark", &first, &first, "--solved"], vec!["itself"]),
        (
            vec!["mark", &first, "SPI-9999", "--solved"],
            vec!["there is no case SPI-9999"],
        ),
        (
            vec!["mark", "SP-9999", "SPI-1001", "--solved"],
            vec!["there is no case SP-9999"],
        ),
        (
            vec!["mark", &first, &second, "--solved"],
            vec!["precedent resolve", &second],
        ),
        (vec!["mark", &first, "SPI-1001"], vec!["--solved"]),
        (
            vec![
                "resolve",
                &first,
                "--code",
                "fixed",
                "--resolution",
                "x",
                "--precedent",
                "SPI-9999",
            ],
            vec!["there is no case SPI-9999"],
        ),
    ] {
        house.run(&arguments).with(2).says(&words);
    }
    // The last one left the case alone.
    assert_ne!(house.case("getOrders 403 for a")["status"], "resolved");
    // What is no precedent may still be called unrelated.
    house
        .run(&["mark", &first, &second, "--not-related"])
        .well();
}

#[test]
fn s133_marks_become_an_evaluation_set_without_addresses() {
    let (house, first, second) = desk();
    house
        .run(&["--quiet", "eval", "similar", "--own"])
        .with(2)
        .says(&["nothing to measure on", "precedent mark"]);
    house.run(&["mark", &first, "SPI-1004", "--solved"]).well();
    house
        .run(&["mark", &first, "SPI-1002", "--not-related"])
        .well();
    house
        .run(&[
            "resolve",
            &second,
            "--code",
            "duplicate",
            "--resolution",
            "The same as SPI-1004.",
        ])
        .well();
    let told = house.run(&["eval", "export", "own"]).well();
    assert!(told.err.contains("too few"), "{}", told.err);
    let read = |name: &str| std::fs::read_to_string(house.path("own").join(name)).unwrap();
    assert_eq!(
        read("corpus.jsonl").lines().count(),
        4,
        "duplicates hold no answer of their own"
    );
    assert_eq!(read("queries.jsonl").lines().count(), 2);
    let judgements = read("qrels.tsv");
    for line in [
        format!("{first}\tSPI-1004\t1"),
        format!("{first}\tSPI-1002\t0"),
        format!("{second}\tSPI-1004\t1"),
    ] {
        assert!(
            judgements.lines().any(|found| found == line),
            "{line:?} in {judgements}"
        );
    }
    for name in ["corpus.jsonl", "queries.jsonl"] {
        assert!(!read(name).contains('@'), "{}", read(name));
    }
    house
        .run(&["eval", "export", "own"])
        .with(2)
        .says(&["not empty"]);
    let exported = house.json(&["eval", "similar", "own"]);
    let own = house.run(&["--json", "eval", "similar", "--own"]).well();
    assert_eq!(own.json(), exported);
    assert_eq!(exported[0]["queries"], 2);
    assert!(own.err.contains("too few"), "{}", own.err);
}

#[test]
fn s134_a_case_sees_only_what_was_known_before_it() {
    let (house, first, second) = desk();
    // The second case is resolved after the first one was opened: no ranking could have shown it.
    house
        .run(&[
            "resolve",
            &second,
            "--code",
            "fixed",
            "--resolution",
            "Granted.",
        ])
        .well();
    house.run(&["mark", &first, &second, "--solved"]).well();
    let told = house.json(&["eval", "export", "own"]);
    assert_eq!(told[0]["queries"], 0);
    assert_eq!(told[0]["too_late"], 1);
}
