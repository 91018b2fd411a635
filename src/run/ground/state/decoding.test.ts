import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLine } from './decoding.ts';

const quoteName = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
const text = fc.string({
  unit: fc.constantFrom('a', 'Z', ' ', '"', "'", '[', ']', ':', '.', ',', '\\', '\n', 'é', '0', ' new-tuple:', 'null'),
});
const name = text.filter((word) => word !== '');
const cell = fc.oneof(
  fc.constant({ shown: 'null', value: null }),
  fc.integer().map((value) => ({ shown: String(value), value: String(value) })),
  fc.boolean().map((value) => ({ shown: String(value), value: value ? 't' : 'f' })),
  fc.constant({ shown: "B'101'", value: '101' }),
  text.map((value) => ({ shown: `'${value.replaceAll("'", "''")}'`, value })),
);
const type = fc.constantFrom('integer', 'text[]', 'timestamp with time zone', '"odd]ty""pe"', '"My".money[]');
const row = fc.uniqueArray(fc.record({ name, type, cell }), { maxLength: 6, selector: (column) => column.name });
type Columns = { name: string; type: string; cell: { shown: string; value: string | null } }[];
const shown = (columns: Columns) => columns.map((column) => ` ${quoteName(column.name)}[${column.type}]:${column.cell.shown}`).join('');
const cells = (columns: Columns) => Object.fromEntries(columns.map((column) => [column.name, column.cell.value]));

test('every row that test_decoding can write is read back', () => {
  fc.assert(
    fc.property(name, name, row, row, (schema, table, old, fresh) => {
      const head = `table ${quoteName(schema)}.${quoteName(table)}: `;
      const common = { kind: 'row', table: `${schema}.${table}`, unchanged: [] };
      expect(readLine(`${head}INSERT:${shown(fresh)}`)).toEqual({ ...common, op: 'insert', old: null, fresh: cells(fresh) });
      expect(readLine(`${head}DELETE:${shown(old)}`)).toEqual({ ...common, op: 'delete', old: cells(old), fresh: null });
      expect(readLine(`${head}UPDATE: old-key:${shown(old)} new-tuple:${shown(fresh)}`)).toEqual({
        ...common,
        op: 'update',
        old: cells(old),
        fresh: cells(fresh),
      });
    }),
  );
});

test('untouched long values, truncates, messages and transactions', () => {
  expect(readLine("table public.t: UPDATE: old-key: a[text]:'x' new-tuple: a[text]:unchanged-toast-datum b[integer]:1")).toMatchObject({
    unchanged: ['a'],
    old: { a: 'x' },
    fresh: { b: '1' },
  });
  expect(readLine('table public.a, "S".b: TRUNCATE: restart_seqs cascade')).toEqual({ kind: 'truncate', tables: ['public.a', 'S.b'] });
  expect(readLine('table public.a: DELETE: (no-tuple-data)')).toMatchObject({ op: 'delete', old: null });
  expect(readLine('message: transactional: 1 prefix: p, sz: 3 content:a\nb')).toEqual({ kind: 'message', prefix: 'p', content: 'a\nb' });
  expect(readLine('BEGIN 42')).toEqual({ kind: 'begin', transaction: '42' });
  expect(() => readLine('something else')).toThrow('something else');
});
