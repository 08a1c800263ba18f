//! One connection to a server: greeting, EHLO, STARTTLS, AUTH, and mails one after the other
//! (RFC 5321, 3207, 4954, 2920, 1870, 6152).
//!
//! Every step has its time limit. Whatever leaves a doubt about what the server thinks ends the
//! connection: a session that gave [`Failure::Broken`] must be dropped.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::time::timeout;

use super::reply::{Reply, parse_line};
use super::stream::{self, Stream};
use super::{Credentials, Protection, ServerSettings};
use crate::limits::{SMTP_LINE_BYTES_MAX, SMTP_LINES_MAX};

/// Bytes of a mail that are handed to the system at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// A step of the conversation, for messages and for knowing what a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Reaching the server.
    Connect,
    /// Its first words.
    Greeting,
    /// EHLO.
    Hello,
    /// STARTTLS and the handshake.
    StartTls,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Recipient,
    /// DATA, up to the server's 354.
    Data,
    /// The mail itself, before its end was handed to the system.
    Body,
    /// The end of the mail and the answer to it: from here on nobody knows.
    End,
    /// RSET or NOOP between two mails.
    Between,
}

impl Step {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::Greeting => "the greeting",
            Self::Hello => "EHLO",
            Self::StartTls => "STARTTLS",
            Self::Login => "AUTH",
            Self::Mail => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Body => "the mail's text",
            Self::End => "the end of the mail",
            Self::Between => "RSET",
        }
    }
}

/// Why a step did not work.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The server said something else than the one right answer.
    Answer {
        /// Where.
        step: Step,
        /// What.
        reply: Reply,
    },
    /// Silence, garbage, or the end of the connection.
    Broken {
        /// Where.
        step: Step,
        /// What happened.
        reason: String,
    },
}

impl Failure {
    pub(super) fn broken(step: Step, reason: impl ToString) -> Self {
        Self::Broken {
            step,
            reason: reason.to_string(),
        }
    }

    /// Where it happened.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Answer { step, .. } | Self::Broken { step, .. } => *step,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answer { step, reply } => write!(formatter, "{}: {reply}", step.as_str()),
            Self::Broken { step, reason } => write!(formatter, "{}: {reason}", step.as_str()),
        }
    }
}

/// What the server offers.
#[derive(Clone, Debug, Default)]
struct Offers {
    pipelining: bool,
    eight_bit: bool,
    starttls: bool,
    /// Largest mail; 0 when it does not say.
    size: u64,
    /// Mechanisms, upper case.
    auth: Vec<String>,
}

impl Offers {
    fn read(reply: &Reply) -> Self {
        let mut offers = Self::default();
        for line in reply.lines.iter().skip(1) {
            let upper = line.trim().to_ascii_uppercase();
            let mut words = upper.split([' ', '=']).filter(|word| !word.is_empty());
            match words.next() {
                Some("PIPELINING") => offers.pipelining = true,
                Some("8BITMIME") => offers.eight_bit = true,
                Some("STARTTLS") => offers.starttls = true,
                Some("SIZE") => {
                    offers.size = words.next().and_then(|size| size.parse().ok()).unwrap_or(0);
                }
                Some("AUTH") => offers.auth.extend(words.map(str::to_owned)),
                _ => {}
            }
        }
        offers
    }
}

/// A connection that has said EHLO and logged in.
pub struct Session {
    stream: BufReader<Stream>,
    greeting: String,
    offers: Offers,
    limit: Duration,
    final_limit: Duration,
    /// True when the server waits for a mail that does not come: nothing can be asked of it any more.
    waits_in_vain: bool,
}

impl Session {
    /// Connects, protects the connection as the settings say, and logs in. Nothing secret goes in
    /// clear text to another machine.
    ///
    /// # Errors
    /// What did not work, and where.
    pub async fn open(settings: &ServerSettings) -> Result<Self, Failure> {
        let socket = stream::connect(settings).await?;
        let hello = settings.hello.clone().unwrap_or_else(|| {
            match socket.local_addr().map(|address| address.ip()) {
                Ok(std::net::IpAddr::V6(address)) => format!("[IPv6:{address}]"),
                Ok(std::net::IpAddr::V4(address)) => format!("[{address}]"),
                Err(_) => "[127.0.0.1]".to_owned(),
            }
        });
        let stream: Stream = match settings.protection {
            Protection::Implicit => stream::protect(Box::new(socket), settings).await?,
            Protection::Starttls | Protection::None => Box::new(socket),
        };
        let mut session = Self {
            stream: BufReader::new(stream),
            greeting: String::new(),
            offers: Offers::default(),
            limit: settings.limit,
            final_limit: settings.final_limit,
            waits_in_vain: false,
        };
        session.greeting = session.expect(Step::Greeting, 220).await?.to_string();
        session.hello(&hello).await?;
        if settings.protection == Protection::Starttls {
            if !session.offers.starttls {
                return Err(Failure::broken(
                    Step::StartTls,
                    "the server does not offer it",
                ));
            }
            session.ask(Step::StartTls, "STARTTLS", 220).await?;
            // Words that came before the handshake were not protected: whoever put them there must not be heard.
            if !session.stream.buffer().is_empty() {
                return Err(Failure::broken(
                    Step::StartTls,
                    "the server went on in clear text",
                ));
            }
            let plain = session.stream.into_inner();
            session.stream = BufReader::new(stream::protect(plain, settings).await?);
            session.hello(&hello).await?;
        }
        if let Some(credentials) = &settings.credentials {
            session.login(credentials).await?;
        }
        Ok(session)
    }

