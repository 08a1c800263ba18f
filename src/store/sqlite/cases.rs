//! Cases: their rows, numbers, lists, and which of them mails belong to.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};

use super::failure::{Outcome, corrupt};
use super::rows::{Columns, Insert, json, limit, list, micros, signed, unsigned};
use super::{mails, outbox};
use crate::case::{CaseNumber, CaseState};
use crate::store::{
    Candidate, CaseFilter, CaseHistory, CaseOrder, CaseRecord, Change, FIRST_NUMBER, JournalEvent,
    Letter, MailId, ThreadKey, ThreadLookup,
};

/// Mails of one author under one subject that lead to their cases: somebody may use the same subject for years.
const LETTERS_MOST: i64 = 10;

/// A case to be written.
pub(super) struct CaseRow<'a> {
    pub state: &'a CaseState,
    pub revision: u64,
    pub token: &'a str,
    pub external: Option<&'a str>,
    /// `None` keeps what is stored.
    pub problem: Option<&'a str>,
}

const CASE: Insert = Insert {
    head: "INSERT INTO cases (number, revision, sequence, desk, status, submitter, opened_at,
        updated_at, token, external, state, problem)",
    columns: 12,
    tail: "ON CONFLICT (number) DO UPDATE SET revision = excluded.revision,
        sequence = excluded.sequence, desk = excluded.desk, status = excluded.status,
        submitter = excluded.submitter, opened_at = excluded.opened_at,
        updated_at = excluded.updated_at, token = excluded.token,
        external = coalesce(excluded.external, external), state = excluded.state,
        problem = coalesce(excluded.problem, problem)",
};

const RECORD: &str = "SELECT sequence, revision, token, external, state, problem,
    (SELECT count(*) FROM outbox WHERE outbox.case_number = cases.number) AS outgoing FROM cases ";

fn record(row: &SqliteRow) -> Outcome<CaseRecord> {
    Ok(CaseRecord {
        state: row.json("state")?,
        revision: unsigned(row.integer("revision")?),
        token: row.text("token")?,
        problem: row.text_option("problem")?.unwrap_or_default(),
        outgoing: u32::try_from(row.integer("outgoing")?).unwrap_or(u32::MAX),
        external: row.text_option("external")?,
    })
}

