/** How a test runner wants its tests. All take assertions of Node's own `assert`. */
export interface Runner {
  readonly name: string;
  /** Packages of the manifest by which it is known. */
  readonly known: RegExp;
  /** What a test script that calls it says. */
  readonly called: RegExp;
  /** What the test is declared with, by the module that gives it; none where it is global. */
  readonly from: string | null;
  readonly test: string;
  readonly skip: string;
  /** A first line of the file, where the runner takes settings there. */
  readonly pragma: string | null;
  /** How the test function begins and ends. */
  readonly opens: string;
  readonly first: string | null;
  readonly last: string | null;
  /** A third argument: how long the test may take. */
  readonly limit: string | null;
  /** The command that runs one file; `loader`: the application brings tsx. */
  readonly run: (file: string, loader: boolean) => string;
}

const minute = '60_000';
const plain = {
  test: 'test',
  skip: 'test.skip',
  pragma: null,
  opens: 'async () => {',
  first: null,
  last: null,
  limit: null,
};

/** Sorted: whoever is named by a test script wins over whoever is only installed. */
export const runners: readonly Runner[] = [
  {
    ...plain,
    name: 'vitest',
    called: /\bvitest\b/,
    known: /^vitest$/,
    from: 'vitest',
    pragma: '// @vitest-environment node',
    limit: minute,
    run: (file) => `npx vitest run ${file}`,
  },
  {
    ...plain,
    name: 'jest',
    called: /\bjest\b|react-scripts test/,
    known: /^(jest|ts-jest|react-scripts|@jest\/core)$/,
    from: null,
    pragma: '/** @jest-environment node */',
    limit: minute,
    run: (file) => `npx jest ${file}`,
  },
  {
    ...plain,
    name: 'playwright',
    called: /\bplaywright\b/,
    known: /^@playwright\/test$/,
    from: '@playwright/test',
    run: (file) => `npx playwright test ${file}`,
  },
  {
    ...plain,
    name: 'mocha',
    called: /\bmocha\b/,
    known: /^mocha$/,
    from: null,
    test: 'it',
    skip: 'it.skip',
    opens: 'async function () {',
    first: `this.timeout(${minute});`,
    run: (file) => `npx mocha ${file}`,
  },
  {
    ...plain,
    name: 'ava',
    called: /\bava\b/,
    known: /^ava$/,
    from: 'ava',
    opens: 'async (t) => {',
    first: `t.timeout(${minute});`,
    last: 't.pass();',
    run: (file) => `npx ava ${file}`,
  },
  { ...plain, name: 'tap', called: /\btap\b/, known: /^tap$/, from: 'tap', skip: 'skipped', run: (file) => `npx tap ${file}` },
  {
    ...plain,
    name: 'jasmine',
    called: /\bjasmine\b/,
    known: /^jasmine$/,
    from: null,
    test: 'it',
    skip: 'xit',
    last: 'expect().nothing();',
    limit: minute,
    run: (file) => `npx jasmine ${file}`,
  },
  {
    ...plain,
    name: 'bun',
    called: /\bbun test\b/,
    known: /^(bun|@types\/bun|bun-types)$/,
    from: 'bun:test',
    limit: minute,
    run: (file) => `bun test ${file}`,
  },
];

/** What every Node brings. */
export const nodeTest: Runner = {
  ...plain,
  name: 'node:test',
  called: /\bnode\b.*--test\b/,
  known: /^node$/,
  from: 'node:test',
  run: (file, loader) => `node ${loader ? '--import tsx ' : ''}--test ${file}`,
};

/** How a test reaches the application's database: what the application itself uses. */
export interface Driver {
  readonly name: string;
  readonly known: RegExp;
  /** The name that the module's default export (or its named one, in braces) gets. */
  readonly binding: string;
  /** The body of `query(text, parameters)`, which gives rows. */
  readonly lines: readonly string[];
}

const literals = [
  '  // Written as literals: the driver would give each parameter a type of its own.',
  "  const literal = (value«: unknown») => (value === null || value === undefined ? 'NULL' : `'${String(value).replaceAll(\"'\", \"''\")}'`);",
  '  const filled = text.replace(/\\$(\\d+)/g, (_all«: string», number«: string») => literal(parameters[Number(number) - 1]));',
];
const ordered = [
  '  const given«: unknown[]» = [];',
  "  const filled = text.replace(/\\$(\\d+)/g, (_all«: string», number«: string») => (given.push(parameters[Number(number) - 1]), '?'));",
];
const file = "databaseUrl.replace(/^(file|sqlite):(\\/\\/)?/, '')";

export const drivers: readonly Driver[] = [
  {
    name: 'pg',
    binding: 'pg',
    known: /^pg$/,
    lines: [
      '  const client = new pg.Client({ connectionString: databaseUrl });',
      '  await client.connect();',
      '  try {',
      '    return (await client.query(text, parameters)).rows;',
      '  } finally {',
      '    await client.end();',
      '  }',
    ],
  },
  {
    name: 'postgres',
    binding: 'postgres',
    known: /^postgres$/,
    lines: [
      '  const sql = postgres(databaseUrl);',
      '  try {',
      '    return [...(await sql.unsafe(text, parameters))];',
      '  } finally {',
      '    await sql.end();',
      '  }',
    ],
  },
  {
    name: 'better-sqlite3',
    binding: 'Database',
    known: /^better-sqlite3$/,
    lines: [
      ...ordered,
      `  const database = new Database(${file});`,
      '  try {',
      '    const statement = database.prepare(filled);',
      '    return statement.reader ? statement.all(...given) : (statement.run(...given), []);',
      '  } finally {',
      '    database.close();',
      '  }',
    ],
  },
  {
    name: 'node:sqlite',
    binding: '{ DatabaseSync }',
    known: /^(sqlite3|sqlite|node:sqlite|@libsql\/client)$/,
    lines: [
      ...ordered,
      `  const database = new DatabaseSync(${file});`,
      '  try {',
      '    return database.prepare(filled).all(...given);',
      '  } finally {',
      '    database.close();',
      '  }',
    ],
  },
  {
    name: '@prisma/client',
    binding: 'prisma',
    known: /^@prisma\/client$/,
    lines: [
      ...literals,
      '  const client = new prisma.PrismaClient();',
      '  try {',
      '    if (/^SELECT|RETURNING/i.test(filled)) return await client.$queryRawUnsafe(filled);',
      '    await client.$executeRawUnsafe(filled);',
      '    return [];',
      '  } finally {',
      '    await client.$disconnect();',
      '  }',
    ],
  },
];
