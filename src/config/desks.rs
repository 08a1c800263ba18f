//! Names of desks and profiles in a configuration, each told at its own place.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::Settings;
use crate::profile::{Profile, ProfileProblem, nearest};

/// Desks whose name another one has already.
pub(super) fn names_given_twice(settings: &Settings, text: &str) -> Vec<ProfileProblem> {
    let mut seen = BTreeSet::new();
    settings
        .desks
        .iter()
        .enumerate()
        .filter(|(_, desk)| !seen.insert(desk.name.as_str()))
        .map(|(place, desk)| {
            let message = format!("there are two desks {:?}", desk.name);
            ProfileProblem::new(text, value(text, place, "name"), message)
                .with_hint(Some("give each desk a name of its own".to_owned()))
        })
        .collect()
}

/// Profiles that are neither built in nor a file below this folder.
pub(super) fn missing_profiles(
    settings: &Settings,
    text: &str,
    folder: &Path,
) -> Vec<ProfileProblem> {
    settings
        .desks
        .iter()
        .enumerate()
        .filter(|(_, desk)| {
            Profile::builtin_source(&desk.profile).is_none()
                && !folder.join(&desk.profile).is_file()
        })
        .map(|(place, desk)| {
            let names = Profile::builtin_names();
            let message = format!(
                "there is no profile {:?}: neither built in nor a file at {}",
                desk.profile,
                folder.join(&desk.profile).display()
            );
            let hint = match nearest(&desk.profile, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("built in are {}", names.join(", ")),
            };
            ProfileProblem::new(text, value(text, place, "profile"), message).with_hint(Some(hint))
        })
        .collect()
}

/// Where the value of a key of the desk at this place stands.
fn value(text: &str, place: usize, key: &str) -> Range<usize> {
    let find = || {
        let table = DeTable::parse(text).ok()?;
        let DeValue::Array(desks) = table.get_ref().get("desk")?.get_ref() else {
            return None;
        };
        let DeValue::Table(desk) = desks.get(place)?.get_ref() else {
            return None;
        };
        Some(desk.get(key)?.span())
    };
    find().unwrap_or(0..0)
}
