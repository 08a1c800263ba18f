//! The end of a text: sign-off, signature, mobile footer, list footer.

use super::contact::{has_contact, has_digits_of_telephone, has_telephone};
use super::delimiter;
use super::disclaimer;
use super::header_block;
use super::line::{Line, previous_filled};
use super::lone_name;
use super::mobile;
use super::reported;
use super::sign_off;
use super::title::has_title;
use crate::mail::ZoneKind;
use crate::mail::text::is_wide_letter;

/// A stretch of lines at the end of new text that is not content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tail {
    /// First line.
    pub(super) first: usize,
    /// What it is.
    pub(super) kind: ZoneKind,
    /// Why.
    pub(super) reason: &'static str,
}

/// What a mail tracker's picture leaves in the text.
const TRACKING_MARK: &str = "ᐧ";

/// The tails of `lines`, sorted; each reaches up to the next or the end. Lines marked as content never belong to one.
/// `opens` when the mail answers none; `author` is what the header says of the sender's name; below a quote the whole stretch `may_be_all` signature;
/// `whole` when the lines are a whole mail that quotes nothing.
pub(super) fn tails(
    lines: &[Line<'_>],
    content: &[bool],
    author: &str,
    may_be_all: bool,
    whole: bool,
    opens: bool,
) -> Vec<Tail> {
    let mut devices = mobile::find(lines, content);
    if let Some(first) = text_end(lines, content, &devices, opens) {
        devices.retain(|device| *device < first);
        let mut tails = tails_with(
            &lines[..first],
            &content[..first],
            author,
            may_be_all,
            whole,
            &devices,
        );
        tails.push(Tail {
            first,
            kind: ZoneKind::Signature,
            reason: "mobile",
        });
        return tails;
    }
    tails_with(lines, content, author, may_be_all, whole, &devices)
}

/// The device's line with which the text ends: nothing below it is said by the sender. Where the mail may answer one, words
/// without a number are those of the earlier mail, and so is what stands below its attribution.
fn text_end(lines: &[Line<'_>], content: &[bool], devices: &[usize], opens: bool) -> Option<usize> {
    let top = *devices.first()?;
    let mut is_device = vec![false; lines.len()];
    for device in devices {
        is_device[*device] = true;
    }
    let filled = |index: &usize| !lines[*index].is_blank() && !is_device[*index];
    let reported = reported::below(lines, content, top + 1);
    let speaks = |index: &usize| {
        let text = lines[*index].text;
        let numbered = text.chars().any(char::is_numeric);
        let sentence = !sign_off::belongs_to_signature(text) || text.ends_with(['。', '？', '！']);
        reported[*index] || (opens || numbered) && sentence
    };
    let first = (0..lines.len()).find(filled);
    let last = (0..lines.len()).rev().find(filled);
    let last_spoken = (top + 1..lines.len()).rev().filter(filled).find(speaks);
    // Attributions and the labels of a header, of which each device below sees the next.
    let mut attributed = false;
    let mut ends = None;
    for index in (top..lines.len()).rev() {
        if is_device[index] {
            let above = first.is_some_and(|first| first < index);
            let reached = if above { last_spoken } else { last };
            if reached.is_none_or(|reached| reached < index) || !opens && above && attributed {
                ends = Some(index);
            }
        } else if filled(&index) {
            let text = lines[index].text.trim_end();
            attributed = header_block::is_labelled(&lines[index])
                || text.ends_with([':', '：']) && text.chars().any(char::is_numeric);
        }
    }
    ends
}

fn tails_with(
    lines: &[Line<'_>],
    content: &[bool],
    author: &str,
    may_be_all: bool,
    whole: bool,
    devices: &[usize],
) -> Vec<Tail> {
    let kept = anchor(lines, content, devices.first().copied())
        .map(|anchor| reported::below(lines, content, anchor + 1))
        .filter(|reported| reported.contains(&true));
    let mut tails = if kept.is_none() && devices.is_empty() {
        let found = ends(lines, lines, content, author, may_be_all, whole);
        carve(lines, content, found, None)
    } else {
        // To the rules these lines are blank: what stands around them is judged as if they were not there.
        let mut bare = lines.to_vec();
        for (index, line) in bare.iter_mut().enumerate() {
            if kept.as_ref().is_some_and(|kept| kept[index]) {
                *line = line.emptied(true);
            } else if devices.contains(&index) {
                *line = line.emptied(false);
            }
        }
        let found = ends(lines, &bare, content, author, may_be_all, whole);
        carve(lines, content, found, kept)
    };
    for device in devices {
        insert(&mut tails, *device, lines.len());
    }
    tails
}

/// Takes a device's line out of new text, which goes on below it.
fn insert(tails: &mut Vec<Tail>, line: usize, end: usize) {
    let (kind, reason) = tails
        .iter()
        .rev()
        .find(|tail| tail.first <= line)
        .map_or((ZoneKind::New, "new"), |tail| (tail.kind, tail.reason));
    if matches!(kind, ZoneKind::Signature | ZoneKind::Disclaimer) {
        return;
    }
    tails.retain(|tail| tail.first != line);
    if line + 1 < end && !tails.iter().any(|tail| tail.first == line + 1) {
        tails.push(Tail {
            first: line + 1,
            kind,
            reason,
        });
    }
    tails.push(Tail {
        first: line,
        kind: ZoneKind::Signature,
        reason: "mobile",
    });
    tails.sort_by_key(|tail| tail.first);
}

/// The first line below which a signature may stand: a sign-off's words, a delimiter, a device's line.
fn anchor(lines: &[Line<'_>], content: &[bool], device: Option<usize>) -> Option<usize> {
    let mut filled = 0;
    let mut found = device;
    for index in (0..lines.len()).rev() {
        let line = &lines[index];
        if line.is_blank() {
            continue;
        }
        filled += 1;
        if filled > ANCHOR_LINES {
            break;
        }
        if content[index] || line.depth > 0 || line.text.len() > 90 {
            continue;
        }
        if delimiter::is_dashes(line.text) || sign_off::begins_with_phrase(line.text) {
            found = Some(found.map_or(index, |found| found.min(index)));
        }
    }
    found
}

/// Gives the sender's lines inside of signatures back.
fn carve(
    lines: &[Line<'_>],
    content: &[bool],
    tails: Vec<Tail>,
    kept: Option<Vec<bool>>,
) -> Vec<Tail> {
    let cut = |tail: &Tail| {
        matches!(tail.kind, ZoneKind::Signature | ZoneKind::SignOff)
            && !matches!(
                tail.reason,
                "list_footer" | "attachment_names" | "tracking_mark"
            )
    };
    let Some(first) = tails.iter().find(|tail| cut(tail)).map(|tail| tail.first) else {
        return tails;
    };
    let kept = kept.unwrap_or_else(|| reported::below(lines, content, first));
    let mut carved = Vec::new();
    for (position, tail) in tails.iter().enumerate() {
        let end = tails
            .get(position + 1)
            .map_or(lines.len(), |next| next.first);
        // A rule that parts one thing said from another signs nothing.
        let parts = tail.reason == "dashes"
            && lines[tail.first + 1..end]
                .iter()
                .zip(&kept[tail.first + 1..end])
                .all(|(line, kept)| line.is_blank() || *kept)
            && kept[tail.first + 1..end].contains(&true);
        if parts {
            carved.push(Tail {
                first: tail.first,
                kind: ZoneKind::New,
                reason: "separator",
            });
            continue;
        }
        carved.push(*tail);
        if !cut(tail) {
            continue;
        }
        let mut inside = false;
        for index in tail.first..end {
            if lines[index].is_blank() || kept[index] == inside {
                continue;
            }
            inside = kept[index];
            let (kind, reason) = if inside {
                (ZoneKind::New, "below_signature")
            } else {
                (tail.kind, tail.reason)
            };
            if index == tail.first {
                carved.pop();
            }
            carved.push(Tail {
                first: index,
                kind,
                reason,
            });
        }
    }
    carved
}

/// Filled lines at the end among which a signature is looked for.
const ANCHOR_LINES: usize = 60;

/// The tails of `lines`, which are `written` so and in which what the sender says below a name is blank.
fn ends(
    written: &[Line<'_>],
    lines: &[Line<'_>],
    content: &[bool],
    author: &str,
    may_be_all: bool,
    whole: bool,
) -> Vec<Tail> {
    let mut tails = Vec::new();
    let Some(first_filled) = (0..lines.len()).find(|index| !lines[*index].is_blank()) else {
        return tails;
    };
    // Names of attached files stay: they are no signature, and what stands above them may be one.
    let mut end = lines.len();
    if !may_be_all {
        while let Some(last) =
            previous_filled(lines, end).filter(|last| is_attachment_reference(lines[*last].text))
        {
            end = last;
        }
    } else if lines.iter().all(|line| {
        line.is_blank()
            || is_attachment_reference(line.text)
            || line.is_rule_of(&['_', '-', '=', '*'], 2)
    }) {
        return vec![Tail {
            first: first_filled,
            kind: ZoneKind::Signature,
            reason: "attachment_names",
        }];
    }
    if end < lines.len() {
        tails.push(Tail {
            first: end,
            kind: ZoneKind::New,
            reason: "attachment_names",
        });
    }
    let mut cut = |first: usize, kind: ZoneKind, reason: &'static str, end: &mut usize| {
        *end = first;
        tails.push(Tail {
            first,
            kind,
            reason,
        });
    };
    let usable = |index: usize| {
        (index > first_filled || may_be_all && index == first_filled) && !content[index]
    };
    if let Some(first) = footer(written, end, may_be_all).filter(|first| usable(*first)) {
        cut(first, ZoneKind::Signature, "list_footer", &mut end);
    }
    if let Some(first) = disclaimer::find(&written[..end]).filter(|first| usable(*first)) {
        cut(first, ZoneKind::Disclaimer, "disclaimer", &mut end);
    }
    if let Some((first, reason)) =
        delimiter::find(&lines[..end], content, may_be_all).filter(|(first, _)| usable(*first))
    {
        cut(first, ZoneKind::Signature, reason, &mut end);
        // The name below the phrase stands in the box.
        if reason == "signature_box"
            && let Some(last) = previous_filled(lines, end)
                .filter(|last| usable(*last) && sign_off::is_bare_phrase(lines[*last].text))
        {
            cut(last, ZoneKind::SignOff, "sign_off", &mut end);
        }
    }
    if let Some(last) = previous_filled(lines, end)
        .filter(|last| usable(*last) && lines[*last].text == TRACKING_MARK)
    {
        cut(last, ZoneKind::Signature, "tracking_mark", &mut end);
    }
    if let Some(found) =
        sign_off::find(&lines[..end], content, author).filter(|found| usable(found.first))
    {
        if let Some(contact) = found.contact.filter(|contact| *contact < end) {
            cut(contact, ZoneKind::Signature, "contact_lines", &mut end);
        }
        cut(found.first, ZoneKind::SignOff, found.reason, &mut end);
    } else if let Some(first) = contact_block(&lines[..end]).filter(|first| usable(*first)) {
        cut(first, ZoneKind::Signature, "contact_block", &mut end);
    } else if let Some(first) =
        lone_name::dashed(&lines[..end], content).filter(|first| usable(*first))
    {
        cut(first, ZoneKind::Signature, "dashed_name", &mut end);
    } else if author.is_empty()
        && whole
        && let Some(first) = lone_name::alone(&lines[..end], content)
    {
        cut(first, ZoneKind::SignOff, "lone_name", &mut end);
    }
    tails.sort_by_key(|tail| tail.first);
    tails
}

/// ` - report.xls`, `<<report.xls>>`, `(See attached file: report.xls)`.
fn is_attachment_reference(text: &str) -> bool {
    let inner = text
        .strip_prefix("- ")
        .or_else(|| text.strip_prefix("<<"))
        .or_else(|| text.strip_prefix("(See attached file:"));
    let Some(inner) = inner else { return false };
    let inner = inner.trim_end_matches(['>', ')', ' ']);
    text.len() < 160
        && (inner.rsplit_once('.').is_some_and(|(name, extension)| {
            !name.is_empty()
                && (2..=4).contains(&extension.len())
                && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
        }) || text.starts_with("<<..."))
}

pub(super) fn is_archive_link(lines: &[Line<'_>]) -> bool {
    lines
        .iter()
        .find(|line| !line.is_blank())
        .is_some_and(|line| {
            line.text.starts_with("View this message in context")
                || line.text.starts_with("Sent from: http")
        })
}

/// A list server's footer: a rule and the list's name, or its commands.
fn footer(lines: &[Line<'_>], end: usize, may_be_all: bool) -> Option<usize> {
    let start = end.saturating_sub(30);
    for index in start..end {
        let line = &lines[index];
        let rule = line.is_rule_of(&['_', '-', '=', '~'], 2)
            || line
                .text
                .starts_with("-----------------------------------------------------");
        if !rule || !may_be_all && is_archive_link(&lines[index + 1..end]) {
            continue;
        }
        let below: Vec<_> = lines[index + 1..end]
            .iter()
            .filter(|line| !line.is_blank())
            .collect();
        if below.is_empty() || below.len() > 14 {
            continue;
        }
        let says = below.iter().take(5).any(|line| {
            let lower = line.text.to_lowercase();
            [
                "mailing list",
                "unsubscribe",
                "mailman/listinfo",
                "listinfo",
                "abbestellen",
                "désabonner",
                "yahoo! groups",
                "list archives",
                "wypisać",
                "for additional commands",
                "to post to this group",
                "do you yahoo",
                "hotmail.com",
                "msn.com",
                "get your free",
                "virus-free",
                "avast",
                "e-mail service",
                "free email",
            ]
            .iter()
            .any(|term| lower.contains(term))
        });
        if says {
            return Some(index);
        }
    }
    let scanned = (start..end).find(|index| {
        let filled = || lines[index + 1..end].iter().filter(|line| !line.is_blank());
        (*index == 0 || lines[index - 1].is_blank())
            && disclaimer::is_scanner_notice(lines[*index].text, filled().count())
            && filled().all(|line| line.words() <= 3)
    });
    if scanned.is_some() {
        return scanned;
    }
    // `To unsubscribe, e-mail: ...` without a rule.
    (start..end).find(|index| {
        let begins = |words: &str| {
            let beginning = lines[*index].text.get(..words.len());
            beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(words))
        };
        (begins("to unsubscribe, e-mail:")
            || begins("you received this message because you are subscribed"))
            && lines[*index..end]
                .iter()
                .filter(|line| !line.is_blank())
                .count()
                <= 8
    })
}

/// A line that says who or where somebody is: contacts, a title, an address with its number.
pub(super) fn is_of_signature(text: &str) -> bool {
    has_digits_of_telephone(text) || has_contact(text) || has_title(&text.to_lowercase())
}

pub(super) fn ends_sentence(text: &str) -> bool {
    text.ends_with(['.', '!', '?', '…', ')', '"', '。', '！', '？', '）'])
}

/// A block at the end that a name begins and contacts or a title follow, without a sign-off above it.
fn contact_block(lines: &[Line<'_>]) -> Option<usize> {
    let last = previous_filled(lines, lines.len())?;
    let mut contacts = 0;
    let mut filled = 0;
    let mut gap = 0;
    for index in (0..=last).rev() {
        let line = &lines[index];
        if line.is_blank() {
            gap += 1;
            if gap > 1 {
                return None;
            }
            continue;
        }
        filled += 1;
        if filled > 12
            || line.depth > 0
            || line.is_rule_of(&['_', '-', '=', '*'], 3)
            || !sign_off::belongs_to_signature(line.text)
            || line.words() > 9
        {
            return None;
        }
        gap = 0;
        let lower = line.text.to_lowercase();
        let separated = index > 0 && lines[index - 1].is_blank();
        if separated
            && contacts > 0
            && filled >= 2
            && (line.words() >= 2 || line.text.chars().any(is_wide_letter))
            && sign_off::is_name(line.text)
            && !has_contact(line.text)
        {
            // Below a sentence that is not finished the block may be what the sentence is about.
            return previous_filled(lines, index)
                .is_some_and(|above| ends_sentence(lines[above].text))
                .then_some(index);
        }
        let title = line.words() <= 7 && has_title(&lower);
        if has_telephone(&lower) || line.text.contains('@') && line.words() <= 3 || title {
            contacts += 1;
        }
    }
    None
}
