//! Old mail of a mailbox: its inbox and its sent mail become cases with proposed resolutions.

use precedent::intake::imap::Session;

use crate::dovecot::Dovecot;
use crate::house::House;

/// A thread of years ago: what came in, and what the desk sent.
fn thread(number: u32) -> ([Vec<u8>; 2], Vec<u8>) {
    let customer = format!("c{number}@customer.example");
    let desk = "sp-api-support@desk.example";
    let mail = |from: &str, to: &str, id: &str, answers: &str, hour: u32, text: &str| {
        format!(
            "From: {from}\r\nTo: {to}\r\nSubject: getOrders 403 number {number}\r\nMessage-ID: <{id}>\r\n{answers}Date: 6 Mar 2023 {hour}:00:00 +0000\r\n\r\n{text}\r\n"
        )
        .into_bytes()
    };
    let (first, second) = (
        format!("a{number}@customer.example"),
        format!("d{number}@desk.example"),
    );
    (
        [
            mail(
                &customer,
                desk,
                &first,
                "",
                10,
                "getOrders answers 403 Unauthorized for every seller of ours.",
            ),
            mail(
                &customer,
                desk,
                &format!("b{number}@customer.example"),
                &format!("In-Reply-To: <{second}>\r\nReferences: <{first}> <{second}>\r\n"),
                12,
                "Thank you, it works now.",
            ),
        ],
        mail(
            desk,
            &customer,
            &second,
            &format!("In-Reply-To: <{first}>\r\n"),
            11,
            "Hello,\r\n\r\nthe role of the application was missing. It is granted now, please authorise again.",
        ),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_of_old_mail_become_proposals_and_the_server_is_told_nothing() {
    let Some(server) =
        Dovecot::start("folders_of_old_mail_become_proposals_and_the_server_is_told_nothing")
    else {
        return;
    };
    let mut session = Session::connect(&server.account("ida", "")).await.unwrap();
    session.create("Sent").await.unwrap();
    for number in 0..3 {
        let (received, sent) = thread(number);
        for mail in received {
            session.append("INBOX", &[], None, &mail).await.unwrap();
        }
        session.append("Sent", &[], None, &sent).await.unwrap();
    }
    let house = House::empty();
    house.configure(
        "send",
        &format!(
            "\n[[account]]\nname = \"ida\"\n{}\nafter_archive = \"keyword\"\n",
            server.lines("ida")
        ),
    );
    let import = [
        "import",
        "--account",
        "ida",
        "--folder",
        "INBOX",
        "--folder",
        "Sent",
    ];
    let told = house.json(&import);
    assert_eq!(told[0]["read"], 9, "{told:?}");
    assert_eq!(told[0]["opened"], 3, "{told:?}");
    assert_eq!(told[0]["proposed"], 3, "{told:?}");
    assert_eq!(
        house.json(&["proposals", "list", "--above", "0.8"]).len(),
        3
    );
    for mail in house.outbox() {
        assert_eq!(mail["state"], "withheld", "{mail}");
    }
    session.examine("INBOX").await.unwrap();
    assert_eq!(session.unseen().await.unwrap().len(), 6);
    // The inbox is followed: what comes now is no history.
    let again = house.run(&import).well();
    assert!(again.err.contains("is followed"), "{}", again.err);
    assert_eq!(house.json(&["proposals", "list"]).len(), 3);
    house
        .run(&["import", "--account", "nobody", "--folder", "Sent"])
        .with(2)
        .says(&["there is no account"]);
}
