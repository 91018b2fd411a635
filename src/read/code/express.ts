import type { Place } from '../../model/words.ts';
import type { Expr } from './facts.ts';
import type { KnownCall, Machine } from './machine.ts';
import type { Frame, SourceFile, Value } from './value.ts';
import { keyOf, NEXT, REQ, RES } from './value.ts';
import type { Visit } from './visit.ts';

/** A middleware, handler or router as it was handed over. */
export interface Link {
  readonly value: Value;
  readonly name: string;
  /** The function that a wrapper such as `asyncHandler(fn)` was given. */
  readonly inner: Extract<Value, { k: 'fn' }> | null;
  readonly where: Place;
}

interface Entry {
  readonly kind: 'route' | 'use' | 'param';
  readonly method: string;
  readonly paths: readonly string[];
  readonly links: readonly Link[];
  readonly where: Place;
}

interface Node {
  readonly site: string;
  readonly kind: 'Application' | 'Router';
  readonly file: SourceFile;
  readonly entries: Entry[];
  readonly keys: Set<string>;
  mounted: boolean;
}

/** An endpoint with all that stands in front of it, in order. */
export interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly where: Place;
  readonly guards: readonly Link[];
  readonly handler: Link | null;
  readonly app: SourceFile;
}

/** Collects what Express applications register, and puts routers together. */
export class ExpressRoutes {
  private readonly nodes = new Map<string, Node>();
  private readonly machine: () => Machine;

  constructor(machine: () => Machine) {
    this.machine = machine;
  }

  /** A call on an application or router; the receiver is what it returns, for chaining. */
  register(call: KnownCall): Value | undefined {
    const receiver = call.receiver;
    if (receiver?.k !== 'inst' || call.expr.k === 'tag') return undefined;
    const verb = call.symbol.slice(call.symbol.lastIndexOf('.') + 1);
    if (receiver.symbol === 'npm:express#Route') {
      const base = receiver.on;
      if (base?.k === 'inst') this.add(base, call, 'route', verb, paths(receiver.args[0]), 0);
      return receiver;
    }
    if (call.means === 'route') {
      if (verb === 'get' && call.args.length < 2) return undefined;
      this.add(receiver, call, 'route', verb, paths(call.args[0]), 1);
      return receiver;
    }
    if (call.means === 'mount') {
      const first = call.args[0];
      const hasPath = first !== undefined && isPath(first);
      this.add(receiver, call, 'use', 'use', hasPath ? paths(first) : ['/'], hasPath ? 1 : 0);
      return receiver;
    }
    if (call.means === 'param') {
      const name = call.args[0];
      if (name?.k === 'lit') this.add(receiver, call, 'param', String(name.v), ['/'], 1);
      return receiver;
    }
    return undefined;
  }

  private add(
    receiver: Extract<Value, { k: 'inst' }>,
    call: KnownCall,
    kind: Entry['kind'],
    method: string,
    at: readonly string[],
    skip: number,
  ): void {
    const node = this.node(receiver, call.frame.file);
    const links: Link[] = [];
    const exprs = call.expr.k === 'call' ? call.expr.a : [];
    call.args.slice(skip).forEach((value, index) => this.link(value, exprs[index + skip], call.frame, call.where, links));
    const key = `${call.frame.file.path}:${call.expr.i}:${method}:${at.join()}:${links.map((link) => keyOf(link.value)).join()}`;
    if (node.keys.has(key)) return;
    node.keys.add(key);
    node.entries.push({ kind, method, paths: at, links, where: call.where });
    for (const { value } of links) if (value.k === 'inst') this.node(value, call.frame.file).mounted = true;
  }

  private node(value: Extract<Value, { k: 'inst' }>, file: SourceFile): Node {
    let node = this.nodes.get(value.site);
    if (node === undefined) {
      node = {
        site: value.site,
        kind: value.symbol.endsWith('Application') ? 'Application' : 'Router',
        file,
        entries: [],
        keys: new Set(),
        mounted: false,
      };
      this.nodes.set(value.site, node);
    }
    return node;
  }

