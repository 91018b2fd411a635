import type { ReadContext } from '../../context.ts';
import { modelsOf } from './prisma.ts';
import { declaredInSql } from './migrations.ts';
import { Tables } from './tables.ts';

const mostBytes = 2_000_000;

/** What files that are no code declare of tables: Prisma's schemas, and whether migrations turn row security on. */
export async function declarations(context: ReadContext): Promise<{ tables: Tables; rowSecurity: boolean }> {
  const tables = new Tables();
  let rowSecurity = false;
  for (const { path, bytes } of context.tree.files) {
    if (bytes > mostBytes || /(^|\/)node_modules\//.test(path)) continue;
    if (path.endsWith('.prisma')) for (const [model, table] of modelsOf(path, await textOf(context, path))) tables.declare(model, table);
    else if (path.endsWith('.sql')) {
      const text = await textOf(context, path);
      rowSecurity ||= /\benable\s+row\s+level\s+security\b/i.test(text);
      declaredInSql(path, text, tables);
    }
  }
  return { tables, rowSecurity };
}

async function textOf(context: ReadContext, path: string): Promise<string> {
  try {
    return (await context.tree.read(path)).toString('utf8');
  } catch {
    // A file that cannot be read declares nothing; the collector of files reports it.
    return '';
  }
}
