import type { LiveEndpoint } from '../../model/evidence/live.ts';
import type { Place } from '../../model/words.ts';
import { webSocketMethod } from './paths.ts';
import { follow } from './routers.ts';
import type { Endpoint } from './routers.ts';
import { judge } from './guard.ts';
import type { Guard } from './guard.ts';
import { addressOf, verifierOf } from './live-address.ts';
import type { Machine } from './machine.ts';
import type { KnownCall } from './listener.ts';
import { messagesOf } from './live-messages.ts';
import type { Handler } from './live-messages.ts';
import { compare } from './queries.ts';
import type { Route } from './routes.ts';
import { keyOf, NEXT, REQ, UNKNOWN } from './value.ts';
import type { SourceFile, Value } from './value.ts';
import { reach } from './visit.ts';
import type { Visit } from './visit.ts';

export type { LiveEndpoint };

type Made = Extract<Value, { k: 'inst' }>;

/** A server of live connections, or a namespace of one. */
export interface LiveServer {
  readonly made: Made;
  readonly file: SourceFile;
  readonly where: Place;
  /** Middleware, and what is called for every connection. */
  readonly before: Handler[];
  readonly connected: Handler[];
  /** What is called for what clients send. */
  readonly messages: Handler[];
  /** The code that hands connections to it: the first, second ... server that it does that for. */
  readonly upgrades: { readonly visit: Visit; readonly turn: number }[];
}

/** The bare connection of an upgrade, and what `verifyClient` is told of a client. */
const raw: Value = { k: 'inst', symbol: 'npm:ws#Raw', site: 'raw', args: [], on: null };
const client: Value = { k: 'obj', keys: new Map<string, Value>([['req', REQ]]), open: true, id: 'client' };

/** Collects servers of live connections (ws, socket.io, express-ws) and says what their endpoints are. */
export class LiveServers {
  private readonly servers = new Map<string, LiveServer>();
  /** Of express-ws: one a route. */
  private readonly routes = new Map<string, LiveServer>();
  private readonly upgrades: Handler[] = [];
  private readonly machine: () => Machine;
  /** The servers that the upgrade being followed hands connections to, in order. */
  private handedTo: LiveServer[] = [];

  constructor(machine: () => Machine) {
    this.machine = machine;
  }

  /** A call on a server or a connection; undefined where it is none of ours. */
  register(call: KnownCall): Value | undefined {
    const { receiver, args } = call;
    const event = args[0]?.k === 'lit' ? String(args[0].v) : '';
    switch (call.means) {
      case 'live-server': {
        const site = `${call.frame.file.path}:${call.expr.i}@${call.frame.id}`;
        const library = call.symbol.slice(0, call.symbol.indexOf('#') + 1);
        const made: Made = { k: 'inst', symbol: `${library}Server`, site, args: [...args], on: receiver };
        this.server(made, call);
        return made;
      }
      case 'live-on': {
        const made = receiver?.k === 'inst' && receiver.symbol.endsWith('.sockets') ? receiver.on : receiver;
        if (made?.k === 'inst' && /^connect(ion)?$/.test(event)) note(this.server(made, call).connected, args.at(-1), 'connection', call);
        return receiver ?? UNKNOWN;
      }
      case 'live-use':
        if (receiver?.k === 'inst') note(this.server(receiver, call).before, args[0], 'use', call);
        return receiver ?? UNKNOWN;
      case 'live-message':
        this.hear(call, event);
        return receiver ?? UNKNOWN;
      case 'live-close':
        this.machine().outcome.answer ??= 401;
        return UNKNOWN;
      case 'live-upgrade':
        if (receiver?.k === 'inst') this.handedTo.push(this.server(receiver, call));
        return UNKNOWN;
      case 'http-on':
        if (event !== 'upgrade') return undefined;
        note(this.upgrades, args[1], 'upgrade', call);
        return receiver ?? UNKNOWN;
      default:
        return undefined;
    }
  }

