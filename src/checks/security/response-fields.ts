import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Claim } from '../../model/finding.ts';
import { plainName } from '../../model/statements.ts';
import type { Severity } from '../../model/words.ts';
import { shownTable } from '../../model/words.ts';

type Shown = EvidenceValue<'response-fields'>['endpoints'][number]['shown'][number];

export default defineCheck({
  title: 'Responses hold no secrets and no fields the caller may not see',
  control: 'security/property-authorization',
  severity: 'high',
  cwe: [201, 213],
  standards: ['ASVS v5.0.0-15.3.1', 'API3:2023'],
  why: 'Whole rows are sent because that is the shortest code, and the page shows only some of it. What the browser received is read by browser extensions, kept in logs and caches, and seen by whoever opens the developer tools: password hashes are guessed offline, reset codes take over accounts.',
  remedy:
    'Select the columns that the answer needs, or map rows to an answer that names its fields; keep hashes, reset codes and secrets out of the objects that handlers return.',
  needs: ['endpoints'],
  anyOf: ['response-fields', 'queries'],
  uses: ['access', 'ownership', 'calls', 'schema', 'routes'],
  *run({ 'response-fields': looked, endpoints, access, ownership, queries, calls, schema, routes }) {
    // An answer without a row of the table tried nothing: what reading says of it stands.
    const untried = new Set<string>();
    for (const { claim, table } of queries ? readOf(queries.value, calls?.value, schema?.value, routes?.value) : []) {
      const inAnswer = access?.value.cells.some(
        (cell) => cell.endpoint === claim.endpoint && cell.read.some((row) => shownTable(row.table) === shownTable(table)),
      );
      if (inAnswer !== true) untried.add(claim.subject.name);
      yield claim;
    }
    if (!looked) {
      yield unknown('read', application, 'What answers hold is known when somebody has asked for them.', {
        settle: 'seaworthy audit --run',
      });
      return;
    }
    let [examined, silent] = [0, 0];
    for (const one of looked.value.endpoints) {
      const subject = endpointSubject(one.endpoint);
      const endpoint = endpoints.value.endpoints.find(({ id }) => id === one.endpoint);
      if (one.actors.length === 0) silent++;
      else examined++;
      const byRole = endpoint?.intended === 'role';
      const exposed = one.shown.filter(({ outcome }) => outcome === 'exposed').toSorted((a, b) => rank(a) - rank(b));
      const [worst] = exposed;
      const personal = one.shown.filter(({ what, outcome }) => what === 'personal' && outcome === 'open');
      const leaks = access?.value.cells.filter((cell) => cell.endpoint === one.endpoint && cell.outcome === 'leak') ?? [];
      const leak = leaks.find((cell) => cell.actor === 'stranger' && !cell.byId);
      const kept = one.shown.filter(({ what, outcome }) => what !== 'personal' && outcome === 'open');
      if (worst) {
        const what = exposed.map((shown) => `${named(shown)} ${whose(shown)}`);
        yield fail('ran', subject, `The answer to ${reader(worst)} holds ${[...new Set(what)].join(', ')}.`, {
          severity: severityOf(worst, byRole),
          impact: impactOf(worst),
          where: endpoint?.where,
          actor: worst.actor,
          effect: `${shownTable(worst.table)}.${worst.column}`,
          proof: worst.proof ?? undefined,
        });
      } else if (personal.length > 0 && leak && ownership?.value.tenants === null) {
        // Rows of another tenant, and objects chosen by their id, are told of by the checks that ask for those.
        yield fail('ran', subject, `The list shows every customer how to reach others: ${leak.reason}.`, {
          impact: `Any signed-in customer can collect ${personal.map(named).join(', ')} of all others.`,
          where: endpoint?.where,
          actor: 'stranger',
          effect: 'personal',
          proof: leak.proof ?? undefined,
        });
      } else if (kept.length > 0) {
        const secrets = kept.map(named).join(', ');
        yield unknown(
          'ran',
          subject,
          `The answer holds ${secrets} again, long after it was made; whether its owner needs to see it, only the owner of the application can say.`,
          {
            where: endpoint?.where,
          },
        );
      } else if (personal.length > 0 && leaks.length === 0 && !byRole) {
        yield unknown(
          'ran',
          subject,
          `The answer holds ${personal.map(named).join(', ')} of other people; whether callers need it, only the owner of the application can say.`,
          {
            where: endpoint?.where,
          },
        );
      } else if (one.actors.length > 0 && !untried.has(one.endpoint)) yield pass('ran', subject);
    }
    if (silent > 0) {
      const which = silent === 1 ? 'One endpoint' : `${silent} endpoints`;
      yield unknown('ran', application, `${which} answered nobody who may call: what the answers hold is not known.`);
    } else if (examined === 0) {
      yield endpoints.gaps.length > 0
        ? unknown('ran', application, 'No endpoints were found, but some files could not be read.')
        : notApplicable('No endpoints were found.', 'ran');
    }
  },
});

