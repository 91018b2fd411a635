import { isRead } from '../model/requests.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Place } from '../model/words.ts';

type Endpoint = EvidenceValue<'endpoints'>['endpoints'][number];
type Query = EvidenceValue<'queries'>['queries'][number];

/** A guard that tells who is calling; `key` is the same for guards of one module. */
export interface Door {
  readonly key: string;
  readonly name: string;
  readonly where: Place | null;
}

/** What an endpoint asks of its caller, and what it touches, as far as reading shows. */
export interface Asked {
  readonly id: string;
  readonly unit: string;
  readonly method: string;
  readonly path: string;
  /** The segments of the path that are no parameters. */
  readonly statics: readonly string[];
  readonly where: Place;
  readonly intended: Endpoint['intended'];
  /** Nothing asks who is calling. */
  readonly open: boolean;
  /** How often something refuses by what could not be followed. */
  readonly vague: number;
  /** The handler asks who is calling, answers, and goes on. */
  readonly neverRefuses: boolean;
  readonly doors: readonly Door[];
  readonly roles: readonly string[];
  /** How a role is asked for: a middleware's name, or in the handler. */
  readonly roleBy: readonly Door[];
  /** Compares the object's owner with the caller, or works on the caller's own row alone. */
  readonly owns: boolean;
  readonly pattern: readonly string[];
  /** By its method. */
  readonly changes: boolean;
  readonly writes: boolean;
  /** Inserts and changes nothing that is there. */
  readonly creates: boolean;
  /** At least one of its statements was followed. */
  readonly followed: boolean;
  /** A statement of its own picks rows by the caller. */
  readonly bySession: boolean;
  readonly tables: readonly string[];
  readonly read: readonly string[];
  readonly written: readonly string[];
}

/** A session's field that names the caller, not the tenant. */
const callerId = /(^|[._])(id|sub|uid|user_?id|user_?name|e?mail)$/i;
const ownPath = /^(me|self|mine|my-.*|profile)$/i;

/** What every endpoint asks. */
export function asked(endpoints: readonly Endpoint[], queries: readonly Query[]): Asked[] {
  // What stands before everything tells nothing apart, and a statement that a third of all endpoints reach is a shared helper.
  const everywhere = (name: string): boolean =>
    name !== 'inline' &&
    endpoints.length > 3 &&
    endpoints.filter(({ guards }) => guards.some((guard) => guard.name === name)).length > endpoints.length * 0.8;
  const own = queries.filter((query) => query.routes.length <= Math.max(2, endpoints.length / 3));
  return endpoints.map((endpoint) => {
    const { id, unit, method, path, where, intended, guards } = endpoint;
    const refusing = guards.filter(({ refuses }) => refuses);
    const does = (what: (typeof refusing)[number]['does'][number]) => refusing.filter((guard) => guard.does.includes(what));
    const mine = own.filter((query) => query.routes.includes(id));
    const changing = mine.filter(({ verb }) => verb === 'insert' || verb === 'update' || verb === 'delete');
    const picked = changing.filter(({ verb }) => verb !== 'insert');
    const byCaller = (query: Query): boolean =>
      query.filters.some(({ value }) => value.kind === 'session' && (value.name === '' || callerId.test(value.name)));
    const statics = path.split('/').filter((segment) => segment !== '' && !/^[:*]/.test(segment));
    const ownRow = picked.length > 0 ? picked.every(byCaller) : mine.length === 0 && statics.some((segment) => ownPath.test(segment));
    const asks = [...does('authentication'), ...does('role'), ...does('ownership'), ...does('signature')];
    const neverRefuses =
      asks.length === 0 && guards.some((guard) => guard.name === 'inline' && !guard.refuses && guard.does.includes('authentication'));
    const roleGuards = does('role').filter((guard) => !guard.does.includes('ownership'));
    const roles = [...new Set(roleGuards.flatMap((guard) => (guard.roles.length > 0 ? guard.roles : ['a role'])))].toSorted();
    const written = tablesOf(changing);
    return {
      id,
      unit,
      method,
      path,
      statics,
      where,
      intended,
      open: asks.length === 0 && !neverRefuses,
      vague: does('other').filter((guard) => !everywhere(guard.name)).length,
      neverRefuses,
      doors: does('authentication').map(doorOf),
      roles,
      roleBy: roleGuards.map(doorOf),
      owns: does('ownership').length > 0 || ownRow,
      pattern: patternOf(asks, neverRefuses),
      changes: !isRead(method),
      writes: written.length > 0,
      creates: changing.length > 0 && picked.length === 0,
      followed: mine.length > 0,
      bySession: mine.some((query) => query.filters.some(({ value }) => value.kind === 'session')),
      tables: tablesOf(mine),
      read: tablesOf(mine.filter(({ verb }) => verb === 'select')),
      written,
    };
  });
}

function tablesOf(queries: readonly Query[]): string[] {
  return [...new Set(queries.flatMap(({ tables }) => tables))].toSorted();
}

/** Guards of one imported namespace, or of one file, are one door: `auth.jwt` and `auth.admin`. */
function doorOf(guard: Endpoint['guards'][number]): Door {
  const inline = guard.name === 'inline';
  const space = /^(.+?)\./.exec(guard.name)?.[1];
  return {
    key: inline ? 'in the handler' : (space ?? guard.where?.file ?? guard.name),
    name: inline ? 'a test in the handler' : guard.name,
    where: guard.where,
  };
}

function patternOf(guards: Endpoint['guards'], neverRefuses: boolean): string[] {
  const words = guards.map((guard) => {
    const name = guard.name === 'inline' ? 'in the handler' : guard.name;
    return guard.roles.length > 0 ? `${name} (${guard.roles.join(', ')})` : `${name}: ${guard.does.join(', ')}`;
  });
  return neverRefuses ? ['in the handler: asks, and goes on'] : [...new Set(words)];
}
