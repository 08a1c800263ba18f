//! Forgetting people and old mail.

use std::collections::BTreeSet;

use serde_json::Value;
use sqlx::{Connection, SqliteConnection};

use super::cases::{self, CaseRow};
use super::commit::write_journal;
use super::failure::{Outcome, conflict, corrupt};
use super::feedback;
use super::outbox::state_of;
use super::rows::{Columns, limit, list, micros};
use super::{BEGIN, SqliteStore};
use crate::case::CaseNumber;
use crate::reply::gate::address_key;
use crate::store::{
    BYTES_REMOVED, Erased, Erasure, Expired, JournalEvent, MailId, OutboxId, OutboxState, Person,
    RetentionQuery, StoreResult,
};

/// Place in the sequence up to which the index must not keep deleted words. Eight bytes, big end first.
const ERASED_SEQUENCE: &str = "erased_sequence";
/// What stays of the analysis of an erased mail: judgements, and no words of the mail.
const JUDGEMENTS: [&str; 9] = [
    "action",
    "issue_type",
    "issue_type_also",
    "issue_type_confidence",
    "said",
    "flags",
    "missing",
    "may_ask",
    "route",
];

impl SqliteStore {
    /// Writes the whole file anew, so that nothing that was deleted is left in it. Only for whoever works on the store:
    /// nobody can write meanwhile.
    ///
    /// # Errors
    /// [`crate::store::StoreError::Busy`] where somebody reads for long; [`crate::store::StoreError::Full`].
    pub async fn compact(&self) -> StoreResult<()> {
        let mut writer = self.writer().await?;
        let outcome = async {
            // The whole store goes through it: not through memory.
            sqlx::query("PRAGMA temp_store = FILE")
                .execute(&mut *writer)
                .await?;
            let written = sqlx::query("VACUUM").execute(&mut *writer).await;
            sqlx::query("PRAGMA temp_store = MEMORY")
                .execute(&mut *writer)
                .await?;
            written?;
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                .fetch_all(&mut *writer)
                .await?;
            Ok(())
        };
        self.answer(outcome.await)
    }
}

pub(super) async fn person(connection: &mut SqliteConnection, address: &str) -> Outcome<Person> {
    let key = address_key(address);
    let is = |candidate: &str| !candidate.is_empty() && address_key(candidate) == key;
    let mut found = Person::default();
    let mut transaction = connection.begin().await?;
    let rows = sqlx::query(
        "SELECT outcome.mail AS mail, author FROM outcome WHERE author <> ''
         UNION ALL SELECT mail, author FROM quarantine WHERE author IS NOT NULL ORDER BY mail",
    )
    .fetch_all(&mut *transaction)
    .await?;
    for row in &rows {
        if is(&row.text("author")?) {
            found.mails.push(MailId(row.integer("mail")?));
        }
    }
    drop(rows);
    let rows = sqlx::query(
        "SELECT number, submitter, json_extract(state, '$.participants') AS participants FROM cases ORDER BY id",
    )
    .fetch_all(&mut *transaction)
    .await?;
    for row in &rows {
        let participants: Vec<String> = row.json("participants")?;
        if is(&row.text("submitter")?) || participants.iter().any(|participant| is(participant)) {
            found.cases.push(CaseNumber(row.text("number")?));
        }
    }
    drop(rows);
    let rows =
        sqlx::query("SELECT id, recipient, state FROM outbox WHERE recipient <> '' ORDER BY id")
            .fetch_all(&mut *transaction)
            .await?;
    for row in &rows {
        if is(&row.text("recipient")?) {
            let id = OutboxId(row.integer("id")?);
            found.outgoing.push(id);
            if state_of(&row.text("state")?)? == OutboxState::Sending {
                found.in_hand.push(id);
            }
        }
    }
    let bounces: i64 = sqlx::query_scalar("SELECT count(*) FROM hard_bounce WHERE address = ?")
        .bind(&key)
        .fetch_one(&mut *transaction)
        .await?;
    found.bounced = bounces > 0;
    transaction.commit().await?;
    Ok(found)
}

