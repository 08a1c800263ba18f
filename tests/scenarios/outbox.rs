//! The outbox: what waits, what a person lets leave or throws away.

use crate::house::House;
use crate::letter::vague;

/// A mailbox full of mails that cannot be written now must not keep those behind them from leaving.
#[test]
fn s100_mails_that_must_wait_do_not_hold_up_those_behind_them() {
    let house = House::empty();
    house.configure(
        "draft",
        "\n[gate]\nbudget_per_body = 1000\nbudget_per_hour = 1000\n",
    );
    // More than the worker reads at once.
    for place in 0..105 {
        let letter = vague(
            &format!("dev@d{place}.example"),
            &format!("Problem {place}"),
        );
        house.write(&format!("inbox/{place:03}.eml"), letter.bytes());
    }
    house.run(&["ingest", "inbox"]).well();
    let drafts = house.json(&["outbox", "list", "--state", "draft", "--limit", "1000"]);
    assert_eq!(drafts.len(), 105);
    let mut ids: Vec<u64> = drafts
        .iter()
        .map(|draft| draft["id"].as_u64().unwrap())
        .collect();
    ids.sort_unstable();
    let (stuck, free) = ids.split_at(102);
    // A folder stands where the file of each of the first ones should be.
    for draft in &drafts {
        if stuck.contains(&draft["id"].as_u64().unwrap()) {
            let case = draft["case"].as_str().unwrap();
            let id = draft["message_id"]
                .as_str()
                .unwrap()
                .replace(['@', '+', '='], "_");
            std::fs::create_dir_all(
                house.path(&format!("data/outgoing/{case}-{id}.eml/in the way")),
            )
            .unwrap();
        }
    }
    let words: Vec<String> = ids.iter().map(u64::to_string).collect();
    let mut arguments = vec!["outbox", "approve"];
    arguments.extend(words.iter().map(String::as_str));
    house.run(&arguments).well();
    let sent = house.json(&["outbox", "list", "--state", "sent"]);
    assert_eq!(sent.len(), free.len());
    assert_eq!(
        house
            .json(&["outbox", "list", "--state", "approved", "--limit", "1000"])
            .len(),
        stuck.len()
    );
}
