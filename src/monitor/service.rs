//! The word to a service manager: systemd's notification protocol (`sd_notify(3)`), datagrams to the socket that
//! `NOTIFY_SOCKET` names.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{SILENCE_MAX, silence};

/// How often the manager is asked for more time while the start takes long.
const EXTEND_INTERVAL: Duration = Duration::from_secs(20);

/// A service manager, or nobody: then every word goes nowhere.
#[derive(Clone, Debug, Default)]
pub struct ServiceManager {
    socket: Option<String>,
    watchdog: Option<Duration>,
    ready: Arc<AtomicBool>,
}

impl ServiceManager {
    /// The one that started this process.
    #[must_use]
    pub fn from_environment() -> Self {
        let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        // The watchdog of another process of the unit is not ours.
        let ours = read("WATCHDOG_PID").is_none_or(|pid| pid == std::process::id().to_string());
        Self {
            socket: read("NOTIFY_SOCKET"),
            watchdog: read("WATCHDOG_USEC")
                .filter(|_| ours)
                .and_then(|text| text.parse().ok())
                .map(Duration::from_micros),
            ready: Arc::default(),
        }
    }

    /// Everything is open and followed.
    pub fn ready(&self) {
        self.ready.store(true, Ordering::SeqCst);
        self.say("READY=1\nSTATUS=following its sources");
    }

    /// The end was asked for.
    pub fn stopping(&self) {
        self.say("STOPPING=1\nSTATUS=finishing the mails in hand");
    }

    /// Tells the manager that we live as long as work goes on, and asks for time while the start takes long. Ends when it is
    /// dropped.
    pub async fn keep_telling(self) {
        if self.socket.is_none() {
            return;
        }
        let interval = self
            .watchdog
            .map_or(EXTEND_INTERVAL, |watchdog| watchdog / 2)
            .clamp(Duration::from_millis(100), EXTEND_INTERVAL);
        // A process in which nothing goes on is started again, by not being told of.
        let silence_max = self
            .watchdog
            .map_or(SILENCE_MAX, |watchdog| watchdog.max(SILENCE_MAX));
        loop {
            let works = silence().is_none_or(|silence| silence <= silence_max);
            if works && self.watchdog.is_some() {
                self.say("WATCHDOG=1");
            }
            if works && !self.ready.load(Ordering::SeqCst) {
                self.say(&format!(
                    "EXTEND_TIMEOUT_USEC={}",
                    (3 * EXTEND_INTERVAL).as_micros()
                ));
            }
            tokio::time::sleep(interval).await;
        }
    }

    /// Sends one datagram. A manager that does not listen is no reason to stop.
    #[cfg(unix)]
    fn say(&self, text: &str) {
        use std::os::unix::net::UnixDatagram;
        let Some(name) = &self.socket else {
            return;
        };
        let sent = UnixDatagram::unbound().and_then(|socket| match name.strip_prefix('@') {
            #[cfg(target_os = "linux")]
            Some(name) => {
                use std::os::linux::net::SocketAddrExt as _;
                let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
                socket.send_to_addr(text.as_bytes(), &address)
            }
            _ => socket.send_to(text.as_bytes(), name),
        });
        if let Err(error) = sent {
            tracing::debug!(%error, "the service manager could not be told");
        }
    }

    #[cfg(not(unix))]
    fn say(&self, _text: &str) {}
}
