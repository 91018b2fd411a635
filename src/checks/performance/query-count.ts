import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { changes, isAfterError, madeBy, told } from '../../model/statements.ts';

export default defineCheck({
  title: 'Queries per request do not grow with the rows',
  control: 'performance/queries',
  severity: 'medium',
  cwe: [1073],
  standards: ['API4:2023'],
  why: 'With ten rows on the test database one statement for each is nothing. With a thousand the request makes a thousand trips to the database, holds its connection all that time, and the pool runs dry for everybody.',
  remedy:
    'Fetch what belongs to all of them at once (a join, WHERE id = ANY($1), include or with of the library) and put it together in the code.',
  needs: ['queries', 'sequences'],
  *run({ queries, sequences }) {
    let examined = 0;
    for (const sequence of sequences.value.sequences) {
      if (sequence.route === null) continue;
      const steps = madeBy(sequence, queries.value.queries).filter((step) => !isAfterError(step) && step.asked.verb !== 'transaction');
      examined++;
      const subject = endpointSubject(sequence.route);
      const repeated = steps.filter(({ loops }) => loops);
      const read = repeated.find(({ asked }) => asked.verb === 'select');
      const one = read ?? repeated[0];
      if (one === undefined) {
        yield pass('read', subject);
        continue;
      }
      const others = new Set(repeated.map(({ query }) => query)).size - 1;
      const more = others > 0 ? `, and ${others} more like it` : '';
      yield fail(
        'read',
        subject,
        `${read !== undefined || !changes(one.asked) ? 'A statement' : 'A change'} on ${told(one.asked)} is made once for each item of a list${more}.`,
        {
          severity: read ? 'medium' : 'low',
          impact: 'The request takes as many trips to the database as there are items, and gets slower with every customer and row.',
          where: one.asked.where,
          effect: one.asked.tables.join(','),
        },
      );
    }
    if (examined > 0) return;
    yield queries.gaps.length > 0
      ? unknown('read', application, 'No endpoint was seen to ask a database, but some files could not be read.')
      : notApplicable('No endpoint asks a database.');
  },
});
