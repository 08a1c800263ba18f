//! Fields that are read from words: choices, URLs, environment, members of a list.

use super::Extractor;
use super::characters::{
    at, before, ends_with_word, ends_word, is_blank, skip, skip_blanks, window, window_before,
};
use super::gather::{Candidate, Gathered};
use super::lead::{Form, lead, value_end};
use super::members;
use super::names::{NameHit, Sense};
use super::passage::Passage;
use super::tokens::TokenHit;
use crate::lower_case::LowerCase;
use crate::profile::{Choice, Reader};

/// Reads choices after labels, URLs, environment and list members.
pub(crate) fn read(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hits: &[NameHit],
    tokens: &[TokenHit<'_>],
    gathered: &mut Gathered,
) {
    for hit in hits {
        for meaning in extractor.names.meanings(hit) {
            let field = usize::from(meaning.field);
            match (extractor.fields[field].read, meaning.sense) {
                (Reader::Choice, Sense::Label | Sense::Key) => {
                    read_choice(extractor, passage, hit, field, gathered)
                }
                (Reader::Choice, Sense::Cue(choice)) => {
                    read_cue(extractor, passage, hit, field, choice, gathered)
                }
                (Reader::Environment, Sense::Word(row)) => {
                    read_tool(extractor, passage, hit, field, row, gathered)
                }
                _ => {}
            }
        }
    }
    for field in extractor.fields_reading(Reader::Url) {
        read_urls(extractor, passage, field, gathered);
    }
    members::read(extractor, passage, tokens, gathered);
}

/// One of the choices after a label: "Issue type: API error".
fn read_choice(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hit: &NameHit,
    field: usize,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    if gathered.full(field) {
        return;
    }
    let Some(lead) = lead(text, hit.start, hit.end) else {
        return;
    };
    if matches!(lead.form, Form::Adjacent | Form::Copula) {
        return;
    }
    let end = value_end(text, &lead);
    let Some(choice) = chosen(
        &extractor.profile.fields[field].choices,
        &text[lead.value..end],
    ) else {
        return;
    };
    let range = lead.value..lead.value + text[lead.value..end].trim_end().len();
    gathered
        .add(Candidate::new(passage, field, range, choice.value.clone(), "label", 0.95).shared());
}

/// The choice whose longest spelling begins the text.
pub(crate) fn chosen<'c>(choices: &'c [Choice], text: &str) -> Option<&'c Choice> {
    let text = window(text.trim_start(), 0, 120).lower_case();
    let text = text.trim_start_matches(['"', '“', '(', '[', '*', ' ']);
    choices
        .iter()
        .flat_map(|choice| {
            choice
                .spellings
                .iter()
                .chain([&choice.value])
                .map(move |spelling| (spelling.lower_case(), choice))
        })
        .filter(|(spelling, _)| {
            text.starts_with(spelling.as_str()) && ends_word(text, spelling.len())
        })
        .max_by_key(|(spelling, _)| spelling.len())
        .map(|(_, choice)| choice)
}

/// True for an answer that begins with a yes.
pub(crate) fn says_yes(answer: &str) -> bool {
    let answer = answer.trim_start().lower_case();
    [
        "yes",
        "yep",
        "ja",
        "jawohl",
        "oui",
        "tak",
        "是",
        "是的",
        "对",
        "correct",
        "genau",
        "exactement",
        "zgadza się",
    ]
    .iter()
    .any(|word| {
        answer.starts_with(word)
            && (word.starts_with(super::characters::is_han) || ends_word(&answer, word.len()))
    })
}

/// The only choice that a question names: "Is your integration launched?"
pub(crate) fn asked_for<'c>(choices: &'c [Choice], question: &str) -> Option<&'c Choice> {
    let question = question.lower_case();
    let mut named = choices.iter().filter(|choice| {
        choice.spellings.iter().any(|spelling| {
            let spelling = spelling.lower_case();
            question.match_indices(&spelling).any(|(at, _)| {
                spelling.starts_with(super::characters::is_han)
                    || super::characters::stands_alone(&question, at, at + spelling.len())
            })
        })
    });
    named.next().filter(|_| named.next().is_none())
}

/// Cues count by number; each one is a weak candidate.
fn read_cue(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hit: &NameHit,
    field: usize,
    choice: u16,
    gathered: &mut Gathered,
) {
    if gathered.full(field) {
        return;
    }
    let Some(choice) = extractor.profile.fields[field]
        .choices
        .get(usize::from(choice))
    else {
        return;
    };
    let range = hit.start..hit.end;
    gathered.add(Candidate::new(passage, field, range, choice.value.clone(), "cue", 0.5).shared());
}

/// Words for what pages are seen with.
const BROWSER_WORDS: [&str; 9] = [
    "browser",
    "navigateur",
    "przegląd",
    "浏览器",
    "incognito",
    "inkognito",
    "navigation privée",
    "无痕",
    "private window",
];

