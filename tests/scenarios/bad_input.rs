//! Input, configuration and machines as they should not be.

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use precedent::limits::{MAIL_BYTES_MAX, RAW_BYTES_MAX};

use crate::generator;
use crate::house::House;
use crate::letter::{Letter, vague};

/// A mail with this header field more, and this body.
fn mail(field: &str, body: &[u8]) -> Vec<u8> {
    let mut mail = format!(
        "From: dev@odd.example\r\nTo: sp-api-support@desk.example\r\nDate: Mon, 02 Mar 2026 10:00:00 +0100\r\n{field}\r\n\r\n"
    )
    .into_bytes();
    mail.extend(body);
    mail
}

fn nested_parts(depth: usize) -> Vec<u8> {
    let mut body = String::new();
    for level in 0..depth {
        body.push_str(&format!(
            "--b{level}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n",
            level + 1
        ));
    }
    body.push_str(&format!("--b{depth}\r\n\r\ngetOrders fails\r\n"));
    mail(
        "Subject: nested\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b0",
        body.as_bytes(),
    )
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (place, group) in bytes.chunks(3).enumerate() {
        let bits = group
            .iter()
            .chain(&[0, 0])
            .take(3)
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        for letter in 0..4 {
            let known = letter <= group.len();
            let index = bits >> (18 - 6 * letter) & 63;
            text.push(if known {
                char::from(LETTERS[index])
            } else {
                '='
            });
        }
        if place % 18 == 17 {
            text.push_str("\r\n");
        }
    }
    text
}

/// A zip archive of a kilobyte for each megabyte that it unpacks to.
fn zip_bomb() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let zeros = vec![b'0'; 1024 * 1024];
    for entry in 0..3 {
        archive
            .start_file(
                format!("{entry}.log"),
                zip::write::SimpleFileOptions::default(),
            )
            .unwrap();
        for _ in 0..40 {
            archive.write_all(&zeros).unwrap();
        }
    }
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 1024 * 1024);
    let body = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\ngetOrders fails, the logs are attached.\r\n--b\r\nContent-Type: application/zip; name=logs.zip\r\nContent-Disposition: attachment; filename=logs.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        base64(&bytes)
    );
    mail(
        "Subject: zip bomb\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b",
        body.as_bytes(),
    )
}

