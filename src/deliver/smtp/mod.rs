//! Mails to a mail server: one kept connection, one recipient a mail, code 250 only.
//!
//! The protocol is spoken here and not by a library, so that for every failure it is known whether
//! the server can have the mail: see `docs/decisions/0013-own-smtp-session.md`.

mod reply;
mod session;
mod stream;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{Carrier, Delivery};
use crate::config::{SecretSource, SmtpAuth, SmtpSettings, TlsMode};
use crate::store::OutboxRecord;

pub use reply::Reply;
pub use session::{Failure, Session, Step};

/// A kept connection that was silent for longer is asked whether it still works.
const FRESH: Duration = Duration::from_secs(5);
/// Shortest and longest pause after the server could not be reached.
const PAUSES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(600));

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS before anything else.
    Starttls,
    /// Clear text, for a server on this machine.
    None,
}

/// Who logs in.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// User name.
    pub user: String,
    /// Password or access token.
    pub secret: SecretSource,
    /// True for an access token.
    pub xoauth2: bool,
}

/// A server and how to speak with it.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    pub protection: Protection,
    /// The only certificate authorities that are trusted; without it those of the machine.
    pub ca_file: Option<PathBuf>,
    /// Who logs in, if anybody.
    pub credentials: Option<Credentials>,
    /// How we name ourselves; by default our address in brackets.
    pub hello: Option<String>,
    /// Longest wait for one answer.
    pub limit: Duration,
    /// Longest wait for the answer after the end of a mail.
    pub final_limit: Duration,
}

impl From<&SmtpSettings> for ServerSettings {
    fn from(settings: &SmtpSettings) -> Self {
        Self {
            host: settings.host.clone(),
            port: settings.port(),
            protection: match settings.tls {
                TlsMode::Implicit => Protection::Implicit,
                TlsMode::Starttls => Protection::Starttls,
                TlsMode::None => Protection::None,
            },
            ca_file: settings.ca_file.clone(),
            credentials: settings
                .user
                .clone()
                .zip(settings.secret())
                .map(|(user, secret)| Credentials {
                    user,
                    secret,
                    xoauth2: settings.auth == SmtpAuth::Xoauth2,
                }),
            hello: settings.hello.clone(),
            limit: Duration::from_secs(settings.timeout_seconds),
            final_limit: Duration::from_secs(settings.final_timeout_seconds),
        }
    }
}

/// Hands mails to a server.
pub struct Smtp {
    settings: ServerSettings,
    sender: Option<String>,
    retry_days: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    session: Option<Kept>,
    /// Not before this is the server tried again, and why.
    down: Option<(Instant, Duration, String)>,
}

struct Kept {
    session: Session,
    used: Instant,
    /// True when a mail went through it before.
    proven: bool,
}

impl Smtp {
    /// A carrier; it connects when there is a first mail. `sender` is the envelope sender, `None` the
    /// null sender. What is put off again and again has failed after `retry_days`.
    #[must_use]
    pub fn new(settings: ServerSettings, sender: Option<String>, retry_days: u32) -> Self {
        Self {
            settings,
            sender,
            retry_days,
            state: Mutex::default(),
        }
    }

    /// A kept connection that still works, or a new one.
    async fn connected(&self, state: &mut State) -> Result<Kept, Failure> {
        if let Some(mut kept) = state.session.take() {
            if kept.used.elapsed() < FRESH {
                return Ok(kept);
            }
            if kept.session.reset().await.is_ok() {
                kept.used = Instant::now();
                return Ok(kept);
            }
        }
        Ok(Kept {
            session: Session::open(&self.settings).await?,
            used: Instant::now(),
            proven: false,
        })
    }

