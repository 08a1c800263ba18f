//! Purging: the words of replaced cases leave the disk.

use std::path::Path;
use std::time::Duration;

use super::Index;
use crate::error::IndexError;

/// How often the files are looked at until merges in the background have let go of them, and the time between.
const PURGE_ROUNDS: u32 = 200;
const PURGE_INTERVAL: Duration = Duration::from_millis(50);

impl Index {
    /// Rewrites the files that hold replaced or removed cases, so that none of their words is left in them. To be called after
    /// a commit; a process that has the index open for reading keeps the old files until it reloads.
    ///
    /// # Errors
    /// [`IndexError::ReadOnly`], [`IndexError::Merging`], or what the disk says.
    pub fn purge(&self) -> Result<(), IndexError> {
        let mut round = 0;
        loop {
            round += 1;
            let mut failure = None;
            for segment in self.engine.searchable_segment_metas()? {
                if segment.num_deleted_docs() > 0 {
                    // Fails where a merge in the background took the segment away meanwhile: the next round looks again.
                    let merging = self.writer()?.merge(&[segment.id()]);
                    failure = merging.wait().err().or(failure);
                }
            }
            // A merge in the background keeps the files it reads, also those of a segment that is merged already.
            let collecting = self.writer()?.garbage_collect_files();
            collecting.wait()?;
            if self.holds_only_what_is_committed()? {
                self.reload()?;
                return self.purge_vectors();
            }
            if round == PURGE_ROUNDS {
                return Err(failure.map_or_else(
                    || IndexError::Merging {
                        directory: self.directory.clone(),
                    },
                    IndexError::from,
                ));
            }
            std::thread::park_timeout(PURGE_INTERVAL);
        }
    }

    /// Whether no file is left of a segment that is replaced or being written, and none with replaced cases.
    fn holds_only_what_is_committed(&self) -> Result<bool, IndexError> {
        let segments = self.engine.searchable_segment_metas()?;
        let is_committed = |file: &Path| {
            let name = file.to_string_lossy();
            let mut segments = segments.iter().map(|segment| segment.id().uuid_string());
            name == "meta.json" || segments.any(|segment| name.starts_with(&segment))
        };
        let files = self.engine.directory().list_managed_files();
        Ok(files.iter().all(|file| is_committed(file))
            && segments
                .iter()
                .all(|segment| segment.num_deleted_docs() == 0))
    }
}
