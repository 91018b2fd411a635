-- Demo workspace so that the app is not empty after the first start
INSERT INTO organisations (name, slug) VALUES ('Demo Trading', 'demo-trading');

INSERT INTO users (organisation_id, name, email, password_hash, role)
SELECT id, 'Demo Owner', 'demo@harbor.example', '$2a$10$EbZLQTOudA2JR7hwdzupW.3fGjYyC/i/lse4OdkmMruqBoqKZP51S', 'owner'
FROM organisations WHERE slug = 'demo-trading';

INSERT INTO wallets (organisation_id, balance)
SELECT id, 250 FROM organisations WHERE slug = 'demo-trading';

INSERT INTO organisation_settings (organisation_id)
SELECT id FROM organisations WHERE slug = 'demo-trading';

INSERT INTO products (organisation_id, name, sku, description, price, stock)
SELECT id, 'Oak pallet', 'PAL-01', 'Standard oak pallet, 120 x 80', 18.5, 140 FROM organisations WHERE slug = 'demo-trading';

INSERT INTO products (organisation_id, name, sku, description, price, stock)
SELECT id, 'Mooring rope 20 m', 'ROPE-20', 'Braided polyester rope', 42, 35 FROM organisations WHERE slug = 'demo-trading';
