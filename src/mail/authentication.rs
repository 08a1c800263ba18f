//! `Authentication-Results` (RFC 8601): what a trusted server says about the origin of a mail.
//!
//! Only fields of a configured `authserv-id` count, and only where they stand above the first `Received` field
//! that is not of a trusted server: everything below can have been written by the sender.

use std::borrow::Cow;
// The types of addresses alone: nothing here talks to a network.
use core::net::IpAddr;

use super::field::{self, FieldBlock};
use super::{Authentication, AuthenticationResult};

/// Most results read from one field.
const RESULTS_MAX: usize = 50;

/// One method's result with its properties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MethodResult {
    /// `spf`, `dkim`, `dmarc` ..., lower case.
    pub(crate) method: String,
    /// `pass`, `fail` ..., lower case.
    pub(crate) result: String,
    /// `header.d` and the like, lower case, with their values.
    pub(crate) properties: Vec<(String, String)>,
}

impl MethodResult {
    fn property(&self, name: &str) -> Option<&str> {
        self.properties
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    fn word(&self) -> AuthenticationResult {
        match self.result.as_str() {
            "pass" => AuthenticationResult::Pass,
            "fail" | "hardfail" => AuthenticationResult::Fail,
            "none" => AuthenticationResult::None,
            _ => AuthenticationResult::Other,
        }
    }
}

/// A whole field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AuthenticationResults {
    /// Who says so, lower case.
    pub(crate) authserv_id: String,
    /// What is said.
    pub(crate) results: Vec<MethodResult>,
}

/// Pieces of a field value: words, quoted strings and the characters `;`, `=` and `/`. Comments are dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Special(char),
}

fn tokens(value: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            _ if character.is_whitespace() => {}
            '(' => {
                let mut depth = 1_usize;
                while depth > 0 {
                    // A comment that is not closed could hide anything: nothing is believed.
                    match characters.next()? {
                        '(' => depth += 1,
                        ')' => depth -= 1,
                        '\\' => {
                            characters.next()?;
                        }
                        _ => {}
                    }
                }
            }
            '"' => {
                let mut word = String::new();
                loop {
                    match characters.next()? {
                        '"' => break,
                        '\\' => word.push(characters.next()?),
                        inner => word.push(inner),
                    }
                }
                found.push(Token::Word(word));
            }
            ';' | '=' => found.push(Token::Special(character)),
            _ => {
                let mut word = String::from(character);
                while let Some(next) = characters.peek() {
                    if next.is_whitespace() || matches!(next, ';' | '=' | '(' | '"') {
                        break;
                    }
                    word.push(*next);
                    characters.next();
                }
                found.push(Token::Word(word));
            }
        }
        if found.len() > RESULTS_MAX * 20 {
            return None;
        }
    }
    Some(found)
}

/// Reads a field value; none where it breaks the grammar of RFC 8601 section 2.2.
pub(crate) fn parse(value: &str) -> Option<AuthenticationResults> {
    let tokens = tokens(value)?;
    let mut statements = tokens.split(|token| *token == Token::Special(';'));
    let mut head = statements.next()?.iter();
    let Token::Word(authserv_id) = head.next()? else {
        return None;
    };
    // A version may follow, nothing else.
    match (head.next(), head.next()) {
        (None, _) => {}
        // The only version there is; a field of another is not interpreted (RFC 8601 section 2.2).
        (Some(Token::Word(version)), None) if version == "1" => {}
        _ => return None,
    }
    let mut parsed = AuthenticationResults {
        authserv_id: authserv_id.to_ascii_lowercase(),
        results: Vec::new(),
    };
    for statement in statements {
        if parsed.results.len() >= RESULTS_MAX {
            break;
        }
        match statement {
            [] => {}
            [Token::Word(none)] if none.eq_ignore_ascii_case("none") => {}
            [
                Token::Word(method),
                Token::Special('='),
                Token::Word(result),
                rest @ ..,
            ] => {
                let method = method
                    .split('/')
                    .next()
                    .unwrap_or_default()
                    .to_ascii_lowercase();
                let mut result = MethodResult {
                    method,
                    result: result.to_ascii_lowercase(),
                    properties: Vec::new(),
                };
                let mut index = 0;
                while let [
                    Token::Word(name),
                    Token::Special('='),
                    Token::Word(value),
                    ..,
                ] = &rest[index..]
                {
                    let mut value = value.clone();
                    index += 3;
                    // Values with `=` inside (signatures) are cut by the tokenizer: put them together again.
                    while let [Token::Special('='), Token::Word(more), ..] = &rest[index..] {
                        value.push('=');
                        value.push_str(more);
                        index += 2;
                    }
                    result
                        .properties
                        .push((name.to_ascii_lowercase(), value.to_ascii_lowercase()));
                }
                parsed.results.push(result);
            }
            _ => return None,
        }
    }
    Some(parsed)
}

