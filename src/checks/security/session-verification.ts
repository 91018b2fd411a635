import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Claim } from '../../model/finding.ts';
import type { Severity } from '../../model/words.ts';

type Route = EvidenceValue<'routes'>['routes'][number];
type Call = EvidenceValue<'calls'>['calls'][number];

const claims: Readonly<Record<string, { readonly what: string; readonly who: string }>> = {
  forged: { what: 'a token whose signature is wrong', who: 'Anyone who writes a token' },
  unsigned: { what: 'a token without a signature', who: 'Anyone who writes a token' },
  expired: { what: 'a session that had run out', who: 'Whoever finds an old session' },
};

export default defineCheck({
  title: 'Server decisions rest on a verified session',
  control: 'security/token-validation',
  severity: 'critical',
  cwe: [347, 613],
  standards: ['ASVS v5.0.0-9.1.1', 'ASVS v5.0.0-9.2.1', 'API2:2023', 'A07:2025'],
  why: 'A token says who is calling, in plain text that anybody can write. Only its signature and its end make it true: code that decodes a token without verifying it lets everybody be anybody.',
  remedy:
    'Verify every token with the secret and a fixed list of algorithms (verify, not decode), let it end after a while, and refuse it when it has.',
  anyOf: ['sessions', 'routes'],
  uses: ['calls'],
  *run({ sessions, routes, calls }) {
    yield* believed(routes?.value.routes ?? [], calls?.value.calls ?? []);
    if (sessions === undefined)
      return yield unknown('read', application, 'Whether forged and expired sessions are refused shows only when they are tried.', {
        settle: 'seaworthy audit --run',
      });
    const { trials } = sessions.value;
    for (const endpoint of new Set(trials.map((trial) => trial.endpoint))) {
      const accepted = trials.filter((trial) => trial.endpoint === endpoint && trial.accepted);
      if (accepted.length === 0) {
        yield pass('ran', endpointSubject(endpoint));
        continue;
      }
      const [worst] = accepted.toSorted((a, b) => Number(a.claim === 'expired') - Number(b.claim === 'expired'));
      const { what, who } = claims[worst?.claim ?? ''] ?? { what: 'a token that proves nothing', who: 'Anyone' };
      yield fail('ran', endpointSubject(endpoint), `It answered ${worst?.status} to ${what}, though it refuses callers without a token.`, {
        ...(worst?.claim === 'expired' ? { severity: 'high' } : {}),
        impact: `${who} is let in as ${worst?.claim === 'expired' ? 'the user whose it was' : 'any user that the token names'}.`,
        actor: worst?.claim ?? 'forged',
        effect: accepted
          .map((trial) => trial.claim)
          .toSorted()
          .join(', '),
        ...(worst?.proof ? { proof: worst.proof } : {}),
      });
    }
    if (trials.length > 0) return;
    yield sessions.gaps.length > 0
      ? unknown('ran', application, 'No session was tried: there was no time for it.')
      : notApplicable(
          'No endpoint that refuses callers who are not signed in takes a JSON Web Token for a session, or one that a row gives an end.',
          'ran',
        );
  },
});

/** Endpoints at which nothing verifies who is calling, while the code goes by what the caller says. */
function* believed(routes: readonly Route[], calls: readonly Call[]): Iterable<Claim> {
  const unverified = new Map(routes.filter(({ believes }) => believes !== undefined).map((route) => [route.id, route]));
  const told = new Map<string, { where: Call['where']; name: string; says: string; severity: Severity; ids: Set<string> }>();
  const put = (where: Call['where'], name: string, says: string, id: string, severity: Severity = 'high') => {
    const key = `${where.file} ${name}`.trim();
    const one = told.get(key) ?? { where, name: key, says, severity, ids: new Set() };
    told.set(key, one);
    one.ids.add(id);
  };
  for (const { means, args, where, routes: ids } of calls)
    if (means === 'token-decode' && args[0] !== undefined && isSent(args[0]))
      for (const id of ids)
        if (unverified.has(id)) put(where, '', 'A token that callers send is decoded here and its signature verified nowhere', id);
  const decoded = new Set([...told.values()].map(({ where }) => where.file));
  for (const [id, { believes = [] }] of unverified)
    for (const { how, name, where } of believes)
      if (!decoded.has(where.file))
        put(
          where,
          name,
          how === 'sent'
            ? 'Who is calling is taken from what the caller writes into a header or cookie, and nothing verifies it'
            : 'Whoever sends a token at all counts as a user here, whatever the token says, and nothing verifies it',
          id,
          // That it is somebody is told by the names of fields alone, and a proxy in front may set the header.
          how === 'sent' ? 'medium' : 'high',
        );
  for (const { where, name, says, severity, ids } of told.values()) {
    const [first] = ids;
    const more = ids.size > 1 ? ` and ${ids.size - 1} more` : '';
    yield fail('read', { kind: 'function', name }, `${says}, on the way to ${first}${more}.`, {
      severity,
      where,
      impact: 'Anyone who writes that header or token by hand is let in as the user, or with the role, that it names.',
      effect: 'believed',
    });
  }
}

function isSent(value: AbstractValue): boolean {
  if (value.kind === 'input') return value.from === 'headers' || value.from === 'cookies';
  if (value.kind === 'either') return value.of.some(isSent);
  if (value.kind === 'call') return value.args.some(isSent);
  return value.kind === 'template' && value.holes.some(isSent);
}
