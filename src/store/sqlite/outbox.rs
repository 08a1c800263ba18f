//! Outgoing mails, their states, and what the gate counts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};

use super::BEGIN;
use super::commit::write_journal;
use super::erase::pseudonym;
use super::failure::{Outcome, conflict, corrupt};
use super::rows::{Columns, counts, hexadecimal, limit, list, micros, unsigned};
use crate::case::CaseNumber;
use crate::reply::gate::domain_key;
use crate::store::{
    Filed, FilingQuery, JournalEvent, MailId, OutboxAttempt, OutboxFilter, OutboxId, OutboxRecord,
    OutboxState, OutgoingCounts, OutgoingQuery, StoreError,
};

const RECORD: &str = "SELECT id, case_number, mail, message_id, recipient, kind, language, subject,
    body_hash, verdict, gate_facts, state, note, created_at, changed_at, attempts, first_attempt_at,
    next_attempt_at, answer, address_refused, filed FROM outbox ";

fn record(row: &SqliteRow) -> Outcome<OutboxRecord> {
    Ok(OutboxRecord {
        id: OutboxId(row.integer("id")?),
        case: CaseNumber(row.text("case_number")?),
        mail: row.integer_option("mail")?.map(MailId),
        message_id: row.text("message_id")?,
        recipient: row.text("recipient")?,
        kind: row.word("kind")?,
        language: row.text("language")?,
        subject: row.text("subject")?,
        body_hash: row.hash("body_hash")?,
        verdict: row.json("verdict")?,
        gate_facts: row.text("gate_facts")?,
        state: state_of(&row.text("state")?)?,
        note: row.text("note")?,
        created_at: row.time("created_at")?,
        changed_at: row.time("changed_at")?,
        attempts: u32::try_from(row.integer("attempts")?).unwrap_or(u32::MAX),
        first_attempt_at: row.time_option("first_attempt_at")?,
        next_attempt_at: row.time_option("next_attempt_at")?,
        answer: row.text("answer")?,
        address_refused: row.integer("address_refused")? != 0,
        filed: filed(&row.text("filed")?)?,
    })
}

fn filed(word: &str) -> Outcome<Filed> {
    [Filed::Nowhere, Filed::Draft, Filed::Sent]
        .into_iter()
        .find(|filed| filed.as_str() == word)
        .ok_or_else(|| corrupt(format!("an outgoing mail is filed as {word}")))
}

pub(super) fn state_of(word: &str) -> Outcome<OutboxState> {
    OutboxState::from_word(word)
        .ok_or_else(|| corrupt(format!("an outgoing mail has the state {word}")))
}

pub(super) async fn outbox(
    connection: &mut SqliteConnection,
    filter: &OutboxFilter,
) -> Outcome<Vec<OutboxRecord>> {
    let mut query = QueryBuilder::<Sqlite>::new(RECORD);
    query
        .push("WHERE id > ")
        .push_bind(filter.after.map_or(0, |id| id.0));
    if !filter.states.is_empty() {
        query
            .push(" AND state IN (SELECT value FROM json_each(")
            .push_bind(list(filter.states.iter().map(|state| state.as_str()))?)
            .push("))");
    }
    if !filter.cases.is_empty() {
        query
            .push(" AND case_number IN (SELECT value FROM json_each(")
            .push_bind(list(filter.cases.iter().map(|case| case.0.as_str()))?)
            .push("))");
    }
    query
        .push(" ORDER BY id LIMIT ")
        .push_bind(limit(filter.limit));
    query
        .build()
        .fetch_all(connection)
        .await?
        .iter()
        .map(record)
        .collect()
}

pub(super) async fn of_case(
    connection: &mut SqliteConnection,
    number: &CaseNumber,
) -> Outcome<Vec<OutboxRecord>> {
    let filter = OutboxFilter {
        states: Vec::new(),
        cases: vec![number.clone()],
        after: None,
        limit: usize::MAX,
    };
    outbox(connection, &filter).await
}

pub(super) async fn bytes(
    connection: &mut SqliteConnection,
    ids: &[OutboxId],
) -> Outcome<BTreeMap<OutboxId, Vec<u8>>> {
    sqlx::query("SELECT id, bytes FROM outbox WHERE id IN (SELECT value FROM json_each(?))")
        .bind(list(ids)?)
        .fetch_all(connection)
        .await?
        .iter()
        .map(|row| Ok((OutboxId(row.integer("id")?), row.bytes("bytes")?)))
        .collect()
}

