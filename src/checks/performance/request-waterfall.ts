import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'Pages do not fetch one after another what could come together',
  control: 'performance/web-vitals',
  severity: 'low',
  cwe: [1050],
  standards: [],
  why: 'Three questions of 50 milliseconds each take 150 when each waits for the one before, though none needs its answer.',
  remedy: 'Ask together: `const [a, b] = await Promise.all([loadA(), loadB()])`.',
  needs: ['operation', 'calls', 'queries'],
  *run({ operation, calls, queries }) {
    const asked = new Set<string>();
    for (const { verb, where } of queries.value.queries) if (verb === 'select') asked.add(`${where.file}:${where.line}`);
    for (const { means, symbol, where } of calls.value.calls) {
      const name = symbol.slice(symbol.lastIndexOf('.') + 1);
      const reads =
        means === 'query'
          ? /^(find\w*|select|count|aggregate|groupBy|get\w*)$/.test(name)
          : means === 'outbound' && !/post|put|patch|delete/i.test(name);
      if (reads) asked.add(`${where.file}:${where.line}`);
    }
    let clean = 0;
    for (const one of operation.value.waterfalls) {
      const subject = { kind: 'function', name: one.within.replace(/:\d+$/, '') } as const;
      const lines = one.lines.filter((line) => asked.has(`${one.where.file}:${line}`));
      if (lines.length < 3 || one.routes.length === 0) clean++;
      else
        yield fail(
          'read',
          subject,
          `${lines.length} questions to the database or to others wait for each other (lines ${lines.join(', ')}), though none uses the answer of another.`,
          {
            impact: 'Each visitor waits for the sum of them.',
            where: one.where,
            effect: 'waterfall',
          },
        );
    }
    if (clean < operation.value.waterfalls.length) return;
    if (operation.value.server.length === 0) yield notApplicable('There is no server code that loads anything.');
    else if (operation.gaps.length > 0 || queries.gaps.length > 0)
      yield unknown('read', application, 'No such chain was found, but not all of the code could be followed.');
    else yield pass('read', application);
  },
});
