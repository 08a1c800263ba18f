//! Phrases that say whether something works, and one lexicon that finds them all.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::characters::{ends_word, is_han, starts_word};
use crate::lexicon::Lexicon;

/// What phrases of a clause say, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said(u16);

impl Said {
    /// It works, whatever else is denied.
    pub(crate) const SURELY_WORKING: u16 = 1;
    /// It works, unless something is denied.
    pub(crate) const WORKING: u16 = 1 << 1;
    /// Something is denied.
    pub(crate) const DENYING: u16 = 1 << 2;
    /// It fails.
    pub(crate) const FAILING: u16 = 1 << 3;
    /// Opening hours, plans, deadlines.
    pub(crate) const ELSEWHEN: u16 = 1 << 4;
    /// Calls, answers and errors are spoken of.
    pub(crate) const CALLS: u16 = 1 << 5;
    /// It is so every day, or planned, unless something fails.
    pub(crate) const USUAL: u16 = 1 << 6;
    /// It is wished, or should be so.
    pub(crate) const WISHED: u16 = 1 << 9;
    /// People say where they are.
    const PEOPLE: u16 = 1 << 7;
    /// Somebody can be reached.
    const REACHED: u16 = 1 << 8;

    /// True when one of the bits is set.
    pub(crate) fn any(self, bits: u16) -> bool {
        self.0 & bits != 0
    }

    /// True where something is so every day, or people can be reached.
    pub(crate) fn usual(self) -> bool {
        self.any(Self::USUAL) || self.any(Self::PEOPLE) && self.any(Self::REACHED)
    }
}

/// Phrases that say "it works" whatever else the clause denies.
#[rustfmt::skip]
const SURELY_WORKING: &[&str] = &[
    "works fine", "work fine", "working fine", "works well", "work well", "no problem", "no issue", "without problem",
    "without any problem", "without issue", "without any issue", "without error", "unaffected", "not affected", "is fine", "was fine", "were fine", "ran fine", "run fine", "runs fine", "went fine",
    "are fine", "still works", "works as expected", "works perfectly", "all good", "ohne problem", "problemlos", "einwandfrei",
    "fehlerfrei", "ohne fehler", "nicht betroffen", "nicht davon betroffen", "in ordnung", "sans problème", "sans aucun problème",
    "aucun problème", "sans erreur", "sans souci", "aucun souci", "pas touché", "pas concerné", "ne sont pas concernés",
    "n'est pas concerné", "est en ordre", "w porządku", "bez problem", "bez zarzutu", "bez błęd", "nie dotyczy", "bez zakłóceń",
        "没问题", "没有问题", "不受影响", "一切正常", "都正常", "运行正常", "返回正常", "工作正常", "正常返回", "正常工作",
];

/// Words that say "it works" unless the clause denies something.
#[rustfmt::skip]
const WORKING: &[&str] = &[
    "works", "work", "working", "worked", "succeeds", "succeed", "succeeded", "successful", "successfully", "normal", "normally",
    "ok", "okay", "accepted", "recovered", "funktioniert", "funktionieren", "funktionierte", "läuft", "laufen", "lief", "liefen", "ging", "gingen", "klappte", "klappten", "klappt",
    "klappen", "geht", "erfolgreich", "angenommen", "akzeptiert", "fonctionne", "fonctionnent", "fonctionnait", "fonctionnaient", "marchait", "marchaient", "passait", "passaient", "marche",
    "marchent", "normalement", "réussit", "répond bien", "accepté", "acceptée", "passes validation", "passed validation", "validates", "passe la validation", "passent la validation", "besteht die prüfung", "geht durch", "通过校验", "校验通过", "通过验证", "验证通过", "测试通过", "通过测试", "能收到", "passes the tests", "passes all tests", "passed the tests", "passed all tests", "passes our tests", "passe les tests", "passent les tests", "passe tous les tests", "besteht die tests", "besteht alle tests", "działa", "działają", "działał", "działała", "działało", "działały", "chodziło",
    "poprawnie", "prawidłowo", "przechodzi", "przechodzą", "正常", "成功", "能用", "可用",
];

