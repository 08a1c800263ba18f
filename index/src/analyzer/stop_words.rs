//! Words without meaning of their own. Negations that change what a problem is about (`not`, `nicht`, `sans`
//! and so on) are left out where a language keeps them apart.

use super::Language;

/// Length in bytes of the longest word in any list.
pub(crate) const LONGEST: usize = 8;

/// The list of a language, sorted by bytes.
pub(crate) fn of(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => ENGLISH,
        Language::German => GERMAN,
        Language::French => FRENCH,
        Language::Polish => POLISH,
        Language::Spanish => SPANISH,
        Language::Italian => ITALIAN,
        Language::Portuguese => PORTUGUESE,
        Language::Dutch => DUTCH,
        Language::Plain => &[],
    }
}

#[rustfmt::skip]
const ENGLISH: &[&str] = &[
    "a", "about", "above", "again", "all", "also", "am", "an", "and", "any", "are", "as",
    "at", "be", "because", "been", "being", "below", "between", "both", "but", "by", "can",
    "could", "did", "do", "does", "doing", "don", "during", "each", "few", "for", "from",
    "further", "had", "has", "have", "having", "he", "her", "here", "hers", "him", "his",
    "how", "i", "if", "in", "into", "is", "it", "its", "itself", "just", "me", "more",
    "most", "my", "nor", "now", "of", "on", "once", "only", "or", "other", "our", "out",
    "over", "own", "please", "s", "same", "she", "should", "so", "some", "such", "t",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this",
    "those", "through", "to", "too", "under", "up", "us", "very", "was", "we", "were",
    "what", "when", "where", "which", "while", "who", "whom", "why", "will", "with",
    "would", "you", "your",
];

#[rustfmt::skip]
const GERMAN: &[&str] = &[
    "aber", "alle", "als", "also", "am", "an", "ander", "andere", "auch", "auf", "aus",
    "bei", "beim", "bin", "bis", "bist", "bitte", "da", "damit", "dann", "das", "dass",
    "dein", "dem", "den", "denn", "der", "des", "dich", "die", "dies", "diese", "dieser",
    "dieses", "dir", "doch", "du", "durch", "ein", "eine", "einem", "einen", "einer",
    "eines", "er", "es", "etwas", "euch", "euer", "für", "gegen", "haben", "hat", "hatte",
    "hier", "ich", "ihm", "ihn", "ihnen", "ihr", "ihre", "im", "in", "indem", "ins", "ist",
    "jede", "jeder", "jetzt", "kann", "können", "man", "mein", "meine", "mich", "mir",
    "mit", "nach", "noch", "nun", "nur", "ob", "oder", "sehr", "sein", "seine", "sich",
    "sie", "sind", "so", "solche", "soll", "sondern", "sonst", "um", "und", "uns", "unser",
    "unsere", "unter", "viel", "vom", "von", "vor", "war", "waren", "was", "weil", "welche",
    "wenn", "werde", "werden", "wie", "wieder", "will", "wir", "wird", "wo", "wurde",
    "würde", "zu", "zum", "zur", "zwar", "zwischen", "über",
];

#[rustfmt::skip]
const FRENCH: &[&str] = &[
    "ai", "alors", "après", "au", "aussi", "aux", "avec", "avoir", "c", "ce", "cela", "ces",
    "cet", "cette", "comme", "d", "dans", "de", "depuis", "des", "du", "elle", "elles",
    "en", "encore", "est", "et", "eu", "fait", "font", "il", "ils", "j", "je", "l", "la",
    "le", "les", "leur", "leurs", "lui", "m", "ma", "mais", "me", "mes", "moi", "mon",
    "même", "n", "ne", "nos", "notre", "nous", "on", "ont", "ou", "où", "par", "peu",
    "plus", "pour", "qu", "que", "quel", "quelle", "qui", "s", "sa", "se", "ses", "si",
    "son", "sont", "sous", "sur", "t", "ta", "te", "tes", "ton", "tous", "tout", "toute",
    "toutes", "très", "tu", "un", "une", "vos", "votre", "vous", "y", "à", "été", "être",
];

