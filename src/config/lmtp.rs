//! The door for a mail server.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::intake::lmtp::LmtpAddress;

/// A door for a mail server on this machine (RFC 2033), open while `precedent run` runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LmtpSettings {
    /// `127.0.0.1:2424`, or `unix:PATH` with a path relative to the configuration file.
    pub listen: String,
    /// Largest mail that is taken.
    #[serde(default = "default_max_bytes")]
    pub max_bytes: u64,
    /// Whether mail to addresses that no desk has is taken too; otherwise it is refused.
    #[serde(default)]
    pub any_recipient: bool,
    /// Allows an address that others can reach. LMTP knows no password.
    #[serde(default)]
    pub allow_remote: bool,
    #[serde(skip)]
    folder: PathBuf,
}

const fn default_max_bytes() -> u64 {
    crate::limits::MAIL_BYTES_MAX as u64
}

impl LmtpSettings {
    /// Where the door is.
    #[must_use]
    pub fn address(&self) -> LmtpAddress {
        match self.listen.strip_prefix("unix:") {
            Some(path) => LmtpAddress::Unix(self.folder.join(path)),
            None => LmtpAddress::Tcp(self.listen.clone()),
        }
    }

    /// Makes a path relative to the folder of the configuration file.
    pub(super) fn resolve_paths(&mut self, folder: &Path) {
        self.folder = folder.to_owned();
    }

    /// What is wrong with it: the value that is wrong, what, and what to do.
    pub(super) fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        let listen = &self.listen;
        if let LmtpAddress::Tcp(address) = self.address() {
            match address.parse::<std::net::SocketAddr>() {
                Err(_) => problems.push((
                    listen.clone(),
                    format!("{listen:?} is nothing to listen on"),
                    "write \"127.0.0.1:2424\" or \"unix:lmtp.socket\"".to_owned(),
                )),
                Ok(address) if !address.ip().is_loopback() && !self.allow_remote => problems.push((
                    listen.clone(),
                    format!("anybody who reaches {listen} could hand in mail"),
                    "listen on 127.0.0.1 or a socket; or set allow_remote = true if the network is really yours"
                        .to_owned(),
                )),
                Ok(_) => {}
            }
        }
        let largest = crate::limits::RAW_BYTES_MAX as u64 - 1024 * 1024;
        if !(1_024..=largest).contains(&self.max_bytes) {
            problems.push((
                "max_bytes".to_owned(),
                format!(
                    "max_bytes = {} is not between 1024 and {largest}",
                    self.max_bytes
                ),
                "leave it out for 50 MiB".to_owned(),
            ));
        }
        problems
    }
}