/// Writes cases and moves them to the end of the sequence.
pub(super) async fn write(connection: &mut SqliteConnection, rows: &[CaseRow<'_>]) -> Outcome<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let latest = last_sequence(connection).await?;
    let rows: Vec<(i64, &CaseRow<'_>, String)> = (latest + 1..)
        .zip(rows)
        .map(|(sequence, row)| Ok((sequence, row, json(row.state)?)))
        .collect::<Outcome<_>>()?;
    CASE.run(connection, &rows, |values, (sequence, row, state)| {
        values
            .add(row.state.number.0.as_str())
            .add(signed(row.revision))
            .add(sequence)
            .add(row.state.desk.as_str())
            .add(row.state.status.as_str())
            .add(row.state.submitter.as_str())
            .add(micros(row.state.opened_at))
            .add(micros(row.state.updated_at))
            .add(row.token)
            .add(row.external)
            .add(state.as_str())
            .add(row.problem);
    })
    .await?;
    sqlx::query("UPDATE sequence SET latest = ?")
        .bind(latest + signed(rows.len() as u64))
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn next_numbers(
    connection: &mut SqliteConnection,
    prefixes: &[String],
) -> Outcome<BTreeMap<String, u64>> {
    let rows = sqlx::query(
        "SELECT prefix, next FROM number WHERE prefix IN (SELECT value FROM json_each(?))",
    )
    .bind(list(prefixes)?)
    .fetch_all(connection)
    .await?;
    let mut numbers: BTreeMap<String, u64> = prefixes
        .iter()
        .map(|prefix| (prefix.clone(), FIRST_NUMBER))
        .collect();
    for row in &rows {
        numbers.insert(row.text("prefix")?, unsigned(row.integer("next")?));
    }
    Ok(numbers)
}

pub(super) async fn set_next_numbers(
    connection: &mut SqliteConnection,
    numbers: &BTreeMap<String, u64>,
) -> Outcome<()> {
    for (prefix, next) in numbers {
        sqlx::query(
            "INSERT INTO number (prefix, next) VALUES (?, ?)
             ON CONFLICT (prefix) DO UPDATE SET next = excluded.next",
        )
        .bind(prefix)
        .bind(signed(*next))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub(super) async fn last_sequence(connection: &mut SqliteConnection) -> Outcome<i64> {
    Ok(sqlx::query_scalar("SELECT latest FROM sequence")
        .fetch_one(connection)
        .await?)
}

pub(super) async fn changes(
    connection: &mut SqliteConnection,
    after: i64,
    most: usize,
) -> Outcome<Vec<Change>> {
    QueryBuilder::<Sqlite>::new(RECORD)
        .push("WHERE sequence > ")
        .push_bind(after)
        .push(" ORDER BY sequence LIMIT ")
        .push_bind(limit(most))
        .build()
        .fetch_all(connection)
        .await?
        .iter()
        .map(|row| {
            Ok(Change {
                sequence: row.integer("sequence")?,
                case: record(row)?,
            })
        })
        .collect()
}

/// Cases by number, upper and lower case being the same, sorted.
async fn numbered(
    connection: &mut SqliteConnection,
    numbers: &BTreeSet<String>,
) -> Outcome<Vec<CaseRecord>> {
    QueryBuilder::<Sqlite>::new(RECORD)
        .push("WHERE number IN (SELECT value FROM json_each(")
        .push_bind(list(numbers)?)
        .push(")) ORDER BY number")
        .build()
        .fetch_all(connection)
        .await?
        .iter()
        .map(record)
        .collect()
}

pub(super) async fn case(
    connection: &mut SqliteConnection,
    number: &CaseNumber,
) -> Outcome<Option<CaseRecord>> {
    Ok(numbered(connection, &BTreeSet::from([number.0.clone()]))
        .await?
        .pop())
}

pub(super) async fn candidates(
    connection: &mut SqliteConnection,
    lookup: &ThreadLookup,
) -> Outcome<Vec<Candidate>> {
    let mut transaction = connection.begin().await?;
    let mut keys: BTreeMap<String, BTreeSet<ThreadKey>> = BTreeMap::new();
    if !lookup.message_ids.is_empty() {
        let rows = sqlx::query(
            "SELECT message_id, case_number FROM outcome
             WHERE message_id IN (SELECT value FROM json_each(?1)) AND case_number IS NOT NULL
             UNION ALL
             SELECT message_id, case_number FROM outbox
             WHERE message_id IN (SELECT value FROM json_each(?1))",
        )
        .bind(list(&lookup.message_ids)?)
        .fetch_all(&mut *transaction)
        .await?;
        for row in &rows {
            keys.entry(row.text("case_number")?)
                .or_default()
                .insert(ThreadKey::MessageId(row.text("message_id")?));
        }
    }
    if !lookup.tokens.is_empty() {
        let rows = sqlx::query(
            "SELECT token, number FROM cases
             WHERE token IN (SELECT value FROM json_each(?)) AND token <> ''",
        )
        .bind(list(&lookup.tokens)?)
        .fetch_all(&mut *transaction)
        .await?;
        for row in &rows {
            keys.entry(row.text("number")?)
                .or_default()
                .insert(ThreadKey::Token(row.text("token")?));
        }
    }
    if !lookup.letters.is_empty() {
        let letters = lookup.letters.iter();
        let rows = sqlx::query(
            "SELECT author, subject, case_number FROM json_each(?) AS letter
             CROSS JOIN outcome ON mail IN (
                 SELECT mail FROM outcome WHERE author = letter.value ->> 0 AND subject = letter.value ->> 1
                 AND kind = 'human' AND case_number IS NOT NULL ORDER BY mail DESC LIMIT ?)",
        )
        .bind(list(letters.map(|letter| (&letter.author, &letter.subject)))?)
        .bind(LETTERS_MOST)
        .fetch_all(&mut *transaction)
        .await?;
        for row in &rows {
            keys.entry(row.text("case_number")?)
                .or_default()
                .insert(ThreadKey::Letter(Letter {
                    author: row.text("author")?,
                    subject: row.text("subject")?,
                }));
        }
    }
    let mut numbers: BTreeSet<String> = keys.keys().cloned().collect();
    numbers.extend(lookup.numbers.iter().map(|number| number.0.clone()));
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let records = numbered(&mut transaction, &numbers).await?;
    transaction.commit().await?;
    Ok(records
        .into_iter()
        .map(|case| {
            let mut found = keys.remove(&case.state.number.0).unwrap_or_default();
            // The key as the caller wrote it, so that it can be found again.
            let asked = lookup
                .numbers
                .iter()
                .filter(|number| number.0.eq_ignore_ascii_case(&case.state.number.0));
            found.extend(asked.cloned().map(ThreadKey::Number));
            Candidate {
                case,
                keys: found.into_iter().collect(),
            }
        })
        .collect())
}

pub(super) async fn cases(
    connection: &mut SqliteConnection,
    filter: &CaseFilter,
) -> Outcome<Vec<CaseRecord>> {
    let mut query = QueryBuilder::<Sqlite>::new(RECORD);
    query.push("WHERE 1");
    if !filter.numbers.is_empty() {
        query
            .push(" AND number IN (SELECT value FROM json_each(")
            .push_bind(list(filter.numbers.iter().map(|number| &number.0))?)
            .push("))");
    }
    if !filter.statuses.is_empty() {
        query
            .push(" AND status IN (SELECT value FROM json_each(")
            .push_bind(list(filter.statuses.iter().map(|status| status.as_str()))?)
            .push("))");
    }
    if let Some(desk) = &filter.desk {
        query.push(" AND desk = ").push_bind(desk);
    }
    if let Some(submitter) = &filter.submitter {
        query
            .push(" AND submitter = ")
            .push_bind(submitter.to_lowercase());
    }
    match filter.imported {
        Some(true) => query.push(" AND external IS NOT NULL"),
        Some(false) => query.push(" AND external IS NULL"),
        None => &mut query,
    };
    query
        .push(match filter.order {
            CaseOrder::Updated => " ORDER BY updated_at DESC, id DESC",
            CaseOrder::Opened => " ORDER BY opened_at DESC, id DESC",
            CaseOrder::Oldest => " ORDER BY opened_at, id",
        })
        .push(" LIMIT ")
        .push_bind(limit(filter.limit))
        .push(" OFFSET ")
        .push_bind(limit(filter.offset));
    query
        .build()
        .fetch_all(connection)
        .await?
        .iter()
        .map(record)
        .collect()
}

pub(super) async fn history(
    connection: &mut SqliteConnection,
    number: &CaseNumber,
) -> Outcome<Option<CaseHistory>> {
    // One snapshot, so that journal and outbox tell the same story as the case.
    let mut transaction = connection.begin().await?;
    let Some(case) = case(&mut transaction, number).await? else {
        return Ok(None);
    };
    let number = &case.state.number;
    let history = CaseHistory {
        mails: mails::of_case(&mut transaction, number).await?,
        journal: journal(&mut transaction, number).await?,
        outbox: outbox::of_case(&mut transaction, number).await?,
        case,
    };
    transaction.commit().await?;
    Ok(Some(history))
}

async fn journal(
    connection: &mut SqliteConnection,
    number: &CaseNumber,
) -> Outcome<Vec<JournalEvent>> {
    sqlx::query(
        "SELECT case_number, mail, at, event, detail FROM journal WHERE case_number = ? ORDER BY id",
    )
    .bind(number.0.as_str())
    .fetch_all(connection)
    .await?
    .iter()
    .map(|row| {
        Ok(JournalEvent {
            case: CaseNumber(row.text("case_number")?),
            mail: row.integer_option("mail")?.map(MailId),
            at: row.time("at")?,
            event: row.text("event")?,
            detail: row.json("detail")?,
        })
    })
    .collect()
}

/// Cases of each status and imported ones, for a summary.
pub(super) async fn count(
    connection: &mut SqliteConnection,
) -> Outcome<(BTreeMap<&'static str, u64>, u64)> {
    let rows = sqlx::query(
        "SELECT status AS key, count(*) AS count, external IS NOT NULL AS imported
         FROM cases GROUP BY status, imported",
    )
    .fetch_all(connection)
    .await?;
    let mut own = BTreeMap::new();
    let mut imported = 0;
    for row in &rows {
        let count = unsigned(row.integer("count")?);
        if row.integer("imported")? == 1 {
            imported += count;
            continue;
        }
        let word = row.text("key")?;
        let status = crate::case::CaseStatus::from_word(&word)
            .ok_or_else(|| corrupt(format!("a case has the status {word}")))?;
        own.insert(status.as_str(), count);
    }
    Ok((own, imported))
}
