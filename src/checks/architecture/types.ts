import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';

type Unit = EvidenceValue<'typing'>['units'][number];

/** `any`, `value!` and silenced errors in a thousand lines of TypeScript: from which number on it is a remark, and from which more. */
const density = { low: 8, medium: 25, atLeast: 10 };

export default defineCheck({
  title: 'Types are strict and have no escape hatches',
  control: 'architecture/types-and-lint',
  severity: 'low',
  cwe: [704],
  standards: ['CWE-704'],
  why: 'A strict compiler finds missing values, misspelt fields and forgotten cases before anybody runs the code. Every `any` is a place where it was told to look away, and generated code is full of them.',
  remedy: 'Set `"strict": true`, replace `any` by the type that is meant (or `unknown` with a check), and let a linter keep it so.',
  needs: ['typing'],
  *run({ typing: { value } }) {
    if (value.units.length === 0) return yield notApplicable('There is no JavaScript or TypeScript.');
    for (const unit of value.units) {
      const prefix = unit.dir === '.' ? '' : `${unit.dir}: `;
      const where = unit.config === null ? null : { file: unit.config, line: 1, endLine: 1 };
      const compiler = { kind: 'application', name: `${prefix}compiler` } as const;
      if (unit.typescript === 0) {
        yield fail(
          'read',
          compiler,
          `${prefix}All ${unit.javascript} files are JavaScript: no compiler checks what they hand to each other.`,
          {
            impact: 'A misspelt field or a missing value is found by a user instead of by a machine.',
            remedy: 'Switch on `checkJs` with JSDoc types, or move to TypeScript file by file, money and sign-in first.',
            effect: 'untyped',
          },
        );
      } else if (unit.strict === null)
        yield unknown('read', compiler, `${prefix}The compiler’s settings could not be followed (${unit.config ?? 'no tsconfig.json'}).`);
      else if (!unit.strict || unit.off.length > 0)
        yield fail(
          'read',
          compiler,
          `${prefix}${unit.config ?? 'tsconfig.json'} is not strict${unit.strict ? `: it leaves off ${unit.off.map((one) => `\`${one}\``).join(', ')}` : ''}.`,
          {
            severity: unit.strict && !unit.off.includes('strictNullChecks') ? 'low' : 'medium',
            impact: 'Missing values and untyped parameters pass unseen and fail in front of users.',
            where,
            effect: 'not-strict',
          },
        );
      else yield pass('read', compiler);
      yield* hatches(unit, prefix);
      const linter = { kind: 'application', name: `${prefix}linter` } as const;
      if (unit.lint !== null) yield pass('read', linter);
      else
        yield fail('read', linter, `${prefix}No linter is set up.`, {
          impact: 'Promises that nobody awaits, unused code and other known mistakes are not pointed out to anybody.',
          remedy: 'Set up ESLint, Biome or Oxlint with the recommended rules, and run it in continuous integration.',
          effect: 'no-linter',
        });
    }
  },
});

function* hatches(unit: Unit, prefix: string) {
  if (unit.typescript === 0) return;
  const about = { kind: 'application', name: `${prefix}escape hatches` } as const;
  const count = unit.any + unit.bangs + unit.silenced.length;
  const share = (1000 * count) / Math.max(1, unit.lines);
  if (count < density.atLeast || share < density.low) {
    yield pass('read', about, `${count} in ${unit.lines} lines.`);
    return;
  }
  const [worst] = unit.worst;
  yield fail(
    'read',
    about,
    `${prefix}In ${unit.lines} lines of TypeScript the compiler is told ${count} times to look away: \`any\` ${unit.any} times (${unit.casts} as a cast), \`!\` ${unit.bangs} times, ${unit.silenced.length} silenced errors. Most are in ${unit.worst
      .slice(0, 3)
      .map(({ file, count: many }) => `${file} (${many})`)
      .join(', ')}.`,
    {
      severity: share >= density.medium ? 'medium' : 'low',
      impact: 'In these places a wrong or missing value passes the compiler and fails in front of users.',
      where: worst === undefined ? null : { file: worst.file, line: 1, endLine: 1 },
      effect: 'escape-hatches',
    },
  );
}
