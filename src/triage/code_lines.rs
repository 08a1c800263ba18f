//! Lines that a machine wrote or reads, as against a person's words.

use super::fold::is_unspaced;
use super::sentence::find_url;

/// True for a line that a machine wrote or reads.
pub(crate) fn is_code(line: &str) -> bool {
    let first = line.as_bytes().first().copied().unwrap_or_default();
    if matches!(first, b'{' | b'}' | b']' | b'<' | b'$' | b'\\')
        || line == "["
        || line == ")"
        || line == "("
    {
        return true;
    }
    if first == b'>' || line.starts_with("* Connected") || line.starts_with("* using") {
        return true;
    }
    if line.ends_with(['{', '}', ';', '[']) && line.is_ascii()
        || line.ends_with("},")
        || line.ends_with("],")
    {
        return true;
    }
    let starts_like_code = CODE_STARTS
        .iter()
        .any(|start| start.as_bytes()[0] == first && line.starts_with(start));
    if starts_like_code || is_log_line(line) {
        return true;
    }
    if let Some(rest) = line.strip_prefix(['"', '\'', '[']) {
        // "key": value, 'key': value, [key] => value
        if rest.contains("\":")
            || rest.contains("':")
            || rest.contains("=>")
            || rest.contains("\" :")
        {
            return true;
        }
    }
    let mut letters = 0_usize;
    let mut signs = 0_usize;
    // Few lines of prose have so many signs that their letters count.
    if line.bytes().filter(|byte| is_sign(*byte)).count() < SIGNS_MIN {
        return false;
    }
    for character in line.chars() {
        if is_unspaced(character) {
            letters += 3;
        } else if character.is_alphabetic() {
            letters += 1;
        } else if u8::try_from(character).is_ok_and(is_sign) {
            signs += 1;
        }
    }
    signs >= SIGNS_MIN && signs * 6 > letters && find_url(line).is_none()
}

/// Signs that a line of code has at least.
const SIGNS_MIN: usize = 4;

/// A sign that programs use more than people.
fn is_sign(byte: u8) -> bool {
    matches!(
        byte,
        b'{' | b'}'
            | b'['
            | b']'
            | b'<'
            | b'>'
            | b'='
            | b'\\'
            | b';'
            | b'|'
            | b'&'
            | b'$'
            | b'%'
            | b'_'
            | b'"'
    )
}

const CODE_STARTS: [&str; 34] = [
    "at com.",
    "at org.",
    "at java",
    "at io.",
    "at net.",
    "at System.",
    "at Object.",
    "at async",
    "at sun.",
    "at <anonymous>",
    "File \"",
    "Traceback",
    "Caused by:",
    "curl ",
    "GET /",
    "POST /",
    "PUT /",
    "PATCH /",
    "DELETE /",
    "GET http",
    "POST http",
    "PUT http",
    "PATCH http",
    "DELETE http",
    "HTTP/1",
    "HTTP/2",
    "Exception in thread",
    "import ",
    "using ",
    "const ",
    "var ",
    "public ",
    "private ",
    "//",
];

/// A line that starts with a time stamp of a log and a level, a bracket or a thread.
pub(crate) fn is_log_line(line: &str) -> bool {
    let line = line.strip_prefix('[').unwrap_or(line);
    let bytes = line.as_bytes();
    let starts_with_date = bytes.len() > 19
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && matches!(bytes[4], b'-' | b'/')
        && bytes[5..7].iter().all(u8::is_ascii_digit);
    starts_with_date
        && [
            "ERROR", "WARN", "INFO", "DEBUG", "FATAL", "TRACE", "] ", "CRITICAL", "error", "Error",
        ]
        .iter()
        .any(|level| line.contains(level))
}

/// A request or call that can be repeated.
pub(crate) fn is_request(line: &str) -> bool {
    let line = line.trim_start_matches(['>', '$', ' ']);
    line.starts_with("curl ") || has_method_and_path(line) || is_call(line)
}

/// A line of a program: an assignment or a call on an object.
fn is_call(line: &str) -> bool {
    let called = line.contains("->") || line.contains('.');
    (line.ends_with(';') && line.contains('=') && !line.contains(": "))
        || (line.contains(" = ") && line.contains('(') && line.ends_with(')') && called)
        || (line.starts_with('$') && line.contains(" = "))
}

/// `GET /orders/v0/orders` anywhere in a line.
pub(crate) fn has_method_and_path(line: &str) -> bool {
    memchr::memchr_iter(b' ', line.as_bytes()).any(|blank| {
        let rest = &line[blank + 1..];
        (rest.starts_with('/') || rest.starts_with("http"))
            && ["GET", "POST", "PUT", "PATCH", "DELETE"]
                .iter()
                .any(|method| line[..blank].ends_with(method))
    })
}
