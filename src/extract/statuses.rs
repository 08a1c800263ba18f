//! HTTP statuses.

use super::Extractor;
use super::characters::{at, before, is_blank, window, window_before};
use super::clauses::{Standing, standing};
use super::gather::Candidate;
use super::passage::Passage;
use super::phrases::{Said, said};
use super::status_words::{CUE_STEMS, CUES_AFTER, CUES_BEFORE, UNITS};
use crate::profile::Reader;

/// Statuses that mean a failure.
const FAILURES: [u16; 27] = [
    400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 417, 421, 422, 423,
    425, 426, 428, 429, 431, 500, 501, 502,
];

const GATEWAY_FAILURES: [u16; 6] = [503, 504, 505, 507, 520, 522];

/// The reason phrase of a status (RFC 9110 section 15, RFC 6585).
pub(crate) fn reason_phrase(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Payload Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "\u{0}",
    }
}

/// Reads statuses of a passage.
pub(crate) fn read(
    extractor: &Extractor,
    passage: &Passage<'_>,
    found: &mut Vec<(Candidate, Standing, u16)>,
) {
    let is_code = |word: &str| word.len() > 4 && extractor.is_known_code(word);
    let Some(field) = extractor.fields_reading(Reader::HttpStatus).next() else {
        return;
    };
    let text = passage.text;
    let bytes = text.as_bytes();
    for start in memchr::memchr3_iter(b'2', b'4', b'5', bytes) {
        if start + 3 > bytes.len()
            || !bytes[start..start + 3].iter().all(u8::is_ascii_digit)
            || found.len() > 300
        {
            continue;
        }
        let end = start + 3;
        if joined(text, start, end) {
            continue;
        }
        let Ok(status) = text[start..end].parse::<u16>() else {
            continue;
        };
        let failure = FAILURES.contains(&status) || GATEWAY_FAILURES.contains(&status);
        if !failure && !(200..300).contains(&status) {
            continue;
        }
        if let Some((rule, confidence)) = context(text, start, end, status, &is_code) {
            let candidate = Candidate::new(
                passage,
                field,
                start..end,
                &text[start..end],
                rule,
                confidence,
            )
            .shared();
            found.push((candidate, standing(text, start, end), status));
        }
    }
}

/// Decides: successes count only where nothing failed.
pub(crate) fn decide(
    found: Vec<(Candidate, Standing, u16)>,
    gathered: &mut super::gather::Gathered,
) {
    let any_failure = found.iter().any(|(candidate, standing, status)| {
        *status >= 400 && (*standing != Standing::Working || candidate.confidence >= 0.95)
    });
    for (candidate, standing, status) in found {
        gathered.add(if status < 400 && any_failure {
            candidate.refuse("success")
        } else if standing == Standing::Working && status < 400 {
            candidate.refuse("named_as_working")
        } else {
            candidate
        });
    }
}

/// True when the three digits are part of something longer.
fn joined(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let left = start.checked_sub(1).map(|at| bytes[at]);
    let right = bytes.get(end).copied();
    let left_joined = left
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_.,-+#$".contains(&byte))
        && !left_is_list(text, start);
    let right_joined = match right {
        Some(byte) if byte.is_ascii_digit() || byte == b'_' || byte == b'%' => true,
        Some(b's' | b'e' | b'x') => {
            bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric)
                && !text[end..].starts_with("er")
        }
        Some(byte) if byte.is_ascii_alphabetic() => true,
        Some(b'.' | b',' | b':') => bytes.get(end + 1).is_some_and(u8::is_ascii_digit),
        Some(b'-') => bytes
            .get(end + 1)
            .is_some_and(|next| next.is_ascii_digit() || next.is_ascii_lowercase()),
        Some(b'/') => {
            bytes.get(end + 1).is_some_and(u8::is_ascii_digit)
                && !text[end + 1..].starts_with(['4', '5'])
        }
        _ => false,
    };
    left_joined || right_joined
}

fn left_is_list(text: &str, start: usize) -> bool {
    // "403,429" and "HTTP-403".
    let left = window_before(text, start, 8);
    left.ends_with("HTTP-")
        || left.ends_with("Status-")
        || left.ends_with(',')
            && left
                .trim_end_matches(',')
                .ends_with(|last: char| last.is_ascii_digit())
}

