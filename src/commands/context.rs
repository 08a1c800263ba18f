//! What most commands need: settings, store, desks, index.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use precedent_index::Encoder;
use rayon::prelude::*;

use super::arguments::Arguments;
use super::probe::ProcessProbe;
use crate::config::{self, Settings};
use crate::deliver::dkim::Signing;
use crate::deliver::smtp::Smtp;
use crate::deliver::{Carrier, Deliverer, Filing, Folder};
use crate::engine::{Clock, Desk, Desks, Engine, IndexFollower, Stop};
use crate::extract::Extractor;
use crate::limits::INDEX_WAIT_SECONDS;
use crate::mail::ParseOptions;
use crate::profile::{PROBLEMS_SHOWN, Profile, ProfileProblem};
use crate::reply::Composer;
use crate::store::{Store, sqlite};
use crate::triage::{Assessor, Policy};

/// Flags with what they mean.
pub(super) struct Context {
    /// The configuration, or the built-in desks.
    pub(super) settings: Settings,
    /// The file that the configuration comes from, where the command line or the environment names it.
    pub(super) config: Option<PathBuf>,
    /// Print JSON.
    pub(super) json: bool,
    /// No progress bars and notes.
    pub(super) quiet: bool,
    /// The sentence encoder, once somebody asked for it.
    pub(super) encoder: OnceLock<Option<Arc<Encoder>>>,
}

impl Context {
    /// Reads the configuration that the arguments name.
    pub(super) fn new(arguments: &Arguments) -> Result<Self> {
        let default = Path::new("precedent.toml");
        let mut settings = match &arguments.config {
            Some(path) => config::load(path)?,
            None if default.exists() => config::load(default)?,
            None => config::default_settings(),
        };
        if let Some(data) = &arguments.data {
            settings.data.clone_from(data);
        }
        settings.place_tokens();
        Ok(Self {
            settings,
            config: arguments.config.clone(),
            json: arguments.json,
            quiet: arguments.quiet > 0,
            encoder: OnceLock::new(),
        })
    }

    /// The same for labelled data, which may bring the configuration that their labels assume: beside
    /// the folder or in it. The one that the command line names comes first.
    pub(super) fn for_folder(arguments: &Arguments, folder: &Path) -> Result<Self> {
        let mut context = Self::new(arguments)?;
        let brought = [
            folder.join("precedent.toml"),
            folder.join("../precedent.toml"),
        ];
        if arguments.config.is_none()
            && let Some(path) = brought.iter().find(|path| path.exists())
        {
            context.settings = config::load(path)?;
        }
        Ok(context)
    }

    /// The built-in desks, whatever configuration may be around.
    pub(super) fn plain(arguments: &Arguments) -> Self {
        Self {
            settings: config::default_settings(),
            config: arguments.config.clone(),
            json: arguments.json,
            quiet: arguments.quiet > 0,
            encoder: OnceLock::new(),
        }
    }

    /// The sentence encoder that the configuration names. One that cannot be read is told once, and nothing else stops: facts
    /// and words rank without it.
    pub(super) fn encoder(&self) -> Option<Arc<Encoder>> {
        self.encoder
            .get_or_init(|| {
                let path = self.settings.similar.model.as_ref()?;
                match Encoder::open(path) {
                    Ok(encoder) => Some(Arc::new(encoder)),
                    Err(error) => {
                        super::output::note(
                            self,
                            &format!(
                                "[similar] model: {error}; similar cases are found without sentence vectors"
                            ),
                        );
                        None
                    }
                }
            })
            .clone()
    }

    /// Says that no sentence encoder is configured, where that decides what is found.
    pub(super) fn note_no_encoder(&self) {
        if self.settings.similar.model.is_none() {
            super::output::note(
                self,
                "without a sentence model similar cases are found by facts, words and concepts: other words for the same, and other languages, are found less often (docs/operations.md, [similar])",
            );
        }
    }

    /// Words of a desk's profile that mean the same. None for a desk that is not configured any more.
    pub(super) fn concepts(&self, desk: Option<&str>) -> Vec<Vec<String>> {
        self.settings
            .desks
            .iter()
            .find(|settings| Some(settings.name.as_str()) == desk)
            .and_then(|settings| load_profile(&settings.profile).ok())
            .map(|profile| profile.concepts.values().cloned().collect())
            .unwrap_or_default()
    }

