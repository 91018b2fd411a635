import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceSchemas } from '../../model/evidence/index.ts';
import { auth, ids, read } from './program.testing.ts';

describe('hostile trees', () => {
  it.each([
    ['a syntax error', 'const = ;', /syntax error on line 1/],
    ['binary content', Buffer.from([1, 0, 2]), /binary/],
    ['a large file', `//${'x'.repeat(1_600_000)}`, /larger than/],
    ['minified code', 'a();'.repeat(9000), /minified/],
    ['deep brackets', '['.repeat(15_000), /too deeply/],
    ['deep arrows', `x=${'a=>'.repeat(50_000)}1\n`.replace(/(a=>){50}/g, '$&\n'), /too deeply/],
    ['deep conditions', 'if (a) {}\n else '.repeat(20_000), /too deeply|syntax error/],
  ])('leaves out %s and reads the rest', async (_, text, reason) => {
    const program = await read({ 'bad.ts': text, 'good.ts': `import express from 'express'; express().get('/x', () => {});` });
    expect(ids(program)).toEqual(['GET /x']);
    expect(program.gaps.map((gap) => [gap.file, reason.test(gap.reason)])).toEqual([['bad.ts', true]]);
  });

  it('reads what an editor on Windows wrote in UTF-16', async () => {
    const text = Buffer.from(`\uFEFFimport express from 'express';\nexpress().get('/x', () => {});`, 'utf16le');
    const program = await read({ 'wide.ts': text });
    expect([ids(program), program.gaps]).toEqual([['GET /x'], []]);
  });

  const sources = [
    auth,
    `import express from 'express'; import { authenticate, wrap } from './auth'; const app = express(); class A { #x = 1; list = async (req, res) => { let s = 'a'; s += req.query.q; for (const k in req.body) { switch (k) { case 'a': return res.json(s); default: break; } } }; } app.use(authenticate); app.get('/x/:id', wrap(new A().list)); export default app;`,
  ];
  const pieces = [
    '(',
    ')',
    '{',
    '}',
    '=>',
    '...',
    'await ',
    'return ',
    'app',
    'req.body',
    '`${',
    '`',
    ',',
    ';',
    '=',
    'app = app;',
    'f(f);',
    'const f = (x) => f(f(x));',
    'class B extends B {}',
    'require("./app")',
    'export * from "./app";',
    'this',
    '?.',
    '[0]',
    'x.y = x;',
  ];
  it('never throws and never hangs on mutated sources', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.constantFrom(...pieces)), { minLength: 1, maxLength: 6 }),
        async (edits) => {
          const files = sources.map((source, index) =>
            edits.reduce(
              (text, [at, cut, piece], n) =>
                n % 2 === index ? text.slice(0, at % text.length) + piece + text.slice((at % text.length) + cut) : text,
              source,
            ),
          );
          const program = await read({ 'auth.ts': files[0] ?? '', 'app.ts': files[1] ?? '' });
          evidenceSchemas.routes.parse({ routes: program.routes });
          evidenceSchemas.queries.parse({ queries: program.queries, declared: program.declared, rowSecurity: program.rowSecurity });
          evidenceSchemas.calls.parse({ calls: program.calls });
          evidenceSchemas.catches.parse({ catches: program.catches });
        },
      ),
      { numRuns: 400 },
    );
  });
});
