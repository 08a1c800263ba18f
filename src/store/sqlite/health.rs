//! The order that stops all automatic mail, and when what talks to the outside last worked.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection};

use super::BEGIN;
use super::failure::Outcome;
use super::rows::{Columns, micros};
use crate::store::{Health, ReplyStop};

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