/// Second-level labels under which names are given away, so that the organization is one label longer.
#[rustfmt::skip]
const REGISTRY_LABELS: &[&str] = &[
    "co", "com", "org", "net", "gov", "edu", "ac", "or", "ne", "go", "gob", "gouv", "mil", "ltd",
];

/// The organizational domain (RFC 7489 section 3.2), by a small rule instead of the public suffix list: the last two
/// labels, or three below a country's registry label. It errs towards a longer domain never towards a shared suffix
/// of that kind; hosting suffixes are not known to it.
pub(crate) fn organizational_domain(domain: &str) -> &str {
    let domain = domain.trim_end_matches('.');
    let mut positions = domain.rmatch_indices('.').map(|(position, _)| position);
    let (last, second) = (positions.next(), positions.next());
    let (Some(last), Some(second)) = (last, second) else {
        return domain;
    };
    let third = positions.next();
    let country = domain.len() - last - 1 == 2;
    let label = &domain[second + 1..last];
    if country && (REGISTRY_LABELS.contains(&label) || label.len() <= 2) {
        return third.map_or(domain, |third| &domain[third + 1..]);
    }
    &domain[second + 1..]
}

fn domain_of(value: &str) -> &str {
    value
        .rsplit_once('@')
        .map_or(value, |(_, domain)| domain)
        .trim_matches(['<', '>', '"', '.'])
}

fn aligned(claimed: &str, from: &str) -> bool {
    let (claimed, from) = (ascii_labels(domain_of(claimed)), ascii_labels(from));
    !claimed.is_empty()
        && !from.is_empty()
        && organizational_domain(&claimed) == organizational_domain(&from)
}

/// A domain in the form of the DNS: labels of other scripts as A-labels (RFC 5890), in which servers write them. What is no
/// domain name stays as it is.
fn ascii_labels(domain: &str) -> Cow<'_, str> {
    if domain.is_ascii() && !domain.contains("xn--") {
        return Cow::Borrowed(domain);
    }
    idna::domain_to_ascii(domain).map_or(Cow::Borrowed(domain), Cow::Owned)
}

/// The host that wrote a `Received` field: what follows `by`.
fn received_by(value: &str) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    let mut words = lower.split_whitespace();
    words.find(|word| *word == "by")?;
    words
        .next()
        .map(|host| host.trim_matches(['(', ')', ';', '[', ']']).to_owned())
}

/// Whether a host is one of the trusted servers or stands beside them.
fn is_ours(host: &str, trusted: &[String]) -> bool {
    trusted.iter().any(|id| {
        host.eq_ignore_ascii_case(id)
            || organizational_domain(host) == organizational_domain(id) && id.contains('.')
    })
}

/// Whether a `Received` field says that a trusted server got the mail from another one, or from a program of its own. The name
/// behind `from`, and behind HELO, is what the other side calls itself; what our server found out stands in parentheses
/// behind it (RFC 5321 section 4.4). Only an address inside of our network counts, or a name of ours that the server looked up
/// for the address and wrote right before it: `(mx.desk.example [203.0.113.9])`.
fn handed_on(value: &str, trusted: &[String]) -> bool {
    let lower = value.to_ascii_lowercase();
    let Some(rest) = lower.trim_start().strip_prefix("from ") else {
        return true;
    };
    let (said, by) = rest.split_once(" by ").unwrap_or((rest, ""));
    let near = |host: &str| is_ours(host, trusted) || host == "localhost";
    let spaced: String = said
        .chars()
        .flat_map(|character| {
            let apart = "()[]=".contains(character);
            let space = apart.then_some(' ');
            space.into_iter().chain([character]).chain(space)
        })
        .collect();
    let words: Vec<&str> = spaced
        .split(|character: char| character.is_whitespace() || ";,".contains(character))
        .filter(|word| !word.is_empty())
        .collect();
    let doubted = said.contains("may be forged") || said.contains("unverified");
    let mut inside = false;
    for (place, word) in words.iter().enumerate() {
        let bare = word.strip_prefix("ipv6:").unwrap_or(word);
        let bare = bare.split_once('%').map_or(bare, |(address, _)| address);
        if let Ok(address) = bare.parse::<IpAddr>() {
            // A public address is ours where our server found our name for it.
            let looked_up = !doubted
                && place >= 3
                && words[place - 1] == "["
                && words[place - 3] == "("
                && near(words[place - 2]);
            if !is_inside(address) && !looked_up {
                return false;
            }
            inside = true;
        } else if (place == 0 && *word != "[" || word.contains('.') || *word == "unknown")
            && !near(word)
        {
            return false;
        }
    }
    // Through a socket there is no address to tell, and nobody from outside comes that way.
    inside || by.contains(" with lmtp")
}

