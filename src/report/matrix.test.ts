import { describe, expect, it } from 'vitest';
import type { Matrix } from '../model/matrix.ts';
import { groupsOf, shortName } from './matrix.ts';
import { largeReport } from './testdata/large.ts';

/** A matrix in which one actor leaks where the endpoint is listed as leaking. */
function matrixOf(endpoints: readonly string[], leaking: readonly string[] = []): Matrix {
  return {
    actors: [{ name: 'stranger', part: 'stranger', role: null }],
    outcomes: [],
    rows: endpoints.map((endpoint) => ({ endpoint, file: null, line: null, cells: {} })),
    cells: endpoints.map((endpoint) => ({
      endpoint,
      actor: 'stranger',
      outcome: leaking.includes(endpoint) ? 'leak' : 'refused',
      answer: leaking.includes(endpoint) ? 'leak' : 'refused',
      rule: null,
      reason: '',
      status: 200,
      byId: false,
      finding: null,
      settle: null,
    })),
  };
}

const told = (matrix: Matrix) => groupsOf(matrix).map(({ name, lines }) => `${name}: ${lines.map((line) => line.endpoint).join(', ')}`);

describe('groupsOf', () => {
  it('puts together what is about one resource, without prefixes and parameters', () => {
    expect(told(matrixOf(['GET /api/v2/tasks', 'GET /:locale/users/{id}', 'PUT /api/v2/tasks/:id', 'POST /users']))).toEqual([
      'tasks: GET /api/v2/tasks, PUT /api/v2/tasks/:id',
      'users: GET /:locale/users/{id}, POST /users',
    ]);
    expect(told(matrixOf(['GET /', 'GET /api']))).toEqual(['/: GET /', 'api: GET /api']);
  });

  it('puts the gravest first, among groups and in each', () => {
    const endpoints = ['GET /a', 'GET /a/1', 'GET /b', 'DELETE /b/:id'];
    expect(told(matrixOf(endpoints, ['DELETE /b/:id']))).toEqual(['b: DELETE /b/:id, GET /b', 'a: GET /a, GET /a/1']);
  });

  it('splits what is too large, and gathers what stands alone', () => {
    const many = ['x', 'y', 'z'].flatMap((one) => Array.from({ length: 10 }, (_, index) => `GET /app/${one}/${index}`));
    expect(groupsOf(matrixOf([...many, 'GET /health'])).map(({ name, lines }) => [name, lines.length])).toEqual([
      ['app/x', 10],
      ['app/y', 10],
      ['app/z', 10],
      ['health', 1],
    ]);
    const procedures = Array.from({ length: 40 }, (_, index) => `POST /trpc/do${index}`);
    expect(groupsOf(matrixOf(procedures)).map(({ name, lines }) => [name, lines.length])).toEqual([['trpc', 40]]);
    expect(groupsOf(matrixOf(['GET /a', 'GET /a/b', 'GET /c', 'GET /d', 'GET /e'])).map(({ name }) => name)).toEqual(['a', 'others']);
  });

  it('loses and repeats no endpoint', () => {
    const shown = groupsOf(largeReport.matrix).flatMap((group) => group.lines.map((line) => line.index));
    expect(shown.toSorted((a, b) => a - b)).toEqual(largeReport.matrix.rows.map((_row, index) => index));
  });
});

describe('shortName', () => {
  it('names a role by itself, unless somebody else is called so', () => {
    const actors = ['owner', 'admin'].map((role) => ({ name: `role:${role}`, part: 'role', role }));
    const all = [{ name: 'owner', part: 'owner', role: null }, ...actors];
    expect(all.map((actor) => shortName(actor, all))).toEqual(['owner', 'role:owner', 'admin']);
  });
});
