import type { z } from 'zod';
import type { guard } from '../../model/evidence/read.ts';
import type { Place } from '../../model/words.ts';
import { undecided } from './known.ts';
import { answersWell } from './answers.ts';
import { reach } from './visit.ts';
import type { Atom, Refusal, Visit } from './visit.ts';
import type { Value } from './value.ts';

export type Guard = z.infer<typeof guard>;
type Does = Guard['does'][number];

const roleName = /(role|admin|owner|staff|permission|scope|privilege|tier|isSuper|superuser|rank|access_?level|group)/i;
const stateName = /(active|verified|suspend|banned|blocked|locked|status|plan|mfa|twofactor|deleted|enabled)/i;

/** A refusal as one function meets it; `sometimes` where it is met only under a condition. */
interface Met extends Refusal {
  readonly sometimes: boolean;
}

/** Refusals of a function and of what it calls, without answers that do not end it. */
function refusalsOf(root: Visit, mild = false): Met[] {
  const found: Met[] = [];
  const seen = new Map<Visit, boolean>([[root, false]]);
  const pending: { visit: Visit; loose: boolean; sometimes: boolean }[] = [{ visit: root, loose: false, sometimes: false }];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const { visit } = at;
    const sometimes = at.sometimes || (visit.optional && visit !== root);
    for (const refusal of visit.refusals) {
      if (refusal.mild === true && (!mild || visit !== root)) continue;
      const ignored = at.loose && refusal.status !== 'throw' && refusal.thrown !== true;
      found.push({ ...refusal, ...(ignored ? { effective: false } : {}), sometimes });
    }
    for (const child of visit.children) {
      const now = sometimes || visit.maybe?.has(child) === true;
      // What is met only sometimes on one way may be met always on another.
      if (seen.get(child) === false || (now && seen.has(child))) continue;
      const ignored = visit.loose?.has(child) === true;
      // A whole handler that is called for what it does is nobody's guard.
      if (ignored && answersWell(child.value)) continue;
      seen.set(child, now);
      pending.push({ visit: child, loose: at.loose || ignored, sometimes: now });
    }
  }
  return found;
}

/** What one refusal says about the caller, in the words of guards. */
function classify(refusal: Refusal, root: Facts, middleware: boolean): { does: Set<Does>; roles: Set<string> } {
  const does = new Set<Does>();
  const roles = new Set<string>();
  const { status } = refusal;
  if (status === 429) return { does: new Set<Does>(['rate-limit']), roles };
  let credential = false;
  for (const atom of refusal.atoms) {
    if (atom.op === 'verify') does.add('authentication');
    if (atom.op === 'signature') does.add('signature');
    const sides: [Value, Value][] = [
      [atom.l, atom.r],
      [atom.r, atom.l],
    ];
    for (const [one, other] of sides) {
      const session = sessionOf(one);
      if (session !== null) forSession(session, other, atom, does, roles, one === atom.l, status === 302);
      const row = rowOfCaller(one);
      if (row !== null) forRow(row, other, atom, status, does, roles);
      // A body's digest with the application's own key, compared with what the sender says.
      if (isComparison(atom) && isDigest(one) && inputOf(other)?.from === 'headers') does.add('signature');
      const header = inputOf(one);
      // A claim of a token that the host has verified before: a public key is a token too, but nobody's.
      if (header?.from === 'headers' && header.path.length > 1 && root.means.has('host-verified')) does.add('authentication');
      const where = header?.from === 'headers' ? header.path.join('.') : '';
      if (/^(?:origin|referer|sec-fetch-site)$/.test(where) && (isComparison(atom) || atom.op === 'in') && other.k !== 'unknown')
        does.add('csrf');
      else if (header?.from === 'headers' && /csrf|xsrf/i.test(header.path.join('.'))) does.add('csrf');
      else if (
        header !== null &&
        (header.from === 'headers' || header.from === 'cookies') &&
        /auth|token|key|session|sid|secret|^$/i.test(header.path.join('.'))
      ) {
        credential = true;
        if (isComparison(atom) && isOwnSecret(other))
          does.add(/signature|hub/i.test(header.path.join('.')) ? 'signature' : 'authentication');
      } else if (
        header !== null &&
        (header.from === 'body' || header.from === 'query' || header.from === 'params') &&
        (status === 400 || status === 422 || status === 'throw')
      ) {
        // A missing or malformed field, not a question about the caller.
        does.add('validation');
      }
    }
  }
  if (root.means.has('constant-time-compare') && root.means.has('hmac') && typeof status === 'number' && status >= 400)
    does.add('signature');
  const denies = status === 401 || status === 403 || (middleware && status === 'throw');
  if (
    does.size === 0 &&
    denies &&
    !refusal.atoms.every(isPresence) &&
    (credential || root.credentials) &&
    (middleware || status === 401) &&
    (root.means.has('sql-query') || root.means.has('query') || root.means.has('token-verify'))
  )
    does.add('authentication');
  if (does.has('authentication') && does.has('validation')) does.delete('validation');
  return { does, roles };
}

