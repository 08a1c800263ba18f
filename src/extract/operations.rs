//! Operations by name, label and path; the one that fails apart from those that work; their sections.

use super::Extractor;
use super::before_name::{class_before, in_reference_url, label_before, older_word_before};
use super::clauses::{Standing, is_answered, standing_of_operation as standing};
use super::gather::{Candidate, Gathered};
use super::lead::{Form, lead};
use super::names::{NameHit, Sense};
use super::passage::Passage;
use super::routes::Route;
use super::tokens::TokenHit;
use super::{requests, sections};
use crate::case::PartId;
use crate::profile::Reader;

/// Most mentions of one mail that are judged.
const MENTIONS_MAX: usize = 400;

/// An operation named somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    field: usize,
    /// In the field's second list.
    also: bool,
    /// Rows that the mention may mean; the first is the default.
    rows: Vec<u16>,
    part: PartId,
    start: usize,
    end: usize,
    rule: &'static str,
    confidence: f32,
    standing: Standing,
    /// A status of a failure stands in its own part of the sentence.
    answered: bool,
    /// Section named right before it: `OrdersV0Api.getOrders`.
    section: Option<String>,
    /// Written with the capital letter of the older interface.
    written_as_older: bool,
    /// "the old MWS GetOrder".
    after_older_word: bool,
}

/// What a mail says about operations and sections.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    operations: Vec<Mention>,
    /// Sections named by words or paths: section field, row, place, rule, confidence.
    sections: Vec<Candidate>,
    /// Sections of identifiers that fail apart from the operations.
    apart: Vec<sections::Apart>,
    /// Weight of cues for the field's second list (an older interface) against the first.
    older: i32,
    /// The older interface is named.
    names_older: bool,
}

