import type { Want } from '../../../../model/want.ts';
import { heldBy } from './complained-fields.ts';
import { columnsRefused } from './columns-refused.ts';
import { complaintsIn, complaintsInLog } from './complaints.ts';
import type { Complaint } from './complaints.ts';
import type { Sent } from './complained-fields.ts';
import { constraintComplaints } from './constraints.ts';
import { satisfies } from './contentment.ts';
import { succeeded } from '../interpreter.ts';
import type { Lab, Played } from '../interpreter.ts';
import type { Json } from '../people/players.ts';
import { shapeOf } from '../statement.ts';
import { knowledgeOf } from './synthesis.ts';
import type { ColumnRef, Knowledge, Request, Route, Synthesis } from './synthesis.ts';
import { fill } from '../templates.ts';
import { plainField } from './values.ts';

/**
 * Learns from an exchange: which column each field reached, and what the database or the validation asked for. Returns whether that was news
 * about the form of requests, so that the next one will be another.
 */
export function learn(synthesis: Synthesis, route: Route, request: Request, played: Played): boolean {
  const known = knowledgeOf(synthesis, route);
  const before = lessons(known);
  learnAll(synthesis, known, route, request, played);
  return lessons(known) !== before;
}

function lessons({ columns, extra, wants }: Knowledge): string {
  return JSON.stringify([...columns, ...extra.keys(), ...wants]);
}

function learnAll(synthesis: Synthesis, known: Knowledge, route: Route, request: Request, played: Played): void {
  const me = synthesis.lab.players.get(request.step.as);
  if (!me) return;
  const bindings = { saved: synthesis.lab.saved, players: synthesis.lab.players };
  const body = request.step.body === undefined ? null : fill(request.step.body, me, bindings);
  if (succeeded(played)) known.sample = request.sample;
  const sent = sentBy(route, known, body, played.sent.path);
  for (const [name, value] of Object.entries(body ?? {})) noteColumn(synthesis.lab, known, `body:${name}`, value as Json, played);
  for (const [name, value] of Object.entries(sent.params)) noteColumn(synthesis.lab, known, `params:${name}`, value, played);
  const queried = Object.entries(sent.query);
  // What stands in several parts of the query says of none which column it reaches.
  for (const [name, value] of queried.filter(([, one]) => queried.filter(([, other]) => other === one).length === 1))
    noteColumn(synthesis.lab, known, `query:${name}`, value, played);
  for (const statement of played.statements) {
    if (!statement.error) continue;
    learnFromError(synthesis.lab, known, statement.error, statement.text);
    for (const [key, column] of columnsRefused(synthesis.lab, statement, sent)) known.columns.set(key, column);
  }
  learnFromComplaint(synthesis.lab, known, played);
  learnFromAnswer(synthesis.lab, known, route, sent, played);
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

/** What a refusal says of the form of the request: fields that were not sent, and what those that were must be. */
function learnFromAnswer(lab: Lab, known: Knowledge, route: Route, sent: Sent, played: Played): void {
  const { status = 0, body = '' } = played.exchange.response ?? {};
  if (succeeded(played)) known.worked = sent;
  if (!refusals.has(status)) return;
  const answer = body.slice(0, 100_000);
  const told = [...complaintsIn(answer, sent), ...constraintComplaints(lab.tables, answer, sent)];
  const complaints = told.length > 0 ? told : complaintsInLog(played.logs.join('\n'), sent);
  for (const complaint of complaints) {
    const key = `${complaint.in}:${complaint.field}`;
    const want = withinReach(complaint, sent);
    if (known.worked && contradicts(known.worked, complaint, want)) continue;
    const others = (known.wants.get(key) ?? []).filter((one) => one.kind !== want.kind && !(isAboutBeing(one) && isAboutBeing(want)));
    known.wants.set(key, [...others, want]);
    const isNew =
      want.kind === 'presence' && !complaint.field.includes('.') && complaint.in !== 'params' && heldBy(sent, complaint) === undefined;
    if (isNew && !route.inputs.some((field) => field.in === complaint.in && field.name === complaint.field))
      known.extra.set(key, { ...plainField(complaint.field), in: complaint.in, required: true });
  }
}

function isAboutBeing({ kind }: Want): boolean {
  return kind === 'presence' || kind === 'absence';
}

/** Answers that speak of the form of a request; 500 is what an application answers that lets the validation's error through. */
const refusals = new Set([400, 406, 409, 412, 413, 415, 417, 422, 500]);

/** Whether a request that succeeded did not have what is asked for. */
function contradicts(worked: Sent, { in: place, field }: Complaint, want: Want): boolean {
  const held = heldBy(worked, { in: place, field });
  if (want.kind === 'presence') return held === undefined;
  return held !== undefined && !satisfies(want, held, worked.body, place);
}

/** A `Date` object cannot be sent as JSON: a field that refuses a good date is better left out. */
function withinReach({ in: place, field, wants }: Complaint, sent: Sent): Want {
  if (wants.kind !== 'type' || wants.type !== 'date' || place !== 'body') return wants;
  const held = heldBy(sent, { in: place, field });
  return held !== undefined && satisfies(wants, held, sent.body, place) ? { kind: 'absence' } : wants;
}

/** The request as complaints are about it: with its values filled in, by where they stood. */
function sentBy(route: Route, known: Knowledge, body: Json | null, path: string): Sent {
  const [before = '', search = ''] = path.split('?');
  const segments = before.split('/');
  const params = route.path.split('/').flatMap((segment, index): [string, string][] => {
    const name = /^:(\w+)/.exec(segment)?.[1];
    const value = segments[index];
    return name === undefined || value === undefined ? [] : [[name, decodeURIComponent(value)]];
  });
  return {
    body,
    query: Object.fromEntries(new URLSearchParams(search)),
    params: Object.fromEntries(params),
    known: [...route.inputs, ...known.extra.values()].flatMap(({ in: place, name }) =>
      place === 'body' || place === 'query' || place === 'params' ? [{ in: place, name }] : [],
    ),
  };
}
