import { expect, it } from 'vitest';
import { onlyDescribed } from './specification.ts';

const sample = (file: string, path: string, found: boolean) => ({
  source: 'openapi' as const,
  where: { file, line: 1, endLine: 1 },
  method: 'GET',
  path,
  endpoint: found ? { unit: '.', id: `GET ${path}` } : null,
});

it('says what a specification knows alone, but not of one that describes somebody else', () => {
  const { missing, foreign } = onlyDescribed([
    sample('api.yaml', '/a', true),
    sample('api.yaml', '/b', true),
    sample('api.yaml', '/c', false),
    sample('payments.yaml', '/charges', false),
    { ...sample('tests.har', '/d', false), source: 'har' as const },
  ]);
  expect([...missing]).toEqual([['api.yaml', ['GET /c']]]);
  expect(foreign).toEqual(['payments.yaml']);
});
