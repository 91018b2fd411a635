import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Claim, Subject } from '../../model/finding.ts';

type Route = EvidenceValue<'routes'>['routes'][number];
type Table = EvidenceValue<'direct-tables'>['tables'][number];

export default defineCheck({
  title: 'Untrusted input is parsed by a schema before use',
  control: 'reliability/input-validation',
  severity: 'medium',
  cwe: [20, 1287],
  standards: ['ASVS v5.0.0-2.2.1', 'ASVS v5.0.0-2.2.2'],
  why: 'Whoever calls an endpoint sends what they like: a list for a text, a negative amount, ten megabytes for a name. What is not checked at the door is found later by the database, by the accountant, or by an attacker.',
  remedy:
    'Describe the body of each endpoint by a schema (zod, valibot, TypeBox, class-validator; in Python pydantic, a serializer or a form) and go on only with what it gave back.',
  needs: ['routes'],
  uses: ['direct-tables', 'queries'],
  *run({ routes: { value, gaps }, 'direct-tables': direct, queries }) {
    const pastServer = [...writesPastServer(direct?.value.tables ?? [], queries?.value.rowSecurity ?? false)];
    yield* pastServer;
    const taking = value.routes.filter(
      ({ method, inputs }) => /^(POST|PUT|PATCH|ALL)$/.test(method) && inputs.some((one) => one.in === 'body'),
    );
    const isOpen = ({ validated, guards }: Route) =>
      !validated && !guards.some(({ does }) => does.includes('validation') || does.includes('signature'));
    // Asking whether a field is there keeps out what is missing, not what is wrong.
    const isBare = (route: Route) =>
      isOpen(route) && !route.inline.some(({ does }) => does.includes('validation') || does.includes('signature'));
    const byFile = Map.groupBy(taking, ({ where }) => where.file);
    const failing = [...byFile].filter(([, mine]) => mine.some(isOpen));
    for (const [name, mine] of byFile) if (!mine.some(isOpen)) yield pass('read', { kind: 'file', name });
    // The same habit in many files is one thing to mend.
    const groups: readonly (readonly [Subject, readonly Route[]])[] =
      failing.length > 5
        ? [[application, failing.flatMap(([, mine]) => mine)]]
        : failing.map(([name, mine]) => [{ kind: 'file', name }, mine]);
    const mostly = taking.filter(isOpen).length > taking.length / 2;
    for (const [subject, mine] of groups) {
      const open = mine.filter(isOpen).sort((a, b) => Number(isBare(b)) - Number(isBare(a)));
      const [first] = open;
      if (first === undefined) continue;
      const names = open.slice(0, 3).map(({ id }) => id);
      const rest = open.length > 3 ? ` and ${open.length - 3} more` : '';
      yield fail(
        'read',
        subject,
        `${open.length} of ${mine.length} endpoints with a body use it without a schema: ${names.join(', ')}${rest}.`,
        {
          severity: mostly && isBare(first) ? 'medium' : 'low',
          impact: 'Callers store values that the application never expected, or make it fail.',
          where: first.handler?.where ?? first.where,
          effect: 'unvalidated-body',
        },
      );
    }
    if (taking.length > 0 || pastServer.length > 0) return;
    if (value.routes.length === 0 || gaps.length > 0)
      yield unknown('read', application, 'No endpoint was seen to read a body, but not all of the code could be followed.');
    else yield notApplicable('No endpoint reads a body.');
  },
});

/** Rows that pages write into tables themselves: no code of the application sees them before the database does. */
function* writesPastServer(tables: readonly Table[], rowSecurity: boolean): Iterable<Claim> {
  const written = tables.filter(({ writes }) => writes.length > 0);
  for (const mine of Map.groupBy(written, ({ unit }) => unit).values()) {
    const where = mine[0]?.writes[0];
    if (where === undefined) continue;
    const names = mine.slice(0, 5).map(({ name }) => name);
    const more = mine.length > names.length ? ` and ${mine.length - names.length} more` : '';
    yield fail(
      'read',
      { kind: 'file', name: where.file },
      `Pages write ${mine.length === 1 ? 'the table' : 'the tables'} ${names.join(', ')}${more} themselves, so no code on a server sees a row before the database does.${rowSecurity ? '' : ' Nothing in the repository says by what rules the database takes it.'}`,
      {
        severity: rowSecurity ? 'low' : 'medium',
        impact: `Whoever opens the page's console stores what they like, in fields that no form shows${rowSecurity ? ', as far as row security lets them' : ', perhaps in the name of others'}.`,
        remedy:
          'Let the page ask an endpoint or a function that parses the row by a schema and fills in owner and tenant itself, or let constraints, column rights and row policies (WITH CHECK) say what a row may hold.',
        where,
        effect: 'writes-past-the-server',
      },
    );
  }
}
