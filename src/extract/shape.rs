//! Whether a stretch has the shape of a field's values, and what speaks against it.

use super::Extractor;
use super::characters::ends_word;
use super::checks::{normalise, refusal};
use super::gather::Candidate;
use super::names::Sense;
use super::passage::Passage;
use super::reasons_against::{is_counted, is_other_reference, is_request_line, taken_back};

/// True when a value goes on behind its shape, so that it is another one.
pub(super) fn continues(text: &str, end: usize) -> bool {
    let mut rest = text[end..].chars();
    match rest.next() {
        Some('-' | '_') => rest.next().is_some_and(|next| next.is_ascii_alphanumeric()),
        Some('*' | '…' | '•') => true,
        _ => false,
    }
}

impl Extractor {
    /// The end of a value of the field's shape that begins here and ends where a word ends.
    pub(crate) fn match_at(&self, text: &str, field: usize, start: usize) -> Option<usize> {
        let found = self.fields[field].value.as_ref()?.find(&text[start..])?;
        let mut end = start + found.end();
        let loose = !self.fields[field].strict;
        if loose {
            // A full stop or dash at the end belongs to the sentence.
            end -= text[start..end].len()
                - text[start..end]
                    .trim_end_matches(['.', '-', ':', '/', ','])
                    .len();
        }
        let whole = found.end() > 0 && end > start && ends_word(text, end) && !continues(text, end);
        whole.then_some(end)
    }

    /// True for the key of a field in structured text, such as `cart_id`.
    fn is_key(&self, written: &str) -> bool {
        let meanings = self.names.cell(written);
        meanings.iter().any(|meaning| meaning.sense == Sense::Key)
    }

    /// A candidate that passed the field's checks, or is refused with the reason.
    pub(crate) fn checked_candidate(
        &self,
        passage: &Passage<'_>,
        field: usize,
        range: std::ops::Range<usize>,
        rule: &'static str,
        confidence: f32,
    ) -> Candidate {
        let written = &passage.text[range.clone()];
        let definition = &self.profile.fields[field];
        let value = normalise(written, &definition.normalise);
        let reason: Option<String> = if definition.not_values.contains(&value) {
            Some("never_meant".to_owned())
        } else if let Some(reason) = self.fields[field].owned_elsewhere(&value) {
            Some(reason)
        } else if !self.fields[field].strict
            && (self.is_known_code(written) || super::codes::is_capitals(written))
        {
            Some("error_code".to_owned())
        } else if !self.fields[field].strict && self.is_key(written) {
            // "Sample cart: cart_id = c-77" goes on to the value.
            Some("key".to_owned())
        } else if is_request_line(passage.text, range.start) {
            Some("request_line".to_owned())
        } else if is_counted(passage.text, range.start, range.end) {
            Some("count".to_owned())
        } else if is_other_reference(passage, range.start) {
            Some("other_number".to_owned())
        } else if let Some(reason) = taken_back(passage.text, range.start, range.end) {
            Some(reason.to_owned())
        } else {
            refusal(written, &definition.checks).map(str::to_owned)
        };
        let candidate = Candidate::new(passage, field, range, value, rule, confidence);
        match reason {
            Some(reason) => candidate.refuse(reason),
            None => candidate,
        }
    }
}