/// Words that deny.
#[rustfmt::skip]
const DENYING: &[&str] = &[
    "not", "no longer", "never", "stopped", "cannot", "can't", "doesn't", "don't", "didn't", "isn't", "won't", "wasn't", "unable",
    "nothing", "until", "used to", "ceased", "ceases", "quit", "aufgehört", "hörte", "hört auf", "cessé", "cesse", "arrêté", "arrêtée", "nicht", "kein", "keine", "keinen", "nie", "nichts", "bis", "früher", "ne", "n'", "pas",
    "plus", "jamais", "rien", "jusqu", "przestał", "przestało", "przestały", "do wczoraj", "不", "无法", "没", "未", "以前", "之前",
    "hat gestern noch", "before",
];

/// Words that say "it fails".
#[rustfmt::skip]
const FAILING: &[&str] = &[
    "nicht erreichbar", "unreachable", "unavailable", "outage", "down on", "down at", "down since", "down from", "down between", "down for", "is down", "was down", "were down", "are down", "went down", "ausfall", "ausgefallen", "injoignable", "indisponible", "niedostępn", "awaria", "nie działa", "宕机", "不可用", "无法访问", "中断",
    "error", "errors", "fail", "fails", "failed", "failing", "failure", "denied", "refused", "rejected", "rejects", "throttled",
    "throttling", "timeout", "times out", "timed out", "broken", "broke", "breaks", "unauthorized", "forbidden", "exception", "crash", "empty",
    "missing", "stuck", "slow", "slowly", "slower", "disappear", "langsam", "langsamer", "verschwind", "abbricht", "abbrechen", "abbruch", "abbrüche", "brechen ab", "lent", "lente", "lents", "lentes", "lentement", "disparai", "disparaît", "wolno", "znika", "znikają", "慢", "消失", "fatal", "cancelled", "affected", "fehler", "fehlgeschlagen", "schlägt", "scheitert", "scheiterte", "scheiterten", "gescheitert", "abgewiesen", "zurückgewiesen", "abgelehnt", "lehnt", "lehnte", "lehnten",
    "verweigert", "gedrosselt", "leer", "betroffen", "bricht", "fehlt", "erreur", "échoue", "échouent", "échoué", "échouée", "échouait", "échouaient", "planté", "refusés", "refusées", "rejetés", "rejetées", "échec", "refusé",
    "refusée", "refuse", "refusait", "rejette", "rejetait", "rejeté", "rejetée", "vide", "bloqué", "concerné", "concernée", "concernés", "błąd", "błędem", "błędu", "błędy",
    "odrzuca", "odrzucon", "odrzuci", "odmówi", "nie powiodł", "odrzucone", "odmowa", "pusty", "pusta", "pustą", "dotyczy", "zawodzi", "kończy się", "zakończył", "报错", "失败",
    "不能正常", "无法正常", "不正常", "没有正常", "没能正常", "未能正常", "没法正常",
    "错误", "拒绝", "被拒", "为空", "超时", "受影响", "限流", "异常", "空的", "空列表",
];

/// Words in a clause that speak of opening hours, plans and deadlines.
#[rustfmt::skip]
const ELSEWHEN: &[&str] = &[
    "opening hours", "office hours", "business hours", "working hours", "reach me", "reach us", "available between",
    "available from", "maintenance window", "will be", "is planned", "are planned", "planned for", "scheduled for", "go live on",
    "go-live", "we plan", "plan to", "deadline", "call me", "meeting", "works until", "shut down on", "shutdown on", "retired on",
    "deprecated", "released on", "published on", "invoice", "contract", "born", "expires", "expire", "valid until", "going to",
    "we will", "we'll", "shall", "from tomorrow", "switch the integration off", "switch off the integration", "switch our integration off", "pause the integration", "pause our integration", "turn the integration off", "turn off the integration", "integration abschalten", "integration pausieren", "mettre en pause", "wstrzymać integrację", "wyłączyć integrację", "暂停集成", "暂停接单", "öffnungszeiten", "bürozeiten", "geschäftszeiten", "telefonisch erreichbar", "erreichbar von", "erreichbar zwischen", "bin erreichbar", "bin ich erreichbar", "sind erreichbar", "sind wir erreichbar",
    "wartungsfenster", "geplant", "planen", "vorgesehen", "stichtag", "frist", "abschaltung", "gültig bis", "läuft ab",
    "rechnung", "vertrag", "schulung", "termin", "werden wir", "wollen wir", "möchten wir", "soll am", "horaires",
    "heures d'ouverture", "joignable", "ouvert de", "ouverts de", "prévu", "prévue", "prévoyons", "échéance", "date limite",
    "facture", "contrat", "expire le", "nous allons", "aura lieu", "godziny otwarcia", "godzinach otwarcia", "godzinach pracy",
    "godziny pracy", "dostępny w", "zaplanowan", "planujemy", "faktura", "umowa", "ważny do", "wygasa", "będziemy", "zostanie",
    "营业时间", "工作时间", "上班时间", "计划", "预计", "打算", "截止", "有效期", "发票", "合同", "将于", "准备在", "联系时间",
];

