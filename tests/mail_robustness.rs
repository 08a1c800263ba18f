//! No mail, however broken, panics the reader, takes long, or leaves zones that do not cover its text.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use precedent::limits;
use precedent::mail::{self, Message, NotMail, ParseOptions};
use proptest::prelude::*;

/// The promise is 250 ms; a build without optimisation gets more.
const TIME_MAX: Duration = Duration::from_millis(if cfg!(debug_assertions) { 2_500 } else { 250 });

/// What a limit of bytes may be exceeded by: a character, or a few that one undecodable byte becomes.
const SLACK: usize = 1_024;

/// A number from the environment, for longer campaigns than the suite's: `MAIL_ROBUSTNESS_ROUNDS` and
/// `MAIL_ROBUSTNESS_SEED`.
fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(otherwise)
}

/// The most memory that this process ever held, in bytes; none where the system does not say.
fn peak_memory() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1_024)
}

/// All tests of this file run in one process, several at a time, and none of their mails is larger than two megabytes.
const MEMORY_MAX: usize = 256 * 1024 * 1024;

fn memory_is_bounded() {
    if let Some(peak) = peak_memory() {
        assert!(peak < MEMORY_MAX, "{peak} bytes");
    }
}

fn options() -> ParseOptions {
    ParseOptions {
        trusted_authserv_ids: vec!["mx.desk.example".to_owned()],
        own_addresses: vec!["desk@desk.example".to_owned()],
    }
}

/// Mails of our own, of every shape that the reader knows, and the project's samples.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [
        "Return-Path: <jane@shop.example>\r\nReceived: from a by mx.desk.example; Mon, 4 Mar 2024 09:05:00 +0100\r\n\
         Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom=jane@shop.example; dkim=pass header.d=shop.example\r\n\
         From: =?utf-8?Q?J=C3=A4ne?= <jane@shop.example>\r\nTo: desk@desk.example\r\nSubject: =?iso-8859-2?B?c/N3a2E=?= getOrders\r\n\
         Date: Mon, 4 Mar 2024 09:05:00 +0100\r\nMessage-ID: <1@shop.example>\r\n\r\nHello,\r\n\r\n> GET / HTTP/1.1\r\n> Host: x\r\n\r\n\
         Kind regards,\r\nJane Doe\r\nTel: +49 30 1234567\r\n\r\nOn Mon, 4 Mar 2024 at 09:05, Desk <desk@desk.example> wrote:\r\n> old\r\n>> older\r\n",
        "From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"m\"\n\n--m\nContent-Type: multipart/alternative; boundary=a\n\n\
         --a\nContent-Type: text/plain; charset=gb2312; format=flowed; delsp=yes\nContent-Transfer-Encoding: quoted-printable\n\n=C4=E3=BA=C3 \n=81=30=81=30\n--a\n\
         Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\nPHRhYmxlPjx0cj48dGQ+T3JkZXI8dGQ+MTIzPC90YWJsZT48YmxvY2txdW90ZSB0eXBlPWNpdGU+b2xkPC9ibG9ja3F1b3RlPg==\n--a--\n\n--m\n\
         Content-Type: application/octet-stream; name*0*=utf-8''a%20; name*1=\"b.log\"\nContent-Disposition: attachment\n\nlog line\n--m\nContent-Type: message/rfc822\n\n\
         From: c@d.example\nSubject: inner\n\ninner text\n--m\nContent-Type: image/png; name=\"image001.png\"\nContent-ID: <x>\nContent-Transfer-Encoding: base64\n\n\
         iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\n--m--\n",
        "From: MAILER-DAEMON@mx.example\nReturn-Path: <>\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n\
         --r\n\nI'm sorry\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; x@y.example\nAction: failed\nStatus: 5.1.1\n\n--r\n\
         Content-Type: text/rfc822-headers\n\nMessage-ID: <1@2>\nTo: x@y.example\n--r--\n",
        "From: Jane <j@x.example>\nSubject: WG: Fehler\n\nsiehe unten\n\n________________________________\nVon: A <a@b.example>\nGesendet: Montag, 4. März 2024 09:05\nAn: B\nBetreff: Fehler\n\nText\n\n\
         Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, bitte löschen.\n",
        "From: a@b.example\nSubject: rtf\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain; charset=utf-7\n\n\
         Gr+APYA3w-e\n\n: Hi,\n: x\n: y\n\n----- Original ------\n| From | a |\n--m\nContent-Type: application/rtf; name=a.rtf\n\n\
         {\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f1\\fcharset134 S;}}\\f1 \\'b6\\'a9\\par \\uc2\\u8364?? {\\*\\htmltag <p>}}\n--m--\n",
        "From: a@b.example\nSubject: calendar\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n",
        "From: Ops <ops@b.example>\nSubject: =?utf-8?B?44CQ55uR5o6n44CRcHVtcDc=?= [PROBLEM] pump7 is DOWN\nContent-Type: text/plain; charset=utf-8\n\n***** Icinga 2 *****\n\n\
         ==> pump7 is DOWN! <==\n\nInfo? PING\n告警时间：2024-03-04 09:05\nHost： pump7\nYour ticket 4711 has been logged: https://x.example/t?a=1\n\nUnsubscribe: https://x.example/u\n",
        "From: Jane <j@x.example>\nSubject: Invitation: pump\nContent-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: 8bit\n\n\
         You have been invited to the following event.\nWhen: 4 March 9:05\nWho:\n - j@x.example - organizer\nGoing? Yes - No\n\n\
         |-----+-------->\n|     | Jane   |\n|     | 04/03/2024 09.05 |\n|-----+-------->\n  >--------|\n  | To: x  |\n  >--------|\n\nAm 4.3.2024 schrieb mir Ihr Kollege:\nes gehe.\n",
    ]
    .iter()
    .map(|mail| mail.as_bytes().to_vec())
    .collect();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/inbox");
    if let Ok(entries) = fs::read_dir(samples) {
        let mut paths: Vec<_> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .collect();
        paths.sort();
        for path in paths
            .iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        {
            seeds.extend(fs::read(path));
        }
    }
    seeds
}

