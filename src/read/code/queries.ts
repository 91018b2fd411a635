import type { z } from 'zod';
import type { queries } from '../../model/evidence/read.ts';
import type { Place } from '../../model/words.ts';
import { loadSqlParser, readStatement } from '../../source/sql.ts';
import type { Statement } from '../../source/sql.ts';
import { ascii } from '../pack.ts';
import type { Pack } from '../pack.ts';
import type { KnownCall, Machine } from './machine.ts';
import { template } from './template.ts';
import { either, keyOf, toAbstract, UNKNOWN } from './value.ts';
import type { Value } from './value.ts';
import { judgeAt } from './verdict.ts';

export type Query = z.infer<typeof queries>['queries'][number];
type Verdict = Query['holes'][number]['verdict'];

interface Found {
  readonly where: Place;
  readonly within: string;
  readonly parts: readonly string[] | null;
  readonly holes: { values: Value[]; verdict: Verdict; via: Place[] }[];
  readonly parameters: Value[][];
}

const worst: Verdict[] = ['input', 'unknown', 'guarded', 'constant'];

/** Collects SQL statements with the values that reach their text and parameters. */
export class Queries {
  private readonly found = new Map<string, Found>();

  record(machine: Machine, call: KnownCall): void {
    const { expr } = call;
    const raw = expr.k === 'call' ? expr.a[0] : undefined;
    const origin = machine.origin(raw, call.frame, expr);
    let text = call.args[0] ?? UNKNOWN;
    let given = call.args[1];
    if (text.k === 'obj') {
      given = text.keys.get('values') ?? given;
      text = text.keys.get('text') ?? text.keys.get('sql') ?? UNKNOWN;
    }
    const where = machine.place(origin.frame, origin.expr.l, origin.expr.e);
    const within = machine.within(origin.frame);
    if (origin.open && !isText(text)) return;
    const via = machine.trail().filter((place) => place.file !== where.file || place.line !== where.line);
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
          parameters: parameters.map(() => []),
        };
        this.found.set(key, row);
      }
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
        const list = (row.parameters[index] ??= []);
        if (list.length < 8 && !list.some((one) => keyOf(one) === keyOf(value))) list.push(value);
      });
    }
  }

  /** The rows of the evidence; `routesOf` gives the routes that reach a function. */
  async rows(routesOf: (within: string) => string[], pack: Pack): Promise<Query[]> {
    const statements = new Map<readonly string[], Statement>();
    const missing: { key: string; parts: readonly string[] }[] = [];
    for (const { parts } of this.found.values()) {
      if (parts === null) continue;
      const key = ascii(JSON.stringify(parts));
      const json = pack.get(key);
      if (json === undefined) missing.push({ key, parts });
      else statements.set(parts, JSON.parse(json) as Statement);
    }
    if (missing.length > 0) {
      await loadSqlParser();
      for (const { key, parts } of missing) {
        const known = pack.get(key);
        const statement = known === undefined ? readStatement(parts) : (JSON.parse(known) as Statement);
        statements.set(parts, statement);
        pack.put(key, ascii(JSON.stringify(statement)));
      }
    }
    pack.save();

    const rows: Query[] = [];
    for (const row of this.found.values()) {
      const statement = row.parts === null ? undefined : statements.get(row.parts);
      const parameters = row.parameters.map((list) => either(list));
      const holes = row.holes.map(({ values, verdict, via }) => ({ value: toAbstract(either(values)), verdict, via }));
      rows.push({
        where: row.where,
        within: row.within,
        routes: routesOf(row.within),
        text: row.parts === null ? null : row.parts.reduce((text, part, index) => `${text}\${${index - 1}}${part}`),
        verb: statement?.verb ?? 'unknown',
        tables: statement?.tables ?? [],
        filters: (statement?.filters ?? []).map(({ table, column, ref }) => ({
          table,
          column,
          value:
            ref === null
              ? { kind: 'unknown' as const }
              : 'param' in ref
                ? toAbstract(parameters[ref.param - 1] ?? UNKNOWN)
                : 'hole' in ref
                  ? (holes[ref.hole]?.value ?? { kind: 'unknown' as const })
                  : { kind: 'literal' as const, value: ref.value },
        })),
        holes,
        parameters: parameters.map((value) => toAbstract(value)),
        star: statement?.star ?? false,
        limited: statement?.limited ?? false,
      });
    }
    return rows.sort((a, b) => compare(a.where.file, b.where.file) || a.where.line - b.where.line || compare(a.text ?? '', b.text ?? ''));
  }
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
