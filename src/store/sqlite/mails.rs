//! What is stored of mails besides their bytes.

use std::collections::{BTreeMap, HashMap};

use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};

use super::archive::attempts;
use super::failure::{Outcome, corrupt};
use super::quarantine;
use super::rows::{Columns, list, unsigned};
use crate::case::{CaseNumber, Evidence, FieldValue, Fields};
use crate::mail::KindReason;
use crate::store::RawKeys;
use crate::store::{MailId, MailKey, MailOutcome, MailRecord, MailState, decompress};

/// Most mails that one key gives; a person asked about one.
const MATCHES_MAX: usize = 100;

const RECORD: &str = "SELECT mail.id, mail.hash, mail.size, mail.source, mail.origin,
    mail.received_at, mail.erased_at, pending.attempts,
    quarantine.code, quarantine.detail, quarantine.at, quarantine.author AS quarantine_author,
    quarantine.subject AS quarantine_subject,
    (SELECT json_group_array(message_id) FROM quarantine_thread
     WHERE quarantine_thread.mail = mail.id) AS quarantine_thread,
    outcome.message_id, outcome.kind, outcome.kind_code, outcome.kind_detail, outcome.author,
    outcome.subject, outcome.date, outcome.desk, outcome.language, outcome.case_number,
    outcome.verdict, outcome.analysis
    FROM mail
    LEFT JOIN pending ON pending.mail = mail.id
    LEFT JOIN quarantine ON quarantine.mail = mail.id
    LEFT JOIN outcome ON outcome.mail = mail.id ";

fn record(row: &SqliteRow) -> Outcome<MailRecord> {
    let mail = MailId(row.integer("id")?);
    let state = if row.integer_option("attempts")?.is_some() {
        MailState::Pending {
            attempts: attempts(row)?,
        }
    } else if row.text_option("code")?.is_some() {
        MailState::Quarantined(quarantine::record(row)?)
    } else if row.text_option("kind")?.is_some() {
        MailState::Processed(Box::new(outcome(row, mail)?))
    } else if row.time_option("erased_at")?.is_some() {
        MailState::Erased
    } else {
        return Err(corrupt(format!("mail {mail} is nowhere")));
    };
    Ok(MailRecord {
        mail,
        hash: row.hash("hash")?,
        size: unsigned(row.integer("size")?),
        source: row.text("source")?,
        origin: row.text("origin")?,
        received_at: row.time("received_at")?,
        state,
    })
}

fn outcome(row: &SqliteRow, mail: MailId) -> Outcome<MailOutcome> {
    Ok(MailOutcome {
        mail,
        message_id: row.text_option("message_id")?,
        kind: row.word("kind")?,
        kind_reason: KindReason {
            code: row.text("kind_code")?,
            detail: row.text("kind_detail")?,
        },
        from: row.text("author")?,
        subject: row.text("subject")?,
        date: row.time_option("date")?,
        desk: row.text("desk")?,
        language: row.text_option("language")?,
        case: row.text_option("case_number")?.map(CaseNumber),
        analysis: row.text("analysis")?,
        verdict: row
            .text_option("verdict")?
            .map(|text| serde_json::from_str(&text))
            .transpose()?,
        fields: BTreeMap::new(),
    })
}

/// Adds the fields to processed mails.
async fn with_fields(
    connection: &mut SqliteConnection,
    mut records: Vec<MailRecord>,
) -> Outcome<Vec<MailRecord>> {
    let rows = sqlx::query(
        "SELECT mail, name, value, part, start_byte, end_byte, rule, confidence, quoted FROM field
         WHERE mail IN (SELECT value FROM json_each(?)) ORDER BY mail, name, ordinal",
    )
    .bind(list(records.iter().map(|record| record.mail))?)
    .fetch_all(connection)
    .await?;
    let mut fields: HashMap<MailId, Fields> = HashMap::new();
    for row in &rows {
        fields
            .entry(MailId(row.integer("mail")?))
            .or_default()
            .entry(row.text("name")?)
            .or_default()
            .push(field(row)?);
    }
    for record in &mut records {
        if let MailState::Processed(outcome) = &mut record.state {
            outcome.fields = fields.remove(&record.mail).unwrap_or_default();
        }
    }
    Ok(records)
}

