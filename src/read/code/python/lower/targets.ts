import { childrenOf } from '../../../../source/python.ts';
import type { PythonNode } from '../../../../source/python.ts';
import type { Class, Expr } from '../../facts.ts';
import { itemsOf } from './items.ts';
import type { PythonLowering } from './lowering.ts';

/** Gives a value to what stands left of `=`: a name, an attribute, an item, or several of them. */
export function assignTarget(to: PythonLowering, target: PythonNode, value: Expr, line: number, type?: Expr): Expr[] {
  switch (target.name) {
    case 'VariableName': {
      const b = to.target(to.textOf(target));
      const j = to.source(b, { e: value });
      const binding = to.bindings[b];
      if (type !== undefined && binding !== undefined && binding.t === undefined) binding.t = type;
      return [{ k: 'set', b, j }];
    }
    case 'MemberExpression': {
      const [object, ...rest] = childrenOf(target);
      if (object === undefined) return [];
      const o = to.expression(object);
      const property = rest.find(({ name }) => name === 'PropertyName');
      if (property !== undefined) {
        const n = to.textOf(property);
        const cls = to.classes[to.cls];
        if (o.k === 'this' && cls !== undefined) remember(cls, n, to.fn, value);
        return [{ k: 'put', o, n, e: value, l: line }];
      }
      const inside = rest.filter(({ name }) => name !== '[' && name !== ']');
      const [x] = itemsOf(to, inside);
      if (inside.length === 1 && x?.k === 'lit' && x.v !== null) return [{ k: 'put', o, n: String(x.v), e: value, l: line }];
      return [{ k: 'unk', c: [value, { k: 'idx', o, x: x ?? { k: 'unk' } }] }];
    }
    case 'ParenthesizedExpression':
    case 'TupleExpression':
    case 'ArrayExpression':
      return assignAll(to, childrenOf(target), value, line);
    default:
      return [];
  }
}

/** `a, (b, *c) = value`: the value is evaluated once. */
export function assignAll(to: PythonLowering, parts: readonly PythonNode[], value: Expr, line: number): Expr[] {
  const targets = parts.filter(({ name }) => !/^[()[\],]$/.test(name));
  const plain = targets.filter(({ name }) => name !== '*');
  const [only] = plain;
  if (plain.length === 1 && targets.length === 1 && only !== undefined && !parts.some(({ name }) => name === ','))
    return assignTarget(to, only, value, line);
  const b = to.unnamed();
  const made: Expr[] = [{ k: 'set', b, j: to.source(b, { e: value }) }];
  let position = 0;
  let rest = false;
  for (const target of targets) {
    if (target.name === '*') {
      rest = true;
      continue;
    }
    const part: Expr = rest ? { k: 'unk' } : { k: 'get', o: { k: 'var', b }, n: String(position++) };
    made.push(...assignTarget(to, target, part, line));
    rest = false;
  }
  return made;
}

function remember(cls: Class, name: string, fn: number, value: Expr): void {
  // What the constructor sets counts, whatever other methods put there later.
  if (!Object.hasOwn(cls.w, name) || fn === cls.c) cls.w[name] = [fn, value];
}
