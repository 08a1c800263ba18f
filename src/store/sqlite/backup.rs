//! A copy of the store while it is in use, and a store made of such a copy.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::failure::{Failure, Outcome, corrupt, migration};
use super::open::{DATABASE, MIGRATIONS, check_schema, file_error, make_folder, try_lock};
use super::rows::{micros, unsigned};
use super::{BEGIN, SqliteStore};
use crate::limits::RESTORED_NUMBERS_SKIPPED;
use crate::store::{Backup, Restored, StoreError, StoreResult};

/// When a copy was made, within the copy: microseconds, eight bytes, big end first.
const BACKUP_AT: &str = "backup_at";
/// When the store was made of a copy, in the same form.
const RESTORED_AT: &str = "restored_at";
/// First bytes of a SQLite database.
const MAGIC: &[u8] = b"SQLite format 3\0";

impl SqliteStore {
    /// Writes a copy of the whole store as it is at one moment, while others go on reading and writing. The file is there
    /// under its name when it is whole, on the disk and was read through once.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where the file is there; [`StoreError::Full`], [`StoreError::File`].
    pub async fn backup(&self, file: &Path, at: Timestamp) -> StoreResult<Backup> {
        if file.exists() {
            return Err(exists(file));
        }
        let part = beside(file, "part");
        let copied = self.copy_to(&part, at).await;
        let backup = match copied {
            Ok(backup) => backup,
            Err(error) => {
                let _ = fs::remove_file(&part);
                return Err(error);
            }
        };
        put(&part, file)?;
        Ok(backup)
    }

    async fn copy_to(&self, part: &Path, at: Timestamp) -> StoreResult<Backup> {
        // SQLite takes an empty file; made by us, it is nobody else's to read.
        private_file(part)?;
        let target = part.to_str().ok_or_else(|| StoreError::Invalid {
            detail: format!("{} is not UTF-8", part.display()),
        })?;
        {
            // On a connection that reads: whoever writes goes on meanwhile.
            let mut reader = self.reader().await?;
            let copied = sqlx::query("VACUUM INTO ?")
                .bind(target)
                .execute(&mut *reader)
                .await;
            self.answer(copied.map_err(Failure::from))?;
        }
        let outcome = async {
            crate::fault::point("backup.copied");
            let mut connection = open_plain(part).await?;
            remember(&mut connection, BACKUP_AT, at).await?;
            let backup = inspect(&mut connection).await?;
            connection.close().await?;
            crate::fault::point("backup.checked");
            Ok(backup)
        };
        outcome
            .await
            .map_err(|failure: Failure| failure.explain(part))
    }

    /// Makes the store of a data folder out of a copy that [`SqliteStore::backup`] wrote. Nothing in it leaves by itself:
    /// what was waiting or in hand is of unknown fate, because the store that the copy was made of may have sent it
    /// since, and all automatic mail is stopped. Mails that were received before now count as old stock when they are read
    /// again: the lost store may have answered them.
    ///
    /// `before` is called when the copy is good, just before it is put in its place.
    ///
    /// # Errors
    /// [`StoreError::Occupied`] where the folder has a store; [`StoreError::NotABackup`]; [`StoreError::NewerSchema`],
    /// [`StoreError::Corrupt`], [`StoreError::Full`], [`StoreError::File`].
    pub async fn restore<E: From<StoreError>>(
        folder: &Path,
        file: &Path,
        at: Timestamp,
        before: impl FnOnce() -> Result<(), E>,
    ) -> Result<Restored, E> {
        check_is_copy(file)?;
        make_folder(folder)?;
        // Nobody else makes a store here meanwhile.
        let lock = try_lock(folder)?.ok_or_else(|| StoreError::Locked {
            folder: folder.to_owned(),
        })?;
        let database = folder.join(DATABASE);
        let occupied = [database.clone(), beside_name(&database, "-wal")]
            .iter()
            .any(|path| path.exists());
        if occupied {
            return Err(E::from(StoreError::Occupied {
                folder: folder.to_owned(),
            }));
        }
        let part = beside(&database, "restoring");
        let _ = fs::remove_file(&part);
        private_file(&part)?;
        let copied = File::open(file).and_then(|mut from| {
            let mut to = File::options().write(true).open(&part)?;
            io::copy(&mut from, &mut to)
        });
        copied.map_err(|error| file_error(&part, error))?;
        crate::fault::point("restore.copied");
        let made = make(&part, file, at).await;
        let restored = match made {
            Ok(restored) => restored,
            Err(failure) => {
                let _ = fs::remove_file(&part);
                // "Restore a backup" is no advice to somebody who does.
                let error = match failure.explain(file) {
                    StoreError::Corrupt { detail } => StoreError::DamagedBackup {
                        path: file.to_owned(),
                        detail,
                    },
                    other => other,
                };
                return Err(error.into());
            }
        };
        crate::fault::point("restore.made");
        before()?;
        crate::fault::point("restore.ready");
        put(&part, &database)?;
        crate::fault::point("restore.put");
        drop(lock);
        Ok(restored)
    }
}

