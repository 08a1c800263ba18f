//! The TOML file that says where things stand in an export.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::text::Markup;
use crate::case::ResolutionCode;
use crate::profile::nearest;

/// The one version of the format.
const FORMAT: u32 = 1;

/// Names and TOML of the maps that come with the program.
const BUILT_IN: [(&str, &str); 4] = [
    ("zammad", include_str!("../../profiles/history/zammad.toml")),
    (
        "zendesk",
        include_str!("../../profiles/history/zendesk.toml"),
    ),
    ("jira", include_str!("../../profiles/history/jira.toml")),
    ("github", include_str!("../../profiles/history/github.toml")),
];

/// Where things stand in the records of an export.
///
/// A path is a key, or keys with dots between them; `[]` behind a key goes through a list: `labels[].name`. The path of a
/// CSV file is the name of a column, whatever signs it holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketMap {
    /// 1.
    pub format: u32,
    /// Name of the system: `zendesk` makes `zendesk:5121` of number 5121.
    pub name: String,
    /// What the file is.
    pub shape: Shape,
    /// Path of the list of records in a JSON document that is an object.
    #[serde(default)]
    pub rows: Option<String>,
    /// The ticket's number or key.
    pub number: String,
    /// Subject.
    pub subject: String,
    /// Address or name of the submitter.
    #[serde(default)]
    pub submitter: Option<String>,
    /// Language code.
    #[serde(default)]
    pub language: Option<String>,
    /// When it was opened.
    pub opened: String,
    /// When it was solved.
    #[serde(default)]
    pub solved: Option<String>,
    /// When something happened for the last time.
    #[serde(default)]
    pub updated: Option<String>,
    /// The problem; without, the first message of the submitter.
    #[serde(default)]
    pub problem: Option<Problem>,
    /// How times are written; without, RFC 3339.
    #[serde(default)]
    pub time: TimeFormat,
    /// All must hold for a ticket to be taken: that it is solved, usually.
    #[serde(default)]
    pub take: Vec<Condition>,
    /// None may hold.
    #[serde(default)]
    pub skip: Vec<Skip>,
    /// Where a resolution code can be told.
    #[serde(default)]
    pub code: Option<CodeWords>,
    /// Fields of the desk's profile by path, besides what is read out of the text.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// The messages.
    pub messages: Messages,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A list, an object with a list in it, or an object a line.
    Json,
    /// Comma-separated values with a line of names (RFC 4180).
    Csv,
}

/// See [`TicketMap::problem`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// Where.
    pub path: String,
    /// How it is written.
    #[serde(default)]
    pub text: Markup,
}

/// See [`TicketMap::time`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeFormat {
    /// As in `strftime`.
    #[serde(default)]
    pub format: Option<String>,
    /// Zone of times that name none; UTC where it is not given.
    #[serde(default)]
    pub zone: Option<String>,
}

/// See [`TicketMap::code`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeWords {
    /// Where.
    pub path: String,
    /// Codes by the words that stand there.
    pub words: BTreeMap<String, ResolutionCode>,
}

/// See [`TicketMap::skip`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// Path of the condition.
    pub path: String,
    /// See [`Condition::is`].
    #[serde(default)]
    pub is: Vec<String>,
    /// See [`Condition::present`].
    #[serde(default)]
    pub present: Option<bool>,
    /// Why, as it is told.
    pub because: String,
}

/// Where messages stand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Messages {
    /// A list, or a column that comes several times.
    pub path: String,
    /// How a cell is divided.
    #[serde(default)]
    pub cell: Option<Cell>,
    /// When.
    pub at: String,
    /// The first of these that is there is the text.
    pub text: Vec<String>,
    /// How it is written. Text of a path that ends with `html`, and of a message for which `html` holds, is HTML.
    #[serde(default)]
    pub format: Markup,
    /// One must hold for HTML.
    #[serde(default)]
    pub html: Vec<Condition>,
    /// All must hold for a message that the submitter could read.
    #[serde(default)]
    pub public: Vec<Condition>,
    /// One must hold for a message that no person wrote.
    #[serde(default)]
    pub automatic: Vec<Condition>,
    /// One must hold for a message of the desk.
    pub by_desk: Vec<Condition>,
    /// One must hold for a message of the submitter, where it is none of the desk.
    pub by_submitter: Vec<Condition>,
}

