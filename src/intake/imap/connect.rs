//! From nothing to a connection that is protected as the account wants it, and the secret for the login.

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::error::{ImapError, Status};
use super::tls;
use super::wire::{Response, Stream, Wire};
use crate::config::{AccountSettings, Secret, TlsMode};

/// The password, or an access token that lives.
pub(super) async fn secret(account: &AccountSettings) -> Result<Secret, ImapError> {
    if let Some(oauth) = &account.oauth {
        return Ok(crate::oauth::access_token(oauth, &account.name).await?);
    }
    account
        .secret()
        .ok_or_else(|| "none is configured".to_owned())
        .and_then(|source| source.read())
        .map_err(|detail| ImapError::Secret {
            account: account.name.clone(),
            detail,
        })
}

/// Connects and protects. True when the server knows us already (PREAUTH).
pub(super) async fn open(
    account: &AccountSettings,
    until: Instant,
) -> Result<(Wire, String, bool), ImapError> {
    let server = format!("{}:{}", account.host, account.port());
    if account.tls == TlsMode::None && !account.is_loopback() && !account.allow_clear_text {
        return Err(ImapError::Tls {
            server,
            detail: "clear text is not allowed".to_owned(),
        });
    }
    let connect = |error| ImapError::Connect {
        server: server.clone(),
        error,
    };
    let protection = |detail: String| ImapError::Tls {
        server: server.clone(),
        detail,
    };
    let tcp = timeout_at(
        until,
        TcpStream::connect((account.host.as_str(), account.port())),
    )
    .await
    .map_err(|_| connect(std::io::ErrorKind::TimedOut.into()))?
    .map_err(connect)?;
    tcp.set_nodelay(true).map_err(connect)?;
    let encryption = match account.tls {
        TlsMode::None => None,
        TlsMode::Implicit | TlsMode::Starttls => Some((
            tls::configuration(account.ca_file.as_deref()).map_err(protection)?,
            tls::server_name(&account.host).map_err(protection)?,
        )),
    };
    // A wrong certificate stays wrong; a connection that ends in between may do better next time.
    let handshake_failed = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::InvalidData {
            protection(error.to_string())
        } else {
            connect(error)
        }
    };
    let too_slow = || connect(std::io::ErrorKind::TimedOut.into());
    let mut stream = Stream::plain(tcp);
    if let (TlsMode::Implicit, Some((configuration, name))) = (account.tls, &encryption) {
        let handshake = stream.protect(configuration.clone(), name.clone());
        stream = timeout_at(until, handshake)
            .await
            .map_err(|_| too_slow())?
            .map_err(handshake_failed)?;
    }
    let mut wire = Wire::new(stream);
    let (greeting, known) = greeting(&mut wire, until).await?;
    if let (TlsMode::Starttls, Some((configuration, name))) = (account.tls, encryption) {
        if known {
            // A server that knows us before TLS would have to be asked for what cannot be protected
            // any more (RFC 3501 section 6.2.1 forbids STARTTLS here).
            return Err(protection(
                "the server greets with PREAUTH, which rules STARTTLS out".to_owned(),
            ));
        }
        if wire.capabilities().is_empty() {
            wire.run("CAPABILITY", &[], until).await?;
        }
        if !wire.capabilities().contains("STARTTLS") {
            return Err(protection(
                "the server does not offer STARTTLS; nothing was sent".to_owned(),
            ));
        }
        match wire.run("STARTTLS", &[], until).await {
            Ok(_) => {}
            Err(ImapError::Refused { text, .. }) => {
                return Err(protection(format!("STARTTLS is refused: {text}")));
            }
            Err(error) => return Err(error),
        }
        wire = timeout_at(until, wire.protect(configuration, name))
            .await
            .map_err(|_| too_slow())?
            .map_err(handshake_failed)?;
    }
    Ok((wire, greeting, known))
}

async fn greeting(wire: &mut Wire, until: Instant) -> Result<(String, bool), ImapError> {
    const COMMAND: &str = "the greeting";
    match wire.next(COMMAND, until).await? {
        Response::Untagged(status) => match status.status {
            Status::Ok => Ok((status.text, false)),
            Status::Preauth => Ok((status.text, true)),
            Status::Bye => Err(ImapError::Closed {
                command: COMMAND,
                text: Some(status.text),
            }),
            Status::No | Status::Bad => Err(super::wire::refused(COMMAND, status)),
        },
        _ => Err(wire.protocol(COMMAND, "the first line is no greeting")),
    }
}
