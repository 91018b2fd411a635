import type { JSXElement, JSXElementName } from 'oxc-parser';
import type { Expr } from '../facts.ts';
import type { Lowering } from './lowering.ts';
import { unfollowed, unknown } from './syntax.ts';

/** How an element looks and how tests find it: half of a screen's text, and no question of ours. */
const looks = /^(class(Name)?|style|key|sx|variant|size|width|height|d|viewBox|fill|stroke\w*|placeholder|alt|title|(aria|data)-.*)$/;

/** An element of a screen; one of HTML's in which nothing can happen is not followed. */
export function lowerElement(to: Lowering, node: JSXElement): Expr {
  const t = tagOf(to, node.openingElement.name);
  const a: [string, Expr][] = [];
  for (const attribute of node.openingElement.attributes) {
    if (attribute.type === 'JSXSpreadAttribute') {
      a.push(['...', to.expression(attribute.argument)]);
      continue;
    }
    const name = attribute.name.type === 'JSXIdentifier' ? attribute.name.name : attribute.name.name.name;
    const value: Expr = attribute.value === null ? { k: 'lit', v: true } : to.expression(attribute.value);
    if (!looks.test(name) || value.k === 'fn') a.push([name, value]);
  }
  const c = node.children.flatMap((child): Expr[] => {
    if (child.type === 'JSXText') return [];
    const e = to.expression(child);
    return (e.k === 'unk' && e.c === undefined) || e.k === 'lit' ? [] : [e];
  });
  if (t.k === 'lit' && a.every(([, value]) => value.k === 'lit' && typeof value.v !== 'string')) return unfollowed(c);
  return { k: 'jsx', t, a, c, l: to.lineOf(node.start) };
}

function tagOf(to: Lowering, name: JSXElementName): Expr {
  switch (name.type) {
    case 'JSXIdentifier':
      return /^[a-z]/.test(name.name) ? { k: 'lit', v: name.name } : to.name(name.name);
    case 'JSXMemberExpression':
      return { k: 'get', o: tagOf(to, name.object), n: name.property.name };
    default:
      return unknown;
  }
}
