CREATE TABLE people (name text PRIMARY KEY, session text UNIQUE);
CREATE TABLE orders (id serial PRIMARY KEY, person text NOT NULL REFERENCES people (name), thing text NOT NULL, note text);
INSERT INTO people VALUES ('ann', 'ann-session');
