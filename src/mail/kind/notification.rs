//! Notifications and monitoring alerts.

use std::cell::LazyCell;

use super::terms::{Searched, Table, Terms, Text, count, first_of, first_start};
use super::{Facts, Judgement};
use crate::mail::{Address, MailKind};

/// Local parts nobody reads.
#[rustfmt::skip]
const NO_REPLY: &[&str] = &[
    "noreply", "no-reply", "no_reply", "no.reply", "donotreply", "do-not-reply", "do_not_reply",
    "donotrespond", "nicht-antworten", "nichtantworten", "keine-antwort", "keineantwort", "nepasrepondre",
    "ne-pas-repondre", "ne_pas_repondre", "nie-odpowiadaj", "nieodpowiadaj", "no-responder", "noresponder",
    "non-rispondere", "nao-responda", "niet-beantwoorden", "nobody", "unattended", "notreply", "noreplies",
    "automailer", "autoresponder", "mailer", "robot", "listserv", "majordomo", "do.not.reply", "auto-confirm",
];

/// Local parts of machines.
#[rustfmt::skip]
const MACHINES: &[&str] = &[
    "notification", "notifications", "notify", "alert", "alerts", "monitor", "monitoring", "nagios", "icinga",
    "zabbix", "cron", "root", "daemon", "jenkins", "jira", "gitlab", "github", "builds", "build", "ci",
    "system", "newsletter", "newsletters", "marketing", "offers", "deals", "updates", "update", "promo",
    "announce", "oracle", "postgres", "mysql", "rss", "feed", "feeds", "rssfeeds", "registrar", "arsystem",
    "ticketsystem", "scanner", "fax", "backup", "svn", "workflow", "approval", "approvals", "reminder",
    "reminders", "survey", "surveys", "auto", "automation", "robot", "bot", "digest", "mailing", "mailings",
    "events", "news", "info-news", "prtg", "grafana", "datadog", "prometheus", "alertmanager", "monit", "uptime", "uptimerobot", "pingdom",
    "opsgenie", "sentry", "checkmk", "librenms", "observium",
];

/// Local parts of departments, where people write from too.
#[rustfmt::skip]
const DEPARTMENTS: &[&str] = &[
    "info", "billing", "invoice", "invoices", "orders", "order", "service", "support", "help", "helpdesk",
    "webmaster", "admin", "administrator", "sales", "accounts", "account", "security", "subscriptions",
    "members", "membership", "community", "team", "reports", "report", "calendar", "git", "kundenservice",
    "kontakt", "contact", "bestellung", "biuro", "sklep", "staff", "office", "hello", "customerservice",
    "customercare", "care", "kundendienst", "hilfe", "assistance", "service-client", "sav", "pomoc", "obsluga", "serwis",
    "kefu", "soporte", "ayuda", "atencion", "assistenza", "servizio", "suporte", "atendimento", "klantenservice",
];

fn local_matches(local: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        local == *word
            || local.starts_with(word) && local[word.len()..].starts_with(['-', '_', '.', '+', '='])
            || local.ends_with(word)
                && local[..local.len() - word.len()].ends_with(['-', '_', '.', '+'])
    })
}

/// An address that no person answers from.
pub(super) fn is_no_reply(facts: &Facts<'_>) -> bool {
    let local = facts.local_part();
    local_matches(local, NO_REPLY)
        || NO_REPLY
            .iter()
            .take(20)
            .any(|word| word.len() > 6 && local.contains(word))
}

/// An address of a machine.
pub(super) fn is_machine(facts: &Facts<'_>) -> bool {
    local_matches(facts.local_part(), MACHINES) || is_generated_address(facts)
}

/// An address of a machine or a department.
pub(super) fn is_role_address(facts: &Facts<'_>) -> bool {
    is_no_reply(facts) || is_machine(facts) || local_matches(facts.local_part(), DEPARTMENTS)
}