/// Whether an address belongs to no public network.
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

/// Reads what trusted servers say; `from_domain` is the domain of the only author, lower case.
pub(crate) fn read(
    block: &FieldBlock<'_>,
    trusted: &[String],
    from_domain: &str,
) -> Authentication {
    let mut authentication = Authentication::default();
    if trusted.is_empty() {
        return authentication;
    }
    let is_trusted = |name: &str| trusted.iter().any(|id| id.eq_ignore_ascii_case(name));
    // What our server says stands on top. A field in its name further down may have come in with the mail: it is
    // not heard about a method that was told above it, nor below the hop behind the first word of ours.
    let mut told: Vec<String> = Vec::new();
    let mut entered = false;
    for raw in &block.fields {
        if raw.name.eq_ignore_ascii_case("Received") {
            let hop = field::unfold(raw.value);
            let by = received_by(&hop).unwrap_or_default();
            // Our own servers hand mail on among themselves; the first foreign hop ends what we wrote.
            let ours = is_ours(&by, trusted);
            if ours && !entered && authentication.authserv_id.is_none() {
                // What is below the hop by which the mail came in may have come in with it, a hop in our name too.
                entered = !handed_on(&hop, trusted);
                continue;
            }
            break;
        }
        if !raw.name.eq_ignore_ascii_case("Authentication-Results") {
            continue;
        }
        let Some(parsed) = parse(&field::unfold(raw.value)) else {
            continue;
        };
        if !is_trusted(&parsed.authserv_id) {
            continue;
        }
        authentication
            .authserv_id
            .get_or_insert(parsed.authserv_id.clone());
        if parsed.results.is_empty() {
            // "none": our server checked nothing (RFC 8601 section 2.2).
            break;
        }
        apply(&mut authentication, &parsed, from_domain, &told);
        told.extend(parsed.results.into_iter().map(|result| result.method));
    }
    authentication.authenticated = authentication.dmarc != AuthenticationResult::Fail
        && [
            authentication.spf,
            authentication.dkim,
            authentication.dmarc,
        ]
        .contains(&AuthenticationResult::Pass);
    authentication
}

/// A pass counts only where it speaks for the author's domain; within one field a better word replaces a worse one,
/// since a mail may have several signatures. Methods that were `told` already are left as they are.
fn apply(
    authentication: &mut Authentication,
    parsed: &AuthenticationResults,
    from_domain: &str,
    told: &[String],
) {
    let news = |method: &str| !told.iter().any(|known| known == method);
    for result in parsed.results.iter().filter(|result| news(&result.method)) {
        let word = result.word();
        let (slot, is_aligned) = match result.method.as_str() {
            "spf" => {
                // RFC 7489 section 3.1.2: of what is checked it is the reverse path that counts. The name in HELO does where
                // that is empty, which no person's mail has.
                let claimed = result.property("smtp.mailfrom").unwrap_or_default();
                (&mut authentication.spf, aligned(claimed, from_domain))
            }
            "dkim" => {
                let claimed = result
                    .property("header.d")
                    .or_else(|| result.property("header.i"))
                    .unwrap_or_default();
                (&mut authentication.dkim, aligned(claimed, from_domain))
            }
            "dmarc" => {
                let claimed = result.property("header.from").unwrap_or_default();
                (
                    &mut authentication.dmarc,
                    ascii_labels(domain_of(claimed)) == ascii_labels(from_domain)
                        && !from_domain.is_empty(),
                )
            }
            "arc" => (&mut authentication.arc, true),
            _ => continue,
        };
        let word = if word == AuthenticationResult::Pass && !is_aligned {
            AuthenticationResult::Other
        } else {
            word
        };
        if rank(word) > rank(*slot) {
            *slot = word;
        }
    }
}

fn rank(word: AuthenticationResult) -> u8 {
    match word {
        AuthenticationResult::None => 0,
        AuthenticationResult::Other => 1,
        AuthenticationResult::Fail => 2,
        AuthenticationResult::Pass => 3,
    }
}

#[cfg(test)]
mod tests;
