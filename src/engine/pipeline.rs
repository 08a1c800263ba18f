//! Intake to commit as a pipeline: while one batch is written, the next is analysed on all cores
//! and the one after it is read. Batches and mails keep their order, so that case numbers depend on
//! nothing but the order of the mails.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use rayon::prelude::*;
use tokio::sync::mpsc;

use super::Engine;
use super::analysis::{Analysis, Rejected, analyse};
use super::probe::Suspect;
use crate::intake::{Item, RawMail, ReadFailure};
use crate::limits::{BATCH_BYTES, BATCH_MAILS, MAIL_ATTEMPTS_MAX};
use crate::monitor::{Stage, measures};
use crate::store::{
    Arrival, Cursor, MailId, NewMail, Quarantine, StoreError, StoredMail, again_on_conflict,
};

/// Batches that wait between two stages: enough for none to wait for the next one's mails, and more would only fill memory.
const QUEUE: usize = 1;

/// What an intake did.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Mails read.
    pub read: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Mails that were known already.
    pub known: u64,
    /// Mails processed.
    pub processed: u64,
    /// Mails put into quarantine.
    pub quarantined: u64,
    /// Cases opened.
    pub opened: u64,
    /// Follow-ups merged.
    pub follow_ups: u64,
    /// Automatic mails.
    pub automatic: u64,
    /// Copies of mails that their cases had already.
    pub copies: u64,
    /// Mails written to the outbox, by state.
    pub outgoing: std::collections::BTreeMap<&'static str, u64>,
    /// Mails that could not even be read, with the reason; they stay where they are.
    pub failures: Vec<String>,
    /// A stop was asked for before the source was read to its end: what came last may be in no archive.
    pub ended_early: bool,
}

impl Summary {
    /// True when every mail was read and none was put aside.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.failures.is_empty() && self.quarantined == 0
    }

    /// Adds another one.
    pub fn add(&mut self, other: Self) {
        self.read += other.read;
        self.bytes += other.bytes;
        self.known += other.known;
        self.processed += other.processed;
        self.quarantined += other.quarantined;
        self.opened += other.opened;
        self.follow_ups += other.follow_ups;
        self.automatic += other.automatic;
        self.copies += other.copies;
        for (state, count) in other.outgoing {
            *self.outgoing.entry(state).or_default() += count;
        }
        self.failures.extend(other.failures);
        self.ended_early |= other.ended_early;
    }
}

/// Told how far an intake has come.
pub trait Progress: Send + Sync {
    /// So many more mails and bytes have been processed.
    fn advance(&self, mails: u64, bytes: u64);
}

impl Progress for () {
    fn advance(&self, _mails: u64, _bytes: u64) {}
}

/// A mail in the archive with its bytes unpacked.
pub(super) struct Archived {
    pub(super) mail: MailId,
    pub(super) received_at: Timestamp,
    pub(super) arrival: Arrival,
    pub(super) bytes: Vec<u8>,
}

/// A mail with what it yields.
pub(super) struct Analysed {
    pub(super) mail: MailId,
    pub(super) received_at: Timestamp,
    /// It lay in its mailbox before that was first read.
    pub(super) backlog: bool,
    pub(super) result: Result<Box<Analysis>, Rejected>,
}

