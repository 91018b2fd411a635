import type { Place } from '../../../model/words.ts';
import { dataStyleOf } from '../knowledge.ts';
import type { Machine } from '../machine.ts';
import type { KnownCall } from '../listener.ts';
import { keyOf } from '../value.ts';
import type { Value } from '../value.ts';
import type { Access, Visit } from '../visit.ts';
import { chainOf } from './access.ts';
import type { Asked, Chain, Column, Family, Reading } from './access.ts';
import { knex, kysely, supabase } from './builders.ts';
import { declaredByDrizzle, declaresTable, drizzle } from './drizzle.ts';
import { prisma } from './prisma.ts';
import { mongoose, sequelize, typeorm } from './rows.ts';
import { ownObject } from './shapes.ts';
import type { Tables } from './tables.ts';

const families = { drizzle, prisma, knex, kysely, typeorm, sequelize, mongoose, supabase } as const satisfies Record<string, Family>;
export type Through = keyof typeof families;
/** Methods of a row that was read, which make a statement of their own. */
const ofRows = /^(save|update|updateOne|deleteOne|destroy|remove|increment|decrement)$/;

/** One place that speaks to the database through a library, with what it asks in every visit of its function. */
export interface Site extends Access {
  readonly through: Through;
  where: Place;
  readonly within: string;
  /** What is asked, by the visit and by the value that the chain is. */
  readonly visits: Map<Visit, Map<string, Asked>>;
  /** Handed to `$transaction([…])`. */
  together: boolean;
  /** Row security has no say in it: the client holds the key of the service, or there is no database behind it. */
  readonly unbound: boolean;
}

/** Collects what calls of libraries ask of the database. */
export class Accesses {
  readonly sites = new Map<string, Site>();
  readonly tables: Tables;
  private readonly began = new Map<string, Visit>();
  private readonly changes = new Map<string, Column[]>();
  private readonly inits = new Map<string, readonly Value[]>();

  constructor(tables: Tables) {
    this.tables = tables;
  }

  record(machine: Machine, call: Omit<KnownCall, 'means'>, made: Value): void {
    const style = dataStyleOf(call.symbol);
    if (style === undefined || style === 'text' || made.k !== 'result') return;
    if (style === 'drizzle' && declaresTable(call.symbol)) {
      const declared = declaredByDrizzle(made, call.where, machine);
      if (declared !== null) this.tables.declare(`drizzle:${declared.name}`, declared);
      return;
    }
    const chain = made.at === undefined ? null : chainOf(made);
    if (chain === null || made.at === undefined) return;
    if (made.on?.k !== 'result') this.began.set(made.at, machine.visit);
    const name = chain.links.at(-1)?.name ?? '';
    if (name === 'init' && chain.root.args[0]?.k === 'class') {
      this.inits.set(keyOf(chain.root.args[0]), call.args);
      return;
    }
    if (name === '$transaction' || name === 'batch') this.together(call.args[0]);
    const active = style === 'sequelize' || style === 'mongoose' || style === 'typeorm';
    const row =
      active && made.on?.k === 'result' && ofRows.test(name) && chain.links.length > 1 && chain.links[0]?.name.endsWith('#Model') !== true
        ? made.on
        : null;
    const reading: Reading = {
      machine,
      tables: this.tables,
      frame: call.frame,
      where: call.where,
      row,
      changes: this.changes,
      inits: this.inits,
    };
    const family: Family = families[style];
    const asked = family(chain, reading);
    if (asked === null) {
      // `knex(…).as('d')` is a part of another statement.
      if ((name === 'as' || chain.root.site.startsWith('shape:')) && made.on !== null)
        this.sites.get(made.at)?.visits.get(machine.visit)?.delete(keyOf(made.on));
      return;
    }
    const key = row === null ? made.at : `${call.frame.file.path}:${call.expr.i}`;
    let site = this.sites.get(key);
    if (site === undefined) {
      site = {
        kind: 'access',
        through: style,
        where: call.where,
        within: machine.within(call.frame),
        visits: new Map(),
        together: false,
        unbound: isUnbound(chain.root),
      };
      this.sites.set(key, site);
    }
    if (call.where.file === site.where.file && call.where.endLine > site.where.endLine)
      site.where = { ...site.where, endLine: call.where.endLine };
    const visit = machine.visit;
    let chains = site.visits.get(visit);
    if (chains === undefined) site.visits.set(visit, (chains = new Map()));
    // The chain goes on: what it was until now is no statement of its own.
    if (row === null && made.on?.k === 'result') chains.delete(keyOf(made.on));
    if (chains.size < 8) chains.set(keyOf(made), asked);
    // A chain that another function goes on with is still asked once, where it began.
    if (row !== null || this.began.get(made.at) === machine.visit) machine.takes(site);
  }

  /** A field of a row is set; `save` writes it later. */
  changed(row: Value, column: string, value: Value): void {
    if (row.k !== 'result' || row.at === undefined) return;
    const list = this.changes.get(row.at) ?? [];
    if (list.length < 20 && !list.some((one) => one.column === column && keyOf(one.value) === keyOf(value)))
      list.push({ table: null, column, value });
    this.changes.set(row.at, list);
  }

  private together(list: Value | undefined): void {
    if (list?.k !== 'arr') return;
    for (const one of list.items) {
      const site = one.k === 'result' && one.at !== undefined ? this.sites.get(one.at) : undefined;
      if (site !== undefined) site.together = true;
    }
  }
}

function isUnbound({ site, args }: Chain['root']): boolean {
  if (site.startsWith(ownObject)) return true;
  const [, key] = args;
  return (key?.k === 'either' ? key.of : [key]).some((one) => one?.k === 'env' && /SERVICE|SECRET/i.test(one.name));
}

/** All that one visit may ask in one place, as one. */
export function joined(all: readonly Asked[]): Asked | null {
  const [first, ...others] = all;
  if (first === undefined) return null;
  return others.reduce(
    (a, b) => ({
      verb: a.verb === 'select' ? b.verb : a.verb,
      tables: [...new Set([...a.tables, ...b.tables])],
      filters: [...a.filters, ...b.filters],
      sets: [...a.sets, ...b.sets],
      columns: a.columns === null || b.columns === null ? null : [...new Set([...a.columns, ...b.columns])],
      star: a.star && b.star,
      limited: a.limited || b.limited,
      single: a.single && b.single,
      ordered: a.ordered || b.ordered,
      locks: a.locks || b.locks,
      conflict: a.conflict || b.conflict,
      transaction: a.transaction && b.transaction,
    }),
    first,
  );
}
