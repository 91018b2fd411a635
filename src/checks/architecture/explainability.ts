import { application, defineCheck, fail, notApplicable, unknown } from '../../model/check.ts';

/** A function longer than this is not taken in at one look; from this share of a code base on, little of it is. */
const long = { complexity: 30, share: 0.1, atLeast: 3 };

export default defineCheck({
  title: 'The team can explain the code',
  control: 'architecture/explainability',
  severity: 'low',
  cwe: [1059, 1121],
  standards: ['ISO 25010 analysability'],
  why: 'Code that nobody on the team can explain cannot be changed safely, handed over or defended in a review. With generated code that is the usual state until somebody has read it.',
  remedy:
    'Write a README that starts the application, split what cannot be explained in a sentence, and let the owner of each part explain it to a colleague.',
  needs: ['structure'],
  *run({ structure: { value } }) {
    const files = value.files.filter(({ test }) => !test);
    if (files.length === 0) return yield notApplicable('There is no JavaScript or TypeScript.');
    const { readme } = value;
    const paper = { kind: 'file', name: 'README' } as const;
    const detail = {
      impact: 'Whoever comes new, or comes back, has to find out how to start it by trying.',
      remedy: 'Say in a README what it does, how to start it, how to test it and how to release it.',
    };
    if (readme === null) yield fail('read', paper, 'There is no README.', { ...detail, effect: 'none' });
    else if (readme.template)
      yield fail('read', paper, `${readme.file} is the one that the generator wrote and says nothing about this application.`, {
        ...detail,
        where: { file: readme.file, line: 1, endLine: 1 },
        effect: 'template',
      });
    else if (!readme.starts)
      yield fail('read', paper, `${readme.file} does not say how to start the application.`, {
        ...detail,
        where: { file: readme.file, line: 1, endLine: 1 },
        effect: 'no-start',
      });
    const knotted = files
      .filter(({ hardest }) => (hardest?.complexity ?? 0) >= long.complexity)
      .toSorted((a, b) => (b.hardest?.complexity ?? 0) - (a.hardest?.complexity ?? 0));
    const [worst] = knotted;
    if (worst?.hardest && knotted.length >= long.atLeast && knotted.length > long.share * files.length)
      yield fail(
        'read',
        { kind: 'application', name: 'functions' },
        `${knotted.length} of ${files.length} files hold a function with ${long.complexity} decisions or more; the hardest is in ${worst.path} (${worst.hardest.complexity}).`,
        {
          impact: 'Nobody can say from reading what these functions do in every case.',
          remedy: 'Split them along their branches, each part with a name that says what it decides.',
          where: worst.hardest.where,
          effect: 'knotted',
        },
      );
    yield unknown(
      'read',
      application,
      'Whether people can explain this code, only people can show: a named person may state it, module by module, in seaworthy.json.',
    );
  },
});
