import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

/** Ready-made components that a generator copies into the tree whole. */
const kit = /(^|\/)components\/ui\//;

export default defineCheck({
  title: 'Everything in the tree is used',
  control: 'architecture/dead-code',
  severity: 'low',
  cwe: [561],
  standards: ['CWE-561'],
  why: 'Dead code is read, searched, upgraded and mended like living code, and it misleads: somebody fixes the copy that nothing runs. Code generators leave much of it behind.',
  remedy: 'Delete it; version control keeps it. Where it is loaded in a way that cannot be seen, say so in a comment or import it.',
  needs: ['structure'],
  *run({ structure: { value, gaps } }) {
    if (value.files.length === 0) return yield notApplicable('There is no JavaScript or TypeScript to follow.');
    for (const [unit, all] of Map.groupBy(value.files, (file) => file.unit)) {
      const files = all.filter(({ test }) => !test);
      const about = { kind: 'application', name: unit === '.' ? 'unused code' : `unused code of ${unit}` } as const;
      if (files.length === 0) continue;
      const dead = files.filter(({ reachable }) => !reachable);
      if (value.unsure.includes(unit)) {
        yield unknown(
          'read',
          about,
          `What starts ${unit === '.' ? 'the application' : unit} was not found, so it cannot be said which files are in use.`,
        );
        continue;
      }
      const names = files.flatMap(({ path, unused }) => unused.map((one) => ({ ...one, path })));
      if (dead.length + names.length === 0) {
        const unread = gaps.find(({ file }) => file !== null && (unit === '.' || file.startsWith(`${unit}/`)));
        yield unread === undefined
          ? pass('read', about)
          : unknown('read', about, `Nothing unused was found, but ${unread.file} could not be read: ${unread.reason}.`);
        continue;
      }
      const lines = sum(files.map((file) => file.lines));
      const own = dead.filter(({ path }) => !kit.test(path));
      const heavy = sum(own.map((file) => file.lines)) >= Math.max(300, 0.1 * lines);
      const [first] = [...own, ...dead].map(({ path }) => ({ path, line: 1 })).concat(names);
      yield fail('read', about, sentences(dead, own.length, names), {
        severity: heavy ? 'medium' : 'low',
        impact: 'Everybody who changes the application reads, searches and updates this too, and may mend the wrong copy.',
        where: first === undefined ? null : { file: first.path, line: first.line, endLine: first.line },
        effect: 'unused',
      });
    }
  },
});

function sentences(
  dead: readonly { path: string; lines: number }[],
  own: number,
  names: readonly { path: string; name: string; line: number }[],
): string {
  const said: string[] = [];
  if (dead.length > 0) {
    const shown = dead.toSorted((a, b) => Number(kit.test(a.path)) - Number(kit.test(b.path)) || b.lines - a.lines).slice(0, 6);
    const ready = dead.length - own;
    said.push(
      `Nothing leads to ${dead.length} ${dead.length === 1 ? 'file' : 'files'} (${sum(dead.map((file) => file.lines))} lines)${ready > 0 ? `, ${ready} of them ready-made components` : ''}: ${listed(
        shown.map(({ path }) => path),
        dead.length,
      )}.`,
    );
  }
  if (names.length > 0)
    said.push(
      `${names.length} exported ${names.length === 1 ? 'name is' : 'names are'} used nowhere: ${listed(
        names.slice(0, 6).map(({ name, path, line }) => `\`${name}\` (${path}:${line})`),
        names.length,
      )}.`,
    );
  return said.join(' ');
}

function listed(shown: readonly string[], of: number): string {
  return `${shown.join(', ')}${of > shown.length ? ` and ${of - shown.length} more` : ''}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
