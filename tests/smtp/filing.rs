//! Copies in the folders of a mailbox, on a Dovecot: drafts, sent mails, mails of unknown fate.

use precedent::intake::imap::Session;

use crate::dovecot::Dovecot;
use crate::house::House;
use crate::letter::vague;
use crate::server::{Act, At, Server};

/// An installation that delivers to this server and files on this one.
fn house(mode: &str, server: &Server, mailbox: &Dovecot, user: &str) -> House {
    house_with_drafts("Drafts", mode, server, mailbox, user)
}

/// The same with this folder for drafts.
fn house_with_drafts(
    drafts: &str,
    mode: &str,
    server: &Server,
    mailbox: &Dovecot,
    user: &str,
) -> House {
    let house = House::empty();
    house.configure(
        mode,
        &format!(
            "[[account]]\nname = \"box\"\n{}\n[deliver]\nsent_folder = {{ account = \"box\" }}\ndrafts_folder = {{ account = \"box\", folder = \"{drafts}\" }}\n[deliver.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
            mailbox.lines(user),
            server.port
        ),
    );
    house
}

/// Mails of a folder: how many, and how many with this Message-ID.
fn in_folder(mailbox: &Dovecot, user: &str, folder: &str, message_id: &str) -> (u32, usize) {
    let account = mailbox.account(user, "");
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let mut session = Session::connect(&account).await.unwrap();
            let selected = session.examine(folder).await.unwrap();
            let found = session.uids_of_message_id(message_id).await.unwrap();
            session.logout().await;
            (selected.exists, found.len())
        })
}

/// Names of the files of mails in a folder: their flags stand at the end.
fn files(mailbox: &Dovecot, user: &str, folder: &str) -> Vec<String> {
    let folder = mailbox.maildir(user).join(format!(".{folder}/cur"));
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_draft_lies_in_the_thread_until_it_leaves_and_its_copy_beside_the_sent_ones() {
    let Some(mailbox) = Dovecot::start("a_draft_lies_in_the_thread") else {
        return;
    };
    let server = Server::good();
    let house = house("draft", &server, &mailbox, "anna");
    let letter = vague("jane@shop.example", "Problem of Jane");
    house
        .run_with_input(&["ingest", "-"], letter.bytes())
        .well();
    let row = house.outbox().remove(0);
    let (id, message_id) = (row["id"].to_string(), row["message_id"].as_str().unwrap());
    assert_eq!(in_folder(&mailbox, "anna", "Drafts", message_id), (1, 1));
    // Draft and Seen, in Maildir's letters.
    assert!(files(&mailbox, "anna", "Drafts")[0].ends_with(":2,DS"));
    let drafts = mailbox.maildir("anna").join(".Drafts/cur");
    let file = std::fs::read_dir(drafts).unwrap().next().unwrap().unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    let answered = letter.message_id.as_deref().unwrap();
    assert!(
        text.contains(&format!("In-Reply-To: <{answered}>")),
        "{text}"
    );
    assert!(text.contains("To: <jane@shop.example>") || text.contains("To: jane@shop.example"));

    // Again and again: one copy.
    for place in 0..2 {
        let other = vague("joe@other.example", &format!("Another problem {place}"));
        house.run_with_input(&["ingest", "-"], other.bytes()).well();
    }
    assert_eq!(in_folder(&mailbox, "anna", "Drafts", message_id).1, 1);

    house.run(&["outbox", "approve", &id]).well();
    assert_eq!(server.taken().len(), 1);
    assert_eq!(in_folder(&mailbox, "anna", "Sent", message_id), (1, 1));
    // Nobody shall send it a second time: Trashed.
    let trashed = files(&mailbox, "anna", "Drafts")
        .iter()
        .filter(|name| name.ends_with('T'))
        .count();
    assert_eq!(trashed, 1);
    house
        .run_with_input(
            &["ingest", "-"],
            vague("ann@third.example", "Third problem").bytes(),
        )
        .well();
    assert_eq!(in_folder(&mailbox, "anna", "Sent", message_id), (1, 1));
}

#[test]
fn a_mail_of_unknown_fate_is_settled_where_the_server_put_it_among_the_sent_ones() {
    let Some(mailbox) = Dovecot::start("a_mail_of_unknown_fate_is_settled") else {
        return;
    };
    let server = Server::start(true, |moment| match (moment.at, moment.mail) {
        (At::End, 0) => Act::TakeAndHangUp,
        _ => Act::Well,
    });
    let house = house("send", &server, &mailbox, "bert");
    house
        .run_with_input(
            &["ingest", "-"],
            vague("jane@shop.example", "Problem of Jane").bytes(),
        )
        .well();
    let row = house.outbox().remove(0);
    assert_eq!(row["state"], "uncertain");
    // Not among the sent ones: nobody knows, and it stays so.
    house
        .run_with_input(
            &["ingest", "-"],
            vague("joe@other.example", "Another problem").bytes(),
        )
        .well();
    assert_eq!(
        house
            .json(&["outbox", "list", "--state", "uncertain"])
            .len(),
        1
    );

    // Some providers file what they take.
    let account = mailbox.account("bert", "");
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let mut session = Session::connect(&account).await.unwrap();
            let mail = server.taken().remove(0).bytes;
            session
                .append("Sent", &["\\Seen"], None, &mail)
                .await
                .unwrap();
            session.logout().await;
        });
    house
        .run_with_input(
            &["ingest", "-"],
            vague("ann@third.example", "Third problem").bytes(),
        )
        .well();
    assert_eq!(
        house
            .json(&["outbox", "list", "--state", "uncertain"])
            .len(),
        0
    );
    assert_eq!(house.json(&["outbox", "list", "--state", "sent"]).len(), 3);
    let message_id = row["message_id"].as_str().unwrap();
    assert_eq!(in_folder(&mailbox, "bert", "Sent", message_id).1, 1);
    assert_eq!(server.taken().len(), 3);
}

