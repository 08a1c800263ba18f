//! Measures indexing, opening, searching and similar cases on synthetic cases.
//!
//! `cargo run --release -p precedent-index --example index_speed -- [CASES] [FOLDER] [--batch CASES] [--model MODEL] [--only QUESTION]`
//!
//! The texts have some 3 KB of words with the frequencies of natural language in five languages, with identifiers, and the
//! same for every run. With a folder the index is left there, and 0 cases measure the one that is there. So many cases are committed
//! at once as `--batch` says. `--only similar` asks one kind of question alone, for a profiler. With a model sentence vectors are
//! computed too, and similar cases measured again with them.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use precedent_index::{CaseDocument, Encoder, Index, IndexOptions, SearchRequest, SimilarRequest};

type Failure = Box<dyn std::error::Error>;

/// Cases between commits, where nothing else is asked for.
const BATCH: usize = 1_000;
const QUERIES: u64 = 200;

fn main() -> Result<(), Failure> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut option = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        let end = arguments.len().min(place + 2);
        arguments.drain(place..end).nth(1)
    };
    let batch = option("--batch").map_or(Ok(BATCH), |number| number.parse())?;
    let only = option("--only");
    let model = option("--model");
    let asked = |name: &str| only.as_deref().is_none_or(|only| name.contains(only));
    let mut arguments = arguments.into_iter();
    let count: u64 = arguments
        .next()
        .map_or(Ok(10_000), |number| number.parse())?;
    let temporary = tempfile::tempdir()?;
    let folder = arguments
        .next()
        .map_or_else(|| temporary.path().to_owned(), PathBuf::from);

    let vocabulary = Vocabulary::new();
    let (index, outcome) = Index::open(&folder, &IndexOptions::default())?;
    let mut text = 0;
    // What it takes to make the texts up does not count: meanwhile nothing is indexed.
    let (mut indexed, mut settled) = (Duration::ZERO, Duration::ZERO);
    let mut made = Duration::ZERO;
    let processor = processor_time(true);
    for first in (1..=count).step_by(batch) {
        let making = processor_time(false);
        let ids = first..=count.min(first + batch as u64 - 1);
        let cases: Vec<CaseDocument> = ids.map(|id| vocabulary.case(id)).collect();
        let lengths = cases
            .iter()
            .map(|case| case.subject.len() + case.problem.len() + case.resolution.len());
        text += lengths.sum::<usize>();
        made += processor_time(false).saturating_sub(making);
        let started = Instant::now();
        for case in &cases {
            index.upsert(case)?;
        }
        index.commit(first)?;
        indexed += started.elapsed();
    }
    let started = Instant::now();
    index.commit(count)?;
    index.finish()?;
    settled += indexed + started.elapsed();
    let processor = processor_time(true).saturating_sub(processor + made);
    let each = |duration: Duration| duration.as_secs_f64() * 1e6 / count.max(1) as f64;
    println!("{outcome:?}");
    println!("most memory so far {} MB", most_memory());
    println!(
        "indexed {count} cases of {} bytes: {:.0} us a case, {:.0} with the last merges, {:.0} of processor time",
        text as u64 / count.max(1),
        each(indexed),
        each(settled),
        each(processor),
    );
    let bytes = size(&folder)?;
    println!(
        "index {} bytes a case, {:.2} of the text",
        bytes / count.max(1),
        bytes as f64 / text as f64
    );

    let (started, processor) = (Instant::now(), processor_time(false));
    let index = Index::open_read_only(&folder)?;
    println!(
        "opened for reading in {:.1} ms, processor {:.1} ms",
        milliseconds(started.elapsed()),
        milliseconds(processor_time(false).saturating_sub(processor))
    );
    let (started, processor) = (Instant::now(), processor_time(false));
    index.search(&SearchRequest {
        query: "throttled operation:operation3".to_owned(),
        limit: 10,
        ..SearchRequest::default()
    })?;
    println!(
        "first search {:.2} ms, processor {:.2} ms",
        milliseconds(started.elapsed()),
        milliseconds(processor_time(false).saturating_sub(processor))
    );

    for (name, query) in [
        ("two words", "WORD WORD"),
        ("word and filter", "WORD operation:operation3"),
        ("phrase", "\"WORD WORD\""),
        ("prefix", "wor*"),
        ("misspelt", "wordxyq"),
        ("identifier", "request-000123-abcdef"),
        ("filter only", "status:resolved"),
    ] {
        if !asked(name) {
            continue;
        }
        let mut times = Vec::new();
        for number in 0..QUERIES {
            let mut query = query.to_owned();
            let mut random = Random(number + 77);
            while query.contains("WORD") {
                query = query.replacen("WORD", vocabulary.word(0, &mut random), 1);
            }
            let request = SearchRequest {
                query,
                limit: 10,
                ..SearchRequest::default()
            };
            let (started, processor) = (Instant::now(), processor_time(false));
            index.search(&request)?;
            times.push((
                started.elapsed(),
                processor_time(false).saturating_sub(processor),
            ));
        }
        print_times(&format!("search, {name}"), times);
    }
    if asked("similar") {
        measure_similar("similar", &vocabulary, count, &index)?;
    }
    println!(
        "most memory {} MB, now {} MB",
        most_memory(),
        memory("VmRSS:")
    );
    if let Some(model) = model {
        drop(index);
        let encoder = Arc::new(Encoder::open(model.as_ref())?);
        let (index, _) = Index::open(&folder, &IndexOptions::default())?;
        let index = index.with_encoder(Arc::clone(&encoder))?;
        let (started, processor) = (Instant::now(), processor_time(true));
        let progress = index.compute_vectors(usize::MAX)?;
        let processor = processor_time(true).saturating_sub(processor);
        println!(
            "{} vectors: {:.2} ms each, processor {:.2} ms",
            progress.computed,
            each(started.elapsed()) / 1e3,
            each(processor) / 1e3
        );
        drop(index);
        let started = Instant::now();
        let index = Index::open_read_only(&folder)?.with_encoder(encoder)?;
        println!(
            "opened for reading with vectors in {:.1} ms",
            milliseconds(started.elapsed())
        );
        measure_similar("similar with vectors", &vocabulary, count, &index)?;
        println!(
            "folder {:.2} of the text with vectors",
            size(&folder)? as f64 / text as f64
        );
    }
    Ok(())
}

