-- Delivery over a network: attempts and their schedule, what the server said, and who is counted how.

-- What the gate counts by: an address without its plus-tag, an organisation's domain without its subdomains.
-- The rows of the last hours before the upgrade are counted by what is known of them.
ALTER TABLE outbox ADD COLUMN address_key TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN domain_key TEXT NOT NULL DEFAULT '';
UPDATE outbox SET address_key = recipient, domain_key = domain;

-- How often it was handed to a server, first and next time, and the server's last answer.
ALTER TABLE outbox ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN first_attempt_at INTEGER;
ALTER TABLE outbox ADD COLUMN next_attempt_at INTEGER;
ALTER TABLE outbox ADD COLUMN answer TEXT NOT NULL DEFAULT '';
-- 1 when the server said that there is no such address.
ALTER TABLE outbox ADD COLUMN address_refused INTEGER NOT NULL DEFAULT 0;
-- Which copy of it lies in a mailbox: '' none, 'draft', 'sent'.
ALTER TABLE outbox ADD COLUMN filed TEXT NOT NULL DEFAULT '';

DROP INDEX outbox_recipient;
CREATE INDEX outbox_recipient ON outbox (domain_key, address_key, created_at)
    WHERE state NOT IN ('withheld', 'discarded');
-- The same over what really left, for the last look before a mail leaves.
CREATE INDEX outbox_left_recipient ON outbox (domain_key, address_key, changed_at)
    WHERE state IN ('sending', 'sent', 'uncertain');
CREATE INDEX outbox_left_body_hash ON outbox (body_hash, changed_at)
    WHERE state IN ('sending', 'sent', 'uncertain');
CREATE INDEX outbox_left_at ON outbox (changed_at)
    WHERE state IN ('sending', 'sent', 'uncertain');
CREATE INDEX outbox_address_refused ON outbox (address_key, changed_at)
    WHERE state = 'failed' AND address_refused = 1;

CREATE INDEX outbox_filed_draft ON outbox (changed_at) WHERE filed = 'draft';
CREATE INDEX outbox_unfiled ON outbox (changed_at) WHERE state = 'sent' AND filed <> 'sent';

-- Message-IDs of a mail in quarantine and of those that it answers: the thread that it belongs to.
CREATE TABLE quarantine_thread (
    message_id TEXT NOT NULL,
    mail INTEGER NOT NULL,
    PRIMARY KEY (message_id, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_thread_mail ON quarantine_thread (mail);

-- At most one row: an operator stopped all automatic mail.
CREATE TABLE reply_stop (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- When something that talks to the outside last worked, and when it last did not.
CREATE TABLE health (
    name TEXT NOT NULL PRIMARY KEY,
    success_at INTEGER,
    failure_at INTEGER,
    failure TEXT NOT NULL
) STRICT, WITHOUT ROWID;
