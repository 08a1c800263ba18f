//! The keyed token of a case: who presents it has had a mail of ours in that case.

use std::fmt::Write as _;

/// Letters of base32 (RFC 4648 section 6) in lower case: survives mail systems that fold the case
/// of a local part.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Characters of a token: 80 bits.
pub const TOKEN_CHARACTERS: usize = 16;

/// Keeps these tokens apart from anything else that the same key may protect.
const PURPOSE: &[u8] = b"precedent reply token 1\0";

/// Start of the local part of our Message-IDs.
pub const MESSAGE_ID_PREFIX: &str = "precedent.";

/// The token of a case. It tells nothing of the number to who does not have the key.
#[must_use]
pub fn token(key: &[u8; 32], case_number: &str) -> String {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(PURPOSE);
    hasher.update(case_number.as_bytes());
    let hash = hasher.finalize();
    let bits = hash.as_bytes()[..10]
        .iter()
        .fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    (0..TOKEN_CHARACTERS)
        .rev()
        .map(|place| char::from(ALPHABET[(bits >> (place * 5) & 31) as usize]))
        .collect()
}

/// True when `presented` is the token of the case; letter case does not matter. Takes the same time
/// wherever the first difference is.
#[must_use]
pub fn verify(key: &[u8; 32], case_number: &str, presented: &str) -> bool {
    let expected = token(key, case_number);
    presented.len() == expected.len()
        && presented
            .bytes()
            .zip(expected.bytes())
            .fold(0, |difference, (left, right)| {
                difference | (left.to_ascii_lowercase() ^ right)
            })
            == 0
}

/// True when a text has the shape of a token.
#[must_use]
pub fn is_token(text: &str) -> bool {
    text.len() == TOKEN_CHARACTERS
        && text
            .bytes()
            .all(|byte| ALPHABET.contains(&byte.to_ascii_lowercase()))
}

/// `desk@example.com` with the token as plus-address (RFC 5233): `desk+TOKEN@example.com`.
#[must_use]
pub fn plus_address(desk_address: &str, token: &str) -> String {
    match desk_address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}+{token}@{domain}"),
        None => desk_address.to_owned(),
    }
}

/// The token in a plus-address of ours, lower case. Whether it is genuine says [`verify`].
#[must_use]
pub fn in_address(address: &str) -> Option<String> {
    let (local, _) = address.rsplit_once('@')?;
    let (_, tag) = local.rsplit_once('+')?;
    is_token(tag).then(|| tag.to_ascii_lowercase())
}

/// Our Message-ID, without angle brackets: `precedent.TOKEN.ORDINAL@desk-domain`. The same mail
/// gets the same one however often it is composed.
#[must_use]
pub fn message_id(token: &str, ordinal: u32, domain: &str) -> String {
    let mut id = format!("{MESSAGE_ID_PREFIX}{token}.{ordinal}");
    // Writing to a String cannot fail.
    let _ = write!(id, "@{domain}");
    id
}

/// Token and ordinal of a Message-ID of ours, given without angle brackets.
#[must_use]
pub fn in_message_id(message_id: &str) -> Option<(String, u32)> {
    let (local, _) = message_id.rsplit_once('@')?;
    let (token, ordinal) = local.strip_prefix(MESSAGE_ID_PREFIX)?.split_once('.')?;
    let ordinal = ordinal.parse().ok()?;
    is_token(token).then(|| (token.to_ascii_lowercase(), ordinal))
}

#[cfg(test)]
mod tests {
    use super::{in_address, in_message_id, message_id, plus_address, token, verify};

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn a_token_belongs_to_one_case_and_one_key() {
        let genuine = token(&KEY, "SP-1042");
        assert_eq!(genuine.len(), 16);
        assert!(verify(&KEY, "SP-1042", &genuine));
        assert!(verify(&KEY, "SP-1042", &genuine.to_uppercase()));
        assert!(!verify(&KEY, "SP-1043", &genuine));
        assert!(!verify(&[8; 32], "SP-1042", &genuine));
        assert!(!verify(&KEY, "SP-1042", &genuine[1..]));
        assert!(!verify(&KEY, "SP-1042", ""));
    }

    #[test]
    fn tokens_stay_the_same_over_releases() {
        // Mails with this token are in customers' inboxes: changing it would cut their threads.
        assert_eq!(token(&KEY, "SP-1042"), "z5oobso6zljzz6mx");
    }

    #[test]
    fn addresses_and_message_ids_give_the_token_back() {
        let genuine = token(&KEY, "SP-1042");
        let address = plus_address("help@desk.example", &genuine);
        assert_eq!(in_address(&address.to_uppercase()), Some(genuine.clone()));
        assert_eq!(in_address("help+sales@desk.example"), None);
        assert_eq!(in_address("help@desk.example"), None);
        let id = message_id(&genuine, 3, "desk.example");
        assert_eq!(in_message_id(&id), Some((genuine, 3)));
        assert_eq!(in_message_id("precedent.x.1@desk.example"), None);
        assert_eq!(in_message_id("CAF123@mail.example"), None);
    }
}