    /// Folder of the index.
    pub(super) fn index_folder(&self) -> PathBuf {
        self.settings.data.join("index")
    }

    /// Folder of the mails that left.
    pub(super) fn outgoing_folder(&self) -> PathBuf {
        self.settings
            .data
            .join(self.settings.deliver.outgoing_folder())
    }

    /// What takes mails that may leave.
    pub(super) fn carrier(&self) -> Arc<dyn Carrier> {
        let deliver = &self.settings.deliver;
        let carrier: Arc<dyn Carrier> = match &deliver.smtp {
            Some(smtp) => Arc::new(Smtp::new(
                smtp.into(),
                deliver.envelope_sender.clone(),
                smtp.retry_days,
            )),
            None => Arc::new(Folder::new(self.outgoing_folder())),
        };
        match &deliver.dkim {
            Some(dkim) => Arc::new(Signing::new(dkim.signer(), carrier)),
            None => carrier,
        }
    }

    /// Starts delivering what may leave, and filing copies of it, until the engine stops.
    pub(super) fn deliverer(&self, engine: &Engine) -> Deliverer {
        let clock = engine.clock;
        let stop = engine.stop.clone();
        Deliverer::start(
            Arc::clone(&engine.store),
            self.carrier(),
            Filing::new(&self.settings),
            move || clock.now(None),
            move || stop.asked(),
        )
    }

    /// Files copies of outgoing mails once. What does not work now works at a later time.
    pub(super) async fn file_copies(&self, store: &dyn Store) {
        if let Some(filing) = Filing::new(&self.settings)
            && let Err(error) = filing.round(store, true, jiff::Timestamp::now()).await
        {
            tracing::warn!(%error, "trying again later");
        }
    }

    /// Opens the store to work on it; only one process may.
    pub(super) async fn open_store(&self) -> Result<Arc<dyn Store>> {
        let store = sqlite::SqliteStore::open(&self.settings.data).await?;
        let store = store.with_raw_keys(self.settings.archive.keys());
        store.check_raw_keys().await?;
        Ok(Arc::new(store))
    }

    /// Opens the store to write a change, beside a process that may be working on it.
    pub(super) async fn open_store_beside(&self) -> Result<Arc<dyn Store>> {
        let store = sqlite::SqliteStore::open_beside(&self.settings.data).await?;
        // The key is looked at when a raw mail comes or is wanted, and not for a change of a case.
        Ok(Arc::new(store.with_raw_keys(self.settings.archive.keys())))
    }

    /// Opens the store for reading, beside a process that writes.
    pub(super) async fn read_store(&self) -> Result<Arc<dyn Store>> {
        Ok(Arc::new(
            sqlite::SqliteStore::open_read_only(&self.settings.data).await?,
        ))
    }

