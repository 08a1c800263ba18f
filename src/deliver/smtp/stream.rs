//! The socket under a session, protected or not.

use std::fmt::Display;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::session::{Failure, Step};
use super::{Protection, ServerSettings};
use crate::intake::imap::tls;

/// What a session speaks through.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Duplex for T {}

pub(super) type Stream = Box<dyn Duplex>;

/// Opens the socket. Small packets leave at once: command and answer alternate, and waiting for more to
/// send costs 40 ms a mail.
pub(super) async fn connect(settings: &ServerSettings) -> Result<TcpStream, Failure> {
    let place = (settings.host.as_str(), settings.port);
    let socket = match timeout(settings.limit, TcpStream::connect(place)).await {
        Ok(Ok(socket)) => socket,
        Ok(Err(error)) => {
            return Err(Failure::broken(
                Step::Connect,
                format!("{} port {}: {error}", settings.host, settings.port),
            ));
        }
        Err(_) => {
            return Err(Failure::broken(
                Step::Connect,
                format!("{} port {}: no answer", settings.host, settings.port),
            ));
        }
    };
    socket
        .set_nodelay(true)
        .map_err(|error| Failure::broken(Step::Connect, error))?;
    Ok(socket)
}

/// Begins TLS and checks the server's certificate.
pub(super) async fn protect(stream: Stream, settings: &ServerSettings) -> Result<Stream, Failure> {
    // Implicit TLS is a part of reaching the server.
    let step = match settings.protection {
        Protection::Implicit => Step::Connect,
        Protection::Starttls | Protection::None => Step::StartTls,
    };
    let failed = |reason: &dyn Display| {
        Failure::broken(step, format!("TLS with {} failed: {reason}", settings.host))
    };
    let config = tls::configuration(settings.ca_file.as_deref()).map_err(|error| failed(&error))?;
    let name = tls::server_name(&settings.host).map_err(|error| failed(&error))?;
    let handshake = TlsConnector::from(config).connect(name, stream);
    match timeout(settings.limit, handshake).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(failed(&error)),
        Err(_) => Err(failed(&"no answer")),
    }
}
