import type { Class, Expr } from '../facts.ts';
import type { Machine } from '../machine.ts';
import { pathText } from '../paths.ts';
import type { Link } from '../routers.ts';
import { keyOf, literal, NEXT, UNKNOWN } from '../value.ts';
import type { SourceFile, Value } from '../value.ts';
import { fieldOf } from '../variables.ts';
import { field } from './graphql-field.ts';
import type { CodeField } from './graphql-field.ts';
import { saidBy } from './nest-controllers.ts';
import type { Said } from './nest-controllers.ts';
import { functionPlace, namedFunction } from './resolver.ts';
import { operations } from './schema-language.ts';

const library = 'npm:type-graphql#';

/** TypeGraphQL: methods of classes marked `@Resolver`, with who may call them marked `@Authorized` and `@UseMiddleware`. `options` is what `buildSchema` was given. */
export function fieldsOfClasses(machine: Machine, files: readonly SourceFile[], options: readonly Value[], context: Value): CodeField[] {
  const checkers = options.flatMap((one) => field(one, 'authChecker') ?? []);
  const everywhere = options.flatMap((one) => itemsOf(field(one, 'globalMiddlewares')));
  return files.flatMap((file) =>
    file.facts.classes.flatMap((cls, index) => {
      const said = cls.d === undefined ? [] : saidBy(machine, file, cls.d.c);
      if (!said.some(({ symbol }) => symbol === `${library}Resolver`)) return [];
      return fieldsOf(machine, file, cls, index, said, { checkers, everywhere, context });
    }),
  );
}

interface Around {
  readonly checkers: readonly Value[];
  readonly everywhere: readonly Value[];
  readonly context: Value;
}

function fieldsOf(machine: Machine, file: SourceFile, cls: Class, index: number, said: readonly Said[], around: Around): CodeField[] {
  const { frame } = machine.module(file);
  const self: Value = { k: 'own', file, cls: index, frame, args: [], site: `resolver:${file.path}:${index}` };
  return Object.entries(cls.d?.m ?? {}).flatMap(([name, decorated]): CodeField[] => {
    const fn = cls.m[name];
    const func = fn === undefined ? undefined : file.facts.functions[fn];
    const mine = saidBy(machine, file, decorated.d);
    const asked = mine.find(({ symbol }) => operations.some((one) => symbol === library + one));
    const operation = operations.find((one) => asked?.symbol === library + one);
    if (fn === undefined || func === undefined || asked === undefined || operation === undefined) return [];
    const where = { file: file.path, line: func.l, endLine: func.e };
    const renamed = asked.args.flatMap((one) => field(one, 'name') ?? [])[0];
    const { args, types } = parametersOf(machine, file, decorated.p, func.p, around.context);
    const guards = [
      ...around.everywhere.flatMap((one) => middleware(machine, one, around.context, file)),
      ...[...said, ...mine].flatMap((one) => {
        if (one.symbol === `${library}UseMiddleware`)
          return one.args.flatMap((arg) => itemsOf(arg)).flatMap((arg) => middleware(machine, arg, around.context, file));
        return one.symbol === `${library}Authorized` ? authorized(machine, one, around, where) : [];
      }),
    ];
    return [
      {
        operation,
        name: renamed === undefined ? name : pathText(renamed),
        where,
        file,
        guards,
        handler: { value: { k: 'fn', file, fn, frame, self }, name: `${cls.n}.${name}`, inner: null, where, args },
        types,
      },
    ];
  });
}

