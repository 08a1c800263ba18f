//! Challenges: mails that hold the sender's back until he proves that he is a person.

use super::auto_reply::is_cited;
use super::sentence::{self, Lines};
use super::terms::{Table, Terms, Text, complains, count, first_of};
use super::{Facts, Judgement};
use crate::mail::MailKind;

/// Texts that want a stranger to prove that he is one.
#[rustfmt::skip]
pub(super) static CHALLENGES: Terms = Terms::new(Table::Challenge, &[
    "protégé par un antispam", "protégé par un anti-spam", "senders i have approved", "senders whom i have approved", "confirm that you are a person", "confirm you are a person", "verify that you are a person", "message is held until", "message is being held", "sender verification", "mailbox free of spam",
    "nachricht wird zurückgehalten", "dass sie kein roboter", "message est en attente de", "que vous n'êtes pas un robot", "wiadomość została wstrzymana", "że nie jesteś robotem", "证明您不是机器人",
    "confirm that you are human", "confirm you are human", "verify that you are human",
    "verify you are a human", "challenge-response", "challenge/response", "spam arrest", "spamarrest",
    "boxbe", "tagged message delivery agent", "tmda", "to complete this verification", "confirm your message",
    "to be delivered, please confirm", "release your message", "must be confirmed before it is delivered",
    "added to my list of approved senders", "i apologize for this automatic reply",
    "first time you have sent", "have your address added", "recipient's allowed list",
    "added to the recipient's", "to ensure delivery of your", "add your address to my",
    "allowed senders list", "approved senders list", "trusted senders list", "list of allowed senders", "list of approved senders", "protected by an anti-spam", "protected by anti-spam", "protected by a spam", "anti-spam system", "whitelist request", "added to my whitelist", "sender is not yet known", "prove that you are",
    "liste zugelassener absender", "liste der zugelassenen absender", "durch einen spamfilter geschützt", "liste des expéditeurs autorisés", "protégée par un antispam", "protégée par un anti-spam", "listy dozwolonych nadawców", "listę dozwolonych nadawców", "chroniona przed spamem", "白名单", "lista de remitentes permitidos", "protegido por un sistema antispam", "elenco dei mittenti autorizzati", "lista de remetentes permitidos", "lijst met toegestane afzenders",
    "boxtrap", "to be whitelisted", "sender address verification", "bestätigen sie, dass sie ein mensch", "confirmez que vous êtes", "potwierdź, że jesteś",
]);

/// Challenges of filters.
pub(super) fn judge(facts: &Facts<'_>, text: &Text) -> Judgement {
    if facts.has_header("X-Boxbe-Template")
        || facts.has_header("X-Bluebottle-Request")
        || facts.has_header("X-TMDA-Fingerprint")
            && facts.subject.to_lowercase().contains("confirm")
    {
        return Some((
            MailKind::Challenge,
            "challenge_header",
            "challenge system's header".to_owned(),
        ));
    }
    if holds_mail_back(facts, text) {
        return Some((
            MailKind::Challenge,
            "challenge_text",
            "held back until the sender proves himself".to_owned(),
        ));
    }
    let term = CHALLENGES
        .first_in(&text.body)
        .filter(|term| !is_cited(&text.body, term))?;
    #[rustfmt::skip]
    const ASKS: &[&str] = &[
        "confirm", "verif", "click", "reply to this", "captcha", "fill out", "fill in", "ausfüllen", "remplir", "wypełni", "填写", "bestätig", "klicken", "antworten sie", "cliquez", "répondez", "potwierdź", "odpowiedz", "klik", "点击", "回复", "验证", "haga clic", "responda", "clicchi", "risponda",
    ];
    let asks = count(&text.body, ASKS);
    let automatic = facts.has_header("In-Reply-To")
        || facts.has_header("References")
        || text.answers_or_forwards()
        || text.subject.contains("confirm")
        || text.subject.contains("verif");
    let says = CHALLENGES.count_in(&text.body);
    // It may come under a subject of its own.
    let automatic = automatic
        || says >= 2
            && text.body.contains("://")
            && !super::terms::asks(&text.body)
            && !speaks_of_own_mail(&text.body)
            && !complains(&text.body);
    (asks >= 1 && asks + says >= 3 && automatic && text.body.len() < 5_000)
        .then(|| (MailKind::Challenge, "challenge_text", term.to_owned()))
}

