//! HTTP statuses.

use super::Extractor;
use super::characters::{at, before, ends_with_word, is_blank, window, window_before};
use super::clauses::{Standing, part, standing};
use super::gather::Candidate;
use super::negated::is_negated;
use super::passage::Passage;
use super::phrases::{Said, said};
use super::status_words::{CUES_AFTER, CUES_BEFORE, GOES_ON, UNITS, answers, tells};
use super::supposed::is_supposed;
use crate::lower_case::LowerCase;
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
    let names_call = |part: &str| {
        let is_operation =
            |field: u16| extractor.fields[usize::from(field)].read == Reader::Operation;
        said(&part.lower_case()).any(Said::CALLS)
            || extractor.tokens.find(part).iter().any(|token| {
                token
                    .members
                    .iter()
                    .any(|member| is_operation(member.field))
            })
    };
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
        let known = context(text, start, end, status, &is_code, &names_call)
            .or_else(|| beside_call(extractor, text, start, end, status));
        if let Some((rule, confidence)) = known {
            let candidate = Candidate::new(
                passage,
                field,
                start..end,
                &text[start..end],
                rule,
                confidence,
            )
            .shared();
            let candidate = if status >= 400 && is_negated(text, start) {
                candidate.refuse("negated")
            } else if status >= 400 && is_supposed(text, start, end) {
                candidate.refuse("supposed")
            } else {
                candidate
            };
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
        candidate.refused.is_none()
            && *status >= 400
            && (*standing != Standing::Working || candidate.confidence >= 0.95)
    });
    for (candidate, standing, status) in found {
        gathered.add(if candidate.refused.is_some() {
            candidate
        } else if status < 400 && any_failure {
            candidate.refuse("success")
        } else if standing == Standing::Working && status < 400 {
            candidate.refuse("named_as_working")
        } else {
            candidate
        });
    }
}

/// "429-tki": numbers as Polish nouns.
const POLISH_ENDINGS: [&str; 7] = ["-tki", "-tka", "-tkę", "-tek", "-tką", "-ki", "-kę"];

