//! Values with a shape: after their names, in lists, before their labels, and by pattern.

use super::Extractor;
use super::characters::{
    at, before, ends_word, is_blank, line_end, line_start, skip, skip_blanks, starts_word, window,
};
use super::checks::{absence, has_digit, is_date, refusal};
use super::gather::{Candidate, Gathered};
use super::lead::{Form, Lead, as_before, far_lead, lead, value_end};
use super::names::{NameHit, Sense};
use super::passage::Passage;
use super::shape::continues;
use crate::profile::Reader;

/// How far a value may stand behind its label in prose. Bytes.
const WINDOW_BYTES: usize = 110;

/// Shorter ones are numbers of other things where words stand between them and the label. Bytes.
const FAR_VALUE_BYTES_MIN: usize = 5;

/// Reads the values of all fields that have a shape.
pub(crate) fn read(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hits: &[NameHit],
    gathered: &mut Gathered,
) {
    for (index, hit) in hits.iter().enumerate() {
        let mut hit_lead: Option<Option<Lead>> = None;
        for meaning in extractor.names.meanings(hit) {
            let field = usize::from(meaning.field);
            let compiled = &extractor.fields[field];
            if !matches!(compiled.read, Reader::Value | Reader::Text)
                || !matches!(
                    meaning.sense,
                    Sense::Label | Sense::Key | Sense::Header | Sense::Parameter
                )
                || gathered.full(field)
            {
                continue;
            }
            let lead = *hit_lead.get_or_insert_with(|| lead(passage.text, hit.start, hit.end));
            let named = Named {
                extractor,
                passage,
                hits,
                index,
                field,
                sense: meaning.sense,
            };
            match compiled.read {
                Reader::Text => named.read_text(lead, gathered),
                _ => named.read_value(lead, gathered),
            }
        }
    }
    read_patterns(extractor, passage, hits, gathered);
}

/// A name of a field in a passage.
struct Named<'a> {
    extractor: &'a Extractor,
    passage: &'a Passage<'a>,
    hits: &'a [NameHit],
    index: usize,
    field: usize,
    sense: Sense,
}

