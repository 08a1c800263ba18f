//! OAuth2 against a token server of our own: login by a code, renewal, rotation, revocation.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::house::House;
use crate::inbox::{letters, processed, says};
use crate::scripted::Scripted;

/// What the provider knows.
#[derive(Default)]
struct Provider {
    /// Questions that are answered with `authorization_pending` first.
    pending: usize,
    /// Number of the one refresh token that is valid.
    refresh: u32,
    /// Number of the last access token.
    access: u32,
    lifetime: u64,
    revoked: bool,
    /// Answers with 503 to so many requests.
    down: usize,
    requests: Vec<String>,
}

struct TokenServer {
    port: u16,
    provider: Arc<Mutex<Provider>>,
}

impl TokenServer {
    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let provider = Arc::new(Mutex::new(Provider {
            refresh: 1,
            lifetime: 1,
            ..Provider::default()
        }));
        let shared = Arc::clone(&provider);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut head = String::new();
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                        break;
                    }
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    head.push_str(&line);
                }
                let mut body = vec![0; length];
                if reader.read_exact(&mut body).is_err() {
                    continue;
                }
                let form = String::from_utf8(body).unwrap();
                let (status, answer) = answer(&mut shared.lock().unwrap(), &head, &form);
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                    answer.len()
                );
            }
        });
        Self { port, provider }
    }

    fn house(&self, mailbox: &Scripted) -> House {
        let house = House::empty();
        let lines = mailbox.lines().replace("password = \"p\"\n", "");
        house.configure(
            "observe",
            &format!(
                "\n[[account]]\nname = \"box\"\n{lines}\nauth = \"xoauth2\"\n[account.oauth]\nclient_id = \"app\"\nclient_secret = \"app secret\"\nscope = \"mail\"\ndevice_url = \"http://127.0.0.1:{0}/device\"\ntoken_url = \"http://127.0.0.1:{0}/token\"\n",
                self.port
            ),
        );
        house
    }
}

fn answer(provider: &mut Provider, head: &str, form: &str) -> (&'static str, String) {
    provider.requests.push(form.to_owned());
    if provider.down > 0 {
        provider.down -= 1;
        return ("503 Unavailable", "<html>".to_owned());
    }
    if head.starts_with("POST /device") {
        assert!(form.contains("client_id=app") && form.contains("scope=mail"));
        return (
            "200 OK",
            r#"{"device_code":"device 1","user_code":"ABCD-EFGH","verification_uri":"https://login.example/device","expires_in":900,"interval":1}"#.to_owned(),
        );
    }
    let refused = |error: &str| {
        (
            "400 Bad Request",
            format!(r#"{{"error":"{error}","error_description":"because"}}"#),
        )
    };
    if !form.contains("client_secret=app+secret") {
        return refused("invalid_client");
    }
    if form.contains("device_code=device+1") {
        if provider.pending > 0 {
            provider.pending -= 1;
            return refused("authorization_pending");
        }
    } else if provider.revoked
        || !form.contains(&format!("refresh_token=refresh-{}&", provider.refresh))
            && !form.ends_with(&format!("refresh_token=refresh-{}", provider.refresh))
    {
        return refused("invalid_grant");
    }
    // Each refresh token is good for once.
    provider.refresh += 1;
    provider.access += 1;
    (
        "200 OK",
        format!(
            r#"{{"access_token":"access-{}","refresh_token":"refresh-{}","expires_in":{},"token_type":"Bearer"}}"#,
            provider.access, provider.refresh, provider.lifetime
        ),
    )
}

/// The access tokens with which somebody logged in, in order.
fn logins(mailbox: &Scripted) -> Vec<String> {
    mailbox
        .mailbox()
        .commands
        .iter()
        .filter_map(|command| command.strip_prefix("AUTHENTICATE XOAUTH2 "))
        .map(|response| String::from_utf8(STANDARD.decode(response).unwrap()).unwrap())
        .collect()
}

fn mailbox(mails: usize) -> Scripted {
    let mailbox = Scripted::start(letters(mails));
    mailbox.mailbox().capabilities = "IMAP4rev1 IDLE SASL-IR AUTH=XOAUTH2";
    mailbox
}

#[test]
fn a_person_logs_in_once_and_tokens_are_renewed_and_rotated_for_ever_after() {
    let server = TokenServer::start();
    server.provider.lock().unwrap().pending = 2;
    let mailbox = mailbox(3);
    let house = server.house(&mailbox);
    // Before the login: what to do is said.
    let before = house.run(&["check"]).with(1);
    assert!(before.out.contains("precedent login box"), "{}", before.out);
    let login = house.run(&["login", "box"]).well();
    assert!(
        login.out.contains("https://login.example/device") && login.out.contains("ABCD-EFGH"),
        "{}",
        login.out
    );
    let file = house.path("data/tokens/box.json");
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    // Access tokens live for a second: each connection renews, with the token of the renewal before.
    for round in 2..5 {
        let checked = house.run(&["check"]).well();
        assert!(checked.out.contains("renewed"), "{}", checked.out);
        let stored = std::fs::read_to_string(&file).unwrap();
        assert!(
            stored.contains(&format!("refresh-{}", round + 1)),
            "{stored}"
        );
        assert!(!checked.out.contains("access-") && !checked.err.contains("access-"));
    }
    assert_eq!(
        logins(&mailbox),
        [2, 3, 4].map(|round| format!("user=u\x01auth=Bearer access-{round}\x01\x01"))
    );
    // A living token is used again.
    server.provider.lock().unwrap().lifetime = 3_600;
    house.run(&["check"]).well();
    let asked = server.provider.lock().unwrap().requests.len();
    let mut running = house.start(&["-vv", "run"]);
    processed(&house, &running, 3);
    running.terminate();
    assert!(running.end().success());
    assert_eq!(server.provider.lock().unwrap().requests.len(), asked);
    let said = running.err();
    assert!(
        !said.contains("access-") && !said.contains("refresh-") && !said.contains("app secret"),
        "{said}"
    );
}

#[test]
fn a_provider_that_is_down_is_asked_again_and_a_revoked_login_says_what_to_do() {
    let server = TokenServer::start();
    let mailbox = mailbox(2);
    let house = server.house(&mailbox);
    // A refresh token from elsewhere.
    let wrong = house.run_with_input(&["login", "box", "--refresh-token"], "refresh-9\n");
    assert_ne!(wrong.status, Some(0));
    assert!(wrong.err.contains("no longer"), "{}", wrong.err);
    house
        .run_with_input(&["login", "box", "--refresh-token"], "refresh-1\n")
        .well();
    server.provider.lock().unwrap().down = 1;
    let mut running = house.start(&["-v", "run"]);
    processed(&house, &running, 2);
    assert!(running.err().contains("503"), "{}", running.err());
    running.terminate();
    assert!(running.end().success());
    server.provider.lock().unwrap().revoked = true;
    let mut running = house.start(&["-v", "run"]);
    says(&running, "auth failed");
    let said = running.err();
    assert!(said.contains("precedent login box"), "{said}");
    running.terminate();
    assert!(running.end().success());
}
