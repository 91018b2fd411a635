import { describe, expect, it } from 'vitest';
import { app, holes } from './program.testing.ts';

describe('statements', () => {
  const handler = (body: string) => `app.get('/x/:id', async (req, res) => { ${body} });`;
  const cases: [string, string, string[]][] = [
    ['input in a template', handler("await pool.query(`SELECT * FROM t WHERE a = '${req.query.a}'`);"), ['input']],
    ['input by concatenation', handler(`await pool.query("SELECT * FROM t WHERE a = '" + req.query.a.trim() + "'");`), ['input']],
    [
      'input through a function',
      `const find = (mail) => pool.query("SELECT * FROM t WHERE mail = '" + mail + "'"); ${handler('await find(req.body.mail);')}`,
      ['input'],
    ],
    ['a parameter', handler(`await pool.query('SELECT * FROM t WHERE a = $1', [req.query.a]);`), []],
    ['Number()', handler('await pool.query(`SELECT * FROM t LIMIT ${Number(req.query.n)}`);'), ['guarded']],
    [
      'parseInt in a variable',
      handler('const n = parseInt(req.query.n, 10) || 1; await pool.query(`SELECT * FROM t LIMIT ${n}`);'),
      ['guarded'],
    ],
    [
      'an allow-list',
      handler(
        `if (!['a', 'b'].includes(req.query.sort)) return res.status(400).end(); await pool.query(\`SELECT * FROM t ORDER BY \${req.query.sort}\`);`,
      ),
      ['guarded'],
    ],
    [
      'a look-up table',
      handler('const columns = { a: "a", b: "b" }; await pool.query(`SELECT * FROM t ORDER BY ${columns[req.query.sort]}`);'),
      ['constant'],
    ],
    [
      'a list that does not hold what is used',
      handler(
        `if (!['a'].includes(req.query.other)) return res.status(400).end(); await pool.query(\`SELECT * FROM t ORDER BY \${req.query.sort}\`);`,
      ),
      ['input'],
    ],
    [
      'an anchored pattern',
      handler(
        'if (!/^[a-z]+$/.test(req.query.s)) return res.status(400).end(); await pool.query(`SELECT * FROM t ORDER BY ${req.query.s}`);',
      ),
      ['guarded'],
    ],
    [
      'a pattern that is not anchored',
      handler(
        'if (!/[a-z]+/.test(req.query.s)) return res.status(400).end(); await pool.query(`SELECT * FROM t ORDER BY ${req.query.s}`);',
      ),
      ['input'],
    ],
    ['pg-format', `import format from 'pg-format'; ${handler(`await pool.query(format('SELECT * FROM %I', req.query.t));`)}`, []],
    ['a constant', `const table = 't'; ${handler('await pool.query(`SELECT * FROM ${table}`);')}`, []],
    [
      'text built in steps',
      handler(`let sql = 'SELECT * FROM t WHERE true'; if (req.query.a) sql += " AND a = '" + req.query.a + "'"; await pool.query(sql);`),
      ['input'],
    ],
    ['a configuration object', handler('await pool.query({ text: `SELECT * FROM ${req.query.t}`, values: [] });'), ['input']],
    [
      'a schema that allows only numbers',
      `import { z } from 'zod'; ${handler('const { n } = z.object({ n: z.number() }).parse(req.body); await pool.query(`SELECT * FROM t LIMIT ${n}`);')}`,
      ['guarded'],
    ],
    [
      'a schema that allows any text',
      `import { z } from 'zod'; ${handler('const { n } = z.object({ n: z.string() }).parse(req.body); await pool.query(`SELECT * FROM t ORDER BY ${n}`);')}`,
      ['input'],
    ],
  ];
  it.each(cases)('%s', async (_, source, expected) => expect(await holes(source)).toEqual(expected));

  it('maps filters through parameters, across a wrapper of query', async () => {
    const program = await app(
      `import { query } from './db.js'; app.get('/x/:id', async (req, res) => { await query('SELECT * FROM orders o JOIN items i ON i.order_id = o.id WHERE o.id = $1 AND o.organisation_id = $2 LIMIT 5', [req.params.id, req.user.organisationId]); });`,
      {
        'src/db.ts': `import pg from 'pg'; const pool = new pg.Pool(); export const query = (text, values) => pool.query(text, values);`,
      },
    );
    expect(program.queries).toHaveLength(1);
    expect(program.queries[0]).toMatchObject({
      where: { file: 'src/app.ts', line: 5 },
      verb: 'select',
      tables: ['items', 'orders'],
      star: true,
      limited: true,
      routes: ['GET /x/:id'],
    });
    expect(program.queries[0]?.filters).toContainEqual({
      table: 'orders',
      column: 'organisation_id',
      value: { kind: 'session', name: 'organisationId' },
      of: [],
    });
    expect(program.queries[0]?.filters).toContainEqual({
      table: 'orders',
      column: 'id',
      value: { kind: 'input', from: 'params', name: 'id' },
      of: [],
    });
  });
  it('numbers parameters that the code counts', async () => {
    const program = await app(
      `app.get('/x', async (req, res) => { const v = []; let w = ''; if (req.query.a) { v.push(req.query.a); w = \`WHERE a = $\${v.length}\`; } await pool.query(\`SELECT id FROM t \${w}\`, v); });`,
    );
    expect(program.queries[0]).toMatchObject({
      text: 'SELECT id FROM t WHERE a = $1',
      filters: [{ table: 't', column: 'a', value: { kind: 'input', from: 'query', name: 'a' }, of: [] }],
    });
  });
  it('tells which calls stand inside a transaction, a loop and a try', async () => {
    const program = await app(
      `app.post('/x', async (req, res) => { const c = await pool.connect(); try { await c.query('BEGIN'); for (const i of req.body.items) { await c.query('INSERT INTO t VALUES ($1)', [i]); } await c.query('COMMIT'); } catch (e) { await c.query('ROLLBACK'); throw e; } });`,
    );
    expect(program.calls.find((one) => one.args[0]?.kind === 'literal' && String(one.args[0].value).startsWith('INSERT'))).toMatchObject({
      symbol: 'npm:pg#PoolClient.query',
      inLoop: true,
      inTry: true,
      inTransaction: true,
      awaited: true,
    });
  });
});