/// Refuses what is no copy, before anything is made of it.
fn check_is_copy(file: &Path) -> StoreResult<()> {
    let wrong = |detail: &str| StoreError::NotABackup {
        path: file.to_owned(),
        detail: detail.to_owned(),
    };
    let mut start = Vec::new();
    let read = File::open(file).and_then(|opened| opened.take(16).read_to_end(&mut start));
    match read {
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
            return Err(wrong("it is a folder; name the file in it"));
        }
        Err(error) => {
            return Err(StoreError::File {
                path: file.to_owned(),
                source: error,
            });
        }
        Ok(_) if start != MAGIC => return Err(wrong("it is no SQLite database")),
        Ok(_) => {}
    }
    let log = fs::metadata(beside_name(file, "-wal")).map_or(0, |log| log.len());
    if log > 0 {
        return Err(wrong(
            "it is a store in use, and part of it is in a file beside it; \
             `precedent --data ITS_FOLDER backup FILE` copies it whole",
        ));
    }
    Ok(())
}

/// Makes a store of a copy: its schema, and what follows from the time that has passed since.
async fn make(part: &Path, file: &Path, at: Timestamp) -> Outcome<Restored> {
    let mut connection = open_plain(part).await?;
    let known: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('meta', 'mail', 'outbox')",
    )
    .fetch_one(&mut connection)
    .await?;
    if known != 3 {
        return Err(Failure::Store(StoreError::NotABackup {
            path: file.to_owned(),
            detail: "it is a database of another program".to_owned(),
        }));
    }
    check_schema(&mut connection, true).await?;
    let Backup {
        mails,
        cases,
        at: made_at,
    } = inspect(&mut connection).await?;
    MIGRATIONS
        .run_direct(None, &mut connection, false)
        .await
        .map_err(migration)?;
    let made = made_at.map_or_else(
        || "a copy of the store".to_owned(),
        |made| format!("a backup of {made:.0}"),
    );
    let mut transaction = connection.begin_with(BEGIN).await?;
    let note = format!("restored from {made}: it may have left since");
    sqlx::query(
        "INSERT INTO journal (case_number, mail, at, event, detail)
         SELECT case_number, mail, ?1, 'reply_uncertain',
             json_object('outbox', id, 'recipient', recipient, 'answer', ?2)
         FROM outbox WHERE state IN ('waiting', 'approved', 'sending') ORDER BY id",
    )
    .bind(micros(at))
    .bind(&note)
    .execute(&mut *transaction)
    .await?;
    let uncertain = sqlx::query(
        "UPDATE outbox SET state = 'uncertain', note = ?, changed_at = ?, next_attempt_at = NULL
         WHERE state IN ('waiting', 'approved', 'sending')",
    )
    .bind(&note)
    .bind(micros(at))
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    let drafts = sqlx::query("UPDATE outbox SET note = ? WHERE state = 'draft'")
        .bind(format!(
            "restored from {made}: look whether it was approved and left since"
        ))
        .execute(&mut *transaction)
        .await?
        .rows_affected();
    sqlx::query(
        "INSERT INTO reply_stop (id, at, reason) VALUES (1, ?1, ?2)
         ON CONFLICT (id) DO UPDATE SET at = excluded.at, reason = excluded.reason",
    )
    .bind(micros(at))
    .bind(format!("the store was restored from {made}"))
    .execute(&mut *transaction)
    .await?;
    // A number that the lost store may have told somebody is not given to somebody else.
    sqlx::query("UPDATE number SET next = next + ?")
        .bind(RESTORED_NUMBERS_SKIPPED)
        .execute(&mut *transaction)
        .await?;
    remember(&mut transaction, RESTORED_AT, at).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(Restored {
        backup: Backup {
            mails,
            cases,
            at: made_at,
        },
        uncertain,
        drafts,
    })
}

