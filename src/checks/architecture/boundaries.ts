import { defineCheck, fail, notApplicable, pass } from '../../model/check.ts';
import type { Structure } from '../../model/evidence/health.ts';

/** From these on a file is more than one person can hold in mind. */
const god = { lines: 800, neighbours: 12, functions: 60, most: 5 };
/** Circles of more files than these can only be changed as a whole. */
const large = 10;

export default defineCheck({
  title: 'Modules have clear boundaries and no cycles',
  control: 'architecture/boundaries',
  severity: 'low',
  cwe: [1047, 1080],
  standards: ['CWE-1047'],
  why: 'Files that need each other in a circle cannot be understood, tested or replaced one at a time. A file that everything goes through is changed by everybody and breaks for everybody. Server code that reaches the browser takes its secrets along.',
  remedy:
    'Move what both sides need into a file that needs neither; split the large file by what changes together; reach the server through requests.',
  needs: ['structure'],
  *run({ structure: { value } }) {
    const files = value.files.filter(({ test }) => !test);
    if (files.length === 0) return yield notApplicable('There is no JavaScript or TypeScript to follow.');
    for (const { way, line, because } of value.crossings) {
      const [start = '', next = ''] = way;
      yield fail(
        'read',
        { kind: 'file', name: start },
        `${start} is sent to browsers and leads to server code: ${way.join(' → ')} (which imports \`${because}\`).`,
        {
          severity: 'medium',
          impact: 'The build breaks, or server code and what it holds is delivered to everybody who opens the page.',
          remedy: 'Take only types from there (`import type`), or ask the server by a request.',
          where: { file: start, line, endLine: line },
          effect: `crosses to ${next}`,
        },
      );
    }
    const [circle] = value.cycles;
    const inCircles = { kind: 'application', name: 'import cycles' } as const;
    if (circle === undefined) yield pass('read', inCircles);
    else {
      const others = value.cycles.length - 1;
      yield fail(
        'read',
        inCircles,
        `${circle.length} files need each other in a circle: ${listed(circle)}.${others > 0 ? ` There ${others === 1 ? 'is one more circle' : `are ${others} more circles`}.` : ''}`,
        {
          severity: circle.length > large ? 'medium' : 'low',
          impact:
            'None of these files can be understood, tested or replaced without the others; the order in which they load decides whether it works.',
          where: { file: circle[0] ?? '', line: 1, endLine: 1 },
          effect: 'cycle',
        },
      );
    }
    const giants = giantsIn(files);
    for (const { path, lines, functions, neighbours } of giants.slice(0, god.most))
      yield fail(
        'read',
        { kind: 'file', name: path },
        `${path} has ${lines} lines with ${functions} functions, and ${neighbours} files are tied to it.`,
        {
          severity: lines >= 2 * god.lines ? 'medium' : 'low',
          impact:
            'Whoever changes anything changes this file; mistakes in it reach everything, and two people at once get in each other’s way.',
          where: { file: path, line: 1, endLine: 1 },
          effect: 'god-module',
        },
      );
    if (giants.length === 0) yield pass('read', { kind: 'application', name: 'size of modules' });
  },
});

/** Large files that many others use, or that do so much that they must be many things. */
function giantsIn(files: readonly Structure['files'][number][]) {
  const users = new Map<string, number>();
  for (const { imports, types } of files) for (const path of [...imports, ...types]) users.set(path, (users.get(path) ?? 0) + 1);
  return files
    .map((file) => ({ ...file, neighbours: (users.get(file.path) ?? 0) + file.imports.length }))
    .filter(
      ({ path, lines, functions, neighbours }) =>
        lines >= god.lines && (neighbours >= god.neighbours || functions >= god.functions) && !/(^|\/)components\/ui\//.test(path),
    )
    .toSorted((a, b) => b.lines * b.neighbours - a.lines * a.neighbours || (a.path < b.path ? -1 : 1));
}

function listed(paths: readonly string[]): string {
  return `${paths.slice(0, 6).join(', ')}${paths.length > 6 ? ` and ${paths.length - 6} more` : ''}`;
}
