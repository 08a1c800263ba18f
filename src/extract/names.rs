//! All names and closed words of a profile in one lexicon: labels, keys, headers, parameters, cues,
//! countries, tools, messages. One pass over a text finds them all.

use std::collections::HashMap;

use super::characters::{LOWER, UPPER, WORD, at, before, is, is_word, pass, starts_word};
use crate::lexicon::Lexicon;
use crate::lower_case::LowerCase;
use crate::profile::{Field, List, Profile, Reader};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sense {
    /// A label in prose, a form or a table.
    Label,
    /// A key of structured text.
    Key,
    /// A header field.
    Header,
    /// A query parameter.
    Parameter,
    /// Speaks for a choice.
    Cue(u16),
    /// Names a row of the field's list by a word.
    Word(u16),
    /// Names a row by a domain.
    Domain(u16),
    /// Names a row by an identifier.
    Identifier(u16),
}

impl Sense {
    /// True for names before values, false for words that are values.
    pub(crate) fn names_a_field(self) -> bool {
        matches!(
            self,
            Self::Label | Self::Key | Self::Header | Self::Parameter
        )
    }
}

/// One meaning of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Meaning {
    /// The field, by its place in the profile.
    pub(crate) field: u16,
    /// What the name is for that field.
    pub(crate) sense: Sense,
}

/// A name found in a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameHit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    name: usize,
}

/// The names of a profile.
#[derive(Debug)]
pub(crate) struct Names {
    texts: Lexicon,
    meanings: Vec<Vec<Meaning>>,
    /// Labels and keys by their lower-case form, for the cells of a table's header.
    by_text: HashMap<String, usize>,
}

impl Names {
    /// Collects the names of a profile.
    pub(crate) fn new(profile: &Profile) -> Self {
        let mut collected = Collected::default();
        for (index, field) in profile.fields.iter().enumerate() {
            let Ok(index) = u16::try_from(index) else {
                break;
            };
            collect_field(&mut collected, profile, index, field);
        }
        Self {
            texts: Lexicon::new(&collected.texts),
            meanings: collected.meanings,
            by_text: collected.by_text,
        }
    }

    /// All names that stand on their own in the text, the longest at each place, in order.
    pub(crate) fn find(&self, text: &str) -> Vec<NameHit> {
        let mut hits = Vec::new();
        let mut free_from = 0;
        for start in name_starts(text) {
            if start < free_from {
                continue;
            }
            let mut longest = None;
            self.texts
                .prefixes_in_any_case(&text.as_bytes()[start..], |length, name| {
                    if let Some(end) = name_end(text, start, start + length) {
                        longest = Some(NameHit { start, end, name });
                    }
                });
            if let Some(hit) = longest {
                free_from = hit.end;
                if !is_of_declaration(text, hit.start) {
                    hits.push(hit);
                }
            }
        }
        hits
    }

    /// What the name stands for.
    pub(crate) fn meanings(&self, hit: &NameHit) -> &[Meaning] {
        &self.meanings[hit.name]
    }

    /// What a whole cell or line stands for, when it is nothing but a name.
    pub(crate) fn cell(&self, text: &str) -> &[Meaning] {
        let text = text
            .trim()
            .trim_end_matches([':', '：', '*'])
            .trim_start_matches('*')
            .trim();
        if text.is_empty() || text.len() > 80 {
            return &[];
        }
        self.by_text
            .get(&text.lower_case())
            .map_or(&[], |name| &self.meanings[*name])
    }
}

/// Whether a place is inside `<?xml version="1.0" encoding="UTF-8"?>`, which says nothing of what the text is about.
fn is_of_declaration(text: &str, place: usize) -> bool {
    let before = super::characters::window_before(text, place, 48);
    memchr::memrchr(b'<', before.as_bytes()).is_some_and(|_| {
        before
            .rfind("<?xml ")
            .is_some_and(|open| !before[open..].contains('>'))
    })
}

