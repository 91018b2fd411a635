import type { Place } from '../../model/words.ts';
import { loadSqlParser, readStatement } from '../../source/sql.ts';
import type { Statement } from '../../source/sql.ts';
import { ascii } from '../pack.ts';
import type { Pack } from '../pack.ts';
import { drizzleName } from './data/drizzle.ts';
import { answeredBy, byRoutes, filtersOf, madeIn, setsOf } from './data/describe.ts';
import type { Led, Query, Reads, Uses } from './data/describe.ts';
import type { Machine } from './machine.ts';
import type { KnownCall } from './listener.ts';
import { template } from './template.ts';
import { either, keyOf, literal, toAbstract, UNKNOWN } from './value.ts';
import type { Value } from './value.ts';
import { judgeAt } from './verdict.ts';
import type { Access, Visit } from './visit.ts';

type Verdict = Query['holes'][number]['verdict'];

interface Found extends Access {
  /** What the result of the call is known by, when its rows are used. */
  readonly at: string;
  readonly where: Place;
  readonly within: string;
  readonly parts: readonly string[] | null;
  readonly holes: { values: Value[]; verdict: Verdict; via: Place[] }[];
  /** Values passed beside the text, by the visit that passes them. */
  readonly visits: Map<Visit, Value[][]>;
}

/** One row of the evidence, with the place and the visits that it tells of. */
export interface Described {
  readonly row: Query;
  readonly access: Access;
  readonly visits: readonly Visit[];
}

const worst: Verdict[] = ['input', 'unknown', 'guarded', 'constant'];

/** Collects SQL statements with the values that reach their text and parameters. */
export class Queries {
  private readonly found = new Map<string, Found>();

  /** `known` is the key of the first argument as the call's result has it, where it was changed since. */
  record(machine: Machine, call: KnownCall, known = keyOf(call.args[0] ?? UNKNOWN)): void {
    const { expr } = call;
    const raw = expr.k === 'call' ? expr.a[0] : undefined;
    const origin = machine.calls.origin(raw, call.frame, expr);
    let text = call.args[0] ?? UNKNOWN;
    let given = call.args[1];
    if (text.k === 'obj') {
      given = text.keys.get('values') ?? given;
      text = text.keys.get('text') ?? text.keys.get('sql') ?? UNKNOWN;
    }
    const where = machine.place(origin.frame, origin.expr.l, origin.expr.e);
    const within = machine.within(origin.frame);
    if (origin.open && !isText(text)) return;
    const via = machine.calls.trail().filter((place) => place.file !== where.file || place.line !== where.line);
    const parameters = given?.k === 'arr' ? given.items : given === undefined ? [] : [given];
    for (const alternative of alternatives(text)) {
      const { parts, holes } = split(alternative);
      const key = `${where.file}:${where.line}:${origin.expr.i}\0${parts === null ? '' : parts.join('\0')}`;
      let row = this.found.get(key);
      if (row === undefined) {
        row = {
          where,
          within,
          parts,
          holes: holes.map(() => ({ values: [], verdict: 'constant', via: [] })),
          kind: 'access',
          at: `${call.frame.file.path}:${call.expr.i}|${known}`,
          visits: new Map(),
        };
        this.found.set(key, row);
      }
      machine.takes(row);
      const passed = row.visits.get(machine.visit) ?? [];
      row.visits.set(machine.visit, passed);
      holes.forEach((value, index) => {
        const hole = row.holes[index];
        if (hole === undefined) return;
        const { verdict } = judgeAt(value, 'sql', machine, call.frame);
        if (!hole.values.some((one) => keyOf(one) === keyOf(value)) && hole.values.length < 8) hole.values.push(value);
        if (hole.values.length === 1 || worst.indexOf(verdict) < worst.indexOf(hole.verdict)) {
          hole.verdict = verdict;
          hole.via = via;
        }
      });
      parameters.forEach((value, index) => {
        const list = (passed[index] ??= []);
        if (list.length < 8 && !list.some((one) => keyOf(one) === keyOf(value))) list.push(value);
      });
    }
  }

