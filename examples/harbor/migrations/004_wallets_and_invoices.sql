-- Wallets and invoices
CREATE TABLE wallets (
  id SERIAL PRIMARY KEY,
  organisation_id INTEGER NOT NULL UNIQUE REFERENCES organisations(id),
  balance DOUBLE PRECISION NOT NULL DEFAULT 0
);

CREATE TABLE wallet_transactions (
  id SERIAL PRIMARY KEY,
  wallet_id INTEGER NOT NULL REFERENCES wallets(id),
  kind TEXT NOT NULL,
  amount DOUBLE PRECISION NOT NULL,
  reference TEXT,
  created_at TIMESTAMP DEFAULT now()
);

CREATE TABLE invoices (
  id SERIAL PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders(id),
  number TEXT NOT NULL,
  amount REAL NOT NULL,
  status TEXT NOT NULL DEFAULT 'open',
  created_at TIMESTAMP DEFAULT now(),
  paid_at TIMESTAMP
);
