//! What a server says, from a framed response to a type. Lenient: what is not understood is
//! [`Response::Other`] and harms nothing, because framing does not depend on understanding.

use jiff::Timestamp;

use super::super::error::Status;
use super::frame::Frame;

/// Deepest nesting of parenthesised lists.
const DEPTH_MAX: usize = 20;

/// One response of the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Response {
    /// `+`: it waits for more of the command, or idles.
    Continue(String),
    /// The end of the command with this tag.
    Tagged {
        /// Tag.
        tag: String,
        /// Result.
        status: StatusLine,
    },
    /// An untagged OK, NO, BAD, BYE or PREAUTH.
    Untagged(StatusLine),
    /// Number of mails in the selected folder.
    Exists(u32),
    /// A mail left the folder: its sequence number.
    Expunge(u32),
    /// Data of one mail.
    Fetch(Fetch),
    /// What the server offers, upper case.
    Capability(Vec<String>),
    /// A folder.
    List(ListItem),
    /// UIDs or numbers found.
    Search(Vec<u32>),
    /// Result of an extended search (RFC 4731): its correlating tag and its ALL set, as written.
    ExtendedSearch {
        /// Tag of the command.
        tag: Option<String>,
        /// Sequence set.
        all: Option<String>,
    },
    /// Flags defined in the folder.
    Flags(Vec<String>),
    /// Who the server is (RFC 2971): keys and values.
    Id(Vec<(String, String)>),
    /// Anything else: its keyword.
    Other(String),
}

/// Status, response code and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusLine {
    /// Status.
    pub status: Status,
    /// What stands in brackets, its name in upper case.
    pub code: Option<String>,
    /// The rest.
    pub text: String,
}

impl StatusLine {
    /// The arguments of the response code of this name.
    #[must_use]
    pub fn code_arguments(&self, name: &str) -> Option<&str> {
        let code = self.code.as_deref()?;
        let rest = code.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim_start())
    }
}

/// Data of one mail. What the server did not send is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fetch {
    /// Sequence number.
    pub number: u32,
    /// UID.
    pub uid: Option<u32>,
    /// RFC822.SIZE, bytes.
    pub size: Option<u64>,
    /// INTERNALDATE.
    pub internal_date: Option<Timestamp>,
    /// FLAGS.
    pub flags: Option<Vec<String>>,
    /// What stands in the brackets of BODY[...], and its bytes; a piece begins at its origin.
    pub body: Option<Body>,
}

/// A part of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Section, upper case: empty for the whole mail.
    pub section: String,
    /// First byte, where a piece was asked for.
    pub origin: Option<u64>,
    /// None for NIL: the server has no such mail any more.
    pub bytes: Option<Vec<u8>>,
}

/// A folder as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem {
    /// Attributes, such as `\Noselect` and `\Sent`.
    pub attributes: Vec<String>,
    /// Between the levels of a name.
    pub delimiter: Option<char>,
    /// Name as the server writes it (modified UTF-7).
    pub name: Vec<u8>,
}

/// A value in a response.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Nil,
    Atom(Vec<u8>),
    Text(Vec<u8>),
    List(Vec<Value>),
}

impl Value {
    fn bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Atom(bytes) | Self::Text(bytes) => Some(bytes),
            Self::Nil | Self::List(_) => None,
        }
    }

    fn text(self) -> Option<String> {
        self.bytes().map(plain)
    }

    fn words(self) -> Vec<String> {
        match self {
            Self::List(values) => values.into_iter().filter_map(Self::text).collect(),
            _ => Vec::new(),
        }
    }
}

/// Bytes of the protocol as text: ASCII by nature; anything else of a careless server is shown as `?`.
fn plain(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        error
            .into_bytes()
            .into_iter()
            .map(|byte| {
                if byte.is_ascii() {
                    char::from(byte)
                } else {
                    '?'
                }
            })
            .collect()
    })
}

/// Reads a response.
///
/// # Errors
/// What is wrong with its form, in words.
pub fn read(frame: Frame) -> Result<Response, String> {
    let mut reader = Reader::new(frame);
    match reader.peek() {
        Some(b'+') => {
            reader.skip(1);
            reader.skip_spaces();
            Ok(Response::Continue(reader.rest()))
        }
        Some(b'*') => {
            reader.skip(1);
            reader.skip_spaces();
            untagged(reader)
        }
        Some(_) => {
            let tag = reader.word();
            let name = reader.word();
            let status = status_of(&name).ok_or("a line is neither a response nor a result")?;
            Ok(Response::Tagged {
                tag,
                status: status_line(status, &mut reader),
            })
        }
        None => Err("an empty line".to_owned()),
    }
}

