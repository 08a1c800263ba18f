//! Closed lists and fields of a profile.

use serde::Deserialize;

use super::{Localised, Terms};

/// A closed list of canonical values.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Canonical values with other spellings.
    #[serde(default)]
    pub values: std::collections::BTreeMap<String, Vec<String>>,
}

/// A named fact.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Name: `seller_id`.
    pub name: String,
    /// Name for people.
    #[serde(default)]
    pub title: Localised,
    /// Words that stand before or above a value, by language.
    #[serde(default)]
    pub labels: Terms,
}
