//! What SQLite says, put into the store's words.

use std::path::Path;

use sqlx::migrate::MigrateError;

use crate::store::StoreError;

/// An error inside the SQLite store. Keeps the driver's type out of the public one.
#[derive(Debug)]
pub(super) enum Failure {
    /// Already in the store's words.
    Store(StoreError),
    /// The driver's.
    Database(sqlx::Error),
}

pub(super) type Outcome<T> = Result<T, Failure>;

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        corrupt(format!("a stored value cannot be read: {error}"))
    }
}

pub(super) fn corrupt(detail: impl Into<String>) -> Failure {
    Failure::Store(StoreError::Corrupt {
        detail: detail.into(),
    })
}

pub(super) fn invalid(detail: impl Into<String>) -> Failure {
    Failure::Store(StoreError::Invalid {
        detail: detail.into(),
    })
}

pub(super) fn conflict(what: impl Into<String>) -> Failure {
    Failure::Store(StoreError::Conflict { what: what.into() })
}

// Primary result codes, https://www.sqlite.org/rescode.html; the driver gives extended ones, whose lowest
// byte is the primary one.
const BUSY: i64 = 5;
const LOCKED: i64 = 6;
const READ_ONLY: i64 = 8;
const INPUT_OUTPUT: i64 = 10;
const CORRUPT: i64 = 11;
const FULL: i64 = 13;
const CANNOT_OPEN: i64 = 14;
const NOT_A_DATABASE: i64 = 26;

impl Failure {
    /// The public error; `path` is the database file.
    pub(super) fn explain(self, path: &Path) -> StoreError {
        let error = match self {
            Self::Store(error) => return error,
            Self::Database(error) => error,
        };
        let code = match &error {
            sqlx::Error::Database(database) => database
                .code()
                .and_then(|code| code.parse::<i64>().ok())
                .map(|code| code & 0xff),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Some(CORRUPT),
            sqlx::Error::PoolTimedOut => Some(BUSY),
            _ => None,
        };
        match code {
            Some(BUSY | LOCKED) => StoreError::Busy {
                source: Box::new(error),
            },
            Some(FULL) => StoreError::Full {
                source: Box::new(error),
            },
            Some(READ_ONLY) => StoreError::ReadOnly {
                path: path.to_owned(),
            },
            Some(CORRUPT | NOT_A_DATABASE) => StoreError::Corrupt {
                detail: error.to_string(),
            },
            Some(INPUT_OUTPUT | CANNOT_OPEN) => StoreError::File {
                path: path.to_owned(),
                source: std::io::Error::other(error),
            },
            _ => StoreError::Backend {
                source: Box::new(error),
            },
        }
    }
}

/// The error of a failed migration.
pub(super) fn migration(error: MigrateError) -> Failure {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            Failure::Database(error)
        }
        MigrateError::VersionMismatch(version) => corrupt(format!(
            "schema version {version} differs from the one that this program knows"
        )),
        error => Failure::Database(sqlx::Error::Migrate(Box::new(error))),
    }
}
