//! How well similar cases are ranked: corpus.jsonl, queries.jsonl, qrels.tsv.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use precedent_index::{CaseDocument, Encoder, Index, IndexOptions, SimilarRequest};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::engine::{Desks, add_scope, analyse_message, field_values};

/// Results looked at for each query.
const DEPTH: usize = 100;

/// Figures of a ranking, means over the queries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct SimilarEvaluation {
    /// Queries that have a right answer.
    pub queries: usize,
    /// Mean average precision.
    pub map: f64,
    /// Mean reciprocal rank of the first right answer.
    pub mrr: f64,
    /// Share with a right answer in first place.
    pub hit1: f64,
    /// Among the first three.
    pub hit3: f64,
    /// Among the first five.
    pub hit5: f64,
    /// Among the first ten.
    pub hit10: f64,
    /// Normalised discounted cumulative gain at ten.
    pub ndcg10: f64,
    /// Expected calibration error of the probabilities of the first five results, in ten classes: 0 where of those said to be
    /// 80 % sure 80 % are right.
    pub calibration_error: f64,
    /// Results among the first five that were said to be at least 90 % sure.
    pub sure: usize,
    /// Share of them that are right; 1 where there are none.
    pub sure_right: f64,
}

#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(rename = "_id", alias = "id", alias = "number")]
    id: String,
    #[serde(default, alias = "subject")]
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default, alias = "language")]
    lang: Option<String>,
    #[serde(default, alias = "opened")]
    created: Option<Timestamp>,
    #[serde(default)]
    fields: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    issue_type: Option<String>,
    #[serde(default)]
    resolution: Option<String>,
    /// The one right answer, where queries carry it themselves.
    #[serde(default)]
    answer: Option<String>,
}

/// Indexes the corpus as solved cases in a temporary folder and ranks it for each query. A query sees
/// only documents created before it, never itself.
///
/// # Errors
/// When a file is missing or wrong, with its place.
pub fn evaluate_similar(
    folder: &Path,
    desks: Option<&Desks>,
    encoder: Option<Arc<Encoder>>,
) -> Result<SimilarEvaluation> {
    let corpus = read(&first_existing(folder, &["corpus.jsonl", "solved.jsonl"])?)?;
    let queries = read(&folder.join("queries.jsonl"))?;
    let right = right_answers(folder, &queries)?;
    let temporary = tempfile_folder()?;
    let (mut index, _) = Index::open(temporary.path(), &IndexOptions::default())?;
    if let Some(encoder) = encoder {
        index = index.with_encoder(encoder)?;
    }
    let numbers: HashMap<&str, u64> = corpus
        .iter()
        .enumerate()
        .map(|(place, entry)| (entry.id.as_str(), place as u64 + 1))
        .collect();
    for (place, entry) in corpus.iter().enumerate() {
        index.upsert(&document(place as u64 + 1, entry, desks))?;
    }
    index.commit(corpus.len() as u64)?;
    index.compute_vectors(usize::MAX)?;
    // Queries name no desk: all words of all desks.
    let concepts: Vec<Vec<String>> = desks
        .iter()
        .flat_map(|desks| desks.all())
        .flat_map(|desk| desk.profile.concepts.values().cloned())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    // A set of cases that are only alike has no resolutions, and without one no case is a precedent.
    let resolved_only = corpus.iter().any(|entry| entry.resolution.is_some());
    let answers: Vec<Vec<(String, f64)>> = queries
        .par_iter()
        .map(|query| {
            let mut request = request(query, numbers.get(query.id.as_str()).copied(), desks);
            request.resolved_only = resolved_only;
            request.concepts.clone_from(&concepts);
            Ok(index
                .similar(&request)?
                .into_iter()
                .map(|precedent| (precedent.number, f64::from(precedent.probability)))
                .collect())
        })
        .collect::<Result<_>>()?;
    let mut evaluation = SimilarEvaluation::default();
    let mut calibration = Calibration::default();
    for (query, answers) in queries.iter().zip(&answers) {
        if let Some(right) = right.get(&query.id) {
            for (number, probability) in answers.iter().take(CALIBRATED) {
                calibration.add(*probability, right.contains_key(number));
            }
            let numbers: Vec<String> = answers.iter().map(|(number, _)| number.clone()).collect();
            add(&mut evaluation, right, &numbers);
        }
    }
    evaluation.calibration_error = calibration.error();
    (evaluation.sure, evaluation.sure_right) = calibration.sure();
    ensure!(
        evaluation.queries > 0,
        "{}: no query has a right answer",
        folder.display()
    );
    let count = evaluation.queries as f64;
    for figure in [
        &mut evaluation.map,
        &mut evaluation.mrr,
        &mut evaluation.hit1,
        &mut evaluation.hit3,
        &mut evaluation.hit5,
        &mut evaluation.hit10,
        &mut evaluation.ndcg10,
    ] {
        *figure /= count;
    }
    Ok(evaluation)
}

