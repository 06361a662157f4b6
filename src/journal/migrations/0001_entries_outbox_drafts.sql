-- Times are microseconds since 1970-01-01 UTC; bodies and intents are JSON as text.

CREATE TABLE entries (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,
    at          INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    actor       TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    source      TEXT,
    body        TEXT    NOT NULL,
    once        TEXT    UNIQUE,
    prev_hash   TEXT    NOT NULL,
    hash        TEXT    NOT NULL
) STRICT;

CREATE INDEX entries_at ON entries (at);
CREATE INDEX entries_subject_at ON entries (subject, at);
CREATE INDEX entries_kind_at ON entries (kind, at);

CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE(ABORT, 'an entry is never changed: a correction is another entry');
END;

CREATE TRIGGER entries_are_never_removed BEFORE DELETE ON entries
BEGIN
    SELECT RAISE(ABORT, 'an entry is never removed');
END;

CREATE TABLE outbox (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    op            TEXT    NOT NULL UNIQUE,
    intent        TEXT    NOT NULL,
    at            INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('pending', 'done')),
    attempts      INTEGER NOT NULL DEFAULT 0,
    claimed_by    TEXT,
    claimed_until INTEGER,
    settled_at    INTEGER
) STRICT;

CREATE INDEX outbox_state ON outbox (state, seq);

CREATE TABLE drafts (
    key  TEXT    NOT NULL PRIMARY KEY,
    text TEXT    NOT NULL,
    at   INTEGER NOT NULL
) STRICT;
