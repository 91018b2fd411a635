import { isRead } from '../../model/requests.ts';
import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { tooFar } from '../../model/evidence/screens.ts';
import type { ScreenLimits } from '../../model/evidence/screens.ts';
import { shownTable } from '../../model/words.ts';

type Limit = ScreenLimits['limits'][number];
type Endpoint = EvidenceValue<'endpoints'>['endpoints'][number];

export default defineCheck({
  title: 'What the screen hides the server refuses',
  control: 'security/ui-only-guard',
  severity: 'high',
  cwe: [602, 862],
  standards: ['ASVS v5.0.0-8.3.1', 'API5:2023', 'A01:2025'],
  why: 'A hidden button keeps nobody out: the address of what it does stands in the code that every browser is sent, and whoever looks it up sends the request themselves. Only what the server refuses is refused.',
  remedy: 'Ask for the same role on the server, in front of the endpoint, as the screen asks for before it shows the button.',
  needs: ['screens', 'screen-limits', 'endpoints'],
  uses: ['access', 'queries', 'intended-access'],
  *run({ screens, 'screen-limits': { value: known }, endpoints, access, queries, 'intended-access': intended }) {
    const ledger = new Map(endpoints.value.endpoints.map((endpoint) => [endpoint.id, endpoint]));
    const { roots, offers } = screens.value;
    if (screens.gaps.some(({ reason }) => reason === tooFar)) {
      yield unknown('read', application, 'The screens lead further than is followed, so that nobody can say what they keep from whom.');
      return;
    }
    let limited = 0;
    for (const limit of known.limits) {
      const endpoint = ledger.get(limit.endpoint);
      if (!endpoint || limit.others || limit.shownTo.length === 0) continue;
      limited += 1;
      const said = intended?.value.endpoints.find((one) => one.endpoint === endpoint.id && one.confirmed !== null);
      const subject = endpointSubject(endpoint.id);
      const cells = access?.value.cells.filter((cell) => cell.endpoint === endpoint.id) ?? [];
      const past = cells.filter((cell) => cell.pastScreen !== undefined);
      const worst = past.find((cell) => cell.pastScreen?.proof?.scenario) ?? past[0];
      const hidden = `${placesOf(limit)} to ${shownTo(limit)} only`;
      if (worst?.pastScreen) {
        const { doing, tables, proof } = worst.pastScreen;
        const rows = tables.map(shownTable).join(', ');
        yield fail(
          'ran',
          subject,
          `The screens offer this ${hidden}, and ${past.map(({ actor }) => actor).join(', ')} did it by a direct request.`,
          {
            impact: `Whoever sends the request without the screen can ${doing} ${rows}.`,
            where: endpoint.where,
            actor: worst.actor,
            effect: doing,
            ...(proof ? { proof } : {}),
          },
        );
        continue;
      }
      if (said) {
        yield pass('stated', subject, `${said.allow?.join(', ') ?? 'nobody'} may, as ${said.confirmed?.by ?? 'somebody'} confirmed.`);
        continue;
      }
      const judged = readingOf(endpoint, queries?.value.queries ?? []);
      if (judged.guarded === true) yield pass('read', subject, judged.why);
      else if (judged.guarded === null)
        yield unknown('read', subject, `The screens offer this ${hidden}; ${judged.why}.`, { settle: 'seaworthy audit --run' });
      else
        yield fail('read', subject, `The screens offer this ${hidden}, and on the server ${judged.why}.`, {
          severity: isRead(endpoint.method) ? 'medium' : 'high',
          impact: 'Whoever sends the request without the screen gets what it does.',
          where: endpoint.where,
          effect: isRead(endpoint.method) ? 'read' : 'change',
        });
      // The experiment speaks where it told: all whom the screens keep it from were refused what works for others.
      const tried = cells.filter((cell) => cell.actor !== 'owner' && cell.settle === undefined);
      const works = cells.some((cell) => cell.outcome === 'own' || cell.outcome === 'allowed');
      const turned = tried.filter((cell) => cell.outcome === 'refused' && (cell.status === 401 || cell.status === 403));
      if (works && turned.some(({ actor }) => actor !== 'anonymous') && judged.guarded !== false) yield pass('ran', subject);
    }
    if (limited > 0) return;
    yield notApplicable(
      roots.length === 0
        ? 'No screens were found whose code could be followed.'
        : `The screens keep none of the ${offers.length} requests that they make from anybody by a role.`,
    );
  },
});

/** Whether the server asks for a role, as its code says; null where that could not be followed. */
function readingOf(endpoint: Endpoint, queries: EvidenceValue<'queries'>['queries']): { guarded: boolean | null; why: string } {
  const refusing = endpoint.guards.filter(({ refuses }) => refuses);
  const role = refusing.find(({ does }) => does.includes('role'));
  if (role) return { guarded: true, why: `${role.name} asks for a role` };
  if (refusing.some(({ does }) => does.includes('ownership'))) return { guarded: null, why: 'the server compares the owner instead' };
  const vague = refusing.find(({ does }) => does.includes('other') || does.includes('signature'));
  if (vague)
    return { guarded: null, why: `what ${vague.name === 'inline' ? 'a test in the handler' : vague.name} asks for could not be followed` };
  const mine = queries.filter((query) => query.routes.includes(endpoint.id));
  if (mine.length === 0 || endpoint.intended === 'public')
    return { guarded: null, why: 'what it does on the server could not be followed' };
  if (mine.some(({ filters }) => filters.some(({ value }) => value.kind === 'session')))
    return { guarded: null, why: 'the server picks rows by who is asking' };
  const signedIn = refusing.some(({ does }) => does.includes('authentication'));
  return { guarded: false, why: signedIn ? 'everybody who is signed in may' : 'nobody is asked who they are' };
}

function shownTo({ shownTo: roles }: Limit): string {
  return roles.join(' and ');
}

/** Where the screens decide it: the innermost condition and the component that holds it. */
function placesOf({ offers }: Limit): string {
  const [first] = offers;
  const condition = first?.conditions.at(-1);
  if (!first) return '';
  const component = condition?.component || first.component;
  const at = condition?.where ?? first.where;
  return `(${component === '' ? '' : `${component}, `}${at.file}:${at.line}${condition ? `: ${condition.text}` : ''})`;
}
