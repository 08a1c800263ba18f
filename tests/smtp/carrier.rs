//! One mail against every fault at every step: what is said of it must be what the server can know.

use std::time::Duration;

use jiff::Timestamp;
use precedent::case::CaseNumber;
use precedent::config::{Secret, SecretSource};
use precedent::deliver::smtp::{Credentials, Protection, ServerSettings, Smtp};
use precedent::deliver::{Carrier, Delivery};
use precedent::reply::{Verdict, VerdictKind};
use precedent::store::{Filed, OutboxId, OutboxRecord, OutboxState};
use precedent::triage::OutgoingKind;

use crate::server::{Act, At, Server};

/// What the client waits at most in these tests.
const LIMIT: Duration = Duration::from_millis(300);

pub fn settings(port: u16) -> ServerSettings {
    ServerSettings {
        host: "127.0.0.1".to_owned(),
        port,
        protection: Protection::None,
        ca_file: None,
        credentials: None,
        hello: None,
        limit: LIMIT,
        final_limit: LIMIT,
    }
}

fn record(recipient: &str) -> OutboxRecord {
    OutboxRecord {
        id: OutboxId(1),
        case: CaseNumber("SP-1001".to_owned()),
        mail: None,
        message_id: "precedent.x.1@desk.example".to_owned(),
        recipient: recipient.to_owned(),
        kind: OutgoingKind::RequestForInformation,
        language: "en".to_owned(),
        subject: "x".to_owned(),
        body_hash: [0; 32],
        verdict: Verdict {
            kind: VerdictKind::Send,
            rule: "mode".to_owned(),
            detail: String::new(),
        },
        gate_facts: String::new(),
        state: OutboxState::Sending,
        note: String::new(),
        created_at: Timestamp::UNIX_EPOCH,
        changed_at: Timestamp::UNIX_EPOCH,
        attempts: 1,
        first_attempt_at: None,
        next_attempt_at: None,
        answer: String::new(),
        address_refused: false,
        filed: Filed::Nowhere,
    }
}

const MAIL: &[u8] =
    b"Message-ID: <precedent.x.1@desk.example>\r\nSubject: x\r\n\r\n.dot\r\nend\r\n";

/// What became of a mail, without the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Delivered,
    Later,
    Refused { address: bool },
    Uncertain,
}

pub async fn carry(smtp: &Smtp) -> (Fate, String) {
    match smtp.carry(&record("jane@shop.example"), MAIL).await {
        Delivery::Delivered { receipt } => (Fate::Delivered, receipt),
        Delivery::Later { reason } => (Fate::Later, reason),
        Delivery::Refused { reason, address } => (Fate::Refused { address }, reason),
        Delivery::Uncertain { reason } => (Fate::Uncertain, reason),
    }
}

#[tokio::test]
async fn a_mail_arrives_as_it_is_and_the_connection_is_kept() {
    for pipelining in [true, false] {
        let server = Server::start(pipelining, |_| Act::Well);
        let smtp = Smtp::new(settings(server.port), None, 4);
        for _ in 0..20 {
            assert_eq!(
                carry(&smtp).await,
                (Fate::Delivered, "250 2.0.0 queued".to_owned())
            );
        }
        let taken = server.taken();
        assert_eq!(taken.len(), 20);
        assert_eq!(server.connections(), 1);
        assert!(taken.iter().all(|mail| mail.bytes == MAIL
            && mail.sender.is_empty()
            && mail.recipient == "jane@shop.example"));
    }
}

