//! Whether the files of the index are what was written.
//!
//! Every file carries a checksum, which the engine never looks at: a flipped byte gives another answer and no error. So each
//! file is compared with its checksum once, and again when its size or one of its times has changed since. What was compared
//! is noted in `verified.json` beside the index; without that note everything is compared again.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::UNIX_EPOCH;

use tantivy::TantivyError;

use crate::error::{IndexError, is_damage};

/// Where it is noted, in the index folder.
const NOTE: &str = "verified.json";
/// A file's end has at least two numbers of four bytes; the engine panics where they are missing.
const SMALLEST_FILE_BYTES: u64 = 8;

/// What tells a changed file from an unchanged one: size, time of the last change of its content and of anything about it
/// (nanoseconds since 1970; the latter 0 where the system has none).
type Stamp = (u64, i128, i128);

/// Why an existing index did not open: damaged files may be replaced, everything else must not be touched.
pub(crate) enum Opening {
    Damaged(String),
    Failed(IndexError),
}

impl Opening {
    /// As callers see it.
    pub(crate) fn explain(self, directory: &Path) -> IndexError {
        match self {
            Opening::Damaged(reason) => IndexError::Unreadable {
                directory: directory.to_owned(),
                reason,
            },
            Opening::Failed(error) => error,
        }
    }
}

impl From<TantivyError> for Opening {
    fn from(error: TantivyError) -> Self {
        if is_damage(&error) {
            Opening::Damaged(error.to_string())
        } else {
            Opening::Failed(IndexError::Engine(error))
        }
    }
}

/// Runs something over existing files. The engine panics on some that are not what it wrote.
pub(crate) fn guarded<T, E>(
    work: impl FnOnce() -> Result<T, E>,
    panicked: impl FnOnce(String) -> E,
) -> Result<T, E> {
    std::panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(panicked(
            "a file is cut short or overwritten: the search engine panicked".to_owned(),
        ))
    })
}

/// Compares the files of all segments with their checksums, those that were not compared before.
pub(crate) fn verify(
    directory: &Path,
    current: &Path,
    engine: &tantivy::Index,
) -> Result<(), Opening> {
    let note = directory.join(NOTE);
    let known: BTreeMap<String, Stamp> = fs::read(&note)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let mut seen = BTreeMap::new();
    let mut compared = 0;
    for file in engine.load_metas()?.list_segment_files() {
        // The list names files that a segment may have and does not; one that it needs is missed on opening.
        let Ok(metadata) = fs::metadata(current.join(&file)) else {
            continue;
        };
        let name = file.display().to_string();
        let stamp = stamp(&metadata);
        if known.get(&name) != Some(&stamp) {
            if metadata.len() < SMALLEST_FILE_BYTES {
                return Err(Opening::Damaged(format!("{name} is cut short")));
            }
            let right = engine
                .directory()
                .validate_checksum(&file)
                .map_err(TantivyError::from)?;
            if !right {
                return Err(Opening::Damaged(format!("wrong checksum of {name}")));
            }
            compared += 1;
        }
        seen.insert(name, stamp);
    }
    if compared > 0 || seen.len() != known.len() {
        remember(&note, &seen);
    }
    Ok(())
}

/// Forgets what was compared: the next opening compares everything.
pub(crate) fn forget(directory: &Path) {
    // Where it cannot be removed nothing can be written either, and the opening that follows says so.
    let _ = fs::remove_file(directory.join(NOTE));
}

/// A folder that may only be read is no error: everything is then compared each time.
fn remember(note: &Path, seen: &BTreeMap<String, Stamp>) {
    let temporary = note.with_extension(format!("{}.tmp", std::process::id()));
    let written = serde_json::to_vec(seen)
        .map_err(std::io::Error::from)
        .and_then(|bytes| fs::write(&temporary, bytes))
        .and_then(|()| fs::rename(&temporary, note));
    if let Err(error) = written {
        tracing::debug!(%error, "what was compared is not noted");
        let _ = fs::remove_file(&temporary);
    }
}

fn stamp(metadata: &Metadata) -> Stamp {
    let modified = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i128::try_from(since.as_nanos()).ok())
        .unwrap_or(0);
    (metadata.len(), modified, changed(metadata))
}

/// The system sets this time itself, whatever a program that writes a file does to the other one.
#[cfg(unix)]
fn changed(metadata: &Metadata) -> i128 {
    use std::os::unix::fs::MetadataExt;
    i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn changed(_metadata: &Metadata) -> i128 {
    0
}

/// Whether both are the same file, and not one in the place of the other.
#[cfg(unix)]
pub(crate) fn same_file(held: &fs::Metadata, there: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (held.dev(), held.ino()) == (there.dev(), there.ino())
}

/// Elsewhere a folder with an open file cannot be removed.
#[cfg(not(unix))]
pub(crate) fn same_file(_held: &fs::Metadata, _there: &fs::Metadata) -> bool {
    true
}
