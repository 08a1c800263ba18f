//! An installation in a folder of its own, and the program in it.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use precedent::store::sqlite::SqliteStore;
use precedent::store::{Arrival, NewMail, Stats, Store, compress, hash};
use serde_json::Value;
use tempfile::TempDir;

/// No command of these scenarios may take longer; the machine may be slow and busy.
const LONGEST: Duration = Duration::from_secs(120);

/// An installation: a folder with a configuration, where the program works.
pub struct House {
    folder: TempDir,
}

/// What a command left behind.
pub struct Ended {
    /// Exit status; none when a signal ended it.
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
    pub took: Duration,
}

impl Ended {
    /// The same, when it ended well.
    #[track_caller]
    pub fn well(self) -> Self {
        self.with(0)
    }

    /// The same, when it ended with this status and without a panic.
    #[track_caller]
    pub fn with(self, status: i32) -> Self {
        assert_eq!(
            self.status,
            Some(status),
            "\nstdout: {}\nstderr: {}",
            self.out,
            self.err
        );
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    /// The one message of a command that cannot do its work: short, and without a trace.
    #[track_caller]
    pub fn says(&self, words: &[&str]) {
        for word in words {
            assert!(
                self.err.contains(word),
                "{word:?} is missing in: {}",
                self.err
            );
        }
        assert!(
            !self.err.contains("panicked") && !self.err.contains("RUST_BACKTRACE"),
            "{}",
            self.err
        );
        let messages = self.err.lines().filter(|line| line.starts_with("error:"));
        assert!(messages.count() <= 1, "one message: {}", self.err);
    }

    /// Each line of standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| {
                serde_json::from_str(line)
                    .unwrap_or_else(|error| panic!("not JSON ({error}): {line}"))
            })
            .collect()
    }
}

impl House {
    /// An empty folder: no configuration.
    pub fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The three built-in desks in this mode; `mx.desk.example` is trusted.
    pub fn in_mode(mode: &str) -> Self {
        let house = Self::empty();
        house.configure(mode, "");
        house
    }

    /// Writes the configuration anew, with more text at its end.
    pub fn configure(&self, mode: &str, more: &str) {
        let mut text = "format = 1\ndata = \"data\"\n".to_owned();
        for (desk, address) in [
            ("amazon-sp-api", "sp-api-support@desk.example"),
            ("google-ordering", "ordering-escalations@desk.example"),
            ("generic", "help@desk.example"),
        ] {
            text.push_str(&format!(
                "\n[[desk]]\nname = \"{desk}\"\nprofile = \"{desk}\"\naddresses = [\"{address}\"]\nmode = \"{mode}\"\n"
            ));
        }
        text.push_str("\n[trust]\nauthserv_ids = [\"mx.desk.example\"]\n");
        text.push_str(more);
        std::fs::write(self.path("precedent.toml"), text).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// An empty Maildir.
    pub fn maildir(&self, name: &str) -> PathBuf {
        let folder = self.path(name);
        for part in ["cur", "new", "tmp"] {
            std::fs::create_dir_all(folder.join(part)).unwrap();
        }
        folder
    }

    /// The program with these arguments, in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .current_dir(self.folder.path())
            .args(arguments)
            .env_remove("PRECEDENT_CONFIG")
            .env_remove("PRECEDENT_DATA")
            .env_remove("PRECEDENT_LOG")
            .env_remove("RUST_BACKTRACE")
            .env("COLUMNS", "200");
        command
    }