/// Reads the whole copy once; a copy that was never read is none.
async fn inspect(connection: &mut SqliteConnection) -> Outcome<Backup> {
    let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut *connection)
        .await?;
    if found != "ok" {
        return Err(corrupt(found));
    }
    let (mails, cases): (i64, i64) =
        sqlx::query_as("SELECT (SELECT count(*) FROM mail), (SELECT count(*) FROM cases)")
            .fetch_one(&mut *connection)
            .await?;
    Ok(Backup {
        mails: unsigned(mails),
        cases: unsigned(cases),
        at: recall(connection, BACKUP_AT).await?,
    })
}

/// Before this time mails may have been answered by a store that is lost. None for a store that was never restored.
pub(super) async fn restored_at(connection: &mut SqliteConnection) -> Outcome<Option<Timestamp>> {
    recall(connection, RESTORED_AT).await
}

async fn remember(connection: &mut SqliteConnection, key: &str, at: Timestamp) -> Outcome<()> {
    sqlx::query(
        "INSERT INTO meta (key, value) VALUES (?, ?)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .bind(key)
    .bind(&micros(at).to_be_bytes()[..])
    .execute(connection)
    .await?;
    Ok(())
}

async fn recall(connection: &mut SqliteConnection, key: &str) -> Outcome<Option<Timestamp>> {
    let value: Option<Vec<u8>> = sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
        .bind(key)
        .fetch_optional(connection)
        .await?;
    value
        .map(|value| {
            let bytes: [u8; 8] = value
                .try_into()
                .map_err(|_| corrupt(format!("{key} is no time")))?;
            Timestamp::from_microsecond(i64::from_be_bytes(bytes))
                .map_err(|error| corrupt(error.to_string()))
        })
        .transpose()
}

/// A copy as one file, without a log beside it.
async fn open_plain(path: &Path) -> Outcome<SqliteConnection> {
    Ok(SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full)
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging()
        .connect()
        .await?)
}

/// A new file that only we read: it holds mail and the key.
fn private_file(path: &Path) -> StoreResult<()> {
    let mut options = File::options();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map(drop)
        .map_err(|error| file_error(path, error))
}

/// Gives a whole file its name, durably, unless there is one of that name.
fn put(part: &Path, file: &Path) -> StoreResult<()> {
    let done = || -> io::Result<()> {
        File::open(part)?.sync_all()?;
        // A link fails where the name is taken; a rename would replace.
        match fs::hard_link(part, file) {
            Ok(()) => fs::remove_file(part)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // Not every file system has links.
            Err(_) => fs::rename(part, file)?,
        }
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    };
    done().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(file),
        _ => file_error(file, error),
    })
}

fn exists(file: &Path) -> StoreError {
    StoreError::Exists {
        path: file.to_owned(),
    }
}

/// `a.db` and `part`: `a.db.part`.
fn beside(file: &Path, extension: &str) -> PathBuf {
    beside_name(file, &format!(".{extension}"))
}

fn beside_name(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