/// `getOrders 403`, `createFeed 400, then 500`, `"GET /orders/v0/orders" 403`, `r.status_code)  # 403`.
fn beside_call(
    extractor: &Extractor,
    text: &str,
    start: usize,
    end: usize,
    status: u16,
) -> Option<(&'static str, f32)> {
    let left = window_before(text, start, 160);
    let left = left.rsplit('\n').next().unwrap_or("");
    let right = window(text, end, 24).lower_case();
    let commented = left.trim_end_matches([' ', '\t', '#', ')', '/']);
    if commented.len() < left.trim_end().len() && commented.lower_case().ends_with("status_code") {
        return Some(("label", 0.9));
    }
    // "403 on getReports", "500 bei createFeed"
    let follows = [
        "on ", "for ", "from ", "in ", "bei ", "beim ", "für ", "sur ", "pour ", "przy ", "dla ",
        "na ",
    ]
    .iter()
    .find_map(|word| {
        right
            .strip_prefix(' ')?
            .strip_prefix(word)
            .map(|_| 1 + word.len())
    })
    .is_some_and(|skipped| {
        let name = window(text, end + skipped, 60);
        status >= 400
            && extractor.tokens.find(name).iter().any(|token| {
                token.start == 0
                    && token.members.iter().any(|member| {
                        extractor.fields[usize::from(member.field)].read == Reader::Operation
                    })
            })
    });
    if follows {
        return Some(("operation", 0.82));
    }
    let mut words = left
        .rsplit(|character: char| is_blank(character) || "\"'`“”".contains(character))
        .filter(|word| !word.is_empty());
    let last = words.next()?;
    if last.starts_with('/')
        && words.next().is_some_and(|method| {
            matches!(method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD")
        })
    {
        return Some(("status_line", 0.9));
    }
    let ends = right.is_empty()
        || right.starts_with([
            '.', ',', '\n', '\r', ';', '!', '?', ')', '。', '，', '"', '`',
        ])
        || [
            " then", " dann", " puis", " potem", " and ", " und ", " et ", " i ", " 然后",
        ]
        .iter()
        .any(|word| right.starts_with(word));
    if status < 400 || !ends {
        return None;
    }
    let last = last.trim_matches(|character: char| !character.is_alphanumeric());
    let operation = !last.is_empty()
        && extractor.tokens.find(last).iter().any(|token| {
            token.start == 0
                && token.members.iter().any(|member| {
                    extractor.fields[usize::from(member.field)].read == Reader::Operation
                })
        });
    if operation {
        return Some(("operation", 0.82));
    }
    // "not 403 but 400": the other one is the status.
    let lower = left.lower_case();
    let head = lower.trim_end();
    let contrasted = [
        "sondern", "but", "mais", "lecz", "ale", "tylko", "而是", "是",
    ]
    .iter()
    .any(|word| ends_with_word(head, word));
    let denied = head.match_indices(['4', '5']).any(|(at, _)| {
        let status = head
            .get(at..at + 3)
            .is_some_and(|status| status.bytes().all(|byte| byte.is_ascii_digit()));
        status && super::characters::stands_alone(head, at, at + 3) && is_negated(head, at)
    });
    (contrasted && denied).then_some(("words", 0.75))
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
        Some(b'-')
            if POLISH_ENDINGS
                .iter()
                .any(|ending| text[end..].starts_with(ending)) =>
        {
            false
        }
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
    names_call: &dyn Fn(&str) -> bool,
) -> Option<(&'static str, f32)> {
    let left_all = window_before(text, start, 48);
    let left_all = left_all.rsplit('\n').next().unwrap_or("");
    let left = left_all.lower_case();
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
    let right_lower = right.lower_case();
    let right_lower = right_lower.trim_start_matches(|character: char| {
        is_blank(character) || ":-–(\"'“*)]".contains(character)
    });
    if right_lower.starts_with(&reason_phrase(status).lower_case()) {
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
        "getcode()",
        "getstatuscode()",
        "getstatus()",
        "status()",
        "statuscode()",
        "rawstatuscode",
    ];
    let named = before_copula(trimmed);
    if keyed.iter().any(|cue| named.ends_with(cue)) {
        return Some(("label", 0.96));
    }
    // `404 {"errors": [...`: the body of the answer.
    let body = right.trim_start();
    if status >= 400
        && (["{\"", "{'", "[{", "<?xml", "<Error"]
            .iter()
            .any(|open| body.starts_with(open))
            || body
                .strip_prefix('{')
                .is_some_and(|rest| rest.starts_with(['\r', '\n'])))
    {
        return Some(("body", 0.9));
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
        let said = answers(last) || ["返回", "码"].iter().any(|cue| trimmed.ends_with(cue));
        return (said && status == 200 && !has_unit(right_lower) && !is_plural_noun(right))
            .then_some(("words", 0.7));
    }
    // "410 of 520 restaurants"
    let counted = {
        let mut words = left
            .rsplit(|character: char| is_blank(character) || character == '(')
            .filter(|word| !word.is_empty());
        let of = words.next().unwrap_or("");
        let number = words.next().unwrap_or("");
        matches!(of, "of" | "z" | "ze" | "von" | "sur" | "from" | "spośród")
            && !number.is_empty()
            && number
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b".,".contains(&byte))
    };
    let share = right.trim_start().starts_with(['(', '（']) && !adds_a_remark(right);
    if counted
        || share
        || has_unit(right_lower)
        || left_all.trim_end().ends_with(['€', '$', '#', '+'])
    {
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
        || answers(last)
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
    let plural = right.starts_with('s')
        || right.starts_with("er")
        || POLISH_ENDINGS
            .iter()
            .any(|ending| right.starts_with(ending));
    let speaks_of_failure = || {
        let (from, to) = super::clauses::clause(text, start, end);
        let clause = text[from..to].lower_case();
        said(&clause).any(Said::CALLS | Said::FAILING)
    };
    if !plural && !counts(right) {
        // Pages and lists show numbers as well.
        let told = || tells_before(trimmed) && names_call(&text[part(text, start, end)]);
        if answers_before(trimmed) || told() {
            return Some(("words", 0.78));
        }
    }
    if cue_before && !cue_after && !plural && is_plural_noun(right) {
        return None;
    }
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
            // "getOrders liefert 403." ends the sentence with the number, and a bracket adds to it.
            (matches!(
                at(text, end),
                None | Some('.' | ',' | '\n' | '\r' | ';' | '!' | '?' | ')' | '。' | '，')
            ) || adds_a_remark(right))
            .then_some(("words", 0.75))
        }
        _ => None,
    }
}