impl Engine {
    /// Takes in all mails of a source.
    ///
    /// # Errors
    /// When the store fails; what was archived until then is processed at the next start.
    pub async fn ingest(
        &self,
        source: impl Iterator<Item = Item> + Send + 'static,
        name: &str,
        progress: Arc<dyn Progress>,
    ) -> Result<Summary, StoreError> {
        let (read_sender, mut read) = mpsc::channel::<Vec<RawMail>>(QUEUE);
        let (archived_sender, archived) = mpsc::channel::<Vec<Archived>>(QUEUE);
        let stop = self.stop.clone();
        let reader = tokio::task::spawn_blocking(move || {
            let mut failures: Vec<ReadFailure> = Vec::new();
            let mut batch = Vec::new();
            let mut bytes = 0;
            let mut ended_early = false;
            for item in source {
                if stop.asked() {
                    ended_early = true;
                    break;
                }
                match item {
                    Ok(mail) => {
                        bytes += mail.bytes.len();
                        batch.push(mail);
                    }
                    Err(failure) => failures.push(failure),
                }
                if batch.len() >= BATCH_MAILS || bytes >= BATCH_BYTES {
                    bytes = 0;
                    // Nobody receives any more when a later stage has failed.
                    if read_sender
                        .blocking_send(std::mem::take(&mut batch))
                        .is_err()
                    {
                        return (failures, true);
                    }
                }
            }
            if !batch.is_empty() {
                let _ = read_sender.blocking_send(batch);
            }
            (failures, ended_early)
        });
        let engine = self.clone();
        let source_name = name.to_owned();
        let archiver = tokio::spawn(async move {
            let mut summary = Summary::default();
            while let Some(batch) = read.recv().await {
                summary.read += batch.len() as u64;
                summary.bytes += batch
                    .iter()
                    .map(|mail| mail.bytes.len() as u64)
                    .sum::<u64>();
                let fresh = engine.archive(batch, &source_name, &mut summary).await?;
                if archived_sender.send(fresh).await.is_err() {
                    break;
                }
            }
            Ok::<Summary, StoreError>(summary)
        });
        let processed = self.process(archived, progress).await;
        let archived = archiver.await.map_err(joined)?;
        let (failures, ended_early) = reader.await.map_err(joined)?;
        let mut summary = processed?;
        summary.add(archived?);
        summary.ended_early = ended_early;
        summary
            .failures
            .extend(failures.iter().map(ToString::to_string));
        Ok(summary)
    }

    /// Archives mails and leaves them to [`Engine::recover`], here or in the process at work.
    ///
    /// # Errors
    /// When the store fails; then nothing was archived.
    pub async fn keep(&self, mails: Vec<RawMail>, source: &str) -> Result<Summary, StoreError> {
        let mut summary = Summary {
            read: mails.len() as u64,
            bytes: mails.iter().map(|mail| mail.bytes.len() as u64).sum(),
            ..Summary::default()
        };
        self.archive(mails, source, &mut summary).await?;
        Ok(summary)
    }

    /// Archives one batch; what is new comes back to be processed.
    async fn archive(
        &self,
        batch: Vec<RawMail>,
        source: &str,
        summary: &mut Summary,
    ) -> Result<Vec<Archived>, StoreError> {
        let source = source.to_owned();
        let now = self.clock;
        let (mails, batch) = tokio::task::spawn_blocking(move || {
            let mails = batch
                .par_iter()
                .map(|mail| {
                    Ok(NewMail {
                        hash: crate::store::hash(&mail.bytes),
                        raw_compressed: crate::store::compress(&mail.bytes)?,
                        size: mail.bytes.len() as u64,
                        source: source.clone(),
                        origin: mail.origin.clone(),
                        received_at: mail.received_at.unwrap_or_else(|| now.now(None)),
                        arrival: mail.arrival.clone(),
                    })
                })
                .collect::<Result<Vec<_>, StoreError>>();
            (mails, batch)
        })
        .await
        .map_err(joined)?;
        let mails = mails?;
        let cursors: Vec<Cursor> = batch
            .iter()
            .rev()
            .find_map(|mail| mail.cursor.clone())
            .map(|position| Cursor {
                source: mails[0].source.clone(),
                position,
            })
            .into_iter()
            .collect();
        let began = Instant::now();
        let answers = self.store.archive(&mails, &cursors).await?;
        measures().stage(Stage::Archive, began.elapsed());
        let mut fresh = Vec::with_capacity(batch.len());
        for ((mail, new), answer) in batch.into_iter().zip(&mails).zip(answers) {
            if answer.fresh {
                fresh.push(Archived {
                    mail: answer.mail,
                    received_at: new.received_at,
                    arrival: Arrival {
                        backlog: answer.backlog,
                        ..mail.arrival
                    },
                    bytes: mail.bytes,
                });
            } else {
                summary.known += 1;
            }
        }
        Ok(fresh)
    }

