//! Measures the ranking of similar cases on a labelled set.
//!
//! `cargo run -p precedent-index --example eval_retrieval -- FOLDER [--misses] [--signals] [--model MODEL]`
//!
//! The folder holds `corpus.jsonl` and `queries.jsonl` (`_id`, `title`, `text`, `lang`, `created`, optional `fields` and
//! `resolution`) and `qrels.tsv` (query, document, relevance). `--signals` prints what the first ten of each
//! query scored and whether they are right, for fitting the probability. A query sees only documents created before it, never itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use precedent_index::{CaseDocument, Encoder, Index, IndexOptions, SimilarRequest};
use serde::Deserialize;

#[derive(Deserialize)]
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
    created: Option<String>,
    #[serde(default)]
    fields: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    resolution: Option<String>,
    #[serde(default)]
    issue_type: Option<String>,
    #[serde(default)]
    answer: Option<String>,
}

type Failure = Box<dyn std::error::Error>;

/// Places looked at; a right answer beyond them counts as not found.
const DEPTH: usize = 100;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .ok_or("usage: eval_retrieval FOLDER [--misses] [--model MODEL]")?;
    let rest: Vec<String> = arguments.collect();
    let misses = rest.iter().any(|argument| argument == "--misses");
    let signals = rest.iter().any(|argument| argument == "--signals");
    let model = rest
        .iter()
        .position(|argument| argument == "--model")
        .and_then(|place| rest.get(place + 1));
    let folder = Path::new(&folder);
    let corpus =
        entries(&folder.join("corpus.jsonl")).or_else(|_| entries(&folder.join("solved.jsonl")))?;
    let queries = entries(&folder.join("queries.jsonl"))?;
    let mut right = relevant(&folder.join("qrels.tsv")).unwrap_or_default();
    for query in &queries {
        if let Some(answer) = &query.answer {
            let answers = right.entry(query.id.clone()).or_default();
            answers.insert(answer.clone());
        }
    }

    let numbers: BTreeMap<&str, u64> = corpus
        .iter()
        .zip(1..)
        .map(|(entry, number)| (entry.id.as_str(), number))
        .collect();
    let place = tempfile::tempdir()?;
    let (mut index, _) = Index::open(place.path(), &IndexOptions::default())?;
    if let Some(model) = model {
        index = index.with_encoder(Arc::new(Encoder::open(model.as_ref())?))?;
    }
    let started = Instant::now();
    for (entry, id) in corpus.iter().zip(1..) {
        index.upsert(&CaseDocument {
            id,
            number: format!("C-{id}"),
            status: "resolved".to_owned(),
            language: entry.lang.clone().unwrap_or_default(),
            subject: entry.title.clone(),
            problem: entry.text.clone(),
            // A set without resolutions is one of cases that are similar; the ranking shows only those with one.
            resolution: entry.resolution.clone().unwrap_or_else(|| "-".to_owned()),
            issue_type: entry.issue_type.clone(),
            fields: entry.fields.clone().unwrap_or_default(),
            opened_at: seconds(entry.created.as_deref()).unwrap_or_default(),
            ..CaseDocument::default()
        })?;
    }
    index.commit(1)?;
    index.compute_vectors(usize::MAX)?;
    let indexed = started.elapsed();

    let mut measures = Measures::default();
    let started = Instant::now();
    for query in &queries {
        let Some(right) = right.get(&query.id) else {
            continue;
        };
        let found = index.similar(&SimilarRequest {
            subject: query.title.clone(),
            problem: query.text.clone(),
            language: query.lang.clone().unwrap_or_default(),
            fields: query.fields.clone().unwrap_or_default(),
            issue_type: query.issue_type.clone(),
            exclude_id: numbers.get(query.id.as_str()).copied(),
            before: seconds(query.created.as_deref()),
            resolved_only: true,
            limit: DEPTH,
            ..SimilarRequest::default()
        })?;
        let places: Vec<usize> = found
            .iter()
            .enumerate()
            .filter(|(_, precedent)| right.contains(corpus[precedent.id as usize - 1].id.as_str()))
            .map(|(place, _)| place + 1)
            .collect();
        if misses && places.first() != Some(&1) {
            println!(
                "{} first right at {:?}: {}",
                query.id,
                places.first(),
                query.title
            );
            if let Some(first) = found.first() {
                let reasons: Vec<String> = first.reasons.iter().map(ToString::to_string).collect();
                println!(
                    "    instead {:.2} {} [{}]",
                    first.score,
                    first.subject,
                    reasons.join("; ")
                );
            }
        }
        if signals {
            for (place, found) in found.iter().take(10).enumerate() {
                println!(
                    "signals\t{}\t{}\t{}\t{:.4}\t{:.4}\t{:.4}\t{:.4}",
                    query.id,
                    place + 1,
                    u8::from(places.contains(&(place + 1))),
                    found.score,
                    found.signals.facts,
                    found.signals.words,
                    found.signals.nearness.unwrap_or_default(),
                );
            }
        }
        measures.add(&places, right.len());
    }
    let asked = started.elapsed();
    measures.print();
    println!(
        "{} cases indexed in {} ms, {:.2} ms a query",
        corpus.len(),
        indexed.as_millis(),
        asked.as_secs_f64() * 1000.0 / f64::from(measures.queries.max(1))
    );
    Ok(())
}

