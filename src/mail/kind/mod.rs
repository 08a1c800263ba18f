//! Who or what wrote a mail. One file per judgement; the order is fixed here, strongest evidence first.

mod alert;
mod auto_reply;
mod bulk;
mod delivery;
mod help_desk;
mod invitation;
mod note;
mod note_clause;
mod note_closing;
mod note_words;
mod notice;
mod notification;
mod parcel;
mod person;
mod report;
mod said;
mod sentence;
mod status_page;
mod subscription;
mod terms;

use super::field::FieldBlock;
use super::{Address, KindReason, MailKind, ParseOptions};

/// What the judgements look at.
pub(crate) struct Facts<'a> {
    pub(crate) block: &'a FieldBlock<'a>,
    /// Content-Type of the mail and its `report-type`.
    pub(crate) content_type: &'a str,
    pub(crate) report_type: &'a str,
    /// Media types of the parts.
    pub(crate) part_types: Vec<&'a str>,
    /// METHOD of a calendar part, upper case.
    pub(crate) calendar_method: Option<String>,
    pub(crate) from: &'a [Address],
    pub(crate) sender: Option<&'a Address>,
    pub(crate) return_path: Option<&'a Address>,
    pub(crate) subject: &'a str,
    /// What the sender newly wrote, with signature and disclaimer: machines are known by them.
    pub(crate) new_text: &'a str,
    /// The same without them.
    pub(crate) own_words: &'a str,
    /// The whole text.
    pub(crate) text: &'a str,
    /// The text holds something that is not new.
    pub(crate) has_quote: bool,
    /// A file is attached that is to be looked at: no logo, no card, no signature.
    pub(crate) hands_over: bool,
    /// The only recipient is the author.
    pub(crate) to_author_only: bool,
    pub(crate) options: &'a ParseOptions,
}

/// A judgement: the kind, a stable code, and the header or text that decided.
pub(crate) type Judgement = Option<(MailKind, &'static str, String)>;

/// Longest detail that is kept of a reason.
const DETAIL_CHARACTERS: usize = 120;

impl Facts<'_> {
    /// Decoded value of a header field.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.block.first(name).map(super::field::decode)
    }

    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.block.first(name).is_some()
    }

    /// The author's name and the local part of the address, lower case.
    pub(crate) fn author(&self) -> String {
        self.from
            .first()
            .map_or_else(String::new, |from| from.names().to_lowercase())
    }

    /// The local part of the author.
    pub(crate) fn local_part(&self) -> &str {
        self.from.first().map_or("", Address::local_part)
    }
}

/// Judges a mail.
pub(crate) fn judge(facts: &Facts<'_>) -> (MailKind, KindReason) {
    let lower = terms::Text::of(facts);
    let judgement = own(facts)
        .or_else(|| report::judge(facts, &lower))
        .or_else(|| delivery::judge(facts, &lower))
        .or_else(|| auto_reply::from_headers(facts))
        .or_else(|| help_desk::judge(facts))
        .or_else(|| auto_reply::challenge(facts, &lower))
        .or_else(|| auto_reply::from_text(facts, &lower))
        .or_else(|| bulk::from_headers(facts, &lower))
        .or_else(|| notification::judge(facts, &lower))
        .or_else(|| alert::judge(facts, &lower))
        .or_else(|| status_page::judge(facts, &lower))
        .or_else(|| parcel::judge(facts, &lower))
        .or_else(|| notice::judge(facts, &lower))
        .or_else(|| bulk::from_text(facts, &lower))
        .or_else(|| subscription::judge(facts, &lower));
    let (kind, code, detail) =
        judgement.unwrap_or((MailKind::Human, "no_sign_of_a_machine", String::new()));
    let detail = detail.chars().take(DETAIL_CHARACTERS).collect();
    (
        kind,
        KindReason {
            code: code.to_owned(),
            detail,
        },
    )
}

/// Mail from one of the desks' addresses, or with our own loop header.
fn own(facts: &Facts<'_>) -> Judgement {
    let ours = |address: &Address| {
        facts
            .options
            .own_addresses
            .iter()
            .any(|own| match own.strip_prefix('@') {
                Some(domain) => domain.eq_ignore_ascii_case(address.domain()),
                None => own.eq_ignore_ascii_case(&address.address),
            })
    };
    if let Some(from) = facts.from.iter().find(|from| ours(from)) {
        return Some((
            MailKind::Own,
            "own_address",
            format!("From: {}", from.address),
        ));
    }
    if let Some(sender) = facts.sender.filter(|sender| ours(sender)) {
        return Some((
            MailKind::Own,
            "own_address",
            format!("Sender: {}", sender.address),
        ));
    }
    let looped = facts
        .header("X-Loop")
        .or_else(|| facts.header("X-Precedent-Loop"))?;
    facts
        .options
        .own_addresses
        .iter()
        .any(|own| looped.to_lowercase().contains(own.as_str()))
        .then_some((MailKind::Own, "loop_header", looped))
}

#[cfg(test)]
mod tests;
