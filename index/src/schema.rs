//! Fields of the search engine and the form in which a case is kept in it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{RawTokenizer, TextAnalyzer, TokenizerManager};

use crate::analyzer::{self, CaseTokenizer, Language};
use crate::document::CaseDocument;
use crate::vectors;

/// Version of the fields, the analysis and the stored form together. Raise it with every change that makes an index
/// written before answer differently: the folder name carries it, and an older folder is rebuilt.
pub const FORMAT_VERSION: u32 = 3;

/// Parts of the problem text beyond this are searchable but not shown in snippets.
pub(crate) const STORED_PROBLEM_BYTES: usize = 1_500;
/// A resolution is shown whole up to this.
pub(crate) const STORED_RESOLUTION_BYTES: usize = 4_000;
/// Text beyond this is not indexed: it is a log or a dump, its beginning tells what it is.
pub(crate) const INDEXED_TEXT_BYTES: usize = 64 * 1024;

/// Separates key and value in the exact field. Cannot occur in either.
pub(crate) const KEY_SEPARATOR: &str = "\u{1f}";

/// The case is solved.
pub(crate) const STATE_RESOLVED: u64 = 1;
/// The case has a resolution text.
pub(crate) const STATE_HAS_RESOLUTION: u64 = 2;
/// The resolution helps the next one little: the problem could not be shown again, nothing was done, or the text is too short to
/// say anything.
pub(crate) const STATE_TELLS_LITTLE: u64 = 4;
/// Characters of a resolution that says something. A Chinese one says as much in a third of them.
const TELLING_CHARACTERS: usize = 12;

/// Field names whose values can be counted as facets, besides the properties of the case itself. Identifiers are not
/// among them: nearly every value of theirs occurs once.
pub(crate) const FACET_FIELDS: [&str; 7] = [
    "operation",
    "error_code",
    "http_status",
    "api_section",
    "api_type",
    "marketplace",
    "environment",
];

/// Names of the fast columns.
pub(crate) const ID: &str = "id";
pub(crate) const OPENED_AT: &str = "opened_at";
pub(crate) const STATE: &str = "state";
pub(crate) const FACET: &str = "facet";
pub(crate) const PASSAGE: &str = "passage";

/// Handles of the fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) id: Field,
    pub(crate) opened_at: Field,
    pub(crate) state: Field,
    /// Key of the text that the sentence vector is made of.
    pub(crate) passage: Field,
    pub(crate) subject: Field,
    pub(crate) problem: Field,
    pub(crate) resolution: Field,
    pub(crate) identifier: Field,
    pub(crate) exact: Field,
    pub(crate) facet: Field,
    pub(crate) stored: Field,
}

impl Fields {
    /// The fields that hold words.
    pub(crate) fn texts(&self) -> [Field; 3] {
        [self.subject, self.problem, self.resolution]
    }
}

pub(crate) fn build() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let analyzed = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("case")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions)
            .set_fieldnorms(true),
    );
    // Presence is all that counts here: no frequencies, no lengths, no positions.
    let present = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false),
    );
    let fields = Fields {
        id: builder.add_u64_field(ID, INDEXED | FAST),
        opened_at: builder.add_i64_field(OPENED_AT, NumericOptions::default().set_fast()),
        state: builder.add_u64_field(STATE, NumericOptions::default().set_fast()),
        passage: builder.add_u64_field(PASSAGE, NumericOptions::default().set_fast()),
        subject: builder.add_text_field("subject", analyzed.clone()),
        problem: builder.add_text_field("problem", analyzed.clone()),
        resolution: builder.add_text_field("resolution", analyzed),
        identifier: builder.add_text_field("identifier", present.clone()),
        exact: builder.add_text_field("exact", present),
        facet: builder.add_text_field(FACET, TextOptions::default().set_fast("raw")),
        // A text although nobody searches it: the engine writes and reads bytes one by one.
        stored: builder.add_text_field("stored", TextOptions::default().set_stored()),
    };
    (builder.build(), fields)
}

pub(crate) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::new();
    manager.register(
        "case",
        TextAnalyzer::builder(CaseTokenizer::default()).build(),
    );
    // The engine asks for "default" even for fields without text.
    for name in ["raw", "default"] {
        manager.register(name, TextAnalyzer::builder(RawTokenizer::default()).build());
    }
    manager
}

/// The key and value of an exact term.
pub(crate) fn exact_term(key: &str, value: &str) -> String {
    [key, KEY_SEPARATOR, value].concat()
}

