import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Guard } from './guard.ts';
import { compare } from './queries.ts';
import { reach } from './visit.ts';
import type { Visit } from './visit.ts';
import type { Value } from './value.ts';

export type Believed = NonNullable<EvidenceValue<'routes'>['routes'][number]['believes']>[number];

/** What settles who is calling, so that nothing is merely believed. */
const verifying =
  /^(token-verify|session-(read|require|middleware|refresh|client)|session|guard:authentication|webhook-verify|host-verified|password-verify|password-hash|hmac|constant-time-compare|sign-in-library|passport-strategy)$/;
/** Where an answer about the caller comes from elsewhere: a table of sessions, a service that is asked. */
const asking = /^(query|sql-query|sql-template|sql-execute|database|outbound|cache-client)$/;
/** Fields that say who somebody is, or what they may. */
const person = /^(user_?id|uid|sub|user_?name|user|email|account_?id|customer_?id|member_?id)$/i;
const standing = /^(roles?|is_?admin)$/i;
/** Headers by which a proxy in front says whom it has let in. */
const ofProxy =
  /^(x-forwarded-|x-auth-request-|x-amzn-|x-goog-|cf-access-|x-ms-client-principal|(x-)?remote-|x-webauth-|x-authentik-|x-vercel-|fly-)/;
const credential = /auth|token|session|api-?key|^cookie$/i;

/**
 * Functions that make up who is calling from what the caller sends alone, where nothing on the way to or in the endpoint verifies it;
 * undefined where something does.
 */
export function believedBy(visits: readonly Visit[], guards: readonly Guard[]): Believed[] | undefined {
  const all = [...new Set(visits.flatMap((visit) => [...reach(visit)]))];
  if (guards.some(({ does }) => does.includes('authentication') || does.includes('signature') || does.includes('ownership')))
    return undefined;
  if (all.some(({ means, session }) => session.size > 0 || [...means].some((one) => verifying.test(one)))) return undefined;
  const found = new Map<string, Believed>();
  for (const visit of all) {
    if (reach(visit).some(({ means }) => [...means].some((one) => asking.test(one)))) continue;
    const how = madeUp(visit);
    const func = visit.file.facts.functions[visit.fn];
    if (how === null || func === undefined || visit.fn === 0) continue;
    const name = func.n === '<anonymous>' ? '' : func.n;
    found.set(visit.id, { how, name, where: { file: visit.file.path, line: func.l, endLine: func.e } });
  }
  return [...found.values()].sort((a, b) => compare(a.where.file, b.where.file) || a.where.line - b.where.line);
}

/** How what a function gives says who is calling: by what a header or cookie holds, or by one being there. */
function madeUp({ value, inputs }: Visit): Believed['how'] | null {
  const made = objectsIn(value);
  const fields = new Map<string, Value[]>();
  for (const { keys } of made)
    for (const [name, one] of keys)
      if (person.test(name) || standing.test(name))
        fields.set(name, [...(fields.get(name) ?? []), ...(one.k === 'either' ? one.of : [one])]);
  for (const values of fields.values()) if (values.some(isSent)) return 'sent';
  const reads = [...(inputs?.values() ?? [])].some(
    ({ from, path }) => from === 'cookies' || (from === 'headers' && credential.test(path.join('.'))),
  );
  if (!reads) return null;
  for (const [name, values] of fields) {
    const isSomebody = values.some((one) => one.k === 'lit' && typeof one.v === 'string' && one.v !== '' && !/^(anon|guest)/i.test(one.v));
    if (person.test(name) && isSomebody && values.some((one) => one.k === 'lit' && one.v === null)) return 'presence';
  }
  return null;
}

function objectsIn(value: Value): Extract<Value, { k: 'obj' }>[] {
  if (value.k === 'obj') return [value];
  return value.k === 'either' ? value.of.flatMap(objectsIn) : [];
}

function isSent(value: Value): boolean {
  if (value.k === 'guarded') return isSent(value.of);
  if (value.k === 'either') return value.of.some(isSent);
  if (value.k !== 'input') return false;
  return value.from === 'cookies' || (value.from === 'headers' && value.path.length > 0 && !ofProxy.test(value.path[0] ?? ''));
}
