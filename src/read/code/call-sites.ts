import type { z } from 'zod';
import type { calls } from '../../model/evidence/read.ts';
import { flag } from './facts.ts';
import type { Machine } from './machine.ts';
import type { KnownCall } from './listener.ts';
import { compare } from './queries.ts';
import { either, keyOf, toAbstract, UNKNOWN } from './value.ts';
import type { Value } from './value.ts';

/** A row of the relation of calls. */
export type Call = z.infer<typeof calls>['calls'][number];

interface CallSite {
  readonly call: KnownCall;
  readonly args: Map<string, readonly Value[]>;
  transaction: boolean;
  /** The methods it was followed for, where one function answers several. */
  readonly methods: Set<string>;
}

/** Collects calls by where they stand, with the values that they were seen to be made with. */
export class CallSites {
  private readonly sites = new Map<string, CallSite>();

  /** `method` is that of the endpoint it was followed for, where its framework tells them apart. */
  record(call: KnownCall, method: string | null): void {
    const key = `${call.frame.file.path}\0${call.expr.i}\0${call.symbol}`;
    let site = this.sites.get(key);
    if (site === undefined) {
      site = { call, args: new Map(), transaction: call.transaction, methods: new Set() };
      this.sites.set(key, site);
    }
    site.transaction ||= call.transaction;
    site.methods.add(method ?? '');
    if (site.args.size < 8) site.args.set(call.args.map((arg) => keyOf(arg)).join(), call.args);
  }

  /** The rows of the evidence; `routesOf` gives the routes that reach a function. */
  rows(machine: Machine, routesOf: (within: string) => string[]): Call[] {
    const rows: Call[] = [];
    for (const { call, args, transaction, methods } of this.sites.values()) {
      const width = Math.max(0, ...[...args.values()].map((list) => list.length));
      const within = machine.within(call.frame);
      rows.push({
        symbol: call.symbol,
        means: call.means,
        args: Array.from({ length: Math.min(width, 12) }, (_, index) =>
          toAbstract(either([...args.values()].map((list) => list[index] ?? UNKNOWN))),
        ),
        where: call.where,
        within,
        // A route begins with its method.
        routes: routesOf(within).filter((id) => methods.has('') || methods.has(id.slice(0, id.indexOf(' ')))),
        awaited: (call.expr.w & flag.awaited) !== 0,
        inTry: (call.expr.w & flag.inTry) !== 0,
        inLoop: (call.expr.w & flag.inLoop) !== 0,
        inTransaction: transaction,
      });
    }
    return rows.sort(
      (a, b) =>
        compare(a.where.file, b.where.file) ||
        a.where.line - b.where.line ||
        compare(a.symbol, b.symbol) ||
        compare(JSON.stringify(a.args), JSON.stringify(b.args)),
    );
  }
}
