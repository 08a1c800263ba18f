//! Whether a value is one: not blanked, not a placeholder, checksums.

use std::sync::LazyLock;

use crate::lexicon::Lexicon;
use crate::profile::{Check, Normaliser};

/// Why a value does not pass, when it does not.
pub(crate) fn refusal(value: &str, checks: &[Check]) -> Option<&'static str> {
    checks.iter().find_map(|check| match check {
        Check::NotBlanked => is_blanked(value).then_some("blanked"),
        Check::NotDate => is_date(value).then_some("date"),
        Check::NotWord => value
            .chars()
            .all(|character| character.is_alphabetic() && !character.is_uppercase())
            .then_some("plain_word"),
        Check::HasDigit => (!has_digit(value)).then_some("no_digit"),
        Check::HasDigitOrDash => {
            (!has_digit(value) && !value.contains(['-', '_'])).then_some("plain_word")
        }
        Check::Luhn => (!luhn(value)).then_some("checksum"),
        Check::Modulo97 => (!modulo_97(value)).then_some("checksum"),
    })
}

/// The value rewritten.
pub(crate) fn normalise(value: &str, normalisers: &[Normaliser]) -> String {
    let mut value = value.to_owned();
    for normaliser in normalisers {
        value = match normaliser {
            Normaliser::Upper => value.to_uppercase(),
            Normaliser::Lower => value.to_lowercase(),
            Normaliser::StripDashes => value.replace(['-', ' '], ""),
            Normaliser::Canonical => value,
        };
    }
    value
}

pub(super) fn has_digit(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Words in the place of a value.
static MASKS: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::new(&[
        "redacted",
        "removed",
        "example",
        "your",
        "placeholder",
        "hidden",
        "masked",
    ])
});

/// True for values whose middle or end was replaced (`A3XXXXXXXXXXXX`, `wf****`) and for placeholders.
pub(crate) fn is_blanked(value: &str) -> bool {
    if !value.is_ascii() && value.contains(['…', '•']) {
        return true;
    }
    let lower = value.to_ascii_lowercase();
    if MASKS.stand_in(&lower) {
        return true;
    }
    let mut run = 1;
    let mut longest_masking = 0;
    let mut previous = 0_u8;
    for byte in lower.bytes() {
        run = if byte == previous { run + 1 } else { 1 };
        previous = byte;
        if run >= 3 && matches!(byte, b'.' | b'*') {
            return true;
        }
        if matches!(byte, b'x' | b'#') {
            longest_masking = longest_masking.max(run);
        }
    }
    // Three in a row happen by chance; at the end they mask.
    if longest_masking >= 4 || lower.ends_with("xxx") {
        return true;
    }
    // 000000000000, 11111111-1111-1111-1111-111111111111 and 123456789012 are nobody's identifier.
    let mut digits = lower.bytes().filter(u8::is_ascii_alphanumeric);
    let Some(first) = digits.next() else {
        return false;
    };
    let mut count = 1;
    let mut same = true;
    let mut rising = matches!(first, b'0' | b'1');
    let mut before = first;
    for digit in digits {
        same &= digit == first;
        rising &= digit.is_ascii_digit() && (before - b'0' + 1) % 10 == digit - b'0';
        if !same && !rising {
            return false;
        }
        before = digit;
        count += 1;
    }
    count >= 8
}

/// `20260302`, `2026-03-02`, `202603021405`.
pub(super) fn is_date(value: &str) -> bool {
    if value.len() == 10 && value.as_bytes()[4] == b'-' && value.as_bytes()[7] == b'-' {
        return is_date(&value.replace('-', ""));
    }
    let bytes = value.as_bytes();
    if !matches!(bytes.len(), 8 | 12 | 14) || !bytes.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = |range: std::ops::Range<usize>| value[range].parse::<u32>().unwrap_or(0);
    (1990..=2060).contains(&number(0..4))
        && (1..=12).contains(&number(4..6))
        && (1..=31).contains(&number(6..8))
}

fn luhn(value: &str) -> bool {
    let digits: Vec<u32> = value
        .chars()
        .filter_map(|character| character.to_digit(10))
        .collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    digits.len() > 1 && sum.is_multiple_of(10)
}

fn modulo_97(value: &str) -> bool {
    let value: Vec<char> = value
        .chars()
        .filter(|character| character.is_ascii_alphanumeric())
        .collect();
    if value.len() < 5 {
        return false;
    }
    let remainder = value[4..]
        .iter()
        .chain(&value[..4])
        .fold(0_u32, |remainder, character| {
            let digit = character.to_digit(36).unwrap_or(0);
            if digit > 9 {
                (remainder * 100 + digit) % 97
            } else {
                (remainder * 10 + digit) % 97
            }
        });
    remainder == 1
}

