import { isRead } from '../model/requests.ts';
import { ruleFor } from '../model/access-rule.ts';
import type { AccountEndpoint } from '../model/evidence/derived.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { AbstractValue } from '../model/evidence/read.ts';
import { defineDerivation } from '../model/producer.ts';
import { onlyDescribed } from '../model/specification.ts';
import type { Gap } from '../model/words.ts';

type Route = EvidenceValue<'routes'>['routes'][number];
type Call = EvidenceValue<'calls'>['calls'][number];
type Cell = EvidenceValue<'access'>['cells'][number];
type Rule = EvidenceValue<'access-rules'>['rules'][number];

/** Doors that have to stand open for who has no session yet (or none any more), and what is there for everybody. */
const openDoor =
  /^(log-?in|log-?out|sign-?in|sign-?up|sign-?out|register|registration|forgot(ten)?|reset|verify|verification|webhooks?|callback|oauth2?|oidc|saml|sso|jwks|well-known|public)$/;
/** What machines and visitors read. */
const openPage = /^(health\w*|ready|readyz|live|livez|status|ping|version|docs|openapi|robots|favicon)$/;

/** A word of the path says that it is meant for everybody, before any id: `/orders/:id/status` is no status page. */
function namedPublic({ method, path }: Route): boolean {
  const [before = ''] = path.split('/:');
  const words = before
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[/._#]/)
    .flatMap((segment) => [segment, ...segment.split('-'), ...pairs(segment.split('-'))]);
  return words.some((word) => openDoor.test(word) || ((method === 'GET' || method === 'HEAD') && openPage.test(word)));
}

/** `log-in-again` holds `log-in` and `in-again`. */
function pairs(words: readonly string[]): string[] {
  return words.slice(1).map((word, at) => `${words[at]}-${word}`);
}

/** The endpoint ledger: what the code declares, beside what the actors saw. */
export default defineDerivation({
  name: 'endpoints',
  needs: ['routes'],
  uses: ['queries', 'calls', 'access', 'access-rules', 'account-endpoints', 'samples'],
  yields: 'endpoints',
  run: ({ routes, queries, calls, samples, access, 'access-rules': stated, 'account-endpoints': doors }) => ({
    value: {
      endpoints: routes.value.routes.map((route) => {
        const cells = access?.value.cells.filter((cell) => cell.endpoint === route.id && cell.settle === undefined) ?? [];
        const own = cells.find((cell) => cell.actor === 'owner');
        const touching = queries?.value.queries.filter((query) => query.routes.includes(route.id)) ?? [];
        const rule = ruleFor(stated?.value.rules.filter(({ confirmed }) => confirmed !== null) ?? [], route.id);
        const reached = calls?.value.calls.filter((call) => call.routes.includes(route.id)) ?? [];
        const door = doors?.value.endpoints.find((one) => one.id === route.id && one.unit === route.unit)?.purpose;
        const drafted = intent(route, reached, door, cells);
        const [intended, intendedWhy] = rule ? statedIntent(rule, drafted) : drafted;
        return {
          id: route.id,
          unit: route.unit,
          method: route.method,
          path: route.path,
          where: route.where,
          guards: [...route.guards, ...route.inline],
          inputs: route.inputs,
          intended,
          intendedWhy,
          tables: [
            ...new Set([
              ...touching.flatMap((query) => query.tables),
              ...cells.flatMap((cell) => [...cell.read, ...cell.changed].map((row) => row.table)),
            ]),
          ].toSorted(),
          writes:
            touching.some((query) => ['insert', 'update', 'delete'].includes(query.verb)) || cells.some((cell) => cell.changed.length > 0),
          works: own ? cells.some((cell) => cell.outcome === 'own') : null,
          tried: cells.length,
          statements: touching.length > 0 ? touching.length : null,
        };
      }),
    },
    gaps: [...routes.gaps, ...notFound(samples?.value.samples ?? [])],
  }),
});

/** Says once which endpoints a specification of the repository describes that were not found in the code. */
function notFound(samples: EvidenceValue<'samples'>['samples']): Gap[] {
  const [first] = onlyDescribed(samples).missing;
  if (first === undefined) return [];
  const [file, ids] = first;
  const more = ids.length > 6 ? ' and others' : '';
  return [{ file, reason: `describes ${ids.length} endpoints that were not found in the code: ${ids.slice(0, 6).join(', ')}${more}` }];
}

/** What a named person says; where the application shows the same by itself, that stays the reason. */
function statedIntent({ allow, confirmed }: Rule, drafted: ReturnType<typeof intent>): ReturnType<typeof intent> {
  const signedIn = allow.some((one) => one === 'signed-in' || one === 'tenant' || one === 'owner');
  const said = allow.includes('anyone') ? 'public' : signedIn ? 'signed-in' : 'role';
  return said === drafted[0] ? drafted : [said, `stated in seaworthy.json by ${confirmed?.by} on ${confirmed?.on}`];
}

/** Why somebody without a session has to get through there. */
const doorWhy = {
  login: 'it lets callers in by what they know',
  'sign-up': 'an account is made there',
  forgot: 'an account is recovered there',
  reset: 'an account is recovered there, by what was sent to its owner',
} as const satisfies Record<Exclude<AccountEndpoint['purpose'], 'change-password'>, string>;

/** Every answer that could be followed is written in the code, word for word. */
function saysTheSame(reached: readonly Call[]): boolean {
  const answers = reached.filter((call) => call.means === 'answer');
  return answers.length > 0 && answers.every(({ args: [, body] }) => body === undefined || isConstant(body));
}

function isConstant(value: AbstractValue): boolean {
  if (value.kind === 'literal') return true;
  if (value.kind === 'array') return !value.open && value.items.every(isConstant);
  return value.kind === 'object' && !value.open && Object.values(value.keys).every(isConstant);
}

/** Drafted intent, for the owner to confirm: the guards in the code first, then what it does, then the name. */
function intent(
  route: Route,
  reached: readonly Call[],
  door: AccountEndpoint['purpose'] | undefined,
  cells: readonly Cell[],
): ['public' | 'signed-in' | 'role' | 'unknown', string] {
  const guards = [...route.guards, ...route.inline].filter((guard) => guard.refuses);
  const role = guards.find((guard) => guard.does.includes('role'));
  if (role) return ['role', `${role.name} asks for ${role.roles.join(' or ') || 'a role'}`];
  const session = guards.find((guard) => guard.does.includes('authentication'));
  if (session) return ['signed-in', `${session.name} refuses callers who are not signed in`];
  if (guards.some((guard) => guard.does.includes('signature'))) return ['public', 'it asks for a signature instead of a session'];
  const means = new Set(reached.map((call) => call.means));
  if (door !== undefined && door !== 'change-password') return ['public', doorWhy[door]];
  if (means.has('password-verify') || (means.has('token-sign') && route.method === 'POST'))
    return ['public', 'it lets callers in by what they know'];
  if (route.door === true) return ['public', 'a library for signing in answers here'];
  if (route.method === 'OPTIONS') return ['public', 'browsers ask it before they send anything'];
  if (namedPublic(route)) return ['public', 'its name says so'];
  if (isRead(route.method) && saysTheSame(reached)) return ['public', 'it answers the same to everybody'];
  if (cells.some((cell) => cell.actor === 'anonymous' && cell.outcome === 'refused' && (cell.status === 401 || cell.status === 403)))
    return ['signed-in', 'it refuses callers who are not signed in'];
  return ['unknown', 'no guard was found and the name does not tell'];
}