/// See [`Messages::cell`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// What stands between the parts; the last part may hold it.
    pub separator: String,
    /// Names of the parts, which paths then use.
    pub parts: Vec<String>,
}

/// A test of a value. Everything that it names must hold; upper and lower case are the same.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Where the value stands, in the ticket or in the message.
    pub path: String,
    /// It is one of these.
    #[serde(default)]
    pub is: Vec<String>,
    /// It is none of these.
    #[serde(default)]
    pub is_not: Vec<String>,
    /// It is what stands at one of these paths of the ticket.
    #[serde(default)]
    pub same_as: Vec<String>,
    /// It is there, and none of what stands at these paths of the ticket.
    #[serde(default)]
    pub differs_from: Vec<String>,
    /// Something is there, or nothing.
    #[serde(default)]
    pub present: Option<bool>,
}

/// A column that a map names and a file does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingColumn {
    /// As the map names it.
    pub column: String,
    /// The key of the map that names it.
    pub key: &'static str,
    /// A column of the file with nearly the same name.
    pub near: Option<String>,
    /// Without it no ticket can be read.
    pub needed: bool,
}

impl fmt::Display for MissingColumn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MissingColumn {
            column, key, near, ..
        } = self;
        write!(
            formatter,
            "there is no column {column:?}, which `{key}` of the map names"
        )?;
        match near {
            Some(near) => write!(formatter, "; did you mean {near:?}?"),
            None => Ok(()),
        }
    }
}

/// A map that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapError(String);

impl fmt::Display for MapError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for MapError {}

impl TicketMap {
    /// Names of the maps that come with the program.
    #[must_use]
    pub fn built_in_names() -> [&'static str; 4] {
        BUILT_IN.map(|(name, _)| name)
    }

