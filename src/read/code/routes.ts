import { believedBy } from './believed.ts';
import { knowledgeOf } from './knowledge.ts';
import type { inputField, InputField, routes } from '../../model/evidence/read.ts';
import type { z } from 'zod';
import type { Checked, Endpoint, Link } from './routers.ts';
import type { Framework } from './frameworks/index.ts';
import { actionMethod } from './paths.ts';
import { follow } from './routers.ts';
import { judge, judgeInline } from './guard.ts';
import type { Guard } from './guard.ts';
import type { Machine } from './machine.ts';
import { compare } from './queries.ts';
import { classShapeOf } from './class-schema.ts';
import { jsonShapeOf } from './json-schema.ts';
import { namedBy } from './answer-shape.ts';
import { shapeOf } from './schema.ts';
import type { Shape } from './schema.ts';
import type { Value } from './value.ts';
import { keyOf, pathName } from './value.ts';
import { reach } from './visit.ts';
import type { Atom, Visit } from './visit.ts';

export type Route = z.infer<typeof routes>['routes'][number];
type Where = z.infer<typeof inputField>['in'];

/** What was followed for an endpoint: its handler, and all of it with what stands in front. */
interface Followed {
  readonly own: readonly Visit[];
  readonly all: readonly Visit[];
}
const followed = new WeakMap<Route, Followed>();

/** What was followed for an endpoint. */
export function followedFor(route: Route): Followed {
  return followed.get(route) ?? { own: [], all: [] };
}

/** Follows every endpoint's guards and handler and says what they do. */
export function describeRoutes(machine: Machine, endpoints: readonly Endpoint[]): Route[] {
  const judged = new Map<string, { guard: Guard | null; visits: Visit[] }>();
  const judgeLink = (link: Link, framework: Framework) => {
    const key = `${keyOf(link.value)}|${link.name}|${(link.args ?? []).map((arg) => keyOf(arg)).join()}|${link.handling === undefined ? '' : `${link.handling.method} ${link.handling.path}`}`;
    let found = judged.get(key);
    if (found === undefined) {
      const visits = follow(machine, link, framework);
      found = { guard: known(link) ?? merged(visits.map((visit) => judge(visit, link.name, link.where))), visits };
      judged.set(key, found);
    }
    return found;
  };
  const rows = new Map<string, Route>();
  for (const endpoint of endpoints) {
    const unit = endpoint.app.unit;
    const id = `${endpoint.method} ${endpoint.path}`;
    const inUnit = `${unit}\0${id}`;
    // The first registration answers; a later one for the same method and path is never reached.
    if (rows.has(inUnit)) continue;
    const guards: Guard[] = [...(endpoint.configured ?? [])];
    const before: Visit[] = [];
    for (const link of endpoint.guards) {
      const { guard: judgedAs, visits } = judgeLink(link, endpoint.framework);
      const guard = link.anyRole === true && judgedAs !== null ? withoutRoles(judgedAs) : judgedAs;
      if (link.idle === true && guard?.does.every((one) => one === 'role' || one === 'other')) continue;
      if (
        guard !== null &&
        !guards.some((one) => one.name === guard.name && one.where?.line === guard.where?.line && one.where?.file === guard.where?.file)
      )
        guards.push(guard);
      before.push(...visits);
    }
    const handler = endpoint.handler;
    const certain = before.flatMap(({ certain: { next } }) => [...(next ?? [])]);
    machine.assumed = certain.length > 0 ? new Set(certain) : null;
    const own = handler === null ? [] : follow(machine, handler, endpoint.framework);
    machine.assumed = null;
    const inner = handler?.inner ?? (handler?.value.k === 'fn' ? handler.value : null);
    const func = inner?.file.facts.functions[inner.fn];
    const wrapped = handler === null || handler.value.k !== 'result' ? null : known(handler);
    if (wrapped !== null) guards.push(wrapped);
    const inputs = inputsOf(machine, own, [...before, ...own], endpoint.guards, endpoint.checked, endpoint.path);
    const reaches = new Set<string>();
    for (const visit of [...before, ...own]) for (const one of reach(visit)) reaches.add(one.id);
    const parses = [...before, ...own].flatMap((visit) => [...reach(visit)].flatMap((one) => one.parses));
    const inline = dedupe(own.flatMap((visit) => judgeInline(visit, endpoint.method === actionMethod)));
    const believes = believedBy([...before, ...own], [...guards, ...inline]);
    const route: Route = {
      id,
      unit,
      method: endpoint.method,
      path: endpoint.path,
      framework: endpoint.framework,
      ...(endpoint.door === true || own.some((visit) => reach(visit).some(({ means }) => means.has('sign-in-library')))
        ? { door: true as const }
        : {}),
      where: endpoint.where,
      handler:
        inner !== null && func !== undefined
          ? { name: func.n === '<anonymous>' ? 'anonymous' : func.n, where: { file: inner.file.path, line: func.l, endLine: func.e } }
          : null,
      guards,
      inline,
      ...(believes === undefined ? {} : { believes }),
      inputs: inputs.sort((a, b) => compare(a.in, b.in) || compare(a.name, b.name)),
      validated:
        guards.some(
          (one) =>
            one.does.includes('validation') &&
            (one.refuses || [...before, ...own].some((visit) => [...reach(visit)].some(({ means }) => means.has('validation-result')))) &&
            endpoint.guards.some((link) => link.name === one.name && isValidator(link)),
        ) ||
        parses.some(({ of }) => touchesBody(of)) ||
        endpoint.checked.some(({ at, enforced }) => at === 'body' && enforced !== false),
      ...(endpoint.answers === undefined || endpoint.answers.length === 0 ? {} : { sends: namedBy(endpoint.answers, machine) }),
      reaches: [...reaches].filter((one) => !one.endsWith(':0')).sort(compare),
    };
    followed.set(route, { own, all: [...before, ...own] });
    rows.set(inUnit, route);
  }
  return [...rows.values()].sort((a, b) => compare(a.unit, b.unit) || compare(a.path, b.path) || compare(a.method, b.method));
}

