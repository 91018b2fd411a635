import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

/** Fewer commits than these say nothing about where work falls. */
const enough = 20;
/** Changed so often (and in so large a share of all changes), and so many decisions in one function, that each change is a risk. */
const hot = { commits: 6, share: 0.02, complexity: 15 };
const very = { commits: 15, complexity: 25 };
const shown = 5;

export default defineCheck({
  title: 'Code that changes most is simple and tested',
  control: 'architecture/hotspots',
  severity: 'low',
  cwe: [1121],
  standards: ['CWE-1121'],
  why: 'Most faults are made where complicated code is changed often. There a test pays for itself within weeks, and there the next incident will come from.',
  remedy: 'Write tests for what the file does today, then take its hardest function apart.',
  needs: ['structure', 'history'],
  *run({ structure, history: { value } }) {
    if (value.commits < enough)
      return yield notApplicable(`Only ${value.commits} commits can be seen, too few to say which code changes most.`);
    const files = structure.value.files.filter(({ test }) => !test);
    if (files.length === 0) return yield notApplicable('There is no JavaScript or TypeScript.');
    const changed = new Map(value.files.map((file) => [file.path, file.commits]));
    const tested = new Set(structure.value.files.filter(({ test }) => test).flatMap(({ imports }) => imports));
    const hotspots = files
      .flatMap((file) => {
        const commits = changed.get(file.path) ?? 0;
        const complexity = file.hardest?.complexity ?? 0;
        const often = commits >= hot.commits && commits >= hot.share * value.commits;
        return often && complexity >= hot.complexity && !tested.has(file.path) ? [{ ...file, commits, complexity }] : [];
      })
      .toSorted((a, b) => b.commits * b.complexity - a.commits * a.complexity || (a.path < b.path ? -1 : 1));
    for (const { path, commits, complexity, hardest } of hotspots.slice(0, shown))
      yield fail(
        'read',
        { kind: 'file', name: path },
        `${path} was changed in ${commits} of ${value.commits} commits, holds a function with ${complexity} decisions${hardest ? ` (\`${hardest.name}\`)` : ''}, and no test imports it.`,
        {
          severity: commits >= very.commits && complexity >= very.complexity ? 'medium' : 'low',
          impact: 'This is where the next change is most likely to break something, and nothing would notice.',
          where: hardest?.where ?? { file: path, line: 1, endLine: 1 },
          effect: 'hotspot',
        },
      );
    if (hotspots.length === 0)
      yield pass('read', { kind: 'application', name: 'code that changes most' }, `${value.commits} commits were counted.`);
    else if (hotspots.length > shown)
      yield unknown(
        'read',
        { kind: 'application', name: 'code that changes most' },
        `${hotspots.length - shown} more files change often, are complicated, and are imported by no test.`,
      );
  },
});
