//! A Maildir watched for ever: told by the system (inotify), and looked at regularly all the same,
//! because notifications get lost on network file systems and when their queue overflows.

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use notify::{RecursiveMode, Watcher};

use super::{Item, maildir};

/// How long at most until a new mail is seen when no notification comes.
const POLL_INTERVAL: Duration = Duration::from_millis(700);

/// How long an empty file may be one that is being written.
const EMPTY_PATIENCE: Duration = Duration::from_secs(30);

/// Mails of a Maildir as they arrive.
pub struct MaildirWatch {
    folder: PathBuf,
    seen: HashSet<String>,
    /// Listed and not yet read, so that a large folder is listed once and not for each batch.
    queue: VecDeque<PathBuf>,
    changed: mpsc::Receiver<()>,
    /// Kept alive: dropping it ends the notifications. None when the system gives none.
    _watcher: Option<notify::RecommendedWatcher>,
}

impl MaildirWatch {
    /// Begins to watch. Mails that are there already come first.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        let (sender, changed) = mpsc::channel();
        let watcher = notify::recommended_watcher(move |_event| {
            // The receiver is gone only when the watch ends.
            let _ = sender.send(());
        })
        .and_then(|mut watcher| {
            for part in ["new", "cur"] {
                watcher.watch(&folder.join(part), RecursiveMode::NonRecursive)?;
            }
            Ok(watcher)
        })
        .inspect_err(|error| {
            tracing::info!(folder = %folder.display(), %error, "no notifications: the folder is polled");
        })
        .ok();
        Self {
            folder: folder.to_owned(),
            seen: HashSet::new(),
            queue: VecDeque::new(),
            changed,
            _watcher: watcher,
        }
    }

    /// Mails that have arrived since the last call, at most `limit`.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn arrived(&mut self, limit: usize) -> std::io::Result<Vec<Item>> {
        if self.queue.is_empty() {
            let listed = maildir::list(&self.folder)?;
            if self.seen.len() > 2 * listed.len() + 1_000 {
                // Deleted mails are forgotten, so that the set does not grow for ever.
                let present: HashSet<String> = listed
                    .iter()
                    .map(|path| maildir::unique_name(path))
                    .collect();
                self.seen.retain(|name| present.contains(name));
            }
            for path in listed {
                // Some programs write into `new` directly: an empty file is looked at again, as long
                // as it is young. The full one comes with its next listing.
                if is_begun(&path) {
                    continue;
                }
                if self.seen.insert(maildir::unique_name(&path)) {
                    self.queue.push_back(path);
                }
            }
        }
        let count = limit.min(self.queue.len());
        let items = self
            .queue
            .drain(..count)
            .filter_map(|path| maildir::read(&path))
            .collect();
        Ok(items)
    }

    /// Waits for a notification, at most for the polling interval.
    pub fn wait(&self) {
        if self.changed.recv_timeout(POLL_INTERVAL) == Err(mpsc::RecvTimeoutError::Disconnected) {
            // Without notifications the interval alone paces the polling.
            std::thread::park_timeout(POLL_INTERVAL);
        }
        while self.changed.try_recv().is_ok() {}
    }
}

/// True for a file that is empty and was touched a moment ago.
fn is_begun(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| {
        metadata.len() == 0
            && metadata
                .modified()
                .ok()
                .and_then(|time| time.elapsed().ok())
                .is_some_and(|age| age < EMPTY_PATIENCE)
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_empty_file_is_looked_at_again_while_it_is_young() {
        let folder = tempfile::tempdir().unwrap();
        for part in ["cur", "new", "tmp"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        let file = folder.path().join("new/1.a");
        std::fs::write(&file, "").unwrap();
        let mut watch = MaildirWatch::new(folder.path());
        assert!(watch.arrived(10).unwrap().is_empty());
        std::fs::write(&file, "Subject: x\n\ny").unwrap();
        assert_eq!(watch.arrived(10).unwrap().len(), 1);
    }

    use super::*;

    #[test]
    fn sees_what_is_there_then_what_arrives_and_each_once() {
        let folder = tempfile::tempdir().unwrap();
        for part in ["cur", "new", "tmp"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        std::fs::write(folder.path().join("cur/1.a:2,S"), "old").unwrap();
        let mut watch = MaildirWatch::new(folder.path());
        assert_eq!(watch.arrived(10).unwrap().len(), 1);
        assert!(watch.arrived(10).unwrap().is_empty());
        std::fs::write(folder.path().join("tmp/2.a"), "new").unwrap();
        std::fs::rename(folder.path().join("tmp/2.a"), folder.path().join("new/2.a")).unwrap();
        let deadline = std::time::Instant::now() + Duration::from_secs(10);
        let arrived = loop {
            let arrived = watch.arrived(10).unwrap();
            if !arrived.is_empty() || std::time::Instant::now() > deadline {
                break arrived;
            }
            watch.wait();
        };
        assert_eq!(arrived.len(), 1);
        std::fs::rename(
            folder.path().join("new/2.a"),
            folder.path().join("cur/2.a:2,S"),
        )
        .unwrap();
        assert!(watch.arrived(10).unwrap().is_empty());
    }
}
