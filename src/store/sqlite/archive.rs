//! Raw mails in, and pending ones out.

use std::borrow::Cow;
use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, SqliteConnection};

use super::failure::Outcome;
use super::rows::{Columns, Insert, hexadecimal, limit, list, micros, signed, unsigned};
use super::{BEGIN, backup};
use crate::store::{Archived, Arrival, Cursor, MailId, NewMail, RawKeys, Refused, StoredMail};

const MAIL: Insert = Insert {
    head: "INSERT INTO mail (id, hash, size, source, origin, received_at, backlog, refused_code, refused_detail)",
    columns: 9,
    tail: "",
};
const RAW: Insert = Insert {
    head: "INSERT INTO raw (mail, frame)",
    columns: 2,
    tail: "",
};
const PENDING: Insert = Insert {
    head: "INSERT INTO pending (mail, attempts)",
    columns: 2,
    tail: "",
};
const CURSOR: Insert = Insert {
    head: "INSERT INTO cursor (source, position)",
    columns: 2,
    tail: "ON CONFLICT (source) DO UPDATE SET position = excluded.position",
};

pub(super) async fn archive(
    connection: &mut SqliteConnection,
    keys: &RawKeys,
    mails: &[NewMail],
    cursors: &[Cursor],
) -> Outcome<Vec<Archived>> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    let rows = sqlx::query(
        "SELECT id, hash FROM mail WHERE hash IN (SELECT unhex(value) FROM json_each(?))",
    )
    .bind(list(mails.iter().map(|mail| hexadecimal(&mail.hash)))?)
    .fetch_all(&mut *transaction)
    .await?;
    let mut known: HashMap<[u8; 32], MailId> = HashMap::with_capacity(mails.len());
    for row in &rows {
        known.insert(row.hash("hash")?, MailId(row.integer("id")?));
    }
    // Not the highest id in the table: the number of a mail that was erased is not given again.
    let latest: Option<i64> =
        sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'mail'")
            .fetch_optional(&mut *transaction)
            .await?;
    let mut next = latest.unwrap_or(0) + 1;
    let restored_at = backup::restored_at(&mut transaction).await?;
    let mut fresh: Vec<(i64, bool, &NewMail)> = Vec::new();
    let archived = mails
        .iter()
        .map(|mail| {
            let backlog =
                mail.arrival.backlog || restored_at.is_some_and(|at| mail.received_at < at);
            if let Some(&id) = known.get(&mail.hash) {
                return Archived {
                    mail: id,
                    fresh: false,
                    backlog,
                };
            }
            let id = next;
            next += 1;
            known.insert(mail.hash, MailId(id));
            fresh.push((id, backlog, mail));
            Archived {
                mail: MailId(id),
                fresh: true,
                backlog,
            }
        })
        .collect();
    MAIL.run(&mut transaction, &fresh, |row, (id, backlog, mail)| {
        row.add(id)
            .add(&mail.hash[..])
            .add(signed(mail.size))
            .add(mail.source.as_str())
            .add(mail.origin.as_str())
            .add(micros(mail.received_at))
            .add(i64::from(*backlog))
            .add(
                mail.arrival
                    .refused
                    .as_ref()
                    .map(|refused| refused.code.as_str()),
            )
            .add(
                mail.arrival
                    .refused
                    .as_ref()
                    .map(|refused| refused.detail.as_str()),
            );
    })
    .await?;
    let frames = fresh
        .iter()
        .map(|(id, _, mail)| Ok((*id, keys.seal(&mail.raw_compressed, &mail.hash)?)))
        .collect::<Outcome<Vec<(i64, Cow<'_, [u8]>)>>>()?;
    RAW.run(&mut transaction, &frames, |row, (id, frame)| {
        row.add(id).add(&**frame);
    })
    .await?;
    PENDING
        .run(&mut transaction, &fresh, |row, (id, ..)| {
            row.add(id).add(0);
        })
        .await?;
    CURSOR
        .run(&mut transaction, cursors, |row, cursor| {
            row.add(cursor.source.as_str())
                .add(cursor.position.as_str());
        })
        .await?;
    transaction.commit().await?;
    Ok(archived)
}

