import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestCluster } from '../../src/run/ground/wire/cluster.testing.ts';

/** An example as its owner would run it for tests: nobody seals or watches it. */
export interface Served {
  readonly url: string;
  readonly databaseUrl: string;
  stop(): Promise<void>;
}

/** Starts one of the two examples on a fresh database, with everything outside answered by one server that says yes. */
export async function served(dir: string, cluster: TestCluster, database: string): Promise<Served> {
  const admin = await cluster.connect();
  await admin.query(`CREATE DATABASE ${database}`);
  await admin.end();
  const databaseUrl = `postgres://postgres@localhost/${database}?host=${cluster.socketDir}`;
  const outside = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ id: 'ch_1', status: 'succeeded', choices: [{ message: { role: 'assistant', content: 'yes' } }], usage: {} }),
      );
    });
  });
  const port = await portOf(outside);
  const own = createServer();
  const appPort = await portOf(own);
  await new Promise((resolve) => own.close(resolve));
  const elsewhere = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    PORT: String(appPort),
    APP_URL: `http://127.0.0.1:${appPort}`,
    DATABASE_URL: databaseUrl,
    JWT_SECRET: 'for this test and no other, long enough',
    PAYMENTS_API_URL: elsewhere,
    STRIPE_SECRET_KEY: 'sk_test_nothing',
    WEBHOOK_SECRET: 'for this test and no other',
    MAIL_API_URL: elsewhere,
    MAIL_API_KEY: 'nothing',
    MAIL_FROM: 'harbor@example.com',
    OPENAI_BASE_URL: elsewhere,
    OPENAI_API_KEY: 'nothing',
    OPENAI_MODEL: 'nothing',
  };
  await promisify(execFile)(process.execPath, ['--import', 'tsx', join('src', 'migrate.ts')], { cwd: dir, env });
  const app = spawn(process.execPath, ['--import', 'tsx', join('src', 'server.ts')], {
    cwd: dir,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  app.stderr.on('data', (chunk) => (log = `${log}${String(chunk)}`.slice(-2_000)));
  const url = `http://127.0.0.1:${appPort}`;
  while (!(await fetch(`${url}/api/health`).catch(() => null))?.ok) {
    if (app.exitCode !== null) throw new Error(`the example ended: ${log}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    databaseUrl,
    async stop() {
      const gone = new Promise((resolve) => app.once('exit', resolve));
      app.kill('SIGKILL');
      await gone;
      outside.closeAllConnections();
      await new Promise((resolve) => outside.close(resolve));
    },
  };
}

async function portOf(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/**
 * Runs test files of the example with the runner that its test script names, and says how each ended: `passed`, `skipped`, `flaw` (an
 * assertion did not hold), or what else went wrong in its own words.
 */
export async function runTests(dir: string, files: readonly string[], env: Readonly<Record<string, string>>): Promise<Map<string, string>> {
  const ran = promisify(execFile)(process.execPath, ['--import', 'tsx', '--test', '--test-reporter=junit', ...files], {
    cwd: dir,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    maxBuffer: 32 * 1024 * 1024,
  });
  // Failing tests are what is asked for.
  const { stdout } = await ran.catch((error: { stdout: string }) => error);
  const cases = stdout.split('<testcase').slice(1);
  return new Map(
    files.map((file) => {
      const own = cases.filter((one) => one.includes(`file="${join(dir, file)}"`)).join('\n');
      const failure = /message="([^"]*)"/.exec(own)?.[1];
      if (own === '') return [file, 'it did not run'];
      if (own.includes('<skipped')) return [file, 'skipped'];
      return [file, failure === undefined ? 'passed' : own.includes('ERR_ASSERTION') ? 'flaw' : failure];
    }),
  );
}