  private link(value: Value, expr: Expr | undefined, frame: Frame, where: Place, out: Link[]): void {
    if (value.k === 'arr') {
      value.items.forEach((item, index) => this.link(item, expr?.k === 'arr' ? expr.a[index] : expr, frame, where, out));
      return;
    }
    if (value.k === 'either') {
      const useful = value.of.filter((one) => one.k === 'fn' || one.k === 'inst' || one.k === 'result');
      if (useful.length > 0) {
        for (const one of useful.slice(0, 1)) this.link(one, expr, frame, where, out);
        return;
      }
    }
    let inner: Link['inner'] = null;
    if (expr?.k === 'call') {
      for (const arg of expr.a) {
        if (arg.k !== 'fn' && arg.k !== 'var' && arg.k !== 'get') continue;
        const given = this.machine().eval(arg, frame);
        if (given.k === 'fn' && parameters(given) <= 3) inner = given;
      }
    }
    const line = value.k === 'fn' ? value.file.facts.functions[value.fn] : undefined;
    out.push({
      value,
      name:
        nameOf(inner !== null && expr?.k === 'call' ? (expr.a.find((arg) => arg.k !== 'fn') ?? expr) : expr, frame.file) ??
        (value.k === 'fn' ? (value.file.facts.functions[value.fn]?.n ?? 'anonymous') : 'anonymous'),
      inner,
      where: value.k === 'fn' && line !== undefined ? { file: value.file.path, line: line.l, endLine: line.e } : where,
    });
  }

  /** All endpoints of applications that nothing mounts, in registration order. */
  endpoints(importedFiles: ReadonlySet<string>): { endpoints: Endpoint[]; unmounted: Place[] } {
    const endpoints: Endpoint[] = [];
    const unmounted: Place[] = [];
    for (const node of this.nodes.values()) {
      if (node.mounted || !node.entries.some((entry) => entry.kind !== 'param')) continue;
      // A router whose file nobody imports is loaded by its name at start.
      if (node.kind === 'Application' || !importedFiles.has(node.file.path)) this.expand(node, '', [], node.file, endpoints, new Set());
      else if (node.entries[0] !== undefined) unmounted.push(node.entries[0].where);
    }
    return { endpoints, unmounted };
  }

  private expand(node: Node, prefix: string, before: readonly Link[], app: SourceFile, out: Endpoint[], on: Set<Node>): void {
    if (on.has(node) || on.size > 12 || out.length > 20_000) return;
    on.add(node);
    const active: { path: string; links: readonly Link[] }[] = [];
    const params = new Map<string, readonly Link[]>();
    const guardsAt = (path: string) => [
      ...before,
      ...active.filter((one) => covers(one.path, path)).flatMap((one) => one.links),
      ...[...params].filter(([name]) => path.split('/').includes(`:${name}`)).flatMap(([, links]) => links),
    ];
    for (const entry of node.entries) {
      if (entry.kind === 'param') {
        params.set(entry.method, entry.links.slice(0, 1));
        continue;
      }
      for (const path of entry.paths) {
        if (entry.kind === 'use') {
          const guards: Link[] = [];
          for (const link of entry.links) {
            if (link.value.k === 'inst' && this.nodes.has(link.value.site)) {
              const child = this.nodes.get(link.value.site) as Node;
              this.expand(child, join(prefix, path), [...guardsAt(path), ...guards], app, out, on);
            } else if (!isErrorHandler(link.value)) guards.push(link);
          }
          // Middleware beside a router acts before it and then, for this path, on all that follows.
          if (guards.length > 0) active.push({ path, links: guards });
          continue;
        }
        const links = entry.links.filter((link) => !isErrorHandler(link.value));
        const last = links.at(-1);
        const wild = /[*]|^\/.*\/$/.test(path);
        if ((entry.method === 'all' && wild && last !== undefined && callsNext(this.machine(), last)) || last === undefined) {
          if (last !== undefined) active.push({ path: path.replace(/\/?\*.*$/, '') || '/', links });
          continue;
        }
        out.push({
          method: entry.method === 'all' ? 'ALL' : entry.method.toUpperCase(),
          path: join(prefix, path),
          where: entry.where,
          guards: [...guardsAt(path), ...links.slice(0, -1)],
          handler: last,
          app,
        });
      }
    }
    on.delete(node);
  }
}

