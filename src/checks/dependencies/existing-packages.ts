import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Severity } from '../../model/words.ts';

type Unit = EvidenceValue<'dependencies'>['units'][number];
type Import = Unit['imports'][number];

/** Files that do not run in production. */
const aside =
  /(^|\/)(tests?|__tests__|specs?|e2e|__mocks__|scripts?|tools?|bench|benchmarks?|examples?|fixtures|stories|seeds?|cypress|playwright)\/|\.(test|spec|stories|bench|config|e2e-spec|setup)\.[^/]+$|(^|\/)\.[^/]+$/;

export default defineCheck({
  title: 'Every imported package exists, is declared and is the one that was meant',
  control: 'dependencies/existing-packages',
  severity: 'high',
  cwe: [1357, 829],
  standards: ['ASVS v5.0.0-15.2.1', 'A03:2025'],
  why: 'Code generators invent package names that sound right. Such an import crashes where the package is not there, and attackers register invented names: the next "npm install <name>" then runs their code. A package that is only there because another one needs it vanishes with that one\'s next update.',
  remedy:
    'Find out which package was meant, install it by its real name so that package.json and the lockfile hold it, or delete the import.',
  needs: ['dependencies'],
  *run({ dependencies: { value, gaps } }) {
    if (value.units.length === 0) return yield notApplicable('There is no package.json, so nothing declares packages.');
    for (const unit of value.units)
      for (const [name, imports] of Map.groupBy(unit.imports, (one) => one.name)) {
        const about = { kind: 'package', name: unit.dir === '.' ? name : `${unit.dir}: ${name}` } as const;
        const worst = weightiest(imports, 'missing') ?? weightiest(imports, 'transitive');
        if (worst === undefined) yield pass('read', about);
        else
          yield fail('read', about, message(name, unit, worst), {
            where: worst.where,
            severity: severityOf(unit, worst),
            impact: impact(worst),
            effect: worst.status,
          });
      }
    for (const unit of value.units)
      for (const one of unit.lookalikes) {
        const where = { file: unit.manifest, line: one.line, endLine: one.line };
        const name = unit.dir === '.' ? one.name : `${unit.dir}: ${one.name}`;
        yield fail('read', { kind: 'package', name: `${name} (imitation)` }, imitates(one), {
          where,
          severity: one.kind === 'removed' ? 'medium' : 'low',
          impact: 'If it is not the one that was meant, code of a stranger runs with each install and in the application.',
          remedy: 'Compare the name with the documentation of the package that was meant, and look at who publishes it.',
          effect: one.kind,
        });
      }
    const first = gaps[0];
    if (first !== undefined)
      yield unknown(
        'read',
        application,
        `The imports of ${gaps.length === 1 ? 'one entry' : `${gaps.length} entries`} were not compared with what is declared: ${first.file ?? 'the tree'} (${first.reason})${gaps.length > 1 ? ' and others' : ''}.`,
      );
  },
});

function imitates({ name, of, kind, target }: Unit['lookalikes'][number]): string {
  if (kind === 'removed') return `\`${name}\` is declared, a name that the registry once had to remove because it imitated \`${of}\`.`;
  if (kind === 'alias')
    return `What is called \`${name}\` here is another package, \`${target ?? ''}\`; whoever reads the code takes it for the one that everybody knows.`;
  return `\`${name}\` is declared, which is one slip away from \`${of}\`, a name that many use and that attackers imitate. Both may exist; which one was meant is not known.`;
}

/** The import of that status which matters most: in code that runs in production before others, values before types. */
function weightiest(imports: readonly Import[], status: Import['status']): Import | undefined {
  const weight = (one: Import) => (one.typeOnly ? 2 : 0) + (aside.test(one.where.file) ? 1 : 0);
  return imports.filter((one) => one.status === status).sort((a, b) => weight(a) - weight(b))[0];
}

function severityOf({ locked }: Unit, { status, typeOnly, where }: Import): Severity {
  if (typeOnly) return 'low';
  const runs = !aside.test(where.file);
  // Without a lockfile another declared package may bring it along.
  if (status === 'missing' && locked !== null) return runs ? 'high' : 'medium';
  return runs ? 'medium' : 'low';
}

function message(name: string, unit: Unit, { status, typeOnly }: Import): string {
  if (status === 'transitive')
    return `\`${name}\` is imported but not declared in ${unit.manifest}; it is only in the lockfile because another package needs it. The import breaks, or gets another version, when that package changes. Declare it with the version that is in use.`;
  const invented = 'If the name was invented, whoever registers it runs code on the next machine that installs it.';
  if (unit.locked === null)
    return `\`${name}\` is imported but not declared in ${unit.manifest}. Without a lockfile that can be read it is not known whether another package happens to bring it; otherwise loading this file fails. ${invented}`;
  const harm = typeOnly
    ? 'Only types are taken from it, so the code runs, but it is not type-checked here.'
    : 'Loading this file fails on every machine that installs from the repository.';
  return `\`${name}\` is imported but declared neither in ${unit.manifest} nor in ${unit.lockfile}. ${harm} ${invented}`;
}

function impact({ status, typeOnly }: Import): string {
  if (typeOnly) return 'Builds and editors see no types; users are not affected.';
  return status === 'missing'
    ? 'The application, or the script, does not start from a clean install; an attacker who registers the name gets code execution at the next install.'
    : 'An unrelated update can take the application down.';
}
