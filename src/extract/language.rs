//! The language to answer in, judged on the new text without code, logs and identifiers.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use lingua::{Language, LanguageDetector, LanguageDetectorBuilder};

use super::LanguageGuess;
use super::characters::is_han;
use crate::lexicon::Lexicon;
use crate::limits;
use crate::mail::Message;

const GERMAN: usize = 1;
const FRENCH: usize = 2;
const POLISH: usize = 3;
const CODES: [&str; 4] = ["en", "de", "fr", "pl"];

/// Words that hardly any text of the language goes without, and that the others do not have.
const FUNCTION_WORDS: [&str; 4] = [
    "the and is are we you our your with for this that have has been not it of to be on from was were there what when which please can could would should will any all an as at by do does did how if into its know just like more no only or out so some than their them then they up us why since still get getting same every after before because about thanks thank hello hi dear regards anyone help need call here also these those but working issue error see",
    "der die das und ist sind wir sie unser unsere ihr ihre mit für dieser diese dieses dass haben hat nicht ein eine einen einem einer es von zu zum zur auf aus bei beim war waren wie was wann bitte kann können könnte würde sollte wird werden alle als auch aber am an durch immer im in ins ich uns ihnen kein keine mehr noch nur oder schon seit so über um unter vom wenn weil wieder hallo guten tag danke vielen dank grüße freundlichen liebe hier nach gibt bekommen seit heute gestern leider folgende fehler anbei jetzt dann sich den dem des",
    "le la les et est sont nous vous notre nos votre vos avec pour ce cette ces que qui ont pas un une des du de au aux dans sur par il elle on ne se sa son ses leur était être avoir fait mais ou où donc car plus très bien comme quand quoi peut pouvez pourriez merci bonjour cordialement depuis toujours encore aussi même tout toute tous toutes sans chez après avant voici voilà j'ai c'est l'erreur d'une d'un n'est qu'il s'il lors notre aucun aucune je y en",
    "i w z na do się nie jest są że to jak co czy dla od po o za przez przy ale oraz lub nasz nasza nasze naszego mamy mam proszę dziękuję dzień dobry pozdrawiam witam który która które jego jej ich był była było być może można już tylko także też więc gdy kiedy gdzie dlaczego błąd bardzo ten ta te tego tej tym nam nas wam was państwo państwa zawsze wciąż nadal jeszcze po pod przed bez od ma mają tak ze we bo",
];

/// Function words with a bit for each of their languages.
struct Words {
    texts: Lexicon,
    languages: Vec<u8>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut languages: BTreeMap<&'static str, u8> = BTreeMap::new();
    for (language, words) in FUNCTION_WORDS.iter().enumerate() {
        for word in words.split(' ') {
            *languages.entry(word).or_default() |= 1 << language;
        }
    }
    let texts: Vec<&str> = languages.keys().copied().collect();
    Words {
        texts: Lexicon::new(&texts),
        languages: languages.into_values().collect(),
    }
});

impl Words {
    fn languages(&self, word: &str) -> Option<u8> {
        let mut languages = None;
        let bytes = word.as_bytes();
        self.texts.prefixes_in_any_case(bytes, |length, place| {
            if length == word.len() {
                languages = Some(self.languages[place]);
            }
        });
        languages
    }
}

static DETECTOR: LazyLock<LanguageDetector> = LazyLock::new(|| {
    LanguageDetectorBuilder::from_languages(&[
        Language::English,
        Language::German,
        Language::French,
        Language::Polish,
        Language::Chinese,
    ])
    .with_low_accuracy_mode()
    .build()
});

/// What a text shows of its languages.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    scores: [f32; 4],
    han: usize,
    words: usize,
}

