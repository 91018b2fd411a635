import { defineCheck, fail, notApplicable, pass } from '../../model/check.ts';

const servers =
  /^(@apollo\/server|apollo-server(-\w+)?|graphql-yoga|express-graphql|graphql-http|mercurius|@nestjs\/graphql|@hono\/graphql-server)$/;
const limiting = /depth|complexity|cost|armor|persisted/i;

export default defineCheck({
  title: 'Query depth and cost are bounded',
  control: 'performance/limits',
  severity: 'medium',
  cwe: [400, 770],
  standards: ['ASVS v5.0.0-4.3.1', 'API4:2023'],
  why: 'In GraphQL the caller writes the query. Authors with their books with their authors, ten levels deep, is a line to write and a million rows to load.',
  remedy:
    'Refuse queries beyond a depth and a cost (graphql-armor, graphql-depth-limit), or take only queries that were registered before.',
  needs: ['dependencies', 'operation'],
  *run({ dependencies, operation }) {
    const files = new Set(operation.value.server);
    let examined = 0;
    for (const unit of dependencies.value.units) {
      const server = unit.imports.find(
        ({ name, where, typeOnly }) => !typeOnly && servers.test(name) && (files.has(where.file) || name.startsWith('@nestjs')),
      );
      if (server === undefined) continue;
      examined++;
      const subject = { kind: 'package', name: `${unit.dir} ${server.name}` } as const;
      if (
        unit.imports.some(({ name }) => /graphql|envelop|escape/.test(name) && limiting.test(name)) ||
        operation.value.telemetry.some((one) => one.for.includes('graphql-limits'))
      )
        yield pass('read', subject);
      else
        yield fail('read', subject, `${server.name} answers queries of any depth and cost: nothing that bounds them is loaded.`, {
          impact: 'One small request from anybody keeps the database busy for minutes.',
          where: server.where,
          effect: 'unbounded-queries',
        });
    }
    if (examined === 0) yield notApplicable('The application serves no GraphQL.');
  },
});
