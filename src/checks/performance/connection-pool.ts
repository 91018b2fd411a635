import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';

type Call = EvidenceValue<'calls'>['calls'][number];

/** What opens connections of its own each time it is called; clients that speak HTTP open none. */
const opens =
  /^npm:(?:(?:pg|pg-pool)#(?:default\.)?(?:Pool|Client|default)|@prisma\/client#PrismaClient|(?:mysql2?|mysql2\/promise)#(?:default\.)?create(?:Pool|Connection)|postgres#default|knex#(?:default|knex)|sequelize#(?:default\.)?(?:Sequelize|default)|typeorm#DataSource)$/;

/** What people start by hand. */
const script = /(^|\/)(scripts?|seeds?|prisma|migrations?|bin|tools|cli)\/|(^|[/.-])seed[^/]*$/i;

export default defineCheck({
  title: 'Connections are pooled, bounded and returned',
  control: 'performance/connection-pool',
  severity: 'medium',
  cwe: [400, 772],
  standards: ['ASVS v5.0.0-13.1.2'],
  why: 'A database takes a hundred connections or so. An application that opens a new pool with every request, or keeps a client that it borrowed, uses them up within minutes of real traffic, and then nothing works for anybody.',
  remedy: 'Make one pool for the process, in a module of its own, with a limit; give back every client that was taken, in finally.',
  needs: ['calls', 'routes'],
  *run({ calls, routes }) {
    const handlers = new Map<string, string>(
      routes.value.routes.flatMap(({ id, handler }) =>
        handler === null ? [] : [[`${handler.where.file}:${handler.where.line}`, id] as const],
      ),
    );
    const made = calls.value.calls.filter(({ symbol }) => opens.test(symbol));
    const taken = calls.value.calls.filter(({ means }) => means === 'database-connect');
    const subjectOf = (call: Call) => {
      const [route] = call.routes;
      return route !== undefined && call.routes.length === 1
        ? endpointSubject(route)
        : { kind: 'function' as const, name: call.within.replace(/:\d+$/, '') };
    };
    for (const call of made) {
      const route = handlers.get(call.within);
      if (route === undefined) continue;
      yield fail('read', endpointSubject(route), 'Every request opens database connections of its own.', {
        impact: 'Under load the database refuses further connections, for every user of the application.',
        where: call.where,
        effect: 'per-request',
      });
    }
    const shared = made
      .filter(({ within, symbol }) => within.endsWith(':0') && symbol === 'npm:@prisma/client#PrismaClient')
      .filter(({ where }) => !script.test(where.file));
    const files = [...new Set(shared.map(({ where }) => where.file))];
    const [first] = shared;
    if (first !== undefined && files.length > 2)
      yield fail(
        'read',
        application,
        `${files.length} files make a PrismaClient each (${files.slice(0, 3).join(', ')} ...): so many pools, each with its own connections.`,
        {
          severity: 'low',
          impact:
            'The process takes several times the connections that it needs, and the database runs out of them with the second instance.',
          where: first.where,
          effect: 'clients',
        },
      );
    const released = calls.value.calls.some(({ means }) => means === 'database-release');
    let kept = 0;
    for (const call of taken) {
      // One that is handed on may be given back by whoever has it.
      if (released || call.routes.length === 0) continue;
      kept++;
      yield fail('read', subjectOf(call), 'A client is taken out of the pool, and no client is ever given back.', {
        severity: 'medium',
        impact: 'Each call keeps one connection for good; after as many calls as the pool is large every request waits forever.',
        where: call.where,
        effect: 'kept',
      });
    }
    if (made.length === 0 && taken.length === 0)
      yield calls.gaps.length > 0
        ? unknown('read', application, 'No database client was found, but some files could not be read.')
        : notApplicable('No pool of database connections is made in the code.');
    else if (kept === 0 && files.length <= 2 && !made.some(({ within }) => handlers.has(within))) yield pass('read', application);
  },
});