/// The language of a mail's new text; headers and the sender's domain help where it is short.
pub(crate) fn guess(
    message: &Message,
    languages: &[String],
    ours: Option<&std::ops::Range<usize>>,
) -> Option<LanguageGuess> {
    let new = match ours {
        Some(_) => super::passage::without(super::passage::body_passages(message), ours)
            .iter()
            .map(|passage| passage.text)
            .collect::<Vec<_>>()
            .join("\n"),
        None => message.new_text(),
    };
    let text = prose(&without_form(&new));
    let mut tally = tally(&text);
    let known = |code: &str| languages.iter().any(|language| language == code);
    // The subject of an answer is the thread's, not this text's.
    let answers = message.header("In-Reply-To").is_some() || message.header("References").is_some();
    if tally.words + tally.han < 4 && !answers {
        let subject = self::tally(&prose(&message.subject));
        for (score, other) in tally.scores.iter_mut().zip(subject.scores) {
            *score += other;
        }
        tally.han += subject.han;
        tally.words += subject.words;
    }
    // No prose tells no language: the case's stays as it is.
    let said = tally.scores.iter().any(|score| *score > 0.0);
    if tally.han < 2 && (tally.words < 2 || tally.words < 5 && !said) {
        return None;
    }
    // A line of Chinese below an English mail is a signature that got away.
    let latin: f32 = tally.scores.iter().copied().fold(0.0, f32::max);
    if known("zh")
        && (tally.han >= 10 || tally.han * 2 >= tally.words)
        && tally.han > 1
        && small(tally.han) > latin
    {
        let alternative = best(&tally.scores, languages, None).filter(|(_, score)| *score >= 8.0);
        let alternative = alternative.map(|(language, _)| CODES[language].to_owned());
        return Some(LanguageGuess {
            language: "zh".to_owned(),
            confidence: 0.98,
            alternative,
        });
    }
    let Some((first, score)) = best(&tally.scores, languages, None) else {
        return undecided(message, &text, languages);
    };
    let (other, other_score) = best(&tally.scores, languages, Some(first)).unwrap_or((first, 0.0));
    if score >= 3.0 && score >= other_score * 1.6 {
        let near = other != first && other_score >= 4.0 && other_score * 2.5 > score;
        return Some(LanguageGuess {
            language: CODES[first].to_owned(),
            confidence: (0.7 + score / 60.0).min(0.99),
            alternative: near.then(|| CODES[other].to_owned()),
        });
    }
    undecided(message, &text, languages)
}