    /// The words with which it greeted.
    #[must_use]
    pub fn greeting(&self) -> &str {
        &self.greeting
    }

    async fn hello(&mut self, name: &str) -> Result<(), Failure> {
        let reply = self.ask(Step::Hello, &format!("EHLO {name}"), 250).await?;
        self.offers = Offers::read(&reply);
        Ok(())
    }

    async fn login(&mut self, credentials: &Credentials) -> Result<(), Failure> {
        let secret = credentials
            .secret
            .read()
            .map_err(|reason| Failure::broken(Step::Login, reason))?;
        let offered = |name: &str| self.offers.auth.iter().any(|offer| offer == name);
        let user = &credentials.user;
        if credentials.xoauth2 {
            let token = format!("user={user}\u{1}auth=Bearer {}\u{1}\u{1}", secret.expose());
            let command = format!("AUTH XOAUTH2 {}", BASE64.encode(token));
            return match self.ask(Step::Login, &command, 235).await {
                // A refusal comes as a challenge that wants an empty answer.
                Err(Failure::Answer { reply, .. }) if reply.code == 334 => {
                    self.ask(Step::Login, "", 235).await.map(drop)
                }
                other => other.map(drop),
            };
        }
        if offered("PLAIN") {
            let both = format!("\0{user}\0{}", secret.expose());
            let command = format!("AUTH PLAIN {}", BASE64.encode(both));
            return self.ask(Step::Login, &command, 235).await.map(drop);
        }
        if offered("LOGIN") {
            self.ask(Step::Login, "AUTH LOGIN", 334).await?;
            self.ask(Step::Login, &BASE64.encode(user), 334).await?;
            let password = BASE64.encode(secret.expose());
            return self.ask(Step::Login, &password, 235).await.map(drop);
        }
        Err(Failure::broken(
            Step::Login,
            format!(
                "the server offers no way to log in that is known here (AUTH {})",
                self.offers.auth.join(" ")
            ),
        ))
    }

    /// Sends one mail to one recipient. The one good end is code 250 after the mail's end; then the
    /// server has it, and its words are given.
    ///
    /// # Errors
    /// What did not work, and where: see [`Step`].
    pub async fn send(
        &mut self,
        sender: Option<&str>,
        recipient: &str,
        mail: &[u8],
    ) -> Result<Reply, Failure> {
        let too_large = self.offers.size > 0 && mail.len() as u64 > self.offers.size;
        let eight_bit = !mail.is_ascii();
        if too_large || (eight_bit && !self.offers.eight_bit) {
            let text = if too_large {
                format!("5.3.4 the server takes {} bytes at most", self.offers.size)
            } else {
                "5.6.3 the server takes no 8-bit text".to_owned()
            };
            return Err(Failure::Answer {
                step: Step::Mail,
                reply: Reply {
                    code: 552,
                    lines: vec![text],
                },
            });
        }
        let sender = format!(
            "MAIL FROM:<{}>{}",
            sender.unwrap_or_default(),
            if eight_bit { " BODY=8BITMIME" } else { "" }
        );
        let recipient = format!("RCPT TO:<{recipient}>");
        if self.offers.pipelining {
            // One recipient: where it is refused, DATA has nobody to go to and is refused as well. A server may
            // say 354 all the same (RFC 2920 section 3.1) and waits for a mail that we will not send: its word on
            // the recipient counts, and the connection ends.
            let group = format!("{sender}\r\n{recipient}\r\nDATA\r\n");
            self.write(Step::Mail, group.as_bytes()).await?;
            let mail_said = self.read(Step::Mail, self.limit).await?;
            let recipient_said = self.read(Step::Recipient, self.limit).await?;
            let data_said = self.read(Step::Data, self.limit).await?;
            for (step, reply) in [(Step::Mail, mail_said), (Step::Recipient, recipient_said)] {
                if reply.code == 250 {
                    continue;
                }
                self.waits_in_vain = data_said.code == 354;
                return Err(Failure::Answer { step, reply });
            }
            expected(Step::Data, data_said, 354)?;
        } else {
            self.ask(Step::Mail, &sender, 250).await?;
            self.ask(Step::Recipient, &recipient, 250).await?;
            self.ask(Step::Data, "DATA", 354).await?;
        }
        let wire = stuffed(mail);
        // Until the last byte is on its way the server cannot have the mail; from then on it may.
        let mut chunks = wire.chunks(CHUNK_BYTES).peekable();
        while let Some(chunk) = chunks.next() {
            let step = match chunks.peek() {
                Some(_) => Step::Body,
                None => Step::End,
            };
            self.write_some(step, chunk).await?;
        }
        let reply = self.read(Step::End, self.final_limit).await?;
        expected(Step::End, reply, 250)
    }