/// What is done or open each day, and work that is announced.
#[rustfmt::skip]
const USUAL: &[&str] = &[
    "every day at", "each day at", "every night at", "each night at", "every morning at", "every evening at", "daily at", "nightly", "daily between", "runs daily", "runs every", "on weekdays", "weekdays from", "weekdays between", "mon-fri", "mon–fri", "mon - fri", "mon – fri", "mon-sat", "mon–sat", "mon-sun", "mon–sun", "tue-sun", "tue–sun", "monday to friday", "monday through", "monday to sunday", "tuesday to", "is open", "are open", "we open", "open daily", "open from", "closed from", "serve from", "serves from", "you can reach", "sie erreichen uns", "sie erreichen mich", "scheduled maintenance", "planned maintenance", "maintenance work", "cron job", "cronjob",
    "täglich", "jeden tag um", "jede nacht um", "jede nacht zwischen", "jeden morgen um", "allnächtlich", "nächtlich", "werktags", "wochentags", "an werktagen", "mo-fr", "mo–fr", "mo - fr", "mo – fr", "mo bis fr", "mo. bis fr", "montag bis", "montags bis", "dienstag bis", "dienstags bis", "geöffnet", "haben auf", "haben offen", "mo-sa", "mo–sa", "mo-so", "mo–so", "di-so", "di–so", "unser büro", "bürozeit", "wartungsarbeiten", "wartung durch", "geplante wartung",
    "tous les jours", "chaque jour", "chaque nuit", "toutes les nuits", "tous les matins", "quotidiennement", "en semaine", "du lundi au", "du mardi au", "lun-ven", "lun-sam", "lun–sam", "lun-dim", "lun–dim", "mar-dim", "mar–dim", "ouvert", "ouverte", "ouverts", "ouvertes", "servent de", "servons de", "sert de", "fermé de", "fermés de", "nos bureaux", "travaux de maintenance", "maintenance prévue", "maintenance programmée", "opération de maintenance",
    "codziennie", "każdego dnia", "co dzień", "każdej nocy", "co noc", "w dni robocze", "w dni powszednie", "od poniedziałku do piątku", "od poniedziałku do niedzieli", "pon-pt", "pon.-pt", "pon–pt", "pon.–pt", "pn-pt", "pn-sob", "pn-sb", "pn-nd", "pn–nd", "pon-nd", "wt-nd", "pn.-pt", "pn–pt", "czynny", "czynna", "czynne", "otwarty od", "otwarta od", "otwarte od", "są otwart", "jest otwart", "mamy otwarte", "pracujemy", "nasze biuro", "prace serwisowe", "prac serwisowych", "prace konserwacyjne", "przerwa techniczna", "przerwę techniczną",
    "每天", "每日", "每晚", "每个工作日", "工作日", "周一至", "周一到", "星期一至", "星期一到", "营业", "开门", "例行维护", "系统维护", "停机维护", "定时任务",
];

/// Words of people who can be reached then, in which "reachable" is said of no server.
#[rustfmt::skip]
const PEOPLE: &[&str] = &[
    "wir sind", "ich bin", "sind wir", "bin ich", "we are", "we can", "i am", "i can", "i'm", "we're", "nous sommes", "je suis", "jesteśmy", "jestem", "我们",
];
#[rustfmt::skip]
const REACHED: &[&str] = &[
    "erreichbar", "reachable", "be reached", "available", "joignable", "disponible", "dostępn", "pod telefonem", "在线", "上班",
];

/// Words of a wish, in which "accepted" tells what does not happen yet.
#[rustfmt::skip]
const WISHED: &[&str] = &[
    "great if", "nice if", "good if", "helpful if", "help if", "useful if", "wish", "would accept", "could accept", "would support", "could support", "would work", "should accept", "should work", "should be accepted", "should be working", "supposed to", "expected to", "expected:", "to be accepted", "to work again",
    "würde", "würden", "wäre schön", "wäre gut", "wäre hilfreich", "sollte", "sollten", "wünschen uns", "wünschenswert",
    "serait bien", "serait utile", "serait pratique", "devrait", "devraient", "aimerions", "souhaitons", "souhaiterions",
    "gdyby", "żeby", "powinien", "powinna", "powinno", "powinny", "byłoby dobrze", "byłoby miło",
    "希望", "应该", "应当", "建议", "最好能", "如果能", "要是能", "能否支持",
];

