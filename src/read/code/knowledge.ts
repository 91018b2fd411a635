import { libraries } from '../../knowledge/index.ts';
import type { Entry, Package } from '../../knowledge/types.ts';

const byPackage = new Map<string, Package>();
for (const one of libraries.flat()) {
  for (const name of one.packages) {
    // Several files may say something of one package.
    const before = byPackage.get(name);
    byPackage.set(
      name,
      before === undefined
        ? one
        : { ...one, symbols: { ...before.symbols, ...one.symbols }, methods: { ...before.methods, ...one.methods } },
    );
  }
}

/** What is known about a symbol such as `npm:pg#Pool.query`; undefined when nothing is. */
export function knowledgeOf(symbol: string): Entry | undefined {
  const hash = symbol.indexOf('#');
  const global = symbol.startsWith('global:');
  const library = byPackage.get(global ? 'global' : symbol.startsWith('npm:') ? symbol.slice(4, hash) : symbol.slice(0, hash));
  if (library === undefined) return undefined;
  const name = symbol.slice(global ? 7 : hash + 1);
  const direct = own(library.symbols, name);
  if (direct !== undefined || !name.includes('.')) return direct;
  return own(library.methods, name.slice(name.lastIndexOf('.') + 1));
}

function own(record: Readonly<Record<string, Entry>> | undefined, key: string): Entry | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
