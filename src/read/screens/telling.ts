import type { Resolve } from '../code/modules.ts';
import type { SourceFile } from '../code/value.ts';

/** Files in which one of the calls or a question about the viewer stands, and all that import such: the others need not be followed. */
export function tellingFiles(files: ReadonlyMap<string, SourceFile>, resolve: Resolve, calling: ReadonlySet<string>): Set<string> {
  const importers = new Map<string, string[]>();
  const found = new Set<string>();
  for (const [path, { facts }] of files) {
    if (calling.has(path) || facts.alone.speaks) found.add(path);
    for (const [specifier, , typeOnly] of facts.imports) {
      const target = typeOnly ? null : resolve(path, specifier);
      if (target === null || !('file' in target)) continue;
      const list = importers.get(target.file);
      if (list === undefined) importers.set(target.file, [path]);
      else list.push(path);
    }
  }
  for (const path of found) for (const importer of importers.get(path) ?? []) found.add(importer);
  return found;
}

const importedNames = new WeakMap<ReadonlyMap<string, SourceFile>, Set<string>>();

/** True for a named export of a module of its own that no other module asks for by name: nobody is shown it. */
export function isDead(files: ReadonlyMap<string, SourceFile>, resolve: Resolve, path: string, name: string): boolean {
  let names = importedNames.get(files);
  if (names === undefined) {
    names = new Set();
    for (const [from, { facts }] of files) {
      for (const { v } of facts.bindings) {
        for (const { e } of v) {
          if (e.k !== 'imp') continue;
          const target = resolve(from, e.m);
          if ('file' in target) names.add(`${target.file}\0${e.n}`);
        }
      }
      for (const one of Object.values(facts.exports)) {
        const target = one.k === 'imp' ? resolve(from, one.m) : null;
        if (one.k === 'imp' && target !== null && 'file' in target) names.add(`${target.file}\0${one.n}`);
      }
      for (const star of facts.stars) {
        const target = resolve(from, star);
        if ('file' in target) names.add(`${target.file}\0*`);
      }
    }
    importedNames.set(files, names);
  }
  const facts = files.get(path)?.facts;
  const exported = facts === undefined ? undefined : Object.keys(facts.exports).filter((one) => one === name || one === 'default');
  if (!facts || name === '' || !exported || exported.length === 0 || names.has(`${path}\0*`)) return false;
  const own = facts.exports[name] ?? facts.exports['default'];
  const exportsIt = own?.k === 'var' ? facts.bindings[own.b]?.n === name : own?.k === 'fn' ? facts.functions[own.i]?.n === name : false;
  return exportsIt && exported.every((one) => !(names?.has(`${path}\0${one}`) ?? true));
}
