//! What is asked, what is asked no more, and what was never asked.

use jiff::SignedDuration;

use crate::house::House;
use crate::letter::{Letter, vague};
use crate::replies::{ANSWERS, answer, deliver, only_answer, strings, verdict_of};

#[test]
fn s93_an_answer_that_says_there_is_none_is_an_answer_for_good() {
    let house = House::in_mode("send");
    deliver(&house, &[vague("dev@one.example", "First")]);
    let ours = only_answer(&house);
    let mut answers = ANSWERS;
    for (name, value) in &mut answers {
        match *name {
            "request_id" => *value = "we do not log it",
            "seller_or_developer_id" => *value = "there is none",
            _ => {}
        }
    }
    let filled = precedent::reply::form::fill(&ours.text, &answers);
    deliver(
        &house,
        &[
            answer(
                "dev@one.example",
                &ours,
                "filled@one.example",
                "Here:",
                &filled,
            ),
            answer(
                "dev@one.example",
                &ours,
                "more@one.example",
                "It is urgent for us.",
                "",
            ),
        ],
    );
    let case = house.case("First");
    assert_eq!(case["status"], "complete", "{case}");
    assert_eq!(house.outgoing().len(), 1);
}

#[test]
fn s84_who_answers_a_part_is_not_asked_for_the_rest_again() {
    let house = House::in_mode("send");
    deliver(&house, &[vague("dev@one.example", "First")]);
    let ours = only_answer(&house);
    let partly = precedent::reply::form::fill(&ours.text, &ANSWERS[..2]);
    deliver(
        &house,
        &[answer(
            "dev@one.example",
            &ours,
            "partly@one.example",
            "Some:",
            &partly,
        )],
    );
    let case = house.case("First");
    assert_eq!(case["status"], "waiting");
    let missing = strings(&case["missing"]);
    assert!(!missing.contains("seller_or_developer_id") && !missing.contains("marketplace"));
    assert!(missing.contains("request_id"));
    assert_eq!(house.outgoing().len(), 1);
    // The rest, in plain words and from a colleague, completes it.
    let rest: String = ANSWERS[2..]
        .iter()
        .map(|(name, value)| format!("{}: {value}\n", name.replace('_', " ")))
        .collect();
    deliver(
        &house,
        &[answer(
            "ops@one.example",
            &ours,
            "rest@one.example",
            &rest,
            "",
        )],
    );
    let case = house.case("First");
    assert_eq!(case["missing"], serde_json::json!([]), "{case}");
    assert_eq!(house.cases().len(), 1);
    assert_eq!(house.outgoing().len(), 1);
}

#[test]
fn s94_an_afterthought_makes_no_case_complete_and_withdraws_no_question() {
    let house = House::in_mode("draft");
    let first = vague("dev@one.example", "First");
    let afterthought = Letter::new(
        "dev@one.example",
        "Re: First",
        "One more thing: the seller is AY5C5NAJD3NOR5.\n",
    )
    .message_id("afterthought@one.example")
    .answering(first.message_id.as_ref().unwrap());
    deliver(&house, &[first, afterthought]);
    let case = house.case("First");
    assert_eq!(case["issue_type"], "api_error");
    assert_eq!(case["status"], "waiting");
    let missing = strings(&case["missing"]);
    assert!(missing.contains("request_id"), "{case}");
    assert!(!missing.contains("seller_or_developer_id"), "{case}");
    assert_eq!(house.outbox()[0]["state"], "draft");
}