/// Every fault at every step, with and without pipelining, on a new connection and on one that
/// carried a mail before. The second mail after it always arrives.
#[tokio::test]
async fn every_fault_at_every_step_has_its_fate() {
    use At::{Data, End, Mail, Recipient};
    let faults: [(&str, Act); 6] = [
        ("4xx", Act::Say("451 4.3.0 try later".to_owned())),
        ("5xx", Act::Say("550 5.1.1 no such user".to_owned())),
        ("421", Act::Say("421 4.3.2 shutting down".to_owned())),
        ("hang up", Act::HangUp),
        ("silence", Act::Silence),
        ("garbage", Act::Say("so what".to_owned())),
    ];
    for (name, act) in faults {
        for at in [Mail, Recipient, Data, End] {
            for pipelining in [true, false] {
                for kept in [false, true] {
                    let act = act.clone();
                    let wrong = usize::from(kept);
                    let server = Server::start(pipelining, move |moment| {
                        if moment.at == at && moment.mail == wrong {
                            act.clone()
                        } else {
                            Act::Well
                        }
                    });
                    let smtp = Smtp::new(settings(server.port), None, 4);
                    if kept {
                        assert_eq!(carry(&smtp).await.0, Fate::Delivered);
                    }
                    let expected = match (name, at) {
                        // The connection was kept and ends before the mail is known: a new one is tried.
                        ("421" | "hang up" | "silence" | "garbage", Mail) if kept => {
                            Fate::Delivered
                        }
                        ("4xx" | "421", _) => Fate::Later,
                        ("5xx", _) => Fate::Refused {
                            address: at == Recipient,
                        },
                        (_, End) => Fate::Uncertain,
                        _ => Fate::Later,
                    };
                    let (fate, said) = carry(&smtp).await;
                    let what =
                        format!("{name} at {at:?}, pipelining {pipelining}, kept {kept}: {said}");
                    assert_eq!(fate, expected, "{what}");
                    assert_eq!(carry(&smtp).await.0, Fate::Delivered, "{what}");
                    // The server has what was called delivered, once, and nothing else.
                    let delivered = 1 + usize::from(kept) + usize::from(fate == Fate::Delivered);
                    assert_eq!(server.taken().len(), delivered, "{what}");
                }
            }
        }
    }
}

/// The server has the mail and nobody hears of it.
#[tokio::test]
async fn a_lost_answer_after_the_end_is_of_unknown_fate() {
    for act in [Act::TakeAndHangUp, Act::TakeAndSayLate] {
        let server = Server::start(true, move |moment| {
            if moment.at == At::End && moment.mail == 0 {
                act.clone()
            } else {
                Act::Well
            }
        });
        let smtp = Smtp::new(settings(server.port), None, 4);
        assert_eq!(carry(&smtp).await.0, Fate::Uncertain);
        assert_eq!(carry(&smtp).await.0, Fate::Delivered);
        assert_eq!(server.taken().len(), 2);
    }
}

#[tokio::test]
async fn a_refused_recipient_was_tried_again_where_the_server_waited_for_the_mail() {
    for (said, fate) in [
        ("550 5.1.1 no such user", Fate::Refused { address: true }),
        ("451 4.3.0 try later", Fate::Later),
    ] {
        let server = Server::start(true, move |moment| match (moment.mail, moment.at) {
            (1, At::Recipient) => Act::Say(said.to_owned()),
            (1, At::Data) => Act::Say("354 go on".to_owned()),
            _ => Act::Well,
        });
        let smtp = Smtp::new(settings(server.port), None, 4);
        assert_eq!(carry(&smtp).await.0, Fate::Delivered);
        let (came_to, words) = carry(&smtp).await;
        assert_eq!(came_to, fate, "{words}");
        assert!(words.contains(said), "{words}");
        // Nothing is said over a connection on which the server takes it for a mail.
        assert_eq!(carry(&smtp).await.0, Fate::Delivered);
        assert_eq!((server.taken().len(), server.connections()), (2, 2));
    }
}

/// Only 250 says that a server has a mail.
#[tokio::test]
async fn another_good_code_is_no_delivery() {
    for said in ["251 will forward", "200 ok", "354 go on"] {
        let server = Server::start(true, move |moment| match moment.at {
            At::End => Act::Say(said.to_owned()),
            _ => Act::Well,
        });
        let smtp = Smtp::new(settings(server.port), None, 4);
        assert_eq!(carry(&smtp).await.0, Fate::Uncertain, "{said}");
        let server = Server::start(true, move |moment| match moment.at {
            At::Recipient => Act::Say(said.to_owned()),
            _ => Act::Well,
        });
        let smtp = Smtp::new(settings(server.port), None, 4);
        assert_eq!(carry(&smtp).await.0, Fate::Later, "{said}");
        assert!(server.taken().is_empty());
    }
}