impl Named<'_> {
    fn read_value(&self, lead: Option<Lead>, gathered: &mut Gathered) {
        let text = self.passage.text;
        let hit = &self.hits[self.index];
        let compiled = &self.extractor.fields[self.field];
        let lead = lead.filter(|lead| form_allowed(self.sense, lead.form, compiled.strict));
        let mut absent = None;
        if let Some(lead) = lead {
            let loose_prose =
                !compiled.strict && matches!(lead.form, Form::Adjacent | Form::Copula);
            let end = self.extractor.match_at(text, self.field, lead.value);
            if let Some(end) = end
                && !compiled.strict
                && !has_digit(&text[lead.value..end])
                && self.extractor.is_plain_name(
                    text,
                    self.field,
                    hit,
                    &lead,
                    end,
                    &gathered.sender_names,
                )
            {
                self.take_name(lead.value, end, rule(self.sense, lead.form), gathered);
                self.continue_names(&lead, end, gathered);
                return;
            }
            let reads = |end: usize| !loose_prose || has_digit(&text[lead.value..end]);
            if let Some(end) = end.filter(|end| reads(*end) && !self.is_other_number(&lead, *end)) {
                let confidence = confidence(self.sense, lead.form);
                let end = self.take(
                    lead.value,
                    end,
                    rule(self.sense, lead.form),
                    confidence,
                    gathered,
                );
                self.continue_list(end, lead.form, confidence - 0.02, gathered);
                return;
            }
            absent = self.absent(&lead);
        }
        if self.sense == Sense::Label
            && !compiled.strict
            && absent.is_none()
            && let Some((start, end)) = self.find_far(hit.end)
        {
            let end = self.take(start, end, "near_label", 0.85, gathered);
            self.continue_list(end, Form::Adjacent, 0.83, gathered);
            return;
        }
        if self.sense != Sense::Label || !compiled.strict {
            gathered.candidates.extend(absent);
            return;
        }
        // A few words on: "the request id of the failed call was ...".
        if absent.is_none()
            && let Some((start, end)) = self.find_nearby(hit.end)
        {
            let end = self.take(start, end, "near_label", 0.85, gathered);
            self.continue_list(end, Form::Adjacent, 0.83, gathered);
            return;
        }
        if let Some((start, end)) = self.find_before(hit.start) {
            self.take(start, end, "before_label", 0.8, gathered);
            return;
        }
        gathered.candidates.extend(absent);
    }

    /// Takes the value, or refuses it with its reason. Returns its end.
    fn take(
        &self,
        start: usize,
        end: usize,
        rule: &'static str,
        confidence: f32,
        gathered: &mut Gathered,
    ) -> usize {
        gathered.add(self.extractor.checked_candidate(
            self.passage,
            self.field,
            start..end,
            rule,
            confidence,
        ));
        end
    }

    /// Takes a plain name: that it is a word is no reason against it.
    fn take_name(&self, start: usize, end: usize, rule: &'static str, gathered: &mut Gathered) {
        let mut candidate =
            self.extractor
                .checked_candidate(self.passage, self.field, start..end, rule, 0.88);
        if candidate.refused.as_deref() == Some("plain_word") {
            candidate.refused = None;
        }
        gathered.add(candidate);
    }

    /// What stands in the value's place when it is no value but was blanked or promised.
    fn absent(&self, lead: &Lead) -> Option<Candidate> {
        let text = self.passage.text;
        let compiled = &self.extractor.fields[self.field];
        let rest = &text[lead.value..];
        let (end, reason) = match compiled.blanked.as_ref().and_then(|regex| regex.find(rest)) {
            Some(found) => (lead.value + found.end(), "blanked"),
            None if matches!(lead.form, Form::Adjacent) => return None,
            None => (value_end(text, lead).min(lead.value + 80), absence(rest)?),
        };
        let end = text.floor_char_boundary(end);
        let value = &text[lead.value..end];
        Some(
            Candidate::new(
                self.passage,
                self.field,
                lead.value..end,
                value,
                "label",
                0.5,
            )
            .refuse(reason),
        )
    }

    /// A short number behind other words than the label's: "the integration still fails 500 times".
    fn is_other_number(&self, lead: &Lead, end: usize) -> bool {
        lead.form == Form::Adjacent
            && end - lead.value < FAR_VALUE_BYTES_MIN
            && as_before(self.passage.text, self.hits[self.index].end).is_some()
    }

    /// A value some words behind a label whose values have no shape of their own, or behind a comma where
    /// nothing else follows.
    fn find_far(&self, from: usize) -> Option<(usize, usize)> {
        let text = self.passage.text;
        let lead = far_lead(text, from)?;
        let end = self.extractor.match_at(text, self.field, lead.value)?;
        let rest = &text[end..];
        let stands =
            rest.is_empty() || rest.starts_with([',', '.', ';', ')', '\r', '\n', '，', '。', '；']);
        let value = &text[lead.value..end];
        let reads = value.len() >= FAR_VALUE_BYTES_MIN && has_digit(value) && !is_date(value);
        (stands && reads).then_some((lead.value, end))
    }

    /// The first value of the shape behind the label in the same sentence, unless another label of the
    /// same shape is nearer to it.
    fn find_nearby(&self, from: usize) -> Option<(usize, usize)> {
        let text = self.passage.text;
        let compiled = &self.extractor.fields[self.field];
        let line = &text[from..line_end(text, from)];
        let mut near = window(line, 0, WINDOW_BYTES.min(line.len()));
        // "z. B. 7f3c..." and "e.g. 7f3c..." end no sentence.
        let full_stop = near.match_indices(". ").map(|(at, _)| at).find(|at| {
            let word = near[..*at].len()
                - near[..*at]
                    .trim_end_matches(|character: char| character.is_alphanumeric())
                    .len();
            word > 3 || near[..*at].trim_end_matches(char::is_numeric).len() < *at
        });
        if let Some(sentence) = full_stop
            .or_else(|| near.find('。'))
            .or_else(|| near.find("; "))
        {
            near = &near[..sentence];
        }
        // The value may be cut by the window: look for its start inside only.
        let reach = window(text, from, near.len() + 100);
        let start = from + compiled.find.as_ref()?.find(reach)?.start();
        if start >= from + near.len() {
            return None;
        }
        let end = self
            .extractor
            .match_at(text, self.field, start)
            .filter(|_| free_at(text, start))?;
        let nearer = self.hits[self.index + 1..]
            .iter()
            .take_while(|hit| hit.start < start)
            .any(|hit| {
                self.extractor.names.meanings(hit).iter().any(|meaning| {
                    let other = usize::from(meaning.field);
                    other != self.field
                        && meaning.sense == Sense::Label
                        && self.extractor.fields[other].strict
                        && self.extractor.match_at(text, other, start) == Some(end)
                })
            });
        (!nearer).then_some((start, end))
    }

    /// A value of the shape right before the label: "A2... (seller id)", "... is our seller id".
    fn find_before(&self, label: usize) -> Option<(usize, usize)> {
        let text = self.passage.text;
        let compiled = &self.extractor.fields[self.field];
        let from = line_start(text, label).max(text.ceil_char_boundary(label.saturating_sub(100)));
        let found = compiled
            .find
            .as_ref()?
            .find_iter(&text[from..label])
            .last()?;
        let (start, end) = (from + found.start(), from + found.end());
        let between = text[end..label].trim_matches(|character: char| {
            is_blank(character) || "([（<-–\"'`*,=".contains(character)
        });
        let connected = matches!(
            between.to_lowercase().as_str(),
            "" | "is"
                | "is our"
                | "is the"
                | "is my"
                | "as"
                | "as our"
                | "as the"
                | "ist"
                | "ist unsere"
                | "ist die"
                | "als"
                | "est"
                | "est notre"
                | "est l'"
                | "comme"
                | "to"
                | "to nasz"
                | "jest"
                | "jako"
                | "是"
                | "是我们的"
                | "是我的"
                | "为"
        );
        let whole =
            self.extractor.match_at(text, self.field, start) == Some(end) && free_at(text, start);
        (connected && whole).then_some((start, end))
    }

    /// Further values behind the first one: "A1, A2 and A3", one a line, cells of a JSON list.
    fn continue_list(
        &self,
        first_end: usize,
        form: Form,
        confidence: f32,
        gathered: &mut Gathered,
    ) {
        let text = self.passage.text;
        if !self.extractor.profile.fields[self.field].multiple {
            return;
        }
        let mut end = first_end;
        let strict = self.extractor.fields[self.field].strict;
        while let Some(start) = next_in_list(text, end, form) {
            if !strict && text[end..start].contains('\n') {
                return;
            }
            let Some(next_end) = self.extractor.match_at(text, self.field, start) else {
                return;
            };
            let named = !self.extractor.names.cell(&text[start..next_end]).is_empty();
            if !strict
                && (named
                    || !text[start..next_end]
                        .bytes()
                        .any(|byte| byte.is_ascii_digit()))
            {
                return;
            }
            let named = self.hits[self.index + 1..]
                .iter()
                .take_while(|hit| hit.start < start)
                .any(|hit| hit.end > end);
            if named || gathered.full(self.field) {
                return;
            }
            self.take(start, next_end, "list", confidence, gathered);
            end = next_end;
        }
    }

    /// Further plain names behind the first one: "integrations: pizza-north and pizza-south".
    fn continue_names(&self, lead: &Lead, first_end: usize, gathered: &mut Gathered) {
        let text = self.passage.text;
        if !self.extractor.profile.fields[self.field].multiple {
            return;
        }
        let mut end = first_end;
        while let Some(start) = next_in_list(text, end, lead.form) {
            if text[end..start].contains('\n') || gathered.full(self.field) {
                return;
            }
            let Some(next_end) = self.extractor.match_at(text, self.field, start) else {
                return;
            };
            let next = Lead {
                value: start,
                ..*lead
            };
            let hit = &self.hits[self.index];
            if !self
                .extractor
                .is_next_name(text, self.field, hit, &next, next_end)
            {
                return;
            }
            self.take_name(start, next_end, "list", gathered);
            end = next_end;
        }
    }

    fn read_text(&self, lead: Option<Lead>, gathered: &mut Gathered) {
        let text = self.passage.text;
        let Some(lead) = lead.filter(|lead| form_allowed(self.sense, lead.form, false)) else {
            return;
        };
        if matches!(lead.form, Form::Adjacent | Form::Copula) {
            return;
        }
        let end = value_end(text, &lead);
        let value = text[lead.value..end].trim_start();
        let start = end - value.len();
        let value = value.trim_end();
        if value.is_empty() || value.len() > 200 {
            return;
        }
        let range = start..start + value.len();
        let candidate = Candidate::new(
            self.passage,
            self.field,
            range,
            value,
            rule(self.sense, lead.form),
            0.8,
        )
        .shared();
        gathered.add(match absence(value) {
            Some(reason) => candidate.refuse(reason),
            None => candidate,
        });
    }
}