pub(super) async fn by_message_id(
    connection: &mut SqliteConnection,
    message_ids: &[String],
) -> Outcome<Vec<OutboxRecord>> {
    let mut query = QueryBuilder::<Sqlite>::new(RECORD);
    query
        .push("WHERE message_id IN (SELECT value FROM json_each(")
        .push_bind(list(message_ids)?)
        .push(")) ORDER BY id");
    query
        .build()
        .fetch_all(connection)
        .await?
        .iter()
        .map(record)
        .collect()
}

pub(super) async fn to_file(
    connection: &mut SqliteConnection,
    filing: &FilingQuery,
) -> Outcome<Vec<OutboxRecord>> {
    // Each part by an index of its own: this is asked every few seconds.
    let mut parts = Vec::new();
    if filing.drafts {
        parts.push("state = 'draft' AND filed = ''");
        parts.push("filed = 'draft' AND state <> 'draft'");
    }
    if filing.sent {
        parts.push("state = 'sent' AND filed <> 'sent' AND erased_at IS NULL");
    }
    if filing.uncertain {
        parts.push("state = 'uncertain'");
    }
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Sqlite>::new(RECORD);
    query.push("WHERE id IN (");
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            query.push(" UNION ALL ");
        }
        query
            .push("SELECT id FROM outbox WHERE ")
            .push(part)
            .push(" AND changed_at >= ")
            .push_bind(micros(filing.since));
    }
    query
        .push(") ORDER BY id LIMIT ")
        .push_bind(limit(filing.limit));
    query
        .build()
        .fetch_all(connection)
        .await?
        .iter()
        .map(record)
        .collect()
}

pub(super) async fn set_filed(
    connection: &mut SqliteConnection,
    id: OutboxId,
    filed: Filed,
) -> Outcome<()> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    let done = sqlx::query("UPDATE outbox SET filed = ? WHERE id = ?")
        .bind(filed.as_str())
        .bind(id.0)
        .execute(&mut *transaction)
        .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::NotFound {
            what: format!("outgoing mail {id}"),
        }
        .into());
    }
    Ok(transaction.commit().await?)
}

pub(super) async fn due(
    connection: &mut SqliteConnection,
    now: Timestamp,
    after: Option<OutboxId>,
    most: usize,
) -> Outcome<Vec<OutboxRecord>> {
    let mut query = QueryBuilder::<Sqlite>::new(RECORD);
    query
        .push("WHERE state IN ('waiting', 'approved') AND erased_at IS NULL AND id > ")
        .push_bind(after.map_or(0, |id| id.0))
        .push(" AND (next_attempt_at IS NULL OR next_attempt_at <= ")
        .push_bind(micros(now))
        .push(") ORDER BY id LIMIT ")
        .push_bind(limit(most));
    query
        .build()
        .fetch_all(connection)
        .await?
        .iter()
        .map(record)
        .collect()
}

pub(super) async fn change(
    connection: &mut SqliteConnection,
    attempts: &[OutboxAttempt],
    journal: &[JournalEvent],
    at: Timestamp,
) -> Outcome<Vec<OutboxState>> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    let before = apply(&mut transaction, attempts, at).await?;
    let journal: Vec<&JournalEvent> = journal.iter().collect();
    write_journal(&mut transaction, &journal).await?;
    transaction.commit().await?;
    Ok(before)
}

