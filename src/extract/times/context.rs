//! Whether a time is one at which the problem occurred.

use super::combine::{Composed, Day};
use super::{opening, parameters};
use crate::extract::characters::{
    ends_with_word, holds_beginning, line_end, line_start, window, window_before,
};
use crate::extract::clauses::{
    Standing, clause, judge as judge_clause, standing, standing_between_commas,
};
use crate::extract::phrases::{Said, said};
use crate::lower_case::LowerCase;

/// Words before a day that say that the problem began or happened then.
#[rustfmt::skip]
const SINCE: &[&str] = &[
    "since", "since about", "since around", "since early", "since late", "from", "started", "starting", "began", "beginning", "started on", "as of", "since last", "since this", "ever since", "happened", "occurred", "failed", "first seen", "first noticed",
    "seit", "seit dem", "seit der", "seit letzten", "seit letztem", "ab", "ab dem", "seit vergangenem", "seit vergangenen", "aufgetreten am", "begonnen am", "seit etwa", "seit circa", "seit gestern", "seit heute", "am", "erstmals", "erstmals am",
    "depuis", "depuis le", "depuis la", "depuis ce", "dès", "à partir de", "à partir du", "apparu le", "survenu le", "depuis environ",
    "od", "od dnia", "począwszy od", "od około", "wystąpił", "zaczęło się",
    "自", "从", "自从", "始于", "发生在", "发生于",
];

/// Words before a day that make it a deadline or a plan.
#[rustfmt::skip]
const DEADLINE: &[&str] = &[
    "until", "till", "by", "before", "no later than", "next", "due", "deadline", "upcoming", "bis", "bis zum", "vor", "vor dem", "spätestens", "nächsten", "nächste", "kommenden", "kommende", "am kommenden", "avant", "avant le", "d'ici", "d’ici", "jusqu'à", "jusqu'au", "jusqu’au", "prochain",
    "do", "przed", "najpóźniej", "najbliższy", "najbliższą", "przyszły", "przyszłą", "之前", "截止", "直到", "下", "version", "v",
];

/// Words before the end of what went well.
#[rustfmt::skip]
const UNTIL: &[&str] = &[
    "until", "till", "up to", "bis", "bis zum", "jusqu'à", "jusqu'au", "jusqu’à", "jusqu’au", "do", "aż do", "直到", "到",
];

/// Things that have dates of their own.
#[rustfmt::skip]
const DATED: &[&str] = &[
    "feed from", "file from", "export from", "backup from", "version from", "message from", "email from", "e-mail from", "mail from", "feed vom", "feed von", "datei vom", "datei von", "export vom", "export von", "backup vom", "mail vom", "mail von", "nachricht vom", "nachricht von", "fichier du", "fichier d'", "flux du", "flux d'", "export du", "sauvegarde du", "message du", "plik z", "plik z dnia", "eksport z", "kopia z", "kopię z", "feed z",
    "order from", "orders from", "order of", "invoice from", "shipment from", "bestellung vom", "bestellungen vom", "lieferung vom",
    "rechnung vom", "commande du", "commandes du", "facture du", "zamówienie z", "zamówienia z", "订单日期",
];

/// What waits and does not fail.
#[rustfmt::skip]
const REVIEWED: &[&str] = &[
    "under review", "in review", "in prüfung", "en cours d'examen", "en cours d’examen", "w trakcie weryfikacji", "审核中", "在审核",
];

/// What the context says about a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    /// The problem's.
    Occurrence,
    /// Not the problem's: a parameter, a plan, an opening hour, a mail's own date.
    Other,
}