/// A small generator with a fixed seed: the same mutations every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or(0)
    }
}

const PIECES: [&[u8]; 27] = [
    b"{\\rtf1 ",
    b"\\'",
    b"\\u-1",
    b"\n: x\n: y\n: z\n",
    b"-----BEGIN PGP SIGNED MESSAGE-----\n",
    b"\0",
    b"\xff\xfe",
    b"=?utf-8?Q?",
    b"?=",
    b"\r\n\r\n",
    b"--m\n",
    b"--a--\n",
    b"Content-Type: multipart/mixed; boundary=a\n",
    b"<div><table><td>",
    b"<!--",
    b"\x1b$B",
    b">>> ",
    b"From: ",
    b"+AGE-",
    b"\xe4\xb8",
    b"On 4 Mar 2024 a@b.c wrote:\n",
    b"-----Original Message-----\n",
    b"-- \n",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"Content-Transfer-Encoding: base64\n",
    b"&#x10ffff;",
];

/// Changes bytes, pieces or whole lines.
fn mutate(mail: &mut Vec<u8>, random: &mut Random, other: &[u8]) {
    for _ in 0..=random.below(8) {
        let at = random.below(mail.len() + 1);
        match random.below(8) {
            0 if at < mail.len() => mail[at] = (random.next() & 0xff) as u8,
            1 if at < mail.len() => {
                let end = (at + random.below(200)).min(mail.len());
                mail.drain(at..end);
            }
            2 => {
                let piece = PIECES[random.below(PIECES.len())];
                mail.splice(at..at, piece.iter().copied());
            }
            3 => {
                let end = (at + random.below(400)).min(mail.len());
                let copy = mail[at..end].to_vec();
                let to = random.below(mail.len() + 1);
                mail.splice(to..to, copy);
            }
            4 => mail.truncate(at),
            5 => {
                let start = random.below(other.len() + 1);
                let end = (start + random.below(600)).min(other.len());
                mail.splice(at..at, other[start..end].iter().copied());
            }
            6 => mail.retain(|byte| *byte != b'\r'),
            _ => {
                let line = random.below(mail.len() + 1);
                if let Some(end) = mail[line..].iter().position(|byte| *byte == b'\n') {
                    mail.drain(line..=line + end);
                }
            }
        }
    }
}

/// The limits of what one mail may grow to, whatever its size.
fn check(message: &Message) {
    assert!(message.text.len() <= limits::TEXT_BYTES_MAX + SLACK);
    assert!(message.attachments.len() <= limits::MIME_PARTS_MAX + limits::ARCHIVE_ENTRIES_MAX);
    let unpacked: usize = message
        .attachments
        .iter()
        .filter_map(|attachment| attachment.text.as_ref())
        .map(String::len)
        .sum();
    assert!(
        unpacked <= limits::ARCHIVE_TOTAL_BYTES_MAX + SLACK,
        "{unpacked}"
    );
    let mut end = 0;
    for zone in &message.zones {
        assert_eq!(
            zone.range.start, end,
            "zones are sorted and leave nothing out"
        );
        assert!(zone.range.end > zone.range.start, "zones are not empty");
        assert!(message.text.is_char_boundary(zone.range.end));
        end = zone.range.end;
    }
    assert_eq!(end, message.text.len(), "zones cover the text");
    let _ = message.new_text();
}

