//! Errors of this crate. Each carries its facts apart, so that a caller can word them anew.

use std::path::PathBuf;

/// Why the index could not be opened, written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// Another process, or another [`Index`](crate::Index) in this one, holds the writer.
    #[error("the index in {} is being written by another process", directory.display())]
    Locked {
        /// The index folder as given to `open`.
        directory: PathBuf,
    },
    /// There is no index in the folder. Only [`Index::open_read_only`](crate::Index::open_read_only) returns this.
    #[error("no index in {}", directory.display())]
    Missing {
        /// The index folder.
        directory: PathBuf,
    },
    /// The files are there but cannot be used. Opening for writing moves them aside instead.
    #[error("the index in {} cannot be read: {reason}", directory.display())]
    Unreadable {
        /// The index folder.
        directory: PathBuf,
        /// What was wrong, in words.
        reason: String,
    },
    /// The folder was removed or replaced while it was open for writing. What was not committed is lost; open it again.
    #[error("the index in {} was removed while it was being written", directory.display())]
    Gone {
        /// The index folder.
        directory: PathBuf,
    },
    /// The operating system refused: no permission, disk full, a failing device.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder concerned.
        path: PathBuf,
        /// The system's own error.
        source: std::io::Error,
    },
    /// Merges in the background still hold files of replaced cases. Only [`Index::purge`](crate::Index::purge) returns this.
    #[error("merges of the index in {} do not come to an end", directory.display())]
    Merging {
        /// The index folder.
        directory: PathBuf,
    },
    /// A writing call on an index opened with [`Index::open_read_only`](crate::Index::open_read_only).
    #[error("the index was opened for reading only")]
    ReadOnly,
    /// Anything else the search engine reports.
    #[error("search engine: {0}")]
    Engine(#[from] tantivy::TantivyError),
}

impl IndexError {
    /// True where the files are not an index of this version, or are none any more: building it again helps. A lock, a missing
    /// permission, a full disk are no damage.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            IndexError::Missing { .. }
            | IndexError::Unreadable { .. }
            | IndexError::Gone { .. } => true,
            IndexError::Engine(error) => is_damage(error),
            IndexError::Locked { .. }
            | IndexError::Merging { .. }
            | IndexError::Io { .. }
            | IndexError::ReadOnly => false,
        }
    }
}

/// Why a search gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    /// The query contains a mistake that must not be guessed around.
    #[error("{0}")]
    Syntax(#[from] SyntaxError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl From<tantivy::TantivyError> for SearchError {
    fn from(error: tantivy::TantivyError) -> Self {
        SearchError::Index(IndexError::Engine(error))
    }
}

/// A mistake in a query, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}{}", hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default())]
pub struct SyntaxError {
    /// Position of the mistake in characters, counted from 1.
    pub column: usize,
    /// Length of the mistaken part in characters, at least 1.
    pub length: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right, where that is known.
    pub hint: Option<String>,
}

/// Sorts out what a failure of the engine means for the files on disk.
///
/// A rebuild costs minutes on a large store, and a rebuild started because the disk was full or a
/// permission was missing would destroy a good index. So only errors that say "these bytes are not an
/// index of this version" count as damage.
pub(crate) fn is_damage(error: &tantivy::TantivyError) -> bool {
    use tantivy::TantivyError;
    use tantivy::directory::error::OpenReadError;
    let damaged = |kind: std::io::ErrorKind| {
        matches!(
            kind,
            std::io::ErrorKind::UnexpectedEof
                | std::io::ErrorKind::InvalidData
                | std::io::ErrorKind::NotFound
        )
    };
    match error {
        TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::SchemaError(_)
        | TantivyError::FieldNotFound(_)
        | TantivyError::DeserializeError(_)
        | TantivyError::InternalError(_) => true,
        TantivyError::OpenReadError(error) => match error {
            OpenReadError::FileDoesNotExist(_) | OpenReadError::IncompatibleIndex(_) => true,
            OpenReadError::IoError { io_error, .. } => damaged(io_error.kind()),
        },
        TantivyError::IoError(error) => damaged(error.kind()),
        _ => false,
    }
}