fn small(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

fn best(scores: &[f32; 4], languages: &[String], without: Option<usize>) -> Option<(usize, f32)> {
    scores
        .iter()
        .copied()
        .enumerate()
        .filter(|(language, score)| {
            *score > 0.0
                && Some(*language) != without
                && languages.iter().any(|known| known == CODES[*language])
        })
        .max_by(|left, right| left.1.total_cmp(&right.1))
}

/// By statistics of letters, with the hints of the mail where even these are not sure.
fn undecided(message: &Message, text: &str, languages: &[String]) -> Option<LanguageGuess> {
    let hint = hinted(message, languages);
    let mut values: Vec<(String, f64)> = DETECTOR
        .compute_language_confidence_values(super::characters::window(text, 0, 600))
        .into_iter()
        .map(|(language, value)| (language.iso_code_639_1().to_string().to_lowercase(), value))
        .filter(|(language, _)| languages.contains(language))
        .collect();
    if let Some(hint) = &hint {
        for (language, value) in &mut values {
            *value += if language == hint { 0.3 } else { 0.0 };
        }
    }
    // The detector keeps its values in a hash map: equal ones need an order of their own.
    values.sort_by(|left, right| (right.1.total_cmp(&left.1)).then_with(|| left.0.cmp(&right.0)));
    let (language, value) = values.first().cloned()?;
    let second = values.get(1).map_or(0.0, |(_, value)| *value);
    if value - second < 0.08 {
        return None;
    }
    let alternative = values
        .get(1)
        .filter(|(_, other)| *other > 0.1 && other * 2.0 > value)
        .map(|(language, _)| language.clone());
    let confidence = if value > 0.9 { 0.8 } else { 0.5 };
    Some(LanguageGuess {
        language,
        confidence,
        alternative,
    })
}

/// What headers and the sender's country say.
fn hinted(message: &Message, languages: &[String]) -> Option<String> {
    let header = message
        .header("Content-Language")
        .or_else(|| message.header("Accept-Language"));
    let by_header = header.map(|value| {
        value
            .trim()
            .chars()
            .take(2)
            .collect::<String>()
            .to_lowercase()
    });
    let domain = message.author().rsplit('.').next().unwrap_or("").to_owned();
    let by_country = match domain.as_str() {
        "de" | "at" => Some("de"),
        "fr" => Some("fr"),
        "pl" => Some("pl"),
        "cn" | "tw" | "hk" => Some("zh"),
        "uk" | "us" | "ie" | "au" | "nz" => Some("en"),
        _ => None,
    };
    by_header
        .into_iter()
        .chain(by_country.map(str::to_owned))
        .find(|language| languages.contains(language))
}

/// Words and letters of prose by language.
fn tally(text: &str) -> Tally {
    let mut tally = Tally::default();
    let mut lower = String::with_capacity(24);
    let mut rest = text;
    while let Some((word, ascii)) = next_word(&mut rest) {
        if !ascii {
            let han = word.chars().filter(|character| is_han(*character)).count();
            if han > 0 {
                tally.han += han;
                continue;
            }
        }
        tally.words += 1;
        if word.len() > 40 {
            continue;
        }
        let lower = if ascii {
            word
        } else {
            lower.clear();
            lower.extend(
                word.chars()
                    .flat_map(char::to_lowercase)
                    .map(|character| if character == '’' { '\'' } else { character }),
            );
            &lower
        };
        if let Some(languages) = WORDS.languages(lower) {
            // A word that several languages share says less.
            let share = 1.0 / f32::from(u16::try_from(languages.count_ones()).unwrap_or(1));
            for (language, score) in tally.scores.iter_mut().enumerate() {
                if languages & (1 << language) != 0 {
                    *score += share;
                }
            }
        } else if !lower.is_ascii() {
            letters(lower, &mut tally.scores);
        } else if let Some(mark) = memchr::memchr(b'\'', lower.as_bytes())
            && ["l", "d", "qu", "n", "j", "s", "c", "m"]
                .iter()
                .any(|elided| lower[..mark].eq_ignore_ascii_case(elided))
        {
            tally.scores[FRENCH] += 0.7;
        }
    }
    tally
}

/// The next run of letters and apostrophes, taken off the text, and whether it is ASCII.
fn next_word<'t>(text: &mut &'t str) -> Option<(&'t str, bool)> {
    let bytes = text.as_bytes();
    let in_word = |at: usize| match kind(*bytes.get(at)?) {
        Some(kind) => matches!(kind, LOWER | UPPER | APOSTROPHE).then_some(1),
        None => super::characters::at(text, at)
            .filter(|character| *character == '’' || character.is_alphabetic())
            .map(char::len_utf8),
    };
    let mut start = 0;
    while start < bytes.len() && in_word(start).is_none() {
        start += super::characters::at(text, start).map_or(1, char::len_utf8);
    }
    let mut end = start;
    let mut ascii = true;
    while let Some(length) = in_word(end) {
        ascii &= length == 1;
        end += length;
    }
    let word = &text[start..end];
    *text = &text[end..];
    (!word.is_empty()).then_some((word, ascii))
}

/// Letters that only one of the languages has.
fn letters(word: &str, scores: &mut [f32; 4]) {
    for character in word.chars() {
        match character {
            'ß' | 'ä' | 'ö' | 'ü' => scores[GERMAN] += 0.6,
            'ą' | 'ę' | 'ł' | 'ś' | 'ź' | 'ż' | 'ć' | 'ń' => scores[POLISH] += 0.6,
            'è' | 'ê' | 'à' | 'ç' | 'ù' | 'û' | 'î' | 'ë' | 'ï' | 'œ' | 'é' | 'â' | 'ô' => {
                scores[FRENCH] += 0.5
            }
            _ => {}
        }
    }
}

/// The text without our answer form: its labels are our words, its answers are values.
fn without_form(text: &str) -> std::borrow::Cow<'_, str> {
    let Some(open) = text.find(super::form::OPEN) else {
        return text.into();
    };
    let close = text[open..].find(super::form::CLOSE);
    let end = close.map_or(text.len(), |close| open + close + super::form::CLOSE.len());
    format!("{}\n{}", &text[..open], &text[end..]).into()
}