/// What stands before a place.
#[derive(Clone, Copy)]
enum Left {
    /// No word, or the joint of an identifier.
    Open,
    /// A small letter.
    Lower,
    /// Another part of a word.
    Word,
}

/// Places where a name may begin: words, and parts of identifiers.
fn name_starts(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let mut left = Left::Open;
    let mut place = 0;
    std::iter::from_fn(move || {
        loop {
            // No name begins among small letters.
            if matches!(left, Left::Lower) {
                place = pass(bytes, place, LOWER);
            }
            let &byte = bytes.get(place)?;
            let start = place;
            let (length, word, upper, next) = if byte.is_ascii() {
                let next = match byte {
                    b'_' => Left::Open,
                    _ if is(byte, LOWER) => Left::Lower,
                    _ if is(byte, WORD) => Left::Word,
                    _ => Left::Open,
                };
                (1, is(byte, WORD), is(byte, UPPER), next)
            } else {
                let right = at(text, start)?;
                let word = is_word(right);
                let next = match () {
                    () if !word => Left::Open,
                    () if right.is_lowercase() => Left::Lower,
                    () => Left::Word,
                };
                (right.len_utf8(), word, right.is_uppercase(), next)
            };
            place += length;
            let begins = match std::mem::replace(&mut left, next) {
                Left::Open => true,
                Left::Lower => !word || upper,
                Left::Word => !word,
            };
            if begins && byte != b' ' {
                return Some(start);
            }
        }
    })
}

/// The end of a name that stands on its own, a plural `s` included. An identifier may be the second
/// part of a longer one: `amazonOrderId`.
fn name_end(text: &str, start: usize, end: usize) -> Option<usize> {
    let end = match at(text, end) {
        Some(next) if is_word(next) => {
            let han = text[..end]
                .chars()
                .next_back()
                .is_some_and(|last| !is_word(last));
            match han {
                true => end,
                false if next == 's' && super::characters::ends_word(text, end + 1) => end + 1,
                false => return None,
            }
        }
        _ => end,
    };
    if starts_word(text, start) {
        return Some(end);
    }
    let identifier = text[start..end]
        .to_ascii_lowercase()
        .trim_end_matches('s')
        .ends_with("id");
    let camel = at(text, start).is_some_and(char::is_uppercase)
        && before(text, start).is_some_and(|left| left.is_lowercase());
    (identifier && (camel || before(text, start) == Some('_'))).then_some(end)
}

#[derive(Default)]
struct Collected {
    texts: Vec<String>,
    meanings: Vec<Vec<Meaning>>,
    by_text: HashMap<String, usize>,
}

impl Collected {
    fn add(&mut self, text: &str, meaning: Meaning) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.add_form(text.lower_case(), meaning);
        // The lexicon knows upper case of ASCII only.
        if !text.is_ascii() {
            for form in [text.to_uppercase(), text.to_owned(), capitalised(text)] {
                self.add_form(form, meaning);
            }
        }
    }

    fn add_form(&mut self, form: String, meaning: Meaning) {
        let name = *self.by_text.entry(form).or_insert_with_key(|form| {
            self.texts.push(form.clone());
            self.meanings.push(Vec::new());
            self.texts.len() - 1
        });
        if !self.meanings[name].contains(&meaning) {
            self.meanings[name].push(meaning);
        }
    }

    /// The label with its spaces and dashes written in every usual way.
    fn add_label(&mut self, label: &str, meaning: Meaning) {
        self.add(label, meaning);
        if label.contains([' ', '-']) {
            for joint in [" ", "-", "_", ""] {
                self.add(&label.replace([' ', '-'], joint), meaning);
            }
        }
    }

    /// The key with its words joined in every usual way.
    fn add_key(&mut self, key: &str, meaning: Meaning) {
        self.add(key, meaning);
        let words = words_of_key(key);
        if words.len() > 1 {
            for joint in ["_", "-", ""] {
                self.add(&words.join(joint), meaning);
            }
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first
            .to_uppercase()
            .chain(characters.as_str().to_lowercase().chars())
            .collect()
    })
}

