//! What each stretch of a text is: newly written, quoted, forwarded, signature, sign-off or disclaimer.
//!
//! Lines are judged by what they are, one judge a file; this file puts the judgements in order:
//! content that looks like a quote is set aside first ([`guard`]), then the structure of the HTML, `>` lines, attributions
//! ([`attribution`]), separators ([`marker`]) and header blocks ([`header_block`]) divide new from old text, and
//! the ends of the new stretches are searched for signatures ([`signature`]).

mod armor;
mod attribution;
mod clock;
mod code;
mod contact;
mod delimiter;
mod disclaimer;
mod ends;
mod facts;
mod glued;
mod guard;
mod header_block;
mod header_labels;
mod labelled;
mod line;
mod lone_name;
mod marker;
mod mobile;
mod narrated;
mod notes_box;
mod reported;
mod separator;
mod sign_off;
mod signature;
mod title;
mod wrapped;

pub(crate) use armor::unescaped;
pub(crate) use marker::is_reply_line;

use super::html::Mark;
use super::{Zone, ZoneKind};
use crate::limits;
use line::Line;

/// Words of a line above a marker, at most, with which a sentence begins that only shows it.
const SHOWN_WORDS: usize = 6;

/// Lines between the rules of a box, at most.
const BOX_LINES: usize = 20;

/// What is known of a mail besides its text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hints<'a> {
    /// Quotes and signatures that the HTML marks.
    pub(crate) marks: &'a [Mark],
    /// The subject says that this is a forward.
    pub(crate) forward: bool,
    /// The header says that this answers a mail.
    pub(crate) answer: bool,
    /// The header says that this answers none.
    pub(crate) opens: bool,
    /// The author's display name and the local part of the address.
    pub(crate) author: &'a str,
}

/// Divides a text. The zones are sorted, do not overlap and cover it.
pub(crate) fn divide(text: &str, hints: Hints<'_>) -> Vec<Zone> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut lines = line::split(text);
    glued::part(&mut lines);
    line::other_marks(&mut lines);
    let content = guard::content_lines(&lines);
    let mut judge = Judge {
        verdicts: vec![(ZoneKind::New, "new"); lines.len()],
        lines: &lines,
        content: &content,
        forward: hints.forward,
        answer: hints.answer,
        opens: hints.opens,
        author: hints.author,
        first_new: 0,
        signed: 0,
        marked: lines.iter().filter(|line| line.depth > 0).count(),
    };
    for range in armor::ranges(&lines) {
        judge.force(range.start, range.end, ZoneKind::Signature, "pgp_armor");
    }
    judge.marks(hints.marks);
    judge.quotes();
    judge.marked_throughout();
    judge.opening_citation();
    judge.tails();
    judge.zones()
}

/// Whether a judged text holds something that is not new.
pub(crate) fn has_quote(zones: &[Zone]) -> bool {
    zones
        .iter()
        .any(|zone| matches!(zone.kind, ZoneKind::Quoted | ZoneKind::Forwarded))
}

struct Judge<'a> {
    lines: &'a [Line<'a>],
    content: &'a [bool],
    verdicts: Vec<(ZoneKind, &'static str)>,
    forward: bool,
    answer: bool,
    opens: bool,
    author: &'a str,
    first_new: usize,
    /// Where a signature ends that the HTML marks and nothing new stands above.
    signed: usize,
    /// How many lines of the text begin with a mark.
    marked: usize,
}

/// Something that introduces earlier text.
struct Border {
    first: usize,
    last: usize,
    kind: ZoneKind,
    reason: &'static str,
    /// True when it can only stand above a whole mail, not above a few quoted lines.
    whole_mail: bool,
}

