//! Where things stand in the source of a profile, for problems that are found after reading.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::ProfileProblem;

/// Lists of tables in which a name stands for one thing.
const NAMED: [(&str, &str); 7] = [
    ("issue_type", "issue types"),
    ("flag", "flags"),
    ("situation", "situations"),
    ("statement", "statements"),
    ("urgency", "urgency criteria"),
    ("partner_status", "partner statuses"),
    ("requirement", "requirements"),
];

/// Judgements whose name another one has already.
pub(super) fn names_given_twice(source: &str) -> Vec<ProfileProblem> {
    let Ok(table) = DeTable::parse(source) else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    let Some(DeValue::Table(judgements)) = table
        .get_ref()
        .get("judgements")
        .map(toml::Spanned::get_ref)
    else {
        return problems;
    };
    for (kind, plural) in NAMED {
        let Some(DeValue::Array(entries)) = judgements.get(kind).map(toml::Spanned::get_ref) else {
            continue;
        };
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in entries {
            let DeValue::Table(entry) = entry.get_ref() else {
                continue;
            };
            let Some(name) = entry.get("name") else {
                continue;
            };
            let DeValue::String(text) = name.get_ref() else {
                continue;
            };
            let problem = ProfileProblem::new(
                source,
                name.span(),
                format!("there are two {plural} `{text}`"),
            );
            match seen.get(&**text) {
                Some(first) => problems.push(problem.with_hint(Some(format!(
                    "the first one stands in line {first}; give each a name of its own"
                )))),
                None => {
                    seen.insert(text, problem.line);
                }
            }
        }
    }
    problems
}

/// Where the entry of a path (`wording.de.ask.operation`) stands, or the nearest one above it that is there.
pub(super) fn of_path(source: &str, path: &str) -> Range<usize> {
    let Ok(table) = DeTable::parse(source) else {
        return 0..0;
    };
    let mut place = 0..0;
    let mut table = table.get_ref();
    for part in path.split('.') {
        let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref().as_ref() == part)
        else {
            break;
        };
        place = key.span();
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    place
}
