//! Access tokens for mailboxes whose provider takes no passwords: the device grant (RFC 8628) for a
//! person to log in once, and the refresh grant (RFC 6749 section 6) for ever after.
//!
//! A provider may answer a refresh with a new refresh token and forget the old one. The new one is on the
//! disk before the access token that came with it is used.

mod request;
mod tokens;

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::config::{OauthSettings, Secret};
use request::{Answer, post};
pub use tokens::Tokens;

/// An access token is renewed when it lives no longer than this.
const RENEW_SECONDS_BEFORE: i64 = 300;
/// Lifetime where the provider names none.
const LIFETIME_SECONDS: i64 = 3_000;
/// Pause between two questions whether the person has logged in (RFC 8628 section 3.2).
const INTERVAL_SECONDS: u64 = 5;
/// Longest time that a person may take.
const LOGIN_SECONDS_MAX: u64 = 1_800;

/// Why there is no access token.
#[derive(Debug, Error)]
pub enum OauthError {
    /// Nobody has logged in yet, or the provider has forgotten it.
    #[error("{reason}; run `precedent login {account}`")]
    LoginNeeded {
        /// Name of the account.
        account: String,
        /// Why.
        reason: String,
    },
    /// The provider cannot be asked now.
    #[error("{url} cannot be asked: {detail}")]
    Unreachable {
        /// Where.
        url: String,
        /// What went wrong.
        detail: String,
    },
    /// The provider says no.
    #[error("{url} refuses: {error}{}", described(description))]
    Refused {
        /// Where.
        url: String,
        /// Its code (RFC 6749 section 5.2).
        error: String,
        /// Its words.
        description: String,
    },
    /// The file of the tokens, or the client secret, cannot be used.
    #[error("{path}: {detail}")]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong and what to do.
        detail: String,
    },
    /// The configuration lacks something.
    #[error("{0}")]
    Configuration(String),
}

fn described(description: &str) -> String {
    if description.is_empty() {
        String::new()
    } else {
        format!(" ({description})")
    }
}

impl OauthError {
    /// True when trying again changes nothing before a person does something.
    #[must_use]
    pub const fn needs_a_person(&self) -> bool {
        !matches!(self, Self::Unreachable { .. })
    }
}

/// What a person must do to log in.
#[derive(Clone, Debug)]
pub struct DeviceCode {
    /// Page to open.
    pub verification_uri: String,
    /// Code to type there.
    pub user_code: String,
    /// Time for it.
    pub expires_in: Duration,
    device_code: Secret,
    interval: Duration,
}

/// An access token that lives a while: the one at hand, or a new one. One request at a time, for all
/// connections and processes that share the file.
///
/// # Errors
/// See [`OauthError`].
pub async fn access_token(settings: &OauthSettings, account: &str) -> Result<Secret, OauthError> {
    let lock = tokens::lock(&settings.token_file).await?;
    let tokens = Tokens::read(&settings.token_file)?.ok_or_else(|| OauthError::LoginNeeded {
        account: account.to_owned(),
        reason: "nobody has logged in yet".to_owned(),
    })?;
    if tokens.lives_after(Timestamp::now(), RENEW_SECONDS_BEFORE) {
        return Ok(tokens.access_token);
    }
    let renewed = renew(settings, account, &tokens.refresh_token).await?;
    drop(lock);
    Ok(renewed.access_token)
}

/// Fetches new tokens and puts them on the disk. The caller holds the lock.
async fn renew(
    settings: &OauthSettings,
    account: &str,
    refresh_token: &Secret,
) -> Result<Tokens, OauthError> {
    let url = settings.token_url()?;
    let mut form = client(settings)?;
    form.push(("grant_type", "refresh_token".to_owned()));
    form.push(("refresh_token", refresh_token.expose().to_owned()));
    let answer = post(&url, &form).await?;
    let tokens = match answer {
        Answer::Good(value) => granted(&url, &value, Some(refresh_token))?,
        Answer::Refused { error, description } if error == "invalid_grant" => {
            return Err(OauthError::LoginNeeded {
                account: account.to_owned(),
                reason: format!(
                    "the provider takes the refresh token no longer{}",
                    described(&description)
                ),
            });
        }
        Answer::Refused { error, description } => {
            return Err(OauthError::Refused {
                url,
                error,
                description,
            });
        }
    };
    tokens.write(&settings.token_file)?;
    Ok(tokens)
}

/// Takes a refresh token that was made elsewhere: it is tried, and kept with what comes back.
///
/// # Errors
/// See [`OauthError`].
pub async fn adopt(
    settings: &OauthSettings,
    account: &str,
    refresh_token: &Secret,
) -> Result<(), OauthError> {
    let _lock = tokens::lock(&settings.token_file).await?;
    renew(settings, account, refresh_token).await.map(|_| ())
}

