//! Fields, times, language and secrets of the sample mails against their labels.
//!
//! `cargo test --test extraction -- --nocapture` prints precision, recall and F1 for each of them;
//! `EXTRACTION_DIFF=field` prints every difference of one of them (`all` for all).

use std::collections::BTreeMap;
use std::path::Path;

use precedent::extract::{ExtractContext, Extraction, Extractor};
use precedent::mail::{Message, ParseOptions};
use precedent::profile::Profile;
use serde_json::Value;

/// What was found right, found wrong and not found.
#[derive(Default)]
struct Count {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Count {
    fn f1(&self) -> f64 {
        let all = 2 * self.right + self.wrong + self.missed;
        if all == 0 {
            1.0
        } else {
            ratio(2 * self.right, all)
        }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 1.0;
    }
    f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole).unwrap())
}

struct Sample {
    name: String,
    label: Value,
    message: Message,
    extraction: Extraction,
}

fn samples(folder: &Path) -> Vec<Sample> {
    let extractors: BTreeMap<&str, Extractor> = Profile::builtin_names()
        .iter()
        .map(|name| {
            (
                *name,
                Extractor::new(Profile::builtin(name).unwrap()).unwrap(),
            )
        })
        .collect();
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .collect();
    paths.sort();
    let mut samples = Vec::new();
    for path in paths {
        let label = path.with_extension("label.json");
        let Ok(label) = std::fs::read_to_string(&label) else {
            continue;
        };
        let label: Value = serde_json::from_str(&label).unwrap();
        if label["kind"] != "human" {
            continue;
        }
        let raw = std::fs::read(&path).unwrap();
        let message = precedent::mail::parse(&raw, &ParseOptions::default()).unwrap();
        let context = ExtractContext {
            received: message.date.unwrap_or_default(),
            fingerprint_key: &[7; 32],
        };
        let profile = label["profile"].as_str().unwrap_or("generic");
        let extraction = extractors[profile].extract(&message, &context);
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        samples.push(Sample {
            name,
            label,
            message,
            extraction,
        });
    }
    samples
}

fn strings(value: &Value) -> Vec<String> {
    value
        .as_array()
        .map(|values| {
            values
                .iter()
                .filter_map(|value| value.as_str().map(str::to_owned))
                .collect()
        })
        .unwrap_or_default()
}

