/**
 * Measures the sinks on line-labelled collections that are no part of this repository (docs/measured/flows.md has the classes and the figures):
 *
 *   node bench/labelled.ts njsscan DIR           DIR holds true_positives and true_negatives (tests/assets/node_source)
 *   node bench/labelled.ts eslint DIR            DIR is a checkout of eslint-plugin-security with its dependencies installed
 *
 * Prints found / labelled for each class, each line that was missed, and each false alarm.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { read } from '../src/read/code/program.testing.ts';

/** A class of docs/measured/flows.md: its sinks, and the files or rules that are labelled. */
interface Class {
  readonly name: string;
  readonly sinks: RegExp;
  readonly files: readonly string[];
}

const njsscan: readonly Class[] = [
  { name: 'command', sinks: /^(command|program)$/, files: ['exec_os_command', 'exec_shelljs'] },
  {
    name: 'code',
    sinks: /^(code|template|template-data)$/,
    files: [
      'eval_node',
      'eval_sandbox',
      'eval_vm_injection',
      'eval_vm2_injection',
      'eval_require',
      'eval_deserialize',
      'eval_yaml_deserialize',
      'server_side_template_injection',
    ],
  },
  { name: 'sql', sinks: /^sql$/, files: ['sql_injection', 'sql_injection_knex'] },
  { name: 'nosql', sinks: /^(filter|code)$/, files: ['nosql_injection', 'nosql_find_injection'] },
  { name: 'regular-expression', sinks: /^(pattern|matched)$/, files: ['regex_dos', 'regex_injection'] },
  {
    name: 'ssrf',
    sinks: /^(address|code)$/,
    files: ['ssrf_node', 'ssrf_phantomjs', 'ssrf_playwright', 'ssrf_puppeteer', 'ssrf_wkhtmltoimage', 'ssrf_wkhtmltopdf'],
  },
  { name: 'redirect', sinks: /^redirect$/, files: ['open_redirect'] },
  {
    name: 'path',
    sinks: /^(file|template-data)$/,
    files: ['path_traversal', 'resolve_path_traversal', 'express_hbs_lfr', 'archive_path_overwrite'],
  },
  { name: 'html', sinks: /^html$/, files: ['xss_node', 'xss_dom', 'xss_serialize_js', 'xss_mustache_escape'] },
];
const rules: Readonly<Record<string, { readonly name: string; readonly sinks: RegExp }>> = {
  'detect-child-process': { name: 'command', sinks: /^(command|program)$/ },
  'detect-eval-with-expression': { name: 'code', sinks: /^code$/ },
  'detect-non-literal-require': { name: 'code', sinks: /^code$/ },
  'detect-non-literal-fs-filename': { name: 'path', sinks: /^file$/ },
  'detect-non-literal-regexp': { name: 'regular-expression', sinks: /^pattern$/ },
  'detect-unsafe-regexp': { name: 'regular-expression', sinks: /^matched$/ },
  'detect-disable-mustache-escape': { name: 'html', sinks: /^html$/ },
};

const [collection, dir = '.'] = process.argv.slice(2);
const totals = new Map<string, { found: number; of: number; wrong: number; negatives: number }>();
const total = (name: string) => {
  const known = totals.get(name) ?? { found: 0, of: 0, wrong: 0, negatives: 0 };
  totals.set(name, known);
  return known;
};

if (collection === 'njsscan') await measureNjsscan(dir);
else await measureEslint(resolve(dir));
for (const [name, { found, of, wrong, negatives }] of totals) {
  console.log(
    `${name.padEnd(20)} ${found}/${of} found (${Math.round((100 * found) / Math.max(of, 1))} %), ${wrong}/${negatives} false alarms`,
  );
}
process.exit();

/** The lines at which something fails. */
async function failing(text: string, sinks: RegExp, everyValue = false): Promise<number[]> {
  // Their placeholder for any part of a request is the name of none.
  const program = text.replaceAll(/\b(req|request)\.(foo|value|vbody)\b/g, '$1.query.$2');
  const { flows, queries } = await read({ 'app.js': program });
  const lines = flows
    .filter(
      ({ sink, verdict, symbol, notes }) =>
        sinks.test(sink) &&
        (verdict === 'input' || symbol === 'regexp#literal' || notes.includes('escape-off') || (everyValue && verdict !== 'constant')),
    )
    .map(({ where }) => where.line);
  if (sinks.test('sql'))
    lines.push(...queries.filter(({ holes }) => holes.some(({ verdict }) => verdict === 'input')).map(({ where }) => where.line));
  return lines;
}

