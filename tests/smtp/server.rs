//! A mail server that does what a test tells it: refuses, falls silent, hangs up at any step.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// A step of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Greeting,
    Hello,
    StartTls,
    Login,
    Mail,
    Recipient,
    Data,
    /// After the mail's last dot.
    End,
    Reset,
}

impl At {
    /// What a good server says.
    fn good(self) -> &'static str {
        match self {
            Self::Greeting => "220 test ESMTP",
            Self::Hello => "250 test",
            Self::StartTls => "220 2.0.0 go on",
            Self::Login => "235 2.7.0 welcome",
            Self::Mail | Self::Recipient | Self::Reset => "250 2.0.0 ok",
            Self::Data => "354 go on",
            Self::End => "250 2.0.0 queued",
        }
    }
}

/// What the server does at a step.
#[derive(Clone)]
pub enum Act {
    /// What a good server does.
    Well,
    /// Says this instead. At the end of a mail it has the mail when that begins with 250.
    Say(String),
    /// Ends the connection. At the end of a mail it does not have it.
    HangUp,
    /// Takes the mail and ends the connection without a word.
    TakeAndHangUp,
    /// Says nothing until the client goes.
    Silence,
    /// Takes the mail, waits until the client has gone, and says 250 to nobody.
    TakeAndSayLate,
}

/// One moment at which the server decides what to do.
pub struct Moment<'a> {
    pub at: At,
    /// Mails that were begun before this one, over all connections.
    pub mail: usize,
    /// What the client said.
    pub line: &'a str,
}

/// A mail that the server has.
#[derive(Clone, Debug)]
pub struct Taken {
    pub sender: String,
    pub recipient: String,
    pub bytes: Vec<u8>,
}

impl Taken {
    /// Its Message-ID without angle brackets.
    pub fn message_id(&self) -> String {
        let text = std::str::from_utf8(&self.bytes).expect("our mails are ASCII");
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("Message-ID: "))
            .expect("a Message-ID");
        line.trim().trim_matches(['<', '>']).to_owned()
    }
}

type Script = dyn Fn(&Moment) -> Act + Send + Sync;

struct Shared {
    script: Box<Script>,
    pipelining: bool,
    taken: Mutex<Vec<Taken>>,
    connections: AtomicUsize,
    mails: AtomicUsize,
    stop: AtomicBool,
}

