/** The process between client and Postgres, as in the proving ground: it hosts the wire, and beside it the same TCP hop without any thought. */
import { fork, type ChildProcess } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openWire } from '../src/run/ground/wire/wire.ts';

/** What was recorded until now. */
export interface Recorded {
  /** All of them. */
  readonly statements: number;
  readonly begins: number;
  readonly commits: number;
  readonly errors: number;
  readonly gaps: number;
  readonly open: number;
  /** Bytes of memory that the process holds. */
  readonly resident: number;
}

/** A running middle. */
export interface Middle {
  readonly ports: { readonly pipe: number; readonly wire: number };
  recorded(): Promise<Recorded>;
  stop(): void;
}

async function serve(socketDir: string, user: string): Promise<void> {
  const pipe = createServer((client) => {
    const upstream = connect(join(socketDir, '.s.PGSQL.5432'));
    client.setNoDelay(true);
    client.pipe(upstream);
    upstream.pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => pipe.listen(0, '127.0.0.1', resolve));
  const wire = await openWire({
    upstream: { socketDir, port: 5432 },
    listen: { host: '127.0.0.1', port: 0 },
    login: { user, database: 'postgres' },
  });
  let [statements, begins, commits, errors] = [0, 0, 0, 0];
  wire.onStatement(({ tag, error }) => {
    statements += 1;
    if (tag === 'BEGIN') begins += 1;
    if (tag === 'COMMIT') commits += 1;
    if (error) errors += 1;
  });
  process.on('disconnect', () => process.exit(0));
  process.on('message', () => {
    const resident = process.memoryUsage.rss();
    process.send?.({
      statements,
      begins,
      commits,
      errors,
      gaps: wire.gaps().length,
      open: wire.openStatements(),
      resident,
    } satisfies Recorded);
  });
  process.send?.({ pipe: (pipe.address() as AddressInfo).port, wire: wire.port });
}

/** Starts a middle before a Postgres; who comes through its wire is let in as `user`. */
export async function startMiddle(socketDir: string, user: string): Promise<Middle> {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), ['serve', socketDir, user]);
  const told = <T>() => new Promise<T>((resolve) => child.once('message', (message) => resolve(message as T)));
  const ports = await told<Middle['ports']>();
  return {
    ports,
    recorded() {
      const answer = told<Recorded>();
      child.send('count');
      return answer;
    },
    stop: () => child.disconnect(),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === 'serve')
  await serve(process.argv[3] ?? '', process.argv[4] ?? 'postgres');
