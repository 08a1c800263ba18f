//! Words that people type for what there is a list of, and who types them.

use anyhow::{Result, anyhow};

use super::context::Context;
use crate::case::ResolutionCode;

/// That there is no such thing, and which there are.
pub(super) fn unknown<'a>(
    kind: &str,
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    format!(
        "there is no {kind} {word:?}; there are {}",
        known.join(", ")
    )
}

/// A resolution code.
pub(super) fn resolution_code(word: &str) -> Result<ResolutionCode> {
    ResolutionCode::from_word(word).ok_or_else(|| {
        let codes = ResolutionCode::ALL.iter().map(|code| code.as_str());
        anyhow!(unknown("resolution code", word, codes))
    })
}

/// Refuses a desk that the configuration does not name.
pub(super) fn check_desk(context: &Context, name: &str) -> Result<()> {
    let desks = context.settings.desks.iter().map(|desk| desk.name.as_str());
    if desks.clone().any(|desk| desk == name) {
        return Ok(());
    }
    Err(anyhow!(unknown("desk", name, desks)))
}

/// Who runs the program. Behind `sudo`, who called it.
pub(super) fn person() -> String {
    ["SUDO_USER", "USER", "LOGNAME"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .map(|name| name.trim().to_owned())
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| "somebody".to_owned())
}