  /** `socket.on('message', ...)`; other events of a connection (its end, its errors) say nothing of what clients may do. */
  private hear(call: KnownCall, event: string): void {
    const { receiver, args } = call;
    if (receiver?.k !== 'inst') return;
    const site = receiver.site.slice('socket:'.length);
    const server = this.servers.get(site) ?? this.routes.get(site);
    const plain = receiver.symbol.startsWith('npm:ws#');
    const heard = plain ? event === 'message' : event !== '' && !/^(disconnect(ing)?|error|connect_error)$/.test(event);
    if (server && heard) note(server.messages, args.at(-1), event, call);
  }

  private server(made: Made, call: KnownCall): LiveServer {
    let server = this.servers.get(made.site);
    if (server === undefined) {
      server = newServer(made, call.frame.file, call.where);
      this.servers.set(made.site, server);
    }
    return server;
  }

  /** Follows what was registered; `endpoints` and `routes` are Express's. May be asked again once more is known. */
  describe(endpoints: readonly Endpoint[], routes: readonly Route[]): LiveEndpoint[] {
    for (const { fn } of this.upgrades) {
      this.handedTo = [];
      const visit = this.machine().apply(fn, [REQ, raw, UNKNOWN]);
      for (const [turn, server] of [...new Set(this.handedTo)].entries()) if (visit) server.upgrades.push({ visit, turn });
    }
    const rows = [
      ...[...this.servers.values()].flatMap((server) => this.ofServer(server)),
      ...endpoints.filter(({ method }) => method === webSocketMethod).map((endpoint) => this.ofRoute(endpoint)),
      ...streamsOf(this.machine(), endpoints, routes),
    ];
    const unique = new Map(rows.map((row) => [`${row.unit}\0${row.id}`, row]));
    return [...unique.values()].sort((a, b) => compare(a.unit, b.unit) || compare(a.id, b.id));
  }

  private ofServer(server: LiveServer): LiveEndpoint[] {
    const machine = this.machine();
    const { made, where } = server;
    const library = made.symbol.slice(0, made.symbol.indexOf('#'));
    const { path, port, namespace } = addressOf(server);
    // The main namespace of an application that only speaks in others.
    if (namespace === '/' && server.connected.length + server.before.length === 0) return [];
    const socket: Value = { k: 'inst', symbol: `${library}#Socket`, site: `socket:${made.site}`, args: [], on: null };
    const verifier = verifierOf(server);
    const steps = [
      ...(verifier ? [{ name: 'verifyClient', where, visit: machine.apply(verifier, [client, NEXT]) }] : []),
      ...server.upgrades.map(({ visit }) => ({ name: 'upgrade', where, visit })),
      ...server.before.map((one) => ({ name: nameOf(one), where: one.where, visit: machine.apply(one.fn, [socket, NEXT]) })),
      // What is called for a connection registers what is called for its messages.
      ...server.connected.map((one) => ({ name: 'connection', where: one.where, visit: machine.apply(one.fn, [socket, REQ]) })),
    ].flatMap((step) => (step.visit ? [{ ...step, visit: step.visit }] : []));
    const visits = steps.map(({ visit }) => visit);
    return [
      {
        id: namespace === null ? `WS ${path}` : `IO ${namespace}`,
        unit: server.file.unit,
        transport: namespace === null ? 'websocket' : 'socket.io',
        path,
        namespace,
        port,
        framework: library.slice('npm:'.length),
        where: server.connected[0]?.where ?? where,
        guards: steps.flatMap((step) => guardsOf(step.visit, step.name, step.where)),
        tokens: tokensOf(visits),
        messages: messagesOf(machine, server.messages, namespace !== null),
        reaches: reachesOf(visits),
      },
    ];
  }

