//! Settings that are written right and cannot work: `check` and `doctor` say so.

use crate::house::{Ended, House};
use crate::letter::vague;
use crate::replies::deliver;

/// Looks for words on standard output, where what was found is told.
#[track_caller]
fn tells(ended: Ended, words: &[&str]) {
    for word in words {
        assert!(
            ended.out.contains(word),
            "{word:?} is missing in: {}",
            ended.out
        );
    }
}

#[test]
fn s119_check_called_settings_right_with_which_nothing_can_work() {
    for (more, says) in [
        ("[lmtp]\nlisten = \"unix:nowhere/lmtp\"\n", "no folder"),
        ("[similar]\nmodel = \"nope\"\n", "no model"),
        ("[archive]\nkey_file = \"nope\"\n", "nope cannot be read"),
    ] {
        let house = House::empty();
        house.configure("observe", more);
        tells(house.run(&["check"]).with(1), &[says, "hint:"]);
        let found = house.json_with(&["check"], 1);
        assert!(found[0]["problems"][0].as_str().unwrap().contains(says));
    }
    let house = House::in_mode("send");
    house.run(&["check"]).well();
    let file = house.path("precedent.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let untrusting = text.replace("authserv_ids = [\"mx.desk.example\"]", "");
    std::fs::write(&file, &untrusting).unwrap();
    tells(
        house.run(&["check"]).with(1),
        &["every reply would be withheld", "authserv_ids"],
    );
    std::fs::write(&file, untrusting + "[gate]\nauthentication = \"off\"\n").unwrap();
    house.run(&["check"]).well();
}

#[test]
fn s120_doctor_did_not_notice_keys_and_secrets_that_cannot_be_read() {
    let house = House::in_mode("observe");
    deliver(&house, &[vague("dev@one.example", "First")]);
    house.configure("observe", "[archive]\nkey_file = \"nope\"\n");
    tells(
        house.run(&["doctor"]).with(1),
        &["FAIL", "raw mails", "nope cannot be read"],
    );
    let house = House::in_mode("observe");
    deliver(&house, &[vague("dev@one.example", "First")]);
    house.configure(
        "observe",
        "[[account]]\nname = \"box\"\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\nuser = \"u\"\nauth = \"xoauth2\"\n[account.oauth]\nprovider = \"microsoft\"\nclient_id = \"c\"\nclient_secret_file = \"nope\"\nclient_secret_expires = \"2020-01-31\"\n",
    );
    tells(
        house.run(&["doctor", "--offline"]).with(1),
        &[
            "FAIL",
            "the client secret:",
            "nope cannot be read",
            "ended",
            "days ago",
        ],
    );
}

#[test]
fn s121_doctor_said_gap_0_of_accounts_that_it_could_not_compare() {
    let house = House::empty();
    house.configure(
        "observe",
        "[[account]]\nname = \"box\"\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\nuser = \"u\"\npassword = \"p\"\n",
    );
    deliver(&house, &[vague("dev@one.example", "First")]);
    tells(
        house.run(&["doctor"]).with(1),
        &[
            "gap: unknown, at least 0",
            "account box/INBOX",
            "never read",
        ],
    );
    let told = house.json_with(&["doctor"], 1).remove(0);
    assert!(told["gap"].is_null(), "{told}");
    tells(
        house.run(&["doctor", "--offline"]).with(1),
        &["no server was asked", "account box/INBOX", "never read"],
    );
    // A vain attempt is remembered, and told without asking anybody.
    house.run(&["ingest", "--account", "box"]).with(2);
    tells(
        house.run(&["doctor", "--offline"]).with(1),
        &["FAIL", "no connection", "never read"],
    );
}

#[test]
fn s122_a_damaged_backup_was_to_be_restored_from_a_backup() {
    let house = House::in_mode("observe");
    deliver(&house, &[vague("dev@one.example", "First")]);
    house.run(&["backup", "copy.db"]).well();
    let file = house.path("copy.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 3;
    let end = bytes.len() - 64;
    bytes[middle..end].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    let said = house
        .run(&["--data", "new", "restore", "copy.db"])
        .with(2)
        .err;
    assert!(
        said.contains("the backup") && said.contains("copy.db"),
        "{said}"
    );
    assert!(said.contains("another backup"), "{said}");
    assert!(!said.contains("from a backup"), "{said}");
}

#[test]
fn s123_what_a_rule_held_back_was_looked_for_where_it_is_not() {
    let house = House::in_mode("send");
    deliver(
        &house,
        &[vague("dev@one.example", "First").header("List-Id", "<l.one.example>")],
    );
    house
        .run(&["outbox", "list", "--state", "withheld"])
        .well()
        .says(&["0 mails", "explain MAIL"]);
}
