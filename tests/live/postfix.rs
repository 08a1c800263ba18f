//! A mail server in front of our door: what it took and could not hand on waits in its queue, and each mail is one case
//! however often it comes.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use precedent::deliver::smtp::{Protection, ServerSettings, Session};
use tempfile::TempDir;

use crate::dovecot::{free_port, until};
use crate::house::{House, left_out};
use crate::inbox::{archived, each_is_one_case, letters, says};
use crate::letter::DESK;

/// A Postfix of a test's own, which hands everything for the desk to a door on loopback.
struct Postfix {
    folder: TempDir,
    port: u16,
    process: Option<Child>,
}

impl Postfix {
    /// Starts one; none where it is not installed, or this user may not.
    fn start(test: &str, door: u16) -> Option<Self> {
        let installed = PathBuf::from("/usr/lib/postfix/sbin/master").exists();
        let root = Command::new("id")
            .arg("-u")
            .output()
            .is_ok_and(|output| output.stdout == b"0\n");
        if !installed || !root {
            left_out(&format!(
                "{test} (no Postfix that this user may start; scripts/test installs it)"
            ));
            return None;
        }
        let folder = tempfile::Builder::new().prefix("pf").tempdir().unwrap();
        let mut server = Self {
            folder,
            port: free_port(),
            process: None,
        };
        server.write_configuration(door);
        server.begin();
        Some(server)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_configuration(&self, door: u16) {
        use std::os::unix::fs::PermissionsExt as _;
        let world = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(self.folder.path(), world).unwrap();
        for name in ["queue", "data", "conf"] {
            std::fs::create_dir(self.path(name)).unwrap();
        }
        let owned = Command::new("chown")
            .arg("postfix")
            .arg(self.path("data"))
            .status()
            .unwrap();
        assert!(owned.success());
        let folder = self.folder.path().display();
        std::fs::write(
            self.path("conf/main.cf"),
            format!(
                "compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.desk.example
mydestination =
alias_maps =
alias_database =
virtual_mailbox_domains = desk.example
virtual_mailbox_maps = static:all
virtual_transport = lmtp:inet:127.0.0.1:{door}
default_transport = discard
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
transport_retry_time = 1s
maillog_file_prefixes = {folder}
maillog_file = {folder}/log
"
            ),
        )
        .unwrap();
        std::fs::write(
            self.path("conf/master.cf"),
            format!(
                "127.0.0.1:{} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
lmtp unix - - n - - lmtp
retry unix - - n - - error
error unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
showq unix n - n - - showq
flush unix n - n 1000? 0 flush
postlog unix-dgram n - n - 1 postlogd
",
                self.port
            ),
        )
        .unwrap();
    }

    fn begin(&mut self) {
        // The shell ends the server when our end of its input closes, however this process ends.
        let script = "postfix -c \"$0\" start; cat > /dev/null; postfix -c \"$0\" stop";
        let path = std::env::var("PATH").unwrap_or_default();
        let child = Command::new("sh")
            .args(["-c", script])
            .arg(self.path("conf"))
            .env("PATH", format!("{path}:/usr/sbin"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.process = Some(child);
        let port = self.port;
        until("Postfix answering", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
    }

    /// Hands it mails, over one connection.
    fn take(&self, recipient: &str, mails: &[Vec<u8>]) {
        let settings = ServerSettings {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            protection: Protection::None,
            ca_file: None,
            credentials: None,
            hello: None,
            limit: Duration::from_secs(60),
            final_limit: Duration::from_secs(60),
        };
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let mut session = Session::open(&settings).await.unwrap();
            for mail in mails {
                session
                    .send(Some("dev@customer.example"), recipient, mail)
                    .await
                    .unwrap();
            }
            session.quit().await;
        });
    }

    /// What waits, in its words. It is to be tried at once.
    fn queue(&self) -> String {
        let path = std::env::var("PATH").unwrap_or_default();
        let queue = |flag: &str| {
            Command::new("postqueue")
                .env("PATH", format!("{path}:/usr/sbin"))
                .arg("-c")
                .arg(self.path("conf"))
                .arg(flag)
                .output()
                .unwrap()
        };
        // What was cut off in the middle would wait for minutes.
        queue("-f");
        let listed = queue("-p");
        String::from_utf8(listed.stdout).unwrap()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.stdin.take());
            let _ = process.wait();
        }
    }
}

#[test]
fn postfix_keeps_the_mail_until_our_door_has_it_and_no_mail_is_two_cases() {
    const MAILS: u64 = 60;
    let door = free_port();
    let Some(server) = Postfix::start(
        "postfix_keeps_the_mail_until_our_door_has_it_and_no_mail_is_two_cases",
        door,
    ) else {
        return;
    };
    let house = House::empty();
    house.configure(
        "observe",
        &format!("\n[lmtp]\nlisten = \"127.0.0.1:{door}\"\n"),
    );
    let mails = letters(MAILS as usize);
    // Nobody is behind the door yet: Postfix has the mails, and keeps them.
    server.take(DESK, &mails[..40]);
    let mut running = house.start(&["-v", "run"]);
    says(&running, "LMTP on");
    until("the first mails", || {
        archived(&house).is_some_and(|stats| stats.mails >= 5)
    });
    // Ended in the middle; mails go on coming.
    running.kill();
    server.take(DESK, &mails[40..]);
    // One that our door refuses holds up no other.
    server.take("nobody@desk.example", &letters(1));
    let mut running = house.start(&["-v", "run"]);
    let deadline = Instant::now() + Duration::from_secs(90);
    while !(server.queue().contains("queue is empty")
        && archived(&house).is_some_and(|stats| stats.processed == MAILS && stats.pending == 0))
    {
        assert!(
            Instant::now() < deadline,
            "{:?}\n{}\n{}\n{}",
            archived(&house),
            running.err(),
            server.queue(),
            std::fs::read_to_string(server.path("log")).unwrap_or_default()
        );
        std::thread::park_timeout(Duration::from_millis(500));
    }
    each_is_one_case(&house, &mut running, MAILS as usize);
}
