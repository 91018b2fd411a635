import { watching } from '../../../knowledge/tables/telemetry.ts';
import type { EvidenceValue } from '../../../model/evidence/index.ts';
import type { Machine } from '../machine.ts';
import type { Resolve } from '../modules.ts';
import { eachIn, isExpr } from '../nodes.ts';
import { compare } from '../queries.ts';
import type { Route } from '../routes.ts';
import type { Endpoint } from '../routers.ts';
import { CAUGHT, NEXT, REQ, RES } from '../value.ts';
import type { SourceFile, Value } from '../value.ts';
import { retriesIn, waterfallsIn } from './loops.ts';
import { callKey } from './notes.ts';
import type { Notes } from './notes.ts';
import { dynamicPages } from './pages.ts';
import { exposedHandlers, floatingPromises, Rejections } from './promises.ts';
import { keptState } from './state.ts';

type Operation = EvidenceValue<'operation'>;

interface Linked {
  readonly machine: Machine;
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly routes: readonly Route[];
  readonly endpoints: readonly Endpoint[];
  readonly resolve: Resolve;
  readonly routesOf: (within: string) => string[];
}

/** Follows what frameworks call with an error. */
export function followErrorHandlers(machine: Machine, notes: Notes): void {
  for (const handler of notes.errorHandlers.values()) machine.apply(handler, [CAUGHT, REQ, RES, NEXT]);
}

/** The relation `operation`, from what was noted while the program was followed and from the functions themselves. */
export function operationOf(notes: Notes, { machine, files, routes, endpoints, resolve, routesOf }: Linked): Operation {
  const server = serverFiles(notes, files, routes, resolve);
  const rejections = new Rejections(notes);
  const at = (file: SourceFile, fn: number) => `${file.path}:${fn === 0 ? 0 : (file.facts.functions[fn]?.l ?? 0)}`;
  const found = (file: SourceFile, fn: number, line: number, endLine = line) => {
    const within = at(file, fn);
    return { where: { file: file.path, line, endLine: Math.max(line, endLine) }, within, routes: routesOf(within) };
  };
  const state: Operation['state'] = [];
  const retries: Operation['retries'] = [];
  const waterfalls: Operation['waterfalls'] = [];
  for (const path of server) {
    const file = files.get(path);
    if (file === undefined) continue;
    for (const kept of keptState(file)) {
      const writers = [...kept.writers.keys()].filter((fn) => routesOf(at(file, fn)).length > 0);
      const [first] = writers;
      if (first === undefined) continue;
      state.push({
        ...found(file, first, kept.line),
        routes: [...new Set(writers.flatMap((fn) => routesOf(at(file, fn))))].sort(compare),
        name: kept.name,
        writes: [...new Set(writers.flatMap((fn) => kept.writers.get(fn) ?? []))].sort((a, b) => a - b),
        removes: kept.removes,
        readElsewhere: [...kept.readers].some((fn) => !kept.writers.has(fn) && routesOf(at(file, fn)).length > 0),
        limits: kept.limits,
      });
    }
    file.facts.functions.forEach((func, fn) => {
      if (func.b.length === 0) return;
      for (const { line, endLine, bounded, spaced } of retriesIn(file.facts, fn))
        retries.push({ ...found(file, fn, line, endLine), bounded, spaced, calls: symbolsIn(notes, file, fn, line, endLine) });
      if (func.w.includes('a'))
        for (const lines of waterfallsIn(file.facts, fn)) waterfalls.push({ ...found(file, fn, lines[0] ?? func.l, lines.at(-1)), lines });
    });
  }
  return {
    server: [...server].sort(compare),
    entries: [...notes.entries].filter((path) => server.has(path)).sort(compare),
    errorAnswers: [...notes.answers.values()]
      .map(({ frame, expr, part, status, when }) => ({ ...found(frame.file, Math.max(0, frame.fn), expr.l, expr.e), part, status, when }))
      .sort(byPlace),
    floating: floatingPromises(notes, rejections)
      .filter(({ of }) => server.has(of.frame.file.path))
      .map(({ of, form, name, symbol }) => ({
        ...found(of.frame.file, Math.max(0, of.frame.fn), of.expr.l, of.expr.e),
        name,
        form,
        symbol,
        handled: of.handled,
        continued: of.continued,
      }))
      .sort(byPlace),
    exposed: [...exposedHandlers(endpoints, rejections).values()]
      .map(({ file, fn, framework, routes: on }) => ({
        where: { file: file.path, line: file.facts.functions[fn]?.l ?? 1, endLine: file.facts.functions[fn]?.e ?? 1 },
        name: file.facts.functions[fn]?.n ?? '',
        framework,
        unit: file.unit,
        routes: [...on].sort(compare),
      }))
      .sort(byPlace),
    processEvents: [...notes.events.values()]
      .map(({ event, handler, expr, frame }) => ({ event, where: machine.place(frame, expr.l, expr.e), ...endOf(handler) }))
      .sort(byPlace),
    connections: [...notes.connections]
      .map(([site, { library, expr, frame }]) => ({
        where: machine.place(frame, expr.l, expr.e),
        library,
        handled: notes.listened.has(site),
      }))
      .sort(byPlace)
      .filter(unlikeLast),
    outbound: [...notes.waits.values()]
      .filter(({ frame }) => server.has(frame.file.path))
      .map(({ frame, expr, library, what, timeout, seconds, source }) => ({
        ...found(frame.file, Math.max(0, frame.fn), expr.l, expr.e),
        library,
        what,
        timeout: notes.raced.has(callKey(frame, expr)) ? ('set' as const) : timeout,
        seconds,
        source,
      }))
      .sort(byPlace),
    retries: retries.sort(byPlace),
    state: state.sort(byPlace),
    waterfalls: waterfalls.sort(byPlace),
    dynamicPages: dynamicPages(files, resolve).map(({ file, setting, needed }) => ({
      where: { file: file.path, line: 1, endLine: 1 },
      setting,
      needed,
    })),
    telemetry: telemetryIn(files),
  };
}