#[test]
fn the_doctor_compares_with_the_server() {
    let Some(mailbox) = Dovecot::start("the_doctor_compares_with_the_server") else {
        return;
    };
    let server = Server::good();
    let house = house("send", &server, &mailbox, "carl");
    let account = mailbox.account("carl", "");
    let put = |name: &str| {
        let mail = vague(
            &format!("{name}@shop.example"),
            &format!("Problem of {name}"),
        )
        .bytes();
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async {
                let mut session = Session::connect(&account).await.unwrap();
                session.append("INBOX", &[], None, &mail).await.unwrap();
                session.logout().await;
            });
    };
    put("jane");
    put("joe");
    house.write_store(async |_| {});
    let behind = house.json_with(&["doctor"], 1).remove(0);
    assert_eq!(behind["gap"], 2, "{behind}");
    house.run(&["ingest", "--account", "box"]).well();
    let level = house.json(&["doctor"]).remove(0);
    assert_eq!(level["gap"], 0, "{level}");
    // What lay there before the first reading is answered by nobody.
    assert!(server.taken().is_empty());
    put("ann");
    assert_eq!(house.json_with(&["doctor"], 1).remove(0)["gap"], 1);
    assert_eq!(house.json(&["doctor", "--offline"]).remove(0)["gap"], 0);
}

#[test]
fn one_copy_that_the_server_refused_held_up_all_others() {
    let Some(mailbox) = Dovecot::start("one_copy_that_the_server_refused") else {
        return;
    };
    let server = Server::good();
    // A folder that nobody made: drafts cannot be filed.
    let house = house_with_drafts("Nowhere", "draft", &server, &mailbox, "dora");
    for (from, subject) in [
        ("jane@shop.example", "Problem of Jane"),
        ("joe@other.example", "Another problem"),
    ] {
        house
            .run_with_input(&["ingest", "-"], vague(from, subject).bytes())
            .well();
    }
    let rows = house.outbox();
    assert_eq!(rows.len(), 2);
    // The newer of the two leaves; the older goes on lying there as a draft.
    let newer = rows.iter().max_by_key(|row| row["id"].as_u64()).unwrap();
    house
        .run(&["outbox", "approve", &newer["id"].to_string()])
        .well();
    assert_eq!(server.taken().len(), 1);
    let message_id = newer["message_id"].as_str().unwrap();
    assert_eq!(in_folder(&mailbox, "dora", "Sent", message_id), (1, 1));
}
