import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Claim } from '../../model/finding.ts';

type Call = EvidenceValue<'calls'>['calls'][number];
type Flow = EvidenceValue<'flows'>['flows'][number];

/** In more files than this it is one habit. */
const mostFiles = 3;

export default defineCheck({
  title: 'Only known origins may read with credentials',
  control: 'security/cors',
  severity: 'medium',
  cwe: [942],
  standards: ['ASVS v5.0.0-3.4.2', 'A02:2025'],
  why: "When every origin is reflected and credentials are allowed, any page that a signed-in user visits can read the application's answers in their name.",
  remedy: 'Name the allowed origins, read them from the environment, and allow credentials only for these.',
  needs: ['calls', 'flows'],
  uses: ['client-code'],
  *run({ calls, flows, 'client-code': client }) {
    const uses = calls.value.calls.filter((call) => call.means === 'cors');
    for (const call of uses) yield ofLibrary(call);
    // A request that sends these headers allows nothing; only an answer does.
    const inPage = new Set(client?.value.files.map(({ file }) => file));
    const headers = flows.value.flows.filter(({ sink, where }) => sink === 'cors-origin' && !inPage.has(where.file));
    const withCredentials = new Set(
      calls.value.calls
        .filter(({ means, args: [name, value] }) => means === 'set-header' && isCredentials(name) && value !== undefined && isTrue(value))
        .map(({ within }) => within),
    );
    yield* ofHeaders(headers, (flow) => flow.notes.includes('credentials') || withCredentials.has(flow.within));
    if (uses.length > 0 || headers.length > 0) return;
    yield calls.gaps.length === 0
      ? notApplicable('The code allows no other origin: neither CORS middleware nor such a header was found.')
      : unknown('read', application, 'No CORS middleware was found, but some files could not be read.');
  },
});

/** What a library is told to allow. */
function ofLibrary(call: Call): Claim {
  const subject = { kind: 'function' as const, name: `${call.where.file} cors` };
  const options = call.args[0];
  const keys = options?.kind === 'object' ? options.keys : {};
  const credentials = keys['credentials'] !== undefined && isTrue(keys['credentials']);
  const origin = keys['origin'];
  const reflects = origin !== undefined && mayBe(origin, true);
  const anywhere = !options || (options.kind === 'object' && !options.open && !origin) || (origin !== undefined && mayBe(origin, '*'));
  if (reflects || anywhere) return allowing(subject, whenUnset(origin), credentials && reflects, call.where);
  if (origin && origin.kind !== 'unknown' && origin.kind !== 'function') return pass('read', subject);
  return unknown('read', subject, 'Which origins are allowed could not be followed.', { where: call.where });
}

/** What headers say that the code writes by itself. */
function* ofHeaders(headers: readonly Flow[], hasCredentials: (flow: Flow) => boolean): Iterable<Claim> {
  const subjectOf = (flow: Flow) => ({ kind: 'file' as const, name: flow.where.file });
  const anywhere = headers.filter((flow) => flow.verdict === 'input' || mayBe(flow.value, '*'));
  const files = [...Map.groupBy(anywhere, ({ where }) => where.file).values()];
  const groups = files.length > mostFiles ? [files.flat()] : files;
  for (const group of groups) {
    const stolen = group.find((flow) => flow.verdict === 'input' && hasCredentials(flow));
    const flow = stolen ?? group[0];
    if (flow === undefined) continue;
    const subject = files.length > mostFiles ? application : subjectOf(flow);
    yield allowing(subject, whenUnset(flow.value), stolen !== undefined, flow.where, files.length > mostFiles ? files.length : 1);
  }
  const told = new Set(anywhere.map(({ where }) => where.file));
  const others = headers.filter(({ where }) => !told.has(where.file));
  for (const flow of others.filter(({ verdict }) => verdict !== 'unknown')) yield pass('read', subjectOf(flow));
  const [open] = others.filter(({ verdict }) => verdict === 'unknown');
  if (open !== undefined) yield unknown('read', application, 'Which origins are allowed could not be followed.', { where: open.where });
}

function allowing(subject: Claim['subject'], when: string, stolen: boolean, where: Call['where'], files = 1): Claim {
  const says = stolen ? 'origin is allowed, with credentials' : 'origin may read the answers';
  return fail('read', subject, `${when} ${says}${files > 1 ? `, as headers in ${files} files say` : ''}.`, {
    severity: stolen ? 'high' : 'low',
    impact: stolen
      ? 'Any website that a signed-in user visits can read and act with their session.'
      : 'Any website can call this application from a visitor’s browser, though not with their cookies: browsers refuse "*" with credentials.',
    where,
    effect: stolen ? 'any-origin-credentials' : 'any-origin',
  });
}

function whenUnset(origin: AbstractValue | undefined): string {
  return origin?.kind === 'environment' ? `When ${origin.name} is not set, every` : 'Every';
}

function isCredentials(name: AbstractValue | undefined): boolean {
  return name?.kind === 'literal' && /^access-control-allow-credentials$/i.test(String(name.value));
}

function isTrue(value: AbstractValue): boolean {
  return value.kind === 'literal' && String(value.value) === 'true';
}

/** The value, a default of it, or one of several, is this literal. */
function mayBe(value: AbstractValue, literal: string | boolean): boolean {
  if (value.kind === 'literal') return value.value === literal;
  if (value.kind === 'environment') return value.fallback !== null && mayBe(value.fallback, literal);
  return value.kind === 'either' && value.of.some((one) => mayBe(one, literal));
}
