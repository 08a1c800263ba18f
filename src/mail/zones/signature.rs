//! The end of a text: sign-off, signature, mobile footer, list footer.

use super::disclaimer;
use super::line::{Line, previous_filled};
use super::lone_name;
use super::mobile;
use super::separator;
use super::sign_off;
use super::title::has_title;
use crate::lower_case::LowerCase;
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

/// Most filled lines of a signature below its delimiter.
const SIGNATURE_LINES: usize = 25;

/// What a mail tracker's picture leaves in the text.
const TRACKING_MARK: &str = "ᐧ";

/// The tails of `lines`, sorted; each reaches up to the next or the end. Lines marked as content never belong to one.
/// `author` is what the header says of the sender's name; below a quote the whole stretch `may_be_all` signature;
/// `whole` when the lines are a whole mail that quotes nothing.
pub(super) fn tails(
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
    if let Some(first) = footer(lines, end, may_be_all).filter(|first| usable(*first)) {
        cut(first, ZoneKind::Signature, "list_footer", &mut end);
    }
    if let Some(first) = disclaimer::find(&lines[..end]).filter(|first| usable(*first)) {
        cut(first, ZoneKind::Disclaimer, "disclaimer", &mut end);
    }
    if let Some((first, reason)) =
        delimiter(&lines[..end], content, may_be_all).filter(|(first, _)| usable(*first))
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
    if let Some(first) =
        mobile::find(&lines[..end]).filter(|first| *first >= first_filled && !content[*first])
    {
        cut(first, ZoneKind::Signature, "mobile", &mut end);
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

/// `-- ` (RFC 3676 section 4.3) and what people type for it.
fn delimiter(
    lines: &[Line<'_>],
    content: &[bool],
    may_be_all: bool,
) -> Option<(usize, &'static str)> {
    // Further up nothing counts: too much would stand below.
    let mut from = lines.len();
    let mut filled = 0;
    while from > 0 && filled <= SIGNATURE_LINES * 2 + 1 {
        from -= 1;
        filled += usize::from(!lines[from].is_blank());
    }
    for (index, line) in lines.iter().enumerate().skip(from) {
        if content[index] || line.depth > 0 || line.is_blank() {
            continue;
        }
        let strict = line.raw == "-- ";
        let dashes = matches!(
            line.text,
            "--" | "—" | "–" | "--." | "__" | "--*" | "*--*" | "——"
        );
        if strict || dashes {
            if separator::goes_on(lines, index, strict) {
                continue;
            }
            let below = filled_lines(&lines[index + 1..]);
            // Without the space that the standard asks for, it may separate anything.
            if !strict
                && (below.iter().any(|other| is_content_below(other.text))
                    || ends_with_sentence(&lines[index + 1..]))
            {
                continue;
            }
            let limit = if strict {
                SIGNATURE_LINES * 2
            } else {
                SIGNATURE_LINES
            };
            // A patch ends with the version of the program that wrote it.
            let version = below.len() == 1
                && below[0]
                    .text
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.');
            // A web archive's link below is no signature of the sender.
            if below.len() <= limit
                && !version
                && (may_be_all || !is_archive_link(&lines[index + 1..]))
            {
                return Some((index, "dashes"));
            }
        }
        if is_box(&lines[index..]) {
            return Some((index, "signature_box"));
        }
        let rule = line.is_rule_of(&['_', '-', '=', '*', '~', '#'], 3)
            && (line.text.starts_with('*') || !line.text.contains(' '));
        if !rule || line.text.starts_with("```") {
            continue;
        }
        let below = filled_lines(&lines[index + 1..]);
        if (1..=10).contains(&below.len()) {
            let another = below
                .iter()
                .any(|other| other.is_rule_of(&['_', '-', '=', '*'], 3));
            let reachable = below
                .iter()
                .any(|other| has_telephone(&other.text.lower_case()) || other.text.contains('@'));
            let fits = below
                .iter()
                .all(|other| sign_off::belongs_to_signature(other.text));
            let sections = lines[..index]
                .iter()
                .any(|other| other.is_rule_of(&['_', '-', '=', '*', '~', '#'], 3));
            let few = below.len() <= 2
                && !sections
                && below.iter().all(|other| {
                    !other.text.contains("http")
                        && other.text.len() < 60
                        && !other.text.ends_with(['.', '?', '!'])
                });
            let starts_with_name = sign_off::is_name(below[0].text) || has_contact(below[0].text);
            // Below a heading stands what it is the heading of, and a rule in a text parts facts and lists too.
            let signed = starts_with_name || sign_off::is_company(below[0].text);
            let apart = index > 0
                && lines[index - 1].is_blank()
                && !below
                    .iter()
                    .any(|other| is_fact(other.text) || other.text.starts_with(char::is_lowercase));
            if !another
                && fits
                && (reachable && starts_with_name
                    || few && (signed || apart) && !is_heading(lines, index))
            {
                return Some((index, "dashes"));
            }
        }
    }
    None
}

fn filled_lines<'l, 't>(lines: &'l [Line<'t>]) -> Vec<&'l Line<'t>> {
    lines.iter().filter(|line| !line.is_blank()).collect()
}

/// Whether the line right above a rule is no end of a text: a word or three that no sign ends and no farewell is.
fn is_heading(lines: &[Line<'_>], rule: usize) -> bool {
    rule.checked_sub(1).is_some_and(|above| {
        let line = &lines[above];
        !line.is_blank()
            && line.words() <= 3
            && !ends_sentence(line.text)
            && !sign_off::is_bare_phrase(line.text)
    })
}

/// `Result: stops`: one word says what the others are, and no telephone or address.
fn is_fact(text: &str) -> bool {
    text.split_once([':', '：']).is_some_and(|(name, value)| {
        let name = name.trim();
        name.chars().all(char::is_alphabetic) && !value.trim().is_empty() && !has_contact(text)
    })
}

/// A signature between two rules that ends the text, as it is usual in Japan: names and contacts, no sentence.
fn is_box(lines: &[Line<'_>]) -> bool {
    let rule = |line: &Line<'_>| {
        line.text.chars().count() >= 10
            && (line.is_rule_of(
                &[
                    '_', '-', '=', '*', '~', '#', '─', '━', '＝', '－', '―', '◆', '☆', '+', '◇',
                    '□', '■', '◎', '·',
                ],
                10,
            ))
    };
    if !rule(&lines[0]) {
        return false;
    }
    let filled: Vec<_> = lines.iter().filter(|line| !line.is_blank()).collect();
    let [_, inner @ .., last] = filled.as_slice() else {
        return false;
    };
    (2..=12).contains(&inner.len())
        && rule(last)
        && inner.iter().all(|line| {
            line.depth == 0
                && !line.is_rule_of(&['_', '-', '=', '*', '~', '#'], 10)
                && sign_off::belongs_to_signature(line.text)
                && !line.text.ends_with(['。', '.', '?', '？', '!', '！'])
        })
        && inner.iter().any(|line| has_contact(line.text))
        && (sign_off::is_name(inner[0].text) || sign_off::is_company(inner[0].text))
}

/// A step of a list, or a long sentence: nothing that a signature holds.
fn is_content_below(text: &str) -> bool {
    let numbered = text
        .trim_start_matches(|character: char| character.is_ascii_digit())
        .starts_with(['.', ')'])
        && text.starts_with(|character: char| character.is_ascii_digit());
    numbered && !has_telephone(&text.lower_case())
        || text.split_whitespace().count() > 10 && text.ends_with(['.', '?', '!', ':'])
}

/// Whether the last paragraph of several is one sentence: what goes on below a dash, not who signs.
fn ends_with_sentence(lines: &[Line<'_>]) -> bool {
    let Some(last) = previous_filled(lines, lines.len()) else {
        return false;
    };
    let line = &lines[last];
    last > 0
        && lines[last - 1].is_blank()
        && previous_filled(lines, last - 1).is_some()
        && line.words() >= 4
        && line.text.starts_with(char::is_uppercase)
        && line.text.ends_with(['.', '?', '!'])
        && !has_contact(line.text)
}

fn is_archive_link(lines: &[Line<'_>]) -> bool {
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
            let lower = line.text.lower_case();
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

/// Telephone numbers, addresses of mail and web: what signatures are made of.
pub(super) fn has_contact(text: &str) -> bool {
    if text.contains('@')
        && text
            .split_whitespace()
            .any(|word| word.contains('@') && word.contains('.'))
    {
        return true;
    }
    let bytes = text.as_bytes();
    let is_of_web = |begins: &[u8], word: &[u8]| begins.eq_ignore_ascii_case(word);
    if bytes.windows(4).any(|four| is_of_web(four, b"www."))
        || bytes
            .get(..4)
            .is_some_and(|begins| is_of_web(begins, b"http"))
    {
        return true;
    }
    has_digits_of_telephone(text) && has_telephone(&text.lower_case())
}

/// `2024-03-04`, `04.03.2024`, `09:05:11`, `2024-03-04T09:05:11Z`.
fn is_date_or_time(word: &str) -> bool {
    let word = word.trim_matches(|character: char| !character.is_ascii_alphanumeric());
    let bytes = word.as_bytes();
    if bytes.len() < 5 || !bytes[0].is_ascii_digit() {
        return false;
    }
    let shape: String = word
        .chars()
        .map(|character| {
            if character.is_ascii_digit() {
                '0'
            } else {
                character
            }
        })
        .collect();
    let iso = ["0000-00-00", "0000/00/00", "0000.00.00"]
        .iter()
        .any(|date| shape.starts_with(date))
        && shape[10..].starts_with(|next: char| !next.is_ascii_digit() && next != '-')
            | (shape.len() == 10);
    iso || matches!(
        shape.as_str(),
        "00.00.0000"
            | "00/00/0000"
            | "00-00-0000"
            | "0.0.0000"
            | "00.0.0000"
            | "0.00.0000"
            | "0/0/0000"
            | "00/0/0000"
            | "0/00/0000"
    ) && plausible_year(&word[word.len() - 4..])
        || shape.starts_with("00:00:00")
        || matches!(shape.as_str(), "00:00" | "0:00" | "0:00:00")
}

fn plausible_year(text: &str) -> bool {
    text.starts_with("19") || text.starts_with("20")
}

/// Whether there are digits enough for an extension, which has the fewest.
fn has_digits_of_telephone(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 3
}

pub(super) fn has_telephone(lower: &str) -> bool {
    if !has_digits_of_telephone(lower) {
        return false;
    }
    #[rustfmt::skip]
    const LABELS: &[&str] = &[
        "tel", "phone", "ph:", "fax", "mobile", "mob:", "cell", "direct", "office:", "telefon", "téléphone",
        "teléfono", "telefone", "telefono", "fon:", "电话", "手机", "電話", "传真", "kom.", "kom:", "t:", "m:", "f:",
        "p:", "voice",
    ];
    // Dates and times have as many digits.
    let undated: String;
    let mut lower = lower;
    if lower.split_whitespace().any(is_date_or_time) {
        undated = lower
            .split_whitespace()
            .filter(|word| !is_date_or_time(word))
            .collect::<Vec<_>>()
            .join(" ");
        lower = &undated;
    }
    let digits = lower.bytes().filter(u8::is_ascii_digit).count();
    let extension = lower
        .trim_end_matches('.')
        .trim_start_matches("ext")
        .trim_start_matches(['x', '.', ' ']);
    if extension.len() < lower.len()
        && (3..=5).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_digit())
    {
        return true;
    }
    if !(7..=28).contains(&digits) {
        return digits >= 5 && LABELS.iter().any(|label| lower.starts_with(label));
    }
    if LABELS
        .iter()
        .any(|label| lower.starts_with(label) || lower.contains(&format!(" {label}")))
    {
        return true;
    }
    // A number in the shape of one: groups with separators, few letters around.
    let shaped = lower.split_whitespace().any(|word| {
        let count = word.bytes().filter(u8::is_ascii_digit).count();
        (7..=15).contains(&count)
            && word
                .chars()
                .all(|character| character.is_ascii_digit() || "+-./()x".contains(character))
            && word.contains(['-', '.', '/', '(', '+'])
            && !word.contains("..")
            && word.matches('.').count() != 3
    });
    let plus = lower.contains('+')
        && digits >= 9
        && lower
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b" +-./()".contains(&byte));
    (shaped || plus) && lower.split_whitespace().count() <= 8
}

/// A line that says who or where somebody is: contacts, a title, an address with its number.
pub(super) fn is_of_signature(text: &str) -> bool {
    has_digits_of_telephone(text) || has_contact(text) || has_title(&text.lower_case())
}

fn ends_sentence(text: &str) -> bool {
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
        let lower = line.text.lower_case();
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
