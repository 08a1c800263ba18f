//! Mailboxes on IMAP servers.

use std::path::PathBuf;

use serde::Deserialize;

use super::oauth::OauthSettings;
use super::secret::{Secret, SecretSource};

/// A mailbox on an IMAP server, read by `precedent run`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// Name, shown in logs and part of what the store remembers. A renamed account is a new one.
    pub name: String,
    /// Name or address of the server. Certificates are checked against it.
    pub host: String,
    /// Port; by default 993, or 143 where `tls` is not `implicit`.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: TlsMode,
    /// PEM file with the only certificate authorities that are trusted for this server; without it those
    /// of the machine. Relative to the configuration file.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Allows `tls = "none"` to a server that is not this machine: passwords and mail go in clear text.
    #[serde(default)]
    pub allow_clear_text: bool,
    /// User name.
    pub user: String,
    /// The password itself. Better one of the keys below.
    #[serde(default)]
    pub password: Option<Secret>,
    /// File whose first line is the password or access token, relative to the configuration file.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// Variable of the environment with the password or access token.
    #[serde(default)]
    pub password_environment: Option<String>,
    /// Name of the systemd credential with the password or access token.
    #[serde(default)]
    pub password_credential: Option<String>,
    /// How access tokens are got, instead of a password.
    #[serde(default)]
    pub oauth: Option<OauthSettings>,
    /// How to log in.
    #[serde(default)]
    pub auth: AuthMethod,
    /// Folders that are read.
    #[serde(default = "default_folders")]
    pub folders: Vec<String>,
    /// What the server is told after a mail is safe in the archive.
    #[serde(default)]
    pub after_archive: AfterArchive,
    /// Keyword that `after_archive = "keyword"` sets.
    #[serde(default = "default_keyword")]
    pub keyword: String,
    /// Folder that `after_archive = "move"` moves to.
    #[serde(default)]
    pub move_to: Option<String>,
    /// Whether the server is asked to tell of new mail at once (RFC 2177). Polling goes on behind it.
    #[serde(default = "default_true")]
    pub idle: bool,
    /// Seconds between two looks where the server cannot tell or must not be asked to.
    #[serde(default = "default_poll_seconds")]
    pub poll_seconds: u64,
    /// Seconds within which the server must answer.
    #[serde(default = "default_timeout_seconds")]
    pub timeout_seconds: u64,
    /// Largest mail that is fetched. Of a larger one the header is kept, in quarantine.
    #[serde(default = "default_max_bytes")]
    pub max_bytes: u64,
    /// Whether the connection is compressed where the server offers it (RFC 4978). Never to this machine.
    #[serde(default = "default_true")]
    pub compress: bool,
    /// Whether we say who we are (RFC 2971). QQ and 163 demand it.
    #[serde(default = "default_true")]
    pub send_id: bool,
}

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

/// How to log in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthMethod {
    /// The LOGIN command (RFC 3501).
    #[default]
    Login,
    /// SASL PLAIN (RFC 4616).
    Plain,
    /// SASL XOAUTH2 with an access token: Google, Microsoft.
    Xoauth2,
    /// SASL OAUTHBEARER with an access token (RFC 7628).
    Oauthbearer,
}

impl AuthMethod {
    /// As it is written in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Plain => "plain",
            Self::Xoauth2 => "xoauth2",
            Self::Oauthbearer => "oauthbearer",
        }
    }
}

/// What the server is told after a mail is safe in the archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AfterArchive {
    /// Nothing: the mailbox stays as it was.
    #[default]
    Leave,
    /// A keyword is set.
    Keyword,
    /// The mail is moved to a folder.
    Move,
}

fn default_folders() -> Vec<String> {
    vec!["INBOX".to_owned()]
}

fn default_keyword() -> String {
    "$Precedent".to_owned()
}

const fn default_true() -> bool {
    true
}

const fn default_poll_seconds() -> u64 {
    60
}

const fn default_timeout_seconds() -> u64 {
    60
}

const fn default_max_bytes() -> u64 {
    crate::limits::MAIL_BYTES_MAX as u64
}

/// True when the name or address is that of this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

