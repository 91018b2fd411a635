import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'Untrusted input is parsed by a schema before use',
  control: 'reliability/input-validation',
  severity: 'medium',
  cwe: [20, 1287],
  standards: ['ASVS v5.0.0-2.2.1', 'ASVS v5.0.0-2.2.2'],
  why: 'Whoever calls an endpoint sends what they like: a list for a text, a negative amount, ten megabytes for a name. What is not checked at the door is found later by the database, by the accountant, or by an attacker.',
  remedy: 'Describe the body of each endpoint by a schema (zod, valibot, TypeBox, class-validator) and go on only with what it gave back.',
  needs: ['routes'],
  *run({ routes: { value, gaps } }) {
    const taking = value.routes.filter(
      ({ method, inputs }) => /^(POST|PUT|PATCH|ALL)$/.test(method) && inputs.some((one) => one.in === 'body'),
    );
    for (const [file, mine] of Map.groupBy(taking, ({ handler, where }) => handler?.where.file ?? where.file)) {
      const subject = { kind: 'file', name: file } as const;
      const open = mine.filter(
        ({ validated, guards }) => !validated && !guards.some(({ does }) => does.includes('validation') || does.includes('signature')),
      );
      // Asking whether a field is there keeps out what is missing, not what is wrong.
      const bare = open.filter(({ inline }) => !inline.some(({ does }) => does.includes('validation') || does.includes('signature')));
      const [first] = open;
      if (first === undefined) {
        yield pass('read', subject);
        continue;
      }
      const names = [...bare, ...open.filter((one) => !bare.includes(one))].slice(0, 3).map(({ id }) => id);
      const rest = open.length > 3 ? ` and ${open.length - 3} more` : '';
      yield fail(
        'read',
        subject,
        `${open.length} of ${mine.length} endpoints with a body use it without a schema: ${names.join(', ')}${rest}.`,
        {
          severity: bare.length > 0 && open.length === mine.length ? 'medium' : 'low',
          impact: 'Callers store values that the application never expected, or make it fail.',
          where: first.handler?.where ?? first.where,
          effect: 'unvalidated-body',
        },
      );
    }
    if (taking.length > 0) return;
    if (value.routes.length === 0 || gaps.length > 0)
      yield unknown('read', application, 'No endpoint was seen to read a body, but not all of the code could be followed.');
    else yield notApplicable('No endpoint reads a body.');
  },
});
