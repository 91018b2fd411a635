import { application, defineCheck, fail, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';

type Step = EvidenceValue<'delivery'>['workflows'][number]['steps'][number];

const gates = [
  {
    name: 'tests',
    kinds: ['test'],
    severity: 'medium',
    harm: 'A change that breaks a feature reaches users, who find it first.',
    remedy: 'Run the tests on every pull request and every push, as a step that fails the run.',
  },
  {
    name: 'static checks',
    kinds: ['typecheck', 'lint', 'build'],
    severity: 'low',
    harm: 'Code that does not even compile or lint can be merged.',
    remedy: 'Run the type checker, the linter or the build on every pull request and every push.',
  },
] as const;

export default defineCheck({
  title: 'Every change passes checks that block',
  control: 'operability/ci-gates',
  severity: 'medium',
  cwe: [1127],
  standards: ['OpenSSF Scorecard CI-Tests'],
  why: 'What is not run automatically is not run on the evening of a hotfix. A step whose failure is ignored is worse than none, since everyone believes that it protects them.',
  remedy: 'Add a workflow that runs on every pull request and push, with the tests and static checks as steps whose failure fails the run.',
  needs: ['delivery'],
  *run({ delivery: { value, gaps } }) {
    if (value.workflows.length === 0) {
      if (gaps.length > 0)
        yield unknown(
          'read',
          application,
          `No workflow was read, but ${gaps[0]?.file ?? 'the tree'} was not understood: ${gaps[0]?.reason}.`,
        );
      else
        yield fail(
          'read',
          application,
          'There is no continuous integration: nothing runs when the code changes, so every release depends on someone remembering to test it.',
          { impact: 'Any change, also a broken one, can reach users unseen.', effect: 'none' },
        );
      return;
    }
    for (const gate of gates) {
      const about = { kind: 'workflow', name: gate.name } as const;
      const steps = value.workflows.flatMap(({ file, onChange, steps: all }) =>
        all.filter(({ kind }) => isOne(gate.kinds, kind)).map((step) => ({ ...step, file, onChange })),
      );
      if (steps.some(({ blocks, onChange }) => blocks && onChange)) {
        yield pass('read', about);
        continue;
      }
      const step = steps.find(({ onChange }) => onChange) ?? steps[0];
      if (step === undefined && gaps.length > 0) {
        yield unknown(
          'read',
          about,
          `No step for ${gate.name} was found, but ${gaps[0]?.file ?? 'the tree'} was only read in part: ${gaps[0]?.reason}.`,
        );
        continue;
      }
      const detail = { severity: gate.severity, remedy: gate.remedy, impact: gate.harm } as const;
      if (step === undefined)
        yield fail('read', about, `Workflows exist, but none runs ${gate.name}. ${gate.harm}`, { ...detail, effect: 'absent' });
      else {
        const why = step.onChange
          ? 'its failure is ignored, so it stays green whatever happens'
          : 'the workflow does not run on pull requests or pushes';
        yield fail('read', about, `\`${step.command}\` runs, but ${why}. ${gate.harm}`, {
          ...detail,
          where: { file: step.file, line: step.line, endLine: step.line },
          effect: step.onChange ? 'ignored' : 'not-on-change',
        });
      }
    }
  },
});

function isOne(kinds: readonly Step['kind'][], kind: Step['kind']): boolean {
  return kinds.includes(kind);
}
