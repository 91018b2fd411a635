import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { folderOf } from '../../model/migrations.ts';

export default defineCheck({
  title: 'Migrations go forward and back with the data intact',
  control: 'schema/migration-rehearsal',
  severity: 'low',
  cwe: [],
  standards: ['ISO/IEC 25010 recoverability'],
  why: 'When a release goes wrong the old version has to run again, on the database that the new one has changed. Without a way back that somebody wrote and tried, the choice at that moment is between staying broken and losing what customers entered since.',
  remedy:
    'Write what takes each migration back and try it on a copy, or change the schema only in steps that the previous version can live with.',
  needs: ['migrations'],
  *run({ migrations: { value, gaps } }) {
    const all = value.migrations;
    if (all.length === 0)
      return yield gaps.length > 0
        ? unknown('read', application, `No migration was understood: ${gaps[0]?.file ?? 'the tree'} (${gaps[0]?.reason}).`)
        : notApplicable('No migrations were found.');
    for (const [folder, migrations] of Map.groupBy(all, folderOf)) {
      const about = { kind: 'file', name: folder } as const;
      const without = migrations.filter(({ back }) => back === 'absent' || back === 'empty');
      const last = without.at(-1);
      const forwardOnly = migrations.filter(({ back }) => back === 'unsupported');
      if (last !== undefined)
        yield fail(
          'read',
          about,
          `${without.length} of ${migrations.length} migrations have no way back: ${last.file} ${last.back === 'empty' ? 'has one that does nothing' : 'has none'}. The tool reports success on the way back and changes nothing, or stops there.`,
          {
            where: { file: last.file, line: 1, endLine: 1 },
            impact: 'A release that goes wrong cannot be taken back by the tool that brought it.',
            effect: 'no-way-back',
          },
        );
      else if (forwardOnly.length > 0)
        yield unknown(
          'read',
          about,
          `${forwardOnly[0]?.tool === 'prisma' ? 'Prisma' : 'The tool'} only goes forward (${forwardOnly.length} migrations), so the way back is the previous version on the new schema, or a restored backup. Whether either works was not tried.`,
          { where: { file: forwardOnly[0]?.file ?? folder, line: 1, endLine: 1 } },
        );
      else if (migrations.every(({ unread }) => unread === 0)) yield pass('read', about);
      const lost = migrations.flatMap((one) => one.loses.map((loss) => ({ ...loss, file: one.file })));
      const latest = lost.at(-1);
      if (latest !== undefined)
        yield fail(
          'read',
          { kind: 'file', name: `${folder}: content` },
          `Going forward deletes content that going back does not restore: ${latest.what}${lost.length > 1 ? `, and ${lost.length - 1} more` : ''}.`,
          {
            where: { file: latest.file, line: latest.line, endLine: latest.line },
            impact: 'After going back the application misses what stood there; only a backup has it.',
            remedy: 'Keep what is no longer used until a release later, and take a backup right before it is deleted.',
            effect: 'loses-content',
          },
        );
    }
  },
});
