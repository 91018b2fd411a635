import type { Lab, Played } from './interpreter.ts';
import type { Json } from './players.ts';
import { shapeOf } from './statement.ts';
import { knowledgeOf } from './synthesis.ts';
import type { ColumnRef, Knowledge, Request, Route, Synthesis } from './synthesis.ts';
import { fill } from './templates.ts';
import { plainField } from './values.ts';

/** Learns from an exchange: which column each field reached, and what the database or the validation asked for. */
export function learn(synthesis: Synthesis, route: Route, request: Request, played: Played): void {
  const known = knowledgeOf(synthesis, route);
  const me = synthesis.lab.players.get(request.step.as);
  if (!me) return;
  const bindings = { saved: synthesis.lab.saved, players: synthesis.lab.players };
  const body = request.step.body === undefined ? {} : (fill(request.step.body, me, bindings) as Record<string, Json>);
  for (const [name, value] of Object.entries(body)) noteColumn(synthesis.lab, known, `body:${name}`, value, played);
  const sent = played.sent.path.split('?')[0]?.split('/') ?? [];
  route.path.split('/').forEach((segment, index) => {
    const name = /^:(\w+)/.exec(segment)?.[1];
    const value = sent[index];
    if (name && value !== undefined) noteColumn(synthesis.lab, known, `params:${name}`, decodeURIComponent(value), played);
  });
  for (const statement of played.statements) if (statement.error) learnFromError(synthesis.lab, known, statement.error, statement.text);
  learnFromComplaint(synthesis.lab, known, played);
  learnFromAnswer(known, route, played);
}

function noteColumn(lab: Lab, known: Knowledge, key: string, value: Json, played: Played): void {
  if (value === null || typeof value === 'object' || typeof value === 'boolean' || String(value).length < 2) return;
  const uses = played.statements.flatMap((statement) =>
    (shapeOf(statement.text)?.uses ?? []).flatMap((use) => {
      const table =
        use.table && (use.bind !== null ? statement.binds[use.bind - 1] : use.literal) === String(value)
          ? lab.tables.byRelation(use.table)
          : undefined;
      return table?.columns.some((column) => column.name === use.column) ? [{ table: table.name, column: use.column, how: use.how }] : [];
    }),
  );
  const found = uses.find((use) => use.how === 'stored') ?? uses[0] ?? storedIn(lab, key, String(value), played);
  if (found) known.columns.set(key, found);
}

/** Without a wire: the one column of a changed row that now holds the value, or the one of them that is called like the field. */
function storedIn(lab: Lab, key: string, value: string, played: Played): ColumnRef | undefined {
  if (played.rows === undefined) return undefined;
  const plain = (name: string): string => name.replace(/^\w+:/, '').replaceAll('_', '').toLowerCase();
  const holding = played.changes.flatMap(({ table, before, after }) =>
    Object.entries(after ?? {}).flatMap(([column, held]) =>
      held === value && before?.[column] !== value && lab.tables.byName(table) ? [{ table, column, how: 'stored' as const }] : [],
    ),
  );
  return holding.find((one) => plain(one.column) === plain(key)) ?? (holding.length === 1 ? holding[0] : undefined);
}

/** SQLite's complaint about a missing value, which an app without a wire only tells in its answer or its log. */
function learnFromComplaint(lab: Lab, known: Knowledge, played: Played): void {
  if (played.rows === undefined) return;
  const text = `${played.exchange.response?.body.slice(0, 4_000) ?? ''}\n${played.logs.join('\n').slice(0, 20_000)}`;
  for (const [, relation = '', column = ''] of text.matchAll(/NOT NULL constraint failed: (\w+)\.(\w+)/g)) {
    const table = lab.tables.byRelation(relation);
    if (table) addField(known, column, table.name, column);
  }
}

function learnFromError(lab: Lab, known: Knowledge, error: { code: string; message: string; table?: string }, text: string): void {
  const column = /column "([^"]+)"/.exec(error.message)?.[1];
  if (error.code !== '23502' || column === undefined) return;
  const table = lab.tables.byRelation(error.table ?? shapeOf(text)?.tables[0] ?? '');
  if (table) addField(known, column, table.name, column);
}

/** Adds a field to the body that was not known from the code. */
export function addField(known: Knowledge, name: string, table?: string, column?: string): void {
  known.extra.set(`body:${name}`, { ...plainField(name), in: 'body', required: true });
  if (table && column) known.columns.set(`body:${name}`, { table, column, how: 'stored' });
}

/** A 400 that says what it wants: a field that was not sent, or one of several values. */
function learnFromAnswer(known: Knowledge, route: Route, played: Played): void {
  const status = played.exchange.response?.status ?? 0;
  if ((status !== 400 && status !== 422) || route.method === 'GET') return;
  const text = played.exchange.response?.body.slice(0, 2_000).replaceAll('\\"', '"') ?? '';
  const sent = played.sent.body ?? '';
  for (const [field, value] of optionsIn(text, sent)) known.values.set(`body:${field}`, value);
  for (const match of text.matchAll(/"(?:path|field|param|property)"\s*:\s*\[?\s*"(\w+)"/g)) {
    const name = match[1];
    if (name && !sent.includes(`"${name}"`)) addField(known, name);
  }
  for (const match of text.matchAll(/\b([a-z][A-Za-z_]{2,30})\b(?=[^.]{0,40}\b(?:required|missing)\b)/g)) {
    const name = match[1];
    if (name && !fillWords.test(name) && !sent.includes(`"${name}"`) && route.inputs.every((field) => field.name !== name))
      addField(known, name);
  }
}

const fillWords = /^(is|are|and|the|missing|required|field|fields|error|message|invalid|body|must|validation|details)$/i;

/** `status must be one of a, b`, `Expected 'a' | 'b', received 'x'`, `expected one of "a"|"b"` with a path: the field and the first option. */
function optionsIn(text: string, sent: string): [string, string][] {
  const found: [string, string][] = [];
  for (const match of text.matchAll(
    /(\w+)["'`]?:? (?:must be|should be|has to be|is not) (?:one of|in|either):? ?\[?([\w'"`|,/ -]{2,120})/gi,
  )) {
    const first = match[2]?.split(/,|\||\/| or /)[0]?.replace(/["'`\s]/g, '');
    if (match[1] && first) found.push([match[1], first]);
  }
  const expected = /expected (?:one of )?((?:["'][\w -]+["'](?:\s*\|\s*)?){2,})(?:,? received ["']([^"']*))?/i.exec(text);
  const option = /["']([\w -]+?)["']/.exec(expected?.[1] ?? '')?.[1];
  const named = expected && (/"path"\s*:\s*\[\s*"(\w+)"/.exec(text)?.[1] ?? (expected[2] ? fieldWith(sent, expected[2]) : undefined));
  if (named && option !== undefined) found.push([named, option]);
  return found;
}

/** The field of a sent JSON body that held a value. */
function fieldWith(body: string, value: string): string | undefined {
  try {
    return Object.entries(JSON.parse(body) as Record<string, Json>).find(([, held]) => held === value)?.[0];
  } catch {
    return undefined; // Not a JSON object: nothing of it can be named.
  }
}
