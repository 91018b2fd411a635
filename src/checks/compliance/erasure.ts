import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import { inWords, keepsPeople } from '../../model/personal.ts';

type Route = EvidenceValue<'routes'>['routes'][number];

const personal = /e_?mail|(first|last|full|display|user)_?name|\bname\b|phone|anonym|deleted_user|redacted/i;
const ownAccount = /\/(me|account|profile|users?|members?|customers?|self)(\/:[\w]+)?\/?(delete|erase|close|remove)?$/i;

export default defineCheck({
  title: 'Deleting a person removes their data',
  control: 'compliance/access-and-erasure',
  severity: 'medium',
  cwe: [212],
  standards: ['GDPR Art. 17', 'ASVS v5.0.0-14.2.7'],
  why: 'People may ask that you forget them, and then there is a month to do it. Where no code does, somebody deletes rows by hand, in the tables that they remember, and the rest stays until it leaks.',
  remedy:
    'Write one function that erases an account: delete or anonymise the row with the name and address, everything that hangs on it, files and entries at other services; end its sessions; and keep only what a law says must be kept. Offer it in the settings and to support.',
  needs: ['personal-data', 'routes'],
  uses: ['queries', 'calls', 'account-endpoints'],
  *run({ 'personal-data': data, routes, queries, calls, 'account-endpoints': doors }) {
    const kept = data.value.columns.filter(({ table, category }) => keepsPeople(table) && category !== 'location');
    const withPassword = new Set(
      data.value.columns.filter(({ column }) => /^pass(word|wd)|^pwd/i.test(inWords(column))).map(({ table }) => bare(table)),
    );
    const people = new Set([...kept.map(({ table }) => bare(table)), ...withPassword]);
    if (people.size === 0) {
      yield data.gaps.length > 0
        ? unknown('read', application, 'No table of people was found by its name, but some code could not be read.')
        : notApplicable('No table keeps people, by the names of its columns.');
      return;
    }
    const erasing = (queries?.value.queries ?? []).filter(
      ({ verb, tables }) => verb === 'delete' && tables.some((table) => people.has(bare(table))),
    );
    const byLibrary = (calls?.value.calls ?? []).filter(
      ({ symbol, means }) =>
        /\.(deleteUser|removeUser)$/.test(symbol) ||
        (means === 'query' &&
          /\.(delete|deleteMany|destroy|remove|deleteOne|findByIdAndDelete)$/.test(symbol) &&
          [...people].some((table) => symbol.toLowerCase().includes(`.${table}.`))),
    );
    const deleting = routes.value.routes.filter((route) => isDeletion(route));
    let told = 0;
    for (const route of deleting) {
      const mine = (queries?.value.queries ?? []).filter(({ routes: ids }) => ids.includes(route.id));
      const erases = mine.some((query) => erasing.includes(query)) || byLibrary.some(({ routes: ids }) => ids.includes(route.id));
      const updates = mine.filter(
        ({ verb, tables, text }) => verb === 'update' && text !== null && tables.some((table) => people.has(bare(table))),
      );
      const known = mine.length > 0 && mine.every(({ text }) => text !== null);
      if (erases) {
        told++;
        yield pass('read', endpointSubject(route.id));
      } else if (known && updates.length > 0) {
        told++;
        const clears = updates.some(({ text }) => personal.test(/\bset\b([\s\S]*?)(\bwhere\b|$)/i.exec(text ?? '')?.[1] ?? ''));
        if (clears) yield pass('read', endpointSubject(route.id));
        else
          yield fail(
            'read',
            endpointSubject(route.id),
            'The account is only marked as deleted: name, address and all that hangs on them stay.',
            {
              impact: 'Whoever asked to be forgotten is still in the tables, the exports and the next leak.',
              where: updates[0]?.where,
              effect: 'marked-only',
            },
          );
      }
    }
    if (told > 0) return;
    if (erasing.length > 0 || byLibrary.length > 0) {
      yield pass('read', application);
      return;
    }
    const seen =
      (queries?.value.queries ?? []).some(({ tables }) => tables.some((table) => people.has(bare(table)))) ||
      (calls?.value.calls ?? []).some(({ means }) => means === 'query');
    // Where no statement about people was read, a deletion would not have been either.
    const unclear =
      !seen ||
      deleting.length > 0 ||
      data.gaps.length > 0 ||
      routes.gaps.length > 0 ||
      (queries?.value.queries ?? []).some(({ verb, tables }) => verb === 'delete' && tables.length === 0);
    const signsUp = doors?.value.endpoints.some(({ purpose }) => purpose === 'sign-up' || purpose === 'login') ?? false;
    if (unclear)
      yield unknown(
        'read',
        application,
        `Whether deleting an account removes what ${[...people].slice(0, 3).join(', ')} keep of a person could not be followed.`,
        { where: deleting[0]?.where },
      );
    else if (signsUp)
      yield fail(
        'read',
        application,
        `People have accounts here (${[...people].slice(0, 3).join(', ')}), and no endpoint or job was seen to delete or anonymise one.`,
        {
          impact: 'A request to be forgotten can be met only by hand, by whoever knows all tables.',
          where: kept[0]?.where,
          effect: 'no-deletion',
        },
      );
    else
      yield unknown(
        'read',
        application,
        'The code keeps people and deletes none; whether they are people who may ask for it, reading cannot tell.',
        { where: kept[0]?.where },
      );
  },
});

function isDeletion({ method, path, handler }: Route): boolean {
  const acts = method === 'DELETE' || /delete|erase|close/i.test(`${path.split('/').at(-1) ?? ''} ${handler?.name ?? ''}`);
  return acts && ownAccount.test(path) && method !== 'GET';
}

/** `public.users`, `User` and `users` are one table. */
function bare(table: string): string {
  return inWords(table.replace(/^\w+\./, '')).replace(/s$/, '');
}
