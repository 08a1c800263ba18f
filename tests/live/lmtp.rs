//! The door for mail servers, with a plain client.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::dovecot::{free_port, until};
use crate::house::{House, Running};
use crate::inbox::{archived, letters, processed};
use crate::letter::{DESK, vague};

/// A conversation.
struct Client {
    reader: BufReader<TcpStream>,
    out: TcpStream,
}

impl Client {
    fn connect(port: u16) -> Self {
        let out = TcpStream::connect(("127.0.0.1", port)).unwrap();
        out.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut client = Self {
            reader: BufReader::new(out.try_clone().unwrap()),
            out,
        };
        assert!(client.answer().starts_with("220 "));
        client
    }

    /// One reply, all its lines.
    fn answer(&mut self) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line).unwrap();
            all.push_str(&line);
            if line.as_bytes().get(3) != Some(&b'-') {
                return all;
            }
        }
    }

    fn say(&mut self, line: &str) -> String {
        self.out
            .write_all(format!("{line}\r\n").as_bytes())
            .unwrap();
        self.answer()
    }

    /// Everything of a mail at once (RFC 2920), and all replies but those to the text.
    fn envelope(&mut self, from: &str, to: &[&str]) -> Vec<String> {
        let mut all = format!("MAIL FROM:<{from}> BODY=8BITMIME\r\n");
        for recipient in to {
            all.push_str(&format!("RCPT TO:<{recipient}>\r\n"));
        }
        all.push_str("DATA\r\n");
        self.out.write_all(all.as_bytes()).unwrap();
        (0..to.len() + 2).map(|_| self.answer()).collect()
    }

    /// The text with its dots doubled, and a reply for each recipient.
    fn text(&mut self, mail: &[u8], recipients: usize) -> Vec<String> {
        let mut out = Vec::new();
        for line in mail.split_inclusive(|byte| *byte == b'\n') {
            if line.starts_with(b".") {
                out.push(b'.');
            }
            out.extend_from_slice(line);
        }
        if !out.ends_with(b"\r\n") {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b".\r\n");
        self.out.write_all(&out).unwrap();
        (0..recipients).map(|_| self.answer()).collect()
    }
}

fn door(more: &str) -> (House, Running, u16) {
    let port = free_port();
    let house = House::empty();
    house.configure(
        "observe",
        &format!("\n[lmtp]\nlisten = \"127.0.0.1:{port}\"\n{more}\n"),
    );
    let running = house.start(&["-v", "run"]);
    until("the door", || running.err().contains("LMTP on"));
    (house, running, port)
}

#[test]
fn each_recipient_gets_an_answer_and_the_mail_is_safe_before_it() {
    let (house, mut running, port) = door("max_bytes = 100000");
    let mut client = Client::connect(port);
    assert!(client.say("EHLO x").starts_with("500"));
    assert!(client.say("MAIL FROM:<a@b.example>").starts_with("503"));
    let greeting = client.say("LHLO mx.example");
    for word in ["PIPELINING", "8BITMIME", "SIZE 100000"] {
        assert!(greeting.contains(word), "{greeting}");
    }
    assert!(
        client
            .say("MAIL FROM:<a@b.example> SIZE=100001")
            .starts_with("552")
    );
    assert!(client.say("DATA").starts_with("503"));
    let mut letter = vague("dev@customer.example", "Dots and two desks");
    letter.body.push_str("\n.\n..two\n.end\n");
    let replies = client.envelope(
        "bounce@customer.example",
        &[DESK, "nobody@desk.example", "Help+c.1@desk.example"],
    );
    let codes: Vec<&str> = replies.iter().map(|reply| &reply[..3]).collect();
    assert_eq!(codes, ["250", "250", "550", "250", "354"]);
    let bytes = letter.bytes();
    let kept = client.text(&bytes, 2);
    assert!(
        kept.iter().all(|reply| reply.starts_with("250 ")),
        "{kept:?}"
    );
    // Said is kept: the end of the process right after it changes nothing.
    running.kill();
    assert_eq!(archived(&house).unwrap().mails, 1);
    let mut running = house.start(&["-v", "run"]);
    processed(&house, &running, 1);
    let raw = house.store(async |store| {
        use precedent::store::{MailId, Store as _};
        store.raw(MailId(1)).await.unwrap().unwrap()
    });
    let trace = format!(
        "Return-Path: <bounce@customer.example>\r\nDelivered-To: {DESK}\r\nDelivered-To: Help+c.1@desk.example\r\n"
    );
    let mut expected = [trace.as_bytes(), &bytes].concat();
    if !expected.ends_with(b"\r\n") {
        expected.extend(b"\r\n");
    }
    assert!(raw == expected, "{:?}", String::from_utf8(raw));
    // The mail server sends it again, because it did not hear us: one mail, one case.
    until("the door", || {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    let mut client = Client::connect(port);
    client.say("LHLO mx.example");
    client.envelope("bounce@customer.example", &[DESK, "Help+c.1@desk.example"]);
    assert!(client.text(&bytes, 2)[0].starts_with("250 "));
    // Too large: refused for each, and the conversation goes on.
    client.envelope("a@b.example", &[DESK, "help@desk.example"]);
    let refused = client.text(
        &[b"Subject: x\r\n\r\n".to_vec(), vec![b'x'; 200_000]].concat(),
        2,
    );
    assert!(
        refused.iter().all(|reply| reply.starts_with("552 ")),
        "{refused:?}"
    );
    assert!(client.say("NOOP").starts_with("250"));
    assert!(client.say("QUIT").starts_with("221"));
    running.terminate();
    assert!(running.end().success());
    assert_eq!(
        (archived(&house).unwrap().mails, house.cases().len()),
        (1, 1)
    );
}

#[test]
fn many_conversations_at_once_and_a_slow_one_that_does_not_hold_up_the_end() {
    let (house, mut running, port) = door("");
    let mails = letters(120);
    std::thread::scope(|scope| {
        for share in mails.chunks(10) {
            scope.spawn(move || {
                let mut client = Client::connect(port);
                client.say("LHLO mx.example");
                for mail in share {
                    client.envelope("a@customer.example", &[DESK]);
                    assert!(client.text(mail, 1)[0].starts_with("250 "));
                }
            });
        }
    });
    let mut slow = Client::connect(port);
    slow.say("LHLO mx.example");
    slow.envelope("a@customer.example", &[DESK]);
    slow.out.write_all(b"Subject: never ends\r\n").unwrap();
    running.terminate();
    assert!(
        running.end_within(Duration::from_secs(10)).is_some(),
        "{}",
        running.err()
    );
    assert!(slow.answer().starts_with("421"));
    assert_eq!(
        (archived(&house).unwrap().mails, house.cases().len()),
        (120, 120)
    );
}

#[test]
fn a_socket_that_a_killed_process_left_is_used_again() {
    let house = House::empty();
    house.configure("observe", "\n[lmtp]\nlisten = \"unix:door.socket\"\n");
    let mut running = house.start(&["-v", "run"]);
    until("the door", || {
        UnixStream::connect(house.path("door.socket")).is_ok()
    });
    running.kill();
    assert!(house.path("door.socket").exists());
    let mut running = house.start(&["-v", "run"]);
    until("the door", || {
        UnixStream::connect(house.path("door.socket")).is_ok()
    });
    running.terminate();
    assert!(running.end().success());
    assert!(!house.path("door.socket").exists());
}
