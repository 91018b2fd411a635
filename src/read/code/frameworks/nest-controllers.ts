import type { Class, Expr } from '../facts.ts';
import { knowledgeOf } from '../knowledge.ts';
import type { Machine } from '../machine.ts';
import { join, paths, pathText } from '../paths.ts';
import { follow } from '../routers.ts';
import type { Checked, Endpoint, Link } from '../routers.ts';
import { keyOf, literal, REQ, RES, UNKNOWN } from '../value.ts';
import type { InputFrom, SourceFile, Value } from '../value.ts';
import { fieldOf } from '../variables.ts';
import { contextWith, isValidationPipe, metadataKey, resolverContext } from './nest.ts';
import { operations } from './schema-language.ts';
import type { NestSettings } from './nest.ts';

type ClassValue = Extract<Value, { k: 'class' }>;

/** A decorator as a symbol with its arguments. */
export interface Said {
  readonly symbol: string;
  readonly args: readonly Value[];
  readonly on: Value | null;
}

const common = 'npm:@nestjs/common#';
const graphql = 'npm:@nestjs/graphql#';
const methods: Readonly<Record<string, string>> = {
  Get: 'GET',
  Post: 'POST',
  Put: 'PUT',
  Patch: 'PATCH',
  Delete: 'DELETE',
  Head: 'HEAD',
  Options: 'OPTIONS',
  All: 'ALL',
  Sse: 'GET',
};
const parts: Readonly<Record<string, InputFrom>> = {
  Body: 'body',
  Param: 'params',
  Query: 'query',
  Headers: 'headers',
  UploadedFile: 'files',
  UploadedFiles: 'files',
  Ip: 'other',
  RawBody: 'body',
};

/** Notes which class stands in for which where a module provides it: `{ provide: Repository, useClass: PostgresRepository }`. */
export function noteProviders(machine: Machine, files: readonly SourceFile[], nest: NestSettings): void {
  for (const file of files) {
    for (const cls of file.facts.classes) {
      const module = saidBy(machine, file, cls.d?.c).find(({ symbol }) => symbol === `${common}Module`);
      const [options] = module?.args ?? [];
      const providers = options?.k === 'obj' ? options.keys.get('providers') : undefined;
      for (const provider of providers?.k === 'arr' ? providers.items : []) {
        if (provider.k !== 'obj') continue;
        const [token, used] = [provider.keys.get('provide'), provider.keys.get('useClass') ?? provider.keys.get('useExisting')];
        if (token === undefined || used === undefined) continue;
        if (token.k === 'class') machine.provided.set(keyOf(token), used);
        if (token.k === 'lib' && token.symbol === 'npm:@nestjs/core#APP_GUARD') nest.guards.push(used);
        if (token.k === 'lib' && token.symbol === 'npm:@nestjs/core#APP_PIPE') nest.checked ||= isValidationPipe(used);
      }
    }
  }
}

/** The endpoints of Nest controllers. */
export function nestEndpoints(machine: Machine, files: readonly SourceFile[], nest: NestSettings): Endpoint[] {
  return files.flatMap((file) =>
    file.facts.classes.flatMap((cls, index) => (cls.d === undefined ? [] : endpointsOf(machine, file, cls, index, nest))),
  );
}

