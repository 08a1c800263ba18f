//! Rules over the addresses of the answered mail.

use super::{GateFacts, Objection, robots};
use crate::lower_case::LowerCase;
use crate::reply::recipient::{is_plain, mailbox, may_speak_for};
use crate::reply::token;

/// Second-level labels under which organisations register, as in `example.co.uk`.
const SECOND_LEVEL: &[&str] = &[
    "ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org",
];

/// Part after the last `@`, lower case.
pub(super) fn domain_of(address: &str) -> String {
    address
        .rsplit_once('@')
        .map_or("", |(_, domain)| domain)
        .lower_case()
}

/// The key under which automatic mails to an address are counted: lower case, without plus-tag.
#[must_use]
pub fn address_key(address: &str) -> String {
    mailbox(address)
}

/// The key under which automatic mails to a domain are counted: the organisation's part of it, so
/// that a sender cannot get a fresh budget from each subdomain.
#[must_use]
pub fn domain_key(address: &str) -> String {
    let domain = domain_of(address);
    let labels: Vec<&str> = domain.split('.').collect();
    let kept = match labels.as_slice() {
        [.., second, top] if top.len() == 2 && SECOND_LEVEL.contains(second) => 3,
        _ => 2,
    };
    labels[labels.len().saturating_sub(kept)..].join(".")
}

/// True when `address` is one of `known`, plus-tags apart.
pub(super) fn is_one_of(address: &str, known: &[String]) -> bool {
    let address = mailbox(address);
    known.iter().any(|own| mailbox(own) == address)
}

/// From, Sender and Reply-To with the names of their fields.
fn authors(facts: &GateFacts) -> impl Iterator<Item = (&'static str, &str)> {
    let mail = &facts.mail;
    let from = mail.from.iter().map(|address| ("From", address.as_str()));
    let sender = mail
        .sender
        .iter()
        .map(|address| ("Sender", address.as_str()));
    let reply_to = mail
        .reply_to
        .iter()
        .map(|address| ("Reply-To", address.as_str()));
    from.chain(sender).chain(reply_to)
}

pub(super) fn own_mail(facts: &GateFacts) -> Objection {
    let own: Vec<String> = [&facts.own_addresses, &facts.desk_addresses]
        .into_iter()
        .flatten()
        .map(|own| mailbox(own))
        .collect();
    let is_own = |address: &str| own.contains(&mailbox(address));
    let address = authors(facts).find(|(_, address)| is_own(address));
    if let Some((field, address)) = address {
        return Some(format!("{field}: {address}"));
    }
    let return_path = facts.mail.return_path.as_deref().unwrap_or_default();
    if is_own(return_path) {
        return Some(format!("Return-Path: {return_path}"));
    }
    let loops = facts.mail.values("x-loop").find(|value| is_own(value));
    if let Some(value) = loops {
        return Some(format!("X-Loop: {value}"));
    }
    if is_own(&facts.occasion.recipient) {
        return Some(format!("recipient: {}", facts.occasion.recipient));
    }
    // Any copy of this program writes it, ours or another's: two of them must not talk.
    if let Some(desk) = facts.mail.values("x-precedent-loop").next() {
        return Some(format!("X-Precedent-Loop: {desk}"));
    }
    let id = facts.mail.message_id.as_deref()?;
    let domain = domain_of(id);
    let own_domain = facts
        .own_message_id_domains
        .iter()
        .any(|own| own.eq_ignore_ascii_case(&domain));
    (own_domain || token::in_message_id(id).is_some()).then(|| format!("Message-ID: <{id}>"))
}

pub(super) fn unclear_author(facts: &GateFacts) -> Objection {
    let defects = ["no_from", "several_from"];
    let defect = defects
        .into_iter()
        .find(|code| facts.mail.defects.iter().any(|had| had == code));
    if let Some(code) = defect {
        return Some(code.to_owned());
    }
    match facts.mail.from.as_slice() {
        [author] if is_plain(author) => None,
        [author] => Some(format!("From: {author}")),
        authors => Some(format!("{} authors", authors.len())),
    }
}

pub(super) fn robot_address(facts: &GateFacts) -> Objection {
    let return_path = facts
        .mail
        .return_path
        .iter()
        .map(|path| ("Return-Path", path.as_str()));
    let recipient = std::iter::once(("recipient", facts.occasion.recipient.as_str()));
    // Forwarded and signed mail of people has a return path that a server wrote; an author's is theirs.
    let written = authors(facts)
        .chain(recipient.clone())
        .find(|(_, address)| robots::is_rewritten(address));
    authors(facts)
        .chain(return_path)
        .chain(recipient)
        .find(|(_, address)| robots::is_robot(address))
        .or(written)
        .map(|(field, address)| format!("{field}: {address}"))
}

pub(super) fn recipient_not_author(facts: &GateFacts) -> Objection {
    let recipient = facts.occasion.recipient.as_str();
    let objection = || Some(format!("recipient: {recipient}"));
    if !is_plain(recipient) {
        return objection();
    }
    let author = facts.mail.from.first().map_or("", String::as_str);
    let is_reply_to = facts
        .mail
        .reply_to
        .iter()
        .any(|address| address.eq_ignore_ascii_case(recipient));
    // The facts keep a shared domain only where it is the recipient's.
    let shared = &facts.settings.shared_domains;
    if recipient.eq_ignore_ascii_case(author)
        || (is_reply_to && may_speak_for(recipient, author, shared))
    {
        None
    } else {
        objection()
    }
}

pub(super) fn not_to_us(facts: &GateFacts) -> Objection {
    let to_us = facts
        .mail
        .to
        .iter()
        .any(|address| is_one_of(address, &facts.desk_addresses));
    (!to_us).then(|| match facts.mail.to.first() {
        Some(first) => format!("To: {first}"),
        None => "no To or Cc".to_owned(),
    })
}
