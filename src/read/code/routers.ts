import type { Place } from '../../model/words.ts';
import type { Address } from './addressed.ts';
import type { Expr } from './facts.ts';
import type { Guard } from './guard.ts';
import { frameworks, frameworkOf } from './frameworks/index.ts';
import type { Framework } from './frameworks/index.ts';
import { NestSettings } from './frameworks/nest.ts';
import { registerWithWeb } from './frameworks/web.ts';
import { knowledgeOf } from './knowledge.ts';
import type { Handling, Machine } from './machine.ts';
import type { KnownCall } from './listener.ts';
import type { Frame, SourceFile, Value } from './value.ts';
import { covers, isPath, join, paths } from './paths.ts';
import { keyOf } from './value.ts';
import type { Visit } from './visit.ts';

/** An application, router or plugin. */
export type Instance = Extract<Value, { k: 'inst' }>;

/** An argument as it is and as it was written. */
export interface Given {
  readonly value: Value;
  readonly expr: Expr | undefined;
}

/** A schema by which a framework checks a part of the request before the handler. */
export interface Checked {
  readonly at: 'params' | 'query' | 'body' | 'headers' | 'cookies';
  readonly schema: Value;
  /** Where in that part it stands, if not at the top: a procedure's input is one field of the query. */
  readonly path?: readonly string[];
  /** False where the schema only describes, and nothing refuses what does not fit. */
  readonly enforced?: boolean;
}

/** A middleware, handler or router as it was handed over. */
export interface Link {
  readonly value: Value;
  readonly name: string;
  /** The function that a wrapper such as `asyncHandler(fn)` was given. */
  readonly inner: Extract<Value, { k: 'fn' }> | null;
  readonly where: Place;
  /** What it is called with, where that differs from what its framework hands over. */
  readonly args?: readonly Value[];
  /** What it returns decides whether the request goes on. */
  readonly decides?: true;
  /** The request that it is followed for, where it answers all requests and decides by itself. */
  readonly address?: Address;
  /** The endpoint that it is followed for, where its framework keeps the request apart. */
  readonly handling?: Handling;
  /** It asks which roles an endpoint wants, and this one names none. */
  readonly idle?: boolean;
  /** It asks for roles elsewhere; here everybody who is known may pass. */
  readonly anyRole?: boolean;
}

interface Entry {
  readonly kind: 'route' | 'use' | 'param';
  readonly method: string;
  readonly paths: readonly string[];
  readonly links: readonly Link[];
  readonly checked: readonly Checked[];
  readonly answers?: readonly Value[] | undefined;
  readonly where: Place;
  /** It is spared what stands in front of others from this package. */
  readonly without?: string | undefined;
}

interface Node {
  readonly site: string;
  readonly kind: 'Application' | 'Router';
  readonly framework: Framework;
  readonly file: SourceFile;
  readonly entries: Entry[];
  readonly keys: Set<string>;
  prefix: string;
  mounted: boolean;
}

/** An endpoint with all that stands in front of it, in order. */
export interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly where: Place;
  readonly guards: readonly Link[];
  readonly handler: Link | null;
  readonly checked: readonly Checked[];
  /** Schemas of its answers, where the framework sends nothing that they do not name. */
  readonly answers?: readonly Value[] | undefined;
  readonly framework: Framework;
  readonly app: SourceFile;
  /** What stands in front of it by configuration, not by code. */
  readonly configured?: readonly Guard[];
  /** A library lets callers in here. */
  readonly door?: true;
}

/** What stands below a path and is no router that is read here: the server of another protocol, with what stands in front of it. */
export interface Mounted {
  readonly value: Value;
  readonly at: string;
  readonly before: readonly Link[];
  readonly app: SourceFile;
}

/** Collects what applications register with their framework, and puts routers together. */
export class Routers {
  private readonly nodes = new Map<string, Node>();
  readonly machine: () => Machine;
  /** Filled while endpoints are told. */
  readonly mountings: Mounted[] = [];
  /** What plugins of Fastify were registered with, and where. */
  readonly plugins: { readonly plugin: Value; readonly options: Value; readonly file: SourceFile }[] = [];
  readonly nest = new NestSettings();

  constructor(machine: () => Machine) {
    this.machine = machine;
  }

