CREATE TYPE kind AS ENUM ('savings', 'checking');
CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, password text NOT NULL);
-- Its parent comes later in the alphabet and in this file.
CREATE TABLE account_holds (
  id uuid PRIMARY KEY,
  wallet_id integer NOT NULL,
  reason text,
  api_token text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE wallets (
  id serial PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users (id),
  number varchar(12) NOT NULL UNIQUE,
  kind kind NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'closed')),
  balance numeric(12, 2) NOT NULL DEFAULT 0,
  credit_limit numeric(12, 2) NOT NULL DEFAULT 0,
  labels text[] NOT NULL,
  settings jsonb NOT NULL,
  twice numeric GENERATED ALWAYS AS (balance * 2) STORED
);
-- Nothing that we make up fits here.
CREATE TABLE riddles (id serial PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id), answer text NOT NULL CHECK (answer = 'forty-two'));
CREATE TABLE audit_logs (id serial PRIMARY KEY, user_id integer REFERENCES users (id), entry text);
CREATE TABLE countries (id serial PRIMARY KEY, name text NOT NULL);
