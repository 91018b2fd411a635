import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'The app survives losing its database and recovers',
  control: 'reliability/database-failure',
  severity: 'medium',
  cwe: [755, 248],
  standards: ['ASVS v5.0.0-16.5.3'],
  why: 'Databases restart, for updates alone. A pool tells of the connections that it loses then by an `error` event, and in Node an `error` event that nobody listens to ends the process.',
  remedy: "Listen: `pool.on('error', (error) => log.error(error))`. The pool opens a new connection by itself at the next query.",
  needs: ['operation'],
  *run({ operation: { value, gaps } }) {
    // A script that is run by hand and ends may end with its connection.
    const kept = value.connections.filter(({ where }) => value.server.includes(where.file));
    for (const [file, made] of Map.groupBy(kept, ({ where }) => where.file)) {
      const subject = { kind: 'file', name: file } as const;
      const open = made.find(({ handled }) => !handled);
      if (open === undefined) yield pass('read', subject);
      else
        yield fail('read', subject, `A connection through ${open.library} is made, and nobody listens to its \`error\` event.`, {
          impact: 'When the database restarts or drops an idle connection, the whole process ends and every request in it is lost.',
          where: open.where,
          effect: 'unheard-error',
        });
    }
    if (kept.length > 0) return;
    yield gaps.length > 0
      ? unknown('read', application, 'No pool that needs a listener was found, but not all of the code could be followed.')
      : notApplicable('The code makes no connection whose loss ends the process when nobody listens.');
  },
});
