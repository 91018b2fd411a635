import type { Expression, Node, Statement } from 'oxc-parser';
import type { Expr } from '../facts.ts';

/** What is not followed. */
export const unknown: Expr = { k: 'unk' };

/** What is not followed, with the parts that may have effects. */
export function unfollowed(parts: readonly Expr[]): Expr {
  const c = parts.filter((part) =>
    part.k !== 'unk' && part.k !== 'lit' && part.k !== 'glo' && part.k !== 're' ? true : part.k === 'unk' && part.c !== undefined,
  );
  return c.length === 0 ? unknown : { k: 'unk', c };
}

/** The same, where the last of the parts is written to, on a line. */
export function written(parts: readonly Expr[], line: number): Expr {
  const e = unfollowed(parts);
  return e.k === 'unk' && e.c !== undefined ? { ...e, w: 1, l: line } : e;
}

/** `process.env`, `import.meta.env`, `Bun.env`. */
export function isProcessEnv(e: Expr): boolean {
  return e.k === 'get' && e.n === 'env' && e.o.k === 'glo' && /^(process|import\.meta|Bun)$/.test(e.o.n);
}

/** A sum of terms: text when one of them is text. */
export function concatenate(terms: readonly Expr[]): Expr {
  // Only text makes a template; a sum of unknowns stays a sum.
  if (!terms.some((term) => (term.k === 'lit' && typeof term.v === 'string') || term.k === 'tpl')) {
    return terms.slice(1).reduce<Expr>((l, r) => ({ k: 'bin', op: '+', l, r }), terms[0] ?? unknown);
  }
  const p = [''];
  const h: Expr[] = [];
  for (const term of terms) {
    if (term.k === 'lit') p[p.length - 1] += String(term.v);
    else if (term.k === 'tpl') {
      p[p.length - 1] += term.p[0] ?? '';
      term.h.forEach((hole, index) => {
        h.push(hole);
        p.push(term.p[index + 1] ?? '');
      });
    } else {
      h.push(term);
      p.push('');
    }
  }
  return h.length === 0 ? { k: 'lit', v: p[0] ?? '' } : { k: 'tpl', p, h };
}

/** An expression without what vanishes when types are stripped. */
export function bare(node: Expression): Expression;
export function bare(node: Node): Node;
export function bare(node: Node): Node {
  let inner = node;
  for (;;) {
    switch (inner.type) {
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSTypeAssertion':
      case 'TSNonNullExpression':
      case 'TSInstantiationExpression':
      case 'ParenthesizedExpression':
      case 'ChainExpression':
        inner = inner.expression;
        break;
      default:
        return inner;
    }
  }
}

/** The name of a key that is written out. */
export function keyName(node: Node): string | null {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'PrivateIdentifier') return `#${node.name}`;
  if (node.type === 'Literal' && (typeof node.value === 'string' || typeof node.value === 'number')) return String(node.value);
  return null;
}

/** A name in an import or export. */
export function moduleName(node: Node): string {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'Literal' ? String(node.value) : '?';
}

/** The declaration inside an export. */
export function declarationOf(node: Statement): Node | null {
  if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration') return node.declaration as Node | null;
  return node;
}

/** The names that a pattern binds. */
export function namesOf(pattern: Node): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'AssignmentPattern':
      return namesOf(pattern.left);
    case 'RestElement':
      return namesOf(pattern.argument);
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : namesOf(element)));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesOf(property.type === 'RestElement' ? property.argument : (property.value as Node)),
      );
    default:
      return [];
  }
}
