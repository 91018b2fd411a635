import { application, defineCheck, notApplicable, unknown } from '../../model/check.ts';
import { claimsOfFlows, handedOver, inputNamed, sentence } from '../../model/flow-claims.ts';
import { asksModel } from '../../model/model-calls.ts';

export default defineCheck({
  title: "Untrusted text cannot steer the model into the app's powers",
  control: 'ai/gullible-model',
  severity: 'medium',
  cwe: [1427],
  standards: ['LLM01:2025'],
  why: 'A model does not tell instructions from data: text in its instructions is obeyed, whoever wrote it. Where it can also call tools, a sentence in a form decides what the application does.',
  remedy:
    'Keep instructions fixed and hand user text over as a message of the user; let tools act only with the rights of the person who asks, and ask that person before anything is written.',
  needs: ['flows', 'calls'],
  *run({ flows, calls }) {
    const model = asksModel(calls.value);
    if (!model.asks) {
      yield notApplicable('The code calls no model.');
      return;
    }
    const rows = flows.value.flows.filter(({ sink, notes }) => sink === 'instructions' || (sink === 'prompt' && notes.includes('tools')));
    if (model.unfollowed)
      yield unknown(
        'read',
        application,
        'A model is asked by requests of the code itself; what stands in its instructions was not followed.',
      );
    if (rows.length === 0) {
      if (!model.unfollowed) yield notApplicable('No instructions are given to a model, and it has no tools.');
      return;
    }
    yield* claimsOfFlows(flows, {
      rows: rows.map((row) => (row.sink === 'prompt' && row.verdict === 'input' ? { ...row, verdict: 'unknown' as const } : row)),
      chosenBy: 'caller',
      what: 'What a model with tools is asked',
      nothing: application.name,
      says: (flow) => ({
        message: `${sentence(inputNamed(flow.value))} stands among the model's instructions${handedOver(flow)}${flow.notes.includes('tools') ? ', and the model has tools' : ''}.`,
        impact: 'A caller could replace what the model was told to do, and have it reveal or do what it should not.',
      }),
    });
  },
});
