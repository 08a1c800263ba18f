//! The order that stops all automatic mail, and when what talks to the outside last worked.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection};

use super::BEGIN;
use super::failure::Outcome;
use super::rows::{Columns, micros, unsigned};
use crate::store::{Consistency, Health, ReplyStop};

pub(super) async fn reply_stop(connection: &mut SqliteConnection) -> Outcome<Option<ReplyStop>> {
    sqlx::query("SELECT at, reason FROM reply_stop WHERE id = 1")
        .fetch_optional(connection)
        .await?
        .map(|row| {
            Ok(ReplyStop {
                at: row.time("at")?,
                reason: row.text("reason")?,
            })
        })
        .transpose()
}

pub(super) async fn set_reply_stop(
    connection: &mut SqliteConnection,
    stop: Option<&ReplyStop>,
) -> Outcome<()> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    match stop {
        Some(stop) => {
            sqlx::query(
                "INSERT INTO reply_stop (id, at, reason) VALUES (1, ?, ?)
                 ON CONFLICT (id) DO UPDATE SET at = excluded.at, reason = excluded.reason",
            )
            .bind(micros(stop.at))
            .bind(stop.reason.as_str())
            .execute(&mut *transaction)
            .await?;
        }
        None => {
            sqlx::query("DELETE FROM reply_stop")
                .execute(&mut *transaction)
                .await?;
        }
    }
    Ok(transaction.commit().await?)
}

pub(super) async fn note(
    connection: &mut SqliteConnection,
    name: &str,
    failure: Option<&str>,
    at: Timestamp,
) -> Outcome<()> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    let at = micros(at);
    match failure {
        None => {
            sqlx::query(
                "INSERT INTO health (name, success_at, failure_at, failure) VALUES (?, ?, NULL, '')
                 ON CONFLICT (name) DO UPDATE SET success_at = excluded.success_at",
            )
            .bind(name)
            .bind(at)
            .execute(&mut *transaction)
            .await?;
        }
        Some(failure) => {
            sqlx::query(
                "INSERT INTO health (name, success_at, failure_at, failure) VALUES (?, NULL, ?, ?)
                 ON CONFLICT (name) DO UPDATE
                 SET failure_at = excluded.failure_at, failure = excluded.failure",
            )
            .bind(name)
            .bind(at)
            .bind(failure)
            .execute(&mut *transaction)
            .await?;
        }
    }
    Ok(transaction.commit().await?)
}

pub(super) async fn all(connection: &mut SqliteConnection) -> Outcome<BTreeMap<String, Health>> {
    sqlx::query("SELECT name, success_at, failure_at, failure FROM health")
        .fetch_all(connection)
        .await?
        .iter()
        .map(|row| {
            Ok((
                row.text("name")?,
                Health {
                    success_at: row.time_option("success_at")?,
                    failure_at: row.time_option("failure_at")?,
                    failure: row.text("failure")?,
                },
            ))
        })
        .collect()
}

pub(super) async fn consistency(connection: &mut SqliteConnection) -> Outcome<Consistency> {
    // One snapshot: a batch that is committed between two counts would look like a fault.
    let mut transaction = connection.begin().await?;
    let row = sqlx::query(
        "SELECT
         (SELECT count(*) FROM mail WHERE erased_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM pending WHERE pending.mail = mail.id)
          AND NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.mail = mail.id)
          AND NOT EXISTS (SELECT 1 FROM quarantine WHERE quarantine.mail = mail.id)) AS nowhere,
         (SELECT count(*) FROM pending WHERE EXISTS (SELECT 1 FROM outcome WHERE outcome.mail = pending.mail)
          OR EXISTS (SELECT 1 FROM quarantine WHERE quarantine.mail = pending.mail))
         + (SELECT count(*) FROM quarantine
            WHERE EXISTS (SELECT 1 FROM outcome WHERE outcome.mail = quarantine.mail)) AS twice,
         (SELECT count(*) FROM mail
          WHERE erased_at IS NULL AND NOT EXISTS (SELECT 1 FROM raw WHERE raw.mail = mail.id)) AS without_raw,
         (SELECT count(*) FROM outcome WHERE case_number IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM cases WHERE number = outcome.case_number))
          AS outcomes_without_case,
         (SELECT count(*) FROM outbox
          WHERE NOT EXISTS (SELECT 1 FROM cases WHERE number = outbox.case_number))
          AS outgoing_without_case,
         (SELECT min(received_at) FROM pending JOIN mail ON mail.id = pending.mail) AS oldest_pending,
         (SELECT processed_at FROM outcome ORDER BY mail DESC LIMIT 1) AS latest_processed",
    )
    .fetch_one(&mut *transaction)
    .await?;
    transaction.commit().await?;
    let count = |column| Ok::<u64, super::Failure>(unsigned(row.integer(column)?));
    Ok(Consistency {
        nowhere: count("nowhere")?,
        twice: count("twice")?,
        without_raw: count("without_raw")?,
        outcomes_without_case: count("outcomes_without_case")?,
        outgoing_without_case: count("outgoing_without_case")?,
        oldest_pending: row.time_option("oldest_pending")?,
        latest_processed: row.time_option("latest_processed")?,
    })
}
