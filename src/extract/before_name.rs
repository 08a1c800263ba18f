//! What stands right before the name of an operation or a section: an older interface, an address, a label, a class.

use super::Extractor;
use super::characters::{line_start, window_before};
use super::names::Sense;
use super::passage::Passage;

/// Words before what an older interface offered.
#[rustfmt::skip]
const OLDER_WORDS: &[&str] = &[
    "old mws ", "old ", "former ", "formerly ", "previously ", "vormals ", "ehemals ", "anciennement ", "dawniej ", "原来的", "previous ", "alten ", "alte ", "früher ", "früheren ", "ancien ", "ancienne ", "stare ", "starego ", "dawne ", "旧的", "以前的", "旧版",
];

/// "the old MWS GetOrder", "früher ListOrders": named for comparison.
pub(super) fn older_word_before(text: &str, place: usize) -> bool {
    let before = window_before(text, place, 24).to_lowercase();
    OLDER_WORDS.iter().any(|word| before.ends_with(word))
}

/// True inside the address of a documentation page.
pub(super) fn in_reference_url(text: &str, place: usize) -> bool {
    let before = window_before(text, place, 200);
    let word = before
        .rfind([' ', '\n', '\t', '"', '<', '('])
        .map_or(before, |blank| &before[blank + 1..]);
    word.contains("://") && (word.contains("docs") || word.contains("github") || word.contains('#'))
}

/// True when a label of the field leads to the place: "Operation: getOrders".
pub(crate) fn label_before(
    extractor: &Extractor,
    passage: &Passage<'_>,
    place: usize,
    field: usize,
) -> bool {
    let text = passage.text;
    let line = &text[line_start(text, place)..place];
    let line = line.trim_end_matches([' ', '"', '\'', '`', '*', '“', '\t']);
    let Some(label) = line.strip_suffix([':', '=', '|', '：']) else {
        return false;
    };
    let label =
        label.trim_matches(|character: char| !character.is_alphanumeric() && character != ')');
    extractor
        .names
        .cell(label)
        .iter()
        .any(|meaning| usize::from(meaning.field) == field && meaning.sense == Sense::Label)
}

/// `OrdersV0Api.` before a method: `ordersv0`.
pub(super) fn class_before(text: &str, place: usize) -> Option<String> {
    let before = window_before(text, place, 60);
    let before = before
        .strip_suffix("->")
        .or_else(|| before.strip_suffix("::"))
        .or_else(|| before.strip_suffix('.'))?;
    let before = before.trim_end_matches(['(', ')']);
    let class = before
        .rsplit(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .next()?;
    let class = class.to_ascii_lowercase().replace('_', "");
    let class = class.trim_end_matches("api").trim_end_matches("client");
    (class.len() > 3).then(|| class.to_owned())
}