/// Judges a time by the words, line and key around it.
pub(super) fn judge(text: &str, time: &Composed) -> Context {
    if parameters::is_value(text, time) || is_in_path(text, time) || is_mail_header(text, time) {
        return Context::Other;
    }
    let line = text[line_start(text, time.start)..line_end(text, time.end)].trim();
    if is_attribution(line) {
        return Context::Other;
    }
    let left = window_before(text, time.start, 40).lower_case();
    let left = left.rsplit('\n').next().unwrap_or("");
    let left = left.trim_end_matches(|character: char| {
        crate::extract::characters::is_blank(character) || "(\"“„'*".contains(character)
    });
    let precise = time.clock.is_some()
        || time.instant.is_some()
        || time.ago.is_some_and(|(_, precise)| precise);
    let led = |phrases: &[&str]| phrases.iter().any(|phrase| ends_with_word(left, phrase));
    let since = led(SINCE);
    // "Orders from 3 May between 18:00 and 19:30 were rejected" tells when it failed.
    let dated_thing = led(DATED)
        && !(time.clock.is_some() && standing(text, time.start, time.end) == Standing::Failing);
    // "All went well until Monday 8:15" tells when it began.
    if !time.machine && precise && led(UNTIL) && !opening::end_hours(text, time) {
        let (from, _) = clause(text, time.start, time.end);
        if said(&text[from..time.start].lower_case()).any(Said::WORKING | Said::SURELY_WORKING) {
            return Context::Occurrence;
        }
    }
    let beside = window(text, time.end, 40).lower_case();
    if !time.machine && (dated_thing || REVIEWED.iter().any(|word| beside.contains(word))) {
        return Context::Other;
    }
    if !since && led(DEADLINE) && !time.machine && !is_labelled(left) {
        return Context::Other;
    }
    if time.machine && time.instant.is_none() && time.zone.is_some() {
        return Context::Occurrence;
    }
    let (from, to) = clause(text, time.start, time.end);
    let around = text[from..to].lower_case();
    let told = said(&around);
    if told.any(Said::ELSEWHEN) && !since {
        return Context::Other;
    }
    let part = part_between_commas(text, from, to, time);
    // "We are open daily from 10:00": unless it fails daily at that hour. A remark in brackets is judged alone.
    // "CLOSED since 3 May 11:50, the shops are open daily" says when it began, whatever is usual.
    let began = since
        && time.clock.is_some()
        && time.day.is_some()
        && !opening::may_begin_hours(left)
        && !said(&part).usual();
    if !time.machine && told.usual() && !began {
        let remark = bracketed(&text[from..to], time.start - from, time.end - from)
            // Only hours in the brackets: "open (11:30-14:30)".
            .filter(|remark| remark.split_whitespace().count() > 2);
        let remark = remark.map(str::to_lowercase);
        let about = remark.as_deref().unwrap_or(&around);
        if said(about).usual() && judge_clause(about) != Standing::Failing {
            return Context::Other;
        }
    }
    if !time.machine
        && (opening::are_hours(text, &part, time)
            || !since && is_remedy(text, time, &part) && !is_followed_by_since(text, to))
    {
        return Context::Other;
    }
    if !precise {
        return vague(text, time, since, left);
    }
    if !time.machine && !since {
        // "Yesterday at 21:15 it still worked, today at 9:05 no more": each half is judged alone.
        let from = text[..time.start]
            .rfind(',')
            .map_or(from, |comma| (comma + 1).max(from));
        let to = text[time.end..]
            .find(", ")
            .map_or(to, |comma| (time.end + comma).min(to));
        let worked = judge_clause(&text[from..to.max(time.end)].lower_case()) == Standing::Working;
        if worked && standing(text, time.start, time.end) != Standing::Failing
            || worked && from > 0 && to < text.len()
        {
            return Context::Other;
        }
    }
    Context::Occurrence
}

/// The part of the clause between the commas around a time, in lower case.
fn part_between_commas(text: &str, from: usize, to: usize, time: &Composed) -> String {
    let left = text[from..time.start]
        .rfind(", ")
        .map_or(from, |comma| from + comma + 2);
    let right = text[time.end..to]
        .find(", ")
        .map_or(to, |comma| time.end + comma);
    text[left..right].lower_case()
}