/// Subjects of monitoring and build systems.
#[rustfmt::skip]
pub(super) static ALERTS: Terms = Terms::new(Table::AlertSubject, &[
    "problem:", "recovery:", "** problem", "** recovery", "[firing", "[resolved", "alarm:", "alert:",
    "[alert]", "alarm \"", "critical:", "warning:", "[critical]", "[warning]", "is down", "is up",
    "down alert", "up alert", "host down", "service alert", "build failed", "build failure",
    "failed in jenkins", "fixed in jenkins", "pipeline", "cron <", "logwatch for", "ok:", "disk space",
    "backup report", "backup failed", "backup completed", "job failed", "monitor is", "incident #",
    "threshold", "scheduled maintenance", "outage report", "[triggered", "[re-triggered", "[recovered", "[warn]", "[no data]", "[alerting]",
    "[ok]", "[prtg", "【告警", "[告警", "【报警", "[报警", "告警通知", "报警通知", "告警：", "告警:",
]);

/// Sentences of services about an account, an order, a page.
#[rustfmt::skip]
pub(super) static SERVICE: Terms = Terms::new(Table::Service, &[
    "you are receiving this notification", "you're receiving this notification",
    "you are receiving this because", "you're receiving this because", "you are receiving this email because",
    "you received this notification", "to change your notification", "you have received this email because",
    "you have received this e-mail because", "you received this email because",
    "you received this e-mail because", "you are listed as", "review and act upon", "your enrollment",
    "status has been changed", "status has been modified", "has been modified", "request submitted",
    "has been approved", "requires your approval", "pending your approval", "the report named",
    "is ready for viewing", "this report was generated", "was generated on", "has been published",
    "has invited you", "wants to connect", "please click on the link below", "benachrichtigung erhalten sie",
    "sie erhalten diese", "wurde ihnen zugewiesen", "ihre bestellung", "vous recevez cet e-mail",
    "vous recevez ce message", "votre commande", "otrzymujesz tę wiadomość", "otrzymałeś tę wiadomość",
    "twoje zamówienie", "您收到此邮件", "您的订单", "您的验证码", "notification settings", "notification preferences",
    "turn off notifications", "to view this", "to visit your", "log in to your account",
    "sign in to your account", "your account has been", "your order has been", "your password",
    "verify your email", "confirm your email", "has commented on", "commented on", "assigned to you",
    "mentioned you", "new comment", "to respond, reply to this email", "view it on github",
    "reply to this email directly", "your receipt", "invoice is attached", "order confirmation",
    "has shipped", "tracking number", "thank you for your order", "thank you for your purchase",
    "thank you for registering", "thank you for subscribing", "welcome to", "your registration",
    "daily digest", "weekly digest", "weekly report", "daily report", "scheduled report", "status report",
]);

/// Subjects that name themselves automatic.
#[rustfmt::skip]
const GENERATED_SUBJECTS: &[&str] = &[
    "[auto generated]", "[auto-generated]", "[automated]", "auto generated", "automatic notification",
    "automated notification", "notification:", "[notification]", "automatische benachrichtigung",
    "notification automatique", "automatyczne powiadomienie", "powiadomienie:", "系统通知", "benachrichtigung:",
    "request submitted:", "status update:", "reminder: your",
];

/// Subjects of what services send.
#[rustfmt::skip]
const SERVICE_SUBJECTS: &[&str] = &[
    "password reset", "verify your", "confirm your", "your receipt", "your invoice", "order confirmation", "bestellbestätigung", "confirmation de commande",
    "potwierdzenie zamówienia", "订单确认",
];

/// Local parts of accounts that programs run under.
#[rustfmt::skip]
const SYSTEM_ACCOUNTS: &[&str] = &[
    "root", "daemon", "cron", "cron-daemon", "nagios", "zabbix", "jenkins", "www-data", "apache", "oracle",
    "postgres", "mysql", "tomcat", "rssfeeds", "arsystem", "svn", "hudson", "buildbot", "munin", "icinga",
    "backup", "amavis", "clamav", "logwatch", "anacron", "wwwrun", "httpd", "nginx",
];

/// A local part that a program made for this one mail, as bulk mailers do to recognise what comes back.
pub(super) fn is_generated_address(facts: &Facts<'_>) -> bool {
    let local = facts.local_part();
    local.len() >= 18
        && local.bytes().filter(u8::is_ascii_digit).count() >= 6
        && local.bytes().any(|byte| b".-_+=".contains(&byte))
}

