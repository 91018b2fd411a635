import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { GuardStyles } from '../../model/evidence/derived.ts';
import { shownTable } from '../../model/words.ts';

type Outlier = GuardStyles['outliers'][number];

export default defineCheck({
  title: 'One permission model guards all endpoints',
  control: 'security/guard-consistency',
  severity: 'medium',
  cwe: [862, 1220],
  standards: ['ASVS v5.0.0-8.1.1', 'ASVS v5.0.0-8.3.1', 'API5:2023', 'A01:2025'],
  why: 'Where every endpoint is guarded by hand, the one that was forgotten looks like all others and works in every demonstration. The gaps that attackers find first are the neighbour without the role, the route above the guard, and the second login that nobody keeps up with the first.',
  remedy:
    'Put the guard in front of the whole router, name the exceptions, and let one module decide who is calling and what they may; state what is meant to be public under "access" in seaworthy.json.',
  needs: ['guard-styles', 'endpoints'],
  *run({ 'guard-styles': styles, endpoints }) {
    const { clusters, rivals, outliers } = styles.value;
    const ledger = endpoints.value.endpoints;
    if (ledger.length === 0) {
      yield endpoints.gaps.length > 0
        ? unknown('read', application, 'No endpoints were found, but some files could not be read.')
        : notApplicable('No endpoints were found.');
      return;
    }
    for (const outlier of outliers) {
      const [only = ''] = outlier.endpoints;
      const subject = outlier.by.kind === 'router' ? { kind: 'file' as const, name: outlier.by.name } : endpointSubject(only);
      const detail = { where: outlier.where, effect: `lacks ${outlier.lacks}` };
      const severity = outlier.lacks === 'authentication' || outlier.lacks === 'refusal' ? ('high' as const) : ('medium' as const);
      yield outlier.sure
        ? fail('read', subject, said(outlier), { ...detail, severity, impact: impact(outlier) })
        : unknown('read', subject, said(outlier), { ...detail, settle: 'seaworthy access' });
    }
    for (const { asks, path, ways } of rivals) {
      const question = asks === 'role' ? 'what the caller may' : 'who is calling';
      const told = ways.map(({ name, endpoints: ids }) => `${name} before ${count(ids.length)}`).join(', ');
      yield fail('read', application, `Two ways of asking ${question} compete, both under ${path}: ${told}.`, {
        severity: asks === 'role' ? 'low' : 'medium',
        impact: 'A rule that is changed in one of the two stays as it was in the other.',
        where: ways[1]?.where ?? ways[0]?.where,
        effect: `rival ${asks}`,
      });
    }
    const told = new Set(outliers.flatMap((outlier) => outlier.endpoints));
    const bare = clusters.filter(({ asks }) => asks.length === 0).flatMap((cluster) => cluster.endpoints);
    const unexplained = ledger.filter(({ id, intended }) => bare.includes(id) && intended === 'unknown' && !told.has(id));
    const asking = ledger.length - bare.length;
    if (asking < unexplained.length) {
      const message = `${asking} of ${count(ledger.length)} ask who is calling, so there is no model to hold the others to.`;
      yield unknown('read', application, message, { settle: 'seaworthy access' });
    } else if (asking === 0) yield notApplicable('No endpoint asks who is calling; all are meant to be public.');
    for (const { id, intended, intendedWhy } of ledger) {
      if (told.has(id) || unexplained.some((one) => one.id === id)) continue;
      // That it asks nobody is justified by a named person's word alone.
      const word = bare.includes(id) && intended === 'public' && intendedWhy.startsWith('stated');
      yield pass(word ? 'stated' : 'read', endpointSubject(id));
    }
  },
});

function count(endpoints: number): string {
  return endpoints === 1 ? '1 endpoint' : `${endpoints} endpoints`;
}

/** What the endpoint does not ask, and who does. */
function said({ lacks, by, peers, compared, asked, endpoints, sure }: Outlier): string {
  const place = by.kind === 'table' ? `that use ${shownTable(by.name)}` : `under ${by.name}`;
  const named = peers.length > 3 ? `${peers.slice(0, 2).join(', ')} and ${peers.length - 2} more` : peers.join(', ');
  const others = `${peers.length} of ${compared} other endpoints ${place}`;
  const names = asked.join(', ');
  if (lacks === 'refusal')
    return 'The handler asks who is calling, sends those away who are not signed in, and then goes on with its work all the same.';
  if (by.kind === 'router')
    return `${endpoints.length} endpoints here ask nobody who they are; of the ${compared} of the application that change data, ${peers.length} do (${names}).`;
  if (lacks === 'ownership') return `Does not compare the owner of the object with the caller; ${others} do: ${named}.`;
  if (lacks === 'guard') return `Lets through whoever is signed in; ${others} pass ${names}: ${named}.`;
  if (lacks === 'role') return `Serves whoever is signed in; ${others} ask for a role (${names}): ${named}.`;
  const doubt = sure ? '' : ' Nothing says that this one is meant to be public.';
  return `Asks nobody who they are; ${others} do${names ? ` (${names})` : ''}: ${named}.${doubt}`;
}

function impact({ lacks, by }: Outlier): string {
  const what = by.kind === 'table' ? `rows of ${shownTable(by.name)}` : 'what its neighbours protect';
  if (lacks === 'authentication' || lacks === 'refusal') return `Anyone who finds the address could use ${what} without an account.`;
  if (lacks === 'ownership') return 'Any signed-in customer could use the objects of others by changing the id.';
  return `Any signed-in user could do what the application keeps for ${lacks === 'guard' ? 'others' : 'certain roles'}.`;
}
