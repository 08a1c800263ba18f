//! What leads from a name to its value: `name: value`, `"name": "value"`, `<name>value</name>`,
//! `[name] => value`, `name=value`, "name is value", a table cell, the next line.

use super::characters::{at, before, is_blank, line_end, skip, skip_blanks};

/// How a name and its value are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `"name": value`, also with single or escaped quotes and `=>`.
    Quoted,
    /// `[name] => value`.
    Printed,
    /// `<name>value</name>`.
    Element,
    /// `name=value`.
    Assigned,
    /// `name: value`.
    Colon,
    /// `name | value` or with a tab.
    Cell,
    /// "name is value".
    Copula,
    /// On the line below.
    NextLine,
    /// Nothing but a space between.
    Adjacent,
}

/// Where the value begins and how the name leads to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lead {
    /// The connection.
    pub(crate) form: Form,
    /// First byte of the value, quotes and brackets before it skipped.
    pub(crate) value: usize,
    /// The quote that opens the value.
    pub(crate) quote: Option<char>,
}

const COPULAS: [&str; 43] = [
    "is called",
    "is named",
    "should be",
    "would be",
    "must be",
    "called",
    "named",
    "heißt",
    "nazywa się",
    "s'appelle",
    "应该是",
    "叫",
    "is",
    "are",
    "was",
    "were",
    "ist",
    "sind",
    "war",
    "lautet",
    "lauten",
    "est",
    "sont",
    "était",
    "to",
    "jest",
    "są",
    "wynosi",
    "brzmi",
    "是",
    "为",
    "為",
    "即",
    "等于",
    "分别是",
    "分别为",
    "还是",
    "仍是",
    "仍为",
    "仍然是",
    "依然是",
    "like",
    "wie",
];

/// Small words that stand between a label and its separator or value.
const FILLERS: [&str; 24] = [
    "(s)", "s", "nr.", "nr", "no.", "no", "n°", "number", "nummer", "numer", "#", "code", "header",
    "value", "code:", "our", "unsere", "notre", "nasz", "the", "die", "le", "号", "码",
];

/// What says that a value is the known one: "is still N", "wie gehabt N", "toujours N".
#[rustfmt::skip]
const AS_BEFORE: [&str; 50] = [
    "still", "unchanged", "the same", "as before", "as always", "as usual", "as ever", "as you know", "as given", "as stated", "as mentioned", "again", "once more", "simply", "of course",
    "wie gehabt", "wie immer", "wie bekannt", "wie zuvor", "wie bisher", "wie gesagt", "wie oben", "wie üblich", "weiterhin", "unverändert", "nach wie vor", "immer noch", "noch immer", "natürlich", "nochmals", "noch einmal",
    "toujours", "encore", "inchangé", "inchangée", "comme avant", "comme toujours", "comme d'habitude", "comme indiqué", "bien sûr",
    "nadal", "wciąż", "bez zmian", "jak zwykle", "jak poprzednio", "jak wcześniej", "jak zawsze",
    "照旧", "不变", "和之前一样",
];

/// What follows the name that stands at `start..end`.
pub(crate) fn lead(text: &str, start: usize, end: usize) -> Option<Lead> {
    structured(text, start, end).or_else(|| labelled(text, end))
}

/// What leads from a name to a value that stands some words on: "order id of the sample: X", "the integration ID of
/// our account is X", "identifiant d'intégration, X".
pub(crate) fn far_lead(text: &str, end: usize) -> Option<Lead> {
    let start = skip_blanks(text, end);
    if let Some(after) = after_sign(text, start, &[",", "，"]) {
        return value_at(text, Form::Adjacent, after);
    }
    let mut place = word_of(text, start, &BELONGING)?;
    let reach = super::characters::window(text, place, FAR_BYTES).len() + place;
    while place < reach {
        if let Some(after) = after_sign(text, place, &[":", "：", "="]) {
            return value_at(text, Form::Colon, after);
        }
        let character = at(text, place)?;
        if is_blank(character) {
            let word = skip_blanks(text, place);
            if let Some(after) = copula(text, word).filter(|_| !text[word..].starts_with("to ")) {
                let value = as_before(text, after).unwrap_or(after);
                return value_at(text, Form::Copula, value);
            }
        } else if !character.is_alphabetic() && !matches!(character, '\'' | '’' | '-' | '"') {
            return None;
        }
        place += character.len_utf8();
    }
    None
}

