//! Secrets that a label or a neighbour tells of.

use super::entropy::{entropy, is_placeholder};
use super::marks::{is_token_character, kind_of_token};
use super::{Found, overlap};
use crate::extract::characters::{
    at, before, ends_word, is_blank, is_han, line_start, skip, skip_blanks, starts_word, window,
};

/// The value behind a label: `password: hunter2`, `"client_secret": "..."`.
pub(super) fn label(text: &str, start: usize, end: usize, kind: &'static str) -> Option<Found> {
    let whole = (starts_word(text, start) || matches!(before(text, start), Some('_' | '-')))
        && (ends_word(text, end) || at(text, end).is_some_and(is_han));
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
    // The next cell of a table.
    let cell = text[end..place].contains('\t');
    // These are known by their shape, whatever stands between.
    let shaped = matches!(
        kind,
        "lwa_client_secret" | "aws_secret_access_key" | "sts_session_token"
    );
    let rest = &text[place..];
    let sign = ["=>", "：", ":", "=", "|", "->"]
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
    let sign_given = sign.is_some() || further.is_some() || cell || shaped;
    place += further
        .or(sign.or(copula).map(str::len))
        .or((cell || shaped).then_some(0))?;
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

/// Forty characters beside an access key are its secret.
pub(super) fn keys_beside(text: &str, found: &[Found]) -> Vec<Found> {
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

/// The password behind a name and a slash: `Login: bob / Sommer2026!`.
pub(super) fn login(text: &str, start: usize, end: usize) -> Option<Found> {
    let whole =
        starts_word(text, start) && (ends_word(text, end) || before(text, end).is_some_and(is_han));
    let sign = skip_blanks(text, end);
    let sign_end = sign
        + at(text, sign)
            .filter(|sign| matches!(sign, ':' | '：' | '='))?
            .len_utf8();
    let name = skip_blanks(text, sign_end);
    let name_end = skip(text, name, |character| {
        character != '/' && !character.is_whitespace()
    });
    let slash = skip_blanks(text, name_end);
    let named =
        text[name..name_end].contains(char::is_alphabetic) && !text[name..name_end].ends_with(':');
    if !whole || !named || at(text, slash) != Some('/') {
        return None;
    }
    let from = skip_blanks(text, slash + 1);
    let stop = skip(text, from, |character| {
        !character.is_whitespace()
            && !matches!(character, '"' | '<' | '>' | '，' | '。' | '；' | '|')
    });
    let value = text[from..stop].trim_end_matches(['.', ',', ';', ')']);
    let fits = is_password(value, true) && !value.contains('/') && !is_placeholder(value);
    fits.then(|| Found {
        kind: "password",
        range: from..from + value.len(),
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
    let plain = value.chars().all(is_han)
        || value.starts_with(['{', '[', '(', '$', '<', '%'])
        || value.ends_with("()");
    sign_given && mixed >= 2 && !plain && (digit || symbol) || (mixed >= 3 && digit)
}

fn is_base64(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'%'))
}