pub(super) async fn cursor(
    connection: &mut SqliteConnection,
    source: &str,
) -> Outcome<Option<String>> {
    Ok(
        sqlx::query_scalar("SELECT position FROM cursor WHERE source = ?")
            .bind(source)
            .fetch_optional(connection)
            .await?,
    )
}

pub(super) async fn pending(
    connection: &mut SqliteConnection,
    keys: &RawKeys,
    after: Option<MailId>,
    most: usize,
) -> Outcome<Vec<StoredMail>> {
    sqlx::query(
        "SELECT id, hash, received_at, attempts, source, backlog, refused_code, refused_detail, frame
         FROM pending JOIN mail ON mail.id = pending.mail JOIN raw ON raw.mail = pending.mail
         WHERE pending.mail > ? ORDER BY pending.mail LIMIT ?",
    )
    .bind(after.map_or(0, |mail| mail.0))
    .bind(limit(most))
    .fetch_all(connection)
    .await?
    .iter()
    .map(|row| stored_mail(row, keys))
    .collect()
}

pub(super) async fn processed(
    connection: &mut SqliteConnection,
    keys: &RawKeys,
    after: Option<MailId>,
    most: usize,
) -> Outcome<Vec<StoredMail>> {
    sqlx::query(
        "SELECT mail.id AS id, mail.hash AS hash, mail.received_at AS received_at, 0 AS attempts, source, backlog, refused_code, refused_detail, frame
         FROM outcome JOIN mail ON mail.id = outcome.mail JOIN raw ON raw.mail = outcome.mail
         WHERE outcome.mail > ?
         -- What is derived from a part of a case's mails would lack what the others said.
         AND NOT EXISTS (SELECT 1 FROM outcome AS other JOIN mail AS gone ON gone.id = other.mail
             WHERE other.case_number = outcome.case_number AND gone.erased_at IS NOT NULL)
         ORDER BY outcome.mail LIMIT ?",
    )
    .bind(after.map_or(0, |mail| mail.0))
    .bind(limit(most))
    .fetch_all(connection)
    .await?
    .iter()
    .map(|row| stored_mail(row, keys))
    .collect()
}

fn stored_mail(row: &SqliteRow, keys: &RawKeys) -> Outcome<StoredMail> {
    let hash = row.hash("hash")?;
    Ok(StoredMail {
        mail: MailId(row.integer("id")?),
        hash,
        received_at: row.time("received_at")?,
        attempts: attempts(row)?,
        source: row.text("source")?,
        arrival: Arrival {
            backlog: row.integer("backlog")? != 0,
            refused: row
                .text_option("refused_code")?
                .map(|code| {
                    row.text_option("refused_detail").map(|detail| Refused {
                        code,
                        detail: detail.unwrap_or_default(),
                    })
                })
                .transpose()?,
        },
        raw_compressed: keys.open(row.bytes("frame")?, &hash)?,
    })
}

pub(super) fn attempts(row: &SqliteRow) -> Outcome<u32> {
    Ok(u32::try_from(unsigned(row.integer("attempts")?)).unwrap_or(u32::MAX))
}

pub(super) async fn count_attempts(
    connection: &mut SqliteConnection,
    mails: &[MailId],
) -> Outcome<Vec<u32>> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    let rows = sqlx::query(
        "UPDATE pending SET attempts = attempts + 1
         WHERE mail IN (SELECT value FROM json_each(?)) RETURNING mail, attempts",
    )
    .bind(list(mails)?)
    .fetch_all(&mut *transaction)
    .await?;
    transaction.commit().await?;
    let mut counts = HashMap::with_capacity(rows.len());
    for row in &rows {
        counts.insert(MailId(row.integer("mail")?), attempts(row)?);
    }
    Ok(mails
        .iter()
        .map(|mail| counts.get(mail).copied().unwrap_or(0))
        .collect())
}
