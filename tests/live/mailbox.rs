//! The whole program on mailboxes of Dovecot.

use std::path::Path;
use std::time::{Duration, Instant};

use precedent::intake::imap::Session;

use crate::dovecot::{Dovecot, until};
use crate::house::House;
use crate::inbox::{archived, each_is_one_case, letters, processed, says};
use crate::letter::vague;

/// A house in this mode that reads the mailbox of a user.
fn house(server: &Dovecot, mode: &str, user: &str, more: &str) -> House {
    let house = House::empty();
    house.configure(
        mode,
        &format!(
            "\n[[account]]\nname = \"{user}\"\n{}\n{more}\n",
            server.lines(user)
        ),
    );
    house
}

/// Puts mails into a user's folder, over one connection.
async fn fill(server: &Dovecot, user: &str, folder: &str, mails: &[Vec<u8>]) {
    let mut session = Session::connect(&server.account(user, "")).await.unwrap();
    for mail in mails {
        session.append(folder, &[], None, mail).await.unwrap();
    }
    session.logout().await;
}

/// Puts mails where a mail server's own delivery puts them: fast, for many.
fn place(server: &Dovecot, user: &str, mails: &[Vec<u8>]) {
    let folder = server.maildir(user);
    for part in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(folder.join(part)).unwrap();
    }
    for (number, mail) in mails.iter().enumerate() {
        let name = format!("{}.M{number:06}P1.test", 1_790_000_000 + number);
        std::fs::write(folder.join("new").join(name), mail).unwrap();
    }
    own(&folder);
}

/// Gives a folder to the user that Dovecot keeps mail under.
fn own(folder: &Path) {
    let done = std::process::Command::new("chown")
        .args(["-R", "mail:mail"])
        .arg(folder)
        .status()
        .unwrap();
    assert!(done.success());
}

/// `PRECEDENT_FIRST_CONTACT_MAILS=50000` makes it a mailbox of many years.
#[tokio::test(flavor = "multi_thread")]
async fn old_mail_is_never_answered_and_new_mail_is() {
    let mails = std::env::var("PRECEDENT_FIRST_CONTACT_MAILS")
        .map_or(200, |count| count.parse::<usize>().unwrap());
    let old = mails as u64;
    let Some(server) = Dovecot::start("old_mail_is_never_answered_and_new_mail_is") else {
        return;
    };
    // Written today, and still old stock: it lay there before we came.
    place(&server, "dora", &letters(mails));
    let house = house(&server, "send", "dora", "");
    let mut running = house.start(&["-v", "run"]);
    processed_blocking(&house, &running, old);
    says(&running, "idle");
    assert_eq!(house.outgoing().len(), 0, "not one mail leaves");
    let withheld = house
        .outbox()
        .into_iter()
        .filter(|row| row["state"] != "withheld")
        .count();
    assert_eq!(withheld, 0);
    let new = vague("new@customer.example", "Written after first contact").bytes();
    fill(&server, "dora", "INBOX", std::slice::from_ref(&new)).await;
    processed_blocking(&house, &running, old + 1);
    until("an answer", || house.outgoing().len() == 1);
    running.terminate();
    assert!(running.end().success());
    // Still quiet after a new start.
    let mut running = house.start(&["-v", "run"]);
    says(&running, "idle");
    running.terminate();
    assert!(running.end().success());
    assert_eq!(house.outgoing().len(), 1);
    let case = house.case("Problem number 7");
    let explained = house.json(&[
        "show",
        case["case"].as_str().or(case["number"].as_str()).unwrap(),
    ]);
    assert!(
        explained[0].to_string().contains("imported"),
        "{explained:?}"
    );
    // Nothing in the mailbox has changed: no mail is seen.
    let mut session = Session::connect(&server.account("dora", "")).await.unwrap();
    session.examine("INBOX").await.unwrap();
    assert_eq!(session.unseen().await.unwrap().len(), mails + 1);
}

/// Waits on a thread of its own: the runtime of the test goes on.
fn processed_blocking(house: &House, running: &crate::house::Running, mails: u64) {
    tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            scope
                .spawn(|| processed(house, running, mails))
                .join()
                .unwrap();
        });
    });
}

#[test]
fn killed_again_and_again_while_catching_up_it_loses_and_doubles_nothing() {
    let Some(server) =
        Dovecot::start("killed_again_and_again_while_catching_up_it_loses_and_doubles_nothing")
    else {
        return;
    };
    const MAILS: u64 = 400;
    place(&server, "emil", &letters(MAILS as usize));
    let house = house(&server, "observe", "emil", "after_archive = \"keyword\"");
    let mut kills = 0;
    let mut last = 0;
    while last < MAILS && kills < 40 {
        let mut running = house.start(&["-v", "run"]);
        // A little further each time, at different points of a batch.
        let mark = last + 1 + (kills * 37) % 60;
        let deadline = Instant::now() + Duration::from_secs(60);
        while archived(&house).map_or(0, |stats| stats.mails) < mark.min(MAILS) {
            assert!(Instant::now() < deadline, "{}", running.err());
            std::thread::park_timeout(Duration::from_millis(1 + kills % 7));
        }
        running.kill();
        kills += 1;
        last = archived(&house).map_or(0, |stats| stats.mails);
    }
    let mut running = house.start(&["-v", "run"]);
    processed(&house, &running, MAILS);
    says(&running, "idle");
    each_is_one_case(&house, &mut running, MAILS as usize);
    // What earlier runs archived and did not tell was told.
    let told = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut session = Session::connect(&server.account("emil", "")).await.unwrap();
        session.examine("INBOX").await.unwrap();
        let told = session.with_keyword("$Precedent").await.unwrap().len();
        let unseen = session.unseen().await.unwrap().len();
        (told as u64, unseen as u64)
    });
    assert_eq!(told, (MAILS, MAILS));
    println!("{kills} kills");
}