/// Phrases that promise a value for later or say that there is none.
const PROMISES: [&str; 44] = [
    "will follow",
    "to follow",
    "follows",
    "will send",
    "i will",
    "i'll",
    "we will",
    "we'll",
    "will be",
    "tba",
    "tbd",
    "later",
    "coming",
    "on request",
    "see below later",
    "folgt",
    "reiche ich",
    "reichen wir",
    "wird nachgereicht",
    "nachgereicht",
    "liefere ich",
    "schicke ich",
    "senden wir",
    "kommt noch",
    "muss ich",
    "à venir",
    "suivra",
    "je vous",
    "nous vous",
    "sera",
    "à suivre",
    "wyślę",
    "wyślemy",
    "podam",
    "podamy",
    "prześlę",
    "prześlemy",
    "dosłać",
    "uzupełnię",
    "稍后",
    "随后",
    "待",
    "之后",
    "晚点",
];
/// What says that the sender does not know: somebody else may.
const IGNORANCE: &[&str] = &[
    "i do not know",
    "we do not know",
    "do not know",
    "no idea",
    "i don't know",
    "we don't know",
    "we are not sure",
    "i am not sure",
    "keine ahnung",
    "ich weiß",
    "wir wissen",
    "wissen wir nicht",
    "nicht bekannt",
    "nous ne savons",
    "aucune idée",
    "pas connu",
    "nie wiem",
    "nie wiemy",
    "nie jest mi znan",
    "我不知道",
    "我们不知道",
    "不详",
    "不确定",
];
/// What stands in the place of a value that is not there: for want of knowledge or of the value.
const UNKNOWN: &[&str] = &[
    "unknown",
    "n/a",
    "na",
    "none",
    "not known",
    "not sure",
    "don't know",
    "i don't",
    "unbekannt",
    "weiß",
    "keine",
    "k.a.",
    "inconnu",
    "aucun",
    "je ne",
    "nieznany",
    "nie znam",
    "brak",
    "不知道",
    "无",
    "不清楚",
];

/// Sentences that say that there is no such value, however often one asks.
const DENIALS: &[&str] = &[
    "none",
    "n/a",
    "not available",
    "not applicable",
    "do not have",
    "don't have",
    "cannot find",
    "can't find",
    "finden wir nicht",
    "finde ich nicht",
    "ne trouvons pas",
    "ne trouve pas",
    "introuvable",
    "nie możemy znaleźć",
    "nie mogę znaleźć",
    "找不到",
    "does not exist",
    "doesn't exist",
    "there is none",
    "there is no",
    "we do not log",
    "we don't log",
    "not logged",
    "do not store",
    "don't store",
    "gibt es keine",
    "gibt es nicht",
    "haben wir nicht",
    "habe ich nicht",
    "haben wir keine",
    "habe ich keine",
    "keine vorhanden",
    "nicht vorhanden",
    "loggen wir nicht",
    "protokollieren wir nicht",
    "speichern wir nicht",
    "liegt nicht vor",
    "liegt uns nicht vor",
    "il n'y en a pas",
    "il n’y en a pas",
    "nous n'en avons pas",
    "nous n’en avons pas",
    "je n'en ai pas",
    "je n’en ai pas",
    "n'existe pas",
    "n’existe pas",
    "nous n'avons pas",
    "nous n’avons pas",
    "ne journalisons pas",
    "pas disponible",
    "indisponible",
    "aucun",
    "aucune",
    "nie mamy",
    "nie mam",
    "nie ma",
    "nie logujemy",
    "nie zapisujemy",
    "nie istnieje",
    "niedostępn",
    "brak",
    "没有",
    "我们没有",
    "无",
    "不存在",
    "没有记录",
    "未记录",
    "没记录",
    "不记录",
];

/// True for an answer that says that there is no such value: "we do not log it", "gibt es keine".
pub(crate) fn is_denial(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    if lower.chars().count() > 60 {
        return false;
    }
    let says = |phrase: &&str| {
        lower.match_indices(phrase).any(|(at, _)| {
            let whole = phrase.starts_with(super::characters::is_han)
                || super::characters::starts_word(&lower, at)
                    && (phrase.len() > 8
                        || super::characters::ends_word(&lower, at + phrase.len()));
            // One word is an answer only where it is the whole of it or begins it.
            whole && (phrase.contains(' ') || phrase.len() > 8 || at == 0)
        })
    };
    // A number or id in it: something was given.
    !lower.bytes().any(|byte| byte.is_ascii_digit())
        && DENIALS.iter().any(says)
        && !IGNORANCE.iter().any(|phrase| lower.starts_with(phrase))
}

