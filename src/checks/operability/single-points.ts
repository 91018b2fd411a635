import { application, defineCheck, fail, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'No single part takes everything down',
  control: 'operability/single-points-of-failure',
  severity: 'low',
  cwe: [1125],
  standards: ['ISO/IEC 25010 availability'],
  why: 'A machine that is restarted, a zone that is down, a disk that is full: with one of everything, each of these is an outage for every customer. That may be fine, but somebody should have decided so.',
  remedy: 'Run at least two instances, let somebody else run the database with a stand-by, and write down what stays single and why.',
  needs: ['hosting'],
  *run({ hosting: { value } }) {
    const single = value.platforms.filter(({ instances, elastic }) => instances !== null && instances <= 1 && !elastic);
    for (const [file, all] of Map.groupBy(single, (one) => one.file)) {
      const [first] = all;
      if (first === undefined) continue;
      const asleep = first.instances === 0;
      yield fail(
        'read',
        { kind: 'file', name: file },
        asleep
          ? `On ${first.platform} no instance is kept running, and ${file} asks for no second one.`
          : `On ${first.platform} the application runs as one instance (${file}).`,
        {
          where: { file, line: first.line, endLine: first.line },
          impact: asleep
            ? 'The first visitor after a pause waits for a start, and one machine that fails is an outage.'
            : 'When that instance is restarted, updated or lost, the application is down for everybody.',
          effect: 'one-instance',
        },
      );
    }
    const database = value.services.find(
      (one) => one.for === 'production' && /(^|\/)(postgres|mysql|mariadb|mongo|postgis)(:|$)/.test(one.image ?? ''),
    );
    if (database !== undefined)
      yield fail(
        'read',
        { kind: 'file', name: `${database.file}: ${database.name}` },
        `${database.file} runs the database (\`${database.name}\`) beside the application on one machine.`,
        {
          where: { file: database.file, line: database.line, endLine: database.line },
          impact: 'Where that is production, the machine takes application and data down together, and its disk holds the only copy.',
          effect: 'database-beside',
        },
      );
    yield unknown(
      'read',
      application,
      value.platforms.length === 0 && value.services.length === 0
        ? 'Nothing in the repository says where the application runs, so what is there only once is not known.'
        : `The repository tells of ${names(value)} but not of all that production leans on (database, zones, e-mail, payment). Whoever runs it can state it ("attest" in seaworthy.json).`,
    );
  },
});

function names({
  platforms,
  services,
}: {
  readonly platforms: readonly { platform: string }[];
  readonly services: readonly { file: string }[];
}): string {
  return [...new Set([...platforms.map(({ platform }) => platform), ...services.map(({ file }) => file)])].slice(0, 4).join(', ');
}
