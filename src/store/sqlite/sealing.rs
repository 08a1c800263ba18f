//! Raw mails under their keys, and who read them.

use sqlx::{Connection, SqliteConnection};

use super::BEGIN;
use super::failure::Outcome;
use super::rows::{Columns, limit, micros};
use crate::store::{MailId, RawAccess, RawKeys};

/// Bytes of a frame that tell its key, and more.
const HEAD: i64 = 32;

/// The head of the frame that was kept last: what it is sealed with, what comes next is compared with.
pub(super) async fn latest(connection: &mut SqliteConnection) -> Outcome<Option<Vec<u8>>> {
    Ok(
        sqlx::query_scalar("SELECT substr(frame, 1, ?) FROM raw ORDER BY mail DESC LIMIT 1")
            .bind(HEAD)
            .fetch_optional(connection)
            .await?,
    )
}

/// Writes the next frames anew that are not sealed with the first key. Gives how many were, and the mail to go on
/// after; none at the end.
pub(super) async fn seal(
    connection: &mut SqliteConnection,
    keys: &RawKeys,
    after: Option<MailId>,
    most: usize,
) -> Outcome<(u64, Option<MailId>)> {
    // What was there in clear is overwritten, not only given free.
    sqlx::query("PRAGMA secure_delete = ON")
        .execute(&mut *connection)
        .await?;
    let sealed = seal_next(connection, keys, after, most).await;
    sqlx::query("PRAGMA secure_delete = OFF")
        .execute(&mut *connection)
        .await?;
    sealed
}

async fn seal_next(
    connection: &mut SqliteConnection,
    keys: &RawKeys,
    after: Option<MailId>,
    most: usize,
) -> Outcome<(u64, Option<MailId>)> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    let rows = sqlx::query(
        "SELECT mail, hash, substr(frame, 1, ?) AS head FROM raw JOIN mail ON mail.id = raw.mail
         WHERE mail > ? ORDER BY mail LIMIT ?",
    )
    .bind(HEAD)
    .bind(after.map_or(0, |mail| mail.0))
    .bind(limit(most))
    .fetch_all(&mut *transaction)
    .await?;
    let mut sealed = 0;
    let mut last = None;
    for row in &rows {
        let mail = row.integer("mail")?;
        last = Some(MailId(mail));
        if keys.is_current(&row.bytes("head")?)? {
            continue;
        }
        let hash = row.hash("hash")?;
        let stored = sqlx::query_scalar("SELECT frame FROM raw WHERE mail = ?")
            .bind(mail)
            .fetch_one(&mut *transaction)
            .await?;
        let frame = keys.open(stored, &hash)?;
        sqlx::query("UPDATE raw SET frame = ? WHERE mail = ?")
            .bind(&*keys.seal(&frame, &hash)?)
            .bind(mail)
            .execute(&mut *transaction)
            .await?;
        sealed += 1;
    }
    transaction.commit().await?;
    Ok((sealed, last))
}

pub(super) async fn note_access(
    connection: &mut SqliteConnection,
    access: &RawAccess,
) -> Outcome<()> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    sqlx::query("INSERT INTO raw_access (mail, at, person, purpose) VALUES (?, ?, ?, ?)")
        .bind(access.mail.0)
        .bind(micros(access.at))
        .bind(access.person.as_str())
        .bind(access.purpose.as_str())
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn accesses(
    connection: &mut SqliteConnection,
    mail: Option<MailId>,
    most: usize,
) -> Outcome<Vec<RawAccess>> {
    sqlx::query(
        "SELECT mail, at, person, purpose FROM raw_access WHERE ?1 IS NULL OR mail = ?1
         ORDER BY id DESC LIMIT ?2",
    )
    .bind(mail.map(|mail| mail.0))
    .bind(limit(most))
    .fetch_all(connection)
    .await?
    .iter()
    .map(|row| {
        Ok(RawAccess {
            mail: MailId(row.integer("mail")?),
            at: row.time("at")?,
            person: row.text("person")?,
            purpose: row.text("purpose")?,
        })
    })
    .collect()
}
