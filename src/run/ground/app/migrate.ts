import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pg from 'pg';
import { messageOf, SeaworthyError } from '../../../model/errors.ts';
import type { Layout } from '../layout.ts';
import type { Seal } from '../seal.ts';
import { splitStatements } from '../wire/split.ts';
import { runToEnd } from './app.ts';
import type { Logs } from './logs.ts';
import { upPart, type MigrationPlan } from './migrations.ts';
import type { Surroundings } from './plan.ts';

/** Runs the app's migrations as the app's own role, over the wire. */
export async function migrate(
  seal: Seal,
  layout: Layout,
  plan: MigrationPlan,
  app: Surroundings,
  wirePort: number,
  logs: Logs,
): Promise<void> {
  if (plan.kind === 'command') {
    const code = await runToEnd(seal, layout, app, plan.command, logs);
    if (code === 0) return;
    throw new SeaworthyError(
      'boot-failed',
      `the migrations failed (${plan.from} ended with code ${code}); its last lines:\n${logs.tail(15)}\nif they are run in another way, add "migrate": "..." to seaworthy.json, or null when there are none`,
    );
  }
  if (plan.kind === 'none') return;
  const client = new pg.Client({ host: '127.0.0.1', port: wirePort, user: 'app', password: 'app', database: 'app' });
  client.on('error', () => {}); // the query at hand reports it
  await client.connect();
  try {
    for (const file of plan.files) await applyFile(client, join(layout.copy, relative(layout.app, app.cwd), file), file);
  } finally {
    await client.end();
  }
}

async function applyFile(client: pg.Client, path: string, name: string): Promise<void> {
  for (const statement of splitStatements(upPart(await readFile(path, 'utf8')))) {
    try {
      await client.query(statement);
    } catch (thrown) {
      throw new SeaworthyError(
        'boot-failed',
        `the migration ${name} failed: ${messageOf(thrown)}; the statement was: ${oneLine(statement)}`,
        { cause: thrown },
      );
    }
  }
}

function oneLine(statement: string): string {
  const text = statement
    .replace(/--[^\n]*\n/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
