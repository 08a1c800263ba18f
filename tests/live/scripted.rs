//! A mail server that misbehaves on command. It knows just enough IMAP for our client.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// How it misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Some data, then a tagged NO.
    No,
    /// Some data, then a tagged BAD without a text.
    Bad,
    /// Some data, then BYE and the end.
    Bye,
    /// Some data, then the end without a word.
    End,
    /// A literal that ends in the middle, with the connection.
    HalfLiteral,
    /// The announcement of 4 GB.
    HugeLiteral,
    /// Bytes that mean nothing.
    Garbage,
    /// A result of a command that nobody gave.
    WrongTag,
    /// Nothing at all, with the connection open.
    Silence,
    /// A line that never ends.
    EndlessLine,
    /// Remarks for ever, and nothing else.
    Remarks,
}

/// A misbehaviour to come.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How.
    pub fault: Fault,
    /// On which command: a word of it, such as `BODY.PEEK`, `SEARCH`, `EXAMINE`; empty for the greeting.
    pub on: &'static str,
    /// So often.
    pub times: usize,
}

/// What the server has.
pub struct Mailbox {
    pub uid_validity: u32,
    /// UID and bytes.
    pub mails: Vec<(u32, Vec<u8>)>,
    pub capabilities: &'static str,
    pub plans: Vec<Plan>,
    /// A mail whose fetching ends the connection, always.
    pub poison: Option<u32>,
    /// A mail at which everything that names it ends the connection, its size too, as with a file that the
    /// server cannot open.
    pub unopened: Option<u32>,
    /// A mail that is refused, always.
    pub withheld: Option<u32>,
    /// A mail whose body comes as NIL, with the tagged OK.
    pub nil: Option<u32>,
    /// A mail that is listed and never sent, with the tagged OK.
    pub unsent: Option<u32>,
    /// A mail that comes when a client begins to idle, before it is told so.
    pub on_idle: Option<(u32, Vec<u8>)>,
    /// True while nobody is answered, and every connection ends.
    pub down: bool,
    pub connections: usize,
    pub logins: usize,
    /// Commands without tags, in their order.
    pub commands: Vec<String>,
}

/// A running server. Its threads end with the connections and the test process.
pub struct Scripted {
    pub port: u16,
    mailbox: Arc<Mutex<Mailbox>>,
}

impl Scripted {
    /// Starts one with these mails, UIDs from 11 on in steps of 3.
    pub fn start(mails: Vec<Vec<u8>>) -> Self {
        let mailbox = Arc::new(Mutex::new(Mailbox {
            uid_validity: 1_000,
            mails: mails
                .into_iter()
                .enumerate()
                .map(|(place, bytes)| (11 + 3 * u32::try_from(place).unwrap(), bytes))
                .collect(),
            capabilities: "IMAP4rev1 IDLE UIDPLUS",
            plans: Vec::new(),
            poison: None,
            unopened: None,
            withheld: None,
            nil: None,
            unsent: None,
            on_idle: None,
            down: false,
            connections: 0,
            logins: 0,
            commands: Vec::new(),
        }));
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::clone(&mailbox);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mailbox = Arc::clone(&shared);
                mailbox.lock().unwrap().connections += 1;
                std::thread::spawn(move || {
                    // A client that leaves is nothing special.
                    let _ = serve(stream, &mailbox);
                });
            }
        });
        Self { port, mailbox }
    }

    /// What it has, to be changed.
    pub fn mailbox(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap()
    }

    /// The lines of an account.
    pub fn lines(&self) -> String {
        format!(
            "host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"u\"\npassword = \"p\"\ntimeout_seconds = 3\npoll_seconds = 5",
            self.port
        )
    }
}

/// The fault of this command, if there is one left.
fn fault(mailbox: &Mutex<Mailbox>, command: &str) -> Option<Fault> {
    let mut mailbox = mailbox.lock().unwrap();
    let plan = mailbox.plans.iter_mut().find(|plan| {
        plan.times > 0
            && if plan.on.is_empty() {
                command.is_empty()
            } else {
                command.contains(plan.on)
            }
    })?;
    plan.times -= 1;
    Some(plan.fault)
}

/// Waits until the client has gone.
fn silence(stream: &mut BufReader<TcpStream>) {
    let mut line = Vec::new();
    while stream
        .read_until(b'\n', &mut line)
        .is_ok_and(|read| read > 0)
    {
        line.clear();
    }
}

