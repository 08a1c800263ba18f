//! Where mails go that may leave.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::account::{AccountSettings, TlsMode, is_loopback};
use super::secret::{Secret, SecretSource};
use crate::deliver::dkim;
use crate::reply::is_plain;

/// Where mails go that may leave: to a folder or to a mail server.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliverSettings {
    /// Folder that gets one `.eml` file for each mail; relative to the data folder. `outgoing` where
    /// no server is named.
    #[serde(default)]
    pub folder: Option<PathBuf>,
    /// The mail server that takes them.
    #[serde(default)]
    pub smtp: Option<SmtpSettings>,
    /// Envelope sender: an address of ours to which bounces go. Without it the null sender `<>`
    /// (RFC 3834 section 3.3), and what is refused later nobody tells us.
    #[serde(default)]
    pub envelope_sender: Option<String>,
    /// Signs what leaves.
    #[serde(default)]
    pub dkim: Option<DkimSettings>,
    /// Mailbox folder that gets a copy of each mail that a server took; mails of unknown fate are
    /// looked for there.
    #[serde(default)]
    pub sent_folder: Option<FolderSettings>,
    /// Mailbox folder that gets a copy of each draft.
    #[serde(default)]
    pub drafts_folder: Option<FolderSettings>,
}

/// Signatures of what leaves (DKIM, RFC 6376), where no mail server behind us signs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DkimSettings {
    /// Domain that takes responsibility: that of the desk's address, or one above it.
    pub domain: String,
    /// Name of the key: its record is `SELECTOR._domainkey.DOMAIN`.
    pub selector: String,
    /// PEM file with the private key, relative to the configuration file.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// Name of the systemd credential with the private key.
    #[serde(default)]
    pub key_credential: Option<String>,
}

impl DkimSettings {
    /// Who signs with what.
    #[must_use]
    pub fn signer(&self) -> dkim::DkimSettings {
        let key = match (&self.key_file, &self.key_credential) {
            (Some(path), _) => dkim::KeySource::File(path.clone()),
            (None, name) => dkim::KeySource::Credential(name.clone().unwrap_or_default()),
        };
        dkim::DkimSettings {
            domain: self.domain.clone(),
            selector: self.selector.clone(),
            key,
        }
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        for (key, name) in [("domain", &self.domain), ("selector", &self.selector)] {
            let fine = !name.is_empty()
                && name.split('.').all(|label| {
                    !label.is_empty()
                        && label
                            .bytes()
                            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
                });
            if !fine {
                problems.push((
                    name.clone(),
                    format!("{name:?} is no {key} for DKIM"),
                    "write labels of letters, digits and dashes, with dots between them".to_owned(),
                ));
            }
        }
        if self.key_file.is_some() == self.key_credential.is_some() {
            problems.push((
                self.selector.clone(),
                "DKIM needs one private key".to_owned(),
                "write one of key_file and key_credential".to_owned(),
            ));
        }
        problems
    }
}

/// A folder of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderSettings {
    /// Name of an `[[account]]`.
    pub account: String,
    /// The folder; without it the one that the server names for this use (RFC 6154).
    #[serde(default)]
    pub folder: Option<String>,
}

/// A mail server that takes mails for others (a smarthost, the provider's submission service).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// Name or address of the server. Certificates are checked against it.
    pub host: String,
    /// Port; by default 465, 587 for `starttls`, 25 for `none`.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: TlsMode,
    /// PEM file with the only certificate authorities that are trusted for this server; without it those
    /// of the machine. Relative to the configuration file.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// User name; without one nobody logs in.
    #[serde(default)]
    pub user: Option<String>,
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
    /// How to log in.
    #[serde(default)]
    pub auth: SmtpAuth,
    /// How we name ourselves in EHLO; by default our address in brackets.
    #[serde(default)]
    pub hello: Option<String>,
    /// Longest wait for one answer of the server. Seconds.
    #[serde(default = "default_timeout_seconds")]
    pub timeout_seconds: u64,
    /// Longest wait for the answer after the end of a mail. Whoever is impatient here makes mails of
    /// unknown fate (RFC 5321 section 4.5.3.2.6). Seconds.
    #[serde(default = "default_final_timeout_seconds")]
    pub final_timeout_seconds: u64,
    /// Days after which a mail that was put off again and again has failed.
    #[serde(default = "default_retry_days")]
    pub retry_days: u32,
}

/// How to log in (RFC 4954).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpAuth {
    /// PLAIN where the server offers it, else LOGIN.
    #[default]
    Password,
    /// XOAUTH2 with an access token: Google, Microsoft.
    Xoauth2,
}

const fn default_timeout_seconds() -> u64 {
    60
}

