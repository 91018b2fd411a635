CREATE TABLE people (
  id serial PRIMARY KEY,
  email text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  confirmation text,
  confirmed boolean NOT NULL DEFAULT false
);
CREATE TABLE sessions (id text PRIMARY KEY, person_id integer NOT NULL REFERENCES people (id));
