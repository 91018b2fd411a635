import { quote } from '../ground/play/quote.ts';
import type { Stage } from '../ground/play/scene.ts';
import { shapeOf } from '../ground/play/statement.ts';
import { roleOf } from '../ground/play/people/players.ts';
import type { RawCell } from './access-judgement.ts';

/** A table of the application's own that says which role may do what, as its guards were seen to ask it. */
export interface Policy {
  readonly table: string;
  /** Role -> what is granted to it. */
  readonly grants: ReadonlyMap<string, ReadonlySet<string>>;
  /** Endpoint -> what its guards asked for. */
  readonly asked: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Question {
  readonly cell: RawCell;
  readonly table: string;
  readonly role: string;
  readonly action: string;
  readonly value: string;
}

/** Refusals for want of a grant that must have been seen before a table is believed to be what decides. */
const enough = 3;

/**
 * The table that guards ask whether a role may do something; null when none was seen. It is believed only where no cell contradicts it:
 * whoever was asked for something that is not granted was refused, several times, and somebody was let in.
 */
export async function policyOf(
  { lab, ownership, cast }: Pick<Stage, 'lab' | 'ownership' | 'cast'>,
  cells: readonly RawCell[],
): Promise<Policy | null> {
  const roles = new Set([...ownership.roles, ...cast.roles.flatMap(({ role }) => role ?? [])]);
  const questions = cells.flatMap((cell) => questionsIn(cell, roles));
  const [most] = [...Map.groupBy(questions, ({ table, role, action }) => JSON.stringify([table, role, action])).values()].toSorted(
    (a, b) => b.length - a.length,
  );
  const [first] = most ?? [];
  const table = first && lab.tables.byRelation(first.table);
  if (!most || !first || !table || ownership.users?.table === table.name) return null;
  const rows = await lab.ground.sql(
    `SELECT DISTINCT CAST(${quote(first.role)} AS text) AS role, CAST(${quote(first.action)} AS text) AS action FROM ${quote(table.name)} LIMIT 20000`,
  );
  const grants = new Map([...Map.groupBy(rows, (row) => row['role'] ?? '')].map(([role, some]) => [role, setOf(some, 'action')]));
  const asked = new Map([...Map.groupBy(most, ({ cell }) => cell.route.id)].map(([route, some]) => [route, setOf(some, 'value')]));
  const told = most.filter(({ cell }) => cell.part === 'role');
  const denied = told.filter(({ cell, value }) => !grants.get(roleOf(cell.actor))?.has(value));
  const letIn = told.some((question) => !denied.includes(question) && question.cell.success);
  return letIn && denied.length >= enough && denied.every(({ cell }) => !cell.success) ? { table: table.name, grants, asked } : null;
}

function setOf<K extends string>(rows: readonly { readonly [key in K]?: unknown }[], name: K): Set<string> {
  return new Set(rows.flatMap((row) => (typeof row[name] === 'string' ? [row[name]] : [])));
}

/** Statements that compare one column with a role and another with something else: "may an editor do this?". */
function questionsIn(cell: RawCell, roles: ReadonlySet<string>): Question[] {
  return cell.played.statements.flatMap((statement) => {
    const uses = (shapeOf(statement.text)?.uses ?? []).flatMap((use) => {
      const value = use.bind === null ? use.literal : statement.binds[use.bind - 1];
      return use.how === 'compared' && use.table !== null && typeof value === 'string' ? [{ ...use, table: use.table, value }] : [];
    });
    const [role, action] = [uses.find(({ value }) => roles.has(value)), uses.find(({ value }) => !roles.has(value))];
    if (!role || !action || uses.length !== 2 || role.table !== action.table || /^\d+$/.test(action.value)) return [];
    return [{ cell, table: role.table, role: role.column, action: action.column, value: action.value }];
  });
}

/**
 * What the table grants and no guard asks for, although this endpoint's neighbours ask for the like and its own name says so: the one
 * question that is missing. Null where the endpoint asks, or more than one answer is possible.
 */
export function missingQuestion(policy: Policy, route: RawCell['route'], routes: readonly RawCell['route'][]): string | null {
  if (policy.asked.has(route.id)) return null;
  const asked = new Set([...policy.asked.values()].flatMap((actions) => [...actions]));
  const orphans = new Set([...policy.grants.values()].flatMap((actions) => [...actions]).filter((action) => !asked.has(action)));
  const fitting = [...orphans].filter((action) => fits(action, route));
  const [only] = fitting;
  if (only === undefined || fitting.length > 1) return null;
  const others = routes.filter((other) => other.id !== route.id && !policy.asked.has(other.id) && fits(only, other));
  return others.length === 0 ? only : null;
}

const verbs: Readonly<Record<string, RegExp>> = {
  GET: /^(read|view|list|get|show|see)$/,
  POST: /^(create|add|new|insert|make)$/,
  PUT: /^(update|edit|write|change|modify|replace)$/,
  PATCH: /^(update|edit|write|change|modify)$/,
  DELETE: /^(delete|remove|destroy|drop)$/,
};

/** `invoices.approve` and `POST /invoices/:id/approve`, `invoices.update` and `PATCH /invoices/:id`. */
function fits(action: string, { method, path }: RawCell['route']): boolean {
  const words = action.split(/[^A-Za-z0-9]+/).map(singular);
  const segments = path.split('/').filter((segment) => segment !== '' && !segment.startsWith(':'));
  const [last = '', ...before] = segments.toReversed();
  const [subject = '', ...does] = words;
  const verb = does.some((word) => verbs[method]?.test(word));
  // `/invoices/:id`: the verb is in the method. `/invoices/:id/lines`: what it is about must be named too.
  if (singular(last) === subject) return does.length === 1 && verb;
  const tail = last.split('-').map(singular);
  return (
    before.some((segment) => singular(segment) === subject) &&
    does.length > 0 &&
    does.every((word) => tail.includes(word) || (verb && verbs[method]?.test(word))) &&
    does.some((word) => tail.includes(word))
  );
}

function singular(word: string): string {
  return word
    .toLowerCase()
    .replace(/ies$/, 'y')
    .replace(/([^s])s$/, '$1');
}