async function measureNjsscan(folder: string): Promise<void> {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'));
  for (const one of njsscan) {
    const sum = total(one.name);
    for (const path of all) {
      const name = basename(path, '.js');
      const text = readFileSync(join(folder, path), 'utf8');
      if (path.includes('true_positives') && one.files.includes(name)) {
        // Two of the files are no programs: a path was pasted into one, the other awaits in functions that are not async.
        const program = text.replace(/\{\/Users\/\S+/, '{').replaceAll('await ', name === 'ssrf_node' ? '' : 'await ');
        const lines = await failing(program, one.sinks);
        for (const { from, to } of labels(program)) {
          sum.of++;
          if (lines.some((line) => line >= from && line <= to)) sum.found++;
          else console.log(`missed: ${one.name} ${name}:${from}`);
        }
      } else if (path.includes('true_negatives')) {
        sum.negatives++;
        const lines = await failing(text, one.sinks);
        if (lines.length > 0) {
          sum.wrong++;
          console.log(`false alarm: ${one.name} ${name}:${lines.join()}`);
        }
      }
    }
  }
}

/** The first and last line of what each label is about: from the line after it to the end of the function around, or the next label. */
function labels(text: string): { from: number; to: number }[] {
  const lines = text.split('\n');
  const marked = lines.flatMap((line, index) => (/ruleid:/.test(line) ? [index + 1] : []));
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + 1);
  const lineOf = (offset: number) => starts.findLastIndex((start) => start <= offset) + 1;
  const functions: { from: number; to: number }[] = [{ from: 1, to: lines.length }];
  const { program } = parseSync('app.js', text);
  const visit = ({ start, end }: { start: number; end: number }) => void functions.push({ from: lineOf(start), to: lineOf(end) });
  new Visitor({ FunctionDeclaration: visit, FunctionExpression: visit, ArrowFunctionExpression: visit }).visit(program);
  return marked.map((label, index) => {
    let from = label + 1;
    while (/^\s*(\/\/.*)?$/.test(lines[from - 1] ?? 'x')) from++;
    const around = functions.filter((one) => one.from <= label && one.to >= from).toSorted((a, b) => a.to - a.from - (b.to - b.from))[0];
    // Of a callback that begins on the line itself, the whole.
    const inside = functions.filter((one) => one.from === from).map(({ to }) => to);
    const end = around === undefined || around.from === 1 ? Math.max(from + 12, ...inside) : around.to;
    return { from, to: Math.min(end, (marked[index + 1] ?? Number.POSITIVE_INFINITY) - 1) };
  });
}

interface RuleTests {
  readonly invalid: readonly (string | { code: string })[];
  readonly valid: readonly (string | { code: string })[];
}

async function measureEslint(folder: string): Promise<void> {
  const require = createRequire(join(folder, 'test/rules/x.js'));
  // eslint is theirs: it comes from the checkout.
  const eslint = 'eslint';
  const { RuleTester } = require(eslint) as { RuleTester: { prototype: { run: (...args: unknown[]) => void } } };
  for (const [file, { name, sinks }] of Object.entries(rules)) {
    const gathered: RuleTests[] = [];
    RuleTester.prototype.run = (_name, _rule, tests) => void gathered.push(tests as RuleTests);
    require(join(folder, 'test/rules', `${file}.js`));
    const sum = total(name);
    for (const { invalid, valid } of gathered) {
      for (const [cases, wanted] of [
        [invalid, true],
        [valid, false],
      ] as const) {
        for (const one of cases) {
          const code = typeof one === 'string' ? one : one.code;
          const told = (await failing(code, sinks, file !== 'detect-unsafe-regexp')).length > 0;
          if (wanted) sum.of++;
          else sum.negatives++;
          if (wanted && told) sum.found++;
          else if (wanted) console.log(`missed: ${file}: ${JSON.stringify(code)}`);
          else if (told) {
            sum.wrong++;
            console.log(`false alarm: ${file}: ${JSON.stringify(code)}`);
          }
        }
      }
    }
  }
}