/// Results of a query whose probabilities are compared with what is right.
const CALIBRATED: usize = 5;

/// Probabilities in ten classes: how many, their sum, how many were right.
#[derive(Default)]
struct Calibration([(u32, f64, u32); 10]);

impl Calibration {
    fn add(&mut self, probability: f64, right: bool) {
        let class = ((probability * 10.0) as usize).min(9);
        let (count, sum, hits) = &mut self.0[class];
        *count += 1;
        *sum += probability;
        *hits += u32::from(right);
    }

    /// Mean distance between what was said and what was right, by results.
    fn error(&self) -> f64 {
        let all: u32 = self.0.iter().map(|(count, _, _)| count).sum();
        let distance: f64 = self
            .0
            .iter()
            .map(|(_, sum, hits)| (sum - f64::from(*hits)).abs())
            .sum();
        distance / f64::from(all.max(1))
    }

    /// How many were said to be at least 90 % sure, and the share of them that was right.
    fn sure(&self) -> (usize, f64) {
        let (count, _, hits) = self.0[9];
        let share = if count == 0 {
            1.0
        } else {
            f64::from(hits) / f64::from(count)
        };
        (count as usize, share)
    }
}

fn tempfile_folder() -> Result<Temporary> {
    let path = std::env::temp_dir().join(format!("precedent-eval-{}", std::process::id()));
    std::fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
    Ok(Temporary(path))
}

/// A folder that goes when the evaluation ends.
struct Temporary(std::path::PathBuf);

impl Temporary {
    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn first_existing(folder: &Path, names: &[&str]) -> Result<std::path::PathBuf> {
    names
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.exists())
        .with_context(|| format!("{}: there is no {}", folder.display(), names.join(" or ")))
}

fn read(path: &Path) -> Result<Vec<Entry>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(place, line)| {
            serde_json::from_str(line).with_context(|| format!("{}:{}", path.display(), place + 1))
        })
        .collect()
}

/// Right answers by query, with their grades.
fn right_answers(
    folder: &Path,
    queries: &[Entry],
) -> Result<HashMap<String, HashMap<String, f64>>> {
    let mut right: HashMap<String, HashMap<String, f64>> = HashMap::new();
    for query in queries {
        if let Some(answer) = &query.answer {
            right
                .entry(query.id.clone())
                .or_default()
                .insert(answer.clone(), 1.0);
        }
    }
    let path = folder.join("qrels.tsv");
    if !path.exists() && !right.is_empty() {
        return Ok(right);
    }
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    for line in text.lines() {
        let mut cells = line.split('\t');
        let (Some(query), Some(document)) = (cells.next(), cells.next()) else {
            continue;
        };
        // A first line with the names of the columns has no number in its last cell.
        let Ok(grade) = cells.next().unwrap_or("1").trim().parse::<f64>() else {
            continue;
        };
        if grade > 0.0 {
            right
                .entry(query.to_owned())
                .or_default()
                .insert(document.to_owned(), grade);
        }
    }
    Ok(right)
}

/// Facts and language of a text: those given, else what the desk's profile finds in it.
fn facts(
    entry: &Entry,
    desks: Option<&Desks>,
) -> (BTreeMap<String, Vec<String>>, Option<String>, String) {
    let mut fields = entry.fields.clone();
    let mut language = entry.lang.clone();
    let mut issue_type = entry.issue_type.clone();
    if let Some(desks) = desks {
        let message = crate::mail::parse_text(&format!("{}\n\n{}", entry.title, entry.text), false);
        let (desk, choice) = desks.choose(&message);
        let received = entry.created.unwrap_or(Timestamp::UNIX_EPOCH);
        let analysis = analyse_message(message, received, desk, choice, &[0; 32]);
        if fields.is_empty() {
            fields = field_values(&analysis.assessment.facts);
        }
        add_scope(&mut fields, &entry.title, &entry.text);
        if language.is_none() {
            language = analysis.extraction.language.map(|guess| guess.language);
        }
        if issue_type.is_none() && !entry.fields.is_empty() {
            issue_type = analysis.assessment.issue_type;
        }
    }
    (fields, issue_type, language.unwrap_or_default())
}

