import { describe, expect, it } from 'vitest';
import { touchedBy } from './touched.ts';
import type { Known } from './touched.ts';

type Routes = NonNullable<Known['routes']>['routes'];

const where = (file: string) => ({ file, line: 1, endLine: 2 });

function route(id: string, file: string, handler = file): Routes[number] {
  const [method = '', path = ''] = id.split(' ');
  return {
    id,
    unit: '.',
    method,
    path,
    framework: 'express',
    where: where(file),
    handler: { name: 'handle', where: where(handler) },
    guards: [],
    inline: [],
    inputs: [],
    validated: true,
    reaches: [],
  };
}

function structure(imports: Readonly<Record<string, readonly string[]>>): NonNullable<Known['structure']> {
  const file = (path: string) => ({
    path,
    unit: '.',
    lines: 10,
    comments: 0,
    test: path.includes('.test.'),
    client: false,
    entry: null,
    reachable: true,
    imports: [...(imports[path] ?? [])],
    types: [],
    functions: 1,
    complexity: 1,
    hardest: null,
    unused: [],
  });
  return { files: Object.keys(imports).map(file), cycles: [], crossings: [], readme: null, unsure: [] };
}

/** `app` mounts two routers; both use the database, one alone uses `mail`. */
const known: Known = {
  structure: structure({
    'app.ts': ['orders.ts', 'people.ts', 'limits.ts'],
    'orders.ts': ['db.ts', 'mail.ts'],
    'people.ts': ['people-handlers.ts'],
    'people-handlers.ts': ['db.ts'],
    'db.ts': [],
    'mail.ts': [],
    'limits.ts': [],
    'orders.test.ts': ['orders.ts'],
  }),
  routes: { routes: [route('GET /orders', 'orders.ts'), route('GET /people', 'people.ts', 'people-handlers.ts')] },
  queries: undefined,
};
const touched = (...files: string[]) => touchedBy(files, () => null, known).endpoints;

describe('what a change can reach', () => {
  it('is every endpoint that loads the file', () => {
    expect(touched('mail.ts')).toEqual(['GET /orders']);
    expect(touched('db.ts')).toEqual(['GET /orders', 'GET /people']);
    expect(touched('people-handlers.ts')).toEqual(['GET /people']);
  });

  it('is every endpoint that the file mounts, and not what only stands beside it', () => {
    expect(touched('app.ts')).toEqual(['GET /orders', 'GET /people']);
    expect(touched('orders.ts')).toEqual(['GET /orders']);
  });

  it('is nothing for tests, documents and pictures', () => {
    expect(
      touchedBy(
        [
          'orders.test.ts',
          'README.md',
          '.env.example',
          '.nvmrc',
          'Dockerfile',
          '.husky/pre-commit',
          'public/logo.png',
          '.github/workflows/ci.yml',
        ],
        () => null,
        known,
      ),
    ).toEqual({
      endpoints: [],
      tables: [],
      all: null,
    });
  });

  it('is everything where the file is no code', () => {
    const all = touchedBy(['package.json'], () => null, known);
    expect(all.endpoints).toHaveLength(2);
    expect(all.all).toContain('package.json');
    expect(touchedBy(['mail.ts'], () => null, { routes: known.routes }).all).not.toBeNull();
  });
});
