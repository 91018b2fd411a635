import { libraries } from './all.ts';
import type { Entry, Library } from './library.ts';

const byPackage = new Map<string, Library>();
for (const library of libraries) for (const name of library.packages) byPackage.set(name, library);

/** What is known about a symbol such as `npm:pg#Pool.query`; undefined when nothing is. */
export function knowledgeOf(symbol: string): Entry | undefined {
  const hash = symbol.indexOf('#');
  const found = symbol.startsWith('global:')
    ? { library: byPackage.get('global'), name: symbol.slice(7) }
    : { library: byPackage.get(symbol.startsWith('npm:') ? symbol.slice(4, hash) : symbol.slice(0, hash)), name: symbol.slice(hash + 1) };
  if (found.library === undefined) return undefined;
  const own = (record: Readonly<Record<string, Entry>> | undefined, key: string) =>
    record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
  return (
    own(found.library.symbols, found.name) ??
    (found.name.includes('.') ? own(found.library.methods, found.name.slice(found.name.lastIndexOf('.') + 1)) : undefined)
  );
}

/** True when anything is known about the package. */
export function isKnownPackage(name: string): boolean {
  return byPackage.has(name);
}
