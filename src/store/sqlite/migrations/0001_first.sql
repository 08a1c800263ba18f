-- Times are microseconds since 1970 UTC. Lists of words (status, state, kind) are checked by the program,
-- which refuses what it does not know, so that a new word needs no new table.

CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
    source TEXT NOT NULL PRIMARY KEY,
    position TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every mail ever taken. It is in exactly one of pending, outcome and quarantine.
CREATE TABLE mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    source TEXT NOT NULL,
    origin TEXT NOT NULL,
    received_at INTEGER NOT NULL
) STRICT;

-- Apart from mail, so that looking through mails does not read their bytes.
CREATE TABLE raw (
    mail INTEGER PRIMARY KEY,
    frame BLOB NOT NULL
) STRICT;

CREATE TABLE pending (
    mail INTEGER PRIMARY KEY,
    attempts INTEGER NOT NULL
) STRICT;

CREATE TABLE quarantine (
    mail INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    author TEXT,
    subject TEXT,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE outcome (
    mail INTEGER PRIMARY KEY,
    message_id TEXT,
    kind TEXT NOT NULL,
    kind_code TEXT NOT NULL,
    kind_detail TEXT NOT NULL,
    author TEXT NOT NULL,
    subject TEXT NOT NULL,
    date INTEGER,
    desk TEXT NOT NULL,
    language TEXT,
    case_number TEXT,
    processed_at INTEGER NOT NULL,
    verdict TEXT,
    analysis TEXT NOT NULL
) STRICT;
CREATE INDEX outcome_message_id ON outcome (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX outcome_case_number ON outcome (case_number) WHERE case_number IS NOT NULL;

CREATE TABLE field (
    mail INTEGER NOT NULL,
    name TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    value TEXT NOT NULL,
    part TEXT NOT NULL,
    start_byte INTEGER NOT NULL,
    end_byte INTEGER NOT NULL,
    rule TEXT NOT NULL,
    confidence REAL NOT NULL,
    quoted INTEGER NOT NULL,
    PRIMARY KEY (mail, name, ordinal)
) STRICT, WITHOUT ROWID;

-- Next case number of each prefix.
CREATE TABLE number (
    prefix TEXT NOT NULL PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: the latest place in the sequence of changed cases.
CREATE TABLE sequence (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    latest INTEGER NOT NULL
) STRICT;
INSERT INTO sequence (id, latest) VALUES (1, 0);

CREATE TABLE cases (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE COLLATE NOCASE,
    revision INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    desk TEXT NOT NULL,
    status TEXT NOT NULL,
    submitter TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    token TEXT NOT NULL,
    external TEXT,
    state TEXT NOT NULL,
    problem TEXT
) STRICT;
CREATE UNIQUE INDEX cases_sequence ON cases (sequence);
CREATE UNIQUE INDEX cases_token ON cases (token) WHERE token <> '';
CREATE UNIQUE INDEX cases_external ON cases (external, desk) WHERE external IS NOT NULL;
CREATE INDEX cases_updated_at ON cases (updated_at);

CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    case_number TEXT NOT NULL,
    mail INTEGER,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX journal_case_number ON journal (case_number);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_number TEXT NOT NULL,
    mail INTEGER,
    message_id TEXT NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    domain TEXT NOT NULL,
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    gate_facts TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_case_number ON outbox (case_number);
CREATE INDEX outbox_state ON outbox (state);
-- What the gate counts, answered from the indices alone. Rows that never leave are not in them: in a first run
-- over years of old mail that is all of them.
CREATE INDEX outbox_recipient ON outbox (domain, recipient, created_at)
    WHERE state NOT IN ('withheld', 'discarded');
CREATE INDEX outbox_body_hash ON outbox (body_hash, created_at)
    WHERE state NOT IN ('withheld', 'discarded');
CREATE INDEX outbox_created_at ON outbox (created_at)
    WHERE state NOT IN ('withheld', 'discarded');

CREATE TABLE hard_bounce (
    mail INTEGER NOT NULL,
    address TEXT NOT NULL,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (address, mail)
) STRICT, WITHOUT ROWID;

-- SQLite's generator is ChaCha20, seeded by the operating system.
INSERT INTO meta (key, value) VALUES ('secret_key', randomblob(32));
