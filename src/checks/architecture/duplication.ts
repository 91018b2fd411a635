import { defineCheck, fail, notApplicable, pass } from '../../model/check.ts';
import type { Clones } from '../../model/evidence/health.ts';

type Group = Clones['groups'][number];

/** So many groups are shown one by one; from this share of copied lines on, copying is a habit. */
const shown = 6;
const habit = 0.15;

export default defineCheck({
  title: 'Logic is written once',
  control: 'architecture/duplication',
  severity: 'low',
  cwe: [1041],
  standards: ['CWE-1041'],
  why: 'Copies drift apart: a rule is mended in one place and stays wrong in the other. Code generators copy where a person would have called, and the copies already differ on the first day.',
  remedy: 'Make one function of it and call it from both places; where they differ, decide which of the two is right.',
  needs: ['clones'],
  *run({ clones: { value } }) {
    if (value.lines.of === 0) return yield notApplicable('There are no functions to compare.');
    const groups = value.groups.filter((group) => group.copies.every(({ test }) => !test) && isTelling(group));
    for (const group of groups.toSorted((a, b) => weightOf(b) - weightOf(a)).slice(0, shown)) {
      const [first, second] = group.copies;
      if (first === undefined || second === undefined) continue;
      yield fail('read', { kind: 'function', name: group.copies.slice(0, 2).map(titleOf).join(' and ') }, messageOf(group), {
        impact:
          group.drift.length > 0
            ? 'What was mended or decided in one of them does not hold in the other.'
            : 'The next change will be made in one of them and forgotten in the other.',
        where: first.where,
        effect: 'copy',
      });
    }
    const share = value.lines.copied / value.lines.of;
    const about = { kind: 'application', name: 'copied code' } as const;
    if (groups.length > shown && share >= habit)
      yield fail(
        'read',
        about,
        `${Math.round(100 * share)} of 100 lines of functions stand in functions that have a copy: ${groups.length} groups of copies.`,
        {
          severity: 'medium',
          impact: 'Most changes have to be made in several places, and some of these are forgotten.',
          where: groups[0]?.copies[0]?.where ?? null,
          effect: 'habit',
        },
      );
    else if (groups.length === 0) yield pass('read', about, `${value.lines.copied} of ${value.lines.of} lines.`);
  },
});

/** Short functions are often alike because they do alike things; then they must be nearly the same, or one must refuse what the other lets pass. */
function isTelling({ lines, alike, drift }: Group): boolean {
  return lines >= 20 || alike >= 0.8 || drift.some(({ does }) => does.startsWith('refuses'));
}

/** Larger first, and first of all what has drifted apart although it is otherwise alike. */
function weightOf({ lines, copies, drift, alike }: Group): number {
  return lines * (copies.length - 1) * (drift.some(({ does }) => does.startsWith('refuses')) && alike >= 0.75 ? 2 : 1);
}

function titleOf({ name, where }: Group['copies'][number]): string {
  return `${where.file}${name === '' ? '' : ` ${name}`}`;
}

function messageOf({ copies, lines, alike, drift }: Group): string {
  const places = copies.slice(0, 4).map(({ name, where }) => `${name === '' ? 'a function' : `\`${name}\``} (${where.file}:${where.line})`);
  const more = copies.length > places.length ? ` and ${copies.length - places.length} more` : '';
  const differs = drift.slice(0, 3).map((one) => `${one.in}:${one.line} ${one.does}`);
  const apart = differs.length === 0 ? '' : ` They have drifted apart: ${differs.join('; ')}.`;
  return `${lines} lines were written ${copies.length} times, ${alike === 1 ? 'word for word' : `${Math.round(100 * alike)} of 100 steps alike`}: ${places.join(', ')}${more}.${apart}`;
}