function withoutRoles(guard: Guard): Guard {
  const does = guard.does.filter((one) => one !== 'role');
  return does.length === 0 ? guard : { ...guard, does, roles: [] };
}

function dedupe(guards: readonly Guard[]): Guard[] {
  const found = new Map<string, Guard>();
  for (const one of guards) found.set(JSON.stringify(one), one);
  return [...found.values()];
}

function merged(guards: readonly (Guard | null)[]): Guard | null {
  const found = guards.filter((one) => one !== null);
  const first = found[0];
  if (first === undefined) return null;
  return {
    ...first,
    does: [...new Set(found.flatMap((one) => one.does))].sort(),
    refuses: found.some((one) => one.refuses),
    roles: [...new Set(found.flatMap((one) => one.roles))].sort(),
  };
}

/** Middleware that is known by its package. */
function known(link: Link): Guard | null {
  const value = link.value;
  if (value.k !== 'result' && value.k !== 'lib' && value.k !== 'inst') return null;
  for (
    let at: Value | null = value;
    at !== null && (at.k === 'result' || at.k === 'lib' || at.k === 'inst');
    at = at.k === 'lib' ? null : at.on
  ) {
    const means = knowledgeOf(at.symbol)?.means;
    if (means?.startsWith('guard:') === true) {
      // A chain of express-validator only notes what is wrong; the handler has to ask for it.
      const notes = at.symbol.startsWith('npm:express-validator');
      return { name: link.name, where: link.where, does: [means.slice(6) as Guard['does'][number]], refuses: !notes, roles: [] };
    }
  }
  return null;
}

function isValidator(link: Link): boolean {
  const value = link.value;
  return value.k === 'result' || value.k === 'lib';
}

function touchesBody(value: Value): boolean {
  if (value.k === 'input') return value.from === 'body';
  if (value.k === 'role') return value.role === 'req';
  if (value.k === 'obj') return [...value.keys.values()].some(touchesBody);
  if (value.k === 'guarded') return touchesBody(value.of);
  return value.k === 'result' && value.symbol === 'schema' ? value.args.some(touchesBody) : false;
}

const places: Readonly<Record<string, Where>> = { params: 'params', query: 'query', body: 'body', headers: 'headers', cookies: 'cookies' };

function inputsOf(
  machine: Machine,
  own: readonly Visit[],
  all: readonly Visit[],
  guards: readonly Link[],
  checked: readonly Checked[],
  path: string,
): InputField[] {
  const fields = new Map<string, InputField>();
  const put = (at: Where, name: string): InputField => {
    const key = `${at}:${name}`;
    let field = fields.get(key);
    if (field === undefined) {
      field = { in: at, name, type: 'unknown', format: null, required: null, values: [], minimum: null, maximum: null, fields: [] };
      fields.set(key, field);
    }
    return field;
  };
  for (const [, name] of path.matchAll(/:([A-Za-z0-9_]+)/g)) if (name !== undefined) put('params', name).required = true;
  for (const [list, mine] of [
    [own, true],
    [all, false],
  ] as const) {
    for (const root of list) {
      for (const visit of reach(root)) {
        for (const input of visit.inputs?.values() ?? []) {
          const at = places[input.from];
          const [name, ...rest] = input.path;
          if (at === undefined || name === undefined || name === '*') continue;
          // What a guard reads of the body counts; its headers are the guard's own affair, but callers have to send them.
          if (!mine && (at === 'params' || at === 'query') && !fields.has(`${at}:${name}`)) continue;
          if (/^(then|toString|hasOwnProperty|map|forEach|filter|length)$/.test(name)) continue;
          const field = put(at, name);
          const inner = rest.filter((part) => part !== '*');
          if (rest[0] === '*') field.type = 'array';
          else if (inner.length > 0 && field.type === 'unknown') field.type = 'object';
          const first = inner[0];
          if (
            first !== undefined &&
            !/^(length|map|forEach|filter|toLowerCase|trim|includes)$/.test(first) &&
            !field.fields.includes(first)
          )
            field.fields.push(first);
        }
        for (const { atoms } of visit.refusals) for (const { at, name, value } of atoms.flatMap(passes)) accept(put(at, name), value);
        for (const { schema, of } of visit.parses) {
          const shape = shapeOf(schema) ?? compiledShape(schema) ?? classShapeOf(machine, schema);
          if (shape !== null) fromSchema(shape, of, put);
        }
      }
    }
  }
  for (const link of guards) fromValidator(link.value, put);
  for (const { at, schema, path: inside = [] } of checked) {
    const shape = shapeOf(schema) ?? jsonShapeOf(schema) ?? classShapeOf(machine, schema);
    if (shape !== null) fromSchema(shape, { k: 'input', from: at, path: inside }, put);
  }
  for (const field of fields.values()) field.fields.sort(compare);
  return [...fields.values()];
}