  /** A call on an application or router, or of what a framework exports; what it gives, where the framework decides that. */
  register(call: KnownCall): Value | undefined {
    if (call.expr.k === 'tag') return undefined;
    const framework = frameworkOf(call.receiver?.k === 'inst' ? call.receiver.symbol : call.symbol);
    return framework === null ? registerWithWeb(this, call) : frameworks[framework].register(this, call);
  }

  /** The arguments of a call from one on. */
  given(call: KnownCall, from: number): Given[] {
    const exprs = call.expr.k === 'call' ? call.expr.a : [];
    return call.args.slice(from).map((value, index) => ({ value, expr: exprs[index + from] }));
  }

  /** Adds what an application or router was told. The last of a route's functions is its handler. */
  add(
    receiver: Instance,
    call: KnownCall,
    entry: Pick<Entry, 'kind' | 'method' | 'paths' | 'without' | 'answers'> & { readonly checked?: readonly Checked[] },
    given: readonly Given[],
  ): void {
    const node = this.node(receiver, call.frame.file);
    const links: Link[] = [];
    for (const { value, expr } of given) this.link(value, expr, call.frame, call.where, links);
    const { kind, method, paths: at, checked = [], without, answers } = entry;
    const key = `${call.frame.file.path}:${call.expr.i}:${method}:${at.join()}:${links.map((link) => keyOf(link.value)).join()}`;
    if (node.keys.has(key)) return;
    node.keys.add(key);
    node.entries.push({ kind, method, paths: at, links, checked, where: call.where, without, answers });
    for (const { value } of links)
      if (value.k === 'inst' && frameworkOf(value.symbol) !== null) this.node(value, call.frame.file).mounted = true;
  }

  /** Adds what stands in front of others, or another router, from a path on where one comes first: `use('/admin', guard)`. */
  use(receiver: Instance, call: KnownCall): void {
    const [first] = call.args;
    const from = first !== undefined && isPath(first) ? 1 : 0;
    this.add(receiver, call, { kind: 'use', method: 'use', paths: from === 1 ? paths(first) : ['/'] }, this.given(call, from));
  }

  /** Everything of a router lies below this path. */
  below(router: Instance, call: KnownCall, path: string): void {
    const node = this.node(router, call.frame.file);
    node.prefix = path;
  }

  private node(value: Instance, file: SourceFile): Node {
    let node = this.nodes.get(value.site);
    if (node === undefined) {
      node = {
        site: value.site,
        kind: isApplication(value) ? 'Application' : 'Router',
        framework: frameworkOf(value.symbol) ?? 'express',
        file,
        entries: [],
        keys: new Set(),
        prefix: '',
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
        // One that a switch of the configuration takes away is counted where it is known: `enabled ? rateLimit() : pass`.
        for (const one of [useful.find(isKnownGuard) ?? useful[0]]) if (one !== undefined) this.link(one, expr, frame, where, out);
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
    this.mountings.length = 0;
    for (const node of this.nodes.values()) {
      if (node.mounted || !node.entries.some((entry) => entry.kind !== 'param')) continue;
      // A router whose file nobody imports is loaded by its name at start.
      if (node.kind === 'Application' || !importedFiles.has(node.file.path)) this.expand(node, '', [], node.file, endpoints, new Set());
      else if (node.entries[0] !== undefined) unmounted.push(node.entries[0].where);
    }
    return { endpoints, unmounted };
  }

  /** The endpoints of a router that a file exports; null where the value is none. */
  filed(value: Value, path: string): Endpoint[] | null {
    const node = value.k === 'inst' ? this.nodes.get(value.site) : undefined;
    if (node === undefined) return null;
    node.mounted = true;
    const found: Endpoint[] = [];
    this.expand(node, path, [], node.file, found, new Set());
    return found;
  }

  private expand(node: Node, at: string, before: readonly Link[], app: SourceFile, out: Endpoint[], on: Set<Node>): void {
    if (on.has(node) || on.size > 12 || out.length > 20_000) return;
    on.add(node);
    const prefix = join(at, node.prefix);
    const active: { path: string; links: readonly Link[] }[] = [];
    const params = new Map<string, readonly Link[]>();
    const guardsAt = (path: string) => [
      ...before,
      ...active.filter((one) => covers(one.path, path)).flatMap((one) => one.links),
      ...[...params].filter(([name]) => path.split('/').includes(`:${name}`)).flatMap(([, links]) => links),
    ];
    const { ordered } = frameworks[node.framework];
    // Where the order does not matter, what stands in front of routes counts for all of them.
    const entries = ordered ? node.entries : [...node.entries].sort((a, b) => Number(this.mounts(a)) - Number(this.mounts(b)));
    for (const entry of entries) {
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
            } else if (!isErrorHandler(node, link.value)) {
              this.mountings.push({ value: link.value, at: join(prefix, path), before: [...guardsAt(path), ...guards], app });
              guards.push(link);
            }
          }
          // Middleware beside a router acts before it and then, for this path, on all that follows.
          if (guards.length > 0) active.push({ path, links: guards });
          continue;
        }
        const links = entry.links.filter((link) => !isErrorHandler(node, link.value));
        const last = links.at(-1);
        const wild = /[*]|^\/.*\/$/.test(path);
        // `route('/x').all(guard).get(handler)`
        const more = entries
          .slice(entries.indexOf(entry) + 1)
          .some((other) => other.kind === 'route' && other.method !== 'all' && other.paths.includes(path));
        if (
          (entry.method === 'all' && (wild || more) && last !== undefined && callsNext(this.machine(), last, node.framework)) ||
          last === undefined
        ) {
          if (last !== undefined) active.push({ path: path.replace(/\/?\*.*$/, '') || '/', links });
          continue;
        }
        const { without } = entry;
        const spared = ({ value }: Link) => without !== undefined && value.k === 'lib' && value.symbol.startsWith(without);
        const guards = [...guardsAt(path).filter((link) => !spared(link)), ...links.slice(0, -1)];
        this.mountings.push({ value: last.value, at: join(prefix, path), before: guards, app });
        out.push({
          method: entry.method === 'all' ? 'ALL' : entry.method.toUpperCase(),
          path: join(prefix, path),
          where: entry.where,
          guards,
          handler: last,
          checked: entry.checked,
          answers: entry.answers,
          framework: node.framework,
          app,
        });
      }
    }
    on.delete(node);
  }

  /** The entry is a route or another router, not something that stands in front of those. */
  private mounts(entry: Entry): boolean {
    return entry.kind === 'route' || entry.links.some(({ value }) => value.k === 'inst' && this.nodes.has(value.site));
  }
}

