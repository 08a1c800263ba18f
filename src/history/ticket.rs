//! One record of an export as a [`Ticket`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::answer::{Message, Side};
use super::map::{Condition, TicketMap};
use super::text::{Markup, plain};
use crate::case::ResolutionCode;

/// A ticket of another system.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    /// System and number: `zendesk:5121`.
    pub external: String,
    /// Subject.
    pub subject: String,
    /// The problem in the submitter's words.
    pub problem: String,
    /// Address or name of the submitter, lower case; may be empty.
    pub submitter: String,
    /// Language, where the export says it.
    pub language: Option<String>,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was solved, or else changed for the last time.
    pub ended: Timestamp,
    /// Code of the resolution, where the export tells it.
    pub code: Option<ResolutionCode>,
    /// Fields that the map names.
    pub fields: BTreeMap<String, Vec<String>>,
    /// What the submitter could read, in the order of time.
    pub messages: Vec<Message>,
}

/// Why a record gave no ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// As the map wants it: open, deleted, part of another ticket. Its number and why.
    Skipped(String, String),
    /// Something is wrong with it.
    Wrong(String),
}

/// Reads a record.
///
/// # Errors
/// [`Left`].
pub fn read(map: &TicketMap, record: &Value) -> Result<Ticket, Left> {
    let one = |path: &str| {
        values(record, path)
            .into_iter()
            .find(|value| !value.is_empty())
    };
    let Some(number) = one(&map.number) else {
        return Err(Left::Wrong(format!(
            "there is no number at {:?}: is it an export of {}?",
            map.number, map.name
        )));
    };
    let wrong = |problem: String| Left::Wrong(format!("ticket {number}: {problem}"));
    for skip in &map.skip {
        let found = values(record, &skip.path);
        let is = skip.is.is_empty() || found.iter().any(|value| equals_any(value, &skip.is));
        let present = found.iter().any(|value| !value.is_empty());
        if is && skip.present.is_none_or(|wanted| wanted == present) {
            return Err(Left::Skipped(number.into_owned(), skip.because.clone()));
        }
    }
    if !map.take.iter().all(|take| holds(take, record, record)) {
        return Err(Left::Skipped(
            number.into_owned(),
            "it is not solved".to_owned(),
        ));
    }
    let time = |path: Option<&String>| match path.and_then(|path| one(path)) {
        None => Ok(None),
        Some(text) => map
            .read_time(&text)
            .map(Some)
            .map_err(|problem| format!("at {:?}: {problem}", path.map_or("", String::as_str))),
    };
    let opened = time(Some(&map.opened)).map_err(wrong)?.ok_or_else(|| {
        wrong(format!(
            "there is no time of its opening at {:?}",
            map.opened
        ))
    })?;
    let ended = match time(map.solved.as_ref()).map_err(wrong)? {
        Some(solved) => solved,
        None => time(map.updated.as_ref()).map_err(wrong)?.unwrap_or(opened),
    };
    let messages = messages(map, record).map_err(wrong)?;
    let problem = match &map.problem {
        Some(problem) => one(&problem.path)
            .map(|text| plain(&text, problem.text))
            .unwrap_or_default(),
        None => messages
            .iter()
            .find(|message| message.side == Side::Submitter)
            .map(|message| message.text.clone())
            .unwrap_or_default(),
    };
    let subject = one(&map.subject)
        .map(|subject| subject.split_whitespace().collect::<Vec<_>>().join(" "))
        .unwrap_or_default();
    if subject.is_empty() && problem.trim().is_empty() {
        return Err(wrong(
            "it has neither subject nor text; are the paths of the map right?".to_owned(),
        ));
    }
    let language = map
        .language
        .as_ref()
        .and_then(|path| one(path))
        .and_then(|code| {
            let code = code.split(['-', '_']).next()?.to_lowercase();
            (code.len() == 2 && code.chars().all(|letter| letter.is_ascii_lowercase()))
                .then_some(code)
        });
    let code = map.code.as_ref().and_then(|code| {
        let word = one(&code.path)?;
        code.words
            .iter()
            .find(|(known, _)| same(known, &word))
            .map(|(_, code)| *code)
    });
    let fields = map
        .fields
        .iter()
        .map(|(name, path)| {
            let found = values(record, path).into_iter().map(Cow::into_owned);
            (
                name.clone(),
                found.filter(|value| !value.is_empty()).collect::<Vec<_>>(),
            )
        })
        .filter(|(_, values)| !values.is_empty())
        .collect();
    Ok(Ticket {
        external: format!("{}:{number}", map.name),
        subject,
        problem,
        submitter: map
            .submitter
            .as_ref()
            .and_then(|path| one(path))
            .map(|submitter| submitter.to_lowercase())
            .unwrap_or_default(),
        language,
        opened,
        ended,
        code,
        fields,
        messages,
    })
}

/// A record of a row: columns of one name become a list.
#[must_use]
pub fn of_row<'a>(
    names: impl Iterator<Item = &'a str>,
    cells: impl Iterator<Item = &'a str>,
) -> Value {
    let mut record: Map<String, Value> = Map::new();
    for (name, cell) in names.zip(cells) {
        let cell = Value::String(cell.to_owned());
        match record.get_mut(name) {
            None => {
                record.insert(name.to_owned(), cell);
            }
            Some(Value::Array(cells)) => cells.push(cell),
            Some(first) => {
                let first_cell = first.take();
                *first = Value::Array(vec![first_cell, cell]);
            }
        }
    }
    Value::Object(record)
}