/** What `ajv.compile(schema)` was given. */
function compiledShape(schema: Value): Shape | null {
  return schema.k === 'result' && schema.symbol.endsWith('.compile') && schema.args[0] !== undefined ? jsonShapeOf(schema.args[0]) : null;
}

/** Names of what is a secret: that the code compares it with a constant does not make the constant a caller's to send. */
const secret = /pass|secret|token|key|code|pin|otp|signature|hash/i;

/** The values by which a field of the request passes a test that else ends the request: `if (kind !== 'a' && kind !== 'b') return refuse()`. */
function passes({ op, l, r, not }: Atom): { at: Where; name: string; value: string | number | boolean }[] {
  const at = l.k === 'input' ? places[l.from] : undefined;
  const name = l.k === 'input' && l.path.length === 1 ? l.path[0] : undefined;
  if ((at !== 'body' && at !== 'query') || name === undefined || name === '*' || secret.test(name)) return [];
  const equal = not === true ? op === '===' || op === '==' : op === '!==' || op === '!=';
  const values = equal ? [r] : op === 'in' && not === true && r.k === 'arr' ? r.items : [];
  return values.flatMap((one) => (one.k === 'lit' && one.v !== null && one.v !== '' ? [{ at, name, value: one.v }] : []));
}

function accept(field: InputField, value: string | number | boolean): void {
  if (!field.values.includes(value)) field.values.push(value);
}

function fromSchema(shape: Shape, of: Value, put: (at: Where, name: string) => InputField): void {
  if (of.k === 'input') {
    const at = places[of.from];
    if (at === undefined) return;
    if (of.path.length === 0) for (const [name, field] of shape.fields ?? []) fill(put(at, name), field);
    else if (of.path.length === 1) fill(put(at, pathName(of.path)), shape);
  } else if (of.k === 'obj') {
    for (const [name, value] of of.keys) {
      const inner = shape.fields?.get(name);
      if (inner !== undefined) fromSchema(inner, value, put);
    }
  } else if (of.k === 'role') {
    for (const [name, inner] of shape.fields ?? [])
      if (name in places) fromSchema(inner, { k: 'input', from: places[name] as Where, path: [] }, put);
  }
}

function fill(field: InputField, shape: Shape): void {
  if (shape.type !== 'unknown') field.type = shape.type;
  field.format = shape.format ?? field.format;
  field.required = shape.required ?? field.required;
  for (const value of shape.values) if (!field.values.includes(value)) field.values.push(value);
  field.minimum = shape.minimum ?? field.minimum;
  field.maximum = shape.maximum ?? field.maximum;
  for (const name of (shape.fields ?? shape.item?.fields)?.keys() ?? []) if (!field.fields.includes(name)) field.fields.push(name);
}

/** `body('email').isEmail()` of express-validator. */
function fromValidator(value: Value, put: (at: Where, name: string) => InputField): void {
  if (value.k !== 'result' || !value.base.startsWith('npm:express-validator#')) return;
  let start: Value = value;
  while (start.k === 'result' && start.on !== null) start = start.on;
  if (start.k !== 'result') return;
  const kind = start.symbol.slice(start.symbol.indexOf('#') + 1);
  const at: Where | undefined =
    kind === 'body' || kind === 'check'
      ? 'body'
      : kind === 'param'
        ? 'params'
        : kind === 'query'
          ? 'query'
          : kind === 'header'
            ? 'headers'
            : kind === 'cookie'
              ? 'cookies'
              : undefined;
  const first = start.args[0];
  const shape = shapeOf(value);
  if (at === undefined || shape === null) return;
  for (const one of first?.k === 'arr' ? first.items : [first])
    if (one?.k === 'lit' && typeof one.v === 'string') fill(put(at, one.v), shape);
}
