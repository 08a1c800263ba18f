//! Mailboxes on IMAP servers.

use serde::Deserialize;

/// How a connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// TLS from the first byte.
    #[default]
    Implicit,
    /// Clear text until STARTTLS; nothing secret is said before.
    Starttls,
    /// Clear text.
    None,
}

impl TlsMode {
    /// As it is written in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Implicit => "implicit",
            Self::Starttls => "starttls",
            Self::None => "none",
        }
    }
}
