-- Threads: the tasks of a conversation are selected by it.
ALTER TABLE task ADD COLUMN thread TEXT;
UPDATE task SET thread = json_extract(state, '$[1]')
    WHERE CASE WHEN json_valid(state) THEN json_extract(state, '$[1]') END IS NOT NULL;
CREATE INDEX task_thread ON task (thread) WHERE thread IS NOT NULL;

-- Snapshots: the rows of all tasks that were touched up to `position` since the snapshot before it, in parts. Together
-- with all earlier ones a snapshot is the state of every task as of its position. `at` and `hash` are those of the frame
-- there. `tasks` is deflated JSON, a list of [position of the first frame, columns...], and `digest` its SHA-256.
CREATE TABLE snapshot (
    number INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    at INTEGER NOT NULL,
    hash BLOB NOT NULL,
    parts INTEGER NOT NULL,
    digest BLOB NOT NULL,
    tasks BLOB NOT NULL
);

CREATE INDEX snapshot_position ON snapshot (position);

-- Cuts: the frames up to `position` were moved into the file `segment`; the chain goes on from `hash`. What stays of
-- them in `frames` is, for each task, its first row with an empty body, so that the task is found by its name; and the
-- frames of all other streams, each with the hash that stood before it in `kept`.
CREATE TABLE cut (
    position INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    at INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    segment TEXT NOT NULL
);

CREATE TABLE kept (
    position INTEGER PRIMARY KEY,
    before BLOB NOT NULL
);

-- What is to be done about the file as a whole. `vacuum`: pages may hold bytes of content that is long gone, as those of
-- a file do that was begun without SQLite's secure_delete.
CREATE TABLE due (
    work TEXT PRIMARY KEY
);

INSERT INTO due SELECT 'vacuum' WHERE EXISTS (SELECT 1 FROM frames);
