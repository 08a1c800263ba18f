//! Mails kept aside.

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
         subject AS quarantine_subject, source, origin, size
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
    transaction.commit().await?;
    Ok(usize::try_from(moved).unwrap_or(usize::MAX))
}
