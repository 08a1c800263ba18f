//! What should happen with a mail.

use super::condition::{Circumstances, Conditions};
use super::types::Action;
use crate::profile::ActionRule;

/// The rules of a profile.
#[derive(Debug)]
pub(crate) struct ActionRules(Vec<(Action, Conditions)>);

impl ActionRules {
    pub(crate) fn new(rules: &[ActionRule]) -> Self {
        Self(
            rules
                .iter()
                .map(|rule| (rule.action, Conditions::new(&rule.when)))
                .collect(),
        )
    }

    /// The first rule that holds; without one, asking for what is missing.
    pub(crate) fn choose(&self, circumstances: &Circumstances<'_>) -> Action {
        self.0
            .iter()
            .find(|(_, when)| when.none_or_any(circumstances))
            .map_or_else(|| default_action(circumstances), |(action, _)| *action)
    }
}

fn default_action(circumstances: &Circumstances<'_>) -> Action {
    if circumstances.missing == Some(true) {
        Action::AskMissing
    } else {
        Action::CompleteToEngineer
    }
}
