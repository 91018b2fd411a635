/** A release line and the last day on which it gets security fixes. */
export type Line = readonly [line: string, ends: string];

/** A product whose release lines end on published days. */
export interface Product {
  readonly name: string;
  readonly source: string;
  readonly lines: readonly Line[];
}

/**
 * When release lines end, as their makers publish it. Written down on 2026-11-01; a line that is not here is newer or older than
 * what is listed: newer ones count as supported, older ones as ended.
 */
export const products = {
  node: {
    name: 'Node.js',
    source: 'https://github.com/nodejs/release#release-schedule',
    lines: [
      ['10', '2021-04-30'],
      ['12', '2022-04-30'],
      ['13', '2020-06-01'],
      ['14', '2023-04-30'],
      ['15', '2021-06-01'],
      ['16', '2023-09-11'],
      ['17', '2022-06-01'],
      ['18', '2025-04-30'],
      ['19', '2023-06-01'],
      ['20', '2026-04-30'],
      ['21', '2024-06-01'],
      ['22', '2027-04-30'],
      ['23', '2025-06-01'],
      ['24', '2028-04-30'],
      ['25', '2026-06-01'],
      ['26', '2029-04-30'],
    ],
  },
  postgres: {
    name: 'PostgreSQL',
    source: 'https://www.postgresql.org/support/versioning/',
    lines: [
      ['9', '2021-11-11'],
      ['10', '2022-11-10'],
      ['11', '2023-11-09'],
      ['12', '2024-11-21'],
      ['13', '2025-11-13'],
      ['14', '2026-11-12'],
      ['15', '2027-11-11'],
      ['16', '2028-11-09'],
      ['17', '2029-11-08'],
      ['18', '2030-11-14'],
    ],
  },
  python: {
    name: 'Python',
    source: 'https://devguide.python.org/versions/',
    lines: [
      ['3.6', '2021-12-23'],
      ['3.7', '2023-06-27'],
      ['3.8', '2024-10-07'],
      ['3.9', '2025-10-31'],
      ['3.10', '2026-10-31'],
      ['3.11', '2027-10-31'],
      ['3.12', '2028-10-31'],
      ['3.13', '2029-10-31'],
      ['3.14', '2030-10-31'],
    ],
  },
  mysql: {
    name: 'MySQL',
    source: 'https://www.oracle.com/us/support/library/lifetime-support-technology-069183.pdf',
    lines: [
      ['5.6', '2021-02-05'],
      ['5.7', '2023-10-31'],
      ['8.0', '2026-04-30'],
      ['8.4', '2032-04-30'],
    ],
  },
  mongo: {
    name: 'MongoDB',
    source: 'https://www.mongodb.com/legal/support-policy/lifecycles',
    lines: [
      ['4', '2024-02-29'],
      ['5', '2024-10-31'],
      ['6', '2025-07-31'],
      ['7', '2027-08-31'],
      ['8', '2029-10-31'],
    ],
  },
  next: {
    name: 'Next.js',
    source: 'https://nextjs.org/support-policy',
    lines: [
      ['11', '2022-10-26'],
      ['12', '2022-11-21'],
      ['13', '2024-12-21'],
      ['14', '2025-10-26'],
      ['15', '2026-10-21'],
      ['16', '2027-10-21'],
    ],
  },
  vue: {
    name: 'Vue',
    source: 'https://v2.vuejs.org/eol/',
    lines: [
      ['2', '2023-12-31'],
      ['3', '2099-12-31'],
    ],
  },
  nuxt: {
    name: 'Nuxt',
    source: 'https://nuxt.com/docs/community/roadmap',
    lines: [
      ['2', '2024-06-30'],
      ['3', '2026-07-31'],
      ['4', '2099-12-31'],
    ],
  },
  angular: {
    name: 'Angular',
    source: 'https://angular.dev/reference/releases',
    lines: [
      ['14', '2023-11-18'],
      ['15', '2024-05-18'],
      ['16', '2024-11-08'],
      ['17', '2025-05-15'],
      ['18', '2025-11-21'],
      ['19', '2026-05-19'],
      ['20', '2026-11-28'],
    ],
  },
  angularjs: {
    name: 'AngularJS',
    source: 'https://blog.angular.dev/discontinued-long-term-support-for-angularjs-cc066b82e65a',
    lines: [['1', '2021-12-31']],
  },
  apollo: {
    name: 'Apollo Server',
    source: 'https://www.apollographql.com/docs/apollo-server/previous-versions',
    lines: [
      ['2', '2023-10-22'],
      ['3', '2024-10-22'],
      ['4', '2026-01-26'],
      ['5', '2099-12-31'],
    ],
  },
} as const satisfies Record<string, Product>;

export type ProductKey = keyof typeof products;

/** Packages of npm that are such a product. */
export const byPackage: Readonly<Record<string, ProductKey>> = {
  next: 'next',
  vue: 'vue',
  nuxt: 'nuxt',
  '@angular/core': 'angular',
  angular: 'angularjs',
  'apollo-server': 'apollo',
  'apollo-server-express': 'apollo',
  '@apollo/server': 'apollo',
};

/** Images of registries that are such a product, by the last part of their name. */
export const byImage: Readonly<Record<string, ProductKey>> = {
  node: 'node',
  postgres: 'postgres',
  postgresql: 'postgres',
  postgis: 'postgres',
  pgvector: 'postgres',
  'timescaledb-ha': 'postgres',
  python: 'python',
  mysql: 'mysql',
  mongo: 'mongo',
};

/** Names of Node's long-term lines, as version managers take them. */
export const codenames: Readonly<Record<string, string>> = {
  dubnium: '10',
  erbium: '12',
  fermium: '14',
  gallium: '16',
  hydrogen: '18',
  iron: '20',
  jod: '22',
  krypton: '24',
};
