import type { AccountEndpoint } from '../model/evidence/derived.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import { defineDerivation } from '../model/producer.ts';

type Route = EvidenceValue<'routes'>['routes'][number];
type Call = EvidenceValue<'calls'>['calls'][number];
type Query = EvidenceValue<'queries'>['queries'][number];

const password = /^((new|old|current|user|confirm|repeat|plain)_?)?(pass(word|wd|code|phrase)?|pwd)(_?(confirm\w*|repeat|again|2))?$/i;
const newPassword = /^(new|confirm|repeat)_?(pass|pwd)/i;
const oldPassword = /^(old|current)_?(pass|pwd)/i;
const who = /mail|^user(_?name)?$|login|phone|^identifier$|^identity$|^handle$/i;
const proof = /(^|_|reset|verif\w*|recovery|confirm\w*)(token|code|otp|pin|hash|key|secret|signature)$|token$|^otp/i;
const signUpName = /sign-?up|regist|\/join\b|create-?(account|admin|user)/i;
const loginName = /log-?in|sign-?in|authenticate|\/session/i;
/** Services that keep accounts themselves; their doors are theirs to guard. */
const services =
  /^(@clerk\/|@auth0\/|auth0|firebase(-admin)?$|@supabase\/|better-auth$|@workos|@kinde-oss\/|@stytch\/|stytch$|aws-amplify|amazon-cognito|@descope\/|express-openid-connect$|@propelauth\/)/;

/** Endpoints at which an account is entered, made or recovered. */
export default defineDerivation({
  name: 'account-endpoints',
  needs: ['routes', 'calls'],
  uses: ['queries', 'dependencies'],
  yields: 'account-endpoints',
  run: ({ routes, calls, queries, dependencies }) => {
    const byRoute = <T extends { readonly routes: readonly string[] }>(rows: readonly T[]): Map<string, T[]> => {
      const found = new Map<string, T[]>();
      for (const row of rows) {
        for (const id of row.routes) {
          const list = found.get(id);
          if (list === undefined) found.set(id, [row]);
          else list.push(row);
        }
      }
      return found;
    };
    const callsOf = byRoute(calls.value.calls);
    const queriesOf = byRoute(queries?.value.queries ?? []);
    const endpoints: AccountEndpoint[] = [];
    for (const route of routes.value.routes) {
      const mine = callsOf.get(route.id) ?? [];
      const purpose = purposeOf(route, mine, queriesOf.get(route.id) ?? []);
      if (purpose !== null) endpoints.push({ unit: route.unit, id: route.id, where: route.where, purpose, limit: limitOf(route, mine) });
    }
    const providers = dependencies?.value.units.flatMap(({ declared }) =>
      declared.filter(({ name, kind }) => kind === 'runtime' && services.test(name)).map(({ name }) => name),
    );
    return {
      value: { endpoints, providers: [...new Set(providers)].toSorted() },
      gaps: [...routes.gaps],
    };
  },
});

function purposeOf(route: Route, calls: readonly Call[], queries: readonly Query[]): AccountEndpoint['purpose'] | null {
  if (!/^(POST|PUT|PATCH|ALL|ACTION|MUTATION)$/.test(route.method)) return null;
  const fields = route.inputs.flatMap((field) =>
    field.in === 'body'
      ? [field.name, ...field.fields]
      : field.in === 'params' || field.in === 'query'
        ? [`${field.in}:${field.name}`]
        : [],
  );
  const body = fields.filter((name) => !name.includes(':'));
  const taken = body.filter((name) => password.test(name));
  const means = new Set(calls.map((call) => call.means));
  const local = calls.some(
    (call) => call.means === 'guard:authentication' && call.args[0]?.kind === 'literal' && call.args[0].value === 'local',
  );
  // Logging in by a strategy of a library is itself done by a guard.
  const signedIn = !local && route.guards.some((guard) => guard.refuses && guard.does.includes('authentication'));
  const adds =
    queries.some((query) => query.verb === 'insert') ||
    calls.some((call) => isQuery(call, /^(insert|create|save|insertMany|add|add_all|create_user|bulk_create|get_or_create)$/));
  const changes =
    queries.some((query) => query.verb === 'update') ||
    calls.some((call) => isQuery(call, /^(update\w*|save|upsert|findOneAndUpdate|findByIdAndUpdate)$/));
  const looksUp = queries.length > 0 || calls.some((call) => call.means === 'query');
  const identified = body.some((name) => who.test(name));
  const proven = fields.some((name) => proof.test(name.replace(/^\w+:/, '')) && !password.test(name));
  const named = `${route.path} ${route.handler?.name ?? ''}`;
  if (taken.length === 0) {
    if (local) return identified || loginName.test(route.path) ? 'login' : null;
    const sends = means.has('mail') || means.has('outbound');
    const makes = ['random', 'weak-random', 'token-sign', 'hmac'].some((one) => means.has(one));
    const hinted = /forgot|reset|recover/i.test(named) && (sends || makes);
    return !signedIn && identified && !proven && (hinted || (looksUp && sends && makes && !adds)) ? 'forgot' : null;
  }
  const renews = taken.some((name) => newPassword.test(name) || oldPassword.test(name));
  // What only hands the password on to another service leaves the counting to it.
  const judges =
    looksUp ||
    ['password-verify', 'password-hash', 'hash', 'guard:authentication', 'token-sign', 'session-middleware'].some((one) => means.has(one));
  if (identified && !renews && !proven && loginName.test(route.path))
    return judges || (route.method !== 'ACTION' && !means.has('outbound')) ? 'login' : null;
  if (signedIn) return renews || /password/i.test(route.path) ? 'change-password' : null;
  // Accounts that administrators make are no sign-up.
  if (/admin/i.test(route.path) && !loginName.test(route.path)) return null;
  if (identified && signUpName.test(named)) return 'sign-up';
  if (taken.some((name) => oldPassword.test(name))) return 'change-password';
  const hashes = means.has('password-hash') || means.has('hash');
  if (proven && (changes || hashes || /reset|recover|password/i.test(named))) return 'reset';
  if (renews) return 'reset';
  if (!identified) return null;
  if (means.has('password-verify') || local) return 'login';
  if (adds && hashes) return 'sign-up';
  return means.has('token-sign') || (looksUp && !adds && !changes) ? 'login' : adds ? 'sign-up' : null;
}

function isQuery(call: Call, verb: RegExp): boolean {
  return call.means === 'query' && verb.test(call.symbol.split('.').at(-1)?.split('#').at(-1) ?? '');
}

function limitOf(route: Route, calls: readonly Call[]): AccountEndpoint['limit'] {
  if (route.guards.some((guard) => guard.does.includes('rate-limit'))) return 'front';
  const inside = route.inline.some((guard) => guard.does.includes('rate-limit')) || calls.some((call) => call.means === 'guard:rate-limit');
  return inside ? 'inside' : 'none';
}