    /// Analyses and commits archived mails in their order.
    async fn process(
        &self,
        mut archived: mpsc::Receiver<Vec<Archived>>,
        progress: Arc<dyn Progress>,
    ) -> Result<Summary, StoreError> {
        let (analysed_sender, mut analysed) = mpsc::channel::<(Vec<Analysed>, u64)>(QUEUE);
        let engine = self.clone();
        let stop = self.stop.clone();
        let analyser = tokio::spawn(async move {
            // Asked to end: what is archived beyond the batch in hand is for the next start.
            let mut ended = false;
            while let Some(batch) = archived.recv().await {
                if ended {
                    continue;
                }
                let bytes = batch.iter().map(|mail| mail.bytes.len() as u64).sum();
                let engine = engine.clone();
                let analysed = tokio::task::spawn_blocking(move || engine.analyse_all(batch))
                    .await
                    .map_err(joined)?;
                if analysed_sender.send((analysed, bytes)).await.is_err() {
                    break;
                }
                ended = stop.asked();
            }
            Ok::<(), StoreError>(())
        });
        let mut summary = Summary::default();
        while let Some((batch, bytes)) = analysed.recv().await {
            let mails = batch.len() as u64;
            summary.add(self.judge_and_commit(batch).await?);
            progress.advance(mails, bytes);
        }
        drop(analysed);
        analyser.await.map_err(joined)??;
        Ok(summary)
    }

    pub(super) fn analyse_all(&self, batch: Vec<Archived>) -> Vec<Analysed> {
        let began = Instant::now();
        let analysed = batch
            .into_par_iter()
            .map(|archived| Analysed {
                mail: archived.mail,
                received_at: archived.received_at,
                backlog: archived.arrival.backlog,
                result: match archived.arrival.refused {
                    Some(refused) => Err(Rejected::by_the_door(
                        refused,
                        &archived.bytes,
                        &self.parse_options,
                    )),
                    None => analyse(
                        &archived.bytes,
                        archived.received_at,
                        &self.desks,
                        &self.parse_options,
                        &self.key,
                    )
                    .map(Box::new),
                },
            })
            .collect();
        measures().stage(Stage::Analyse, began.elapsed());
        analysed
    }

