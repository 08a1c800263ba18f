//! The archive of raw mails.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::SecretSource;
use crate::store::RawKeys;

/// How raw mails are kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveSettings {
    /// A file with the key that raw mails are sealed with.
    key_file: Option<PathBuf>,
    /// A variable of the environment with it.
    key_environment: Option<String>,
    /// A systemd credential with it.
    key_credential: Option<String>,
    /// Files with former keys, which open what was sealed with them.
    #[serde(default)]
    old_key_files: Vec<PathBuf>,
}

impl ArchiveSettings {
    fn given(&self) -> Vec<SecretSource> {
        SecretSource::given(
            None,
            self.key_file.as_ref(),
            self.key_environment.as_ref(),
            self.key_credential.as_ref(),
        )
    }

    /// True when raw mails are sealed.
    #[must_use]
    pub fn seals(&self) -> bool {
        !self.given().is_empty()
    }

    /// The keys, read when they are needed.
    #[must_use]
    pub fn keys(&self) -> RawKeys {
        let old = self.old_key_files.iter().cloned().map(SecretSource::File);
        let sources: Vec<SecretSource> = self.given().into_iter().chain(old).collect();
        if sources.is_empty() {
            return RawKeys::default();
        }
        RawKeys::new(move || {
            sources
                .iter()
                .map(|source| Ok(source.read()?.expose().to_owned()))
                .collect()
        })
    }

    /// Makes paths relative to the folder of the configuration file.
    pub(super) fn resolve_paths(&mut self, folder: &Path) {
        for path in self.key_file.iter_mut().chain(&mut self.old_key_files) {
            *path = folder.join(&*path);
        }
    }

    /// What is wrong with it: the value that is wrong, what, and what to do.
    pub(super) fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        let given = self.given().len();
        if given > 1 {
            problems.push((
                "[archive]".to_owned(),
                "the key of raw mails is given more than once".to_owned(),
                "keep one of key_file, key_environment and key_credential".to_owned(),
            ));
        }
        if given == 0 && !self.old_key_files.is_empty() {
            problems.push((
                "old_key_files".to_owned(),
                "there are former keys and none to seal with".to_owned(),
                "name the key of today with key_file, key_environment or key_credential".to_owned(),
            ));
        }
        problems
    }
}
