//! The loop simulator: a desk among machines that answer everything. Mail flows until nobody has anything
//! to say; then every correspondent got at most its budget, and no case was asked more than its maximum.

use std::collections::{BTreeMap, VecDeque};

use precedent::mail::{Message, ParseOptions, parse};
use precedent::reply::gate::domain_key;
use precedent::reply::{AuthenticationDemand, GateSettings};

use crate::copy::{Copy, OnItsWay};
use crate::letter::{Letter, vague};

/// Exchanges after which mail still flows: a loop.
const ROUNDS_MAX: usize = 60;

/// What a machine says to a mail of ours.
type Says = Box<dyn FnMut(&str, &Message) -> Option<Letter> + Send>;

/// The most requests that one of its cases had, and how many cases there are.
async fn requests(desk: &Copy) -> (u32, usize) {
    let cases = desk.cases().await;
    let most = cases.iter().map(|case| case.state.requests).max();
    (most.unwrap_or(0), cases.len())
}

/// A machine and the end of the addresses that are its own.
struct Machine {
    addresses: &'static str,
    says: Says,
}

/// An answer of a machine to a mail of ours, as machines write it: from the address that was written to.
fn answer(from: &str, ours: &Message, subject: &str, text: &str) -> Letter {
    let to = ours.reply_to.first().unwrap_or(&ours.from[0]);
    Letter::new(from, subject, text)
        .to(&to.address)
        .message_id(&format!("auto.{}", ours.message_id.as_deref().unwrap()))
        .answering(ours.message_id.as_deref().unwrap())
}

/// Lets mail flow until nobody has anything to say. Gives how many mails each correspondent got.
async fn flow(
    desks: &[&Copy],
    machines: &mut [Machine],
    first: Vec<OnItsWay>,
    on_the_way: impl Fn(&[u8]) -> Vec<u8>,
) -> BTreeMap<String, u32> {
    let mut got: BTreeMap<String, u32> = BTreeMap::new();
    let mut queue: VecDeque<OnItsWay> = first.into();
    for round in 0.. {
        assert!(round < ROUNDS_MAX, "mail still flows: {got:?}");
        if queue.is_empty() {
            break;
        }
        let mut to_desks: Vec<Vec<Vec<u8>>> = vec![Vec::new(); desks.len()];
        for (recipient, bytes) in std::mem::take(&mut queue) {
            let plain = precedent::reply::gate::address_key(&recipient);
            if let Some(place) = desks.iter().position(|desk| desk.address == plain) {
                to_desks[place].push(bytes);
                continue;
            }
            let Some(machine) = machines
                .iter_mut()
                .find(|machine| recipient.ends_with(machine.addresses))
            else {
                continue;
            };
            let ours = parse(&bytes, &ParseOptions::default()).unwrap();
            if let Some(letter) = (machine.says)(&recipient, &ours) {
                queue.push_back((letter.to.clone(), letter.bytes()));
            }
        }
        for (desk, mails) in desks.iter().zip(to_desks) {
            for (recipient, bytes) in desk.take(mails).await {
                *got.entry(recipient.clone()).or_default() += 1;
                // As a receiving server stores it.
                let from = desk.address.rsplit_once('@').unwrap().1;
                let mut stored = format!(
                    "Return-Path: <>\r\nAuthentication-Results: mx.desk.example; dmarc=pass header.from={from}; dkim=pass header.d={from}\r\n"
                )
                .into_bytes();
                stored.extend(on_the_way(&bytes));
                queue.push_back((recipient, stored));
            }
        }
    }
    got
}