fn serve(stream: TcpStream, mailbox: &Mutex<Mailbox>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    if let Some(fault) = fault(mailbox, "") {
        misbehave(fault, "A1", Vec::new(), &mut out, &mut reader)?;
        if !matches!(fault, Fault::No | Fault::Bad) {
            return Ok(());
        }
    }
    if mailbox.lock().unwrap().down {
        return Ok(());
    }
    out.write_all(b"* OK ready\r\n")?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        if mailbox.lock().unwrap().down {
            return Ok(());
        }
        let (tag, command) = line.split_once(' ').unwrap_or((line, ""));
        let word = command.split(' ').next().unwrap_or_default().to_owned();
        let answer = answer(&mut mailbox.lock().unwrap(), command);
        if let Some(fault) = fault(mailbox, command) {
            misbehave(fault, tag, answer, &mut out, &mut reader)?;
            if matches!(fault, Fault::No | Fault::Bad) {
                continue;
            }
            return Ok(());
        }
        let (poison, withheld, unopened) = {
            let mailbox = mailbox.lock().unwrap();
            (mailbox.poison, mailbox.withheld, mailbox.unopened)
        };
        if command.starts_with("UID FETCH")
            && unopened.is_some_and(|uid| {
                set(command.split(' ').nth(2).unwrap_or_default()).any(|named| named == uid)
            })
        {
            out.write_all(b"* BYE Internal error occurred\r\n")?;
            return Ok(());
        }
        if command.contains("BODY.PEEK[]") || command.contains("BODY.PEEK[]<") {
            let names = |uid: Option<u32>| {
                uid.is_some_and(|uid| {
                    set(command.split(' ').nth(2).unwrap_or_default()).any(|named| named == uid)
                })
            };
            if names(poison) {
                let before = answer.len() / 2;
                for part in &answer[..before] {
                    out.write_all(part)?;
                }
                return Ok(());
            }
            if names(withheld) {
                let text = format!("uid {} ", withheld.unwrap_or(0)).to_uppercase();
                for part in answer.iter().filter(|part| !part_has(part, &text)) {
                    out.write_all(part)?;
                }
                out.write_all(format!("{tag} NO some mails cannot be read\r\n").as_bytes())?;
                continue;
            }
        }
        match word.as_str() {
            "IDLE" => {
                let arrived = {
                    let mut mailbox = mailbox.lock().unwrap();
                    let arrived = mailbox.on_idle.take();
                    let any = arrived.is_some();
                    mailbox.mails.extend(arrived);
                    any.then_some(mailbox.mails.len())
                };
                if let Some(count) = arrived {
                    out.write_all(format!("* {count} EXISTS\r\n").as_bytes())?;
                }
                out.write_all(b"+ idling\r\n")?;
                let mut done = String::new();
                reader.read_line(&mut done)?;
                if done.is_empty() {
                    return Ok(());
                }
            }
            "LOGIN" => mailbox.lock().unwrap().logins += 1,
            "LOGOUT" => {
                out.write_all(b"* BYE\r\n")?;
            }
            _ => {}
        }
        let mut all: Vec<u8> = answer.concat();
        all.extend(format!("{tag} OK done\r\n").bytes());
        out.write_all(&all)?;
    }
}

fn part_has(part: &[u8], text: &str) -> bool {
    part.windows(text.len())
        .any(|window| window == text.as_bytes())
}

fn misbehave(
    fault: Fault,
    tag: &str,
    answer: Vec<Vec<u8>>,
    out: &mut TcpStream,
    reader: &mut BufReader<TcpStream>,
) -> std::io::Result<()> {
    let some = &answer[..answer.len() / 3];
    for part in some {
        out.write_all(part)?;
    }
    match fault {
        Fault::No => out.write_all(format!("{tag} NO not now\r\n").as_bytes())?,
        Fault::Bad => out.write_all(format!("{tag} BAD\r\n").as_bytes())?,
        Fault::Bye => out.write_all(b"* BYE shutting down\r\n")?,
        Fault::End => {}
        Fault::HalfLiteral => {
            out.write_all(b"* 1 FETCH (UID 11 BODY[] {100000}\r\nFrom: a@b.example\r\nSubj")?;
        }
        Fault::HugeLiteral => {
            out.write_all(b"* 1 FETCH (UID 11 BODY[] {4294967296}\r\nFrom: a@b.example\r\n")?;
            silence(reader);
        }
        Fault::Garbage => {
            out.write_all(b"\xff\xfe{}(\"\r\n\0\0\0 )) %%\r\nHTTP/1.1 200 OK\r\n\r\n")?;
        }
        Fault::WrongTag => {
            out.write_all(b"Z9 OK done\r\n")?;
            silence(reader);
        }
        Fault::Silence => silence(reader),
        Fault::Remarks => {
            // Until the client has gone.
            while out.write_all(b"* OK still here\r\n").is_ok() {
                std::thread::park_timeout(std::time::Duration::from_millis(5));
            }
        }
        Fault::EndlessLine => {
            let much = vec![b'x'; 1024 * 1024];
            for _ in 0..20 {
                out.write_all(&much)?;
            }
            silence(reader);
        }
    }
    Ok(())
}

