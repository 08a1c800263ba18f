//! [`Extractor`]: a profile compiled once, applied to every mail.

use jiff::Timestamp;

use super::compiled::{self, CompiledField};
use super::gather::{self, Gathered};
use super::names::Names;
use super::passage::{self, Passage};
use super::routes::{Route, Routes};
use super::times::{self, Clock};
use super::tokens::{Member, Tokens};
use super::{
    Extraction, errors, form, inline, language, operations, places, secrets, statuses, tables,
    values, words,
};
use crate::case::PartId;
use crate::mail::Message;
use crate::profile::{List, Profile, ProfileError, Reader};

/// What extraction depends on besides the mail and the profile.
#[derive(Clone, Copy, Debug)]
pub struct ExtractContext<'a> {
    /// When the mail was received: relative times count from it where the mail has no Date.
    pub received: Timestamp,
    /// Key of the fingerprints of secrets.
    pub fingerprint_key: &'a [u8; 32],
}

/// A profile's patterns, labels and lists, compiled. Make one and share it: it is `Send` and `Sync`.
#[derive(Debug)]
pub struct Extractor {
    pub(crate) profile: Profile,
    pub(crate) fields: Vec<CompiledField>,
    pub(crate) names: Names,
    pub(crate) tokens: Tokens,
    pub(crate) routes: Routes,
    pub(crate) labels: form::Labels,
    field_names: Vec<String>,
    single: Vec<bool>,
}

impl Extractor {
    /// Compiles a profile.
    ///
    /// # Errors
    /// Patterns that do not compile or are too large together.
    pub fn new(profile: &Profile) -> Result<Self, ProfileError> {
        let fields = compiled::compile(profile)?;
        Ok(Self {
            names: Names::new(profile),
            tokens: tokens_of(profile),
            routes: routes_of(profile),
            labels: form::Labels::new(profile),
            field_names: fields.iter().map(|field| field.name.clone()).collect(),
            single: profile.fields.iter().map(|field| !field.multiple).collect(),
            profile: profile.clone(),
            fields,
        })
    }

    /// The profile.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Finds what a mail yields.
    #[must_use]
    pub fn extract(&self, message: &Message, context: &ExtractContext<'_>) -> Extraction {
        let ours = self.labels.template(&message.text);
        let passages = passage::without(passage::passages(message), ours.as_ref());
        let domain = message.from.first().map_or("", |from| from.domain());
        let mut gathered = Gathered::default();
        gathered.sender_names = super::plain_names::of_sender(domain);
        let found_secrets = secrets_of(message, context.fingerprint_key);
        let answers = form::answers(message, &self.labels);
        let mut answered: Vec<String> = Vec::new();
        for answer in &answers {
            if form::read(self, message, answer, &mut gathered)
                && !answered.iter().any(|known| known == answer.requirement)
            {
                answered.push(answer.requirement.to_owned());
            }
        }
        let mut mentions = operations::Mentions::default();
        let mut found_places = Vec::new();
        let mut found_statuses = Vec::new();
        for passage in &passages {
            let hits = self.names.find(passage.text);
            let tokens = self.tokens.find(passage.text);
            values::read(self, passage, &hits, &mut gathered);
            words::read(self, passage, &hits, &tokens, &mut gathered);
            errors::read(self, passage, &hits, &tokens, &mut gathered);
            tables::read(self, passage, &mut gathered);
            operations::read(self, passage, &hits, &tokens, &mut mentions, &mut gathered);
            places::read(self, passage, &hits, &mut found_places);
            statuses::read(self, passage, &mut found_statuses);
        }
        inline::read(self, message, &mut gathered);
        words::decide_environment(self, &mut gathered);
        operations::decide(self, mentions, &mut gathered);
        words::decide_choices(self, &mut gathered);
        places::decide(found_places, &mut gathered);
        statuses::decide(found_statuses, &mut gathered);
        errors::decide(self, &mut gathered);
        drop_secrets(&mut gathered, &found_secrets);
        let written =
            |part: PartId, start: usize, end: usize| text_in(message, part, start, end).to_owned();
        let resolved = gather::resolve(
            gathered.candidates,
            &self.field_names,
            &self.single,
            &written,
        );
        let language = language::guess(message, &self.profile.languages, ours.as_ref());
        let clock = Clock::new(
            message,
            context.received,
            language.as_ref().map(|guess| guess.language.as_str()),
        );
        let timed: Vec<Passage<'_>> = answers
            .iter()
            .filter(|answer| matches!(answer.requirement, "timestamp" | "time_zone"))
            .map(|answer| Passage {
                part: answer.part,
                text: text_in(message, answer.part, answer.range.start, answer.range.end),
                base: answer.range.start,
            })
            .collect();
        let (times, zone_answer) = times::read(&passages, &timed, &clock);
        Extraction {
            fields: resolved.fields,
            times,
            zone_answer,
            refused: resolved.refused,
            language,
            secrets: found_secrets,
            answered,
            chosen: gathered.chosen,
        }
    }