/// The text without lines of code, logs, headers and tables, and without addresses and identifiers.
fn prose(text: &str) -> String {
    let mut prose = String::with_capacity(text.len().min(limits::LANGUAGE_TEXT_BYTES));
    let mut in_dump = false;
    let mut plain: Vec<Word> = Vec::new();
    for line in text.lines() {
        if prose.len() > limits::LANGUAGE_TEXT_BYTES {
            break;
        }
        let line = line.trim();
        if line.starts_with("```") {
            in_dump = !in_dump;
            continue;
        }
        if in_dump {
            continue;
        }
        if let Some(signs) = read_plain(line, &mut plain) {
            if !is_code(line, || signs) {
                for word in plain.iter().filter(|word| !word.identifier) {
                    prose.push_str(&line[word.start..word.end]);
                    prose.push(' ');
                }
                prose.push('\n');
            }
            continue;
        }
        if is_code(line, || count_signs(line)) {
            continue;
        }
        for word in words(&without_objects(line)) {
            if !word.is_ascii() && word.contains(is_han) {
                // Chinese is written without blanks: what is no identifier stays.
                prose.extend(word.chars().map(|character| match character.is_ascii() {
                    true => ' ',
                    false => character,
                }));
                prose.push(' ');
            } else if !is_identifier(word) {
                prose.push_str(word);
                prose.push(' ');
            }
        }
        prose.push('\n');
    }
    prose
}

/// What stands between white space.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let blank = |at: usize| {
        let byte = text.as_bytes()[at];
        match kind(byte) {
            Some(kind) => (kind == BLANK, 1),
            None => super::characters::at(text, at).map_or((false, 1), |character| {
                (character.is_whitespace(), character.len_utf8())
            }),
        }
    };
    let mut place = 0;
    std::iter::from_fn(move || {
        while place < text.len() {
            let (is_blank, length) = blank(place);
            if !is_blank {
                break;
            }
            place += length;
        }
        let start = place;
        while place < text.len() {
            let (is_blank, length) = blank(place);
            if is_blank {
                break;
            }
            place += length;
        }
        (start < place).then(|| &text[start..place])
    })
}

/// The line without a dump between braces: "it says {"code": ...} since Monday".
fn without_objects(line: &str) -> std::borrow::Cow<'_, str> {
    match (line.find('{'), line.rfind('}')) {
        (Some(open), Some(close)) if open < close => {
            format!("{} {}", &line[..open], &line[close + 1..]).into()
        }
        _ => line.into(),
    }
}

/// A word of a line.
struct Word {
    start: usize,
    end: usize,
    identifier: bool,
}

/// Letters and signs of a line's words, without identifiers: these are full of signs in prose as well.
#[derive(Clone, Copy, Default)]
struct Signs {
    letters: usize,
    signs: usize,
}

/// The words of a line of ASCII without tabs and braces, read once: most lines are such.
fn read_plain(line: &str, words: &mut Vec<Word>) -> Option<Signs> {
    words.clear();
    let mut counted = Signs::default();
    let mut word = Word {
        start: 0,
        end: 0,
        identifier: false,
    };
    let mut letters = 0;
    let mut before = 0;
    let bytes = line.as_bytes();
    for end in 0..=bytes.len() {
        match bytes.get(end).map_or(Some(BLANK), |byte| kind(*byte))? {
            BLANK => {
                if end < bytes.len() && bytes[end] != b' ' {
                    return None;
                }
                let length = end - word.start;
                word.end = end;
                word.identifier |= length > IDENTIFIER_BYTES;
                if !word.identifier {
                    counted.letters += 1 + letters;
                    counted.signs += length - letters;
                }
                let next = Word {
                    start: end + 1,
                    end: end + 1,
                    identifier: false,
                };
                let word = std::mem::replace(&mut word, next);
                if length > 0 {
                    words.push(word);
                }
                letters = 0;
                before = 0;
            }
            kind => {
                if matches!(bytes[end], b'{' | b'}') {
                    return None;
                }
                letters += usize::from(kind == LOWER || kind == UPPER);
                word.identifier |= kind == IDENTIFIER || before == LOWER && kind == UPPER;
                before = kind;
            }
        }
    }
    Some(counted)
}

