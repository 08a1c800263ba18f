//! Copies of outgoing mails in the folders of a mailbox: drafts where people look for them, sent mails
//! beside their own, and mails of unknown fate found where the server put them.
//!
//! Everything is idempotent by Message-ID: what is there already is not put there again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::event;
use crate::config::{AccountSettings, FolderSettings, Settings};
use crate::intake::imap::{ImapError, Session};
use crate::store::{
    Filed, FilingQuery, OutboxChange, OutboxRecord, OutboxState, Store, StoreError,
};

/// Mails that came into their state earlier are left alone: a mailbox that is configured today does not
/// get the mails of a year.
const DAYS: i64 = 7;
/// Mails of one round.
const PAGE: usize = 100;
/// Time between two looks for mails of unknown fate.
const LOOK_INTERVAL: Duration = Duration::from_secs(120);
/// Time between two looks at the outbox.
const INTERVAL: Duration = Duration::from_secs(3);
/// Pauses after a failure, the last one again and again.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(300),
    Duration::from_secs(900),
];

/// A folder and who it belongs to.
#[derive(Clone, Debug)]
struct Place {
    account: Arc<AccountSettings>,
    folder: Option<String>,
    attribute: &'static str,
    /// Names where the server marks none.
    names: &'static [&'static str],
    /// Flags of a copy.
    flags: &'static [&'static str],
}

/// Files copies of outgoing mails.
#[derive(Clone, Debug)]
pub struct Filing {
    sent: Option<Place>,
    drafts: Option<Place>,
}

