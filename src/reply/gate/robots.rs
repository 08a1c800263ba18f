//! Addresses of robots, as people around the world spell them.

/// Local parts that are a robot's when nothing else stands in them, without dots, dashes and
/// underscores, lower case.
const WHOLE: &[&str] = &[
    "abuse",
    "alert",
    "alerts",
    "alarm",
    "automail",
    "automailer",
    "backup",
    "benachrichtigung",
    "benachrichtigungen",
    "bounce",
    "bounces",
    "bulk",
    "cron",
    "daemon",
    "devnull",
    "errors",
    "errorsto",
    "feedbackloop",
    "fbl",
    "listserv",
    "listmaster",
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
    "nichtbeantworten",
    "keineantwort",
    "keineantworten",
    "bittenichtantworten",
    "antwortenichtauf",
    "nepasrepondre",
    "nepasrépondre",
    "pasdereponse",
    "pasderéponse",
    "sansreponse",
    "nieodpowiadaj",
    "nieodpowiadac",
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
    "qingwuhuifu",
    "wuhuifu",
    "请勿回复",
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

/// True for an address that no person reads. An empty address is left to other rules.
pub(super) fn is_robot(address: &str) -> bool {
    let lower = address.trim().to_lowercase();
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
}

#[cfg(test)]
mod tests {
    use super::is_robot;

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
            "",
        ] {
            assert!(!is_robot(address), "{address}");
        }
    }
}