/// True for an answer that is nothing but a denial, or one of what it is asked for: "not available", "keine Fehlermeldung".
/// Messages of errors say of other things that they are not there: "Service not available".
pub(crate) fn is_denial_of<'l>(text: &str, mut labels: impl Iterator<Item = &'l str>) -> bool {
    let lower = text.trim().to_lowercase();
    let whole = lower.trim_end_matches(['.', '!', '。', '！']);
    // A label with a colon or words in quotation marks announce the message itself.
    let cites = lower.contains([':', '：', '"', '“', '„', '«', '「']);
    is_denial(text)
        && (DENIALS.contains(&whole) || !cites && labels.any(|label| lower.contains(label)))
}

/// Why what stands in the place of a value is none: blanked out, promised for later or not known.
pub(crate) fn absence(text: &str) -> Option<&'static str> {
    let head: String = super::characters::window(text, 0, 60).to_lowercase();
    let head = head.trim_start_matches(['(', '[', '<', ' ', '"', '\'']);
    if [
        "redacted",
        "removed",
        "hidden",
        "xxx",
        "***",
        "•••",
        "geschwärzt",
        "masqué",
        "ukryte",
        "已隐藏",
        "***",
    ]
    .iter()
    .any(|word| head.starts_with(word))
    {
        return Some("blanked");
    }
    let begins = |phrases: &[&str]| {
        phrases.iter().any(|phrase| {
            head.starts_with(phrase) && super::characters::ends_word(head, phrase.len())
        })
    };
    if begins(&PROMISES) {
        return Some("promised");
    }
    (begins(IGNORANCE) || begins(UNKNOWN)).then_some("not_known")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanked_values_are_told_from_real_ones() {
        for (value, blanked) in [
            ("A3XXXXXXXXXXXX", true),
            ("wf1234-XXXXXX", true),
            ("A2SNBFWOFW4SWG", false),
            ("00000000-0000-0000-0000-000000000000", true),
            ("123456789012", true),
            ("345678901234", false),
            ("4532-4897-7450", false),
            ("529af829-d726-4067-82d6-d16937d2ac52", false),
        ] {
            assert_eq!(is_blanked(value), blanked, "{value}");
        }
    }

    #[test]
    fn checksums() {
        assert!(luhn("79927398713") && !luhn("79927398710"));
        assert!(
            modulo_97("GB82 WEST 1234 5698 7654 32") && !modulo_97("GB82 WEST 1234 5698 7654 33")
        );
    }

    #[test]
    fn denials_are_no_ignorance() {
        for (text, denial) in [
            ("Do not have it", true),
            ("we do not log it", true),
            ("gibt es keine", true),
            ("loggen wir nicht", true),
            ("nous n'en avons pas", true),
            ("nie mamy", true),
            ("没有", true),
            ("I do not know", false),
            ("weiß ich nicht", false),
            ("je ne sais pas", false),
            ("nie wiem", false),
            ("不知道", false),
            ("A2SNBFWOFW4SWG", false),
        ] {
            assert_eq!(is_denial(text), denial, "{text}");
            let ignorance = !denial && !text.starts_with('A');
            assert_eq!(ignorance, !denial && absence(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_message_that_denies_something_is_no_denial() {
        let labels = ["error message", "fehlermeldung", "komunikat", "fehler"];
        for (text, denial) in [
            ("Service not available", false),
            ("Brak uprawnień", false),
            ("Fehler: Ressource nicht vorhanden", false),
            ("not available", true),
            ("Brak.", true),
            ("There is no error message", true),
            ("Fehlermeldung gibt es keine", true),
        ] {
            assert!(is_denial(text), "{text}");
            assert_eq!(is_denial_of(text, labels.into_iter()), denial, "{text}");
        }
    }

    #[test]
    fn absences() {
        for (text, reason) in [
            ("will follow tomorrow", Some("promised")),
            ("folgt noch", Some("promised")),
            ("<removed>", Some("blanked")),
            ("A2SNBFWOFW4SWG", None),
        ] {
            assert_eq!(absence(text), reason, "{text}");
        }
    }
}