    /// Sends, and again over a new connection where a kept one had ended before it knew of the mail.
    async fn send(
        &self,
        state: &mut State,
        recipient: &str,
        bytes: &[u8],
    ) -> Result<Reply, Failure> {
        loop {
            let mut kept = self.connected(state).await?;
            let sent = kept
                .session
                .send(self.sender.as_deref(), recipient, bytes)
                .await;
            match &sent {
                Ok(_) => {
                    kept.used = Instant::now();
                    kept.proven = true;
                    state.session = Some(kept);
                }
                Err(Failure::Answer { step, reply }) => {
                    // 421: it closes the connection. A kept one may have had its share of mails.
                    if reply.code == 421 && *step == Step::Mail && kept.proven {
                        continue;
                    }
                    let clear = reply.is_temporary() || reply.is_permanent();
                    if clear && reply.code != 421 && kept.session.reset().await.is_ok() {
                        kept.used = Instant::now();
                        state.session = Some(kept);
                    }
                }
                Err(Failure::Broken {
                    step: Step::Mail, ..
                }) if kept.proven => continue,
                Err(Failure::Broken { .. }) => {}
            }
            return sent;
        }
    }
}

#[async_trait]
impl Carrier for Smtp {
    async fn ready(&self) -> Result<(), String> {
        let mut state = self.state.lock().await;
        if let Some((until, _, reason)) = &state.down
            && Instant::now() < *until
        {
            return Err(reason.clone());
        }
        match self.connected(&mut state).await {
            Ok(kept) => {
                state.session = Some(kept);
                state.down = None;
                Ok(())
            }
            Err(failure) => {
                let pause = state
                    .down
                    .as_ref()
                    .map_or(PAUSES.0, |(_, pause, _)| (*pause * 2).min(PAUSES.1));
                let reason = failure.to_string();
                state.down = Some((Instant::now() + pause, pause, reason.clone()));
                Err(reason)
            }
        }
    }

    async fn carry(&self, record: &OutboxRecord, bytes: &[u8]) -> Delivery {
        let recipient = record.recipient.as_str();
        if !crate::reply::is_plain(recipient) || !is_sendable(bytes) {
            return Delivery::Refused {
                reason: "the recipient or the mail cannot be said in SMTP".to_owned(),
                address: false,
            };
        }
        let mut state = self.state.lock().await;
        match self.send(&mut state, recipient, bytes).await {
            Ok(reply) => Delivery::Delivered {
                receipt: reply.to_string(),
            },
            Err(failure) => fate(&failure),
        }
    }

    fn retry_days(&self) -> Option<u32> {
        Some(self.retry_days)
    }

    fn name(&self) -> &'static str {
        "smtp"
    }

    async fn finish(&self) {
        let session = self.state.lock().await.session.take();
        if let Some(kept) = session {
            kept.session.quit().await;
        }
    }
}

/// What a failure means for the mail.
fn fate(failure: &Failure) -> Delivery {
    let reason = failure.to_string();
    match failure {
        Failure::Answer { step, reply } if reply.is_permanent() => Delivery::Refused {
            reason,
            address: *step == Step::Recipient && reply.refuses_address(),
        },
        Failure::Answer { reply, .. } if reply.is_temporary() => Delivery::Later { reason },
        // Neither yes nor no. After the mail's end that may have been a yes.
        Failure::Answer {
            step: Step::End, ..
        }
        | Failure::Broken {
            step: Step::End, ..
        } => Delivery::Uncertain { reason },
        Failure::Answer { .. } | Failure::Broken { .. } => Delivery::Later { reason },
    }
}

/// True for lines of at most 998 bytes that all end with CR LF (RFC 5321 section 4.5.3.1.6): a lone CR
/// or LF means different things to different servers, and something could be smuggled past one of them.
fn is_sendable(mail: &[u8]) -> bool {
    mail.split_inclusive(|&byte| byte == b'\n').all(|line| {
        let text = line.strip_suffix(b"\r\n").unwrap_or(line);
        text.len() <= 998 && !text.iter().any(|byte| b"\r\n\0".contains(byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_smuggle_a_second_mail_is_not_sent() {
        assert!(is_sendable(b"Subject: x\r\n\r\ntext\r\n.\r\n"));
        assert!(is_sendable(b""));
        for mail in [
            &b"a\n.\nMAIL FROM:<x>\r\n"[..],
            b"a\r.\r\n",
            b"a\0b\r\n",
            &[b'a'; 999],
        ] {
            assert!(!is_sendable(mail));
        }
    }
}