pub(super) async fn erase(connection: &mut SqliteConnection, erasure: &Erasure) -> Outcome<Erased> {
    // Pages that become free are overwritten; what earlier changes left needs `compact`.
    sqlx::query("PRAGMA secure_delete = ON")
        .fetch_all(&mut *connection)
        .await?;
    let erased = in_transaction(connection, erasure).await;
    sqlx::query("PRAGMA secure_delete = OFF")
        .fetch_all(&mut *connection)
        .await?;
    // As far as readers let it be emptied now.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_all(connection)
        .await?;
    erased
}

async fn in_transaction(connection: &mut SqliteConnection, erasure: &Erasure) -> Outcome<Erased> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    let key = super::secret_key(&mut transaction).await?;
    let mut erased = Erased::default();
    let mut bytes: BTreeSet<MailId> = erasure.mails.iter().copied().collect();
    bytes.extend(&erasure.bytes);
    let mails = list(&bytes)?;
    let pending: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pending WHERE mail IN (SELECT value FROM json_each(?))",
    )
    .bind(&mails)
    .fetch_one(&mut *transaction)
    .await?;
    if pending > 0 {
        return Err(conflict("one of the mails is to be processed"));
    }
    sqlx::query("DELETE FROM raw WHERE mail IN (SELECT value FROM json_each(?))")
        .bind(&mails)
        .execute(&mut *transaction)
        .await?;
    erased.mails = sqlx::query(
        "UPDATE mail SET erased_at = ? WHERE erased_at IS NULL AND id IN (SELECT value FROM json_each(?))",
    )
    .bind(micros(erasure.at))
    .bind(&mails)
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    erase_outcomes(&mut transaction, erasure).await?;
    erase_journal(&mut transaction, erasure).await?;
    feedback::erase(&mut transaction, erasure).await?;
    erased.outgoing = erase_outgoing(&mut transaction, erasure, &key).await?;
    for address in &erasure.addresses {
        sqlx::query("UPDATE OR REPLACE hard_bounce SET address = ? WHERE address = ?")
            .bind(pseudonym(&key, address))
            .bind(address)
            .execute(&mut *transaction)
            .await?;
    }
    erased.cases = erase_cases(&mut transaction, erasure).await?;
    let journal: Vec<&JournalEvent> = erasure.journal.iter().collect();
    write_journal(&mut transaction, &journal).await?;
    transaction.commit().await?;
    Ok(erased)
}

