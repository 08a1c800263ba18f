//! The ends of the sender's stretches of a text: signatures, cards, and one that is all that stands above a forward.

use super::line::{self, Line};
use super::{Judge, delimiter, signature};
use crate::mail::ZoneKind;

/// Lines above a forwarded mail, at most, that may be a signature and nothing else.
const SIGNATURE_ABOVE: usize = 40;

impl Judge<'_> {
    /// Whether above a forwarded mail stands nothing but the sender's signature, as mail programs put it there. It is
    /// marked as one then.
    pub(super) fn is_signature_alone(&mut self, end: usize) -> bool {
        let Some(first) = line::next_filled(self.lines, 0).filter(|first| *first < end) else {
            return false;
        };
        let known =
            |index: usize| matches!(self.verdicts[index].0, ZoneKind::New | ZoneKind::Signature);
        if end > SIGNATURE_ABOVE || !(first..end).all(known) {
            return false;
        }
        // What the HTML marks ends the words above.
        let marked = (first..end).find(|index| !self.is_new(*index));
        let rest = line::next_filled(self.lines, self.signed).unwrap_or(end);
        let dashes = (first..marked.unwrap_or(first)).all(|index| {
            self.lines[index].is_blank() || delimiter::is_dashes(self.lines[index].text)
        });
        if self.signed > 0 && rest >= end || marked.is_some() && dashes {
            self.force(0, end, ZoneKind::Signature, "signature_element");
            return true;
        }
        let words = marked.unwrap_or(end);
        let tails = signature::tails(
            &self.lines[..words],
            &self.content[..words],
            self.author,
            true,
            false,
            false,
        );
        let whole = tails.first().is_some_and(|tail| tail.first <= first)
            && tails.iter().all(|tail| tail.kind != ZoneKind::New);
        if whole {
            self.force(0, end, ZoneKind::Signature, "signature_above");
        }
        whole
    }

    /// Searches the ends of the new stretches for signatures: the stretch before the first earlier mail and the last one.
    pub(super) fn tails(&mut self) {
        let stretches = self.stretches();
        let Some(&(first, first_end)) = stretches.first() else {
            return;
        };
        let end = self.card(first, first_end).unwrap_or(first_end);
        self.tail(first, end, false);
        if let Some(&(last, last_end)) = stretches.last()
            && last != first
        {
            self.tail(last, last_end, true);
        }
    }

    /// New stretches, or forwarded ones where nothing is new.
    fn stretches(&self) -> Vec<(usize, usize)> {
        let of = |kind: ZoneKind| {
            let mut found = Vec::new();
            let mut start = None;
            for index in 0..=self.lines.len() {
                let inside = index < self.lines.len() && self.verdicts[index].0 == kind;
                match (inside, start) {
                    (true, None) => start = Some(index),
                    (false, Some(from)) => {
                        if self.lines[from..index].iter().any(|line| !line.is_blank()) {
                            found.push((from, index));
                        }
                        start = None;
                    }
                    _ => {}
                }
            }
            found
        };
        let new = of(ZoneKind::New);
        if new.is_empty() {
            of(ZoneKind::Forwarded)
        } else {
            new
        }
    }

    /// Some Chinese mail programs put a card with the sender's name and address right above the earlier mail: between
    /// bars of a table, or the bare address. Returns where it begins.
    fn card(&mut self, from: usize, to: usize) -> Option<usize> {
        let below = self.verdicts.get(to)?;
        let last = line::previous_filled(self.lines, to).filter(|last| *last > from)?;
        if below.0 != ZoneKind::Quoted {
            return None;
        }
        let is_bar = |line: &Line<'_>| line.is_rule_of(&['|'], 1);
        let top = if is_bar(&self.lines[last]) {
            let top = (from.max(last.saturating_sub(12))..last)
                .find(|index| is_bar(&self.lines[*index]))?;
            let block = &self.lines[top..=last];
            let names_address = block.iter().any(|line| line.text.contains('@'));
            (names_address && block.iter().all(|line| line.words() <= 6)).then_some(top)?
        } else {
            let address = self.lines[last].text.contains('@') && self.lines[last].words() == 1;
            let apart = self.lines[last - 1].is_blank();
            (address && apart && below.1 == "header_block").then_some(last)?
        };
        line::previous_filled(self.lines, top).filter(|above| *above >= from)?;
        self.force(top, to, ZoneKind::Signature, "contact_card");
        Some(top)
    }

    fn tail(&mut self, from: usize, to: usize, may_be_all: bool) {
        let tails = signature::tails(
            &self.lines[from..to],
            &self.content[from..to],
            self.author,
            may_be_all,
            from == 0 && to == self.lines.len(),
            self.opens,
        );
        for (position, tail) in tails.iter().enumerate() {
            let end = tails.get(position + 1).map_or(to, |next| from + next.first);
            self.force(from + tail.first, end, tail.kind, tail.reason);
        }
    }
}
