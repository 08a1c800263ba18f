//! Secrets: found by their marks and labels, told from placeholders, replaced at the door.

mod entropy;
mod labels;
mod marks;
mod redact;
mod table;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use self::labels::{keys_beside, label, login};
use self::marks::{
    access_key, basic, basic_auth, bearer, cookie, is_token_character, jwt, private_key, token,
    user_info,
};
pub use self::redact::{hide, redact, redact_range};
use self::table::{MARKS, Mark};
use super::Secret;
use super::characters::skip;
use crate::case::{Evidence, PartId};

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
    // Marks inside a run of token characters that was read already begin nothing.
    let mut read_to = 0;
    for hit in TABLE.find_iter(text) {
        let (mark, kind) = MARKS[hit.pattern().as_usize()];
        let (start, end) = (hit.start(), hit.end());
        if matches!(kind, Mark::Token(..) | Mark::Jwt) {
            if start < read_to {
                continue;
            }
            read_to = skip(text, end, is_token_character);
        }
        let exact = &text[start..end] == mark;
        let secret = match kind {
            Mark::Token(kind, least) if exact => token(text, start, end, kind, least),
            Mark::AccessKey if exact => access_key(text, start),
            Mark::Jwt if exact => jwt(text, start),
            Mark::Bearer => bearer(text, end),
            Mark::Basic => basic(text, start, end),
            Mark::PrivateKey if exact => private_key(text, start),
            Mark::UserInfo => user_info(text, end),
            Mark::BasicAuth => basic_auth(text, start, end),
            Mark::Cookie => cookie(text, start, end),
            Mark::Login => {
                labelled.extend(login(text, start, end));
                None
            }
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
            ("Password\tSommer2026!x\nRegion\tEU", &["password"]),
            (
                "Client secret 7f3e9b1c5d8a2064e7b9c1d3f5a80246b8d0e2f4a6c81357d9ebfd0f21436587",
                &["lwa_client_secret"],
            ),
            (
                "Client secret\n7f3e9b1c5d8a2064e7b9c1d3f5a80246b8d0e2f4a6c81357d9ebfd0f21436587",
                &["lwa_client_secret"],
            ),
            ("client secret rotation happened last week", &[]),
            ("Password\treset needed", &[]),
            ("Login: bob / Sommer2026!", &["password"]),
            ("Zugangsdaten: bob/Sommer2026!", &["password"]),
            ("账号：bob / Abc12345", &["password"]),
            ("Login: Seller Central / Vendor2", &[]),
            ("Login: 12/03/2026", &[]),
            ("login: getOrders/v0/orders1", &[]),
            ("Login: bob / ********", &[]),
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
