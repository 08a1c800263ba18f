-- Who wrote under which subject: the same letter sent again under another Message-ID is found by it.
CREATE INDEX outcome_letter ON outcome (author, subject) WHERE kind = 'human' AND case_number IS NOT NULL;
