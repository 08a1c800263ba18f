//! Header blocks inside a text: Outlook's `From: Sent: To: Subject:` in translation, and Lotus Notes,
//! which puts a name and a date above `To: cc: Subject:` and no marker at all.

use super::clock::has_clock;
use super::facts;
use super::header_labels::{INDEX, LABELS, Label};
use super::line::{Line, plain_lower, previous_filled};
use super::notes_box;
use crate::lower_case::LowerCase;

/// The label of a line and whether a value follows it.
pub(super) fn label(line: &Line<'_>) -> Option<(Label, bool)> {
    if line.is_blank() || line.text.len() > 4_000 {
        return None;
    }
    let colon = line
        .text
        .char_indices()
        .take(40)
        .find(|(_, character)| matches!(character, ':' | '：'))?;
    let name = plain_lower(&line.text[..colon.0]);
    let mut name = name.trim_start_matches(['>', '|', ' ']).trim();
    // `Von/From:`
    if let Some((first, second)) = name.split_once('/')
        && let (Some(first_label), Some(second_label)) =
            (INDEX.get(first.trim()), INDEX.get(second.trim()))
        && first_label == second_label
    {
        name = first.trim();
    }
    if name.is_empty() {
        return None;
    }
    // `主　题` is spread to the width of the other labels.
    let joined: String;
    if !name.is_ascii() && name.contains(char::is_whitespace) && name.starts_with(is_ideograph) {
        joined = name.split_whitespace().collect();
        name = &joined;
    }
    let value = line.text[colon.0 + colon.1.len_utf8()..]
        .trim_matches(|character: char| character == '*' || character.is_whitespace());
    INDEX.get(name).map(|label| (*label, !value.is_empty()))
}

fn is_ideograph(character: char) -> bool {
    (0x2e80..0xa000).contains(&(character as u32))
}

/// Whether a line is a label of a header block and its value.
pub(super) fn is_labelled(line: &Line<'_>) -> bool {
    label(line).is_some()
}

/// A header block found: the lines it covers, and whether it is in the manner of Lotus Notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeaderBlock {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// Lines of a recipient list that a header block may run over.
const CONTINUATION_MAX: usize = 60;