#[test]
fn a_server_that_ends_while_we_fetch_and_comes_back_loses_nothing() {
    let Some(mut server) =
        Dovecot::start("a_server_that_ends_while_we_fetch_and_comes_back_loses_nothing")
    else {
        return;
    };
    const MAILS: u64 = 600;
    place(&server, "fritz", &letters(MAILS as usize));
    let house = house(
        &server,
        "observe",
        "fritz",
        "after_archive = \"move\"\nmove_to = \"Done\"",
    );
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut session = Session::connect(&server.account("fritz", ""))
            .await
            .unwrap();
        session.create("Done").await.unwrap();
    });
    let mut running = house.start(&["-v", "run"]);
    for share in 1..4 {
        let mark = MAILS * share / 5;
        until("mails in the archive", || {
            archived(&house).map_or(0, |stats| stats.mails) >= mark
        });
        server.end();
        server.begin();
    }
    processed(&house, &running, MAILS);
    says(&running, "idle");
    running.terminate();
    assert!(running.end().success());
    assert_eq!(house.cases().len() as u64, MAILS);
    let counts = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut session = Session::connect(&server.account("fritz", ""))
            .await
            .unwrap();
        let inbox = session.examine("INBOX").await.unwrap().exists;
        (inbox, session.examine("Done").await.unwrap().exists)
    });
    assert_eq!(counts, (0, MAILS as u32));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_folders_and_accounts_are_read_at_once_and_the_same_mail_is_one_case() {
    let Some(server) = Dovecot::start(
        "several_folders_and_accounts_are_read_at_once_and_the_same_mail_is_one_case",
    ) else {
        return;
    };
    let mails = letters(12);
    let mut session = Session::connect(&server.account("gerd", "")).await.unwrap();
    session.create("Später").await.unwrap();
    fill(&server, "gerd", "INBOX", &mails[..6]).await;
    fill(&server, "gerd", "Später", &mails[4..8]).await;
    fill(&server, "hans", "INBOX", &mails[6..]).await;
    let house = House::empty();
    house.configure(
        "observe",
        &format!(
            "\n[[account]]\nname = \"gerd\"\n{}\nfolders = [\"INBOX\", \"Später\"]\n[[account]]\nname = \"hans\"\n{}\n",
            server.lines("gerd"),
            server.lines("hans")
        ),
    );
    let mut running = house.start(&["-v", "run"]);
    processed_blocking(&house, &running, 12);
    // Each of the three connections idles: what comes is there at once.
    until("idling", || running.err().matches(" idle").count() >= 3);
    for (user, folder, subject) in [
        ("gerd", "Später", "Into the folder"),
        ("hans", "INBOX", "Into the other account"),
        ("gerd", "INBOX", "Into the inbox"),
    ] {
        let before = archived_blocking(&house);
        fill(
            &server,
            user,
            folder,
            &[vague("x@customer.example", subject).bytes()],
        )
        .await;
        processed_blocking(&house, &running, before + 1);
    }
    running.terminate();
    assert!(running.end().success());
    assert_eq!(house.cases().len(), 15);
    let read = house.json(&["ingest", "--account", "gerd"]);
    assert_eq!(read[0]["read"], 0, "{read:?}");
    let again = house.json_with(&["ingest", "--account", "nobody"], 2);
    assert!(again.is_empty());
}

fn archived_blocking(house: &House) -> u64 {
    std::thread::scope(|scope| {
        scope
            .spawn(|| archived(house).unwrap().mails)
            .join()
            .unwrap()
    })
}

#[test]
fn check_shows_the_server_and_changes_nothing() {
    let Some(server) = Dovecot::start("check_shows_the_server_and_changes_nothing") else {
        return;
    };
    place(&server, "ida", &letters(3));
    let house = house(
        &server,
        "send",
        "ida",
        "after_archive = \"move\"\nmove_to = \"Nowhere\"",
    );
    let checked = house.run(&["check"]).with(1);
    for word in [
        "login works",
        "Dovecot",
        "told by IDLE",
        "by MOVE",
        "INBOX: 3 mails",
        "first contact",
        "there is no folder \"Nowhere\"",
        "ESEARCH",
    ] {
        assert!(checked.out.contains(word), "{word}: {}", checked.out);
    }
    assert!(!checked.out.contains(crate::dovecot::PASSWORD));
    assert!(!house.path("data").exists(), "nothing is written");
    assert!(house.outgoing().is_empty());
}
