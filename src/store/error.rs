//! What can go wrong with a store, in words for a person and predicates for a program.

use std::error::Error;
use std::path::PathBuf;

use super::OutboxState;

/// Error of a backend, boxed so that no database driver shows in the interface.
type Source = Box<dyn Error + Send + Sync>;

/// Why a call to the store failed. Nothing of a failed call was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process writes to the same folder.
    #[error("another process is already working on {}", .folder.display())]
    Locked {
        /// The data folder.
        folder: PathBuf,
    },
    /// There is no store in the folder.
    #[error("there is no data in {}", .folder.display())]
    Missing {
        /// The data folder.
        folder: PathBuf,
    },
    /// A store shall be made where there is one.
    #[error("there is data in {} already", .folder.display())]
    Occupied {
        /// The data folder.
        folder: PathBuf,
    },
    /// A file shall be written where there is one.
    #[error("{} is there already", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file is no copy of a store.
    #[error("{} is no backup: {detail}", .path.display())]
    NotABackup {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        detail: String,
    },
    /// A copy of a store that is damaged.
    #[error("the backup {} is damaged: {detail}", .path.display())]
    DamagedBackup {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// The folder or file may not be written, or a writing call reached a store opened for reading.
    #[error("{} cannot be written", .path.display())]
    ReadOnly {
        /// The folder or file.
        path: PathBuf,
    },
    /// The disk or the quota is full.
    #[error("no space is left for the data")]
    Full {
        /// What the backend said.
        #[source]
        source: Source,
    },
    /// The stored data are damaged.
    #[error("the stored data are damaged: {detail}")]
    Corrupt {
        /// What was found.
        detail: String,
    },
    /// A newer version of the program wrote the data.
    #[error(
        "the data were written by a newer version (schema {found}, this version knows {known})"
    )]
    NewerSchema {
        /// Version of the data.
        found: i64,
        /// Newest version that this program knows.
        known: i64,
    },
    /// The data are of an older version and were opened for reading only.
    #[error("the data are of an older version (schema {found}, this version needs {known})")]
    OlderSchema {
        /// Version of the data.
        found: i64,
        /// Version that this program needs.
        known: i64,
    },
    /// The facts on which a change was decided have changed since: read them again and decide anew.
    #[error("the data changed meanwhile: {what}")]
    Conflict {
        /// What changed.
        what: String,
    },
    /// There is no such thing.
    #[error("there is no {what}")]
    NotFound {
        /// Kind and name: `case SP-1042`.
        what: String,
    },
    /// What is asked for was erased.
    #[error("{what} was erased: nothing is left of it")]
    Erased {
        /// Kind and number.
        what: String,
    },
    /// An outgoing mail cannot go from the one state to the other.
    #[error("an outgoing mail that is {from} cannot become {to}")]
    Transition {
        /// State of the mail.
        from: OutboxState,
        /// State that was wanted.
        to: OutboxState,
    },
    /// The caller broke a rule of the interface; a fault of the program, not of the data.
    #[error("invalid change: {detail}")]
    Invalid {
        /// The rule.
        detail: String,
    },
    /// A raw mail is larger than `limits::RAW_BYTES_MAX`.
    #[error("a mail of {size} bytes is larger than the store keeps ({limit})")]
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The key of raw mails cannot be had, or is another one.
    #[error("{detail}")]
    RawKey {
        /// What is missing.
        detail: String,
    },
    /// The store did not answer in time.
    #[error("the store is busy")]
    Busy {
        /// What the backend said.
        #[source]
        source: Source,
    },
    /// The file system failed.
    #[error("{} cannot be used", .path.display())]
    File {
        /// The folder or file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: std::io::Error,
    },
    /// Anything else that the backend said.
    #[error("the store failed")]
    Backend {
        /// What the backend said.
        #[source]
        source: Source,
    },
}

impl StoreError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Locked { .. } => Some(
                "stop the other `precedent`, or use another data folder with --data; reading commands work beside it",
            ),
            Self::Missing { .. } => Some(
                "run `precedent ingest`, `precedent import` or `precedent demo` first, or name another folder with --data",
            ),
            Self::Occupied { .. } => Some(
                "move that folder away first, or name another one with --data: a restore never replaces data",
            ),
            Self::Exists { .. } => {
                Some("name another file, or a folder, in which it gets a name of its own")
            }
            Self::ReadOnly { .. } => {
                Some("give this user the right to write there, or name another folder with --data")
            }
            Self::Full { .. } => {
                Some("free some space and start again: nothing that was accepted is lost")
            }
            Self::Corrupt { .. } => Some(
                "stop, copy the data folder, and restore it from a backup; `sqlite3 precedent.db .recover` may save the rest",
            ),
            Self::DamagedBackup { .. } => Some(
                "nothing was changed: restore another backup; `sqlite3 FILE .recover` may save what is in this one",
            ),
            Self::NewerSchema { .. } => Some(
                "use the newer version of `precedent`, or restore a backup from before the upgrade",
            ),
            Self::OlderSchema { .. } => {
                Some("run a writing command once, such as `precedent ingest`: it upgrades the data")
            }
            Self::Conflict { .. } | Self::Busy { .. } => Some("try again"),
            Self::RawKey { .. } => Some(
                "[archive] in the configuration names the key; a former one belongs into old_key_files. Nothing is read or written without it",
            ),
            Self::Transition { .. } => Some("`precedent outbox list` shows the states"),
            Self::NotFound { what } if what.ends_with("in the outbox") => {
                Some("`precedent outbox list` shows the numbers")
            }
            _ => None,
        }
    }

    /// True when the same call may succeed later without anybody doing anything about it.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }

    /// True when the change must be decided anew on fresh facts.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }

    /// True when every further write will fail until somebody makes room or repairs something:
    /// intake must stop and leave the mail where it is.
    #[must_use]
    pub fn stops_intake(&self) -> bool {
        matches!(
            self,
            Self::Full { .. }
                | Self::Corrupt { .. }
                | Self::ReadOnly { .. }
                | Self::File { .. }
                | Self::Locked { .. }
                | Self::RawKey { .. }
        )
    }
}