impl Judge<'_> {
    fn is_new(&self, index: usize) -> bool {
        self.verdicts[index].0 == ZoneKind::New
    }

    fn set(&mut self, from: usize, to: usize, kind: ZoneKind, reason: &'static str) {
        for index in from..to {
            if self.is_new(index) {
                self.verdicts[index] = (kind, reason);
            }
        }
    }

    /// Lines only ever stop being new while quotes are searched, so the first new one is looked for once.
    fn has_new_before(&mut self, index: usize) -> bool {
        while self.first_new < index
            && (self.lines[self.first_new].is_blank() || !self.is_new(self.first_new))
        {
            self.first_new += 1;
        }
        self.first_new < index
    }

    /// Takes over what the HTML says. A mark that would leave nothing new is only believed of its own element.
    fn marks(&mut self, marks: &[Mark]) {
        for mark in marks {
            let first = self
                .lines
                .partition_point(|line| line.start < mark.range.start);
            let last = self
                .lines
                .partition_point(|line| line.start < mark.range.end);
            if first >= last {
                continue;
            }
            if mark.kind == ZoneKind::Signature && !self.has_new_before(first) {
                self.signed = self.signed.max(last);
                continue;
            }
            if mark.reason == "reply_separator_element" && !self.has_new_before(first) {
                continue;
            }
            // A forward's first line, which a whole mail follows, is judged by what it says.
            if mark.reason == "attribution_element" && marker::at(self.lines, first).is_some() {
                continue;
            }
            // So is one that a mail program quotes.
            if mark.kind == ZoneKind::Quoted
                && line::next_filled(self.lines, first)
                    .and_then(|first| marker::at(self.lines, first))
                    .is_some_and(|(found, _)| found == marker::Marker::Forward)
            {
                continue;
            }
            let top = if mark.kind == ZoneKind::Quoted {
                self.rule_above(first)
            } else {
                first
            };
            self.set(top, last, mark.kind, mark.reason);
        }
    }

    /// Finds `>` lines and everything that introduces earlier text.
    fn quotes(&mut self) {
        let mut index = 0;
        while index < self.lines.len() {
            if !self.is_new(index) || self.lines[index].is_blank() {
                index += 1;
                continue;
            }
            if self.lines[index].depth > 0 && !self.content[index] {
                index = self.marked_run(index);
                continue;
            }
            if let Some(border) = (!self.content[index]).then(|| self.border(index)).flatten() {
                index = self.cross(&border);
                continue;
            }
            index += 1;
        }
    }

    /// A mail of nothing but `>` lines that nothing introduces: what the sender passes on, not what is answered.
    fn marked_throughout(&mut self) {
        let passed_on = (0..self.lines.len()).all(|index| {
            self.lines[index].is_blank()
                || self.verdicts[index] == (ZoneKind::Quoted, "angle_marks")
                    && self.lines[index].depth == 1
        });
        if passed_on {
            self.force(0, self.lines.len(), ZoneKind::Forwarded, "angle_marks");
        }
    }

    /// One run of `>` lines, whatever is nested in it, that opens a mail which answers none and holds no other quote: a
    /// citation, and as much the sender's as the words below it.
    fn opening_citation(&mut self) {
        if self.answer {
            return;
        }
        let quoted = (ZoneKind::Quoted, "angle_marks");
        // Nothing is answered and nobody is named who wrote it: the sender shows something.
        let cited = |(kind, reason): &(ZoneKind, &'static str)| {
            (*kind, *reason) == quoted || matches!(kind, ZoneKind::New | ZoneKind::Signature)
        };
        if self.opens && self.verdicts.iter().all(cited) {
            for verdict in &mut self.verdicts {
                if *verdict == quoted {
                    *verdict = (ZoneKind::New, "citation");
                }
            }
            return;
        }
        let Some(first) =
            line::next_filled(self.lines, 0).filter(|first| self.verdicts[*first] == quoted)
        else {
            return;
        };
        let end = (first..self.lines.len())
            .find(|index| self.verdicts[*index] != quoted)
            .unwrap_or(self.lines.len());
        let single = self.verdicts[end..]
            .iter()
            .all(|(kind, _)| *kind == ZoneKind::New);
        if single && line::next_filled(self.lines, end).is_some() {
            self.verdicts[first..end].fill((ZoneKind::New, "citation"));
        }
    }

    fn border(&self, index: usize) -> Option<Border> {
        if self.lines[index].text.len() > 4_000 {
            return None;
        }
        if let Some((found, last)) =
            marker::at(self.lines, index).filter(|found| !self.is_spoken_of(index, *found))
        {
            let (kind, reason) = match found {
                marker::Marker::Original => (
                    if self.forward {
                        ZoneKind::Forwarded
                    } else {
                        ZoneKind::Quoted
                    },
                    "original_message",
                ),
                marker::Marker::Forward => (ZoneKind::Forwarded, "forward_marker"),
            };
            return Some(Border {
                first: index,
                last,
                kind,
                reason,
                whole_mail: true,
            });
        }
        if index < limits::ATTRIBUTION_LINES_MAX
            && let Some(found) = attribution::at(self.lines, index)
            && !self.is_told(found)
        {
            return Some(Border {
                first: self.wrapped_name(found.first),
                last: found.last,
                kind: ZoneKind::Quoted,
                reason: "attribution",
                whole_mail: false,
            });
        }
        if index < limits::ATTRIBUTION_LINES_MAX
            && attribution::is_open_ended(self.lines[index].text)
            && let Some(below) = line::next_filled(self.lines, index + 1)
            && let Some(last) = header_block::below_attribution(self.lines, below)
        {
            return Some(Border {
                first: index,
                last,
                kind: ZoneKind::Quoted,
                reason: "attribution",
                whole_mail: true,
            });
        }
        if let Some(found) = header_block::at(self.lines, index)
            && !self.is_evidence(found)
        {
            let kind = if self.forward {
                ZoneKind::Forwarded
            } else {
                ZoneKind::Quoted
            };
            let named = line::previous_filled(self.lines, found.first).filter(|above| {
                found.first - above <= 2 && marker::names_one(self.lines[*above].text)
            });
            return Some(Border {
                first: named.unwrap_or(found.first),
                last: found.last,
                kind,
                reason: "header_block",
                whole_mail: true,
            });
        }
        None
    }

    /// Whether a header is shown, as what a program wrote or as what was sent somewhere else, and the text goes on below.
    fn is_evidence(&self, found: header_block::HeaderBlock) -> bool {
        let above = line::previous_filled(self.lines, found.first);
        let introduced = above.is_some_and(|above| {
            found.first - above <= 2
                && self.lines[above].text.ends_with([':', '：'])
                && marker::at(self.lines, above).is_none()
        });
        let block = &self.lines[found.first..=found.last];
        introduced
            && (block.iter().any(header_block::is_of_wire)
                || self.opens && !block.iter().any(|line| line.text.contains(['<', '"', ';'])))
    }

    /// Whether an attribution is what somebody tells, because no earlier mail is marked below it.
    fn is_told(&self, found: attribution::Attribution) -> bool {
        let marked = line::next_filled(self.lines, found.last + 1)
            .is_some_and(|below| self.lines[below].depth > 0 || !self.is_new(below));
        !marked && attribution::is_told(self.lines, found)
            || attribution::is_of_machine(self.lines, found)
    }

    /// Whether a marker of an earlier mail is shown rather than set: the line right below it goes on in the middle of a
    /// sentence, or it opens the mail and nothing names the author of what follows.
    fn is_spoken_of(&self, index: usize, (found, last): (marker::Marker, usize)) -> bool {
        if !self.lines[index].text.starts_with("--") {
            return false;
        }
        let labelled = |line: usize| header_block::is_labelled(&self.lines[line]);
        // "We see / -----Original Message----- / in each of your mails."
        let above = line::previous_filled(self.lines, index);
        let below = line::next_filled(self.lines, last + 1);
        let begun = above.is_some_and(|above| {
            let above = &self.lines[above];
            above.words() <= SHOWN_WORDS && above.text.ends_with(char::is_alphanumeric)
        });
        let ended = below.is_some_and(|below| {
            let text = self.lines[below].text;
            text.starts_with(char::is_lowercase)
                && !text.starts_with("dear ")
                && !["hi", "hello"].contains(
                    &text
                        .split(|c: char| !c.is_alphanumeric())
                        .next()
                        .unwrap_or(text),
                )
                && !labelled(below)
        });
        let apart = index > 0
            && self.lines[index - 1].is_blank()
            && self.lines.get(last + 1).is_some_and(line::Line::is_blank);
        if apart && begun && ended {
            return true;
        }
        let goes_on = self.lines.get(last + 1).is_some_and(|below| {
            below.text.starts_with(char::is_lowercase) && below.words() >= 3 && !labelled(last + 1)
        });
        let opens_mail = line::previous_filled(self.lines, index).is_none();
        let introduced = || {
            let mut below = last + 1;
            (0..4).any(|_| {
                let Some(next) = line::next_filled(self.lines, below) else {
                    return false;
                };
                below = next + 1;
                !self.is_new(next)
                    || self.lines[next].depth > 0
                    || labelled(next)
                    || header_block::at(self.lines, next).is_some()
                    || marker::at(self.lines, next).is_some()
                    || attribution::at(self.lines, next).is_some()
            })
        };
        found == marker::Marker::Original && (goes_on || opens_mail && !introduced())
    }

    /// Judges what follows a border; returns the line to go on with.
    fn cross(&mut self, border: &Border) -> usize {
        let first = self.rule_above(border.first);
        let Some(below) = self.below_border(border) else {
            self.force(first, self.lines.len(), border.kind, border.reason);
            return self.lines.len();
        };
        let marked_below = self.lines[below].depth > 0 && !self.content[below];
        let html_below = !self.is_new(below);
        // Labels without marks above lines with them: the answers stand below those.
        let answered = marked_below && border.kind == ZoneKind::Quoted;
        if (marked_below || html_below) && !border.whole_mail || answered {
            self.force(first, below, ZoneKind::Quoted, border.reason);
            return below;
        }
        let passed_on = border.kind == ZoneKind::Forwarded
            && border.whole_mail
            && self.is_signature_alone(first);
        if !passed_on && self.has_new_before(first) {
            // Everything below is the earlier mail, except what the HTML shows to stand outside of its quotes.
            let end = self.end_of_earlier_mail(below, html_below);
            self.force(first, end, border.kind, border.reason);
            return end;
        }
        if border.whole_mail {
            // Nothing stands above: a forward without words of its own. Its header introduces it.
            self.force(first, border.last + 1, ZoneKind::Quoted, border.reason);
            let mut end = self.lines.len();
            // Blocks follow markers; earlier mails inside the forwarded one are quotes.
            let mut index = border.last + 1;
            let mut body = false;
            while index < self.lines.len() {
                if let Some(inner) = (!self.lines[index].is_blank() && !self.content[index])
                    .then(|| self.border(index))
                    .flatten()
                {
                    if !body && inner.first <= index {
                        self.force(index, inner.last + 1, ZoneKind::Quoted, inner.reason);
                        index = inner.last + 1;
                        continue;
                    }
                    end = inner.first;
                    break;
                }
                body = body || !self.lines[index].is_blank();
                index += 1;
            }
            if border.kind == ZoneKind::Forwarded {
                // A mail program that forwards quotes the whole mail.
                for index in border.last + 1..end {
                    if self.verdicts[index].1.starts_with("blockquote") {
                        self.verdicts[index] = (ZoneKind::Forwarded, border.reason);
                    }
                }
            }
            self.set(border.last + 1, end, ZoneKind::Forwarded, border.reason);
            self.set(end, self.lines.len(), ZoneKind::Quoted, border.reason);
            return self.lines.len();
        }
        // An attribution on top with nothing marked below it: the answer stands somewhere below.
        self.force(first, border.last + 1, ZoneKind::Quoted, border.reason);
        border.last + 1
    }

    /// The first filled line below a border, and below the labels that follow a marker where marked lines stand there.
    fn below_border(&self, border: &Border) -> Option<usize> {
        let below = line::next_filled(self.lines, border.last + 1)?;
        if border.reason != "original_message" {
            return Some(below);
        }
        let Some(found) = header_block::at(self.lines, below) else {
            return Some(below);
        };
        line::next_filled(self.lines, found.last + 1)
            .filter(|after| self.lines[*after].depth > 0)
            .or(Some(below))
    }

    fn end_of_earlier_mail(&self, below: usize, html_below: bool) -> usize {
        if !html_below {
            return self.lines.len();
        }
        (below..self.lines.len())
            .find(|line| self.is_new(*line) && !self.lines[*line].is_blank())
            .unwrap_or(self.lines.len())
    }

    fn force(&mut self, from: usize, to: usize, kind: ZoneKind, reason: &'static str) {
        for index in from..to {
            self.verdicts[index] = (kind, reason);
        }
    }

    /// A rule drawn right above a border belongs to it.
    fn rule_above(&self, first: usize) -> usize {
        let mut top = first;
        for _ in 0..2 {
            let Some(above) = line::previous_filled(self.lines, top) else {
                break;
            };
            let rule = self.lines[above].is_rule_of(&['_', '-', '=', '*', '~', '─', '—', '–'], 3);
            // One that closes a box of the sender's own is none of the border's.
            let closes = || {
                self.lines[above.saturating_sub(BOX_LINES)..above]
                    .iter()
                    .any(|line| line.text == self.lines[above].text)
            };
            if !rule || top - above > 3 || closes() {
                break;
            }
            top = above;
        }
        top
    }

    /// A run of `>` lines, with lines that a mail program wrapped out of it.
    fn marked_run(&mut self, start: usize) -> usize {
        let mut index = start;
        let mut end = start;
        while index < self.lines.len() {
            let line = &self.lines[index];
            if line.depth > 0 && !self.content[index] {
                index += 1;
                end = index;
            } else if line.is_blank() {
                index += 1;
            } else if index == end && self.is_wrapped_rest(index) {
                index += 1;
                end = index;
            } else if index == end
                && let Some(after) = self.wrapped_paragraph(index)
            {
                index = after;
                end = index;
            } else {
                break;
            }
        }
        let kind = if self.is_inside_sentence(start, end) {
            (ZoneKind::New, "citation")
        } else {
            (ZoneKind::Quoted, "angle_marks")
        };
        self.force(start, end, kind.0, kind.1);
        end
    }

    /// Joins equal lines to zones. Blank lines belong to what stands above them.
    fn zones(self) -> Vec<Zone> {
        let mut zones: Vec<Zone> = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            let (kind, reason) = self.verdicts[index];
            match zones.last_mut() {
                Some(last)
                    if last.kind == kind && last.reason == reason
                        || line.is_blank()
                            && kind == ZoneKind::New
                            && last.kind != ZoneKind::New =>
                {
                    last.range.end = line.end;
                }
                _ => zones.push(Zone {
                    kind,
                    range: line.start..line.end,
                    reason,
                }),
            }
        }
        zones
    }
}

#[cfg(test)]
mod tests;
