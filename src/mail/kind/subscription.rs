//! Newsletters that show themselves by one sentence at their end: how to stop getting them.

use super::alert::COURTESIES;
use super::note_words::REQUESTS;
use super::terms::{Table, Terms, Text, asks, complains, first_of, first_start, speaks_of_self};
use super::{Facts, Judgement};
use crate::mail::MailKind;

/// Ways out, as the sender offers them to the reader.
#[rustfmt::skip]
pub(super) static WAYS_OUT: Terms = Terms::new(Table::WayOut, &[
    "if you no longer wish to", "if you no longer want", "if you do not want", "if you don't want", "if you do not wish", "if you don't wish", "if you would like to unsubscribe", "if you wish to unsubscribe", "if you want to unsubscribe", "if you'd like to unsubscribe", "if you would prefer not to", "if you prefer not to", "to unsubscribe", "unsubscribe from", "unsubscribe here",
    "unsubscribe:", "unsubscribe :", "click here to unsubscribe", "opt out here", "to opt out", "to stop receiving", "nicht mehr erhalten möchten", "nicht länger erhalten möchten", "nicht mehr erhalten wollen", "nicht mehr erhalten möchtest", "nicht mehr erhalten willst", "nicht mehr bekommen möchten", "nicht mehr empfangen möchten", "abbestellen möchten", "abmelden möchten", "abmelden möchtest",
    "um sich abzumelden", "um sich vom newsletter", "zum abbestellen", "zum abmelden", "vom newsletter abmelden", "newsletter abbestellen", "newsletter abmelden", "abmelden:", "abbestellen:", "hier abmelden", "hier abbestellen", "keine weiteren newsletter", "keinen newsletter mehr", "vous ne souhaitez plus", "vous ne voulez plus", "vous ne désirez plus", "pour vous désabonner", "pour vous désinscrire", "pour ne plus recevoir",
    "pour se désabonner", "pour se désinscrire", "souhaitez vous désabonner", "souhaitez vous désinscrire", "se désinscrire", "se désabonner", "désinscription", "désabonnement", "nie chcesz otrzymywać", "nie chcesz już otrzymywać", "nie chcesz więcej otrzymywać", "nie chcesz dostawać", "nie życzysz sobie", "nie chcą państwo otrzymywać", "aby zrezygnować z", "aby wypisać się", "aby się wypisać", "chcesz zrezygnować z",
    "chcesz się wypisać", "wypisz się", "zrezygnuj z", "rezygnacja z newslettera", "rezygnacja z subskrypcji", "不想再收到", "不想收到", "不希望再收到", "不愿再收到", "不再接收", "如需退订", "若要退订", "点击退订", "点此退订", "取消订阅", "退订", "no desea recibir", "no desea seguir recibiendo", "no quieres recibir", "para darse de baja", "darse de baja", "non desidera più ricevere",
    "non vuoi più ricevere", "per cancellarti", "cancella l'iscrizione", "annulla l'iscrizione", "não deseja mais receber", "não deseja receber", "cancelar a inscrição", "cancelar inscrição", "cancelar a subscrição", "niet meer wilt ontvangen", "niet langer wilt ontvangen", "uitschrijven", "afmelden voor", "配信停止", "配信を停止", "購読を解除", "購読解除",
]);

/// What is announced to many.
#[rustfmt::skip]
pub(super) static PROMOTION: Terms = Terms::new(Table::Promotion, &[
    "newsletter", "sale", "% off", "discount", "new arrivals", "what's new", "latest news", "news from", "special offer", "our offers", "coupon", "voucher", "black friday", "cyber monday", "webinar", "neuigkeiten", "neuheiten", "unsere angebote", "angebote", "rabatt", "gutschein", "aktionen", "jetzt entdecken", "nouveautés", "nos offres", "offres", "soldes", "promo", "réduction", "actualités",
    "nowości", "ofert", "promocj", "rabat", "zniżk", "wyprzedaż", "aktualności", "优惠", "促销", "大促", "特惠", "折扣", "新品", "上新", "满减", "折", "双十一", "电子报", "周刊", "novedades", "ofertas", "descuento", "novità", "offerte", "sconto", "novidades", "desconto", "nieuwsbrief", "aanbieding", "korting", "セール", "新着", "お知らせ", "メルマガ",
]);

/// How one goes that way.
#[rustfmt::skip]
const STEPS: &[&str] = &[
    "://", "click here", "click the", "click below", "klicken sie", "klicke hier", "hier klicken", "cliquez", "cliquer", "kliknij", "klikając", "kliknąć", "点击", "点此", "haga clic", "haz clic", "clicca", "fare clic", "clique", "klik hier", "こちら",
];

