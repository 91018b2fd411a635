-- Orders, line items and notes
CREATE TABLE orders (
  id SERIAL PRIMARY KEY,
  organisation_id INTEGER NOT NULL,
  created_by INTEGER,
  customer_name TEXT NOT NULL,
  customer_email TEXT,
  status TEXT NOT NULL DEFAULT 'pending',
  total REAL NOT NULL DEFAULT 0,
  share_token TEXT,
  created_at TIMESTAMP DEFAULT now()
);

CREATE TABLE order_items (
  id SERIAL PRIMARY KEY,
  order_id INTEGER NOT NULL,
  product_id INTEGER NOT NULL,
  quantity INTEGER NOT NULL,
  price REAL NOT NULL
);

CREATE TABLE order_notes (
  id SERIAL PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders(id),
  author_id INTEGER,
  author_name TEXT,
  body TEXT NOT NULL,
  created_at TIMESTAMP DEFAULT now()
);
