//! Who is said to have written something: a machine, whose words the sender shows.

/// Things that write, lower case, by language.
#[rustfmt::skip]
const MACHINES: &[&str] = &[
    "server", "log", "logfile", "program", "programm", "script", "skript", "application", "anwendung", "system", "tool",
    "console", "konsole", "terminal", "printer", "drucker", "device", "gerät", "api", "database", "datenbank", "browser",
    "plugin", "module", "modul", "connector", "scanner", "software", "machine", "maschine", "router", "worker", "daemon",
    "container", "importer", "serveur", "programme", "logiciel", "journal", "appli", "outil", "imprimante", "système", "machine",
    "servidor", "programa", "registro", "aplicación", "herramienta", "impresora", "consola", "sistema", "serwer", "skrypt", "aplikacja",
    "narzędzie", "drukarka", "urządzenie", "konsola", "dziennik", "oprogramowanie", "programma", "applicazione", "strumento",
    "stampante", "aplicação", "aplicativo", "ferramenta", "impressora", "toepassing", "applicatie", "apparaat", "logboek", "systeem",
    "dispositivo", "curl", "nginx", "postfix", "git", "npm", "docker", "logger", "gateway",
];

/// The same in scripts without blanks.
#[rustfmt::skip]
const WIDE_MACHINES: &[&str] = &[
    "服务器", "日志", "程序", "系统", "软件", "接口", "脚本", "控制台", "打印机", "设备", "伺服器", "系統", "程式", "サーバー", "サーバ", "ログ",
    "プログラム", "システム", "アプリ", "スクリプト", "コンソール", "プリンター",
];

/// What stands before a thing and not before a name.
#[rustfmt::skip]
const DETERMINERS: &[&str] = &[
    "the", "our", "my", "your", "its", "this", "that", "an", "der", "die", "das", "unser", "unsere", "mein", "meine", "ihr", "ihre", "euer",
    "dieses", "ein", "eine", "le", "la", "l", "notre", "votre", "mon", "ma", "ce", "cette", "un", "une", "el", "los", "nuestro", "nuestra", "su", "mi", "il",
    "lo", "nostro", "nostra", "il", "os", "nosso", "nossa", "seu", "sua", "het", "onze", "ons", "mijn", "uw", "een", "nasz", "nasza", "mój",
];

/// Who is a person or many of them, whatever stands before.
#[rustfmt::skip]
const PERSONS: &[&str] = &[
    "team", "support", "desk", "helpdesk", "kollege", "kollegin", "colleague", "collègue", "technician", "techniker", "manager", "admin", "administrator",
];

/// Whether a line says that a machine wrote.
pub(super) fn is_of_machine(text: &str) -> bool {
    if text.contains(['@', '<']) || text.len() > 200 {
        return false;
    }
    // "订单系统 写道：" is a sender's name.
    if WIDE_MACHINES.iter().any(|machine| text.contains(machine)) {
        return text.contains(|character: char| character.is_ascii_digit())
            && !["公司", "株式会社", "さん", "先生", "女士"]
                .iter()
                .any(|name| text.contains(name));
    }
    let words: Vec<&str> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let lower = |place: usize| words[place].to_lowercase();
    if (0..words.len()).any(|place| PERSONS.contains(&lower(place).as_str())) {
        return false;
    }
    (0..words.len()).any(|place| {
        if !MACHINES.contains(&lower(place).as_str()) {
            return false;
        }
        let small = words[place].starts_with(char::is_lowercase);
        let determined = (1..=2).any(|distance| {
            place
                .checked_sub(distance)
                .is_some_and(|before| DETERMINERS.contains(&lower(before).as_str()))
        });
        // "Die Software AG", "App Escalations" are names.
        let named = words
            .get(place + 1)
            .is_some_and(|next| next.starts_with(char::is_uppercase));
        let timed = text.contains(|character: char| character.is_ascii_digit());
        !named && (determined || small && !timed || place == 0 && words.len() <= 3)
    })
}
