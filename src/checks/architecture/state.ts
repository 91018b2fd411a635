import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

const shown = 5;

export default defineCheck({
  title: 'State has one source of truth',
  control: 'architecture/state-and-data-flow',
  severity: 'low',
  cwe: [1108],
  standards: ['CWE-1108'],
  why: 'What is kept twice differs sooner or later, and nobody can say which of the two is right. Variables of a module live in one process: a restart empties them, and a second process has its own.',
  remedy: 'Keep in the database what more than one request needs, and let everything else be computed from it.',
  needs: ['operation'],
  uses: ['queries', 'structure'],
  *run({ operation, queries, structure }) {
    const variables = operation.value.state.filter(({ readElsewhere }) => readElsewhere);
    const about = { kind: 'application', name: 'variables of modules' } as const;
    const screens = structure?.value.files.filter(({ client, test }) => client && !test).length ?? 0;
    if (variables.length > 0) {
      const [first] = variables;
      const names = variables.slice(0, shown).map(({ name, where }) => `\`${name}\` (${where.file}:${where.line})`);
      const more = variables.length > names.length ? ` and ${variables.length - names.length} more` : '';
      const beside = (queries?.value.queries.length ?? 0) > 0 ? ', beside the database' : '';
      yield fail(
        'read',
        about,
        `${variables.length === 1 ? 'A variable of a module is' : `${variables.length} variables of modules are`} written by requests and read by others${beside}: ${names.join(', ')}${more}.`,
        {
          impact:
            'After a restart, or in a second process, the application knows something else than before, and nobody can say which is right.',
          where: first?.where ?? null,
          effect: 'module-state',
        },
      );
    } else if (operation.gaps.length > 0)
      yield unknown(
        'read',
        about,
        `No variable that requests share was found, but some code could not be read: ${operation.gaps[0]?.reason}.`,
      );
    else if (screens === 0 && (structure?.value.files.length ?? 0) === 0) yield notApplicable('There is no JavaScript or TypeScript.');
    else yield pass('read', about);
    if (screens > 0)
      yield unknown(
        'read',
        { kind: 'application', name: 'state of screens' },
        `Whether the ${screens} files that run in browsers keep copies of what the server holds was not examined.`,
      );
  },
});