/// What of a case is kept for showing it. Short keys: they are repeated in every case.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct StoredCase {
    #[serde(rename = "i")]
    pub(crate) id: u64,
    #[serde(rename = "n")]
    pub(crate) number: String,
    #[serde(rename = "d", default, skip_serializing_if = "String::is_empty")]
    pub(crate) desk: String,
    #[serde(rename = "s")]
    pub(crate) status: String,
    #[serde(rename = "l", default, skip_serializing_if = "String::is_empty")]
    pub(crate) language: String,
    #[serde(rename = "j", default, skip_serializing_if = "String::is_empty")]
    pub(crate) subject: String,
    #[serde(rename = "p", default, skip_serializing_if = "String::is_empty")]
    pub(crate) problem: String,
    #[serde(rename = "r", default, skip_serializing_if = "String::is_empty")]
    pub(crate) resolution: String,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(crate) resolution_code: Option<String>,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(crate) issue_type: Option<String>,
    #[serde(rename = "o")]
    pub(crate) opened_at: i64,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub(crate) resolved_at: Option<i64>,
    #[serde(rename = "f", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) fields: BTreeMap<String, Vec<String>>,
}

impl StoredCase {
    fn of(case: &CaseDocument) -> Self {
        StoredCase {
            id: case.id,
            number: case.number.clone(),
            desk: case.desk.clone(),
            status: case.status.clone(),
            language: case.language.clone(),
            subject: beginning(&case.subject, 400).to_owned(),
            problem: beginning(&case.problem, STORED_PROBLEM_BYTES).to_owned(),
            resolution: beginning(&case.resolution, STORED_RESOLUTION_BYTES).to_owned(),
            resolution_code: case.resolution_code.clone(),
            issue_type: case.issue_type.clone(),
            opened_at: case.opened_at,
            resolved_at: case.resolved_at,
            fields: case.fields.clone(),
        }
    }

    /// The text that the sentence vector is made of.
    pub(crate) fn passage(&self) -> String {
        vectors::passage(&self.subject, &self.problem)
    }
}

/// At most `bytes` of the text, cut between characters.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// The engine's form of a case.
pub(crate) fn engine_document(case: &CaseDocument, fields: &Fields) -> TantivyDocument {
    let language = Language::from_code(&case.language);
    let mut document = TantivyDocument::new();
    document.add_u64(fields.id, case.id);
    document.add_i64(fields.opened_at, case.opened_at);
    let mut state = 0;
    if case.is_resolved() {
        state |= STATE_RESOLVED;
    }
    if !case.resolution.trim().is_empty() {
        state |= STATE_HAS_RESOLUTION;
    }
    let code = case.resolution_code.as_deref().unwrap_or_default();
    if matches!(code, "not_reproducible" | "declined")
        || case.resolution.trim().chars().count() < TELLING_CHARACTERS
    {
        state |= STATE_TELLS_LITTLE;
    }
    document.add_u64(fields.state, state);

    let mut identifiers: BTreeSet<String> = BTreeSet::new();
    for (field, text) in [
        (fields.subject, &case.subject),
        (fields.problem, &case.problem),
        (fields.resolution, &case.resolution),
    ] {
        let text = beginning(text, INDEXED_TEXT_BYTES);
        if text.is_empty() {
            continue;
        }
        document.add_text(field, analyzer::tagged(text, language));
        analyzer::identifiers(text, |identifier, _, _| {
            if !identifiers.contains(identifier) {
                identifiers.insert(identifier.to_owned());
            }
        });
    }
    if !case.number.is_empty() {
        identifiers.insert(analyzer::lower(&case.number));
    }

    let mut exact: BTreeSet<String> = BTreeSet::new();
    let mut facets: BTreeSet<String> = BTreeSet::new();
    let mut property = |key: &str, value: &str, facet: bool| {
        let value = beginning(value.trim(), 200);
        if !value.is_empty() {
            exact.insert(exact_term(key, &analyzer::lower(value)));
            exact.insert(exact_term("has", key));
            if facet {
                facets.insert(exact_term(key, value));
            }
        }
    };
    property("number", &case.number, false);
    property("desk", &case.desk, true);
    property("status", &case.status, true);
    property("language", &analyzer::base_code(&case.language), true);
    property(
        "resolution_code",
        case.resolution_code.as_deref().unwrap_or_default(),
        true,
    );
    property(
        "issue_type",
        case.issue_type.as_deref().unwrap_or_default(),
        true,
    );
    property("from", &case.from, false);
    if let Some((_, domain)) = case.from.rsplit_once('@') {
        property("from_domain", domain, false);
    }
    for flag in &case.flags {
        property("flag", flag, true);
    }
    for (key, values) in &case.fields {
        for value in values {
            property(key, value, FACET_FIELDS.contains(&key.as_str()));
            // What was extracted is found by its bare value too, wherever it stood: in an attachment, say.
            let value = analyzer::lower(value);
            if value.len() <= 80 && !value.contains(char::is_whitespace) {
                identifiers.insert(value);
            }
        }
    }
    if state & STATE_HAS_RESOLUTION != 0 {
        exact.insert(exact_term("has", "resolution"));
    }

    for identifier in &identifiers {
        document.add_text(fields.identifier, identifier);
    }
    for term in &exact {
        document.add_text(fields.exact, term);
    }
    for facet in &facets {
        document.add_text(fields.facet, facet);
    }
    let stored = StoredCase::of(case);
    document.add_u64(fields.passage, vectors::passage_key(&stored.passage()));
    let stored = serde_json::to_string(&stored).unwrap_or_default();
    document.add_text(fields.stored, stored);
    document
}
