//! Reading a configuration file, with the place of every error.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{DeskSettings, Settings, desks};
use crate::profile::{PROBLEMS_SHOWN, Profile, ProfileProblem, read_toml};
use crate::triage::Mode;

/// A commented configuration, for `precedent init`.
pub const EXAMPLE: &str = include_str!("example.toml");

/// Why a configuration cannot be used.
#[derive(Debug)]
pub enum ConfigError {
    /// The file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file says something wrong.
    Wrong {
        /// The file.
        path: PathBuf,
        /// Its text.
        source: miette::NamedSource<String>,
        /// All problems, in order.
        problems: Vec<ProfileProblem>,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, error } => {
                write!(
                    formatter,
                    "the configuration {} cannot be read: {error}",
                    path.display()
                )
            }
            Self::Wrong { path, problems, .. } => {
                let count = problems.len();
                let plural = if count == 1 { "" } else { "s" };
                write!(
                    formatter,
                    "the configuration {} has {count} problem{plural}",
                    path.display()
                )?;
                match count.saturating_sub(PROBLEMS_SHOWN) {
                    0 => Ok(()),
                    more => write!(formatter, ": the first {PROBLEMS_SHOWN}, and {more} more"),
                }
            }
        }
    }
}

impl std::error::Error for ConfigError {}

impl miette::Diagnostic for ConfigError {
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        match self {
            Self::Unreadable { .. } => None,
            Self::Wrong { source, .. } => Some(source),
        }
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        match self {
            Self::Unreadable { .. } => None,
            Self::Wrong { problems, .. } => Some(Box::new(
                problems
                    .iter()
                    .take(PROBLEMS_SHOWN)
                    .map(|problem| problem as &dyn miette::Diagnostic),
            )),
        }
    }
}

/// Reads a configuration file. Paths in it are relative to its folder.
///
/// # Errors
/// When it cannot be read or says something wrong: all problems with their places.
pub fn load(path: &Path) -> Result<Settings, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        path: path.to_owned(),
        error,
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let parsed = parse(&text).and_then(|settings| {
        let problems = desks::missing_profiles(&settings, &text, folder);
        if problems.is_empty() {
            Ok(settings)
        } else {
            Err(problems)
        }
    });
    let mut settings = parsed.map_err(|problems| ConfigError::Wrong {
        path: path.to_owned(),
        source: miette::NamedSource::new(
            path.display().to_string(),
            super::secret::without_secrets(&text),
        ),
        problems,
    })?;
    settings.data = folder.join(&settings.data);
    for source in &mut settings.sources {
        source.maildir = folder.join(&source.maildir);
    }
    for account in &mut settings.accounts {
        account.resolve_paths(folder);
    }
    if let Some(lmtp) = &mut settings.lmtp {
        lmtp.resolve_paths(folder);
    }
    settings.archive.resolve_paths(folder);
    settings.deliver.resolve_paths(folder);
    settings.similar.resolve_paths(folder);
    for desk in &mut settings.desks {
        if Profile::builtin_source(&desk.profile).is_none() {
            desk.profile = folder.join(&desk.profile).display().to_string();
        }
    }
    Ok(settings)
}

/// Reads the text of a configuration.
///
/// # Errors
/// All problems with their places.
pub fn parse(text: &str) -> Result<Settings, Vec<ProfileProblem>> {
    let (settings, mut problems) = read_toml::<Settings>(text);
    if let Some(settings) = &settings {
        check(settings, text, &mut problems);
    }
    match settings {
        Some(settings) if problems.is_empty() => Ok(settings),
        _ => Err(problems),
    }
}

