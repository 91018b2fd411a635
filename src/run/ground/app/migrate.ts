import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pg from 'pg';
import { messageOf, SeaworthyError } from '../../../model/errors.ts';
import type { Layout } from '../layout.ts';
import { postgresPort, superuser } from '../postgres.ts';
import type { Seal } from '../seal.ts';
import { splitStatements } from '../wire/split.ts';
import { runToEnd } from './app.ts';
import type { Logs } from './logs.ts';
import type { MigrationPlan } from './migrations.ts';
import type { Surroundings } from './plan.ts';
import { upPart, withoutPsql } from './sql-files.ts';
import { supabasePreamble } from './supabase.ts';

/**
 * Runs the app's migrations as the app's own role, over the wire. What fails does not keep the rest from being done: at the
 * end, `boot-failed` names it, and what worked stays.
 */
export async function migrate(
  seal: Seal,
  layout: Layout,
  plan: MigrationPlan,
  app: Surroundings,
  wirePort: number,
  logs: Logs,
): Promise<void> {
  if (plan.kind === 'none') return;
  if (plan.kind === 'command') return runCommand(seal, layout, plan, app, logs);
  if (plan.platform === 'supabase') await asSuperuser(layout, supabasePreamble);
  const failures: string[] = [];
  const client = new pg.Client({ host: '127.0.0.1', port: wirePort, user: 'app', password: 'app', database: 'app' });
  client.on('error', () => {}); // the query at hand reports it
  await client.connect();
  try {
    for (const file of plan.files)
      failures.push(...(await applyFile(client, join(layout.copy, relative(layout.app, app.cwd), file), file)));
  } finally {
    await client.end();
  }
  const [first, ...others] = failures;
  if (first === undefined) return;
  const more =
    others.length === 0 ? '' : `; ${others.length} more ${others.length === 1 ? 'statement' : 'statements'} failed, such as: ${others[0]}`;
  throw new SeaworthyError('boot-failed', `${first}${more}`);
}

async function runCommand(
  seal: Seal,
  layout: Layout,
  plan: MigrationPlan & { kind: 'command' },
  app: Surroundings,
  logs: Logs,
): Promise<void> {
  if (plan.build !== undefined) await runToEnd(seal, layout, app, plan.build, logs);
  const code = await runToEnd(seal, layout, app, plan.command, logs);
  if (code === 0) return;
  throw new SeaworthyError(
    'boot-failed',
    `the migrations failed (${plan.from} ended with code ${code}); its last lines:\n${logs.tail(15)}\n${plan.hint === undefined ? '' : `${plan.hint};\n`}if they are run in another way, add "migrate": "..." to seaworthy.json, or null when there are none`,
  );
}

async function asSuperuser(layout: Layout, text: string): Promise<void> {
  const client = new pg.Client({ host: layout.socket, port: postgresPort, user: superuser, database: 'app' });
  client.on('error', () => {}); // the query at hand reports it
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Statements about roles, owners and whole databases: the ground has one of each, and the app needs no other. */
const ofTheServer =
  /^(?:create|alter|drop)\s+(?:database|role|user|group)\b|^alter\s[\s\S]*\sowner\s+to\s|^(?:grant|revoke)\s|^alter\s+default\s+privileges\b|^comment\s+on\s+extension\b|^set\s+(?:session\s+authorization|role)\b/i;

/** What PostgreSQL says of every statement of a transaction after one has failed. */
const abortedAlready = '25P02';

/** Runs every statement of a file; gives a sentence about each that failed. */
async function applyFile(client: pg.Client, path: string, name: string): Promise<string[]> {
  const failures: string[] = [];
  for (const statement of splitStatements(withoutPsql(upPart(await readFile(path, 'utf8'))))) {
    try {
      await client.query(statement);
    } catch (thrown) {
      const code = thrown instanceof pg.DatabaseError ? thrown.code : undefined;
      if (code === abortedAlready || ofTheServer.test(bare(statement))) continue;
      failures.push(`the migration ${name} failed: ${messageOf(thrown)}; the statement was: ${oneLine(statement)}`);
      if (code === undefined) break; // the connection is gone
    }
  }
  // A transaction or a search path that the file left behind would lead the next one astray.
  await client.query('ROLLBACK').catch(() => {});
  await client.query('RESET ALL').catch(() => {});
  return failures;
}

function bare(statement: string): string {
  return statement.replace(/--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\//g, ' ').trim();
}

function oneLine(statement: string): string {
  const text = bare(statement).replace(/\s+/g, ' ');
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
