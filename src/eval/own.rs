//! The desk's own history as an evaluation set: which solved case answered which case, in time order.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::LazyLock;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use regex::Regex;
use serde::Serialize;

use crate::case::{CaseNumber, CaseStatus, ResolutionCode};
use crate::engine::field_values;
use crate::store::{CaseRecord, Mark, MarkVerdict};

/// With fewer queries one more or less moves hit@1 by more than three points.
pub const QUERIES_ENOUGH: usize = 30;
/// Duplicates of duplicates that are followed.
const CHAIN_MOST: usize = 16;

/// A line of corpus.jsonl or queries.jsonl.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Entry {
    #[serde(rename = "_id")]
    id: String,
    title: String,
    text: String,
    lang: String,
    /// Of a document: since when its resolution is known. Of a query: when the case was opened.
    created: Timestamp,
    fields: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issue_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<String>,
}

/// Cases, questions, and what answers them.
#[derive(Debug, Default)]
pub struct OwnHistory {
    corpus: Vec<Entry>,
    queries: Vec<Entry>,
    /// Query, document, 1 for an answer and 0 for what was marked as not related.
    judgements: BTreeMap<(String, String), u8>,
    /// Answers that were not known yet when their case was opened: no ranking could have shown them.
    pub too_late: usize,
    /// Marks on what is no precedent any more.
    pub without_precedent: usize,
}

impl OwnHistory {
    /// Puts it together: an answer is what an engineer marked as the solution, and the case of which another one was
    /// resolved as a duplicate. Duplicates are questions, and no answers.
    #[must_use]
    pub fn new(cases: &[CaseRecord], marks: &[Mark]) -> Self {
        let by_number: HashMap<&CaseNumber, &CaseRecord> = cases
            .iter()
            .map(|record| (&record.state.number, record))
            .collect();
        let mut history = Self::default();
        let mut truths: BTreeMap<(&CaseNumber, &CaseNumber), u8> = BTreeMap::new();
        for record in cases {
            if let Some(root) = root(record, &by_number) {
                truths.insert((&record.state.number, root), 1);
            } else if is_precedent(record) {
                history.corpus.push(document(record));
            }
        }
        for mark in marks {
            let grade = u8::from(mark.verdict == MarkVerdict::Solved);
            // What a person said of a pair counts more than what follows from a text.
            truths.insert((&mark.case, &mark.precedent), grade);
        }
        let mut asked: BTreeSet<&CaseNumber> = BTreeSet::new();
        for ((case, precedent), grade) in truths {
            let (Some(case), Some(precedent)) = (by_number.get(case), by_number.get(precedent))
            else {
                history.without_precedent += 1;
                continue;
            };
            // The answer of a duplicate is that of its root.
            let precedent = root(precedent, &by_number)
                .and_then(|root| by_number.get(root))
                .unwrap_or(precedent);
            let known = precedent
                .state
                .resolution
                .as_ref()
                .map(|resolution| resolution.resolved_at);
            let Some(known) = known.filter(|_| is_precedent(precedent)) else {
                history.without_precedent += 1;
                continue;
            };
            // The index tells times in whole seconds.
            if known.as_second() >= case.state.opened_at.as_second() {
                history.too_late += usize::from(grade > 0);
                continue;
            }
            if grade > 0 {
                asked.insert(&case.state.number);
            }
            history.judgements.insert(
                (
                    case.state.number.0.clone(),
                    precedent.state.number.0.clone(),
                ),
                grade,
            );
        }
        history.queries = cases
            .iter()
            .filter(|record| asked.contains(&record.state.number))
            .map(query)
            .collect();
        history
    }

    /// Number of questions that have an answer.
    #[must_use]
    pub fn queries(&self) -> usize {
        self.queries.len()
    }

    /// Number of solved cases.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.corpus.len()
    }

    /// Writes corpus.jsonl, queries.jsonl and qrels.tsv into a folder that is made, or empty.
    ///
    /// # Errors
    /// When the folder holds something, or cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        // Cases of customers: for their owner only.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(folder)
            .with_context(|| folder.display().to_string())?;
        let mut inside = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
        ensure!(
            inside.next().is_none(),
            "{}: the folder is not empty; name a new one, so that nothing is overwritten",
            folder.display()
        );
        let lines = |entries: &[Entry]| -> Result<String> {
            let mut text = String::new();
            for entry in entries {
                text.push_str(&serde_json::to_string(entry)?);
                text.push('\n');
            }
            Ok(text)
        };
        let mut judgements = "query-id\tcorpus-id\tscore\n".to_owned();
        for ((query, document), grade) in &self.judgements {
            judgements.push_str(&format!("{query}\t{document}\t{grade}\n"));
        }
        for (name, text) in [
            ("corpus.jsonl", lines(&self.corpus)?),
            ("queries.jsonl", lines(&self.queries)?),
            ("qrels.tsv", judgements),
        ] {
            let path = folder.join(name);
            std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        }
        Ok(())
    }
}

fn is_precedent(record: &CaseRecord) -> bool {
    record.state.status == CaseStatus::Resolved
        && record
            .state
            .resolution
            .as_ref()
            .is_some_and(|resolution| !resolution.text.trim().is_empty())
}

/// The case that one is a duplicate of: the first known number in its resolution, followed to the end.
fn root<'a>(
    record: &'a CaseRecord,
    by_number: &HashMap<&'a CaseNumber, &'a CaseRecord>,
) -> Option<&'a CaseNumber> {
    let mut at = record;
    let mut found = None;
    for _ in 0..CHAIN_MOST {
        let Some(resolution) = at
            .state
            .resolution
            .as_ref()
            .filter(|resolution| resolution.code == ResolutionCode::Duplicate)
        else {
            break;
        };
        let next = NUMBER
            .find_iter(&resolution.text)
            .filter_map(|number| {
                by_number
                    .get(&CaseNumber(number.as_str().to_ascii_uppercase()))
                    .copied()
            })
            .find(|next| next.state.number != at.state.number);
        let Some(next) = next else { break };
        found = Some(&next.state.number);
        at = next;
    }
    found.filter(|number| **number != record.state.number)
}

static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b[a-z][a-z0-9]*-\d{1,12}\b").expect("a constant"));
/// An address with whatever stands close to it: in an export nobody is named.
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[\w.+%'=-]+@[\w-]+(?:\.[\w-]+)+").expect("a constant"));

fn without_addresses(text: &str) -> String {
    ADDRESS.replace_all(text, "<address>").into_owned()
}

fn entry(record: &CaseRecord, created: Timestamp, resolution: Option<String>) -> Entry {
    let state = &record.state;
    Entry {
        id: state.number.0.clone(),
        title: without_addresses(&state.subject),
        text: without_addresses(&record.problem),
        lang: state.language.clone(),
        created,
        fields: field_values(&state.facts)
            .into_iter()
            .map(|(name, values)| {
                let values = values.iter().map(|value| without_addresses(value));
                (name, values.collect())
            })
            .collect(),
        issue_type: state.issue_type.clone(),
        resolution,
    }
}

fn document(record: &CaseRecord) -> Entry {
    let resolution = record.state.resolution.as_ref();
    entry(
        record,
        resolution.map_or(record.state.opened_at, |resolution| resolution.resolved_at),
        resolution.map(|resolution| without_addresses(&resolution.text)),
    )
}

fn query(record: &CaseRecord) -> Entry {
    entry(record, record.state.opened_at, None)
}
