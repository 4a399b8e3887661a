-- So that names under which uses were counted go with the time, a few with each new one.
CREATE INDEX counted_by_time ON counted (at);
