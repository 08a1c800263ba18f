//! Words that must not be shown: passwords and tokens, and where they are found.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

/// A text that no log, error or debug output shows.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

/// Where a secret is found. It is read each time it is needed, so that a changed one needs no restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// In the configuration itself.
    Text(Secret),
    /// The first line of a file.
    File(PathBuf),
    /// A variable of the environment.
    Environment(String),
    /// A systemd credential (`LoadCredential=`), by its name.
    Credential(String),
}

impl SecretSource {
    /// Every place that a configuration gives for one secret; there should be one at most.
    pub(super) fn given(
        text: Option<&Secret>,
        file: Option<&PathBuf>,
        environment: Option<&String>,
        credential: Option<&String>,
    ) -> Vec<Self> {
        [
            text.cloned().map(Self::Text),
            file.cloned().map(Self::File),
            environment.cloned().map(Self::Environment),
            credential.cloned().map(Self::Credential),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Reads it.
    ///
    /// # Errors
    /// A sentence about what is missing and where.
    pub fn read(&self) -> Result<Secret, String> {
        let file = |path: PathBuf| -> Result<Secret, String> {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
            let line = text.lines().next().unwrap_or_default();
            if line.is_empty() {
                return Err(format!("the first line of {} is empty", path.display()));
            }
            Ok(Secret::new(line))
        };
        match self {
            Self::Text(secret) => Ok(secret.clone()),
            Self::File(path) => file(path.clone()),
            Self::Environment(name) => std::env::var(name)
                .ok()
                .filter(|value| !value.is_empty())
                .map(Secret::new)
                .ok_or_else(|| format!("the environment has no variable {name}")),
            Self::Credential(name) => {
                let folder = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                    format!(
                        "there is no systemd credential {name:?}: CREDENTIALS_DIRECTORY is not set; \
                         add LoadCredential={name}:FILE to the unit"
                    )
                })?;
                file(PathBuf::from(folder).join(name))
            }
        }
    }
}

/// The text of a configuration with the values of keys that hold secrets blanked out, byte for byte, so
/// that an error can show the lines around its place.
#[must_use]
pub(super) fn without_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        // Inline tables may have the key anywhere: everything after it on its line goes.
        let secret = ["password", "client_secret", "token"]
            .iter()
            .filter_map(|key| {
                let after = line.find(key)? + key.len();
                let rest = line[after..].trim_start_matches([' ', '\t', '"', '\'']);
                rest.starts_with('=').then(|| line.len() - rest.len() + 1)
            })
            .min();
        match secret {
            Some(from) => {
                out.push_str(&line[..from]);
                for character in line[from..].chars() {
                    if character.is_whitespace() {
                        out.push(character);
                    } else {
                        out.extend(std::iter::repeat_n('*', character.len_utf8()));
                    }
                }
            }
            None => out.push_str(line),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let source = SecretSource::Text(Secret::new("hunter2"));
        assert!(!format!("{source:?}").contains("hunter2"));
        let text = "user = \"a\"\npassword = \"hünter2\" # x\npassword_file = \"f\"\na = { password=\"hunter2\" }\n";
        let shown = without_secrets(text);
        assert!(!shown.contains("nter2"), "{shown}");
        assert!(shown.contains("password_file = \"f\""), "{shown}");
        assert_eq!(shown.len(), text.len());
        assert_eq!(shown.lines().count(), text.lines().count());
    }

    #[test]
    fn a_file_gives_its_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "secret\n").unwrap();
        let source = SecretSource::File(path.clone());
        assert_eq!(source.read().unwrap().expose(), "secret");
        std::fs::write(&path, "").unwrap();
        assert!(source.read().unwrap_err().contains("is empty"));
    }
}
