//! A door for mail servers: LMTP (RFC 2033) on loopback or a socket. The mail server keeps a mail until it
//! is told that the mail is safe, for each recipient; nothing is said before.

mod conversation;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::RawMail;

/// Connections at once; more are told to come back. Each may have a mail of the largest size in hand.
const CONNECTIONS_MAX: usize = 20;
/// Pause after the system could not take a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Where the door is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LmtpAddress {
    /// Host and port.
    Tcp(String),
    /// A socket in the file system.
    Unix {
        /// Where.
        path: PathBuf,
        /// Its rights, whatever the umask: mail servers run under users of their own.
        mode: u32,
    },
}

/// What the door takes.
#[derive(Clone, Debug)]
pub struct LmtpRules {
    /// Largest mail, bytes.
    pub max_bytes: u64,
    /// Recipients, lower case and without `+detail`; none takes all.
    pub recipients: Option<Vec<String>>,
    /// How we name ourselves.
    pub name: String,
}

/// A mail that waits to be safe, and where to say so.
pub struct Waiting {
    /// The mail.
    pub mail: RawMail,
    /// True when it is safe; false or nothing when the server shall try again.
    pub safe: oneshot::Sender<bool>,
}

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener, PathBuf),
}

/// An open door.
pub struct Lmtp {
    listener: Listener,
}

impl Lmtp {
    /// Opens it. A socket that a process left behind is removed; one that somebody listens on is not.
    ///
    /// # Errors
    /// When the address is taken or not allowed.
    pub async fn open(address: &LmtpAddress) -> std::io::Result<Self> {
        let listener = match address {
            LmtpAddress::Tcp(address) => Listener::Tcp(TcpListener::bind(address).await?),
            LmtpAddress::Unix { path, mode } => {
                if path.exists() {
                    if tokio::net::UnixStream::connect(path).await.is_ok() {
                        return Err(std::io::ErrorKind::AddrInUse.into());
                    }
                    std::fs::remove_file(path)?;
                }
                let listener = UnixListener::bind(path)?;
                use std::os::unix::fs::PermissionsExt as _;
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(*mode))?;
                Listener::Unix(listener, path.clone())
            }
        };
        Ok(Self { listener })
    }

    /// Where it listens, with the port that was given.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.listener {
            Listener::Tcp(listener) => listener
                .local_addr()
                .map(|address| address.to_string())
                .unwrap_or_default(),
            Listener::Unix(_, path) => format!("unix:{}", path.display()),
        }
    }

    /// Serves until `stop` is done; conversations in which no mail is in hand end with it.
    pub async fn serve<S, F>(self, rules: LmtpRules, keeper: mpsc::Sender<Waiting>, stop: S)
    where
        S: Fn() -> F + Clone + Send + 'static,
        F: Future<Output = ()> + Send,
    {
        let rules = Arc::new(rules);
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let end = stop();
        tokio::pin!(end);
        loop {
            let stream: std::io::Result<Box<dyn Bytes>> = tokio::select! {
                () = &mut end => break,
                accepted = self.accept() => accepted,
            };
            let stream = match stream {
                Ok(stream) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection for LMTP could not be taken");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let place = Arc::clone(&places).try_acquire_owned();
            let (rules, keeper, stop) = (Arc::clone(&rules), keeper.clone(), stop.clone());
            tokio::spawn(async move {
                let busy = place.is_err();
                let ended = conversation::serve(stream, &rules, &keeper, busy, stop()).await;
                if let Err(error) = ended {
                    tracing::debug!(%error, "an LMTP conversation ended");
                }
                drop(place);
            });
        }
        if let Listener::Unix(_, path) = &self.listener {
            let _ = std::fs::remove_file(path);
        }
    }

    async fn accept(&self) -> std::io::Result<Box<dyn Bytes>> {
        Ok(match &self.listener {
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
            Listener::Unix(listener, _) => Box::new(listener.accept().await?.0),
        })
    }
}

/// What a conversation is held over.
trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_had_the_rights_of_the_umask_and_no_mail_server_came_in() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o2750)).unwrap();
        for mode in [0o660, 0o666, 0o600] {
            let path = folder.path().join("lmtp");
            let address = LmtpAddress::Unix {
                path: path.clone(),
                mode,
            };
            let door = Lmtp::open(&address).await.unwrap();
            let socket = std::fs::metadata(&path).unwrap();
            assert_eq!(socket.permissions().mode() & 0o777, mode);
            assert_eq!(
                socket.gid(),
                std::fs::metadata(folder.path()).unwrap().gid()
            );
            drop(door);
        }
    }
}
