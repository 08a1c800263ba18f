//! What people say that they do, below their names.

/// Words of titles and companies, lower case.
#[rustfmt::skip]
const TITLES: &[&str] = &[
    "manager", "president", "director", "counsel", "specialist", "engineer", "analyst", "consultant",
    "assistant", "coordinator", "developer", "ceo", "cto", "cfo", "founder", "architect", "head of",
    "team lead", "administrator", "technician", "recruiter", "geschäftsführer", "leiter", "entwickler",
    "vertrieb", "directeur", "responsable", "ingénieur", "développeur", "kierownik", "dyrektor",
    "specjalista", "programista", "经理", "工程师", "总监", "gerente", "ingeniero", "responsabile", "diretor",
];

/// Whether a line, in lower case, names what somebody does.
pub(super) fn has_title(lower: &str) -> bool {
    TITLES.iter().any(|title| lower.contains(title))
}

/// Whether a line, in lower case, begins with what somebody does.
pub(super) fn has_title_first(lower: &str) -> bool {
    TITLES.iter().any(|title| lower.starts_with(title))
}