/// "status was", "Status ist": the name before a copula.
fn before_copula(left: &str) -> &str {
    [
        "was", "is", "were", "ist", "war", "lautet", "est", "était", "jest", "to", "był", "wynosi",
        "是", "为",
    ]
    .iter()
    .find(|word| ends_with_word(left, word))
    .map_or(left, |word| left[..left.len() - word.len()].trim_end())
}

/// "createFeed says", "od rana mamy": a verb of telling a word or two before.
fn tells_before(left: &str) -> bool {
    let sentence = left
        .rsplit(['.', ',', ';', '!', '?', '。', '，'])
        .next()
        .unwrap_or("");
    let words = sentence.rsplit(is_blank).filter(|word| !word.is_empty());
    words.take(3).any(tells)
}

/// "started answering", "répond maintenant", 一直报, 报过: a verb of answering a word or two before.
fn answers_before(left: &str) -> bool {
    let sentence = left
        .rsplit(['.', ',', ';', '!', '?', '。', '，'])
        .next()
        .unwrap_or("");
    let latin = sentence
        .rsplit(is_blank)
        .filter(|word| !word.is_empty())
        .take(3)
        .any(answers);
    let han = sentence
        .trim_end()
        .trim_end_matches(['过', '了', '出', '个', '着']);
    latin
        || [
            "报", "抛", "返回", "提示", "收到", "显示", "大量", "全是", "频繁", "不断", "满屏",
            "一堆",
        ]
        .iter()
        .any(|verb| han.ends_with(verb))
}

/// "einen 404 (Marktplatz Italien)", and not "500 (of 512)".
fn adds_a_remark(right: &str) -> bool {
    let Some(remark) = right.trim_start().strip_prefix(['(', '（']) else {
        return false;
    };
    let word = remark
        .split(|character: char| !character.is_alphanumeric())
        .next()
        .unwrap_or("");
    !matches!(
        word.lower_case().as_str(),
        "of" | "out"
            | "instead"
            | "was"
            | "statt"
            | "von"
            | "vorher"
            | "sur"
            | "au"
            | "avant"
            | "z"
            | "zamiast"
    )
}

/// True where the next word may be what the number counts: "500 products", "503 Bestellungen".
fn counts(right: &str) -> bool {
    let right = right.trim_start_matches([' ', '\t']);
    let end = right.find(|character: char| !character.is_alphabetic() && character != '\'');
    let word = &right[..end.unwrap_or(right.len())];
    !word.is_empty()
        && !word.starts_with(super::characters::is_han)
        && !GOES_ON.contains(&word.lower_case().as_str())
}

/// "404 reviews", "404 zamówienia", "503 Bestellungen", as far as its ending tells.
fn is_plural_noun(right: &str) -> bool {
    let Some(rest) = right.strip_prefix(' ') else {
        return false;
    };
    let end = rest.find(|character: char| !character.is_alphabetic());
    let word = &rest[..end.unwrap_or(rest.len())];
    let lower = word.lower_case();
    let long = word.chars().count() >= 5;
    long && counts(right)
        && (word.starts_with(char::is_lowercase)
            && [
                "ews", "cts", "ngs", "ges", "ies", "ów", "enia", "ówki", "ysów",
            ]
            .iter()
            .any(|ending| lower.ends_with(ending))
            || word.starts_with(char::is_uppercase)
                && ["ungen", "ionen", "keiten", "heiten", "kunden", "artikel"]
                    .iter()
                    .any(|ending| lower.ends_with(ending)))
}

fn has_unit(right: &str) -> bool {
    UNITS
        .iter()
        .any(|unit| right.starts_with(unit) && super::characters::ends_word(right, unit.len()))
}
