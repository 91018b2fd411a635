import { childrenOf } from '../../../../source/python.ts';
import type { PythonNode } from '../../../../source/python.ts';
import type { Binding, Class, Decorated, Expr, Func, Param } from '../../facts.ts';
import { lowerArguments } from './expressions.ts';
import type { PythonLowering } from './lowering.ts';
import { namesBoundIn, targetsOf } from './names.ts';

/** The decorators before a definition, and the definition itself. */
export function decoratorsOf(node: PythonNode): { decorators: PythonNode[]; definition: PythonNode } {
  if (node.name !== 'DecoratedStatement') return { decorators: [], definition: node };
  const parts = childrenOf(node);
  return { decorators: parts.filter(({ name }) => name === 'Decorator'), definition: parts.at(-1) ?? node };
}

/** What stands after the `@`. */
export function lowerDecorator(to: PythonLowering, node: PythonNode): Expr {
  let made: Expr = { k: 'unk' };
  childrenOf(node).forEach((part, index, parts) => {
    if (part.name === 'VariableName') made = made.k === 'unk' ? to.name(to.textOf(part)) : { k: 'get', o: made, n: to.textOf(part) };
    else if (part.name === 'PropertyName') made = { k: 'get', o: made, n: to.textOf(part) };
    else if (part.name === 'ArgList') {
      const call = callOf(to, part);
      made = { k: 'call', f: made, a: call, i: to.calls++, l: to.line(node), e: to.lastLine(node), w: to.place };
    } else if (index === 1 && parts.length === 2 && part.name !== 'At') made = to.expression(part);
  });
  return made;
}

/** A function that decorators were given, from the innermost on. */
export function decorated(to: PythonLowering, decorators: readonly PythonNode[], inner: Expr): Expr {
  return decorators.reduceRight<Expr>((value, node) => {
    const by = lowerDecorator(to, node);
    const f: Expr = { k: 'imp', m: 'builtins', n: '%decorate' };
    return { k: 'call', f, a: [by, value], i: to.calls++, l: to.line(node), e: to.lastLine(node), w: to.place };
  }, inner);
}

/** A function with its parameters and body; gives its index. `self` is true for methods, whose first parameter is the receiver. */
export function lowerFunction(to: PythonLowering, node: PythonNode, name: string, method: 'none' | 'method' | 'static'): number {
  const made: Func = { n: name, l: to.line(node), e: to.lastLine(node), up: to.fn, p: [], b: [], w: marksOf(node, method) };
  to.functions.push(made);
  const index = to.functions.length - 1;
  const body = node.getChild('Body');
  const params = readParams(to, node.getChild('ParamList'));
  const self = method === 'method' ? (params.shift()?.name ?? null) : null;
  const locals = body === null ? new Set<string>() : namesBoundIn(body, to.text);
  for (const one of params) locals.add(one.name);
  if (self !== null) locals.delete(self);
  to.within({ kind: 'function', fn: index, locals, self }, () => {
    lowerParams(to, params, made);
    made.b = to.body(body ?? undefined);
  });
  return index;
}

function marksOf(node: PythonNode, method: 'none' | 'method' | 'static'): string {
  // `self` of the method around is seen by every function inside it, as it is by arrow functions.
  return `${node.getChild('async') === null ? '' : 'a'}${method === 'none' ? 'w' : 'm'}p`;
}

/** `lambda a: b` */
export function lowerLambda(to: PythonLowering, node: PythonNode): number {
  const made: Func = { n: '', l: to.line(node), e: to.lastLine(node), up: to.fn, p: [], b: [], w: 'wp' };
  to.functions.push(made);
  const index = to.functions.length - 1;
  const params = readParams(to, node.getChild('ParamList'));
  const value = childrenOf(node).at(-1);
  to.within({ kind: 'function', fn: index, locals: new Set(params.map((one) => one.name)), self: null }, () => {
    lowerParams(to, params, made);
    if (value !== undefined && value.name !== ':') made.b = [{ k: 'ret', e: to.expression(value), l: to.line(value) }];
  });
  return index;
}

interface Written {
  readonly name: string;
  readonly rest: '' | '*' | '**';
  readonly type: PythonNode | null;
  readonly value: PythonNode | null;
}

function readParams(to: PythonLowering, list: PythonNode | null): Written[] {
  const found: Written[] = [];
  let rest: Written['rest'] = '';
  const parts = list === null ? [] : childrenOf(list);
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at] as PythonNode;
    if (part.name === '*' || part.name === '**') rest = part.name;
    else if (part.name === ',') rest = '';
    else if (part.name === 'VariableName') {
      const type = parts[at + 1]?.name === 'TypeDef' ? (parts[at + 1] as PythonNode) : null;
      const equals = parts[at + (type === null ? 1 : 2)];
      const value = equals?.name === 'AssignOp' ? (parts[at + (type === null ? 2 : 3)] ?? null) : null;
      found.push({ name: to.textOf(part), rest, type, value });
      at += (type === null ? 0 : 1) + (value === null ? 0 : 2);
    }
  }
  return found;
}

