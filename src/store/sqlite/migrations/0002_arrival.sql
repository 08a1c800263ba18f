-- What the door knew of a mail's arrival that its bytes do not say. A backlog mail lay in its mailbox before the
-- mailbox was first read: it is never answered automatically. A refused one goes to quarantine with the door's reason.
ALTER TABLE mail ADD COLUMN backlog INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN refused_code TEXT;
ALTER TABLE mail ADD COLUMN refused_detail TEXT;
