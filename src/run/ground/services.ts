import { connect } from 'node:net';
import { SeaworthyError } from '../../model/errors.ts';
import { readManifest, workspaceRoot } from './app/manifest.ts';
import { pythonPackages } from './app/python.ts';
import type { Layout } from './layout.ts';
import { startProgram, type Program } from './programs.ts';
import { findProgram, type Jail, type Seal } from './seal.ts';

/** A service beside Postgres that apps need, and the ground offers where this machine has it. */
export interface Service {
  readonly name: string;
  /** One of these packages of npm or Python shows that an app speaks to it. */
  readonly packages: readonly string[];
  /** Programs that are it, the preferred one first. */
  readonly programs: readonly string[];
  /** The package of Debian and Ubuntu that brings the first of them. */
  readonly debian: string;
  readonly port: number;
  /** What starts it on loopback, without anything kept on disk. */
  readonly args: readonly string[];
  /** What it is told on its port, and how its answer begins when it is ready. */
  readonly greeting: { readonly ask: string; readonly answer: string };
  /** What makes it forget everything. */
  readonly forget: { readonly ask: string; readonly answer: string };
  /** Source of a regular expression for variables that lead to it; one with a word of `but` in its name does not. */
  readonly variables: string;
  readonly but: string;
  readonly scheme: string;
}

/** A service with the program that is to be started. */
export interface FoundService extends Service {
  readonly program: string;
}

/** The services that an app speaks to: those that this machine has, and those that it has not. */
export interface Services {
  readonly found: readonly FoundService[];
  readonly missing: readonly Service[];
}

const services: readonly Service[] = [
  {
    name: 'Redis',
    packages: [
      ...['redis', 'ioredis', 'bullmq', 'bull', 'bee-queue', 'connect-redis', 'rate-limit-redis', 'cache-manager-redis-store'],
      ...['@keyv/redis', '@socket.io/redis-adapter', '@fastify/redis', 'django-redis', 'flask-session', 'rq', 'celery', 'arq'],
    ],
    programs: ['redis-server', 'valkey-server'],
    debian: 'redis-server',
    port: 6379,
    args: [
      ...['--bind', '127.0.0.1', '--port', '6379', '--dir', '/tmp', '--save', '', '--appendonly', 'no'],
      // Queues refuse to work where keys may be thrown away.
      ...['--maxmemory', '256mb', '--maxmemory-policy', 'noeviction', '--databases', '16'],
    ],
    greeting: { ask: 'PING\r\n', answer: '+PONG' },
    forget: { ask: 'FLUSHALL\r\n', answer: '+OK' },
    variables: '(?:^|_)(?:REDIS|VALKEY|IOREDIS|BULL|BULLMQ|CELERY_BROKER|CELERY_RESULT)(?:_|$)',
    but: 'UPSTASH|_REST_|_TOKEN$|SENTINEL|CLUSTER',
    scheme: 'redis',
  },
];

const patienceMs = 10_000;

/** Finds the services that the unit in `dir`, or the workspace around it, speaks to. */
export function findServices(dir: string, path = process.env['PATH'] ?? '', usual = ['/usr/local/bin', '/usr/bin']): Services {
  const names = [dir, workspaceRoot(dir)].flatMap((at) => [...readManifest(at).dependencies, ...pythonPackages(at)]);
  const wanted = services.filter(({ packages }) => packages.some((each) => names.includes(each)));
  const found = wanted.flatMap((service) => {
    const program = service.programs.map((each) => findProgram(each, [path, ...usual].join(':'))).find((each) => each);
    return program ? [{ ...service, program }] : [];
  });
  return { found, missing: wanted.filter(({ name }) => !found.some((each) => each.name === name)) };
}

/** What variables of an app become so that they lead to the services; null for one that is to be left unset. */
export function leadToServices(
  found: readonly FoundService[],
  names: readonly string[],
  sample: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const led: Record<string, string | null> = {};
  for (const { variables, but, scheme, port } of found) {
    for (const name of names) {
      const says = sample[name] ?? '';
      if (new RegExp(but).test(name)) continue;
      if (says.startsWith(`${scheme}://`)) led[name] = `${scheme}://127.0.0.1:${port}${/\/\d+$/.exec(says)?.[0] ?? ''}`;
      else if (!new RegExp(variables).test(name)) continue;
      else if (/(?:URL|URI|DSN|CONNECTION|STRING|BACKEND)$/.test(name) || /^(?:\w*_)?(?:REDIS|VALKEY)$/.test(name))
        led[name] = `${scheme}://127.0.0.1:${port}`;
      else if (/(?:HOST|HOSTNAME|SERVER|ADDRESS)$/.test(name)) led[name] = '127.0.0.1';
      else if (name.endsWith('PORT')) led[name] = String(port);
      // It asks for no password, and refuses one.
      else if (/(?:PASSWORD|PASS|USER|USERNAME|AUTH)$/.test(name)) led[name] = null;
      else if (/(?:TLS|SSL)(?:_ENABLED)?$/.test(name)) led[name] = 'false';
      else if (/(?:DB|DATABASE|INDEX)$/.test(name)) led[name] = '0';
    }
  }
  return led;
}

/** Running services. */
export interface RunningServices {
  readonly ports: readonly number[];
  /** Makes all of them forget what the app has told them. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts services inside the inner wall, on the ground's loopback, and waits until they answer. Throws `ground-failed`. */
export async function startServices(seal: Seal, layout: Layout, wanted: readonly FoundService[]): Promise<RunningServices> {
  const running: Program[] = [];
  for (const service of wanted) {
    const said: string[] = [];
    const jail: Jail = {
      user: 'app',
      cwd: '/tmp',
      writable: [],
      readOnly: [],
      etc: layout.etc,
      network: true,
      home: null,
      programs: true,
    };
    const program = startProgram(seal, jail, [service.program, ...service.args], { PATH: '/usr/bin:/bin', TMPDIR: '/tmp' }, (line) => {
      said.push(line);
    });
    running.push(program);
    let over = false;
    void program.ended.then(() => (over = true));
    const started = performance.now();
    while (!(await told(service.port, service.greeting))) {
      if (over || performance.now() - started > patienceMs)
        throw new SeaworthyError('ground-failed', `${service.name} did not start: ${said.slice(-3).join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return {
    ports: wanted.map(({ port }) => port),
    async forget() {
      for (const { name, port, forget } of wanted) {
        if (!(await told(port, forget))) throw new SeaworthyError('ground-failed', `${name} could not be emptied`);
      }
    },
    async stop() {
      await Promise.all(running.map((program) => program.kill()));
    },
  };
}

/** Says something to a port of ours; whether the answer is the one expected. */
function told(port: number, { ask, answer }: Service['greeting']): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(ask));
    let heard = '';
    const end = (well: boolean) => {
      socket.destroy();
      resolve(well);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      if (heard.includes('\n')) end(heard.startsWith(answer));
    });
  });
}
