import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { isRead } from '../../model/requests.ts';

type Route = EvidenceValue<'routes'>['routes'][number];

/** What must never break, by the words of paths: who gets in, and money. */
const vital =
  /log-?in|sign-?in|sign-?up|register|auth|password|session|token|pay|checkout|order|invoice|billing|charge|refund|transfer|withdraw|deposit|wallet|subscription|webhook|admin|role|invite/i;
/** Endpoints that change something, of which so many may be untested before it is more than a remark. */
const share = 0.5;
const shown = 6;

export default defineCheck({
  title: 'Critical flows and abnormal cases are tested',
  control: 'tests/coverage-and-abnormal-cases',
  severity: 'medium',
  cwe: [1059],
  standards: ['ISO 25010 testability'],
  why: 'Signing in, paying and changing data are what users and attackers do. What no test asks there breaks unseen with the next change, and a refusal that nobody tests is the first to get lost.',
  remedy: 'For each endpoint that changes something write a request that must work, one with wrong input, and one by somebody who may not.',
  needs: ['routes', 'tests'],
  uses: ['samples', 'structure', 'units'],
  *run({ routes, tests, samples, structure }) {
    const writing = routes.value.routes.filter(({ method, framework }) => !isRead(method) && framework !== 'socket.io');
    if (writing.length === 0)
      return yield routes.gaps.length > 0
        ? unknown(
            'read',
            { kind: 'application', name: 'critical flows' },
            'No endpoint that changes something was found, but some code could not be followed.',
          )
        : notApplicable('There is no endpoint that changes something.');
    const imported = new Set(structure?.value.files.filter(({ test }) => test).flatMap(({ imports }) => imports) ?? []);
    const asked = new Set(
      samples?.value.samples.flatMap(({ source, endpoint }) =>
        source === 'test' && endpoint !== null ? [`${endpoint.unit}\0${endpoint.id}`] : [],
      ) ?? [],
    );
    const listed = tests.value.units.flatMap((unit) => unit.listed);
    const reached = ({ unit, id, method, path, handler, where }: Route) =>
      asked.has(`${unit}\0${id}`) ||
      listed.some((one) => isAt(one, method, path)) ||
      (handler !== null && handler.where.file !== where.file && imported.has(handler.where.file));
    // Tests that drive a browser ask endpoints by clicking, which reading does not see.
    const browser = tests.value.units.find(
      ({ runners, files }) => files.length > 0 && runners.some((one) => /^(playwright|cypress|testcafe)$/.test(one)),
    );
    for (const [unit, all] of Map.groupBy(writing, (route) => route.unit)) {
      const about = { kind: 'application', name: unit === '.' ? 'critical flows' : `critical flows of ${unit}` } as const;
      const missing = all.filter((route) => !reached(route));
      if (missing.length === 0) {
        yield pass('read', about, `Tests ask all ${all.length} endpoints that change something.`);
        continue;
      }
      const first = missing.toSorted((a, b) => Number(vital.test(b.path)) - Number(vital.test(a.path)) || (a.id < b.id ? -1 : 1));
      const names = first.slice(0, shown).map(({ id }) => id);
      const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : '';
      if (browser !== undefined && tests.value.cases.length > 0) {
        yield unknown(
          'read',
          about,
          `No test was seen to ask ${missing.length} of ${all.length} endpoints that change something (${names.join(', ')}${more}), but there are tests that click through the application, and what they reach reading cannot tell.`,
        );
        continue;
      }
      // Tests in another language are counted, and what they ask is not read.
      const foreign =
        tests.value.units.some(({ others }) => others > 0) && missing.some(({ framework }) => /^(fastapi|flask|django)$/.test(framework));
      if (foreign) {
        yield unknown(
          'read',
          about,
          `There are tests in Python, and which of the ${all.length} endpoints that change something they ask was not read.`,
        );
        continue;
      }
      const critical = missing.filter(({ path }) => vital.test(path)).length;
      yield fail(
        'read',
        about,
        `No test asks ${missing.length} of ${all.length} endpoints that change something: ${names.join(', ')}${more}.`,
        {
          severity: critical > 0 && missing.length >= share * all.length ? 'medium' : 'low',
          impact: 'Signing in, paying or changing data can break, or stop refusing those who may not, and no test would notice.',
          where: first[0]?.where ?? null,
          effect: 'untested',
        },
      );
    }
  },
});

/** `POST /orders/1` asks `POST /orders/:id`. */
function isAt(written: string, method: string, path: string): boolean {
  const [verb, address = ''] = written.split(' ');
  const [asked, declared] = [address.split('?')[0]?.split('/') ?? [], path.split('/')];
  return (
    verb === method && asked.length === declared.length && declared.every((part, index) => /^[:*[{$]/.test(part) || part === asked[index])
  );
}