/// What a challenge names in words of its own: the sender's mail, that it waits, what to do, and why. Lower case.
#[rustfmt::skip]
pub(super) static HELD_BACK: [Terms; 4] = [
    Terms::new(Table::HeldMail, &[
        "your message", "your email", "your e-mail", "your mail", "your address", "ihre nachricht", "ihre e-mail", "ihre email", "ihre mail", "ihre absenderadresse", "deine nachricht", "deine e-mail", "votre message", "votre courriel", "votre e-mail", "votre mail", "votre adresse",
        "twoja wiadomość", "twojej wiadomości", "twój e-mail", "twój adres", "państwa wiadomość", "pana wiadomość", "您的邮件", "您发送", "您发给", "你的邮件", "您的来信", "您的信件",
    ]),
    Terms::new(Table::HeldWaiting, &[
        "is held", "are held", "been held", "being held", "on hold", "quarantin", "be delivered", "be released", "to deliver", "not yet authorized", "not yet known", "is unknown", "are unknown", "not on my", "waiting for", "is pending", "zurückgehalten", "zuzustellen", "zugestellt", "quarantäne", "freigegeben", "freizugeben", "unbekannt", "wartet auf",
        "en attente", "soit remis", "sera remis", "être remis", "soit livré", "sera livré", "soit distribué", "sera distribué", "pas encore autoris", "n'est pas autoris", "retenu", "mis en quarantaine", "est inconnu", "wstrzyman", "zatrzyman", "dostarczon", "dostarczyć", "kwarantann", "oczekuje na", "czeka na", "nieznan", "拦截", "投递", "送达", "隔离", "暂存", "暂时保留", "等待",
    ]),
    Terms::new(Table::HeldRequest, &[
        "click here", "click the", "click on", "enter the characters", "geben sie die zeichen", "saisir les caractères", "wpisz znaki", "click this", "click below", "complete the captcha", "solve the captcha", "follow this link", "follow the link", "visit the link", "reply to this", "klicken sie", "klicke auf", "antworten sie auf diese", "bestätigen sie", "cliquez", "cliquer", "en cliquant", "répondre à ce message", "répondez à ce",
        "kliknij", "kliknąć", "odpowiedz na", "proszę odpowiedzieć na t", "点击", "點擊", "点此", "回复此邮件", "回复本邮件", "访问以下",
    ]),
    Terms::new(Table::HeldReason, &[
        "spam", "human", "a person", "real person", "a robot", "guest list", "allowed senders", "approved sender", "safe senders", "whitelist", "challenge", "captcha", "confirm that you", "mensch", "kein roboter", "einmalig", "zugelassene",
        "pas un robot", "personne réelle", "être humain", "êtes humain", "expéditeurs autoris", "liste blanche", "une seule fois", "człowiek", "nie jesteś robotem", "dozwolonych nadawców", "białej list", "białą list", "真人", "验证", "確認", "机器人", "垃圾邮件", "白名单",
    ]),
];

/// Whether a text holds the sender's mail back until he proves himself: it names all four, or instead of the reason what the
/// request is good for below a subject that speaks of proof; shows a link or says that an answer will do; and neither asks nor
/// speaks of a mail of its own, as people do who got such a text.
fn holds_mail_back(facts: &Facts<'_>, text: &Text) -> bool {
    let body = &text.body;
    let says = |group: &Terms| {
        group
            .first_in(body)
            .is_some_and(|term| !is_cited(body, term))
    };
    let [mail, waiting, request, reason] = &HELD_BACK;
    body.len() <= 2_000
        && [mail, waiting, request].into_iter().all(says)
        && (says(reason) || proves_for_delivery(facts, text, request))
        && (body.contains("://") || HELD_BACK_ANSWERS.iter().any(|term| body.contains(term)))
        && !super::terms::asks(body)
        && !speaks_of_own_mail(body)
        && !complains(body)
}

/// Whether the subject speaks of proof, and one sentence both asks for something and says that the mail is then delivered.
fn proves_for_delivery(facts: &Facts<'_>, text: &Text, request: &Terms) -> bool {
    #[rustfmt::skip]
    const PROOF: &[&str] = &[
        "verify your", "verification", "confirm your", "confirmation required", "confirm delivery", "confirm sender", "bestätigung erforderlich", "bestätigen sie ihre", "bitte bestätigen", "absenderbestätigung", "absenderprüfung", "verifizierung", "überprüfung des absenders",
        "vérification", "vérifiez votre", "confirmez votre", "confirmation requise", "authentification", "weryfikacja", "potwierdź", "potwierdzenie nadawcy", "wymagane potwierdzenie", "发件人验证", "身份验证", "请验证", "请确认", "验证您", "需要验证", "需要确认",
    ];
    #[rustfmt::skip]
    const DELIVERY: &[&str] = &[
        "deliver", "receive it", "reach me", "get through", "be released", "zugestellt", "zustell", "erhalte", "freigegeben", "freizugeben", "remis", "livré", "distribué", "reçoive", "parvienne", "dostarcz", "doręcz", "otrzymał", "送达", "投递", "发送给", "接收",
    ];
    PROOF.iter().any(|term| text.subject.contains(term))
        && sentence::split(facts.new_text, Lines::Blank)
            .iter()
            .any(|sentence| {
                first_of(sentence, request.list()).is_some()
                    && first_of(sentence, DELIVERY).is_some()
            })
}

/// Whether somebody speaks of a mail that he has sent himself.
pub(super) fn speaks_of_own_mail(text: &str) -> bool {
    #[rustfmt::skip]
    const OWN: &[&str] = &[
        "my message", "my email", "my e-mail", "my mail ", "our message", "our mail", "meine nachricht", "meine e-mail", "meine mail", "unsere nachricht", "unsere mail",
        "mon message", "mon courriel", "mon e-mail", "notre message", "moja wiadomość", "mojej wiadomości", "mój e-mail", "nasza wiadomość", "我的邮件", "我们的邮件", "我发",
    ];
    let text = text.replace("发给我的", "");
    OWN.iter().any(|term| {
        text.match_indices(term)
            .any(|(at, _)| !text[..at].ends_with(|before: char| before.is_ascii_alphabetic()))
    })
}

/// An answer is enough.
#[rustfmt::skip]
const HELD_BACK_ANSWERS: &[&str] = &[
    "reply to this", "antworten sie auf diese", "répondre à ce message", "répondez à ce", "odpowiedz na", "proszę odpowiedzieć na t", "回复此邮件", "回复本邮件",
];