/** Follows a middleware or handler as Express calls it. */
export function follow(machine: Machine, link: Link): Visit[] {
  const visits: Visit[] = [];
  const run = (value: Value) => {
    const visit = machine.apply(value, [REQ, RES, NEXT]);
    if (visit !== null) visits.push(visit);
  };
  if (link.value.k === 'fn') run(link.value);
  else if (link.value.k === 'obj') for (const value of link.value.keys.values()) run(value);
  if (link.value.k === 'result') for (const arg of link.value.args) if (arg.k === 'fn') run(arg);
  if (link.inner !== null) run(link.inner);
  return visits;
}

function callsNext(machine: Machine, link: Link): boolean {
  return follow(machine, link).some((visit) => visit.outcome.next);
}

function isErrorHandler(value: Value): boolean {
  return value.k === 'fn' && parameters(value) === 4;
}

function parameters(value: Extract<Value, { k: 'fn' }>): number {
  return value.file.facts.functions[value.fn]?.p.length ?? 0;
}

function isPath(value: Value): boolean {
  if (value.k === 'lit') return typeof value.v === 'string';
  if (value.k === 'arr') return value.items.length > 0 && value.items.every(isPath);
  if (value.k === 'either') return value.of.some(isPath);
  return value.k === 're' || value.k === 'tpl' || value.k === 'env';
}

/** The paths a value stands for; what cannot be known is written `{unknown}`. */
function paths(value: Value | undefined): string[] {
  if (value === undefined) return ['/'];
  if (value.k === 'arr') return value.items.flatMap(paths);
  return [pathText(value)];
}

function pathText(value: Value): string {
  switch (value.k) {
    case 'lit':
      return String(value.v ?? '');
    case 're':
      return `/${value.v}/`;
    case 'tpl':
      return value.parts.reduce((text, part, index) => text + pathText(value.holes[index - 1] ?? { k: 'unknown' }) + part);
    case 'env':
      return value.fallback === null ? '{unknown}' : pathText(value.fallback);
    case 'either': {
      const found = value.of.find((one) => one.k === 'lit' || one.k === 'tpl') ?? value.of.find((one) => one.k === 'env');
      return found === undefined ? '{unknown}' : pathText(found);
    }
    case 'guarded':
      return pathText(value.of);
    default:
      return '{unknown}';
  }
}

function join(prefix: string, path: string): string {
  const whole = `${prefix}/${path}`.replace(/\/{2,}/g, '/');
  return whole.length > 1 && !/^\/.*[$^\\].*\/$/.test(path) ? whole.replace(/\/$/, '') : whole;
}

/** True when middleware mounted at `at` runs for `path`. */
function covers(at: string, path: string): boolean {
  const guard = at.split('/').filter((part) => part !== '');
  const route = path.split('/').filter((part) => part !== '');
  return guard.every((part, index) => part.startsWith('*') || part.startsWith(':') || part === '{*splat}' || part === route[index]);
}

function nameOf(expr: Expr | undefined, file: SourceFile): string | null {
  switch (expr?.k) {
    case 'var': {
      const name = file.facts.bindings[expr.b]?.n ?? null;
      return name === null || name.startsWith('%') ? null : name;
    }
    case 'glo':
      return expr.n;
    case 'get': {
      const object = nameOf(expr.o, file);
      return object === null ? expr.n : `${object}.${expr.n}`;
    }
    case 'call': {
      if (expr.f.k === 'get' && expr.f.n === 'bind') return nameOf(expr.f.o, file);
      return nameOf(expr.f, file);
    }
    case 'this':
      return 'this';
    case 'imp':
      return expr.n;
    default:
      return null;
  }
}