/** `@Authorized('ADMIN')` asks the one function that the schema was built with. */
function authorized(machine: Machine, said: Said, { checkers, context }: Around, where: Link['where']): Link[] {
  const roles: Value = { k: 'arr', items: said.args.flatMap(itemsOf), open: false };
  const asked = (value: Value): Link => ({
    value,
    name: 'Authorized',
    inner: null,
    where,
    args: [dataWith(context), roles],
    decides: true,
    anyRole: said.args.length === 0,
  });
  const links = checkers.flatMap((checker) => {
    if (checker.k === 'fn') return asked(checker);
    const check = checker.k === 'class' ? fieldOf(machine, instanceOf(checker), 'check') : undefined;
    return check?.k === 'fn' ? asked(check) : [];
  });
  // Without a function TypeGraphQL refuses to start; one that cannot be followed refuses somebody.
  return links.length > 0 ? links : [{ value: { k: 'lib', symbol: `${library}Authorized` }, name: 'Authorized', inner: null, where }];
}

/** `@UseMiddleware(isSignedIn)`: a function, or a class with a method `use`. */
function middleware(machine: Machine, value: Value, context: Value, file: SourceFile): Link[] {
  const use = value.k === 'class' ? fieldOf(machine, instanceOf(value), 'use') : value;
  if (use.k !== 'fn') return [];
  const name =
    namedFunction(value.k === 'fn' ? value : use) ?? (value.k === 'class' ? (value.file.facts.classes[value.cls]?.n ?? 'use') : 'use');
  return [{ value: use, name, inner: null, where: functionPlace(use, file), args: [dataWith(context), NEXT] }];
}

function instanceOf(value: Extract<Value, { k: 'class' }>): Extract<Value, { k: 'own' }> {
  return { k: 'own', file: value.file, cls: value.cls, frame: value.frame, args: [], site: `made:${keyOf(value)}` };
}

/** What middleware and the checker get: root, arguments, context. */
function dataWith(context: Value): Value {
  const keys = new Map<string, Value>([
    ['context', context],
    ['args', { k: 'input', from: 'body', path: ['variables'] }],
  ]);
  return { k: 'obj', id: `resolver-data:${keyOf(context)}`, open: true, keys };
}

function itemsOf(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : value.k === 'arr' ? value.items : [value];
}

/** What a resolver is called with, and the fields that its callers send. */
function parametersOf(
  machine: Machine,
  file: SourceFile,
  decorated: readonly (readonly Expr[])[],
  params: readonly { t?: Expr }[],
  context: Value,
): { args: Value[]; types: CodeField['types'] } {
  const { frame } = machine.module(file);
  const types: CodeField['types'][number][] = [];
  const args = decorated.map((decorators, index): Value => {
    for (const e of decorators) {
      const callee = machine.lazily(frame, e.k === 'call' ? e.f : e);
      const given = e.k === 'call' ? e.a.map((arg) => machine.lazily(frame, arg)) : [];
      if (callee.k === 'result' && /#create(Parameter|Param)Decorator$/.test(callee.symbol)) {
        const [make] = callee.args;
        return (make === undefined ? null : machine.apply(make, [dataWith(context)]))?.value ?? UNKNOWN;
      }
      if (callee.k !== 'lib' || !callee.symbol.startsWith(library)) continue;
      const kind = callee.symbol.slice(library.length);
      const named = given[0]?.k === 'lit' && typeof given[0].v === 'string' ? given[0].v : null;
      if (kind === 'Ctx') return named === null ? context : (field(context, named) ?? UNKNOWN);
      if (kind === 'Args') return { k: 'input', from: 'body', path: ['variables'] };
      if (kind !== 'Arg' || named === null) continue;
      const type = params[index]?.t;
      const optional = given.some((one) => field(one, 'nullable')?.k === 'lit' || field(one, 'defaultValue') !== undefined);
      types.push({ name: named, type: (type?.k === 'glo' && simple[type.n]) || 'object', required: !optional });
      return { k: 'input', from: 'body', path: ['variables', named] };
    }
    return UNKNOWN;
  });
  return { args: args.length > 0 ? args : [literal(null)], types };
}

const simple: Readonly<Record<string, string>> = { String: 'string', Number: 'number', Boolean: 'boolean', Array: 'array' };