/// What programs print: log lines, results in capitals, differences between files.
fn is_printed(text: &str) -> bool {
    let mut printed = 0;
    let mut filled = 0;
    for line in text.lines().take(200) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        filled += 1;
        let label = line.split_once(':').is_some_and(|(name, _)| {
            name.len() >= 3
                && name.len() <= 30
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte == b' ')
        });
        let marks = [
            "***", "---", "+++", "@@ ", "===", "-->", ">>>", "[INFO", "[ERROR", "[WARN", "ERROR",
            "WARN",
        ]
        .iter()
        .any(|mark| line.starts_with(mark));
        if label || marks || line.contains("-->>") {
            printed += 1;
        }
    }
    printed >= 2 && printed * 4 >= filled
}

/// Words with which a person speaks, beside those of one who speaks of himself.
#[rustfmt::skip]
pub(super) static PERSONAL: Terms = Terms::new(Table::Personal, &[
    " we ", " our ", " wir ", " unser", " nous ", " notre ", " proszę", " nasz", "我", "请", " could you", " can you", "hello", "dear", "hallo", "bonjour", "dzień dobry", "您好", "?",
]);

/// Whether a person speaks in a text.
pub(super) fn speaks_personally(text: &Searched) -> bool {
    PERSONAL.first_in(text).is_some()
        || first_start(text, BEGINNINGS).is_some()
        || super::terms::speaks_of_self(text)
}

/// The same words where a text begins with them.
#[rustfmt::skip]
const BEGINNINGS: &[&str] = &["we ", "our ", "wir ", "unser", "nous ", "notre ", "nos ", "proszę", "nasz"];

pub(super) fn judge(facts: &Facts<'_>, text: &Text) -> Judgement {
    let decided = |code, detail: String| Some((MailKind::Notification, code, detail));
    if is_no_reply(facts) && !super::person::writes(facts, text) {
        return decided(
            "no_reply_address",
            facts
                .from
                .first()
                .map_or(String::new(), |from| from.address.clone()),
        );
    }
    for name in SERVICE_HEADERS {
        if let Some(value) = facts.header(name) {
            return decided("service_header", format!("{name}: {value}"));
        }
    }
    if text.answers_or_forwards() || facts.has_header("In-Reply-To") {
        return None;
    }
    let machine = is_machine(facts);
    let role = is_role_address(facts);
    if role && let Some(term) = guards_account(facts, text) {
        return decided("account_text", term.to_owned());
    }
    let personal = LazyCell::new(|| speaks_personally(&text.body));
    let service = SERVICE.count_in(&text.body);
    if let Some(term) = first_start(&text.subject, GENERATED_SUBJECTS)
        .or_else(|| first_of(&text.subject, &GENERATED_SUBJECTS[..8]))
        && (service >= 1 || !*personal)
    {
        return decided("generated_subject", format!("Subject: {term}"));
    }
    // What services write about is what people write about as well, who speak of themselves and ask.
    if let Some(term) = first_start(&text.subject, SERVICE_SUBJECTS)
        && (service >= 1 || !*personal)
        && (machine
            || !super::terms::speaks_of_self(&text.body)
                && !super::terms::complains(&text.body)
                && !super::terms::asks(&text.body))
        && (role || service >= 1 && !*personal && facts.new_text.contains("://"))
    {
        return decided("generated_subject", format!("Subject: {term}"));
    }
    let alert = first_start(&text.subject, ALERTS.list())
        .or_else(|| ALERTS.first_in(&text.subject).filter(|_| role));
    if let Some(term) = alert {
        let shape = [
            "state:",
            "status:",
            "severity",
            "notification type",
            "host:",
            "service:",
            "triggered",
            "threshold",
            "incident",
            "monitor",
            "alertname",
            "labels:",
            "firing",
            "alertmanager",
            "grafana",
            "sensor:",
            "alert rule",
            "metric name",
            "告警",
            "报警",
        ];
        let shaped =
            || count(&text.body, &shape) >= 2 && !super::alert::speaks_to_reader(&text.body);
        if machine || !*personal && (role || shaped()) {
            return decided("alert_text", format!("Subject: {term}"));
        }
    }
    if machine && service >= 1
        || role && service >= 1 && !*personal
        || service >= 3 && (role || !*personal)
        || service >= 4
    {
        // `You receive this because you signed up` stands below newsletters too.
        if service < 3
            && role
            && let Some(term) = super::subscription::offered_below_promotion(text)
        {
            return Some((MailKind::Newsletter, "way_out", term.to_owned()));
        }
        let term = SERVICE.first_in(&text.body).unwrap_or_default();
        return decided("service_text", term.to_owned());
    }
    let local = facts.local_part();
    if SYSTEM_ACCOUNTS.contains(&local) {
        return decided("system_account", local.to_owned());
    }
    let envelope = facts.return_path.map_or("", Address::local_part);
    let to_itself = facts.to_author_only;
    if (to_itself || SYSTEM_ACCOUNTS.contains(&envelope))
        && is_printed(facts.new_text)
        && !*personal
    {
        return decided(
            "printed_text",
            "what a program prints, sent by itself".to_owned(),
        );
    }
    let commit = text.subject.contains("revision ") && facts.new_text.contains("@@ ");
    let feed = text.body.starts_with("url: http") && text.body.contains(" date: ");
    if commit || feed {
        return decided(
            "printed_text",
            if commit {
                "a commit"
            } else {
                "an entry of a feed"
            }
            .to_owned(),
        );
    }
    None
}

