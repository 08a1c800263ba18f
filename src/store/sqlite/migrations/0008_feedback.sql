-- What engineers say of precedents, and resolutions that an import of history proposes.

-- The last word of anybody on a precedent for a case; earlier ones stand in the case's journal.
CREATE TABLE mark (
    case_number TEXT NOT NULL COLLATE NOCASE,
    precedent TEXT NOT NULL COLLATE NOCASE,
    verdict TEXT NOT NULL,
    note TEXT NOT NULL,
    author TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (case_number, precedent)
) STRICT, WITHOUT ROWID;
CREATE INDEX mark_precedent ON mark (precedent);

-- At most one for a case. `basis` is a number that changes when there is more to judge by.
CREATE TABLE proposal (
    case_number TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
    state TEXT NOT NULL,
    code TEXT NOT NULL,
    text TEXT NOT NULL,
    confidence REAL NOT NULL,
    signals TEXT NOT NULL,
    answered_at INTEGER NOT NULL,
    basis INTEGER NOT NULL,
    settled_by TEXT NOT NULL,
    settled_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX proposal_state ON proposal (state);
