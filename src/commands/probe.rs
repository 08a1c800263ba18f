//! A process that reads mails for another one, which lives on when it dies. Not for people.
//!
//! Each mail comes on standard input as its time of arrival in microseconds and its length, both eight bytes with the
//! lowest first, then its bytes. For each one a line goes out when it has been read, and one before the first mail.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use jiff::Timestamp;

use super::context::Context;
use crate::engine::{Probe, Suspect, analyse};
use crate::limits::{PROBE_SECONDS_MAX, RAW_BYTES_MAX};
use crate::store::MailId;

/// What it says when it is ready, and after each mail.
const READY: &str = "ready";

/// The process that reads.
pub(super) fn run(context: &Context) -> Result<()> {
    let desks = context.desks()?;
    let options = context.parse_options();
    let mut input = std::io::stdin().lock();
    loop {
        writeln!(std::io::stdout(), "{READY}")?;
        let Some((received_at, bytes)) = read_frame(&mut input)? else {
            return Ok(());
        };
        // What it finds is of no interest: only whether this process is still there.
        let _ = analyse(&bytes, received_at, &desks, &options, &[0; 32]);
    }
}

fn read_frame(input: &mut impl Read) -> Result<Option<(Timestamp, Vec<u8>)>> {
    let mut number = [0; 8];
    if let Err(error) = input.read_exact(&mut number) {
        return match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Ok(None),
            _ => Err(error.into()),
        };
    }
    let received_at = Timestamp::from_microsecond(i64::from_le_bytes(number))?;
    input.read_exact(&mut number)?;
    let length = u64::from_le_bytes(number);
    anyhow::ensure!(length <= RAW_BYTES_MAX as u64, "a mail of {length} bytes");
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    Ok(Some((received_at, bytes)))
}

/// Has mails read by such a process.
pub(super) struct ProcessProbe {
    /// The configuration of this process.
    pub(super) config: Option<PathBuf>,
}

impl Probe for ProcessProbe {
    fn guilty(&self, suspects: &[Suspect]) -> BTreeMap<MailId, String> {
        let mut guilty = BTreeMap::new();
        let mut reader: Option<Reader> = None;
        for suspect in suspects {
            // Twice, because a process may be ended for other reasons as well.
            let mut endings = Vec::new();
            while endings.len() < 2 {
                let mut here = match reader.take().map_or_else(|| self.start(), Ok) {
                    Ok(here) => here,
                    Err(error) => {
                        tracing::warn!(%error, "mails cannot be tried in a process of their own");
                        return guilty;
                    }
                };
                match here.read(suspect) {
                    Ok(()) => {
                        reader = Some(here);
                        break;
                    }
                    Err(()) => endings.push(here.ending()),
                }
            }
            if let [_, ending] = &endings[..] {
                guilty.insert(suspect.mail, ending.clone());
            }
        }
        guilty
    }
}

impl ProcessProbe {
    fn start(&self) -> Result<Reader> {
        let mut command = Command::new(std::env::current_exe()?);
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        }
        let mut child = command
            .arg("probe")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = child.stdin.take().context("no standard input")?;
        let output = child.stdout.take().context("no standard output")?;
        let (sender, answers) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut reader = Reader {
            child,
            input: Some(input),
            answers,
            late: false,
        };
        reader
            .wait()
            .map_err(|()| anyhow::anyhow!("the process that reads them does not start"))?;
        Ok(reader)
    }
}

/// The other end of a process that reads.
struct Reader {
    child: Child,
    /// None once it is closed.
    input: Option<ChildStdin>,
    answers: mpsc::Receiver<String>,
    late: bool,
}

impl Reader {
    /// Has a mail read; an error when the process does not come through it.
    fn read(&mut self, suspect: &Suspect) -> Result<(), ()> {
        let mut send = || {
            let input = self.input.as_mut()?;
            let time = suspect.received_at.as_microsecond().to_le_bytes();
            input.write_all(&time).ok()?;
            let length = (suspect.bytes.len() as u64).to_le_bytes();
            input.write_all(&length).ok()?;
            input.write_all(&suspect.bytes).ok()?;
            input.flush().ok()
        };
        send().ok_or(())?;
        self.wait()
    }

    fn wait(&mut self) -> Result<(), ()> {
        match self
            .answers
            .recv_timeout(Duration::from_secs(PROBE_SECONDS_MAX))
        {
            Ok(_) => Ok(()),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                self.late = true;
                Err(())
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(()),
        }
    }

    /// How it ended.
    fn ending(&mut self) -> String {
        if self.late {
            return format!("reading it takes more than {PROBE_SECONDS_MAX} seconds");
        }
        self.input = None;
        let status: Option<ExitStatus> = self.child.wait().ok();
        format!(
            "reading it ends the process{}",
            status.map_or_else(String::new, |status| format!(" ({status})"))
        )
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It ends by itself at the end of its input; one that hangs does not.
        self.input = None;
        if self.late {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
