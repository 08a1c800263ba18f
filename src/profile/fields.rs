//! Closed lists and fields of a profile.

use serde::Deserialize;
use toml::Spanned;

use super::{Localised, Terms};

/// A closed list: plain `values`, or `rows` of cells under `columns`. The first cell of a row is the
/// canonical value. A cell may hold several spellings, divided by `|`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Canonical values without other spellings.
    #[serde(default)]
    pub values: Vec<String>,
    /// Names of the columns of `rows`.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Rows; each has as many cells as there are columns.
    #[serde(default)]
    pub rows: Vec<Spanned<Vec<String>>>,
}

impl List {
    /// The column's place, when there is such a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() + self.rows.len()
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Canonical values in order.
    pub fn canonical(&self) -> impl Iterator<Item = &str> {
        let firsts = self.rows.iter().filter_map(|row| row.get_ref().first());
        self.values.iter().chain(firsts).map(String::as_str)
    }

    /// The cell of a row; empty where the list has no such cell.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.rows
            .get(row)
            .and_then(|row| row.get_ref().get(column))
            .map_or("", String::as_str)
    }
}

/// How the values of a field are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// A shape (`value`) after a label, key, header or parameter, and patterns anywhere.
    #[default]
    Value,
    /// The rest of the line after a label or key.
    Text,
    /// One of `choices`, after a label, else by the weight of cues.
    Choice,
    /// A member of the field's list, anywhere it is written like an identifier.
    List,
    /// An operation of the field's list: by name in any spelling, or by method and path.
    Operation,
    /// An API section of the field's list: by name, or from the operation.
    Section,
    /// A country's marketplace of the field's list: by id, domain, name, or code after a label.
    Place,
    /// An HTTP status.
    HttpStatus,
    /// An error code: after a key or label, or a member of the field's list.
    ErrorCode,
    /// A verbatim error message.
    ErrorMessage,
    /// A URL that a person followed.
    Url,
    /// A language, library or tool with its version.
    Environment,
}

/// A check that a candidate must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Not a value whose middle or end was replaced by `X`, `*` or dots, and not a placeholder.
    NotBlanked,
    /// Not a date or time written without separators.
    NotDate,
    /// Not a plain word of letters only.
    NotWord,
    /// Holds a digit.
    HasDigit,
    /// Holds a digit, dash or underscore.
    HasDigitOrDash,
    /// The last digit is right after Luhn.
    Luhn,
    /// The remainder modulo 97 is right (ISO 7064), as in an IBAN.
    Modulo97,
}

/// A rewriting of a value that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normaliser {
    /// To upper case.
    Upper,
    /// To lower case.
    Lower,
    /// Dashes and spaces removed.
    StripDashes,
    /// To the canonical spelling of the field's list.
    Canonical,
}

/// A pattern that proposes a value wherever it matches.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Name of the rule within the field: `seller_id.shape`.
    pub name: String,
    /// Regular expression. The group `value` is the value where there is one. Classes are ASCII.
    pub regex: Spanned<String>,
    /// 0 to 1.
    pub confidence: f32,
    /// Only where a label of the field stands in the same line.
    #[serde(default)]
    pub label_required: bool,
    /// Checks beyond the field's; what does not pass is passed over.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// What matches is refused with this reason.
    #[serde(default)]
    pub refuse: Option<String>,
}

/// One value of a field that knows all its values.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Canonical value.
    pub value: String,
    /// Spellings after a label, in any language.
    #[serde(default)]
    pub spellings: Vec<String>,
    /// Terms that speak for it wherever they stand.
    #[serde(default)]
    pub cues: Vec<String>,
}

/// Values that follow from another field's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derivation {
    /// The other field.
    pub from: Spanned<String>,
}

/// A named fact.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Name: `seller_id`.
    pub name: Spanned<String>,
    /// How it is read.
    #[serde(default)]
    pub read: Reader,
    /// Name for people.
    #[serde(default)]
    pub title: Localised,
    /// A good value, for questions.
    #[serde(default)]
    pub example: Option<String>,
    /// Words that stand before or above a value, by language, `any` for all.
    #[serde(default)]
    pub labels: Terms,
    /// Names in JSON, XML, dictionaries and configuration. Case, `-` and `_` do not matter.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Names of header fields.
    #[serde(default)]
    pub headers: Vec<String>,
    /// Names of parameters in the query of a URL.
    #[serde(default)]
    pub parameters: Vec<String>,
    /// Names of parameters in the paths of the operations' list.
    #[serde(default)]
    pub path_parameters: Vec<String>,
    /// Shape of a value after a label, key, header or parameter. Classes are ASCII.
    #[serde(default)]
    pub value: Option<Spanned<String>>,
    /// Shape of a value that was made unreadable; refused as `blanked`.
    #[serde(default)]
    pub blanked: Option<Spanned<String>>,
    /// Patterns.
    #[serde(default, rename = "pattern")]
    pub patterns: Vec<Pattern>,
    /// Closed list of the values.
    #[serde(default)]
    pub list: Option<Spanned<String>>,
    /// Second list, looked at as well.
    #[serde(default)]
    pub also: Option<Spanned<String>>,
    /// `list.column` or `list` whose members are not values.
    #[serde(default)]
    pub not_in: Vec<Spanned<String>>,
    /// Values that are never meant.
    #[serde(default)]
    pub not_values: Vec<String>,
    /// Checks.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// Normalisers, in order.
    #[serde(default)]
    pub normalise: Vec<Normaliser>,
    /// More than one value may hold.
    #[serde(default = "yes")]
    pub multiple: bool,
    /// A plain word may be a value where quotation marks, a label for an identifier or the sender's own
    /// domain single it out.
    #[serde(default)]
    pub plain_words: bool,
    /// All values, for `read = "choice"`.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// Hosts whose pages count, for `read = "url"`; all where there is none.
    #[serde(default)]
    pub url_hosts: Vec<String>,
    /// Values that follow from another field's.
    #[serde(default)]
    pub derive: Vec<Derivation>,
}

impl Field {
    /// Name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.get_ref()
    }
}

fn yes() -> bool {
    true
}