const fn default_final_timeout_seconds() -> u64 {
    600
}

const fn default_retry_days() -> u32 {
    4
}

impl DeliverSettings {
    /// The folder, where mails go to one.
    #[must_use]
    pub fn outgoing_folder(&self) -> PathBuf {
        self.folder
            .clone()
            .unwrap_or_else(|| PathBuf::from("outgoing"))
    }

    /// Makes paths relative to the folder of the configuration file. The folder of outgoing mails is
    /// relative to the data folder.
    pub(super) fn resolve_paths(&mut self, folder: &Path) {
        if let Some(path) = self.dkim.as_mut().and_then(|dkim| dkim.key_file.as_mut()) {
            *path = folder.join(&path);
        }
        if let Some(smtp) = &mut self.smtp {
            for path in [&mut smtp.ca_file, &mut smtp.password_file]
                .into_iter()
                .flatten()
            {
                *path = folder.join(&path);
            }
        }
    }

    /// What is wrong with it: the value that is wrong, what, and what to do.
    pub(super) fn problems(&self, accounts: &[AccountSettings]) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        for folder in [&self.sent_folder, &self.drafts_folder]
            .into_iter()
            .flatten()
        {
            if !accounts
                .iter()
                .any(|account| account.name == folder.account)
            {
                problems.push((
                    folder.account.clone(),
                    format!("there is no account {:?}", folder.account),
                    "write the name of one of the [[account]]s".to_owned(),
                ));
            }
        }
        if let (Some(folder), None) = (&self.sent_folder, &self.smtp) {
            problems.push((
                folder.account.clone(),
                "sent_folder without a server that takes mails".to_owned(),
                "add [deliver.smtp], or leave sent_folder out".to_owned(),
            ));
        }
        if let (Some(folder), Some(_)) = (&self.folder, &self.smtp) {
            problems.push((
                folder.display().to_string(),
                "mails cannot go to a folder and to a server".to_owned(),
                "keep one of folder and smtp".to_owned(),
            ));
        }
        if let Some(sender) = &self.envelope_sender
            && !is_plain(sender)
        {
            problems.push((
                sender.clone(),
                format!("{sender:?} is not an address"),
                "write it as \"bounces@example.com\", or leave it out for the null sender"
                    .to_owned(),
            ));
        }
        if let Some(smtp) = &self.smtp {
            problems.extend(smtp.problems());
        }
        if let Some(dkim) = &self.dkim {
            problems.extend(dkim.problems());
        }
        problems
    }
}

impl SmtpSettings {
    /// The port, given or usual.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            TlsMode::Implicit => 465,
            TlsMode::Starttls => 587,
            TlsMode::None => 25,
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

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        let host = &self.host;
        let mut problem = |value: &str, message: String, hint: &str| {
            problems.push((value.to_owned(), message, hint.to_owned()));
        };
        let plain = |text: &str| {
            !text.is_empty() && !text.contains(|letter: char| letter.is_control() || letter == ' ')
        };
        if !plain(host) {
            problem(
                host,
                format!("{host:?} is not a server"),
                "write its name, such as \"smtp.example.com\"",
            );
        }
        if let Some(hello) = &self.hello
            && !plain(hello)
        {
            problem(
                hello,
                format!("{hello:?} is not a name for EHLO"),
                "write the name of this machine, such as \"desk.example.com\"",
            );
        }
        if self.tls == TlsMode::None && !self.is_loopback() {
            problem(
                host,
                format!("mail would go in clear text to {host}"),
                "set tls = \"implicit\" or \"starttls\"; \"none\" is for a server on this machine",
            );
        }
        match (&self.user, self.secrets().len()) {
            (None, 0) | (Some(_), 1) => {}
            (None, _) => problem(
                host,
                format!("there is a password for {host} and no user"),
                "add user = \"...\"",
            ),
            (Some(_), 0) => problem(
                host,
                format!("the user of {host} has no password"),
                "add one of password_file, password_environment, password_credential, password",
            ),
            (Some(_), _) => problem(
                host,
                format!("the user of {host} has several passwords"),
                "keep one of password_file, password_environment, password_credential, password",
            ),
        }
        for (key, value) in [
            ("timeout_seconds", self.timeout_seconds),
            ("final_timeout_seconds", self.final_timeout_seconds),
        ] {
            if !(1..=3_600).contains(&value) {
                problem(
                    key,
                    format!("{key} = {value} is not between 1 and 3600"),
                    "leave it out: the defaults are 60 and 600",
                );
            }
        }
        if !(1..=30).contains(&self.retry_days) {
            problem(
                "retry_days",
                format!("retry_days = {} is not between 1 and 30", self.retry_days),
                "leave it out for 4",
            );
        }
        problems
    }
}
