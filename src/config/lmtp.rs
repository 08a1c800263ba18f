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
    /// Rights of the socket, octal: who may write to it may hand in mail.
    #[serde(default = "default_socket_mode")]
    pub socket_mode: String,
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

fn default_socket_mode() -> String {
    "0660".to_owned()
}

const fn default_max_bytes() -> u64 {
    crate::limits::MAIL_BYTES_MAX as u64
}

impl LmtpSettings {
    /// Where the door is.
    #[must_use]
    pub fn address(&self) -> LmtpAddress {
        match self.listen.strip_prefix("unix:") {
            Some(path) => LmtpAddress::Unix {
                path: self.folder.join(path),
                mode: self.mode().unwrap_or(0o600),
            },
            None => LmtpAddress::Tcp(self.listen.clone()),
        }
    }

    /// Rights of the socket; none when they cannot be read.
    fn mode(&self) -> Option<u32> {
        let digits = (3..=4).contains(&self.socket_mode.len());
        let mode = u32::from_str_radix(&self.socket_mode, 8).ok()?;
        (digits && mode <= 0o777 && mode & 0o600 == 0o600).then_some(mode)
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
        if listen.strip_prefix("unix:") == Some("") {
            problems.push((
                listen.clone(),
                "the socket has no path".to_owned(),
                "write \"unix:/run/precedent/lmtp\"".to_owned(),
            ));
        }
        if self.mode().is_none() {
            problems.push((
                self.socket_mode.clone(),
                format!(
                    "socket_mode = {:?} is no mode for a socket",
                    self.socket_mode
                ),
                "write \"0660\" or \"0666\"; guard the folder that the socket is in".to_owned(),
            ));
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
