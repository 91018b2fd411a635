CREATE TABLE accounts (id serial PRIMARY KEY, balance integer NOT NULL);
INSERT INTO accounts (balance) VALUES (100), (100);
