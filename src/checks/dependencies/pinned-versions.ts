import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';

type Unit = EvidenceValue<'dependencies'>['units'][number];

/** Ranges that point into the repository and need no lock. */
const inside = /^(workspace|file|link|portal|catalog):/;

export default defineCheck({
  title: 'Installs are repeatable',
  control: 'dependencies/build-pipeline',
  severity: 'medium',
  cwe: [1357, 494],
  standards: ['ASVS v5.0.0-15.2.1', 'SLSA build L1'],
  why: 'Without a lockfile that fits, every install takes whatever versions are newest at that minute. The build that was tested is not the build that runs, an outage cannot be reproduced, and a hijacked release of any package below reaches production the same hour.',
  remedy:
    'Commit the lockfile of one package manager and install with the command that refuses to change it (npm ci, pnpm install --frozen-lockfile, yarn install --immutable, bun install --frozen-lockfile).',
  needs: ['dependencies'],
  uses: ['delivery'],
  *run({ dependencies: { value }, delivery }) {
    const units = value.units.filter(({ declared }) => declared.some(({ range }) => !inside.test(range)));
    if (units.length === 0) return yield notApplicable('No package is declared.');
    // yarn 1 keeps the repository's own packages out of its lockfile; only their folders and their imports give them away.
    const own = new Set(
      value.units.flatMap(({ dir, imports }) => [
        dir.slice(dir.lastIndexOf('/') + 1),
        ...imports.filter(({ status }) => status === 'workspace').map(({ name }) => name),
      ]),
    );
    for (const unit of units) {
      const about = { kind: 'file', name: unit.manifest } as const;
      const where = { file: unit.manifest, line: 1, endLine: 1 };
      if (unit.lockfile === null) {
        yield fail(
          'read',
          about,
          `${unit.manifest} declares ${unit.declared.length === 1 ? 'one package' : `${unit.declared.length} packages`} and no lockfile is committed. Each install may bring other versions than the ones that were tested. Run the package manager once and commit the lockfile that it writes.`,
          {
            where,
            impact: 'A release can break, or carry foreign code, although nothing in the repository changed.',
            effect: 'no-lockfile',
          },
        );
      } else if (unit.locked === null) {
        yield unknown('read', about, `${unit.lockfile} could not be read, so whether it fits ${unit.manifest} is not known.`, { where });
      } else {
        const missing = unlocked(unit, own);
        const names = missing
          .slice(0, 5)
          .map((name) => `\`${name}\``)
          .join(', ');
        const any = unit.declared.filter(({ range, kind }) => kind !== 'peer' && /^(?:latest|\*|x|)$/i.test(range.trim()));
        if (missing.length === 0 && any.length === 0) yield pass('read', about);
        if (any.length > 0)
          yield fail(
            'read',
            { kind: 'file', name: `${unit.manifest}: any version` },
            `${unit.manifest} asks for any version of ${any
              .slice(0, 5)
              .map(({ name }) => `\`${name}\``)
              .join(', ')}${any.length > 5 ? ` and ${any.length - 5} more` : ''}; only the lockfile keeps the next major version out.`,
            { severity: 'low', where, impact: 'The next update of anything may bring a version that nobody tried.', effect: 'any-version' },
          );
        if (missing.length > 0)
          yield fail(
            'read',
            about,
            `${unit.lockfile} does not hold ${names}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}, which ${unit.manifest} declares. An install that respects the lockfile refuses to run, and one that does not picks versions by chance. Run the package manager and commit its lockfile.`,
            { where, impact: 'The next clean install fails, or differs from what was tested.', effect: 'stale-lockfile' },
          );
      }
    }
    for (const { file, steps } of delivery?.value.workflows ?? []) {
      const loose = steps.find(
        ({ command }) => /^npm (i|install)( --?[\w-]+(=\S+)?)*$/.test(command) && !/--package-lock-only|-g\b|--global/.test(command),
      );
      if (loose !== undefined)
        yield fail(
          'read',
          { kind: 'workflow', name: file },
          `The workflow installs with \`${loose.command}\`, which may change versions, instead of \`npm ci\`, which installs exactly the lockfile or fails.`,
          {
            severity: 'low',
            where: { file, line: loose.line, endLine: loose.line },
            impact: 'What was tested may differ from what the lockfile says.',
            effect: 'loose-install',
          },
        );
    }
  },
});

/** Declared packages that the lockfile lacks. Peers and optional ones may be absent; packages of the repository are not locked. */
function unlocked({ declared, locked }: Unit, own: ReadonlySet<string>): string[] {
  return declared
    .filter(({ range, kind }) => (kind === 'runtime' || kind === 'development') && !inside.test(range) && !range.startsWith('npm:'))
    .filter(
      ({ name }) => locked !== null && !Object.hasOwn(locked, name) && !own.has(name) && !own.has(name.slice(name.lastIndexOf('/') + 1)),
    )
    .map(({ name }) => name);
}
