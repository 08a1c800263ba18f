//! Identifier-like members of closed lists, in any spelling: `getOrders`, `GetOrders`, `get_orders`.

use std::collections::HashMap;

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
    shortest: usize,
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
        let members = self.members.entry(key).or_default();
        if !members.contains(&member) {
            members.push(member);
        }
    }

    /// All tokens of the text that name members.
    pub(crate) fn find(&self, text: &str) -> Vec<TokenHit<'_>> {
        let bytes = text.as_bytes();
        let mut hits = Vec::new();
        let mut key = Vec::with_capacity(TOKEN_BYTES);
        let mut place = 0;
        while place < bytes.len() {
            if !is_token_byte(bytes[place]) {
                place += 1;
                continue;
            }
            let start = place;
            key.clear();
            while place < bytes.len() && is_token_byte(bytes[place]) {
                if bytes[place] != b'_' && key.len() <= TOKEN_BYTES {
                    key.push(bytes[place].to_ascii_lowercase());
                }
                place += 1;
            }
            if key.len() < self.shortest || key.len() > TOKEN_BYTES {
                continue;
            }
            if let Some(members) = self.members.get(&key) {
                hits.push(TokenHit {
                    start,
                    end: place,
                    members,
                    suffixed: false,
                });
            } else if let Some((length, members)) = self.without_suffix(&key) {
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

    fn without_suffix(&self, key: &[u8]) -> Option<(usize, &[Member])> {
        let suffix = SUFFIXES
            .iter()
            .find(|suffix| key.len() > suffix.len() + 5 && key.ends_with(suffix))?;
        let length = key.len() - suffix.len();
        self.members
            .get(&key[..length])
            .map(|members| (length, members.as_slice()))
    }
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
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
