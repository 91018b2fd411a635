CREATE TABLE people (
  id serial PRIMARY KEY,
  email text NOT NULL UNIQUE,
  password_hash text NOT NULL
);
CREATE TABLE tickets (
  id serial PRIMARY KEY,
  person_id integer NOT NULL REFERENCES people (id),
  title text NOT NULL,
  body text NOT NULL DEFAULT ''
);
