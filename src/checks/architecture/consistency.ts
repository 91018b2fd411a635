import { defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';

type Unit = EvidenceValue<'dependencies'>['units'][number];

interface Job {
  readonly name: string;
  readonly packages: readonly RegExp[];
  readonly impact: string;
}

/** Jobs for which one library is enough; those of one row do the same and cannot share what they know. */
const jobs: readonly Job[] = [
  {
    name: 'reaching the database',
    packages: [
      /^(@prisma\/client)$/,
      /^drizzle-orm$/,
      /^typeorm$/,
      /^sequelize(-typescript)?$/,
      /^knex$|^objection$|^bookshelf$/,
      /^kysely$/,
      /^mongoose$/,
      /^@mikro-orm\/core$/,
    ],
    impact: 'Two of them mean two pools, two ideas of the tables, and transactions that do not cover what the other one writes.',
  },
  {
    name: 'sending requests',
    packages: [
      /^axios$/,
      /^got$/,
      /^node-fetch$|^cross-fetch$|^isomorphic-fetch$/,
      /^superagent$/,
      /^ky$/,
      /^request(-promise(-native)?)?$/,
      /^undici$/,
      /^ofetch$/,
    ],
    impact: 'Time limits, retries and error handling are set in one and forgotten in the other.',
  },
  {
    name: 'computing with dates',
    packages: [/^moment(-timezone)?$/, /^dayjs$/, /^date-fns$/, /^luxon$/, /^@js-joda\/core$/],
    impact: 'They round, parse and take time zones differently; the same day is shown as two.',
  },
  {
    name: 'checking input',
    packages: [
      /^zod$/,
      /^joi$|^@hapi\/joi$/,
      /^yup$/,
      /^valibot$/,
      /^superstruct$/,
      /^class-validator$/,
      /^express-validator$/,
      /^@sinclair\/typebox$/,
      /^arktype$/,
    ],
    impact: 'What one refuses the other lets pass, and nobody knows which rule holds where.',
  },
  {
    name: 'keeping state in the browser',
    packages: [
      /^(redux|@reduxjs\/toolkit|react-redux)$/,
      /^zustand$/,
      /^mobx(-react(-lite)?)?$/,
      /^jotai$/,
      /^recoil$/,
      /^valtio$/,
      /^(vuex|pinia)$/,
    ],
    impact: 'The same thing is kept twice and changes in one place only.',
  },
  {
    name: 'fetching data for screens',
    packages: [/^@tanstack\/react-query$|^react-query$/, /^swr$/, /^@apollo\/client$/, /^urql$|^@urql\/core$/],
    impact: 'Each has its own cache: after a change one screen is new and the other old.',
  },
  {
    name: 'writing logs',
    packages: [/^winston$/, /^pino$/, /^bunyan$/, /^log4js$/, /^loglevel$/, /^signale$/],
    impact: 'Half of what happened is in another form, or in no log at all.',
  },
  {
    name: 'running tests',
    packages: [/^jest$/, /^vitest$/, /^mocha$/, /^ava$/, /^tape$/, /^jasmine$/],
    impact: 'One of them is forgotten, and its tests rot.',
  },
  {
    name: 'signing people in',
    packages: [
      /^next-auth$|^@auth\/core$/,
      /^better-auth$/,
      /^lucia$/,
      /^passport$/,
      /^@clerk\/(nextjs|express|backend)$/,
      /^@supabase\/auth-helpers-.*$|^@supabase\/ssr$/,
      /^iron-session$/,
    ],
    impact: 'Signing out of one leaves the other session open.',
  },
];

/** Of mixed ways of catching errors in handlers: fewer handlers than these are no habit. */
const habit = 4;

export default defineCheck({
  title: 'One way to do each thing',
  control: 'architecture/consistency',
  severity: 'low',
  cwe: [1076],
  standards: ['CWE-1076'],
  why: 'Where a thing is done in two ways, every rule has to be kept twice, and a newcomer, or a coding tool, copies whichever was seen last. Generated code mixes what different sessions preferred.',
  remedy: 'Decide for one, say so in the README, and move the other over while you touch it anyway.',
  needs: ['dependencies'],
  uses: ['routes', 'catches', 'calls'],
  *run({ dependencies: { value }, routes, catches }) {
    const units = value.units.filter(({ imports }) => imports.length > 0);
    if (units.length === 0) return yield notApplicable('There is no code that imports packages.');
    for (const unit of units) {
      const prefix = unit.dir === '.' ? '' : `${unit.dir}: `;
      let mixed = 0;
      for (const job of jobs) {
        const used = job.packages.map((pattern) => placesOf(unit, pattern)).filter((places) => places.length > 0);
        if (used.length < 2) continue;
        mixed++;
        const said = used.map(
          (places) => `\`${places[0]?.name}\` (${places.length} ${places.length === 1 ? 'file' : 'files'}, e.g. ${places[0]?.where.file})`,
        );
        const rarest = used.toSorted((a, b) => a.length - b.length)[0]?.[0];
        yield fail(
          'read',
          { kind: 'application', name: `${prefix}${job.name}` },
          `${prefix}There are ${used.length} libraries for ${job.name}: ${said.join(', ')}.`,
          {
            impact: job.impact,
            where: rarest?.where ?? null,
            effect: 'several',
          },
        );
      }
      if (mixed === 0) yield pass('read', { kind: 'application', name: `${prefix}libraries` });
    }
    const handlers = (routes?.value.routes ?? []).filter(({ handler }) => handler !== null);
    const caught = new Set(catches?.value.catches.flatMap(({ within }) => within) ?? []);
    const own = handlers.filter(({ handler }) => handler !== null && caught.has(`${handler.where.file}:${handler.where.line}`));
    const others = handlers.length - own.length;
    const [first] = own;
    if (first?.handler && own.length >= habit && others >= habit && Math.min(own.length, others) >= 0.25 * handlers.length)
      yield fail(
        'read',
        { kind: 'application', name: 'errors in handlers' },
        `${own.length} of ${handlers.length} handlers catch errors themselves, and ${others} leave them to whoever called.`,
        {
          impact: 'The same failure is answered in different shapes, and some of them in none.',
          remedy: 'Leave errors to one handler for all, and catch only where something else is to happen.',
          where: first.handler.where,
          effect: 'mixed-errors',
        },
      );
    else if (own.length > 0 && others > 0)
      yield unknown(
        'read',
        { kind: 'application', name: 'errors in handlers' },
        `${own.length} of ${handlers.length} handlers catch errors themselves; whether the others are meant to differ, reading cannot tell.`,
      );
  },
});

/** The files of a unit's product that import a package of this kind. */
function placesOf(unit: Unit, pattern: RegExp): Unit['imports'] {
  return unit.imports.filter(
    ({ name, typeOnly, where }) =>
      !typeOnly &&
      pattern.test(name) &&
      !/(^|\/)(tests?|__tests__|e2e|scripts?|fixtures|examples?)\/|\.(test|spec|config)\.[^/]+$/.test(where.file),
  );
}
