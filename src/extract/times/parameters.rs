//! Times that are values of parameters: what was asked for, not when it was asked.

use super::combine::Composed;
use crate::extract::characters::{is_han, window_before};

/// Keys of structured text whose times tell when something happened.
#[rustfmt::skip]
const KEYS: &[&str] = &[
    "date", "time", "timestamp", "datetime", "@timestamp", "ts", "when", "at", "occurred", "occurredat", "occurred_at", "errortime", "error_time", "requesttime", "request_time", "requestdate", "request date", "requesttimestamp", "responsetime", "starteddatetime", "eventtime", "event_time",
    "logtime", "log_time", "x-amz-date", "x-amzn-date", "lastseen", "firstseen", "zeit", "zeitpunkt", "datum", "uhrzeit", "heure", "horodatage", "czas", "data", "时间", "发生时间", "t", "utc", "failedat", "failed_at", "time_utc", "logged_at", "loggedat", "asctime", "received", "sent",
];

/// Most words between the name of a parameter and its value.
const WORDS_BETWEEN: usize = 6;

/// Words between the name of a parameter and its value: "createdAfter set to", "dataEndTime von ... auf".
#[rustfmt::skip]
const BETWEEN: &[&str] = &[
    "set", "to", "is", "was", "at", "of", "with", "from", "and", "the", "value", "as", "on", "till", "until", "through", "or", "range", "=", ":", "-", "–", "—", "~", "/", "→", "->",
    "auf", "von", "bis", "und", "ist", "gleich", "gesetzt", "mit", "wert", "vom", "zum", "oder",
    "à", "de", "du", "au", "est", "et", "sur", "valeur", "réglé", "positionné", "fixé", "ou",
    "na", "od", "do", "z", "i", "oraz", "ustawione", "ustawiony", "równe", "wynosi", "lub",
    "为", "是", "设为", "设置为", "到", "至", "从", "和", "改为", "改成",
];

/// "dataStartTime/dataEndTime (2026-05-01 to 2026-05-31)", "createdAfter set to 2026-05-01": behind the name
/// of a parameter, with small words and other dates between.
fn follows_parameter(text: &str, start: usize) -> bool {
    let left = window_before(text, start, 120);
    let left = left.rsplit('\n').next().unwrap_or("");
    let breaks =
        |character: char| character.is_whitespace() || "()[]（），,/\"'`".contains(character);
    let mut words = left.rsplit(breaks).filter(|word| !word.is_empty());
    for _ in 0..=WORDS_BETWEEN {
        let Some(word) = words.next() else {
            return false;
        };
        let bare = word.trim_end_matches([':', '=', '：']);
        let name = bare
            .rsplit(|character: char| is_han(character) || character == '.')
            .find(|piece| !piece.is_empty())
            .unwrap_or(bare);
        if is_parameter_name(name) && is_time_name(name) {
            return true;
        }
        let lower = bare.to_lowercase();
        let date = bare.starts_with(|first: char| first.is_ascii_digit())
            && bare.contains(['-', ':', '.']);
        if !(bare.is_empty() || date || BETWEEN.contains(&lower.as_str())) {
            return false;
        }
    }
    false
}

/// Names of what begins and ends: `dataStartTime`, `createdAfter`, `LastUpdatedBefore`; not `X_FROM`.
fn is_time_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    // "Since" and "From" begin sentences.
    let joined = name.contains('_') || name.bytes().skip(1).any(|byte| byte.is_ascii_uppercase());
    joined
        && [
            "after", "before", "start", "end", "since", "until", "date", "time",
        ]
        .iter()
        .any(|word| lower.contains(word))
}

/// `CreatedAfter=2026-03-01`, `"dataStartTime": "2026-03-01"`: a parameter, unless its key tells when.
pub(super) fn is_value(text: &str, time: &Composed) -> bool {
    if follows_parameter(text, time.start) {
        return true;
    }
    let left = window_before(text, time.start, 60);
    let trimmed = left.trim_end_matches(['"', '\'', ' ', '[', '\\']);
    let quoted = left.len() - left.trim_end_matches(['"', '\'', '\\']).len() > 0;
    let Some(sign) = trimmed
        .chars()
        .next_back()
        .filter(|sign| matches!(sign, '=' | ':' | '>'))
    else {
        return false;
    };
    let key = trimmed.trim_end_matches(['=', ':', '>', ' ']);
    let key = key.trim_end_matches(['"', '\'', '\\', ']']);
    let key = key
        .rsplit(|character: char| {
            !(character.is_alphanumeric() || matches!(character, '_' | '-' | '@' | '.'))
        })
        .next()
        .unwrap_or("");
    let name = key.rsplit('.').next().unwrap_or(key).to_lowercase();
    if sign == ':'
        && !quoted
        && (left.ends_with(": ")
            || left.ends_with(":\t")
            || left.ends_with(':')
            || left.ends_with(": ["))
    {
        // A label or header in prose; only names of request parameters are refused.
        return is_parameter_name(key);
    }
    if sign == '=' && !quoted && left.ends_with(' ') {
        return is_parameter_name(key);
    }
    if KEYS.contains(&name.as_str()) {
        // In the query of a URL even "date" is a parameter.
        let in_query = sign == '='
            && trimmed.len() > key.len()
            && trimmed[..trimmed.len() - 1]
                .trim_end_matches(key)
                .ends_with(['?', '&']);
        return in_query;
    }
    !name.is_empty()
}

/// `CreatedAfter`, `lastUpdatedBefore`, `dataStartTime`, `dateModified`, `expiresIn`.
fn is_parameter_name(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let named = [
        "after",
        "before",
        "starttime",
        "endtime",
        "startdate",
        "enddate",
        "since",
        "until",
        "modified",
        "expir",
        "birth",
        "purchase",
        "shipdate",
        "delivery",
        "window",
        "from",
        "to",
    ];
    let camel = key.bytes().any(|byte| byte.is_ascii_uppercase())
        && key.bytes().any(|byte| byte.is_ascii_lowercase())
        || key.contains('_');
    camel
        && named
            .iter()
            .any(|word| lower.ends_with(word) || lower.starts_with(word))
}
