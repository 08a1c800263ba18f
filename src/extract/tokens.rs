//! Identifier-like members of closed lists, in any spelling: `getOrders`, `GetOrders`, `get_orders`.

use std::collections::HashMap;

use super::characters::{UPPER, WORD, is, pass};

/// A member of a list that a token names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// The field, by its place in the profile.
    pub(crate) field: u16,
    /// True for the field's second list.
    pub(crate) also: bool,
    /// The row.
    pub(crate) row: u16,
}

/// A token of a text that names members.
#[derive(Clone, Debug)]
pub(crate) struct TokenHit<'t> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) members: &'t [Member],
    /// Letters and digits were added to the name, as generated clients do: `getOrdersWithHttpInfo`.
    pub(crate) suffixed: bool,
}

/// Members of closed lists by their letters and digits in lower case.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    members: HashMap<Vec<u8>, Vec<Member>>,
    /// One bit for the shape of each member: few words of prose have one.
    shapes: Vec<u64>,
    shortest: usize,
}

/// Shapes that are told apart. A power of two.
const SHAPES: usize = 1 << 16;

/// Number of a key's shape: its length, two letters of its beginning and two of its end, in either case.
fn shape(key: &[u8]) -> usize {
    match key {
        [first, second, .., third, last] => {
            let bytes = [*first, *second, *third, *last].map(|byte| u32::from(lower(byte)));
            let letters = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24;
            let length = u32::try_from(key.len()).unwrap_or(u32::MAX);
            let mixed = (letters ^ length << 11).wrapping_mul(0x9e37_79b1);
            (mixed >> 16) as usize % SHAPES
        }
        _ => key.first().map_or(0, |first| usize::from(lower(*first))),
    }
}

/// What generated clients and type names put behind an operation.
const SUFFIXES: [&[u8]; 9] = [
    b"validatebeforecall",
    b"withhttpinfoasync",
    b"withhttpinfo",
    b"requestbuilder",
    b"response",
    b"request",
    b"async",
    b"result",
    b"call",
];

/// Longest token that is looked up. Bytes.
const TOKEN_BYTES: usize = 96;

impl Tokens {
    /// Adds a member.
    pub(crate) fn add(&mut self, name: &str, member: Member) {
        let key = normalised(name.as_bytes());
        if key.len() < 3 {
            return;
        }
        self.shortest = if self.members.is_empty() {
            key.len()
        } else {
            self.shortest.min(key.len())
        };
        self.shapes.resize(SHAPES / 64, 0);
        let shape = shape(&key);
        self.shapes[shape / 64] |= 1 << (shape % 64);
        let members = self.members.entry(key).or_default();
        if !members.contains(&member) {
            members.push(member);
        }
    }

    /// All tokens of the text that name members.
    pub(crate) fn find(&self, text: &str) -> Vec<TokenHit<'_>> {
        let bytes = text.as_bytes();
        let mut hits = Vec::new();
        let mut key = [0; TOKEN_BYTES + 1];
        let mut place = 0;
        while place < bytes.len() {
            if !is_token_byte(bytes[place]) {
                place += 1;
                continue;
            }
            let start = place;
            place = pass(bytes, place, WORD);
            // Most words are as long as no member, or have no member's shape.
            if place - start < self.shortest || !self.may_name(&bytes[start..place]) {
                continue;
            }
            let mut length = 0;
            for byte in bytes[start..place].iter().filter(|byte| **byte != b'_') {
                if length == key.len() {
                    break;
                }
                key[length] = lower(*byte);
                length += 1;
            }
            if length < self.shortest || length > TOKEN_BYTES {
                continue;
            }
            let key = &key[..length];
            if let Some(members) = self.member(key) {
                hits.push(TokenHit {
                    start,
                    end: place,
                    members,
                    suffixed: false,
                });
            } else if let Some((length, members)) = self.without_suffix(key) {
                let end = end_of_prefix(bytes, start, length);
                hits.push(TokenHit {
                    start,
                    end,
                    members,
                    suffixed: true,
                });
            }
        }
        hits
    }

    /// False where a token names no member, for most tokens.
    fn may_name(&self, token: &[u8]) -> bool {
        self.has_shape(token)
            || token.contains(&b'_')
            || SUFFIXES.iter().any(|suffix| {
                token.len() > suffix.len() + 5
                    && token.last().map(|last| lower(*last)).as_ref() == suffix.last()
                    && token[token.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
            })
    }

    fn has_shape(&self, key: &[u8]) -> bool {
        let shape = shape(key);
        let known = self.shapes.get(shape / 64);
        known.is_some_and(|known| known & (1 << (shape % 64)) != 0)
    }

    fn member(&self, key: &[u8]) -> Option<&[Member]> {
        if !self.has_shape(key) {
            return None;
        }
        self.members.get(key).map(Vec::as_slice)
    }

    fn without_suffix(&self, key: &[u8]) -> Option<(usize, &[Member])> {
        let suffix = SUFFIXES.iter().find(|suffix| {
            key.len() > suffix.len() + 5 && key.last() == suffix.last() && key.ends_with(suffix)
        })?;
        let length = key.len() - suffix.len();
        self.member(&key[..length]).map(|members| (length, members))
    }
}

fn lower(byte: u8) -> u8 {
    byte | u8::from(is(byte, UPPER)) << 5
}

fn is_token_byte(byte: u8) -> bool {
    is(byte, WORD)
}

fn normalised(name: &[u8]) -> Vec<u8> {
    name.iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect()
}

/// Where the first `length` letters and digits of a token end.
fn end_of_prefix(bytes: &[u8], start: usize, length: usize) -> usize {
    let mut seen = 0;
    let mut place = start;
    while seen < length {
        seen += usize::from(bytes[place] != b'_');
        place += 1;
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_name_the_same_member() {
        let mut tokens = Tokens::default();
        let member = Member {
            field: 1,
            also: false,
            row: 7,
        };
        tokens.add("getOrders", member);
        for text in [
            "getOrders",
            "GetOrders()",
            "api.get_orders(",
            "OrdersV0Api.getOrdersWithHttpInfo",
            "GETORDERS",
        ] {
            let hits = tokens.find(text);
            assert_eq!(hits.len(), 1, "{text}");
            assert_eq!(hits[0].members, [member], "{text}");
        }
        assert!(tokens.find("we get orders").is_empty());
    }
}
