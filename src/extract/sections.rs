//! API sections by words, and by values that belong to them.

use super::Extractor;
use super::before_name::label_before;
use super::characters::{ends_with_word, ends_word, window, window_before};
use super::clauses::{Standing, clause, standing};
use super::gather::{Candidate, Gathered};
use super::names::NameHit;
use super::passage::Passage;
use crate::profile::Reader;

/// A section named by words counts with "API" beside it or after a label.
pub(crate) fn read_word(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hit: &NameHit,
    field: usize,
    row: u16,
    found: &mut Vec<Candidate>,
) {
    let text = passage.text;
    let after =
        text[hit.end..].trim_start_matches([' ', '-', '–', '\u{a0}', '"', '*', '”', '«', '»']);
    let before = window_before(text, hit.start, 30)
        .trim_end_matches([' ', '-', '"', '\'', '*', '“', '«', '’']);
    let api_after = after
        .get(..3)
        .is_some_and(|word| word.eq_ignore_ascii_case("api"))
        || after.starts_with("接口");
    // "API de commandes", "API für Bestellungen", "API do zamówień".
    let led = [" de", " des", " d", " für", " do", " od", " for"]
        .iter()
        .find_map(|word| before.strip_suffix(word));
    let before = led.unwrap_or(before);
    let written = &text[hit.start..hit.end];
    // "The API reports an error" has a verb there.
    let names = led.is_some() || written.starts_with(char::is_uppercase) || !written.is_ascii();
    let api_before = names
        && before
            .len()
            .checked_sub(3)
            .and_then(|from| before.get(from..))
            .is_some_and(|word| word.eq_ignore_ascii_case("api"));
    let labelled = label_before(extractor, passage, hit.start, field);
    // "LWA-Secret" is a thing, "LWA" the section.
    let compound = text[hit.end..].starts_with('-') && text[hit.start..hit.end].len() == 3;
    let own_name =
        !compound && extractor.section_stands_for_itself(field, row, &text[hit.start..hit.end]);
    let beside = api_after || api_before || is_called_section(text, hit.start, hit.end);
    let confidence = match (labelled, beside, own_name) {
        (true, ..) => 0.97,
        (_, true, _) => 0.75,
        (_, _, true) => 0.6,
        _ => return,
    };
    if standing(text, hit.start, hit.end) == Standing::Working {
        return;
    }
    let value = extractor.list_cell(field, usize::from(row), 0).to_owned();
    let rule = if labelled { "label" } else { "words" };
    found
        .push(Candidate::new(passage, field, hit.start..hit.end, value, rule, confidence).shared());
}

/// "The Orders section", "la section Orders", Orders部分: a part of the interface, unless it is one of a page or a text.
fn is_called_section(text: &str, start: usize, end: usize) -> bool {
    if !text[start..end].starts_with(char::is_uppercase) {
        return false;
    }
    let signs = [' ', '"', '“', '„', '«', '»', '”', '\u{a0}', '\''];
    let before = window_before(text, start, 60).to_lowercase();
    let after = window(text, end, 60).to_lowercase();
    let before_word = before.trim_end_matches(signs);
    let after_word = after
        .trim_start_matches(['-', '–'])
        .trim_start_matches(signs);
    let called = SECTION_WORDS.iter().any(|word| {
        ends_with_word(before_word, word)
            || after_word.starts_with(word) && ends_word(after_word, word.len())
    }) || SECTION_WORDS_HAN
        .iter()
        .any(|word| after_word.starts_with(word));
    // Of this sentence.
    let ends = ['\n', '!', '?', '。', '；', ';'];
    let before = before.rsplit(ends).next().unwrap_or("");
    let after = after.split(ends).next().unwrap_or("");
    called
        && !PAGES
            .iter()
            .any(|word| before.contains(word) || after.contains(word))
}

