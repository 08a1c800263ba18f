//! What somebody who watches the service sees: numbers, health, readiness, and the word to a service manager.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::house::{House, Running, until};
use crate::letter::{Letter, vague};

const SOON: Duration = Duration::from_secs(60);

/// Status and body of an answer.
fn get(address: &str, request: &str) -> (u16, String) {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(SOON)).unwrap();
    write!(connection, "{request} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

fn value(metrics: &str, name: &str) -> Option<f64> {
    metrics
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        .map(|number| number.parse().unwrap())
}

/// Waits for the line in which the process says where its door is.
fn door(run: &Running) -> String {
    until("the door is open", SOON, || {
        let err = run.err();
        let at = err.split("http://").nth(1)?;
        Some(at.split_once("/metrics")?.0.to_owned())
    })
}

#[test]
fn s320_numbers_health_and_readiness_are_told_on_loopback() {
    let house = House::empty();
    house.maildir("inbox");
    house.configure(
        "observe",
        "\n[[source]]\nmaildir = \"inbox\"\n\n[metrics]\nlisten = \"127.0.0.1:0\"\n",
    );
    house.write(
        "inbox/new/1.host",
        vague("dev@one.example", "First").bytes(),
    );
    let robot = Letter::new("robot@two.example", "Out of office", "I am away.\n")
        .header("Auto-Submitted", "auto-replied");
    house.write("inbox/new/2.host", robot.bytes());
    house.write("inbox/new/3.host", "\r\n");
    let mut run = house.start(&["run"]);
    let address = door(&run);
    let metrics = until("all three were processed", SOON, || {
        let (status, body) = get(&address, "GET /metrics");
        assert_eq!(status, 200, "{body}");
        let told = value(&body, "precedent_archived_mails")? == 3.0
            && value(&body, "precedent_pending_mails")? == 0.0
            && value(&body, "precedent_index_lag_changes")? == 0.0
            && value(&body, "precedent_intake_lag_seconds_count")? >= 3.0;
        told.then_some(body)
    });
    for (name, number) in [
        (
            "precedent_mails_total{kind=\"human\",verdict=\"withhold\"}",
            1.0,
        ),
        ("precedent_replies_withheld_total{rule=\"mode\"}", 1.0),
        // Nothing was composed, and there is no row in the outbox.
        (
            "precedent_replies_withheld_total{rule=\"auto_submitted\"}",
            1.0,
        ),
        ("precedent_outbox_mails{state=\"withheld\"}", 1.0),
        ("precedent_quarantine_mails", 1.0),
        ("precedent_replies_stopped", 0.0),
        ("precedent_cases{status=\"incomplete\"}", 1.0),
    ] {
        assert_eq!(value(&metrics, name), Some(number), "{name}\n{metrics}");
    }
    for name in ["archive", "analyse", "judge", "index"] {
        let count = value(
            &metrics,
            &format!("precedent_stage_seconds_count{{stage=\"{name}\"}}"),
        );
        assert!(count >= Some(1.0), "{name}\n{metrics}");
    }
    assert!(
        metrics.contains("kind=\"auto_reply\"") || metrics.contains("kind=\"out_of_office\""),
        "{metrics}"
    );
    for secret in ["dev@one.example", "First", "getOrders"] {
        assert!(!metrics.contains(secret), "{metrics}");
    }
    // Each sample belongs to a family that was declared before it, once.
    let mut declared = Vec::new();
    for line in metrics.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let name = rest.split(' ').next().unwrap();
            assert!(!declared.contains(&name), "{name} twice");
            declared.push(name);
        } else if !line.starts_with('#') {
            let name = line.split(['{', ' ']).next().unwrap();
            let family = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|end| name.strip_suffix(end))
                .filter(|family| declared.contains(family))
                .unwrap_or(name);
            assert_eq!(declared.last(), Some(&family), "{line}");
        }
    }
    assert_eq!(get(&address, "GET /health"), (200, "ok\n".to_owned()));
    assert_eq!(get(&address, "GET /ready"), (200, "ok\n".to_owned()));
    assert_eq!(get(&address, "GET /other").0, 404);
    assert_eq!(get(&address, "POST /metrics").0, 405);
    house.run(&["stop-replies"]).well();
    assert_eq!(
        value(
            &get(&address, "GET /metrics").1,
            "precedent_replies_stopped"
        ),
        Some(1.0)
    );
    // A client that says nothing holds nobody up.
    let _silent = TcpStream::connect(&address).unwrap();
    assert_eq!(get(&address, "GET /health").0, 200);
    run.terminate();
    assert!(run.end().success());
    assert!(TcpStream::connect(&address).is_err(), "the door is closed");
    // Nothing else may listen where somebody does.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let more = format!(
        "\n[[source]]\nmaildir = \"inbox\"\n\n[metrics]\nlisten = \"{}\"\n",
        taken.local_addr().unwrap()
    );
    house.configure("observe", &more);
    house
        .run(&["run"])
        .with(2)
        .says(&["[metrics] cannot listen on"]);
}

