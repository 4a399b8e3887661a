-- Four parts of the index instead of two before they are merged: a quarter less work for each write, and a thirtieth more
-- for a question until the file is closed and all parts become one.
INSERT INTO term (term, rank) VALUES ('automerge', 4);
