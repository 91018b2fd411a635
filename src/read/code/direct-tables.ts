import type { z } from 'zod';
import type { directTables } from '../../model/evidence/read.ts';
import type { Place } from '../../model/words.ts';
import { callsIn } from '../samples/walk.ts';
import type { Expr } from './facts.ts';
import type { Machine } from './machine.ts';
import { compare } from './queries.ts';
import { valueInText } from './text-values.ts';
import type { SourceFile, Value } from './value.ts';

export type DirectTable = z.infer<typeof directTables>['tables'][number];
type Operation = DirectTable['operations'][number];

const operations: Readonly<Record<string, Operation>> = {
  select: 'select',
  insert: 'insert',
  update: 'update',
  upsert: 'upsert',
  delete: 'delete',
};
const filing: Readonly<Record<string, Operation>> = {
  upload: 'upload',
  update: 'upload',
  download: 'download',
  createSignedUrl: 'download',
  getPublicUrl: 'download',
  remove: 'delete',
  list: 'select',
};
/** Where code runs that no browser has: functions of a host, routes, actions and scripts. */
const onServer =
  /(?:^|\/)(?:supabase|netlify|functions|api|server|scripts?|backend)\/|(?:^|\/)(?:route|middleware|\+server|\+page\.server|\+layout\.server|\+hooks?\.server|hooks\.server)\.[jt]s$|\.server\.[jt]sx?$/;
const deepest = 12;
const most = 20_000;

/** Tables that code in the browser reaches by itself with supabase-js. The calls are looked for in the text: a screen's handlers are called by a library. */
export function tablesReached(machine: Machine, files: readonly SourceFile[]): { tables: DirectTable[]; complete: boolean } {
  const found = new Map<
    string,
    { unit: string; name: string; operations: Set<Operation>; where: Map<string, Place>; writes: Map<string, Place> }
  >();
  let complete = true;
  let seen = 0;
  if (!files.some(({ facts }) => facts.imports.some(([specifier]) => specifier.startsWith('@supabase/')))) return { tables: [], complete };
  for (const file of files) {
    if (onServer.test(file.path)) continue;
    for (const { call } of callsIn(file)) {
      const reached = reachedBy(machine, file, call);
      if (reached === null || ++seen > most) continue;
      if (reached.name === null) {
        complete = false;
        continue;
      }
      const key = `${file.unit}\0${reached.name}`;
      const row = found.get(key) ?? { unit: file.unit, name: reached.name, operations: new Set(), where: new Map(), writes: new Map() };
      found.set(key, row);
      row.operations.add(reached.operation);
      const place = { file: file.path, line: call.l, endLine: call.e };
      if (row.where.size < 40) row.where.set(`${file.path}:${call.l}`, place);
      if (/^(insert|update|upsert)$/.test(reached.operation) && row.writes.size < 40) row.writes.set(`${file.path}:${call.l}`, place);
    }
  }
  const tables = [...found.values()].map(({ unit, name, operations: done, where, writes }): DirectTable => ({
    unit,
    name,
    service: 'supabase',
    operations: [...done].sort(compare),
    where: inOrder(where),
    writes: inOrder(writes),
  }));
  return { tables: tables.sort((a, b) => compare(a.unit, b.unit) || compare(a.name, b.name)), complete: complete && seen <= most };
}

function inOrder(places: ReadonlyMap<string, Place>): Place[] {
  return [...places.values()].sort((a, b) => compare(a.file, b.file) || a.line - b.line);
}

/** `db.from('notes').insert(...)`, `db.rpc('total')`, `db.storage.from('files').upload(...)`; null for another call, a name of null where it is computed. */
function reachedBy(
  machine: Machine,
  file: SourceFile,
  call: Extract<Expr, { k: 'call' }>,
): { name: string | null; operation: Operation } | null {
  if (call.f.k !== 'get') return null;
  const { n, o } = call.f;
  if (n === 'rpc')
    return isClient(machine, file, o, 0) ? { name: suffixed(textOf(machine, file, call.a[0]), '()'), operation: 'call' } : null;
  if (n === 'on') {
    const asks = call.a[1]?.k === 'obj' ? call.a[1].p.find(([key]) => key === 'table')?.[1] : undefined;
    const changes = call.a[0]?.k === 'lit' && call.a[0].v === 'postgres_changes';
    return changes && asks !== undefined && isChannel(machine, file, o) ? { name: textOf(machine, file, asks), operation: 'listen' } : null;
  }
  if (o.k !== 'call' || o.f.k !== 'get' || o.f.n !== 'from') return null;
  const inBucket = o.f.o.k === 'get' && o.f.o.n === 'storage';
  const operation = (inBucket ? filing : operations)[n];
  const client = o.f.o.k === 'get' && inBucket ? o.f.o.o : o.f.o;
  // A schema may be named in between: `db.schema('private').from('notes')`.
  const bare = client.k === 'call' && client.f.k === 'get' && client.f.n === 'schema' ? client.f.o : client;
  if (operation === undefined || !isClient(machine, file, bare, 0)) return null;
  const name = textOf(machine, file, o.a[0]);
  return { name: name === null ? null : inBucket ? `storage:${name}` : name, operation };
}

function isChannel(machine: Machine, file: SourceFile, e: Expr): boolean {
  let at = e;
  for (let depth = 0; depth < deepest && at.k === 'call' && at.f.k === 'get'; depth++) {
    if (at.f.n === 'channel') return isClient(machine, file, at.f.o, 0);
    at = at.f.o;
  }
  return false;
}

function suffixed(name: string | null, end: string): string | null {
  return name === null ? null : name + end;
}

function textOf(machine: Machine, file: SourceFile, e: Expr | undefined): string | null {
  if (e === undefined) return null;
  const value = e.k === 'lit' ? e : valueInText(machine, file, e);
  return value.k === 'lit' && typeof value.v === 'string' ? value.v : null;
}

/** Whether an expression is a client of Supabase for browsers: made with `createBrowserClient`, or with `createClient` and no server's key. */
function isClient(machine: Machine, file: SourceFile, e: Expr, depth: number): boolean {
  return of(valueInText(machine, file, e, depth));
  function of(value: Value): boolean {
    if (value.k === 'either') return value.of.some(of);
    if (value.k !== 'result' && value.k !== 'inst') return false;
    const [library, name = ''] = (value.k === 'result' ? value.base : value.symbol).split('#');
    if (!/^npm:@supabase\/(?:supabase-js|ssr|auth-helpers-(?:nextjs|react|remix|sveltekit))$/.test(library ?? '')) return false;
    if (/^(?:createBrowserClient|createClientComponentClient|createPagesBrowserClient|useSupabaseClient)$/.test(name)) return true;
    const made = name === 'createClient' || (value.k === 'inst' && !name.includes('.') && !/server/i.test(name));
    return made && !value.args.slice(1, 2).some(isServerKey);
  }
}

function isServerKey(value: Value): boolean {
  if (value.k === 'either') return value.of.some(isServerKey);
  return (
    value.k === 'env' &&
    /SERVICE|SECRET/i.test(value.name) &&
    !/^(?:VITE|NEXT_PUBLIC|REACT_APP|EXPO_PUBLIC|PUBLIC|NUXT_PUBLIC)_/.test(value.name)
  );
}
