import type { Expression, Node, Statement } from 'oxc-parser';
import type { Binding, EnvRead, Expr, Source } from '../facts.ts';
import type { Lowering } from './lowering.ts';
import { isProcessEnv, keyName, unknown } from './syntax.ts';

/** Names are visible before their line: functions are called above their declaration, closures close over later constants. */
export function predeclare(to: Lowering, statements: readonly Statement[]): void {
  for (const outer of statements) {
    const node =
      (outer.type === 'ExportNamedDeclaration' || outer.type === 'ExportDefaultDeclaration') && outer.declaration !== null
        ? outer.declaration
        : outer;
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
      case 'TSEnumDeclaration':
        if (node.id !== null) to.bind(node.id.name);
        break;
      case 'VariableDeclaration':
        for (const declarator of node.declarations) declarePattern(to, declarator.id);
        break;
      case 'ImportDeclaration':
        for (const specifier of node.specifiers) {
          const name =
            specifier.type === 'ImportDefaultSpecifier'
              ? 'default'
              : specifier.type === 'ImportNamespaceSpecifier'
                ? '*'
                : specifier.imported.type === 'Literal'
                  ? specifier.imported.value
                  : specifier.imported.name;
          const binding = to.bind(specifier.local.name);
          to.source(binding, { e: { k: 'imp', m: node.source.value, n: name } });
        }
        break;
      case 'TSImportEqualsDeclaration':
        to.bind(node.id.name);
        break;
    }
  }
}

/** Binds every name of a pattern. */
export function declarePattern(to: Lowering, node: Node): void {
  switch (node.type) {
    case 'Identifier':
      to.bind(node.name);
      break;
    case 'AssignmentPattern':
      declarePattern(to, node.left);
      break;
    case 'RestElement':
      declarePattern(to, node.argument);
      break;
    case 'ArrayPattern':
      for (const element of node.elements) if (element !== null) declarePattern(to, element);
      break;
    case 'ObjectPattern':
      for (const property of node.properties) declarePattern(to, property.type === 'RestElement' ? property.argument : property.value);
      break;
  }
}

/** Gives every name of a pattern its value out of `from`; returns [binding, source] pairs. */
export function assignPattern(
  to: Lowering,
  pattern: Node,
  from: Expr,
  out: [number, number][],
  path: (string | number)[] = [],
  fallback?: Expr,
): void {
  switch (pattern.type) {
    case 'Identifier': {
      const binding = to.lookup(pattern.name) ?? to.bind(pattern.name);
      const source: Source = { e: from };
      if (path.length > 0) source.p = path;
      if (fallback !== undefined) source.d = fallback;
      out.push([binding, to.source(binding, source)]);
      const type = 'typeAnnotation' in pattern ? typeName(to, pattern.typeAnnotation) : undefined;
      if (type !== undefined) (to.bindings[binding] as Binding).t = type;
      break;
    }
    case 'AssignmentPattern':
      assignPattern(to, pattern.left, from, out, path, to.expression(pattern.right as Expression));
      break;
    case 'ArrayPattern':
      pattern.elements.forEach((element, index) => {
        if (element === null) return;
        if (element.type === 'RestElement') assignPattern(to, element.argument, from, out, path);
        else assignPattern(to, element, from, out, [...path, index]);
      });
      break;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') assignPattern(to, property.argument, from, out, [...path, '...rest']);
        else {
          const name = property.computed ? null : keyName(property.key as Node);
          envTarget(to, from, path, name, property);
          assignPattern(to, property.value as Node, name === null ? unknown : from, out, name === null ? [] : [...path, name]);
        }
      }
      break;
    case 'MemberExpression':
      break;
  }
}

/** `const { PORT = 3000 } = process.env` */
export function envTarget(to: Lowering, from: Expr, path: readonly (string | number)[], name: string | null, node: Node): void {
  if (name === null || path.length > 0 || !isProcessEnv(from)) return;
  const value = node.type === 'Property' ? (node.value as Node) : node;
  const read: EnvRead = { n: name, l: to.lineOf(node.start) };
  if (value.type === 'AssignmentPattern') read.d = to.expression(value.right as Expression);
  to.env.push(read);
}

/** The name of a type as an expression, when it is one: `Pool`, `pg.Pool`, `Promise<Pool>` is `Pool`. */
export function typeName(to: Lowering, node: Node | null | undefined): Expr | undefined {
  if (node === null || node === undefined) return undefined;
  if (node.type === 'TSTypeAnnotation') return typeName(to, node.typeAnnotation);
  if (node.type !== 'TSTypeReference') return undefined;
  if (node.typeName.type === 'Identifier') {
    const name = node.typeName.name;
    if (name === 'Promise' || name === 'Readonly') return typeName(to, node.typeArguments?.params[0]);
    const binding = to.lookup(name);
    return binding === undefined ? { k: 'glo', n: name } : { k: 'var', b: binding };
  }
  if (node.typeName.type === 'TSQualifiedName' && node.typeName.left.type === 'Identifier') {
    return { k: 'get', o: to.name(node.typeName.left.name), n: node.typeName.right.name };
  }
  return undefined;
}

/** A variable that is only declared has its type. */
export function assignTypeOnly(to: Lowering, pattern: Node): void {
  if (pattern.type !== 'Identifier') return;
  const binding = to.bindings[to.bind(pattern.name)] as Binding;
  const type = 'typeAnnotation' in pattern ? typeName(to, pattern.typeAnnotation) : undefined;
  if (type !== undefined) binding.t = type;
}