/// Begins a login: gives what the person must do.
///
/// # Errors
/// See [`OauthError`].
pub async fn begin_login(settings: &OauthSettings) -> Result<DeviceCode, OauthError> {
    let url = settings.device_url()?;
    let form = [
        ("client_id", settings.client_id.clone()),
        ("scope", settings.scope()?),
    ];
    let value = match post(&url, &form).await? {
        Answer::Good(value) => value,
        Answer::Refused { error, description } => {
            return Err(OauthError::Refused {
                url,
                error,
                description,
            });
        }
    };
    let text = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| value[*key].as_str())
            .filter(|text| !text.chars().any(char::is_control))
            .map(str::to_owned)
            .ok_or_else(|| OauthError::Unreachable {
                url: url.clone(),
                detail: format!("the answer has no {}", keys[0]),
            })
    };
    let seconds = |key: &str, usual: u64| value[key].as_u64().unwrap_or(usual);
    Ok(DeviceCode {
        verification_uri: text(&["verification_uri", "verification_url"])?,
        user_code: text(&["user_code"])?,
        expires_in: Duration::from_secs(
            seconds("expires_in", LOGIN_SECONDS_MAX).min(LOGIN_SECONDS_MAX),
        ),
        device_code: Secret::new(text(&["device_code"])?),
        interval: Duration::from_secs(seconds("interval", INTERVAL_SECONDS).clamp(1, 60)),
    })
}

/// Waits until the person has logged in, and keeps the tokens.
///
/// # Errors
/// See [`OauthError`].
pub async fn finish_login(
    settings: &OauthSettings,
    account: &str,
    code: &DeviceCode,
) -> Result<(), OauthError> {
    let url = settings.token_url()?;
    let mut form = client(settings)?;
    form.push((
        "grant_type",
        "urn:ietf:params:oauth:grant-type:device_code".to_owned(),
    ));
    form.push(("device_code", code.device_code.expose().to_owned()));
    let until = tokio::time::Instant::now() + code.expires_in;
    let mut interval = code.interval;
    while tokio::time::Instant::now() < until {
        tokio::time::sleep(interval).await;
        match post(&url, &form).await {
            Ok(Answer::Good(value)) => {
                let tokens = granted(&url, &value, None)?;
                let _lock = tokens::lock(&settings.token_file).await?;
                return tokens.write(&settings.token_file);
            }
            Ok(Answer::Refused { error, description }) => match error.as_str() {
                "authorization_pending" => {}
                // For all questions to come (RFC 8628 section 3.5).
                "slow_down" => interval += Duration::from_secs(INTERVAL_SECONDS),
                _ => {
                    return Err(OauthError::Refused {
                        url,
                        error,
                        description,
                    });
                }
            },
            // The network may come back while the person still types.
            Err(OauthError::Unreachable { .. }) => interval += Duration::from_secs(1),
            Err(error) => return Err(error),
        }
    }
    Err(OauthError::LoginNeeded {
        account: account.to_owned(),
        reason: "nobody logged in in time".to_owned(),
    })
}

/// Who we are to the provider.
fn client(settings: &OauthSettings) -> Result<Vec<(&'static str, String)>, OauthError> {
    let mut form = vec![("client_id", settings.client_id.clone())];
    if let Some(source) = settings.client_secret() {
        let secret = source
            .read()
            .map_err(|detail| OauthError::Configuration(format!("the client secret: {detail}")))?;
        form.push(("client_secret", secret.expose().to_owned()));
    }
    Ok(form)
}

/// Tokens from a good answer. A provider that names no new refresh token means the old one.
fn granted(
    url: &str,
    value: &serde_json::Value,
    before: Option<&Secret>,
) -> Result<Tokens, OauthError> {
    let lacking = |what: &str| OauthError::Unreachable {
        url: url.to_owned(),
        detail: format!("the answer has no {what}"),
    };
    let access_token = value["access_token"]
        .as_str()
        .ok_or_else(|| lacking("access_token"))?;
    let refresh_token = value["refresh_token"]
        .as_str()
        .map(Secret::new)
        .or_else(|| before.cloned())
        .ok_or_else(|| lacking("refresh_token: ask for offline access in scope"))?;
    let now = Timestamp::now();
    let lifetime = value["expires_in"].as_i64().unwrap_or(LIFETIME_SECONDS);
    Ok(Tokens {
        access_token: Secret::new(access_token),
        expires_at: now
            .checked_add(SignedDuration::from_secs(lifetime))
            .unwrap_or(now),
        refresh_token,
        renewed_at: now,
    })
}
