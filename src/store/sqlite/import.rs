//! Solved cases from elsewhere.

use std::collections::{BTreeMap, HashMap};

use sqlx::{Connection, SqliteConnection};

use super::BEGIN;
use super::cases::{self, CaseRow};
use super::failure::Outcome;
use super::rows::{Columns, list, unsigned};
use crate::case::{CaseNumber, CaseState, CaseStatus};
use crate::store::{ImportChange, Imported, SolvedCase, case_number};

/// A case that an earlier import, or an earlier line of this one, left.
struct Known {
    state: CaseState,
    problem: String,
    revision: u64,
}

pub(super) async fn import(
    connection: &mut SqliteConnection,
    solved: &[SolvedCase],
) -> Outcome<Vec<Imported>> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    let mut known = known(&mut transaction, solved).await?;
    let prefixes: Vec<String> = solved.iter().map(|case| case.prefix.clone()).collect();
    let mut next = cases::next_numbers(&mut transaction, &prefixes).await?;

    let mut imported = Vec::with_capacity(solved.len());
    // Last change of each case: the same case may stand in the list twice.
    let mut changed: BTreeMap<CaseNumber, (&str, &str)> = BTreeMap::new();
    for case in solved {
        let key = (case.desk.as_str(), case.external.as_str());
        let (number, revision, change) = match known.get(&key) {
            None => {
                // `next` has every prefix of the list.
                let ordinal = next.entry(case.prefix.clone()).or_default();
                let number = case_number(&case.prefix, *ordinal);
                *ordinal += 1;
                (number, 1, ImportChange::Added)
            }
            Some(known) => {
                let number = known.state.number.clone();
                let same = known.problem == case.problem
                    && known.state == state(case, number.clone(), Some(&known.state));
                if same {
                    (number, known.revision, ImportChange::Unchanged)
                } else {
                    (number, known.revision + 1, ImportChange::Updated)
                }
            }
        };
        if change != ImportChange::Unchanged {
            changed.insert(number.clone(), key);
            let state = state(
                case,
                number.clone(),
                known.get(&key).map(|known| &known.state),
            );
            known.insert(
                key,
                Known {
                    state,
                    problem: case.problem.clone(),
                    revision,
                },
            );
        }
        imported.push(Imported { number, change });
    }
    let rows: Vec<CaseRow<'_>> = changed
        .values()
        .map(|key| {
            let known = &known[key];
            CaseRow {
                state: &known.state,
                revision: known.revision,
                token: "",
                external: Some(key.1),
                problem: Some(&known.problem),
            }
        })
        .collect();
    cases::write(&mut transaction, &rows).await?;
    cases::set_next_numbers(&mut transaction, &next).await?;
    transaction.commit().await?;
    Ok(imported)
}

async fn known<'a>(
    connection: &mut SqliteConnection,
    solved: &'a [SolvedCase],
) -> Outcome<HashMap<(&'a str, &'a str), Known>> {
    let rows = sqlx::query(
        "SELECT desk, external, revision, state, problem FROM cases
         WHERE external IN (SELECT value FROM json_each(?))",
    )
    .bind(list(solved.iter().map(|case| &case.external))?)
    .fetch_all(connection)
    .await?;
    let mut stored: HashMap<(String, String), Known> = HashMap::with_capacity(rows.len());
    for row in &rows {
        let known = Known {
            state: row.json("state")?,
            problem: row.text_option("problem")?.unwrap_or_default(),
            revision: unsigned(row.integer("revision")?),
        };
        stored.insert((row.text("desk")?, row.text("external")?), known);
    }
    Ok(solved
        .iter()
        .filter_map(|case| {
            let known = stored.remove(&(case.desk.clone(), case.external.clone()))?;
            Some(((case.desk.as_str(), case.external.as_str()), known))
        })
        .collect())
}

/// The case as it shall be. What somebody wrote here about a case that comes without resolution stays.
fn state(case: &SolvedCase, number: CaseNumber, known: Option<&CaseState>) -> CaseState {
    let status = if case.resolution.is_some() {
        CaseStatus::Resolved
    } else {
        CaseStatus::Closed
    };
    let kept = known.filter(|_| case.resolution.is_none());
    let submitter = case.submitter.to_lowercase();
    CaseState {
        number,
        desk: case.desk.clone(),
        status: kept.map_or(status, |known| known.status),
        subject: case.subject.clone(),
        participants: if submitter.is_empty() {
            Vec::new()
        } else {
            vec![submitter.clone()]
        },
        submitter,
        language: case.language.clone(),
        issue_type: case.issue_type.clone(),
        facts: case.facts.clone(),
        missing: Vec::new(),
        flags: case.flags.clone(),
        asked: Vec::new(),
        requests: 0,
        opened_at: case.opened_at,
        updated_at: kept.map_or(case.updated_at, |known| known.updated_at),
        resolution: kept.map_or_else(|| case.resolution.clone(), |known| known.resolution.clone()),
    }
}