fn untouched(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

/// A gateway that rewrites everything by which we know our own mail.
fn stripped(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut skipping = false;
    let mut kept = String::new();
    for line in head.split("\r\n") {
        let continues = line.starts_with([' ', '\t']);
        if !continues {
            let name = line.split(':').next().unwrap_or_default();
            let lower = name.to_ascii_lowercase();
            skipping = lower.starts_with("x-")
                || [
                    "auto-submitted",
                    "message-id",
                    "in-reply-to",
                    "references",
                    "reply-to",
                    "precedence",
                ]
                .contains(&lower.as_str());
        }
        if !skipping {
            kept.push_str(line);
            kept.push_str("\r\n");
        }
    }
    let number = blake3_of(bytes);
    format!("{kept}Message-ID: <{number}@gateway.example>\r\n\r\n{body}").into_bytes()
}

fn blake3_of(bytes: &[u8]) -> String {
    precedent::store::hash(bytes)[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn within_budgets(got: &BTreeMap<String, u32>, gate: &GateSettings) {
    let mut domains: BTreeMap<String, u32> = BTreeMap::new();
    for (address, &count) in got {
        assert!(count <= gate.budget_per_address, "{address}: {count}");
        *domains.entry(domain_key(address)).or_default() += count;
    }
    for (domain, count) in domains {
        assert!(count <= gate.budget_per_domain, "{domain}: {count}");
    }
    assert!(got.values().sum::<u32>() <= gate.budget_per_hour);
}

/// All machines at once, each with several mailboxes, among them some that nothing marks as a machine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_more_than_its_budget_among_machines() {
    let gate = GateSettings::default();
    let desk = Copy::new("help@a.example", gate.clone()).await;
    let mut count = 0_u32;
    let mut next = move || {
        count += 1;
        count
    };
    let mut acknowledged = 0_u32;
    let mut machines = vec![
        Machine {
            addresses: "@absent.example",
            says: Box::new(|from, ours| {
                Some(
                    answer(from, ours, &format!("Automatic reply: {}", ours.subject), "I am on holiday until Monday. In urgent cases please write to my colleague.\n")
                        .header("Auto-Submitted", "auto-replied"),
                )
            }),
        },
        Machine {
            addresses: "@away.example",
            says: Box::new(|from, ours| {
                Some(answer(
                    from,
                    ours,
                    &format!("Re: {}", ours.subject),
                    "Thank you for your message. I am currently out of the office and will be back on 7 December. I will answer your mail after my return.\n",
                ))
            }),
        },
        // Says something that a person might say, under a new address each time.
        Machine {
            addresses: "@shifting.example",
            says: Box::new(move |_, ours| {
                let number = next();
                let mut letter = vague(
                    &format!("r{number}@shifting.example"),
                    &format!("Re: {}", ours.subject),
                );
                letter.body = letter
                    .body
                    .replace("getOrders", &format!("getOrders {number}"));
                letter.to = "help@a.example".to_owned();
                Some(letter.message_id(&format!("{number}.{number}@shifting.example")))
            }),
        },
        Machine {
            addresses: "@tickets.example",
            says: Box::new(move |from, ours| {
                acknowledged += 1;
                Some(
                    answer(
                        from,
                        ours,
                        &format!("[Ticket #{acknowledged}] {}", ours.subject),
                        &format!("Your request has been received and was given the ticket number {acknowledged}. Our team will answer within two working days.\n"),
                    )
                    .message_id(&format!("t{acknowledged}@tickets.example")),
                )
            }),
        },
        // Bounces to the author, as servers should not.
        Machine {
            addresses: "@gone.example",
            says: Box::new(|from, ours| {
                let mut letter = answer(
                    "mailer-daemon@gone.example",
                    ours,
                    "Undelivered Mail Returned to Sender",
                    &format!(
                        "This is the mail system.\n\n<{from}>: host mx.gone.example said: 550 5.1.1 user unknown\n\nMessage-ID: <{}>\n",
                        ours.message_id.as_deref().unwrap()
                    ),
                );
                letter.to = "help@a.example".to_owned();
                Some(letter.header("Auto-Submitted", "auto-replied"))
            }),
        },
        // A list sends everything on to its members, us among them.
        Machine {
            addresses: "@lists.example",
            says: Box::new(|from, ours| {
                let mut letter = vague(from, &format!("[dev] {}", ours.subject))
                    .message_id(&format!("list.{}", ours.message_id.as_deref().unwrap()))
                    .header("List-Id", "<dev.lists.example>");
                letter.to = "help@a.example".to_owned();
                Some(letter)
            }),
        },
    ];
    // Everybody begins with several mails that look like a person's.
    let mut first = Vec::new();
    for domain in ["absent", "away", "shifting", "tickets", "gone", "lists"] {
        for person in 0..3 {
            for mail in 0..4 {
                let from = format!("p{person}@{domain}.example");
                let mut letter = vague(&from, &format!("{domain} {person} {mail}"));
                letter.to = "help@a.example".to_owned();
                letter.body = letter.body.replace(
                    "We changed nothing.",
                    &format!(
                        "We of {domain} {} changed nothing.",
                        ["one", "two", "three"][person]
                    ),
                );
                first.push((letter.to.clone(), letter.bytes()));
            }
        }
    }
    let got = flow(&[&desk], &mut machines, first, untouched).await;
    within_budgets(&got, &gate);
    let (most, cases) = requests(&desk).await;
    assert!(most <= 2, "{most} requests in one case");
    // The test could not fail if nothing had left.
    for domain in ["absent", "away", "shifting", "tickets", "gone", "lists"] {
        assert!(
            got.keys()
                .any(|address| address.ends_with(&format!("@{domain}.example"))),
            "nothing ever went to {domain}: {got:?}"
        );
    }
    // A bounced address is left alone.
    assert!(
        got.iter()
            .filter(|(address, _)| address.ends_with("@gone.example"))
            .all(|(_, &count)| count <= 3),
        "{got:?}"
    );
    assert!(cases < 200, "{cases}");
}

/// Two copies of the program, and between them nobody, or a gateway that removes every mark.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_copies_of_the_program_do_not_talk_for_long() {
    for (on_the_way, most_mails) in [
        (untouched as fn(&[u8]) -> Vec<u8>, 1),
        (
            stripped as fn(&[u8]) -> Vec<u8>,
            GateSettings::default().budget_per_address,
        ),
    ] {
        let gate = GateSettings::default();
        let one = Copy::new("help@a.example", gate.clone()).await;
        let other = Copy::new("help@b.example", gate.clone()).await;
        // Somebody writes to the one as if it came from the other.
        let mut letter = vague("help@b.example", "Something is wrong");
        letter.to = "help@a.example".to_owned();
        let first = vec![(letter.to.clone(), letter.bytes())];
        let got = flow(&[&one, &other], &mut [], first, on_the_way).await;
        assert!(got.contains_key("help@b.example"), "{got:?}");
        assert!(got.values().all(|&count| count <= most_mails), "{got:?}");
        within_budgets(&got, &gate);
        assert!(requests(&one).await.0 <= 2 && requests(&other).await.0 <= 2);
    }
}

/// Thousands of mails in the names of others: nothing leaves where senders must be authenticated, and
/// where they need not be every victim gets its budget at most, and all together that of the hour.
/// `PRECEDENT_STORM_MAILS` says how many.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_forged_senders_makes_no_storm_of_answers() {
    let mails = std::env::var("PRECEDENT_STORM_MAILS")
        .map_or(1_500, |count| count.parse::<usize>().unwrap());
    let storm = || -> Vec<OnItsWay> {
        (0..mails)
            .map(|place| {
                // Some victims get many, most get one; the text changes a little each time.
                let victim = if place % 3 == 0 {
                    format!("victim{}@bank.example", place % 2)
                } else {
                    format!("v{place}@d{}.example", place % 400)
                };
                let mut letter = vague(&victim, &format!("Forged {place}"));
                letter.to = "help@a.example".to_owned();
                let word: String = format!("{place:04}")
                    .bytes()
                    .map(|digit| char::from(b'a' + (digit - b'0')))
                    .collect();
                letter.body = letter
                    .body
                    .replace("We changed nothing.", &format!("We changed {word}."));
                let text = String::from_utf8(letter.bytes()).unwrap();
                let forged = text
                    .replace("spf=pass", "spf=fail")
                    .replace("dkim=pass", "dkim=none")
                    .replace("dmarc=pass", "dmarc=fail");
                (letter.to.clone(), forged.into_bytes())
            })
            .collect()
    };
    let strict = Copy::new("help@a.example", GateSettings::default()).await;
    let got = flow(&[&strict], &mut [], storm(), untouched).await;
    assert!(got.is_empty(), "{got:?}");

    let gate = GateSettings {
        authentication: AuthenticationDemand::Off,
        ..GateSettings::default()
    };
    let open = Copy::new("help@a.example", gate.clone()).await;
    let got = flow(&[&open], &mut [], storm(), untouched).await;
    within_budgets(&got, &gate);
    assert_eq!(got.values().sum::<u32>(), gate.budget_per_hour);
    assert_eq!(
        got.get("victim0@bank.example"),
        Some(&gate.budget_per_address)
    );
}
