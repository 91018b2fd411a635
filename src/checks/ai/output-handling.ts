import { application, defineCheck, notApplicable, pass, unknown } from '../../model/check.ts';
import { claimsOfFlows, handedOver } from '../../model/flow-claims.ts';
import { asksModel } from '../../model/model-calls.ts';
import type { SinkKind } from '../../model/evidence/flows.ts';

const becomes: Partial<Record<SinkKind, string>> = {
  command: 'a command',
  program: 'the program that is started',
  file: 'the path of a file',
  html: 'markup',
  address: 'the address of a request',
  redirect: 'the target of a redirect',
  filter: 'the filter of a query',
  code: 'code that is run',
  template: 'a template that is compiled',
  sql: 'the text of a statement',
};

export default defineCheck({
  title: 'Model output is treated as untrusted input',
  control: 'ai/model-output-sinks',
  severity: 'high',
  cwe: [1426, 94],
  standards: ['LLM05:2025'],
  why: 'What a model writes can be steered by whoever wrote anything it read: a user, a web page, a mail. Where its answer becomes code, a statement, a command or markup, that person writes code, statements, commands and markup.',
  remedy:
    'Have the model answer with data and parse it with a schema; pick statements, commands and addresses from a list by what it chose; escape its text where it is shown.',
  needs: ['flows', 'calls'],
  *run({ flows, calls }) {
    const model = asksModel(calls.value);
    if (!model.asks) {
      yield notApplicable('The code calls no model.');
      return;
    }
    const rows = flows.value.flows.filter(
      ({ sink, verdict, from }) => becomes[sink] !== undefined && verdict === 'input' && from.includes('model'),
    );
    if (rows.length === 0) {
      // A screen that writes markup from what it was answered may write what a model said.
      const shown = flows.value.flows.find(({ sink, verdict }) => sink === 'html' && verdict === 'unknown');
      if (model.unfollowed)
        yield unknown(
          'read',
          application,
          'A model is asked by requests of the code itself; what becomes of its answers was not followed.',
        );
      else if (shown !== undefined)
        yield unknown(
          'read',
          application,
          'Markup is written from values that could not be followed; the answers of the model may be among them.',
          {
            where: shown.where,
          },
        );
      else yield pass('read', application);
      return;
    }
    yield* claimsOfFlows(flows, {
      rows,
      chosenBy: 'model',
      what: 'The answer of a model',
      nothing: '',
      says: (flow) => ({
        message: `What the model answers becomes ${becomes[flow.sink] ?? 'something that acts'}${handedOver(flow)}.`,
        impact: 'Whoever can write something that the model reads could act with the rights of the server.',
        severity: /^(html|redirect|address|file|filter)$/.test(flow.sink) ? 'medium' : 'high',
      }),
    });
  },
});