/// Mails as they should not be, by name, and the reason for which they go to quarantine, if they do.
fn odd_mails() -> Vec<(&'static str, Vec<u8>, Option<&'static str>)> {
    let long_header = format!(
        "Subject: long header\r\nX-Long: {}",
        "a".repeat(1024 * 1024)
    );
    let two_authors = "Subject: two authors\r\nFrom: other@odd.example".to_owned();
    let mut enormous = mail("Subject: enormous", b"It fails.\r\n");
    enormous.resize(MAIL_BYTES_MAX + 1, b'x');
    let many_headers: String = (0..20_000)
        .map(|number| format!("\r\nX-Header-{number}: value"))
        .collect();
    let many_recipients: String = (0..20_000)
        .map(|number| format!("a{number}@odd.example, "))
        .collect();
    vec![
        ("empty", Vec::new(), Some("empty")),
        ("white", b" \r\n\r\n\t\r\n".to_vec(), Some("empty")),
        (
            "junk",
            (0..20_000_u32).map(|byte| ((byte * 193) >> 3) as u8).collect(),
            Some("no_header"),
        ),
        ("enormous", enormous, Some("too_large")),
        ("nested", nested_parts(20_000), None),
        ("bomb", zip_bomb(), None),
        (
            "charset",
            mail(
                "Subject: =?x-no-such-charset?Q?undecodable?=\r\nContent-Type: text/plain; charset=x-klingon",
                b"getOrders \xff\xfe\x80\x81 fails\r\n",
            ),
            None,
        ),
        (
            "nul",
            mail("Subject: nul\0bytes", b"get\0Orders fails\0\0\r\n\0"),
            None,
        ),
        (
            "nobody",
            b"To: help@desk.example\r\nSubject: nobody wrote this\r\nDate: Mon, 02 Mar 2026 10:00:00 +0100\r\n\r\nIt fails.\r\n".to_vec(),
            None,
        ),
        ("two authors", mail(&two_authors, b"It fails.\r\n"), None),
        (
            "impossible date",
            b"From: dev@odd.example\r\nTo: help@desk.example\r\nSubject: impossible date\r\nDate: Xyz, 99 Foo 99999 77:88:99 +9999\r\n\r\nIt fails.\r\n".to_vec(),
            None,
        ),
        (
            "no date and no subject",
            b"From: dev@odd.example\r\n\r\nIt fails again.\r\n".to_vec(),
            None,
        ),
        ("long header", mail(&long_header, b"It fails.\r\n"), None),
        (
            "long line",
            mail("Subject: long line", "x".repeat(10 * 1024 * 1024).as_bytes()),
            None,
        ),
        (
            "many headers",
            mail(&format!("Subject: many headers{many_headers}"), b"It fails.\r\n"),
            None,
        ),
        (
            "many recipients",
            mail(
                &format!("Subject: many recipients\r\nCc: {many_recipients}b@odd.example"),
                b"It fails.\r\n",
            ),
            None,
        ),
        (
            "unclosed",
            mail(
                "Subject: unclosed\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"",
                b"--\r\n\r\nIt fails.\r\n",
            ),
            None,
        ),
        (
            "wrong base64",
            mail(
                "Subject: wrong base64\r\nContent-Transfer-Encoding: base64",
                b"%%%%not base64 at all====%%%%\r\n",
            ),
            None,
        ),
        (
            "deep html",
            mail(
                "Subject: deep html\r\nContent-Type: text/html",
                format!("{}It fails.", "<div><table><tr><td>".repeat(50_000)).as_bytes(),
            ),
            None,
        ),
    ]
}