/// Makes the steps within a transaction.
pub(super) async fn apply(
    transaction: &mut SqliteConnection,
    attempts: &[OutboxAttempt],
    at: Timestamp,
) -> Outcome<Vec<OutboxState>> {
    if attempts.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        "SELECT id, state, erased_at FROM outbox WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(list(attempts.iter().map(|attempt| attempt.change.id))?)
    .fetch_all(&mut *transaction)
    .await?;
    let mut states = HashMap::with_capacity(rows.len());
    let mut erased = BTreeSet::new();
    for row in &rows {
        if row.time_option("erased_at")?.is_some() {
            erased.insert(OutboxId(row.integer("id")?));
        }
        states.insert(OutboxId(row.integer("id")?), state_of(&row.text("state")?)?);
    }
    let mut before = Vec::with_capacity(attempts.len());
    for attempt in attempts {
        let change = &attempt.change;
        let now = states
            .get_mut(&change.id)
            .ok_or_else(|| StoreError::NotFound {
                what: format!("outgoing mail {}", change.id),
            })?;
        if let Some(from) = change.from
            && from != *now
        {
            return Err(conflict(format!(
                "outgoing mail {} is {now}, not {from}",
                change.id
            )));
        }
        // Nothing is left of it that could leave.
        if change.to == OutboxState::Approved && erased.contains(&change.id) {
            return Err(StoreError::Erased {
                what: format!("outgoing mail {}", change.id),
            }
            .into());
        }
        if !now.can_become(change.to) {
            return Err(StoreError::Transition {
                from: *now,
                to: change.to,
            }
            .into());
        }
        // A person's word begins the schedule anew; going back to wait after an attempt does not.
        let anew = change.to == OutboxState::Approved && *now != OutboxState::Sending;
        before.push(*now);
        *now = change.to;
        sqlx::query(
            "UPDATE outbox SET state = ?1, note = ?2, changed_at = ?3,
             attempts = CASE WHEN ?4 THEN 0 ELSE max(attempts + ?5 - ?10, 0) END,
             first_attempt_at = CASE WHEN ?4 THEN NULL WHEN ?5 THEN coalesce(first_attempt_at, ?3)
                 WHEN ?10 AND attempts <= 1 THEN NULL ELSE first_attempt_at END,
             next_attempt_at = ?6, answer = coalesce(?7, answer), address_refused = ?8
             WHERE id = ?9",
        )
        .bind(change.to.as_str())
        .bind(change.note.as_str())
        .bind(micros(at))
        .bind(i64::from(anew))
        .bind(i64::from(change.to == OutboxState::Sending))
        .bind(attempt.next_attempt_at.map(micros))
        .bind(attempt.answer.as_deref())
        .bind(i64::from(attempt.address_refused))
        .bind(change.id.0)
        .bind(i64::from(attempt.taken_back))
        .execute(&mut *transaction)
        .await?;
    }
    Ok(before)
}

/// The latest outgoing mails, newest first.
pub(super) async fn latest(
    connection: &mut SqliteConnection,
    states: &[OutboxState],
    most: usize,
) -> Outcome<Vec<OutboxRecord>> {
    let mut query = QueryBuilder::<Sqlite>::new(RECORD);
    if !states.is_empty() {
        query
            .push("WHERE state IN (SELECT value FROM json_each(")
            .push_bind(list(states.iter().map(|state| state.as_str()))?)
            .push("))");
    }
    query
        .push(" ORDER BY id DESC LIMIT ")
        .push_bind(limit(most))
        .build()
        .fetch_all(connection)
        .await?
        .iter()
        .map(record)
        .collect()
}

/// Statements that count, with the condition word for word that of the partial indices, or they would
/// not be used.
struct Counting {
    addresses: &'static str,
    domains: &'static str,
    bodies: &'static str,
    global: &'static str,
}

macro_rules! counting {
    ($time:literal, $states:literal) => {
        Counting {
            addresses: concat!(
                "SELECT address_key AS key, count(*) AS count FROM outbox
                 WHERE domain_key IN (SELECT value FROM json_each(?))
                 AND address_key IN (SELECT value FROM json_each(?)) AND ",
                $time,
                " >= ? AND ",
                $states,
                " GROUP BY address_key"
            ),
            domains: concat!(
                "SELECT domain_key AS key, count(*) AS count FROM outbox
                 WHERE domain_key IN (SELECT value FROM json_each(?)) AND ",
                $time,
                " >= ? AND ",
                $states,
                " GROUP BY domain_key"
            ),
            bodies: concat!(
                "SELECT body_hash AS key, count(*) AS count FROM outbox
                 WHERE body_hash IN (SELECT unhex(value) FROM json_each(?)) AND ",
                $time,
                " >= ? AND ",
                $states,
                " GROUP BY body_hash"
            ),
            global: concat!(
                "SELECT count(*) FROM outbox WHERE ",
                $time,
                " >= ? AND ",
                $states
            ),
        }
    };
}

/// Says the same as [`OutboxState::counts`], which a test holds against every state.
const COMPOSED: Counting = counting!("created_at", "state NOT IN ('withheld', 'discarded')");
const LEFT: Counting = counting!("changed_at", "state IN ('sending', 'sent', 'uncertain')");

/// Addresses and domains beside the keyed hashes under which erased mails are counted.
struct Pseudonyms(BTreeMap<String, String>);

impl Pseudonyms {
    fn of<const N: usize>(key: &[u8; 32], names: [&BTreeSet<String>; N]) -> Self {
        Self(
            names
                .into_iter()
                .flatten()
                .map(|name| (pseudonym(key, name), name.clone()))
                .collect(),
        )
    }

    /// The names and their hashes.
    fn also(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        let hashes = self.0.iter().filter(|(_, name)| names.contains(*name));
        hashes
            .map(|(hash, _)| hash.clone())
            .chain(names.iter().cloned())
            .collect()
    }