/// The start of the next value of a list behind a value's end, when there is a list.
fn next_in_list(text: &str, end: usize, form: Form) -> Option<usize> {
    let mut place = skip(text, end, |character| {
        matches!(character, '"' | '\'' | '`' | '”' | ')' | '）')
    });
    place = skip_blanks(text, place);
    if let Some(open) = at(text, place).filter(|open| matches!(open, '(' | '（' | '[')) {
        let closing = match open {
            '(' => ')',
            '（' => '）',
            _ => ']',
        };
        let close = window(text, place, 60).find(closing)?;
        place = skip_blanks(text, place + close + closing.len_utf8());
    }
    let rest = &text[place..];
    let separator = [",", ";", "、", "，", "；", "/", "&", "+", "|"]
        .into_iter()
        .chain([
            "and ", "und ", "et ", "i ", "oraz ", "sowie ", "or ", "ou ", "lub ", "和", "及", "与",
            "以及",
        ])
        .find(|separator| rest.starts_with(separator));
    if let Some(separator) = separator {
        place = skip_blanks(text, place + separator.len());
        for word in ["and ", "und ", "et ", "i ", "oraz ", "和"] {
            if text[place..].starts_with(word) {
                place = skip_blanks(text, place + word.len());
            }
        }
    } else if !matches!(at(text, place), Some('\n' | '\r')) {
        return None;
    }
    // The next line, with its list mark.
    if matches!(at(text, place), Some('\n' | '\r')) {
        if separator.is_none()
            && !matches!(
                form,
                Form::NextLine | Form::Adjacent | Form::Quoted | Form::Colon
            )
        {
            return None;
        }
        place = skip(text, place, |character| character == '\r');
        if at(text, place) != Some('\n') {
            return None;
        }
        place = skip(text, place + 1, |character| {
            is_blank(character) || matches!(character, '-' | '*' | '•' | '·' | '–' | '>' | '|')
        });
        let number = skip(text, place, |character| character.is_ascii_digit());
        if number > place && matches!(at(text, number), Some('.' | ')')) {
            place = skip_blanks(text, number + 1);
        }
    }
    Some(skip(text, place, |character| {
        matches!(character, '"' | '\'' | '`' | '“' | '(' | '[')
    }))
}

