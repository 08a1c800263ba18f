//! Which case a mail belongs to. A stranger never gets into somebody's case.

use jiff::SignedDuration;

use super::types::{Assessment, Assignment, CandidateCase, ThreadKeys, ThreadMarks};
use crate::case::{CaseNumber, CaseState, CaseStatus};
use crate::mail::{Address, AuthenticationResult, MailKind, Message};

/// Shortest segment of an address or Message-ID that can be a keyed token.
const TOKEN_BYTES_MIN: usize = 8;

/// Why a mail belongs to a case: it says once more what the case says.
pub const SAME_TEXT: &str = "same_text";

/// The same letter is sent again within days; later it is about what happens anew.
const SENT_AGAIN_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// By what a mail could belong to a case.
#[must_use]
pub fn thread_keys(message: &Message, marks: &ThreadMarks) -> ThreadKeys {
    let mut message_ids: Vec<String> = Vec::new();
    let bounced = message
        .bounce
        .as_ref()
        .and_then(|bounce| bounce.original_message_id.as_ref());
    let nearest_first = bounced
        .into_iter()
        .chain(&message.in_reply_to)
        .chain(message.references.iter().rev());
    for id in nearest_first {
        if !message_ids.contains(id) {
            message_ids.push(id.clone());
        }
    }
    let mut tokens: Vec<String> = Vec::new();
    let mut add = |token: &str| {
        if token.len() >= TOKEN_BYTES_MIN && !tokens.iter().any(|known| known == token) {
            tokens.push(token.to_owned());
        }
    };
    for address in message.to.iter().chain(&message.cc) {
        plus_token(address, marks).into_iter().for_each(&mut add);
    }
    for name in ["Delivered-To", "X-Original-To", "Envelope-To"] {
        if let Some(value) = message.header(name) {
            let address = value.trim().trim_matches(['<', '>']).to_lowercase();
            let address = Address {
                name: String::new(),
                address,
            };
            plus_token(&address, marks).into_iter().for_each(&mut add);
        }
    }
    for id in &message_ids {
        let Some((local, domain)) = id.rsplit_once('@') else {
            continue;
        };
        if marks
            .message_id_domains
            .iter()
            .any(|own| own.eq_ignore_ascii_case(domain))
        {
            add(local);
            local.split('.').for_each(&mut add);
        }
    }
    // Another copy of a mail, through another inbox or sent again, carries the Message-ID of the first.
    message_ids.extend(
        message
            .message_id
            .iter()
            .filter(|id| !message_ids.contains(id))
            .cloned()
            .collect::<Vec<_>>(),
    );
    ThreadKeys {
        numbers: numbers(&message.subject, &marks.case_prefixes),
        message_ids,
        tokens,
    }
}

/// `support+TOKEN@desk.example`, where `support@desk.example` is ours.
fn plus_token<'a>(address: &'a Address, marks: &ThreadMarks) -> Option<&'a str> {
    let (local, domain) = address.address.rsplit_once('@')?;
    let (base, token) = local.split_once('+')?;
    marks
        .addresses
        .iter()
        .any(|own| own.rsplit_once('@') == Some((base, domain)))
        .then_some(token)
}