/// What was read in the mails goes; what was judged stays.
async fn erase_outcomes(connection: &mut SqliteConnection, erasure: &Erasure) -> Outcome<()> {
    let mails = list(&erasure.mails)?;
    let rows = sqlx::query(
        "SELECT mail, analysis, verdict FROM outcome WHERE mail IN (SELECT value FROM json_each(?))",
    )
    .bind(&mails)
    .fetch_all(&mut *connection)
    .await?;
    for row in &rows {
        let mut analysis: Value = serde_json::from_str(&row.text("analysis")?).unwrap_or_default();
        if let Some(object) = analysis.as_object_mut() {
            object.retain(|name, _| JUDGEMENTS.contains(&name.as_str()));
        }
        sqlx::query(
            "UPDATE outcome SET message_id = NULL, kind_detail = '', author = '', subject = '',
             verdict = ?, analysis = ? WHERE mail = ?",
        )
        .bind(
            row.text_option("verdict")?
                .map(|text| without_detail(&text))
                .transpose()?,
        )
        .bind(analysis.to_string())
        .bind(row.integer("mail")?)
        .execute(&mut *connection)
        .await?;
    }
    for statement in [
        "UPDATE mail SET origin = '' WHERE id IN (SELECT value FROM json_each(?))",
        "DELETE FROM quarantine_thread WHERE mail IN (SELECT value FROM json_each(?))",
        "DELETE FROM quarantine WHERE mail IN (SELECT value FROM json_each(?))",
    ] {
        sqlx::query(statement)
            .bind(&mails)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(
        "DELETE FROM field WHERE mail IN (SELECT value FROM json_each(?))
         AND name NOT IN (SELECT value FROM json_each(?))",
    )
    .bind(&mails)
    .bind(list(&erasure.kept_fields)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// Replaces words in the journals of the cases.
async fn erase_journal(connection: &mut SqliteConnection, erasure: &Erasure) -> Outcome<()> {
    let numbers = list(erasure.cases.iter().map(|case| &case.state.number))?;
    let rows = sqlx::query(
        "SELECT id, detail FROM journal WHERE case_number IN (SELECT value FROM json_each(?))",
    )
    .bind(numbers)
    .fetch_all(&mut *connection)
    .await?;
    for row in &rows {
        let detail: Value = row.json("detail")?;
        let mut without = detail.clone();
        replace_in(&mut without, &erasure.words);
        if without != detail {
            sqlx::query("UPDATE journal SET detail = ? WHERE id = ?")
                .bind(without.to_string())
                .bind(row.integer("id")?)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

async fn erase_outgoing(
    connection: &mut SqliteConnection,
    erasure: &Erasure,
    key: &[u8; 32],
) -> Outcome<u64> {
    let rows = sqlx::query(
        "SELECT id, state, address_key, domain_key, verdict FROM outbox
         WHERE erased_at IS NULL AND id IN (SELECT value FROM json_each(?))",
    )
    .bind(list(&erasure.outgoing)?)
    .fetch_all(&mut *connection)
    .await?;
    for row in &rows {
        let id = row.integer("id")?;
        let before = state_of(&row.text("state")?)?;
        let after = match before {
            OutboxState::Sending => {
                return Err(conflict(format!("outgoing mail {id} is being handed over")));
            }
            OutboxState::Draft | OutboxState::Waiting | OutboxState::Approved => {
                OutboxState::Discarded
            }
            other => other,
        };
        sqlx::query(
            "UPDATE outbox SET erased_at = ?1, recipient = '', domain = '', address_key = ?2,
             domain_key = ?3, subject = '', note = 'erased', answer = '', verdict = ?4, gate_facts = '',
             bytes = x'', state = ?5, changed_at = CASE WHEN state = ?5 THEN changed_at ELSE ?1 END
             WHERE id = ?6",
        )
        .bind(micros(erasure.at))
        .bind(pseudonym(key, &row.text("address_key")?))
        .bind(pseudonym(key, &row.text("domain_key")?))
        .bind(without_detail(&row.text("verdict")?)?)
        .bind(after.as_str())
        .bind(id)
        .execute(&mut *connection)
        .await?;
    }
    Ok(rows.len() as u64)
}

async fn erase_cases(connection: &mut SqliteConnection, erasure: &Erasure) -> Outcome<u64> {
    if erasure.cases.is_empty() {
        return Ok(0);
    }
    let mut tokens = Vec::with_capacity(erasure.cases.len());
    for case in &erasure.cases {
        let number = &case.state.number;
        let stored = cases::case(&mut *connection, number)
            .await?
            .filter(|stored| stored.revision == case.revision)
            .ok_or_else(|| conflict(format!("case {number} changed")))?;
        tokens.push(stored.token);
    }
    let rows: Vec<CaseRow<'_>> = erasure
        .cases
        .iter()
        .zip(&tokens)
        .map(|(case, token)| CaseRow {
            state: &case.state,
            revision: case.revision + 1,
            token,
            external: None,
            problem: case.problem.as_deref(),
        })
        .collect();
    cases::write(&mut *connection, &rows).await?;
    let sequence = cases::last_sequence(&mut *connection).await?;
    sqlx::query(
        "INSERT INTO meta (key, value) VALUES (?, ?)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .bind(ERASED_SEQUENCE)
    .bind(&sequence.to_be_bytes()[..])
    .execute(connection)
    .await?;
    Ok(rows.len() as u64)
}

pub(super) async fn erased_sequence(connection: &mut SqliteConnection) -> Outcome<i64> {
    let value: Option<Vec<u8>> = sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
        .bind(ERASED_SEQUENCE)
        .fetch_optional(connection)
        .await?;
    match value {
        None => Ok(0),
        Some(value) => value
            .try_into()
            .map(i64::from_be_bytes)
            .map_err(|_| corrupt("erased_sequence is no number")),
    }
}

/// Mails that wait for a person or a server keep the mail that they answer.
const NEEDED: &str = "EXISTS (SELECT 1 FROM outbox WHERE outbox.mail = mail.id
    AND outbox.state IN ('draft', 'waiting', 'approved', 'sending', 'uncertain'))";

pub(super) async fn expired(
    connection: &mut SqliteConnection,
    query: &RetentionQuery,
) -> Outcome<Expired> {
    let mut found = Expired::default();
    let mut transaction = connection.begin().await?;
    if let Some(before) = query.mails_before {
        // The text is made of constants.
        let statement = sqlx::AssertSqlSafe(format!(
            "SELECT mail.id AS id, outcome.case_number AS case_number FROM mail
             JOIN outcome ON outcome.mail = mail.id
             LEFT JOIN cases ON cases.number = outcome.case_number
             WHERE mail.received_at < ? AND mail.erased_at IS NULL
             AND (outcome.case_number IS NULL OR cases.status IN ('resolved', 'closed'))
             AND NOT EXISTS (SELECT 1 FROM pending WHERE pending.mail = mail.id) AND NOT {NEEDED}
             ORDER BY mail.id LIMIT ?"
        ));
        let rows = sqlx::query(statement)
            .bind(micros(before))
            .bind(limit(query.limit))
            .fetch_all(&mut *transaction)
            .await?;
        for row in &rows {
            let mail = MailId(row.integer("id")?);
            match row.text_option("case_number")? {
                Some(number) => found.of_cases.push((mail, CaseNumber(number))),
                None => found.of_none.push(mail),
            }
        }
    }
    if let Some(before) = query.cases_before {
        let rows = sqlx::query(
            "SELECT number FROM cases WHERE status IN ('resolved', 'closed') AND submitter <> '' AND external IS NULL
             AND max(updated_at, coalesce((SELECT max(at) FROM journal
                 WHERE journal.case_number = cases.number AND event <> ?), 0)) < ?
             AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.case_number = cases.number
                 AND state IN ('draft', 'waiting', 'approved', 'sending', 'uncertain'))
             ORDER BY id LIMIT ?",
        )
        .bind(BYTES_REMOVED)
        .bind(micros(before))
        .bind(limit(query.limit))
        .fetch_all(&mut *transaction)
        .await?;
        for row in &rows {
            found.cases.push(CaseNumber(row.text("number")?));
        }
    }
    transaction.commit().await?;
    Ok(found)
}

/// By what an erased recipient is counted: whoever knows the address and the key finds it again, nobody else.
pub(super) fn pseudonym(key: &[u8; 32], address: &str) -> String {
    if address.is_empty() || address.starts_with('#') {
        return address.to_owned();
    }
    let key = blake3::derive_key("precedent 2026 erased addresses", key);
    let hash = blake3::keyed_hash(&key, address.to_lowercase().as_bytes());
    format!("#{}", &hash.to_hex()[..32])
}

fn without_detail(verdict: &str) -> Outcome<String> {
    let mut verdict: Value = serde_json::from_str(verdict)?;
    if let Some(detail) = verdict.get_mut("detail") {
        *detail = Value::String(String::new());
    }
    Ok(verdict.to_string())
}

fn replace_in(value: &mut Value, words: &[String]) {
    match value {
        Value::String(text) => *text = crate::store::without_words(text, words),
        Value::Array(values) => values.iter_mut().for_each(|value| replace_in(value, words)),
        Value::Object(object) => object
            .values_mut()
            .for_each(|value| replace_in(value, words)),
        _ => {}
    }
}
