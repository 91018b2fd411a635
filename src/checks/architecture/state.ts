import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue, Present } from '../../model/evidence/index.ts';
import type { Claim } from '../../model/finding.ts';

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
  uses: ['queries', 'structure', 'constructs', 'dependencies', 'files'],
  *run({ operation, queries, structure, constructs, dependencies, files }) {
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
    if (screens > 0) yield ofScreens(screens, constructs, dependencies?.value, files?.value);
  },
});

const stores = /^(redux|react-redux|@reduxjs\/toolkit|zustand|jotai|mobx(-react.*)?|recoil|valtio|effector|pinia|vuex|@ngrx\/.*)$/;
const keepers = /^(@tanstack\/.*-query|react-query|swr|@apollo\/client|urql|@trpc\/react-query)$/;

/** What the screens keep of what the server holds. */
function ofScreens(
  screens: number,
  constructs: Present<'constructs'> | undefined,
  dependencies: EvidenceValue<'dependencies'> | undefined,
  files: EvidenceValue<'files'> | undefined,
): Claim {
  const about = { kind: 'application', name: 'state of screens' } as const;
  const copies = constructs?.value.constructs.filter(({ kind }) => kind === 'copied-state') ?? [];
  const [first] = copies;
  if (first !== undefined) {
    const places = copies
      .slice(0, shown)
      .map(({ name, where, detail }) => `\`${name}\` (${where.file}:${where.line}, changed on line ${detail})`);
    return fail(
      'read',
      about,
      `${copies.length === 1 ? 'A list' : `${copies.length} lists`} of the server's ${copies.length === 1 ? 'is' : 'are'} copied out of the library that keeps ${copies.length === 1 ? 'it' : 'them'} and changed by the screen, and the library is not told: ${places.join(', ')}${copies.length > places.length ? ' …' : ''}.`,
      {
        impact:
          'Another screen, or this one after it is opened again, shows what was there before; when the server refuses the change, this one shows what never was.',
        remedy:
          'Show what the library keeps, change it through a mutation, and tell the library to ask again (invalidate) or what is new (setQueryData).',
        where: first.where,
        effect: 'copied-state',
      },
    );
  }
  const names = dependencies?.units.flatMap(({ declared }) => declared.map(({ name }) => name)) ?? [];
  const unread = files?.files.some(({ path }) => /\.(vue|svelte)$/.test(path)) ?? false;
  if (
    constructs === undefined ||
    constructs.gaps.length > 0 ||
    unread ||
    (names.some((one) => stores.test(one)) && names.some((one) => keepers.test(one)))
  )
    return unknown(
      'read',
      about,
      `Whether the ${screens} files that run in browsers keep copies of what the server holds was not seen in all of them.`,
    );
  return pass('read', about);
}
