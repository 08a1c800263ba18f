//! Opening a data folder: the lock, the file, the schema.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use tokio::sync::Mutex;

use super::failure::{Failure, Outcome, migration};
use super::{SqliteStore, Writer};
use crate::store::{StoreError, StoreResult};

/// Compiled in: the program needs no files beside it.
static MIGRATIONS: Migrator = sqlx::migrate!("src/store/sqlite/migrations");

const DATABASE: &str = "precedent.db";
const LOCK: &str = "lock";

/// How long a statement waits for another process, such as one that makes a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Statements in parallel while one connection writes.
const READERS: u32 = 4;
/// Rows that a reading connection may be ahead of the program: fewer changes of thread.
const ROW_BUFFER: usize = 256;
/// Size of a page. Measured: a fifth less processor time and a tenth less space than pages of 4096 bytes, because a
/// row here is some kilobytes; larger ones make every change of an index in random order dearer.
const PAGE_BYTES: u32 = 8_192;
/// Page cache of the writer in KiB. The pages of the indices that a batch touches must fit.
const WRITER_CACHE_KIB: u32 = 32 * 1024;
/// Pages in the write-ahead log after which they are copied into the database. Some batches' worth: pages
/// that several batches change are then copied once.
const CHECKPOINT_PAGES: u32 = 4_000;
/// Size to which the write-ahead log is cut back after a copy.
const LOG_BYTES: u32 = 64 * 1024 * 1024;

impl SqliteStore {
    /// Opens the store of a data folder for reading and writing, and makes both where they are missing.
    /// An older schema is upgraded.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::ReadOnly`], [`StoreError::NewerSchema`],
    /// [`StoreError::Corrupt`], [`StoreError::Full`].
    pub async fn open(folder: &Path) -> StoreResult<Self> {
        Self::open_with_quota(folder, None).await
    }

    /// Like [`SqliteStore::open`]; above `quota` bytes the database answers [`StoreError::Full`].
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub async fn open_with_quota(folder: &Path, quota: Option<u64>) -> StoreResult<Self> {
        make_folder(folder)?;
        let lock = lock(folder)?;
        let path = folder.join(DATABASE);
        Self::open_locked(path.clone(), lock, quota)
            .await
            .map_err(|failure| failure.explain(&path))
    }

    async fn open_locked(path: PathBuf, lock: File, quota: Option<u64>) -> Outcome<Self> {
        // The driver sets the busy timeout first of all, so that no other statement meets a lock unprepared.
        let mut options = writing(&path).create_if_missing(true);
        if let Some(quota) = quota {
            options = options.pragma(
                "max_page_count",
                (quota / u64::from(PAGE_BYTES)).max(1).to_string(),
            );
        }
        let mut connection = options.connect().await?;
        check_schema(&mut connection, true).await?;
        // `run` is generic over how a connection is got; its future is not `Send` for a borrowed one.
        MIGRATIONS
            .run_direct(None, &mut connection, false)
            .await
            .map_err(migration)?;
        let writer = Writer {
            connection,
            _lock: Some(lock),
        };
        Ok(Self {
            readers: readers(&path),
            writer: Mutex::new(Some(writer)),
            writable: true,
            path,
        })
    }

    /// True when another process works on the data.
    ///
    /// # Errors
    /// When the lock cannot be looked at.
    pub fn is_in_use(folder: &Path) -> StoreResult<bool> {
        match lock(folder) {
            Ok(_at_once_given_back) => Ok(false),
            Err(StoreError::Locked { .. }) => Ok(true),
            // What may only be read is in nobody's use here.
            Err(StoreError::ReadOnly { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Opens an existing store beside the process that works on it, for orders of a person that it
    /// must see at once: stop replies, settle a mail of unknown fate. Each is one short transaction
    /// that checks what it changes; mails are not processed and not delivered this way.
    ///
    /// # Errors
    /// As [`SqliteStore::open_read_only`].
    pub async fn open_beside(folder: &Path) -> StoreResult<Self> {
        let store = Self::open_read_only(folder).await?;
        let connection = writing(&store.path)
            .connect()
            .await
            .map_err(|error| Failure::from(error).explain(&store.path))?;
        let writer = Writer {
            connection,
            _lock: None,
        };
        *store.writer.lock().await = Some(writer);
        Ok(Self {
            writable: true,
            ..store
        })
    }

    /// Opens an existing store for reading, beside a process that writes.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::NewerSchema`], [`StoreError::OlderSchema`],
    /// [`StoreError::Corrupt`].
    pub async fn open_read_only(folder: &Path) -> StoreResult<Self> {
        let path = folder.join(DATABASE);
        if !path.exists() {
            return Err(StoreError::Missing {
                folder: folder.to_owned(),
            });
        }
        let store = Self {
            readers: readers(&path),
            writer: Mutex::new(None),
            writable: false,
            path,
        };
        let mut reader = store.reader().await?;
        check_schema(&mut reader, false)
            .await
            .map_err(|failure| failure.explain(&store.path))?;
        drop(reader);
        Ok(store)
    }
}

/// A connection that writes.
fn writing(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .page_size(PAGE_BYTES)
        .busy_timeout(BUSY_TIMEOUT)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // Images of pages that a statement may have to take back: else they go through a file.
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"))
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
        .pragma("journal_size_limit", LOG_BYTES.to_string())
        .disable_statement_logging()
}

/// Connections open as they are needed.
fn readers(path: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .row_buffer_size(ROW_BUFFER)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .connect_lazy_with(options)
}

/// Refuses data of a newer version, and of an older one where it cannot be upgraded.
async fn check_schema(connection: &mut SqliteConnection, upgrade: bool) -> Outcome<()> {
    let table = &MIGRATIONS.table_name;
    let exists: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?")
            .bind(table.as_ref())
            .fetch_one(&mut *connection)
            .await?;
    let found: i64 = if exists == 0 {
        0
    } else {
        // The name of the table is a constant.
        sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT coalesce(max(version), 0) FROM {table}"
        )))
        .fetch_one(&mut *connection)
        .await?
    };
    let known = MIGRATIONS
        .iter()
        .map(|step| step.version)
        .max()
        .unwrap_or(0);
    if found > known {
        return Err(Failure::Store(StoreError::NewerSchema { found, known }));
    }
    if found < known && !upgrade {
        return Err(Failure::Store(StoreError::OlderSchema { found, known }));
    }
    Ok(())
}

/// Other people's mail lies there: the folder is for its owner only.
fn make_folder(folder: &Path) -> StoreResult<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| file_error(folder, error))
}

/// One process writes to a folder. The lock ends with the process, however it ends.
fn lock(folder: &Path) -> StoreResult<File> {
    let path = folder.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| file_error(folder, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(file_error(&path, error)),
    }
}

fn file_error(path: &Path, error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly {
                path: path.to_owned(),
            }
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full {
            source: Box::new(error),
        },
        _ => StoreError::File {
            path: path.to_owned(),
            source: error,
        },
    }
}

impl Writer {
    pub(super) async fn close(self) -> Outcome<()> {
        // The lock is given back after the file is whole.
        Ok(self.connection.close().await?)
    }
}
