//! Signatures of what leaves, checked by a program of somebody else.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::house::{House, left_out};
use crate::letter::vague;
use crate::replies::deliver;

/// What checks a signature: dkimpy, with the key record handed in instead of DNS.
const VERIFY: &str = "
import sys, dkim
name, record = sys.argv[1].encode() + b'.', sys.argv[2].encode()
mail = sys.stdin.buffer.read()
verdict = dkim.verify(mail, dnsfunc=lambda asked, timeout=5: record if asked == name else None)
print('good' if verdict else 'bad')
";

/// True where the two other programs are there; says so where they are not.
fn others_are_there() -> bool {
    let works = |program: &str, arguments: &[&str]| {
        Command::new(program)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let there = works("openssl", &["version"]) && works("/usr/bin/python3", &["-c", "import dkim"]);
    if !there {
        left_out("openssl or dkimpy (Debian: python3-dkim) is not installed");
    }
    there
}

fn make_key(path: &Path, arguments: &[&str]) {
    let made = Command::new("openssl")
        .arg(arguments[0])
        // The number of bits of genrsa comes last.
        .args(["-out", path.to_str().unwrap()])
        .args(&arguments[1..])
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
}

fn verify(name: &str, record: &str, mail: &[u8]) -> String {
    let mut child = Command::new("/usr/bin/python3")
        .args(["-c", VERIFY, name, record])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(mail).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

const DKIM: &str =
    "\n[deliver.dkim]\ndomain = \"desk.example\"\nselector = \"mail\"\nkey_file = \"dkim.pem\"\n";

#[test]
fn s330_what_leaves_is_signed_so_that_others_believe_it() {
    if !others_are_there() {
        return;
    }
    for arguments in [
        &[
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            "rsa_keygen_bits:2048",
        ][..],
        &["genrsa", "-traditional", "2048"],
        &["genpkey", "-algorithm", "ED25519"],
    ] {
        let house = House::empty();
        house.configure("send", DKIM);
        make_key(&house.path("dkim.pem"), arguments);
        let told = house.json(&["check"]).remove(0);
        let name = told["record_name"].as_str().unwrap();
        let record = told["record"].as_str().unwrap();
        assert_eq!(name, "mail._domainkey.desk.example");
        let mut letter = vague("dev@one.example", "Grüße");
        letter.body = letter.body.replace("Hello", "Guten Tag, schöne Grüße");
        deliver(&house, &[letter, vague("dev@two.example", "Second")]);
        let files = house.outgoing();
        assert_eq!(files.len(), 2, "{:?}", house.outbox());
        for file in files {
            let mail = std::fs::read(&file).unwrap();
            let text = String::from_utf8(mail.clone()).unwrap();
            assert!(text.starts_with("DKIM-Signature:"), "{text}");
            assert!(text.lines().all(|line| line.len() <= 998), "{text}");
            if arguments.contains(&"ED25519")
                && !Command::new("/usr/bin/python3")
                    .args(["-c", "import nacl.signing"])
                    .stderr(Stdio::null())
                    .status()
                    .unwrap()
                    .success()
            {
                continue;
            }
            assert_eq!(verify(name, record, &mail), "good", "{text}");
            // Whatever is changed on the way is noticed: the check itself can fail.
            for (from, to) in [
                ("Subject: ", "Subject: x"),
                ("\r\n\r\n", "\r\n\r\nx"),
                (
                    "\r\nFrom: ",
                    "\r\nFrom: <other@elsewhere.example>\r\nFrom: ",
                ),
            ] {
                let changed = text.replacen(from, to, 1);
                assert_ne!(changed, text);
                assert_eq!(verify(name, record, changed.as_bytes()), "bad", "{changed}");
            }
        }
    }
}

#[test]
fn s331_without_its_key_a_mail_waits_and_check_and_doctor_say_why() {
    let house = House::empty();
    house.configure("send", DKIM);
    let checked = house.run(&["check"]).with(1);
    assert!(
        checked.out.contains("dkim.pem cannot be read"),
        "{}",
        checked.out
    );
    deliver(&house, &[vague("dev@one.example", "First")]);
    assert!(house.outgoing().is_empty());
    assert_eq!(house.outbox()[0]["state"], "waiting");
    let doctor = house.run(&["doctor", "--offline"]).with(1);
    assert!(
        doctor.out.contains("dkim.pem cannot be read"),
        "{}",
        doctor.out
    );
    house.write(
        "dkim.pem",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    );
    let checked = house.run(&["check"]).with(1);
    assert!(checked.out.contains("openssl genpkey"), "{}", checked.out);
    // A signature that does not count is told of before mails go to waste.
    house.configure("send", &DKIM.replace("desk.example", "elsewhere.example"));
    let checked = house.run(&["check"]).with(1);
    assert!(
        checked.out.contains("DMARC does not count"),
        "{}",
        checked.out
    );
}
