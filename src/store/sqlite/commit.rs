//! The outcome of a batch in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::{Connection, SqliteConnection};

use super::BEGIN;
use super::cases::{self, CaseRow};
use super::failure::{Outcome, conflict, invalid};
use super::feedback;
use super::outbox::{self, domain};
use super::rows::{Columns, Insert, json, list, micros, signed, unsigned};
use crate::case::FieldValue;
use crate::reply::gate::{address_key, domain_key};
use crate::store::{
    CaseUpsert, Commit, CommitSummary, HardBounce, JournalEvent, MailId, MailOutcome, NewOutgoing,
    OutboxAttempt, Quarantine,
};

const OUTCOME: Insert = Insert {
    head: "INSERT INTO outcome (mail, message_id, kind, kind_code, kind_detail, author, subject,
        date, desk, language, case_number, processed_at, verdict, analysis)",
    columns: 14,
    tail: "ON CONFLICT (mail) DO UPDATE SET message_id = excluded.message_id, kind = excluded.kind,
        kind_code = excluded.kind_code, kind_detail = excluded.kind_detail, author = excluded.author,
        subject = excluded.subject, date = excluded.date, desk = excluded.desk,
        language = excluded.language, case_number = excluded.case_number,
        processed_at = excluded.processed_at, verdict = excluded.verdict, analysis = excluded.analysis",
};
const FIELD: Insert = Insert {
    head: "INSERT INTO field (mail, name, ordinal, value, part, start_byte, end_byte, rule,
        confidence, quoted)",
    columns: 10,
    tail: "",
};
const QUARANTINE: Insert = Insert {
    head: "INSERT INTO quarantine (mail, code, detail, author, subject, at)",
    columns: 6,
    tail: "",
};
const QUARANTINE_THREAD: Insert = Insert {
    head: "INSERT INTO quarantine_thread (message_id, mail)",
    columns: 2,
    tail: "ON CONFLICT (message_id, mail) DO NOTHING",
};
const JOURNAL: Insert = Insert {
    head: "INSERT INTO journal (case_number, mail, at, event, detail)",
    columns: 5,
    tail: "",
};
const OUTBOX: Insert = Insert {
    head: "INSERT INTO outbox (case_number, mail, message_id, recipient, domain, address_key,
        domain_key, kind, language, subject, body_hash, state, note, created_at, changed_at, verdict,
        gate_facts, bytes)",
    columns: 18,
    tail: "ON CONFLICT (message_id) DO NOTHING",
};
const HARD_BOUNCE: Insert = Insert {
    head: "INSERT INTO hard_bounce (mail, address, detail, at)",
    columns: 4,
    tail: "ON CONFLICT (address, mail) DO NOTHING",
};