/// Same instant, or the same text where no instant is known.
fn times_of(sample: &Sample) -> (Vec<String>, Vec<String>) {
    let minute = |utc: &str| utc.get(..16).unwrap_or(utc).to_owned();
    let expected = sample.label["times"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let expected = expected
        .iter()
        .map(|time| match time["utc"].as_str() {
            Some(utc) => minute(utc),
            None => format!("no zone: {}", time["text"].as_str().unwrap_or("")),
        })
        .collect();
    let found = sample
        .extraction
        .times
        .iter()
        .map(|time| match time.utc {
            Some(utc) => minute(&utc.to_string()),
            None => format!("no zone: {}", time.text),
        })
        .collect();
    (expected, found)
}

fn compare(
    counts: &mut BTreeMap<String, Count>,
    key: &str,
    sample: &Sample,
    expected: &[String],
    found: &[String],
) {
    let count = counts.entry(key.to_owned()).or_default();
    // Texts of times without zone may begin or end a word earlier or later.
    let same = |left: &String, right: &String| {
        left == right
            || (left.starts_with("no zone: ")
                && right.starts_with("no zone: ")
                && (left.contains(&right[9..]) || right.contains(&left[9..])))
    };
    let wrong: Vec<_> = found
        .iter()
        .filter(|value| !expected.iter().any(|other| same(other, value)))
        .collect();
    let missed: Vec<_> = expected
        .iter()
        .filter(|value| !found.iter().any(|other| same(other, value)))
        .collect();
    count.right += expected.len() - missed.len();
    count.wrong += wrong.len();
    count.missed += missed.len();
    let shown = std::env::var("EXTRACTION_DIFF").unwrap_or_default();
    if (shown == key || shown == "all") && !(wrong.is_empty() && missed.is_empty()) {
        println!("{key} {}: wrong {wrong:?} missed {missed:?}", sample.name);
    }
}

#[test]
fn samples_yield_what_their_labels_say() {
    let folder = std::env::var("EXTRACTION_FOLDER")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/samples/inbox").to_owned());
    let samples = samples(Path::new(&folder));
    let mut counts = BTreeMap::new();
    let mut distractors = Vec::new();
    // Held-out mails only measure: nobody tunes on them, so no floor holds for them.
    for sample in samples
        .iter()
        .filter(|sample| sample.label["held_out"].as_bool() != Some(true))
    {
        let mut fields: BTreeMap<String, (Vec<String>, Vec<String>)> = BTreeMap::new();
        for (field, values) in sample.label["fields"].as_object().unwrap() {
            fields.entry(field.clone()).or_default().0 = strings(values);
        }
        for (field, values) in &sample.extraction.fields {
            let values = values.iter().filter(|value| !value.evidence.quoted);
            let values = values.map(|value| value.value.clone()).collect();
            fields.entry(field.clone()).or_default().1 = values;
        }
        if let Some(api_type) = sample.label["api_type"].as_str() {
            fields.entry("api_type".to_owned()).or_default().0 = vec![api_type.to_owned()];
        }
        for (field, (expected, found)) in &fields {
            compare(&mut counts, field, sample, expected, found);
        }
        let (expected, found) = times_of(sample);
        compare(&mut counts, "~times", sample, &expected, &found);
        let language = sample.label["language"].as_str().map(str::to_owned);
        let guess = sample
            .extraction
            .language
            .as_ref()
            .map(|guess| guess.language.clone());
        compare(
            &mut counts,
            "~language",
            sample,
            language.as_slice(),
            guess.as_slice(),
        );
        let secrets: Vec<String> = sample
            .extraction
            .secrets
            .iter()
            .map(|secret| secret.kind.clone())
            .collect();
        compare(
            &mut counts,
            "~secrets",
            sample,
            &strings(&sample.label["secrets"]),
            &secrets,
        );
        for distractor in strings(&sample.label["distractors"]) {
            for (field, (_, found)) in &fields {
                if found.contains(&distractor) {
                    distractors.push(format!("{} {field}: {distractor}", sample.name));
                }
            }
        }
        for value in sample.extraction.fields.values().flatten() {
            let part = value.evidence.part;
            assert!(
                evidence_holds(
                    &sample.message,
                    part,
                    value.evidence.start,
                    value.evidence.end
                ),
                "{}: {value:?}",
                sample.name
            );
        }
    }
    println!(
        "{:24} {:>6} {:>6} {:>6} {:>6}",
        "", "right", "wrong", "missed", "F1"
    );
    for (key, count) in &counts {
        println!(
            "{key:24} {:6} {:6} {:6} {:6.3}",
            count.right,
            count.wrong,
            count.missed,
            count.f1()
        );
    }
    println!(
        "{} mails; distractors taken: {distractors:#?}",
        samples.len()
    );
    assert!(distractors.is_empty(), "{distractors:#?}");
    for (key, count) in &counts {
        // What a form line states has no label of its own.
        let labelled = !key.starts_with("stated_");
        assert!(
            !labelled || count.f1() >= 0.95,
            "{key}: F1 {:.3}",
            count.f1()
        );
    }
}

fn evidence_holds(
    message: &Message,
    part: precedent::case::PartId,
    start: usize,
    end: usize,
) -> bool {
    use precedent::case::PartId;
    let text = match part {
        PartId::Subject => Some(message.subject.as_str()),
        PartId::Body => Some(message.text.as_str()),
        PartId::Attachment(index) => message.attachments[usize::from(index)].text.as_deref(),
        PartId::Derived => return true,
    };
    text.and_then(|text| text.get(start..end))
        .is_some_and(|text| !text.is_empty())
}

/// Pieces of mails and of what breaks readers: put together in any order they must never panic.
const PIECES: &[&str] = &[
    "Seller ID",
    "卖家ID：",
    "Händler-ID",
    ": ",
    "：",
    " = ",
    "=",
    "\"",
    "'",
    "“",
    "”",
    "„",
    "«",
    "»",
    "「",
    "」",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "（",
    "）",
    "<",
    ">",
    "</",
    "&",
    "?",
    "|",
    "\t",
    "\n",
    "\r\n",
    "\n\n",
    " ",
    "\u{a0}",
    "\u{3000}",
    "，",
    "。",
    "…",
    "ß",
    "ż",
    "é",
    "日",
    "𝒳",
    "\u{200b}",
    "\u{feff}",
    "\u{0}",
    "A2VQ7K3M9XPL0T",
    "A3XXXXXXXXXXXX",
    "A1PA6795UKMFR9",
    "getOrders",
    "get_orders",
    "GET /orders/v0/orders/902-1-2/orderItems",
    "https://",
    "://a:bcd1!@h/",
    "403",
    "200",
    "HTTP/1.1 429 Too Many Requests",
    "Unauthorized",
    "\"code\"",
    "\"message\"",
    "error",
    "Fehler",
    "错误",
    "<Message>",
    "[message] => ",
    "Array\n(\n [0] => ",
    "amzn1.sp.solution.",
    "7d2c1a94-3e58-4b06-9f1d-c2a8e6b05f37",
    "Atza|IwEBVr-O8PIK6HgVqjYO6dc0AOJQ75ii",
    "eyJhbGciOi",
    "AKIA3Z5AKIW65CVJ4C7I",
    "password",
    "Hasło",
    "密码",
    "2026-03-02T11:02:47Z",
    "2. März 2026",
    "昨天下午2点05分",
    "14 h 05",
    "il y a 2 heures",
    "vor drei Tagen",
    "20 minutes ago",
    "heure de Paris",
    "UTC+8",
    "+01:00",
    "since",
    "seit",
    "从",
    "bis",
    "12",
    "3",
    "PHP 8.2",
    "amazon.de",
    "--- precedent form abc ---\n",
    "{#request_id}: ",
    "--- end ---",
    "> ",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 400, ..Default::default() })]

    #[test]
    fn nothing_panics_and_evidence_points_at_text(pieces in proptest::collection::vec(0..PIECES.len(), 0..60)) {
        static EXTRACTORS: std::sync::LazyLock<Vec<Extractor>> = std::sync::LazyLock::new(|| {
            let names = Profile::builtin_names().iter();
            names.map(|name| Extractor::new(Profile::builtin(name).unwrap()).unwrap()).collect()
        });
        let text: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
        let message = precedent::mail::parse_text(&text, false);
        let context = ExtractContext {
            received: "2026-03-10T10:00:00Z".parse().unwrap(),
            fingerprint_key: &[7; 32],
        };
        for extractor in EXTRACTORS.iter() {
            let extraction = extractor.extract(&message, &context);
            for value in extraction.fields.values().flatten() {
                let evidence = &value.evidence;
                let holds = evidence_holds(&message, evidence.part, evidence.start, evidence.end);
                proptest::prop_assert!(holds, "{value:?} of {text:?}");
            }
            for time in &extraction.times {
                proptest::prop_assert_eq!(&message.text[time.evidence.start..time.evidence.end], &time.text);
            }
            let redacted = precedent::extract::redact(&message.text, &extraction.secrets);
            proptest::prop_assert_eq!(redacted.matches("[secret ").count(), extraction.secrets.len());
        }
    }
}

