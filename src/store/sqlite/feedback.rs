//! Marks on precedents and proposed resolutions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};

use super::BEGIN;
use super::commit::write_journal;
use super::failure::Outcome;
use super::rows::{Columns, json, limit, list, micros, signed, unsigned};
use crate::case::CaseNumber;
use crate::store::{
    Erasure, JournalEvent, MailId, Mark, MarkQuery, Proposal, ProposalFilter, ProposalRecord,
    ProposalState, StoreError, without_words,
};

pub(super) async fn mark(
    connection: &mut SqliteConnection,
    mark: &Mark,
    event: &JournalEvent,
) -> Outcome<bool> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    for number in [&mark.case, &mark.precedent] {
        let known: i64 = sqlx::query_scalar("SELECT count(*) FROM cases WHERE number = ?")
            .bind(&number.0)
            .fetch_one(&mut *transaction)
            .await?;
        if known == 0 {
            return Err(StoreError::NotFound {
                what: format!("case {number}"),
            }
            .into());
        }
    }
    let before = sqlx::query("SELECT * FROM mark WHERE case_number = ? AND precedent = ?")
        .bind(&mark.case.0)
        .bind(&mark.precedent.0)
        .fetch_optional(&mut *transaction)
        .await?
        .as_ref()
        .map(record)
        .transpose()?;
    // The same word of the same person again says nothing new; without a note it leaves the one that is there.
    let same = before.is_some_and(|before| {
        before.verdict == mark.verdict
            && before.by == mark.by
            && (mark.note.is_empty() || before.note == mark.note)
    });
    if same {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO mark (case_number, precedent, verdict, note, author, at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (case_number, precedent) DO UPDATE SET verdict = excluded.verdict,
         note = excluded.note, author = excluded.author, at = excluded.at",
    )
    .bind(&mark.case.0)
    .bind(&mark.precedent.0)
    .bind(mark.verdict.as_str())
    .bind(&mark.note)
    .bind(&mark.by)
    .bind(micros(mark.at))
    .execute(&mut *transaction)
    .await?;
    write_journal(&mut transaction, &[event]).await?;
    transaction.commit().await?;
    Ok(true)
}

fn record(row: &SqliteRow) -> Outcome<Mark> {
    Ok(Mark {
        case: CaseNumber(row.text("case_number")?),
        precedent: CaseNumber(row.text("precedent")?),
        verdict: row.word("verdict")?,
        note: row.text("note")?,
        by: row.text("author")?,
        at: row.time("at")?,
    })
}

pub(super) async fn marks(
    connection: &mut SqliteConnection,
    query: &MarkQuery,
) -> Outcome<Vec<Mark>> {
    let mut statement = QueryBuilder::<Sqlite>::new("SELECT * FROM mark ");
    match query {
        MarkQuery::All => {}
        MarkQuery::OfCase(number) => {
            statement
                .push("WHERE case_number = ")
                .push_bind(number.0.clone());
        }
        MarkQuery::OnPrecedents(numbers) => {
            statement
                .push("WHERE precedent IN (SELECT value FROM json_each(")
                .push_bind(list(numbers.iter().map(|number| &number.0))?)
                .push("))");
        }
    }
    statement
        .push(" ORDER BY at, case_number, precedent")
        .build()
        .fetch_all(connection)
        .await?
        .iter()
        .map(record)
        .collect()
}

/// Writes proposed resolutions; one that a person has settled stays as it is. How many are new or changed.
pub(super) async fn propose(
    connection: &mut SqliteConnection,
    proposals: &[Proposal],
) -> Outcome<usize> {
    let mut changed = 0;
    for proposal in proposals {
        let rows = sqlx::query(
            "INSERT INTO proposal (case_number, state, code, text, confidence, signals, answered_at, basis, settled_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '')
             ON CONFLICT (case_number) DO UPDATE SET state = excluded.state, code = excluded.code,
             text = excluded.text, confidence = excluded.confidence, signals = excluded.signals,
             answered_at = excluded.answered_at, basis = excluded.basis
             WHERE proposal.state IN ('open', 'nothing') AND (proposal.state, proposal.code, proposal.text,
             proposal.confidence, proposal.signals, proposal.answered_at, proposal.basis)
             IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )
        .bind(&proposal.case.0)
        .bind(proposal.state.as_str())
        .bind(proposal.code.as_str())
        .bind(&proposal.text)
        .bind(proposal.confidence)
        .bind(json(&proposal.signals)?)
        .bind(micros(proposal.answered_at))
        .bind(signed(proposal.basis))
        .execute(&mut *connection)
        .await?
        .rows_affected();
        changed += usize::from(rows > 0);
    }
    Ok(changed)
}

fn proposal(row: &SqliteRow) -> Outcome<ProposalRecord> {
    use sqlx::Row;
    Ok(ProposalRecord {
        proposal: Proposal {
            case: CaseNumber(row.text("case_number")?),
            state: row.word("proposal_state")?,
            code: row.word("code")?,
            text: row.text("text")?,
            confidence: row.try_get("confidence")?,
            signals: row.json("signals")?,
            answered_at: row.time("answered_at")?,
            basis: unsigned(row.integer("basis")?),
        },
        subject: row.text("subject")?,
        desk: row.text("desk")?,
        settled_by: row.text("settled_by")?,
        settled_at: row.time_option("settled_at")?,
    })
}