/// Case numbers in a subject: `[SP-1042]`.
fn numbers(subject: &str, prefixes: &[String]) -> Vec<CaseNumber> {
    let mut numbers: Vec<CaseNumber> = Vec::new();
    let words =
        subject.split(|character: char| !(character.is_ascii_alphanumeric() || character == '-'));
    for word in words {
        let Some((prefix, digits)) = word.rsplit_once('-') else {
            continue;
        };
        let known = prefixes
            .iter()
            .find(|known| known.eq_ignore_ascii_case(prefix));
        let plain = !digits.is_empty()
            && digits.len() <= 12
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if let (Some(prefix), true) = (known, plain) {
            let number = CaseNumber(format!("{prefix}-{digits}"));
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
    }
    numbers
}

/// Decides where a mail goes among the cases that its keys led to. `shared_domains` are mail
/// services at which strangers share a domain, besides the well-known ones.
#[must_use]
pub fn assign(
    message: &Message,
    candidates: &[CandidateCase],
    shared_domains: &[String],
) -> Assignment {
    if message.kind != MailKind::Human {
        return assign_automatic(message, candidates);
    }
    let mut best: Option<(u8, &CandidateCase, &'static str)> = None;
    for candidate in candidates {
        let Some((strength, reason)) = belongs(message, candidate, shared_domains) else {
            continue;
        };
        let better = best.is_none_or(|(known, other, _)| {
            (
                strength,
                is_open(&candidate.case),
                candidate.case.updated_at,
            ) > (known, is_open(&other.case), other.case.updated_at)
        });
        if better {
            best = Some((strength, candidate, reason));
        }
    }
    if let Some((_, candidate, reason)) = best {
        return Assignment::FollowUp {
            number: candidate.case.number.clone(),
            reason,
        };
    }
    let related = candidates
        .iter()
        .filter(|candidate| candidate.by_token || candidate.by_message_id || candidate.by_number)
        .max_by_key(|candidate| {
            (
                candidate.by_token || candidate.by_message_id,
                candidate.case.updated_at,
            )
        })
        .map(|candidate| candidate.case.number.clone());
    Assignment::Open { related }
}

/// The assignment once the mail was judged: a new problem in an old thread opens a case of its own.
#[must_use]
pub fn settle(assignment: Assignment, assessment: &Assessment) -> Assignment {
    match assignment {
        Assignment::FollowUp { number, .. }
            if assessment
                .flags
                .iter()
                .any(|flag| flag == "new_case_in_old_thread") =>
        {
            Assignment::Open {
                related: Some(number),
            }
        }
        other => other,
    }
}

fn is_open(case: &CaseState) -> bool {
    !matches!(case.status, CaseStatus::Resolved | CaseStatus::Closed)
}

/// Automatic mail is noted where it answers our own mail, and never changes a case.
fn assign_automatic(message: &Message, candidates: &[CandidateCase]) -> Assignment {
    if message.kind == MailKind::Own {
        return Assignment::NoCase;
    }
    candidates
        .iter()
        .filter(|candidate| candidate.by_token || candidate.by_message_id)
        .max_by_key(|candidate| candidate.case.updated_at)
        .map_or(Assignment::NoCase, |candidate| Assignment::Note {
            number: candidate.case.number.clone(),
            reason: message.kind.as_str(),
        })
}

/// How strongly a mail belongs to a case, when its author takes part in it.
fn belongs(
    message: &Message,
    candidate: &CandidateCase,
    shared_domains: &[String],
) -> Option<(u8, &'static str)> {
    let author = message.from.first().filter(|_| message.from.len() == 1)?;
    if message.authentication.dmarc == AuthenticationResult::Fail {
        // Somebody else writes under this name.
        return None;
    }
    let case = &candidate.case;
    let is_participant = !author.address.is_empty()
        && (case.submitter == author.address || case.participants.contains(&author.address));
    let is_colleague = is_participant
        || (is_corporate(author.domain(), shared_domains)
            && case
                .participants
                .iter()
                .chain(std::iter::once(&case.submitter))
                .filter_map(|address| address.rsplit_once('@'))
                .any(|(_, domain)| same_organisation(domain, author.domain())));
    if candidate.by_token && is_colleague {
        Some((3, "token"))
    } else if candidate.by_message_id && is_colleague {
        Some((2, "message_id"))
    } else if candidate.by_number && is_participant {
        // A number can be guessed, so that here the very address must be known.
        Some((1, "number_and_participant"))
    } else if candidate.by_text && is_participant && is_open(case) && is_soon(message, case) {
        // Nobody was answered yet, or the answer was not seen: sent once more as a new mail.
        Some((1, SAME_TEXT))
    } else {
        None
    }
}

/// True when a mail was written within days of the one that opened the case.
fn is_soon(message: &Message, case: &CaseState) -> bool {
    message
        .date
        .is_none_or(|date| date.duration_since(case.opened_at).abs() <= SENT_AGAIN_WITHIN)
}

/// Equal domains, or one is a host below the other: `mail.shop.example` and `shop.example`.
fn same_organisation(left: &str, right: &str) -> bool {
    let below = |low: &str, high: &str| {
        high.split('.').count() >= 2
            && high.split('.').next().is_some_and(|label| label.len() > 3)
            && low
                .strip_suffix(high)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    left == right || below(left, right) || below(right, left)
}

/// A domain that one organisation has for itself.
fn is_corporate(domain: &str, shared_domains: &[String]) -> bool {
    if domain.is_empty() || shared_domains.iter().any(|shared| shared == domain) {
        return false;
    }
    !SHARED_DOMAINS.iter().any(|shared| {
        domain == *shared
            || domain.strip_suffix(shared).is_some_and(|rest| rest.ends_with('.'))
            // National domains of one service: yahoo.fr, hotmail.de, outlook.pl.
            || NATIONAL_SERVICES.iter().any(|service| {
                domain.split('.').next() == Some(service) && domain.split('.').count() <= 3
            })
    })
}

const NATIONAL_SERVICES: [&str; 8] = [
    "yahoo",
    "hotmail",
    "outlook",
    "live",
    "gmx",
    "ymail",
    "aol",
    "googlemail",
];

const SHARED_DOMAINS: [&str; 62] = [
    "gmail.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "msn.com",
    "proton.me",
    "protonmail.com",
    "pm.me",
    "tutanota.com",
    "tuta.io",
    "fastmail.com",
    "fastmail.fm",
    "hey.com",
    "zoho.com",
    "yandex.com",
    "yandex.ru",
    "mail.ru",
    "mail.com",
    "email.com",
    "web.de",
    "freenet.de",
    "t-online.de",
    "posteo.de",
    "mailbox.org",
    "arcor.de",
    "1und1.de",
    "online.de",
    "vodafone.de",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "sfr.fr",
    "laposte.net",
    "bbox.fr",
    "neuf.fr",
    "numericable.fr",
    "wp.pl",
    "o2.pl",
    "onet.pl",
    "op.pl",
    "interia.pl",
    "interia.eu",
    "poczta.fm",
    "gazeta.pl",
    "tlen.pl",
    "vp.pl",
    "qq.com",
    "foxmail.com",
    "163.com",
    "126.com",
    "yeah.net",
    "sina.com",
    "sina.cn",
    "sohu.com",
    "aliyun.com",
    "139.com",
    "189.cn",
    "21cn.com",
    "tom.com",
    "comcast.net",
    "verizon.net",
    "att.net",
];
