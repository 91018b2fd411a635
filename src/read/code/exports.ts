import type { Expr } from './facts.ts';
import type { Machine } from './machine.ts';
import { isPython } from './python/files.ts';
import { importedByPython } from './python/imported.ts';
import { grown, UNKNOWN } from './value.ts';
import type { SourceFile, Value } from './value.ts';

// What modules hand to each other.

/** What a module exports under a name. */
export function exportedValue(machine: Machine, file: SourceFile, name: string, depth = 0): Value {
  const { facts } = file;
  const { frame } = machine.module(file);
  const own = (key: string) => (Object.hasOwn(facts.exports, key) ? machine.lazily(frame, facts.exports[key] as Expr) : undefined);
  if (name === '*') return { k: 'mod', file };
  if (name === '=') {
    const whole = own('=');
    if (whole !== undefined) {
      const extra = Object.keys(facts.exports).filter((key) => key !== '=');
      if (extra.length === 0) return whole;
      if (whole.k === 'obj') {
        for (const key of extra) if (!whole.keys.has(key)) whole.keys.set(key, own(key) ?? UNKNOWN);
        grown();
        return whole;
      }
      return whole;
    }
    return { k: 'mod', file };
  }
  const direct = own(name);
  if (direct !== undefined) return direct;
  const whole = own('=');
  if (whole !== undefined) return name === 'default' ? whole : machine.get(whole, name, frame);
  if (depth < 8) {
    for (const specifier of facts.stars) {
      const target = machine.resolve(file.path, specifier);
      const next = 'file' in target ? machine.files.get(target.file) : undefined;
      if (next === undefined) {
        if ('package' in target) return { k: 'lib', symbol: `${target.package}#${name}` };
        continue;
      }
      const found = exportedValue(machine, next, name, depth + 1);
      if (found.k !== 'unknown') return found;
    }
  }
  // `import x from './cjs'` where the module only sets properties of `exports`.
  return name === 'default' && Object.keys(facts.exports).length > 0 ? { k: 'mod', file } : UNKNOWN;
}

/** What an import stands for. */
export function importedValue(machine: Machine, from: SourceFile, specifier: string, name: string): Value {
  if (isPython(from)) return importedByPython(machine, from, specifier, name);
  const target = machine.resolve(from.path, specifier);
  if ('file' in target) {
    const file = machine.files.get(target.file);
    // A client of Prisma's that is generated into the tree is not kept in it.
    if (file === undefined && /^(PrismaClient|Prisma)$/.test(name)) return { k: 'lib', symbol: `npm:@prisma/client#${name}` };
    return file === undefined ? UNKNOWN : exportedValue(machine, file, name);
  }
  return { k: 'lib', symbol: name === '*' || name === '=' ? `${target.package}#` : `${target.package}#${name}` };
}
