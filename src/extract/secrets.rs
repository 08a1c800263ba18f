//! Secrets: found by their marks and labels, told from placeholders, replaced at the door.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::Secret;
use super::characters::{
    at, before, is_blank, line_end, line_start, skip, skip_blanks, starts_word, window,
    window_before,
};
use crate::case::{Evidence, PartId};

/// What a mark in a text may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// A token that the mark itself begins: kind, shortest length behind the mark.
    Token(&'static str, usize),
    /// `AKIA`, `ASIA`.
    AccessKey,
    /// `eyJ`.
    Jwt,
    /// `Bearer `, `Basic `.
    Bearer,
    Basic,
    /// `-----BEGIN`.
    PrivateKey,
    /// A label: the value follows a sign.
    Label(&'static str),
    /// `https://user:password@host`.
    UserInfo,
    /// `Cookie:`, `Set-Cookie:`.
    Cookie,
}

#[rustfmt::skip]
const MARKS: &[(&str, Mark)] = &[
    ("Atza|", Mark::Token("lwa_access_token", 20)), ("Atza%7C", Mark::Token("lwa_access_token", 20)), ("Atc|", Mark::Token("lwa_access_token", 20)), ("Atc%7C", Mark::Token("lwa_access_token", 20)),
    ("Atzr|", Mark::Token("lwa_refresh_token", 20)), ("Atzr%7C", Mark::Token("lwa_refresh_token", 20)),
    ("Atz.sprdt|", Mark::Token("restricted_data_token", 20)), ("Atz.sprdt%7C", Mark::Token("restricted_data_token", 20)),
    ("amzn1.oa2-cs.v1.", Mark::Token("lwa_client_secret", 40)), ("amzn.mws.", Mark::Token("mws_auth_token", 36)),
    ("FwoG", Mark::Token("sts_session_token", 96)), ("IQoJ", Mark::Token("sts_session_token", 96)),
    ("AKIA", Mark::AccessKey), ("ASIA", Mark::AccessKey),
    ("eyJ", Mark::Jwt), ("Bearer ", Mark::Bearer), ("Basic ", Mark::Basic), ("-----BEGIN ", Mark::PrivateKey), ("://", Mark::UserInfo),
    ("ya29.", Mark::Token("bearer_token", 20)), ("AIza", Mark::Token("api_key", 35)), ("ghp_", Mark::Token("api_key", 36)), ("gho_", Mark::Token("api_key", 36)), ("github_pat_", Mark::Token("api_key", 40)), ("xoxb-", Mark::Token("api_key", 20)), ("xoxp-", Mark::Token("api_key", 20)), ("sk_live_", Mark::Token("api_key", 20)),
    ("cookie", Mark::Cookie), ("set-cookie", Mark::Cookie),
    // Passwords in the desks' languages.
    ("password", Mark::Label("password")), ("passwd", Mark::Label("password")), ("pwd", Mark::Label("password")), ("pass", Mark::Label("password")), ("passphrase", Mark::Label("password")), ("passwort", Mark::Label("password")), ("kennwort", Mark::Label("password")), ("mot de passe", Mark::Label("password")), ("mdp", Mark::Label("password")), ("hasło", Mark::Label("password")), ("hasłem", Mark::Label("password")), ("hasla", Mark::Label("password")), ("haslo", Mark::Label("password")), ("密码", Mark::Label("password")), ("口令", Mark::Label("password")), ("pw", Mark::Label("password")),
    ("client_secret", Mark::Label("lwa_client_secret")), ("clientsecret", Mark::Label("lwa_client_secret")), ("client secret", Mark::Label("lwa_client_secret")), ("client-secret", Mark::Label("lwa_client_secret")), ("lwa_client_secret", Mark::Label("lwa_client_secret")), ("客户端密钥", Mark::Label("lwa_client_secret")),
    ("secret access key", Mark::Label("aws_secret_access_key")), ("secret_access_key", Mark::Label("aws_secret_access_key")), ("secretaccesskey", Mark::Label("aws_secret_access_key")), ("aws_secret_key", Mark::Label("aws_secret_access_key")), ("aws secret key", Mark::Label("aws_secret_access_key")), ("secretkey", Mark::Label("aws_secret_access_key")), ("secret_key", Mark::Label("aws_secret_access_key")), ("secret key", Mark::Label("aws_secret_access_key")), ("secret-key", Mark::Label("aws_secret_access_key")), ("aws_secret", Mark::Label("aws_secret_access_key")), ("aws secret", Mark::Label("aws_secret_access_key")),
    ("x-amz-security-token", Mark::Label("sts_session_token")), ("session_token", Mark::Label("sts_session_token")), ("sessiontoken", Mark::Label("sts_session_token")), ("aws_session_token", Mark::Label("sts_session_token")),
    ("access_token", Mark::Label("bearer_token")), ("accesstoken", Mark::Label("bearer_token")), ("auth_token", Mark::Label("bearer_token")), ("authtoken", Mark::Label("bearer_token")), ("api_key", Mark::Label("api_key")), ("apikey", Mark::Label("api_key")), ("api-key", Mark::Label("api_key")), ("api key", Mark::Label("api_key")), ("x-api-key", Mark::Label("api_key")),
];

static TABLE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(MARKS.iter().map(|(mark, _)| mark))
        .expect("the marks of secrets are a small fixed table")
});

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: &'static str,
    pub(crate) range: Range<usize>,
}