    /// The TOML of one of them, to begin an own one with.
    #[must_use]
    pub fn built_in(name: &str) -> Option<&'static str> {
        BUILT_IN
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, toml)| *toml)
    }

    /// Reads and checks a map.
    ///
    /// # Errors
    /// Says what is wrong, and where.
    pub fn parse(toml: &str) -> Result<Self, MapError> {
        let map: Self =
            toml::from_str(toml).map_err(|error| MapError(error.to_string().trim().to_owned()))?;
        map.check().map_err(MapError)?;
        Ok(map)
    }

    fn check(&self) -> Result<(), String> {
        if self.format != FORMAT {
            return Err(format!(
                "format = {} is not known; write format = {FORMAT}",
                self.format
            ));
        }
        let plain =
            |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
        if self.name.is_empty() || !self.name.chars().all(plain) {
            return Err(format!(
                "name = {:?}: write letters, digits and hyphens, such as \"our-zendesk\"; it stands before every number",
                self.name
            ));
        }
        let messages = &self.messages;
        let conditions = [
            ("take", &self.take),
            ("messages.html", &messages.html),
            ("messages.public", &messages.public),
            ("messages.automatic", &messages.automatic),
            ("messages.by_desk", &messages.by_desk),
            ("messages.by_submitter", &messages.by_submitter),
        ];
        for (name, conditions) in conditions {
            if let Some(empty) = conditions
                .iter()
                .find(|condition| condition.tests_nothing())
            {
                return Err(format!(
                    "{name}: the condition on {:?} tests nothing; add is, is_not, same_as, differs_from or present",
                    empty.path
                ));
            }
        }
        if let Some(skip) = self
            .skip
            .iter()
            .find(|skip| skip.is.is_empty() && skip.present.is_none())
        {
            return Err(format!(
                "skip: the condition on {:?} tests nothing; add is or present",
                skip.path
            ));
        }
        if messages.by_desk.is_empty() {
            return Err(
                "messages.by_desk is empty: without it nothing is an answer of the desk".to_owned(),
            );
        }
        if messages.text.is_empty() {
            return Err("messages.text is empty: name where the text stands".to_owned());
        }
        if messages
            .cell
            .as_ref()
            .is_some_and(|cell| cell.parts.len() < 2 || cell.separator.is_empty())
        {
            return Err(
                "messages.cell needs a separator and at least two names in parts".to_owned(),
            );
        }
        self.zone().map(|_| ())
    }

    /// The columns of the map that are not among those of a CSV file, each once. Exports leave out columns of what no ticket has:
    /// of those that are not needed, only such as are misspelt, by their looks, or decide what is taken.
    #[must_use]
    pub fn missing_columns(&self, names: &[&str]) -> Vec<MissingColumn> {
        let mut looked_for: Vec<(&'static str, &str)> = vec![
            ("number", &self.number),
            ("subject", &self.subject),
            ("opened", &self.opened),
        ];
        let needed = looked_for.len();
        looked_for.extend(self.take.iter().map(|take| ("take", take.path.as_str())));
        let deciding = looked_for.len();
        looked_for.push(("messages", &self.messages.path));
        let others = [
            ("submitter", &self.submitter),
            ("language", &self.language),
            ("solved", &self.solved),
            ("updated", &self.updated),
        ];
        for (key, path) in others {
            looked_for.extend(path.as_deref().map(|path| (key, path)));
        }
        looked_for.extend(self.problem.iter().map(|it| ("problem", it.path.as_str())));
        looked_for.extend(self.skip.iter().map(|it| ("skip", it.path.as_str())));
        looked_for.extend(self.code.iter().map(|it| ("code", it.path.as_str())));
        looked_for.extend(self.fields.values().map(|path| ("fields", path.as_str())));

        let mut missing: Vec<MissingColumn> = Vec::new();
        for (place, (key, column)) in looked_for.into_iter().enumerate() {
            if names.contains(&column) || missing.iter().any(|known| known.column == column) {
                continue;
            }
            let free = names.iter().copied().filter(|name| !self.names(name));
            let near = nearest_column(column, free);
            if place < deciding || near.is_some() {
                missing.push(MissingColumn {
                    column: column.to_owned(),
                    key,
                    near,
                    needed: place < needed,
                });
            }
        }
        missing
    }

    /// Whether the map looks for a column of this name.
    fn names(&self, name: &str) -> bool {
        let single = [&self.submitter, &self.language, &self.solved, &self.updated];
        [
            &self.number,
            &self.subject,
            &self.opened,
            &self.messages.path,
        ]
        .into_iter()
        .chain(single.into_iter().flatten())
        .chain(self.problem.iter().map(|it| &it.path))
        .chain(self.take.iter().map(|it| &it.path))
        .chain(self.skip.iter().map(|it| &it.path))
        .chain(self.code.iter().map(|it| &it.path))
        .chain(self.fields.values())
        .any(|path| path == name)
    }

    fn zone(&self) -> Result<TimeZone, String> {
        match self.time.zone.as_deref() {
            None | Some("UTC") => Ok(TimeZone::UTC),
            Some(name) => TimeZone::get(name).map_err(|error| {
                format!("time.zone = {name:?} is not known, write one such as \"Europe/Berlin\": {error}")
            }),
        }
    }

    /// Reads a time as the export writes it.
    ///
    /// # Errors
    /// Says what was expected.
    pub fn read_time(&self, text: &str) -> Result<Timestamp, String> {
        let text = text.trim();
        let zone = self.zone()?;
        let in_zone = |local: DateTime| {
            local
                .to_zoned(zone)
                .map(|zoned| zoned.timestamp())
                .map_err(|error| error.to_string())
        };
        match &self.time.format {
            None => match text.parse::<Timestamp>() {
                Ok(time) => Ok(time),
                Err(error) => match text.parse::<DateTime>() {
                    Ok(local) => in_zone(local),
                    Err(_) => Err(format!(
                        "the time {text:?} is not like 2024-05-17T08:00:00Z ({error}); time.format of the map says how it is written"
                    )),
                },
            },
            Some(format) => {
                let wrong = |error: jiff::Error| {
                    format!(
                        "the time {text:?} is not written as the map's time.format {format:?} says: {error}"
                    )
                };
                let parts = jiff::fmt::strtime::parse(format, text).map_err(wrong)?;
                if parts.offset().is_some() {
                    return parts.to_timestamp().map_err(wrong);
                }
                in_zone(parts.to_datetime().map_err(wrong)?)
            }
        }
    }
}

