//! What the log says, and what it never does: no words of mails, no secrets.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use crate::house::{House, Running, until};
use crate::letter::{Letter, vague};

const SOON: Duration = Duration::from_secs(60);
const PASSWORD: &str = "right-horse-battery";

/// A server that speaks line by line, a connection at a time, until the test ends. Gives its port.
pub fn server(greeting: &'static str, answer: fn(&str) -> Option<String>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let _ = converse(connection, greeting, answer);
        }
    });
    port
}

fn converse(
    mut connection: TcpStream,
    greeting: &str,
    answer: fn(&str) -> Option<String>,
) -> std::io::Result<()> {
    write!(connection, "{greeting}\r\n")?;
    let lines = BufReader::new(connection.try_clone()?).lines();
    let mut in_mail = false;
    for line in lines {
        let line = line?;
        if in_mail {
            if line == "." {
                in_mail = false;
                write!(connection, "250 2.0.0 taken\r\n")?;
            }
            continue;
        }
        if line == "DATA" {
            in_mail = true;
            write!(connection, "354 go on\r\n")?;
            continue;
        }
        match answer(&line) {
            Some(text) => write!(connection, "{text}\r\n")?,
            None => return Ok(()),
        }
    }
    Ok(())
}

pub fn smtp(line: &str) -> Option<String> {
    Some(match line.split(' ').next().unwrap_or_default() {
        "EHLO" => "250-mx.example\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN".to_owned(),
        "AUTH" => "235 2.7.0 welcome".to_owned(),
        "QUIT" => return None,
        _ => "250 2.1.0 fine".to_owned(),
    })
}

/// Refuses every login, and says back what it was told, as some servers do.
fn imap(line: &str) -> Option<String> {
    let (tag, command) = line.split_once(' ')?;
    Some(
        if command.starts_with("LOGIN") || command.starts_with("AUTHENTICATE") {
            format!("{tag} NO [AUTHENTICATIONFAILED] no such user")
        } else if command.starts_with("CAPABILITY") {
            format!("* CAPABILITY IMAP4rev1\r\n{tag} OK done")
        } else {
            format!("{tag} OK done")
        },
    )
}

#[test]
fn s340_no_log_level_shows_words_of_mails_or_secrets() {
    let house = House::empty();
    house.maildir("inbox");
    house.write("smtp.password", format!("{PASSWORD}\n"));
    let more = format!(
        "\n[[source]]\nmaildir = \"inbox\"\n\n[[account]]\nname = \"box\"\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"u\"\npassword = \"{PASSWORD}\"\n\n[deliver]\nsmtp = {{ host = \"127.0.0.1\", port = {}, tls = \"none\", user = \"u\", password_file = \"smtp.password\" }}\n",
        server("* OK ready", imap),
        server("220 mx.example ESMTP", smtp),
    );
    house.configure("send", &more);
    let token = "Atzr|IwEBIJ4aZq8Hn2VbR7tLc5XyP1sQk9WmUf3DgEo6";
    let mut first = vague("dev@one.example", "Subjectmarker");
    first.body += &format!("Bodymarker. Our refresh token is {token}\n");
    house.write("inbox/new/1.host", first.bytes());
    let robot = Letter::new("robot@two.example", "Robotmarker", "Away: Bodymarker\n")
        .header("Auto-Submitted", "auto-replied");
    house.write("inbox/new/2.host", robot.bytes());
    house.write("inbox/new/3.host", "\r\nBodymarker");
    let mut command = house.command(&["run"]);
    command.env("PRECEDENT_LOG", "trace");
    let mut run = Running::start(command, &house.path("running.err"));
    until("the answer has left", SOON, || {
        let listed = house.run(&["--json", "-q", "outbox", "list", "--state", "sent"]);
        (listed.out.lines().count() == 1).then_some(())
    });
    until("the login was refused", SOON, || {
        run.err().contains("auth failed").then_some(())
    });
    run.terminate();
    assert!(run.end().success());
    let log = run.err();
    let encoded = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(format!("\0u\0{PASSWORD}"))
    };
    for word in [
        "Bodymarker",
        "Subjectmarker",
        "Robotmarker",
        token,
        PASSWORD,
        &encoded,
        "getOrders",
    ] {
        let line = log.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "{word}");
    }
    // It does say what happens, with what names it.
    assert!(log.contains("a batch of mails"), "{log}");
    assert!(log.contains("account=box"), "{log}");
}
