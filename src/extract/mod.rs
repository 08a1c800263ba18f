//! [`crate::mail::Message`] to [`Extraction`]: fields with evidence, times with zone, language,
//! secrets. Pure. The knowledge is in the profile, the mechanism here.

mod before_name;
pub(crate) mod characters;
mod checks;
mod clauses;
mod codes;
mod compiled;
mod country_codes;
mod errors;
mod extractor;
mod form;
mod gather;
mod inline;
mod language;
mod lead;
mod members;
mod messages;
mod names;
mod negated;
mod operations;
mod passage;
pub(crate) mod pattern;
mod phrases;
mod places;
mod plain_names;
mod quotations;
mod reasons_against;
mod requests;
mod routes;
mod secrets;
mod sections;
mod shape;
mod status_words;
mod statuses;
mod supposed;
mod tables;
mod thrown;
mod times;
mod tokens;
mod values;
mod words;

pub use extractor::{ExtractContext, Extractor, text_of};
pub use secrets::{hide, redact, redact_range};
pub use times::ZoneAnswer;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::case::{Evidence, Fields, TimeMention};

/// A value that looked right and was not taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refused {
    /// The field it was a candidate for.
    pub field: String,
    /// As written.
    pub text: String,
    /// Where it stands and which rule proposed it.
    pub evidence: Evidence,
    /// Why not: `blanked`, `promised`, `marketplace_id`, `other_case_number`, `quoted` ...
    pub reason: String,
}

/// The language to answer in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LanguageGuess {
    /// ISO 639-1.
    pub language: String,
    /// 0 to 1.
    pub confidence: f32,
    /// Another language of the desk that is nearly as likely.
    pub alternative: Option<String>,
}

/// A secret that stands in the mail. The value itself is not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Secret {
    /// `lwa_refresh_token`, `aws_secret_access_key` ...
    pub kind: String,
    /// Keyed fingerprint, eight hexadecimal digits: the same secret gives the same one.
    pub fingerprint: String,
    /// Where it stands.
    pub evidence: Evidence,
}

/// What a mail yields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extraction {
    /// Fields, quoted values marked as such.
    pub fields: Fields,
    /// Times of occurrence.
    pub times: Vec<TimeMention>,
    /// Candidates that were not taken.
    pub refused: Vec<Refused>,
    /// Language of the new text; none when there is no text to judge.
    pub language: Option<LanguageGuess>,
    /// Secrets, to be replaced before anything leaves the archive.
    pub secrets: Vec<Secret>,
    /// Requirement names that our own answer form in this mail answered: with a value, or by saying
    /// that there is none.
    pub answered: Vec<String>,
    /// Which choice our own answer form was answered with, by requirement.
    #[serde(default)]
    pub chosen: BTreeMap<String, String>,
    /// A zone told without a time: it holds for earlier times of the case that have none.
    #[serde(default)]
    pub zone_answer: Option<ZoneAnswer>,
}

#[cfg(test)]
mod tests;