/// Words that say whose or of what something is.
#[rustfmt::skip]
const BELONGING: [&str; 36] = [
    "of", "for", "from", "in", "at", "on", "von", "vom", "für", "bei", "beim", "der", "des", "dieser", "dieses", "unserer", "unseres", "im",
    "de", "du", "des", "d'un", "d'une", "pour", "chez", "sur", "dans", "dla", "z", "ze", "w", "na", "naszego", "naszej", "tego", "tej",
];
/// How far such words may lead. Bytes.
const FAR_BYTES: usize = 60;

/// "(90233516)" is the value itself, "(x-amzn-RequestId)" another name of it.
fn is_value(in_brackets: &str) -> bool {
    in_brackets.contains(|character: char| character.is_ascii_digit())
}

fn structured(text: &str, start: usize, end: usize) -> Option<Lead> {
    let left = before(text, start);
    let right = at(text, end)?;
    match (left, right) {
        (Some(quote @ ('"' | '\'' | '`' | '“' | '「')), _) => {
            let closing = match quote {
                '“' => '”',
                '「' => '」',
                other => other,
            };
            let mut place = end;
            if at(text, place) == Some('\\') {
                place += 1;
            }
            if at(text, place) != Some(closing) {
                return None;
            }
            place = skip_blanks(text, place + closing.len_utf8());
            if let Some(after) = after_sign(text, place, &["=>", ":", "=", "："]) {
                return value_at(text, Form::Quoted, after);
            }
            // {"name": "x-amzn-RequestId", "value": "..."} and ("x-amzn-RequestId", "...")
            let comma = after_sign(text, place, &[","])?;
            let next = skip(text, comma, |character| {
                is_blank(character) || matches!(character, '\n' | '\r' | '\\')
            });
            let key = text[next..].trim_start_matches(['"', '\'', '\\']);
            if let Some(after) = key.strip_prefix("value") {
                let after = after.trim_start_matches(['"', '\'', '\\', ' ']);
                let colon = after.strip_prefix(':')?;
                return value_at(text, Form::Quoted, text.len() - colon.len());
            }
            let tuple = super::characters::window_before(text, start, 2).starts_with('(');
            tuple.then(|| value_at(text, Form::Quoted, comma)).flatten()
        }
        (Some('['), ']') => {
            let place = after_sign(text, skip_blanks(text, end + 1), &["=>", "=", ":"])?;
            value_at(text, Form::Printed, first_of_array(text, place))
        }
        (Some('<' | ':' | '/'), '>' | ' ') if before(text, start) != Some('/') => {
            let opened = left == Some('<')
                || text[..start]
                    .rfind('<')
                    .is_some_and(|open| start - open < 12);
            if !opened {
                return None;
            }
            let close = end + super::characters::window(text, end, 80).find('>')?;
            if text[end..close].contains(['\n', '<', ':']) || text[..=close].ends_with("/>") {
                return None;
            }
            value_at(text, Form::Element, close + 1)
        }
        _ => None,
    }
}

/// `Array ( [0] => value`: the place of the first value.
fn first_of_array(text: &str, place: usize) -> usize {
    let blank = |character: char| is_blank(character) || matches!(character, '\n' | '\r');
    let array = skip(text, place, blank);
    let Some(rest) = text[array..].strip_prefix("Array") else {
        return place;
    };
    let inner = rest.trim_start_matches(|character| blank(character) || character == '(');
    let first = inner
        .strip_prefix("[0]")
        .map(|rest| rest.trim_start_matches(blank));
    match first.and_then(|rest| rest.strip_prefix("=>")) {
        Some(value) => text.len() - value.len(),
        None => place,
    }
}

