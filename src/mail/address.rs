//! Address lists (RFC 5322 section 3.4), read leniently: groups, comments, routes, names without quotes.

use std::iter::Peekable;
use std::str::Chars;

use super::Address;
use super::field;
use crate::limits;

/// Reads the addresses of a raw field value.
pub(crate) fn parse_list(value: &[u8]) -> Vec<Address> {
    let text = field::unfold(value);
    let mut addresses = Vec::new();
    let mut current = Entry::default();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if addresses.len() >= limits::ADDRESSES_MAX {
            break;
        }
        match character {
            '"' => {
                let inner = quoted(&mut characters);
                current.quoted = true;
                if begins_address(&characters) && !current.has_address() {
                    // `"x victim"@shop.example`: the marks are part of the address, and what stands between
                    // them is no word of its own.
                    let mut local = format!("\"{inner}\"");
                    while let Some(next) =
                        characters.next_if(|next| !matches!(next, ',' | ';' | '<' | '('))
                    {
                        local.push(next);
                    }
                    current.angle = Some(local);
                } else {
                    current.phrase.push_str(&inner);
                    current.bare.push(' ');
                }
            }
            '(' => {
                let mut depth = 1;
                while let Some(inner) = characters.next() {
                    match inner {
                        '(' => depth += 1,
                        ')' => depth -= 1,
                        '\\' => {
                            current.comment.extend(characters.next());
                            continue;
                        }
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                    current.comment.push(inner);
                }
            }
            '<' => {
                let mut angle = String::new();
                while let Some(inner) = characters.next() {
                    match inner {
                        '>' => break,
                        // A bracket between quotation marks is a part of the address.
                        '"' => {
                            angle.push('"');
                            angle.push_str(&quoted(&mut characters));
                            angle.push('"');
                        }
                        _ => angle.push(inner),
                    }
                }
                // `<<a@b>>` is seen. Of several pairs of brackets the one with an address counts; two addresses
                // are two, also without a comma.
                let angle = angle.trim_start_matches('<').trim();
                match &current.angle {
                    Some(had)
                        if had.contains('@') && normal_address(had) != normal_address(angle) =>
                    {
                        if angle.contains('@') {
                            current.finish(&mut addresses);
                            current.angle = Some(angle.to_owned());
                        }
                    }
                    Some(_) if angle.is_empty() => {}
                    _ => current.angle = Some(angle.to_owned()),
                }
            }
            '>' => {}
            ',' | ';' => {
                // `Doe, John <john@example.org>` without quotation marks is one person.
                if character == ','
                    && current.angle.is_none()
                    && !current.phrase.contains('@')
                    && !current.quoted
                {
                    if !current.phrase.trim().is_empty() {
                        current.push(',');
                    }
                } else {
                    current.finish(&mut addresses);
                }
            }
            ':' => {
                // The name of a group, or `mailto:`.
                if current.angle.is_none() && !current.phrase.contains('@') {
                    current = Entry::default();
                } else {
                    current.push(':');
                }
            }
            _ => current.push(character),
        }
    }
    if addresses.len() < limits::ADDRESSES_MAX {
        current.finish(&mut addresses);
    }
    addresses
}

/// The rest of a quoted string (RFC 5322 section 3.2.4), after its first mark.
fn quoted(characters: &mut Peekable<Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => text.extend(characters.next()),
            _ => text.push(character),
        }
    }
    text
}

/// True when the quoted string that ends here is the local part of an address, or begins one
/// (RFC 5322 sections 3.4.1 and 4.4).
fn begins_address(rest: &Peekable<Chars<'_>>) -> bool {
    let mut rest = rest.clone();
    match rest.next() {
        Some('.') => true,
        Some(first) => {
            std::iter::once(first)
                .chain(rest)
                .find(|character| !character.is_whitespace())
                == Some('@')
        }
        None => false,
    }
}

#[derive(Default)]
struct Entry {
    phrase: String,
    /// The phrase without what stood in quotation marks.
    bare: String,
    comment: String,
    angle: Option<String>,
    quoted: bool,
}

impl Entry {
    fn push(&mut self, character: char) {
        self.phrase.push(character);
        self.bare.push(character);
    }

    fn has_address(&self) -> bool {
        self.angle
            .as_deref()
            .is_some_and(|angle| angle.contains('@'))
    }