fn messages(map: &TicketMap, record: &Value) -> Result<Vec<Message>, String> {
    let wanted = &map.messages;
    let mut found = Vec::new();
    each(record, &wanted.path, &mut |value| match value {
        Value::Array(items) => found.extend(items.iter().cloned()),
        Value::Null => {}
        other => found.push(other.clone()),
    });
    let mut messages = Vec::with_capacity(found.len());
    for (place, value) in found.into_iter().enumerate() {
        let value = match (&wanted.cell, &value) {
            (Some(_), Value::String(text)) if text.trim().is_empty() => continue,
            (Some(cell), Value::String(text)) => {
                let parts = text.splitn(cell.parts.len(), cell.separator.as_str());
                if parts.clone().count() < cell.parts.len() {
                    return Err(format!(
                        "a cell of {:?} does not hold {} parts with {:?} between them: {:?}",
                        wanted.path,
                        cell.parts.len(),
                        cell.separator,
                        text.chars().take(60).collect::<String>()
                    ));
                }
                of_row(cell.parts.iter().map(String::as_str), parts)
            }
            _ => value,
        };
        if !wanted
            .public
            .iter()
            .all(|condition| holds(condition, &value, record))
        {
            continue;
        }
        let any = |conditions: &[Condition]| {
            conditions
                .iter()
                .any(|condition| holds(condition, &value, record))
        };
        let text = wanted.text.iter().find_map(|path| {
            let text = values(&value, path)
                .into_iter()
                .find(|text| !text.trim().is_empty())?;
            let is_html = path.ends_with("html") || any(&wanted.html);
            let markup = if is_html { Markup::Html } else { wanted.format };
            Some(plain(&text, markup))
        });
        let at = values(&value, &wanted.at)
            .into_iter()
            .find(|text| !text.is_empty());
        messages.push(Message {
            at: at
                .map(|text| map.read_time(&text))
                .transpose()
                .map_err(|problem| {
                    let (list, at) = (&map.messages.path, &map.messages.at);
                    format!("message {} of {list:?}, at {at:?}: {problem}", place + 1)
                })?,
            side: if any(&wanted.by_desk) {
                Side::Desk
            } else if any(&wanted.by_submitter) {
                Side::Submitter
            } else {
                Side::Other
            },
            automatic: any(&wanted.automatic),
            text: text.unwrap_or_default(),
        });
    }
    // Stable: messages of one moment, and those without a time, keep their order.
    if messages.iter().all(|message| message.at.is_some()) {
        messages.sort_by_key(|message| message.at);
    }
    Ok(messages)
}

fn holds(condition: &Condition, scope: &Value, ticket: &Value) -> bool {
    let found = values(scope, &condition.path);
    let present = found.iter().any(|value| !value.is_empty());
    let among = |paths: &[String]| {
        paths.iter().any(|path| {
            values(ticket, path)
                .iter()
                .any(|other| !other.is_empty() && found.iter().any(|value| same(value, other)))
        })
    };
    (condition.is.is_empty() || found.iter().any(|value| equals_any(value, &condition.is)))
        && !found
            .iter()
            .any(|value| equals_any(value, &condition.is_not))
        && (condition.same_as.is_empty() || among(&condition.same_as))
        && (condition.differs_from.is_empty() || (present && !among(&condition.differs_from)))
        && condition.present.is_none_or(|wanted| wanted == present)
}

fn equals_any(value: &str, words: &[String]) -> bool {
    words.iter().any(|word| same(value, word))
}

fn same(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

/// What stands at a path, as text: numbers and truth values too, nothing for null, lists and objects.
fn values<'a>(scope: &'a Value, path: &str) -> Vec<Cow<'a, str>> {
    let mut found = Vec::new();
    each(scope, path, &mut |value| push(value, &mut found));
    found
}

fn push<'a>(value: &'a Value, found: &mut Vec<Cow<'a, str>>) {
    match value {
        Value::String(text) => found.push(Cow::Borrowed(text)),
        Value::Number(number) => found.push(Cow::Owned(number.to_string())),
        Value::Bool(truth) => found.push(Cow::Borrowed(if *truth { "true" } else { "false" })),
        Value::Array(items) => {
            for item in items {
                if !item.is_array() {
                    push(item, found);
                }
            }
        }
        Value::Null | Value::Object(_) => {}
    }
}

fn each<'a>(scope: &'a Value, path: &str, visit: &mut impl FnMut(&'a Value)) {
    // The name of a column may hold dots.
    if let Some(value) = scope.get(path) {
        visit(value);
        return;
    }
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let (key, through) = match step.strip_suffix("[]") {
        Some(key) => (key, true),
        None => (step, false),
    };
    let Some(value) = scope.get(key) else {
        return;
    };
    let mut go = |value: &'a Value| {
        if rest.is_empty() {
            visit(value);
        } else {
            deeper(value, rest, visit);
        }
    };
    match value {
        Value::Array(items) if through => items.iter().for_each(go),
        other => go(other),
    }
}

/// The same through a trait object: a closure that calls itself with another one would be a type without end.
fn deeper<'a>(scope: &'a Value, path: &str, mut visit: &mut dyn FnMut(&'a Value)) {
    each(scope, path, &mut visit);
}
