import { defineCheck } from '../../model/check.ts';
import { claimsOfFlows, handedOver, inputNamed, sentence } from '../../model/flow-claims.ts';

export default defineCheck({
  title: 'Redirects stay on allowed hosts',
  control: 'security/open-redirect',
  severity: 'medium',
  cwe: [601],
  standards: ['ASVS v5.0.0-3.7.2', 'A01:2025'],
  why: 'A link that begins with your address and ends on another one is what phishing needs: people check the first part and type their password on the second. After a login it may carry a token along.',
  remedy: 'Accept only paths (begins with `/`, and not with `//` or `/\\\\`), or compare the host of `new URL(value)` with a fixed list.',
  needs: ['flows'],
  *run({ flows }) {
    yield* claimsOfFlows(flows, {
      rows: flows.value.flows.filter(({ sink }) => sink === 'redirect'),
      chosenBy: 'caller',
      what: 'The target of a redirect',
      nothing: 'The code sends nobody to another address.',
      says: (flow) => ({
        message: `${sentence(inputNamed(flow.value))} decides where the browser is sent${handedOver(flow)}.`,
        impact: 'A link to this application could lead its users to a page that imitates it.',
        // A server action is called by the application's own page, not by a link that somebody sends.
        ...(flow.routes.length > 0 && flow.routes.every((id) => id.startsWith('ACTION ')) ? { severity: 'low' as const } : {}),
      }),
    });
  },
});
