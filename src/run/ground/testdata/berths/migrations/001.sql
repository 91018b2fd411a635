CREATE TABLE people (id serial PRIMARY KEY, email text NOT NULL UNIQUE, password text NOT NULL, token text);
CREATE TABLE berths (
  id serial PRIMARY KEY,
  person_id integer NOT NULL REFERENCES people (id),
  deck text NOT NULL,
  nights integer NOT NULL,
  wishes text NOT NULL
);
CREATE TABLE meals (
  id serial PRIMARY KEY,
  person_id integer NOT NULL REFERENCES people (id),
  berth_id integer NOT NULL REFERENCES berths (id),
  diet text NOT NULL
);
