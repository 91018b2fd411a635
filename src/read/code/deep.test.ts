import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFiles } from '../../world/folder.testing.ts';
import { programOf } from '../code.ts';
import { contextAt } from '../collectors.testing.ts';
import { importsOf } from '../dependencies/imports.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'seaworthy-deep-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function read(files: Record<string, string>) {
  writeFiles(dir, files);
  const context = await contextAt(dir);
  return { program: await programOf(context), imports: await importsOf(context) };
}

/** Newlines where white space may stand, so that nothing looks minified. */
const nest = (open: string, middle: string, close: string, n = 1_000_000) => {
  const times = Math.min(n, Math.floor(1_300_000 / (open.length + close.length + 1)));
  return `${`${open}\n`.repeat(times)}${middle}${close.repeat(times)}`;
};
const server = `import express from 'express'; express().get('/fine', (q, s) => s.end());`;

/** Every one of these ends the process that parses it: the parser recurses on the native stack. */
const kinds: Record<string, string> = {
  parentheses: `x = ${nest('(', '1', ')')};`,
  'parentheses whose other halves stand in strings': `x = ${nest("(')',", '1', '')};`,
  'braces whose other halves stand in comments': nest('{/*}*/', '', ''),
  arrays: `x = ${nest('[', '', ']')};`,
  objects: `x = ${nest('{a:', '1', '}')};`,
  blocks: nest('{', '', '}'),
  functions: nest('function f(){', '', '}'),
  arrows: `x = ${nest('(a)=>', '1', '')};`,
  'arrows without parentheses': `x = ${nest('a=>', '1', '')};`,
  classes: `x = ${nest('class{a=', '1', '}')};`,
  'classes of classes': `x = ${nest('class extends ', 'A', '{}')};`,
  decorators: nest('@a(class{', '', ''),
  'template literals': `x = ${nest('`${', '1', '}`')};`,
  'tagged templates': `x = a${nest('``', '', '')};`,
  negations: `x = ${nest('!', '1', '')};`,
  'minus signs': `x = ${nest('- ', '1', '')};`,
  typeof: `x = ${nest('typeof ', '1', '')};`,
  await: `x = ${nest('await ', '1', '')};`,
  new: `x = ${nest('new ', 'X', '')};`,
  yield: `function* f() { ${nest('yield*', '1', '')} }`,
  'else if': nest('if(a);else ', ';', ''),
  ifs: nest('if(a)', ';', ''),
  loops: nest('for(;;)', ';', ''),
  'do while': nest('do ', ';', 'while(1);'),
  switches: nest('switch(a){default:', '', '}'),
  tries: nest('try{', '', '}finally{}'),
  labels: `${Array.from({ length: 140_000 }, (_, i) => `l${i}:\n`).join('')};`,
  members: `x = a${nest('.b', '', '')};`,
  'optional members': `x = a${nest('?.b', '', '')};`,
  calls: `x = a${nest('()', '', '')};`,
  indexes: `x = a${nest('[0]', '', '')};`,
  'indexes in a row': `x = a${`${'[0]'.repeat(100)}[\n0]`.repeat(4_000)};`,
  sums: `x = a${nest('-a', '', '')};`,
  powers: `x = a${nest('**a', '', '')};`,
  conjunctions: `x = a${nest('&&a', '', '')};`,
  casts: `x = a${' as\nb'.repeat(200_000)};`,
  ternaries: `x = ${nest('a?b:', '1', '')};`,
  'ternaries inside out': `x = ${nest('a?', '1', ':b')};`,
  assignments: nest('a=', '1', ''),
  'dynamic imports': `x = ${nest('import(', '1', ')')};`,
  'type arguments': `type T = ${nest('A<', 'B', '>')};`,
  'conditional types': `type T = ${nest('A extends B ? C : ', 'D', '')};`,
  'array types': `type T = A${`${'[]'.repeat(100)}[\n]`.repeat(6_000)};`,
  'object types': `type T = ${nest('{a:', 'B', '}')};`,
  'tuple types': `type T = ${nest('[', 'B', ']')};`,
  'function types': `type T = ${nest('()=>', 'B', '')};`,
  keyof: `type T = ${nest('keyof ', 'B', '')};`,
  'qualified types': `type T = A${nest('.B', '', '')};`,
  namespaces: `namespace A${nest('.B', '', '')} {}`,
  patterns: `let ${nest('[', 'a', ']')} = 1;`,
  'type assertions': `x = ${nest('<a>', '1', '')};`,
};
const markup: Record<string, string> = {
  elements: `x = ${nest('<a>', '', '</a>')};`,
  fragments: `x = ${nest('<>', '', '</>')};`,
  attributes: `x = ${nest('<a b=', '""', '/>')};`,
  'names of elements': `x = <a${nest('.b', '', '')}/>;`,
};

describe('what exhausts the parser costs one file', () => {
  it.each([
    ...Object.entries(kinds).map(([kind, text]) => [kind, text, 'ts']),
    ...Object.entries(markup).map(([kind, text]) => [kind, text, 'tsx']),
  ])('%s', async (_, text, extension) => {
    const { program, imports } = await read({ 'src/server.ts': server, [`src/deep.${extension}`]: text ?? '' });
    expect(program.routes.map(({ id }) => id)).toEqual(['GET /fine']);
    expect(program.gaps.map(({ file, reason }) => [file, /^(nested too deeply|minified)/.test(reason)])).toEqual([
      [`src/deep.${extension}`, true],
    ]);
    expect(imports.imports.map(({ specifier }) => specifier)).toEqual(['express']);
    expect(imports.gaps).toHaveLength(1);
  });

  it('reads on after many of them, and says so', async () => {
    const files: Record<string, string> = { 'src/server.ts': server };
    for (let n = 0; n < 25; n++) files[`src/deep${n}.ts`] = `${'\n'.repeat(n)}x = ${nest('class{a=', '1', '}', 30_000)};`;
    const { program } = await read(files);
    expect(program.routes.map(({ id }) => id)).toEqual(['GET /fine']);
    expect(program.gaps).toHaveLength(25);
    expect(program.gaps.filter(({ reason }) => reason.startsWith('not read, because too many'))).toHaveLength(5);
    // Twenty processes are started, which takes its time beside other tests.
  }, 90_000);

  it('reads what is only long', async () => {
    const { program } = await read({
      'src/server.ts': server,
      'src/long.ts': Array.from({ length: 20_000 }, (_, n) => `export const f${n} = (a) => { return [a, { b: (a ? 1 : 2) }]; };`).join(
        '\n',
      ),
    });
    expect(program.gaps).toEqual([]);
    expect(program.lines).toBe(20_001);
  });
});
