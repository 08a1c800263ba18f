//! TOML to typed settings. Every error points at its place.

mod account;
mod archive;
mod deliver;
mod desks;
mod lmtp;
mod load;
mod metrics;
mod oauth;
mod retention;
mod secret;
mod similar;

use std::path::PathBuf;

use serde::Deserialize;

use crate::reply::GateSettings;
use crate::triage::Mode;

pub use account::{AccountSettings, AfterArchive, AuthMethod, TlsMode};
pub use archive::ArchiveSettings;
pub use deliver::{DeliverSettings, DkimSettings, FolderSettings, SmtpAuth, SmtpSettings};
pub use lmtp::LmtpSettings;
pub use load::{ConfigError, EXAMPLE, default_settings, load, parse};
pub use metrics::MetricsSettings;
pub use oauth::{OauthProvider, OauthSettings};
pub use retention::RetentionSettings;
pub use secret::{Secret, SecretSource};
pub use similar::SimilarSettings;

/// The whole configuration. Unknown keys are refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Version of the format: 1.
    pub format: u32,
    /// Folder of the store and the index; relative to the configuration file.
    #[serde(default = "default_data")]
    pub data: PathBuf,
    /// Desks.
    #[serde(default, rename = "desk")]
    pub desks: Vec<DeskSettings>,
    /// Sources that `precedent run` follows.
    #[serde(default, rename = "source")]
    pub sources: Vec<SourceSettings>,
    /// Mailboxes that `precedent run` reads.
    #[serde(default, rename = "account")]
    pub accounts: Vec<AccountSettings>,
    /// A door for a mail server on this machine.
    #[serde(default)]
    pub lmtp: Option<LmtpSettings>,
    /// How raw mails are kept.
    #[serde(default)]
    pub archive: ArchiveSettings,
    /// Whose word about the origin of a mail counts.
    #[serde(default)]
    pub trust: TrustSettings,
    /// When an automatic mail may leave.
    #[serde(default)]
    pub gate: GateSettings,
    /// Where mails go that may leave.
    #[serde(default)]
    pub deliver: DeliverSettings,
    /// Numbers, health and readiness over HTTP.
    #[serde(default)]
    pub metrics: Option<MetricsSettings>,
    /// How long things are kept.
    #[serde(default)]
    pub retention: RetentionSettings,
    /// How similar cases are found.
    #[serde(default)]
    pub similar: SimilarSettings,
}

/// A support team with its addresses and profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskSettings {
    /// Name, shown with its cases.
    pub name: String,
    /// Built-in profile, or the path of a TOML file relative to the configuration file.
    pub profile: String,
    /// Addresses of the inbox; the first one is the sender of replies.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Display name of replies; the profile's title by default.
    #[serde(default)]
    pub display_name: Option<String>,
    /// What may leave: `observe` (nothing), `draft` (after approval), `send`.
    #[serde(default)]
    pub mode: Mode,
    /// Requests for information that a case may get.
    #[serde(default = "default_requests_max")]
    pub requests_max: u32,
    /// Whether a mail that lacks nothing gets an acknowledgement.
    #[serde(default)]
    pub acknowledge: bool,
}

/// A source that is followed for ever.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// A Maildir, relative to the configuration file.
    pub maildir: PathBuf,
}

/// Whose word counts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustSettings {
    /// `authserv-id`s of our own mail servers (RFC 8601 section 2.5).
    #[serde(default)]
    pub authserv_ids: Vec<String>,
    /// Domains of Message-IDs that only programs of ours write: mail with one of them is never
    /// answered. Empty where colleagues with the same domain write to the desk.
    #[serde(default)]
    pub own_message_id_domains: Vec<String>,
}

fn default_data() -> PathBuf {
    PathBuf::from("precedent-data")
}

const fn default_requests_max() -> u32 {
    2
}

impl Settings {
    /// Says where tokens are kept: in the data folder. To be called after that is known.
    pub fn place_tokens(&mut self) {
        for account in &mut self.accounts {
            if let Some(oauth) = &mut account.oauth {
                oauth.token_file = self
                    .data
                    .join("tokens")
                    .join(format!("{}.json", account.name));
            }
        }
    }

    /// Addresses of all desks and the one to which bounces go, lower case.
    #[must_use]
    pub fn own_addresses(&self) -> Vec<String> {
        self.desks
            .iter()
            .flat_map(|desk| &desk.addresses)
            .chain(&self.deliver.envelope_sender)
            .map(|address| address.to_ascii_lowercase())
            .collect()
    }
}