fn check(settings: &Settings, text: &str, problems: &mut Vec<ProfileProblem>) {
    // Values carry no places of their own; where the text first has the value, in quotes if it has that, is where
    // it stands.
    let mut problem = |value: &str, message: String, hint: Option<String>| {
        let quoted = text.find(&format!("\"{value}\"")).map(|quote| quote + 1);
        let start = quoted
            .filter(|_| !value.is_empty())
            .or_else(|| text.find(value))
            .unwrap_or(0);
        let span = start..(start + value.len()).min(text.len());
        problems.push(ProfileProblem::new(text, span, message).with_hint(hint));
    };
    if settings.format != 1 {
        problem(
            "format",
            format!("format {} is not known", settings.format),
            Some("this version reads format = 1".to_owned()),
        );
    }
    if settings.desks.is_empty() {
        problem(
            "",
            "there is no desk".to_owned(),
            Some("add a [[desk]] with name, profile and addresses; `precedent init` writes an example".to_owned()),
        );
    }
    if settings
        .trust
        .authserv_ids
        .iter()
        .any(|id| id.trim().is_empty())
    {
        problem(
            "authserv_ids",
            "an authserv-id of [trust] is empty".to_owned(),
            Some(
                "name your own server as it stands in its Authentication-Results, or leave it out"
                    .to_owned(),
            ),
        );
    }
    let mut addresses: Vec<String> = Vec::new();
    for desk in &settings.desks {
        if desk.name.trim().is_empty() {
            problem(
                "name",
                "a desk has no name".to_owned(),
                Some("give each desk a name of its own".to_owned()),
            );
        }
        for address in &desk.addresses {
            let plain = address.to_ascii_lowercase();
            let whole = plain.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty() && !domain.is_empty() && !plain.contains(['<', '>', ' ', ','])
            });
            if !whole {
                problem(
                    address,
                    format!("{address:?} is not an address"),
                    Some("write it as \"support@example.com\"".to_owned()),
                );
            }
            if addresses.contains(&plain) {
                problem(
                    address,
                    format!("{address:?} stands at two desks"),
                    Some("an address leads to one desk".to_owned()),
                );
            }
            addresses.push(plain);
        }
        if desk.mode != Mode::Observe && desk.addresses.is_empty() {
            problem(
                &desk.name,
                format!("desk {:?} shall answer and has no address", desk.name),
                Some(
                    "add addresses = [\"support@example.com\"], or set mode = \"observe\""
                        .to_owned(),
                ),
            );
        }
    }
    let mut accounts = Vec::new();
    for account in &settings.accounts {
        if accounts.contains(&&account.name) {
            problem(
                &account.name,
                format!("there are two accounts {:?}", account.name),
                Some("give each account a name of its own".to_owned()),
            );
        }
        accounts.push(&account.name);
        for (value, message, hint) in account.problems() {
            problem(&value, message, Some(hint));
        }
    }
    for (value, message, hint) in settings.lmtp.iter().flat_map(super::LmtpSettings::problems) {
        problem(&value, message, Some(hint));
    }
    for (value, message, hint) in settings.archive.problems() {
        problem(&value, message, Some(hint));
    }
    for (value, message, hint) in settings.deliver.problems(&settings.accounts) {
        problem(&value, message, Some(hint));
    }
    let metrics = settings.metrics.iter();
    for (value, message, hint) in metrics.flat_map(super::MetricsSettings::problems) {
        problem(&value, message, Some(hint));
    }
    for (value, message, hint) in settings.retention.problems() {
        problem(&value, message, Some(hint));
    }
    problems.extend(desks::names_given_twice(settings, text));
}