fn measure_similar(
    name: &str,
    vocabulary: &Vocabulary,
    count: u64,
    index: &Index,
) -> Result<(), Failure> {
    let mut times = Vec::new();
    for number in 0..QUERIES {
        let case = vocabulary.case(count + 1 + number);
        let request = SimilarRequest {
            subject: case.subject,
            problem: case.problem,
            language: case.language,
            fields: case.fields,
            issue_type: case.issue_type,
            resolved_only: true,
            limit: 5,
            ..SimilarRequest::default()
        };
        let (started, processor) = (Instant::now(), processor_time(false));
        index.similar(&request)?;
        times.push((
            started.elapsed(),
            processor_time(false).saturating_sub(processor),
        ));
    }
    print_times(name, times);
    Ok(())
}

fn print_times(name: &str, times: Vec<(Duration, Duration)>) {
    let (mut wall, processor): (Vec<Duration>, Vec<Duration>) = times.into_iter().unzip();
    wall.sort();
    let mean = processor.iter().sum::<Duration>() / processor.len().max(1) as u32;
    let at = |share: usize| milliseconds(wall[wall.len() * share / 100]);
    // The system counts processor time coarsely: only the mean of many is right.
    println!(
        "{name}: p50 {:.2} ms, p99 {:.2} ms; processor {:.2} ms on average",
        at(50),
        at(99),
        milliseconds(mean)
    );
}

/// Processor time of the calling thread, or of all threads. On a busy machine it says more than the wall clock; where the
/// system does not tell, it is 0.
fn processor_time(of_all: bool) -> Duration {
    if of_all {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let ticks: u64 = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<u64>().ok())
            .sum();
        return Duration::from_millis(ticks * 10);
    }
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat
        .split_whitespace()
        .next()
        .and_then(|field| field.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// What of the process was in memory at most, in MB, files that are mapped included; 0 where the system does not tell.
fn most_memory() -> u64 {
    memory("VmHWM:")
}

fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1_024
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn size(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() {
            size(&entry.path())?
        } else {
            metadata.len()
        };
    }
    Ok(bytes)
}

