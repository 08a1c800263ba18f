//! Addresses of robots, as people around the world spell them.

use crate::lower_case::LowerCase;

/// Local parts that are a robot's when nothing else stands in them, without dots, dashes and
/// underscores, lower case.
const WHOLE: &[&str] = &[
    "abuse",
    "alert",
    "alerts",
    "alarm",
    "automail",
    "automailer",
    "automat",
    "automated",
    "automatic",
    "automatique",
    "automatisch",
    "backup",
    "benachrichtigung",
    "benachrichtigungen",
    "bot",
    "bounce",
    "bounces",
    "bulk",
    "chatbot",
    "cron",
    "daemon",
    "devnull",
    "errors",
    "errorsto",
    "feedbackloop",
    "fbl",
    "listserv",
    "listmaster",
    "mailbot",
    "mailer",
    "mailman",
    "majordomo",
    "monitor",
    "monitoring",
    "nagios",
    "news",
    "newsletter",
    "nobody",
    "null",
    "notification",
    "notifications",
    "notify",
    "notifier",
    "notificaciones",
    "notificazioni",
    "postmaster",
    "powiadomienia",
    "powiadomienie",
    "procmail",
    "root",
    "robot",
    "smartd",
    "sympa",
    "system",
    "uucp",
    "wwwdata",
    "wwwrun",
    "zabbix",
    "通知",
    "系统通知",
];

/// Stretches that only a robot's local part holds, without dots, dashes and underscores.
const ANYWHERE: &[&str] = &[
    "mailerdaemon",
    "maildaemon",
    "mailsystem",
    "maildeliverysubsystem",
    "postmaster",
    "autoreply",
    "autoresponse",
    "autorespond",
    "autoanswer",
    "automaticreply",
    "automatedmail",
    "noreply",
    "noreplies",
    "noreplay",
    "notreplay",
    "nocontesta",
    "noconteste",
    "noresponse",
    "noanswer",
    "notreply",
    "notrespond",
    "notanswer",
    "nonreply",
    "noreturn",
    "unattended",
    "unmonitored",
    "nichtantworten",
    "antwortennicht",
    "antwortenicht",
    "nichterwidern",
    "nichtbeantworten",
    "keineantwort",
    "nepasrepondre",
    "neplusrepondre",
    "neplusrépondre",
    "nerepondezpas",
    "nerépondezpas",
    "nerepondrepas",
    "nerépondrepas",
    "nepasrépondre",
    "pasdereponse",
    "pasderéponse",
    "sansreponse",
    "nieodpowiad",
    "nieodpisuj",
    "nieodpisywac",
    "brakodp",
    "replynot",
    "dontreply",
    "dontanswer",
    "dontrespond",
    "postmeister",
    "ohneantwort",
    "bezodpowiedzi",
    "noresponder",
    "noresponda",
    "sinrespuesta",
    "naoresponda",
    "naoresponder",
    "nãoresponda",
    "nonrispondere",
    "nientereply",
    "nietbeantwoorden",
    "nietantwoorden",
    "geenantwoord",
    "svarinte",
    "ikkesvar",
    "eivastausta",
    "wuhuifu",
    "wuxuhuifu",
    "buyaohuifu",
    "无需回复",
    "不要回复",
    "勿回复",
];

/// Beginnings of a local part, as written, that mailing systems use for addresses that vary.
const BEGINNINGS: &[&str] = &[
    "bounce+",
    "bounce-",
    "bounce_",
    "bounces+",
    "bounces-",
    "bounces_",
    "bounces.",
    "msprvs",
    "owner-",
    "notification+",
    "notifications+",
    "mailer-daemon",
    "fbl-",
    "challenge-",
    "challenge+",
    "confirm-",
    "confirm+",
    "verify-",
    "verify+",
];

/// Ends of a local part that list managers use.
const ENDS: &[&str] = &[
    "-request",
    "-owner",
    "-bounces",
    "-bounce",
    "-unsubscribe",
    "-confirm",
    "-bot",
    "_bot",
    "[bot]",
];

/// Beginnings of a local part that servers write when they forward (SRS) or sign (BATV) a return path. As an author
/// nobody has such an address.
const REWRITTEN: &[&str] = &[
    "srs0=", "srs0-", "srs0+", "srs1=", "srs1-", "srs1+", "prvs=", "btv1==",
];

/// First labels of a host below an organisation's domain from which only machines write.
const MACHINE_LABELS: &[&str] = &[
    "bounce",
    "bounces",
    "mailer",
    "noreply",
    "no-reply",
    "notifications",
];

/// True for an author's address that a server made out of another for the envelope: an answer goes nowhere, or
/// through somebody else.
pub(super) fn is_rewritten(address: &str) -> bool {
    let lower = address.trim().lower_case();
    REWRITTEN
        .iter()
        .any(|beginning| lower.starts_with(beginning))
}