function endpointsOf(machine: Machine, file: SourceFile, cls: Class, index: number, nest: NestSettings): Endpoint[] {
  const said = saidBy(machine, file, cls.d?.c);
  const controller = said.find(({ symbol }) => symbol === `${common}Controller` || symbol === `${graphql}Resolver`);
  if (controller === undefined) return [];
  const { frame } = machine.module(file);
  const self: ClassValue = { k: 'class', file, cls: index, frame };
  const instance: Value = { k: 'own', file, cls: index, frame, args: [], site: `nest:${file.path}:${index}` };
  const [at] = controller.args;
  const base = at?.k === 'obj' ? at.keys.get('path') : at;
  const version = at?.k === 'obj' ? at.keys.get('version') : undefined;
  return Object.entries(cls.d?.m ?? {}).flatMap(([name, decorated]) => {
    const fn = cls.m[name];
    const func = fn === undefined ? undefined : file.facts.functions[fn];
    const mine = saidBy(machine, file, decorated.d);
    if (fn === undefined || func === undefined) return [];
    const where = { file: file.path, line: func.l, endLine: func.e };
    const metadata = metadataIn([...said, ...mine]);
    const guards = [...nest.guards, ...guardsIn(said), ...guardsIn(mine)].flatMap((guard) => guardLink(machine, guard, metadata, where));
    const { args, checked } = parametersOf(machine, file, decorated.p, func.p);
    const pipes = [...said, ...mine].some(({ symbol, args: given }) => symbol === `${common}UsePipes` && given.some(isValidationPipe));
    const handler: Link = {
      value: { k: 'fn', file, fn, frame: self.frame, self: instance },
      name: `${cls.n}.${name}`,
      inner: null,
      where,
      args,
    };
    const own = versionOf(mine) ?? (version === undefined ? nest.version : pathText(version));
    return mine.flatMap(({ symbol, args: [path, ...more] }) => {
      if (symbol.startsWith(graphql)) {
        const operation = operations.find((one) => symbol === graphql + one);
        // `@Query(() => [User], { name: 'users' })`
        const [renamed] = [path, ...more].flatMap((one) => (one?.k === 'obj' ? (one.keys.get('name') ?? []) : one?.k === 'lit' ? one : []));
        const at = `/graphql#${renamed === undefined ? name : pathText(renamed)}`;
        return operation === undefined
          ? []
          : [{ method: operation.toUpperCase(), path: at, where, guards, handler, checked, framework: 'graphql' as const, app: file }];
      }
      const method = symbol.startsWith(common) ? methods[symbol.slice(common.length)] : undefined;
      if (method === undefined) return [];
      return paths(base).flatMap((folder) =>
        paths(path).map((leaf): Endpoint => ({
          method,
          path: pathOf(nest, own, join(folder, leaf)),
          where,
          guards,
          handler,
          checked: checked.map((one) => ({ ...one, enforced: nest.checked || pipes })),
          framework: 'nest',
          app: file,
        })),
      );
    });
  });
}