/// All secrets of a text, in order, none overlapping.
pub(crate) fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut labelled: Vec<Found> = Vec::new();
    for hit in TABLE.find_iter(text) {
        let (mark, kind) = MARKS[hit.pattern().as_usize()];
        let (start, end) = (hit.start(), hit.end());
        let exact = &text[start..end] == mark;
        let secret = match kind {
            Mark::Token(kind, least) if exact => token(text, start, end, kind, least),
            Mark::AccessKey if exact => access_key(text, start),
            Mark::Jwt if exact => jwt(text, start),
            Mark::Bearer => bearer(text, end),
            Mark::Basic => basic(text, start, end),
            Mark::PrivateKey if exact => private_key(text, start),
            Mark::UserInfo => user_info(text, end),
            Mark::Cookie => cookie(text, start, end),
            Mark::Label(kind) => {
                labelled.extend(label(text, start, end, kind));
                None
            }
            _ => None,
        };
        found.extend(secret);
    }
    // What a mark tells is surer than what a label tells, and a longer one than a part of it.
    labelled.extend(keys_beside(text, &found));
    let certain = found.len();
    found.extend(labelled);
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|index| {
        let range = &found[*index].range;
        (range.start, *index >= certain, std::cmp::Reverse(range.end))
    });
    let mut kept: Vec<(usize, Found)> = Vec::with_capacity(found.len());
    for index in order {
        let secret = &found[index];
        match kept.last() {
            Some((last, known)) if overlap(&known.range, &secret.range) => {
                if *last >= certain && index < certain {
                    kept.pop();
                    kept.push((index, secret.clone()));
                }
            }
            _ => kept.push((index, secret.clone())),
        }
    }
    kept.into_iter().map(|(_, secret)| secret).collect()
}

fn overlap(left: &Range<usize>, right: &Range<usize>) -> bool {
    left.start < right.end && right.start < left.end
}

fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '-' | '_' | '.' | '+' | '/' | '=' | '~' | '%')
}

fn token(text: &str, start: usize, end: usize, kind: &'static str, least: usize) -> Option<Found> {
    if !starts_word(text, start) && kind != "sts_session_token" {
        return None;
    }
    let stop = skip(text, end, is_token_character);
    let stop = end + text[end..stop].trim_end_matches(['.', '%']).len();
    // Another parameter of a URL may follow without a blank.
    let value = &text[end..stop];
    (value.len() >= least
        && !is_placeholder(value)
        && entropy(value) > 2.5
        && !in_presigned_url(text, start))
    .then(|| Found {
        kind,
        range: start..stop,
    })
}

fn access_key(text: &str, start: usize) -> Option<Found> {
    let end = skip(text, start, |character| {
        character.is_ascii_uppercase() || character.is_ascii_digit()
    });
    let whole =
        end - start == 20 && starts_word(text, start) && super::characters::ends_word(text, end);
    let value = &text[start..end];
    (whole && !is_placeholder(value) && !in_presigned_url(text, start)).then(|| Found {
        kind: "aws_access_key_id",
        range: start..end,
    })
}

