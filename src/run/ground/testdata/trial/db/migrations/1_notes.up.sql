CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE TYPE mood AS ENUM ('good', 'bad; really');
CREATE TABLE notes (id serial PRIMARY KEY, body text NOT NULL, mood mood, kind text CHECK (kind IN ('a', 'b')));
