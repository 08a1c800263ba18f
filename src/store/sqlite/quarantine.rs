//! Mails kept aside.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, SqliteConnection};

use super::BEGIN;
use super::failure::Outcome;
use super::rows::{Columns, limit, list, unsigned};
use crate::store::{MailId, Quarantine, QuarantineRecord};

pub(super) fn record(row: &SqliteRow) -> Outcome<QuarantineRecord> {
    Ok(QuarantineRecord {
        entry: Quarantine {
            mail: MailId(row.integer("id")?),
            code: row.text("code")?,
            detail: row.text("detail")?,
            from: row.text_option("quarantine_author")?,
            subject: row.text_option("quarantine_subject")?,
            thread: row.json("quarantine_thread")?,
        },
        at: row.time("at")?,
        source: row.text("source")?,
        origin: row.text("origin")?,
        size: unsigned(row.integer("size")?),
    })
}

pub(super) async fn quarantine(
    connection: &mut SqliteConnection,
    after: Option<MailId>,
    most: usize,
) -> Outcome<Vec<QuarantineRecord>> {
    sqlx::query(
        "SELECT mail.id, code, detail, at, author AS quarantine_author,
         subject AS quarantine_subject, source, origin, size,
         (SELECT json_group_array(message_id) FROM quarantine_thread
          WHERE quarantine_thread.mail = mail.id) AS quarantine_thread
         FROM quarantine JOIN mail ON mail.id = quarantine.mail
         WHERE quarantine.mail > ? ORDER BY quarantine.mail LIMIT ?",
    )
    .bind(after.map_or(0, |mail| mail.0))
    .bind(limit(most))
    .fetch_all(connection)
    .await?
    .iter()
    .map(record)
    .collect()
}

pub(super) async fn retry(connection: &mut SqliteConnection, mails: &[MailId]) -> Outcome<usize> {
    let mails = list(mails)?;
    let mut transaction = connection.begin_with(BEGIN).await?;
    let moved = sqlx::query(
        "INSERT INTO pending (mail, attempts)
         SELECT mail, 0 FROM quarantine WHERE mail IN (SELECT value FROM json_each(?))",
    )
    .bind(&mails)
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    sqlx::query("DELETE FROM quarantine WHERE mail IN (SELECT value FROM json_each(?))")
        .bind(&mails)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("DELETE FROM quarantine_thread WHERE mail IN (SELECT value FROM json_each(?))")
        .bind(&mails)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(usize::try_from(moved).unwrap_or(usize::MAX))
}

pub(super) async fn threads(
    connection: &mut SqliteConnection,
    message_ids: &[String],
) -> Outcome<BTreeMap<String, String>> {
    if message_ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    sqlx::query(
        "SELECT message_id, min(code) AS code FROM quarantine_thread
         JOIN quarantine ON quarantine.mail = quarantine_thread.mail
         WHERE message_id IN (SELECT value FROM json_each(?)) GROUP BY message_id",
    )
    .bind(list(message_ids)?)
    .fetch_all(connection)
    .await?
    .iter()
    .map(|row| Ok((row.text("message_id")?, row.text("code")?)))
    .collect()
}
