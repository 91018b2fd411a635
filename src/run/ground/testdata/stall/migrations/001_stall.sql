CREATE TABLE users (
  id SERIAL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  bio TEXT,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL DEFAULT 'buyer' CHECK (role IN ('buyer', 'admin')),
  credits INTEGER NOT NULL DEFAULT 0,
  reset_code TEXT
);
CREATE TABLE sessions (token TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));
CREATE TABLE api_keys (id SERIAL PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), label TEXT NOT NULL, api_key TEXT NOT NULL);
CREATE TABLE products (id SERIAL PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL);
CREATE TABLE baskets (id SERIAL PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), note TEXT);
CREATE TABLE basket_lines (
  id SERIAL PRIMARY KEY,
  basket_id INTEGER NOT NULL REFERENCES baskets (id),
  product_id INTEGER NOT NULL REFERENCES products (id),
  quantity INTEGER NOT NULL,
  price INTEGER NOT NULL
);
INSERT INTO products (name, price) VALUES ('Jam', 450), ('Honey', 900);
