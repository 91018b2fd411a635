import { pythonCarriers, pythonSanitisers, pythonSinks } from './python.ts';
import { carriers, sanitisers } from './sanitisers.ts';
import { sinkFamilies } from './sinks.ts';
import type { Sink } from './sinks.ts';
import type { SinkKind } from '../../model/evidence/flows.ts';

/** A table from what stands before the `#` and the name after it. */
class Table<T> {
  private readonly direct = new Map<string, T[]>();
  private readonly last = new Map<string, T[]>();
  private readonly asked = new Map<string, readonly T[]>();

  put(of: readonly string[], names: string, values: readonly T[]): void {
    for (const library of of) {
      for (const name of names.split(/\s+/)) {
        const [table, key] = name.startsWith('.') ? [this.last, `${library}#${name.slice(1)}`] : [this.direct, `${library}#${name}`];
        table.set(key, [...(table.get(key) ?? []), ...values]);
      }
    }
  }

  of(symbol: string): readonly T[] {
    let found = this.asked.get(symbol);
    if (found === undefined) {
      const key = symbol.startsWith('global:') ? `global#${symbol.slice(7)}` : symbol.startsWith('npm:') ? symbol.slice(4) : symbol;
      const name = key.slice(Math.max(key.lastIndexOf('.'), key.indexOf('#')) + 1);
      const library = key.slice(0, key.indexOf('#'));
      found = [...(this.direct.get(key) ?? []), ...(this.last.get(`${library}#${name}`) ?? []), ...(this.last.get(`any#${name}`) ?? [])];
      this.asked.set(symbol, found);
    }
    return found;
  }
}

const sinks = new Table<Sink>();
for (const { of, names, sinks: values } of [...sinkFamilies, ...pythonSinks]) sinks.put(of, names, values);
const cleaning = new Table<readonly SinkKind[] | 'all'>();
for (const { of, names, against } of [...sanitisers, ...pythonSanitisers]) cleaning.put(of, names, [against]);
const carrying = new Table<true>();
for (const { of, names } of [...carriers, ...pythonCarriers]) carrying.put(of, names, [true]);

/** What becomes of the arguments of a call of a symbol. */
export function sinksOf(symbol: string): readonly Sink[] {
  return sinks.of(symbol);
}

/** The sinks at which what a symbol gives does no harm; null for a symbol that cleans nothing. */
export function cleanedBy(symbol: string): readonly SinkKind[] | 'all' | null {
  return cleaning.of(symbol)[0] ?? null;
}

/** True for a symbol that gives the text of its arguments on. */
export function carries(symbol: string): boolean {
  return carrying.of(symbol).length > 0;
}
