import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../model/finding.ts';
import type { Scenario } from '../../model/scenario.ts';
import { hostile } from '../testdata/hostile.ts';
import { sampleReport } from '../testdata/sample.ts';
import { asTest } from './as-test.ts';
import type { WrittenTest } from './as-test.ts';
import { habitsOf, textsWanted } from './habits.ts';
import { planOf } from './plan.ts';
import { drivers, nodeTest, runners } from './runners.ts';

const signUp = (tag: string) => [
  {
    do: 'request',
    as: tag,
    method: 'POST',
    path: '/signup',
    body: { email: '{{me.email}}', password: '{{me.password}}' },
    save: { [`${tag}.token`]: { json: 'token' } },
  } as const,
  { do: 'session', headers: { authorization: `Bearer {{${tag}.token}}` } } as const,
];

/** B reads what A made. */
const leak: Scenario = {
  id: 'access',
  title: 'stranger reads a note',
  actors: {
    owner: { part: 'owner', role: null, entrance: signUp('owner') },
    stranger: { part: 'stranger', role: null, entrance: signUp('stranger') },
  },
  steps: [
    {
      do: 'request',
      as: 'owner',
      method: 'POST',
      path: '/notes',
      body: { text: '{{me.tag}} text', tags: ['a'] },
      save: { 's1.notes.id': { inserted: 'public.notes', column: 'id', answer: 'note.id', known: { text: '{{owner.tag}} text' } } },
    },
    { do: 'request', as: 'stranger', method: 'GET', path: '/notes/{{s1.notes.id}}' },
  ],
  effect: { shows: 'row-read', table: 'public.notes', key: { id: '{{s1.notes.id}}' } },
  byAnswers: { control: { do: 'request', as: 'owner', method: 'GET', path: '/notes/{{s1.notes.id}}' }, shown: ['{{owner.tag}} text'] },
};

const [sample] = sampleReport.findings.filter((one) => one.proof?.scenario);
if (!sample?.proof) throw new Error('the sample holds an experiment');
const proof = sample.proof;

function found(scenario: Partial<Scenario>, more: Partial<Finding> = {}): Finding {
  return { ...(sample as Finding), ...more, proof: { ...proof, scenario: { ...leak, ...scenario } } };
}

const javascript = habitsOf({ files: [], text: () => undefined }, '.');

function written(finding: Finding, habits = javascript): WrittenTest {
  const test = asTest(sampleReport, finding, habits);
  if ('refused' in test) throw new Error(test.refused);
  return test;
}

function refusal(scenario: Partial<Scenario>): string {
  const plan = planOf(found(scenario));
  return 'refused' in plan ? plan.refused : 'not refused';
}

describe('a leak as a test', () => {
  it('lets everybody in, asks first as the owner, and then looks for what is theirs', () => {
    const { text } = written(found({}));
    const body = text.slice(text.indexOf("test('"));
    expect(body).toMatchInlineSnapshot(`
      "test('DELETE /api/admin/users/:id: Every endpoint that is not meant to be public refuses callers who are not signed in', async () => {
        const owner = person();
        const stranger = person();
        const ownerAnswer1 = await must(owner, 'POST', '/signup', { body: { email: owner.email, password: owner.password } });
        const ownerToken = at(ownerAnswer1, 'token');
        owner.headers['authorization'] = \`Bearer \${ownerToken}\`;
        const strangerAnswer1 = await must(stranger, 'POST', '/signup', { body: { email: stranger.email, password: stranger.password } });
        const strangerToken = at(strangerAnswer1, 'token');
        stranger.headers['authorization'] = \`Bearer \${strangerToken}\`;
        const answer1 = await must(owner, 'POST', '/notes', { body: { text: \`\${owner.tag} text\`, tags: ['a'] } });
        const noteId = at(answer1, 'note.id');

        // Whoever may read it is shown it: without that, nothing below would say anything.
        const own = await must(owner, 'GET', \`/notes/\${encodeURIComponent(noteId)}\`);
        assert.ok(shows(own, [\`\${owner.tag} text\`]), 'owner is no longer shown what is theirs' + \`: \${own.what}\`);

        // What nobody else may see, stranger does not see.
        const seen = await send(stranger, 'GET', \`/notes/\${encodeURIComponent(noteId)}\`);
        assert.ok(!shows(seen, [\`\${owner.tag} text\`]), 'stranger was shown what belongs to the owner' + \`: \${seen.what}\`);
      });
      "
    `);
  });

  it('takes what no answer tells from the database, and is skipped without it', () => {
    const [make, read] = leak.steps;
    if (make?.do !== 'request' || !read) throw new Error('two steps');
    const steps = [
      { ...make, save: { 's1.notes.id': { inserted: 'public.notes', column: 'id', known: { text: '{{owner.tag}} text' } } } },
      read,
    ];
    expect(asTest(sampleReport, found({ steps }), javascript)).toMatchObject({ refused: expect.stringContaining('no driver') as string });
    const test = written(found({ steps }), { ...javascript, driver: drivers[0] ?? null });
    expect(test.needs).toEqual(['DATABASE_URL']);
    expect(test.text).toContain(`await query('SELECT "id" AS "found" FROM "public"."notes" WHERE "text" = $1', [\`\${owner.tag} text\`])`);
    expect(test.text).toContain('lacking.length > 0 ? test.skip : test');
  });
});

