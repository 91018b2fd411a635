-- Up
CREATE TABLE tags (note int REFERENCES notes (id) ON DELETE CASCADE, name text, UNIQUE (note, name));
-- Down
DROP TABLE tags;