#[rustfmt::skip]
const POLISH: &[&str] = &[
    "a", "aby", "albo", "ale", "ani", "bardzo", "bo", "by", "być", "był", "była", "było",
    "ci", "co", "czy", "dla", "do", "gdy", "gdzie", "go", "i", "ich", "ile", "im", "ja",
    "jak", "jako", "je", "jego", "jej", "jest", "jeszcze", "jeśli", "już", "każdy", "kiedy",
    "która", "które", "który", "lub", "ma", "mam", "mi", "mnie", "może", "można", "mu",
    "my", "na", "nad", "nam", "nas", "nasz", "niej", "nim", "o", "od", "on", "ona", "one",
    "oni", "ono", "oraz", "po", "pod", "proszę", "przed", "przez", "przy", "się", "są",
    "ta", "tak", "także", "tam", "te", "tego", "tej", "ten", "też", "to", "tu", "tych",
    "tylko", "tym", "u", "w", "was", "we", "więc", "wszystko", "z", "za", "ze", "że",
];

#[rustfmt::skip]
const SPANISH: &[&str] = &[
    "a", "al", "algo", "antes", "aquí", "como", "con", "contra", "cual", "cuando", "de",
    "del", "desde", "donde", "dos", "el", "ella", "ellas", "ellos", "en", "entre", "era",
    "eran", "es", "esa", "ese", "eso", "esta", "estaba", "estamos", "estar", "este", "esto",
    "está", "están", "fue", "ha", "han", "hasta", "hay", "he", "la", "las", "le", "les",
    "lo", "los", "me", "mi", "mis", "mucho", "muy", "más", "ni", "nos", "nosotros", "o",
    "os", "otra", "otro", "para", "pero", "poco", "por", "porque", "que", "quien", "se",
    "ser", "si", "sido", "sobre", "son", "su", "sus", "sí", "también", "te", "tiene",
    "todo", "todos", "tu", "un", "una", "uno", "unos", "y", "ya", "yo", "él",
];

#[rustfmt::skip]
const ITALIAN: &[&str] = &[
    "a", "abbiamo", "ad", "agli", "ai", "al", "alla", "alle", "anche", "avere", "c", "che",
    "chi", "ci", "come", "con", "cui", "da", "dal", "dalla", "degli", "dei", "del", "della",
    "delle", "di", "dove", "e", "ed", "era", "gli", "ha", "hai", "hanno", "ho", "i", "il",
    "in", "io", "l", "la", "le", "lei", "lo", "loro", "lui", "ma", "mi", "mio", "molto",
    "ne", "negli", "nei", "nel", "nella", "noi", "nostro", "o", "per", "perché", "più",
    "quale", "quando", "quanto", "quella", "quello", "questa", "questo", "se", "sei", "si",
    "sia", "sono", "su", "sua", "sul", "sulla", "suo", "ti", "tra", "tu", "tutti", "tutto",
    "un", "una", "uno", "vi", "voi", "è",
];

#[rustfmt::skip]
const PORTUGUESE: &[&str] = &[
    "a", "ao", "aos", "as", "até", "com", "como", "da", "das", "de", "dela", "dele", "do",
    "dos", "e", "ela", "elas", "ele", "eles", "em", "entre", "era", "essa", "esse", "esta",
    "este", "está", "estão", "eu", "foi", "foram", "há", "isso", "isto", "já", "lhe",
    "mais", "mas", "me", "mesmo", "meu", "minha", "muito", "na", "nas", "nem", "no", "nos",
    "nossa", "nosso", "nós", "o", "os", "ou", "para", "pela", "pelo", "por", "qual",
    "quando", "que", "quem", "se", "ser", "seu", "seus", "sou", "sua", "suas", "são", "só",
    "também", "te", "tem", "tenho", "um", "uma", "você", "vocês", "à", "às", "é",
];

#[rustfmt::skip]
const DUTCH: &[&str] = &[
    "aan", "al", "als", "altijd", "andere", "ben", "bij", "daar", "dan", "dat", "de", "der",
    "deze", "die", "dit", "doch", "doen", "door", "dus", "een", "en", "er", "ge", "haar",
    "had", "heb", "hebben", "heeft", "hem", "het", "hier", "hij", "hoe", "hun", "ik", "in",
    "is", "ja", "je", "kan", "kunnen", "maar", "me", "meer", "met", "mij", "mijn", "moet",
    "na", "naar", "nog", "nu", "of", "om", "omdat", "ons", "onze", "ook", "op", "over",
    "te", "tegen", "toch", "toen", "tot", "u", "uit", "uw", "van", "veel", "voor", "want",
    "waren", "was", "wat", "we", "wel", "werd", "wie", "wij", "worden", "wordt", "ze",
    "zelf", "zich", "zij", "zijn", "zo", "zou",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_lengths_bounded() {
        for language in Language::ALL {
            let list = of(language);
            assert!(list.is_sorted(), "{language:?}");
            assert!(list.iter().all(|word| word.len() <= LONGEST));
        }
    }
}
