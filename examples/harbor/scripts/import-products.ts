// Imports a supplier's price list: npx tsx scripts/import-products.ts <organisationId> prices.csv
import 'dotenv/config';
import fs from 'node:fs';
import { parseOrderCsv } from 'express-csv-order-import';
import { pool } from '../src/db.js';

const [organisationId, file] = process.argv.slice(2);
const rows = parseOrderCsv(fs.readFileSync(file, 'utf8'), { columns: ['name', 'sku', 'price', 'stock'] });

for (const row of rows) {
  await pool.query('INSERT INTO products (organisation_id, name, sku, price, stock) VALUES ($1, $2, $3, $4, $5)', [
    organisationId,
    row.name,
    row.sku,
    row.price,
    row.stock,
  ]);
}

console.log(`Imported ${rows.length} products`);
await pool.end();
