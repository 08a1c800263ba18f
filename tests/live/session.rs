//! The session against Dovecot: each way to connect and each command.

use precedent::intake::imap::{ImapError, Session};

use crate::account::account;
use crate::dovecot::{Dovecot, PASSWORD};

const MAIL: &[u8] =
    b"From: a@b.example\r\nTo: c@d.example\r\nMessage-ID: <first@b.example>\r\nSubject: x\r\n\r\ntext\r\n";

#[tokio::test]
async fn appended_mail_is_found_by_its_message_id_and_moved() {
    let Some(server) = Dovecot::start("appended_mail_is_found_by_its_message_id_and_moved") else {
        return;
    };
    let account = server.account("anna", "");
    let mut session = Session::connect(&account).await.unwrap();
    assert!(session.has("IDLE") && session.has("UIDPLUS"));
    assert_eq!(
        session
            .server_id()
            .first()
            .map(|(key, value)| (key.as_str(), value.as_str())),
        Some(("name", "Dovecot"))
    );
    assert_eq!(
        session
            .special_folder("\\Sent", &[])
            .await
            .unwrap()
            .as_deref(),
        Some("Sent")
    );
    assert_eq!(
        session
            .special_folder("\\None", &["drafts"])
            .await
            .unwrap()
            .as_deref(),
        Some("Drafts")
    );
    let date = "2026-03-01T10:00:00Z".parse().unwrap();
    let place = session
        .append("Sent", &["\\Seen"], Some(date), MAIL)
        .await
        .unwrap()
        .unwrap();
    let selected = session.select("Sent").await.unwrap();
    assert_eq!(selected.exists, 1);
    assert_eq!(session.latest_received_at().await.unwrap(), Some(date));
    assert_eq!(selected.uid_validity, place.uid_validity);
    assert_eq!(selected.uid_next, Some(place.uid + 1));
    assert_eq!(
        session.uids_of_message_id("first@b.example").await.unwrap(),
        [place.uid]
    );
    assert!(
        session
            .uids_of_message_id("other@b.example")
            .await
            .unwrap()
            .is_empty()
    );
    session.create("Entwürfe & mehr").await.unwrap();
    session.create("Entwürfe & mehr").await.unwrap();
    session
        .move_to(&[place.uid], "Entwürfe & mehr")
        .await
        .unwrap();
    assert!(session.uids_from(1).await.unwrap().is_empty());
    // Of an empty folder a server may say nothing or that there is no such mail.
    assert!(!matches!(session.latest_received_at().await, Ok(Some(_))));
    assert_eq!(session.examine("Entwürfe & mehr").await.unwrap().exists, 1);
    let names: Vec<String> = session
        .folders()
        .await
        .unwrap()
        .into_iter()
        .map(|folder| folder.name)
        .collect();
    assert!(names.contains(&"Entwürfe & mehr".to_owned()), "{names:?}");
    // A refusal leaves the connection usable.
    let refused = session.examine("nothing").await.unwrap_err();
    assert!(matches!(refused, ImapError::Refused { .. }), "{refused}");
    session.noop().await.unwrap();
    // n:* names the last mail even when it lies before n.
    session.examine("Entwürfe & mehr").await.unwrap();
    assert!(session.uids_from(100).await.unwrap().is_empty());
    session.logout().await;
}

#[tokio::test]
async fn each_protection_and_login_works_and_compression_too() {
    let Some(server) = Dovecot::start("each_protection_and_login_works_and_compression_too") else {
        return;
    };
    let trusted = format!("ca_file = \"{}\"", server.certificate().display());
    for (tls, auth) in [
        ("implicit", "login"),
        ("implicit", "plain"),
        ("starttls", "login"),
        ("starttls", "plain"),
    ] {
        let account = server.tls_account("berta", tls, &format!("{trusted}\nauth = \"{auth}\""));
        let mut session = Session::connect(&account)
            .await
            .unwrap_or_else(|error| panic!("{tls} {auth}: {error}"));
        session.noop().await.unwrap();
        session.logout().await;
    }
    // 127.0.0.2 is loopback too, so that compression is tried by its own name.
    let mut account = server.tls_account("berta", "implicit", &trusted);
    account.host = "localhost".to_owned();
    let mut session = Session::connect(&account).await.unwrap();
    assert!(!session.is_compressed(), "not to this machine");
    session.compress_now().await.unwrap();
    let big = [MAIL, &b"0123456789abcdef\r\n".repeat(20_000)].concat();
    session.append("INBOX", &[], None, &big).await.unwrap();
    assert_eq!(session.select("INBOX").await.unwrap().exists, 1);
}

#[tokio::test]
async fn what_is_not_protected_or_not_known_is_refused_with_its_reason() {
    let Some(server) =
        Dovecot::start("what_is_not_protected_or_not_known_is_refused_with_its_reason")
    else {
        return;
    };
    // A certificate that nobody vouches for.
    for tls in ["implicit", "starttls"] {
        let error = Session::connect(&server.tls_account("carl", tls, ""))
            .await
            .err()
            .unwrap();
        assert!(matches!(error, ImapError::Tls { .. }), "{error}");
        assert!(error.needs_a_person() && error.hint().contains("ca_file"));
    }
    // A certificate for another name.
    let trusted = format!("ca_file = \"{}\"", server.certificate().display());
    let mut account = server.tls_account("carl", "implicit", &trusted);
    account.host = "127.0.0.2".to_owned();
    let error = Session::connect(&account).await.err().unwrap();
    assert!(
        matches!(error, ImapError::Tls { .. } | ImapError::Connect { .. }),
        "{error}"
    );
    // A wrong password, which no message shows.
    for auth in ["login", "plain"] {
        let lines = server.lines("carl").replace(PASSWORD, "wrong-horse");
        let wrong = account_of(&lines, auth);
        let error = Session::connect(&wrong).await.err().unwrap();
        assert!(matches!(error, ImapError::LoginRefused { .. }), "{error}");
        assert!(error.needs_a_person());
        assert!(!format!("{error} {error:?} {wrong:?}").contains("wrong-horse"));
    }
    // A mechanism that is not offered.
    let error = Session::connect(&server.account("carl", "auth = \"xoauth2\""))
        .await
        .err()
        .unwrap();
    assert!(error.to_string().contains("AUTH=XOAUTH2"), "{error}");
}

fn account_of(lines: &str, auth: &str) -> precedent::config::AccountSettings {
    account(&format!("{lines}\nauth = \"{auth}\""))
}
