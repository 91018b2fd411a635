/** Writes the JSON Schemas that are published with the package. `--check` writes nothing and fails when one is stale. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { configSchema } from '../src/config/schema.ts';
import { report } from '../src/model/report.ts';

const folder = join(import.meta.dirname, '..', 'schema');
const schemas = {
  // Editors check what a person writes; readers of reports get what the tool has written.
  'seaworthy.schema.json': z.toJSONSchema(configSchema, { io: 'input' }),
  'report.schema.json': z.toJSONSchema(report, { io: 'output' }),
};

const stale: string[] = [];
for (const [name, schema] of Object.entries(schemas)) {
  const path = join(folder, name);
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  stale.push(`schema/${name}`);
  if (process.argv.includes('--check')) continue;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, text);
}
if (process.argv.includes('--check') && stale.length > 0) {
  console.error(`Stale, run "node scripts/write-schemas.ts": ${stale.join(', ')}`);
  process.exitCode = 1;
} else console.log(stale.length > 0 ? `Wrote ${stale.join(', ')}` : 'Nothing to write.');