/// What holds without a configuration file: the built-in desks, which only observe.
#[must_use]
pub fn default_settings() -> Settings {
    let desks = Profile::builtin_names()
        .iter()
        .map(|name| DeskSettings {
            name: (*name).to_owned(),
            profile: (*name).to_owned(),
            addresses: Vec::new(),
            display_name: None,
            mode: Mode::Observe,
            requests_max: super::default_requests_max(),
            acknowledge: false,
        })
        .collect();
    Settings {
        format: 1,
        data: super::default_data(),
        desks,
        sources: Vec::new(),
        accounts: Vec::new(),
        lmtp: None,
        archive: super::ArchiveSettings::default(),
        trust: super::TrustSettings::default(),
        gate: crate::reply::GateSettings::default(),
        deliver: super::DeliverSettings::default(),
        metrics: None,
        retention: super::RetentionSettings::default(),
        similar: super::SimilarSettings::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_right() {
        let settings = parse(EXAMPLE).unwrap_or_else(|problems| panic!("{problems:?}"));
        assert_eq!(settings.desks[0].mode, Mode::Observe);
    }

    #[test]
    fn the_configurations_for_providers_are_right() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/providers");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "toml") {
                let settings = load(&path).unwrap_or_else(|error| panic!("{error:?}"));
                assert_eq!(settings.desks[0].mode, Mode::Observe, "{}", path.display());
                count += 1;
            }
        }
        assert!(count >= 10);
    }

    /// Each wrong file is a fixture: text, and what its first problem must say and where.
    #[test]
    fn wrong_keys_and_values_are_told_with_place_and_hint() {
        let desk = "[[desk]]\nname = \"a\"\nprofile = \"generic\"\n";
        let account = |more: &str| {
            format!(
                "format = 1\n{desk}[[account]]\nname = \"box\"\nhost = \"imap.example.com\"\nuser = \"u\"\n{more}\n"
            )
        };
        let smtp = |more: &str| {
            format!("format = 1\n{desk}\n[deliver.smtp]\nhost = \"mx.example.com\"\n{more}\n")
        };
        for (text, line, says) in [
            (
                format!("format = 1\n{desk}adresses = [\"a@b.example\"]\n"),
                5,
                "did you mean `addresses`",
            ),
            (
                format!("format = 1\n{desk}mode = \"sned\"\n"),
                5,
                "did you mean `send`",
            ),
            (
                format!("format = 2\n{desk}"),
                1,
                "this version reads format = 1",
            ),
            ("format = 1\n".to_owned(), 1, "add a [[desk]]"),
            (
                format!("format = 1\n{desk}addresses = [\"nobody\"]\n"),
                5,
                "not an address",
            ),
            (format!("format = 1\n{desk}{desk}"), 6, "two desks"),
            (
                format!("format = 1\n{desk}[gate]\nold_after_hour = 3\n"),
                6,
                "did you mean `old_after_hours`",
            ),
            (
                format!(
                    "format = 1\n{desk}[deliver.dkim]\ndomain = \"example.com\"\nselector = \"mail\"\n"
                ),
                7,
                "one of key_file",
            ),
            (
                format!(
                    "format = 1\n{desk}[deliver.dkim]\ndomain = \"example com\"\nselector = \"mail\"\nkey_file = \"k\"\n"
                ),
                6,
                "no domain for DKIM",
            ),
            (
                format!("format = 1\n{desk}[metrics]\nlisten = \"0.0.0.0:9464\"\n"),
                6,
                "anybody who reaches",
            ),
            (
                format!("format = 1\n{desk}[metrics]\nlisten = \"9464\"\n"),
                6,
                "nothing to listen on",
            ),
            (
                format!("format = 1\n{desk}[retention]\nmail_days = 0\n"),
                6,
                "at least 1",
            ),
            (
                format!("format = 1\n{desk}[retention]\nmail_day = 30\n"),
                6,
                "did you mean `mail_days`",
            ),
            (
                format!("format = 1\n{desk}mode = \"send\"\n"),
                3,
                "has no address",
            ),
            ("format = \n".to_owned(), 1, ""),
            (
                format!("format = 1\n{desk}[lmtp]\nlisten = \"unix:\"\n"),
                6,
                "no path",
            ),
            (
                format!("format = 1\n{desk}[lmtp]\nlisten = \"unix:s\"\nsocket_mode = \"66\"\n"),
                7,
                "no mode for a socket",
            ),
            (
                account("password = \"p\"\nfolders = [\"INBOX\", \"inbox\"]"),
                10,
                "named twice",
            ),
            (desk.to_owned(), 1, "begin the file with `format = 1`"),
            (
                format!("format = 1\n{desk}[deliver.smtp]\nport = 25\n"),
                5,
                "add `host = ...`",
            ),
            (
                account(
                    "auth = \"xoauth2\"\n[account.oauth]\nclient_id = \"c\"\nclient_secret_expires = \"soon\"",
                ),
                12,
                "2027-05-01",
            ),
            (
                account("pasword_file = \"p\""),
                9,
                "did you mean `password_file`",
            ),
            (account(""), 6, "add one of password_file"),
            (
                account("password = \"p\"\npassword_file = \"p\""),
                6,
                "keep one of",
            ),
            (account("password = \"p\"\ntls = \"none\""), 7, "clear text"),
            (
                account("password = \"p\"\ntls = \"startls\""),
                10,
                "did you mean `starttls`",
            ),
            (
                account("password = \"p\"\nafter_archive = \"move\""),
                6,
                "names no folder",
            ),
            (
                account("password = \"p\"\nafter_archive = \"move\"\nmove_to = \"INBOX\""),
                11,
                "which it reads",
            ),
            (
                account("password = \"p\"\nkeyword = \"a b\""),
                10,
                "not an IMAP keyword",
            ),
            (
                account("password = \"p\"\npoll_seconds = 1"),
                10,
                "not between 5",
            ),
            (smtp("hots = \"x\""), 8, "did you mean `host`"),
            (
                smtp("timeout_second = 3"),
                8,
                "did you mean `timeout_seconds`",
            ),
            (smtp("tls = \"none\""), 7, "clear text"),
            (smtp("user = \"u\""), 7, "has no password"),
            (smtp("password = \"p\""), 7, "no user"),
            (
                smtp("[deliver.sent_folder]\naccount = \"box\""),
                9,
                "one of the [[account]]s",
            ),
            (
                format!(
                    "format = 1\n{desk}[deliver]\nfolder = \"out\"\nsmtp = {{ host = \"mx.example.com\" }}\n"
                ),
                6,
                "keep one of",
            ),
            (
                format!("format = 1\n{desk}[deliver]\nenvelope_sender = \"no\\nbody@x\"\n"),
                1,
                "not an address",
            ),
        ] {
            let problems = parse(&text).expect_err(&text);
            let first = problems[0].to_string();
            assert_eq!(problems[0].line, line, "{text}\n{first}");
            assert!(first.contains(says), "{text}\n{first}");
        }
    }
}