pub(super) async fn commit(
    connection: &mut SqliteConnection,
    commit: &Commit,
) -> Outcome<CommitSummary> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    let skipped = take_from_pending(&mut transaction, commit).await?;
    let kept = |mail: &MailId| !skipped.contains(mail);
    let caused = |mail: &Option<MailId>| mail.as_ref().is_none_or(kept);

    let upserts = wanted_cases(commit, &skipped)?;
    check_revisions(&mut transaction, &upserts).await?;
    take_numbers(&mut transaction, commit, &upserts).await?;
    let rows: Vec<CaseRow<'_>> = upserts
        .iter()
        .map(|upsert| CaseRow {
            state: &upsert.state,
            revision: upsert.revision + 1,
            token: &upsert.token,
            external: None,
            problem: upsert.problem.as_deref(),
        })
        .collect();
    cases::write(&mut transaction, &rows).await?;

    let outcomes: Vec<&MailOutcome> = commit
        .outcomes
        .iter()
        .filter(|outcome| kept(&outcome.mail))
        .collect();
    let quarantined: Vec<&Quarantine> = commit
        .quarantined
        .iter()
        .filter(|entry| kept(&entry.mail))
        .collect();
    let journal: Vec<&JournalEvent> = commit
        .journal
        .iter()
        .filter(|event| caused(&event.mail))
        .collect();
    let outbox: Vec<&NewOutgoing> = commit
        .outbox
        .iter()
        .filter(|outgoing| caused(&outgoing.mail))
        .collect();
    let hard_bounces: Vec<&HardBounce> = commit
        .hard_bounces
        .iter()
        .filter(|bounce| kept(&bounce.mail))
        .collect();

    let changes: Vec<OutboxAttempt> = commit
        .outbox_changes
        .iter()
        .cloned()
        .map(Into::into)
        .collect();
    outbox::apply(&mut transaction, &changes, commit.at).await?;
    remove_revised(&mut transaction, &commit.revised).await?;
    let written: Vec<&MailOutcome> = outcomes.iter().copied().chain(&commit.revised).collect();
    write_outcomes(&mut transaction, commit, &written).await?;
    QUARANTINE
        .run(&mut transaction, &quarantined, |row, entry| {
            row.add(entry.mail.0)
                .add(entry.code.as_str())
                .add(entry.detail.as_str())
                .add(entry.from.as_deref())
                .add(entry.subject.as_deref())
                .add(micros(commit.at));
        })
        .await?;
    let threads: Vec<(&str, MailId)> = quarantined
        .iter()
        .flat_map(|entry| entry.thread.iter().map(|id| (id.as_str(), entry.mail)))
        .collect();
    QUARANTINE_THREAD
        .run(&mut transaction, &threads, |row, (message_id, mail)| {
            row.add(*message_id).add(mail.0);
        })
        .await?;
    write_journal(&mut transaction, &journal).await?;
    let outgoing = write_outbox(&mut transaction, &outbox).await?;
    HARD_BOUNCE
        .run(&mut transaction, &hard_bounces, |row, bounce| {
            row.add(bounce.mail.0)
                .add(bounce.address.to_lowercase())
                .add(bounce.detail.as_str())
                .add(micros(bounce.at));
        })
        .await?;
    let proposed = feedback::propose(&mut transaction, &commit.proposals).await?;
    transaction.commit().await?;

    let opened = upserts.iter().filter(|upsert| upsert.revision == 0).count();
    Ok(CommitSummary {
        processed: outcomes.len(),
        quarantined: quarantined.len(),
        opened,
        changed: upserts.len() - opened,
        outgoing: usize::try_from(outgoing).unwrap_or(usize::MAX),
        skipped: skipped.into_iter().collect(),
        proposed,
    })
}

/// Takes the commit's mails from the pending ones. Gives those that were not pending any more.
async fn take_from_pending(
    connection: &mut SqliteConnection,
    commit: &Commit,
) -> Outcome<BTreeSet<MailId>> {
    let mut named = BTreeSet::new();
    let outcomes = commit.outcomes.iter().map(|outcome| outcome.mail);
    let quarantined = commit.quarantined.iter().map(|entry| entry.mail);
    for mail in outcomes.chain(quarantined) {
        if !named.insert(mail) {
            return Err(invalid(format!("mail {mail} comes twice")));
        }
    }
    if named.is_empty() {
        return Ok(named);
    }
    // One row for all of them: a row of its own for each would be handed over by itself.
    let mails = list(&named)?;
    let row = sqlx::query(
        "SELECT json_group_array(mail) AS pending FROM pending
         WHERE mail IN (SELECT value FROM json_each(?))",
    )
    .bind(mails.clone())
    .fetch_one(&mut *connection)
    .await?;
    let pending: Vec<MailId> = row.json("pending")?;
    sqlx::query("DELETE FROM pending WHERE mail IN (SELECT value FROM json_each(?))")
        .bind(mails)
        .execute(connection)
        .await?;
    for mail in &pending {
        named.remove(mail);
    }
    Ok(named)
}

