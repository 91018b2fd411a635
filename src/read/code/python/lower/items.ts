import type { PythonNode } from '../../../../source/python.ts';
import type { Expr } from '../../facts.ts';
import type { PythonLowering } from './lowering.ts';

/** The items of a list as written, without brackets and commas. */
export function itemsOf(to: PythonLowering, parts: readonly PythonNode[]): Expr[] {
  const items: Expr[] = [];
  let spread = false;
  for (const part of parts) {
    const word = part.name;
    if (word === '*') spread = true;
    else if (!/^[()[\]{},:]$/.test(word)) {
      const e = to.expression(part);
      items.push(spread ? { k: 'spread', e } : e);
      spread = false;
    }
  }
  return items;
}
