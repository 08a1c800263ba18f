-- People who shall be forgotten, and mail that is old enough. A mail whose bytes were removed keeps its row: its hash says
-- that the same bytes are not taken in again. An outgoing mail that was erased keeps its state and time, and a keyed hash
-- of its recipient, so that budgets and bounces are counted as before.
ALTER TABLE mail ADD COLUMN erased_at INTEGER;
ALTER TABLE outbox ADD COLUMN erased_at INTEGER;
