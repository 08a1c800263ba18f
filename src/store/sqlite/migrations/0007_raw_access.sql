-- Who read a raw mail. Rows are only added.
CREATE TABLE raw_access (
    id INTEGER PRIMARY KEY,
    mail INTEGER NOT NULL,
    at INTEGER NOT NULL,
    person TEXT NOT NULL,
    purpose TEXT NOT NULL
) STRICT;
CREATE INDEX raw_access_mail ON raw_access (mail);
