//! Single phrases in five languages, each with what must be read out of it.
//! `tests/data/triage_phrases.tsv`: desk (`a`mazon, `g`oogle), language, judgement=value, phrase.

use precedent::extract::{Extraction, LanguageGuess};
use precedent::mail::{Message, ParseOptions};
use precedent::profile::Profile;
use precedent::triage::{Assessment, Assessor};

fn mail(text: &str) -> Message {
    let raw = format!(
        "From: a@shop.example\r\nTo: support@desk.example\r\nSubject: API\r\nMIME-Version: 1.0\r\n\
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

#[test]
fn phrases_say_what_they_say() {
    let amazon = Assessor::new(Profile::builtin("amazon-sp-api").unwrap()).unwrap();
    let google = Assessor::new(Profile::builtin("google-ordering").unwrap()).unwrap();
    let mut wrong = Vec::new();
    let mut all = 0;
    for line in include_str!("data/triage_phrases.tsv").lines() {
        let mut cells = line.split('\t');
        let (Some(desk), Some(language), Some(wanted), Some(text)) =
            (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            panic!("four cells: {line}");
        };
        let (judgement, value) = wanted.split_once('=').unwrap();
        let assessor = if desk == "g" { &google } else { &amazon };
        let extraction = Extraction {
            language: Some(LanguageGuess {
                language: language.to_owned(),
                confidence: 1.0,
                alternative: None,
            }),
            ..Extraction::default()
        };
        let message = mail(text);
        let actual = found(&assessor.assess(&message, &extraction, None), judgement);
        all += 1;
        if actual != value {
            wrong.push(format!("{line} -> {actual}"));
            if std::env::var_os("PRECEDENT_TRIAGE_WHY").is_some() {
                for reason in assessor.reasons(&message) {
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