/// A small random generator, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

const LANGUAGES: [&str; 5] = ["en", "de", "fr", "pl", "zh"];
const WORDS: u64 = 12_000;

struct Vocabulary {
    words: Vec<Vec<String>>,
}

impl Vocabulary {
    fn new() -> Self {
        let syllables: [&[&str]; 5] = [
            &[
                "re", "port", "ing", "order", "s", "feed", "limit", "ed", "tok", "en", "call",
                "ac", "cess", "tion", "er",
            ],
            &[
                "be", "stell", "ung", "en", "ge", "fehl", "er", "über", "mitt", "lung", "zu",
                "griff", "ver", "weig", "ert",
            ],
            &[
                "com", "mande", "s", "é", "chou", "er", "limit", "ation", "re", "quê", "te", "au",
                "then", "ti", "fi",
            ],
            &[
                "za", "mów", "ie", "nie", "błą", "d", "ogra", "nicz", "ony", "prze", "sył", "ka",
                "wy", "god", "ność",
            ],
            &[
                "请求", "限流", "错误", "订单", "接口", "返回", "令牌", "刷新", "失败", "报告",
                "上传", "权限", "卖家", "问题", "今天",
            ],
        ];
        let words = (0..5)
            .map(|language: usize| {
                let mut random = Random(language as u64);
                (0..WORDS)
                    .map(|number| {
                        // Frequent words are short.
                        let length = 1
                            + random.below(2)
                            + u64::from(number > 200)
                            + u64::from(number > 3_000);
                        let choices = syllables[language];
                        (0..length)
                            .map(|_| choices[random.below(choices.len() as u64) as usize])
                            .collect()
                    })
                    .collect()
            })
            .collect();
        Vocabulary { words }
    }

    /// A word by Zipf's law.
    fn word(&self, language: usize, random: &mut Random) -> &str {
        let uniform = (random.below(1_000_000) as f64 + 1.0) / 1_000_001.0;
        let rank = (WORDS as f64).powf(uniform) as usize - 1;
        &self.words[language][rank]
    }

    fn sentence(&self, language: usize, words: u64, random: &mut Random) -> String {
        let mut text = String::new();
        for number in 0..words {
            if number > 0 && (language != 4 || number.is_multiple_of(8)) {
                text.push(' ');
            }
            text.push_str(self.word(language, random));
        }
        text
    }

    fn case(&self, id: u64) -> CaseDocument {
        let mut random = Random(id * 1_000);
        let language = random.below(5) as usize;
        let operation = format!("operation{}", random.below(120));
        let code = format!("Error{}Code", random.below(60));
        let mut problem = self.sentence(language, 330, &mut random);
        let _ = write!(
            problem,
            " {operation} {code} request-{id:06}-abcdef /orders/v0/{operation} https://api.example.com/v0/{operation}?id={} {}",
            random.next(),
            self.sentence(language, 40, &mut random),
        );
        CaseDocument {
            id,
            number: format!("SP-{id}"),
            desk: "amazon".to_owned(),
            status: if id.is_multiple_of(3) {
                "open"
            } else {
                "resolved"
            }
            .to_owned(),
            language: LANGUAGES[language].to_owned(),
            subject: self.sentence(language, 7, &mut random),
            problem,
            resolution: self.sentence(0, 40, &mut random),
            resolution_code: Some("fixed".to_owned()),
            from: format!(
                "user{}@customer{}.example",
                random.below(9_000),
                random.below(900)
            ),
            issue_type: Some(format!("type{}", random.below(9))),
            opened_at: 1_600_000_000 + id as i64 * 600,
            resolved_at: Some(1_600_100_000 + id as i64 * 600),
            fields: [
                ("operation".to_owned(), vec![operation]),
                ("error_code".to_owned(), vec![code]),
                (
                    "http_status".to_owned(),
                    vec![format!("{}", 400 + random.below(30))],
                ),
                (
                    "request_id".to_owned(),
                    vec![format!("request-{id:06}-abcdef")],
                ),
            ]
            .into(),
            flags: Vec::new(),
        }
    }
}
