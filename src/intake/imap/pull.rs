//! Fetching the mails of a folder: sizes first, then bodies in groups, with several commands on their way
//! at once; large mails in pieces; what the server will not hand over is noted and asked for again.
//!
//! Mails come out in the order of their UIDs, each with the position behind it, so that whatever part of
//! them is archived, the position written with it is true.

use std::collections::VecDeque;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::error::ImapError;
use super::flight::{Announced, COMMAND, Flight, PIECE_BYTES, SIZES, fetch_one, flight, sizes};
use super::position::Position;
use super::session::Session;
use super::wire::{Response, SMALL_LITERAL};
use crate::intake::{Item, RawMail};
use crate::store::{Arrival, Refused};

/// Most mails of one FETCH.
const GROUP_MAILS: usize = 500;
/// Most bytes of one FETCH, by the sizes that the server told.
const GROUP_BYTES: u64 = 8 * 1024 * 1024;
/// FETCH commands for bodies on their way at once: while one is read the server works on the next.
const GROUPS_AHEAD: usize = 2;
/// Attempts to get a mail before it goes to quarantine.
const ATTEMPTS_MAX: u32 = 8;
/// Why a mail is in quarantine that the server did not hand over.
const UNREADABLE: &str = "unreadable";
/// Most mails that may be missing: with more, the server is not well and nothing is passed over.
const MISSING_MAX: usize = 100;
/// Without anything useful for so many times the usual limit the connection is given up, whatever else
/// the server says: some keep a connection alive with remarks.
const PATIENCE: u32 = 10;

/// What is fetched and how.
pub struct Pull<'a> {
    /// Name of the source, for the origin of each mail.
    pub source: &'a str,
    /// Largest mail that is taken whole.
    pub max_bytes: u64,
    /// How far the folder was read.
    pub position: Position,
    /// True when nothing is owed to the server after the archive.
    pub leave: bool,
    /// One by one and in pieces: after a connection ended here without progress.
    pub cautious: bool,
    /// Where mails go: groups in the order of their UIDs.
    pub sink: mpsc::Sender<Vec<Item>>,
}

/// A pull that ended early.
#[derive(Debug)]
pub struct PullError {
    /// Why.
    pub error: ImapError,
    /// The mail in hand, where there was one alone.
    pub uid: Option<u32>,
}

impl From<ImapError> for PullError {
    fn from(error: ImapError) -> Self {
        Self { error, uid: None }
    }
}

/// What one mail turned out to be.
enum One {
    Mail(Vec<u8>, Option<Timestamp>),
    Gone,
    Oversize(u64),
    NotHandedOver(String),
}