/// Time that this thread has run, whatever else the machine does; none where the system does not say.
fn on_processor() -> Option<Duration> {
    let times = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = times.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Reads a mail. Where only the clock on the wall is known, the best of eight times counts.
fn read(name: &str, raw: &[u8]) {
    let mut best = Duration::MAX;
    for _ in 0..8 {
        let (started, before) = (Instant::now(), on_processor());
        match mail::parse(raw, &options()) {
            Ok(message) => check(&message),
            Err(reason) => assert_ne!(
                reason,
                NotMail::Panicked,
                "{name}: {}",
                raw[..raw.len().min(4_000)].escape_ascii()
            ),
        }
        let took = match (before, on_processor()) {
            (Some(before), Some(after)) if after > before => after.saturating_sub(before),
            _ => started.elapsed(),
        };
        best = best.min(took);
        if best < TIME_MAX {
            return;
        }
    }
    panic!("{name}: {best:?} for {} bytes", raw.len());
}

#[test]
fn ten_thousand_mutated_mails() {
    let seeds = seeds();
    let mut random = Random(number("MAIL_ROBUSTNESS_SEED", 0x5eed_1234_abcd_ef01).max(1));
    let count = number("MAIL_ROBUSTNESS_ROUNDS", 10_000);
    for round in 0..usize::try_from(count).expect("a count") {
        let mut mail = seeds[round % seeds.len()].clone();
        let other = &seeds[random.below(seeds.len())];
        mutate(&mut mail, &mut random, other);
        read("mutated", &mail);
    }
    memory_is_bounded();
}

/// A mail of nothing but `winmail.dat`, whose rich text unpacks to eight times its size.
fn winmail(head: &str, tokens: usize) -> Vec<u8> {
    let mut compressed = vec![0; 4];
    compressed.extend_from_slice(&u32::MAX.to_le_bytes());
    compressed.extend_from_slice(b"LZFu\0\0\0\0");
    for _ in 0..tokens / 8 {
        compressed.push(0xff);
        // Eighteen bytes from the beginning of the dictionary, over and over.
        compressed.extend([0x00, 0x0f].repeat(8));
    }
    let length = u32::try_from(compressed.len()).expect("small");
    let mut properties = vec![1, 0, 0, 0, 0x02, 0x01, 0x09, 0x10, 1, 0, 0, 0];
    properties.extend_from_slice(&length.to_le_bytes());
    properties.extend_from_slice(&compressed);
    let mut stream = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0, 1];
    stream.extend_from_slice(&0x0006_9003_u32.to_le_bytes());
    stream.extend_from_slice(
        &u32::try_from(properties.len())
            .expect("small")
            .to_le_bytes(),
    );
    stream.extend_from_slice(&properties);
    stream.extend_from_slice(&[0, 0]);
    let mut mail =
        format!("{head}Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: binary\n\n")
            .into_bytes();
    mail.extend(stream);
    mail
}