/// The numbers of a set without `*`.
fn set(text: &str) -> impl Iterator<Item = u32> {
    let ranges: Vec<(u32, u32)> = text
        .split(',')
        .filter_map(|range| {
            let (first, last) = range.split_once(':').unwrap_or((range, range));
            Some((first.parse().ok()?, last.parse().ok()?))
        })
        .collect();
    ranges.into_iter().flat_map(|(first, last)| first..=last)
}

/// Untagged responses to a command.
fn answer(mailbox: &mut Mailbox, command: &str) -> Vec<Vec<u8>> {
    // Never the password.
    if !command.starts_with("LOGIN") {
        mailbox.commands.push(command.to_owned());
    }
    let words: Vec<&str> = command.split(' ').collect();
    let text = |text: String| text.into_bytes();
    match (words[0], words.get(1).copied().unwrap_or_default()) {
        ("CAPABILITY", _) => vec![text(format!("* CAPABILITY {}\r\n", mailbox.capabilities))],
        ("EXAMINE" | "SELECT", _) => {
            let next = mailbox.mails.last().map_or(1, |(uid, _)| uid + 1);
            vec![
                text(format!("* {} EXISTS\r\n", mailbox.mails.len())),
                text(format!(
                    "* OK [UIDVALIDITY {}] ok\r\n",
                    mailbox.uid_validity
                )),
                text(format!("* OK [UIDNEXT {next}] ok\r\n")),
            ]
        }
        ("NOOP", _) => vec![text(format!("* {} EXISTS\r\n", mailbox.mails.len()))],
        ("UID", "SEARCH") => {
            let first: u32 = words
                .last()
                .and_then(|range| range.split(':').next()?.parse().ok())
                .unwrap_or(1);
            let mut found: Vec<u32> = mailbox
                .mails
                .iter()
                .map(|(uid, _)| *uid)
                .filter(|uid| *uid >= first)
                .collect();
            // As real servers do: * is the last mail, however low its UID.
            if found.is_empty() {
                found.extend(mailbox.mails.last().map(|(uid, _)| *uid));
            }
            // Two responses, so that there is a part before a fault.
            found
                .chunks(found.len() / 3 + 1)
                .map(|some| {
                    let some: Vec<String> = some.iter().map(u32::to_string).collect();
                    text(format!("* SEARCH {}\r\n", some.join(" ")))
                })
                .collect()
        }
        ("UID", "FETCH") => {
            let wanted: Vec<u32> = set(words[2]).collect();
            mailbox
                .mails
                .iter()
                .enumerate()
                .filter(|(_, (uid, _))| wanted.contains(uid) && mailbox.unsent != Some(*uid))
                .map(|(place, (uid, bytes))| {
                    if mailbox.nil == Some(*uid) && command.contains("BODY") {
                        return text(format!("* {} FETCH (UID {uid} BODY[] NIL)\r\n", place + 1));
                    }
                    fetched(place + 1, *uid, bytes, command)
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

fn fetched(number: usize, uid: u32, bytes: &[u8], command: &str) -> Vec<u8> {
    let mut out = format!("* {number} FETCH (UID {uid} ").into_bytes();
    if command.contains("RFC822.SIZE") {
        out.extend(format!("RFC822.SIZE {} ", bytes.len()).bytes());
    }
    if command.contains("INTERNALDATE") {
        let now = jiff::Timestamp::now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .strftime("%d-%b-%Y %H:%M:%S %z")
            .to_string();
        out.extend(format!("INTERNALDATE \"{now}\" ").bytes());
    }
    let body = if command.contains("BODY.PEEK[HEADER]") {
        let end = bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .map_or(bytes.len(), |end| end + 4);
        Some(("HEADER", String::new(), &bytes[..end]))
    } else if let Some((_, piece)) = command.split_once("BODY.PEEK[]<") {
        let (from, length) = piece
            .split_once('>')
            .and_then(|(piece, _)| piece.split_once('.'))
            .unwrap();
        let from: usize = from.parse::<usize>().unwrap().min(bytes.len());
        let to = (from + length.parse::<usize>().unwrap()).min(bytes.len());
        Some(("", format!("<{from}>"), &bytes[from..to]))
    } else if command.contains("BODY.PEEK[]") {
        Some(("", String::new(), bytes))
    } else {
        None
    };
    if let Some((section, origin, bytes)) = body {
        out.extend(format!("BODY[{section}]{origin} {{{}}}\r\n", bytes.len()).bytes());
        out.extend_from_slice(bytes);
    }
    out.extend(b")\r\n");
    out
}