function pathOf(nest: NestSettings, version: string | null, path: string): string {
  const versioned = nest.versioned && version !== null && version !== '' ? join(`v${version}`, path) : path;
  const whole = join('', versioned);
  const bare = nest.bare.some((one) => join('', one.replace(/\{?\/?\*.*$/, '')) === whole);
  return bare ? whole : join('', join(nest.prefix, whole));
}

function versionOf(said: readonly Said[]): string | null {
  const [version] = said.find(({ symbol }) => symbol === `${common}Version`)?.args ?? [];
  return version === undefined ? null : pathText(version);
}

/** Decorators, also those that others are made of. */
export function saidBy(machine: Machine, file: SourceFile, decorators: readonly Expr[] | undefined): Said[] {
  const { frame } = machine.module(file);
  return (decorators ?? []).flatMap((e) => unfolded(machine.lazily(frame, e)));
}

function unfolded(value: Value): Said[] {
  if (value.k === 'lib') return [{ symbol: value.symbol, args: [], on: null }];
  if (value.k !== 'result') return [];
  if (value.symbol === `${common}applyDecorators`) return value.args.flatMap(unfolded);
  return [{ symbol: value.symbol, args: value.args, on: value.on }];
}

/** What `@SetMetadata` and decorators that a reflector made say; what stands at the method comes last and counts. */
function metadataIn(said: readonly Said[]): Map<string, Value> {
  const found = new Map<string, Value>();
  for (const { symbol, args, on } of said) {
    const [first, second] = args;
    if (symbol === `${common}SetMetadata` && first !== undefined) found.set(metadataKey(first), second ?? UNKNOWN);
    if (symbol === 'npm:@nestjs/core#Decorator' && on !== null) found.set(metadataKey(on), first ?? literal(true));
  }
  return found;
}

function guardsIn(said: readonly Said[]): Value[] {
  return said.flatMap(({ symbol, args }) => (symbol === `${common}UseGuards` ? args : []));
}

/** A guard in front of an endpoint; none where the endpoint's metadata takes it out of the guard's reach. */
function guardLink(machine: Machine, guard: Value, metadata: ReadonlyMap<string, Value>, where: Link['where']): Link[] {
  if (guard.k === 'lib' || guard.k === 'result') {
    const [strategy] = guard.k === 'result' ? guard.args : [];
    // Passport's strategy of this name lets everybody in.
    if (strategy?.k === 'lit' && strategy.v === 'anonymous') return [];
    const name = guard.symbol.slice(guard.symbol.indexOf('#') + 1);
    return [{ value: guard, name, inner: null, where }];
  }
  const cls = guard.k === 'class' || guard.k === 'own' ? guard.file.facts.classes[guard.cls] : undefined;
  if (cls === undefined || (guard.k !== 'class' && guard.k !== 'own')) return [];
  const self: Extract<Value, { k: 'own' }> =
    guard.k === 'own' ? guard : { k: 'own', file: guard.file, cls: guard.cls, frame: guard.frame, args: [], site: `guard:${keyOf(guard)}` };
  const place = { file: guard.file.path, line: cls.l, endLine: cls.l };
  const parent = cls.up === undefined ? null : machine.lazily(guard.frame, cls.up);
  const known = parent !== null && (parent.k === 'lib' || parent.k === 'result') && knowledgeOf(parent.symbol)?.means?.startsWith('guard:');
  const decides = fieldOf(machine, self, 'canActivate');
  const site = `${keyOf(decides)} ${[...metadata].map(([key, value]) => `${key}=${keyOf(value)}`).join()}`;
  const link: Link = { value: decides, name: cls.n, inner: null, where: place, args: [contextWith(metadata, site)], decides: true };
  if (decides.k === 'fn') follow(machine, link, 'nest');
  const answers = [...(machine.metadataAsked.get(`context:${site}`) ?? [])].map((key) => metadata.get(key));
  // `@Public()`
  if (answers.some((value) => value?.k === 'lit' && value.v === true)) return [];
  if (known) return [{ value: parent, name: cls.n, inner: null, where: place }];
  if (decides.k !== 'fn') return [];
  return [{ ...link, idle: answers.length > 0 && answers.every((value) => value === undefined) }];
}

/** What a handler is called with, and the classes that say how its inputs look. */
function parametersOf(
  machine: Machine,
  file: SourceFile,
  decorated: readonly (readonly Expr[])[],
  params: readonly { readonly t?: Expr }[],
): { args: Value[]; checked: Checked[] } {
  const { frame } = machine.module(file);
  const checked: Checked[] = [];
  const args = decorated.map((decorators, index): Value => {
    for (const e of decorators) {
      const callee = machine.lazily(frame, e.k === 'call' ? e.f : e);
      const given = e.k === 'call' ? e.a.map((arg) => machine.lazily(frame, arg)) : [];
      if (callee.k === 'result' && callee.symbol === `${common}createParamDecorator`) {
        const [make] = callee.args;
        const made = make === undefined ? null : machine.apply(make, [given[0] ?? UNKNOWN, contextWith(new Map(), 'parameter')]);
        return made?.value ?? UNKNOWN;
      }
      if (callee.k === 'lib' && callee.symbol === `${graphql}Context`) return resolverContext;
      if (callee.k === 'lib' && callee.symbol === `${graphql}Args`) {
        const [named] = given;
        return {
          k: 'input',
          from: 'body',
          path: named?.k === 'lit' && typeof named.v === 'string' ? ['variables', named.v] : ['variables'],
        };
      }
      if (callee.k !== 'lib' || !callee.symbol.startsWith(common)) continue;
      const name = callee.symbol.slice(common.length);
      if (name === 'Req' || name === 'Request') return REQ;
      if (name === 'Res' || name === 'Response') return RES;
      if (name === 'Session') return { k: 'session', path: ['session'] };
      const from = parts[name];
      if (from === undefined) continue;
      const [field] = given;
      const path = field?.k === 'lit' && typeof field.v === 'string' ? [field.v] : [];
      const type = params[index]?.t;
      const schema = type === undefined || path.length > 0 ? UNKNOWN : machine.lazily(frame, type);
      if (schema.k === 'class' && (from === 'body' || from === 'query' || from === 'params' || from === 'headers'))
        checked.push({ at: from, schema });
      const input: Value = { k: 'input', from, path };
      return input;
    }
    return UNKNOWN;
  });
  return { args, checked };
}