    /// A text of no mail, such as an imported resolution, with its secrets replaced.
    #[must_use]
    pub fn hide_secrets(&self, text: &str, fingerprint_key: &[u8; 32]) -> String {
        secrets::hide(text, fingerprint_key)
    }

    /// Fields of which one meets a requirement of the profile.
    pub(crate) fn fields_of_requirement(&self, requirement: &str) -> Vec<usize> {
        let any_of = self
            .profile
            .judgements
            .requirement
            .iter()
            .find(|known| known.name == requirement);
        let named = |field: &&(usize, &String)| match any_of {
            Some(requirement) => requirement.any_of.contains(field.1),
            None => field.1 == requirement,
        };
        self.field_names
            .iter()
            .enumerate()
            .filter(|field| named(&field))
            .map(|(index, _)| index)
            .collect()
    }

    /// Fields that are read in this way.
    pub(crate) fn fields_reading(&self, reader: Reader) -> impl Iterator<Item = usize> + '_ {
        self.fields
            .iter()
            .enumerate()
            .filter(move |(_, field)| field.read == reader)
            .map(|(index, _)| index)
    }

    /// The field's closed list.
    pub(crate) fn list(&self, field: usize, also: bool) -> Option<&List> {
        let definition = &self.profile.fields[field];
        let name = if also {
            &definition.also
        } else {
            &definition.list
        };
        self.profile.lists.get(name.as_ref()?.get_ref())
    }

    /// A cell of the field's list.
    pub(crate) fn list_cell(&self, field: usize, row: usize, column: usize) -> &str {
        self.list(field, false)
            .map_or("", |list| list.cell(row, column))
    }

    /// A plain value of the field's list.
    pub(crate) fn list_value(&self, field: usize, row: usize) -> &str {
        self.list(field, false)
            .and_then(|list| list.values.get(row))
            .map_or("", String::as_str)
    }

    /// Canonical name of an operation.
    pub(crate) fn operation_name(&self, field: usize, also: bool, row: u16) -> &str {
        self.list(field, also)
            .map_or("", |list| list.cell(usize::from(row), 0))
    }

    /// Section of an operation.
    pub(crate) fn operation_section(&self, field: usize, also: bool, row: u16) -> &str {
        self.list(field, also)
            .and_then(|list| Some(list.cell(usize::from(row), list.column("section")?)))
            .unwrap_or("")
    }

    /// Rows of a route that a method calls; the only one of a route whatever the method.
    pub(crate) fn rows_of(&self, field: usize, route: &Route, method: &str) -> Vec<u16> {
        let only = route.rows.len() == 1;
        let rows = route.rows.iter().copied();
        rows.filter(|row| only || self.operation_cell(field, *row, "method") == method)
            .collect()
    }

    /// A cell of an operation, by column.
    pub(crate) fn operation_cell(&self, field: usize, row: u16, column: &str) -> &str {
        self.list(field, false)
            .and_then(|list| Some(list.cell(usize::from(row), list.column(column)?)))
            .unwrap_or("")
    }

    /// The row of a code of the field's list.
    pub(crate) fn code_row(&self, field: usize, code: &str) -> Option<usize> {
        let list = self.list(field, false)?;
        (0..list.rows.len()).find(|row| list.cell(*row, 0).eq_ignore_ascii_case(code))
    }

    /// True for a code of any list of error codes.
    pub(crate) fn is_known_code(&self, value: &str) -> bool {
        self.fields_reading(Reader::ErrorCode)
            .any(|field| self.code_row(field, value).is_some())
    }

    /// True for a member of any closed list of the profile.
    pub(crate) fn is_listed(&self, value: &str) -> bool {
        self.profile
            .lists
            .values()
            .any(|list| list.canonical().any(|known| known == value))
    }

    /// The row of a country by its code.
    pub(crate) fn country_of_code(&self, field: usize, code: &str) -> Option<usize> {
        let list = self.list(field, false)?;
        let column = list.column("codes")?;
        (0..list.rows.len()).find(|row| {
            list.cell(*row, column)
                .split('|')
                .any(|known| known == code)
        })
    }

    /// True for a section whose name is no word of prose, so that it needs no "API" beside it.
    pub(crate) fn section_stands_for_itself(&self, field: usize, row: u16, written: &str) -> bool {
        let name = self.list_cell(field, usize::from(row), 0);
        (name.contains(' ') && written.eq_ignore_ascii_case(name))
            || written.contains('/')
            || super::codes::is_capitals(written)
            || written == "LWA"
    }
}

