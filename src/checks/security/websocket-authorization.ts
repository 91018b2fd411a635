import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { Claim } from '../../model/finding.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { leakedBy } from '../../model/leak.ts';

type Endpoint = EvidenceValue<'live-endpoints'>['endpoints'][number];
type Cell = EvidenceValue<'live'>['cells'][number];
type Foreign = EvidenceValue<'live'>['foreign'][number];

const who: Readonly<Record<string, string>> = {
  anonymous: 'Anybody, without signing in,',
  stranger: 'Any signed-in customer',
  expired: 'Whoever finds an old token',
};
/** Those who need the least to get in come first. */
const leastFirst = ['anonymous', 'unsigned', 'forged', 'expired', 'stranger'];

export default defineCheck({
  title: 'Live connections are authenticated and authorised',
  control: 'security/role-matrix',
  severity: 'high',
  cwe: [862, 306, 1385],
  standards: ['ASVS v5.0.0-4.4.2', 'ASVS v5.0.0-8.2.2', 'API1:2023', 'A01:2025'],
  why: 'A live connection passes by the middleware that guards the other endpoints, and it lasts: who is let in once hears everything that is broadcast from then on. What is sent to all connections, or to everybody who names an id, is read by whoever connects.',
  remedy:
    "Verify the session when the connection is made (upgrade, io.use, or the first message) and its Origin where cookies carry the session; keep the user beside the connection; ask at every subscription and message whether this user may, and send an object's news only to its owner's connections.",
  needs: ['live-endpoints'],
  uses: ['live', 'queries', 'routes'],
  *run({ 'live-endpoints': found, live, queries, routes }) {
    const { endpoints } = found.value;
    for (const endpoint of endpoints) {
      const cells = live?.value.cells.filter((cell) => cell.endpoint === endpoint.id) ?? [];
      const page = live?.value.foreign.find((one) => one.endpoint === endpoint.id);
      yield* live ? ofRunning(endpoint, cells, page) : [];
      const table = openWrite(endpoint, queries?.value.queries ?? [], routes?.value.routes ?? []);
      if (table !== null)
        yield fail(
          'read',
          endpointSubject(endpoint.id),
          `Messages from whoever connects reach a statement that writes ${table}, while the other endpoints that write it ask who is calling.`,
          { where: endpoint.where, effect: 'write', impact: `Anybody who can connect could change ${table}.` },
        );
      else if (!live)
        yield unknown('read', endpointSubject(endpoint.id), 'Reading alone cannot show who hears what over a live connection.', {
          where: endpoint.where,
          settle: 'seaworthy audit --run',
        });
    }
    if (endpoints.length > 0) return;
    yield found.gaps.length > 0
      ? unknown('read', application, 'No live connection was found, but some files could not be read.')
      : notApplicable('The application takes no live connections.');
  },
});

function* ofRunning(endpoint: Endpoint, cells: readonly Cell[], page: Foreign | undefined): Iterable<Claim> {
  const subject = endpointSubject(endpoint.id);
  const { where } = endpoint;
  const leaks = cells.filter((cell) => cell.outcome === 'leak').toSorted((a, b) => rankOf(a) - rankOf(b));
  const [worst] = leaks;
  const hijack = page?.outcome === 'heard' ? page : undefined;
  if (worst) {
    const { doing, tables } = leakedBy(worst);
    const also = leaks.slice(1).map(({ actor }) => actor);
    const rest = [also.length > 0 ? `The same for ${also.join(', ')}.` : '', hijack ? `Besides, ${hijack.reason}.` : ''];
    yield fail('ran', subject, [`${worst.actor}: ${worst.reason}.`, ...rest].filter((part) => part !== '').join(' '), {
      severity: doing === 'change' || worst.actor !== 'stranger' ? 'critical' : 'high',
      impact: `${who[worst.actor] ?? 'Anyone who writes a token'} can ${doing} ${tables} of every customer over ${endpoint.id}.`,
      where,
      actor: worst.actor,
      effect: doing,
      ...(worst.proof ? { proof: worst.proof } : {}),
    });
  } else if (hijack)
    yield fail('ran', subject, `The origin of a connection is not asked: ${hijack.reason}.`, {
      impact: 'Any web page that a signed-in customer opens can listen in, and speak, in their name.',
      remedy:
        'Compare the Origin header with the addresses of the application when the connection is made, or let a token in place of the cookie say who it is.',
      where,
      actor: 'owner',
      effect: 'cross-site',
      ...(hijack.proof ? { proof: hijack.proof } : {}),
    });
  else {
    const open = cells.filter((cell) => cell.outcome === 'unknown');
    const [first] = open.toSorted((a, b) => Number(b.actor === 'owner') - Number(a.actor === 'owner'));
    if (first)
      yield unknown(
        'ran',
        subject,
        `${first.settle === undefined ? `Tried as ${first.actor}:` : `Not tried as ${first.actor},`} ${first.reason}.`,
        {
          where,
          settle: first.settle,
        },
      );
    else if (page?.outcome === 'unknown') yield unknown('ran', subject, `A page of another site: ${page.reason}.`, { where });
    else if (cells.some(({ actor, outcome }) => actor === 'owner' && /^(own|shared)$/.test(outcome))) yield pass('ran', subject);
    else yield unknown('ran', subject, 'Nobody could connect in the experiment.', { where });
  }
}

function rankOf({ actor }: Cell): number {
  const at = leastFirst.indexOf(actor);
  return at < 0 ? leastFirst.length : at;
}

type Guards = { readonly guards: readonly { readonly does: readonly string[]; readonly refuses: boolean }[] };
const asks = ({ guards }: Guards): boolean => guards.some((guard) => guard.does.includes('authentication'));

/**
 * A table that messages write though nothing on the way asks who sends them, and that every HTTP endpoint which writes it does ask for;
 * null where there is none.
 */
function openWrite(
  endpoint: Endpoint,
  queries: EvidenceValue<'queries'>['queries'],
  routes: EvidenceValue<'routes'>['routes'],
): string | null {
  if (asks(endpoint) || endpoint.messages.some(asks)) return null;
  const reached = new Set(endpoint.messages.flatMap(({ reaches }) => reaches));
  const writes = queries.filter(({ verb }) => /^(insert|update|delete)$/.test(verb));
  for (const table of writes.filter(({ within }) => reached.has(within)).flatMap(({ tables }) => tables)) {
    const ids = writes.filter(({ tables }) => tables.includes(table)).flatMap((query) => query.routes);
    const others = routes.filter(({ id }) => ids.includes(id));
    if (others.length > 0 && others.every((route) => asks(route) || asks({ guards: route.inline }))) return table;
  }
  return null;
}