fn status_of(word: &str) -> Option<Status> {
    Some(match word.to_ascii_uppercase().as_str() {
        "OK" => Status::Ok,
        "NO" => Status::No,
        "BAD" => Status::Bad,
        "BYE" => Status::Bye,
        "PREAUTH" => Status::Preauth,
        _ => return None,
    })
}

fn status_line(status: Status, reader: &mut Reader) -> StatusLine {
    let mut code = None;
    if reader.peek() == Some(b'[') {
        reader.skip(1);
        let inside = reader.until(b']');
        let (name, arguments) = inside.split_once(' ').unwrap_or((&inside, ""));
        let mut written = name.to_ascii_uppercase();
        if !arguments.is_empty() {
            written.push(' ');
            written.push_str(arguments);
        }
        code = Some(written);
        reader.skip_spaces();
    }
    StatusLine {
        status,
        code,
        text: reader.rest(),
    }
}

fn untagged(mut reader: Reader) -> Result<Response, String> {
    let word = reader.word();
    if let Some(status) = status_of(&word) {
        return Ok(Response::Untagged(status_line(status, &mut reader)));
    }
    if let Ok(number) = word.parse::<u32>() {
        let keyword = reader.word().to_ascii_uppercase();
        return match keyword.as_str() {
            "EXISTS" => Ok(Response::Exists(number)),
            "EXPUNGE" => Ok(Response::Expunge(number)),
            "FETCH" => fetch(number, &mut reader).map(Response::Fetch),
            _ => Ok(Response::Other(keyword)),
        };
    }
    let keyword = word.to_ascii_uppercase();
    Ok(match keyword.as_str() {
        "CAPABILITY" => Response::Capability(
            reader
                .rest()
                .split_ascii_whitespace()
                .map(str::to_ascii_uppercase)
                .collect(),
        ),
        "LIST" | "LSUB" | "XLIST" => {
            let attributes = reader.value(0)?.words();
            let delimiter = reader.value(0)?.text().and_then(|text| text.chars().next());
            let name = reader.value(0)?.bytes().unwrap_or_default();
            Response::List(ListItem {
                attributes,
                delimiter,
                name,
            })
        }
        "SEARCH" => Response::Search(
            reader
                .rest()
                .split_ascii_whitespace()
                .map_while(|word| word.parse().ok())
                .collect(),
        ),
        "ESEARCH" => extended_search(&reader.rest()),
        "FLAGS" => Response::Flags(reader.value(0)?.words()),
        "ID" => {
            let words = match reader.value(0)? {
                Value::List(values) => values,
                _ => Vec::new(),
            };
            let mut words = words
                .into_iter()
                .map(|value| value.text().unwrap_or_default());
            let mut pairs = Vec::new();
            while let (Some(key), Some(value)) = (words.next(), words.next()) {
                pairs.push((key, value));
            }
            Response::Id(pairs)
        }
        _ => Response::Other(keyword),
    })
}

fn extended_search(rest: &str) -> Response {
    let tag = rest
        .strip_prefix("(TAG \"")
        .and_then(|rest| rest.split_once('"'))
        .map(|(tag, _)| tag.to_owned());
    let mut words = rest.split_ascii_whitespace();
    let all = words
        .by_ref()
        .find(|word| word.eq_ignore_ascii_case("ALL"))
        .and_then(|_| words.next())
        .map(str::to_owned);
    Response::ExtendedSearch { tag, all }
}

fn fetch(number: u32, reader: &mut Reader) -> Result<Fetch, String> {
    let mut fetch = Fetch {
        number,
        ..Fetch::default()
    };
    reader.skip_spaces();
    if reader.peek() != Some(b'(') {
        return Err("FETCH without its list".to_owned());
    }
    reader.skip(1);
    loop {
        reader.skip_spaces();
        match reader.peek() {
            Some(b')') => return Ok(fetch),
            None => return Err("FETCH ends within its list".to_owned()),
            Some(_) => {}
        }
        let (name, section, origin) = reader.attribute();
        let value = reader.value(0)?;
        match name.as_str() {
            "UID" => fetch.uid = value.text().and_then(|text| text.parse().ok()),
            "RFC822.SIZE" => fetch.size = value.text().and_then(|text| text.parse().ok()),
            "INTERNALDATE" => {
                fetch.internal_date = value.text().and_then(|text| internal_date(&text));
            }
            "FLAGS" => fetch.flags = Some(value.words()),
            "BODY" if section.is_some() => {
                fetch.body = Some(Body {
                    section: section.unwrap_or_default(),
                    origin,
                    bytes: value.bytes(),
                });
            }
            _ => {}
        }
    }
}

