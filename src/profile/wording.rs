//! Questions and texts of automatic mail of a profile.

use serde::Deserialize;

/// The desk's own words.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {}