    /// The address of an entry without brackets. One that stands in quotation marks is a name, unless
    /// nothing else is there.
    fn bare_address(&self) -> Option<String> {
        let whole = self.phrase.trim();
        if self.bare.trim().is_empty() {
            let one = whole.contains('@') && !whole.contains(char::is_whitespace);
            return one.then(|| whole.to_owned());
        }
        let bare = without_folds(&self.bare, false);
        let mut words = bare.split_whitespace().filter(|word| word.contains('@'));
        let word = words.next_back()?;
        // Nobody can say which of two it is.
        Some(match words.next() {
            Some(_) => bare.trim().to_owned(),
            None => word.to_owned(),
        })
    }

    fn finish(&mut self, addresses: &mut Vec<Address>) {
        let entry = std::mem::take(self);
        let phrase = entry.phrase.trim();
        let (name, address) = match entry.angle {
            Some(angle) => (phrase.to_owned(), angle),
            None => match entry.bare_address() {
                Some(word) => {
                    let name = phrase.replace(&word, "").trim().to_owned();
                    (
                        if name.is_empty() {
                            entry.comment.clone()
                        } else {
                            name
                        },
                        word,
                    )
                }
                None if phrase.is_empty() => return,
                // A lone word is a local user of old systems; words are a name without an address.
                None if !phrase.contains(' ') && !entry.quoted => {
                    (entry.comment.clone(), phrase.to_owned())
                }
                None => (phrase.to_owned(), String::new()),
            },
        };
        let name = if name.is_empty() { entry.comment } else { name };
        let name = if name.contains("=?") {
            field::decode_words(&name)
        } else {
            name
        };
        addresses.push(Address {
            name: tidy_name(&name),
            address: normal_address(&address),
        });
    }
}

fn tidy_name(name: &str) -> String {
    let name = name
        .trim()
        .trim_matches(|character| matches!(character, '"' | '\'' | ','))
        .trim();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without the white space that may stand around `@`, and before a dot; `dots` says that of the place
/// after a dot too, where in a name a new word begins.
fn without_folds(text: &str, dots: bool) -> String {
    let mut joined = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '@' | '.') {
            joined.truncate(joined.trim_end().len());
        }
        let after = joined.ends_with('@') || (dots && joined.ends_with('.'));
        if !(character.is_whitespace() && after) {
            joined.push(character);
        }
    }
    joined
}

/// Lower case, without a source route (RFC 5322 section 4.4) or `mailto:`. What is in the way of
/// reading it stays, so that it does not become another address.
fn normal_address(address: &str) -> String {
    let address = address.trim();
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    let address = match address.strip_prefix('@') {
        Some(route) => route.rsplit_once(':').map_or(address, |(_, rest)| rest),
        None => address,
    };
    // An encoded word is none in an address (RFC 2047 section 5): what it would say is not read.
    without_folds(address.trim(), true)
        .chars()
        .map(|character| {
            if character.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                character
            }
        })
        .flat_map(char::to_lowercase)
        .take(1_000)
        .collect()
}