/// The column whose name is nearest, upper and lower case being the same, where one is near.
fn nearest_column<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let lower: Vec<(String, &str)> = names
        .map(|name| (name.trim().to_lowercase(), name))
        .collect();
    let near = nearest(
        &wanted.to_lowercase(),
        lower.iter().map(|(lower, _)| lower.as_str()),
    )?;
    lower
        .iter()
        .find(|(lower, _)| lower == near)
        .map(|(_, name)| (*name).to_owned())
}

impl Condition {
    fn tests_nothing(&self) -> bool {
        self.is.is_empty()
            && self.is_not.is_empty()
            && self.same_as.is_empty()
            && self.differs_from.is_empty()
            && self.present.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_maps_that_come_with_the_program_are_right() {
        for (name, toml) in BUILT_IN {
            let map = TicketMap::parse(toml).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(map.name, name);
        }
    }

    #[test]
    fn a_wrong_map_says_what_and_where() {
        let jira = TicketMap::built_in("jira").unwrap();
        for (from, to, words) in [
            ("format = 1", "format = 2", "write format = 1"),
            ("number = ", "nummer = ", "nummer"),
            ("zone = \"UTC\"", "zone = \"Mars/Olympus\"", "Europe/Berlin"),
            ("present = true", "", "tests nothing"),
            ("\"declined\"", "\"refused\"", "refused"),
            ("name = \"jira\"", "name = \"my jira\"", "letters, digits"),
        ] {
            let broken = jira.replacen(from, to, 1);
            assert_ne!(broken, jira, "{from}");
            let error = TicketMap::parse(&broken).unwrap_err().to_string();
            assert!(error.contains(words), "{words:?} in {error}");
        }
    }

    #[test]
    fn a_column_that_is_missing_is_named_with_the_nearest() {
        let map = TicketMap::parse(TicketMap::built_in("jira").unwrap()).unwrap();
        let told = |names: &[&str]| -> Vec<String> {
            let missing = map.missing_columns(names);
            missing
                .iter()
                .map(|column| format!("{} {column}", column.needed))
                .collect()
        };
        let whole = ["Issue key", "Summary", "Created", "Resolved", "Comment"];
        assert_eq!(told(&whole), Vec::<String>::new());
        assert_eq!(
            told(&[
                "Issue id", "summary", "Created", "Resolved", "Coment", "Updated"
            ]),
            [
                "true there is no column \"Issue key\", which `number` of the map names; did you mean \"Issue id\"?",
                "true there is no column \"Summary\", which `subject` of the map names; did you mean \"summary\"?",
                "false there is no column \"Comment\", which `messages` of the map names; did you mean \"Coment\"?",
            ]
        );
        assert_eq!(
            told(&["Issue key", "Summary", "Created"]),
            ["false there is no column \"Resolved\", which `take` of the map names"]
        );
    }

    #[test]
    fn times_are_read_as_they_are_written() {
        let mut map = TicketMap::parse(TicketMap::built_in("jira").unwrap()).unwrap();
        for (text, utc) in [
            ("11/Mar/24 9:12 AM", "2024-03-11T09:12:00Z"),
            ("15/May/24 12:05 AM", "2024-05-15T00:05:00Z"),
            ("19/Jun/24 11:48 PM", "2024-06-19T23:48:00Z"),
        ] {
            assert_eq!(map.read_time(text).unwrap().to_string(), utc);
        }
        map.time.zone = Some("Europe/Berlin".to_owned());
        let read = map.read_time("11/Mar/24 9:12 AM").unwrap().to_string();
        assert_eq!(read, "2024-03-11T08:12:00Z");
        assert!(
            map.read_time("yesterday")
                .unwrap_err()
                .contains("time.format")
        );
        map.time.format = None;
        let read = map.read_time("2024-03-11 09:12:00").unwrap().to_string();
        assert_eq!(read, "2024-03-11T08:12:00Z");
    }
}