pub(super) async fn proposals(
    connection: &mut SqliteConnection,
    filter: &ProposalFilter,
) -> Outcome<Vec<ProposalRecord>> {
    let mut statement = QueryBuilder::<Sqlite>::new(
        "SELECT cases.number AS case_number, proposal.state AS proposal_state, code, text, confidence, signals,
         answered_at, basis, settled_by, settled_at, desk, cases.state ->> '$.subject' AS subject
         FROM proposal JOIN cases ON cases.number = proposal.case_number WHERE 1 = 1 ",
    );
    if let Some(state) = filter.state {
        statement
            .push("AND proposal.state = ")
            .push_bind(state.as_str());
        if state == ProposalState::Open {
            // A case that its submitter ended has no resolution, and may be the best precedent.
            statement.push(" AND cases.state ->> '$.resolution' IS NULL ");
        }
    }
    if !filter.cases.is_empty() {
        statement
            .push(" AND proposal.case_number IN (SELECT value FROM json_each(")
            .push_bind(list(filter.cases.iter().map(|number| &number.0))?)
            .push("))");
    }
    if let Some(above) = filter.above {
        statement.push(" AND confidence >= ").push_bind(above);
    }
    if let Some(desk) = &filter.desk {
        statement.push(" AND desk = ").push_bind(desk.clone());
    }
    statement.push(" ORDER BY confidence DESC, cases.id");
    if let Some(most) = filter.limit {
        statement.push(" LIMIT ").push_bind(limit(most));
    }
    statement
        .build()
        .fetch_all(connection)
        .await?
        .iter()
        .map(proposal)
        .collect()
}

pub(super) async fn settle(
    connection: &mut SqliteConnection,
    numbers: &[CaseNumber],
    state: ProposalState,
    by: &str,
    at: Timestamp,
    journal: &[JournalEvent],
) -> Outcome<u64> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    let settled = sqlx::query(
        "UPDATE proposal SET state = ?1, settled_by = ?2, settled_at = ?3
         WHERE case_number IN (SELECT value FROM json_each(?4)) AND state <> ?1",
    )
    .bind(state.as_str())
    .bind(by)
    .bind(micros(at))
    .bind(list(numbers.iter().map(|number| &number.0))?)
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    write_journal(&mut transaction, &journal.iter().collect::<Vec<_>>()).await?;
    transaction.commit().await?;
    Ok(settled)
}

/// Imported mails of a desk that no case is known for yet, in archive order.
pub(super) async fn desk_mails(
    connection: &mut SqliteConnection,
    after: Option<MailId>,
    most: usize,
) -> Outcome<Vec<MailId>> {
    let mails: Vec<i64> = sqlx::query_scalar(
        "SELECT mail.id FROM outcome JOIN mail ON mail.id = outcome.mail
         WHERE outcome.kind = 'own' AND outcome.case_number IS NULL AND mail.backlog = 1 AND mail.id > ?
         ORDER BY mail.id LIMIT ?",
    )
    .bind(after.map_or(0, |mail| mail.0))
    .bind(limit(most))
    .fetch_all(connection)
    .await?;
    Ok(mails.into_iter().map(MailId).collect())
}

pub(super) async fn link(
    connection: &mut SqliteConnection,
    links: &[(MailId, CaseNumber)],
) -> Outcome<()> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    for (mail, number) in links {
        sqlx::query("UPDATE outcome SET case_number = ? WHERE mail = ? AND case_number IS NULL")
            .bind(&number.0)
            .bind(mail.0)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Cases that imported mails of a desk belong to, with the number of their mails, where that is not the number
/// on which a proposal was made, and nobody has settled it.
pub(super) async fn answered(
    connection: &mut SqliteConnection,
) -> Outcome<BTreeMap<CaseNumber, u64>> {
    let rows = sqlx::query(
        "SELECT counted.case_number AS case_number, counted.mails AS mails FROM (
             SELECT case_number, count(*) AS mails FROM outcome WHERE case_number IN (
                 SELECT outcome.case_number FROM outcome JOIN mail ON mail.id = outcome.mail
                 JOIN cases ON cases.number = outcome.case_number
                 WHERE outcome.kind = 'own' AND mail.backlog = 1 AND cases.state ->> '$.resolution' IS NULL)
             GROUP BY case_number) AS counted
         LEFT JOIN proposal ON proposal.case_number = counted.case_number
         WHERE proposal.state IS NULL
            OR (proposal.state IN ('open', 'nothing') AND proposal.basis <> counted.mails)",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok((
                CaseNumber(row.text("case_number")?),
                unsigned(row.integer("mails")?),
            ))
        })
        .collect()
}

/// Proposed resolutions of the cases go: they are words of their threads. Of notes on marks the person's words go.
pub(super) async fn erase(connection: &mut SqliteConnection, erasure: &Erasure) -> Outcome<()> {
    let numbers = list(erasure.cases.iter().map(|case| &case.state.number.0))?;
    sqlx::query("DELETE FROM proposal WHERE case_number IN (SELECT value FROM json_each(?))")
        .bind(&numbers)
        .execute(&mut *connection)
        .await?;
    let rows = sqlx::query(
        "SELECT * FROM mark WHERE note <> '' AND (case_number IN (SELECT value FROM json_each(?1))
         OR precedent IN (SELECT value FROM json_each(?1)))",
    )
    .bind(&numbers)
    .fetch_all(&mut *connection)
    .await?;
    for mark in rows.iter().map(record).collect::<Outcome<Vec<_>>>()? {
        let note = without_words(&mark.note, &erasure.words);
        if note != mark.note {
            sqlx::query("UPDATE mark SET note = ? WHERE case_number = ? AND precedent = ?")
                .bind(note)
                .bind(&mark.case.0)
                .bind(&mark.precedent.0)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}
