//! Another second opinion: Cyrus, which tells of a new mail at once (its `idled`), names folders below INBOX and reads a mail strictly
//! before it takes it.
//!
//! Its package cannot stand beside Dovecot's, so `scripts/test` unpacks it under `target/cyrus`. It does not work as root:
//! then it is the user `mail`, as Dovecot is.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use precedent::intake::imap::Session;
use tempfile::TempDir;

use crate::account::account;
use crate::dovecot::{PASSWORD, answers, free_port, until};
use crate::house::left_out;
use crate::inbox::{caught_up_with_after_kills, letters};

/// A running server, which takes every password.
struct Cyrus {
    #[expect(dead_code, reason = "it is removed with the server")]
    folder: TempDir,
    port: u16,
    process: Child,
}

impl Cyrus {
    /// Starts one; none where it is not unpacked, or where its user cannot reach it.
    fn start(test: &str) -> Option<Self> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/cyrus");
        if !root.join("usr/lib/cyrus/bin/imapd").exists() {
            left_out(&format!("{test} (no Cyrus; scripts/test unpacks it)"));
            return None;
        }
        let user = user();
        if user == "mail" && !open_to_all(&root) {
            left_out(&format!(
                "{test} (the user mail cannot reach {}, and Cyrus does not work as root)",
                root.display()
            ));
            return None;
        }
        // A short path: those of sockets are limited to about a hundred bytes.
        let folder = tempfile::Builder::new().prefix("cy").tempdir().unwrap();
        for part in ["conf", "conf/socket", "spool"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        for part in ["", "conf", "conf/socket", "spool"] {
            let all = std::fs::Permissions::from_mode(0o777);
            std::fs::set_permissions(folder.path().join(part), all).unwrap();
        }
        let port = free_port();
        write_configuration(folder.path(), &root, &user, port);
        let process = begin(folder.path(), &root);
        let server = Self {
            folder,
            port,
            process,
        };
        until("Cyrus answering", || answers(port));
        Some(server)
    }

    fn lines(&self) -> String {
        format!(
            "host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"anna\"\npassword = \"{PASSWORD}\"",
            self.port
        )
    }

    async fn session(&self) -> Session {
        Session::connect(&account(&self.lines())).await.unwrap()
    }

    /// Mails arrive.
    async fn place(&self, mails: &[Vec<u8>]) {
        let mut session = self.session().await;
        for mail in mails {
            session.append("INBOX", &[], None, mail).await.unwrap();
        }
        session.logout().await;
    }

    async fn count(&self, folder: &str) -> u32 {
        let mut session = self.session().await;
        let exists = session.examine(folder).await.unwrap().exists;
        session.logout().await;
        exists
    }
}

impl Drop for Cyrus {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Who the server is: who we are, or `mail` in the place of root.
fn user() -> String {
    let said = Command::new("id").arg("-un").output().unwrap();
    let user = String::from_utf8(said.stdout).unwrap();
    match user.trim() {
        "root" => "mail".to_owned(),
        other => other.to_owned(),
    }
}

/// Whether everybody may enter a folder and all above it.
fn open_to_all(folder: &Path) -> bool {
    folder.ancestors().all(|part| {
        std::fs::metadata(part).is_ok_and(|data| data.permissions().mode() & 0o001 != 0)
    })
}

/// Debian's settings of folders and names, which are those of older set-ups. Without `idled` nothing is told within half an hour.
fn write_configuration(folder: &Path, root: &Path, user: &str, port: u16) {
    let programs = root.join("usr/lib/cyrus/bin");
    let (here, programs) = (folder.display(), programs.display());
    let settings = format!(
        "configdirectory: {here}/conf
defaultpartition: default
partition-default: {here}/spool
cyrus_user: {user}
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN
allowplaintext: yes
idlesocket: {here}/conf/socket/idle
imapidlepoll: 30m
autocreate_quota: 0
altnamespace: no
unixhierarchysep: no
"
    );
    std::fs::write(folder.join("imapd.conf"), settings).unwrap();
    let with = format!("-C {here}/imapd.conf");
    let services = format!(
        "START {{
  recover cmd=\"{programs}/ctl_cyrusdb {with} -r\"
}}
SERVICES {{
  imap cmd=\"{programs}/imapd {with}\" listen=\"127.0.0.1:{port}\" prefork=1
}}
DAEMON {{
  idled cmd=\"{programs}/idled {with}\"
}}
"
    );
    std::fs::write(folder.join("cyrus.conf"), services).unwrap();
}

/// Starts the process. The shell ends the server when our end of its input closes, however this process ends; the server then ends
/// its whole group of processes, so it gets one of its own.
fn begin(folder: &Path, root: &Path) -> Child {
    let libraries = [
        "usr/lib/x86_64-linux-gnu",
        "lib/x86_64-linux-gnu",
        "usr/lib/aarch64-linux-gnu",
        "lib/aarch64-linux-gnu",
    ]
    .map(|part| root.join(part).display().to_string())
    .join(":");
    let script = "LD_LIBRARY_PATH=$2 setsid \"$1/usr/lib/cyrus/bin/master\" -D -C \"$0/imapd.conf\" -M \"$0/cyrus.conf\" \
         -p \"$0/pid\" & server=$!; cat > /dev/null; kill $server; wait $server";
    Command::new("sh")
        .args(["-c", script])
        .args([folder, root])
        .arg(libraries)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn cyrus_tells_of_new_mails_itself_and_is_caught_up_with_after_kills() {
    let Some(server) =
        Cyrus::start("cyrus_tells_of_new_mails_itself_and_is_caught_up_with_after_kills")
    else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut session = server.session().await;
        assert!(session.has("MOVE") && session.has("IDLE"));
        session.create("INBOX.Done").await.unwrap();
        session.logout().await;
    });
    // While it idles we look ourselves every five minutes: each mail that arrives then is told of, or is too late.
    caught_up_with_after_kills(
        &server.lines(),
        &letters(150),
        |mails| runtime.block_on(server.place(mails)),
        |folder| runtime.block_on(server.count(folder)),
    );
}