fn count_signs(line: &str) -> Signs {
    let mut counted = Signs::default();
    for word in line.split(' ').filter(|word| !is_identifier(word)) {
        counted.letters += 1;
        for character in word.chars() {
            if character.is_alphabetic() {
                counted.letters += 1;
            } else {
                counted.signs += 1;
            }
        }
    }
    counted
}

/// A line of code, of a log or of a header dump rather than of prose.
fn is_code(line: &str, count: impl FnOnce() -> Signs) -> bool {
    if line.is_empty() {
        return false;
    }
    let starts = [
        "{",
        "}",
        "[",
        "]",
        "<",
        ">",
        "\"",
        "'",
        "* ",
        "$ ",
        "at ",
        "//",
        "#",
        "GET ",
        "POST ",
        "PUT ",
        "PATCH ",
        "DELETE ",
        "HTTP/",
        "curl ",
        "import ",
        "from ",
        "Traceback",
        "Caused by",
        "File \"",
        "--> ",
        "<-- ",
        "Exception",
        "x-amz",
        "X-Amz",
        "content-type",
        "Content-Type",
        "Host:",
        "User-Agent",
    ];
    let first = line.as_bytes()[0];
    let starts_like_code = starts
        .iter()
        .any(|start| start.as_bytes()[0] == first && line.starts_with(start));
    if starts_like_code && !line.contains(is_han) {
        // "* we tried this" and "from yesterday on" are prose.
        let prose_like = line
            .split_whitespace()
            .filter(|word| word.chars().all(char::is_alphabetic))
            .count();
        let marked = line.starts_with("* ")
            || line.starts_with("at ")
            || line.starts_with("from ")
            || line.starts_with("> ")
            || line.starts_with('#')
            || line.starts_with('"')
            || line.starts_with('\'');
        return !(marked && prose_like >= 4);
    }
    let Signs { letters, signs } = count();
    // Logs begin with a date; code is full of signs.
    let dated = line
        .trim_start_matches('[')
        .as_bytes()
        .iter()
        .take(4)
        .all(u8::is_ascii_digit)
        && line.len() > 10
        && !line.contains(is_han);
    // "ends in FATAL" is prose; a level stands at the head of a log's line.
    let leveled = line.split(' ').take(3).any(|word| {
        matches!(
            word.trim_matches(['[', ']', ':']),
            "INFO" | "WARN" | "ERROR" | "DEBUG" | "FATAL" | "SEVERE"
        )
    });
    leveled || dated || (signs * 2 > letters && !line.contains(is_han))
}

/// No word of ASCII is longer.
const IDENTIFIER_BYTES: usize = 45;

fn is_identifier(word: &str) -> bool {
    if word.is_ascii() {
        let mut before = 0;
        return word.len() > IDENTIFIER_BYTES
            || word.bytes().any(|byte| {
                let kind = ASCII[usize::from(byte)];
                let joint = before == LOWER && kind == UPPER;
                before = kind;
                joint || kind == IDENTIFIER
            });
    }
    let mut after_lower = false;
    for character in word.chars() {
        if matches!(
            character,
            '0'..='9' | '@' | '_' | '/' | '=' | '{' | '}' | '\\'
        ) || after_lower && character.is_uppercase()
        {
            return true;
        }
        after_lower = character.is_lowercase();
    }
    false
}

/// What a character of ASCII is, for this judgement.
static ASCII: [u8; 128] = {
    let mut kinds = [0; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' | b'@' | b'_' | b'/' | b'=' | b'{' | b'}' | b'\\' => IDENTIFIER,
            b'\'' => APOSTROPHE,
            9..=13 | b' ' => BLANK,
            _ => SIGN,
        };
        byte += 1;
    }
    kinds
};
const LOWER: u8 = 1;
const UPPER: u8 = 2;
/// Words of prose have none of these.
const IDENTIFIER: u8 = 3;
const APOSTROPHE: u8 = 4;
const BLANK: u8 = 5;
const SIGN: u8 = 6;

/// Kind of a byte; none outside of ASCII.
fn kind(byte: u8) -> Option<u8> {
    ASCII.get(usize::from(byte)).copied()
}

#[cfg(test)]
mod tests;