/// What is done against a failure. The stems are those of "we did".
#[rustfmt::skip]
const REMEDIES: &[&str] = &[
    "failed over", "restarted", "rebooted", "rolled back", "rolled it back", "re-uploaded", "reuploaded", "purged", "flushed", "cleared the cache",
    "neu gestartet", "neugestartet", "durchgestartet", "zurückgerollt", "neu hochgeladen", "cache geleert", "umgeschaltet",
    "redémarré", "relancé", "avons renvoyé", "ai renvoyé", "basculé", "rechargé", "vidé le cache", "vidé les caches", "purgé",
    "zrestartowa", "przełączyli", "przełączył", "wycofaliśmy", "wyczyścili", "wyczyścił", "wgraliśmy ponownie", "ponownie wgrali", "ponownie uruchomili", "uruchomiliśmy ponownie",
    "重启", "回滚", "切换到备", "切到备", "重新上传", "清了缓存", "清空缓存", "清除缓存",
];

/// What we send, and that it was not for the first time: "nochmals hochgeladen", "avons renvoyé".
#[rustfmt::skip]
const SENT_BY_US: &[&str] = &[
    "we uploaded", "we sent", "we pushed", "i uploaded", "i sent", "uploaded it", "uploaded the", "pushed the", "hochgeladen", "gesendet", "geschickt", "übertragen", "eingespielt",
    "avons envoyé", "ai envoyé", "avons téléversé", "avons soumis", "avons publié", "wgrali", "wgrałe", "wgrała", "wysłali", "wysłałe", "wysłała", "przesłali", "我们上传", "我们推送", "我们提交", "我们发送",
];
#[rustfmt::skip]
const ONCE_MORE: &[&str] = &[
    "again", "once more", "anew", "a second time", "nochmal", "noch einmal", "erneut", "wieder hoch", "neu hoch", "à nouveau", "de nouveau", "une nouvelle fois", "encore une fois", "ponownie", "jeszcze raz", "od nowa", "重新", "再次", "又",
];

/// "We restarted the gateway at 2:20, no improvement" tells what was tried.
fn is_remedy(text: &str, time: &Composed, part: &str) -> bool {
    let holds = |words: &[&str]| words.iter().any(|phrase| holds_beginning(part, phrase));
    let tried = holds(REMEDIES) || holds(SENT_BY_US) && holds(ONCE_MORE);
    tried
        && time.clock.is_some()
        && time.instant.is_none()
        && judge_clause(&part.replace("failed over", "")) != Standing::Failing
        && !text[..time.start].ends_with(['[', '<'])
}

/// What follows says that the trouble began there: "Since then all calls fail."
fn is_followed_by_since(text: &str, end: usize) -> bool {
    let next = window(text, end, 60).lower_case();
    let next = next.trim_start_matches(|sign: char| !sign.is_alphanumeric());
    [
        "and since",
        "since",
        "ever since",
        "from then",
        "after that",
        "afterwards",
        "und seit",
        "seitdem",
        "seither",
        "danach",
        "et depuis",
        "depuis",
        "après",
        "ensuite",
        "i od",
        "a od",
        "od tego",
        "od tej",
        "odtąd",
        "potem",
        "之后",
        "此后",
        "从那",
    ]
    .iter()
    .any(|phrase| next.starts_with(phrase))
}

/// What stands in the brackets around a place.
fn bracketed(clause: &str, start: usize, end: usize) -> Option<&str> {
    let open = clause[..start].rfind(['(', '（'])?;
    let inner = open + clause[open..].chars().next()?.len_utf8();
    let close = clause[end..]
        .find([')', '）'])
        .map_or(clause.len(), |at| end + at);
    (!clause[inner..start].contains([')', '）'])).then(|| &clause[inner..close])
}

