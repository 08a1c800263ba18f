//! Mail to many: lists and newsletters.

use super::terms::{Table, Terms, Text, first_of};
use super::{Facts, Judgement};
use crate::mail::MailKind;

/// Header fields that only list servers and mass mailers write (RFC 2369, RFC 2919 and customs).
pub(super) fn from_headers(facts: &Facts<'_>, text: &Text) -> Judgement {
    let list = [
        "List-Id",
        "List-Post",
        "List-Help",
        "List-Subscribe",
        "List-Owner",
        "List-Archive",
        "X-Mailing-List",
        "X-BeenThere",
        "Mailing-List",
        "X-ML-Name",
        "X-List-Id",
        "X-Listname",
        "X-Mailman-Version",
        "List-Software",
        "X-eGroups-Return",
        "X-Loop-List",
    ];
    let newsletter = [
        "X-Newsletter",
        "X-Mass-Mail",
        "X-Bulkmail",
        "X-List-Unsubscribe",
    ];
    // Relays that carry people's mail too, and help desks': alone they say nothing.
    let relay = [
        "X-Campaign",
        "X-CampaignID",
        "X-Campaign-Id",
        "X-MC-User",
        "X-Mailgun-Tag",
        "X-SG-EID",
        "X-CSA-Complaints",
        "X-Report-Abuse",
        "X-rext",
        "X-Job",
        "X-EmailType-Id",
        "X-mailer-LID",
        "X-Lettermark",
        // Providers of mailboxes set it as well.
        "Feedback-ID",
    ];
    let decided =
        |kind, code, name: &str, value: String| Some((kind, code, format!("{name}: {value}")));
    for name in list {
        if let Some(value) = facts.header(name) {
            let kind = if is_newsletter(text)
                && name != "X-Mailing-List"
                && name != "X-BeenThere"
                && name != "List-Post"
            {
                MailKind::Newsletter
            } else {
                MailKind::List
            };
            return decided(kind, "list_header", name, value);
        }
    }
    for name in ["List-Unsubscribe", "List-Unsubscribe-Post"] {
        // Programs for sales write it into people's answers, and into what they write to one alone.
        if let Some(value) = facts.header(name)
            && (!is_answer(facts, text) && !is_personal(facts, text)
                || is_certainly_bulk(facts, text))
        {
            return decided(MailKind::Newsletter, "mass_mail_header", name, value);
        }
    }
    for name in newsletter {
        if let Some(value) = facts.header(name) {
            return decided(MailKind::Newsletter, "mass_mail_header", name, value);
        }
    }
    for name in relay {
        if let Some(value) = facts.header(name)
            && is_certainly_bulk(facts, text)
        {
            return decided(MailKind::Newsletter, "mass_mail_header", name, value);
        }
    }
    if let Some(value) = precedence_of_many(facts) {
        let kind = if value.trim().eq_ignore_ascii_case("list") {
            MailKind::List
        } else if is_newsletter(text) {
            MailKind::Newsletter
        } else {
            MailKind::Notification
        };
        return decided(kind, "precedence", "Precedence", value);
    }
    let author = facts.from.first().map(|from| from.address.as_str());
    let envelope = facts
        .return_path
        .map(|path| path.address.as_str())
        .into_iter()
        .chain(facts.sender.map(|sender| sender.address.as_str()))
        .chain(author);
    for address in envelope {
        let local = address.split('@').next().unwrap_or_default();
        if local.starts_with("owner-")
            || local.ends_with("-owner")
            || local.ends_with("-bounces")
            || local.ends_with("-admin")
            || local.contains("-bounces+")
            || local.ends_with("-request") && !local.starts_with("pull")
            || local.starts_with("sentto-")
        {
            return decided(
                MailKind::List,
                "list_envelope",
                "Return-Path",
                address.to_owned(),
            );
        }
        // A relay's address for what comes back.
        if (local.starts_with("bounce-")
            || local.starts_with("bounces+")
            || local.starts_with("bounces-"))
            && is_certainly_bulk(facts, text)
        {
            return decided(
                MailKind::Newsletter,
                "bulk_envelope",
                "Return-Path",
                address.to_owned(),
            );
        }
    }
    None
}

/// Whether a mail answers another one: by its header, or by its subject where it does not offer to end everything at once.
fn is_answer(facts: &Facts<'_>, text: &Text) -> bool {
    facts.has_header("In-Reply-To")
        || text.answers_or_forwards() && !facts.has_header("List-Unsubscribe-Post")
}

