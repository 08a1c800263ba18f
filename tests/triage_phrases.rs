//! Single phrases in five languages, each with what must be read out of it.
//! `tests/data/triage_phrases*.tsv`: desk (`a`mazon, `g`oogle, ge`n`eric; in capitals with the facts that the extraction
//! finds, in small letters by words alone), language, judgement=value, phrase.

use std::path::{Path, PathBuf};

use precedent::extract::{ExtractContext, Extraction, Extractor, LanguageGuess};
use precedent::mail::{Message, ParseOptions};
use precedent::profile::Profile;
use precedent::triage::{Assessment, Assessor};

fn mail(text: &str, judgement: &str) -> Message {
    // Only an answer can turn to another matter.
    let answers = match judgement {
        "flag.new_case_in_old_thread" => "In-Reply-To: <a@desk.example>\r\n",
        _ => "",
    };
    let raw = format!(
        "From: a@shop.example\r\nTo: support@desk.example\r\nSubject: API\r\n{answers}MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
    );
    precedent::mail::parse(raw.as_bytes(), &ParseOptions::default()).unwrap()
}

fn found(assessment: &Assessment, judgement: &str) -> String {
    let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    match judgement {
        "persists" => assessment
            .said
            .persists
            .map_or("-".to_owned(), |one| one.to_string()),
        "steps_tried" => assessment.said.steps_tried.to_string(),
        "goal" => assessment.said.goal.to_string(),
        "reproduction" => assessment.said.reproduction.to_string(),
        "missing" => assessment.missing.join("|"),
        "issue_type" => or_none(&assessment.issue_type),
        "questions" => assessment.questions.to_string(),
        "action" => assessment.action.as_str().to_owned(),
        "declined" => assessment
            .declined
            .first()
            .cloned()
            .unwrap_or_else(|| "-".to_owned()),
        "partner_status" => or_none(&assessment.partner_status),
        "urgent_criterion" => or_none(&assessment.urgent_criterion),
        _ => {
            let flag = judgement.strip_prefix("flag.").expect("a known judgement");
            assessment.flags.iter().any(|one| one == flag).to_string()
        }
    }
}

/// Assessor and extractor of a built-in profile.
fn desk(name: &str) -> (Assessor, Extractor) {
    let profile = Profile::builtin(name).unwrap();
    (
        Assessor::new(profile).unwrap(),
        Extractor::new(profile).unwrap(),
    )
}

fn tables() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with("triage_phrases") && name.ends_with(".tsv")
        })
        .collect();
    paths.sort();
    assert!(paths.len() > 1, "tables of phrases");
    let tables: Vec<String> = paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    tables.join("")
}

#[test]
fn phrases_say_what_they_say() {
    let amazon = desk("amazon-sp-api");
    let google = desk("google-ordering");
    let generic = desk("generic");
    let context = ExtractContext {
        received: "2026-03-10T10:00:00Z".parse().unwrap(),
        fingerprint_key: &[7; 32],
    };
    let mut wrong = Vec::new();
    let mut all = 0;
    for line in tables().lines() {
        let mut cells = line.split('\t');
        let (Some(desk), Some(language), Some(wanted), Some(text)) =
            (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            panic!("four cells: {line}");
        };
        let (judgement, value) = wanted.split_once('=').unwrap();
        let (assessor, extractor) = match desk.to_ascii_lowercase().as_str() {
            "g" => &google,
            "n" => &generic,
            _ => &amazon,
        };
        let message = mail(text, judgement);
        let extraction = Extraction {
            language: Some(LanguageGuess {
                language: language.to_owned(),
                confidence: 1.0,
                alternative: None,
            }),
            ..if desk.starts_with(char::is_uppercase) {
                extractor.extract(&message, &context)
            } else {
                Extraction::default()
            }
        };
        let actual = found(&assessor.assess(&message, &extraction, None), judgement);
        all += 1;
        if actual != value {
            wrong.push(format!("{line} -> {actual}"));
            if std::env::var_os("PRECEDENT_TRIAGE_WHY").is_some() {
                for reason in assessor.reasons(&message, &extraction) {
                    wrong.push(format!("    {} {:?}", reason.judgement, reason.words));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {all} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