/// True for a day that is said to be the beginning, or labelled as the time.
pub(super) fn is_beginning(text: &str, time: &Composed) -> bool {
    let left = window_before(text, time.start, 40).lower_case();
    let left = left.rsplit('\n').next().unwrap_or("").trim_end();
    is_labelled(left) || SINCE.iter().any(|phrase| ends_with_word(left, phrase))
}

/// "Until yesterday evening all went well": the day is the last on which it did.
pub(super) fn worked_until(text: &str, time: &Composed) -> bool {
    let left = window_before(text, time.start, 24).lower_case();
    let left = left.trim_end();
    let (from, to) = clause(text, time.start, time.end);
    UNTIL.iter().any(|phrase| ends_with_word(left, phrase))
        && said(&text[from..to].lower_case()).any(Said::WORKING | Said::SURELY_WORKING)
}

/// A day without a clock time counts where it is said to be the beginning, or labelled as the time.
fn vague(text: &str, time: &Composed, since: bool, left: &str) -> Context {
    // "On 4 May there was an outage": a date, and words for a failure beside it.
    let dated = matches!(time.day, Some(Day::Date(_)))
        && ["on", "am", "le", "dnia", "w dniu", "在", "于"]
            .iter()
            .any(|word| ends_with_word(left, word))
        && standing(text, time.start, time.end) == Standing::Failing;
    let started = since && !left.ends_with("am")
        || is_labelled(left)
        || dated
        || failed_then(text, time, left);
    let after = window(text, time.end, 8);
    let begun = after.starts_with(['起', '开'])
        || after.trim_start().starts_with("开始")
        || after.trim_start().starts_with("以来");
    let year_only = time.day.is_none() && time.part.is_none() && time.ago.is_none();
    if (started || begun) && !year_only {
        Context::Occurrence
    } else {
        Context::Other
    }
}

/// Words of writing, calling and mending: the day is that of the mail or the mending.
#[rustfmt::skip]
const SPOKEN: &[&str] = &[
    "wrote", "asked", "reported", "told", "called you", "called support", "emailed", "mailed", "contacted", "opened a", "escalated", "filed", "raised", "fixed", "solved", "resolved", "corrected", "promised", "received your", "your reply", "your answer", "your mail",
    "geschrieben", "schrieb", "gemeldet", "meldete", "gefragt", "angerufen", "telefonier", "berichtet", "kontaktiert", "eskaliert", "behoben", "gelöst", "beseitigt", "korrigiert", "versprochen", "ihre antwort", "ihre mail",
    "écrit", "signalé", "demandé", "appelé", "contacté", "remonté", "ouvert un", "corrigé", "résolu", "réparé", "promis", "votre réponse", "votre mail",
    "pisa", "napisa", "zgłosi", "zgłasza", "zapyta", "pyta", "dzwoni", "kontaktowa", "naprawi", "rozwiąza", "poprawi", "obieca", "państwa odpowiedź",
    "联系", "反馈", "邮件", "咨询", "提交了工单", "提了工单", "修复", "解决", "答复", "回复",
];

/// "We got a 403 from createReport yesterday": the day within the words that tell of the failure.
fn failed_then(text: &str, time: &Composed, left: &str) -> bool {
    let day = match time.day {
        // "Today" mostly tells that it goes on.
        Some(Day::Relative(days)) => (-31..0).contains(&days),
        Some(Day::LastWeek(_)) => true,
        Some(Day::Weekday(_)) => [
            "on",
            "last",
            "am",
            "letzten",
            "vergangenen",
            "w",
            "we",
            "zeszły",
            "zeszłą",
            "ubiegły",
            "ubiegłą",
        ]
        .iter()
        .any(|word| ends_with_word(left, word)),
        _ => false,
    };
    let of_a_thing = text[time.end..].starts_with(['\'', '’'])
        || [
            "from", "of", "vom", "von", "than", "wie", "als", "de", "d'", "d’", "que", "z", "niż",
            "like", "as", "every", "jeden", "chaque", "każdy",
        ]
        .iter()
        .any(|word| ends_with_word(left, word))
        || window(text, time.end, 4).starts_with('的');
    if !day
        || of_a_thing
        || standing_between_commas(text, time.start, time.end) != Standing::Failing
    {
        return false;
    }
    let (from, to) = clause(text, time.start, time.end);
    let around = text[from..to].lower_case();
    !SPOKEN.iter().any(|word| holds_beginning(&around, word))
}