/// Pre-signed URLs of documents carry keys of the storage's owner.
fn in_presigned_url(text: &str, place: usize) -> bool {
    let before = window_before(text, place, 2_000);
    let word = before
        .rfind([' ', '\n', '\t', '"', '<', '\'', '>'])
        .map_or(before, |blank| &before[blank + 1..]);
    word.contains("://") && word.contains("amazonaws.com") && word.contains('?')
}

fn jwt(text: &str, start: usize) -> Option<Found> {
    let end = skip(text, start, |character| {
        character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
    });
    let value = text[start..end].trim_end_matches('.');
    let mut parts = value.split('.');
    let three = (
        parts.next()?.len() >= 10,
        parts.next()?.len() >= 10,
        parts.next()?.len() >= 10,
    );
    (three == (true, true, true) && parts.next().is_none() && starts_word(text, start)).then(|| {
        Found {
            kind: "jwt",
            range: start..start + value.len(),
        }
    })
}

fn bearer(text: &str, end: usize) -> Option<Found> {
    let stop = skip(text, end, |character| {
        is_token_character(character) || character == '|'
    });
    let value = text[end..stop].trim_end_matches(['.', '%']);
    if value.len() < 16
        || is_placeholder(value)
        || entropy(value) < 2.5
        || !value.bytes().any(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let kind = kind_of_token(value).unwrap_or("bearer_token");
    Some(Found {
        kind,
        range: end..end + value.len(),
    })
}

/// The kind that a token shows by its own mark.
fn kind_of_token(value: &str) -> Option<&'static str> {
    if value.starts_with("eyJ") && value.matches('.').count() == 2 {
        return Some("jwt");
    }
    MARKS.iter().find_map(|(mark, kind)| match kind {
        Mark::Token(kind, _) if value.starts_with(mark) => Some(*kind),
        _ => None,
    })
}

fn basic(text: &str, start: usize, end: usize) -> Option<Found> {
    let stop = skip(text, end, |character| {
        character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=')
    });
    let value = &text[end..stop];
    let header = window_before(text, start, 40)
        .to_ascii_lowercase()
        .contains("authorization");
    let mixed = value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_uppercase());
    let encoded = value.ends_with('=') || (mixed && value.len() >= 16);
    (value.len() >= 8
        && !is_placeholder(value)
        && (header || encoded)
        && (encoded || mixed || value.len() >= 12))
        .then(|| Found {
            kind: "basic_auth",
            range: end..stop,
        })
}

fn private_key(text: &str, start: usize) -> Option<Found> {
    let head = window(text, start, 60);
    let end_of_head = head.find("PRIVATE KEY")?;
    let body = window(text, start, 20_000);
    let end = match body.find("-----END") {
        Some(end) => end + body[end + 5..].find("-----").map_or(8, |close| close + 10),
        None => body.len().min(2_000),
    };
    (end > end_of_head + 60).then(|| Found {
        kind: "private_key",
        range: start..text.floor_char_boundary((start + end).min(text.len())),
    })
}

fn user_info(text: &str, end: usize) -> Option<Found> {
    let authority = window(text, end, 200);
    let authority = &authority[..authority
        .find(|character: char| {
            matches!(character, '/' | '?' | '#' | '"' | '\'' | '<' | '>')
                || character.is_whitespace()
        })
        .unwrap_or(authority.len())];
    let (info, _) = authority.rsplit_once('@')?;
    let (user, password) = info.split_once(':')?;
    let start = end + user.len() + 1;
    (password.len() >= 4 && !is_placeholder(password)).then(|| Found {
        kind: "password",
        range: start..start + password.len(),
    })
}

/// The value of a cookie header, or of a HAR file's entry of that name.
fn cookie(text: &str, start: usize, end: usize) -> Option<Found> {
    if before(text, start).is_some_and(|left| left.is_alphanumeric()) {
        return None;
    }
    let mut place = end;
    if matches!(at(text, place), Some('"' | '\'')) {
        place += 1;
    }
    place = skip_blanks(text, place);
    let quoted = if text[place..].starts_with(',') {
        // {"name":"cookie","value":"..."}
        let value = window(text, place, 40).find("\"value\"")?;
        place = skip_blanks(text, place + value + 7);
        true
    } else {
        false
    };
    if !text[place..].starts_with(':') {
        return None;
    }
    place = skip_blanks(text, place + 1);
    let opened = at(text, place).filter(|quote| matches!(quote, '"' | '\''));
    if let Some(quote) = opened {
        place += quote.len_utf8();
    } else if quoted {
        return None;
    }
    let stop = match opened {
        Some(quote) => place + unescaped_quote(&text[place..line_end(text, place)], quote)?,
        None => line_end(text, place),
    };
    let value = text[place..stop].trim_end();
    (value.contains('=') && value.len() >= 16 && !is_placeholder(value)).then(|| Found {
        kind: "cookie",
        range: place..place + value.len(),
    })
}