/// True where another browser or a word for one stands near: "tried Chrome and Edge".
fn beside_browser(
    extractor: &Extractor,
    field: usize,
    text: &str,
    start: usize,
    end: usize,
) -> bool {
    let left = window_before(text, start, 40);
    let left = left.rsplit('\n').next().unwrap_or("");
    let right = window(text, end, 40);
    let right = right.split('\n').next().unwrap_or("");
    let near = format!("{left} | {right}");
    let lower = near.lower_case();
    if BROWSER_WORDS.iter().any(|word| lower.contains(word)) {
        return true;
    }
    extractor.list(field, false).is_some_and(|list| {
        (0..list.rows.len())
            .filter(|row| list.cell(*row, 2) == "browser")
            .map(|row| list.cell(row, 0))
            .any(|name| {
                near.match_indices(name)
                    .any(|(at, _)| super::characters::stands_alone(&near, at, at + name.len()))
            })
    })
}

/// A tool named once with its version needs no second mention without.
pub(crate) fn decide_environment(extractor: &Extractor, gathered: &mut Gathered) {
    for field in extractor.fields_reading(Reader::Environment) {
        let values: Vec<String> = gathered
            .of(field)
            .map(|candidate| candidate.value.lower_case())
            .collect();
        let of_field = |candidate: &&mut Candidate| candidate.field == field;
        for candidate in gathered.candidates.iter_mut().filter(of_field) {
            let short = format!("{} ", candidate.value.lower_case());
            if values.iter().any(|value| value.starts_with(&short)) {
                candidate.refused = Some("named_with_version".into());
            }
        }
    }
}

/// Lets the choice with most cues win where no label states one.
pub(crate) fn decide_choices(extractor: &Extractor, gathered: &mut Gathered) {
    for field in extractor.fields_reading(Reader::Choice) {
        if gathered.of(field).any(|candidate| candidate.rule != "cue") {
            continue;
        }
        // An earlier choice gives way only to much more: who compares or migrates names both.
        let mut best: Option<(usize, String)> = None;
        for choice in &extractor.profile.fields[field].choices {
            let count = gathered
                .of(field)
                .filter(|candidate| candidate.value == choice.value)
                .count();
            if count > best.as_ref().map_or(0, |(most, _)| 2 * *most) {
                best = Some((count, choice.value.clone()));
            }
        }
        if let Some((_, value)) = best {
            for candidate in &mut gathered.candidates {
                if candidate.field == field && candidate.value != value {
                    candidate.refused = Some("fewer_cues".into());
                }
            }
        }
    }
}

/// URLs of pages that a person follows.
fn read_urls(extractor: &Extractor, passage: &Passage<'_>, field: usize, gathered: &mut Gathered) {
    let text = passage.text;
    let hosts = &extractor.profile.fields[field].url_hosts;
    for found in memchr::memmem::find_iter(text.as_bytes(), "://") {
        let scheme = window_before(text, found, 8);
        let letters = scheme.len()
            - scheme
                .trim_end_matches(|character: char| character.is_ascii_alphabetic())
                .len();
        let start = found - letters;
        if !matches!(&text[start..found], "http" | "https") || gathered.full(field) {
            continue;
        }
        let end = url_end(text, found + 3);
        let host = text[found + 3..end]
            .split(['/', '?', '#', ':'])
            .next()
            .unwrap_or("")
            .to_ascii_lowercase();
        let page = hosts.is_empty()
            || hosts
                .iter()
                .any(|known| host == *known || host.ends_with(&format!(".{known}")));
        let called = host.starts_with("sellingpartnerapi")
            || host.starts_with("sandbox.")
            || host.starts_with("mws")
            || host.contains("s3");
        if page && !called && !text[start..end].contains("/apps/authorize") {
            gathered.add(
                Candidate::new(passage, field, start..end, &text[start..end], "url", 0.9).shared(),
            );
        }
    }
}

/// Longest URL that is read. Bytes.
const URL_BYTES: usize = 2_000;

/// The end of a URL in prose: closing punctuation is not part of it.
pub(crate) fn url_end(text: &str, from: usize) -> usize {
    let text = &text[..from + window(text, from, URL_BYTES).len()];
    let end = skip(text, from, |character| {
        character.is_ascii()
            && !character.is_ascii_whitespace()
            && !character.is_ascii_control()
            && !matches!(
                character,
                '"' | '\'' | '<' | '>' | '`' | '|' | '\\' | '^' | '{' | '}'
            )
    });
    let mut url = &text[from..end];
    loop {
        let shorter = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
        let shorter = match shorter.strip_suffix(')') {
            Some(inner) if !inner.contains('(') => inner,
            _ => shorter.strip_suffix(']').unwrap_or(shorter),
        };
        if shorter.len() == url.len() {
            return from + url.len();
        }
        url = shorter;
    }
}

