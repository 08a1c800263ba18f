//! What each line of a mail is: mails of our own, each line behind the letter of its zone (`tests/data/zones`).

use std::fs;
use std::path::PathBuf;

use precedent::mail::{self, Message, ZoneKind};

fn data(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/zones")
        .join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cases of a file: name, and each line with its letter; `-` where the line is blank.
fn cases(name: &str) -> Vec<(String, Vec<(char, String)>)> {
    let mut cases: Vec<(String, Vec<(char, String)>)> = Vec::new();
    for line in data(name).lines() {
        if let Some(case) = line.strip_prefix("=== ") {
            cases.push((case.to_owned(), Vec::new()));
        } else if let Some((_, lines)) = cases.last_mut() {
            let letter = line.chars().next().unwrap_or('-');
            let text = line.get(2..).unwrap_or_default();
            assert!("NQFSOD-".contains(letter), "{name}: {line:?}");
            lines.push((letter, text.to_owned()));
        }
    }
    for (_, lines) in &mut cases {
        while lines.last().is_some_and(|(_, text)| text.is_empty()) {
            lines.pop();
        }
    }
    assert!(!cases.is_empty(), "{name}");
    cases
}

fn letter(kind: ZoneKind) -> char {
    match kind {
        ZoneKind::New => 'N',
        ZoneKind::Quoted => 'Q',
        ZoneKind::Forwarded => 'F',
        ZoneKind::Signature => 'S',
        ZoneKind::SignOff => 'O',
        ZoneKind::Disclaimer => 'D',
    }
}

/// The text behind the letters of its zones.
fn lettered(message: &Message) -> Vec<(char, String)> {
    let mut position = 0;
    message
        .text
        .split_inclusive('\n')
        .map(|line| {
            let start = position;
            position += line.len();
            let zone = message
                .zones
                .iter()
                .find(|zone| zone.range.contains(&start))
                .unwrap_or_else(|| panic!("no zone at {start}"));
            let text = line.trim_end();
            let letter = if text.trim().is_empty() {
                '-'
            } else {
                letter(zone.kind)
            };
            (letter, text.to_owned())
        })
        .collect()
}

fn check(name: &str) {
    let mut wrong = Vec::new();
    for (case, expected) in cases(name) {
        let text: Vec<&str> = expected.iter().map(|(_, text)| text.as_str()).collect();
        let found = lettered(&mail::parse_text(&text.join("\n"), false));
        let filled = |lines: &[(char, String)]| -> Vec<(char, String)> {
            lines
                .iter()
                .filter(|(_, text)| !text.trim().is_empty())
                .map(|(letter, text)| (*letter, text.trim().replace('\u{202f}', " ")))
                .collect()
        };
        if filled(&found) != filled(&expected) {
            let shown: Vec<String> = found
                .iter()
                .map(|(letter, text)| format!("{letter} {text}"))
                .collect();
            wrong.push(format!("=== {case}\n{}", shown.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{name}, found:\n{}", wrong.join("\n\n"));
}

#[test]
fn earlier_mails_of_every_client_and_language() {
    check("clients.txt");
}

#[test]
fn nothing_is_cut_where_nothing_is_quoted() {
    check("content.txt");
}

#[test]
fn signatures_citations_and_wrapped_quotes() {
    check("kinds.txt");
}

#[test]
fn what_a_desk_reads_below_a_name_is_text() {
    check("below.txt");
}

#[test]
fn ends_of_mails_in_every_language() {
    let body = "Hello,\n\nThe call getOrders fails with 403.";
    let mut wrong = Vec::new();
    let table = data("ends.tsv");
    for (name, end) in table.lines().filter_map(|line| line.split_once('\t')) {
        let text = format!("{body}\n\n{}\n", end.replace("\\n", "\n"));
        let new = mail::parse_text(&text, false).new_text();
        if new != body {
            wrong.push(format!("{name}: {new:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A name or a number without a sign-off is judged by the header's author where there is one: an answer in one word is
/// never taken for a name.
#[test]
fn the_header_decides_what_a_lone_name_is() {
    let body = "The label printer on dock two prints empty pages since this morning and a restart has not helped. Why?";
    let new = |author: &str, end: &str| {
        let raw =
            format!("From: {author} <x@shop.example>\r\nSubject: x\r\n\r\n{body}\r\n\r\n{end}\r\n");
        mail::parse(raw.as_bytes(), &mail::ParseOptions::default())
            .expect("a mail")
            .new_text()
    };
    assert_eq!(new("Torben Krog", "Torben"), body);
    assert_eq!(
        new("Torben Krog", "Rotterdam"),
        format!("{body}\n\nRotterdam")
    );
    assert_eq!(new("Petra Lindgren", "Thanks,\r\nPetra\r\n4-2210"), body);
}

#[test]
fn answers_above_below_and_between() {
    let mut wrong = Vec::new();
    let table = data("answers.tsv");
    for row in table.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = row.split('\t').collect();
        let [name, expected, text] = fields[..] else {
            panic!("three columns: {row}");
        };
        let new = mail::parse_text(&text.replace("\\n", "\n"), false).new_text();
        let words: Vec<&str> = new.split_whitespace().collect();
        if words.join(" ") != expected {
            wrong.push(format!("{name}: {new:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn html_of_every_client() {
    let mut wrong = Vec::new();
    let text = data("clients.html.tsv");
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    for (name, html) in lines {
        let new = mail::parse_text(&format!("<html><body>{html}</body></html>"), true).new_text();
        let words: Vec<&str> = new.split_whitespace().collect();
        if words.join(" ") != "Der Aufruf getOrders gibt 403. Was tun?" {
            wrong.push(format!("{name}: {new:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Bodies that were read as something else than what was sent.
#[test]
fn bodies_are_read_as_they_were_sent() {
    let new = |header: &str, body: &str| {
        let raw = format!(
            "From: x@shop.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n{header}\r\n\r\n{body}"
        );
        mail::parse(raw.as_bytes(), &mail::ParseOptions::default())
            .expect("a mail")
            .new_text()
    };
    let plain = "Content-Type: text/plain; charset=utf-8";
    let packed = format!("{plain}\r\nContent-Transfer-Encoding: base64");
    assert_eq!(
        new(&packed, "The order is late, where is it?\r\n"),
        "The order is late, where is it?"
    );
    assert_eq!(
        new(
            &packed,
            "V2hlcmUgaXMgbXkgb3JkZXI/\r\n-- \r\nshop mailing list\r\nshop@lists.example\r\n"
        ),
        "Where is my order?"
    );
    let markup = "<div class=\"a\">\n  x\n</div>\n\nThis is shown twice.";
    assert_eq!(new(plain, markup), markup);
    assert_eq!(new(plain, "<div class=\"a\">x</div>"), "x");
    let both = |stub: &str, html: &str| {
        new(
            "Content-Type: multipart/alternative; boundary=b",
            &format!(
                "--b\r\n{plain}\r\n\r\n{stub}\r\n--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n--b--\r\n"
            ),
        )
    };
    assert_eq!(
        both(
            "This mail reader shows no HTML, sorry.",
            "<p>Where is order 7?</p>"
        ),
        "Where is order 7?"
    );
    // Who writes about HTML in a mail program writes it in both parts.
    assert_eq!(
        both(
            "My mail client shows raw HTML > why?",
            "<p>My mail client shows raw HTML &gt; <b>why</b>?</p>"
        ),
        "My mail client shows raw HTML > why?"
    );
}