fn unescaped_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (offset, character) in text.char_indices() {
        if !escaped && character == quote {
            return Some(offset);
        }
        escaped = !escaped && character == '\\';
    }
    None
}

/// The value behind a label: `password: hunter2`, `"client_secret": "..."`.
fn label(text: &str, start: usize, end: usize, kind: &'static str) -> Option<Found> {
    let whole = (starts_word(text, start) || matches!(before(text, start), Some('_' | '-')))
        && (super::characters::ends_word(text, end)
            || at(text, end).is_some_and(super::characters::is_han));
    if !whole {
        return None;
    }
    let mut place = skip(text, end, |character| {
        matches!(character, '"' | '\'' | '`' | '*' | '\\' | ']')
    });
    place = skip_blanks(text, place);
    // "Passwort (Sandbox): ..."
    if matches!(at(text, place), Some('(' | '（'))
        && let Some(close) = window(text, place, 40).find([')', '）'])
    {
        place = skip(text, place + close, |character| {
            matches!(character, ')' | '）') || is_blank(character)
        });
    }
    let rest = &text[place..];
    let sign = ["=>", "：", ":", "=", "|", "->", "\t"]
        .into_iter()
        .find(|sign| rest.starts_with(sign));
    let copula = ["is ", "ist ", "lautet ", "est ", "to ", "jest ", "是", "为"]
        .into_iter()
        .find(|word| rest.starts_with(word));
    // "Das Passwort für unser Testsystem ist: ..."
    let further = (sign.is_none() && kind == "password")
        .then(|| {
            let near = window(rest, 0, 48);
            let colon = near.find([':', '：'])?;
            let words = near[..colon].chars().all(|character| {
                character.is_alphabetic() || is_blank(character) || character == '-'
            });
            words.then(|| colon + near[colon..].chars().next().map_or(1, char::len_utf8))
        })
        .flatten();
    let sign_given = sign.is_some() || further.is_some();
    place += further.or(sign.or(copula).map(str::len))?;
    place = skip_blanks(text, place);
    if matches!(at(text, place), Some('\n' | '\r')) && sign_given {
        let next = skip(text, place, |character| {
            matches!(character, '\n' | '\r' | '>') || is_blank(character)
        });
        if text[place..next].matches('\n').count() > 1 {
            return None;
        }
        place = next;
    }
    let mut quote = None;
    while let Some(open) = at(text, place)
        .filter(|open| matches!(open, '"' | '\'' | '`' | '“' | '„' | '\\' | '*' | '「' | '«'))
    {
        quote = Some(open);
        place += open.len_utf8();
    }
    let stop = match quote {
        Some(_) => skip(text, place, |character| {
            !matches!(
                character,
                '"' | '\'' | '`' | '”' | '“' | '\\' | '\n' | '」' | '»' | '*'
            )
        }),
        None => skip(text, place, |character| {
            !character.is_whitespace()
                && !matches!(character, '"' | '<' | '>' | '，' | '。' | '；' | '|')
        }),
    };
    let mut value = &text[place..stop];
    if quote.is_none() {
        value = value.trim_end_matches(['.', ',', ';', ')', ':']);
        if text[line_start(text, start)..place].contains(['?', '&']) || text[..place].ends_with('=')
        {
            value = value.split('&').next().unwrap_or(value);
        }
    }
    let fits = match kind {
        "password" => is_password(value, sign_given),
        "aws_secret_access_key" => value.len() == 40 && is_base64(value) && entropy(value) > 3.5,
        "lwa_client_secret" => {
            value.len() >= 32
                && value
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
                && entropy(value) > 2.5
        }
        "sts_session_token" => value.len() >= 64 && is_base64(value),
        _ => {
            value.len() >= 16
                && value
                    .chars()
                    .all(|character| is_token_character(character) || character == '|')
                && entropy(value) > 2.8
                && value.bytes().any(|byte| byte.is_ascii_digit())
        }
    };
    if !fits || is_placeholder(value) {
        return None;
    }
    let kind = if kind == "bearer_token" {
        kind_of_token(value).unwrap_or(kind)
    } else {
        kind
    };
    Some(Found {
        kind,
        range: place..place + value.len(),
    })
}

