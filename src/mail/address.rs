//! Address lists (RFC 5322 section 3.4), read leniently: groups, comments, routes, names without quotes.

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
                current.quoted = true;
                while let Some(inner) = characters.next() {
                    match inner {
                        '"' => break,
                        '\\' => current.phrase.extend(characters.next()),
                        _ => current.phrase.push(inner),
                    }
                }
            }
            '(' => {
                let mut depth = 1;
                for inner in characters.by_ref() {
                    match inner {
                        '(' => depth += 1,
                        ')' => depth -= 1,
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
                for inner in characters.by_ref() {
                    if inner == '>' {
                        break;
                    }
                    angle.push(inner);
                }
                // `<<a@b>>` and `<"a"@b>` are seen; the last non-empty pair of brackets counts.
                let angle = angle.trim_start_matches('<').trim();
                if !angle.is_empty() || current.angle.is_none() {
                    current.angle = Some(angle.to_owned());
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
                        current.phrase.push(',');
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
                    current.phrase.push(':');
                }
            }
            _ => current.phrase.push(character),
        }
    }
    if addresses.len() < limits::ADDRESSES_MAX {
        current.finish(&mut addresses);
    }
    addresses
}

#[derive(Default)]
struct Entry {
    phrase: String,
    comment: String,
    angle: Option<String>,
    quoted: bool,
}

impl Entry {
    fn finish(&mut self, addresses: &mut Vec<Address>) {
        let entry = std::mem::take(self);
        let phrase = entry.phrase.trim();
        let (name, address) = match entry.angle {
            Some(angle) => (phrase.to_owned(), angle),
            None => match phrase.split_whitespace().rfind(|word| word.contains('@')) {
                Some(word) => {
                    let name = phrase.replace(word, "").trim().to_owned();
                    (
                        if name.is_empty() {
                            entry.comment.clone()
                        } else {
                            name
                        },
                        word.to_owned(),
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

/// Lower case, without a source route (RFC 5322 section 4.4) or `mailto:`.
fn normal_address(address: &str) -> String {
    let address = address.trim();
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    let address = match address.strip_prefix('@') {
        Some(route) => route.rsplit_once(':').map_or(address, |(_, rest)| rest),
        None => address,
    };
    let address = if address.contains("=?") {
        field::decode_words(address)
    } else {
        address.to_owned()
    };
    address
        .chars()
        .filter(|character| {
            !character.is_whitespace() && !character.is_control() && !matches!(character, '<' | '>')
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
    fn identifiers() {
        assert_eq!(parse_identifiers(b"<a@b>\r\n <c@d>"), ["a@b", "c@d"]);
        assert_eq!(parse_identifiers(b"a@b"), ["a@b"]);
    }
}
