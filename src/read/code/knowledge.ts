import { libraries } from '../../knowledge/index.ts';
import type { DataStyle, Entry, Package } from '../../knowledge/types.ts';

const byPackage = new Map<string, Package>();
for (const one of libraries.flat()) {
  for (const name of one.packages) {
    // Several files may say something of one package.
    const before = byPackage.get(name);
    byPackage.set(
      name,
      before === undefined
        ? one
        : { ...before, ...one, symbols: together(before.symbols, one.symbols), methods: together(before.methods ?? {}, one.methods ?? {}) },
    );
  }
}

function together(before: Readonly<Record<string, Entry>>, more: Readonly<Record<string, Entry>>): Record<string, Entry> {
  const both = { ...before };
  for (const [name, entry] of Object.entries(more)) both[name] = { ...both[name], ...entry };
  return both;
}

/** What is known about a symbol such as `npm:pg#Pool.query`; undefined when nothing is. */
export function knowledgeOf(symbol: string): Entry | undefined {
  const library = packageOf(symbol);
  if (library === undefined) return undefined;
  const name = symbol.startsWith('global:') ? symbol.slice(7) : symbol.slice(symbol.indexOf('#') + 1);
  const direct = own(library.symbols, name);
  if (direct !== undefined || !name.includes('.')) return direct;
  return own(library.methods, name.slice(name.lastIndexOf('.') + 1));
}

function own(record: Readonly<Record<string, Entry>> | undefined, key: string): Entry | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** How calls of the symbol's library speak to a database, where they do not by text. */
export function dataStyleOf(symbol: string): DataStyle | undefined {
  return packageOf(symbol)?.data;
}

function packageOf(symbol: string): Package | undefined {
  if (symbol.startsWith('global:')) return byPackage.get('global');
  const hash = symbol.indexOf('#');
  return byPackage.get(symbol.startsWith('npm:') ? symbol.slice(4, hash) : symbol.slice(0, hash));
}
