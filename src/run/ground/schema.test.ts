import { expect, test } from 'vitest';
import { allowedValues } from './schema.ts';

test.each([
  ["CHECK ((kind = ANY (ARRAY['a'::text, 'b'::text])))", 'kind', ['a', 'b']],
  ["CHECK (((role)::text = ANY ((ARRAY['admin'::character varying, 'it''s'::character varying])::text[])))", 'role', ['admin', "it's"]],
  ["CHECK ((kind = ANY (ARRAY['a'::text])))", 'other', []],
  ['CHECK ((price > 0))', 'price', []],
])('%s allows %s only %j', (definition, column, values) => {
  expect(allowedValues([{ definition }], column)).toEqual(values);
});