#[test]
fn hostile_shapes_stay_quick() {
    let head = "From: a@b.example\nSubject: x\n";
    let plain = |body: String| format!("{head}\n{body}").into_bytes();
    let html = |body: String| format!("{head}Content-Type: text/html\n\n{body}").into_bytes();
    let mut nested = String::from(head);
    for level in 0..20_000 {
        nested.push_str("Content-Type: multipart/mixed; boundary=b");
        nested.push_str(&level.to_string());
        nested.push_str("\n\n--b");
        nested.push_str(&level.to_string());
        nested.push('\n');
    }
    let shapes: Vec<(&str, Vec<u8>)> = vec![
        ("nested parts", nested.into_bytes()),
        (
            "nested mails",
            format!(
                "{head}{}",
                "Content-Type: message/rfc822\n\n".repeat(20_000)
            )
            .into_bytes(),
        ),
        (
            "many parts",
            format!(
                "{head}Content-Type: multipart/mixed; boundary=a\n\n{}",
                "--a\n\nx\n".repeat(50_000)
            )
            .into_bytes(),
        ),
        ("nested elements", html("<div><b>".repeat(50_000))),
        (
            "nested quotes",
            html("<blockquote type=cite>x".repeat(50_000)),
        ),
        ("unclosed cells", html("<table><tr><td>".repeat(20_000))),
        (
            "attributes",
            html(format!("<p {}>", "a=b ".repeat(100_000))),
        ),
        ("list items", html("<li>x".repeat(50_000))),
        ("entities", html("&amp;&#0;&notanentity".repeat(30_000))),
        (
            "attributions",
            plain("On 4 Mar 2024 A <a@b.c> wrote:\n> x\ny\n".repeat(20_000)),
        ),
        ("openings", plain("On 4 Mar 2024 at\n".repeat(50_000))),
        ("labels", plain("From: x\nTo: y,\n".repeat(30_000))),
        (
            "recipients",
            plain(format!("To: {}\nSubject: x\n", "a@b.c,\n".repeat(50_000))),
        ),
        ("dashes", plain("--\n".repeat(100_000))),
        ("rules", plain("__________\nx\n".repeat(50_000))),
        ("colon marks", plain(": x\n".repeat(100_000))),
        ("runs of marks", plain("A> x\nB> y\n: z\n".repeat(30_000))),
        ("bars", plain("|\n".repeat(100_000))),
        ("citations", plain("and\n\n> x\n\nso\n".repeat(30_000))),
        (
            "citations below much text",
            plain(format!("{}{}", "text\n".repeat(60_000), "and\n\n> x\n\nso\n".repeat(30_000))),
        ),
        (
            "a citation above citations",
            plain(format!("> y\n\ntext\n{}", "and\n> > x\nThe light\n> x\n".repeat(40_000))),
        ),
        (
            "a name below much text",
            plain(format!("{}\n\nPetra\n", "long text ".repeat(150_000))),
        ),
        ("bare labels", plain("04.03.2024 09:05\nTo\n".repeat(30_000))),
        ("last names", plain(format!("Regards,\nJane\n{}", "\n\nx".repeat(50_000)))),
        ("arrows", plain("a---1.1.24 9:05---b\n".repeat(30_000))),
        (
            "rich text",
            format!(
                "{head}Content-Type: application/rtf; name=a.rtf\nContent-Disposition: attachment\n\n{{\\rtf1 {}",
                "{\\u8364?\\'e4\\par ".repeat(100_000)
            )
            .into_bytes(),
        ),
        ("compressed rich text", winmail(head, 200_000)),
        ("prompts", plain(">>> f(x)\n".repeat(50_000))),
        ("marks", plain(">".repeat(500_000))),
        (
            "dump lines",
            plain("> GET / HTTP/1.1\n< HTTP/1.1 200\n".repeat(30_000)),
        ),
        (
            "blank lines",
            plain(format!("x\n{}y", "\n".repeat(500_000))),
        ),
        ("one long line", plain("word ".repeat(400_000))),
        (
            "encoded words",
            format!("From: a@b.c\nSubject: {}\n\nx", "=?a?q?".repeat(10_000)).into_bytes(),
        ),
        (
            "addresses",
            format!(
                "From: {}\nTo: {}\n\nx",
                "a@b.c,".repeat(20_000),
                "\"((<".repeat(15_000)
            )
            .into_bytes(),
        ),
        (
            "parameters",
            format!(
                "{head}Content-Type: text/plain{}\n\nx",
                "; a*0*=x'y'z".repeat(5_000)
            )
            .into_bytes(),
        ),
        (
            "header fields",
            format!("{head}{}\n\nx", "X: y\n".repeat(200_000)).into_bytes(),
        ),
        (
            "undecodable",
            [format!("{head}\n").into_bytes(), vec![0x81; 500_000]].concat(),
        ),
        (
            "zero bytes",
            [format!("{head}\n").into_bytes(), vec![0; 500_000]].concat(),
        ),
    ];
    for (name, raw) in shapes {
        read(name, &raw);
    }
    memory_is_bounded();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_behind_a_header(
        body in proptest::collection::vec(any::<u8>(), 0..2_000),
        charset in "[a-z0-9-]{0,12}",
        html in any::<bool>(),
    ) {
        let kind = if html { "html" } else { "plain" };
        let mut raw = format!("From: a@b.c\nContent-Type: text/{kind}; charset={charset}\n\n").into_bytes();
        raw.extend(body);
        read("any bytes", &raw);
    }

    #[test]
    fn any_text_is_covered(
        lines in proptest::collection::vec("(\\PC{0,40}|> ?\\PC{0,20}|From: \\PC{0,10}|On 4 Mar 2024 x wrote:|-- |Regards,|)", 0..30),
        html in any::<bool>(),
    ) {
        check(&mail::parse_text(&lines.join("\n"), html));
    }

    #[test]
    fn plain_prose_is_untouched(words in proptest::collection::vec("[a-z]{2,9}", 3..40)) {
        let text = format!("{}.", words.join(" "));
        prop_assert_eq!(mail::parse_text(&text, false).new_text(), text);
    }
}
