import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { modelCalls } from '../../model/model-calls.ts';

const suite = /(^|\/)(evals?|evaluations?)\/|\.eval\.[cm]?[jt]sx?$|(^|\/)promptfooconfig\.(ya?ml|json|js|ts)$/;

export default defineCheck({
  title: 'Answers are evaluated, grounded and refused where they must be',
  control: 'ai/evaluation',
  severity: 'low',
  cwe: [1059],
  standards: ['LLM09:2025'],
  why: 'A changed prompt or a new version of the model changes the answers, and no test of the code notices. Only questions with known good answers, asked again after each change, do.',
  remedy:
    'Keep a set of questions with what a good answer must hold and must refuse, run it in CI when prompts or models change (promptfoo, evalite), and set a bar.',
  needs: ['calls', 'operation', 'files'],
  uses: ['delivery'],
  *run({ calls, operation, files, delivery }) {
    const asked = modelCalls(calls.value, operation.value.server);
    const [first] = asked;
    if (first === undefined) {
      yield calls.gaps.length > 0 && operation.value.server.length > 0
        ? unknown('read', application, 'No call of a model was found, but not all of the code could be followed.')
        : notApplicable('The server asks no model.');
      return;
    }
    const written = files.value.files.find(({ path }) => suite.test(path));
    const library = operation.value.telemetry.find((one) => one.for.includes('evaluation'));
    const run =
      delivery?.value.workflows.some(({ steps }) => steps.some(({ command }) => /\beval|promptfoo|braintrust/.test(command))) ?? false;
    if (run) yield pass('read', application);
    else if (written !== undefined || library !== undefined)
      yield unknown('read', application, 'There are evaluations, but no workflow was seen to run them when something changes.', {
        where: library?.where ?? (written === undefined ? undefined : { file: written.path, line: 1, endLine: 1 }),
      });
    else
      yield fail('read', application, 'A model is asked, and nothing in the repository tries its answers against known good ones.', {
        impact: 'A worse prompt or model goes live unnoticed, and users get wrong answers in your name.',
        where: first.where,
        effect: 'no-evaluation',
      });
  },
});
