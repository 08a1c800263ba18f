//! A second opinion: Courier's IMAP server, which has no MOVE, no ESEARCH and names its folders under INBOX.
//!
//! Its package cannot stand beside Dovecot's, so `scripts/test` unpacks it under `target/courier`. The door in front of it,
//! which takes the login, is ours.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use precedent::intake::imap::Session;
use tempfile::TempDir;

use crate::account::account;
use crate::house::left_out;
use crate::inbox::{caught_up_with_after_kills, letters};

const CAPABILITIES: &str = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE IDLE";

/// A mailbox behind Courier. The thread ends with the test process, and each server with its connection.
struct Courier {
    folder: TempDir,
    port: u16,
}

impl Courier {
    /// Starts one; none where it is not unpacked.
    fn start(test: &str) -> Option<Self> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/courier");
        if !root.join("usr/bin/imapd").exists() {
            left_out(&format!("{test} (no Courier; scripts/test unpacks it)"));
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let maildir = folder.path().join("Maildir");
        for part in ["cur", "new", "tmp"] {
            std::fs::create_dir_all(maildir.join(part)).unwrap();
        }
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let home = folder.path().to_owned();
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (root, home) = (root.clone(), home.clone());
                std::thread::spawn(move || serve(&socket, &root, &home));
            }
        });
        Some(Self { folder, port })
    }

    fn lines(&self) -> String {
        format!(
            "host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"anna\"\npassword = \"right-horse\"",
            self.port
        )
    }

    /// Mails arrive, as a mail server's own delivery puts them there.
    fn place(&self, mails: &[Vec<u8>], first: usize) {
        for (number, mail) in mails.iter().enumerate() {
            let name = format!("{}.M{:06}P1.test", 1_790_000_000, first + number);
            let folder = self.folder.path().join("Maildir");
            std::fs::write(folder.join("tmp").join(&name), mail).unwrap();
            std::fs::rename(
                folder.join("tmp").join(&name),
                folder.join("new").join(&name),
            )
            .unwrap();
        }
    }

    async fn count(&self, folder: &str) -> u32 {
        let mut session = Session::connect(&account(&self.lines())).await.unwrap();
        let exists = session.examine(folder).await.unwrap().exists;
        session.logout().await;
        exists
    }
}

/// Takes the login, and hands the connection to the server.
fn serve(socket: &TcpStream, root: &std::path::Path, home: &std::path::Path) -> Option<()> {
    socket.set_nodelay(true).ok()?;
    let mut out = socket.try_clone().ok()?;
    let mut lines = BufReader::new(socket.try_clone().ok()?);
    writeln!(out, "* OK [CAPABILITY {CAPABILITIES}] ready\r").ok()?;
    let tag = loop {
        let mut line = String::new();
        if lines.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let (tag, command) = line.trim_end().split_once(' ')?;
        match command.split(' ').next()? {
            "CAPABILITY" => writeln!(out, "* CAPABILITY {CAPABILITIES}\r\n{tag} OK done\r").ok()?,
            "LOGIN" if command.contains("right-horse") => break tag.to_owned(),
            _ => writeln!(out, "{tag} NO not before a login\r").ok()?,
        }
    };
    let input: OwnedFd = socket.try_clone().ok()?.into();
    let libraries = [
        "usr/lib/x86_64-linux-gnu",
        "usr/lib/aarch64-linux-gnu",
        "usr/lib",
    ]
    .map(|folder| root.join(folder).display().to_string())
    .join(":");
    let mut server = Command::new(root.join("usr/bin/imapd"))
        .arg("Maildir")
        .current_dir(home)
        .env("LD_LIBRARY_PATH", libraries)
        .env("AUTHENTICATED", "anna")
        .env("AUTHADDR", "anna")
        .env("MAILDIR", "Maildir")
        .env("IMAP_CAPABILITY", CAPABILITIES)
        .env("IMAP_USELOCKS", "1")
        .env("IMAP_ENHANCEDIDLE", "0")
        .env("IMAP_IDLE_TIMEOUT", "1")
        .stdin(Stdio::from(input))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut said = BufReader::new(server.stdout.take()?);
    // Up to its greeting, of a connection that is logged in.
    let mut line = Vec::new();
    while !line.starts_with(b"* PREAUTH") {
        line.clear();
        if said.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
    }
    writeln!(out, "{tag} OK LOGIN Ok.\r").ok()?;
    let _ = std::io::copy(&mut said, &mut out);
    // The client may have gone in the middle: then the server has nobody to talk to.
    let _ = socket.shutdown(std::net::Shutdown::Both);
    server.wait().ok()?;
    Some(())
}

#[test]
fn courier_is_caught_up_with_after_kills_and_its_mails_are_moved_without_move() {
    let Some(server) = Courier::start(
        "courier_is_caught_up_with_after_kills_and_its_mails_are_moved_without_move",
    ) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut session = Session::connect(&account(&server.lines())).await.unwrap();
        assert!(!session.has("MOVE") && session.has("UIDPLUS"));
        session.create("INBOX.Done").await.unwrap();
        session.logout().await;
    });
    let mut placed = 0;
    caught_up_with_after_kills(
        &server.lines(),
        &letters(150),
        |mails| {
            server.place(mails, placed);
            placed += mails.len();
        },
        |folder| runtime.block_on(server.count(folder)),
    );
}