/** The test holds for callers who have a session. */
function isTrue({ op, not }: Atom, other: Value): boolean {
  if (op === 'truthy') return not !== true;
  return other.k === 'lit' && other.v === null && (op.startsWith('!') ? not !== true : not === true);
}

function forSession(
  path: readonly string[],
  other: Value,
  atom: Atom,
  does: Set<Does>,
  roles: Set<string>,
  left: boolean,
  sendsAway: boolean,
): void {
  const name = path.at(-1) ?? '';
  const literals = literalsOf(other);
  if (atom.op === 'in' && (left || roleName.test(name))) {
    does.add('role');
    for (const one of literals) if (typeof one === 'string') roles.add(one);
  } else if (sendsAway && isTrue(atom, other)) {
    // Whoever is signed in already is sent on: the page where people sign in asks this.
  } else if (atom.op === 'truthy' || (other.k === 'lit' && (other.v === null || typeof other.v === 'boolean'))) {
    does.add(roleName.test(name) ? 'role' : stateName.test(name) ? 'other' : 'authentication');
    if (roleName.test(name) && /^is[A-Z_]|^admin$/.test(name)) roles.add(name.replace(/^is_?/i, '').toLowerCase());
  } else if (isComparison(atom)) {
    if (literals.length > 0) {
      if (stateName.test(name) && !roleName.test(name)) does.add('other');
      else {
        does.add('role');
        for (const one of literals) if (typeof one === 'string') roles.add(one);
      }
    } else if (sessionOf(other) === null && other.k !== 'guarded')
      does.add(other.k === 'unknown' && roleName.test(name) ? 'role' : 'ownership');
    else if (other.k === 'guarded') does.add('ownership');
  }
}

interface Facts {
  readonly means: ReadonlySet<string>;
  readonly session: ReadonlySet<string>;
  readonly credentials: boolean;
}

function factsOf(root: Visit): Facts {
  const means = new Set<string>();
  const session = new Set<string>();
  let credentials = false;
  for (const visit of reach(root)) {
    for (const one of visit.means) means.add(one);
    for (const one of visit.session) session.add(one);
    for (const input of visit.inputs?.values() ?? [])
      if ((input.from === 'headers' && /auth|token|key|cookie/i.test(input.path.join('.'))) || input.from === 'cookies') credentials = true;
  }
  return { means, session, credentials };
}

/** What a middleware does; null when it neither asks who the caller is nor checks what came. */
export function judge(visit: Visit, name: string, where: Place | null): Guard | null {
  const facts = factsOf(visit);
  const does = new Set<Does>();
  const roles = new Set<string>();
  let effective = false;
  for (const refusal of refusalsOf(visit)) {
    const found = classify(refusal, facts, true);
    for (const one of found.does) does.add(one);
    for (const one of found.roles) roles.add(one);
    if (found.does.size > 0 && refusal.effective) effective = true;
    if (found.does.size === 0 && refusal.effective && refusal.status !== 'throw') effective = true;
    if (found.does.size === 0 && refusal.status === 403 && [...facts.session].some((path) => roleName.test(path))) does.add('role');
  }
  if (facts.means.has('token-verify') || (facts.means.has('guard:authentication') && does.size === 0)) does.add('authentication');
  if (facts.means.has('guard:authentication')) effective = true;
  if (facts.means.has('schema-parse') || facts.means.has('validation-result')) does.add('validation');
  if (facts.means.has('webhook-verify')) does.add('signature');
  const outcome = visit.outcome;
  if ((outcome.throws || (outcome.answer ?? 0) >= 400) && !outcome.next) effective = true;
  // A rejected parse throws, and what is thrown never reaches `next()`.
  if (does.has('validation') && facts.means.has('schema-parse')) effective = true;
  // Whether it asks at all hangs on the path in a way that was not followed.
  if (facts.means.has(undecided) && does.size > 0) return { name, where, does: ['other'], refuses: effective, roles: [] };
  if (does.size > 1) does.delete('other');
  if (does.size === 0) return effective ? { name, where, does: ['other'], refuses: true, roles: [] } : null;
  return { name, where, does: [...does].sort(), refuses: effective, roles: [...roles].sort() };
}

