//! What goes wrong with a server, and what a person can do about it.

use std::io;

use thiserror::Error;

/// The server's word on a command or on the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done, or a remark.
    Ok,
    /// Not done.
    No,
    /// Not understood.
    Bad,
    /// The server closes the connection.
    Bye,
    /// Logged in already.
    Preauth,
}

/// Why something with an IMAP server did not work.
#[derive(Debug, Error)]
pub enum ImapError {
    /// No connection.
    #[error("no connection to {server}: {error}")]
    Connect {
        /// Host and port.
        server: String,
        /// What the system said.
        error: io::Error,
    },
    /// The certificate or the TLS handshake is wrong.
    #[error("no protected connection to {server}: {detail}")]
    Tls {
        /// Host and port.
        server: String,
        /// What exactly.
        detail: String,
    },
    /// The server said no to the user.
    #[error("{server} does not let {user:?} in: {text}")]
    LoginRefused {
        /// Host and port.
        server: String,
        /// User name.
        user: String,
        /// Its response code in brackets and its text.
        text: String,
    },
    /// The password or token cannot be read.
    #[error("the password of account {account:?}: {detail}")]
    Secret {
        /// Name of the account.
        account: String,
        /// What is missing.
        detail: String,
    },
    /// There is no access token.
    #[error("no access token: {0}")]
    Token(#[from] crate::oauth::OauthError),
    /// The server lacks something that the configuration asks for.
    #[error("{server} does not offer {what}")]
    Lacking {
        /// Host and port.
        server: String,
        /// What.
        what: String,
    },
    /// A command was answered with NO or BAD.
    #[error("the server refused {command}: {}{text}", code_in_brackets(code.as_deref()))]
    Refused {
        /// Its name, without arguments.
        command: &'static str,
        /// NO or BAD.
        status: Status,
        /// Response code, upper case name first.
        code: Option<String>,
        /// The server's words.
        text: String,
    },
    /// The connection ended.
    #[error("the connection ended during {command}{}", said(text))]
    Closed {
        /// What was going on.
        command: &'static str,
        /// The words of its BYE.
        text: Option<String>,
    },
    /// Reading or writing failed.
    #[error("the connection failed during {command}: {error}")]
    Io {
        /// What was going on.
        command: &'static str,
        /// What the system said.
        error: io::Error,
    },
    /// No answer in time.
    #[error("no answer to {command} in time")]
    Timeout {
        /// What was going on.
        command: &'static str,
    },
    /// What was fetched is not wanted any more: the archive failed.
    #[error("the archive takes no more")]
    NotTaken,
    /// The server does not keep to the protocol.
    #[error("the server does not speak IMAP as it should, during {command}: {detail}")]
    Protocol {
        /// What was going on.
        command: &'static str,
        /// What exactly.
        detail: String,
    },
}

fn code_in_brackets(code: Option<&str>) -> String {
    code.map(|code| format!("[{code}] ")).unwrap_or_default()
}

fn said(text: &Option<String>) -> String {
    text.as_ref()
        .map(|text| format!(": {text}"))
        .unwrap_or_default()
}

/// Response codes that ask for patience (RFC 5530, and words that large providers use).
const PATIENCE: [&str; 6] = [
    "UNAVAILABLE",
    "INUSE",
    "LIMIT",
    "THROTTLED",
    "OVERQUOTA",
    "SERVERBUG",
];

/// Words of servers that have no response code for it.
const PATIENCE_WORDS: [&str; 6] = [
    "too many",
    "try again",
    "rate limit",
    "throttl",
    "temporar",
    "maximum number of connections",
];

impl ImapError {
    /// True when the same connection can go on: the server answered, and only said no.
    #[must_use]
    pub const fn connection_lives(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// True when the server asks to be left alone for a while.
    #[must_use]
    pub fn asks_for_patience(&self) -> bool {
        let (code, text) = match self {
            Self::Refused { code, text, .. } => (code.as_deref(), text.as_str()),
            Self::Closed {
                text: Some(text), ..
            } => (None, text.as_str()),
            _ => return false,
        };
        let text = text.to_ascii_lowercase();
        code.is_some_and(|code| PATIENCE.iter().any(|word| code.starts_with(word)))
            || PATIENCE_WORDS.iter().any(|word| text.contains(word))
    }

    /// True when trying again changes nothing before a person does something.
    #[must_use]
    pub const fn needs_a_person(&self) -> bool {
        if let Self::Token(error) = self {
            return error.needs_a_person();
        }
        matches!(
            self,
            Self::LoginRefused { .. } | Self::Secret { .. } | Self::Lacking { .. }
        ) || matches!(self, Self::Tls { .. })
    }

    /// What a person can do.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Connect { .. } => {
                "check host and port of the account, and that this machine may reach them"
            }
            Self::Tls { .. } => {
                "check host, port and tls of the account; a certificate of your own authority needs ca_file = \"ca.pem\""
            }
            Self::LoginRefused { .. } => {
                "check user and password; many providers want an app password, IMAP switched on, or auth = \"xoauth2\""
            }
            Self::Secret { .. } => {
                "put the password where the configuration says, readable by the service alone"
            }
            Self::Token(error) if error.needs_a_person() => {
                "log in with the command named above, or look at [account.oauth]"
            }
            Self::Token(_) => {
                "it is tried again; if it stays, check that this machine may reach the provider"
            }
            Self::Lacking { .. } => {
                "change the account in the configuration; docs/providers.md says what providers take"
            }
            Self::Refused { .. } if self.asks_for_patience() => {
                "it is tried again after a pause; if it stays, look at what else connects as this user"
            }
            Self::Refused { .. } => "`precedent check` lists folders and what the server offers",
            Self::Closed { .. } | Self::Io { .. } | Self::Timeout { .. } => {
                "it is tried again; if it stays, look at the server's log"
            }
            Self::NotTaken => "see what was said about the store",
            Self::Protocol { .. } => {
                "it is tried again; if it stays, something between here and the server may change what it says"
            }
        }
    }
}
