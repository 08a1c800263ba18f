//! Alerts of monitoring and build systems whose subjects are not enough: a program's form, of which every line is a label, a
//! link, a heading or what a program prints, and none is a sentence of a person.

use super::note_words::REQUESTS;
use super::terms::{Table, Terms, Text, asks, first_of, first_start};
use super::{Facts, Judgement};
use crate::mail::MailKind;

/// Programs that watch, build and count errors.
#[rustfmt::skip]
pub(super) static PROGRAMS: Terms = Terms::new(Table::AlertProgram, &[
    "icinga", "nagios", "naemon", "zabbix", "checkmk", "check_mk", "prtg", "centreon", "librenms", "observium", "opsgenie", "pagerduty", "victorops", "grafana", "prometheus", "alertmanager", "datadog", "new relic", "newrelic", "dynatrace", "appdynamics", "instana", "splunk", "elastalert", "sentry", "rollbar",
    "bugsnag", "honeybadger", "airbrake", "raygun", "uptimerobot", "uptime robot", "uptime kuma", "pingdom", "statuscake", "site24x7", "better stack", "better uptime", "healthchecks", "freshping", "hetrixtools", "cloudwatch", "azure monitor", "google cloud monitoring", "netdata", "monit ", "munin", "solarwinds", "logicmonitor",
    "jenkins", "teamcity", "bamboo", "buildkite", "circleci", "travis ci", "github", "gitlab", "azure pipelines", "bitbucket pipelines", "dependabot", "host monitoring", "service monitoring", "云监控", "监控系统", "监控平台", "监控告警", "告警平台", "蓝鲸",
]);

/// What such programs say has happened.
#[rustfmt::skip]
pub(super) static STATES: Terms = Terms::new(Table::AlertState, &[
    " is down", " is up", "is unreachable", "is critical", "is warning", "is back online", "went down", "run failed", "run cancelled", "build failed", "build is broken", "build broken", "build fixed", "pipeline failed", "pipeline #", "job failed", "jobs have failed", "deployment failed", "incident opened", "incident closed",
    "incident triggered", "incident acknowledged", "incident resolved", "incident #", "issue opened", "new issue", "new error", "new alert", "regression", "alert triggered", "alert resolved", "alert closed", "alert opened", "is triggered", "was triggered", "has triggered", "-> critical", "-> warning", "-> crit", "-> down", "-> up", "-> ok", "[triggered", "[recovered", "[firing", "[resolved", "triggered:", "recovered:",
    "firing", "notification type: problem", "notification type: recovery", "monitor down", "monitor up", "check failed", "threshold exceeded", "threshold crossed", "above threshold", "ist ausgefallen", "ist nicht erreichbar", "ist wieder erreichbar", "störung gemeldet", "schwellwert überschritten", "schwellenwert überschritten",
    "problem gestartet", "problem behoben", "est hors ligne", "est injoignable", "est de nouveau en ligne", "seuil dépassé", "problème démarré", "problème résolu", "incident ouvert", "nie odpowiada", "jest niedostępn", "próg przekroczony", "przekroczono próg", "problem rozpoczęty", "problem rozwiązany", "发生报警", "发生告警", "触发告警", "触发报警",
    "告警触发", "报警触发", "告警恢复", "恢复通知", "已恢复", "告警内容", "报警内容", "故障恢复", "大于阈值", "超过阈值", "构建失败", "流水线失败",
]);

/// What one can do about it: the buttons of such mails.
#[rustfmt::skip]
pub(super) static ACTIONS: Terms = Terms::new(Table::AlertAction, &[
    "view on sentry", "view on rollbar", "view on github", "view workflow run", "view run", "view incident", "view issue", "view alert", "view in alertmanager", "view in grafana", "view in datadog", "view monitor", "view details", "view logs", "view build", "view pipeline", "view dashboard", "view job", "open incident", "open in ",
    "acknowledge", "resolve incident", "escalate", "edit monitor", "monitor status", "related logs", "go to dashboard", "runbook", "silence", "mute this", "snooze", "manage alerts", "manage subscriptions", "see job logs", "console output", "check console", "im dashboard ansehen", "vorfall anzeigen", "details anzeigen", "quittieren",
    "voir l'incident", "voir le détail", "acquitter", "zobacz szczegóły", "zobacz incydent", "potwierdź alert", "查看详情", "查看告警", "登录控制台", "处理告警", "告警详情",
]);

/// Labels of their lines.
#[rustfmt::skip]
pub(super) static LABELS: Terms = Terms::new(Table::AlertLabel, &[
    "host:", "hostname:", "host?", "service:", "service?", "state:", "status:", "severity:", "level:", "policy:", "condition:", "priority:", "duration:", "monitor:", "metric:", "metric value", "threshold:", "triggered at", "started at", "opened at", "event time", "date/time:", "when?", "info?", "root cause:",
    "alertname", "instance =", "labels:", "annotations", "summary =", "region:", "commit:", "branch:", "workflow:", "jobs:", "job:", "build:", "environment", "release:", "exception:", "project:", "server:", "check:", "address:", "additional info", "dauer:", "schweregrad:", "dienst:", "zustand:", "schwelle:", "hôte :", "gravité :", "état :", "durée :",
    "seuil :", "usługa:", "stan:", "poziom:", "próg:", "czas trwania:", "告警时间", "报警时间", "告警级别", "报警级别", "告警内容", "报警内容", "告警名称", "当前数据", "告警对象", "监控指标", "当前值", "阈值", "持续时间", "实例", "主机：", "主机:", "级别：", "级别:", "触发时间", "恢复时间",
]);

