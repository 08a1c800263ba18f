//! Raw mails under a key that does not lie beside them, and who reads them.

use crate::house::House;
use crate::letter::vague;

/// Lines of the configuration.
fn archive(key: &str, old: &[&str]) -> String {
    format!("[archive]\nkey_file = {key:?}\nold_key_files = {old:?}\n")
}

/// Every byte of the store's files.
fn stored(house: &House) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(house.path("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    all
}

/// True when a compressed mail lies there in clear: by the first bytes of its frame.
fn in_clear(house: &House) -> bool {
    stored(house)
        .windows(4)
        .any(|window| window == [0x28, 0xB5, 0x2F, 0xFD])
}

#[test]
fn s130_raw_mails_are_sealed_when_a_key_is_configured_and_who_reads_one_is_written_down() {
    let house = House::empty();
    let key = house.run(&["raw", "key"]).well().out;
    house.write("raw.key", &key);
    house.configure("observe", &archive("raw.key", &[]));
    let mail = vague("a@one.example", "First").bytes();
    house.write("mail.eml", &mail);
    house.run(&["ingest", "mail.eml"]).well();
    let case = house.case("First");
    assert!(!in_clear(&house));

    assert!(house.json(&["raw", "log"]).is_empty());
    let shown = house.run(&["raw", "show", "1"]).well();
    assert_eq!(shown.out.as_bytes(), mail);
    let log = house.json(&["raw", "log"]);
    assert_eq!(log.len(), 1);
    assert_eq!(
        (&log[0]["mail"], &log[0]["purpose"]),
        (&1.into(), &"raw show".into())
    );
    assert!(log[0]["person"].as_str().unwrap().contains("uid"));
    assert!(house.json(&["raw", "log", "2"]).is_empty());
    house.run(&["raw", "show", "77"]).with(2).says(&["77"]);

    // What needs no raw mail needs no key; the rest says what is missing and loses nothing.
    std::fs::rename(house.path("raw.key"), house.path("elsewhere")).unwrap();
    let number = case["case"].as_str().unwrap().to_owned();
    for arguments in [&["show", &number][..], &["list"], &["similar", &number]] {
        house.run(arguments).well();
    }
    let second = vague("b@two.example", "Second").bytes();
    house
        .run_with_input(&["ingest", "-"], second.clone())
        .with(75)
        .says(&["raw.key"]);
    house.run(&["raw", "show", "1"]).with(2).says(&["raw.key"]);
    house.run(&["reprocess"]).with(2).says(&["raw.key"]);
    house.write("raw.key", house.run(&["raw", "key"]).well().out);
    house
        .run(&["ingest", "mail.eml"])
        .with(2)
        .says(&["sealed with the key", "old_key_files"]);
    std::fs::rename(house.path("elsewhere"), house.path("raw.key")).unwrap();
    house.run_with_input(&["ingest", "-"], second).well();
    assert_eq!(house.cases().len(), 2);
    house.run(&["reprocess"]).well();
}

#[test]
fn s131_what_was_kept_in_clear_or_under_a_former_key_is_sealed_anew() {
    let house = House::in_mode("observe");
    let bytes = vague("a@one.example", "First").bytes();
    house.write("mail.eml", &bytes);
    house.run(&["ingest", "mail.eml"]).well();
    assert!(in_clear(&house));
    house.run(&["raw", "seal"]).with(2).says(&["key_file"]);

    house.write("one.key", house.run(&["raw", "key"]).well().out);
    house.configure("observe", &archive("one.key", &[]));
    // Read as it is, until it is sealed.
    assert_eq!(
        house.run(&["raw", "show", "1"]).well().out.as_bytes(),
        bytes
    );
    assert_eq!(house.json(&["raw", "seal"])[0]["sealed"], 1);
    assert!(!in_clear(&house));
    assert_eq!(house.json(&["raw", "seal"])[0]["sealed"], 0);

    house.write("two.key", house.run(&["raw", "key"]).well().out);
    house.configure("observe", &archive("two.key", &["one.key"]));
    assert_eq!(house.json(&["raw", "seal"])[0]["sealed"], 1);
    house.configure("observe", &archive("two.key", &[]));
    assert_eq!(
        house.run(&["raw", "show", "1"]).well().out.as_bytes(),
        bytes
    );
    house.run(&["reprocess"]).well();

    house.write("bad.key", "short\n");
    house.configure("observe", &archive("bad.key", &[]));
    let ended = house.run(&["ingest", "mail.eml"]).with(2);
    ended.says(&["64 hexadecimal digits"]);
    assert!(!ended.err.contains("short"), "{}", ended.err);
}