  /** `app.ws('/path', ...guards, (socket, request) => ...)`. */
  private ofRoute({ path, where, app, guards, handler, framework }: Endpoint): LiveEndpoint {
    const machine = this.machine();
    const site = `${where.file}:${where.line}`;
    const server = this.routes.get(site) ?? newServer({ k: 'inst', symbol: 'npm:ws#Server', site, args: [], on: null }, app, where);
    this.routes.set(site, server);
    const socket: Value = { k: 'inst', symbol: 'npm:ws#Socket', site: `socket:${site}`, args: [], on: null };
    const own = handler ? machine.apply(handler.value, [socket, REQ]) : null;
    const before = guards.flatMap((link) => follow(machine, link, framework).flatMap((visit) => judge(visit, link.name, link.where) ?? []));
    const visits = own ? [own] : [];
    return {
      id: `WS ${path}`,
      unit: app.unit,
      transport: 'websocket',
      path,
      namespace: null,
      port: null,
      framework: 'express-ws',
      where,
      guards: [...before, ...visits.flatMap((visit) => guardsOf(visit, 'connection', where))],
      tokens: tokensOf(visits),
      messages: messagesOf(machine, server.messages, false),
      reaches: reachesOf(visits),
    };
  }
}

function newServer(made: Made, file: SourceFile, where: Place): LiveServer {
  return { made, file, where, before: [], connected: [], messages: [], upgrades: [] };
}

function note(list: Handler[], fn: Value | undefined, event: string, { where }: KnownCall): void {
  if (fn?.k !== 'fn' || list.some((one) => one.event === event && keyOf(one.fn) === keyOf(fn))) return;
  list.push({ event, fn, where });
}

function nameOf({ fn }: Handler): string {
  const name = fn.file.facts.functions[fn.fn]?.n ?? '';
  return name === '' || name.startsWith('<') ? 'use' : name;
}

function guardsOf(visit: Visit, name: string, where: Place): Guard[] {
  const guard = judge(visit, name, where);
  return guard && !guard.does.every((one) => one === 'other') ? [guard] : [];
}

/** Names under which the code looks for the token of who connects. */
function tokensOf(visits: readonly Visit[]): LiveEndpoint['tokens'] {
  const inputs = visits.flatMap((visit) => [...reach(visit)].flatMap((one) => [...(one.inputs?.values() ?? [])]));
  const names = (of: (input: (typeof inputs)[number]) => string | undefined): string[] =>
    [...new Set(inputs.flatMap((input) => of(input) ?? []))].sort(compare);
  return {
    query: names(({ from, path }) => (from === 'query' ? path[0] : undefined)),
    auth: names(({ from, path }) => (from === 'headers' && path[0] === 'auth' ? path[1] : undefined)),
  };
}

function reachesOf(visits: readonly Visit[]): string[] {
  const ids = visits.flatMap((visit) => [...reach(visit)].map(({ id }) => id));
  return [...new Set(ids)].filter((id) => !id.endsWith(':0')).sort(compare);
}

/** Express handlers of GET that answer with a stream of events. */
function streamsOf(machine: Machine, endpoints: readonly Endpoint[], routes: readonly Route[]): LiveEndpoint[] {
  const streams = endpoints.filter(
    ({ method, handler, framework }) =>
      /^(GET|ALL)$/.test(method) &&
      handler !== null &&
      follow(machine, handler, framework).some((visit) => [...reach(visit)].some((one) => one.means.has('event-stream'))),
  );
  return routes.flatMap((route) => {
    const stream = streams.find(({ method, path, app }) => app.unit === route.unit && `${method} ${path}` === route.id);
    if (!stream) return [];
    const visits = stream.handler ? follow(machine, stream.handler, stream.framework) : [];
    return [
      {
        id: `SSE ${route.path}`,
        unit: route.unit,
        transport: 'sse' as const,
        path: route.path,
        namespace: null,
        port: null,
        framework: route.framework,
        where: route.where,
        guards: [...route.guards, ...route.inline],
        tokens: tokensOf([...visits, ...stream.guards.flatMap((link) => follow(machine, link, stream.framework))]),
        messages: [],
        reaches: route.reaches,
      },
    ];
  });
}