function named({ table, column }: Shown): string {
  return `${shownTable(table)}.${column}`;
}

function whose({ whose: of }: Shown): string {
  return { own: 'of their own account', another: 'of other people', nobody: 'of the application' }[of];
}

function reader({ actor }: Shown): string {
  if (actor === 'anonymous') return 'callers who are not signed in';
  return actor.startsWith('role:') ? `a ${actor.slice(5)}` : 'a signed-in customer';
}

/** Administrators reading hashes is bad enough; everybody else reading them opens accounts. */
function severityOf({ whose: of, what }: Shown, byRole: boolean): Severity {
  return of === 'own' || (byRole && what !== 'recovery') ? 'high' : 'critical';
}

function rank(shown: Shown): number {
  return shown.whose === 'own' ? 1 : 0;
}

function impactOf(shown: Shown): string {
  const who =
    shown.actor === 'anonymous'
      ? 'Anyone on the internet'
      : shown.actor.startsWith('role:')
        ? `Every ${shown.actor.slice(5)}`
        : 'Any signed-in customer';
  if (shown.whose === 'own')
    return shown.what === 'recovery'
      ? 'Whoever asks for a code gets it without having the mailbox that it is sent to.'
      : 'Whatever reads along in the browser, in a log or in a cache gets the hash, and guesses the password from it offline.';
  switch (shown.what) {
    case 'password':
      return `${who} can take home the password hashes of others and guess the passwords offline.`;
    case 'recovery':
      return `${who} can take over accounts of others with their reset codes.`;
    case 'secret':
    case 'key':
      return `${who} can act for the account or the service to which the secret belongs.`;
    case 'personal':
      return `${who} can collect how to reach others.`;
  }
}

const password = /^(password|passwordhash|passwd|pwd|hashedpassword|passworddigest|encryptedpassword)$/;
/** Libraries that may keep columns out of what they give without the code that asks saying so. */
const mayHide = new Set(['sequelize', 'mongoose', 'typeorm', 'supabase']);

/** Rows that are answered as they come from the database, with a column for password hashes among them. */
function readOf(
  queries: EvidenceValue<'queries'>,
  calls: EvidenceValue<'calls'> | undefined,
  schema: EvidenceValue<'schema'> | undefined,
  routes: EvidenceValue<'routes'> | undefined,
): { claim: Claim; table: string }[] {
  const hashes = new Set(calls?.calls.flatMap(({ means, symbol }) => (means === 'password-hash' ? [symbol] : [])) ?? []);
  const secrets = new Map<string, string>();
  for (const { table, columns } of queries.declared)
    for (const { name } of columns) if (password.test(plainName(name))) secrets.set(table, name);
  for (const { name, columns } of schema?.tables ?? [])
    for (const one of columns) if (password.test(plainName(one.name))) secrets.set(shownTable(name), one.name);
  // By what is done with it: a column that is given what a hash function made.
  for (const { tables, sets, verb } of queries.queries)
    for (const { column, value } of sets)
      if (verb === 'insert' && value.kind === 'call' && hashes.has(value.symbol) && tables[0] !== undefined && column !== '*')
        secrets.set(tables[0], column);
  return queries.queries.flatMap((query) => {
    const [table = ''] = query.tables;
    const column = secrets.get(table);
    if (column === undefined || mayHide.has(query.through) || query.tables.length !== 1) return [];
    if (!query.star && !query.columns.some((one) => plainName(one) === plainName(column))) return [];
    const message = `Rows of ${table} are answered as they come from the database, with ${column} among their columns.`;
    // What the declared shape of the answer does not name is not sent.
    const kept = (id: string) =>
      routes?.routes.some(
        (route) => route.id === id && route.sends !== undefined && !route.sends?.some((one) => plainName(one) === plainName(column)),
      );
    return query.answered
      .filter((id) => kept(id) !== true)
      .map((id) => ({
        table,
        claim: fail('read', endpointSubject(id), message, {
          severity: 'high',
          impact: 'Whoever gets this answer takes the password hash home and can guess the password offline.',
          where: query.where,
          effect: `${table}.${column}`,
        }),
      }));
  });
}