const SECTION_WORDS: [&str; 9] = [
    "section",
    "sections",
    "abschnitt",
    "bereich",
    "sekcja",
    "sekcję",
    "sekcji",
    "sekcją",
    "api-bereich",
];
const SECTION_WORDS_HAN: [&str; 4] = ["部分", "板块", "模块", "分区"];
/// What else has sections.
#[rustfmt::skip]
const PAGES: [&str; 27] = [
    "seller central", "docu", "doku", "docs", "guide", "manual", "handbook", "handbuch", "page", "website", "web site", "portal", "menu", "faq",
    "seite", "anleitung", "notice", "aide", "instrukcj", "stron", "poradnik", "文档", "指南", "手册", "页面", "网站", "后台",
];

/// Sections that values of other fields belong to: a feed id speaks of feeds, `invalid_grant` of the
/// token service. The list's column `implied_by` names fields, or `field.family` for error codes.
pub(crate) fn imply(extractor: &Extractor, gathered: &mut Gathered) {
    for section_field in extractor.fields_reading(Reader::Section) {
        let Some(list) = extractor.list(section_field, false) else {
            continue;
        };
        let Some(column) = list.column("implied_by") else {
            continue;
        };
        for row in 0..list.rows.len() {
            let signs = list.cell(row, column).split('|');
            for sign in signs.filter(|sign| !sign.is_empty()) {
                let Some(found) = sign_of(extractor, gathered, sign) else {
                    continue;
                };
                gathered.add(Candidate {
                    field: section_field,
                    value: list.cell(row, 0).to_owned(),
                    rule: "implied".into(),
                    confidence: 0.55,
                    exclusive: false,
                    ..found
                });
            }
        }
    }
}

/// A section that an identifier of a failing clause speaks of, with the place of that clause.
pub(crate) type Apart = (Candidate, std::ops::Range<usize>);

/// "Another matter: our feed 684223 ended in FATAL", beside an operation of another section: the
/// identifiers of a passage whose clause tells of a failure.
pub(crate) fn apart(
    extractor: &Extractor,
    passage: &Passage<'_>,
    gathered: &Gathered,
    found: &mut Vec<Apart>,
) {
    for section_field in extractor.fields_reading(Reader::Section) {
        let Some((list, column)) = extractor
            .list(section_field, false)
            .and_then(|list| Some((list, list.column("implied_by")?)))
        else {
            continue;
        };
        for row in 0..list.rows.len() {
            let signs = list.cell(row, column).split('|');
            let fields = signs
                .filter_map(|sign| extractor.fields.iter().position(|field| field.name == sign));
            for value in fields.flat_map(|field| gathered.of(field)) {
                let inside = value.part == passage.part
                    && value.start >= passage.base
                    && value.end <= passage.base + passage.text.len();
                if !inside {
                    continue;
                }
                let (start, end) = (value.start - passage.base, value.end - passage.base);
                if standing(passage.text, start, end) != Standing::Failing {
                    continue;
                }
                let (from, to) = clause(passage.text, start, end);
                let candidate = Candidate {
                    field: section_field,
                    value: list.cell(row, 0).to_owned(),
                    rule: "implied".into(),
                    confidence: 0.55,
                    exclusive: false,
                    ..value.clone()
                };
                found.push((candidate, passage.base + from..passage.base + to));
            }
        }
    }
}

/// The first value of the field, or of the family of the field's list.
fn sign_of(extractor: &Extractor, gathered: &Gathered, sign: &str) -> Option<Candidate> {
    let (name, family) = sign.split_once('.').unwrap_or((sign, ""));
    let field = extractor
        .fields
        .iter()
        .position(|field| field.name == name)?;
    let of_family = |candidate: &&Candidate| {
        family.is_empty()
            || extractor
                .code_row(field, &candidate.value)
                .is_some_and(|row| extractor.list_cell(field, row, 1) == family)
    };
    gathered.of(field).find(of_family).cloned()
}