/// The words with which a service sends a code, or says that somebody may be at an account: to the reader, in a few lines, and
/// nobody in them asks or speaks of himself.
fn guards_account(facts: &Facts<'_>, text: &Text) -> Option<&'static str> {
    #[rustfmt::skip]
    const CODES: &[&str] = &[
        "your verification code is", "your security code is", "your one-time code is", "your login code is", "your confirmation code is", "ihr bestätigungscode lautet", "ihr bestätigungscode ist", "ihr sicherheitscode lautet", "ihr verifizierungscode lautet", "ihr einmalcode lautet", "votre code de vérification est", "votre code de sécurité est", "votre code de confirmation est",
        "twój kod weryfikacyjny to", "twój kod bezpieczeństwa to", "twój kod potwierdzający to", "您的验证码是", "您的验证码为", "本次验证码",
    ];
    #[rustfmt::skip]
    const STRANGERS: &[&str] = &[
        "if this was not you", "if this wasn't you", "if it wasn't you", "if this was you", "if you did not request", "if you didn't request", "wenn sie das nicht waren", "falls sie das nicht waren", "wenn sie dies nicht waren", "falls sie dies nicht angefordert", "falls sie das nicht angefordert", "si vous n'êtes pas à l'origine", "si vous n'avez pas demandé", "si ce n'était pas vous",
        "jeśli to nie ty", "jeżeli to nie ty", "jeśli to nie państwo", "jeśli nie prosi", "如非本人", "若非本人", "如果不是您本人",
    ];
    #[rustfmt::skip]
    const ACCOUNTS: &[&str] = &[
        "password", "sign-in", "your account", "log-in", "passwort", "kennwort", "anmeldung", "ihr konto", "mot de passe", "connexion", "votre compte", "hasło", "hasła", "logowani", "密码", "登录", "账号", "账户",
    ];
    // What people say of such texts.
    #[rustfmt::skip]
    const OBJECTIONS: &[&str] = &[
        " says", "refused", "rejected", "wrong", "abgelehnt", " sagt ", " steht ", "falsch", "refus", " dit ", "odrzuc", " pisze ", "不对", "无效", "显示", "please help", "bitte helfen",
    ];
    let stranger =
        || first_of(&text.body, STRANGERS).filter(|_| first_of(&text.body, ACCOUNTS).is_some());
    first_of(&text.body, CODES)
        .or_else(stranger)
        .filter(|term| {
            text.body.len() < 1_200
                && !facts.has_quote
                && !super::terms::speaks_of_self(&text.body)
                && !super::terms::asks(&text.body)
                && !super::terms::complains(&text.body)
                && first_of(&text.body, OBJECTIONS).is_none()
                && first_of(&text.body, super::report::BUTS).is_none()
                && !super::person::is_signed(facts.new_text)
                && !super::auto_reply::is_cited(&text.body, term)
        })
}

/// Header fields that services set.
#[rustfmt::skip]
const SERVICE_HEADERS: &[&str] = &[
    "X-GitHub-Reason", "X-GitLab-Project", "X-JIRA-FingerPrint", "X-Jenkins-Job", "X-PagerDuty",
    "X-Notification-Type", "X-Discourse-Topic-Id", "X-Discourse-Post-Id", "X-Redmine-Host", "X-Bugzilla-Type",
    "X-Nagios-Notification", "X-Bugzilla-Reason", "X-Trac-Project",
];