/// A password as people write one: no plain word, no explanation.
fn is_password(value: &str, sign_given: bool) -> bool {
    let length = value.chars().count();
    if !(4..=128).contains(&length) || value.contains("://") || value.contains(' ') {
        return false;
    }
    let digit = value.chars().any(|character| character.is_ascii_digit());
    let symbol = value
        .chars()
        .any(|character| !character.is_alphanumeric() && character.is_ascii());
    let upper = value.chars().skip(1).any(char::is_uppercase);
    let lower = value.chars().any(char::is_lowercase);
    let mixed = usize::from(digit) + usize::from(symbol) + usize::from(upper) + usize::from(lower);
    let plain = value.chars().all(super::characters::is_han)
        || value.starts_with(['{', '[', '(', '$', '<', '%'])
        || value.ends_with("()");
    sign_given && mixed >= 2 && !plain && (digit || symbol) || (mixed >= 3 && digit)
}

fn is_base64(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'%'))
}

/// Forty characters beside an access key are its secret.
fn keys_beside(text: &str, found: &[Found]) -> Vec<Found> {
    let mut keys = Vec::new();
    for key in found
        .iter()
        .filter(|secret| secret.kind == "aws_access_key_id")
        .take(20)
    {
        let near = window(text, key.range.end, 300);
        let mut offset = 0;
        for word in near.split(|character: char| {
            !(character.is_ascii_alphanumeric() || matches!(character, '+' | '/'))
        }) {
            let start = key.range.end + offset;
            offset += word.len();
            offset += text[key.range.end + offset..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
            let mixed = word.bytes().any(|byte| byte.is_ascii_digit())
                && word.bytes().any(|byte| byte.is_ascii_uppercase())
                && word.bytes().any(|byte| byte.is_ascii_lowercase());
            if word.len() == 40 && mixed && entropy(word) > 4.0 {
                let range = start..start + 40;
                if !found.iter().any(|known| overlap(&known.range, &range)) {
                    keys.push(Found {
                        kind: "aws_secret_access_key",
                        range,
                    });
                }
            }
        }
    }
    keys
}

/// `xxxx`, `****`, `<token>`, `YOUR_TOKEN`, `EXAMPLE`, `${TOKEN}`.
fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let bare = lower.trim_matches(|character: char| !character.is_alphanumeric());
    lower.contains("...")
        || lower.contains("***")
        || lower.contains("xxxx")
        || lower.contains("…")
        || lower.contains("your_")
        || lower.contains("your-")
        || lower.contains("example")
        || lower.contains("placeholder")
        || lower.contains("redacted")
        || lower.contains("removed")
        || lower.contains("<")
        || lower.contains("${")
        || lower.contains("{{")
        || lower.contains("•")
        || matches!(
            bare,
            "" | "null"
                | "none"
                | "true"
                | "false"
                | "secret"
                | "token"
                | "password"
                | "undefined"
                | "required"
                | "string"
                | "hidden"
                | "geheim"
                | "changeme"
                | "xxx"
        )
}

/// Shannon entropy in bits a character.
fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX)).max(1.0);
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / length;
            -share * share.log2()
        })
        .sum()
}

/// The keyed fingerprint of a secret: eight hexadecimal digits.
pub(crate) fn fingerprint(secret: &str, key: &[u8; 32]) -> String {
    blake3::keyed_hash(key, secret.as_bytes()).to_hex()[..8].to_owned()
}

/// Secrets of a part's text.
pub(crate) fn read(
    text: &str,
    part: PartId,
    key: &[u8; 32],
    is_new: impl Fn(usize) -> bool,
) -> Vec<Secret> {
    find(text)
        .into_iter()
        .map(|found| Secret {
            kind: found.kind.to_owned(),
            fingerprint: fingerprint(&text[found.range.clone()], key),
            evidence: Evidence {
                part,
                start: found.range.start,
                end: found.range.end,
                rule: format!("secret.{}", found.kind),
                confidence: 0.95,
                quoted: !is_new(found.range.start),
            },
        })
        .collect()
}