fn labelled(text: &str, end: usize) -> Option<Lead> {
    let mut place = skip(text, end, |character| {
        matches!(
            character,
            '"' | '\'' | '`' | '*' | '_' | '”' | '」' | ')' | '）'
        )
    });
    for _ in 0..3 {
        place = skip_blanks(text, place);
        // "Entwickler-Nr."
        if text[place..].starts_with('-') && filler(text, place + 1).is_some() {
            place += 1;
        }
        let rest = &text[place..];
        // "Request ID (x-amzn-RequestId): ..."
        if let Some(open) = rest
            .chars()
            .next()
            .filter(|open| matches!(open, '(' | '（' | '['))
        {
            let closing = match open {
                '(' => ')',
                '（' => '）',
                _ => ']',
            };
            match super::characters::window(text, place, 90).find(closing) {
                Some(close) if !text[place..place + close].contains('\n') => {
                    let after = place + close + closing.len_utf8();
                    let next = skip_blanks(text, after);
                    // "Restaurants (ID)<tab>po-31"
                    if text[after..next].contains('\t') {
                        return value_at(text, Form::Cell, next);
                    }
                    if sign(text, next).is_some()
                        || copula(text, next).is_some()
                        || next == line_end(text, next) && !is_value(&text[place..after])
                    {
                        place = after;
                        continue;
                    }
                }
                _ => {}
            }
        }
        if let Some(after) = sign(text, place) {
            let form = match text.as_bytes()[place] {
                b'=' => Form::Assigned,
                b'|' => Form::Cell,
                _ => Form::Colon,
            };
            return value_at(text, form, after);
        }
        if let Some(after) = as_before(text, place) {
            place = after;
            continue;
        }
        if let Some(after) = copula(text, place) {
            return value_at(text, Form::Copula, as_before(text, after).unwrap_or(after));
        }
        match filler(text, place) {
            Some(after) => place = after,
            None => break,
        }
    }
    let blank = skip_blanks(text, end);
    if text[end..blank].contains('\t') {
        return value_at(text, Form::Cell, blank);
    }
    let place = skip_blanks(text, place);
    if line_end(text, place) == place || at(text, place) == Some('\r') {
        return value_at(text, Form::Colon, place);
    }
    (place > end)
        .then(|| value_at(text, Form::Adjacent, place))
        .flatten()
}

/// The place after a sign that divides a name from its value.
fn sign(text: &str, place: usize) -> Option<usize> {
    let signs = [
        "=>", "->", "→", "::", ":", "：", "﹕", "==", "=", "＝", "|", "│", "- ", "– ", "— ", "*:",
    ];
    after_sign(text, place, &signs)
}

fn after_sign(text: &str, place: usize, signs: &[&str]) -> Option<usize> {
    let rest = &text[place..];
    signs
        .iter()
        .find(|sign| rest.starts_with(**sign))
        .map(|sign| place + sign.len())
}

fn copula(text: &str, place: usize) -> Option<usize> {
    word_of(text, place, &COPULAS)
}

fn filler(text: &str, place: usize) -> Option<usize> {
    word_of(text, place, &FILLERS)
}

/// The place behind words such as "as before", between commas or not.
fn as_before(text: &str, place: usize) -> Option<usize> {
    let comma = |place: usize| {
        let place = skip_blanks(text, place);
        after_sign(text, place, &[",", "，"]).map_or(place, |after| skip_blanks(text, after))
    };
    word_of(text, comma(place), &AS_BEFORE).map(comma)
}

/// The place after one of the words, when one stands here.
fn word_of(text: &str, place: usize, words: &[&str]) -> Option<usize> {
    let rest = &text.as_bytes()[place..];
    words
        .iter()
        .filter(|word| {
            rest.len() >= word.len()
                && rest[..word.len()].eq_ignore_ascii_case(word.as_bytes())
                && super::characters::ends_word(text, place + word.len())
        })
        .map(|word| place + word.len())
        .max()
}

/// The value after the connection: blanks, line breaks (one empty line allowed), list marks, quotes and brackets skipped.
fn value_at(text: &str, form: Form, place: usize) -> Option<Lead> {
    let mut place = skip_blanks(text, place);
    let mut form = form;
    if matches!(at(text, place), Some('\n' | '\r')) {
        if matches!(form, Form::Assigned | Form::Adjacent | Form::Copula) {
            return None;
        }
        let mut breaks = 0;
        while let Some(character) = at(text, place) {
            if character == '\n' {
                breaks += 1;
            } else if character != '\r' && !is_blank(character) {
                break;
            }
            if breaks > 2 {
                return None;
            }
            place += character.len_utf8();
        }
        place = skip(text, place, |character| {
            is_blank(character) || matches!(character, '-' | '*' | '•' | '·' | '>' | '–' | '+')
        });
        if matches!(form, Form::Colon | Form::Cell) {
            form = Form::NextLine;
        }
    }
    let mut quote = None;
    for _ in 0..4 {
        match at(text, place) {
            Some(open @ ('"' | '\'' | '`' | '“' | '„' | '«' | '「' | '‘')) if quote.is_none() =>
            {
                quote = Some(open);
                place += open.len_utf8();
                place = skip_blanks(text, place);
            }
            Some('\\') if matches!(text[place + 1..].chars().next(), Some('"' | '\'')) => {
                quote = Some('\\');
                place += 2;
            }
            Some('[' | '(' | '<' | '（' | '【') if form != Form::Element => {
                place += at(text, place).map_or(0, char::len_utf8);
                place = skip_blanks(text, place);
            }
            Some('*' | '_') => place = skip_blanks(text, place + 1),
            _ => break,
        }
    }
    (place < text.len()).then_some(Lead {
        form,
        value: place,
        quote,
    })
}

