import type { z } from 'zod';
import type { environment } from '../model/evidence/read.ts';
import { programOf } from './code.ts';
import type { ReadContext } from './context.ts';
import { defineCollector } from './context.ts';

type Documented = z.infer<typeof environment>['documented'][number];

export default defineCollector({
  name: 'read/environment',
  needs: [],
  yields: 'environment',
  async run(_given, context) {
    const program = await programOf(context);
    const documented = await documentedNames(context, new Set(program.environment.reads.map(({ name }) => name)));
    return {
      value: { reads: [...program.environment.reads], documented, validated: [...program.environment.validated] },
      gaps: program.gaps,
    };
  },
});

/** Names in example environment files, and in READMEs those that the code reads. */
async function documentedNames(context: ReadContext, read: ReadonlySet<string>): Promise<Documented[]> {
  const found: Documented[] = [];
  for (const { path, bytes } of context.tree.files) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const example =
      /^\.?env[.-](example|sample|template|dist|defaults?)$|^\.env\.[\w.]+\.(example|sample|template)$|^(example|sample)\.env$/i.test(name);
    const readme = /^readme(\.\w+)?$/i.test(name) || /(^|\/)docs?\/.*\.md$/i.test(path);
    if ((!example && !readme) || bytes > 500_000) continue;
    const lines = (await context.tree.read(path)).toString('utf8').split('\n');
    lines.forEach((line, index) => {
      if (example) {
        const variable = /^\s*#?\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=/.exec(line)?.[1];
        if (variable !== undefined) found.push({ name: variable, file: path, line: index + 1 });
      } else {
        for (const [variable] of line.matchAll(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b|\bPORT\b/g)) {
          if (read.has(variable) && !found.some((one) => one.name === variable && one.file === path))
            found.push({ name: variable, file: path, line: index + 1 });
        }
      }
    });
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || (a.name < b.name ? -1 : 1)));
}
