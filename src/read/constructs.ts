import type { Construct } from '../model/evidence/constructs.ts';
import type { Gap } from '../model/words.ts';
import { programOf } from './code.ts';
import { isTestCode } from './test-code.ts';
import { copiedState } from './constructs/copied-state.ts';
import { seenInText } from './constructs/in-text.ts';
import { defineCollector } from './context.ts';

export default defineCollector({
  name: 'read/constructs',
  needs: ['routes'],
  yields: 'constructs',
  async run({ routes }, context) {
    const { files, gaps, unread } = await programOf(context);
    const reached = new Map<string, string[]>();
    for (const { id, reaches } of routes.value.routes) {
      for (const one of reaches) {
        const list = reached.get(one);
        if (list === undefined) reached.set(one, [id]);
        else list.push(id);
      }
    }
    const found: Construct[] = [];
    for (const file of files.values()) {
      const { path, facts } = file;
      if (!isTestCode(path)) found.push(...copiedState(file).map((one) => ({ ...one, routes: [] })));
      for (const { fn, line, ...seen } of facts.alone.seen) {
        const within = `${path}:${fn <= 0 ? 0 : (facts.functions[fn]?.l ?? 0)}`;
        found.push({ ...seen, where: { file: path, line, endLine: line }, within, routes: reached.get(within) ?? [] });
      }
    }
    const told: Gap[] = [...gaps, ...unread.constructs];
    for (const { path, bytes } of context.tree.files) {
      if (isTestCode(path) && !/\.config\.[cm]?[jt]s$/.test(path)) continue;
      for (const one of await seenInText(path, bytes, (name) => context.tree.read(name))) found.push(one);
    }
    return { value: { constructs: found.sort(inOrder) }, gaps: told };
  },
});

function inOrder(a: Construct, b: Construct): number {
  const [x, y] = [a, b].map(({ where, kind, name, detail }) =>
    [where.file, String(where.line).padStart(7, '0'), kind, name, detail].join('\0'),
  );
  return (x ?? '') < (y ?? '') ? -1 : (x ?? '') > (y ?? '') ? 1 : 0;
}
