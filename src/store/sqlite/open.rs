//! Opening a data folder: the lock, the file, the schema.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection};
use tokio::sync::Mutex;

use super::SqliteStore;
use super::failure::{Failure, Outcome, migration};
use crate::store::{RawKeys, Store, StoreError, StoreResult};

/// Compiled in: the program needs no files beside it.
pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("src/store/sqlite/migrations");

pub(super) const DATABASE: &str = "precedent.db";
const LOCK: &str = "lock";

/// How long a statement waits for another process, such as one that makes a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a command waits for the process at work to make or upgrade the data.
const MAKING_TIMEOUT: Duration = Duration::from_secs(10);
/// Time between two looks whether it has.
const MAKING_INTERVAL: Duration = Duration::from_millis(20);
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
    /// Opens the store of a data folder to work on it, and makes both where they are missing. An older schema is
    /// upgraded.
    ///
    /// # Errors
    /// [`StoreError::Locked`] where another process works on it; [`StoreError::ReadOnly`],
    /// [`StoreError::NewerSchema`], [`StoreError::Corrupt`], [`StoreError::Full`].
    pub async fn open(folder: &Path) -> StoreResult<Self> {
        Self::open_with_quota(folder, None).await
    }

    /// Like [`SqliteStore::open`]; above `quota` bytes the database answers [`StoreError::Full`].
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub async fn open_with_quota(folder: &Path, quota: Option<u64>) -> StoreResult<Self> {
        make_folder(folder)?;
        let lock = try_lock(folder)?.ok_or_else(|| StoreError::Locked {
            folder: folder.to_owned(),
        })?;
        Self::open_writing(folder, Some(lock), quota).await
    }

    /// True when another process works on the data.
    ///
    /// # Errors
    /// When the lock cannot be looked at.
    pub fn is_in_use(folder: &Path) -> StoreResult<bool> {
        match try_lock(folder) {
            Ok(lock) => Ok(lock.is_none()),
            // What may only be read is in nobody's use here.
            Err(StoreError::ReadOnly { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Opens the store for writing beside a process that works on it, and does not begin to work itself:
    /// [`Store::begin_work`](crate::store::Store::begin_work) does. Makes folder and data where they are missing.
    ///
    /// # Errors
    /// [`StoreError::Locked`] where the process at work has not made or upgraded the data in time; the others as
    /// [`SqliteStore::open`].
    pub async fn open_beside(folder: &Path) -> StoreResult<Self> {
        make_folder(folder)?;
        let until = tokio::time::Instant::now() + MAKING_TIMEOUT;
        loop {
            match Self::open_read_only(folder).await {
                Ok(ready) => {
                    ready.readers.close().await;
                    return Self::open_writing(folder, None, None).await;
                }
                Err(
                    StoreError::Missing { .. }
                    | StoreError::OlderSchema { .. }
                    | StoreError::Busy { .. },
                ) => {}
                Err(error) => return Err(error),
            }
            // Who holds the lock makes and upgrades the database, and nobody else meanwhile.
            if let Some(lock) = try_lock(folder)? {
                let store = Self::open_writing(folder, Some(lock), None).await?;
                store.end_work().await?;
                return Ok(store);
            }
            if tokio::time::Instant::now() >= until {
                return Err(StoreError::Locked {
                    folder: folder.to_owned(),
                });
            }
            tokio::time::sleep(MAKING_INTERVAL).await;
        }
    }

    async fn open_writing(
        folder: &Path,
        lock: Option<File>,
        quota: Option<u64>,
    ) -> StoreResult<Self> {
        let path = folder.join(DATABASE);
        let connection = connect(&path, lock.is_some(), quota)
            .await
            .map_err(|failure| failure.explain(&path))?;
        Ok(Self {
            readers: readers(&path, false),
            writer: Mutex::new(Some(connection)),
            lock: std::sync::Mutex::new(lock),
            writable: true,
            quota,
            folder: folder.to_owned(),
            path,
            keys: RawKeys::default(),
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
        let mut store = Self {
            readers: readers(&path, false),
            writer: Mutex::new(None),
            lock: std::sync::Mutex::new(None),
            writable: false,
            quota: None,
            folder: folder.to_owned(),
            path,
            keys: RawKeys::default(),
        };
        match store.check_readable().await {
            Err(_) if cannot_change(&store.path) => {
                store.readers = readers(&store.path, true);
                store.check_readable().await?;
            }
            readable => readable?,
        }
        Ok(store)
    }

    async fn check_readable(&self) -> StoreResult<()> {
        let mut reader = self.reader().await?;
        let checked = check_schema(&mut reader, false).await;
        checked.map_err(|failure| failure.explain(&self.path))
    }
}

/// The connection that writes. Only who `works` on the data makes and upgrades them.
pub(super) async fn connect(
    path: &Path,
    works: bool,
    quota: Option<u64>,
) -> Outcome<SqliteConnection> {
    // The driver sets the busy timeout first of all, so that no other statement meets a lock unprepared.
    let mut options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(works)
        .page_size(PAGE_BYTES)
        .busy_timeout(BUSY_TIMEOUT)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // Images of pages that a statement may have to take back: else they go through a file.
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"))
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
        .pragma("journal_size_limit", LOG_BYTES.to_string())
        .disable_statement_logging();
    if let Some(quota) = quota {
        options = options.pragma(
            "max_page_count",
            (quota / u64::from(PAGE_BYTES)).max(1).to_string(),
        );
    }
    let mut connection = options.connect().await?;
    check_schema(&mut connection, works).await?;
    if works {
        // `run` is generic over how a connection is got; its future is not `Send` for a borrowed one.
        MIGRATIONS
            .run_direct(None, &mut connection, false)
            .await
            .map_err(migration)?;
    }
    Ok(connection)
}

/// Connections open as they are needed.
fn readers(path: &Path, immutable: bool) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(immutable)
        .row_buffer_size(ROW_BUFFER)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .connect_lazy_with(options)
}

/// True on a read-only file system, where SQLite could not make the files in which readers and a writer meet. What a
/// writer left beside the database would be missed: then it must be opened as usual.
#[cfg(unix)]
fn cannot_change(path: &Path) -> bool {
    let left = ["-wal", "-journal"].iter().any(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        Path::new(&name).exists()
    });
    !left
        && rustix::fs::statvfs(path)
            .is_ok_and(|found| found.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY))
}

#[cfg(not(unix))]
fn cannot_change(_path: &Path) -> bool {
    false
}

/// Refuses data of a newer version, and of an older one where it cannot be upgraded.
pub(super) async fn check_schema(connection: &mut SqliteConnection, upgrade: bool) -> Outcome<()> {
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
pub(super) fn make_folder(folder: &Path) -> StoreResult<()> {
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

/// One process works on a folder: none where another one does. The lock ends with the process, however it ends.
pub(super) fn try_lock(folder: &Path) -> StoreResult<Option<File>> {
    let path = folder.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| file_error(folder, error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(file_error(&path, error)),
    }
}

pub(super) fn file_error(path: &Path, error: io::Error) -> StoreError {
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
