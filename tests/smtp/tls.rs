//! Protection: TLS at once and by STARTTLS, with a certificate that is trusted and with one that is not, and
//! a server that goes on in clear text.

use std::path::PathBuf;
use std::sync::Arc;

use precedent::deliver::Carrier;
use precedent::deliver::smtp::{Protection, ServerSettings, Smtp};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::carrier::{Fate, carry, settings};
use crate::server::{Act, Server};

/// A door with TLS before a server in clear text.
struct Door {
    port: u16,
    _folder: TempDir,
    certificate: PathBuf,
}

impl Door {
    /// `starttls`: none for TLS at once, else what is said after STARTTLS in clear text.
    async fn open(server: u16, starttls: Option<&'static str>) -> Self {
        let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let certificate = folder.path().join("cert.pem");
        std::fs::write(&certificate, certified.cert.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(
            certified.signing_key.serialize_der(),
        ));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                // Whoever hangs up ends the conversation.
                tokio::spawn(pass_on(socket, acceptor, server, starttls));
            }
        });
        Self {
            port,
            _folder: folder,
            certificate,
        }
    }
}

async fn pass_on(
    socket: TcpStream,
    acceptor: TlsAcceptor,
    server: u16,
    starttls: Option<&'static str>,
) -> std::io::Result<()> {
    let mut inner = TcpStream::connect(("127.0.0.1", server)).await?;
    let mut outer = if let Some(says) = starttls {
        let mut socket = BufReader::new(socket);
        let mut line = String::new();
        socket.write_all(b"220 door\r\n").await?;
        socket.read_line(&mut line).await?;
        socket.write_all(b"250-door\r\n250 STARTTLS\r\n").await?;
        line.clear();
        socket.read_line(&mut line).await?;
        assert_eq!(line, "STARTTLS\r\n", "nothing is said before");
        socket.write_all(says.as_bytes()).await?;
        // The server's own greeting is not said a second time.
        let mut reader = BufReader::new(&mut inner);
        line.clear();
        reader.read_line(&mut line).await?;
        acceptor.accept(socket.into_inner()).await?
    } else {
        acceptor.accept(socket).await?
    };
    tokio::io::copy_bidirectional(&mut outer, &mut inner).await?;
    Ok(())
}

fn protected(door: &Door, protection: Protection) -> ServerSettings {
    ServerSettings {
        host: "localhost".to_owned(),
        protection,
        ca_file: Some(door.certificate.clone()),
        limit: std::time::Duration::from_secs(5),
        ..settings(door.port)
    }
}

#[tokio::test]
async fn mails_leave_through_tls() {
    let server = Server::start(true, |_| Act::Well);
    for (protection, says) in [
        (Protection::Implicit, None),
        (Protection::Starttls, Some("220 2.0.0 go on\r\n")),
    ] {
        let door = Door::open(server.port, says).await;
        let smtp = Smtp::new(protected(&door, protection), None, 4);
        for _ in 0..3 {
            let (fate, said) = carry(&smtp).await;
            assert_eq!(fate, Fate::Delivered, "{said}");
        }
        smtp.finish().await;
    }
    assert_eq!(server.taken().len(), 6);
}

#[tokio::test]
async fn a_certificate_of_nobody_we_trust_ends_it() {
    let server = Server::good();
    for protection in [Protection::Implicit, Protection::Starttls] {
        let says = (protection == Protection::Starttls).then_some("220 go\r\n");
        let door = Door::open(server.port, says).await;
        let other = Door::open(server.port, says).await;
        let untrusted = ServerSettings {
            ca_file: Some(other.certificate.clone()),
            ..protected(&door, protection)
        };
        let wrong_name = ServerSettings {
            host: "127.0.0.1".to_owned(),
            ..protected(&door, protection)
        };
        let machine = ServerSettings {
            ca_file: None,
            ..protected(&door, protection)
        };
        for settings in [untrusted, wrong_name, machine] {
            let smtp = Smtp::new(settings, None, 4);
            let reason = smtp.ready().await.expect_err("not trusted");
            assert!(reason.contains("TLS with"), "{reason}");
        }
    }
    assert!(server.taken().is_empty());
}

/// Words that somebody puts into the clear text before the handshake are not heard (CVE-2011-0411).
#[tokio::test]
async fn clear_text_after_starttls_ends_it() {
    let server = Server::good();
    let door = Door::open(server.port, Some("220 go on\r\n250 I am inside\r\n")).await;
    let smtp = Smtp::new(protected(&door, Protection::Starttls), None, 4);
    let reason = smtp.ready().await.expect_err("injected");
    assert!(reason.contains("clear text"), "{reason}");
}
