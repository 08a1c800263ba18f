//! How similar cases are found.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// How similar cases are found.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimilarSettings {
    /// Folder of the multilingual sentence encoder, as `scripts/fetch-model` makes it; relative to the configuration file.
    /// Without it cases are compared by facts and words alone.
    #[serde(default)]
    pub model: Option<PathBuf>,
}

impl SimilarSettings {
    pub(super) fn resolve_paths(&mut self, folder: &Path) {
        if let Some(model) = &mut self.model {
            *model = folder.join(&*model);
        }
    }
}
