//! Proving who we are. Nothing secret is sent before the connection is what the configuration wants.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::time::Instant;

use super::error::{ImapError, Status};
use super::wire::{Argument, Response, StatusLine, Wire, refused};
use crate::config::{AccountSettings, AuthMethod, Secret};

const COMMAND: &str = "AUTHENTICATE";

/// Logs in.
///
/// # Errors
/// [`ImapError::LoginRefused`] when the server says no; [`ImapError::Refused`] when it says no only for now.
pub async fn log_in(
    wire: &mut Wire,
    account: &AccountSettings,
    secret: &Secret,
    until: Instant,
) -> Result<(), ImapError> {
    let server = format!("{}:{}", account.host, account.port());
    let offers = |wire: &Wire, word: &str| wire.capabilities().contains(word);
    let done = match account.auth {
        AuthMethod::Login => {
            if offers(wire, "LOGINDISABLED") {
                return Err(ImapError::Lacking {
                    server,
                    what: format!(
                        "LOGIN on this connection (LOGINDISABLED): set tls = \"starttls\" or \"implicit\", or another auth{}",
                        offered(wire)
                    ),
                });
            }
            let arguments = [
                Argument::Text(&account.user),
                Argument::Text(secret.expose()),
            ];
            wire.run("LOGIN", &arguments, until).await.map(|_| ())
        }
        method => {
            let (mechanism, response) = initial_response(account, method, secret);
            if !offers(wire, &format!("AUTH={mechanism}")) {
                return Err(ImapError::Lacking {
                    server,
                    what: format!("AUTH={mechanism}: set another auth{}", offered(wire)),
                });
            }
            authenticate(wire, mechanism, &response, until).await
        }
    };
    match done {
        Err(error @ ImapError::Refused { .. }) if error.asks_for_patience() => Err(error),
        Err(ImapError::Refused { code, text, .. }) => Err(ImapError::LoginRefused {
            server,
            user: account.user.clone(),
            text: match code {
                Some(code) => format!("[{code}] {text}"),
                None => text,
            },
        }),
        other => other,
    }
}

/// The ways to log in that a server offers, for an error.
fn offered(wire: &Wire) -> String {
    let ways: Vec<&str> = wire
        .capabilities()
        .iter()
        .filter(|word| word.starts_with("AUTH="))
        .map(String::as_str)
        .collect();
    if ways.is_empty() {
        " (it offers no AUTH)".to_owned()
    } else {
        format!(" (it offers {})", ways.join(" "))
    }
}

fn initial_response(
    account: &AccountSettings,
    method: AuthMethod,
    secret: &Secret,
) -> (&'static str, String) {
    let (user, secret) = (&account.user, secret.expose());
    let (mechanism, text) = match method {
        AuthMethod::Login | AuthMethod::Plain => ("PLAIN", format!("\0{user}\0{secret}")),
        AuthMethod::Xoauth2 => (
            "XOAUTH2",
            format!("user={user}\x01auth=Bearer {secret}\x01\x01"),
        ),
        AuthMethod::Oauthbearer => (
            "OAUTHBEARER",
            format!(
                "n,a={},\x01host={}\x01port={}\x01auth=Bearer {secret}\x01\x01",
                user.replace('=', "=3D").replace(',', "=2C"),
                account.host,
                account.port(),
            ),
        ),
    };
    (mechanism, STANDARD.encode(text))
}

/// The AUTHENTICATE command, with the first response in it where the server can take it (RFC 4959).
async fn authenticate(
    wire: &mut Wire,
    mechanism: &str,
    response: &str,
    until: Instant,
) -> Result<(), ImapError> {
    let at_once = wire.capabilities().contains("SASL-IR");
    let mut arguments = vec![Argument::Atom(mechanism)];
    if at_once {
        arguments.push(Argument::Atom(response));
    }
    let tag = wire.send(COMMAND, &arguments, until).await?;
    let mut sent = at_once;
    let mut told = None;
    loop {
        match wire.next(COMMAND, until).await? {
            Response::Continue(_) if !sent => {
                sent = true;
                wire.write(COMMAND, format!("{response}\r\n").as_bytes(), until)
                    .await?;
            }
            Response::Continue(challenge) => {
                // The reason of a refusal, in JSON (RFC 7628 section 3.2.3): an empty answer ends it.
                told = STANDARD
                    .decode(challenge.trim())
                    .ok()
                    .and_then(|bytes| String::from_utf8(bytes).ok());
                let end: &[u8] = if mechanism == "OAUTHBEARER" {
                    b"AQ==\r\n"
                } else {
                    b"\r\n"
                };
                wire.write(COMMAND, end, until).await?;
            }
            Response::Tagged {
                tag: answered,
                status,
            } if answered == tag => {
                if status.status == Status::Ok {
                    if let Some(words) = status.code_arguments("CAPABILITY") {
                        let words: Vec<String> = words
                            .split_ascii_whitespace()
                            .map(str::to_ascii_uppercase)
                            .collect();
                        wire.set_capabilities(words);
                    }
                    return Ok(());
                }
                let text = match told {
                    Some(told) => format!("{} {told}", status.text),
                    None => status.text,
                };
                return Err(refused(COMMAND, StatusLine { text, ..status }));
            }
            _ => {}
        }
    }
}