impl Pull<'_> {
    /// Fetches these mails, sorted, and then those that were missing before. Gives the position behind
    /// the last one.
    ///
    /// # Errors
    /// When the connection fails. What went into the sink until then is whole.
    pub async fn run(
        mut self,
        session: &mut Session,
        uids: Vec<u32>,
        now: Timestamp,
    ) -> Result<Position, PullError> {
        session
            .wire
            .allow_literals(self.max_bytes.saturating_add(1024 * 1024));
        let result = self.all(session, uids, now).await;
        session.wire.allow_literals(SMALL_LITERAL);
        result?;
        Ok(self.position)
    }

    async fn all(
        &mut self,
        session: &mut Session,
        uids: Vec<u32>,
        now: Timestamp,
    ) -> Result<(), PullError> {
        let mut unsized_uids = VecDeque::from(uids);
        let mut announced: VecDeque<Announced> = VecDeque::new();
        let mut flights: VecDeque<Flight> = VecDeque::new();
        let mut useful = Instant::now();
        loop {
            self.send(session, &mut unsized_uids, &mut announced, &mut flights)
                .await?;
            if flights.is_empty() {
                let mail = if let Some(mail) = announced.pop_front() {
                    mail
                } else if let Some(uid) = unsized_uids.pop_front() {
                    self.announced_alone(session, uid).await?
                } else {
                    break;
                };
                self.alone(session, mail, now).await?;
                useful = Instant::now();
                continue;
            }
            self.receive(session, &mut flights, &mut useful).await?;
            while flights.front().is_some_and(|flight| flight.done.is_some()) {
                if flights.iter().any(Flight::lacks) {
                    // What failed is asked for alone, which needs the connection to itself.
                    while flights.iter().any(|flight| flight.done.is_none()) {
                        self.receive(session, &mut flights, &mut useful).await?;
                    }
                }
                let Some(flight) = flights.pop_front() else {
                    break;
                };
                if flight.bodies {
                    self.deliver(session, flight, now).await?;
                } else {
                    let listed = self.still_listed(session, &flight).await?;
                    announced.extend(sizes(flight, &listed)?);
                }
                // The archive may have taken its time.
                useful = Instant::now();
            }
        }
        self.missing(session, now).await
    }

    /// Sends commands until enough are on their way.
    async fn send(
        &self,
        session: &mut Session,
        unsized_uids: &mut VecDeque<u32>,
        announced: &mut VecDeque<Announced>,
        flights: &mut VecDeque<Flight>,
    ) -> Result<(), ImapError> {
        // A failure is dealt with before more is sent.
        if flights.iter().any(|flight| flight.done.is_some()) {
            return Ok(());
        }
        let until = Instant::now() + session.time * 2;
        let asks_sizes = flights.iter().any(|flight| !flight.bodies);
        // Some servers end the connection already at the size of a mail that they cannot open.
        let more = !asks_sizes && !self.cautious && announced.len() < GROUP_MAILS;
        if more && !unsized_uids.is_empty() {
            let count = unsized_uids.len().min(GROUP_MAILS);
            let mails = unsized_uids
                .drain(..count)
                .map(Announced::unknown)
                .collect();
            flights.push_back(flight(session, mails, false, SIZES, until).await?);
        }
        while flights.iter().filter(|flight| flight.bodies).count() < GROUPS_AHEAD {
            let mut mails = Vec::new();
            let mut bytes = 0;
            while let Some(next) = announced.front() {
                let Some(size) = next
                    .size
                    .filter(|size| !self.cautious && *size <= PIECE_BYTES)
                else {
                    break;
                };
                let full = mails.len() >= GROUP_MAILS || bytes + size > GROUP_BYTES;
                if full && !mails.is_empty() {
                    break;
                }
                bytes += size;
                mails.extend(announced.pop_front());
            }
            if mails.is_empty() {
                break;
            }
            let what = "(UID BODY.PEEK[])";
            flights.push_back(flight(session, mails, true, what, until).await?);
        }
        Ok(())
    }

    /// Takes one response and gives it to the command that it belongs to.
    async fn receive(
        &self,
        session: &mut Session,
        flights: &mut VecDeque<Flight>,
        useful: &mut Instant,
    ) -> Result<(), ImapError> {
        let until = (Instant::now() + session.time * 2).min(*useful + session.time * PATIENCE);
        match session.wire.next(COMMAND, until).await? {
            Response::Fetch(fetch) => {
                let Some(uid) = fetch.uid else {
                    return Ok(());
                };
                let bodies = fetch.body.is_some();
                let mine = flights.iter_mut().find(|flight| {
                    flight.done.is_none()
                        && flight.bodies == bodies
                        && (bodies || fetch.size.is_some())
                        && flight
                            .mails
                            .binary_search_by_key(&uid, |mail| mail.uid)
                            .is_ok()
                });
                if let Some(flight) = mine
                    && flight.got.insert(uid, fetch).is_none()
                {
                    *useful = Instant::now();
                }
                Ok(())
            }
            Response::Tagged { tag, status } => {
                let mine = flights
                    .iter_mut()
                    .find(|flight| flight.tag == tag && flight.done.is_none());
                match mine {
                    Some(flight) => {
                        flight.done = Some(status);
                        *useful = Instant::now();
                        Ok(())
                    }
                    None => Err(session.wire.protocol(COMMAND, "the answer has another tag")),
                }
            }
            _ => Ok(()),
        }
    }

    /// The mails of an accepted command that did not come and that the folder has all the same. An answer may
    /// be missing because the mail was removed meanwhile, or because the server cannot read it: only a new
    /// SEARCH tells.
    async fn still_listed(
        &self,
        session: &mut Session,
        flight: &Flight,
    ) -> Result<Vec<u32>, ImapError> {
        let absent = flight.absent();
        if absent.is_empty() {
            return Ok(absent);
        }
        session.listed(&absent).await
    }

    /// What is to be known of a mail before it is fetched, with the connection to itself.
    async fn announced_alone(
        &self,
        session: &mut Session,
        uid: u32,
    ) -> Result<Announced, PullError> {
        match Announced::ask(session, uid).await {
            Ok(mail) => Ok(mail),
            // It is asked for as it comes.
            Err(error) if error.connection_lives() => Ok(Announced::unknown(uid)),
            Err(error) => Err(PullError {
                error,
                uid: Some(uid),
            }),
        }
    }

    /// Hands on the mails of a group. Those that it did not bring are asked for alone, unless they have gone
    /// from the folder.
    async fn deliver(
        &mut self,
        session: &mut Session,
        mut flight: Flight,
        now: Timestamp,
    ) -> Result<(), PullError> {
        let accepted = flight.is_accepted();
        let listed = self.still_listed(session, &flight).await?;
        let mut group = Vec::with_capacity(flight.mails.len());
        for mail in flight.mails {
            let bytes = flight
                .got
                .remove(&mail.uid)
                .and_then(|fetch| fetch.body)
                .and_then(|body| body.bytes);
            match bytes {
                Some(bytes) => {
                    self.advance(mail.uid);
                    group.push(Ok(self.raw_mail(mail.uid, bytes, mail.date, None)));
                }
                None if accepted && listed.binary_search(&mail.uid).is_err() => {
                    self.advance(mail.uid);
                }
                None => {
                    self.hand_over(std::mem::take(&mut group)).await?;
                    self.alone(session, mail, now).await?;
                }
            }
        }
        self.hand_over(group).await?;
        Ok(())
    }

    /// Takes one mail with the connection to itself.
    async fn alone(
        &mut self,
        session: &mut Session,
        mail: Announced,
        now: Timestamp,
    ) -> Result<(), PullError> {
        let one = self.one(session, mail).await.map_err(|error| PullError {
            error,
            uid: Some(mail.uid),
        })?;
        match one {
            One::Mail(bytes, date) => {
                self.advance(mail.uid);
                let raw = self.raw_mail(mail.uid, bytes, date, None);
                self.hand_over(vec![Ok(raw)]).await?;
            }
            One::Gone => self.advance(mail.uid),
            One::Oversize(size) => {
                let detail = format!(
                    "{size} bytes are more than max_bytes = {} of the account: only the header was kept. Save the \
                     mail from the mailbox as a file and use `precedent ingest FILE`, or leave it",
                    self.max_bytes
                );
                self.refuse(session, mail, "oversize", detail, now).await?;
            }
            One::NotHandedOver(reason) => {
                if self.position.missing.len() >= MISSING_MAX {
                    return Err(session
                        .wire
                        .protocol(COMMAND, "the server hands over too few mails")
                        .into());
                }
                tracing::warn!(source = self.source, uid = mail.uid, %reason, "the server does not hand over a mail: asked again later");
                self.position.note_missing(mail.uid, &reason, now);
                self.advance(mail.uid);
            }
        }
        Ok(())
    }

    /// Fetches one mail, in pieces where it is large.
    async fn one(&self, session: &mut Session, mail: Announced) -> Result<One, ImapError> {
        if let Some(size) = mail.size.filter(|size| *size > self.max_bytes) {
            return Ok(One::Oversize(size));
        }
        let piece = PIECE_BYTES;
        let mut bytes: Vec<u8> = Vec::new();
        let mut date = mail.date;
        loop {
            let what = format!("(UID INTERNALDATE BODY.PEEK[]<{}.{piece}>)", bytes.len());
            let fetched = match fetch_one(session, mail.uid, &what).await {
                Ok(fetched) => fetched,
                Err(error) if error.connection_lives() => {
                    return Ok(One::NotHandedOver(error.to_string()));
                }
                Err(error) => return Err(error),
            };
            let Some((more, fetched_date)) = fetched else {
                if !bytes.is_empty() && mail.size == Some(bytes.len() as u64) {
                    // NIL behind the last byte.
                    return Ok(One::Mail(bytes, date));
                }
                if session.listed(&[mail.uid]).await?.is_empty() {
                    return Ok(One::Gone);
                }
                return Ok(One::NotHandedOver(
                    "the server lists it and does not send it".to_owned(),
                ));
            };
            date = date.or(fetched_date);
            // A server that does not know pieces sends the whole mail.
            let last = (more.len() as u64) != piece;
            bytes.extend(more);
            if bytes.len() as u64 > self.max_bytes {
                return Ok(One::Oversize(
                    mail.size.unwrap_or(0).max(bytes.len() as u64),
                ));
            }
            if last {
                return Ok(One::Mail(bytes, date));
            }
        }
    }

    /// Keeps the header of a mail, with the reason why not more.
    async fn refuse(
        &mut self,
        session: &mut Session,
        mail: Announced,
        code: &str,
        detail: String,
        now: Timestamp,
    ) -> Result<(), PullError> {
        let asked = fetch_one(session, mail.uid, "(UID INTERNALDATE BODY.PEEK[HEADER])").await;
        let mut ended = None;
        let header = match asked {
            Ok(Some((header, _))) => header,
            Ok(None) if session.listed(&[mail.uid]).await?.is_empty() => {
                self.advance(mail.uid);
                self.position.missing.remove(&mail.uid);
                return Ok(());
            }
            // Not even that: something must be kept that a person can look up.
            Ok(None) => self.placeholder(mail.uid),
            Err(error) if error.connection_lives() => self.placeholder(mail.uid),
            // Asked for often enough: it does not keep the others back once more.
            Err(error) if code == UNREADABLE => {
                ended = Some(error);
                self.placeholder(mail.uid)
            }
            Err(error) => {
                return Err(PullError {
                    error,
                    uid: Some(mail.uid),
                });
            }
        };
        tracing::warn!(source = self.source, uid = mail.uid, code, %now, "a mail goes to quarantine");
        self.advance(mail.uid);
        self.position.missing.remove(&mail.uid);
        self.position.refused.insert(mail.uid);
        let refusal = Refused {
            code: code.to_owned(),
            detail,
        };
        let raw = self.raw_mail(mail.uid, header, mail.date, Some(refusal));
        self.hand_over(vec![Ok(raw)]).await?;
        ended.map_or(Ok(()), |error| Err(error.into()))
    }

    /// What is kept of a mail of which the server says nothing.
    fn placeholder(&self, uid: u32) -> Vec<u8> {
        format!(
            "Subject: (a mail that the server does not hand over)\r\nComments: {}, epoch {}, UID {uid}\r\n\r\n",
            self.source, self.position.uid_validity
        )
        .into_bytes()
    }

    /// Asks again for what the server would not hand over before.
    async fn missing(&mut self, session: &mut Session, now: Timestamp) -> Result<(), PullError> {
        let due: Vec<(u32, u32, String)> = self
            .position
            .missing
            .iter()
            .filter(|(_, missing)| missing.again_at <= now.as_second())
            .map(|(uid, missing)| (*uid, missing.attempts, missing.reason.clone()))
            .collect();
        for (uid, attempts, reason) in due {
            if attempts >= ATTEMPTS_MAX {
                let detail = format!(
                    "the server did not hand it over in {attempts} attempts: {reason}. Look at UID {uid} in the mailbox"
                );
                self.refuse(session, Announced::unknown(uid), UNREADABLE, detail, now)
                    .await?;
                continue;
            }
            let mail = self.announced_alone(session, uid).await?;
            let one = self.one(session, mail).await.map_err(|error| PullError {
                error,
                uid: Some(uid),
            })?;
            match one {
                One::Mail(bytes, date) => {
                    self.position.missing.remove(&uid);
                    let raw = self.raw_mail(uid, bytes, date, None);
                    self.hand_over(vec![Ok(raw)]).await?;
                }
                One::Gone => {
                    self.position.missing.remove(&uid);
                }
                One::Oversize(size) => {
                    let detail = format!("at least {size} bytes: only the header was kept");
                    self.refuse(session, mail, "oversize", detail, now).await?;
                }
                One::NotHandedOver(reason) => self.position.note_missing(uid, &reason, now),
            }
        }
        Ok(())
    }

    fn advance(&mut self, uid: u32) {
        self.position.uid = self.position.uid.max(uid);
        if self.leave {
            self.position.told = self.position.uid;
            self.position.refused.clear();
        }
    }

    fn raw_mail(
        &self,
        uid: u32,
        bytes: Vec<u8>,
        date: Option<Timestamp>,
        refused: Option<Refused>,
    ) -> RawMail {
        RawMail {
            bytes,
            origin: format!(
                "{};uidvalidity={};uid={uid}",
                self.source, self.position.uid_validity
            ),
            received_at: date,
            cursor: Some(self.position.write()),
            arrival: Arrival {
                backlog: uid < self.position.backlog_below,
                refused,
            },
        }
    }

    async fn hand_over(&self, group: Vec<Item>) -> Result<(), PullError> {
        // Nobody receives any more when the archive has failed: it says so itself.
        if !group.is_empty() && self.sink.send(group).await.is_err() {
            return Err(ImapError::NotTaken.into());
        }
        Ok(())
    }
}