/// The text of a part with its secrets replaced by `[secret KIND #fingerprint]`. `secrets` are those
/// of this part.
#[must_use]
pub fn redact(text: &str, secrets: &[Secret]) -> String {
    redact_range(text, 0..text.len(), secrets)
}

/// The same for a stretch of the part's text.
#[must_use]
pub fn redact_range(text: &str, range: Range<usize>, secrets: &[Secret]) -> String {
    let mut sorted: Vec<&Secret> = secrets
        .iter()
        .filter(|secret| secret.evidence.start < range.end && secret.evidence.end > range.start)
        .collect();
    sorted.sort_by_key(|secret| secret.evidence.start);
    let mut redacted = String::with_capacity(range.len());
    let mut done = range.start;
    for secret in sorted {
        let start = secret.evidence.start.max(done);
        redacted.push_str(text.get(done..start).unwrap_or(""));
        redacted.push_str(&format!("[secret {} #{}]", secret.kind, secret.fingerprint));
        done = secret.evidence.end.min(range.end).max(done);
    }
    redacted.push_str(text.get(done..range.end).unwrap_or(""));
    redacted
}

/// A text of no mail with its secrets replaced.
#[must_use]
pub fn hide(text: &str, key: &[u8; 32]) -> String {
    let secrets = read(text, PartId::Derived, key, |_| true);
    if secrets.is_empty() {
        text.to_owned()
    } else {
        redact(text, &secrets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<&'static str> {
        find(text).into_iter().map(|found| found.kind).collect()
    }

    #[test]
    fn secrets_are_told_from_placeholders() {
        for (text, expected) in [
            (
                "x-amz-access-token: Atza|IwEBVr-O8PIK6HgVqjYO6dc0AOJQ75ii_GsGWaES",
                &["lwa_access_token"][..],
            ),
            (
                "refresh_token=Atzr%7CIwEBVr-O8PIK6HgVqjYO6dc0AOJQ75ii&x=1",
                &["lwa_refresh_token"],
            ),
            ("Atza|IwEB...", &[]),
            ("Atza|xxxxxxxxxxxxxxxxxxxxxxxxxxxxx", &[]),
            (
                "key AKIA3Z5AKIW65CVJ4C7I secret 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",
                &["aws_access_key_id", "aws_secret_access_key"],
            ),
            (
                "https://tortuga-prod-eu.s3-eu-west-1.amazonaws.com/x?X-Amz-Credential=AKIA3Z5AKIW65CVJ4C7I%2F2026",
                &[],
            ),
            ("Hasło: Zielony-Kot77", &["password"]),
            ("password: ********", &[]),
            ("mot de passe : voir plus bas", &[]),
            ("密码：Abc12345", &["password"]),
            (
                "Authorization: Basic Z29vZ2xlLW9yZGVyaW5nOnRyw6hz",
                &["basic_auth"],
            ),
            (
                "authorization\",\"value\":\"Bearer onaB6nKO-WxYSZ8tSSNSbYCt4LiEdI5DgTplrFKejtF9MK\"",
                &["bearer_token"],
            ),
            (
                "{\"name\":\"cookie\",\"value\":\"session-id=262-964852418325; ubid=3232\"}",
                &["cookie"],
            ),
            (
                "\"client_secret\": \"4b94392621366fd671804d35704b350f4b94392621366fd671804d35704b350f\"",
                &["lwa_client_secret"],
            ),
            (
                "MWSAuthToken=amzn.mws.f995a759-d5fc-45d4-ad27-10d8749c8c6a&x",
                &["mws_auth_token"],
            ),
            ("The password is wrong.", &[]),
            ("Basic authentication is used", &[]),
        ] {
            assert_eq!(kinds(text), expected, "{text}");
        }
    }

    #[test]
    fn the_same_secret_has_the_same_fingerprint() {
        let first = hide("pwd: Hunter-2-Hunter", &[1; 32]);
        let second = hide("Das Passwort: Hunter-2-Hunter", &[1; 32]);
        assert!(first.starts_with("pwd: [secret password #"));
        assert_eq!(first[5..], second[14..]);
        assert_ne!(first, hide("pwd: Hunter-2-Hunter", &[2; 32]));
    }
}