fn document(id: u64, entry: &Entry, desks: Option<&Desks>) -> CaseDocument {
    let (fields, issue_type, language) = facts(entry, desks);
    CaseDocument {
        id,
        number: entry.id.clone(),
        desk: "eval".to_owned(),
        status: "resolved".to_owned(),
        language,
        subject: entry.title.clone(),
        problem: entry.text.clone(),
        resolution: entry.resolution.clone().unwrap_or_default(),
        resolution_code: Some("fixed".to_owned()),
        from: String::new(),
        issue_type,
        opened_at: entry.created.map_or(0, Timestamp::as_second),
        resolved_at: entry.created.map(Timestamp::as_second),
        fields,
        flags: Vec::new(),
    }
}

fn request(query: &Entry, own: Option<u64>, desks: Option<&Desks>) -> SimilarRequest {
    let (fields, issue_type, language) = facts(query, desks);
    SimilarRequest {
        subject: query.title.clone(),
        problem: query.text.clone(),
        language,
        fields,
        issue_type,
        desk: None,
        exclude_id: own,
        before: query.created.map(Timestamp::as_second),
        resolved_only: true,
        limit: DEPTH,
        concepts: Vec::new(),
    }
}

fn add(evaluation: &mut SimilarEvaluation, right: &HashMap<String, f64>, answers: &[String]) {
    evaluation.queries += 1;
    let mut found = 0.0;
    let mut precision = 0.0;
    let mut gain = 0.0;
    let mut first = None;
    for (rank, answer) in (1_u32..).zip(answers) {
        let Some(grade) = right.get(answer) else {
            continue;
        };
        found += 1.0;
        precision += found / f64::from(rank);
        first.get_or_insert(rank);
        if rank <= 10 {
            gain += grade / f64::from(rank + 1).log2();
        }
    }
    let mut grades: Vec<f64> = right.values().copied().collect();
    grades.sort_by(|left, right| right.total_cmp(left));
    let ideal: f64 = (2_u32..)
        .zip(grades.iter().take(10))
        .map(|(rank, grade)| grade / f64::from(rank).log2())
        .sum();
    evaluation.map += precision / right.len() as f64;
    evaluation.ndcg10 += if ideal > 0.0 { gain / ideal } else { 0.0 };
    if let Some(first) = first {
        evaluation.mrr += 1.0 / f64::from(first);
        for (limit, hits) in [
            (1, &mut evaluation.hit1),
            (3, &mut evaluation.hit3),
            (5, &mut evaluation.hit5),
            (10, &mut evaluation.hit10),
        ] {
            if first <= limit {
                *hits += 1.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calibration_is_the_distance_between_said_and_right() {
        let mut calibration = Calibration::default();
        for right in [true, true, true, false] {
            calibration.add(0.75, right);
        }
        assert!(calibration.error() < 1e-9);
        assert_eq!(calibration.sure(), (0, 1.0));
        for right in [true, false] {
            calibration.add(1.0, right);
        }
        assert!((calibration.error() - 1.0 / 6.0).abs() < 1e-9);
        assert_eq!(calibration.sure(), (2, 0.5));
    }

    #[test]
    fn a_set_without_resolutions_is_ranked() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("is written");
        };
        write(
            "corpus.jsonl",
            "{\"_id\": \"1\", \"title\": \"Printer jams\", \"text\": \"Paper gets stuck in the tray\"}\n\
             {\"_id\": \"2\", \"title\": \"Slow login\", \"text\": \"The start page takes a minute\"}\n",
        );
        write(
            "queries.jsonl",
            "{\"_id\": \"3\", \"title\": \"Paper jam\", \"text\": \"The printer has paper stuck\"}\n",
        );
        write("qrels.tsv", "query\tdocument\tscore\n3\t1\t1\n");
        let evaluation = evaluate_similar(folder.path(), None, None).expect("is measured");
        assert!((evaluation.hit1 - 1.0).abs() < 1e-9, "{evaluation:?}");
    }

    #[test]
    fn figures_of_a_known_ranking() {
        let right = HashMap::from([("b".to_owned(), 1.0), ("d".to_owned(), 1.0)]);
        let answers = ["a", "b", "c", "d"].map(str::to_owned);
        let mut evaluation = SimilarEvaluation::default();
        add(&mut evaluation, &right, &answers);
        assert!((evaluation.mrr - 0.5).abs() < 1e-9);
        assert!((evaluation.map - 0.5).abs() < 1e-9);
        assert!(evaluation.hit1 < 0.5 && evaluation.hit3 > 0.5);
    }
}