/// The system mailboxes of Exchange: `microsoftexchange` and a long hexadecimal number, of which
/// Exchange writes 32 digits and some gateways cut a part.
fn is_exchange_system(local: &str) -> bool {
    local
        .strip_prefix("microsoftexchange")
        .is_some_and(|number| {
            number.len() >= 16 && number.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}

/// True for an address that no person reads. An empty address is left to other rules.
pub(super) fn is_robot(address: &str) -> bool {
    let lower = address.trim().lower_case();
    let (local, domain) = lower.rsplit_once('@').unwrap_or((lower.as_str(), ""));
    if local.is_empty() {
        return false;
    }
    let untagged = local.split_once('+').map_or(local, |(head, _)| head);
    let squashed: String = local
        .chars()
        .filter(|character| !matches!(character, '.' | '-' | '_'))
        .collect();
    let squashed_untagged: String = untagged
        .chars()
        .filter(|character| !matches!(character, '.' | '-' | '_'))
        .collect();
    // `noreply2@` and `alerts01@` are the same robots.
    let unnumbered =
        squashed_untagged.trim_end_matches(|character: char| character.is_ascii_digit());
    // `mailer.example` is an organisation, `mailer.shop.example` a host of one.
    let label = match domain.split_once('.') {
        Some((label, rest)) if rest.contains('.') => label,
        _ => "",
    };
    WHOLE.contains(&unnumbered)
        || ANYWHERE.iter().any(|part| squashed.contains(part))
        || BEGINNINGS
            .iter()
            .any(|beginning| local.starts_with(beginning))
        || ENDS.iter().any(|end| untagged.ends_with(end))
        || MACHINE_LABELS.contains(&label)
        || is_exchange_system(local)
}

#[cfg(test)]
mod tests {
    use super::{ANYWHERE, is_rewritten, is_robot};

    #[test]
    fn no_stretch_is_listed_that_holds_another() {
        let contained: Vec<_> = ANYWHERE
            .iter()
            .filter(|part| {
                ANYWHERE
                    .iter()
                    .any(|other| other != *part && part.contains(other))
            })
            .collect();
        assert!(contained.is_empty(), "{contained:?}");
    }

    #[test]
    fn robots_in_many_languages() {
        for address in [
            "MAILER-DAEMON@mail.example",
            "postmaster@example.com",
            "bounces+12=x@example.com",
            "noreply@example.com",
            "no-reply@example.com",
            "No.Reply@example.com",
            "do_not_reply@example.com",
            "donotreply-eu@example.com",
            "nichtantworten@example.de",
            "bitte-nicht-antworten@example.de",
            "keine.antwort@example.de",
            "ne-pas-repondre@example.fr",
            "nepasrepondre@example.fr",
            "nie-odpowiadaj@example.pl",
            "nieodpowiadaj@example.pl",
            "no-responder@example.es",
            "nao-responda@example.br",
            "non-rispondere@example.it",
            "请勿回复@example.cn",
            "qing-wu-hui-fu@example.cn",
            "notifications@github.example",
            "alerts01@example.com",
            "list-request@example.com",
            "owner-list@example.com",
            "auto-reply@example.com",
            "0100@bounces.example.com",
            "zabbix@example.com",
            "root@host.example.com",
            "noreply+abc@example.com",
            "powiadomienia@example.pl",
            "brak-odpowiedzi@example.pl",
            "nie-odpisuj@example.pl",
            "dont-reply@example.com",
            "reply-not@example.com",
            "postmeister@example.de",
            "sales-noreply@example.com",
            "confirm-9Kd2mQ7@filter.example",
            "no-contestar@example.es",
            "nocontestar@example.es",
            "neplusrepondre@example.fr",
            "ne-repondez-pas@example.fr",
            "antworten-nicht@example.de",
            "no-replay@example.com",
            "prosimy-nie-odpowiadac@example.pl",
            "wuxuhuifu@example.cn",
            "bot@example.com",
            "release-bot@example.com",
            "dependabot[bot]@example.com",
            "automated@example.com",
            "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com",
        ] {
            assert!(is_robot(address), "{address}");
        }
    }

    #[test]
    fn people_are_not_robots() {
        for address in [
            "ann@example.com",
            "it-support@example.com",
            "info@example.com",
            "dev+amazon@example.com",
            "daemon.smith@example.com",
            "robert.root@example.com",
            "newsome@example.com",
            "monitoring.team@example.com",
            "jan.nowak@example.pl",
            "10086@qq.com",
            "alertina@example.it",
            "repl@example.com",
            "eleanor.epley@example.com",
            "zhangwufu@example.cn",
            "ann@mailer.example",
            "bounce.house@example.com",
            // Signed return paths (BATV) are ordinary people's.
            "prvs=0123abcd=ann@example.com",
            "SRS0=Ab1C=XY=shop.example=ann@forward.example",
            "jan.bot@example.nl",
            "abbot@example.com",
            "microsoftexchange@example.com",
            "",
        ] {
            assert!(!is_robot(address), "{address}");
        }
    }

    #[test]
    fn rewritten_return_paths_are_no_authors() {
        for address in [
            "SRS0=Ab1C=XY=shop.example=ann@forward.example",
            "srs1=Ab1C=one.example==xyz=XY=shop.example=ann@forward.example",
            "prvs=0123abcd=ann@example.com",
            "btv1==0123abcd==ann@example.com",
        ] {
            assert!(is_rewritten(address), "{address}");
        }
        assert!(!is_rewritten("srs0@example.com"));
    }
}
