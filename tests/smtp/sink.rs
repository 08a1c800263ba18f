//! The same against somebody else's server: `smtp-sink` of Postfix with its faults.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use precedent::deliver::Carrier;
use precedent::deliver::smtp::Smtp;

use crate::carrier::{Fate, carry, settings};
use crate::house::{left_out, until};

/// A running `smtp-sink`; ends with the test.
struct Sink {
    child: Child,
    port: u16,
}

impl Sink {
    /// Starts one with these flags; none where it is not installed.
    fn start(flags: &[&str]) -> Option<Self> {
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let child = ["smtp-sink", "/usr/sbin/smtp-sink"]
            .iter()
            .find_map(|name| {
                let mut command = Command::new(name);
                // It will not run as root.
                if is_root() {
                    command.args(["-u", "nobody"]);
                }
                command
                    .args(flags)
                    .args([&format!("127.0.0.1:{port}"), "100"])
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .ok()
            });
        let Some(mut child) = child else {
            left_out("a test against smtp-sink (scripts/test installs postfix)");
            return None;
        };
        until(
            "smtp-sink answers",
            std::time::Duration::from_secs(20),
            || {
                assert!(child.try_wait().unwrap().is_none(), "smtp-sink ended");
                TcpStream::connect(("127.0.0.1", port)).ok()
            },
        );
        Some(Self { child, port })
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

#[tokio::test]
async fn its_faults_have_their_fates() {
    for (flags, expected) in [
        (&[][..], Fate::Delivered),
        (&["-p"], Fate::Delivered),
        (&["-r", "mail"], Fate::Later),
        (&["-r", "rcpt"], Fate::Later),
        (&["-r", "data"], Fate::Later),
        (&["-r", "."], Fate::Later),
        (&["-f", "mail"], Fate::Refused { address: false }),
        // It says "500 5.3.0 Error: command failed": no word about the address.
        (&["-f", "rcpt"], Fate::Refused { address: false }),
        (&["-f", "data"], Fate::Refused { address: false }),
        (&["-f", "."], Fate::Refused { address: false }),
        (&["-q", "mail"], Fate::Later),
        (&["-q", "rcpt"], Fate::Later),
        (&["-q", "data"], Fate::Later),
        (&["-q", "."], Fate::Uncertain),
        // Slower than we wait.
        (&["-W", "mail:30"], Fate::Later),
        (&["-W", "rcpt:30"], Fate::Later),
        (&["-W", ".:30"], Fate::Uncertain),
    ] {
        let Some(sink) = Sink::start(flags) else {
            return;
        };
        let smtp = Smtp::new(settings(sink.port), None, 4);
        let (fate, said) = carry(&smtp).await;
        assert_eq!(fate, expected, "{flags:?}: {said}");
        if fate == Fate::Delivered {
            for _ in 0..50 {
                assert_eq!(carry(&smtp).await.0, Fate::Delivered);
            }
        }
        smtp.finish().await;
    }
}
