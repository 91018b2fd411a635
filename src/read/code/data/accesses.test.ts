import { describe, expect, it } from 'vitest';
import type { AbstractValue } from '../../../model/evidence/read.ts';
import { read } from '../program.testing.ts';

/** The same three requests in every library: a list of one's own, a counted change in a transaction, a new row out of the body. */
const libraries: Record<string, { set: string; files?: Record<string, string>; own: string; change: string; add: string }> = {
  drizzle: {
    set: `import { drizzle } from 'drizzle-orm/node-postgres'; import { eq, and, desc, sql } from 'drizzle-orm'; import * as schema from './schema.js'; import { accounts } from './schema.js';
const db = drizzle('postgres://x', { schema });`,
    files: {
      'src/schema.ts': `import { pgTable, serial, integer, text } from 'drizzle-orm/pg-core';
export const accounts = pgTable('bank_accounts', { id: serial('id').primaryKey(), ownerId: integer('owner_id'), balance: integer('balance'), label: text('label') });`,
    },
    own: `await db.select().from(accounts).where(eq(accounts.ownerId, req.user.id)).orderBy(desc(accounts.id)).limit(20)`,
    change: `await db.transaction(async (tx) => { await tx.update(accounts).set({ balance: sql\`\${accounts.balance} + 1\` }).where(and(eq(accounts.id, req.params.id), eq(accounts.ownerId, req.user.id))); })`,
    add: `await db.insert(accounts).values({ label: req.body.label }).onConflictDoNothing()`,
  },
  'drizzle with relations': {
    set: `import { drizzle } from 'drizzle-orm/node-postgres'; import { eq, sql } from 'drizzle-orm'; import * as schema from './schema.js'; import { accounts } from './schema.js';
const db = drizzle({ client: 1, schema });`,
    files: {
      'src/schema.ts': `import { pgTable, serial, integer, text } from 'drizzle-orm/pg-core';
export const accounts = pgTable('bank_accounts', { id: serial('id').primaryKey(), ownerId: integer('owner_id'), balance: integer('balance'), label: text('label') });`,
    },
    own: `await db.query.accounts.findMany({ where: (t, { eq }) => eq(t.ownerId, req.user.id), orderBy: (t) => t.id, limit: 20 })`,
    change: `await db.transaction(async (tx) => { await tx.update(accounts).set({ balance: sql\`\${accounts.balance} + 1\` }).where(sql\`\${accounts.id} = \${req.params.id} AND \${accounts.ownerId} = \${req.user.id}\`); })`,
    add: `await db.insert(accounts).values({ label: req.body.label }).onConflictDoUpdate({})`,
  },
  prisma: {
    set: `import { PrismaClient } from '@prisma/client';\nconst globalForPrisma = globalThis; const prisma = globalForPrisma.prisma ?? new PrismaClient();`,
    files: {
      'prisma/schema.prisma': `model Account {\n  id Int @id\n  ownerId Int @map("owner_id")\n  balance Int\n  label String\n  @@map("bank_accounts")\n}\n`,
    },
    own: `await prisma.account.findMany({ where: { ownerId: req.user.id }, orderBy: { id: 'desc' }, take: 20 })`,
    change: `await prisma.$transaction([prisma.account.update({ where: { id: req.params.id, ownerId: req.user.id }, data: { balance: { increment: 1 } } })])`,
    add: `await prisma.account.upsert({ where: { label: 'x' }, create: { label: req.body.label }, update: {} })`,
  },
  knex: {
    set: `import knex from 'knex';\nconst db = knex({ client: 'pg' });`,
    own: `await db('bank_accounts').where({ owner_id: req.user.id }).orderBy('id').limit(20)`,
    change: `await db.transaction(async (trx) => { await trx('bank_accounts').where('id', req.params.id).andWhere('owner_id', '=', req.user.id).increment('balance', 1); })`,
    add: `await db('bank_accounts').insert({ label: req.body.label }).onConflict('label').ignore()`,
  },
  kysely: {
    set: `import { Kysely } from 'kysely';\nconst db = new Kysely({});`,
    own: `await db.selectFrom('bank_accounts').selectAll().where('owner_id', '=', req.user.id).orderBy('id').limit(20).execute()`,
    change: `await db.transaction().execute(async (trx) => { await trx.updateTable('bank_accounts').set((eb) => ({ balance: eb('balance', '+', 1) })).where('id', '=', req.params.id).where('owner_id', '=', req.user.id).execute(); })`,
    add: `await db.insertInto('bank_accounts').values({ label: req.body.label }).onConflict((oc) => oc.doNothing()).execute()`,
  },
  typeorm: {
    set: `import { DataSource } from 'typeorm'; import { Account } from './account.js';\nconst source = new DataSource({}); const accounts = source.getRepository(Account);`,
    files: {
      'src/account.ts': `import { Entity, Column, PrimaryGeneratedColumn } from 'typeorm';
@Entity('bank_accounts') export class Account { @PrimaryGeneratedColumn() id: number; @Column({ name: 'owner_id' }) ownerId: number; @Column() balance: number; @Column() label: string; }`,
    },
    own: `await accounts.find({ where: { ownerId: req.user.id }, order: { id: 'DESC' }, take: 20 })`,
    change: `await source.transaction(async (manager) => { await manager.getRepository(Account).increment({ id: req.params.id, ownerId: req.user.id }, 'balance', 1); })`,
    add: `await accounts.upsert({ label: req.body.label }, ['label'])`,
  },
  sequelize: {
    set: `import { Sequelize, DataTypes } from 'sequelize';\nconst db = new Sequelize('x'); const Account = db.define('Account', { ownerId: { type: DataTypes.INTEGER, field: 'owner_id' }, balance: DataTypes.INTEGER, label: DataTypes.TEXT }, { tableName: 'bank_accounts' });`,
    own: `await Account.findAll({ where: { ownerId: req.user.id }, order: [['id', 'DESC']], limit: 20 })`,
    change: `await db.transaction(async (transaction) => { await Account.increment('balance', { by: 1, where: { id: req.params.id, ownerId: req.user.id }, transaction }); })`,
    add: `await Account.findOrCreate({ where: { label: 'x' }, defaults: { label: req.body.label } })`,
  },
  mongoose: {
    set: `import mongoose from 'mongoose';\nconst schema = new mongoose.Schema({ owner_id: String, balance: Number, label: String }, { collection: 'bank_accounts' }); const Account = mongoose.model('Account', schema);`,
    own: `await Account.find({ owner_id: req.user.id }).sort({ id: -1 }).limit(20)`,
    change: `await (await mongoose.startSession()).withTransaction(async () => { await Account.updateOne({ id: req.params.id, owner_id: req.user.id }, { $inc: { balance: 1 } }); })`,
    add: `await Account.updateOne({ label: 'x' }, { label: req.body.label }, { upsert: true })`,
  },
  supabase: {
    set: `import { createClient } from '@supabase/supabase-js';\nconst supabase = createClient('x', 'y');`,
    own: `await supabase.from('bank_accounts').select('*').eq('owner_id', req.user.id).order('id').limit(20)`,
    change: `await supabase.from('bank_accounts').update({ balance: 1 }).eq('id', req.params.id).eq('owner_id', req.user.id)`,
    add: `await supabase.from('bank_accounts').upsert({ label: req.body.label })`,
  },
  'postgres.js': {
    set: `import postgres from 'postgres';\nconst sql = postgres('x');`,
    own: `await sql\`select * from bank_accounts where owner_id = \${req.user.id} order by id limit 20\``,
    change: `await sql.begin(async (sql) => { await sql\`update bank_accounts set balance = balance + 1 where id = \${req.params.id} \${sql\`and owner_id = \${req.user.id}\`}\`; })`,
    add: `await sql\`insert into bank_accounts \${sql({ label: req.body.label })} on conflict do nothing\``,
  },
};