    /// What was found under either, by name.
    fn by_name<T: Copy>(
        &self,
        found: BTreeMap<String, T>,
        join: impl Fn(T, T) -> T,
    ) -> BTreeMap<String, T> {
        let mut named: BTreeMap<String, T> = BTreeMap::new();
        for (name, value) in found {
            let name = self.0.get(&name).cloned().unwrap_or(name);
            named
                .entry(name)
                .and_modify(|before| *before = join(*before, value))
                .or_insert(value);
        }
        named
    }
}

pub(super) async fn outgoing(
    connection: &mut SqliteConnection,
    query: &OutgoingQuery,
) -> Outcome<OutgoingCounts> {
    let lower = |texts: &[String]| -> BTreeSet<String> {
        texts.iter().map(|text| text.to_lowercase()).collect()
    };
    let counting = if query.left_only { LEFT } else { COMPOSED };
    let addresses = lower(&query.addresses);
    let domains = lower(&query.domains);
    let domains_of_addresses: BTreeSet<String> = addresses
        .iter()
        .map(|address| domain_key(address))
        .collect();
    let mut transaction = connection.begin().await?;
    let names = Pseudonyms::of(
        &super::secret_key(&mut transaction).await?,
        [&addresses, &domains_of_addresses, &domains],
    );
    let rows = sqlx::query(counting.addresses)
        .bind(list(names.also(&domains_of_addresses))?)
        .bind(list(names.also(&addresses))?)
        .bind(micros(query.address_since))
        .fetch_all(&mut *transaction)
        .await?;
    let by_address = names.by_name(counts(&rows)?, |before, more| before + more);
    let rows = sqlx::query(counting.domains)
        .bind(list(names.also(&domains))?)
        .bind(micros(query.domain_since))
        .fetch_all(&mut *transaction)
        .await?;
    let by_domain = names.by_name(counts(&rows)?, |before, more| before + more);
    let rows = sqlx::query(counting.bodies)
        .bind(list(
            query.body_hashes.iter().map(|hash| hexadecimal(hash)),
        )?)
        .bind(micros(query.body_since))
        .fetch_all(&mut *transaction)
        .await?;
    let by_body = rows
        .iter()
        .map(|row| Ok((row.hash("key")?, unsigned(row.integer("count")?))))
        .collect::<Outcome<_>>()?;
    let global: i64 = sqlx::query_scalar(counting.global)
        .bind(micros(query.global_since))
        .fetch_one(&mut *transaction)
        .await?;
    let bounces = sqlx::query(
        "SELECT address, max(at) AS at FROM (
             SELECT address, at FROM hard_bounce
             WHERE address IN (SELECT value FROM json_each(?1)) AND at >= ?2
             UNION ALL
             SELECT address_key, changed_at FROM outbox
             WHERE address_key IN (SELECT value FROM json_each(?1)) AND changed_at >= ?2
             AND state = 'failed' AND address_refused = 1
         ) GROUP BY address",
    )
    .bind(list(names.also(&addresses))?)
    .bind(micros(query.bounce_since))
    .fetch_all(&mut *transaction)
    .await?;
    let reminders = if query.cases.is_empty() {
        BTreeMap::new()
    } else {
        let rows = sqlx::query(
            "SELECT case_number AS key, count(*) AS count FROM outbox
             WHERE case_number IN (SELECT value FROM json_each(?)) AND kind = 'reminder'
             AND state NOT IN ('withheld', 'discarded') GROUP BY case_number",
        )
        .bind(list(query.cases.iter().map(|case| case.0.as_str()))?)
        .fetch_all(&mut *transaction)
        .await?;
        counts(&rows)?
            .into_iter()
            .map(|(case, count)| (CaseNumber(case), count))
            .collect()
    };
    transaction.commit().await?;
    Ok(OutgoingCounts {
        addresses: by_address,
        domains: by_domain,
        body_hashes: by_body,
        global: unsigned(global),
        hard_bounces: names.by_name(
            bounces
                .iter()
                .map(|row| Ok((row.text("address")?, row.time("at")?)))
                .collect::<Outcome<_>>()?,
            std::cmp::Ord::max,
        ),
        reminders,
    })
}

/// The part of an address after its last `@`.
pub(super) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Outgoing mails by state, for a summary.
pub(super) async fn count(
    connection: &mut SqliteConnection,
) -> Outcome<BTreeMap<&'static str, u64>> {
    let rows = sqlx::query("SELECT state AS key, count(*) AS count FROM outbox GROUP BY state")
        .fetch_all(connection)
        .await?;
    counts(&rows)?
        .into_iter()
        .map(|(word, count)| Ok((state_of(&word)?.as_str(), count)))
        .collect()
}
