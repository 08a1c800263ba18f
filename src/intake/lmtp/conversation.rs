//! One conversation of LMTP (RFC 2033, and RFC 5321 for what it takes from SMTP).

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::{Bytes, LmtpRules, Waiting};
use crate::intake::RawMail;
use crate::store::Arrival;

/// Time for the other side to go on (RFC 5321 section 4.5.3.2.7).
const PATIENCE: Duration = Duration::from_secs(300);
/// Longest command line. RFC 5321 section 4.5.3.1.4 asks for 512 and more for extensions.
const LINE_BYTES_MAX: usize = 4_096;
/// Most recipients of one mail.
const RECIPIENTS_MAX: usize = 1_000;
/// Wrong commands until the conversation ends.
const ERRORS_MAX: usize = 20;

/// A mail being handed over.
#[derive(Default)]
struct Envelope {
    sender: Option<String>,
    recipients: Vec<String>,
}

struct Conversation<'a> {
    stream: Box<dyn Bytes>,
    buffer: Vec<u8>,
    rules: &'a LmtpRules,
    keeper: &'a mpsc::Sender<Waiting>,
}

/// Holds a conversation to its end.
pub(super) async fn serve(
    stream: Box<dyn Bytes>,
    rules: &LmtpRules,
    keeper: &mpsc::Sender<Waiting>,
    busy: bool,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut conversation = Conversation {
        stream,
        buffer: Vec::new(),
        rules,
        keeper,
    };
    if busy {
        return conversation
            .say("421 4.3.2 too many connections, try again later")
            .await;
    }
    conversation.hold(stop).await
}

impl Conversation<'_> {
    async fn hold(&mut self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let name = self.rules.name.clone();
        self.say(&format!("220 {name} LMTP precedent")).await?;
        let mut greeted = false;
        let mut errors = 0;
        let mut envelope = Envelope::default();
        tokio::pin!(stop);
        while errors < ERRORS_MAX {
            let line = tokio::select! {
                () = &mut stop => return self.say("421 4.3.2 going down, try again later").await,
                line = self.line() => line?,
            };
            let Some(line) = line else {
                return Ok(());
            };
            let Ok(line) = String::from_utf8(line) else {
                errors += 1;
                self.say("500 5.5.2 a command is ASCII").await?;
                continue;
            };
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            let answer = match verb.to_ascii_uppercase().as_str() {
                "LHLO" => {
                    greeted = true;
                    envelope = Envelope::default();
                    format!(
                        "250-{name}\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {}",
                        self.rules.max_bytes
                    )
                }
                "HELO" | "EHLO" => "500 5.5.1 this is LMTP: say LHLO".to_owned(),
                "MAIL" if greeted => self.mail(rest, &mut envelope),
                "RCPT" if envelope.sender.is_some() => self.recipient(rest, &mut envelope),
                "DATA" if envelope.recipients.is_empty() => {
                    "503 5.5.1 no recipient was taken".to_owned()
                }
                "DATA" => {
                    self.say("354 end with a line with a dot").await?;
                    let text = tokio::select! {
                        // Nothing was promised yet: the other side sends it again.
                        () = &mut stop => return self.say("421 4.3.2 going down, try again later").await,
                        text = self.text(trace(&envelope)) => text?,
                    };
                    self.keep(&envelope, text).await?;
                    envelope = Envelope::default();
                    continue;
                }
                "RSET" => {
                    envelope = Envelope::default();
                    "250 2.0.0 forgotten".to_owned()
                }
                "NOOP" => "250 2.0.0 ok".to_owned(),
                "VRFY" => "252 2.1.5 send the mail and see".to_owned(),
                "QUIT" => return self.say("221 2.0.0 bye").await,
                "MAIL" | "RCPT" => "503 5.5.1 not now".to_owned(),
                _ => "500 5.5.2 unknown command".to_owned(),
            };
            if answer.starts_with("50") {
                errors += 1;
            }
            self.say(&answer).await?;
        }
        self.say("421 4.7.0 too many errors").await
    }

    fn mail(&self, rest: &str, envelope: &mut Envelope) -> String {
        if envelope.sender.is_some() {
            return "503 5.5.1 a mail is in hand".to_owned();
        }
        let Some((path, parameters)) = path(rest, "FROM:") else {
            return "501 5.5.4 write MAIL FROM:<address>".to_owned();
        };
        for parameter in parameters.split_ascii_whitespace() {
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match key.to_ascii_uppercase().as_str() {
                "SIZE"
                    if value
                        .parse::<u64>()
                        .is_ok_and(|size| size > self.rules.max_bytes) =>
                {
                    return format!("552 5.3.4 more than {} bytes", self.rules.max_bytes);
                }
                "SIZE" | "BODY" => {}
                _ => return "555 5.5.4 unknown parameter".to_owned(),
            }
        }
        envelope.sender = Some(path.to_owned());
        "250 2.1.0 ok".to_owned()
    }

    fn recipient(&self, rest: &str, envelope: &mut Envelope) -> String {
        let Some((path, _)) = path(rest, "TO:").filter(|(path, _)| !path.is_empty()) else {
            return "501 5.5.4 write RCPT TO:<address>".to_owned();
        };
        if envelope.recipients.len() >= RECIPIENTS_MAX {
            return "452 4.5.3 too many recipients".to_owned();
        }
        let known = self
            .rules
            .recipients
            .as_ref()
            .is_none_or(|known| known.contains(&without_detail(path)));
        if !known {
            return "550 5.1.1 no desk has this address".to_owned();
        }
        envelope.recipients.push(path.to_owned());
        "250 2.1.5 ok".to_owned()
    }

    /// Keeps a mail, and answers for each recipient (RFC 2033 section 4.2).
    async fn keep(&mut self, envelope: &Envelope, text: Option<Vec<u8>>) -> io::Result<()> {
        let answer = match text {
            None => format!("552 5.3.4 more than {} bytes", self.rules.max_bytes),
            Some(bytes) => {
                let (safe, answer) = oneshot::channel();
                let mail = RawMail {
                    bytes,
                    origin: format!(
                        "lmtp from <{}>",
                        envelope.sender.as_deref().unwrap_or_default()
                    ),
                    received_at: None,
                    cursor: None,
                    arrival: Arrival::default(),
                };
                let handed = self.keeper.send(Waiting { mail, safe }).await.is_ok();
                if handed && answer.await.unwrap_or(false) {
                    "250 2.0.0 kept".to_owned()
                } else {
                    "451 4.3.0 cannot be kept now, try again later".to_owned()
                }
            }
        };
        let answers = vec![answer; envelope.recipients.len()].join("\r\n");
        self.say(&answers).await
    }

    /// Reads a mail up to its end and behind what is there already. None when it is too large; it is read to
    /// its end all the same. Only CR LF dot CR LF ends a mail: other ends of line are part of it, so that
    /// no second mail can be smuggled in.
    async fn text(&mut self, mut mail: Vec<u8>) -> io::Result<Option<Vec<u8>>> {
        let most = usize::try_from(self.rules.max_bytes).unwrap_or(usize::MAX) + mail.len();
        let mut too_large = false;
        // At the beginning of a line.
        let mut begin = true;
        loop {
            let mut taken = 0;
            while let Some(length) = end_of_line(&self.buffer[taken..]) {
                let line = &self.buffer[taken..taken + length];
                taken += length;
                if begin && line == b".\r\n" {
                    self.buffer.drain(..taken);
                    return Ok((!too_large).then_some(mail));
                }
                let line = if begin && line.starts_with(b".") {
                    &line[1..]
                } else {
                    line
                };
                too_large |= mail.len() + line.len() > most;
                if !too_large {
                    mail.extend_from_slice(line);
                }
                begin = true;
            }
            self.buffer.drain(..taken);
            // A long line need not be kept together; only its last byte may belong to an end of line.
            if self.buffer.len() > 64 * 1024 {
                let length = self.buffer.len() - 1;
                let skip = usize::from(begin && self.buffer[0] == b'.');
                too_large |= mail.len() + length > most;
                if !too_large {
                    mail.extend_from_slice(&self.buffer[skip..length]);
                }
                self.buffer.drain(..length);
                begin = false;
            }
            if !self.fill().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// A command without its end of line; none at the end of the connection.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.buffer) {
                let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(Some(line));
            }
            if self.buffer.len() > LINE_BYTES_MAX {
                return Err(io::Error::other("a command has no end"));
            }
            if !self.fill().await? {
                return Ok(None);
            }
        }
    }

    /// Reads more. Safe to be cancelled.
    async fn fill(&mut self) -> io::Result<bool> {
        self.buffer.reserve(16 * 1024);
        let read = timeout(PATIENCE, self.stream.read_buf(&mut self.buffer))
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        Ok(read > 0)
    }

    async fn say(&mut self, text: &str) -> io::Result<()> {
        let line = format!("{text}\r\n");
        timeout(PATIENCE, async {
            self.stream.write_all(line.as_bytes()).await?;
            self.stream.flush().await
        })
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }
}