/// What a form answers for the fields of a requirement, and whether it need not be asked again.
fn answered(requirement: &str, answer: &str) -> (Extraction, bool) {
    let extractor = Extractor::new(Profile::builtin("amazon-sp-api").unwrap()).unwrap();
    let text =
        format!("--- precedent form abc ---\nError {{#{requirement}}}: {answer}\n--- end ---\n");
    let message = precedent::mail::parse_text(&text, false);
    let context = ExtractContext {
        received: "2026-03-10T10:00:00Z".parse().unwrap(),
        fingerprint_key: &[7; 32],
    };
    let extraction = extractor.extract(&message, &context);
    let known = extraction.answered.iter().any(|known| known == requirement);
    (extraction, known)
}

#[test]
fn a_message_that_sounds_like_a_denial_was_refused() {
    for (answer, message) in [
        ("Service not available", Some("Service not available")),
        ("Brak uprawnień", Some("Brak uprawnień")),
        (
            "403 Ressource nicht vorhanden",
            Some("Ressource nicht vorhanden"),
        ),
        ("not available", None),
        ("Fehlermeldung gibt es keine", None),
        ("siehe Anhang", None),
    ] {
        let (extraction, known) = answered("error_detail", answer);
        let found = extraction
            .fields
            .get("error_message")
            .map(|values| values[0].value.as_str());
        assert_eq!(found, message, "{answer}");
        assert!(known, "{answer}");
    }
    let (extraction, known) = answered("request_id", "we do not log it");
    assert!(known && !extraction.fields.contains_key("request_id"));
}