function lowerParams(to: PythonLowering, params: readonly Written[], made: Func): void {
  params.forEach(({ name, rest, type, value }, position) => {
    const param: Param = { b: to.bind(name) };
    if (rest === '*') param.rest = 1;
    else if (rest === '**') param.named = 1;
    const binding = to.bindings[param.b] as Binding;
    binding.p = position;
    const t = type === null ? undefined : typeOf(to, type);
    if (t !== undefined) {
      param.t = t;
      binding.t = t;
    }
    if (value !== null) param.d = to.expression(value);
    made.p.push(param);
  });
}

/** The type after a colon; one that is written as text is a name. */
export function typeOf(to: PythonLowering, node: PythonNode): Expr | undefined {
  const written = childrenOf(node).find(({ name }) => name !== ':');
  if (written === undefined) return undefined;
  const e = to.expression(written);
  return e.k === 'lit' && typeof e.v === 'string' && /^\w+$/.test(e.v) ? to.name(e.v) : e;
}

/** A class with its methods and attributes; gives its index. */
export function lowerClass(to: PythonLowering, node: PythonNode, name: string): number {
  const made: Class = { n: name, l: to.line(node), m: {}, s: {}, f: {}, w: {} };
  const bases = node.getChild('ArgList');
  const given = bases === null ? [] : callOf(to, bases).filter((one) => one.k !== 'obj' || one.kw !== 1);
  // The last base is what a class is; those before it are mixed in.
  const up = given.at(-1);
  if (up !== undefined) made.up = up;
  if (given.length > 1) made.mixed = given.slice(0, -1);
  to.classes.push(made);
  const index = to.classes.length - 1;
  const outer = to.cls;
  to.cls = index;
  const body = node.getChild('Body');
  const d: Decorated = { c: [], m: {}, p: {}, o: [] };
  const locals = body === null ? new Set<string>() : namesBoundIn(body, to.text);
  to.within({ kind: 'class', fn: to.fn, locals, self: null }, () => {
    for (const statement of body === null ? [] : childrenOf(body)) classStatement(to, statement, made, d, name);
  });
  to.cls = outer;
  if (Object.keys(d.m).length > 0) made.d = d;
  return index;
}

function classStatement(to: PythonLowering, statement: PythonNode, made: Class, d: Decorated, name: string): void {
  const { decorators, definition } = decoratorsOf(statement);
  const own = definition.getChild('VariableName');
  const key = own === null ? '' : to.textOf(own);
  if (definition.name === 'FunctionDefinition') {
    const by = decorators.map((one) => lowerDecorator(to, one));
    const words = decorators.map((one) => to.textOf(one).slice(1).trim());
    const fn = lowerFunction(to, definition, `${name}.${key}`, words.includes('staticmethod') ? 'static' : 'method');
    if (key === '__init__') made.c = fn;
    else if (words.some((word) => /^(property|cached_property|functools\.cached_property|hybrid_property)$/.test(word))) {
      (to.functions[fn] as Func).w += 'w';
      made.f[key] = { k: 'call', f: { k: 'fn', i: fn }, a: [], i: to.calls++, l: to.line(definition), e: to.line(definition), w: to.place };
    } else if (!words.some((word) => /\.(setter|deleter|expression)$/.test(word))) {
      made.m[key] = fn;
      made.s[key] = { k: 'fn', i: fn };
      if (by.length > 0) d.m[key] = { d: by, p: [] };
    }
    to.bind(key);
  } else if (definition.name === 'ClassDefinition') {
    made.s[key] = { k: 'cls', i: lowerClass(to, definition, key) };
  } else if (statement.name === 'AssignStatement') classAttribute(to, statement, made);
}

function classAttribute(to: PythonLowering, statement: PythonNode, made: Class): void {
  const parts = childrenOf(statement);
  const type = parts.find(({ name }) => name === 'TypeDef');
  const t = type === undefined ? undefined : typeOf(to, type);
  const equals = parts.findLastIndex(({ name }) => name === 'AssignOp');
  const values = equals === -1 ? [] : parts.slice(equals + 1).filter(({ name }) => name !== ',');
  const items = values.map((one) => to.expression(one));
  const [only] = items;
  const several = parts.slice(equals + 1).some(({ name }) => name === ',');
  const value: Expr | undefined = several ? { k: 'arr', a: items } : only;
  for (const target of targetsOf(statement)) {
    if (target.name !== 'VariableName') continue;
    const key = to.textOf(target);
    if (t !== undefined) made.f[`:${key}`] = t;
    if (value === undefined) continue;
    made.s[key] = value;
    made.f[key] = value;
    to.source(to.bind(key), { e: value });
  }
}

function callOf(to: PythonLowering, list: PythonNode): Expr[] {
  return to.deeper(() => lowerArguments(to, list));
}
