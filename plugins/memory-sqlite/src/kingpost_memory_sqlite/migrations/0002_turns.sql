-- Who says something, and in which conversation: names of their own, so that turns find their neighbours.
CREATE TABLE speaker (
    id INTEGER PRIMARY KEY,
    scope INTEGER NOT NULL,
    name NOT NULL,
    UNIQUE (scope, name)
);

CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    scope INTEGER NOT NULL,
    name NOT NULL,
    UNIQUE (scope, name)
);

INSERT INTO speaker (scope, name) SELECT DISTINCT scope, speaker FROM memory WHERE length(speaker) > 0;

INSERT INTO session (scope, name)
    SELECT DISTINCT scope, session FROM memory WHERE length(session) > 0 OR length(speaker) > 0;

DROP INDEX memory_by_age;

DROP INDEX memory_by_source;

DROP INDEX memory_markers;

DROP INDEX memory_until;

ALTER TABLE memory RENAME TO memory_1;

-- speaker is negative where the body itself says who speaks. uses and used say how often and when it was last of use.
CREATE TABLE memory (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    scope INTEGER NOT NULL,
    source INTEGER,
    speaker INTEGER,
    session INTEGER,
    tier INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    words INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    uses INTEGER NOT NULL DEFAULT 0,
    used REAL,
    until REAL,
    created REAL NOT NULL,
    valid_from REAL,
    valid_to REAL,
    expires REAL,
    importance REAL NOT NULL,
    id NOT NULL,
    place NOT NULL,
    meta NOT NULL,
    body NOT NULL,
    UNIQUE (scope, id)
);

INSERT INTO memory (seq, scope, source, speaker, session, tier, kind, origin, words, digest, until, created, valid_from,
        valid_to, expires, importance, id, place, meta, body)
    SELECT m.seq, m.scope, m.source, p.id, t.id, m.tier, m.kind, m.origin, m.words, m.digest, m.until, m.created,
        m.valid_from, m.valid_to, m.expires, m.importance, m.id, m.place, m.meta, m.body
    FROM memory_1 m LEFT JOIN speaker p ON p.scope = m.scope AND p.name = m.speaker AND length(m.speaker) > 0
        LEFT JOIN session t ON t.scope = m.scope AND t.name = m.session;

UPDATE sqlite_sequence SET seq = max(coalesce(seq, 0), coalesce((SELECT o.seq FROM sqlite_sequence o WHERE o.name = 'memory_1'), 0))
    WHERE name = 'memory';

DROP TABLE memory_1;

CREATE INDEX memory_by_age ON memory (scope, created);

CREATE INDEX memory_by_source ON memory (source, created) WHERE source IS NOT NULL;

CREATE INDEX memory_by_session ON memory (session) WHERE session IS NOT NULL;

CREATE INDEX memory_markers ON memory (scope, created) WHERE kind = 1;

CREATE INDEX memory_until ON memory (until) WHERE until IS NOT NULL;

-- How often, where and in which order a term stands in a memory is read from its body; the index knows only which hold it.
DROP TABLE vocabulary;

DROP TABLE term;

CREATE VIRTUAL TABLE term USING fts5 (
    words, content = '', columnsize = 0, detail = none, tokenize = "ascii tokenchars '_'"
);

INSERT INTO term (term, rank) VALUES ('automerge', 2);

CREATE VIRTUAL TABLE vocabulary USING fts5vocab (term, row);
