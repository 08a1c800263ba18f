//! Words around numbers that make them HTTP statuses, or not.

/// Words before a number that make it a status.
#[rustfmt::skip]
pub(super) const CUES_BEFORE: &[&str] = &[
    "http", "status", "statuscode", "status_code", "httpstatus", "httpcode", "error", "errors", "code", "response", "returns",
    "returned", "return", "returning", "get", "gets", "got", "getting", "receive", "received", "receiving", "gives", "giving",
    "with", "back", "throws", "throwing", "as", "fehler", "fehlercode", "liefert", "antwortet", "antwort", "bekommen", "bekomme",
    "bekommt", "erhalten", "erhalte", "kommt", "mit", "nur", "erreur", "statut", "renvoie", "renvoient", "retourne", "retournent",
    "reçois", "recevons", "réponse", "un", "une", "des", "avec", "en", "błąd", "błędem", "błędu", "kod", "kodem", "zwraca",
    "zwracają", "otrzymuję", "otrzymujemy", "dostaję", "dostajemy", "odpowiedź", "statusem", "z", "a", "an", "the", "constant",
    "persistent", "of", "always", "just", "still", "again", "ein", "einen", "eine", "der", "die", "immer", "wieder", "und", "and",
    "or", "oder", "ou", "lub", "403", "429", "500", "503", "400", "401", "404", "返回", "报", "错误", "状态码", "状态", "报错", "收到", "出现",
    "是", "提示", "码", "了", "到", "为", "一直", "总是", "老是", "都是", "抛出", "wirft", "werfen", "gibt", "geben", "gab", "jette",
    "lève", "donne", "donnent", "rzuca", "daje", "throw", "give", "there", "dort", "là", "tam", "then", "dann", "danach", "puis", "ensuite", "potem", "następnie",
];

/// Words behind a number that make it a status.
#[rustfmt::skip]
pub(super) const CUES_AFTER: &[&str] = &[
    "error", "errors", "since", "seit", "depuis", "response", "responses", "status", "forbidden", "unauthorized", "bad request", "not found", "too many",
    "internal", "service unavailable", "gateway", "fehler", "antwort", "antworten", "zurück", "erreur", "erreurs", "en réponse",
    "błąd", "błędy", "w odpowiedzi", "错误", "报错", "响应", "on", "for", "from", "bei", "sur", "pour", "przy", "dla", "when", "back",
    "beim", "lors", "and", "und", "et", "i", "instead", "client error", "server error", "unauthorised", "kommt", "comes", "still",
    "persists", "remains", "keeps", "stays", "again", "bleibt", "besteht", "tritt", "arrive", "revient", "persiste", "apparaît",
    "występuje", "pojawia", "wraca", "就", "不再", "一直", "仍", "还", "accessdenied", "access denied", "quotaexceeded",
];

/// True for a verb of answering: what a call gives back, or what its user gets.
pub(super) fn answers(word: &str) -> bool {
    ANSWERING.iter().any(|stem| word.starts_with(stem)) || ANSWERING_WORDS.contains(&word)
}

/// Beginnings of such verbs.
#[rustfmt::skip]
const ANSWERING: &[&str] = &[
    "answer", "return", "respon", "reject", "throw", "spit", "yield", "emit", "antwort", "liefer", "meld", "wirft", "werf", "spuck", "schmeiß", "knall", "quittier",
    "bekomm", "erhalt", "krieg", "receiv", "reçoi", "recev", "otrzym", "dosta", "répon", "renvo", "retourn", "rejet", "jett", "crach", "zwrac", "zwróc", "odpowi", "rzuc", "sypi", "sypn", "wywal", "wyskak", "wyskocz", "pluj", "kończ", "fail", "scheiter", "échou",
];
/// Such verbs that begin other words too.
const ANSWERING_WORDS: [&str; 12] = [
    "get", "gets", "getting", "got", "gives", "giving", "gave", "serves", "serving", "served",
    "plante", "plantent",
];

/// True for a verb behind which a number is a status: of answering, of saying, of ending.
pub(super) fn tells(word: &str) -> bool {
    answers(word) || TELLING.contains(&word)
}

/// Such verbs that are said of pages and people too.
#[rustfmt::skip]
const TELLING: [&str; 19] = [
    "says", "saying", "said", "shows", "showed", "ends", "ending", "ended", "sagt", "zeigt", "endet", "enden",
    "affiche", "affichent", "termine", "pokazuje", "leci", "lecą", "mamy",
];

/// Words that go on after a status: of a sentence that counts nothing.
#[rustfmt::skip]
pub(super) const GOES_ON: &[&str] = &[
    "this", "today", "now", "on", "to", "for", "from", "at", "in", "when", "since", "every", "each", "all", "again", "always", "instead", "but", "and", "or", "with", "without", "by", "although", "even", "while", "after", "before", "as", "back", "out", "only", "if", "whenever", "until",
    "auf", "aus", "an", "bei", "beim", "für", "zurück", "wenn", "seit", "heute", "gestern", "jetzt", "immer", "wieder", "statt", "aber", "und", "oder", "mit", "ohne", "obwohl", "als", "bis", "sobald", "egal", "jedes", "jeden", "jeder", "nach", "vor", "im", "am",
    "à", "a", "sur", "pour", "dans", "dès", "depuis", "quand", "lorsque", "aujourd'hui", "hier", "maintenant", "toujours", "encore", "mais", "et", "ou", "avec", "sans", "chaque", "après", "avant", "alors", "au", "aux", "en", "puis", "systématiquement", "ce", "cette",
    "przy", "od", "dla", "na", "w", "we", "za", "gdy", "kiedy", "dziś", "dzisiaj", "wczoraj", "teraz", "zawsze", "znowu", "ciągle", "ale", "i", "lub", "oraz", "z", "ze", "bez", "po", "przed", "mimo", "choć", "każdym", "każde", "co", "zamiast",
];

/// Words behind a number that count things.
#[rustfmt::skip]
pub(super) const UNITS: &[&str] = &[
    "ms", "sec", "seconds", "sekunden", "minutes", "minuten", "min", "hours", "orders", "bestellungen", "commandes", "zamówień",
    "items", "artikel", "articles", "skus", "sku", "asins", "eur", "€", "usd", "$", "zł", "pln", "kb", "mb", "kg", "%",
    "requests", "anfragen", "stück", "szt", "sellers", "händler", "rows", "zeilen", "lines", "lignes", "wierszy", "products",
    "produkte", "produits", "produktów", "mal", "times", "个", "条", "次", "件", "元", "家", "messages", "listings", "angebote",
    "offers", "records", "entries", "calls", "days", "tage", "jours", "dni", "per", "pro", "par", "customers", "kunden",
    "restaurants", "stores", "merchants", "clients",
];
