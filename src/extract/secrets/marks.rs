//! Secrets that a mark of their own begins.

use super::Found;
use super::entropy::{entropy, is_placeholder};
use super::table::{MARKS, Mark};
use crate::extract::characters::{
    at, before, ends_word, line_end, skip, skip_blanks, starts_word, window, window_before,
};

pub(super) fn token(
    text: &str,
    start: usize,
    end: usize,
    kind: &'static str,
    least: usize,
) -> Option<Found> {
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
    .then_some(Found {
        kind,
        range: start..stop,
    })
}

pub(super) fn access_key(text: &str, start: usize) -> Option<Found> {
    let end = skip(text, start, |character| {
        character.is_ascii_uppercase() || character.is_ascii_digit()
    });
    let whole = end - start == 20 && starts_word(text, start) && ends_word(text, end);
    let value = &text[start..end];
    (whole && !is_placeholder(value) && !in_presigned_url(text, start)).then_some(Found {
        kind: "aws_access_key_id",
        range: start..end,
    })
}

pub(super) fn jwt(text: &str, start: usize) -> Option<Found> {
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

pub(super) fn bearer(text: &str, end: usize) -> Option<Found> {
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

pub(super) fn basic(text: &str, start: usize, end: usize) -> Option<Found> {
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
        .then_some(Found {
            kind: "basic_auth",
            range: end..stop,
        })
}

pub(super) fn private_key(text: &str, start: usize) -> Option<Found> {
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

pub(super) fn basic_auth(text: &str, start: usize, end: usize) -> Option<Found> {
    // Other programs' `-u` is a name; curl's holds the password.
    let line = crate::extract::characters::line_start(text, start);
    if !text[line..end].contains("curl") {
        return None;
    }
    let given = window(text, end, 200).trim_start_matches(['"', '\'']);
    let at = end + window(text, end, 200).len() - given.len();
    let stop = given.find(|next: char| next.is_whitespace() || matches!(next, '"' | '\''));
    let given = &given[..stop.unwrap_or(given.len())];
    let (user, password) = given.split_once(':')?;
    let start = at + user.len() + 1;
    (password.len() >= 4 && !is_placeholder(password)).then(|| Found {
        kind: "basic_auth",
        range: start..start + password.len(),
    })
}

pub(super) fn user_info(text: &str, end: usize) -> Option<Found> {
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
pub(super) fn cookie(text: &str, start: usize, end: usize) -> Option<Found> {
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

/// The kind that a token shows by its own mark.
pub(super) fn kind_of_token(value: &str) -> Option<&'static str> {
    if value.starts_with("eyJ") && value.matches('.').count() == 2 {
        return Some("jwt");
    }
    MARKS.iter().find_map(|(mark, kind)| match kind {
        Mark::Token(kind, _) if value.starts_with(mark) => Some(*kind),
        _ => None,
    })
}

pub(super) fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '-' | '_' | '.' | '+' | '/' | '=' | '~' | '%')
}

/// Pre-signed URLs of documents carry keys of the storage's owner.
fn in_presigned_url(text: &str, place: usize) -> bool {
    let before = window_before(text, place, 2_000);
    let word = before
        .rfind([' ', '\n', '\t', '"', '<', '\'', '>'])
        .map_or(before, |blank| &before[blank + 1..]);
    word.contains("://") && word.contains("amazonaws.com") && word.contains('?')
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