    /// Runs the program to its end.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with_input(arguments, Vec::new())
    }

    /// Runs the program to its end with this on its standard input.
    #[track_caller]
    pub fn run_with_input(&self, arguments: &[&str], input: impl Into<Vec<u8>>) -> Ended {
        finish(self.command(arguments), input.into())
    }

    /// Runs a reading command and gives its lines of JSON.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Vec<Value> {
        self.json_with(arguments, 0)
    }

    /// The same for a command that ends with this status.
    #[track_caller]
    pub fn json_with(&self, arguments: &[&str], status: i32) -> Vec<Value> {
        let mut all = vec!["--json", "--quiet"];
        all.extend(arguments);
        self.run(&all).with(status).json()
    }

    /// All cases, newest first.
    #[track_caller]
    pub fn cases(&self) -> Vec<Value> {
        self.json(&["list", "--limit", "100000"])
    }

    /// All mails of the outbox.
    #[track_caller]
    pub fn outbox(&self) -> Vec<Value> {
        self.json(&["outbox", "list", "--limit", "100000"])
    }

    /// The case whose subject is this.
    #[track_caller]
    pub fn case(&self, subject: &str) -> Value {
        let mut cases = self.cases();
        cases.retain(|case| case["subject"] == subject);
        assert_eq!(cases.len(), 1, "cases with the subject {subject:?}");
        cases.remove(0)
    }

    /// Files that left, by name.
    pub fn outgoing(&self) -> Vec<PathBuf> {
        let Ok(folder) = std::fs::read_dir(self.path("data/outgoing")) else {
            return Vec::new();
        };
        let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// Reads the store beside the program.
    pub fn store<T>(&self, read: impl AsyncFnOnce(&SqliteStore) -> T) -> T {
        self.look(async |store| Some(read(store).await)).unwrap()
    }

    /// Looks at the store beside the program. None while there is no store, or it cannot be read.
    pub fn look<T>(&self, look: impl AsyncFnOnce(&SqliteStore) -> Option<T>) -> Option<T> {
        runtime().block_on(async {
            let store = SqliteStore::open_read_only(&self.path("data")).await.ok()?;
            let seen = look(&store).await;
            store.close().await.ok()?;
            seen
        })
    }

    /// Writes to the store while the program does not run.
    pub fn write_store(&self, write: impl AsyncFnOnce(&SqliteStore)) {
        runtime().block_on(async {
            let store = SqliteStore::open(&self.path("data")).await.unwrap();
            write(&store).await;
            store.close().await.unwrap();
        });
    }

    /// How many mails are in which state.
    pub fn mail_states(&self) -> Stats {
        self.store(async |store| store.stats().await.unwrap())
    }

    /// Starts the program and leaves it running.
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments), &self.path("running.err"))
    }
}

/// Tells which test does not run here, and why: not through the capture of the test harness, because this is to be seen.
pub fn left_out(what: &str) {
    let _ = writeln!(std::io::stderr(), "left out: {what}");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Runs a command to its end.
#[track_caller]
pub fn finish(command: Command, input: Vec<u8>) -> Ended {
    let started = Instant::now();
    let output = assert_cmd::Command::from_std(command)
        .write_stdin(input)
        .timeout(LONGEST)
        .output()
        .unwrap();
    let took = started.elapsed();
    assert!(
        took < LONGEST,
        "it did not end: {}",
        String::from_utf8(output.stderr).unwrap()
    );
    Ended {
        status: output.status.code(),
        out: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
        took,
    }
}

/// The program under test.
pub fn program() -> PathBuf {
    std::env::var_os("PRECEDENT_BINARY")
        .map_or_else(|| env!("CARGO_BIN_EXE_precedent").into(), PathBuf::from)
}

/// A process in the background; killed when the test ends without it.
pub struct Running {
    child: Child,
    err: PathBuf,
}

impl Running {
    pub fn start(mut command: Command, err: &Path) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(File::create(err.with_extension("out")).unwrap())
            .stderr(File::create(err).unwrap())
            .spawn()
            .unwrap();
        Self {
            child,
            err: err.to_owned(),
        }
    }

    /// Asks it to end, as a service manager does.
    pub fn terminate(&mut self) {
        let sent = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Ends it with no chance to do anything about it. False when it had ended by itself.
    pub fn kill(&mut self) -> bool {
        let running = self.child.try_wait().unwrap().is_none();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        running
    }

    /// Waits for its end.
    #[track_caller]
    pub fn end(&mut self) -> ExitStatus {
        until("the process ends", LONGEST, || {
            self.child.try_wait().unwrap()
        })
    }

    /// Waits for its end, at most so long.
    pub fn end_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        look_for(limit, || self.child.try_wait().unwrap())
    }

    /// What it printed so far.
    pub fn out(&self) -> String {
        std::fs::read_to_string(self.err.with_extension("out")).unwrap()
    }

    /// What it said on standard error so far.
    pub fn err(&self) -> String {
        std::fs::read_to_string(&self.err).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Looks again and again until there is something to see.
#[track_caller]
pub fn until<T>(what: &str, limit: Duration, look: impl FnMut() -> Option<T>) -> T {
    look_for(limit, look).unwrap_or_else(|| panic!("not within {limit:?}: {what}"))
}

fn look_for<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    // Nobody ever sends: the channel only paces.
    let (_sender, pace) = mpsc::channel::<()>();
    let deadline = Instant::now() + limit;
    loop {
        if let Some(seen) = look() {
            return Some(seen);
        }
        let left = deadline.checked_duration_since(Instant::now())?;
        let _ = pace.recv_timeout(left.min(Duration::from_millis(2)));
    }
}

/// A mail as a process that could not work on it leaves it in the store.
pub fn handed_over(bytes: &[u8]) -> NewMail {
    NewMail {
        hash: hash(bytes),
        raw_compressed: compress(bytes).unwrap(),
        size: bytes.len() as u64,
        source: "stdin".to_owned(),
        origin: "test".to_owned(),
        received_at: jiff::Timestamp::now(),
        arrival: Arrival::default(),
    }
}
