//! OAuth2 of an account.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;

use super::secret::{Secret, SecretSource};
use crate::oauth::OauthError;

/// How an account gets access tokens by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OauthSettings {
    /// Whose addresses and scope are used.
    #[serde(default)]
    pub provider: OauthProvider,
    /// Tenant of Microsoft.
    #[serde(default = "default_tenant")]
    pub tenant: String,
    /// Who we are: the identifier of the application that was registered with the provider.
    pub client_id: String,
    /// The application's secret, where it has one. Better one of the keys below.
    #[serde(default)]
    pub client_secret: Option<Secret>,
    /// File whose first line is the secret, relative to the configuration file.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// Variable of the environment with the secret.
    #[serde(default)]
    pub client_secret_environment: Option<String>,
    /// Name of the systemd credential with the secret.
    #[serde(default)]
    pub client_secret_credential: Option<String>,
    /// Last day of the secret, to be reminded of it in advance.
    #[serde(default, deserialize_with = "day")]
    pub client_secret_expires: Option<Date>,
    /// What is asked for; the provider's for mail by default.
    #[serde(default)]
    pub scope: Option<String>,
    /// Address of the device grant (RFC 8628 section 3.1); the provider's by default.
    #[serde(default)]
    pub device_url: Option<String>,
    /// Address of tokens; the provider's by default.
    #[serde(default)]
    pub token_url: Option<String>,
    /// Where tokens are kept: set by the program.
    #[serde(skip)]
    pub token_file: PathBuf,
}

/// Whose addresses and scope are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OauthProvider {
    /// Gmail and Google Workspace.
    Google,
    /// Outlook.com and Microsoft 365.
    Microsoft,
    /// The addresses of the configuration.
    #[default]
    Other,
}

/// Reads a day as people write it in the configuration.
fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(|_| {
        serde::de::Error::custom(format!(
            "{text:?} is no day: write the year, the month and the day, as in \"2027-05-01\""
        ))
    })
}

fn default_tenant() -> String {
    "common".to_owned()
}

impl OauthSettings {
    fn lacking(key: &str) -> OauthError {
        OauthError::Configuration(format!(
            "oauth names neither a provider nor {key}; add provider = \"microsoft\" or {key} = \"https://...\""
        ))
    }

    /// Address of tokens.
    ///
    /// # Errors
    /// When neither it nor a provider is named.
    pub fn token_url(&self) -> Result<String, OauthError> {
        match (&self.token_url, self.provider) {
            (Some(url), _) => Ok(url.clone()),
            (None, OauthProvider::Google) => Ok("https://oauth2.googleapis.com/token".to_owned()),
            (None, OauthProvider::Microsoft) => Ok(format!(
                "https://login.microsoftonline.com/{}/oauth2/v2.0/token",
                self.tenant
            )),
            (None, OauthProvider::Other) => Err(Self::lacking("token_url")),
        }
    }

    /// Address of the device grant.
    ///
    /// # Errors
    /// When neither it nor a provider with one is named. Google's gives no access to mail.
    pub fn device_url(&self) -> Result<String, OauthError> {
        match (&self.device_url, self.provider) {
            (Some(url), _) => Ok(url.clone()),
            (None, OauthProvider::Microsoft) => Ok(format!(
                "https://login.microsoftonline.com/{}/oauth2/v2.0/devicecode",
                self.tenant
            )),
            (None, OauthProvider::Google) => Err(OauthError::Configuration(
                "Google gives no access to mail by a code typed on another device: make a refresh token for the scope \
                 https://mail.google.com/ in a browser, and hand it over with `precedent login ACCOUNT --refresh-token`"
                    .to_owned(),
            )),
            (None, OauthProvider::Other) => Err(Self::lacking("device_url")),
        }
    }

    /// What is asked for.
    ///
    /// # Errors
    /// When neither it nor a provider is named.
    pub fn scope(&self) -> Result<String, OauthError> {
        match (&self.scope, self.provider) {
            (Some(scope), _) => Ok(scope.clone()),
            (None, OauthProvider::Google) => Ok("https://mail.google.com/".to_owned()),
            (None, OauthProvider::Microsoft) => Ok(
                "offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
                    .to_owned(),
            ),
            (None, OauthProvider::Other) => Err(Self::lacking("scope")),
        }
    }

    /// Where the application's secret is found, if it has one.
    #[must_use]
    pub fn client_secret(&self) -> Option<SecretSource> {
        self.secrets().into_iter().next()
    }

    fn secrets(&self) -> Vec<SecretSource> {
        SecretSource::given(
            self.client_secret.as_ref(),
            self.client_secret_file.as_ref(),
            self.client_secret_environment.as_ref(),
            self.client_secret_credential.as_ref(),
        )
    }

    /// Makes paths relative to the folder of the configuration file.
    pub(super) fn resolve_paths(&mut self, folder: &Path) {
        if let Some(path) = &mut self.client_secret_file {
            *path = folder.join(&path);
        }
    }

    /// What is wrong with it: the value that is wrong, what, and what to do.
    pub(super) fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        let mut problem = |value: &str, message: String, hint: &str| {
            problems.push((value.to_owned(), message, hint.to_owned()));
        };
        if self.client_id.is_empty() {
            problem(
                "client_id",
                "the client_id is empty".to_owned(),
                "register an application with the provider and write its identifier here",
            );
        }
        if self.secrets().len() > 1 {
            problem(
                "client_secret",
                "there are several client secrets".to_owned(),
                "keep one of client_secret_file, client_secret_environment, client_secret_credential, client_secret",
            );
        }
        if let Err(error) = self.token_url() {
            problem("oauth", error.to_string(), "see docs/providers.md");
        }
        let plain_tenant = self
            .tenant
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '.');
        if !plain_tenant || self.tenant.is_empty() {
            problem(
                &self.tenant,
                format!("{:?} is not a tenant", self.tenant),
                "write the tenant's identifier or domain, or leave it out",
            );
        }
        for url in [&self.device_url, &self.token_url].into_iter().flatten() {
            let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
            if !url.starts_with("https://") && !local.iter().any(|local| url.starts_with(local)) {
                problem(
                    url,
                    format!("{url:?} would carry secrets in clear text"),
                    "write an address that begins with https://",
                );
            }
        }
        problems
    }
}
