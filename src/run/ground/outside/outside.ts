import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import type { Authority } from './certificates.ts';
import { openLedger } from './ledger.ts';
import { openNames } from './names.ts';
import { pagesAddress } from './pages.ts';
import { openRules } from './rules.ts';
import type { ServerlessDatabase } from './serverless.ts';
import { serveSmtp } from './smtp.ts';
import { openProviders } from './stubs/index.ts';
import { ollamaPort } from './stubs/models/ollama.ts';
import type { Mail, Outbound, Webhook, WebhookWish, WorldRule } from './types.ts';
import { serveUpgrade, serveWeb } from './web.ts';
import { composeWebhook } from './webhooks.ts';
import { openBusy, type World } from './world.ts';

/** The world as the app finds it: every name leads here, everything asked is recorded and answered. */
export interface Outside {
  since(seq: number): Outbound[];
  mails(seq: number): Mail[];
  /** Number of the ledger's latest row. */
  latest(): number;
  /** Pieces of work that will come to rest by themselves; not those that a rule holds up. */
  busy(): number;
  /** Puts a rule in force; its number. */
  add(rule: WorldRule): number;
  /** Numbers of the rows that a rule applied to. */
  applied(rule: number): number[];
  remove(rule: number): void;
  webhook(wish: WebhookWish, environment: Readonly<Record<string, string>>): Webhook;
  /** The providers forget what they were told. Ledger and rules stay. */
  forget(): void;
  /** TCP ports that belong to us and not to the app. */
  readonly ports: readonly number[];
  close(): void;
}

/** Where the outside world listens. */
export interface OutsidePorts {
  readonly dns: number;
  readonly http: readonly number[];
  readonly https: number;
  readonly smtp: readonly number[];
  readonly smtps: number;
}

/** Also the ports that mail catchers and mail providers offer beside the standard ones. */
const usual: OutsidePorts = { dns: 53, http: [80, ollamaPort], https: 443, smtp: [25, 587, 2525, 1025], smtps: 465 };

/** Connections stay open: one that we close while the app uses it again would look like a failure of the app. */
const patient = { keepAliveTimeout: 3_600_000, requestTimeout: 0 };

/** Opens the outside world on a loopback address: DNS, HTTP/1.1, HTTP/2 over TLS, SMTP. */
export async function openOutside(
  host: string,
  authority: Authority,
  database: ServerlessDatabase | null = null,
  ports: OutsidePorts = usual,
): Promise<Outside> {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  let providers = openProviders();
  let webhooks = 0;
  const world: World = { ledger: openLedger(), rules: openRules(), providers: () => providers, busy: openBusy(), database };
  const names = await openNames(host, ports.dns, (name, asker) => {
    const facts = { host: name, ...providers.named(name) };
    const force = world.rules.chooseName(facts, (rule) => {
      const row = world.ledger.begin({ ...facts, protocol: 'dns', method: 'A', path: '', url: `dns:${name}`, headers: {}, body: '' });
      row.rule = rule;
      if (asker === pagesAddress) row.by = 'page';
      world.ledger.finish(row, 'cut');
      return row.seq;
    });
    if (!force) return 'here';
    return force.rule.does?.do === 'unresolved' ? 'nowhere' : 'refused';
  });

  const listen = async (server: Server, port: number): Promise<number> => {
    servers.push(server);
    // Hang-ups and failed handshakes are the app's affair.
    for (const event of ['clientError', 'tlsClientError', 'sessionError'])
      server.on(event, (_error: Error, socket?: Socket) => socket?.destroy?.());
    server.on('connection', (socket: Socket) => {
      const { remotePort = 0 } = socket;
      sockets.add(socket);
      world.busy.connected(remotePort);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        world.busy.asked(remotePort);
      });
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
    });
  };
  const context = new Map<string, ReturnType<typeof createSecureContext>>();
  const SNICallback = (name: string, done: (error: null, context: ReturnType<typeof createSecureContext>) => void) => {
    const made = context.get(name) ?? createSecureContext(authority.leaf(name));
    if (context.size < 1_000) context.set(name, made);
    done(null, made);
  };
  const own = authority.leaf('localhost');
  const bound: number[] = [];
  for (const port of ports.http) {
    const plain = createServer(patient, (request, response) => void serveWeb(world, 'http', request, response));
    plain.on('upgrade', (request, socket, head) => serveUpgrade(world, 'http', request, socket, head));
    bound.push(await listen(plain, port));
  }
  const secure = createSecureServer(
    { ...own, SNICallback, allowHTTP1: true, ...patient },
    (request, response) => void serveWeb(world, 'https', request, response),
  );
  secure.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => serveUpgrade(world, 'https', request, socket, head));
  bound.push(await listen(Object.assign(secure, patient), ports.https));
  for (const port of ports.smtp)
    bound.push(
      await listen(
        createTcpServer((socket) => serveSmtp(world, authority, socket, { port, name: names.latest() })),
        port,
      ),
    );
  const smtps = createTlsServer({ ...own, SNICallback }, (socket) =>
    serveSmtp(world, authority, socket, { port: ports.smtps, name: names.latest() }),
  );
  bound.push(await listen(smtps, ports.smtps));

  return {
    since: (seq) => world.ledger.since(seq),
    mails: (seq) => world.ledger.mails(seq),
    latest: () => world.ledger.latest(),
    busy: () => world.busy.count(),
    add: (rule) => world.rules.add(rule),
    applied: (rule) => world.rules.applied(rule),
    remove: (rule) => world.rules.remove(rule),
    webhook: (wish, environment) =>
      composeWebhook(
        wish,
        providers.called(wish.provider),
        environment,
        createHash('sha256').update(`webhook ${++webhooks}`).digest('hex').slice(0, 24),
      ),
    forget() {
      providers = openProviders();
    },
    ports: bound,
    close() {
      names.close();
      database?.close();
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