  /** Collects a statement that is a template: its holes are parameters, except for pieces of SQL inside. */
  recordTemplate(machine: Machine, call: KnownCall): void {
    const given = call.args[0];
    const text = given?.k === 'guarded' ? given.of : given;
    if (text === undefined || !isText(text)) return;
    const parts: string[] = [];
    const values: Value[] = [];
    inline(text, parts, values, 0);
    // A piece of SQL that is put into another statement.
    if (
      !/^[\s(]*(select|insert|update|delete|with|merge|begin|start|commit|rollback|create|alter|drop|truncate|set|lock|call)\b/i.test(
        parts.join(''),
      )
    )
      return;
    this.record(machine, { ...call, args: [literal(parts.join('')), { k: 'arr', items: values, open: false }] }, keyOf(given ?? UNKNOWN));
  }

  /** The rows of the evidence; `routesOf` gives the endpoints that lead to a visit. */
  async rows(
    routesOf: (visit: Visit, within: string) => readonly string[],
    reads: ReadsToBe,
    uses: Uses,
    led: Led,
    pack: Pack,
  ): Promise<Described[]> {
    const statements = new Map<Found, Statement>();
    const missing: { key: string; parts: readonly string[]; row: Found }[] = [];
    for (const row of this.found.values()) {
      const parts = row.parts === null ? null : numbered(row);
      if (parts === null) continue;
      const key = ascii(JSON.stringify(parts));
      const json = pack.get(key);
      if (json === undefined) missing.push({ key, parts, row });
      else statements.set(row, JSON.parse(json) as Statement);
    }
    if (missing.length > 0) {
      await loadSqlParser();
      for (const { key, parts, row } of missing) {
        const known = pack.get(key);
        const statement = known === undefined ? readStatement(parts) : (JSON.parse(known) as Statement);
        statements.set(row, statement);
        pack.put(key, ascii(JSON.stringify(statement)));
      }
    }
    pack.save();
    for (const row of this.found.values()) {
      const tables = statements.get(row)?.tables ?? [];
      reads.set(row.at, { where: row.where, table: tables.length === 1 ? (tables[0] ?? null) : null });
    }

    const rows: Described[] = [];
    for (const found of this.found.values()) {
      const statement = statements.get(found);
      const holes = found.holes.map(({ values, verdict, via }) => ({ value: toAbstract(either(values)), verdict, via }));
      for (const { routes, visits } of byRoutes(found.visits.keys(), (visit) => routesOf(visit, found.within), led)) {
        const parameters: Value[] = [];
        for (const visit of visits)
          found.visits
            .get(visit)
            ?.forEach(
              (list, index) => (parameters[index] = either([...(parameters[index] === undefined ? [] : [parameters[index]]), ...list])),
            );
        const referred = (ref: Statement['filters'][number]['ref']): Value =>
          ref === null
            ? UNKNOWN
            : 'param' in ref
              ? (parameters[ref.param - 1] ?? UNKNOWN)
              : 'hole' in ref
                ? either(found.holes[ref.hole]?.values ?? [UNKNOWN])
                : literal(ref.value);
        rows.push({
          access: found,
          visits,
          row: {
            through: 'sql',
            where: found.where,
            within: found.within,
            routes,
            text: found.parts === null ? null : found.parts.reduce((text, part, index) => `${text}\${${index - 1}}${part}`),
            verb: statement?.verb ?? 'unknown',
            tables: statement?.tables ?? [],
            filters: filtersOf(
              (statement?.filters ?? []).map(({ table, column, ref }) => ({ table, column, value: referred(ref) })),
              reads,
            ),
            sets: setsOf(
              (statement?.sets ?? []).map(({ column, ref, atomic }) => ({ table: null, column, value: referred(ref), atomic })),
              reads,
            ),
            columns: statement?.star === true ? [] : (statement?.columns ?? []),
            holes,
            parameters: Array.from(parameters, (value) => toAbstract(value ?? UNKNOWN)),
            star: statement?.star ?? false,
            limited: statement?.limited ?? false,
            single: uses.one(found.at),
            probed: uses.any(found.at),
            ...(uses.idle(found.at) ? { idle: true as const } : {}),
            answered: answeredBy(uses.answered(found.at), routes, (visit) => routesOf(visit, visit.id)),
            ordered: statement?.ordered ?? false,
            locks: statement?.locks ?? false,
            conflict: statement?.conflict ?? false,
            ...madeIn(found, visits),
          },
        });
      }
    }
    return rows;
  }
}

/** Where each reading call stands; filled with the statements that are text. */
export type ReadsToBe = Map<string, { where: Place; table: string | null }> & Reads;

/** `?` is a parameter where as many values are passed: other databases number theirs that way. */
function numbered(row: Found): readonly string[] {
  const parts = row.parts ?? [];
  const passed = Math.max(0, ...[...row.visits.values()].map((list) => list.length));
  const marks = parts.reduce((sum, part) => sum + (part.match(/\?/g)?.length ?? 0), 0);
  if (marks === 0 || marks !== passed || parts.some((part) => /\$\d/.test(part))) return parts;
  let number = 0;
  return parts.map((part) => part.replace(/\?/g, () => `$${++number}`));
}

/** Writes a template out: values become parameters, pieces of SQL and helpers that name columns become text. */
function inline(value: Value, parts: string[], values: Value[], depth: number): void {
  if (value.k === 'lit') {
    parts.push(String(value.v));
    return;
  }
  if (value.k !== 'tpl') return;
  value.parts.forEach((part, index) => {
    parts.push(part);
    const hole = value.holes[index];
    if (hole === undefined) return;
    const inner = hole.k === 'guarded' ? hole.of : hole;
    const given = inner.k === 'result' && inner.path.length === 0 ? inner.args[0] : undefined;
    const table = drizzleName(inner);
    if (table !== null) parts.push(table);
    else if (inner.k === 'tpl' && depth < 4) inline(inner, parts, values, depth + 1);
    else if (given?.k === 'tpl' && depth < 4) inline(given, parts, values, depth + 1);
    else if (given?.k === 'lit' && typeof given.v === 'string') parts.push(given.v);
    else if (given?.k === 'obj') named(given, parts, values);
    else {
      values.push(hole);
      parts.push(`$${values.length}`);
    }
  });
}

/** `insert into users ${sql(user)}`, `update users set ${sql(changes)}` */
function named(given: Extract<Value, { k: 'obj' }>, parts: string[], values: Value[]): void {
  const keys = [...given.keys].filter(([key]) => key !== '...');
  const before = parts.join('');
  const numbers = keys.map(([, one]) => `$${values.push(one)}`);
  if (/\bset\s*$/i.test(before)) parts.push(keys.map(([key], index) => `"${key}" = ${numbers[index] ?? ''}`).join(', '));
  else parts.push(`(${keys.map(([key]) => `"${key}"`).join(', ')}) values (${numbers.join(', ')})`);
}

function isText(value: Value): boolean {
  return (
    (value.k === 'lit' && typeof value.v === 'string') ||
    value.k === 'tpl' ||
    (value.k === 'either' && value.of.some(isText)) ||
    (value.k === 'guarded' && isText(value.of))
  );
}

/** The texts a statement may be. */
function alternatives(value: Value): Value[] {
  if (value.k === 'either') {
    const texts = value.of.filter(isText).slice(0, 8);
    return texts.length > 0 ? texts : [value];
  }
  return [value.k === 'guarded' && isText(value.of) ? value.of : value];
}

/** Text between the holes; null when nothing of the text is known. Constants inside holes are folded in. */
function split(value: Value): { parts: string[] | null; holes: Value[] } {
  const text = expand(value, 0);
  if (text.k === 'lit' && typeof text.v === 'string') return { parts: [text.v], holes: [] };
  if (text.k !== 'tpl') return { parts: null, holes: text.k === 'unknown' || text.k === 'lit' ? [] : [text] };
  // `$${n}` numbers a parameter; the number itself is ours to give.
  const parts: string[] = [text.parts[0] ?? ''];
  const holes: Value[] = [];
  let parameter = 0;
  for (const part of text.parts) for (const match of part.matchAll(/\$(\d+)/g)) parameter = Math.max(parameter, Number(match[1]));
  text.holes.forEach((hole, index) => {
    const before = parts.at(-1) ?? '';
    const after = text.parts[index + 1] ?? '';
    if (before.endsWith('$')) parts[parts.length - 1] = `${before}${++parameter}${after}`;
    else {
      holes.push(hole);
      parts.push(after);
    }
  });
  return { parts: parts.map((part) => part.replaceAll('\0', '')), holes };
}

/** A hole that is itself one of several texts takes the longest: the statement with all of its clauses. */
function expand(value: Value, depth: number): Value {
  if (value.k !== 'tpl' || depth > 4) return value;
  const holes = value.holes.map((hole): Value => {
    if (hole.k !== 'either') return expand(hole, depth + 1);
    const texts = hole.of.filter((one) => one.k === 'tpl');
    if (texts.length === 0) return hole.of.every((one) => one.k === 'lit') ? hole : hole;
    const longest = texts.reduce((a, b) => (a.k === 'tpl' && b.k === 'tpl' && b.parts.join('').length > a.parts.join('').length ? b : a));
    return expand(longest, depth + 1);
  });
  return template(value.parts, holes);
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