/// Before a mail is begun nothing is in doubt, and no mail is touched.
#[tokio::test]
async fn a_server_that_cannot_be_used_is_told_before_any_mail_is_touched() {
    let faults = [
        (At::Greeting, Act::Say("554 5.3.2 no".to_owned()), "554"),
        (At::Greeting, Act::HangUp, "closed"),
        (At::Greeting, Act::Silence, "no answer within"),
        (
            At::Greeting,
            Act::Say("* OK IMAP4rev1".to_owned()),
            "no SMTP reply",
        ),
        (
            At::Hello,
            Act::Say("502 5.5.1 what".to_owned()),
            "EHLO: 502",
        ),
        (At::Hello, Act::HangUp, "EHLO"),
        (
            At::Login,
            Act::Say("535 5.7.8 wrong".to_owned()),
            "AUTH: 535",
        ),
        (
            At::Login,
            Act::Say("454 4.7.0 later".to_owned()),
            "AUTH: 454",
        ),
        (At::Login, Act::Silence, "AUTH: no answer"),
    ];
    for (at, act, says) in faults {
        let server = Server::start(true, move |moment| {
            if moment.at == at {
                act.clone()
            } else {
                Act::Well
            }
        });
        let mut settings = settings(server.port);
        settings.credentials = Some(credentials());
        let smtp = Smtp::new(settings, None, 4);
        let reason = smtp.ready().await.expect_err("not usable");
        assert!(reason.contains(says), "{at:?}: {reason}");
        assert!(!reason.contains("hunter2"), "{reason}");
        // It is left alone for a while.
        let connections = server.connections();
        assert_eq!(smtp.ready().await.expect_err("still not"), reason);
        assert_eq!(server.connections(), connections);
    }
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let smtp = Smtp::new(settings(gone), None, 4);
    assert!(smtp.ready().await.unwrap_err().contains("connecting"));
}

fn credentials() -> Credentials {
    Credentials {
        user: "desk".to_owned(),
        secret: SecretSource::Text(Secret::new("hunter2")),
        xoauth2: false,
    }
}

#[tokio::test]
async fn a_user_logs_in_and_a_bounce_address_is_used() {
    let server = Server::start(true, |moment| {
        if moment.at == At::Login && moment.line != "AUTH PLAIN AGRlc2sAaHVudGVyMg==" {
            return Act::Say("535 5.7.8 wrong".to_owned());
        }
        Act::Well
    });
    let mut settings = settings(server.port);
    settings.credentials = Some(credentials());
    let smtp = Smtp::new(settings, Some("bounces@desk.example".to_owned()), 4);
    smtp.ready().await.unwrap();
    assert_eq!(carry(&smtp).await.0, Fate::Delivered);
    assert_eq!(server.taken()[0].sender, "bounces@desk.example");
    assert_eq!(server.connections(), 1);
}

/// No silent fall back to clear text.
#[tokio::test]
async fn without_the_wanted_protection_nothing_is_said() {
    let server = Server::good();
    let wanted = [
        (Protection::Starttls, "STARTTLS"),
        (Protection::Implicit, "TLS with 127.0.0.1 failed"),
    ];
    for (protection, told) in wanted {
        let settings = ServerSettings {
            protection,
            credentials: Some(credentials()),
            ..settings(server.port)
        };
        let smtp = Smtp::new(settings, None, 4);
        let reason = smtp.ready().await.expect_err("no protection");
        assert!(reason.contains(told), "{reason}");
    }
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn what_cannot_be_said_safely_is_refused() {
    let server = Server::good();
    let smtp = Smtp::new(settings(server.port), None, 4);
    for (recipient, mail) in [
        ("jane@shop.example>\r\nRCPT TO:<eve@evil.example", MAIL),
        ("jane@shop.example", &b"a\r\n.\nMAIL FROM:<x>\r\n"[..]),
    ] {
        let delivery = smtp.carry(&record(recipient), mail).await;
        assert!(
            matches!(delivery, Delivery::Refused { address: false, .. }),
            "{delivery:?}"
        );
    }
    // More than the server takes.
    let large = b"0123456789\r\n".repeat(100_000);
    let delivery = smtp.carry(&record("jane@shop.example"), &large).await;
    assert!(matches!(delivery, Delivery::Refused { .. }), "{delivery:?}");
    assert!(server.taken().is_empty());
}