fn field(row: &SqliteRow) -> Outcome<FieldValue> {
    let offset = |column| -> Outcome<usize> {
        usize::try_from(row.integer(column)?).map_err(|error| corrupt(error.to_string()))
    };
    Ok(FieldValue {
        value: row.text("value")?,
        evidence: Evidence {
            part: row
                .text("part")?
                .parse()
                .map_err(|error: String| corrupt(error))?,
            start: offset("start_byte")?,
            end: offset("end_byte")?,
            rule: row.text("rule")?,
            confidence: sqlx::Row::try_get(row, "confidence")?,
            quoted: row.integer("quoted")? != 0,
        },
    })
}

pub(super) async fn mails(
    connection: &mut SqliteConnection,
    key: &MailKey,
) -> Outcome<Vec<MailRecord>> {
    let mut transaction = connection.begin().await?;
    let mut query = QueryBuilder::<Sqlite>::new(RECORD);
    match key {
        MailKey::Id(mail) => {
            query.push("WHERE mail.id = ").push_bind(mail.0);
        }
        MailKey::HashPrefix(prefix) => {
            let Some((first, last)) = hash_range(prefix) else {
                return Ok(Vec::new());
            };
            query
                .push("WHERE mail.hash BETWEEN ")
                .push_bind(first.to_vec())
                .push(" AND ")
                .push_bind(last.to_vec());
        }
        MailKey::MessageId(message_id) => {
            query
                .push("WHERE outcome.message_id = ")
                .push_bind(message_id);
        }
    }
    query.push(format!(" ORDER BY mail.id LIMIT {MATCHES_MAX}"));
    let records = query
        .build()
        .fetch_all(&mut *transaction)
        .await?
        .iter()
        .map(record)
        .collect::<Outcome<_>>()?;
    let records = with_fields(&mut transaction, records).await?;
    transaction.commit().await?;
    Ok(records)
}

/// The lowest and the highest hash that begin with some hexadecimal digits.
fn hash_range(prefix: &str) -> Option<([u8; 32], [u8; 32])> {
    if prefix.len() > 64 {
        return None;
    }
    let mut first = [0x00; 32];
    let mut last = [0xff; 32];
    for (place, digit) in prefix.chars().enumerate() {
        let digit = u8::try_from(digit.to_digit(16)?).ok()?;
        let (high, low) = if place % 2 == 0 {
            (digit << 4, digit << 4 | 0x0f)
        } else {
            (first[place / 2] | digit, last[place / 2] & 0xf0 | digit)
        };
        first[place / 2] = high;
        last[place / 2] = low;
    }
    Some((first, last))
}

pub(super) async fn of_case(
    connection: &mut SqliteConnection,
    number: &CaseNumber,
) -> Outcome<Vec<MailRecord>> {
    let records = QueryBuilder::<Sqlite>::new(RECORD)
        .push("WHERE outcome.case_number = ")
        .push_bind(number.0.as_str())
        .push(" ORDER BY mail.id")
        .build()
        .fetch_all(&mut *connection)
        .await?
        .iter()
        .map(record)
        .collect::<Outcome<_>>()?;
    with_fields(connection, records).await
}

pub(super) async fn raw(
    connection: &mut SqliteConnection,
    keys: &RawKeys,
    mail: MailId,
) -> Outcome<Option<Vec<u8>>> {
    let row =
        sqlx::query("SELECT hash, frame FROM raw JOIN mail ON mail.id = raw.mail WHERE mail = ?")
            .bind(mail.0)
            .fetch_optional(connection)
            .await?;
    row.map(|row| {
        let frame = keys.open(row.bytes("frame")?, &row.hash("hash")?)?;
        Ok(decompress(&frame)?)
    })
    .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_of_a_hash_is_a_range() {
        let (first, last) = hash_range("3f9").unwrap();
        assert_eq!(first[..3], [0x3f, 0x90, 0x00]);
        assert_eq!(last[..3], [0x3f, 0x9f, 0xff]);
        assert_eq!(hash_range("zz"), None);
    }
}
