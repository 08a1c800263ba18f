//! Who or what wrote a mail that carries no header of a machine, or one that people's mail carries too (`tests/data/kinds.tsv`): people who write about
//! absences and bounces are people.

use precedent::mail::{self, ParseOptions};

#[test]
fn people_and_machines_are_told_apart_by_their_words() {
    let mut wrong = Vec::new();
    let table = include_str!("data/kinds.tsv");
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    for (number, row) in rows.enumerate() {
        let fields: Vec<&str> = row.split('\t').collect();
        let [kind, answers, from, subject, text] = fields[..] else {
            panic!("five columns: {row}");
        };
        let answer = match answers {
            "re" => "In-Reply-To: <1@desk.example>\r\n".to_owned(),
            "-" => String::new(),
            fields => format!("{}\r\n", fields.replace("\\n", "\r\n")),
        };
        let raw = format!(
            "From: {from}\r\nTo: support@desk.example\r\nSubject: {subject}\r\nDate: Mon, 4 Mar 2024 09:05:12 +0100\r\n\
             Message-ID: <{number}@example.org>\r\n{answer}MIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n",
            text.replace("\\n", "\r\n")
        );
        let message = mail::parse(raw.as_bytes(), &ParseOptions::default()).expect("a mail");
        if message.kind.as_str() != kind {
            wrong.push(format!(
                "{subject}: {} ({} {}), not {kind}: {text}",
                message.kind.as_str(),
                message.kind_reason.code,
                message.kind_reason.detail
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