/// The values of one field of a mail with this text.
fn values(profile: &str, field: &str, text: &str) -> Vec<String> {
    let extractor = Extractor::new(Profile::builtin(profile).unwrap()).unwrap();
    let message = precedent::mail::parse_text(text, false);
    let context = ExtractContext {
        received: "2026-03-10T10:00:00Z".parse().unwrap(),
        fingerprint_key: &[7; 32],
    };
    let mut extraction = extractor.extract(&message, &context);
    let values = extraction.fields.remove(field).unwrap_or_default();
    values.into_iter().map(|value| value.value).collect()
}

#[test]
fn a_country_behind_a_denied_verb_was_taken_out() {
    for (text, expected) in [
        ("Der Marktplatz geht nicht (DE).", &["DE"][..]),
        ("Tous les marketplaces sauf (DE) fonctionnent.", &[]),
    ] {
        assert_eq!(
            values("amazon-sp-api", "marketplace", text),
            expected,
            "{text}"
        );
    }
}

#[test]
fn adjectives_of_countries_count_beside_a_label() {
    for (text, expected) in [
        (
            "It fails in the German and French marketplaces.",
            &["FR", "DE"][..],
        ),
        ("Na irlandzkim rynku nie działa.", &["IE"]),
        ("The Irish marketplace fails.", &["IE"]),
        ("Our German developer asks.", &[]),
    ] {
        let mut found = values("amazon-sp-api", "marketplace", text);
        found.sort();
        let mut expected: Vec<&str> = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn entities_are_named_beside_words_for_them() {
    for (field, text, expected) in [
        (
            "entity_id",
            "Checkout fails, for example the item item_4471.",
            "item_4471",
        ),
        (
            "entity_id",
            "Zum Beispiel Artikel art-7-22 fehlt.",
            "art-7-22",
        ),
        ("feed_entity", "We re-sent the Menu feed.", "Menu"),
    ] {
        assert_eq!(values("google-ordering", field, text), [expected], "{text}");
    }
    assert!(
        values(
            "google-ordering",
            "feed_entity",
            "Menu and drinks are fine."
        )
        .is_empty()
    );
}

#[test]
fn a_version_may_stand_in_brackets() {
    let found = values(
        "amazon-sp-api",
        "environment",
        "Notre script PHP (8.2, avec une librairie) plante.",
    );
    assert_eq!(found, ["PHP 8.2"]);
}

#[test]
fn a_quoted_guideline_is_no_message() {
    let text =
        "Your page says \"choose urgent if most merchants cannot serve\". Does that error count?";
    assert!(values("google-ordering", "error_message", text).is_empty());
}