/// A draft must not ask what was told before it left, and the rest is asked all the same.
#[test]
fn s95_a_request_that_waits_asks_no_more_for_what_was_told_meanwhile() {
    for together in [false, true] {
        let house = House::in_mode("draft");
        let first = vague("dev@one.example", "First");
        let more = Letter::new(
            "dev@one.example",
            "Re: First",
            "I forgot: the seller is AY5C5NAJD3NOR5, and it is about Germany.\n",
        )
        .message_id("more@one.example")
        .answering(first.message_id.as_ref().unwrap());
        if together {
            house.write("inbox/1.eml", first.bytes());
            house.write("inbox/2.eml", more.bytes());
            house.run(&["ingest", "inbox"]).well();
        } else {
            deliver(&house, &[first, more]);
        }
        let case = house.case("First");
        assert_eq!(case["status"], "waiting", "{case}");
        assert_eq!(case["requests"], 1, "one request waits: {case}");
        assert!(!strings(&case["asked"]).contains("seller_or_developer_id"));
        let outbox = house.outbox();
        let states: Vec<_> = outbox.iter().map(|one| one["state"].clone()).collect();
        assert_eq!(states, ["draft", "withheld"], "newest first: {outbox:?}");
        let shown = house.json(&["outbox", "show", &outbox[0]["id"].to_string()]);
        let text = shown[0]["text"].as_str().unwrap();
        assert!(!text.contains("{#seller_or_developer_id}"), "{text}");
        assert!(!text.contains("{#marketplace}"), "{text}");
        assert!(text.contains("{#request_id}"), "{text}");
        house
            .run(&["outbox", "approve", &outbox[0]["id"].to_string()])
            .well();
        assert_eq!(only_answer(&house).text, text);
    }
}

#[test]
fn s96_a_discarded_draft_has_asked_nothing() {
    let house = House::in_mode("draft");
    let first = vague("dev@one.example", "First");
    deliver(&house, std::slice::from_ref(&first));
    assert_eq!(house.case("First")["status"], "waiting");
    let id = house.outbox()[0]["id"].to_string();
    house.run(&["outbox", "discard", &id]).well();
    let case = house.case("First");
    assert_eq!(case["status"], "incomplete", "{case}");
    assert_eq!(case["requests"], 0);
    assert!(strings(&case["asked"]).is_empty());
    let found = house.json(&["search", "status:incomplete"]);
    assert_eq!(found.len(), 1, "the index knows it as well");
    // The next mail of the case may be answered with what is missing then.
    let more = Letter::new(
        "dev@one.example",
        "Re: First",
        "The seller is AY5C5NAJD3NOR5.\n",
    )
    .message_id("more@one.example")
    .answering(first.message_id.as_ref().unwrap());
    deliver(&house, &[more]);
    let outbox = house.outbox();
    assert_eq!(outbox[0]["state"], "draft", "{outbox:?}");
}

#[test]
fn s97_a_mail_from_days_ahead_is_not_answered() {
    let house = House::in_mode("send");
    let mut ahead = vague("dev@one.example", "First");
    ahead.date = jiff::Timestamp::now() + SignedDuration::from_hours(72);
    let mut zone = vague("dev@two.example", "Second");
    zone.date = jiff::Timestamp::now() + SignedDuration::from_hours(8);
    deliver(&house, &[ahead, zone]);
    assert_eq!(verdict_of(&house, 1)["rule"], "ahead");
    assert_eq!(verdict_of(&house, 2)["kind"], "send");
    assert_eq!(house.outgoing().len(), 1);
}

#[test]
fn s98_a_first_mail_that_begins_as_an_afterthought_is_asked_what_it_lacks() {
    let house = House::in_mode("send");
    let letter = Letter::new(
        "dev@one.example",
        "getOrders",
        "Hello,\n\nOne more thing: getOrders answers 403 Unauthorized since this morning and still does. We changed nothing.\n\nKind regards\nJane\n",
    );
    deliver(&house, &[letter]);
    let case = house.case("getOrders");
    assert_eq!(case["issue_type"], "api_error", "{case}");
    assert!(!strings(&case["flags"]).contains("suggest_split"), "{case}");
    assert!(strings(&case["asked"]).contains("request_id"), "{case}");
    assert_eq!(house.outgoing().len(), 1);
}

#[test]
fn s90_a_case_that_a_person_resolved_is_not_asked_about_any_more() {
    let house = House::in_mode("send");
    deliver(&house, &[vague("dev@one.example", "First")]);
    let ours = only_answer(&house);
    house
        .run(&[
            "resolve",
            "SP-1001",
            "--code",
            "fixed",
            "--resolution",
            "The role was missing.",
        ])
        .well();
    deliver(
        &house,
        &[answer(
            "dev@one.example",
            &ours,
            "thanks@one.example",
            "Thank you, it works now!",
            "",
        )],
    );
    let case = house.case("First");
    assert_eq!(case["status"], "resolved", "{case}");
    assert_eq!(case["resolution"]["text"], "The role was missing.");
    assert_eq!(house.outgoing().len(), 1);
}

