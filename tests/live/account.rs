//! An account as a configuration has it.

use precedent::config::{AccountSettings, Settings};

/// The settings of `[[account]]` with these lines.
pub fn account(lines: &str) -> AccountSettings {
    let text = format!(
        "format = 1\n[[desk]]\nname = \"a\"\nprofile = \"generic\"\n[[account]]\nname = \"box\"\n{lines}\n"
    );
    let settings: Settings =
        precedent::config::parse(&text).unwrap_or_else(|problems| panic!("{problems:?}"));
    settings.accounts.into_iter().next().unwrap()
}