/// What final delivery writes above a mail: the way back and the recipients (RFC 5321 section 4.4).
fn trace(envelope: &Envelope) -> Vec<u8> {
    let mut trace = format!(
        "Return-Path: <{}>\r\n",
        envelope.sender.as_deref().unwrap_or_default()
    );
    for recipient in &envelope.recipients {
        trace.push_str(&format!("Delivered-To: {recipient}\r\n"));
    }
    trace.into_bytes()
}

/// Where the first line with CR LF ends.
fn end_of_line(buffer: &[u8]) -> Option<usize> {
    memchr::memmem::find(buffer, b"\r\n").map(|at| at + 2)
}

/// The address in angle brackets after a keyword, and what follows.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let rest = rest.trim_start();
    let (word, rest) = rest.split_at_checked(keyword.len())?;
    if !word.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let rest = rest.trim_start().strip_prefix('<')?;
    let (path, parameters) = rest.split_once('>')?;
    // Nothing that could end a header field or hide a second address.
    let plain = path
        .chars()
        .all(|letter| !letter.is_control() && !letter.is_whitespace() && letter != '<');
    plain.then_some((path, parameters))
}

/// An address in lower case without its `+detail`.
fn without_detail(address: &str) -> String {
    let address = address.to_ascii_lowercase();
    match address.rsplit_once('@') {
        Some((local, domain)) => {
            let local = local.split('+').next().unwrap_or(local);
            format!("{local}@{domain}")
        }
        None => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_and_nothing_else() {
        assert_eq!(path("FROM:<a@b> SIZE=3", "FROM:"), Some(("a@b", " SIZE=3")));
        assert_eq!(path("from: <>", "FROM:"), Some(("", "")));
        for wrong in [
            "FROM:a@b",
            "FROM:<a\r\nX: y>",
            "TO:<a>",
            "FROM:<a b>",
            "ü",
            "",
        ] {
            assert_eq!(path(wrong, "FROM:"), None, "{wrong}");
        }
        assert_eq!(without_detail("Help+c.X@Desk.Example"), "help@desk.example");
    }
}
