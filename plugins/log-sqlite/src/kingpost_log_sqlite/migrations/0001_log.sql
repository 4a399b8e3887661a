-- The log itself. A frame's stream, version (its position) and time stand in its body. Beside it a stream is named once,
-- at its first frame, and known by the position of that frame from then on: an index of numbers is a sixth of one of
-- names, and each page that a commit touches is written whole.
CREATE TABLE frames (
    position INTEGER PRIMARY KEY,
    stream TEXT,
    first INTEGER NOT NULL,
    hash BLOB NOT NULL,
    body BLOB NOT NULL,
    payloads BLOB
);

CREATE UNIQUE INDEX frames_stream ON frames (stream) WHERE stream IS NOT NULL;
CREATE INDEX frames_first ON frames (first);

-- What the frames fold to. A task stands where the first frame of its stream stands, so rows are in the order of
-- submission, and so are the entries of each index. `open` is 1 until the task has ended and NULL from then on: what
-- moves between queued, running and waiting moves in no index. `root` is NULL for a task that is its own, as most are.
-- `state` is what the other columns do not say, see rows.py.
CREATE TABLE task (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    tenant TEXT NOT NULL,
    agent TEXT NOT NULL,
    status TEXT NOT NULL,
    open INTEGER,
    root TEXT,
    parent TEXT,
    state TEXT NOT NULL
);

CREATE INDEX task_tenant ON task (tenant);
CREATE INDEX task_root ON task (root) WHERE root IS NOT NULL;
CREATE INDEX task_parent ON task (parent) WHERE parent IS NOT NULL;
CREATE INDEX task_open ON task (open) WHERE open IS NOT NULL;
CREATE INDEX task_failed ON task (tenant) WHERE status IN ('failed', 'cancelled');

CREATE TABLE blob (
    number INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    digest TEXT NOT NULL,
    content BLOB NOT NULL
);

CREATE UNIQUE INDEX blob_digest ON blob (tenant, digest);

-- "kplg": tells this file from anybody else's database.
PRAGMA application_id = 1802529895;