/// The end of a value that has no shape of its own.
pub(crate) fn value_end(text: &str, lead: &Lead) -> usize {
    let rest = &text[lead.value..];
    let line = line_end(text, lead.value);
    match (lead.form, lead.quote) {
        (_, Some(quote)) => lead.value + closing(rest, quote).unwrap_or(line - lead.value),
        (Form::Element, None) => super::characters::window(rest, 0, 4_000)
            .find("</")
            .map_or(line, |end| lead.value + end),
        (Form::Quoted, None) => rest
            .find([',', '}', ']', '\n'])
            .map_or(line, |end| lead.value + end),
        (Form::Assigned, None) => rest
            .find(['&', ' ', '\t', '\n', ';', ',', '"', '\'', ')'])
            .map_or(text.len(), |end| lead.value + end),
        (Form::Cell, None) => rest
            .find(['|', '\t', '\n'])
            .map_or(line, |end| lead.value + end),
        _ => line,
    }
}

/// Where the string that `quote` opened ends; escaped quotes are part of it.
fn closing(rest: &str, quote: char) -> Option<usize> {
    let end = match quote {
        '“' | '„' => "”“\"",
        '«' => "»",
        '「' => "」",
        '‘' => "’",
        '\\' => "\\",
        '\'' => "'",
        '`' => "`",
        _ => "\"",
    };
    let mut escaped = false;
    for (offset, character) in rest.char_indices() {
        if offset > crate::limits::FIELD_VALUE_BYTES_MAX + 200 {
            return None;
        }
        if escaped {
            escaped = false;
        } else if character == '\\' && quote != '\\' {
            escaped = true;
        } else if end.contains(character) {
            // An apostrophe inside a word does not close.
            let apostrophe = quote == '\''
                && rest[offset + 1..]
                    .chars()
                    .next()
                    .is_some_and(char::is_alphanumeric)
                && rest[..offset]
                    .chars()
                    .next_back()
                    .is_some_and(char::is_alphanumeric);
            if !apostrophe {
                return Some(offset);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_in_every_form() {
        for (text, name, form, value) in [
            ("Seller ID: A2", "Seller ID", Form::Colon, "A2"),
            ("Händler-ID = A2", "Händler-ID", Form::Assigned, "A2"),
            ("卖家ID：A2", "卖家ID", Form::Colon, "A2"),
            ("\"sellerId\": \"A2\"", "sellerId", Form::Quoted, "A2"),
            ("{'sellerId': 'A2'}", "sellerId", Form::Quoted, "A2"),
            (r#"{\"sellerId\":\"A2\"}"#, "sellerId", Form::Quoted, "A2"),
            ("    [sellerId] => A2", "sellerId", Form::Printed, "A2"),
            ("<sellerId>A2</sellerId>", "sellerId", Form::Element, "A2"),
            ("sellerId=A2&x=1", "sellerId", Form::Assigned, "A2"),
            ("| Seller ID | A2 |", "Seller ID", Form::Cell, "A2"),
            ("Seller ID\tA2", "Seller ID", Form::Cell, "A2"),
            ("our seller ID is A2", "seller ID", Form::Copula, "A2"),
            ("Seller ID\nA2", "Seller ID", Form::NextLine, "A2"),
            (
                "Request ID (x-amzn-RequestId): A2",
                "Request ID",
                Form::Colon,
                "A2",
            ),
            ("request id `A2`", "request id", Form::Adjacent, "A2"),
            ("**Seller ID:** A2", "Seller ID", Form::Colon, "A2"),
        ] {
            let start = text.find(name).unwrap();
            let lead = lead(text, start, start + name.len()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(lead.form, form, "{text}");
            assert!(
                text[lead.value..].starts_with(value),
                "{text}: {}",
                &text[lead.value..]
            );
        }
    }
}