/// Why a round of filing ended.
#[derive(Debug, thiserror::Error)]
pub enum FilingError {
    /// The mailbox.
    #[error("copies of mails cannot be filed: {0}")]
    Mailbox(#[from] ImapError),
    /// The mailbox failed before in this round.
    #[error("the mailbox failed before")]
    Gone,
    /// The folder is missing.
    #[error(
        "copies of mails cannot be filed: account {account:?} has no folder for {attribute}; name it in the configuration"
    )]
    NoFolder {
        /// Account.
        account: String,
        /// `\\Sent` or `\\Drafts`.
        attribute: &'static str,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Filing {
    /// What the configuration asks for; none when it asks for nothing.
    #[must_use]
    pub fn new(settings: &Settings) -> Option<Self> {
        let place = |folder: &Option<FolderSettings>, attribute, names, flags| {
            let folder = folder.as_ref()?;
            let account = settings
                .accounts
                .iter()
                .find(|account| account.name == folder.account)?;
            Some(Place {
                account: Arc::new(account.clone()),
                folder: folder.folder.clone(),
                attribute,
                names,
                flags,
            })
        };
        let deliver = &settings.deliver;
        let filing = Self {
            sent: place(
                &deliver.sent_folder,
                "\\Sent",
                &["Sent", "Sent Items", "Sent Messages", "Gesendet"],
                &["\\Seen"],
            ),
            drafts: place(
                &deliver.drafts_folder,
                "\\Drafts",
                &["Drafts", "Draft", "Entwürfe"],
                &["\\Draft", "\\Seen"],
            ),
        };
        (filing.sent.is_some() || filing.drafts.is_some()).then_some(filing)
    }

    /// Files until `stopped` says so.
    pub async fn follow(
        self,
        store: Arc<dyn Store>,
        now: impl Fn() -> Timestamp + Send + Sync,
        stopped: impl Fn() -> bool + Send + Sync,
    ) {
        let mut failures = 0;
        let mut looked: Option<tokio::time::Instant> = None;
        while !stopped() {
            // A server is not asked every few seconds for what most of them never put there.
            let look = looked.is_none_or(|at| at.elapsed() >= LOOK_INTERVAL);
            let pause = match self.round(&*store, look, now()).await {
                Ok(_) => {
                    failures = 0;
                    if look {
                        looked = Some(tokio::time::Instant::now());
                    }
                    INTERVAL
                }
                Err(error) => {
                    if failures == 0 {
                        tracing::warn!(%error, "trying again later");
                    }
                    // What the server refuses one by one holds up nobody else for long.
                    let longest = match &error {
                        FilingError::Mailbox(error) if error.connection_lives() => 1,
                        _ => PAUSES.len() - 1,
                    };
                    let pause = PAUSES[failures.min(longest)];
                    failures += 1;
                    pause
                }
            };
            let until = tokio::time::Instant::now() + pause;
            while !stopped() && tokio::time::Instant::now() < until {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }

    /// Files everything that is to be filed now; looks for mails of unknown fate where `look` says so.
    /// Gives how many mails were looked at.
    ///
    /// # Errors
    /// When a mailbox or the store fails; what was filed before is noted, and so is the failure.
    pub async fn round(
        &self,
        store: &dyn Store,
        look: bool,
        now: Timestamp,
    ) -> Result<usize, FilingError> {
        let done = self.file_all(store, look, now).await;
        match &done {
            Ok(0) | Err(FilingError::Store(_)) => {}
            Ok(_) => store.note_health("filing", None, now).await?,
            Err(error) => {
                let text = error.to_string();
                store.note_health("filing", Some(&text), now).await?;
            }
        }
        done
    }

    async fn file_all(
        &self,
        store: &dyn Store,
        look: bool,
        now: Timestamp,
    ) -> Result<usize, FilingError> {
        let since = now
            .checked_sub(SignedDuration::from_hours(24 * DAYS))
            .unwrap_or(now);
        let records = store
            .to_file(&FilingQuery {
                drafts: self.drafts.is_some(),
                sent: self.sent.is_some(),
                uncertain: look && self.sent.is_some(),
                since,
                limit: PAGE,
            })
            .await?;
        if records.is_empty() {
            return Ok(0);
        }
        let mut mailboxes = Mailboxes::default();
        let mut failure = None;
        for record in &records {
            let Err(error) = self.file(store, &mut mailboxes, record, now).await else {
                continue;
            };
            // One mail that the server does not want, or that a person changed meanwhile, is no reason
            // to leave the others, and neither is the mailbox of another account.
            let ends = matches!(&error, FilingError::Store(error) if !error.is_conflict());
            if !matches!(error, FilingError::Gone) {
                failure.get_or_insert(error);
            }
            if ends {
                break;
            }
        }
        mailboxes.leave().await;
        match failure {
            None => Ok(records.len()),
            Some(error) => Err(error),
        }
    }

    async fn file(
        &self,
        store: &dyn Store,
        mailboxes: &mut Mailboxes,
        record: &OutboxRecord,
        now: Timestamp,
    ) -> Result<(), FilingError> {
        // A copy of what is no draft any more would only be sent a second time by somebody.
        if let (Some(place), Filed::Draft) = (&self.drafts, record.filed)
            && record.state != OutboxState::Draft
        {
            mailboxes.remove(place, &record.message_id).await?;
            store.set_filed(record.id, Filed::Nowhere).await?;
        }
        let (place, filed) = match (record.state, &self.drafts, &self.sent) {
            (OutboxState::Draft, Some(place), _) => (place, Filed::Draft),
            (OutboxState::Sent, _, Some(place)) => (place, Filed::Sent),
            (OutboxState::Uncertain, _, Some(place)) => {
                if mailboxes.has(place, &record.message_id).await? {
                    let note = "found in the folder of sent mails";
                    let change = OutboxChange {
                        id: record.id,
                        from: Some(OutboxState::Uncertain),
                        to: OutboxState::Sent,
                        note: note.to_owned(),
                    };
                    let event = event(record, now, "reply_settled", note);
                    store.change_outbox(&[change], &[event], now).await?;
                    store.set_filed(record.id, Filed::Sent).await?;
                }
                return Ok(());
            }
            _ => return Ok(()),
        };
        if !mailboxes.has(place, &record.message_id).await? {
            let mut bytes = store.outgoing_bytes(&[record.id]).await?;
            let Some(bytes) = bytes.remove(&record.id) else {
                return Ok(());
            };
            mailboxes.append(place, &bytes, record.created_at).await?;
        }
        store.set_filed(record.id, filed).await?;
        Ok(())
    }
}

/// Sessions of one round, by account. One that failed is not opened again.
#[derive(Default)]
struct Mailboxes(BTreeMap<String, Option<Open>>);

struct Open {
    session: Session,
    /// Names of folders by their attribute.
    names: BTreeMap<&'static str, String>,
    /// The folder that is open.
    selected: Option<String>,
}

impl Mailboxes {
    /// The session and the name of the folder.
    async fn at(&mut self, place: &Place) -> Result<(&mut Open, String), FilingError> {
        let account = &place.account;
        if !self.0.contains_key(&account.name) {
            let open = Open {
                session: Session::connect(account).await?,
                names: BTreeMap::new(),
                selected: None,
            };
            self.0.insert(account.name.clone(), Some(open));
        }
        let Some(Some(open)) = self.0.get_mut(&account.name) else {
            return Err(FilingError::Gone);
        };
        let name = match (&place.folder, open.names.get(place.attribute)) {
            (Some(name), _) | (None, Some(name)) => name.clone(),
            (None, None) => {
                let name = open
                    .session
                    .special_folder(place.attribute, place.names)
                    .await?
                    .ok_or_else(|| FilingError::NoFolder {
                        account: account.name.clone(),
                        attribute: place.attribute,
                    })?;
                open.names.insert(place.attribute, name.clone());
                name
            }
        };
        Ok((open, name))
    }

    /// Notes that the mailbox is gone where the error says so.
    fn noted<T>(
        &mut self,
        place: &Place,
        result: Result<T, FilingError>,
    ) -> Result<T, FilingError> {
        if let Err(FilingError::Mailbox(error)) = &result
            && !error.connection_lives()
        {
            self.0.insert(place.account.name.clone(), None);
        }
        result
    }

    async fn find(
        &mut self,
        place: &Place,
        message_id: &str,
    ) -> Result<(&mut Session, Vec<u32>), FilingError> {
        let (open, name) = self.at(place).await?;
        if open.selected.as_ref() == Some(&name) {
            // What others put there meanwhile.
            open.session.noop().await?;
        } else {
            open.selected = None;
            open.session.select(&name).await?;
            open.selected = Some(name);
        }
        // Servers search for a part of the text (RFC 3501 section 6.4.4); our Message-IDs are in no other.
        let uids = open.session.uids_of_message_id(message_id).await?;
        Ok((&mut open.session, uids))
    }

    async fn has(&mut self, place: &Place, message_id: &str) -> Result<bool, FilingError> {
        let found = self.find(place, message_id).await;
        let found = found.map(|(_, uids)| !uids.is_empty());
        self.noted(place, found)
    }

    async fn append(
        &mut self,
        place: &Place,
        bytes: &[u8],
        date: Timestamp,
    ) -> Result<(), FilingError> {
        let appended = async {
            let (open, name) = self.at(place).await?;
            open.session
                .append(&name, place.flags, Some(date), bytes)
                .await?;
            Ok(())
        }
        .await;
        self.noted(place, appended)
    }

    async fn remove(&mut self, place: &Place, message_id: &str) -> Result<(), FilingError> {
        let removed = async {
            let (session, uids) = self.find(place, message_id).await?;
            if !uids.is_empty() {
                session.add_flags(&uids, "\\Deleted").await?;
            }
            Ok(())
        }
        .await;
        self.noted(place, removed)
    }

    async fn leave(self) {
        for open in self.0.into_values().flatten() {
            open.session.logout().await;
        }
    }
}
