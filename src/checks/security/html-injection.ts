import { defineCheck, fail } from '../../model/check.ts';
import { claimsOfFlows, handedOver, inputNamed, sentence, subjectsOf } from '../../model/flow-claims.ts';

export default defineCheck({
  title: 'User and model content is escaped or sanitised before it is shown',
  control: 'security/xss',
  severity: 'high',
  cwe: [79],
  standards: ['ASVS v5.0.0-1.2.1', 'A05:2025'],
  why: 'Text that becomes markup can carry a script. It runs in the browser of whoever sees the page, as that person: it reads what they can read and does what they can do.',
  remedy:
    'Let the template or the component escape it, answer with JSON, or clean it with DOMPurify or sanitize-html at the place where it becomes markup.',
  needs: ['flows'],
  *run({ flows }) {
    for (const flow of flows.value.flows.filter(({ sink, notes }) => sink === 'html' && notes.includes('escape-off'))) {
      for (const subject of subjectsOf(flow))
        yield fail('read', subject, 'Escaping is switched off here: every value that this shows becomes markup as it is.', {
          severity: 'low',
          where: flow.where,
          effect: 'escape-off',
        });
    }
    yield* claimsOfFlows(flows, {
      rows: flows.value.flows.filter(({ sink, notes }) => sink === 'html' && !notes.includes('escape-off')),
      chosenBy: 'caller',
      what: 'Markup',
      everywhere: true,
      nothing: 'The code writes no markup from values.',
      says: (flow) => ({
        message: `${sentence(inputNamed(flow.value))} becomes markup without being escaped${handedOver(flow)}.`,
        impact: 'A link or a stored text could run a script in the browser of whoever opens it, as that person.',
      }),
    });
  },
});
