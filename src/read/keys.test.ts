import { describe, expect, it } from 'vitest';
import { contextOf } from './code/program.testing.ts';
import keys from './keys.ts';

/** What is declared of each table: `orders(id, user_id) [id!] -> users`. */
async function told(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { value } = await keys.run({} as never, contextOf(files));
  return value.tables.map(
    ({ table, columns, indexes, references }) =>
      `${table}(${columns.join()}) [${indexes.map((one) => `${one.columns.join('+')}${one.unique ? '!' : ''}${one.plain ? '' : '?'}`).join(' ')}]${references.map((one) => ` ${one.columns.join()}->${one.table}`).join('')}`,
  );
}

describe('keys and indexes', () => {
  it('of SQL, in the order of the migrations', async () => {
    expect(
      await told({
        'migrations/1.sql': `CREATE TABLE "app"."users" (id serial PRIMARY KEY, email text, UNIQUE (email));
          create table posts (id int, "userId" int references users(id), tag text, /* (x, y) */ body text, primary key (id, tag));
          CREATE UNIQUE INDEX CONCURRENTLY posts_low ON ONLY posts USING btree (lower(body)) WHERE tag <> ''; -- create index nothing on posts (id)
          CREATE INDEX gone ON posts (tag); create index on posts (tag desc, "userId");`,
        'migrations/2.sql': `DROP INDEX IF EXISTS gone; ALTER TABLE posts RENAME COLUMN tag TO label; ALTER TABLE posts ADD COLUMN owner int REFERENCES users, ADD UNIQUE (owner);
          CREATE TABLE old (id int); DROP TABLE old; CREATE TABLE __new_things (id int primary key); ALTER TABLE __new_things RENAME TO things;`,
        'mysql.sql':
          'CREATE TABLE `lines` (`id` int AUTO_INCREMENT PRIMARY KEY, `order_id` int, KEY `k` (`id`,`order_id`), CONSTRAINT `c` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`)) ENGINE=InnoDB;',
      }),
    ).toEqual([
      'lines(id,order_id) [id! id+order_id order_id?] order_id->orders',
      'posts(body,id,label,owner,userId) [id+label! body!? label+userId owner!] userId->users owner->users',
      'things(id) [id!]',
      'users(email,id) [id! email!]',
    ]);
  });

  it('takes no longer for what never ends', async () => {
    const hostile = [
      `create table a (${'/*'.repeat(100_000)}`,
      `create index ${'('.repeat(100_000)}`,
      `alter table ${'a'.repeat(100_000)} add`,
      `create table t (${'x int,'.repeat(50_000)}`,
    ];
    for (const text of hostile) expect(await told({ 'a.sql': text })).toBeDefined();
    expect(
      await told({ 'a.prisma': `model A {\n@@index([${'()'.repeat(50_000)}\nb B @relation(${'@relation('.repeat(20_000)}\n}` }),
    ).toBeDefined();
  });

  it('of Prisma and Drizzle, by their names in the database', async () => {
    expect(
      await told({
        'prisma/schema.prisma': `datasource db { provider = "postgresql" }
model Team {
  id Int @id
  ownerId Int @map("owner_id")
  slug String
  owner User @relation("owner", fields: [ownerId], references: [id], onDelete: Cascade)
  @@unique([ownerId, slug])
  @@index([slug(sort: Desc), ownerId], map: "by_slug")
  @@map("teams")
}
model User {
  id Int @id
}`,
        'schema.ts': `import { pgTable, text, index, uniqueIndex, primaryKey, foreignKey } from 'drizzle-orm/pg-core';
          export const members = pgTable('members', { team: text('team_id').references(() => groups.id), user: text('user_id'), mail: text('mail').unique() }, (t) => ({
            pk: primaryKey({ columns: [t.team, t.user] }), byUser: index('by_user').on(t.user, t.team), byMail: uniqueIndex('m').on(sql\`lower(\${t.mail})\`),
            fk: foreignKey({ columns: [t.user], foreignColumns: [groups.id] }) }));
          export const groups = pgTable('groups', { id: text().primaryKey() });`,
      }),
    ).toEqual(
      [
        'groups(id) [id!]',
        'members(mail,team_id,user_id) [mail! team_id+user_id! user_id+team_id mail!?] team_id->groups user_id->groups',
        'teams(id,owner_id,slug) [id! owner_id+slug! slug+owner_id] owner_id->User',
        'User(id) [id!]',
      ].sort((a, b) => (a < b ? -1 : 1)),
    );
  });

  it('of entities, models and migrations that are code', async () => {
    expect(
      await told({
        'order.entity.ts': `import { Entity, Column, Index, ManyToOne, JoinColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';
          @Entity('orders') @Index(['status', 'buyer']) @Unique(['code'])
          export class Order { @PrimaryGeneratedColumn() id: number; @Index() @Column() status: string; @Column({ name: 'order_code' }) code: string;
            @ManyToOne(() => Buyer) @JoinColumn({ name: 'buyer_id' }) buyer: Buyer; @ManyToOne(() => Shop, (shop) => shop.orders) shop: Shop; }`,
        'models/item.js': `const { DataTypes } = require('sequelize');
          module.exports = (sequelize) => { const Item = sequelize.define('items', { sku: { type: DataTypes.STRING, unique: true }, boxId: { type: DataTypes.INTEGER, field: 'box_id', references: { model: 'boxes', key: 'id' } } }, { indexes: [{ fields: ['box_id', 'sku'] }] }); return Item; };`,
        'migrations/1-rows.js': `exports.up = (pgm) => { pgm.createTable('rows', { id: 'id', sheet_id: { type: 'int', references: '"sheets"(id)' } }); pgm.createIndex('rows', ['sheet_id', 'id']); };
          exports.down = (pgm) => { pgm.dropTable('rows'); };`,
        'migrations/2-cells.ts': `export class Cells { async up(queryRunner) { await queryRunner.query('CREATE TABLE "cells" ("id" int PRIMARY KEY, "row_id" int)'); await queryRunner.createIndex('cells', new TableIndex({ name: 'c', columnNames: ['row_id'] })); }
          async down(queryRunner) { await queryRunner.query('DROP TABLE "cells"'); } }`,
      }),
    ).toEqual([
      'cells(id,row_id) [id! row_id]',
      'items(box_id,sku) [sku! id! box_id+sku] box_id->boxes',
      'orders(buyer_id,id,order_code,shopId,status) [id! status status+buyer_id order_code!] buyer_id->Buyer shopId->Shop',
      'rows(id,sheet_id) [id! sheet_id+id] sheet_id->sheets',
    ]);
  });
});
