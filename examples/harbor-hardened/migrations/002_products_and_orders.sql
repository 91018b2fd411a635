-- (id, organisation_id) is unique so that rows of one tenant can only refer to rows of the same tenant.
CREATE TABLE products (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id BIGINT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  sku TEXT,
  description TEXT,
  price_cents BIGINT NOT NULL CHECK (price_cents BETWEEN 0 AND 100000000000),
  stock INTEGER NOT NULL DEFAULT 0 CHECK (stock >= 0),
  is_public BOOLEAN NOT NULL DEFAULT true,
  archived_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  UNIQUE (id, organisation_id)
);
CREATE UNIQUE INDEX products_sku ON products (organisation_id, sku) WHERE archived_at IS NULL;
CREATE INDEX products_name ON products (organisation_id, name) WHERE archived_at IS NULL;

CREATE TABLE orders (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id BIGINT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  created_by BIGINT REFERENCES users (id) ON DELETE SET NULL,
  customer_name TEXT NOT NULL CHECK (length(customer_name) BETWEEN 1 AND 200),
  customer_email TEXT,
  status TEXT NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'confirmed', 'shipped', 'delivered', 'cancelled')),
  total_cents BIGINT NOT NULL CHECK (total_cents >= 0),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  UNIQUE (id, organisation_id)
);
CREATE INDEX orders_organisation_id ON orders (organisation_id, id DESC);
CREATE INDEX orders_created_by ON orders (created_by);

CREATE TABLE order_items (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id BIGINT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  order_id BIGINT NOT NULL,
  product_id BIGINT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  price_cents BIGINT NOT NULL CHECK (price_cents >= 0),
  FOREIGN KEY (order_id, organisation_id) REFERENCES orders (id, organisation_id) ON DELETE CASCADE,
  FOREIGN KEY (product_id, organisation_id) REFERENCES products (id, organisation_id),
  UNIQUE (order_id, product_id)
);
CREATE INDEX order_items_product_id ON order_items (product_id, organisation_id);
CREATE INDEX order_items_organisation_id ON order_items (organisation_id);

CREATE TABLE order_notes (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id BIGINT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  order_id BIGINT NOT NULL,
  author_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
  body TEXT NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  FOREIGN KEY (order_id, organisation_id) REFERENCES orders (id, organisation_id) ON DELETE CASCADE
);
CREATE INDEX order_notes_order_id ON order_notes (order_id, organisation_id, id);
CREATE INDEX order_notes_organisation_id ON order_notes (organisation_id, id DESC);
CREATE INDEX order_notes_author_id ON order_notes (author_id);

CREATE TABLE order_shares (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organisation_id BIGINT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  order_id BIGINT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  expires_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (order_id, organisation_id) REFERENCES orders (id, organisation_id) ON DELETE CASCADE
);
CREATE INDEX order_shares_order_id ON order_shares (order_id, organisation_id);
CREATE INDEX order_shares_organisation_id ON order_shares (organisation_id);
CREATE INDEX order_shares_expires_at ON order_shares (expires_at);