/// `reportDocumentId` is `report`, `document`, `id`.
pub(crate) fn words_of_key(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous_lower = false;
    for character in key.chars() {
        if matches!(character, '_' | '-' | ' ' | '.') {
            words.push(String::new());
            previous_lower = false;
            continue;
        }
        if words.is_empty() || (character.is_uppercase() && previous_lower) {
            words.push(String::new());
        }
        previous_lower = character.is_lowercase();
        if let Some(last) = words.last_mut() {
            last.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn collect_field(collected: &mut Collected, profile: &Profile, index: u16, field: &Field) {
    let meaning = |sense| Meaning {
        field: index,
        sense,
    };
    for label in field.labels.values().flatten() {
        collected.add_label(label, meaning(Sense::Label));
    }
    for key in &field.keys {
        collected.add_key(key, meaning(Sense::Key));
    }
    for header in &field.headers {
        collected.add(header, meaning(Sense::Header));
    }
    for parameter in &field.parameters {
        collected.add(parameter, meaning(Sense::Parameter));
    }
    for (place, choice) in field.choices.iter().enumerate() {
        let Ok(place) = u16::try_from(place) else {
            break;
        };
        for cue in &choice.cues {
            collected.add(cue, meaning(Sense::Cue(place)));
        }
    }
    let list = field
        .list
        .as_ref()
        .and_then(|list| profile.lists.get(list.get_ref()));
    if let Some(list) = list {
        collect_list(collected, list, index, field.read);
        if field.read == Reader::Section {
            collect_implying(collected, profile, list, index);
        }
    }
}

/// Members of other lists that speak of a section: its column `implied_by` holds `list:notification_types`.
fn collect_implying(collected: &mut Collected, profile: &Profile, list: &List, field: u16) {
    let Some(column) = list.column("implied_by") else {
        return;
    };
    for row in 0..list.rows.len() {
        let sense = Sense::Word(row_number(row));
        let signs = list.cell(row, column).split('|');
        let names = signs.filter_map(|sign| sign.strip_prefix("list:"));
        for value in names
            .filter_map(|name| profile.lists.get(name))
            .flat_map(List::canonical)
        {
            collected.add(value, Meaning { field, sense });
        }
    }
}

fn collect_list(collected: &mut Collected, list: &List, field: u16, read: Reader) {
    let mut add = |text: &str, sense: Sense| {
        for spelling in text.split('|') {
            collected.add(spelling, Meaning { field, sense });
        }
    };
    match read {
        Reader::ErrorMessage => {
            for (row, message) in list.values.iter().enumerate() {
                // Found with or without its full stop.
                add(message.trim_end_matches('.'), Sense::Word(row_number(row)));
            }
        }
        Reader::Place => {
            for row in 0..list.rows.len() {
                for (column, sense) in [
                    ("names", Sense::Word(row_number(row))),
                    ("domain", Sense::Domain(row_number(row))),
                    ("id", Sense::Identifier(row_number(row))),
                ] {
                    if let Some(column) = list.column(column) {
                        add(list.cell(row, column), sense);
                    }
                }
            }
        }
        Reader::Section | Reader::Environment | Reader::Operation => {
            for row in 0..list.rows.len() {
                if read != Reader::Operation {
                    add(list.cell(row, 0), Sense::Word(row_number(row)));
                }
                if let Some(column) = list.column("spellings") {
                    add(list.cell(row, column), Sense::Word(row_number(row)));
                }
            }
        }
        _ => {}
    }
}

fn row_number(row: usize) -> u16 {
    u16::try_from(row).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_divided_into_words() {
        assert_eq!(
            words_of_key("reportDocumentId"),
            ["report", "document", "id"]
        );
        assert_eq!(words_of_key("x-amzn-requestid"), ["x", "amzn", "requestid"]);
        assert_eq!(words_of_key("RequestID"), ["request", "id"]);
    }
}
