import { messageOf } from '../model/errors.ts';
import type { Gap } from '../model/words.ts';
import { programOf } from './code.ts';
import { defineCollector } from './context.ts';
import { keysInCode } from './keys/in-code.ts';
import { keysInPrisma } from './keys/in-prisma.ts';
import { keysInSql } from './keys/in-sql.ts';
import { Keys } from './keys/tables.ts';
import { isTestCode } from './test-code.ts';

const mostBytes = 2_000_000;
const declares = /\b(create\s+(unlogged\s+|temp\w*\s+)?table|create\s+(unique\s+)?index|alter\s+table)\b/i;

export default defineCollector({
  name: 'read/keys',
  needs: [],
  yields: 'declared-keys',
  async run(_given, context) {
    const { files, queries, gaps } = await programOf(context);
    const keys = new Keys();
    const told: Gap[] = [...gaps];
    // By their names, which is the order in which migrations run.
    for (const { path, bytes } of [...context.tree.files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
      const file = files.get(path);
      if (file !== undefined && !isTestCode(path)) keysInCode(file, keys);
      if (!/\.(sql|prisma)$/.test(path) || isTestCode(path) || /(^|\/)node_modules\/|\bdown\.sql$/.test(path)) continue;
      if (bytes > mostBytes) {
        told.push({ file: path, reason: `larger than ${mostBytes / 1_000_000} MB` });
        continue;
      }
      try {
        const text = (await context.tree.read(path)).toString('utf8');
        if (path.endsWith('.prisma')) keysInPrisma(path, text, keys);
        else if (declares.test(text)) keysInSql(forward(text), keys, (line) => ({ file: path, line, endLine: line }));
      } catch (error) {
        told.push({ file: path, reason: messageOf(error) });
      }
    }
    // What the application makes when it starts.
    for (const { text, where } of queries) if (text !== null && declares.test(text)) keysInSql(text, keys, () => where);
    return { value: { tables: keys.all() }, gaps: told };
  },
});

/** Without the way back that some tools keep in the same file. */
function forward(text: string): string {
  const mark = /^--\s*(migrate:down|\+goose Down|Down Migration|rambler down)\b.*$/im.exec(text);
  return mark === null ? text : text.slice(0, mark.index);
}
