import type { Class as ClassNode, Decorator, Expression, Node, Statement } from 'oxc-parser';
import { assignPattern, declarePattern, predeclare, typeName } from './declarations.ts';
import { lowerNamed } from './expressions.ts';
import { flag } from '../facts.ts';
import type { Binding, Class, Decorated, Expr, Func, Param } from '../facts.ts';
import type { Lowering } from './lowering.ts';
import { keyName } from './syntax.ts';

/** A function with its parameters and body; gives its index. */
export function lowerFunction(to: Lowering, node: Node, name: string, marks = ''): number {
  if (
    node.type !== 'FunctionDeclaration' &&
    node.type !== 'FunctionExpression' &&
    node.type !== 'ArrowFunctionExpression' &&
    node.type !== 'TSDeclareFunction' &&
    node.type !== 'TSEmptyBodyFunctionExpression'
  ) {
    return -1;
  }
  const arrow = node.type === 'ArrowFunctionExpression';
  const made: Func = {
    n: name,
    l: to.lineOf(node.start),
    e: to.lineOf(node.end),
    up: to.fn,
    p: [],
    b: [],
    w: (node.async ? 'a' : '') + (arrow ? 'w' : '') + marks,
  };
  to.functions.push(made);
  const index = to.functions.length - 1;
  const outer = { fn: to.fn, place: to.place, functionScope: to.functionScope };
  to.fn = index;
  to.place = marks.includes('l') ? flag.inLoop : 0;
  to.within(() => {
    to.functionScope = to.scope;
    if (!arrow && 'id' in node && node.id !== null && node.id !== undefined && node.type === 'FunctionExpression') {
      const own = to.bind(node.id.name);
      to.source(own, { e: { k: 'fn', i: index } });
    }
    for (const [position, param] of node.params.entries()) lowerParameter(to, param, position, made);
    if (node.body !== null) {
      if (node.body.type === 'BlockStatement') {
        const body = node.body.body as readonly Statement[];
        predeclare(to, body);
        made.b.push(...to.block(body));
      } else {
        const l = to.lineOf(node.body.start);
        made.b.push({ k: 'ret', e: to.expression(node.body as Expression), l });
      }
    }
  });
  to.fn = outer.fn;
  to.place = outer.place;
  to.functionScope = outer.functionScope;
  return index;
}

/** One parameter of a function. */
export function lowerParameter(to: Lowering, node: Node, position: number, into: Func): void {
  let pattern = node;
  let property = false;
  if (pattern.type === 'TSParameterProperty') {
    pattern = pattern.parameter as Node;
    property = true;
  }
  const made: Param = { b: -1 };
  if (pattern.type === 'RestElement') {
    made.rest = 1;
    pattern = pattern.argument;
  }
  if (pattern.type === 'AssignmentPattern') {
    made.d = to.expression(pattern.right as Expression);
    pattern = pattern.left;
  }
  if (pattern.type === 'Identifier') {
    if (pattern.name === 'this') return;
    made.b = to.bind(pattern.name);
  } else made.b = to.bind(`%${to.bindings.length}`);
  const type = 'typeAnnotation' in pattern ? typeName(to, pattern.typeAnnotation as Node | null | undefined) : undefined;
  if (type !== undefined) made.t = type;
  const binding = to.bindings[made.b] as Binding;
  binding.p = position;
  if (made.t !== undefined) binding.t = made.t;
  if (pattern.type !== 'Identifier') {
    declarePattern(to, pattern);
    const pairs: [number, number][] = [];
    assignPattern(to, pattern, { k: 'var', b: made.b }, pairs);
    for (const [b, j] of pairs) into.b.push({ k: 'def', b, j, l: into.l });
  }
  if (property && pattern.type === 'Identifier' && to.cls >= 0) {
    (to.classes[to.cls] as Class).w[pattern.name] = [to.fn, { k: 'var', b: made.b }];
  }
  into.p.push(made);
}

/** A class with its methods and fields; gives its index. */
export function lowerClass(to: Lowering, node: ClassNode, name: string): number {
  const made: Class = { n: name, l: to.lineOf(node.start), m: {}, s: {}, f: {}, w: {} };
  const decorated = decorators(to, node);
  if (node.superClass !== null) made.up = to.expression(node.superClass);
  to.classes.push(made);
  const index = to.classes.length - 1;
  const outer = to.cls;
  to.cls = index;
  for (const element of node.body.body) {
    if (element.type === 'MethodDefinition') {
      const key = keyName(element.key as Node);
      if (key === null) continue;
      const fn = to.function(element.value as Node, `${name}.${key}`, 'm');
      if (element.kind === 'constructor') made.c = fn;
      else if (element.static) made.s[key] = { k: 'fn', i: fn };
      else if (element.kind !== 'set') made.m[key] = fn;
    } else if (element.type === 'PropertyDefinition') {
      const key = keyName(element.key as Node);
      if (key === null) continue;
      if (element.value !== null) {
        const value = lowerNamed(to, element.value, `${name}.${key}`);
        if (element.static) made.s[key] = value;
        else made.f[key] = value;
      } else if (!element.static) {
        const type = typeName(to, element.typeAnnotation);
        if (type !== undefined) made.f[`:${key}`] = type;
      }
    } else if (element.type === 'StaticBlock') {
      for (const statement of element.body) to.statement(statement, []);
    }
  }
  to.cls = outer;
  if (decorated !== null) made.d = decorated;
  return index;
}

/** The decorators of a class and of its parts; null where there are none. */
function decorators(to: Lowering, node: ClassNode): Decorated | null {
  const found: Decorated = { c: lowered(to, node.decorators), m: {}, p: {}, o: [] };
  let any = found.c.length > 0;
  for (const element of node.body.body) {
    if (element.type !== 'MethodDefinition' && element.type !== 'PropertyDefinition') continue;
    const key = keyName(element.key as Node);
    if (key === null || element.static) continue;
    const d = lowered(to, element.decorators);
    if (element.type === 'MethodDefinition') {
      const p = element.value.params.map((param) => lowered(to, 'decorators' in param ? param.decorators : undefined));
      if (d.length > 0 || p.some((one) => one.length > 0)) found.m[key] = { d, p };
    } else {
      if (d.length > 0) found.p[key] = d;
      if (element.optional === true) found.o.push(key);
    }
    any ||= d.length > 0;
  }
  return any ? found : null;
}

function lowered(to: Lowering, list: readonly Decorator[] | undefined): Expr[] {
  return (list ?? []).map(({ expression }) => to.expression(expression));
}
