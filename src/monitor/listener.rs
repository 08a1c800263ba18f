//! A small HTTP door for whoever watches: `/metrics`, `/health`, `/ready`. GET only, one answer a connection.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::measures::{escaped, header};
use super::{SILENCE_MAX, measures, silence};
use crate::store::{Store, StoreError};

/// Longest head of a request.
const REQUEST_BYTES_MAX: usize = 8 * 1024;
/// Longest time that one connection may take.
const CONNECTION_MAX: Duration = Duration::from_secs(10);
/// Connections at once; more wait.
const CONNECTIONS: usize = 16;

/// What is answered to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status of HTTP.
    pub status: u16,
    /// Text.
    pub body: String,
}

/// The door.
pub struct Listener {
    socket: TcpListener,
    store: Arc<dyn Store>,
    ready: Arc<AtomicBool>,
    /// Folders that are read (`imap:ACCOUNT/FOLDER`): of others nothing is told, because nothing will change there.
    sources: BTreeSet<String>,
}

impl Listener {
    /// Opens it. It answers once [`Listener::serve`] is called; what is ready says `ready`, which folders are read
    /// `sources` (`imap:ACCOUNT/FOLDER`).
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn open(
        address: SocketAddr,
        store: Arc<dyn Store>,
        ready: Arc<AtomicBool>,
        sources: BTreeSet<String>,
    ) -> io::Result<Self> {
        Ok(Self {
            socket: TcpListener::bind(address).await?,
            store,
            ready,
            sources,
        })
    }

    /// Where it listens: with the port that was free when the configured one is 0.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Answers until it is dropped.
    pub async fn serve(self) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let door = Arc::new(self);
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return;
            };
            match door.socket.accept().await {
                Ok((connection, _)) => {
                    let door = Arc::clone(&door);
                    tokio::spawn(async move {
                        let _ = tokio::time::timeout(CONNECTION_MAX, door.answer(connection)).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    // Too many open files, most likely: others close some.
                    tracing::warn!(%error, "a connection to [metrics] could not be taken");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    async fn answer(&self, mut connection: TcpStream) -> io::Result<()> {
        let mut head = Vec::new();
        let mut piece = [0; 1024];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            let read = connection.read(&mut piece).await?;
            if read == 0 || head.len() + read > REQUEST_BYTES_MAX {
                break;
            }
            head.extend_from_slice(&piece[..read]);
        }
        let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let first = std::str::from_utf8(first).unwrap_or_default();
        let mut words = first.split_ascii_whitespace();
        let (method, path) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or("/"),
        );
        let answer = match method {
            "GET" | "HEAD" => self.look(path).await,
            _ => Answer {
                status: 405,
                body: "GET only\n".to_owned(),
            },
        };
        let reason = match answer.status {
            200 => "OK",
            404 => "Not Found",
            405 => "Method Not Allowed",
            _ => "Service Unavailable",
        };
        let body = if method == "HEAD" { "" } else { &answer.body };
        let text = format!(
            "HTTP/1.1 {} {reason}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\n\
             Cache-Control: no-store\r\nConnection: close\r\n\r\n{body}",
            answer.status,
            answer.body.len(),
        );
        connection.write_all(text.as_bytes()).await?;
        connection.shutdown().await
    }

    /// What a path says now.
    pub async fn look(&self, path: &str) -> Answer {
        match path.split('?').next().unwrap_or_default() {
            "/metrics" => match self.numbers().await {
                Ok(body) => Answer { status: 200, body },
                Err(error) => unavailable(&error.to_string()),
            },
            "/health" => match silence() {
                Some(silence) if silence <= SILENCE_MAX => healthy(),
                Some(silence) => unavailable(&format!(
                    "nothing has gone on for {} seconds",
                    silence.as_secs()
                )),
                None => unavailable("the work has not begun"),
            },
            "/ready" => {
                if !self.ready.load(Ordering::SeqCst) {
                    return unavailable("starting or stopping");
                }
                match self.store.last_sequence().await {
                    Ok(_) => healthy(),
                    Err(error) => unavailable(&error.to_string()),
                }
            }
            _ => Answer {
                status: 404,
                body: "/metrics, /health, /ready\n".to_owned(),
            },
        }
    }

    /// The numbers of the process, and those that the store knows.
    async fn numbers(&self) -> Result<String, StoreError> {
        let stats = self.store.stats().await?;
        let mut health = self.store.health().await?;
        health.retain(|name, _| !name.starts_with("imap:") || self.sources.contains(name));
        let stopped = self.store.reply_stop().await?.is_some();
        let mut out = measures().text();
        let mut gauge = |name: &str, help: &str, lines: &[(String, String)]| {
            header(&mut out, name, "gauge", help);
            for (labels, value) in lines {
                let _ = writeln!(out, "{name}{labels} {value}");
            }
        };
        let one = |value: u64| vec![(String::new(), value.to_string())];
        gauge(
            "precedent_archived_mails",
            "Mails in the archive.",
            &one(stats.mails),
        );
        gauge(
            "precedent_pending_mails",
            "Mails that are archived and not processed.",
            &one(stats.pending),
        );
        gauge(
            "precedent_quarantine_mails",
            "Mails in quarantine.",
            &one(stats.quarantined),
        );
        let by = |label: &str, counts: &std::collections::BTreeMap<&'static str, u64>| {
            counts
                .iter()
                .map(|(word, count)| (format!("{{{label}=\"{word}\"}}"), count.to_string()))
                .collect::<Vec<_>>()
        };
        gauge(
            "precedent_cases",
            "Own cases by status.",
            &by("status", &stats.cases),
        );
        gauge(
            "precedent_outbox_mails",
            "Outgoing mails by state.",
            &by("state", &stats.outbox),
        );
        gauge(
            "precedent_replies_stopped",
            "1 while an operator stopped all automatic mail.",
            &one(u64::from(stopped)),
        );
        let last = u64::try_from(stats.last_sequence).unwrap_or(0);
        gauge(
            "precedent_index_lag_changes",
            "Changes of cases that the search index has not taken over.",
            &one(last.saturating_sub(measures().indexed_up_to())),
        );
        let times = |pick: fn(&crate::store::Health) -> Option<jiff::Timestamp>| {
            health
                .iter()
                .filter_map(|(name, health)| {
                    let at = pick(health)?.as_second();
                    Some((format!("{{name=\"{}\"}}", escaped(name)), at.to_string()))
                })
                .collect::<Vec<_>>()
        };
        gauge(
            "precedent_last_success_timestamp_seconds",
            "When something that talks to the outside last worked.",
            &times(|health| health.success_at),
        );
        gauge(
            "precedent_last_failure_timestamp_seconds",
            "When it last did not.",
            &times(|health| health.failure_at),
        );
        gauge(
            "precedent_build_info",
            "1, with the version.",
            &[(
                format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")),
                "1".to_owned(),
            )],
        );
        Ok(out)
    }
}

fn healthy() -> Answer {
    Answer {
        status: 200,
        body: "ok\n".to_owned(),
    }
}

fn unavailable(why: &str) -> Answer {
    Answer {
        status: 503,
        body: format!("{why}\n"),
    }
}