impl AccountSettings {
    /// The port, given or usual.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            TlsMode::Implicit => 993,
            TlsMode::Starttls | TlsMode::None => 143,
        })
    }

    /// True when the server is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// Where the password or access token is found.
    #[must_use]
    pub fn secret(&self) -> Option<SecretSource> {
        self.secrets().into_iter().next()
    }

    fn secrets(&self) -> Vec<SecretSource> {
        SecretSource::given(
            self.password.as_ref(),
            self.password_file.as_ref(),
            self.password_environment.as_ref(),
            self.password_credential.as_ref(),
        )
    }

    /// Makes paths relative to the folder of the configuration file.
    pub(super) fn resolve_paths(&mut self, folder: &std::path::Path) {
        if let Some(oauth) = &mut self.oauth {
            oauth.resolve_paths(folder);
        }
        for path in [&mut self.ca_file, &mut self.password_file]
            .into_iter()
            .flatten()
        {
            *path = folder.join(&path);
        }
    }

    /// What is wrong with it: the value that is wrong, what, and what to do.
    pub(super) fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        let mut problem = |value: &str, message: String, hint: &str| {
            problems.push((value.to_owned(), message, hint.to_owned()));
        };
        let name = &self.name;
        let plain = |text: &str| !text.is_empty() && !text.contains(char::is_control);
        if !plain(name) || name.contains('/') {
            problem(
                name,
                format!("{name:?} is not a name for an account"),
                "use letters, digits and hyphens",
            );
        }
        for (key, value) in [("host", &self.host), ("user", &self.user)] {
            if !plain(value) {
                problem(
                    name,
                    format!("account {name:?}: {key} is empty or has control characters"),
                    "write it as the provider shows it",
                );
            }
        }
        let secrets = self.secrets().len() + usize::from(self.oauth.is_some());
        let bearer = matches!(self.auth, AuthMethod::Xoauth2 | AuthMethod::Oauthbearer);
        if self.oauth.is_some() && !bearer {
            problem(
                name,
                format!("account {name:?} gets access tokens and does not log in with them"),
                "add auth = \"xoauth2\" or \"oauthbearer\"",
            );
        }
        match secrets {
            0 => problem(
                name,
                format!("account {name:?} has no password"),
                "add one of password_file, password_environment, password_credential, password; or oauth",
            ),
            1 => {}
            _ => problem(
                name,
                format!("account {name:?} has several passwords"),
                "keep one of password_file, password_environment, password_credential, password",
            ),
        }
        if self.tls == TlsMode::None && !self.is_loopback() && !self.allow_clear_text {
            problem(
                &self.host,
                format!(
                    "account {name:?} would send its password in clear text to {}",
                    self.host
                ),
                "set tls = \"implicit\" or \"starttls\"; or allow_clear_text = true if the network is really yours",
            );
        }
        if self.folders.is_empty() {
            problem(
                name,
                format!("account {name:?} reads no folder"),
                "leave folders out for INBOX alone",
            );
        }
        for (position, folder) in self.folders.iter().enumerate() {
            // INBOX is one folder in whatever letters (RFC 3501 section 5.1).
            let same = |other: &String| {
                other == folder
                    || other.eq_ignore_ascii_case("INBOX") && folder.eq_ignore_ascii_case("INBOX")
            };
            if !plain(folder) || self.folders[..position].iter().any(same) {
                problem(
                    folder,
                    format!("account {name:?}: the folder {folder:?} is empty or named twice"),
                    "`precedent check` lists the folders of the server",
                );
            }
        }
        let target = self.move_to.as_deref().unwrap_or_default();
        if self.after_archive == AfterArchive::Move {
            if !plain(target) {
                problem(
                    name,
                    format!("account {name:?} shall move mail and names no folder"),
                    "add move_to = \"Archive\"",
                );
            } else if self.folders.iter().any(|folder| folder == target) {
                problem(
                    target,
                    format!("account {name:?} moves mail to {target:?}, which it reads"),
                    "move to a folder that is not read",
                );
            }
        } else if self.move_to.is_some() {
            problem(
                target,
                format!("account {name:?} names move_to and does not move"),
                "add after_archive = \"move\"",
            );
        }
        let atom = !self.keyword.is_empty()
            && self
                .keyword
                .chars()
                .all(|letter| letter.is_ascii_graphic() && !"(){%*\"\\]".contains(letter));
        if !atom {
            problem(
                &self.keyword,
                format!("{:?} is not an IMAP keyword", self.keyword),
                "use letters, digits, $ and hyphens",
            );
        }
        for (key, seconds, least, most) in [
            ("poll_seconds", self.poll_seconds, 5, 86_400),
            ("timeout_seconds", self.timeout_seconds, 1, 600),
        ] {
            if !(least..=most).contains(&seconds) {
                problem(
                    key,
                    format!(
                        "account {name:?}: {key} = {seconds} is not between {least} and {most}"
                    ),
                    "60 is usual",
                );
            }
        }
        let largest = crate::limits::RAW_BYTES_MAX as u64;
        if !(1_024..=largest).contains(&self.max_bytes) {
            problem(
                "max_bytes",
                format!(
                    "account {name:?}: max_bytes = {} is not between 1024 and {largest}",
                    self.max_bytes
                ),
                "leave it out for 50 MiB",
            );
        }
        if let Some(oauth) = &self.oauth {
            problems.extend(oauth.problems());
        }
        problems
    }
}