/// Message identifiers in angle brackets (RFC 5322 section 3.6.4), without the brackets; bare words
/// where a sender forgot the brackets.
pub(crate) fn parse_identifiers(value: &[u8]) -> Vec<String> {
    let text = field::unfold(value);
    let mut identifiers = Vec::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find('<') {
        let after = &rest[start + 1..];
        let Some(end) = after.find('>') else { break };
        let identifier: String = after[..end]
            .chars()
            .filter(|character| !character.is_whitespace())
            .collect();
        if !identifier.is_empty() {
            identifiers.push(identifier);
        }
        rest = &after[end + 1..];
        if identifiers.len() >= limits::ADDRESSES_MAX {
            return identifiers;
        }
    }
    if identifiers.is_empty() {
        identifiers.extend(
            text.split_whitespace()
                .filter(|word| word.contains('@'))
                .take(limits::ADDRESSES_MAX)
                .map(|word| {
                    word.trim_matches(|character| matches!(character, '<' | '>' | '"'))
                        .to_owned()
                }),
        );
    }
    identifiers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(value: &str) -> Vec<(String, String)> {
        parse_list(value.as_bytes())
            .into_iter()
            .map(|address| (address.name, address.address))
            .collect()
    }

    fn pair(name: &str, address: &str) -> (String, String) {
        (name.to_owned(), address.to_owned())
    }

    #[test]
    fn usual_forms() {
        assert_eq!(
            pairs("\"Doe, Jane\" <Jane@Example.ORG>, bob@example.org (Bob), <x@y.z>"),
            [
                pair("Doe, Jane", "jane@example.org"),
                pair("Bob", "bob@example.org"),
                pair("", "x@y.z")
            ]
        );
        assert_eq!(
            pairs("=?utf-8?Q?Doe=2C_J=C3=BCrgen?= <j@example.org>"),
            [pair("Doe, Jürgen", "j@example.org")]
        );
    }

    #[test]
    fn odd_forms() {
        assert_eq!(
            pairs("Doe, Jane <jane@example.org>"),
            [pair("Doe, Jane", "jane@example.org")]
        );
        assert_eq!(
            pairs("Team: a@b.c, d@e.f;"),
            [pair("", "a@b.c"), pair("", "d@e.f")]
        );
        assert_eq!(pairs("undisclosed-recipients:;"), []);
        assert_eq!(pairs("<@relay.example:a@b.c>"), [pair("", "a@b.c")]);
        assert_eq!(pairs("Jane <mailto:a@b.c>"), [pair("Jane", "a@b.c")]);
        assert_eq!(pairs("<>"), [pair("", "")]);
    }

    #[test]
    fn quoted_local_part_became_another_address() {
        for (value, address) in [
            ("\"x victim\"@cust.example", "\"x victim\"@cust.example"),
            ("\"x victim\" @cust.example", "\"x victim\"@cust.example"),
            (
                "Ann <\"x victim\"@cust.example>",
                "\"x victim\"@cust.example",
            ),
            ("x.\"a victim\"@cust.example", "\"a victim\"@cust.example"),
            (
                "<\"a> <victim@cust.example> \"@evil.example>",
                "\"a> <victim@cust.example> \"@evil.example",
            ),
            ("<x victim@cust.example>", "x victim@cust.example"),
            ("a<b<victim@cust.example>", "b<victim@cust.example"),
            ("<vic\u{1}tim@cust.example>", "vic\u{fffd}tim@cust.example"),
            ("\"x victim@cust.example\"", ""),
            ("\"victim@cust.example\" ann", ""),
            (
                "<=?utf-8?q?victim=40cust.example?=>",
                "=?utf-8?q?victim=40cust.example?=",
            ),
            (
                "mallory@evil.example victim@cust.example",
                "mallory@evil.example victim@cust.example",
            ),
            (
                "victim@cust.example .evil.example",
                "victim@cust.example.evil.example",
            ),
            (
                "(\\) <victim@cust.example> ) mallory@evil.example",
                "mallory@evil.example",
            ),
        ] {
            let found: Vec<String> = pairs(value)
                .into_iter()
                .map(|(_, address)| address)
                .collect();
            assert_eq!(found, [address], "{value}");
        }
        assert_eq!(
            pairs("Mallory <mallory@evil.example> <victim@cust.example>"),
            [
                pair("Mallory", "mallory@evil.example"),
                pair("", "victim@cust.example")
            ]
        );
    }

    #[test]
    fn odd_but_clear() {
        assert_eq!(
            pairs("\"Ann Smith\" ann@shop.example"),
            [pair("Ann Smith", "ann@shop.example")]
        );
        assert_eq!(
            pairs("\"ann@shop.example\""),
            [pair("", "ann@shop.example")]
        );
        assert_eq!(
            pairs("<ann . smith @ shop . example>"),
            [pair("", "ann.smith@shop.example")]
        );
        assert_eq!(
            pairs("Ann <ann@shop.example> <CEO>"),
            [pair("Ann", "ann@shop.example")]
        );
        assert_eq!(
            pairs("Tracker <PROJ-1> <t@shop.example>"),
            [pair("Tracker", "t@shop.example")]
        );
        assert_eq!(
            pairs("John Q. Public <j@shop.example>"),
            [pair("John Q. Public", "j@shop.example")]
        );
        assert_eq!(
            pairs("a <a@b.c> b <d@e.f>"),
            [pair("a b", "a@b.c"), pair("", "d@e.f")]
        );
    }

    #[test]
    fn identifiers() {
        assert_eq!(parse_identifiers(b"<a@b>\r\n <c@d>"), ["a@b", "c@d"]);
        assert_eq!(parse_identifiers(b"a@b"), ["a@b"]);
    }
}