/// Reads `17-Jul-1996 02:44:25 -0700`; the day may begin with a space.
fn internal_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim_start())
        .ok()?
        .to_timestamp()
        .ok()
}

/// Walks through the lines and literals of a response.
struct Reader {
    frame: Frame,
    part: usize,
    at: usize,
}

impl Reader {
    fn new(frame: Frame) -> Self {
        Self {
            frame,
            part: 0,
            at: 0,
        }
    }

    /// What is left of the line in hand; it ends where a literal begins.
    fn line(&self) -> &[u8] {
        self.frame
            .parts
            .get(self.part)
            .and_then(|part| part.line.get(self.at..))
            .unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.line().first().copied()
    }

    fn skip(&mut self, count: usize) {
        self.at += count;
    }

    fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Takes bytes while they please.
    fn take(&mut self, pleases: impl Fn(u8) -> bool) -> Vec<u8> {
        let line = self.line();
        let length = line
            .iter()
            .position(|byte| !pleases(*byte))
            .unwrap_or(line.len());
        let taken = line[..length].to_vec();
        self.at += length;
        taken
    }

    /// The next word and the spaces after it.
    fn word(&mut self) -> String {
        let word = plain(self.take(|byte| byte != b' '));
        self.skip_spaces();
        word
    }

    /// Everything to the end of the line.
    fn rest(&mut self) -> String {
        plain(self.take(|_| true))
    }

    /// Everything before a byte, which is skipped.
    fn until(&mut self, end: u8) -> String {
        let text = plain(self.take(|byte| byte != end));
        self.skip(1);
        text
    }

    /// The name of a FETCH attribute, its section in brackets, its origin.
    fn attribute(&mut self) -> (String, Option<String>, Option<u64>) {
        let name = plain(self.take(|byte| !b" [(".contains(&byte))).to_ascii_uppercase();
        let mut section = None;
        let mut origin = None;
        if self.peek() == Some(b'[') {
            self.skip(1);
            section = Some(self.until(b']').to_ascii_uppercase());
            if self.peek() == Some(b'<') {
                self.skip(1);
                origin = self.until(b'>').parse().ok();
            }
        }
        self.skip_spaces();
        (name, section, origin)
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        self.skip_spaces();
        match self.peek() {
            // The line ends here: a literal follows, or the response is cut.
            None => {
                let literal = self
                    .frame
                    .parts
                    .get_mut(self.part)
                    .and_then(|part| part.literal.take())
                    .ok_or("a value is missing")?;
                self.part += 1;
                self.at = 0;
                Ok(Value::Text(literal))
            }
            Some(b'"') => {
                self.skip(1);
                let mut text = Vec::new();
                loop {
                    text.extend(self.take(|byte| byte != b'"' && byte != b'\\'));
                    match self.peek() {
                        Some(b'"') => {
                            self.skip(1);
                            return Ok(Value::Text(text));
                        }
                        Some(_) => {
                            self.skip(1);
                            text.push(self.peek().ok_or("a quoted text has no end")?);
                            self.skip(1);
                        }
                        None => return Err("a quoted text has no end".to_owned()),
                    }
                }
            }
            Some(b'(') => {
                if depth >= DEPTH_MAX {
                    return Err("lists are nested too deep".to_owned());
                }
                self.skip(1);
                let mut values = Vec::new();
                loop {
                    self.skip_spaces();
                    if self.peek() == Some(b')') {
                        self.skip(1);
                        return Ok(Value::List(values));
                    }
                    values.push(self.value(depth + 1)?);
                }
            }
            Some(b')') => Err("a list ends where a value should be".to_owned()),
            Some(_) => {
                let atom = self.take(|byte| !b" ()\"".contains(&byte));
                if atom.eq_ignore_ascii_case(b"NIL") {
                    Ok(Value::Nil)
                } else {
                    Ok(Value::Atom(atom))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
