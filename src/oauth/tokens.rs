//! Tokens on the disk: readable by the service alone, replaced whole.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::OauthError;
use crate::config::Secret;

/// What a login gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// For the mail server.
    pub access_token: Secret,
    /// End of its life.
    pub expires_at: Timestamp,
    /// For the next access token.
    pub refresh_token: Secret,
    /// When the provider last gave tokens.
    pub renewed_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OnDisk {
    access_token: String,
    expires_at: Timestamp,
    refresh_token: String,
    renewed_at: Timestamp,
}

fn failure(path: &Path, detail: impl std::fmt::Display) -> OauthError {
    OauthError::File {
        path: path.to_owned(),
        detail: detail.to_string(),
    }
}

/// Waits until nobody else works on these tokens; until the answer is dropped.
pub(super) async fn lock(path: &Path) -> Result<File, OauthError> {
    let path = path.with_extension("lock");
    tokio::task::spawn_blocking(move || {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failure(&path, error))?;
        }
        let file = private(&path, false).map_err(|error| failure(&path, error))?;
        file.lock().map_err(|error| failure(&path, error))?;
        Ok(file)
    })
    .await
    .map_err(|error| OauthError::Configuration(error.to_string()))?
}

/// Opens a file that nobody else may read.
fn private(path: &Path, empty: bool) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(empty);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

impl Tokens {
    /// Reads them; none where nobody has logged in.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn read(path: &Path) -> Result<Option<Self>, OauthError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failure(path, error)),
        };
        // Not serde's message: it may quote what stands there.
        let read: OnDisk = serde_json::from_str(&text)
            .map_err(|_| failure(path, "the tokens cannot be read: log in again"))?;
        Ok(Some(Self {
            access_token: Secret::new(read.access_token),
            expires_at: read.expires_at,
            refresh_token: Secret::new(read.refresh_token),
            renewed_at: read.renewed_at,
        }))
    }

    /// Replaces them; when it returns, a power cut loses nothing.
    pub(super) fn write(&self, path: &Path) -> Result<(), OauthError> {
        let text = serde_json::to_string(&OnDisk {
            access_token: self.access_token.expose().to_owned(),
            expires_at: self.expires_at,
            refresh_token: self.refresh_token.expose().to_owned(),
            renewed_at: self.renewed_at,
        })
        .map_err(|error| failure(path, error))?;
        let new: PathBuf = path.with_extension("new");
        let written = || -> std::io::Result<()> {
            let mut file = private(&new, true)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&new, path)?;
            if let Some(folder) = path.parent() {
                File::open(folder)?.sync_all()?;
            }
            Ok(())
        };
        written().map_err(|error| failure(path, error))
    }

    /// True when the access token lives longer than this.
    pub(super) fn lives_after(&self, now: Timestamp, seconds: i64) -> bool {
        self.expires_at.duration_since(now) > SignedDuration::from_secs(seconds)
    }
}
