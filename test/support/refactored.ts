import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'oxfmt';
import { parseSync } from 'oxc-parser';
import { generator, shuffled } from './random.ts';

/** For tests: an application as somebody left it who changed how its code is written, and nothing of what it does. */

type Node = Record<string, unknown> & { type: string; start: number; end: number };

/** Copies the application in `dir` into `into`: functions in another order, local variables under other names, everything formatted otherwise. */
export async function writeRefactored(dir: string, into: string, seed: number): Promise<void> {
  const random = generator(seed);
  const foreign = /\/(node_modules|\.seaworthy|FLAWS\.json)$/;
  cpSync(dir, into, { recursive: true, filter: (source) => !foreign.test(source) });
  if (existsSync(join(dir, 'node_modules'))) symlinkSync(join(dir, 'node_modules'), join(into, 'node_modules'));
  const style = {
    printWidth: 60 + Math.floor(random() * 80),
    useTabs: random() < 0.5,
    singleQuote: random() < 0.5,
    semi: random() < 0.5,
    trailingComma: random() < 0.5 ? ('all' as const) : ('none' as const),
  };
  for (const name of readdirSync(join(into, 'src'), { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.ts'))) {
    const path = join(into, 'src', name);
    const text = withOtherNames(reordered(readFileSync(path, 'utf8'), random), random);
    const { code, errors } = await format(name, text, style);
    if (errors.length > 0) throw new Error(`${name} is no code any more: ${errors[0]?.message ?? ''}`);
    writeFileSync(path, code);
  }
}

function bodyOf(text: string): Node[] {
  const { program, errors } = parseSync('file.ts', text);
  if (errors.length > 0) throw new Error(errors[0]?.message ?? 'no code');
  return program.body as unknown as Node[];
}

/** Functions that are declared at the top may stand in any order. */
function reordered(text: string, random: () => number): string {
  const slots = bodyOf(text).filter((node) => {
    const declared = node.type === 'ExportNamedDeclaration' ? (node['declaration'] as Node | null) : node;
    return declared?.type === 'FunctionDeclaration';
  });
  const filled = shuffled(slots, random);
  let [done, at] = ['', 0];
  slots.forEach((slot, index) => {
    const other = filled[index] ?? slot;
    done += text.slice(at, slot.start) + text.slice(other.start, other.end);
    at = slot.end;
  });
  return done + text.slice(at);
}

/** Words by which a reader knows what a value is. */
const telling = /pass|token|secret|key|mail|price|total|amount|balance|role|user|owner|err|hash|code|url|html|prompt|cart|quantity/i;

/** Names of variables that are declared once in a file, inside a function, and say nothing of what they hold. */
function withOtherNames(text: string, random: () => number): string {
  const declared = new Map<string, number>();
  const uses: { name: string; start: number; end: number; short: boolean }[] = [];
  const taken = new Set<string>();
  const visit = (node: Node, depth: number, parent: Node | null, key: string): void => {
    if (node.type === 'Identifier') {
      const name = String(node['name']);
      const isKey =
        (parent?.type === 'Property' && key === 'key') ||
        (parent?.type === 'MemberExpression' && key === 'property' && parent['computed'] !== true);
      const short = parent?.type === 'Property' && parent['shorthand'] === true;
      if (short ? key === 'value' : !isKey) uses.push({ name, start: node.start, end: node.start + name.length, short });
      // A pattern that takes a property by its name, a parameter, a type: left as they are.
      if (parent?.type === 'VariableDeclarator' && key === 'id' && depth > 0) declared.set(name, (declared.get(name) ?? 0) + 1);
      else if (
        key === 'id' ||
        key === 'params' ||
        key === 'local' ||
        key === 'left' ||
        key === 'label' ||
        (parent?.type ?? '').startsWith('TS')
      )
        taken.add(name);
    }
    const inside = depth + (/Function|Method/.test(node.type) ? 1 : 0);
    for (const [name, value] of Object.entries(node))
      for (const one of Array.isArray(value) ? value : [value])
        if (one !== null && typeof one === 'object' && 'type' in one) visit(one as Node, inside, node, name);
  };
  for (const node of bodyOf(text)) visit(node, 0, null, 'body');
  const names = new Map(
    [...declared].flatMap(([name, times]) =>
      times === 1 && !taken.has(name) && !telling.test(name) && random() < 0.8
        ? [[name, `${name.charAt(0)}${Math.floor(random() * 9000) + 1000}`] as const]
        : [],
    ),
  );
  let [done, at] = ['', 0];
  for (const { name, start, end, short } of uses.toSorted((a, b) => a.start - b.start)) {
    const other = names.get(name);
    if (other === undefined || start < at) continue;
    done += text.slice(at, start) + (short ? `${name}: ${other}` : other);
    at = end;
  }
  return done + text.slice(at);
}