/// Whether somebody writes to one reader: he asks for something and signs with his name, and neither sells nor names a way out.
fn is_personal(facts: &Facts<'_>, text: &Text) -> bool {
    facts.new_text.len() <= PERSONAL_BYTES_MAX
        && !facts.has_header("List-Unsubscribe-Post")
        && facts.new_text.matches("://").count() <= PERSONAL_LINKS_MAX
        && super::person::is_signed_within(facts.new_text, &facts.author())
        && (super::terms::asks(&text.body) || super::note::wants_more(&text.body))
        && UNSUBSCRIBE.first_in(&text.body).is_none()
        && UNSUBSCRIBE.first_in(text.end()).is_none()
        && SELLING.count_in(&text.body) <= 1
        && super::subscription::PROMOTION
            .first_in(&text.subject)
            .is_none()
        && super::subscription::PROMOTION
            .first_in(&text.body)
            .is_none()
}

/// Most links and bytes of what somebody writes to one reader.
const PERSONAL_LINKS_MAX: usize = 2;
const PERSONAL_BYTES_MAX: usize = 2_000;

/// The value of `Precedence` that says that a mail goes to many.
fn precedence_of_many(facts: &Facts<'_>) -> Option<String> {
    facts.header("Precedence").filter(|value| {
        ["bulk", "list", "junk"]
            .iter()
            .any(|many| value.trim().eq_ignore_ascii_case(many))
    })
}

/// Whether a second sign says that a mail of a relay went to many: its precedence, an author that nobody answers to, or a way
/// out in its text.
fn is_certainly_bulk(facts: &Facts<'_>, text: &Text) -> bool {
    precedence_of_many(facts).is_some()
        || super::notification::is_no_reply(facts)
        || super::notification::is_machine(facts)
        || is_sent_to_many(facts, text)
        || offers_way_out(facts, text)
}

/// Whether a sentence of the new text offers the reader a way out, and is none of a person who speaks of one.
fn offers_way_out(facts: &Facts<'_>, text: &Text) -> bool {
    !text.answers_or_forwards()
        && (facts.new_text.contains("://") || super::notification::is_role_address(facts))
        && super::subscription::WAYS_OUT.first_in(text.end()).is_some()
        && !super::terms::complains(&text.body)
        && super::sentence::split(facts.new_text, super::sentence::Lines::Capital)
            .iter()
            .any(|sentence| {
                first_of(sentence, super::subscription::WAYS_OUT.list()).is_some()
                    && !super::terms::speaks_of_self(sentence)
                    && !super::terms::asks(sentence)
            })
}

/// Whether a way out of a subscription, with a link or from an address that nobody writes from, and that no person speaks of,
/// says that a mail went to many.
fn is_sent_to_many(facts: &Facts<'_>, text: &Text) -> bool {
    let way_out =
        UNSUBSCRIBE.first_in(text.end()).is_some() || UNSUBSCRIBE.first_in(&text.body).is_some();
    let role = super::notification::is_role_address(facts);
    !text.answers_or_forwards()
        && way_out
        && (role || facts.new_text.contains("://"))
        && !super::terms::speaks_of_self(&text.body)
        && !super::terms::complains(&text.body)
        && !super::terms::asks(&text.body)
}

/// Ways out of a subscription, in the languages of newsletters.
#[rustfmt::skip]
pub(super) static UNSUBSCRIBE: Terms = Terms::new(Table::Unsubscribe, &[
    "unsubscribe", "to be removed from", "opt out", "opt-out", "remove yourself", "be removed from our",
    "stop receiving", "no longer wish to receive", "you're subscribed", "account preferences",
    "change your subscription", "convert your subscription", "to change to a", "do not wish to receive",
    "update your preferences", "manage your subscription", "email preferences", "subscription preferences",
    "manage preferences", "you are receiving this", "you received this email because",
    "you received this e-mail because", "you have received this", "you are subscribed", "your subscription",
    "this email was sent to", "this e-mail was sent to", "view this email in your browser", "view in browser",
    "view it in your browser", "privacy policy", "abbestellen", "abmelden", "newsletter abbestellen",
    "im browser ansehen", "im browser anzeigen", "keine weiteren e-mails", "se désabonner", "désinscription",
    "désinscrire", "vous désabonner", "version en ligne", "wypisz się", "wypisać się",
    "désinscrivez-vous", "désabonnez-vous", "rezygnacja z subskrypcji", "zrezygnować z", "退订", "取消订阅", "配信停止", "darse de baja", "cancellati",
]);

/// Where a newsletter is shown as well.
#[rustfmt::skip]
const IN_BROWSER: &[&str] = &[
    "view this email in your browser", "view in browser", "view it in your browser", "im browser ansehen", "im browser anzeigen", "im browser öffnen", "version en ligne", "ouvrir dans votre navigateur", "afficher dans votre navigateur", "zobacz w przeglądarce", "otwórz w przeglądarce", "wersja online", "在浏览器中查看", "在线查看", "ver en el navegador", "visualizza nel browser", "ver no navegador", "bekijk in browser",
];

/// Most words of a line that offers it.
const OFFER_WORDS: usize = 7;
/// The same for Chinese and Japanese, which part no words.
const OFFER_LETTERS: usize = 12;
/// Lines of the footer of a list.
const FOOTER_LINES: usize = 6;

