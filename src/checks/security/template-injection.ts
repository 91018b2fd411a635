import { defineCheck } from '../../model/check.ts';
import { claimsOfFlows, handedOver, inputNamed, sentence } from '../../model/flow-claims.ts';

export default defineCheck({
  title: 'Templates and code are never built from input',
  control: 'security/injection',
  severity: 'high',
  cwe: [94, 95, 1336],
  standards: ['ASVS v5.0.0-1.3.2', 'A05:2025'],
  why: 'What `eval`, `Function`, a `vm` context or a template compiler is given runs with everything the server has. A sandbox inside the same process is no wall.',
  remedy:
    'Keep code and templates in files and hand input over as data; to compute what users write, use a parser for that language alone.',
  needs: ['flows'],
  *run({ flows }) {
    yield* claimsOfFlows(flows, {
      rows: flows.value.flows.filter(({ sink }) => sink === 'code' || sink === 'template' || sink === 'template-data'),
      chosenBy: 'caller',
      what: 'Code or a template',
      nothing: 'The code evaluates no text as code and compiles no templates.',
      says: (flow) => ({
        message: flow.notes.includes('context')
          ? `${sentence(inputNamed(flow.value))} is handed to code in a sandbox that shares its process with the server${handedOver(flow)}.`
          : flow.sink === 'template-data'
            ? `All of ${inputNamed(flow.value)} is handed to the template engine, whose own options stand in the same object${handedOver(flow)}.`
            : `${sentence(inputNamed(flow.value))} becomes part of ${flow.sink === 'template' ? 'a template that is compiled' : 'code that is run'}${handedOver(flow)}.`,
        impact: 'Whoever can send this request can run code in the server and read what it holds.',
        ...(flow.sink === 'template-data' || flow.notes.includes('context') ? { severity: 'medium' as const } : {}),
      }),
    });
  },
});