/// The server. It ends with the test.
pub struct Server {
    pub port: u16,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts one on a free port of this machine.
    pub fn start(
        pipelining: bool,
        script: impl Fn(&Moment) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            script: Box::new(script),
            pipelining,
            taken: Mutex::default(),
            connections: AtomicUsize::new(0),
            mails: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
        });
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for socket in listener.incoming() {
                if for_thread.stop.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&for_thread);
                // A client that has gone ends the conversation, whatever was being said.
                std::thread::spawn(move || {
                    let _ = serve(&socket?, &shared);
                    std::io::Result::Ok(())
                });
            }
        });
        Self {
            port,
            shared,
            thread: Some(thread),
        }
    }

    /// A server that does everything well.
    pub fn good() -> Self {
        Self::start(true, |_| Act::Well)
    }

    /// The mails that it has.
    pub fn taken(&self) -> Vec<Taken> {
        self.shared.taken.lock().unwrap().clone()
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads until the client has gone.
fn until_gone(reader: &mut impl Read) {
    let mut buffer = [0; 1024];
    while reader.read(&mut buffer).is_ok_and(|count| count > 0) {}
}

fn serve(socket: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    // Nothing of a test takes longer; a client that hangs must not hold the test.
    socket.set_read_timeout(Some(Duration::from_secs(60)))?;
    shared.connections.fetch_add(1, Ordering::SeqCst);
    let mut reader = BufReader::new(socket.try_clone()?);
    let mut writer = socket.try_clone()?;
    let mut mail = 0;
    let mut line = String::new();
    let decide = |at: At, line: &str, mail: usize| (shared.script)(&Moment { at, mail, line });
    // Does what the script wants. False when the connection is to end.
    let mut act_at = |at: At, act: Act, reader: &mut BufReader<TcpStream>| {
        let text = match act {
            Act::Well => at.good().to_owned(),
            Act::Say(text) => text,
            Act::HangUp | Act::TakeAndHangUp => return Ok(false),
            Act::Silence => {
                until_gone(reader);
                return Ok(false);
            }
            Act::TakeAndSayLate => {
                until_gone(reader);
                At::End.good().to_owned()
            }
        };
        let text = if at == At::Hello && text == At::Hello.good() {
            let pipelining = if shared.pipelining {
                "250-PIPELINING\r\n"
            } else {
                ""
            };
            format!(
                "250-test\r\n{pipelining}250-AUTH PLAIN LOGIN\r\n250-SIZE 1000000\r\n250 8BITMIME"
            )
        } else {
            text
        };
        writer.write_all(format!("{text}\r\n").as_bytes())?;
        std::io::Result::Ok(true)
    };
    if !act_at(At::Greeting, decide(At::Greeting, "", mail), &mut reader)? {
        return Ok(());
    }
    let (mut sender, mut recipient) = (String::new(), String::new());
    let mut refused = false;
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let said = line.trim_end().to_owned();
        let upper = said.to_ascii_uppercase();
        let at = if upper.starts_with("EHLO") {
            At::Hello
        } else if upper.starts_with("STARTTLS") {
            At::StartTls
        } else if upper.starts_with("AUTH") {
            At::Login
        } else if upper.starts_with("MAIL FROM:") {
            mail = shared.mails.fetch_add(1, Ordering::SeqCst);
            refused = false;
            sender = between(&said);
            At::Mail
        } else if upper.starts_with("RCPT TO:") {
            recipient = between(&said);
            At::Recipient
        } else if upper.starts_with("DATA") {
            At::Data
        } else if upper.starts_with("RSET") {
            At::Reset
        } else if upper.starts_with("QUIT") {
            socket.try_clone()?.write_all(b"221 2.0.0 bye\r\n")?;
            return Ok(());
        } else {
            panic!("the client said {said:?}");
        };
        if at == At::Data && refused {
            // Nobody to take it: as nearly every server answers.
            if let Act::Say(text) = decide(at, &said, mail)
                && text.starts_with("354")
            {
                act_at(at, Act::Say(text), &mut reader)?;
                // It waits for a mail until the client has gone.
                std::io::copy(&mut reader, &mut std::io::sink())?;
                return Ok(());
            }
            socket
                .try_clone()?
                .write_all(b"503 5.5.1 no valid recipients\r\n")?;
            continue;
        }
        let act = decide(at, &said, mail);
        if let (At::Mail | At::Recipient, Act::Say(text)) = (at, &act) {
            refused |= !text.starts_with("250");
        }
        let goes_on =
            matches!(&act, Act::Well) || matches!(&act, Act::Say(text) if text.starts_with("354"));
        if !act_at(at, act, &mut reader)? {
            return Ok(());
        }
        if at != At::Data || !goes_on {
            continue;
        }
        let mut bytes = Vec::new();
        loop {
            let mut line = Vec::new();
            if reader.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            if line == b".\r\n" {
                break;
            }
            let text = line.strip_prefix(b".").unwrap_or(&line);
            bytes.extend_from_slice(text);
        }
        let act = decide(At::End, "", mail);
        let has = match &act {
            Act::Well | Act::TakeAndHangUp | Act::TakeAndSayLate => true,
            Act::Say(text) => text.starts_with("250"),
            Act::HangUp | Act::Silence => false,
        };
        if has {
            shared.taken.lock().unwrap().push(Taken {
                sender: sender.clone(),
                recipient: recipient.clone(),
                bytes,
            });
        }
        if !act_at(At::End, act, &mut reader)? {
            return Ok(());
        }
    }
}

/// What stands between the angle brackets.
fn between(line: &str) -> String {
    let from = line.find('<').expect("a path") + 1;
    let to = line.rfind('>').expect("a path");
    line[from..to].to_owned()
}