function shown(value: AbstractValue): string {
  return value.kind === 'input' ? `${value.from}.${value.name}` : value.kind === 'session' ? `session.${value.name}` : value.kind;
}

describe('what libraries ask of a database', () => {
  it.each(Object.entries(libraries))('is read of %s', async (name, { set, files, own, change, add }) => {
    const program = await read({
      'src/app.ts': `import express from 'express';\n${set}\nconst app = express();
app.get('/own', async (req, res) => { res.json(${own}); });
app.post('/:id/change', async (req, res) => { ${change}; res.end(); });
app.post('/', async (req, res) => { ${add}; res.end(); });\napp.listen(3000);`,
      ...files,
    });
    const rows = program.queries.map((one) => ({
      routes: one.routes,
      tables: one.tables,
      filters: one.filters.map(({ column, value }) => `${column} = ${shown(value)}`),
    }));
    const [list, changed, added] = program.queries;
    expect(rows.slice(0, 2)).toEqual([
      { routes: ['GET /own'], tables: ['bank_accounts'], filters: ['owner_id = session.id'] },
      { routes: ['POST /:id/change'], tables: ['bank_accounts'], filters: ['id = params.id', 'owner_id = session.id'] },
    ]);
    expect(list).toMatchObject({ verb: 'select', star: true, limited: true, ordered: true, inTransaction: false });
    const supabase = name === 'supabase';
    expect(changed).toMatchObject({ verb: 'update', inTransaction: !supabase });
    expect(changed?.sets.map(({ how }) => how)).toEqual([supabase ? 'given' : 'atomic']);
    expect(added?.routes).toEqual(['POST /']);
    expect(added?.conflict).toBe(true);
    expect(added?.sets.map(({ column, value }) => `${column} = ${shown(value)}`)).toEqual(['label = body.label']);
  });

  it('knows the rows that a value was calculated from, through functions', async () => {
    const program = await read({
      'src/app.ts': `import express from 'express'; import { withdraw } from './bank.js';
const app = express(); app.post('/:id', async (req, res) => { await withdraw(req.params.id, Number(req.body.amount)); res.end(); }); app.listen(1);`,
      'src/bank.ts': `import { PrismaClient } from '@prisma/client'; const prisma = new PrismaClient();
async function find(id) { const row = await prisma.account.findUnique({ where: { id } }); if (!row) throw new Error('none'); return row; }
export async function withdraw(id, amount) {
  const row = await find(id);
  const left = row.balance - amount;
  await prisma.account.update({ where: { id: row.id }, data: { balance: left } });
}`,
    });
    expect(program.queries[1]).toMatchObject({
      filters: [{ column: 'id', of: [{ where: { file: 'src/bank.ts', line: 2 }, table: 'account', column: 'id' }] }],
      sets: [{ column: 'balance', how: 'calculated', of: [{ where: { line: 2 }, column: 'balance' }] }],
    });
    expect(program.sequences[0]?.steps.map(({ query }) => query)).toEqual([0, 1]);
  });

  it('tells the values of one endpoint from those of another that calls the same function', async () => {
    const program = await read({
      'src/app.ts': `import express from 'express'; import pg from 'pg'; const pool = new pg.Pool();
const notes = async (user) => (await pool.query('SELECT * FROM notes WHERE user_id = $1', [user])).rows;
const app = express(); app.get('/mine', async (req, res) => res.json(await notes(req.user.id))); app.get('/of/:user', async (req, res) => res.json(await notes(req.params.user))); app.listen(1);`,
    });
    expect(program.queries.map(({ routes, filters }) => [routes, filters.map(({ value }) => shown(value))])).toEqual([
      [['GET /mine'], ['session.id']],
      [['GET /of/:user'], ['params.user']],
    ]);
  });

  it('writes what was set on a row when the row is saved', async () => {
    const program = await read({
      'src/app.ts': `import express from 'express'; import mongoose from 'mongoose'; const Item = mongoose.model('Item', new mongoose.Schema({ stock: Number }));
const app = express(); app.post('/:id', async (req, res) => { const item = await Item.findById(req.params.id); item.stock -= 1; await item.save(); res.end(); }); app.listen(1);`,
    });
    expect(program.queries.map(({ verb }) => verb)).toEqual(['select', 'update']);
    expect(program.queries[1]?.sets).toMatchObject([{ column: 'stock', how: 'calculated', of: [{ table: 'items', column: 'stock' }] }]);
  });

  it('keeps branches apart that exclude each other', async () => {
    const program = await read({
      'src/app.ts': `import express from 'express'; import pg from 'pg'; const pool = new pg.Pool();
const app = express(); app.post('/', async (req, res) => {
  if (req.body.a) { await pool.query('INSERT INTO a DEFAULT VALUES'); return res.end(); }
  await pool.query('INSERT INTO b DEFAULT VALUES');
  for (const one of req.body.list) await pool.query('INSERT INTO c (x) VALUES ($1)', [one]);
  res.end();
}); app.listen(1);`,
    });
    const [a, b, c] = program.sequences[0]?.steps ?? [];
    expect(a?.branch[0]?.replace('+', '-')).toBe(b?.branch[0]);
    expect([b?.loops, c?.loops]).toEqual([false, true]);
  });

  it('knows a statement by its own words where the driver is not known, and no text that only begins like one', async () => {
    const program = await read({
      'src/app.ts': `import express from 'express'; import { run } from './gone.js'; const db = { async query(text) { return []; } };
const app = express(); app.get('/', async (req, res) => {
  await db.query("SELECT * FROM accounts WHERE id = '" + req.query.id + "'");
  await run(\`delete from accounts where id = \${req.query.id}\`);
  log(\`Select the account from \${req.query.from} where you want\`); log('Update your profile, set a password');
  res.end();
}); app.listen(1); function log(text) {}`,
    });
    expect(program.queries.map(({ verb, tables, holes }) => [verb, tables, holes.map((hole) => hole.verdict)])).toEqual([
      ['select', ['accounts'], ['input']],
      ['delete', ['accounts'], ['input']],
    ]);
  });
});
