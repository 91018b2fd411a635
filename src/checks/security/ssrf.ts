import { defineCheck } from '../../model/check.ts';
import { claimsOfFlows, handedOver, inputNamed, sentence } from '../../model/flow-claims.ts';

export default defineCheck({
  title: 'The server fetches no address that a user chose freely',
  control: 'security/ssrf',
  severity: 'high',
  cwe: [918],
  standards: ['ASVS v5.0.0-1.3.6', 'A01:2025'],
  why: 'The server stands inside the network: it reaches databases, internal services and the metadata address of the cloud that hands out credentials. A caller who chooses where it goes borrows that place.',
  remedy:
    'Take the host from a fixed list (compare `new URL(value).hostname`), let input be only a path or a parameter, and refuse private addresses after resolving the name.',
  needs: ['flows'],
  *run({ flows }) {
    yield* claimsOfFlows(flows, {
      rows: flows.value.flows.filter(({ sink, routes, verdict }) => sink === 'address' && (verdict !== 'unknown' || routes.length > 0)),
      chosenBy: 'caller',
      what: 'The address of a request',
      nothing: 'The server makes no requests to addresses from values.',
      says: (flow) => ({
        message: `${sentence(inputNamed(flow.value))} decides which host the server sends a request to${handedOver(flow)}.`,
        impact: 'A caller could have the server read internal services and the credentials of its cloud account.',
      }),
    });
  },
});
