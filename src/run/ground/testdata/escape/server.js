import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { lookup, Resolver } from 'node:dns/promises';
import { mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { homedir } from 'node:os';
import pg from 'pg';

const reach = (where) =>
  new Promise((resolve) => {
    const socket = connect(where);
    socket.setTimeout(2000, () => resolve('timeout'));
    socket.on('connect', () => resolve('connected'));
    socket.on('error', (error) => resolve(error.code));
  });

/** Each does what it is told, as hard as it can, and says what came of it. */
const deeds = {
  write(path) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'was here');
    return 'written';
  },
  read: (path) => readFileSync(path, 'utf8'),
  list: (path) => readdirSync(path),
  connect: (address) =>
    reach({ host: address.slice(0, address.lastIndexOf(':')), port: Number(address.slice(address.lastIndexOf(':') + 1)) }),
  pipe: (path) => reach({ path }),
  datagram: (address) =>
    new Promise((resolve) => {
      const socket = createSocket('udp4');
      socket.on('error', (error) => resolve(error.code));
      socket.send('out', 53, address, (error) => resolve(error?.code ?? 'sent'));
    }),
  name: async (name) => (await lookup(name)).address,
  async nameServer(address) {
    const resolver = new Resolver({ timeout: 500, tries: 1 });
    resolver.setServers([address]);
    return resolver.resolve4('example.com');
  },
  run(command) {
    const done = spawnSync('sh', ['-c', command], { encoding: 'utf8', timeout: 8_000 });
    return `${done.stdout}${done.stderr}`.trim();
  },
  start(command) {
    const child = spawn('sh', ['-c', command], { detached: true, stdio: 'ignore' });
    child.unref();
    return `started ${child.pid}`;
  },
  /** Statements over the wire, one a line, as `user` of `database`; the last row or the first refusal. */
  async sql(text) {
    const { user, database, statements } = JSON.parse(text);
    const url = new URL(process.env.DATABASE_URL);
    if (user) url.username = user;
    if (database) url.pathname = database;
    const client = new pg.Client({ connectionString: url.href, ssl: false });
    client.on('error', () => {});
    await client.connect();
    try {
      let rows = [];
      for (const statement of statements) ({ rows } = await client.query(statement));
      return rows.at(-1) ?? null;
    } catch (error) {
      return `${error.code}: ${error.message}`;
    } finally {
      await client.end();
    }
  },
  self: () => ({
    home: homedir(),
    uid: process.getuid(),
    environment: process.env,
    status: readFileSync('/proc/self/status', 'utf8'),
    descriptors: readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`];
      } catch {
        return [];
      }
    }),
    processes: readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length,
    root: readdirSync('/'),
    devices: readdirSync('/dev').sort(),
  }),
};

createServer(async (request, response) => {
  const [, name, argument] = decodeURIComponent(request.url).match(/^\/(\w*)\??([\s\S]*)$/);
  let answer;
  try {
    answer = deeds[name] ? await deeds[name](argument) : null;
  } catch (error) {
    answer = error.code ?? error.message;
  }
  response.end(JSON.stringify(answer));
}).listen(process.env.PORT);