/// The header block that begins at line `first`; it may reach back to lines above it.
pub(super) fn at(lines: &[Line<'_>], first: usize) -> Option<HeaderBlock> {
    // Settings are written small; mail programs write their labels with a capital.
    let small = lines[first]
        .text
        .starts_with(|letter: char| letter.is_ascii_lowercase());
    if small && is_setting(lines, first) || is_smtp_dialogue(lines, first) {
        return None;
    }
    if is_whole_block(lines[first].text) {
        return Some(HeaderBlock { first, last: first });
    }
    if let Some(found) = notes_box::at(lines, first) {
        return Some(found);
    }
    if let Some(found) = bare_block(lines, first) {
        return Some(found);
    }
    let (opening, _) = label(&lines[first])?;
    if opening == Label::Other || opening == Label::Cc {
        return None;
    }
    let depth = lines[first].depth;
    let mut seen = [false; 6];
    let mut last = first;
    let mut index = first;
    let mut blanks = 0;
    let mut continued = 0;
    let mut previous = opening;
    let mut address = false;
    let mut labels = 0;
    while index < lines.len() {
        let line = &lines[index];
        if line.depth != depth {
            break;
        }
        if line.is_blank() {
            blanks += 1;
            if blanks > 2 {
                break;
            }
            index += 1;
            continue;
        }
        match label(line) {
            Some((found, _))
                if !(seen[found as usize] && found != Label::Other && found != Label::Cc) =>
            {
                if blanks > 0 && seen[Label::Subject as usize] {
                    break;
                }
                seen[found as usize] = true;
                labels += 1;
                previous = found;
                continued = 0;
                last = index;
            }
            // The same label again begins another block.
            Some(_) => break,
            None => {
                // Recipient lists and subjects wrap; after the subject a wrapped line must follow at once.
                let wraps = match previous {
                    Label::To | Label::Cc => {
                        (blanks == 0 || lines[last].text.ends_with([',', ';']))
                            && (looks_like_recipients(line)
                                || lines[last].text.ends_with([',', ';']))
                    }
                    Label::From | Label::Date | Label::Other => {
                        blanks == 0
                            && continued < 2
                            && (line.text.contains('@') || line.text.starts_with('<'))
                    }
                    Label::Subject => {
                        blanks == 0
                            && continued < 1
                            && line.raw.starts_with([' ', '\t'])
                            && lines[last].text.len() > 50
                    }
                };
                continued += 1;
                // Whatever stands between two labels of one block was wrapped out of the first.
                let goes_on = blanks == 0
                    && continued <= 2
                    && lines
                        .get(index + 1)
                        .and_then(label)
                        .is_some_and(|(next, _)| !seen[next as usize]);
                if !wraps && !goes_on || continued > CONTINUATION_MAX {
                    break;
                }
                last = index;
            }
        }
        address = address || line.text.contains('@') || line.text.contains('<');
        blanks = 0;
        index += 1;
    }
    let has = |wanted: Label| seen[wanted as usize];
    // A subject may go on below in the shape of a field.
    let below = (previous != Label::Subject).then_some(last + 1);
    if is_list_of_facts(lines, first, last, below)
        || has(Label::From) && facts::is_nested(lines, first, last)
        || facts::is_of_literals(lines, first, last)
        || facts::is_form(lines, first, last)
    {
        return None;
    }
    // Who and what alone may be facts of the text; a mail was also sent at some time.
    let block = || lines[first..=last].iter();
    let dated = block().any(|line| has_clock(line.text));
    let says = has(Label::Subject)
        || address
        || has(Label::To) && facts::is_dated_sending(lines, first, last);
    if opening != Label::To
        && (!says || !has(Label::Date) && !block().any(|line| date_position(line.text).is_some()))
        || has(Label::From) && !block().any(is_author)
        || !dated && !has(Label::Subject)
        || small && !(dated && block().any(|line| line.text.contains('<')))
        || has(Label::From)
            && !dated
            && !address
            && !block().any(|line| has_year(line.text) && facts::is_time_of_sending(line))
        || !has(Label::To) && block().any(is_patch)
    {
        return None;
    }
    let others = [Label::Date, Label::To, Label::Subject]
        .iter()
        .filter(|wanted| has(**wanted))
        .count();
    if has(Label::From) && others >= 2 {
        return Some(HeaderBlock {
            first: reach_back_for_date(lines, first, has(Label::Date)),
            last,
        });
    }
    // Two lines are enough where one names an address and the other a subject or a date.
    if has(Label::From)
        && others == 1
        && address
        && labels >= 2
        && opening == Label::From
        && has_subject_or_date(&seen)
    {
        return Some(HeaderBlock { first, last });
    }
    if opening == Label::To
        && has(Label::To)
        && has(Label::Subject)
        && (has(Label::Cc) || lotus_head(lines, first).is_some())
    {
        return Some(HeaderBlock {
            first: lotus_head(lines, first).unwrap_or(first),
            last,
        });
    }
    None
}

/// Whether a label written small belongs to a file of settings: it is indented, or it opens a document of YAML.
fn is_setting(lines: &[Line<'_>], first: usize) -> bool {
    lines[first].raw.starts_with([' ', '\t'])
        || first > 0 && matches!(lines[first - 1].text, "---" | "{" | "[" | "+++")
}

/// Whether the line begins the mail that a dialogue with a mail server hands over: `DATA`, `354 go ahead`.
fn is_smtp_dialogue(lines: &[Line<'_>], first: usize) -> bool {
    let Some(above) = previous_filled(lines, first) else {
        return false;
    };
    let said = lines[above].inner();
    let said = said.split_once(": ").map_or(said, |(_, said)| said);
    lines[above].text.len() < 120
        && (said == "DATA" || said.starts_with("354 ") || said.starts_with("RCPT TO:<"))
}

/// Most lines between the first label and the subject of a block whose labels stand alone on their lines.
const BARE_LINES_MAX: usize = 16;

/// Lotus Notes again, from its HTML: `An`, below it the name, `Thema`, below it the subject, without any colon.
fn bare_block(lines: &[Line<'_>], first: usize) -> Option<HeaderBlock> {
    let bare = |index: usize| {
        // A table has the value in the next cell.
        let text = lines[index].text.split('\t').next().unwrap_or_default();
        (text.len() <= 16 && !text.is_empty())
            .then(|| INDEX.get(text.lower_case().as_str()).copied())
            .flatten()
    };
    if bare(first) != Some(Label::To) {
        return None;
    }
    let head = lotus_head(lines, first)?;
    let end = lines.len().min(first + BARE_LINES_MAX);
    let subject = (first + 1..end).find(|index| bare(*index) == Some(Label::Subject))?;
    let value = (subject + 1..end)
        .find(|index| !lines[*index].is_blank())
        .filter(|_| !lines[subject].text.contains('\t'));
    Some(HeaderBlock {
        first: head,
        last: value.unwrap_or(subject),
    })
}

/// Whether lines right above or below have the shape of a field and a label that no header block has: settings, or the
/// header of a mail that is shown, not answered.
fn is_list_of_facts(lines: &[Line<'_>], first: usize, last: usize, below: Option<usize>) -> bool {
    let foreign = |line: &Line<'_>| {
        line.depth == lines[first].depth
            && line.inner().split_once(':').is_some_and(|(name, value)| {
                !name.is_empty()
                    && name.len() <= 40
                    && name
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
                    && value.starts_with(' ')
                    && !value.trim().is_empty()
                    && !INDEX.contains_key(name.to_ascii_lowercase().as_str())
            })
    };
    first > 0 && foreign(&lines[first - 1])
        || below
            .and_then(|below| lines.get(below))
            .is_some_and(foreign)
        || lines[first.saturating_sub(1)..=last]
            .iter()
            .any(|line| line.inner().starts_with("Received: from "))
}

/// Where labelled lines that begin with an author at `first` end; weaker than [`at`], for places where an attribution
/// has said already that a mail follows.
pub(super) fn below_attribution(lines: &[Line<'_>], first: usize) -> Option<usize> {
    if label(&lines[first])?.0 != Label::From {
        return None;
    }
    let end = (first..lines.len())
        .find(|index| label(&lines[*index]).is_none())
        .unwrap_or(lines.len());
    (end > first + 1).then_some(end - 1)
}

/// Whether a `From` line names somebody: letters, not a date.
fn is_author(line: &Line<'_>) -> bool {
    matches!(label(line), Some((Label::From, _)))
        && line.text.split_once([':', '：']).is_none_or(|(_, value)| {
            value.trim().is_empty() || value.chars().any(char::is_alphabetic)
        })
}

/// A field that stands in a mail on its way and in no mail program's header of an earlier one.
pub(super) fn is_of_wire(line: &Line<'_>) -> bool {
    let text = line.inner();
    ["Message-ID:", "Message-Id:", "X-Mailer:", "Return-Path:"]
        .iter()
        .any(|field| text.starts_with(field))
}

/// The subject of a patch, whose header people paste with it: `Subject: [PATCH] Fix pump`.
fn is_patch(line: &Line<'_>) -> bool {
    matches!(label(line), Some((Label::Subject, _))) && line.text.contains("[PATCH")
}

/// Whether a number stands in a text that is a year of mail.
pub(super) fn has_year(text: &str) -> bool {
    text.split(|character: char| !character.is_ascii_digit())
        .any(|number| number.len() == 4 && (number.starts_with("19") || number.starts_with("20")))
}

/// A block that a converter ran together into one line: a label at its beginning, two others inside.
fn is_whole_block(text: &str) -> bool {
    if text.len() < 30 || text.len() > 600 || text.matches([':', '：']).count() < 3 {
        return false;
    }
    let lower = plain_lower(text);
    if !label_at_start(&lower) {
        return false;
    }
    let mut seen = [false; 6];
    for (position, _) in lower.match_indices([':', '：']).take(20) {
        let before = lower[..position].trim_end();
        for (label, names) in LABELS {
            let found = names.iter().any(|name| {
                name.len() > 2
                    && before.strip_suffix(name).is_some_and(|rest| {
                        rest.chars()
                            .next_back()
                            .is_none_or(|character| !character.is_alphabetic())
                            && (!rest.is_empty() || position < 20)
                    })
            });
            seen[label as usize] |= found;
        }
    }
    seen[Label::Subject as usize]
        && seen[..5].iter().filter(|found| **found).count() >= 3
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

fn label_at_start(lower: &str) -> bool {
    lower
        .find([':', '：'])
        .is_some_and(|colon| INDEX.contains_key(lower[..colon].trim()))
}

fn has_subject_or_date(seen: &[bool; 6]) -> bool {
    seen[Label::Subject as usize] || seen[Label::Date as usize]
}

/// A recipient list's next line: names, commas, addresses, no sentence.
fn looks_like_recipients(line: &Line<'_>) -> bool {
    let text = line.text;
    text.contains('@')
        || text.ends_with([',', ';'])
        || text.contains(';')
        || text.contains('/') && text.contains(',')
        || text.starts_with('<')
}

/// `12/07/2000 10:45 AM`, alone or at the end of a line; ISO and dotted dates too.
fn has_date_and_time(text: &str) -> bool {
    date_position(text).is_some_and(|position| {
        let rest = &text.as_bytes()[position..];
        rest.windows(3).any(|window| {
            window[0].is_ascii_digit() && window[1] == b':' && window[2].is_ascii_digit()
        })
    })
}

/// Where a numeric date begins.
fn date_position(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index].is_ascii_digit()
            && (index == 0 || !bytes[index - 1].is_ascii_alphanumeric())
        {
            let end = index
                + bytes[index..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'/' | b'.' | b'-'))
                    .count();
            let token = &text[index..end];
            let pieces: Vec<_> = token.split(['/', '.', '-']).collect();
            if pieces.len() == 3
                && pieces
                    .iter()
                    .all(|piece| !piece.is_empty() && piece.len() <= 4)
            {
                return Some(index);
            }
            index = end.max(index + 1);
        } else {
            index += 1;
        }
    }
    None
}

fn is_clock_only(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 14
        && text.starts_with(|character: char| character.is_ascii_digit())
        && text.contains(':')
        && text.chars().all(|character| {
            character.is_ascii_digit() || matches!(character, ':' | ' ' | 'A' | 'P' | 'M' | '-')
        })
}

/// The lines above a block that hold its author and date: `Name`, `date`; `Name on date`; `"Name" <address> on date`.
fn lotus_head(lines: &[Line<'_>], first: usize) -> Option<usize> {
    let mut above = previous_filled(lines, first)?;
    if first - above > 6 {
        return None;
    }
    let mut skipped = 0;
    // `Please respond to ...` stands between.
    while skipped < 3 && is_lotus_remark(lines[above].text) {
        above = previous_filled(lines, above)?;
        skipped += 1;
    }
    let mut text = lines[above].text;
    let mut top = above;
    if is_clock_only(text) {
        // The date was wrapped before the time.
        let before = previous_filled(lines, above)?;
        if above - before == 1 && date_position(lines[before].text).is_some() {
            text = lines[before].text;
            top = before;
        } else {
            return None;
        }
    } else if !has_date_and_time(text) || text.len() > 160 {
        return None;
    }
    let position = date_position(text)?;
    if !text[..position].trim().is_empty() {
        // The name stands before the date; a long one begins on the line above.
        if let Some(before) = previous_filled(lines, top)
            && top - before == 1
            && lines[before].text.starts_with('"')
            && !text.starts_with('"')
            && lines[before].text.len() < 90
        {
            return Some(before);
        }
        return Some(top);
    }
    // Only the date: one to three lines with the name, `Sent by:` and the like above it.
    for _ in 0..4 {
        let Some(before) = previous_filled(lines, top) else {
            break;
        };
        if top - before > 2 || !is_name_line(&lines[before]) && !is_lotus_remark(lines[before].text)
        {
            break;
        }
        let remark = is_lotus_remark(lines[before].text);
        top = before;
        if !remark {
            break;
        }
    }
    Some(top)
}

fn is_lotus_remark(text: &str) -> bool {
    let lower = text.lower_case();
    [
        "please respond to",
        "sent by",
        "bitte antworten an",
        "gesendet von",
        "veuillez répondre à",
        "phone no",
        "proszę odpowiadać",
        "tel:",
    ]
    .iter()
    .any(|start| lower.starts_with(start))
}

fn is_name_line(line: &Line<'_>) -> bool {
    line.text.len() <= 70
        && line.words() <= 8
        && !line.text.ends_with(['.', '!', '?', ':', ','])
        && line.text.chars().any(char::is_alphabetic)
}

/// A block that lacks a date may have it in the line above (`From: X on date` is one line in some translations).
fn reach_back_for_date(lines: &[Line<'_>], first: usize, dated: bool) -> usize {
    if dated {
        return first;
    }
    first
        .checked_sub(1)
        .filter(|above| is_clock_only(lines[*above].text))
        .unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn found(text: &str) -> Option<(usize, usize)> {
        let lines = line::split(text);
        (0..lines.len())
            .find_map(|index| at(&lines, index))
            .map(|block| (block.first, block.last))
    }

    #[test]
    fn translations() {
        for text in [
            "From: A <a@b.c>\nSent: Monday, 4 March 2024 09:05\nTo: x\nSubject: y\n\nold",
            "Von: A <a@b.c>\nGesendet: Montag, 4. März 2024 09:05\nAn: x\nBetreff: y\n\nold",
            "De : A <a@b.c>\nEnvoyé : lundi 4 mars 2024 09:05\nÀ : x\nObjet : y\n\nold",
            "Od: A <a@b.c>\nWysłano: poniedziałek, 4 marca 2024 09:05\nDo: x\nTemat: y\n\nold",
            "发件人： A <a@b.c>\n发送时间： 2024年3月4日 09:05\n收件人： x\n主题： y\n\nold",
            "De: A\nEnviado el: lunes, 4 de marzo de 2024 9:05\nPara: x\nAsunto: y\n\nold",
            "Da: A\nInviato: lunedì 4 marzo 2024 09:05\nA: x\nOggetto: y\n\nold",
            "De: A\nEnviada em: segunda-feira, 4 de março de 2024 09:05\nPara: x\nAssunto: y\n\nold",
            "Van: A\nVerzonden: maandag 4 maart 2024 09:05\nAan: x\nOnderwerp: y\n\nold",
            "差出人: A <a@b.c>\n送信日時: 2024年3月4日 9:05\n宛先: x\n件名: y\n\nold",
            "*From:* A\n*Sent:* 2024-03-04\n*To:* x\n*Subject:* y\n\nold",
        ] {
            assert_eq!(found(text), Some((0, 3)), "{text}");
        }
    }

    #[test]
    fn lotus_notes() {
        assert_eq!(
            found("Jane Doe\n03/04/2024 09:05 AM\nTo: x/HQ\ncc: \n\nSubject: y\n\nold"),
            Some((0, 5))
        );
        assert_eq!(
            found(
                "\"Doe, Jane\" <j@b.c> on 03/04/2024 09:05:11 AM\n\nTo:   x\ncc:\n\nSubject:  y\n"
            ),
            Some((0, 5))
        );
        assert_eq!(
            found(
                "From: Jane Doe on 03/04/2024 09:05\nTo: a/b@c, \nd/e@c\ncc:  \n\nSubject: y\n\nold"
            ),
            Some((0, 5))
        );
    }

    #[test]
    fn facts_are_none() {
        assert_eq!(found("From: Berlin\nThe truck left.\nTo: Paris"), None);
        assert_eq!(
            found("Date: 2024-03-04\nOperation: getOrders\nSubject to change: no"),
            None
        );
    }
}