    /// Makes the server forget what was said of a mail, and shows that the connection still works.
    ///
    /// # Errors
    /// When it does not.
    pub async fn reset(&mut self) -> Result<(), Failure> {
        if self.waits_in_vain {
            return Err(Failure::broken(
                Step::Between,
                "the server waits for a mail",
            ));
        }
        self.ask(Step::Between, "RSET", 250).await.map(drop)
    }

    /// Says goodbye. Nothing depends on it.
    pub async fn quit(mut self) {
        let polite = Duration::from_secs(2).min(self.limit);
        let _ = timeout(polite, async {
            self.write(Step::Between, b"QUIT\r\n").await?;
            self.read(Step::Between, self.limit).await
        })
        .await;
    }

    async fn ask(&mut self, step: Step, command: &str, code: u16) -> Result<Reply, Failure> {
        self.write(step, format!("{command}\r\n").as_bytes())
            .await?;
        self.expect(step, code).await
    }

    async fn expect(&mut self, step: Step, code: u16) -> Result<Reply, Failure> {
        let reply = self.read(step, self.limit).await?;
        expected(step, reply, code)
    }

    async fn write(&mut self, step: Step, bytes: &[u8]) -> Result<(), Failure> {
        // Something that nobody asked for: from here on answers would belong to the wrong questions.
        if !self.stream.buffer().is_empty() {
            return Err(Failure::broken(step, "the server spoke out of turn"));
        }
        self.write_some(step, bytes).await
    }

    async fn write_some(&mut self, step: Step, bytes: &[u8]) -> Result<(), Failure> {
        let writing = async {
            let stream = self.stream.get_mut();
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        match timeout(self.limit, writing).await {
            Ok(Ok(())) => {
                crate::fault::point("smtp.said");
                Ok(())
            }
            Ok(Err(error)) => Err(Failure::broken(step, error)),
            Err(_) => Err(silent(step, self.limit)),
        }
    }

    /// Reads one answer with all its lines.
    async fn read(&mut self, step: Step, limit: Duration) -> Result<Reply, Failure> {
        match timeout(limit, self.read_lines(step)).await {
            Ok(reply) => {
                crate::fault::point("smtp.heard");
                reply
            }
            Err(_) => Err(silent(step, limit)),
        }
    }

    async fn read_lines(&mut self, step: Step) -> Result<Reply, Failure> {
        let mut lines = Vec::new();
        let mut line = Vec::new();
        let mut first = None;
        loop {
            line.clear();
            (&mut self.stream)
                .take(SMTP_LINE_BYTES_MAX)
                .read_until(b'\n', &mut line)
                .await
                .map_err(|error| Failure::broken(step, error))?;
            if line.is_empty() {
                return Err(Failure::broken(step, "the server closed the connection"));
            }
            let whole = line.ends_with(b"\n");
            let Some((code, more, text)) = parse_line(&line).filter(|_| whole) else {
                return Err(Failure::broken(
                    step,
                    "the server's answer is no SMTP reply",
                ));
            };
            lines.push(text);
            if *first.get_or_insert(code) != code || lines.len() > SMTP_LINES_MAX {
                return Err(Failure::broken(step, "the server's answer makes no sense"));
            }
            if !more {
                return Ok(Reply { code, lines });
            }
        }
    }
}

fn expected(step: Step, reply: Reply, code: u16) -> Result<Reply, Failure> {
    if reply.code == code {
        Ok(reply)
    } else {
        Err(Failure::Answer { step, reply })
    }
}

fn silent(step: Step, limit: Duration) -> Failure {
    Failure::broken(step, format!("no answer within {} s", limit.as_secs_f32()))
}

/// The mail with dots doubled at the beginning of lines (RFC 5321 section 4.5.2), and its end.
fn stuffed(mail: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(mail.len() + 64);
    for line in mail.split_inclusive(|&byte| byte == b'\n') {
        if line.starts_with(b".") {
            wire.push(b'.');
        }
        wire.extend_from_slice(line);
    }
    if !wire.ends_with(b"\r\n") && !wire.is_empty() {
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b".\r\n");
    wire
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_and_the_end_stands_alone() {
        assert_eq!(stuffed(b"a\r\n.b\r\n..\r\n"), b"a\r\n..b\r\n...\r\n.\r\n");
        assert_eq!(stuffed(b"a"), b"a\r\n.\r\n");
        assert_eq!(stuffed(b".\r\n"), b"..\r\n.\r\n");
        assert_eq!(stuffed(b""), b".\r\n");
    }

    #[test]
    fn offers_are_read() {
        let offers = Offers::read(&Reply {
            code: 250,
            lines: [
                "mx",
                "size 1000",
                "AUTH PLAIN login",
                "AUTH=XOAUTH2",
                "PIPELINING",
            ]
            .map(str::to_owned)
            .to_vec(),
        });
        assert!(offers.pipelining && !offers.starttls && !offers.eight_bit);
        assert_eq!(offers.size, 1_000);
        assert_eq!(offers.auth, ["PLAIN", "LOGIN", "XOAUTH2"]);
    }
}
