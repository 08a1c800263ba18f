//! A logged-in connection: what reading and filing mail needs of a server, in typed commands.
//!
//! Folder names are given and returned as people write them. Every method needs the tagged OK; after an
//! error other than [`ImapError::Refused`] the session must be dropped.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::error::ImapError;
use super::uid_set::{self, UidSet};
use super::wire::{Argument, Response, Wire};
use super::{connect, folder_name, login};
use crate::config::AccountSettings;

/// Most seconds for connection, TLS and greeting together, and for the login.
const CONNECT_SECONDS_MAX: u64 = 30;
/// A command with which the server may have to look at each mail of a folder gets the time so often.
const SLOW: u32 = 10;

/// A logged-in connection.
pub struct Session {
    pub(super) wire: Wire,
    /// Who the server says it is (RFC 2971).
    server_id: Vec<(String, String)>,
    greeting: String,
    compressed: bool,
    /// Time for a command whose answer is small.
    pub(super) time: Duration,
}

/// A folder of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Name.
    pub name: String,
    /// Attributes as the server writes them, such as `\Sent`, `\Drafts` (RFC 6154), `\Noselect`.
    pub attributes: Vec<String>,
    /// What stands between the levels of a name.
    pub delimiter: Option<char>,
}

impl Folder {
    /// True when it has this attribute: `\Sent`, `\Drafts`, `\All`.
    #[must_use]
    pub fn has(&self, attribute: &str) -> bool {
        self.attributes
            .iter()
            .any(|known| known.eq_ignore_ascii_case(attribute))
    }
}

/// A folder that was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    /// Number of mails.
    pub exists: u32,
    /// Epoch of the UIDs: with another one they mean other mails.
    pub uid_validity: u32,
    /// UID that the next mail gets, where the server says so.
    pub uid_next: Option<u32>,
    /// Flags that can be set; `\*` allows new keywords.
    pub permanent_flags: Vec<String>,
    /// True when the server lets us change nothing.
    pub read_only: bool,
}

/// Where an appended or copied mail is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Epoch.
    pub uid_validity: u32,
    /// UID.
    pub uid: u32,
}

