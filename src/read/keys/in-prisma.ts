import type { Place } from '../../model/words.ts';
import { modelsOf } from '../code/data/prisma.ts';
import type { Keys } from './tables.ts';

const longestLine = 2000;

/** Reads the keys, indexes and relations of a Prisma schema, by the names that tables and columns have in the database. */
export function keysInPrisma(path: string, text: string, keys: Keys): void {
  const tables = new Map(modelsOf(path, text).map(([name, table]) => [name, table]));
  const models = new Set([...text.matchAll(/^\s*model\s+(\w+)/gm)].map(([, model]) => model));
  const nameOf = (model: string): string => tables.get(`prisma:${model.charAt(0).toLowerCase()}${model.slice(1)}`)?.name ?? model;
  // MySQL makes the index of a foreign key by itself.
  const indexed = /\bprovider\s*=\s*"mysql"/.test(text) && !/relationMode\s*=\s*"prisma"/.test(text);
  for (const table of tables.values()) {
    const mine = keys.table(table.name);
    mine.where ??= table.where;
    for (const { name, type } of table.columns.values()) if (!models.has(type)) mine.columns.add(name);
    for (const columns of table.uniques)
      keys.index(table.name, { name: null, columns, unique: true, plain: true, source: 'prisma', where: table.where });
  }
  let model: string | null = null;
  text.split('\n').forEach((raw, index) => {
    const line = raw.replace(/(^|\s)\/\/.*$/, '').trim();
    const where: Place = { file: path, line: index + 1, endLine: index + 1 };
    if (line.length > longestLine) return;
    model = /^(?:model|view)\s+(\w+)\s*\{/.exec(line)?.[1] ?? (line === '}' ? null : model);
    if (model === null) return;
    const declared = tables.get(`prisma:${model.charAt(0).toLowerCase()}${model.slice(1)}`);
    if (declared === undefined) return;
    const columns = (list: string) =>
      list
        .split(',')
        .map((one) => one.trim().replace(/\(.*/, ''))
        .map((one) => declared.columns.get(one)?.name ?? one);
    const listed = /^@@index\(\s*(?:fields:\s*)?\[([^\]]*)\]/.exec(line)?.[1];
    if (listed !== undefined)
      keys.index(declared.name, {
        name: /\bmap:\s*"([^"]+)"/.exec(line)?.[1] ?? null,
        columns: columns(listed),
        unique: false,
        plain: !/\b(type|ops):|\bops\(/.test(line),
        source: 'prisma',
        where,
      });
    const [, target, fields] = /^\w+\s+(\w+)\??\s.*@relation\([^)]*\bfields:\s*\[([^\]]*)\]/.exec(line) ?? [];
    if (target === undefined || fields === undefined) return;
    keys.reference(declared.name, columns(fields), nameOf(target), where);
    if (indexed) keys.index(declared.name, { name: null, columns: columns(fields), unique: false, plain: false, source: 'prisma', where });
  });
}