/// "Time: ", "Zeitpunkt: ", 发生时间：
fn is_labelled(left: &str) -> bool {
    let Some(label) = left.strip_suffix([':', '：', '|', '=']) else {
        return false;
    };
    let label = label.trim_end();
    let words = [
        "time",
        "when",
        "date",
        "timestamp",
        "occurred",
        "since",
        "first seen",
        "zeit",
        "zeitpunkt",
        "zeitstempel",
        "datum",
        "uhrzeit",
        "aufgetreten",
        "wann",
        "seit",
        "heure",
        "quand",
        "horodatage",
        "date et heure",
        "depuis",
        "czas",
        "data",
        "kiedy",
        "data i godzina",
        "godzina",
        "od kiedy",
        "时间",
        "发生时间",
        "日期",
        "出错时间",
        "开始时间",
        "报错时间",
    ];
    words.iter().any(|word| label.ends_with(word))
}

/// A version of an interface: `/orders/2026-01-01/`, `catalogItems_2022-04-01.json`, `v2021-06-30`.
fn is_in_path(text: &str, time: &Composed) -> bool {
    if time.clock.is_some() || time.instant.is_some() {
        return false;
    }
    let left = text[..time.start].chars().next_back();
    let right = text[time.end..].chars().next();
    matches!(left, Some('/' | '_' | '-' | 'v')) || matches!(right, Some('/' | '_' | '-'))
}

/// The date line of a mail that was forwarded or quoted: beside other header lines of a mail.
fn is_mail_header(text: &str, time: &Composed) -> bool {
    let start = line_start(text, time.start);
    let line = &text[start..line_end(text, time.start)];
    let name = line
        .trim_start_matches(['>', ' ', '*'])
        .split([':', '：'])
        .next()
        .unwrap_or("")
        .trim_end_matches('*')
        .trim()
        .lower_case();
    let dated = [
        "date",
        "sent",
        "gesendet",
        "datum",
        "envoyé",
        "wysłano",
        "data",
        "发送时间",
        "日期",
        "时间",
        "received",
        "sent at",
    ];
    if !dated.contains(&name.as_str()) {
        return false;
    }
    let near_start = text.floor_char_boundary(start.saturating_sub(300));
    let near = format!(
        "{}\n{}",
        &text[near_start..start],
        window(text, line_end(text, time.start), 300)
    );
    near.lines().any(|line| {
        let name = line
            .trim_start_matches(['>', ' ', '*'])
            .split([':', '：'])
            .next()
            .unwrap_or("")
            .trim_end_matches('*')
            .trim()
            .lower_case();
        [
            "from",
            "von",
            "de",
            "od",
            "发件人",
            "to",
            "an",
            "à",
            "do",
            "收件人",
            "subject",
            "betreff",
            "objet",
            "temat",
            "主题",
        ]
        .contains(&name.as_str())
            && line.contains([':', '：'])
    })
}

/// "On Tue, 3 Mar 2026 at 09:03, X wrote:".
fn is_attribution(line: &str) -> bool {
    let line = line.trim_end();
    if !line.ends_with([':', '：']) {
        return false;
    }
    let lower = line.lower_case();
    [
        "wrote",
        "schrieb",
        "a écrit",
        "napisał",
        "写道",
        "pisze",
        "geschrieben",
    ]
    .iter()
    .any(|word| lower.contains(word))
}