/// The cases to be written: without those that only follow from skipped mails.
fn wanted_cases<'a>(
    commit: &'a Commit,
    skipped: &BTreeSet<MailId>,
) -> Outcome<Vec<&'a CaseUpsert>> {
    let mut numbers = BTreeSet::new();
    let mut wanted = Vec::with_capacity(commit.cases.len());
    for upsert in &commit.cases {
        let number = &upsert.state.number;
        if !numbers.insert(number) {
            return Err(invalid(format!("case {number} comes twice")));
        }
        let done = upsert
            .mails
            .iter()
            .filter(|mail| skipped.contains(mail))
            .count();
        if done == 0 {
            wanted.push(upsert);
        } else if done < upsert.mails.len() {
            // Its state holds what the skipped mails said, which somebody else has written already.
            return Err(conflict(format!(
                "a mail of case {number} was processed elsewhere"
            )));
        }
    }
    Ok(wanted)
}

async fn check_revisions(
    connection: &mut SqliteConnection,
    upserts: &[&CaseUpsert],
) -> Outcome<()> {
    if upserts.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query(
        "SELECT number, revision FROM cases WHERE number IN (SELECT value FROM json_each(?))",
    )
    .bind(list(upserts.iter().map(|upsert| &upsert.state.number))?)
    .fetch_all(connection)
    .await?;
    let mut stored = HashMap::with_capacity(rows.len());
    for row in &rows {
        stored.insert(row.text("number")?, unsigned(row.integer("revision")?));
    }
    for upsert in upserts {
        let number = &upsert.state.number;
        let revision = stored.get(&number.0).copied().unwrap_or(0);
        if revision != upsert.revision {
            return Err(conflict(format!(
                "case {number} has revision {revision}, not {}",
                upsert.revision
            )));
        }
    }
    Ok(())
}

/// Gives the new cases their numbers: the next ones, without gaps.
async fn take_numbers(
    connection: &mut SqliteConnection,
    commit: &Commit,
    upserts: &[&CaseUpsert],
) -> Outcome<()> {
    let mut wanted: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for upsert in upserts.iter().filter(|upsert| upsert.revision == 0) {
        let number = &upsert.state.number;
        let (prefix, ordinal) = number
            .0
            .rsplit_once('-')
            .and_then(|(prefix, ordinal)| Some((prefix, ordinal.parse().ok()?)))
            .ok_or_else(|| invalid(format!("{number} is not a case number")))?;
        wanted.entry(prefix).or_default().insert(ordinal);
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let prefixes: Vec<String> = wanted.keys().map(|prefix| (*prefix).to_owned()).collect();
    let mut stored = cases::next_numbers(connection, &prefixes).await?;
    for (prefix, ordinals) in wanted {
        let next = stored[prefix];
        match commit.expected_numbers.get(prefix) {
            None => return Err(invalid(format!("no number was expected for {prefix}"))),
            Some(&expected) if expected != next => {
                return Err(conflict(format!(
                    "the next number of {prefix} is {next}, not {expected}"
                )));
            }
            Some(_) => {}
        }
        let after = next + ordinals.len() as u64;
        if !ordinals.iter().copied().eq(next..after) {
            return Err(invalid(format!(
                "new cases of {prefix} are not numbered from {next} on without gaps"
            )));
        }
        stored.insert(prefix.to_owned(), after);
    }
    cases::set_next_numbers(connection, &stored).await
}

async fn remove_revised(connection: &mut SqliteConnection, revised: &[MailOutcome]) -> Outcome<()> {
    if revised.is_empty() {
        return Ok(());
    }
    let mails = list(revised.iter().map(|outcome| outcome.mail))?;
    let found: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM outcome WHERE mail IN (SELECT value FROM json_each(?))",
    )
    .bind(&mails)
    .fetch_one(&mut *connection)
    .await?;
    if unsigned(found) != revised.len() as u64 {
        return Err(conflict("a revised mail is not processed any more"));
    }
    sqlx::query("DELETE FROM field WHERE mail IN (SELECT value FROM json_each(?))")
        .bind(&mails)
        .execute(connection)
        .await?;
    Ok(())
}