describe('what cannot be told as a test', () => {
  const last = leak.steps.slice(-1);
  it.each<[string, Partial<Scenario>, string]>([
    ['a fault', { steps: [{ do: 'fault', statement: 'UPDATE', code: '57014' }, ...last] }, 'makes a statement of the database fail'],
    ['a moved clock', { steps: [{ do: 'clock', seconds: 60 }, ...last] }, 'moves the clock'],
    ['a page', { steps: [{ do: 'visit', as: 'owner', path: '/' }, ...last] }, 'looks at a page in a browser'],
    ['nothing unguessable', { byAnswers: {} }, 'nothing unguessable'],
    ['nobody who may', { effect: { shows: 'let-in' }, byAnswers: {} }, 'was not seen to work for whom it is meant'],
    ['an end that only the database knows', { effect: { shows: 'state', sql: 'SELECT 1', rows: 'none' } }, 'what the database holds'],
    ['a statement that broke in silence', { effect: { shows: 'statement-shape', marker: 'x' } }, 'only the statement itself does'],
    [
      'a report from before',
      { actors: { ...leak.actors, stranger: { part: 'stranger', role: null } } },
      'does not say how stranger came in',
    ],
    ['an id that nothing tells', { steps: last }, 'no answer tells s1.notes.id'],
  ])('refuses %s', (_what, scenario, why) => {
    expect(refusal(scenario)).toContain(why);
  });
});

describe('every runner', () => {
  const mass = found({
    effect: { shows: 'row-changed', table: 'public.users', key: {}, op: 'insert', columns: { role: 'admin' } },
    byAnswers: { control: { do: 'request', as: 'stranger', method: 'GET', path: '/notes' }, known: { email: '{{stranger.email}}' } },
  });
  const all = [...runners, nodeTest].flatMap((runner) => [true, false].map((typescript) => ({ runner, typescript })));
  it.each(all)('$runner.name gets a file that parses (TypeScript: $typescript)', ({ runner, typescript }) => {
    for (const [finding, driver] of [
      [found({}), null],
      [mass, drivers[1] ?? null],
    ] as const) {
      for (const modules of typescript ? [true] : [true, false]) {
        const { text } = written(finding, { ...javascript, runner, typescript, modules, driver });
        const name = typescript ? 'a.ts' : modules ? 'a.mjs' : 'a.cjs';
        expect(parseSync(name, text).errors, text).toEqual([]);
      }
    }
  });

  it('reads names of the application as data', () => {
    const named = JSON.parse(JSON.stringify(leak).replaceAll('/notes', `/notes${JSON.stringify(hostile).slice(1, -1)}*/\\n`)) as Scenario;
    const finding = found(named, {
      message: `${hostile}\n*/ import 'x';`,
      title: hostile,
      subject: { kind: 'endpoint', name: `${hostile}\n"""` },
    });
    for (const typescript of [true, false]) {
      const { text } = written(finding, { ...javascript, typescript });
      const { errors, module } = parseSync(typescript ? 'a.ts' : 'a.mjs', text);
      expect(errors).toEqual([]);
      expect(module.staticImports.map((one) => one.moduleRequest.value)).toEqual(['node:test', 'node:assert/strict']);
      expect(text).not.toMatch(/[^\n\u0020-\u007e«»]/);
    }
  });
});

describe('habits', () => {
  const habits = (manifest: object, files: string[], texts: Record<string, string> = {}, unit = '.') => {
    const text = (path: string): string | undefined =>
      ({ [unit === '.' ? 'package.json' : `${unit}/package.json`]: JSON.stringify(manifest), ...texts })[path];
    const { runner, typescript, modules, place, port } = habitsOf({ files: ['package.json', ...files, ...Object.keys(texts)], text }, unit);
    return [runner.name, typescript ? 'ts' : 'js', modules ? 'import' : 'require', `${place.folder}/${place.prefix}x${place.suffix}`, port];
  };
  it.each<[string, ReturnType<typeof habits>, unknown[]]>([
    ['none', habits({}, ['src/a.ts']), ['node:test', 'js', 'import', 'test/security/x.test.mjs', 3000]],
    [
      'vitest beside the code',
      habits({ devDependencies: { vitest: '1' } }, ['src/a.test.ts']),
      ['vitest', 'ts', 'import', 'src/security/x.test.ts', 3000],
    ],
    [
      'jest in CommonJS',
      habits({ scripts: { test: 'jest' } }, ['__tests__/a.spec.js'], { '__tests__/a.spec.js': "const a = require('a');" }),
      ['jest', 'js', 'require', '__tests__/security/x.spec.js', 3000],
    ],
    [
      'a script that looks into one folder',
      habits({ type: 'module', scripts: { test: 'node --import tsx --test tests/*.test.ts' } }, ['tests/a.test.ts']),
      ['node:test', 'ts', 'import', 'tests/security-x.test.ts', 3000],
    ],
    [
      'mocha in a workspace',
      habits({ scripts: { test: 'mocha' } }, ['api/test/a.js'], { 'api/src/server.js': 'app.listen(process.env.PORT || 4100)' }, 'api'),
      ['mocha', 'js', 'require', 'api/test/security/x.test.js', 4100],
    ],
  ])('of an application with %s', (_what, seen, wanted) => {
    expect(seen).toEqual(wanted);
  });

  it('knows Python by what it requires, and writes for pytest', () => {
    const python = habitsOf({ files: ['manage.py', 'requirements.txt', 'shop/tests/test_a.py'], text: () => undefined }, '.');
    expect([python.language, python.place.folder, python.port]).toEqual(['python', 'shop/tests/security', 8000]);
    const { path, text } = written(found({}), python);
    expect(path).toMatch(/^shop\/tests\/security\/test_\w+\.py$/);
    expect(text).toContain('assert not shows(seen, [str(owner.tag) + " text"])');
  });

  it('asks for no more than it needs to read', () => {
    expect(textsWanted(['package.json', 'web/a.ts', 'api/package.json', 'api/src/a.ts', 'api/README.md'], 'api')).toEqual([
      'package.json',
      'api/package.json',
      'api/src/a.ts',
    ]);
  });
});