#[test]
fn s321_a_service_manager_is_told_of_the_start_the_life_and_the_end() {
    let house = House::empty();
    house.maildir("inbox");
    house.configure("observe", "\n[[source]]\nmaildir = \"inbox\"\n");
    let path = house.path("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(SOON)).unwrap();
    let mut command = house.command(&["run"]);
    command
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "400000");
    let mut run = Running::start(command, &house.path("running.err"));
    let hear = || {
        let mut buffer = [0; 4096];
        let length = manager
            .recv(&mut buffer)
            .expect("the manager hears nothing");
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    };
    let mut heard = Vec::new();
    while !heard.iter().any(|word: &String| word.contains("READY=1")) {
        heard.push(hear());
    }
    let mut beats = 0;
    while beats < 3 {
        beats += usize::from(hear() == "WATCHDOG=1");
    }
    run.terminate();
    while !hear().contains("STOPPING=1") {}
    assert!(run.end().success());
    // A manager that is gone is no reason to stop.
    drop(manager);
    std::fs::remove_file(&path).unwrap();
    let mut command = house.command(&["run"]);
    command
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "400000");
    let mut run = Running::start(command, &house.path("running.err"));
    until("it runs", SOON, || {
        run.err().contains("watching").then_some(())
    });
    run.terminate();
    assert!(run.end().success());
}

/// The unit file loads secrets as credentials: their folder is in the environment, and nothing else tells.
#[test]
fn s322_a_password_comes_from_a_systemd_credential() {
    let house = House::empty();
    house.configure(
        "observe",
        "\n[[account]]\nname = \"box\"\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\nuser = \"u\"\npassword_credential = \"imap\"\n",
    );
    let missing = house.run(&["check"]).with(1);
    let said = format!("{}{}", missing.out, missing.err);
    assert!(said.contains("LoadCredential=imap"), "{said}");
    house.write("credentials/imap", "right-horse\n");
    let mut command = house.command(&["check"]);
    command.env("CREDENTIALS_DIRECTORY", house.path("credentials"));
    let found = crate::house::finish(command, Vec::new());
    let said = format!("{}{}", found.out, found.err);
    assert!(
        !said.contains("LoadCredential"),
        "the secret was found: {said}"
    );
    assert!(!said.contains("right-horse"), "{said}");
}

#[test]
fn s323_the_doctor_tells_of_logins_and_keys_that_end() {
    let house = House::empty();
    let soon = jiff::Zoned::now().date() + jiff::Span::new().days(9);
    let account = format!(
        "\n[[account]]\nname = \"box\"\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\nuser = \"u\"\nauth = \"xoauth2\"\n[account.oauth]\nprovider = \"google\"\nclient_id = \"x\"\nclient_secret = \"y\"\nclient_secret_expires = \"{soon}\"\n"
    );
    house.configure("observe", &account);
    house
        .run_with_input(&["ingest", "-"], vague("dev@one.example", "First").bytes())
        .well();
    let doctor = house.run(&["doctor", "--offline"]).with(1);
    for words in [
        "the client secret ends in",
        "nobody has logged in",
        "precedent login box",
    ] {
        assert!(doctor.out.contains(words), "{words}\n{}", doctor.out);
    }
    let old = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * 20);
    house.write(
        "data/tokens/box.json",
        format!(
            "{{\"access_token\": \"a\", \"expires_at\": \"{old}\", \"refresh_token\": \"r\", \"renewed_at\": \"{old}\"}}"
        ),
    );
    let doctor = house.run(&["doctor", "--offline"]).with(1);
    assert!(
        doctor.out.contains("renewed 480 hours ago"),
        "{}",
        doctor.out
    );
    house.configure("observe", "\n[[account]]\nname = \"box\"\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\nuser = \"u\"\npassword_file = \"gone\"\n");
    let doctor = house.run(&["doctor", "--offline"]).with(1);
    assert!(doctor.out.contains("gone cannot be read"), "{}", doctor.out);
    house.configure("observe", "");
    house.run(&["doctor", "--offline"]).well();
}

#[test]
fn s324_the_doctor_compares_the_clock_with_that_of_the_server() {
    let right = jiff::fmt::rfc2822::to_string(&jiff::Zoned::now()).unwrap();
    let wrong = "Sun, 22 Nov 2015 03:18:26 +0000";
    for (date, status) in [(right.as_str(), 0), (wrong, 1)] {
        let greeting = format!("220 mx.example ESMTP service ready at {date}");
        let port = crate::logs::server(greeting.leak(), crate::logs::smtp);
        let house = House::empty();
        house.configure(
            "observe",
            &format!(
                "\n[deliver]\nsmtp = {{ host = \"127.0.0.1\", port = {port}, tls = \"none\" }}\n"
            ),
        );
        house
            .run_with_input(&["ingest", "-"], vague("dev@one.example", "First").bytes())
            .well();
        let doctor = house.run(&["doctor"]).with(status);
        assert!(doctor.out.contains("would take mails"), "{}", doctor.out);
        assert_eq!(
            doctor.out.contains("minutes ahead of that of 127.0.0.1"),
            status == 1,
            "{}",
            doctor.out
        );
    }
}
