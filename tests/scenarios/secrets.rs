//! What may be shown to nobody.

use crate::house::House;
use crate::letter::{Letter, vague};

#[test]
fn s14_inspect_shows_no_secret() {
    let house = House::in_mode("observe");
    let secret = "Atzr|IwEBIA3nKqPZ0dY7vQx5LrT9bWcGmHsUfJ2eRkXoNi4";
    let letter = Letter::new(
        "a@one.example",
        "First",
        &format!(
            "getOrders answers 403.\nrefresh_token={secret}\n\nOn Monday Support wrote:\n> refresh_token={secret}\n"
        ),
    );
    house.write("mail.eml", letter.bytes());
    for command in [
        &["inspect", "mail.eml"][..],
        &["--json", "inspect", "mail.eml"],
        &["inspect", "--text", "mail.eml"],
        &["--json", "inspect", "--text", "mail.eml"],
    ] {
        let ended = house.run(command).well();
        assert!(!ended.out.contains(secret), "{command:?}: {}", ended.out);
        assert!(ended.out.contains("secret"), "{command:?}: {}", ended.out);
    }
}

#[test]
fn s15_an_explanation_shows_no_secret() {
    let house = House::in_mode("observe");
    let secrets = [
        "Atzr|IwEBIPz7vQx5LrT9bWcGmHsUfJ2eRkXoNi4A3nKqd",
        "Gr4pes!99z",
        "Pl7mjam99Q!",
    ];
    let letter = Letter::new(
        "a@one.example",
        &format!("getOrders {} 403", secrets[0]),
        &format!(
            "Hello,\n\ncurl -u admin:{} https://sellingpartnerapi-eu.amazon.com/orders/v0/orders\n\nThe problem still persists with our password: {}\n\nIt still fails with the old password: {}\n",
            secrets[1], secrets[1], secrets[2]
        ),
    );
    house.write("mail.eml", letter.bytes());
    let ended = house.run(&["inspect", "--why", "all", "mail.eml"]).well();
    let out = ended.out.to_lowercase();
    for secret in secrets {
        let secret = secret.to_lowercase();
        for part in [&*secret, &secret[..secret.len() / 2]] {
            assert!(!out.contains(part), "{part}: {out}");
        }
    }
    assert!(ended.out.contains("[secret "), "{}", ended.out);
}

#[test]
fn s16_a_secret_in_a_subject_or_a_resolution_is_told_to_nobody() {
    let house = House::in_mode("send");
    let letter = vague("a@one.example", "Plain");
    let text = String::from_utf8(letter.bytes()).unwrap().replace(
        "Subject: Plain",
        "Subject: getOrders 403 password: Subj3ctPw!77",
    );
    house.write("mail.eml", text.as_bytes());
    house.run(&["ingest", "mail.eml"]).well();
    let number = house.cases()[0]["case"].as_str().unwrap().to_owned();
    assert_eq!(house.outgoing().len(), 1);
    let resolution = "Use password: Res0lv3d!99 now.";
    house
        .run(&[
            "resolve",
            &number,
            "--code",
            "fixed",
            "--resolution",
            resolution,
        ])
        .well();
    for command in [
        &["--json", "list"][..],
        &["list"],
        &["show", &number],
        &["--json", "show", &number],
        &["search", "getOrders"],
        &["outbox", "list"],
        &["outbox", "show", "1"],
        &["outbox", "show", "1", "--raw"],
        &["explain", "1"],
        &["similar", "mail.eml"],
        &["inspect", "mail.eml"],
    ] {
        let ended = house.run(command).well();
        for secret in ["Subj3ctPw", "Res0lv3d"] {
            assert!(!ended.out.contains(secret), "{command:?}: {}", ended.out);
        }
    }
}