#[derive(Default)]
struct Measures {
    queries: u32,
    reciprocal: f64,
    average_precision: f64,
    gain: f64,
    hits: [u32; 4],
}

/// Places for which hits are counted.
const HITS: [usize; 4] = [1, 3, 5, 10];

impl Measures {
    fn add(&mut self, places: &[usize], right: usize) {
        self.queries += 1;
        if let Some(&first) = places.first() {
            self.reciprocal += 1.0 / first as f64;
            for (count, limit) in self.hits.iter_mut().zip(HITS) {
                *count += u32::from(first <= limit);
            }
        }
        let precision: f64 = places
            .iter()
            .zip(1..)
            .map(|(&place, found)| f64::from(found) / place as f64)
            .sum();
        self.average_precision += precision / right as f64;
        let gain = |place: usize| 1.0 / (place as f64 + 1.0).log2();
        let ideal: f64 = (1..=right.min(10)).map(gain).sum();
        let reached: f64 = places
            .iter()
            .filter(|&&place| place <= 10)
            .map(|&place| gain(place))
            .sum();
        self.gain += reached / ideal;
    }

    fn print(&self) {
        let count = f64::from(self.queries.max(1));
        println!(
            "queries {}  MRR {:.4}  MAP {:.4}  hit@1 {:.4}  hit@3 {:.4}  hit@5 {:.4}  hit@10 {:.4}  nDCG@10 {:.4}",
            self.queries,
            self.reciprocal / count,
            self.average_precision / count,
            f64::from(self.hits[0]) / count,
            f64::from(self.hits[1]) / count,
            f64::from(self.hits[2]) / count,
            f64::from(self.hits[3]) / count,
            self.gain / count,
        );
    }
}

fn entries(path: &Path) -> Result<Vec<Entry>, Failure> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    text.lines()
        .map(|line| Ok(serde_json::from_str(line)?))
        .collect()
}

fn relevant(path: &Path) -> Result<BTreeMap<String, BTreeSet<String>>, Failure> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut right: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let mut columns = line.split('\t');
        if let (Some(query), Some(document), Some(score)) =
            (columns.next(), columns.next(), columns.next())
            && score.trim() != "0"
        {
            right
                .entry(query.to_owned())
                .or_default()
                .insert(document.to_owned());
        }
    }
    Ok(right)
}

/// Seconds of an RFC 3339 time, zone offsets of the data being all UTC.
fn seconds(time: Option<&str>) -> Option<i64> {
    let time = time?;
    let number = |range: std::ops::Range<usize>| time.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}