/** Checks inside a handler; `mild` where returning something else than its work is its way to refuse. */
export function judgeInline(visit: Visit, mild = false): Guard[] {
  const facts = factsOf(visit);
  const found = new Map<string, Guard>();
  for (const refusal of refusalsOf(visit, mild)) {
    const { does, roles } = classify(refusal, facts, false);
    // Whoever does not meet the question is not asked it.
    if (refusal.sometimes) does.delete('authentication');
    // 403 says that the caller is known and may not; by what it was decided could not be followed.
    // Whoever is sent elsewhere by what was thrown may not either, as far as can be told.
    const sent = refusal.status === 302 && refusal.thrown === true && !refusal.sometimes;
    const about = refusal.atoms.some(({ l, r }) => sessionOf(l) !== null || sessionOf(r) !== null);
    if (does.size === 0 && (refusal.status === 403 || (sent && !about))) does.add('other');
    if (does.size === 0) continue;
    const key = `${refusal.where.file}:${refusal.where.line}:${refusal.status}`;
    const before = found.get(key);
    const row: Guard = {
      name: 'inline',
      where: refusal.where,
      does: [...does].sort(),
      refuses: refusal.effective,
      roles: [...roles].sort(),
    };
    found.set(
      key,
      before === undefined
        ? row
        : {
            ...row,
            does: [...new Set([...before.does, ...row.does])].sort(),
            roles: [...new Set([...before.roles, ...row.roles])].sort(),
            refuses: before.refuses || row.refuses,
          },
    );
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** Whether it only asks that a credential was sent, or looks as one does: anybody can send one. */
function isPresence({ op, l, r }: Atom): boolean {
  const sent = (value: Value) => {
    const from = inputOf(value)?.from;
    return from === 'headers' || from === 'cookies';
  };
  return op !== 'verify' && sent(l) && (r.k === 'unknown' || r.k === 'lit' || r.k === 're' || sent(r));
}

/** What only the application knows: a variable of its environment, alone or in a text, or something that it computed. */
function isOwnSecret(value: Value): boolean {
  return (
    value.k === 'env' || value.k === 'result' || value.k === 'either' || (value.k === 'tpl' && value.holes.some((hole) => hole.k === 'env'))
  );
}

/** `createHmac('sha256', key).update(body).digest('hex')` */
function isDigest(value: Value): boolean {
  if (value.k === 'tpl') return value.holes.some(isDigest);
  return value.k === 'result' && value.base.endsWith('#createHmac');
}

/** The name of a column that says what the caller may, in a row that was found by who is calling; null for anything else. */
function rowOfCaller(value: Value): string | null {
  if (value.k === 'either') return value.of.map(rowOfCaller).find((one) => one !== null) ?? null;
  if (value.k !== 'result' || value.symbol === 'schema') return null;
  const [asked] = value.args;
  const named = value.symbol.endsWith('.rpc') && asked?.k === 'lit' ? String(asked.v) : (value.path.at(-1) ?? '');
  if (!roleName.test(named)) return null;
  for (let at: Value | null = value, steps = 0; at?.k === 'result' && steps < 20; at = at.on, steps++)
    if (at.args.some((one) => holdsSession(one, 0))) return named;
  return null;
}

function holdsSession(value: Value, depth: number): boolean {
  if (depth > 4) return false;
  if (value.k === 'obj') return [...value.keys.values()].some((one) => holdsSession(one, depth + 1));
  if (value.k === 'arr') return value.items.some((one) => holdsSession(one, depth + 1));
  return sessionOf(value) !== null;
}

function forRow(name: string, other: Value, atom: Atom, status: Refusal['status'], does: Set<Does>, roles: Set<string>): void {
  if (status !== 401 && status !== 403 && status !== 'throw') return;
  const literals = literalsOf(other).filter((one) => typeof one === 'string');
  if (atom.op === 'truthy' || atom.op === 'in' || (isComparison(atom) && literalsOf(other).length > 0)) does.add('role');
  for (const one of literals) roles.add(one);
  if (atom.op === 'truthy' && /^is[A-Z_]|^admin$/.test(name)) roles.add(name.replace(/^is_?/i, '').toLowerCase());
}

function isComparison(atom: Atom): boolean {
  return /^[!=]==?$/.test(atom.op);
}

function literalsOf(value: Value): (string | number | boolean | null)[] {
  if (value.k === 'lit') return value.v === null ? [] : [value.v];
  if (value.k === 'arr') return value.items.flatMap(literalsOf);
  if (value.k === 'either') return value.of.flatMap(literalsOf);
  if (value.k === 'obj') return [...value.keys.keys()];
  return [];
}

function sessionOf(value: Value): readonly string[] | null {
  if (value.k === 'session') return value.path;
  if (value.k === 'guarded') return sessionOf(value.of);
  if (value.k === 'either') for (const one of value.of) if (one.k === 'session') return one.path;
  return null;
}

function inputOf(value: Value): Extract<Value, { k: 'input' }> | null {
  if (value.k === 'input') return value;
  if (value.k === 'guarded') return inputOf(value.of);
  if (value.k === 'either') for (const one of value.of) if (one.k === 'input') return one;
  return null;
}
