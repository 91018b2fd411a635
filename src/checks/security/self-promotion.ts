import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Present } from '../../model/evidence/index.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Place } from '../../model/words.ts';
import { fieldsNamed } from '../../model/values.ts';

export default defineCheck({
  title: 'Nobody can raise their own role',
  control: 'security/property-authorization',
  severity: 'critical',
  cwe: [269, 915],
  standards: ['ASVS v5.0.0-8.2.3', 'API3:2023', 'A01:2025'],
  why: 'Every other guard trusts the role that stands in the account. Whoever can write that one word passes all of them, and no log shows more than a profile that was saved.',
  remedy:
    'Take the role out of every request that is about the own account, and let an endpoint that sets roles refuse the account of the caller and every role above theirs.',
  anyOf: ['promotions', 'queries'],
  uses: ['endpoints', 'mass-assignment', 'account-endpoints', 'routes', 'calls'],
  *run({ promotions, endpoints, 'mass-assignment': assigned, queries, 'account-endpoints': doors, routes, calls }) {
    const told = new Set<string>();
    for (const { endpoint, where, field, entering, byId } of takenFromCallers(
      queries?.value.queries ?? [],
      calls?.value.calls ?? [],
      doors,
      routes,
    )) {
      told.add(endpoint);
      const message = byId
        ? `Whoever is signed in sets the role ("${field}") of any account that they name, their own too: no role is asked for.`
        : `The role of the account is taken from what the caller sends ("${field}").`;
      yield fail('read', endpointSubject(endpoint), message, {
        severity: byId ? 'medium' : 'high',
        impact: entering
          ? 'Whoever signs up can make themselves an administrator.'
          : 'Whoever is signed in can make themselves an administrator.',
        where,
        effect: 'role',
      });
    }
    if (!promotions || !endpoints) {
      if (told.size === 0)
        yield unknown(
          'read',
          application,
          'No endpoint was seen to take the role of the own account from its caller; whether one does all the same shows only when the application runs.',
        );
      return;
    }
    const place = (id: string) => endpoints.value.endpoints.find((endpoint) => endpoint.id === id)?.where;
    const own = Map.groupBy(
      promotions.value.trials.filter(({ account }) => account === 'own'),
      (trial) => trial.endpoint,
    );
    const taken = new Map(
      (assigned?.value.endpoints ?? []).flatMap(({ endpoint, taken: fields }) => {
        const role = fields.find(({ protects, self }) => protects === 'role' && self);
        return role ? [[endpoint, role] as const] : [];
      }),
    );
    for (const endpoint of [...new Set([...own.keys(), ...taken.keys()])].toSorted()) {
      const [subject, where] = [endpointSubject(endpoint), place(endpoint)];
      const trials = own.get(endpoint) ?? [];
      const raised = trials.find(({ outcome }) => outcome === 'raised');
      const role = taken.get(endpoint);
      if (raised) {
        yield fail(
          'ran',
          subject,
          `${people(raised.actor)} gave itself the role ${raised.role}, and then did what ${raised.witness} had refused.`,
          {
            impact: `Whoever is ${bare(raised.actor)} can become ${raised.role}, with all that it may do.`,
            where,
            actor: raised.actor,
            effect: 'role',
            ...(raised.proof ? { proof: raised.proof } : {}),
          },
        );
      } else if (role) {
        yield fail(
          'ran',
          subject,
          `${people(role.actor)} wrote "${role.field}" into the own account: ${role.column} became ${role.value}.`,
          {
            impact: `Whoever can send this request can become ${role.value}, with all that it may do.`,
            where,
            actor: role.actor,
            effect: 'role',
            proof: role.proof,
          },
        );
      } else if (trials.some(({ outcome }) => outcome === 'unknown')) {
        const open = trials.find(({ outcome }) => outcome === 'unknown');
        yield unknown('ran', subject, `Tried to raise the own role: ${open?.reason}.`, { where });
      } else yield pass('ran', subject);
    }
    if (own.size + taken.size + told.size === 0)
      yield notApplicable('No endpoint was seen to set the role of an account, or no role may do more than another.', 'ran');
  },
});

const role = /^(role|roles|is_?admin|admin|permissions?|is_?staff|is_?super_?user|user_?type|account_?type|access_?level|privileges?)$/i;

interface Taken {
  readonly endpoint: string;
  readonly where: Place;
  readonly field: string;
  readonly entering: boolean;
  /** The account is named by the request, beside something of the session such as its tenant. */
  readonly byId: boolean;
}

/** Statements about the own account whose role comes from the request: of a sign-up, or where the row is that of the session. */
function takenFromCallers(
  queries: EvidenceValue<'queries'>['queries'],
  calls: EvidenceValue<'calls'>['calls'],
  doors: Present<'account-endpoints'> | undefined,
  routes: Present<'routes'> | undefined,
): Taken[] {
  const signUps = new Set(doors?.value.endpoints.filter(({ purpose }) => purpose === 'sign-up').map(({ id }) => id));
  const rows = [
    ...queries.map((query) => ({
      ...query,
      given: query.parameters,
      own: query.filters.some(({ value }) => value.kind === 'session') && query.verb === 'update' && query.filters.length <= 2,
      adds: query.verb === 'insert',
      byId: query.filters.some(({ value }) => value.kind === 'input'),
    })),
    ...calls
      .filter(
        ({ means, symbol }) => means === 'query' && /\.(create|insert|save|update|findByIdAndUpdate|findOneAndUpdate|upsert)$/.test(symbol),
      )
      .map((call) => ({
        ...call,
        given: call.args.flatMap((arg) => fieldsNamed(arg, role).map(({ value }) => value)),
        own: call.args.some((arg) => fieldsNamed(arg, /^_?id$/).some(({ value }) => value.kind === 'session')),
        adds: /\.(create|insert|save)$/.test(call.symbol),
        byId: false,
      })),
  ];
  const found: Taken[] = [];
  for (const { routes: ids, given, own, adds, where, byId } of rows) {
    const sent = given.map(roleSent).find((one) => one !== null);
    if (sent === undefined || sent === null) continue;
    for (const endpoint of ids) {
      const entering = adds && signUps.has(endpoint);
      const route = routes?.value.routes.find(({ id }) => id === endpoint);
      const guarded = [...(route?.guards ?? []), ...(route?.inline ?? [])].some(({ does }) => does.includes('role'));
      const allowed = route?.inputs.find(({ in: at, name }) => at === 'body' && name === sent)?.values ?? [];
      const harmless = allowed.length > 0 && !allowed.some((one) => /admin|owner|staff|super|root|manager|moderator/i.test(String(one)));
      if (!guarded && !harmless && (entering || own) && !found.some((one) => one.endpoint === endpoint))
        found.push({ endpoint, where, field: sent, entering, byId: byId && !entering });
    }
  }
  return found;
}

function roleSent(value: AbstractValue): string | null {
  if (value.kind === 'input') return value.from === 'body' && role.test(value.name) ? value.name : null;
  return value.kind === 'either' ? (value.of.map(roleSent).find((one) => one !== null) ?? null) : null;
}

function bare(actor: string): string {
  return actor.replace(/^role:/, '');
}

function people(actor: string): string {
  if (actor === 'anonymous') return 'Somebody who signs up';
  return actor === 'owner' ? 'A customer' : `An account with the role ${bare(actor)}`;
}
