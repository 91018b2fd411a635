import type { Construct } from '../model/evidence/constructs.ts';
import type { Gap } from '../model/words.ts';
import { programOf } from './code.ts';
import { isTestCode } from './test-code.ts';
import { copiedState } from './constructs/copied-state.ts';
import { seenIn } from './constructs/in-code.ts';
import { seenInText } from './constructs/in-text.ts';
import { visitExpressions } from './constructs/nodes.ts';
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
      const take = (root: unknown, line: number, within: string, name: string): void => {
        visitExpressions(facts, root, line, (node) => {
          const seen = seenIn(facts, node, name);
          if (seen === null) return;
          const where = { file: path, line: Math.max(1, node.line), endLine: Math.max(1, node.line) };
          found.push({ ...seen, where, within, routes: reached.get(within) ?? [] });
        });
      };
      facts.functions.forEach(({ b, l, n }, index) => take(b, l, `${path}:${index === 0 ? 0 : l}`, index === 0 ? '' : n));
      for (const { s, f, l } of facts.classes) take([Object.entries(s), Object.entries(f)], l, `${path}:0`, '');
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
