import type { DeclaredColumn } from '../model/evidence/constructs.ts';
import type { Gap } from '../model/words.ts';
import { messageOf } from '../model/errors.ts';
import { programOf } from './code.ts';
import { isTestCode } from './test-code.ts';
import { columnsInCode } from './columns/in-code.ts';
import { columnsInText } from './columns/in-text.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/columns',
  needs: [],
  yields: 'declared-columns',
  async run(_given, context) {
    const { files, gaps } = await programOf(context);
    const found = new Map<string, DeclaredColumn>();
    const told: Gap[] = [...gaps];
    // A column that is declared twice (a migration and a model) counts once, the model's first.
    const add = (one: DeclaredColumn): void => {
      const key = `${singular(one.table)}.${one.column.replaceAll('_', '')}`.toLowerCase();
      if (!found.has(key)) found.set(key, one);
    };
    for (const file of files.values()) columnsInCode(file).forEach(add);
    for (const { path, bytes } of context.tree.files) {
      if (isTestCode(path)) continue;
      try {
        (await columnsInText(path, bytes, (name) => context.tree.read(name)))?.forEach(add);
      } catch (error) {
        told.push({ file: path, reason: messageOf(error) });
      }
    }
    return { value: { columns: [...found.values()].sort(inOrder) }, gaps: told };
  },
});

function singular(table: string): string {
  return table.replace(/s$/i, '').replaceAll('_', '');
}

function inOrder(a: DeclaredColumn, b: DeclaredColumn): number {
  const [x, y] = [a, b].map(({ table, column, where }) => [table, column, where.file, where.line].join('\0'));
  return (x ?? '') < (y ?? '') ? -1 : (x ?? '') > (y ?? '') ? 1 : 0;
}