#[test]
fn s60_one_bad_mail_costs_one_mail() {
    let house = House::in_mode("send");
    let odd = odd_mails();
    house.maildir("inbox");
    let mut good = 0;
    for (place, (name, bytes, _)) in odd.iter().enumerate() {
        let before = 2 * place;
        house.write(
            &format!("inbox/new/{before:03}.good"),
            generator::mail(3, place as u64),
        );
        good += 1;
        let name = name.replace(' ', "_");
        house.write(&format!("inbox/new/{:03}.{name}", before + 1), bytes);
    }
    // Larger than what is read at all: stays where it is. No byte of it is written or read.
    File::create(house.path("inbox/new/999.gigantic"))
        .unwrap()
        .set_len(RAW_BYTES_MAX as u64 + 1)
        .unwrap();
    let ended = house.run(&["--json", "ingest", "inbox"]).with(1);
    println!(
        "{} odd mails among {good} good ones: {:?}",
        odd.len(),
        ended.took
    );
    assert!(ended.took < Duration::from_secs(90), "{:?}", ended.took);
    let summary = &ended.json()[0];
    let rejected: Vec<_> = odd
        .iter()
        .filter_map(|(name, bytes, reason)| Some((*name, bytes, (*reason)?)))
        .collect();
    assert_eq!(summary["read"], good + odd.len());
    assert_eq!(summary["quarantined"], rejected.len());
    assert_eq!(summary["processed"], good + odd.len() - rejected.len());
    let failures = summary["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 1);
    assert!(failures[0].as_str().unwrap().contains("999.gigantic"));
    assert!(ended.err.contains("999.gigantic"), "{}", ended.err);
    assert!(ended.err.contains("quarantine list"), "{}", ended.err);

    // Every mail is a case, or automatic, or in quarantine with its reason.
    let quarantine = house.json(&["quarantine", "list"]);
    assert_eq!(quarantine.len(), rejected.len());
    for (name, bytes, reason) in &rejected {
        let entry = quarantine
            .iter()
            .find(|entry| {
                entry["origin"]
                    .as_str()
                    .unwrap()
                    .ends_with(&format!(".{name}"))
            })
            .unwrap_or_else(|| panic!("{name} is not in quarantine: {quarantine:?}"));
        assert_eq!(entry["code"], *reason, "{name}");
        assert_ne!(entry["detail"], "");
        let shown = house.command(&["quarantine", "show", &entry["mail"].to_string()]);
        let shown = { shown }.output().unwrap();
        assert!(shown.status.success());
        assert!(shown.stdout == **bytes, "{name} comes back as it was");
        let reason = String::from_utf8(shown.stderr).unwrap();
        assert!(reason.contains(entry["code"].as_str().unwrap()), "{reason}");
    }
    for (name, bytes, reason) in &odd {
        let hash: String = precedent::store::hash(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let told = house.json(&["explain", &hash]);
        let state = if reason.is_some() {
            "quarantined"
        } else {
            "processed"
        };
        assert_eq!(told[0]["state"], state, "{name}");
        if reason.is_none() && told[0]["kind"] == "human" {
            assert!(told[0]["case"].is_string(), "{name}");
        }
        assert!(
            told[0]["verdict"]["kind"] != "send",
            "{name}: nothing of this may be answered"
        );
    }
    let subjects: Vec<String> = house
        .cases()
        .iter()
        .map(|case| case["subject"].as_str().unwrap().to_owned())
        .collect();
    for subject in [
        "nested",
        "zip bomb",
        "two authors",
        "impossible date",
        "long header",
        "long line",
        "many recipients",
        "deep html",
    ] {
        assert!(
            subjects.iter().any(|known| known == subject),
            "{subject}: {subjects:?}"
        );
    }
    assert_eq!(house.mail_states().pending, 0);
    assert!(house.outgoing().is_empty());

    // Trying again changes nothing as long as nothing else has changed, and loses nothing.
    let one = quarantine[0]["mail"].to_string();
    let again = house.run(&["quarantine", "retry", &one]).well();
    assert!(again.out.contains("1 back in quarantine"), "{}", again.out);
    house.run(&["quarantine", "retry"]).well();
    assert_eq!(house.json(&["quarantine", "list"]).len(), rejected.len());
    let known = house.json_with(&["ingest", "inbox"], 1);
    assert_eq!(known[0]["known"], good + odd.len());
    assert_eq!(known[0]["quarantined"], 0);
}

#[test]
fn s61_a_mail_server_never_gets_back_what_only_we_cannot_read() {
    let house = House::in_mode("observe");
    let mut enormous = mail("Subject: enormous", b"It fails.\r\n");
    enormous.resize(MAIL_BYTES_MAX + 1, b'x');
    house.run_with_input(&["ingest", "-"], enormous).well();
    let quarantine = house.json(&["quarantine", "list"]);
    assert_eq!(quarantine[0]["code"], "too_large");
}

#[test]
fn s62_bad_mails_in_an_mbox_cost_themselves_only() {
    let house = House::in_mode("observe");
    let mut mbox = Vec::new();
    let separator = b"From dev@odd.example Mon Mar  2 10:00:00 2026\n";
    for (place, (_, bytes, _)) in odd_mails()
        .iter()
        .filter(|(name, ..)| !["enormous", "long line", "bomb"].contains(name))
        .enumerate()
    {
        mbox.extend_from_slice(separator);
        mbox.extend(generator::mail(4, place as u64));
        mbox.extend_from_slice(b"\n\n");
        mbox.extend_from_slice(separator);
        mbox.extend_from_slice(bytes);
        mbox.extend_from_slice(b"\n\n");
    }
    house.write("inbox.mbox", mbox);
    let summary = house.json_with(&["ingest", "inbox.mbox"], 1);
    assert_eq!(summary[0]["read"], 32);
    assert!(summary[0]["processed"].as_u64().unwrap() >= 29);
    assert_eq!(house.mail_states().pending, 0);
}

#[test]
fn s63_a_wrong_configuration_is_one_message_that_points_at_its_place() {
    let house = House::in_mode("observe");
    house.write("mail.eml", vague("a@one.example", "First").bytes());
    let right = std::fs::read_to_string(house.path("precedent.toml")).unwrap();
    for (wrong, says) in [
        (
            right.replacen("addresses", "adresses", 1),
            &["adresses", "addresses", "precedent.toml:7:1"][..],
        ),
        (
            right.replacen("\"observe\"", "\"watch\"", 1),
            &["watch", "observe"],
        ),
        (right.replacen("format = 1", "format = 9", 1), &["format"]),
        (
            right.replacen("profile = \"generic\"", "profile = \"gneric\"", 1),
            &["gneric", "generic"],
        ),
        (right.replacen("[trust]", "[trust", 1), &["precedent.toml"]),
        (
            format!("{right}\n[gate]\nbudget_per_address = \"four\"\n"),
            &["four"],
        ),
    ] {
        assert_ne!(wrong, right);
        house.write("precedent.toml", &wrong);
        for command in [&["ingest", "mail.eml"][..], &["list"]] {
            // Cases can be listed without the profiles.
            if command[0] == "ingest" || !wrong.contains("gneric") {
                house.run(command).with(2).says(says);
            }
        }
    }
    house
        .run(&["--config", "nowhere.toml", "list"])
        .with(2)
        .says(&["nowhere.toml"]);
    house.write("precedent.toml", right);
    house.run(&["ingest", "mail.eml"]).well();
    assert_eq!(house.cases().len(), 1);
}

#[test]
fn s64_a_profile_whose_pattern_does_not_compile_is_told_with_its_place() {
    let house = House::in_mode("observe");
    house.write("mail.eml", vague("a@one.example", "First").bytes());
    let source = house
        .run(&["profile", "show", "google-ordering"])
        .well()
        .out;
    let group = r#"(?P<value>[^"\s]{2,299})"#;
    let unclosed = r#"(?P<value>[^"\s]{2,299}"#;
    let line = source
        .lines()
        .position(|line| line.contains(group))
        .expect("the profile has this pattern");
    house.write("desk.toml", source.replacen(group, unclosed, 1));
    let place = format!("desk.toml:{}:", line + 1);
    let checked = house.run(&["profile", "check", "desk.toml"]).with(1);
    checked.says(&[&place, "unclosed"]);
    let config = std::fs::read_to_string(house.path("precedent.toml")).unwrap();
    house.write(
        "precedent.toml",
        config.replace("profile = \"google-ordering\"", "profile = \"desk.toml\""),
    );
    let ended = house.run(&["ingest", "mail.eml"]).with(2);
    ended.says(&[&place, "unclosed"]);
    house.write("desk.toml", source);
    house.run(&["ingest", "mail.eml"]).well();
    assert_eq!(house.cases().len(), 1);
}

#[test]
fn s66_a_damaged_database_is_told_and_left_as_it_is() {
    let house = House::in_mode("observe");
    house.write("mail.eml", vague("a@one.example", "First").bytes());
    house.write(
        "data/precedent.db",
        "this is no database, and somebody may want to save it".repeat(40),
    );
    for command in [&["ingest", "mail.eml"][..], &["list"], &["reindex"]] {
        house
            .run(command)
            .with(2)
            .says(&["damaged", "hint:", "backup"]);
    }
    assert!(
        std::fs::read_to_string(house.path("data/precedent.db"))
            .unwrap()
            .starts_with("this is no database")
    );
}

#[test]
fn s70_a_letter_to_nobody_of_ours_is_a_case_that_is_not_answered() {
    let house = House::in_mode("send");
    let letter = Letter::new("a@one.example", "Stray", "getOrders answers 403, why?\n")
        .to("somebody@else.example");
    house.write("mail.eml", letter.bytes());
    house.run(&["ingest", "mail.eml"]).well();
    assert_eq!(house.cases().len(), 1);
    assert!(house.outgoing().is_empty());
    for entry in house.outbox() {
        assert_eq!(entry["verdict"]["rule"], "not_to_us", "{entry}");
    }
}
