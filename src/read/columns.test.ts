import { describe, expect, it } from 'vitest';
import { contextOf } from './code/program.testing.ts';
import columns from './columns.ts';

async function told(files: Record<string, string>): Promise<string[]> {
  const { value } = await columns.run({} as never, contextOf(files));
  return value.columns.map(({ table, column, type, where }) => `${table}.${column} ${type} ${where.line}`);
}

describe('declared columns', () => {
  it('come from migrations in SQL', async () => {
    const sql = `-- people
CREATE TABLE IF NOT EXISTS "users" (
  id SERIAL PRIMARY KEY, /* a key, */
  email TEXT NOT NULL,
  balance NUMERIC(12, 2) DEFAULT 0,
  seen timestamp with time zone,
  CONSTRAINT one UNIQUE (email)
);
ALTER TABLE users ADD COLUMN phone varchar(20) NOT NULL;`;
    expect(await told({ 'migrations/1.sql': sql })).toEqual([
      'users.balance numeric(12, 2) 5',
      'users.email text 4',
      'users.id serial 3',
      'users.phone varchar(20) 9',
      'users.seen timestamp with time zone 6',
    ]);
  });

  it('come from a schema of Prisma, without its relations', async () => {
    const schema = `model User {\n  id Int @id\n  price Float\n  total Decimal @db.Decimal(10, 2)\n  posts Post[]\n}\nmodel Post {\n  id Int @id\n}\n`;
    expect(await told({ 'prisma/schema.prisma': schema })).toEqual([
      'Post.id int 8',
      'User.id int 2',
      'User.price float 3',
      'User.total decimal(10, 2) 4',
    ]);
  });

  it.each([
    [
      'drizzle',
      `import { pgTable, serial, doublePrecision } from 'drizzle-orm/pg-core';\nexport const users = pgTable('users', {\n  id: serial('id').primaryKey(),\n  balance: doublePrecision('balance').notNull(),\n});`,
      ['users.balance doubleprecision 4', 'users.id serial 3'],
    ],
    [
      'mongoose',
      `import mongoose from 'mongoose';\nconst userSchema = new mongoose.Schema({ email: String, balance: { type: Number } });\nexport default mongoose.model('User', userSchema);`,
      ['User.balance number 2', 'User.email string 2'],
    ],
    [
      'knex',
      `exports.up = (knex) => knex.schema.createTable('users', (table) => {\n  table.increments('id');\n  table.float('balance').notNullable();\n});`,
      ['users.balance float 3', 'users.id increments 2'],
    ],
    [
      'sequelize',
      `import { DataTypes } from 'sequelize';\nexport default (sequelize) => sequelize.define('User', { balance: { type: DataTypes.FLOAT }, email: DataTypes.STRING });`,
      ['User.balance float 2', 'User.email string 2'],
    ],
    [
      'typeorm',
      `import { Column, Entity } from 'typeorm';\n@Entity('users')\nexport class User {\n  @Column({ type: 'float' })\n  balance: number;\n}`,
      ['users.balance float 4'],
    ],
  ])('come from %s', async (_library, code, expected) => {
    expect(await told({ 'src/model.ts': code })).toEqual(expected);
  });
});