    /// Processes what an earlier run archived and did not finish, and what other processes archived for
    /// this one to process. Nothing may be in its own hands at that time. A mail that has ended the process
    /// several times is put into quarantine before it can do so again.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recover(&self, progress: Arc<dyn Progress>) -> Result<Summary, StoreError> {
        let mut summary = Summary::default();
        let mut after = None;
        loop {
            let pending = self.store.pending(after, BATCH_MAILS).await?;
            let Some(last) = pending.last() else {
                return Ok(summary);
            };
            after = Some(last.mail);
            let guilty = self.guilty(&pending).await?;
            let mut rest = &pending[..];
            while !rest.is_empty() && !self.stop.asked() {
                // A mail that was begun before may have been the one that ended the process: alone.
                let suspicious = rest.iter().take_while(|mail| mail.attempts > 0).count();
                let (now, later) = if suspicious > 0 {
                    rest.split_at(1)
                } else {
                    let count = rest.iter().take_while(|mail| mail.attempts == 0).count();
                    rest.split_at(count)
                };
                rest = later;
                summary.add(self.process_again(now, &guilty).await?);
                progress.advance(
                    now.len() as u64,
                    now.iter()
                        .map(|mail| mail.raw_compressed.len() as u64)
                        .sum(),
                );
            }
            if self.stop.asked() {
                return Ok(summary);
            }
        }
    }

    /// Of mails that were in hand when a process ended, those that end one: tried elsewhere, so that nobody else has to pay
    /// for them and none is blamed for the end of a process that came from outside.
    async fn guilty(&self, pending: &[StoredMail]) -> Result<BTreeMap<MailId, String>, StoreError> {
        let mut suspects = Vec::new();
        for mail in pending.iter().filter(|mail| mail.attempts > 0) {
            suspects.push(Suspect {
                mail: mail.mail,
                received_at: mail.received_at,
                bytes: crate::store::decompress(&mail.raw_compressed)?,
            });
        }
        match &self.probe {
            Some(probe) if !suspects.is_empty() => {
                let probe = Arc::clone(probe);
                tokio::task::spawn_blocking(move || probe.guilty(&suspects))
                    .await
                    .map_err(joined)
            }
            _ => Ok(BTreeMap::new()),
        }
    }

    async fn process_again(
        &self,
        mails: &[StoredMail],
        guilty: &BTreeMap<MailId, String>,
    ) -> Result<Summary, StoreError> {
        let ids: Vec<MailId> = mails.iter().map(|mail| mail.mail).collect();
        let attempts = self.store.count_attempts(&ids).await?;
        let mut analysed = Vec::with_capacity(mails.len());
        let mut whole = Vec::new();
        for (mail, attempts) in mails.iter().zip(attempts) {
            if attempts == 0 {
                continue;
            }
            let aside = match guilty.get(&mail.mail) {
                Some(ending) => Some(("crash", ending.clone())),
                None if attempts > MAIL_ATTEMPTS_MAX => Some((
                    "attempts",
                    format!(
                        "processing was begun {MAIL_ATTEMPTS_MAX} times and the process ended each time"
                    ),
                )),
                None => None,
            };
            if let Some((code, detail)) = aside {
                analysed.push(Analysed {
                    mail: mail.mail,
                    received_at: mail.received_at,
                    backlog: mail.arrival.backlog,
                    result: Err(Rejected {
                        code: code.to_owned(),
                        detail,
                        from: None,
                        subject: None,
                        thread: crate::mail::thread(&crate::store::decompress(
                            &mail.raw_compressed,
                        )?),
                    }),
                });
            } else {
                whole.push(Archived {
                    mail: mail.mail,
                    received_at: mail.received_at,
                    arrival: mail.arrival.clone(),
                    bytes: crate::store::decompress(&mail.raw_compressed)?,
                });
            }
        }
        let engine = self.clone();
        let more = tokio::task::spawn_blocking(move || engine.analyse_all(whole))
            .await
            .map_err(joined)?;
        analysed.extend(more);
        analysed.sort_by_key(|mail| mail.mail);
        self.judge_and_commit(analysed).await
    }

    /// Decides on a batch and commits it; when facts changed meanwhile, decides again on fresh ones.
    async fn judge_and_commit(&self, batch: Vec<Analysed>) -> Result<Summary, StoreError> {
        let _alone = self.judging.lock().await;
        let began = Instant::now();
        let (commit, written, mut summary) = again_on_conflict(|| async {
            let (commit, summary) = self.judge(&batch).await?;
            let written = self.store.commit(&commit).await?;
            Ok((commit, written, summary))
        })
        .await?;
        measures().stage(Stage::Judge, began.elapsed());
        measures().committed(&commit);
        for mail in &batch {
            measures().lag(mail.received_at, commit.at);
        }
        // What a follow-up answers is not asked for any more.
        let changed: Vec<_> = commit
            .cases
            .iter()
            .filter(|case| case.revision > 0 || case.mails.len() > 1)
            .map(|case| case.state.number.clone())
            .collect();
        crate::deliver::withdraw_answered(&*self.store, &changed, commit.at).await?;
        summary.processed = written.processed as u64;
        summary.quarantined = written.quarantined as u64;
        Ok(summary)
    }
}

impl Rejected {
    /// As the store keeps it.
    pub(super) fn quarantine(&self, mail: MailId) -> Quarantine {
        Quarantine {
            mail,
            code: self.code.clone(),
            detail: self.detail.clone(),
            from: self.from.clone(),
            subject: self.subject.clone(),
            thread: self.thread.clone(),
        }
    }
}

/// A task ended without a result: it panicked, which is a fault of the program.
pub(super) fn joined(error: tokio::task::JoinError) -> StoreError {
    StoreError::Backend {
        source: Box::new(error),
    }
}