/// A tool with the version behind it: "PHP 8.2", "python-amazon-sp-api 1.9.18".
fn read_tool(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hit: &NameHit,
    field: usize,
    row: u16,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    let row = usize::from(row);
    let written = &text[hit.start..hit.end];
    let kind = extractor.list_cell(field, row, 2);
    // Class names, packages, paths and hosts are no statement about the environment.
    let left = before(text, hit.start);
    let right = at(text, hit.end);
    let inside = matches!(left, Some('.' | '/' | '\\' | '@' | '-' | '_' | '$'))
        && !text[hit.start..].starts_with('.')
        || matches!(right, Some('_' | '\\' | '(' | '=' | '@'))
        || (matches!(right, Some('.' | '-' | '/'))
            && text[hit.end + 1..].starts_with(|next: char| next.is_ascii_alphabetic()));
    if inside || gathered.full(field) {
        return;
    }
    let version_end = version_end(text, hit.end);
    let first_upper = written.chars().next().is_some_and(char::is_uppercase);
    let named = [
        "with",
        "using",
        "in",
        "mit",
        "über",
        "per",
        "unter",
        "avec",
        "sous",
        "via",
        "z",
        "przez",
        "w",
        "from",
        "auf",
        "our",
        "unser",
        "notre",
        "nasz",
        "sdk",
        "das",
        "dem",
        "le",
        "用",
        "使用",
        "通过",
        "the",
        "official",
        "offizielle",
        "en",
        "sur",
        "i",
        "and",
        "und",
        "et",
    ];
    let led = {
        let before = window_before(text, hit.start, 24).lower_case();
        let before = before.trim_end_matches(|character: char| {
            is_blank(character) || "(\"„“`*'".contains(character)
        });
        let word = before
            .rsplit(|character: char| !character.is_alphanumeric())
            .next()
            .unwrap_or("");
        named.contains(&word) || before.ends_with(['用', '过', ':', '：'])
    };
    let right_context = window(text, hit.end, 10).lower_case();
    let sdk_beside = right_context.starts_with(" sdk")
        || right_context.starts_with("-sdk")
        || window_before(text, hit.start, 4).eq_ignore_ascii_case("sdk ");
    let before = window_before(text, hit.start, 24).lower_case();
    let before = before.trim_end_matches([' ', '"', '`', '„', '“', ':']);
    let library_before = LIBRARY_WORDS.iter().any(|word| before.ends_with(word));
    let used = [
        "with",
        "using",
        "use",
        "mit",
        "verwenden",
        "avec",
        "utilisons",
        "via",
        "używamy",
        "用",
        "使用",
    ]
    .iter()
    .any(|word| ends_with_word(before, word));
    let exact = written == extractor.list_cell(field, row, 0)
        || extractor
            .list_cell(field, row, 1)
            .split('|')
            .any(|name| name == written);
    let accepted = match kind {
        "browser" => {
            exact
                && (version_end.is_some()
                    || used
                    || beside_browser(extractor, field, text, hit.start, hit.end))
        }
        "weak" => exact && (version_end.is_some() || library_before || used),
        "tool" | "library" => true,
        _ => version_end.is_some() || led || sdk_beside || first_upper,
    };
    if !accepted || (kind == "language" && !first_upper && version_end.is_none()) {
        return;
    }
    let sdk_before = kind == "language" && window_before(text, hit.start, 4) == "SDK ";
    let start = if sdk_before { hit.start - 4 } else { hit.start };
    let canonical = extractor.list_cell(field, row, 0);
    // "z Postmana": an ending of the sender's language is no part of the name.
    let inflected = kind == "tool"
        && written
            .strip_prefix(canonical)
            .is_some_and(|ending| !ending.is_empty() && ending.chars().all(char::is_lowercase));
    let named = if inflected {
        canonical
    } else {
        &text[start..hit.end]
    };
    let (end, value) = match version_end {
        Some((start, end)) => (end, format!("{named} {}", &text[start..end])),
        None => (hit.end, named.to_owned()),
    };
    let confidence = if version_end.is_some() { 0.9 } else { 0.8 };
    gathered.add(Candidate::new(passage, field, start..end, value, "tool", confidence).shared());
}

/// Words before the name of a library.
const LIBRARY_WORDS: &[&str] = &[
    "biblioteka",
    "biblioteki",
    "bibliotekę",
    "library",
    "bibliothek",
    "paket",
    "package",
    "librairie",
    "bibliothèque",
    "lib",
    "pakiet",
    "库",
    "module",
    "modul",
    "sdk",
];

/// Where a version behind a name begins and ends.
fn version_end(text: &str, end: usize) -> Option<(usize, usize)> {
    let mut place = skip_blanks(text, end);
    // "curl/8.5.0", "PHP (8.2, with a library)".
    if let Some(separator) = at(text, place).filter(|sign| matches!(sign, '/' | '-' | '(')) {
        place += separator.len_utf8();
    }
    for word in ["version ", "Version ", "v.", "v", "V"] {
        if text[place..].starts_with(word) {
            place += word.len();
            break;
        }
    }
    let stop = skip(text, place, |character| {
        character.is_ascii_digit() || character == '.'
    });
    let version = text[place..stop].trim_end_matches('.');
    let numbers = version
        .split('.')
        .all(|number| !number.is_empty() && number.len() <= 4);
    let followed = text[place + version.len()..]
        .starts_with(|next: char| next.is_ascii_alphanumeric() && next != 'x');
    (!version.is_empty() && numbers && !followed && version.len() <= 16)
        .then(|| (place, place + version.len()))
}