/** Follows a middleware or handler as its framework calls it. */
export function follow(machine: Machine, link: Link, framework: Framework): Visit[] {
  const visits: Visit[] = [];
  const run = (value: Value) => {
    const outer = machine.addressed;
    const handled = machine.handling;
    machine.addressed = link.address ?? outer;
    machine.handling = link.handling ?? handled;
    machine.deciding = link.decides === true ? value : null;
    const visit = machine.apply(value, link.args ?? frameworks[framework].called);
    machine.deciding = null;
    machine.addressed = outer;
    machine.handling = handled;
    if (visit !== null) visits.push(visit);
  };
  if (link.value.k === 'fn') run(link.value);
  else if (link.value.k === 'obj') for (const value of link.value.keys.values()) run(value);
  if (link.value.k === 'result') for (const arg of link.value.args) if (arg.k === 'fn') run(arg);
  if (link.inner !== null) run(link.inner);
  // What is handed over by name is read, whatever becomes of it.
  for (const visit of visits) for (const arg of link.args ?? []) if (arg.k === 'input' && arg.path.length > 0) visit.reads(arg);
  if (link.decides === true)
    for (const visit of visits)
      if (visit.returned.length > 0 && !visit.refusals.some(({ atoms }) => atoms === visit.returned))
        visit.refuses({ atoms: visit.returned, status: 403, effective: true, where: link.where });
  return visits;
}

function callsNext(machine: Machine, link: Link, framework: Framework): boolean {
  return follow(machine, link, framework).some((visit) => visit.outcome.next);
}

/** An application answers by itself; a router is part of one. */
function isApplication({ symbol, on, site }: Instance): boolean {
  return symbol.endsWith('Application') || (symbol.endsWith('Instance') && on === null && !site.startsWith('param:'));
}

/** Express knows them by their four parameters. */
function isErrorHandler({ framework }: Node, value: Value): boolean {
  return framework === 'express' && value.k === 'fn' && parameters(value) === 4;
}

function parameters(value: Extract<Value, { k: 'fn' }>): number {
  return value.file.facts.functions[value.fn]?.p.length ?? 0;
}

function isKnownGuard(value: Value): boolean {
  return value.k === 'result' && knowledgeOf(value.symbol)?.means?.startsWith('guard:') === true;
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
