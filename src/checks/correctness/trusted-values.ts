import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { namesMoney } from '../../model/money.ts';
import { inWords } from '../../model/personal.ts';
import { fieldsNamed, inputIn } from '../../model/values.ts';

type Route = EvidenceValue<'routes'>['routes'][number];

const lines = /^(items|lines|line_?items|cart|cart_?items|products|order_?items|basket|tickets)(\[\])?$/i;
const bought = /^(product|item|plan|course|ticket|listing|variant|service|package|room|event|sku|invoice|order|booking)_?(id|ids)?$/i;
const sum = /(^|_)(total|subtotal|grand_total|discount|total_amount|total_price|final_price)(_|$)/;
const owner = /^(user|owner|customer|buyer|account|author|seller|created_?by)_?(id)?$/i;

export default defineCheck({
  title: 'Prices, quantities and owners come from the server',
  control: 'correctness/client-trusted-values',
  severity: 'medium',
  cwe: [602, 472, 840],
  standards: ['ASVS v5.0.0-2.2.2', 'ASVS v5.0.0-2.3.2', 'API3:2023'],
  why: 'What a browser sends, its user can change. A price that travels through the browser is a suggestion: people pay one cent, order minus three, or buy in the name of somebody else, and every record looks in order.',
  remedy:
    'Take only ids and quantities from the request. Read the price from the products table, compute the total on the server, refuse quantities below 1, and take the owner from the session.',
  needs: ['calls', 'routes'],
  uses: ['queries'],
  *run({ calls, routes, queries }) {
    const routeOf = new Map(routes.value.routes.map((route) => [route.id, route]));
    let examined = 0;
    const told = new Set<string>();
    const tell = (id: string): boolean => {
      examined++;
      if (told.has(id)) return false;
      told.add(id);
      return true;
    };
    for (const call of calls.value.calls) {
      const paying = call.means === 'outbound-payment' && !/refund|retrieve|list|search/i.test(call.symbol);
      if (!paying && !(call.means === 'outbound' && call.args.some(isCharge))) continue;
      const amounts = call.args.flatMap((arg) => fieldsNamed(arg, /^(amount|unit_amount|unit_amount_decimal|total|amount_total|value)$/i));
      // `price_1a2b` names a price that the provider keeps; so does anything that ends in an id.
      const sent = amounts.find(({ value }) => !/^$|(^|[._])id$|Id$/.test(fromBody(value) ?? ''));
      for (const id of call.routes) {
        const route = routeOf.get(id);
        if (route === undefined || isPrivileged(route) || amounts.length === 0) continue;
        if (!sent) {
          examined++;
          if (amounts.every(({ value }) => value.kind !== 'unknown') && !told.has(id)) yield pass('read', endpointSubject(id));
        } else if (tell(id))
          yield fail(
            'read',
            endpointSubject(id),
            `The amount that is charged is the one that the caller sends ("${fromBody(sent.value) ?? ''}").`,
            {
              severity: /^unit_amount/i.test(sent.key) ? 'high' : 'medium',
              impact: 'A buyer chooses what to pay. (Where people are meant to choose, as for a donation or a top-up, bound it instead.)',
              where: call.where,
              effect: 'charged',
            },
          );
      }
    }
    const statements = [
      ...(queries?.value.queries ?? [])
        .filter(({ verb }) => verb === 'insert' || verb === 'update')
        .map((query) => ({
          routes: query.routes,
          where: query.where,
          adds: query.verb === 'insert',
          values: query.parameters,
          bySession: [...query.parameters, ...query.filters.map(({ value }) => value)].some(isSession),
        })),
      ...calls.value.calls
        .filter(({ means, symbol }) => means === 'query' && /\.(create|createMany|insert|insertMany|values|save|update)$/.test(symbol))
        .map((call) => {
          const values = call.args.flatMap((arg) => fieldsNamed(arg, /./)).map(({ value }) => value);
          return {
            routes: call.routes,
            where: call.where,
            adds: !call.symbol.endsWith('update'),
            values,
            bySession: values.some(isSession),
          };
        }),
    ];
    for (const { routes: ids, where, adds, values, bySession } of statements) {
      const inputs = values.flatMap((value) => fromBody(value) ?? []);
      for (const id of ids) {
        const route = routeOf.get(id);
        if (route === undefined || isPrivileged(route) || ids.length > 4) continue;
        const taken = priceAmong(inputs, route);
        const stranger = adds && isSignedIn(route) && !bySession ? inputs.find((name) => owner.test(last(name))) : undefined;
        if (taken !== null && tell(id))
          yield fail('read', endpointSubject(id), `"${taken}" is stored as the caller sends it, beside what is bought.`, {
            impact: 'Whoever orders writes the price themselves.',
            where,
            effect: 'price',
          });
        else if (stranger !== undefined && buys(route) && tell(id))
          yield fail(
            'read',
            endpointSubject(id),
            `For whom it is ("${stranger}") is taken from the request, though the session says who is calling.`,
            {
              impact: 'Whoever is signed in orders or pays in the name of somebody else.',
              where,
              effect: 'owner',
            },
          );
      }
    }
    if (examined > 0) return;
    yield routes.gaps.length > 0
      ? unknown('read', application, 'No endpoint was seen to take a price, but some code could not be read.')
      : notApplicable('No endpoint was seen to store or charge an amount that its caller sends.');
  },
});

/** A price of a line, a sum beside lines, or a price beside the id of what is bought. */
function priceAmong(inputs: readonly string[], route: Route): string | null {
  const body = route.inputs.filter(({ in: at }) => at === 'body').map(({ name }) => name);
  const inLine = inputs.find((name) => name.includes('[]') && namesMoney(last(name)) && lines.test(name.split('.')[0] ?? ''));
  if (inLine !== undefined) return inLine;
  const amount = inputs.find((name) => namesMoney(last(name)));
  if (amount === undefined) return null;
  if (sum.test(inWords(last(amount))) && body.some((name) => lines.test(name))) return amount;
  return /(^|_)(price|total|amount|subtotal)(_|$)/.test(inWords(last(amount))) &&
    body.some((name) => bought.test(name) && /id/i.test(name)) &&
    buys(route)
    ? amount
    : null;
}

function buys(route: Route): boolean {
  return /order|checkout|purchase|pay|buy|cart|booking|reserv|subscri|ticket|invoice/i.test(`${route.path} ${route.handler?.name ?? ''}`);
}

function isCharge(value: AbstractValue): boolean {
  return fieldsNamed(value, /^(amount|currency)$/i).length >= 2;
}

function fromBody(value: AbstractValue): string | null {
  const input = inputIn(value);
  return input !== null && input.from === 'body' && input.name !== '' ? input.name : null;
}

function isSession(value: AbstractValue): boolean {
  return value.kind === 'session' || (value.kind === 'either' && value.of.some(isSession));
}

function isSignedIn(route: Route): boolean {
  return [...route.guards, ...route.inline].some(({ does, refuses }) => refuses && does.includes('authentication'));
}

/** Those who keep the shop may set prices. */
function isPrivileged(route: Route): boolean {
  return (
    [...route.guards, ...route.inline].some(({ does, refuses }) => refuses && (does.includes('role') || does.includes('signature'))) ||
    /admin/i.test(route.path)
  );
}

function last(name: string): string {
  return (name.split('.').at(-1) ?? name).replaceAll('[]', '');
}
