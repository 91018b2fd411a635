import type { z } from 'zod';
import type { environment } from '../model/evidence/read.ts';
import { programOf } from './code.ts';
import type { ReadContext } from './context.ts';
import type { SourceFile } from './code/value.ts';
import { defineCollector } from './context.ts';
import { callsIn } from './samples/walk.ts';

type Documented = z.infer<typeof environment>['documented'][number];

export default defineCollector({
  name: 'read/environment',
  needs: [],
  yields: 'environment',
  async run(_given, context) {
    const program = await programOf(context);
    const documented = await documentedNames(context, new Set(program.environment.reads.map(({ name }) => name)));
    return {
      value: {
        reads: [...program.environment.reads],
        documented,
        validated: [...new Set([...program.environment.validated, ...program.files.values().flatMap(declaredBy)])].sort(),
      },
      gaps: program.gaps,
    };
  },
});

const variable = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;

/**
 * Variables that a file declares for validation by somebody else: the decorated fields of a class, or the keys of an object of
 * schemas (`Joi.object({ DATABASE_URL: Joi.string() })`), where nearly all are written like variables.
 */
function* declaredBy({ path, facts }: SourceFile): Iterable<string> {
  for (const { d } of facts.classes) {
    const fields = Object.entries(d?.p ?? {}).flatMap(([name, decorators]) => (decorators.length > 0 ? [name] : []));
    if (fields.length > 0 && fields.every((name) => variable.test(name))) yield* fields;
  }
  if (!/env|config|settings|valid/i.test(path)) return;
  for (const { call } of callsIn({ path, unit: '', facts }))
    for (const one of call.a) {
      if (one.k !== 'obj') continue;
      const schemas = one.p.filter(([name, value]) => variable.test(name) && value.k === 'call');
      if (schemas.length > 1 && schemas.length === one.p.length) for (const [name] of schemas) yield name;
    }
}

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
