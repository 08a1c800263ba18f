//! The protocol as commands and responses. A command is done when the server says OK under its tag, and
//! never otherwise: NO, BAD, BYE, the end of the connection, silence and rubbish are all errors.

mod frame;
mod response;
mod stream;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use super::error::{ImapError, Status};
use frame::{Frame, Part};

pub use response::{Fetch, Response, StatusLine};
pub use stream::Stream;

/// Longest line: a search may answer with a million UIDs.
const LINE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Most literals of one response.
const LITERALS_MAX: usize = 100;
/// Most responses to one command whose responses are all kept.
const RESPONSES_MAX: usize = 200_000;
/// Largest literal where no mail is expected: folder names, identities.
pub const SMALL_LITERAL: u64 = 64 * 1024;

/// A part of a command.
#[derive(Clone, Copy, Debug)]
pub enum Argument<'a> {
    /// Written as it is.
    Atom(&'a str),
    /// Quoted, or a literal where it must be.
    Text(&'a str),
    /// Always a literal.
    Bytes(&'a [u8]),
}

/// The result of a command: what came untagged before its OK.
#[derive(Debug)]
pub struct Done {
    /// Responses in their order.
    pub responses: Vec<Response>,
    /// The tagged OK.
    pub status: StatusLine,
}

/// The protocol over a connection.
pub struct Wire {
    stream: Stream,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were taken.
    taken: usize,
    next_tag: u32,
    /// Largest literal that is read; a larger announcement ends the connection.
    literal_max: u64,
    capabilities: BTreeSet<String>,
    /// The words of a BYE.
    bye: Option<String>,
    /// Set when the server says that there are mails, until somebody looks.
    news: bool,
    /// Set when the connection must not be used again.
    broken: bool,
}

impl Wire {
    /// Begins on a connection.
    pub fn new(stream: Stream) -> Self {
        Self {
            stream,
            buffer: Vec::new(),
            taken: 0,
            next_tag: 1,
            literal_max: SMALL_LITERAL,
            capabilities: BTreeSet::new(),
            bye: None,
            news: false,
            broken: false,
        }
    }

    /// What the server offers, upper case, as far as it said.
    pub const fn capabilities(&self) -> &BTreeSet<String> {
        &self.capabilities
    }

    /// Takes over a list of what the server offers.
    pub fn set_capabilities(&mut self, words: impl IntoIterator<Item = String>) {
        self.capabilities = words.into_iter().collect();
    }

    /// True when the server said since the last [`Self::forget_news`] how many mails there are.
    pub const fn has_news(&self) -> bool {
        self.news
    }

    /// To be called before looking for new mails.
    pub const fn forget_news(&mut self) {
        self.news = false;
    }

    /// Largest literal to be read from now on.
    pub const fn allow_literals(&mut self, bytes: u64) {
        self.literal_max = bytes;
    }

    /// True when the connection must not be used again.
    pub const fn is_broken(&self) -> bool {
        self.broken
    }

    /// Protects the connection after STARTTLS. What came in clear text behind the server's OK was put
    /// there by somebody else.
    ///
    /// # Errors
    /// When there is such text, or the handshake fails.
    pub async fn protect(
        self,
        configuration: Arc<ClientConfig>,
        server: ServerName<'static>,
    ) -> io::Result<Self> {
        if self.taken < self.buffer.len() {
            return Err(io::Error::other(
                "clear text follows the answer to STARTTLS",
            ));
        }
        Ok(Self::new(self.stream.protect(configuration, server).await?))
    }

    /// Compresses from here on.
    pub fn compress(&mut self) {
        let rest = self.buffer.split_off(self.taken);
        self.buffer.clear();
        self.taken = 0;
        self.stream.compress(rest);
    }

    /// Sends a command without waiting for its end. Gives its tag.
    ///
    /// # Errors
    /// When the connection fails, or the server does not take a literal.
    pub async fn send(
        &mut self,
        command: &'static str,
        arguments: &[Argument<'_>],
        until: Instant,
    ) -> Result<String, ImapError> {
        let tag = format!("A{}", self.next_tag);
        self.next_tag += 1;
        tracing::trace!(%tag, command, "to the server");
        let mut line = format!("{tag} {command}").into_bytes();
        for argument in arguments {
            line.push(b' ');
            let literal: &[u8] = match argument {
                Argument::Atom(text) => {
                    line.extend_from_slice(text.as_bytes());
                    continue;
                }
                Argument::Text(text) if quotable(text) => {
                    line.push(b'"');
                    for byte in text.bytes() {
                        if byte == b'"' || byte == b'\\' {
                            line.push(b'\\');
                        }
                        line.push(byte);
                    }
                    line.push(b'"');
                    continue;
                }
                Argument::Text(text) => text.as_bytes(),
                Argument::Bytes(bytes) => bytes,
            };
            let at_once = self.capabilities.contains("LITERAL+")
                || (self.capabilities.contains("LITERAL-") && literal.len() <= 4096);
            let plus = if at_once { "+" } else { "" };
            line.extend_from_slice(format!("{{{}{plus}}}\r\n", literal.len()).as_bytes());
            if !at_once {
                self.write(command, &line, until).await?;
                line.clear();
                self.wait_for_continue(command, &tag, until).await?;
            }
            line.extend_from_slice(literal);
        }
        line.extend_from_slice(b"\r\n");
        self.write(command, &line, until).await?;
        Ok(tag)
    }

    /// Waits until the server wants more of the command.
    async fn wait_for_continue(
        &mut self,
        command: &'static str,
        tag: &str,
        until: Instant,
    ) -> Result<(), ImapError> {
        loop {
            match self.next(command, until).await? {
                Response::Continue(_) => return Ok(()),
                Response::Tagged {
                    tag: answered,
                    status,
                } if answered == tag => return Err(refused(command, status)),
                _ => {}
            }
        }
    }

    /// Sends raw bytes: the lines of a login, DONE.
    ///
    /// # Errors
    /// When the connection fails.
    pub async fn write(
        &mut self,
        command: &'static str,
        bytes: &[u8],
        until: Instant,
    ) -> Result<(), ImapError> {
        self.usable(command)?;
        let written = timeout_at(until, self.stream.write(bytes)).await;
        match written {
            Ok(Ok(())) => {
                crate::fault::point("imap.said");
                Ok(())
            }
            Ok(Err(error)) => {
                self.broken = true;
                Err(ImapError::Io { command, error })
            }
            Err(_) => {
                self.broken = true;
                Err(ImapError::Timeout { command })
            }
        }
    }

    /// The next response, whatever it is.
    ///
    /// # Errors
    /// At the end of the connection, after the time, and when the server does not keep to the protocol.
    /// The connection must not be used again after any of them.
    pub async fn next(
        &mut self,
        command: &'static str,
        until: Instant,
    ) -> Result<Response, ImapError> {
        self.usable(command)?;
        // Cancelled in the middle of a response, nobody would know where the next one begins.
        self.broken = true;
        let frame = match timeout_at(until, self.frame(command)).await {
            Ok(frame) => frame?,
            Err(_) => return Err(ImapError::Timeout { command }),
        };
        let response =
            response::read(frame).map_err(|detail| ImapError::Protocol { command, detail })?;
        self.broken = false;
        self.note(&response);
        crate::fault::point("imap.heard");
        Ok(response)
    }

    /// Like [`Self::next`], and none when nothing has come until then; the connection stays usable where
    /// no response had begun.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn next_within(
        &mut self,
        command: &'static str,
        until: Instant,
    ) -> Result<Option<Response>, ImapError> {
        self.usable(command)?;
        if self.taken == self.buffer.len() {
            // Reading into an empty buffer can be cancelled without harm.
            match timeout_at(until, self.fill(command)).await {
                Ok(filled) => filled?,
                Err(_) => return Ok(None),
            }
        }
        let begun = Instant::now() + Duration::from_secs(60);
        self.next(command, begun).await.map(Some)
    }

    /// Sends a command and waits for its OK.
    ///
    /// # Errors
    /// [`ImapError::Refused`] after NO and BAD: the connection stays usable. All others end it.
    pub async fn run(
        &mut self,
        command: &'static str,
        arguments: &[Argument<'_>],
        until: Instant,
    ) -> Result<Done, ImapError> {
        let tag = self.send(command, arguments, until).await?;
        self.finish(command, &tag, until).await
    }

    /// Collects responses up to the OK of a command that was sent.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn finish(
        &mut self,
        command: &'static str,
        tag: &str,
        until: Instant,
    ) -> Result<Done, ImapError> {
        let mut responses = Vec::new();
        loop {
            match self.next(command, until).await? {
                Response::Tagged {
                    tag: answered,
                    status,
                } => {
                    if answered != tag {
                        return Err(self.protocol(command, "the answer has another tag"));
                    }
                    return if status.status == Status::Ok {
                        self.note_code(&status);
                        Ok(Done { responses, status })
                    } else {
                        Err(refused(command, status))
                    };
                }
                response => responses.push(response),
            }
            if responses.len() > RESPONSES_MAX {
                return Err(self.protocol(command, "the answer has no end"));
            }
        }
    }

    /// A breach of the protocol: the connection must not be used again.
    pub fn protocol(&mut self, command: &'static str, detail: &str) -> ImapError {
        self.broken = true;
        ImapError::Protocol {
            command,
            detail: detail.to_owned(),
        }
    }

    fn usable(&self, command: &'static str) -> Result<(), ImapError> {
        if self.broken {
            return Err(ImapError::Closed {
                command,
                text: self.bye.clone(),
            });
        }
        Ok(())
    }

    fn note(&mut self, response: &Response) {
        match response {
            Response::Exists(_) => self.news = true,
            Response::Capability(words) => self.set_capabilities(words.iter().cloned()),
            Response::Untagged(status) => {
                if status.status == Status::Bye {
                    self.bye = Some(status.text.clone());
                }
                self.note_code(status);
            }
            _ => {}
        }
    }

    fn note_code(&mut self, status: &StatusLine) {
        if let Some(words) = status.code_arguments("CAPABILITY") {
            let words: Vec<String> = words
                .split_ascii_whitespace()
                .map(str::to_ascii_uppercase)
                .collect();
            self.set_capabilities(words);
        }
    }

    async fn fill(&mut self, command: &'static str) -> Result<(), ImapError> {
        if self.taken == self.buffer.len() {
            self.buffer.clear();
            self.taken = 0;
        }
        let read = self.stream.read(&mut self.buffer).await;
        match read {
            Ok(0) => {
                self.broken = true;
                Err(ImapError::Closed {
                    command,
                    text: self.bye.clone(),
                })
            }
            Ok(_) => Ok(()),
            Err(error) => {
                self.broken = true;
                // Many servers close without saying goodbye to TLS.
                if error.kind() == io::ErrorKind::UnexpectedEof {
                    return Err(ImapError::Closed {
                        command,
                        text: self.bye.clone(),
                    });
                }
                Err(ImapError::Io { command, error })
            }
        }
    }

    async fn frame(&mut self, command: &'static str) -> Result<Frame, ImapError> {
        let mut frame = Frame::default();
        loop {
            let line = self.line(command).await?;
            let Some((size, begin)) = frame::announced(&line) else {
                frame.parts.push(Part {
                    line,
                    literal: None,
                });
                return Ok(frame);
            };
            if size > self.literal_max || frame.parts.len() >= LITERALS_MAX {
                return Err(ImapError::Protocol {
                    command,
                    detail: format!(
                        "{size} bytes are announced where at most {} are expected",
                        self.literal_max
                    ),
                });
            }
            let size = usize::try_from(size).map_err(|_| ImapError::Protocol {
                command,
                detail: format!("{size} bytes are announced"),
            })?;
            let mut line = line;
            line.truncate(begin);
            let literal = self.literal(command, size).await?;
            frame.parts.push(Part {
                line,
                literal: Some(literal),
            });
        }
    }

    /// A line without its end.
    async fn line(&mut self, command: &'static str) -> Result<Vec<u8>, ImapError> {
        let mut searched = self.taken;
        loop {
            let found = memchr::memchr(b'\n', &self.buffer[searched..]);
            if let Some(at) = found {
                let end = searched + at;
                let line = &self.buffer[self.taken..end];
                let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
                self.taken = end + 1;
                return Ok(line);
            }
            if self.buffer.len() - self.taken > LINE_BYTES_MAX {
                return Err(ImapError::Protocol {
                    command,
                    detail: "a line has no end".to_owned(),
                });
            }
            // What was taken goes before more is read, or the buffer would grow with the mailbox.
            self.buffer.drain(..self.taken);
            self.taken = 0;
            searched = self.buffer.len();
            self.fill(command).await?;
        }
    }

    async fn literal(&mut self, command: &'static str, size: usize) -> Result<Vec<u8>, ImapError> {
        let ready = size.min(self.buffer.len() - self.taken);
        // Not reserved whole: an announcement costs its sender nothing.
        let mut literal = Vec::with_capacity(size.min(1024 * 1024));
        literal.extend_from_slice(&self.buffer[self.taken..self.taken + ready]);
        self.taken += ready;
        while literal.len() < size {
            self.fill(command).await?;
            let more = (size - literal.len()).min(self.buffer.len() - self.taken);
            literal.extend_from_slice(&self.buffer[self.taken..self.taken + more]);
            self.taken += more;
        }
        Ok(literal)
    }
}

/// An answer of NO or BAD as an error.
pub fn refused(command: &'static str, status: StatusLine) -> ImapError {
    ImapError::Refused {
        command,
        status: status.status,
        code: status.code,
        text: status.text,
    }
}

/// True when a text may stand in quotes: no end of line, nothing beyond ASCII, not too long.
fn quotable(text: &str) -> bool {
    text.len() <= 1_000 && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}