/// Words of a sentence with which somebody asks for himself and his people.
#[rustfmt::skip]
const OURSELVES: &[&str] = &[
    " we ", " us ", " our ", " wir ", " uns ", " unser", " nous ", " notre ", " nos ", " chcemy ", " nas ", " nasz", "我们", "我方", "nosotros", " noi ", " nós ", " ons ",
];

/// Most bytes before a way out on its line.
const BEFORE_BYTES: usize = 48;

/// Lines below the way out: addresses, rights, other links.
const LINES_BELOW: usize = 4;

pub(super) fn judge(facts: &Facts<'_>, text: &Text) -> Judgement {
    WAYS_OUT.first_in(text.end())?;
    if text.answers_or_forwards()
        || facts.has_header("In-Reply-To")
        || facts.has_quote
        || speaks_of_self(&text.body)
        || complains(&text.body)
        || asks(&text.body)
        || asks(text.end())
    {
        return None;
    }
    let lines: Vec<&str> = facts
        .new_text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let first = lines.len().saturating_sub(LINES_BELOW + 1).max(1);
    let (at, term) = lines
        .iter()
        .enumerate()
        .skip(first)
        .rev()
        .find_map(|(at, line)| {
            let lower = line.to_lowercase();
            first_of(&lower, WAYS_OUT.list()).map(|term| (at, term))
        })?;
    let offer = lines[at..lines.len().min(at + 2)].join(" ").to_lowercase();
    let above = lines[..at].join("\n");
    // People write under `Newsletter` too.
    let promoted = PROMOTION
        .first_in(&text.subject)
        .is_some_and(|term| !matches!(term, "newsletter" | "nieuwsbrief"))
        || first_of(&above.to_lowercase(), PROMOTION.list()).is_some();
    (promoted
        && first_of(&offer, STEPS).is_some()
        && is_offered(lines[at])
        && !goes_on_behind_link(lines[at])
        // What stands below a colon or between marks is shown by somebody.
        && !lines[at - 1].ends_with([':', '：'])
        && !super::auto_reply::is_cited(&text.body, term)
        && (super::notification::is_role_address(facts)
            || opens_line(lines[at], term)
                && !lines
                    .iter()
                    .any(|line| first_start(&line.to_lowercase(), COURTESIES).is_some()))
        && !super::person::is_signed(&above)
        && !super::note::requests(&above)
        && !super::note::wants_more(&super::terms::fold(&above, above.len())))
    .then(|| (MailKind::Newsletter, "way_out", term.to_owned()))
}

/// The way out of a machine's mail that tells many what is new or on sale.
pub(super) fn offered_below_promotion(text: &Text) -> Option<&'static str> {
    let promoted = PROMOTION.first_in(&text.subject).is_some()
        || PROMOTION
            .first_in(&text.body)
            .is_some_and(|term| term != "折");
    let listed = || {
        super::bulk::UNSUBSCRIBE
            .first_in(text.end())
            .filter(|_| super::bulk::UNSUBSCRIBE.count_in(text.end()) >= 3)
    };
    WAYS_OUT
        .first_in(text.end())
        .or_else(listed)
        .filter(|_| promoted)
}

/// Whether words stand behind the address of a page: somebody says something about it.
fn goes_on_behind_link(line: &str) -> bool {
    line.rfind("://").is_some_and(|at| {
        line[at..]
            .split_whitespace()
            .skip(1)
            .filter(|word| word.chars().any(char::is_alphabetic))
            .count()
            >= 2
    })
}

/// Whether a way out stands at the beginning of its line, and not in "HTTP 403 when trying to unsubscribe".
fn opens_line(line: &str, term: &str) -> bool {
    let lower = line.to_lowercase();
    lower.find(term).is_some_and(|at| {
        let before = &lower[..at];
        before.len() <= BEFORE_BYTES
            && !before.contains(|character: char| character.is_ascii_digit())
    })
}

/// Whether a line offers a way out to the reader, and asks for none.
fn is_offered(line: &str) -> bool {
    let lower = format!(" {} ", line.to_lowercase());
    first_start(lower.trim_start(), REQUESTS).is_none_or(|request| {
        // `请点击这里退订`
        request == "请" && lower.contains("点击")
    }) && first_of(&lower, OURSELVES).is_none_or(|word| {
        // `our newsletter` is the sender's.
        matches!(
            word,
            " our " | " unser" | " notre " | " nos " | " nasz" | " ons "
        )
    })
}
