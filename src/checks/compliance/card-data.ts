import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { inWords } from '../../model/personal.ts';

const code = /(^|_)(cvv2?|cvc2?|ccv|csc|security_code|card_?cvv|card_?cvc)(_|$)|cc-csc/;

export default defineCheck({
  title: 'Card data never touches the app',
  control: 'compliance/card-data',
  severity: 'medium',
  cwe: [311, 359],
  standards: ['PCI DSS 3.3.1', 'PCI DSS 3.5.1'],
  why: 'Whoever handles card numbers has to prove hundreds of requirements every year, and pays when they leak. Whoever lets the provider take them on its own form has to prove a dozen. The three digits may not be stored at all, by nobody.',
  remedy:
    "Remove the card fields from forms, requests and tables, and use the provider's hosted page or fields (Stripe Checkout or Elements): keep only the token that it gives back and the last four digits.",
  needs: ['personal-data'],
  uses: ['dependencies', 'calls'],
  *run({ 'personal-data': data, dependencies, calls }) {
    const { columns, fields } = data.value;
    let found = 0;
    for (const { table, column, category, where } of columns) {
      if (category !== 'card') continue;
      found++;
      const digits = code.test(inWords(column));
      yield fail(
        'read',
        { kind: 'column', name: `${table}.${column}` },
        `${table}.${column} keeps ${digits ? 'the security code of cards, which nobody may store' : 'card numbers'}, by its name.`,
        {
          impact: 'A copy of the database is enough to pay with the cards of your customers.',
          where,
          effect: digits ? 'security-code' : 'card-number',
        },
      );
    }
    const endpoints = new Map<string, { names: Set<string>; where: (typeof fields)[number]['where'] }>();
    const forms = new Map<string, { names: Set<string>; where: (typeof fields)[number]['where'] }>();
    for (const { name, category, endpoint, where } of fields) {
      if (category !== 'card') continue;
      const group = endpoint === null ? forms : endpoints;
      const key = endpoint ?? where.file;
      const entry = group.get(key) ?? { names: new Set<string>(), where };
      entry.names.add(name);
      group.set(key, entry);
    }
    for (const [id, { names, where }] of endpoints) {
      found++;
      yield fail('read', endpointSubject(id), `This endpoint takes card data (${[...names].join(', ')}), by the names of its fields.`, {
        impact: 'Card numbers pass through the server, its memory and whatever logs requests: the whole application falls under PCI DSS.',
        where,
        effect: 'request',
      });
    }
    for (const [file, { names, where }] of forms) {
      found++;
      yield fail(
        'read',
        { kind: 'file', name: file },
        `A form of the application's own asks for card data (${[...names].join(', ')}), by the names of its fields.`,
        {
          severity: 'low',
          impact: 'Every script on that page, also an injected one, can read the cards of your customers.',
          where,
          effect: 'form',
        },
      );
    }
    if (found > 0) return;
    const pays = calls?.value.calls.some(({ means }) => means === 'payments' || means === 'outbound-payment') ?? false;
    const hosted =
      dependencies?.value.units.some(({ declared }) =>
        declared.some(({ name }) => /^@stripe\/|^stripe$|paypal|braintree|adyen|mollie|razorpay|paddle|lemonsqueezy/.test(name)),
      ) ?? false;
    if (data.gaps.length > 0) yield unknown('read', application, 'No card data was found by its name, but some code could not be read.');
    else if (pays || hosted) yield pass('read', application);
    else yield notApplicable('Nothing here is named like card data, and no payment provider is used.');
  },
});