/** Files with endpoints or that start a server, and all that these load. */
function serverFiles(notes: Notes, files: ReadonlyMap<string, SourceFile>, routes: readonly Route[], resolve: Resolve): Set<string> {
  const server = new Set([
    ...notes.serving,
    ...routes.flatMap(({ where, handler }) => [where.file, ...(handler === null ? [] : [handler.where.file])]),
  ]);
  for (const path of server) {
    const file = files.get(path);
    if (file === undefined) {
      server.delete(path);
      continue;
    }
    for (const [specifier, , typeOnly] of file.facts.imports) {
      if (typeOnly) continue;
      const target = resolve(path, specifier);
      if ('file' in target && files.has(target.file)) server.add(target.file);
    }
  }
  return server;
}

function telemetryIn(files: ReadonlyMap<string, SourceFile>): Operation['telemetry'] {
  const rows = new Map<string, Operation['telemetry'][number]>();
  for (const file of files.values()) {
    for (const [specifier, line, typeOnly] of file.facts.imports) {
      const name = watching.has(specifier) ? specifier : packageOf(specifier);
      const uses = typeOnly ? undefined : watching.get(name);
      const key = `${file.unit}\0${name}`;
      if (uses !== undefined && !rows.has(key))
        rows.set(key, { package: name, for: [...uses], unit: file.unit, where: { file: file.path, line, endLine: line } });
    }
  }
  return [...rows.values()].sort(byPlace);
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Whether a handler ends the process, and whether it closes something; null where a function of the application may do so. */
function endOf(handler: Value): { exits: boolean | null; closes: boolean | null } {
  if (handler.k !== 'fn') return { exits: null, closes: null };
  let exits = false;
  let closes = false;
  let calls = 0;
  eachIn(handler.file.facts, handler.fn, (node) => {
    if (!isExpr(node, 'call')) return;
    const name = node.f.k === 'get' || node.f.k === 'glo' ? node.f.n : '';
    if (/^(exit|abort|kill|reallyExit)$/.test(name)) exits = true;
    else if (/^(close|closeAll\w*|end|\$?disconnect|stop|shutdown|terminate|destroy|drain|quit)$/.test(name)) closes = true;
    // What a function of the application does, or a callback, is not looked into.
    else if (node.f.k === 'var' || node.f.k === 'imp' || node.f.k === 'get') calls += /^(log|info|warn|error|fatal)$/.test(name) ? 0 : 1;
  });
  return { exits: exits ? true : calls > 0 || closes ? null : false, closes: closes ? true : calls > 0 ? null : false };
}

function symbolsIn(notes: Notes, file: SourceFile, fn: number, from: number, to: number): string[] {
  const found = new Set<string>();
  eachIn(file.facts, fn, (node) => {
    if (!isExpr(node, 'call') || node.l < from || node.l > to) return;
    const symbol = notes.outside.get(`${file.path}\0${node.i}`);
    if (symbol !== undefined) found.add(symbol);
  });
  return [...found].sort(compare);
}

function byPlace<T extends { readonly where: { readonly file: string; readonly line: number } }>(a: T, b: T): number {
  return compare(a.where.file, b.where.file) || a.where.line - b.where.line || compare(JSON.stringify(a), JSON.stringify(b));
}

/** A function that makes a connection is followed for each caller; it is one place. */
function unlikeLast(one: Operation['connections'][number], index: number, all: readonly Operation['connections'][number][]): boolean {
  const before = all[index - 1];
  return before === undefined || before.where.file !== one.where.file || before.where.line !== one.where.line;
}