fn tokens_of(profile: &Profile) -> Tokens {
    let mut tokens = Tokens::default();
    for (index, field) in profile.fields.iter().enumerate() {
        let Ok(index) = u16::try_from(index) else {
            break;
        };
        if !matches!(
            field.read,
            Reader::Operation | Reader::ErrorCode | Reader::List
        ) {
            continue;
        }
        for (also, name) in [(false, &field.list), (true, &field.also)] {
            let Some(list) = name
                .as_ref()
                .and_then(|name| profile.lists.get(name.get_ref()))
            else {
                continue;
            };
            for (row, value) in list.canonical().enumerate() {
                let Ok(row) = u16::try_from(row) else { break };
                tokens.add(
                    value,
                    Member {
                        field: index,
                        also,
                        row,
                    },
                );
            }
        }
    }
    tokens
}

fn routes_of(profile: &Profile) -> Routes {
    let list = profile
        .fields
        .iter()
        .find(|field| field.read == Reader::Operation)
        .and_then(|field| profile.lists.get(field.list.as_ref()?.get_ref()));
    let Some((list, section, path)) =
        list.and_then(|list| Some((list, list.column("section")?, list.column("path")?)))
    else {
        return Routes::default();
    };
    let rows = (0..list.rows.len()).filter_map(|row| {
        Some((
            u16::try_from(row).ok()?,
            list.cell(row, section),
            list.cell(row, path),
        ))
    });
    Routes::new(rows)
}

/// A stretch of a part's text.
fn text_in(message: &Message, part: PartId, start: usize, end: usize) -> &str {
    text_of(message, part).get(start..end).unwrap_or("")
}

/// The text of a part; empty where it has none.
#[must_use]
pub fn text_of(message: &Message, part: PartId) -> &str {
    match part {
        PartId::Subject => &message.subject,
        PartId::Body => &message.text,
        PartId::Attachment(index) => message
            .attachments
            .get(usize::from(index))
            .and_then(|attachment| attachment.text.as_deref())
            .unwrap_or(""),
        PartId::Derived => "",
    }
}

/// Secrets of all parts, quoted text and signatures included: none of them may leave the archive.
fn secrets_of(message: &Message, key: &[u8; 32]) -> Vec<super::Secret> {
    let mut found = secrets::read(&message.subject, PartId::Subject, key, |_| true);
    let new: Vec<std::ops::Range<usize>> = message
        .content_zones()
        .map(|zone| zone.range.clone())
        .collect();
    found.extend(secrets::read(&message.text, PartId::Body, key, |place| {
        new.iter().any(|range| range.contains(&place))
    }));
    for (index, attachment) in message.attachments.iter().enumerate() {
        if let (Ok(index), Some(text)) = (u16::try_from(index), &attachment.text) {
            found.extend(secrets::read(text, PartId::Attachment(index), key, |_| {
                true
            }));
        }
    }
    found
}

/// No value holds a secret.
fn drop_secrets(gathered: &mut Gathered, found: &[super::Secret]) {
    if found.is_empty() {
        return;
    }
    let mut places: Vec<(PartId, usize, usize)> = found
        .iter()
        .map(|secret| {
            (
                secret.evidence.part,
                secret.evidence.start,
                secret.evidence.end,
            )
        })
        .collect();
    places.sort_unstable();
    gathered.candidates.retain(|candidate| {
        // Secrets do not overlap: only the last one that begins before the candidate's end can touch it.
        let behind =
            places.partition_point(|place| (place.0, place.1) < (candidate.part, candidate.end));
        !behind.checked_sub(1).is_some_and(|last| {
            places[last].0 == candidate.part && places[last].2 > candidate.start
        })
    });
}