/// True when a value that begins here is not the tail of something longer.
fn free_at(text: &str, start: usize) -> bool {
    starts_word(text, start) && !matches!(before(text, start), Some('-' | '.' | '@'))
}

fn form_allowed(sense: Sense, form: Form, strict: bool) -> bool {
    match sense {
        Sense::Label => true,
        // "x-amzn-RequestId 7f3c...", written in prose.
        Sense::Header if form == Form::Adjacent => strict,
        Sense::Parameter => matches!(form, Form::Assigned | Form::Quoted),
        _ => form != Form::Adjacent,
    }
}

/// The rule by which a named value was taken.
pub(crate) fn rule(sense: Sense, form: Form) -> &'static str {
    match (sense, form) {
        (Sense::Parameter, _) => "parameter",
        (Sense::Header, _) => "header",
        (Sense::Key, _) => "key",
        (_, Form::Cell) => "cell",
        (_, Form::NextLine) => "next_line",
        (_, Form::Quoted | Form::Printed | Form::Element) => "key",
        _ => "label",
    }
}

fn confidence(sense: Sense, form: Form) -> f32 {
    match (sense, form) {
        (Sense::Label, Form::Adjacent) => 0.92,
        (Sense::Label, Form::NextLine) => 0.9,
        (Sense::Label, _) => 0.95,
        _ => 0.97,
    }
}

fn read_patterns(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hits: &[NameHit],
    gathered: &mut Gathered,
) {
    let text = passage.text;
    for (field, compiled) in extractor.fields.iter().enumerate() {
        for pattern in &compiled.patterns {
            for (start, end, named) in pattern.places(text) {
                let whole = named
                    || (free_at(text, start) && ends_word(text, end) && !continues(text, end));
                if !whole || gathered.full(field) {
                    continue;
                }
                let labelled = || {
                    let line = line_start(text, start);
                    hits.iter().any(|hit| {
                        hit.start >= line
                            && hit.start < end
                            && extractor
                                .names
                                .meanings(hit)
                                .iter()
                                .any(|meaning| usize::from(meaning.field) == field)
                    })
                };
                if pattern.label_required && !labelled() {
                    continue;
                }
                if refusal(&text[start..end], &pattern.checks).is_some() {
                    continue;
                }
                let candidate =
                    extractor.checked_candidate(passage, field, start..end, "", pattern.confidence);
                let mut candidate = Candidate {
                    rule: pattern.name.clone().into(),
                    ..candidate
                };
                if let Some(reason) = &pattern.refuse {
                    candidate = candidate.refuse(reason.clone());
                }
                gathered.add(candidate);
            }
        }
    }
}