/// The words by which a line that says nothing else offers a mail in a browser.
fn offered_in_browser(text: &str) -> Option<&'static str> {
    text.lines()
        .filter(|line| {
            line.split_whitespace().count() <= OFFER_WORDS
                && line
                    .chars()
                    .filter(|letter| crate::mail::text::is_wide_letter(*letter))
                    .count()
                    <= OFFER_LETTERS
        })
        .find_map(|line| first_of(&line.to_lowercase(), IN_BROWSER))
}

/// Words of sellers and editors.
#[rustfmt::skip]
pub(super) static SELLING: Terms = Terms::new(Table::Selling, &[
    "newsletter", "special offer", "free shipping", "save ", "% off", "discount", "shop now", "buy now",
    "order now", "limited time", "click here", "all rights reserved", "copyright", "©", "exclusive", "deals",
    "sale", "coupon", "subscribe", "this week", "in this issue", "headlines", "top stories", "angebot",
    "rabatt", "gutschein", "jetzt kaufen", "offre", "promo", "oferta", "rabat", "promocja", "优惠", "促销",
    "online version", "advertisement",
]);

fn is_newsletter(text: &Text) -> bool {
    text.subject.contains("newsletter")
        || SELLING.count_in(&text.body) >= 4
            && (UNSUBSCRIBE.first_in(text.end()).is_some()
                || UNSUBSCRIBE.first_in(&text.body).is_some())
}

/// Texts below this have no end apart from their beginning. Bytes.
const SHORT_BYTES: usize = 600;

/// Lists and newsletters that carry no header of their kind.
pub(super) fn from_text(facts: &Facts<'_>, text: &Text) -> Judgement {
    if text.answers_or_forwards() && facts.has_quote {
        return None;
    }
    let ways_out = UNSUBSCRIBE
        .count_in(text.end())
        .max(UNSUBSCRIBE.count_in(&text.body));
    let role = super::notification::is_role_address(facts);
    // Words at the end count once more; a person's note of a few lines has no end of its own.
    let short = !role && !text.ends_beyond_body() && text.body.len() < SHORT_BYTES;
    let selling = SELLING.count_in(&text.body)
        + if short {
            0
        } else {
            SELLING.count_in(text.end())
        };
    let links = facts.new_text.matches("http").count();
    if ways_out >= 2 && (selling >= 3 || role && selling >= 1)
        || ways_out >= 1 && (selling >= 5 || role && selling >= 2)
    {
        let term = UNSUBSCRIBE
            .first_in(text.end())
            .or_else(|| UNSUBSCRIBE.first_in(&text.body))
            .unwrap_or_default();
        return Some((MailKind::Newsletter, "newsletter_text", term.to_owned()));
    }
    // Nobody but a sender to many offers his mail in a browser, on a line of its own.
    if ways_out >= 1
        && links >= 1
        && !text.answers_or_forwards()
        && let Some(term) = offered_in_browser(facts.new_text)
        && UNSUBSCRIBE.list().iter().any(|way| {
            !IN_BROWSER.contains(way) && (text.body.contains(way) || text.end().contains(way))
        })
        && !super::terms::speaks_of_self(&text.body)
        && !super::terms::complains(&text.body)
        && !super::person::is_signed(facts.new_text)
    {
        return Some((MailKind::Newsletter, "newsletter_text", term.to_owned()));
    }
    if links >= 12 && selling >= 3 && (role || ways_out >= 1) && !text.answers_or_forwards() {
        return Some((MailKind::Newsletter, "many_links", format!("{links} links")));
    }
    let of_group = || {
        facts.new_text.lines().rev().take(FOOTER_LINES).any(|line| {
            line.starts_with(
                "You received this message because you are subscribed to the Google Groups",
            )
        })
    };
    if !facts.has_quote && of_group() {
        return Some((MailKind::List, "list_footer", "Google Groups".to_owned()));
    }
    // Mailman's token is a long number.
    let confirmed = text.subject.starts_with("confirm ")
        && text
            .subject
            .contains(|character: char| character.is_ascii_digit())
        && !super::terms::asks(&text.body)
        && text
            .body
            .contains("subscription confirmation notice for mailing list");
    if confirmed {
        return Some((
            MailKind::List,
            "list_confirmation",
            facts.subject.to_owned(),
        ));
    }
    let footer = [
        "mailing list",
        "mailman/listinfo",
        "to unsubscribe, e-mail",
        "yahoo! groups",
        "egroups sponsor",
    ];
    if let Some(term) = first_of(text.end(), &footer)
        && (ways_out >= 1 || text.end().contains("listinfo"))
        && !text.answers_or_forwards()
        && (facts.subject.contains('[') || text.end().contains("listinfo"))
    {
        return Some((MailKind::List, "list_footer", term.to_owned()));
    }
    None
}