impl Session {
    /// Connects as the account says, protects the connection, logs in, and compresses where that helps.
    /// Reads the password anew each time. Blocks nobody: everything has its time limit.
    ///
    /// # Errors
    /// Each step has its own: see [`ImapError`].
    pub async fn connect(account: &AccountSettings) -> Result<Self, ImapError> {
        let connect_time = Duration::from_secs(account.timeout_seconds.min(CONNECT_SECONDS_MAX));
        let secret = connect::secret(account).await?;
        let until = Instant::now() + connect_time;
        let (mut wire, greeting, known) = connect::open(account, until).await?;
        if wire.capabilities().is_empty() {
            wire.run("CAPABILITY", &[], until).await?;
        }
        let mut session = Self {
            wire,
            server_id: Vec::new(),
            greeting,
            compressed: false,
            time: Duration::from_secs(account.timeout_seconds),
        };
        // Some providers want to know before the login who is there, others only after.
        session.identify(account, until).await?;
        if !known {
            let until = Instant::now() + connect_time;
            login::log_in(&mut session.wire, account, &secret, until).await?;
            session.wire.run("CAPABILITY", &[], until).await?;
        }
        if session.server_id.is_empty() {
            session.identify(account, until).await?;
        }
        if account.compress && !account.is_loopback() && session.has("COMPRESS=DEFLATE") {
            match session.compress_now().await {
                // Refused, it goes without.
                Ok(()) | Err(ImapError::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(session)
    }

    /// Compresses the connection from here on (RFC 4978).
    ///
    /// # Errors
    /// As for every command.
    pub async fn compress_now(&mut self) -> Result<(), ImapError> {
        let until = Instant::now() + self.time;
        self.wire
            .run("COMPRESS", &[Argument::Atom("DEFLATE")], until)
            .await?;
        self.wire.compress();
        self.compressed = true;
        Ok(())
    }

    async fn identify(
        &mut self,
        account: &AccountSettings,
        until: Instant,
    ) -> Result<(), ImapError> {
        if !account.send_id || !self.has("ID") {
            return Ok(());
        }
        let ours = format!(
            "(\"name\" \"precedent\" \"version\" \"{}\")",
            env!("CARGO_PKG_VERSION")
        );
        match self.wire.run("ID", &[Argument::Atom(&ours)], until).await {
            Ok(done) => {
                for response in done.responses {
                    if let Response::Id(pairs) = response {
                        self.server_id = pairs;
                    }
                }
                Ok(())
            }
            Err(ImapError::Refused { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// True when the server offers this, given in upper case: `IDLE`, `MOVE`, `UIDPLUS`.
    #[must_use]
    pub fn has(&self, capability: &str) -> bool {
        self.wire.capabilities().contains(capability)
    }

    /// What the server offers.
    pub fn capabilities(&self) -> impl Iterator<Item = &str> {
        self.wire.capabilities().iter().map(String::as_str)
    }

    /// Who the server says it is: keys and values.
    #[must_use]
    pub fn server_id(&self) -> &[(String, String)] {
        &self.server_id
    }

    /// The words with which it greeted.
    #[must_use]
    pub fn greeting(&self) -> &str {
        &self.greeting
    }

    /// True when the connection is compressed.
    #[must_use]
    pub const fn is_compressed(&self) -> bool {
        self.compressed
    }

    /// True when the connection must not be used again.
    #[must_use]
    pub const fn is_broken(&self) -> bool {
        self.wire.is_broken()
    }

    /// All folders.
    ///
    /// # Errors
    /// As for every command.
    pub async fn folders(&mut self) -> Result<Vec<Folder>, ImapError> {
        let until = Instant::now() + self.time;
        let arguments = [Argument::Text(""), Argument::Text("*")];
        let done = self.wire.run("LIST", &arguments, until).await?;
        Ok(done
            .responses
            .into_iter()
            .filter_map(|response| match response {
                Response::List(item) => Some(Folder {
                    name: folder_name::decode(&item.name),
                    attributes: item.attributes,
                    delimiter: item.delimiter,
                }),
                _ => None,
            })
            .collect())
    }

    /// The folder of a special use such as `\Sent` or `\Drafts` (RFC 6154), else one of these names.
    ///
    /// # Errors
    /// As for every command.
    pub async fn special_folder(
        &mut self,
        attribute: &str,
        names: &[&str],
    ) -> Result<Option<String>, ImapError> {
        let folders = self.folders().await?;
        let marked = folders.iter().find(|folder| folder.has(attribute));
        let named = || {
            names.iter().find_map(|name| {
                folders.iter().find(|folder| {
                    let last = folder
                        .delimiter
                        .and_then(|delimiter| folder.name.rsplit(delimiter).next())
                        .unwrap_or(&folder.name);
                    last.eq_ignore_ascii_case(name) && !folder.has("\\Noselect")
                })
            })
        };
        Ok(marked.or_else(named).map(|folder| folder.name.clone()))
    }

    /// Opens a folder for reading only: nothing in it changes, not even `\Recent`.
    ///
    /// # Errors
    /// As for every command.
    pub async fn examine(&mut self, folder: &str) -> Result<Selected, ImapError> {
        self.open_folder("EXAMINE", folder).await
    }

    /// Opens a folder.
    ///
    /// # Errors
    /// As for every command.
    pub async fn select(&mut self, folder: &str) -> Result<Selected, ImapError> {
        self.open_folder("SELECT", folder).await
    }

    async fn open_folder(
        &mut self,
        command: &'static str,
        folder: &str,
    ) -> Result<Selected, ImapError> {
        let until = Instant::now() + self.time * SLOW;
        let wire_name = folder_name::encode(folder);
        let done = self
            .wire
            .run(command, &[Argument::Text(&wire_name)], until)
            .await?;
        let mut selected = Selected {
            read_only: command == "EXAMINE" || done.status.code_arguments("READ-ONLY").is_some(),
            ..Selected::default()
        };
        for response in &done.responses {
            match response {
                Response::Exists(count) => selected.exists = *count,
                Response::Untagged(status) => {
                    let number = |name| status.code_arguments(name)?.parse().ok();
                    if let Some(value) = number("UIDVALIDITY") {
                        selected.uid_validity = value;
                    }
                    if let Some(value) = number("UIDNEXT") {
                        selected.uid_next = Some(value);
                    }
                    if let Some(flags) = status.code_arguments("PERMANENTFLAGS") {
                        selected.permanent_flags = flags
                            .trim_matches(['(', ')'])
                            .split_ascii_whitespace()
                            .map(str::to_owned)
                            .collect();
                    }
                }
                _ => {}
            }
        }
        if selected.uid_validity == 0 {
            // Without an epoch a UID means nothing from one connection to the next (RFC 3501 section 2.3.1.1).
            return Err(self.wire.protocol(command, "the folder has no UIDVALIDITY"));
        }
        Ok(selected)
    }

    /// True when the server spoke of mails since they were last looked for.
    #[must_use]
    pub const fn has_news(&self) -> bool {
        self.wire.has_news()
    }

    /// Lets the server say what is new, and keeps the connection alive.
    ///
    /// # Errors
    /// As for every command.
    pub async fn noop(&mut self) -> Result<(), ImapError> {
        let until = Instant::now() + self.time;
        self.wire.run("NOOP", &[], until).await.map(|_| ())
    }

    /// UIDs of the open folder from `first` on, sorted. (`n:*` names the last mail even when its UID is
    /// lower: such are left out.)
    ///
    /// # Errors
    /// As for every command.
    pub async fn uids_from(&mut self, first: u32) -> Result<Vec<u32>, ImapError> {
        self.wire.forget_news();
        let range = format!("{first}:*");
        let found = self
            .search(&[Argument::Atom("UID"), Argument::Atom(&range)])
            .await?;
        Ok(found.into_iter().filter(|uid| *uid >= first).collect())
    }

    /// Those of these UIDs, sorted, that the open folder has now.
    ///
    /// # Errors
    /// As for every command.
    pub(super) async fn listed(&mut self, uids: &[u32]) -> Result<Vec<u32>, ImapError> {
        let mut listed = Vec::new();
        for set in UidSet::cut(uids) {
            listed.extend(
                self.search(&[Argument::Atom("UID"), Argument::Atom(&set)])
                    .await?,
            );
        }
        listed.retain(|uid| uids.binary_search(uid).is_ok());
        Ok(listed)
    }

    /// UIDs in the open folder of mails with this Message-ID, given without angle brackets.
    ///
    /// # Errors
    /// As for every command.
    pub async fn uids_of_message_id(&mut self, message_id: &str) -> Result<Vec<u32>, ImapError> {
        self.search(&[
            Argument::Atom("HEADER"),
            Argument::Atom("Message-ID"),
            Argument::Text(message_id),
        ])
        .await
    }

    /// When the latest mail of the open folder was received, by the clock of the server (INTERNALDATE). None for an
    /// empty folder.
    ///
    /// # Errors
    /// As for every command.
    pub async fn latest_received_at(&mut self) -> Result<Option<Timestamp>, ImapError> {
        let until = Instant::now() + self.time;
        let arguments = [Argument::Atom("*"), Argument::Atom("(UID INTERNALDATE)")];
        let done = self.wire.run("UID FETCH", &arguments, until).await?;
        Ok(done
            .responses
            .into_iter()
            .find_map(|response| match response {
                Response::Fetch(fetch) => fetch.internal_date,
                _ => None,
            }))
    }

    /// UIDs in the open folder of mails that nobody has read.
    ///
    /// # Errors
    /// As for every command.
    pub async fn unseen(&mut self) -> Result<Vec<u32>, ImapError> {
        self.search(&[Argument::Atom("UNSEEN")]).await
    }

    /// UIDs in the open folder of mails with this keyword.
    ///
    /// # Errors
    /// As for every command.
    pub async fn with_keyword(&mut self, keyword: &str) -> Result<Vec<u32>, ImapError> {
        self.search(&[Argument::Atom("KEYWORD"), Argument::Atom(keyword)])
            .await
    }

    async fn search(&mut self, criteria: &[Argument<'_>]) -> Result<Vec<u32>, ImapError> {
        const COMMAND: &str = "UID SEARCH";
        let until = Instant::now() + self.time * SLOW;
        // Ranges instead of a million numbers.
        let extended = self.has("ESEARCH");
        let mut arguments = Vec::with_capacity(criteria.len() + 1);
        if extended {
            arguments.push(Argument::Atom("RETURN (ALL)"));
        }
        arguments.extend_from_slice(criteria);
        let tag = self.wire.send(COMMAND, &arguments, until).await?;
        let done = self.wire.finish(COMMAND, &tag, until).await?;
        let mut uids = Vec::new();
        for response in done.responses {
            match response {
                Response::Search(found) => uids.extend(found),
                Response::ExtendedSearch { all: Some(all), .. } => match uid_set::parse(&all) {
                    Some(found) => uids.extend(found),
                    None => {
                        return Err(self.wire.protocol(COMMAND, "the UIDs cannot be read"));
                    }
                },
                _ => {}
            }
        }
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// Puts a mail into a folder. Gives its place where the server tells (RFC 4315).
    ///
    /// # Errors
    /// As for every command. After anything but [`ImapError::Refused`] it is not known whether the mail
    /// is there: look for its Message-ID.
    pub async fn append(
        &mut self,
        folder: &str,
        flags: &[&str],
        internal_date: Option<Timestamp>,
        mail: &[u8],
    ) -> Result<Option<Appended>, ImapError> {
        // Slow lines are given their time: 20 kB a second.
        let until = Instant::now()
            + self.time
            + Duration::from_millis(u64::try_from(mail.len() / 20).unwrap_or(u64::MAX));
        let wire_name = folder_name::encode(folder);
        let flags = format!("({})", flags.join(" "));
        let date = internal_date.map(|time| {
            time.to_zoned(jiff::tz::TimeZone::UTC)
                .strftime("\"%d-%b-%Y %H:%M:%S %z\"")
                .to_string()
        });
        let mut arguments = vec![Argument::Text(&wire_name), Argument::Atom(&flags)];
        if let Some(date) = &date {
            arguments.push(Argument::Atom(date));
        }
        arguments.push(Argument::Bytes(mail));
        let done = self.wire.run("APPEND", &arguments, until).await?;
        Ok(done.status.code_arguments("APPENDUID").and_then(|code| {
            let (epoch, uid) = code.split_once(' ')?;
            Some(Appended {
                uid_validity: epoch.parse().ok()?,
                uid: uid.parse().ok()?,
            })
        }))
    }

    /// Makes a folder; that it is there already is no error.
    ///
    /// # Errors
    /// As for every command.
    pub async fn create(&mut self, folder: &str) -> Result<(), ImapError> {
        let until = Instant::now() + self.time;
        let wire_name = folder_name::encode(folder);
        match self
            .wire
            .run("CREATE", &[Argument::Text(&wire_name)], until)
            .await
        {
            Err(ImapError::Refused {
                code: Some(code), ..
            }) if code == "ALREADYEXISTS" => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Sets flags or keywords of mails in the open folder; others stay.
    ///
    /// # Errors
    /// As for every command.
    pub async fn add_flags(&mut self, uids: &[u32], flags: &str) -> Result<(), ImapError> {
        for set in UidSet::cut(uids) {
            let until = Instant::now() + self.time * SLOW;
            let flags = format!("({flags})");
            let arguments = [
                Argument::Atom(&set),
                Argument::Atom("+FLAGS.SILENT"),
                Argument::Atom(&flags),
            ];
            self.wire.run("UID STORE", &arguments, until).await?;
        }
        Ok(())
    }

    /// Moves mails of the open folder: MOVE (RFC 6851) where offered, else a copy and the removal of
    /// exactly these (UIDPLUS, RFC 4315). A server with neither is refused: EXPUNGE alone would remove
    /// what a person has marked.
    ///
    /// # Errors
    /// [`ImapError::Lacking`] for such a server; else as for every command.
    pub async fn move_to(&mut self, uids: &[u32], folder: &str) -> Result<(), ImapError> {
        let can_move = self.has("MOVE");
        if !can_move && !self.has("UIDPLUS") {
            return Err(ImapError::Lacking {
                server: "the server".to_owned(),
                what: "MOVE or UIDPLUS: set after_archive = \"keyword\" or \"leave\"".to_owned(),
            });
        }
        let wire_name = folder_name::encode(folder);
        for set in UidSet::cut(uids) {
            let until = Instant::now() + self.time * SLOW;
            let arguments = [Argument::Atom(&set), Argument::Text(&wire_name)];
            if can_move {
                self.wire.run("UID MOVE", &arguments, until).await?;
                continue;
            }
            self.wire.run("UID COPY", &arguments, until).await?;
            let arguments = [
                Argument::Atom(&set),
                Argument::Atom("+FLAGS.SILENT (\\Deleted)"),
            ];
            self.wire.run("UID STORE", &arguments, until).await?;
            self.wire
                .run("UID EXPUNGE", &[Argument::Atom(&set)], until)
                .await?;
        }
        Ok(())
    }

    /// Says goodbye. What the server answers does not matter.
    pub async fn logout(mut self) {
        let until = Instant::now() + Duration::from_secs(5);
        let _ = self.wire.run("LOGOUT", &[], until).await;
    }
}