/// Words with which people begin and end.
#[rustfmt::skip]
pub(super) const COURTESIES: &[&str] = &[
    "hello", "hi ", "hi,", "hey", "dear ", "good morning", "good afternoon", "thank", "thanks", "regards", "best regards", "kind regards", "cheers", "hallo", "guten ", "sehr geehrte", "liebe ", "moin", "danke", "vielen dank", "gruß", "grüße", "viele grüße", "mit freundlich", "bonjour", "bonsoir", "merci", "cordialement",
    "dzień dobry", "witam", "cześć", "dziękuj", "pozdrawiam", "z poważaniem", "您好", "你好", "大家好", "谢谢", "此致", "祝好", "hola", "gracias", "saludos", "buongiorno", "salve", "grazie", "saluti", "olá", "bom dia", "obrigad", "beste ", "goedendag", "bedankt", "groet",
];

/// Longest alert in lines that is looked at.
const LINES_MAX: usize = 200;
/// Most words of a label.
const LABEL_WORDS: usize = 4;
/// Most words of a line that is a heading.
const HEADING_WORDS: usize = 9;

pub(super) fn judge(facts: &Facts<'_>, text: &Text) -> Judgement {
    if text.answers_or_forwards() || facts.has_header("In-Reply-To") || facts.has_quote {
        return None;
    }
    // The state is told by each of them.
    let state = STATES
        .first_in(&text.subject)
        .or_else(|| STATES.first_in(&text.body))?;
    let actions = ACTIONS.count_in(&text.body);
    let labels = LABELS.count_in(&text.body);
    let told = actions >= 1 || labels >= 2;
    let headed = text.subject.starts_with(['[', '【', '*'])
        || first_start(&text.subject, super::notification::ALERTS.list()).is_some()
        || STATES.first_in(&text.subject).is_some();
    let titled = facts
        .new_text
        .trim_start()
        .lines()
        .next()
        .is_some_and(is_title);
    let known = super::notification::is_machine(facts) && (told || headed && actions + labels >= 1)
        || headed && (told || titled) && is_by_program(facts, text, titled);
    (known
        && !speaks_to_reader(&text.body)
        && !super::terms::speaks_of_self(&text.body)
        && !super::terms::complains(&text.body)
        && facts
            .new_text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .take(LINES_MAX)
            .all(is_of_form))
    .then(|| {
        (
            MailKind::Notification,
            "alert_form",
            state.trim().to_owned(),
        )
    })
}

/// Whether a program names itself: as the author, in the subject or, in a mail with a title line, in the text. A person names
/// the program that noticed something.
fn is_by_program(facts: &Facts<'_>, text: &Text, titled: bool) -> bool {
    let author = || {
        facts.from.first().is_some_and(|from| {
            let author = format!("{} {}", from.name, from.address).to_lowercase();
            first_of(&author, PROGRAMS.list()).is_some()
        })
    };
    PROGRAMS.first_in(&text.subject).is_some()
        || titled && PROGRAMS.first_in(&text.body).is_some()
        || author()
}

/// Whether somebody speaks of what is the reader's, as no program does that knows only its own.
pub(super) fn speaks_to_reader(text: &str) -> bool {
    #[rustfmt::skip]
    const YOURS: &[&str] = &[
        " your ", " yours", " ihr ", " ihre ", " ihrem ", " ihren ", " ihrer ", " eure ", " euer ", " votre ", " vos ", " wasz", " państwa ", "你们", "贵公司", "贵司", " su ", " vostr", " uw ",
    ];
    // `View your alert rule` is a button.
    let button = |at: usize| {
        ["view", "edit", "manage", "open", "visit"]
            .iter()
            .any(|verb| text[..at].ends_with(verb))
    };
    YOURS
        .iter()
        .any(|word| text.match_indices(word).any(|(at, _)| !button(at)))
}

/// `***** Icinga 2 Host Monitoring on mon1 *****`, `==> web2 is DOWN! <==`, `【云监控】`
fn is_title(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('【')
        || ["***", "===", "---", "###", "==>"]
            .iter()
            .any(|mark| line.starts_with(mark))
}

/// Whether a line is one of those that programs fill in.
fn is_of_form(line: &str) -> bool {
    let line = line.trim();
    if is_title(line) || line.starts_with(['*', '-', '•', '#', '|', '[', '+']) && !asks(line) {
        return true;
    }
    let lower = line.to_lowercase();
    if first_start(&lower, COURTESIES).is_some() || first_start(&lower, REQUESTS).is_some() {
        return false;
    }
    // `Info? PING CRITICAL - Packet loss = 100%`
    let value = line
        .char_indices()
        .find(|(_, character)| matches!(character, ':' | '：' | '=' | '?'))
        .filter(|(at, _)| line[..*at].split_whitespace().count() <= LABEL_WORDS)
        .map(|(at, mark)| &line[at + mark.len_utf8()..]);
    if asks(value.unwrap_or(line)) {
        return false;
    }
    value.is_some()
        || line.contains("://")
        || line.split_whitespace().count() <= HEADING_WORDS
            && first_of(&lower, STATES.list()).is_some()
        || line.split_whitespace().count() <= HEADING_WORDS
            && !line.ends_with(['.', '!', '。', '！'])
            && line.chars().count() <= 80
}
