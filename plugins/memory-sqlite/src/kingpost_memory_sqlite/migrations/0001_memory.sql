-- A scope of a tenant. Its number stands before every term of the index, so it is never given out twice.
-- size and words count what can be recalled: the statistics of one scope never mix with another's.
CREATE TABLE scope (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant NOT NULL,
    name NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    words INTEGER NOT NULL DEFAULT 0,
    UNIQUE (tenant, name)
);

CREATE TABLE source (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    scope INTEGER NOT NULL,
    path NOT NULL,
    UNIQUE (scope, path)
);

-- seq is the order of storing. until is when recall must no longer find it: expires, valid_to or the end of the
-- short term, whichever comes first. Small columns come first, so that a filter never walks through a long body.
CREATE TABLE memory (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    scope INTEGER NOT NULL,
    source INTEGER,
    tier INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    words INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    until REAL,
    created REAL NOT NULL,
    valid_from REAL,
    valid_to REAL,
    expires REAL,
    importance REAL NOT NULL,
    id NOT NULL,
    place NOT NULL,
    speaker NOT NULL,
    session NOT NULL,
    meta NOT NULL,
    body NOT NULL,
    UNIQUE (scope, id)
);

CREATE INDEX memory_by_age ON memory (scope, created);
CREATE INDEX memory_by_source ON memory (source, created) WHERE source IS NOT NULL;
CREATE INDEX memory_markers ON memory (scope, created) WHERE kind = 1;
CREATE INDEX memory_until ON memory (until) WHERE until IS NOT NULL;

-- Contentless: the body stands in memory alone, and its terms are made again from it when it is forgotten.
-- Terms come folded, stemmed and as <scope>_<term>, parted by spaces. How long a memory is stands in memory.words.
CREATE VIRTUAL TABLE term USING fts5 (
    body, parts, title, content = '', columnsize = 0, tokenize = "ascii tokenchars '_'"
);

-- How many memories hold a term: exact, and one scope's alone.
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (term, row);

CREATE TABLE about (
    key TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;
