import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { postgresPort } from './postgres.ts';

/**
 * For tests: a connection to the app's database of the one ground that is open below `temporary`, past the ground and
 * as any role. Whoever takes it closes it before the ground.
 */
export async function openDoor(temporary: string, role: string): Promise<pg.Client> {
  const [host, ...others] = readdirSync(temporary)
    .map((name) => join(temporary, name, 'pg', 'run'))
    .filter((dir) => existsSync(join(dir, `.s.PGSQL.${postgresPort}`)));
  if (host === undefined || others.length > 0) throw new Error(`not one ground is open below ${temporary}`);
  const client = new pg.Client({ host, port: postgresPort, user: role, database: 'app' });
  await client.connect();
  return client;
}