/// Nobody answered within the hour, so it is sent once more: by "new message", not by "reply".
#[test]
fn s99_the_same_letter_sent_again_is_asked_about_once() {
    let house = House::in_mode("send");
    let mut letter = vague("jane@one.example", "Orders fail");
    letter.message_id = Some("first@one.example".to_owned());
    let mut again = letter.clone().message_id("second@one.example");
    // By the other address of the desk.
    again.to = "help@desk.example".to_owned();
    deliver(&house, &[letter.clone(), again]);
    assert_eq!(house.cases().len(), 1);
    assert_eq!(house.outgoing().len(), 1);
    let number = house.case("Orders fail")["case"]
        .as_str()
        .unwrap()
        .to_owned();
    let journal = house.json(&["show", &number]).remove(0)["journal"].to_string();
    assert!(journal.contains("copy"), "{journal}");
    // What they add counts, in a mail of its own too.
    let mut more = letter.clone().message_id("third@one.example");
    more.body += "\nThe request id is cb0a3a39-4a2c-489d-9446-41caeeb0eb7b.\n";
    deliver(&house, &[more, vague("joe@two.example", "Orders fail")]);
    assert_eq!(
        house.cases().len(),
        2,
        "another person has a case of their own"
    );
    let shown = house.json(&["show", &number]).remove(0);
    assert_eq!(
        shown["facts"]["fields"]["request_id"][0]["value"],
        "cb0a3a39-4a2c-489d-9446-41caeeb0eb7b"
    );
    let mut other = vague("jane@one.example", "Orders fail");
    other.body =
        "Hello,\n\ncreateFeed answers 400 InvalidInput for our feed of prices.\n".to_owned();
    deliver(&house, &[other]);
    assert_eq!(house.cases().len(), 3, "other words are another problem");
}

#[test]
fn s98_an_answer_written_to_another_desk_is_judged_by_the_desk_of_its_case() {
    let house = House::in_mode("send");
    let first = Letter::new(
        "p@one.example",
        "submitOrder fails",
        "Hello, submitOrder answers HTTP 500 since this morning, 9:00 UTC. It still happens.\n",
    )
    .to("ordering-escalations@desk.example");
    let elsewhere = Letter::new(
        "p@one.example",
        "Re: submitOrder fails",
        "A remark: our restaurant is closed on Mondays.\n",
    )
    .message_id("remark@one.example")
    .answering(first.message_id.as_ref().unwrap());
    deliver(&house, &[first]);
    let before = house.case("submitOrder fails");
    assert_eq!(before["desk"], "google-ordering");
    assert_eq!(before["status"], "waiting");
    deliver(&house, &[elsewhere]);
    let after = house.case("submitOrder fails");
    assert_eq!(house.cases().len(), 1);
    for key in ["desk", "status", "missing", "issue_type"] {
        assert_eq!(after[key], before[key], "{key}");
    }
}

#[test]
fn s99_what_needs_no_error_is_not_asked_for_one_after_the_answer() {
    let house = House::in_mode("send");
    let first = Letter::new(
        "n@one.example",
        "Orders are empty",
        "Hello, getOrders returns an empty list since 2026-01-20 09:00 UTC for seller A17E79C6D8DWNZ in Germany although there are orders. It still happens.\n",
    );
    deliver(&house, &[first]);
    let case = house.case("Orders are empty");
    let missing = strings(&case["missing"]);
    assert!(!missing.contains("error_detail"), "{missing:?}");
    assert!(missing.contains("request_id"), "{missing:?}");
    let ours = only_answer(&house);
    deliver(
        &house,
        &[answer(
            "n@one.example",
            &ours,
            "rest@one.example",
            "The application ID is amzn1.sp.solution.1b2c3d4e-1111-2222-3333-444455556666, request ID 7d1f2c3b-aaaa-4bbb-8ccc-1234567890ab. We renewed the token, no change.\n",
            "",
        )],
    );
    let case = house.case("Orders are empty");
    assert_eq!(case["missing"], serde_json::json!([]), "{case}");
    assert_eq!(house.outgoing().len(), 1);
}