/// Reads operations and sections of a passage.
pub(crate) fn read(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hits: &[NameHit],
    tokens: &[TokenHit<'_>],
    mentions: &mut Mentions,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    if passage.part == PartId::Body {
        sections::apart(extractor, passage, gathered, &mut mentions.apart);
    }
    for token in tokens {
        for field in extractor.fields_reading(Reader::Operation) {
            read_token(extractor, passage, token, field, mentions);
        }
    }
    for route in extractor.routes.find(text) {
        if mentions.operations.len() >= MENTIONS_MAX {
            break;
        }
        read_route(extractor, passage, &route, mentions, gathered);
    }
    for hit in hits {
        for meaning in extractor.names.meanings(hit) {
            let field = usize::from(meaning.field);
            match (extractor.fields[field].read, meaning.sense) {
                (Reader::Operation, Sense::Word(row)) => {
                    push_mention(
                        mentions,
                        passage,
                        field,
                        vec![row],
                        (hit.start, hit.end),
                        "word",
                        0.8,
                    );
                }
                (Reader::Operation, Sense::Label) => {
                    read_spaced(extractor, passage, hit, field, mentions);
                }
                (Reader::Section, Sense::Word(row)) => {
                    sections::read_word(extractor, passage, hit, field, row, &mut mentions.sections)
                }
                (Reader::Choice, Sense::Cue(choice)) => {
                    mentions.older += i32::from(choice == 1) * 2 - 1;
                    mentions.names_older |= choice == 1;
                }
                _ => {}
            }
        }
    }
}

/// `Operation: "Get Order Items"`: the words of a name after its label.
fn read_spaced(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hit: &NameHit,
    field: usize,
    mentions: &mut Mentions,
) {
    let text = passage.text;
    let Some(lead) = lead(text, hit.start, hit.end) else {
        return;
    };
    if lead.form == Form::Adjacent && lead.quote.is_none() {
        return;
    }
    let value = super::characters::window(text, lead.value, 60);
    let end = value.find(|character: char| !(character.is_ascii_alphabetic() || character == ' '));
    let value = value[..end.unwrap_or(value.len())].trim_end();
    if !(2..=6).contains(&value.split(' ').count()) {
        return;
    }
    let squashed = value.replace(' ', "");
    let named = extractor.tokens.find(&squashed);
    let Some(token) = named
        .iter()
        .find(|token| token.start == 0 && token.end == squashed.len())
    else {
        return;
    };
    let rows: Vec<u16> = token
        .members
        .iter()
        .filter(|member| usize::from(member.field) == field && !member.also)
        .map(|member| member.row)
        .collect();
    if !rows.is_empty() {
        let range = (lead.value, lead.value + value.len());
        push_mention(mentions, passage, field, rows, range, "label", 0.9);
    }
}

fn push_mention(
    mentions: &mut Mentions,
    passage: &Passage<'_>,
    field: usize,
    rows: Vec<u16>,
    (start, end): (usize, usize),
    rule: &'static str,
    confidence: f32,
) {
    if mentions.operations.len() >= MENTIONS_MAX {
        return;
    }
    mentions.operations.push(Mention {
        field,
        also: false,
        rows,
        part: passage.part,
        start: passage.base + start,
        end: passage.base + end,
        rule,
        confidence,
        standing: standing(passage.text, start, end),
        answered: tells_progress(&passage.text[start..end])
            && is_answered(passage.text, start, end),
        section: None,
        written_as_older: false,
        after_older_word: false,
    });
}

fn read_token(
    extractor: &Extractor,
    passage: &Passage<'_>,
    token: &TokenHit<'_>,
    field: usize,
    mentions: &mut Mentions,
) {
    let text = passage.text;
    let members: Vec<_> = token
        .members
        .iter()
        .filter(|member| usize::from(member.field) == field)
        .collect();
    if members.is_empty()
        || mentions.operations.len() >= MENTIONS_MAX
        || in_reference_url(text, token.start)
    {
        return;
    }
    let written = &text[token.start..token.end];
    // One word of lower-case letters is an operation only where its name is just that.
    let plain = written.bytes().all(|byte| byte.is_ascii_lowercase());
    if plain
        && !members
            .iter()
            .any(|member| extractor.operation_name(field, member.also, member.row) == written)
        && written.len() < 9
    {
        return;
    }
    let standing = standing(text, token.start, token.end);
    let (rule, confidence) = match label_before(extractor, passage, token.start, field) {
        true => ("label", 0.97),
        false if token.suffixed => ("token", 0.85),
        false => ("token", 0.9),
    };
    for also in [false, true] {
        let rows: Vec<u16> = members
            .iter()
            .filter(|member| member.also == also)
            .map(|member| member.row)
            .collect();
        if rows.is_empty() {
            continue;
        }
        mentions.operations.push(Mention {
            field,
            also,
            rows,
            part: passage.part,
            start: passage.base + token.start,
            end: passage.base + token.end,
            rule,
            confidence,
            standing,
            answered: tells_progress(&text[token.start..token.end])
                && is_answered(text, token.start, token.end),
            section: class_before(text, token.start),
            written_as_older: text[token.start..]
                .starts_with(|first: char| first.is_ascii_uppercase()),
            after_older_word: older_word_before(text, token.start),
        });
    }
}

fn read_route(
    extractor: &Extractor,
    passage: &Passage<'_>,
    route: &Route,
    mentions: &mut Mentions,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    let Some(field) = extractor.fields_reading(Reader::Operation).next() else {
        return;
    };
    for (name, start, end) in &route.parameters {
        read_path_parameter(extractor, passage, name, *start, *end, gathered);
    }
    let method = requests::method_near(text, route.start, route.end);
    let rows = method.map_or_else(Vec::new, |method| extractor.rows_of(field, route, method));
    let certain = !rows.is_empty() || route.rows.len() == 1;
    let mut rows = if rows.is_empty() {
        route.rows.clone()
    } else {
        rows
    };
    // Without a method a plain read is meant.
    rows.sort_by_key(|row| extractor.operation_cell(field, *row, "method") != "GET");
    let standing = match requests::status_behind(text, route.end) {
        Some(200..=299) => Standing::Working,
        Some(_) => Standing::Failing,
        None => standing(text, route.start, route.end),
    };
    if !rows.is_empty() && mentions.operations.len() < MENTIONS_MAX {
        mentions.operations.push(Mention {
            field,
            also: false,
            rows,
            part: passage.part,
            start: passage.base + route.start,
            end: passage.base + route.end,
            rule: "path",
            confidence: if certain { 0.93 } else { 0.7 },
            standing,
            answered: is_answered(text, route.start, route.end),
            section: None,
            written_as_older: false,
            after_older_word: false,
        });
    } else if let Some(row) = route.section_row
        && let Some(section_field) = extractor.fields_reading(Reader::Section).next()
        && standing != Standing::Working
    {
        let section = extractor.operation_cell(field, row, "section").to_owned();
        let range = route.start..route.end;
        mentions
            .sections
            .push(Candidate::new(passage, section_field, range, section, "path", 0.8).shared());
    }
}

fn read_path_parameter(
    extractor: &Extractor,
    passage: &Passage<'_>,
    name: &str,
    start: usize,
    end: usize,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    if text[start..end].starts_with(['{', '<', ':', '$', '%']) {
        return;
    }
    for (field, definition) in extractor.profile.fields.iter().enumerate() {
        if definition.read != Reader::Value
            || !definition
                .path_parameters
                .iter()
                .any(|parameter| parameter == name)
        {
            continue;
        }
        let reason = match extractor.match_at(&text[..end], field, start) {
            Some(value_end) if value_end == end => {
                let candidate =
                    extractor.checked_candidate(passage, field, start..end, "path", 0.93);
                gathered.add(candidate);
                continue;
            }
            _ => super::checks::is_blanked(&text[start..end]).then_some("blanked"),
        };
        if let Some(reason) = reason {
            gathered.add(
                Candidate::new(passage, field, start..end, &text[start..end], "path", 0.5)
                    .refuse(reason),
            );
        }
    }
}

/// `getInboundOperationStatus`: asked after another operation was accepted.
fn tells_progress(operation: &str) -> bool {
    operation.starts_with("get") && operation.ends_with("Status")
}

/// `createInboundPlan`: begins something of which another operation tells the progress.
fn starts_work(operation: &str) -> bool {
    [
        "create", "confirm", "generate", "update", "set", "submit", "put", "cancel",
    ]
    .iter()
    .any(|verb| operation.starts_with(verb))
}

/// Decides which operations and sections are the problem's.
pub(crate) fn decide(extractor: &Extractor, mentions: Mentions, gathered: &mut Gathered) {
    let older = mentions.older > 0;
    let mut kept: Vec<&Mention> = Vec::new();
    for mention in &mentions.operations {
        let twin = mentions.operations.iter().any(|other| {
            other.also != mention.also && other.start == mention.start && other.part == mention.part
        });
        // Written just as in the older interface, in a mail that names that interface.
        let as_older = older || (mentions.names_older && mention.written_as_older);
        if !twin || mention.also == as_older {
            kept.push(mention);
        }
    }
    if kept.iter().any(|mention| !mention.after_older_word) {
        // "the way the old MWS GetOrder did" compares, where another operation is named too.
        kept.retain(|mention| !mention.after_older_word);
    }
    let name = |mention: &Mention| {
        extractor
            .operation_name(
                mention.field,
                mention.also,
                chosen_row(extractor, mention, &mentions),
            )
            .to_owned()
    };
    let named: Vec<(String, &Mention)> = kept
        .into_iter()
        .map(|mention| (name(mention), mention))
        .collect();
    let best = |operation: &str| {
        named
            .iter()
            .filter(|(other, _)| other == operation)
            .map(|(_, mention)| mention.standing)
            .max()
            .unwrap_or(Standing::Neutral)
    };
    let labelled = |operation: &str| {
        named.iter().any(|(other, mention)| {
            other == operation && mention.rule == "label" && mention.standing != Standing::Working
        })
    };
    // What only tells how far another one has come: that one failed.
    let started = named
        .iter()
        .any(|(operation, _)| starts_work(operation) && best(operation) != Standing::Working);
    let answered = |operation: &str| {
        named
            .iter()
            .any(|(other, mention)| other == operation && mention.answered)
    };
    let only_tells = |operation: &str| {
        started && tells_progress(operation) && !labelled(operation) && !answered(operation)
    };
    let any_failing = named.iter().any(|(operation, _)| {
        !only_tells(operation) && (best(operation) == Standing::Failing || labelled(operation))
    });
    let mut sections_known = false;
    for (operation, mention) in &named {
        let best = best(operation);
        let reason = match best {
            Standing::Working => Some("named_as_working"),
            _ if only_tells(operation) => Some("not_the_failing_one"),
            Standing::Neutral if any_failing && !labelled(operation) => Some("not_the_failing_one"),
            _ => None,
        };
        let mut candidate = Candidate {
            field: mention.field,
            value: operation.clone(),
            part: mention.part,
            start: mention.start,
            end: mention.end,
            rule: mention.rule.into(),
            confidence: mention.confidence,
            quoted: false,
            exclusive: false,
            refused: None,
        };
        if let Some(reason) = reason {
            candidate = candidate.refuse(reason);
        } else if let Some(section_field) = extractor.fields_reading(Reader::Section).next() {
            add_interface(extractor, mention, &candidate, gathered);
            let row = chosen_row(extractor, mention, &mentions);
            let section = extractor
                .operation_section(mention.field, mention.also, row)
                .to_owned();
            if !section.is_empty() {
                sections_known = true;
                gathered.add(Candidate {
                    field: section_field,
                    value: section,
                    rule: "operation".into(),
                    confidence: 0.9,
                    ..candidate.clone()
                });
            }
        }
        gathered.add(candidate);
    }
    if !sections_known && mentions.sections.is_empty() {
        sections::imply(extractor, gathered);
    }
    for (candidate, clause) in &mentions.apart {
        let names_an_operation = mentions.operations.iter().any(|mention| {
            mention.part == candidate.part
                && clause.start <= mention.start
                && mention.end <= clause.end
        });
        if sections_known && !names_an_operation {
            gathered.add(candidate.clone());
        }
    }
    let best_section = mentions
        .sections
        .iter()
        .map(|candidate| candidate.confidence)
        .fold(0.0, f32::max);
    for candidate in mentions.sections {
        // Words near "API" count only where no operation tells.
        if candidate.confidence > 0.9 || (!sections_known && candidate.confidence >= best_section) {
            gathered.add(candidate);
        }
    }
}

/// The interface that an operation belongs to: the first choice of a field that follows from it, or the
/// second for an operation of the second list.
fn add_interface(
    extractor: &Extractor,
    mention: &Mention,
    candidate: &Candidate,
    gathered: &mut Gathered,
) {
    let name = &extractor.fields[mention.field].name;
    for field in extractor.fields_reading(Reader::Choice) {
        let definition = &extractor.profile.fields[field];
        if definition
            .derive
            .iter()
            .any(|derivation| derivation.from.get_ref() == name)
            && let Some(choice) = definition.choices.get(usize::from(mention.also))
        {
            gathered.add(Candidate {
                field,
                value: choice.value.clone(),
                rule: "cue".into(),
                confidence: 0.6,
                ..candidate.clone()
            });
        }
    }
}

/// The row among those that share a name: by the class before it, by a section named in the mail, else the first.
fn chosen_row(extractor: &Extractor, mention: &Mention, mentions: &Mentions) -> u16 {
    let first = mention.rows.first().copied().unwrap_or(0);
    if mention.rows.len() == 1 || mention.also {
        return first;
    }
    let section = |row: &u16| extractor.operation_section(mention.field, false, *row);
    if let Some(class) = &mention.section {
        let fits = |row: &&u16| {
            let section: String = section(row)
                .to_lowercase()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            let class = class
                .trim_end_matches(|character: char| character.is_ascii_digit())
                .trim_end_matches('v');
            section == class || section.starts_with(class)
        };
        if let Some(row) = mention.rows.iter().find(fits) {
            return *row;
        }
    }
    // A path elsewhere in the mail that only one of the rows has.
    let by_path = mentions.operations.iter().find_map(|other| {
        (other.rule == "path")
            .then(|| mention.rows.iter().find(|row| other.rows.contains(row)))
            .flatten()
    });
    if let Some(row) = by_path {
        return *row;
    }
    if mention.rule == "path" {
        let named = mentions.operations.iter().find_map(|other| {
            (other.rule != "path" && !other.also)
                .then(|| mention.rows.iter().find(|row| other.rows.contains(row)))
                .flatten()
        });
        return named.copied().unwrap_or(first);
    }
    let by_words = mention.rows.iter().find(|row| {
        mentions
            .sections
            .iter()
            .any(|candidate| candidate.value == section(row) && candidate.confidence >= 0.75)
    });
    by_words.copied().unwrap_or(first)
}
