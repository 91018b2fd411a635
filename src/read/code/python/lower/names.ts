import { childrenOf } from '../../../../source/python.ts';
import type { PythonNode } from '../../../../source/python.ts';

// Which names get a value in a body: in Python that makes them local, wherever in the body it happens.

const apart = new Set([
  'FunctionDefinition',
  'ClassDefinition',
  'LambdaExpression',
  'ArrayComprehensionExpression',
  'ComprehensionExpression',
  'DictionaryComprehensionExpression',
  'SetComprehensionExpression',
  'ArgList',
]);

/** The names that statements of a body give a value to, without those declared `global` or `nonlocal`. */
export function namesBoundIn(body: PythonNode, text: string): Set<string> {
  const found = new Set<string>();
  const elsewhere = new Set<string>();
  const named = (node: PythonNode) => found.add(text.slice(node.from, node.to));
  const pending = [body];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const child of childrenOf(node)) {
      if (child.name === 'ScopeStatement') {
        for (const one of childrenOf(child).slice(1)) elsewhere.add(text.slice(one.from, one.to));
      } else if (child.name === 'FunctionDefinition' || child.name === 'ClassDefinition') {
        const name = child.getChild('VariableName');
        if (name !== null) named(name);
      } else if (child.name === 'AssignStatement') {
        for (const target of targetsOf(child)) eachName(target, named);
        pending.push(child);
      } else if (child.name === 'UpdateStatement') {
        if (child.firstChild?.name === 'VariableName') named(child.firstChild);
        pending.push(child);
      } else if (child.name === 'ForStatement') {
        for (const one of childrenOf(child)) {
          if (one.name === 'in') break;
          eachName(one, named);
        }
        pending.push(child);
      } else if (child.name === 'ImportStatement') importedNames(child, text, found);
      else if (child.name === 'TypeDefinition') {
        const name = child.getChild('VariableName');
        if (name !== null) named(name);
      } else if (child.name === 'CapturePattern' || child.name === 'NamedExpression') {
        const name = child.getChild('VariableName');
        if (name !== null) named(name);
        pending.push(child);
      } else if (child.name === 'WithStatement' || child.name === 'TryStatement') {
        const parts = childrenOf(child);
        parts.forEach((one, index) => {
          if (parts[index - 1]?.name === 'as') eachName(one, named);
        });
        pending.push(child);
      } else if (!apart.has(child.name)) pending.push(child);
    }
  }
  for (const name of elsewhere) found.delete(name);
  return found;
}

/** The nodes before each `=` of an assignment. */
export function targetsOf(assignment: PythonNode): PythonNode[] {
  const parts = childrenOf(assignment);
  const last = parts.findLastIndex(({ name }) => name === 'AssignOp');
  return parts.slice(0, last === -1 ? parts.length : last).filter(({ name }) => name !== 'TypeDef' && name !== 'AssignOp');
}

function eachName(target: PythonNode, take: (node: PythonNode) => void): void {
  if (target.name === 'VariableName') take(target);
  else if (target.name === 'TupleExpression' || target.name === 'ArrayExpression' || target.name === 'ParenthesizedExpression')
    for (const one of childrenOf(target)) eachName(one, take);
}

function importedNames(statement: PythonNode, text: string, into: Set<string>): void {
  for (const { as, name } of readImport(statement, text).names) if (name !== '*') into.add(as);
}

/** What an import asks for: a module, and names of it or (`module` null) modules as they are. */
export interface Import {
  readonly module: string | null;
  readonly names: readonly { readonly name: string; readonly as: string; readonly renamed: boolean }[];
}

/** Reads `from a.b import c as d` and `import a.b as c`. */
export function readImport(statement: PythonNode, text: string): Import {
  let module: string | null = null;
  let name = '';
  let as: string | null = null;
  let naming = false;
  const names: { name: string; as: string; renamed: boolean }[] = [];
  const end = () => {
    if (name !== '') names.push({ name, as: as ?? (module === null ? (name.split('.')[0] ?? name) : name), renamed: as !== null });
    name = '';
    as = null;
    naming = false;
  };
  let from = false;
  for (const part of childrenOf(statement)) {
    const word = text.slice(part.from, part.to);
    if (part.name === 'from') from = true;
    else if (part.name === 'import') {
      if (from) module = name;
      from = false;
      name = '';
    } else if (part.name === 'as') naming = true;
    else if (word === ',') end();
    else if (word === '(' || word === ')') continue;
    else if (naming) as = word;
    else name += word;
  }
  end();
  return { module, names };
}
