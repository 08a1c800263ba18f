//! What the program lives in: a mailbox, a server that takes mail, a clock, a disk.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use precedent::store::{
    CaseFilter, CaseOrder, OutboxFilter, OutboxRecord, OutboxState, Stats, Store,
};

use crate::house::House;
use crate::letter::{Letter, vague};
use crate::scripted::Scripted;
use crate::server::{Act, At, Server};

/// What the server that takes mail does wrong, and at which of its mails.
#[derive(Clone, Copy, Debug)]
pub struct Refusal {
    pub at: At,
    pub act: Wrong,
    /// From this mail on, so many.
    pub mails: (usize, usize),
}

/// How it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    HangUp,
    TakeAndHangUp,
    Later,
}

/// Both servers.
pub struct World {
    pub imap: Scripted,
    pub smtp: Server,
    /// True while nobody can be reached.
    cut: Arc<AtomicBool>,
    /// Mails that the server was offered so far.
    begun: Arc<AtomicUsize>,
    refusal: Arc<Mutex<Option<Refusal>>>,
}

impl World {
    /// An empty mailbox, and a server that takes everything.
    pub fn new() -> Self {
        let imap = Scripted::start(Vec::new());
        imap.mailbox().capabilities = "IMAP4rev1 UIDPLUS";
        let cut = Arc::new(AtomicBool::new(false));
        let refusal: Arc<Mutex<Option<Refusal>>> = Arc::default();
        let begun: Arc<AtomicUsize> = Arc::default();
        let smtp = {
            let (cut, begun) = (Arc::clone(&cut), Arc::clone(&begun));
            let refusal = Arc::clone(&refusal);
            Server::start(true, move |moment| {
                if moment.at == At::Mail {
                    begun.fetch_max(moment.mail + 1, Ordering::SeqCst);
                }
                if cut.load(Ordering::SeqCst) {
                    return Act::HangUp;
                }
                match *refusal.lock().unwrap() {
                    Some(refusal)
                        if refusal.at == moment.at
                            && (refusal.mails.0..refusal.mails.0 + refusal.mails.1)
                                .contains(&moment.mail) =>
                    {
                        match refusal.act {
                            Wrong::HangUp => Act::HangUp,
                            Wrong::TakeAndHangUp => Act::TakeAndHangUp,
                            Wrong::Later => Act::Say("451 4.3.0 not now".to_owned()),
                        }
                    }
                    _ => Act::Well,
                }
            })
        };
        Self {
            imap,
            smtp,
            cut,
            begun,
            refusal,
        }
    }

    /// A configuration that reads the one and sends through the other.
    pub fn configure(&self, house: &House) {
        house.configure(
            "send",
            &format!(
                "\n[[account]]\nname = \"box\"\n{}\n\n[gate]\nbudget_per_hour = 10000\nbudget_per_body = 10000\nbudget_per_domain = 10000\n\n[deliver.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\ntimeout_seconds = 2\nfinal_timeout_seconds = 2\n",
                self.imap.lines(),
                self.smtp.port
            ),
        );
    }

    /// Nobody can be reached, and every connection ends; or everybody can again.
    pub fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::SeqCst);
        self.imap.mailbox().down = cut;
    }

    /// Mails that the server was offered so far.
    pub fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    /// What the server that takes mail does wrong from now on.
    pub fn refuse(&self, refusal: Option<Refusal>) {
        *self.refusal.lock().unwrap() = refusal;
    }

    /// Mails arrive.
    pub fn arrive(&self, mails: &[Vec<u8>]) {
        let mut mailbox = self.imap.mailbox();
        let mut uid = mailbox.mails.last().map_or(8, |(uid, _)| *uid);
        for mail in mails {
            uid += 3;
            mailbox.mails.push((uid, mail.clone()));
        }
    }

    /// The mailbox gets a new UIDVALIDITY, and where `renumbered` other numbers in another order.
    pub fn new_epoch(&self, renumbered: bool) {
        let mut mailbox = self.imap.mailbox();
        mailbox.uid_validity += 1;
        if renumbered {
            let middle = mailbox.mails.len() / 2;
            mailbox.mails.rotate_left(middle);
            for (place, mail) in mailbox.mails.iter_mut().enumerate() {
                mail.0 = 5 + 2 * u32::try_from(place).unwrap();
            }
        }
    }
}

/// So many mails: people with different problems, the same bytes again, a robot, somebody who adds a word.
pub fn mails(count: usize) -> Vec<Vec<u8>> {
    let person = |place: usize| {
        vague(
            &format!("dev{place}@customer{place}.example"),
            &format!("Problem number {place}"),
        )
        .message_id(&format!("{place}@first.example"))
        .bytes()
    };
    (0..count)
        .map(|place| match place % 25 {
            11 => person(place - 3),
            17 => vague("robot@machine.example", &format!("Out of office {place}"))
                .header("Auto-Submitted", "auto-replied")
                .bytes(),
            23 => Letter::new(
                &format!("dev{first}@customer{first}.example", first = place - 5),
                &format!("Re: Problem number {}", place - 5),
                &format!("I forgot to say that this is still so, number {place}.\n"),
            )
            .answering(&format!("{}@first.example", place - 5))
            .bytes(),
            _ => person(place),
        })
        .collect()
}

/// What an installation knows at the end.
#[derive(Debug)]
pub struct Known {
    pub stats: Stats,
    /// Subjects, sorted.
    pub cases: Vec<String>,
    pub outbox: Vec<OutboxRecord>,
}

/// True when so many different mails are processed and nothing more can leave at that time.
pub fn is_done(house: &House, mails: u64, ahead_seconds: i64) -> bool {
    let at = Timestamp::now() + SignedDuration::from_secs(ahead_seconds);
    house
        .look(async |store| {
            let stats = store.stats().await.ok()?;
            let sending = stats.outbox.get(OutboxState::Sending.as_str());
            let is_done = stats.processed + stats.quarantined >= mails
                && stats.pending == 0
                && sending.is_none_or(|count| *count == 0)
                && store.due(at, None, 1).await.ok()?.is_empty();
            // What was due at the first look may have been in hand at the second.
            Some(is_done && store.stats().await.ok()? == stats)
        })
        .unwrap_or(false)
}

/// Everything that the checks want to know.
pub fn known(house: &House) -> Known {
    house
        .look(async |store| {
            let filter = CaseFilter::all(CaseOrder::Oldest);
            let mut cases: Vec<String> = store
                .cases(&filter)
                .await
                .ok()?
                .into_iter()
                .map(|case| case.state.subject)
                .collect();
            cases.sort();
            Some(Known {
                stats: store.stats().await.ok()?,
                cases,
                outbox: store
                    .outbox(&OutboxFilter {
                        states: Vec::new(),
                        cases: Vec::new(),
                        after: None,
                        limit: 1_000_000,
                    })
                    .await
                    .ok()?,
            })
        })
        .expect("the store can be read")
}

/// A disk of its own under a folder; taken away with it.
pub struct Disk {
    path: PathBuf,
}

impl Disk {
    /// A disk of this size. None where this user may not make one.
    pub fn mount(path: PathBuf, kilobytes: u64) -> Option<Self> {
        std::fs::create_dir_all(&path).unwrap();
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "tmpfs"])
            .arg(&path)
            .stderr(Stdio::null())
            .status();
        done.is_ok_and(|status| status.success())
            .then_some(Self { path })
    }

    /// Gives it another size.
    pub fn resize(&self, kilobytes: u64) {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,size={kilobytes}k")])
            .arg(&self.path)
            .status()
            .unwrap();
        assert!(done.success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.path).status();
    }
}