/// Words that speak of calls, answers and errors.
#[rustfmt::skip]
const CALLS: &[&str] = &[
    "error", "errors", "http", "fails", "failed", "failing", "denied", "throttled", "response", "returns", "returned", "api",
    "call", "calls", "request", "requests", "endpoint", "fehler", "abruf", "aufruf", "aufrufe", "antwort", "erreur", "appel",
    "appels", "requête", "requêtes", "renvoie", "błąd", "wywołanie", "żądanie", "zwraca", "错误", "报错", "接口", "请求", "返回", "调用",
    "status", "code", "token", "get", "post", "put",
];

/// Words at which a new clause with its own judgement begins.
#[rustfmt::skip]
const CONTRASTS: &[&str] = &[
    ", then ", ", danach ", ", dann ", ", anschließend ", ", puis ", ", ensuite ", ", potem ", ", następnie ", "然后", "之后",
    " but ", " while ", " whereas ", " however ", " although ", " though ", " only ", ", aber ", " aber ", " während ",
    " jedoch ", " dagegen ", " hingegen ", " nur ", " sondern ", " mais ", " tandis que ", " alors que ", " en revanche ",
    " seul ", " seule ", " ale ", " natomiast ", " podczas gdy ", " tylko ", "但", "而", "不过", "只有", " sauf ", " außer ",
    " except ", " oprócz ", " poza ",
    " even though ", " obwohl ", " obgleich ", " bien que ", " quoique ", " choć ", " chociaż ", " mimo że ", " pomimo że ", "虽然", "尽管", "明明", "可是",
];

struct Table {
    lexicon: Lexicon,
    /// Bits of each phrase, and whether a word may go on behind it.
    phrases: Vec<(u16, bool)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let groups = [
        (SURELY_WORKING, Said::SURELY_WORKING),
        (WORKING, Said::WORKING),
        (DENYING, Said::DENYING),
        (FAILING, Said::FAILING),
        (ELSEWHEN, Said::ELSEWHEN),
        (CALLS, Said::CALLS),
        (USUAL, Said::USUAL),
        (PEOPLE, Said::PEOPLE),
        (REACHED, Said::REACHED),
        (WISHED, Said::WISHED),
    ];
    let mut phrases: BTreeMap<&str, u16> = BTreeMap::new();
    for (words, bit) in groups {
        for word in words {
            *phrases.entry(*word).or_default() |= bit;
        }
    }
    let words: Vec<&str> = phrases.keys().copied().collect();
    Table {
        lexicon: Lexicon::new(&words),
        phrases: phrases
            .into_iter()
            .map(|(word, bits)| (bits, word.len() > 7 || word.ends_with('\'')))
            .collect(),
    }
});

static CONTRAST: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(CONTRASTS)
        .expect("the contrasts are a small fixed table")
});

/// What the phrases of a text in lower case say.
pub(crate) fn said(text: &str) -> Said {
    let mut bits = 0;
    TABLE.lexicon.find_all(text, |start, length, place| {
        let (said, open_ended) = TABLE.phrases[place];
        let end = start + length;
        // `DEADLINE_EXCEEDED` is no deadline.
        if bits & said != said && !text[end..].starts_with('_') {
            let han = text[start..].starts_with(is_han);
            if han || (starts_word(text, start) && (open_ended || ends_word(text, end))) {
                bits |= said;
            }
        }
        ControlFlow::Continue(())
    });
    Said(bits)
}

/// Where the last contrast of a text begins.
pub(crate) fn last_contrast(text: &str) -> Option<usize> {
    CONTRAST
        .find_overlapping_iter(text)
        .map(|found| found.start())
        .max()
}

/// Where the first contrast of a text begins.
pub(crate) fn first_contrast(text: &str) -> Option<usize> {
    CONTRAST
        .find_overlapping_iter(text)
        .map(|found| found.start())
        .min()
}

/// True when the text begins with a contrast, punctuation aside.
pub(crate) fn begins_with_contrast(text: &str) -> bool {
    let text = text
        .trim_start_matches([',', ' ', '，', '；', ';'])
        .to_ascii_lowercase();
    CONTRASTS
        .iter()
        .any(|word| text.starts_with(word.trim_matches([',', ' '])))
}
