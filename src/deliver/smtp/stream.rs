//! The socket under a session, protected or not.

use std::fmt::Display;
use std::sync::Arc;

use rustls_platform_verifier::ConfigVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::ServerSettings;
use super::session::{Failure, Step};

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
    let failed = |reason: &dyn Display| {
        Failure::broken(
            Step::StartTls,
            format!("TLS with {} failed: {reason}", settings.host),
        )
    };
    let config = match &settings.ca_file {
        None => ClientConfig::with_platform_verifier().map_err(|error| failed(&error))?,
        Some(path) => {
            let mut roots = RootCertStore::empty();
            let certificates = CertificateDer::pem_file_iter(path)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|error| failed(&format!("{}: {error}", path.display())))?;
            for certificate in certificates {
                roots.add(certificate).map_err(|error| failed(&error))?;
            }
            if roots.is_empty() {
                return Err(failed(&format!("{} holds no certificate", path.display())));
            }
            ClientConfig::builder()
                .with_root_certificates(roots)
                .with_no_client_auth()
        }
    };
    let name = ServerName::try_from(settings.host.clone()).map_err(|error| failed(&error))?;
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, stream);
    match timeout(settings.limit, handshake).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(failed(&error)),
        Err(_) => Err(failed(&"no answer")),
    }
}
