-- Under which names uses were counted in a scope, so that a task that is told twice counts once; names are digests.
CREATE TABLE counted (
    scope INTEGER NOT NULL,
    key BLOB NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (scope, key)
) WITHOUT ROWID;