/// Why the number is a status, and how sure that is.
fn context(
    text: &str,
    start: usize,
    end: usize,
    status: u16,
    is_code: &dyn Fn(&str) -> bool,
) -> Option<(&'static str, f32)> {
    let left_all = window_before(text, start, 48);
    let left_all = left_all.rsplit('\n').next().unwrap_or("");
    let left = left_all.to_lowercase();
    if let Some(version) = left.rfind("http/") {
        let between = &left[version + 5..];
        if between
            .chars()
            .all(|character| character.is_ascii_digit() || ". \"|".contains(character))
        {
            return Some(("status_line", 0.98));
        }
    }
    let right = window(text, end, 40);
    let right_lower = right.to_lowercase();
    let right_lower = right_lower.trim_start_matches(|character: char| {
        is_blank(character) || ":-–(\"'“*)]".contains(character)
    });
    if right_lower.starts_with(&reason_phrase(status).to_lowercase()) {
        return Some(("reason_phrase", 0.96));
    }
    let trimmed = left.trim_end_matches(|character: char| {
        is_blank(character) || ":=：\"'“`*(（[>,=→|-".contains(character) || character == '的'
    });
    let keyed = [
        "status",
        "statuscode",
        "status_code",
        "status code",
        "httpstatus",
        "http_code",
        "http status",
        "http",
        "httpcode",
        "http-code",
        "http code",
        "http-status",
        "状态码",
        "response code",
        "responsecode",
        "response_code",
        "statut",
        "kod odpowiedzi",
        "kod http",
        "http-statuscode",
        "antwortcode",
    ];
    if keyed.iter().any(|cue| trimmed.ends_with(cue)) {
        return Some(("label", 0.96));
    }
    let arrow = ["<--", "->", "=>", "-->", "→"]
        .iter()
        .any(|arrow| left.trim_end().ends_with(arrow));
    if arrow {
        return Some(("arrow", 0.9));
    }
    if status < 400 {
        // "answers 200, but the list is empty": nothing else tells the status.
        let last = trimmed
            .rsplit(|character: char| !character.is_alphanumeric())
            .next()
            .unwrap_or("");
        let said = CUE_STEMS.iter().any(|stem| last.starts_with(stem))
            || ["返回", "码"].iter().any(|cue| trimmed.ends_with(cue));
        return (said && status == 200 && !has_unit(right_lower)).then_some(("words", 0.7));
    }
    if has_unit(right_lower) || left_all.trim_end().ends_with(['€', '$', '#', '+']) {
        return None;
    }
    let last = trimmed
        .rsplit(|character: char| !character.is_alphanumeric())
        .next()
        .unwrap_or("");
    if ["error", "fehler", "erreur", "błęd"]
        .iter()
        .any(|stem| last.starts_with(stem))
    {
        return Some(("label", 0.9));
    }
    let coded = [
        "code",
        "error",
        "errors",
        "fehler",
        "erreur",
        "błąd",
        "kod",
        "错误",
        "错误码",
        "错误代码",
        "报错",
        "errorcode",
    ];
    if coded.iter().any(|cue| trimmed.ends_with(cue)) {
        return Some(("label", 0.9));
    }
    if matches!(before(text, start), Some('[' | '(' | '（'))
        && matches!(at(text, end), Some(']' | ')' | '）'))
    {
        return Some(("brackets", 0.85));
    }
    let last = trimmed
        .rsplit(|character: char| is_blank(character) || ",;/.()-".contains(character))
        .find(|word| !word.is_empty())
        .unwrap_or("");
    let cue_before = CUES_BEFORE.contains(&last)
        || CUE_STEMS.iter().any(|stem| last.starts_with(stem))
        || CUES_BEFORE.iter().any(|cue| {
            !cue.is_ascii()
                && trimmed.ends_with(cue)
                && cue.chars().next().is_some_and(super::characters::is_han)
        });
    let code_follows = right
        .trim_start_matches([' ', ',', '-', ':', '('])
        .split(|character: char| !(character.is_ascii_alphanumeric() || character == '_'))
        .next()
        .is_some_and(is_code);
    let cue_after = code_follows
        || CUES_AFTER.iter().any(|cue| {
            right_lower.starts_with(cue)
                && (!cue.is_ascii() || super::characters::ends_word(right_lower, cue.len()))
        });
    let plural = right.starts_with('s') || right.starts_with("er");
    let speaks_of_failure = || {
        let (from, to) = super::clauses::clause(text, start, end);
        let clause = text[from..to].to_lowercase();
        said(&clause).any(Said::CALLS | Said::FAILING)
    };
    match (cue_before, cue_after || plural) {
        (true, true) => Some(("words", 0.85)),
        (true, false) if speaks_of_failure() || trimmed.len() < 20 => Some(("words", 0.8)),
        (false, true)
            if code_follows
                || right.trim_start().starts_with(super::characters::is_han)
                || speaks_of_failure()
                || left.trim().is_empty()
                || plural =>
        {
            Some(("words", 0.78))
        }
        (true, false) => {
            // "getOrders liefert 403." ends the sentence with the number.
            matches!(
                at(text, end),
                None | Some('.' | ',' | '\n' | '\r' | ';' | '!' | '?' | ')' | '。' | '，')
            )
            .then_some(("words", 0.75))
        }
        _ => None,
    }
}

fn has_unit(right: &str) -> bool {
    UNITS
        .iter()
        .any(|unit| right.starts_with(unit) && super::characters::ends_word(right, unit.len()))
}
