//! What is special to the embedded store: files, the lock, a full or damaged disk, versions.

use std::fs;
use std::path::Path;

use precedent::store::sqlite::SqliteStore;
use precedent::store::{CaseFilter, CaseOrder, Cursor, Store, StoreError};
use sqlx::{ConnectOptions, Connection};

use crate::samples::{archive, batch, fill, new_mail};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

async fn execute(folder: &Path, statement: &'static str) {
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(folder.join("precedent.db"))
        .connect()
        .await
        .unwrap();
    sqlx::query(statement)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_second_writer_is_refused_and_readers_are_not() {
    let folder = folder();
    let first = SqliteStore::open(folder.path()).await.unwrap();
    fill(&first, 0, 2, 1001).await;
    let error = SqliteStore::open(folder.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    assert!(error.to_string().contains(folder.path().to_str().unwrap()));
    assert!(error.hint().unwrap().contains("--data"));

    let reader = SqliteStore::open_read_only(folder.path()).await.unwrap();
    assert_eq!(reader.stats().await.unwrap().processed, 2);
    fill(&first, 2, 2, 1003).await;
    assert_eq!(reader.stats().await.unwrap().processed, 4);
    let error = reader.archive(&[new_mail(9)], &[]).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");

    first.close().await.unwrap();
    assert!(first.archive(&[new_mail(9)], &[]).await.is_err());
    SqliteStore::open(folder.path()).await.unwrap();
}

/// What a power cut or SIGKILL leaves: the file, and a log that nobody copied into it.
#[tokio::test]
async fn what_a_crash_leaves_can_be_read_and_written() {
    let folder = folder();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    fill(&store, 0, 50, 1001).await;
    for (number, opens_for_reading_first) in [("1", true), ("2", false)] {
        let left = folder.path().join(number);
        fs::create_dir(&left).unwrap();
        for file in ["precedent.db", "precedent.db-wal"] {
            fs::copy(folder.path().join(file), left.join(file)).unwrap();
        }
        assert!(fs::metadata(left.join("precedent.db-wal")).unwrap().len() > 0);
        if opens_for_reading_first {
            let reader = SqliteStore::open_read_only(&left).await.unwrap();
            assert_eq!(reader.stats().await.unwrap().processed, 50);
        }
        let writer = SqliteStore::open(&left).await.unwrap();
        fill(&writer, 50, 1, 1051).await;
        assert_eq!(writer.stats().await.unwrap().processed, 51);
    }
}

/// Half of the last transaction is in the log: it never was.
#[tokio::test]
async fn a_torn_log_ends_with_the_last_whole_batch() {
    let folder = folder();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    fill(&store, 0, 20, 1001).await;
    let log = folder.path().join("precedent.db-wal");
    let whole = fs::metadata(&log).unwrap().len();
    let mails = archive(&store, 20, 20).await;
    let archived = fs::metadata(&log).unwrap().len();
    store.commit(&batch(&mails, 1021)).await.unwrap();
    let longest = fs::metadata(&log).unwrap().len();
    assert!(whole < archived && archived < longest);
    for cut in [whole, archived - 1, archived, archived + 5_000, longest - 1] {
        let left = folder.path().join(cut.to_string());
        fs::create_dir(&left).unwrap();
        fs::copy(
            folder.path().join("precedent.db"),
            left.join("precedent.db"),
        )
        .unwrap();
        let bytes = fs::read(&log).unwrap();
        let kept = usize::try_from(cut).unwrap();
        fs::write(left.join("precedent.db-wal"), &bytes[..kept]).unwrap();
        let store = SqliteStore::open(&left).await.unwrap();
        let stats = store.stats().await.unwrap();
        let known = if cut < archived { 20 } else { 40 };
        assert_eq!((stats.mails, stats.processed), (known, 20), "cut at {cut}");
        assert_eq!(stats.pending, known - 20);
        assert_eq!(stats.cases["waiting"], 20);
        // The same mails come again, and nothing is double.
        let mails = archive(&store, 20, 20).await;
        store.commit(&batch(&mails, 1021)).await.unwrap();
        let stats = store.stats().await.unwrap();
        assert_eq!((stats.mails, stats.processed), (40, 40));
    }
}

#[tokio::test]
async fn reading_needs_a_store() {
    let folder = folder();
    let error = SqliteStore::open_read_only(folder.path())
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_folder_that_is_none_is_told() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    for path in [file.clone(), file.join("deeper")] {
        let error = SqliteStore::open(&path).await.unwrap_err();
        assert!(matches!(error, StoreError::File { .. }), "{error}");
        assert!(error.to_string().contains("file"), "{error}");
        assert!(error.stops_intake());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let path = folder.path().join("a/b");
    SqliteStore::open(&path).await.unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o700
    );
}

#[tokio::test]
async fn a_full_disk_loses_nothing() {
    let folder = folder();
    let quota = 600 * 1024;
    let store = SqliteStore::open_with_quota(folder.path(), Some(quota))
        .await
        .unwrap();
    let mut written = 0;
    let error = loop {
        let mails = (written..written + 20).map(new_mail).collect::<Vec<_>>();
        let cursor = Cursor {
            source: "/mail/in".to_owned(),
            position: written.to_string(),
        };
        match store.archive(&mails, &[cursor]).await {
            Ok(archived) => {
                let mails: Vec<_> = archived.iter().map(|archived| archived.mail).collect();
                match store.commit(&batch(&mails, 1001 + written)).await {
                    Ok(_) => written += 20,
                    Err(error) => break error,
                }
            }
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert!(error.stops_intake() && !error.is_transient());
    assert!(error.hint().unwrap().contains("space"));
    assert!(written > 0);
    // Reading goes on, also on the connection that failed.
    assert_eq!(store.stats().await.unwrap().processed, written);
    let again = store.archive(&[new_mail(0)], &[]).await.unwrap();
    assert!(!again[0].fresh);
    drop(store);

    // With room again, the batch that failed is done as if nothing had been.
    let store = SqliteStore::open(folder.path()).await.unwrap();
    archive(&store, written, 20).await;
    let pending = store.pending(None, 100).await.unwrap();
    let mails: Vec<_> = pending.iter().map(|mail| mail.mail).collect();
    assert_eq!(mails.len(), 20);
    store.commit(&batch(&mails, 1001 + written)).await.unwrap();
}

#[tokio::test]
async fn a_damaged_file_is_told() {
    let folder = folder();
    fs::write(folder.path().join("precedent.db"), vec![b'x'; 8_192]).unwrap();
    for error in [
        SqliteStore::open(folder.path()).await.unwrap_err(),
        SqliteStore::open_read_only(folder.path())
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        assert!(error.hint().unwrap().contains("backup"));
    }
    // Nobody overwrote what may be somebody's data.
    let bytes = fs::read(folder.path().join("precedent.db")).unwrap();
    assert_eq!(bytes, vec![b'x'; 8_192]);
}

#[tokio::test]
async fn a_damaged_case_is_told() {
    let folder = folder();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    fill(&store, 0, 1, 1001).await;
    store.close().await.unwrap();
    execute(folder.path(), "UPDATE cases SET state = '{'").await;
    let store = SqliteStore::open(folder.path()).await.unwrap();
    let filter = CaseFilter::all(CaseOrder::Opened);
    let error = store.cases(&filter).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[tokio::test]
async fn data_of_a_newer_version_are_left_alone() {
    let folder = folder();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    store.close().await.unwrap();
    execute(
        folder.path(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9000, 'later', 1, x'00', 0)",
    )
    .await;
    for error in [
        SqliteStore::open(folder.path()).await.unwrap_err(),
        SqliteStore::open_read_only(folder.path())
            .await
            .unwrap_err(),
    ] {
        assert!(
            matches!(error, StoreError::NewerSchema { found: 9000, .. }),
            "{error}"
        );
        assert!(error.hint().unwrap().contains("newer"));
    }
}

#[tokio::test]
async fn data_of_an_older_version_are_upgraded_by_a_writer_only() {
    let folder = folder();
    // The oldest version of all: an empty file.
    fs::write(folder.path().join("precedent.db"), "").unwrap();
    let error = SqliteStore::open_read_only(folder.path())
        .await
        .unwrap_err();
    assert!(
        matches!(error, StoreError::OlderSchema { found: 0, .. }),
        "{error}"
    );
    let store = SqliteStore::open(folder.path()).await.unwrap();
    fill(&store, 0, 1, 1001).await;
    let reader = SqliteStore::open_read_only(folder.path()).await.unwrap();
    assert_eq!(reader.stats().await.unwrap().processed, 1);
}

/// An operator's order reaches the process that works on the data.
#[tokio::test]
async fn an_order_is_written_beside_the_process_that_works() {
    let folder = folder();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    assert!(SqliteStore::is_in_use(folder.path()).unwrap());
    fill(&store, 0, 5, 1001).await;
    let beside = SqliteStore::open_beside(folder.path()).await.unwrap();
    let stop = precedent::store::ReplyStop {
        at: crate::samples::time(1),
        reason: "a loop".to_owned(),
    };
    beside.set_reply_stop(Some(&stop)).await.unwrap();
    assert_eq!(store.reply_stop().await.unwrap(), Some(stop));
    // Both write, in turns.
    for place in 0..20 {
        fill(&store, 10 + place, 1, 1006 + place).await;
        beside.set_reply_stop(None).await.unwrap();
    }
    beside.close().await.unwrap();
    assert_eq!(store.stats().await.unwrap().processed, 25);
    store.close().await.unwrap();
    assert!(!SqliteStore::is_in_use(folder.path()).unwrap());
}