    /// Compiles the desks.
    pub(super) fn desks(&self) -> Result<Desks> {
        let desks = self
            .settings
            .desks
            // Each takes a few ten milliseconds.
            .par_iter()
            .map(|desk| {
                let profile = load_profile(&desk.profile)?;
                let display_name = desk.display_name.clone().unwrap_or_else(|| {
                    profile
                        .title
                        .get(&profile.default_language)
                        .cloned()
                        .unwrap_or_else(|| desk.name.clone())
                });
                compile_desk(
                    &desk.name,
                    profile,
                    desk.addresses
                        .iter()
                        .map(|address| address.to_ascii_lowercase())
                        .collect(),
                    display_name,
                    Policy {
                        mode: desk.mode,
                        requests_max: desk.requests_max,
                        acknowledge: desk.acknowledge,
                    },
                )
                .with_context(|| format!("desk {:?}", desk.name))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Desks::new(desks))
    }

    /// Whose word counts about the origin of mail.
    pub(super) fn parse_options(&self) -> ParseOptions {
        ParseOptions {
            trusted_authserv_ids: self.settings.trust.authserv_ids.clone(),
            own_addresses: self.settings.own_addresses(),
        }
    }

    /// Puts an engine together on an opened store.
    pub(super) async fn engine(&self, store: Arc<dyn Store>, clock: Clock) -> Result<Engine> {
        let key = store.secret_key().await?;
        Ok(Engine {
            store,
            desks: Arc::new(self.desks()?),
            parse_options: Arc::new(self.parse_options()),
            gate: Arc::new(self.settings.gate.clone()),
            own_message_id_domains: Arc::new(self.settings.trust.own_message_id_domains.clone()),
            key,
            clock,
            probe: Some(Arc::new(ProcessProbe {
                config: self.config.clone(),
            })),
            stop: Stop::default(),
            judging: Arc::default(),
        })
    }

    /// Opens the index for writing and says when it had to be built anew.
    pub(super) async fn follower(&self, store: Arc<dyn Store>) -> Result<IndexFollower> {
        let patience = Duration::from_secs(INDEX_WAIT_SECONDS);
        let follower =
            IndexFollower::open_within(patience, &self.index_folder(), store, self.encoder())
                .await?;
        self.note_rebuilt(&follower);
        Ok(follower)
    }

    /// Brings the index up to date after a change. Where another process writes it, that one does.
    pub(super) async fn index_changes(&self, store: Arc<dyn Store>) -> Result<()> {
        // Vectors are left to who looks for similar cases: reading a model takes longer than the change.
        match IndexFollower::open(&self.index_folder(), store, None).await {
            Ok(mut follower) => {
                self.note_rebuilt(&follower);
                follower.follow().await?;
                Ok(follower.commit().await?)
            }
            Err(error) if error.is_locked() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn note_rebuilt(&self, follower: &IndexFollower) {
        if let Some(reason) = &follower.rebuilt {
            super::output::note(self, &format!("the search index is built again: {reason}"));
        }
    }
}

/// A built-in profile by name, or one from a file.
pub(super) fn load_profile(name: &str) -> Result<Arc<Profile>> {
    if let Some(profile) = Profile::builtin(name) {
        return Ok(Arc::new(profile.clone()));
    }
    let text = std::fs::read_to_string(name).map_err(|error| {
        anyhow!(
            "the profile {name:?} is neither built in ({}) nor a readable file: {error}",
            Profile::builtin_names().join(", ")
        )
    })?;
    let profile = Profile::parse(&text)
        .map_err(|error| ProfileInFile::new(name, text, error.problems().to_vec()))?;
    Ok(Arc::new(profile))
}

/// A profile's problems with the name of its file.
#[derive(Debug)]
pub(super) struct ProfileInFile {
    source: miette::NamedSource<String>,
    problems: Vec<ProfileProblem>,
}

impl ProfileInFile {
    /// These problems of the file's text.
    pub(super) fn new(name: &str, text: String, problems: Vec<ProfileProblem>) -> Self {
        Self {
            source: miette::NamedSource::new(name, text),
            problems,
        }
    }

    /// All problems.
    pub(super) fn problems(&self) -> &[ProfileProblem] {
        &self.problems
    }
}

impl std::fmt::Display for ProfileInFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = self.problems.len();
        let plural = if count == 1 { "" } else { "s" };
        write!(
            formatter,
            "the profile {} has {count} problem{plural}",
            self.source.name()
        )?;
        match count.saturating_sub(PROBLEMS_SHOWN) {
            0 => Ok(()),
            more => write!(formatter, ": the first {PROBLEMS_SHOWN}, and {more} more"),
        }
    }
}

impl std::error::Error for ProfileInFile {}

impl miette::Diagnostic for ProfileInFile {
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        Some(Box::new(
            self.problems
                .iter()
                .take(PROBLEMS_SHOWN)
                .map(|problem| problem as &dyn miette::Diagnostic),
        ))
    }
}

/// Compiles one desk.
pub(super) fn compile_desk(
    name: &str,
    profile: Arc<Profile>,
    addresses: Vec<String>,
    display_name: String,
    policy: Policy,
) -> Result<Desk> {
    Ok(Desk {
        name: name.to_owned(),
        addresses,
        display_name,
        policy,
        extractor: Extractor::new(&profile)?,
        assessor: Assessor::new(&profile)?,
        composer: Composer::new(&profile)?,
        profile,
    })
}
