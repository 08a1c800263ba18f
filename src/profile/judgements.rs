//! Issue types, flags, statements, requirements, urgency and routes of a profile.

use serde::Deserialize;

/// What the desk's judgements rest on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgements {}
