//! A Dovecot of a test's own: temporary folder, loopback, free ports, ends with the test.

use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use precedent::config::AccountSettings;
use tempfile::TempDir;

use crate::account::account;

use crate::house::left_out;

/// Every user has this password.
pub const PASSWORD: &str = "right-horse";

/// A running server.
pub struct Dovecot {
    folder: TempDir,
    port: u16,
    tls_port: u16,
    process: Option<Child>,
    more: String,
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Whether a server there begins to speak.
pub fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok_and(|mut stream| {
        stream
            .set_read_timeout(Some(Duration::from_secs(2)))
            .is_ok()
            && stream.read(&mut [0; 1]).is_ok_and(|read| read == 1)
    })
}

/// Waits until something holds, at most half a minute.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

impl Dovecot {
    /// Starts one; none where it is not installed.
    pub fn start(test: &str) -> Option<Self> {
        Self::start_with(test, "")
    }

    /// The same with more lines of configuration.
    pub fn start_with(test: &str, more: &str) -> Option<Self> {
        let installed = Command::new("dovecot")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok();
        if !installed {
            left_out(&format!(
                "{test} (no dovecot; scripts/test installs dovecot-imapd)"
            ));
            return None;
        }
        // A short path: those of sockets are limited to about a hundred bytes.
        let folder = tempfile::Builder::new().prefix("dc").tempdir().unwrap();
        let mut server = Self {
            folder,
            port: free_port(),
            tls_port: free_port(),
            process: None,
            more: more.to_owned(),
        };
        server.write_configuration();
        server.begin();
        Some(server)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_configuration(&self) {
        let certified = rcgen::generate_simple_self_signed(vec![
            "localhost".to_owned(),
            "127.0.0.1".to_owned(),
        ])
        .unwrap();
        std::fs::write(self.path("cert.pem"), certified.cert.pem()).unwrap();
        std::fs::write(self.path("key.pem"), certified.signing_key.serialize_pem()).unwrap();
        // Mail is kept under a user that is not root; the folder must let it in.
        let mail = self.path("mail");
        std::fs::create_dir(&mail).unwrap();
        for folder in [self.folder.path(), &mail] {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        }
        let folder = self.folder.path().display();
        let text = format!(
            "base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
first_valid_uid = 1
mail_plugins = zlib
protocol imap {{
  mail_plugins = zlib imap_zlib
  mail_max_userip_connections = 50
}}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Drafts {{
    auto = create
    special_use = \\Drafts
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {}
  }}
  inet_listener imaps {{
    port = {}
    ssl = yes
  }}
}}
{}
",
            self.port, self.tls_port, self.more
        );
        std::fs::write(self.path("dovecot.conf"), text).unwrap();
    }

    /// Starts the process, and waits until it answers.
    pub fn begin(&mut self) {
        // The shell ends the server when our end of its input closes, however this process ends.
        let script =
            "dovecot -c \"$0\" -F & server=$!; cat > /dev/null; kill $server; wait $server";
        let child = Command::new("sh")
            .args(["-c", script])
            .arg(self.path("dovecot.conf"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.process = Some(child);
        let port = self.port;
        until("dovecot answering", || answers(port));
    }

    /// Ends the process; connections end with it.
    pub fn end(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.stdin.take());
            let _ = process.wait();
        }
    }

    /// The certificate, which is its own authority.
    pub fn certificate(&self) -> PathBuf {
        self.path("cert.pem")
    }

    /// The lines of an account of this user in clear text.
    pub fn lines(&self, user: &str) -> String {
        format!(
            "host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"{user}\"\npassword = \"{PASSWORD}\"",
            self.port
        )
    }

    /// An account of this user, with more lines.
    pub fn account(&self, user: &str, more: &str) -> AccountSettings {
        account(&format!("{}\n{more}", self.lines(user)))
    }

    /// An account over TLS.
    pub fn tls_account(&self, user: &str, tls: &str, more: &str) -> AccountSettings {
        let port = if tls == "implicit" {
            self.tls_port
        } else {
            self.port
        };
        account(&format!(
            "host = \"localhost\"\nport = {port}\ntls = \"{tls}\"\nuser = \"{user}\"\npassword = \"{PASSWORD}\"\n{more}"
        ))
    }

    /// The Maildir of a user.
    pub fn maildir(&self, user: &str) -> PathBuf {
        self.path("mail").join(user)
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.end();
    }
}