async fn write_outcomes(
    connection: &mut SqliteConnection,
    commit: &Commit,
    outcomes: &[&MailOutcome],
) -> Outcome<()> {
    // Serialised before, because the closure cannot fail.
    let rows: Vec<(&MailOutcome, Option<String>)> = outcomes
        .iter()
        .map(|outcome| Ok((*outcome, outcome.verdict.as_ref().map(json).transpose()?)))
        .collect::<Outcome<_>>()?;
    OUTCOME
        .run(connection, &rows, |row, (outcome, verdict)| {
            row.add(outcome.mail.0)
                .add(outcome.message_id.as_deref())
                .add(outcome.kind.as_str())
                .add(outcome.kind_reason.code.as_str())
                .add(outcome.kind_reason.detail.as_str())
                .add(outcome.from.as_str())
                .add(outcome.subject.as_str())
                .add(outcome.date.map(micros))
                .add(outcome.desk.as_str())
                .add(outcome.language.as_deref())
                .add(outcome.case.as_ref().map(|case| case.0.as_str()))
                .add(micros(commit.at))
                .add(verdict.as_deref())
                .add(outcome.analysis.as_str());
        })
        .await?;
    let fields: Vec<(MailId, &str, i64, &FieldValue)> = outcomes
        .iter()
        .flat_map(|outcome| {
            outcome.fields.iter().flat_map(|(name, values)| {
                (0..)
                    .zip(values)
                    .map(|(ordinal, value)| (outcome.mail, name.as_str(), ordinal, value))
            })
        })
        .collect();
    FIELD
        .run(connection, &fields, |row, (mail, name, ordinal, field)| {
            let evidence = &field.evidence;
            row.add(mail.0)
                .add(*name)
                .add(ordinal)
                .add(field.value.as_str())
                .add(evidence.part.to_string())
                .add(signed(evidence.start as u64))
                .add(signed(evidence.end as u64))
                .add(evidence.rule.as_str())
                .add(evidence.confidence)
                .add(evidence.quoted);
        })
        .await?;
    Ok(())
}

pub(super) async fn write_journal(
    connection: &mut SqliteConnection,
    events: &[&JournalEvent],
) -> Outcome<()> {
    JOURNAL
        .run(connection, events, |row, event| {
            row.add(event.case.0.as_str())
                .add(event.mail.map(|mail| mail.0))
                .add(micros(event.at))
                .add(event.event.as_str())
                .add(event.detail.to_string());
        })
        .await?;
    Ok(())
}

async fn write_outbox(
    connection: &mut SqliteConnection,
    outgoing: &[&NewOutgoing],
) -> Outcome<u64> {
    let rows: Vec<(&NewOutgoing, String)> = outgoing
        .iter()
        .map(|outgoing| Ok((*outgoing, json(&outgoing.verdict)?)))
        .collect::<Outcome<_>>()?;
    OUTBOX
        .run(connection, &rows, |row, (outgoing, verdict)| {
            let recipient = outgoing.recipient.to_lowercase();
            row.add(outgoing.case.0.as_str())
                .add(outgoing.mail.map(|mail| mail.0))
                .add(outgoing.message_id.as_str())
                .add(recipient.as_str())
                .add(domain(&recipient))
                .add(address_key(&recipient))
                .add(domain_key(&recipient))
                .add(outgoing.kind.as_str())
                .add(outgoing.language.as_str())
                .add(outgoing.subject.as_str())
                .add(&outgoing.body_hash[..])
                .add(outgoing.state.as_str())
                .add("")
                .add(micros(outgoing.created_at))
                .add(micros(outgoing.created_at))
                .add(verdict.as_str())
                .add(outgoing.gate_facts.as_str())
                .add(outgoing.bytes.as_slice());
        })
        .await
}
