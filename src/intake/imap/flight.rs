//! One FETCH: what it asks for, and what came.

use std::collections::HashMap;

use jiff::Timestamp;
use tokio::time::Instant;

use super::error::{ImapError, Status};
use super::session::Session;
use super::uid_set::UidSet;
use super::wire::{Argument, Fetch, Response, StatusLine, refused};

pub(super) const COMMAND: &str = "UID FETCH";
/// A larger mail is fetched in pieces of this size. Bytes.
pub(super) const PIECE_BYTES: u64 = 2 * 1024 * 1024;
/// What is asked of a mail before it is fetched.
pub(super) const SIZES: &str = "(UID RFC822.SIZE INTERNALDATE)";
/// Responses that may come beside the expected ones.
const SURPLUS_MAX: usize = 100_000;

/// A mail that will be fetched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Announced {
    pub(super) uid: u32,
    /// Bytes; None where the server does not say: it is then asked for in pieces.
    pub(super) size: Option<u64>,
    pub(super) date: Option<Timestamp>,
}

/// A command on its way.
pub(super) struct Flight {
    pub(super) tag: String,
    pub(super) mails: Vec<Announced>,
    /// False for one that asks for sizes.
    pub(super) bodies: bool,
    pub(super) got: HashMap<u32, Fetch>,
    pub(super) done: Option<StatusLine>,
}

impl Announced {
    /// One of which nothing is known but the number.
    pub(super) const fn unknown(uid: u32) -> Self {
        Self {
            uid,
            size: None,
            date: None,
        }
    }

    /// Asks for size and date of one mail.
    pub(super) async fn ask(session: &mut Session, uid: u32) -> Result<Self, ImapError> {
        let until = Instant::now() + session.time * 2;
        let number = uid.to_string();
        let arguments = [Argument::Atom(&number), Argument::Atom(SIZES)];
        let done = session.wire.run(COMMAND, &arguments, until).await?;
        let fetched = done
            .responses
            .into_iter()
            .find_map(|response| match response {
                Response::Fetch(fetch) if fetch.uid == Some(uid) => Some(fetch),
                _ => None,
            });
        Ok(Self {
            size: fetched.as_ref().and_then(|fetch| fetch.size),
            date: fetched.and_then(|fetch| fetch.internal_date),
            uid,
        })
    }
}

impl Flight {
    /// True when the server said OK.
    pub(super) fn is_accepted(&self) -> bool {
        let done = self.done.as_ref();
        done.is_some_and(|done| done.status == Status::Ok)
    }

    /// Mails of an accepted command that did not come, sorted.
    pub(super) fn absent(&self) -> Vec<u32> {
        if !self.is_accepted() {
            return Vec::new();
        }
        let came = |uid: u32| {
            self.got.get(&uid).is_some_and(|fetch| {
                !self.bodies || fetch.body.as_ref().is_some_and(|body| body.bytes.is_some())
            })
        };
        self.mails
            .iter()
            .map(|mail| mail.uid)
            .filter(|uid| !came(*uid))
            .collect()
    }

    /// True when it is done and did not bring everything.
    pub(super) fn lacks(&self) -> bool {
        self.done.is_some() && (!self.is_accepted() || !self.absent().is_empty())
    }
}

pub(super) async fn flight(
    session: &mut Session,
    mails: Vec<Announced>,
    bodies: bool,
    what: &str,
    until: Instant,
) -> Result<Flight, ImapError> {
    let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
    // One line: a group is small enough that a server takes it.
    let set = UidSet::cut(&uids).join(",");
    let tag = session
        .wire
        .send(
            COMMAND,
            &[Argument::Atom(&set), Argument::Atom(what)],
            until,
        )
        .await?;
    Ok(Flight {
        tag,
        mails,
        bodies,
        got: HashMap::new(),
        done: None,
    })
}

/// The mails of a command that asked for sizes: those that are still there. After a refusal all count
/// as there, of unknown size; each is then asked for as it comes. So do those of which nothing was said and
/// that are listed still.
pub(super) fn sizes(mut flight: Flight, listed: &[u32]) -> Result<Vec<Announced>, ImapError> {
    let accepted = match flight.done.take() {
        Some(done) if done.status == Status::Ok => true,
        Some(done) if done.status == Status::Bad => return Err(refused(COMMAND, done)),
        _ => false,
    };
    Ok(flight
        .mails
        .iter()
        .filter_map(|mail| match flight.got.get(&mail.uid) {
            Some(fetch) => Some(Announced {
                uid: mail.uid,
                size: fetch.size,
                date: fetch.internal_date,
            }),
            None if accepted && listed.binary_search(&mail.uid).is_err() => None,
            None => Some(Announced::unknown(mail.uid)),
        })
        .collect())
}

/// Fetches something of one mail. None when it has gone.
pub(super) async fn fetch_one(
    session: &mut Session,
    uid: u32,
    what: &str,
) -> Result<Option<(Vec<u8>, Option<Timestamp>)>, ImapError> {
    let until = Instant::now() + session.time * 2;
    let number = uid.to_string();
    let tag = session
        .wire
        .send(
            COMMAND,
            &[Argument::Atom(&number), Argument::Atom(what)],
            until,
        )
        .await?;
    let mut found = None;
    for _ in 0..SURPLUS_MAX {
        match session.wire.next(COMMAND, until).await? {
            Response::Fetch(fetch) if fetch.uid == Some(uid) && fetch.body.is_some() => {
                let date = fetch.internal_date;
                found = fetch
                    .body
                    .and_then(|body| body.bytes)
                    .map(|bytes| (bytes, date));
            }
            Response::Tagged {
                tag: answered,
                status,
            } => {
                if answered != tag {
                    return Err(session.wire.protocol(COMMAND, "the answer has another tag"));
                }
                return if status.status == Status::Ok {
                    Ok(found)
                } else {
                    Err(refused(COMMAND, status))
                };
            }
            _ => {}
        }
    }
    Err(session.wire.protocol(COMMAND, "the answer has no end"))
}
