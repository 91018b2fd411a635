-- Organisation settings
CREATE TABLE organisation_settings (
  organisation_id INTEGER PRIMARY KEY REFERENCES organisations(id),
  invoice_prefix TEXT NOT NULL DEFAULT 'INV',
  low_stock_threshold INTEGER NOT NULL DEFAULT 5,
  support_email TEXT
);
