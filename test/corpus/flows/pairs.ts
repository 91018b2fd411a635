/**
 * Small pairs for flows: on one side what a caller sends reaches a sink, on the other it does not, or can do no harm there. Each side is the body
 * of an Express application, with `exec`, `fs`, `path` and the like imported; `more` are files beside it.
 */
export interface Pair {
  readonly name: string;
  readonly sink: string;
  readonly tainted: string;
  readonly safe: string;
  readonly more?: { readonly [path: string]: string };
  readonly moreSafe?: { readonly [path: string]: string };
  readonly moreTainted?: { readonly [path: string]: string };
}

const get = (body: string) => `app.get('/x/:id', async (req, res) => { ${body} });`;
const command = (name: string, tainted: string, safe: string): Pair => ({ name, sink: 'command', tainted: get(tainted), safe: get(safe) });
const across = (name: string, body: string, tainted: string, safe: string): Pair => ({
  name,
  sink: 'command',
  tainted: body,
  safe: body,
  moreTainted: { 'src/run.ts': tainted },
  moreSafe: { 'src/run.ts': safe },
});
const runs = "import { exec } from 'node:child_process';\n";

export const pairs: readonly Pair[] = [
  // Within a function.
  command('directly', 'exec(req.query.c);', "exec('ls');"),
  command('concatenated', "exec('ls ' + req.query.d);", "exec('ls ' + process.env.DIR);"),
  command('in a template', 'exec(`ls ${req.params.id}`);', 'exec(`ls ${Number(req.params.id)}`);'),
  command('destructured', 'const { dir } = req.query; exec(`ls ${dir}`);', "const { dir } = { dir: '/tmp' }; exec(`ls ${dir}`);"),
  command(
    'destructured with a new name',
    'const { dir: d } = req.body; exec(`ls ${d}`);',
    'const { dir: d } = req.body; exec(`ls ${parseInt(d, 10)}`);',
  ),
  command(
    'destructured with a default',
    "const { dir = '.' } = req.query; exec(`ls ${dir}`);",
    "const { dir = '.' } = {}; exec(`ls ${dir}`);",
  ),
  command(
    'nested destructuring',
    'const { body: { a: { b } } } = req; exec(b);',
    'const { body: { a: { b } } } = req; exec(`kill ${+b}`);',
  ),
  command(
    'the rest of an object',
    'const { a, ...rest } = req.body; exec(rest.b);',
    "const { a, ...rest } = { a: 1, b: 'ls' }; exec(rest.b);",
  ),
  command('through an object', 'const o = { c: req.query.c }; exec(o.c);', "const o = { c: 'ls', d: req.query.c }; exec(o.c);"),
  command('a spread object', 'const o = { ...req.body }; exec(o.c);', "const o = { ...req.body, c: 'ls' }; exec(o.c);"),
  command(
    'through an array',
    "const list = ['ls', req.query.d]; exec(list.join(' '));",
    "const list = ['ls', String(Number(req.query.d))]; exec(list.join(' '));",
  ),
  command(
    'a spread array',
    "const list = ['ls', ...req.body.dirs]; exec(list.join(' '));",
    "const list = ['ls', ...['a', 'b']]; exec(list.join(' '));",
  ),
  command('mapped', "exec(req.body.dirs.map((d) => `ls ${d}`).join(';'));", "exec(req.body.dirs.map((d) => `ls ${Number(d)}`).join(';'));"),
  command(
    'an item of a list',
    'for (const d of req.body.dirs) exec(`ls ${d}`);',
    'for (const d of req.body.dirs) exec(`ls ${parseInt(d)}`);',
  ),
  command('forEach', 'req.body.dirs.forEach((d) => exec(`ls ${d}`));', "['a', 'b'].forEach((d) => exec(`ls ${d}`));"),
  command(
    'reduced',
    "exec(req.body.dirs.reduce((all, d) => all + ' ' + d, 'ls'));",
    "exec(['a', 'b'].reduce((all, d) => all + ' ' + d, 'ls'));",
  ),
  command(
    'by turns of a ternary',
    "const d = req.query.all ? '.' : req.query.d; exec(`ls ${d}`);",
    "const d = req.query.all ? '.' : 'src'; exec(`ls ${d}`);",
  ),
  command('with ||', "exec(req.query.c || 'ls');", "exec(process.env.CMD || 'ls');"),
  command('with ??', "exec(req.query.c ?? 'ls');", "exec(null ?? 'ls');"),
  command('assigned later', "let c = 'ls'; if (req.query.c) c = req.query.c; exec(c);", "let c = req.query.c; c = 'ls'; exec(c);"),
  command(
    'assigned again after a cast',
    'let n = req.query.n; exec(`head -${n}`);',
    'let n = req.query.n; n = Number(n); exec(`head -${n}`);',
  ),
  command('appended', "let c = 'ls'; c += ' ' + req.query.d; exec(c);", "let c = 'ls'; c += ' ' + Number(req.query.d); exec(c);"),
  command('trimmed and lowered', 'exec(`ls ${req.query.d.trim().toLowerCase()}`);', 'exec(`ls ${req.query.d.length}`);'),
  command('from a header', "exec(`id ${req.headers['x-user']}`);", "exec(`id ${req.headers['x-user'] ? 1 : 2}`);"),
  command('by req.get', "exec(`id ${req.get('x-user')}`);", "exec(`id ${parseInt(req.get('x-user'), 10)}`);"),

  // Tests in front.
  command(
    'a list asked with includes',
    'if (!req.query.d) return res.end(); exec(`ls ${req.query.d}`);',
    "const d = req.query.d; if (!['a', 'b'].includes(d)) return res.end(); exec(`ls ${d}`);",
  ),
  command(
    'a list asked the wrong way round',
    "const d = req.query.d; if (['a'].includes(d)) return res.end(); exec(`ls ${d}`);",
    "const d = req.query.d; if (['a'].includes(d)) exec(`ls ${d}`);",
  ),
  command(
    'only inside of the test',
    "const d = req.query.d; if (['a'].includes(d)) res.end(); exec(`ls ${d}`);",
    "const d = req.query.d; if (['a'].includes(d)) { exec(`ls ${d}`); } res.end();",
  ),
  command(
    'a Set',
    'const allowed = new Set(["a"]); const d = req.query.d; allowed.has("b"); exec(`ls ${d}`);',
    'const allowed = new Set(["a"]); const d = req.query.d; if (!allowed.has(d)) throw new Error("no"); exec(`ls ${d}`);',
  ),
  command(
    'a switch',
    "switch (req.query.d) { case 'a': exec(`ls ${req.query.e}`); break; default: res.end(); }",
    "switch (req.query.d) { case 'a': exec(`ls ${req.query.d}`); break; default: res.end(); }",
  ),
  command(
    'a switch that chooses',
    "let d; switch (req.query.k) { case 'a': d = req.query.d; break; default: d = 'x'; } exec(`ls ${d}`);",
    "let d; switch (req.query.k) { case 'a': d = 'y'; break; default: d = 'x'; } exec(`ls ${d}`);",
  ),
  command('a table', 'const t = {}; exec(t[req.query.k] ?? req.query.k);', "const t = { a: 'ls', b: 'df' }; exec(t[req.query.k] ?? 'ls');"),
  command(
    'a Map',
    'const m = new Map([["a", "ls"]]); exec(m.get("a") + req.query.k);',
    'const m = new Map([["a", "ls"]]); exec(m.get(req.query.k));',
  ),
  command(
    'an anchored pattern',
    'const d = req.query.d; if (!/[a-z]+/.test(d)) return res.end(); exec(`ls ${d}`);',
    'const d = req.query.d; if (!/^[a-z]+$/.test(d)) return res.end(); exec(`ls ${d}`);',
  ),
  command(
    'an anchored pattern that lets all through',
    'const d = req.query.d; if (!/^.+$/.test(d)) return res.end(); exec(`ls ${d}`);',
    'const d = req.query.d; if (!/^[\\w-]+$/.test(d)) return res.end(); exec(`ls ${d}`);',
  ),
  command(
    'match',
    'const d = req.query.d; if (!d.match(/x/)) return res.end(); exec(`ls ${d}`);',
    'const d = req.query.d; if (!d.match(/^\\d+$/)) return res.end(); exec(`ls ${d}`);',
  ),
  command(
    'isNaN',
    'const n = req.query.n; if (n === "") return; exec(`head -${n}`);',
    'const n = req.query.n; if (Number.isNaN(Number(n))) return res.end(); exec(`head -${Number(n)}`);',
  ),
  command(
    'equality',
    "const d = req.query.d; if (d === 'x') res.end(); exec(`ls ${d}`);",
    "const d = req.query.d; if (d === 'x' || d === 'y') exec(`ls ${d}`);",
  ),
  command(
    'either of two tests',
    "const d = req.query.d; if (d === 'x' || req.query.force) exec(`ls ${d}`);",
    "const d = req.query.d; if (d !== 'x' && d !== 'y') return res.end(); exec(`ls ${d}`);",
  ),
  command(
    'a default instead of a refusal',
    "let d = req.query.d; if (!d) d = 'x'; exec(`ls ${d}`);",
    "let d = req.query.d; if (!['a', 'b'].includes(d)) d = 'a'; exec(`ls ${d}`);",
  ),
  command(
    'a ternary that asks a list',
    "exec(`ls ${['a'].includes(req.query.d) ? req.query.e : 'a'}`);",
    "exec(`ls ${['a'].includes(req.query.d) ? req.query.d : 'a'}`);",
  ),
  command(
    'found in a list',
    'const d = req.body.list.find((one) => one === req.query.d); exec(`ls ${d}`);',
    "const d = ['a', 'b'].find((one) => one === req.query.d); exec(`ls ${d}`);",
  ),
  command('replaced characters', "exec(`ls ${req.query.d.replace(/a/g, '')}`);", "exec(`ls ${req.query.d.replace(/[^a-z0-9-]/g, '')}`);"),
  command('shell quoting', "exec(`ls '${req.query.d}'`);", 'exec(`ls ${quote([req.query.d])}`);'),

  // Across functions.
  {
    name: 'a helper',
    sink: 'command',
    tainted: `function list(d) { exec('ls ' + d); }\n${get('list(req.query.d);')}`,
    safe: `function list(d) { exec('ls ' + d); }\n${get("list('src');")}`,
  },
  {
    name: 'a helper that returns',
    sink: 'command',
    tainted: `const make = (d) => 'ls ' + d;\n${get('exec(make(req.query.d));')}`,
    safe: `const make = (d) => 'ls ' + Number(d);\n${get('exec(make(req.query.d));')}`,
  },
  {
    name: 'a helper that asks',
    sink: 'command',
    tainted: `const ok = (d) => d.length > 2;\n${get('if (!ok(req.query.d)) return res.end(); exec(`ls ${req.query.e}`);')}`,
    safe: `const ok = (d) => ['a', 'b'].includes(d);\n${get('if (!ok(req.query.d)) return res.end(); exec(`ls ${req.query.d}`);')}`,
  },
  {
    name: 'a helper that asks in several steps',
    sink: 'command',
    tainted: `function ok(d) { if (!d) return false; return true; }\n${get('if (!ok(req.query.d)) return res.end(); exec(`ls ${req.query.d}`);')}`,
    safe: `function ok(d) { if (!/^[a-z]+$/.test(d)) return false; return true; }\n${get('if (!ok(req.query.d)) return res.end(); exec(`ls ${req.query.d}`);')}`,
  },
  {
    name: 'a helper that throws',
    sink: 'command',
    tainted: `function check(d) { if (!d) throw new Error('empty'); }\n${get('check(req.query.d); exec(`ls ${req.query.d}`);')}`,
    safe: `function check(d) { if (!['a'].includes(d)) throw new Error('no'); }\n${get('check(req.query.d); exec(`ls ${req.query.d}`);')}`,
  },
  {
    name: 'a helper that throws and returns',
    sink: 'command',
    tainted: `function check(d) { if (!d) throw new Error('empty'); return d; }\n${get('exec(`ls ${check(req.query.d)}`);')}`,
    safe: `function check(d) { if (!['a'].includes(d)) throw new Error('no'); return d; }\n${get('exec(`ls ${check(req.query.d)}`);')}`,
  },
  {
    name: 'a closure',
    sink: 'command',
    tainted: get('const d = req.query.d; const run = () => exec(`ls ${d}`); run();'),
    safe: get("const d = 'x'; const run = () => exec(`ls ${d}`); run();"),
  },
  {
    name: 'a callback',
    sink: 'command',
    tainted: get('fs.readdir("x", () => exec(`ls ${req.query.d}`));'),
    safe: get('fs.readdir("x", (err, found) => exec(`ls ${found.length}`));'),
  },
  {
    name: 'a promise',
    sink: 'command',
    tainted: get('Promise.resolve(req.query.d).then((d) => exec(`ls ${d}`));'),
    safe: get('Promise.resolve("x").then((d) => exec(`ls ${d}`));'),
  },
  {
    name: 'Promise.all',
    sink: 'command',
    tainted: get('const [d] = await Promise.all([Promise.resolve(req.query.d)]); exec(`ls ${d}`);'),
    safe: get('const [d] = await Promise.all([Promise.resolve("x")]); exec(`ls ${d}`);'),
  },
  {
    name: 'an async helper',
    sink: 'command',
    tainted: `async function norm(d) { return d.trim(); }\n${get('exec(`ls ${await norm(req.query.d)}`);')}`,
    safe: `async function norm(d) { return Number(d); }\n${get('exec(`ls ${await norm(req.query.d)}`);')}`,
  },
  {
    name: 'a field of a class',
    sink: 'command',
    tainted: `class Job { constructor(d) { this.d = d; } run() { exec('ls ' + this.d); } }\n${get('new Job(req.query.d).run();')}`,
    safe: `class Job { constructor(d) { this.d = Number(d); } run() { exec('ls ' + this.d); } }\n${get('new Job(req.query.d).run();')}`,
  },
  {
    name: 'a private field',
    sink: 'command',
    tainted: `class Job { #d; constructor(d) { this.#d = d; } run() { exec('ls ' + this.#d); } }\n${get('new Job(req.query.d).run();')}`,
    safe: `class Job { #d = 'x'; run() { exec('ls ' + this.#d); } }\n${get('new Job().run();')}`,
  },
  {
    name: 'a static method',
    sink: 'command',
    tainted: `class Shell { static run(c) { exec(c); } }\n${get('Shell.run(req.query.c);')}`,
    safe: `class Shell { static run(c) { exec(c); } }\n${get("Shell.run('ls');")}`,
  },
  {
    name: 'a higher-order handler',
    sink: 'command',
    tainted: `const wrap = (fn) => (req, res, next) => fn(req, res).catch(next);\napp.get('/x', wrap(async (req, res) => { exec(req.query.c); }));`,
    safe: `const wrap = (fn) => (req, res, next) => fn(req, res).catch(next);\napp.get('/x', wrap(async (req, res) => { exec('ls'); }));`,
  },
  {
    name: 'a default parameter',
    sink: 'command',
    tainted: `function list(d = '.') { exec('ls ' + d); }\n${get('list(req.query.d);')}`,
    safe: `function list(d = '.') { exec('ls ' + d); }\n${get('list();')}`,
  },
  {
    name: 'named arguments',
    sink: 'command',
    tainted: `function list({ dir, all }) { exec('ls ' + dir + all); }\n${get('list({ dir: req.query.d, all: 1 });')}`,
    safe: `function list({ dir, all }) { exec('ls ' + dir); }\n${get("list({ dir: 'x', all: req.query.d });")}`,
  },
  {
    name: 'the rest of the arguments',
    sink: 'command',
    tainted: `function list(...dirs) { exec('ls ' + dirs.join(' ')); }\n${get("list('a', req.query.d);")}`,
    safe: `function list(...dirs) { exec('ls ' + dirs.join(' ')); }\n${get("list('a', 'b');")}`,
  },
  {
    name: 'a middleware in front',
    sink: 'command',
    tainted: `app.use((req, res, next) => { if (!req.query.d) return res.status(400).end(); next(); });\n${get('exec(`ls ${req.query.d}`);')}`,
    safe: `app.use((req, res, next) => { if (!['a'].includes(req.query.d)) return res.status(400).end(); next(); });\n${get('exec(`ls ${req.query.d}`);')}`,
  },
  {
    name: 'what a middleware put on the request',
    sink: 'command',
    tainted: `app.use((req, res, next) => { req.dir = req.query.d; next(); });\n${get('exec(`ls ${req.dir}`);')}`,
    safe: `app.use((req, res, next) => { req.dir = 'x'; next(); });\n${get('exec(`ls ${req.dir}`);')}`,
  },
  {
    name: 'a schema',
    sink: 'command',
    tainted: `const s = z.object({ d: z.string() });\n${get('const { d } = s.parse(req.query); exec(`ls ${d}`);')}`,
    safe: `const s = z.object({ d: z.enum(['a', 'b']) });\n${get('const { d } = s.parse(req.query); exec(`ls ${d}`);')}`,
  },
  {
    name: 'a schema with numbers',
    sink: 'command',
    tainted: `const s = z.object({ n: z.string().max(3) });\n${get('const { data } = s.safeParse(req.query); exec(`head -${data.n}`);')}`,
    safe: `const s = z.object({ n: z.coerce.number() });\n${get('const { data } = s.safeParse(req.query); exec(`head -${data.n}`);')}`,
  },

  // Across files.
  across(
    'a function of another file',
    `import { list } from './run';\n${get('list(req.query.d);')}`,
    `${runs}export function list(d) { exec('ls ' + d); }`,
    `${runs}export function list(d) { exec('ls ' + Number(d)); }`,
  ),
  across(
    'a default export',
    `import list from './run';\n${get('list(req.query.d);')}`,
    `${runs}export default (d) => exec('ls ' + d);`,
    `${runs}export default (d) => exec('ls');`,
  ),
  across(
    'a namespace',
    `import * as shell from './run';\n${get('shell.list(req.query.d);')}`,
    `${runs}export const list = (d) => exec('ls ' + d);`,
    `${runs}export const list = (d) => exec('ls ' + JSON.stringify(1));`,
  ),
  across(
    'an instance of another file',
    `import { shell } from './run';\n${get('shell.list(req.query.d);')}`,
    `${runs}class Shell { list(d) { return exec('ls ' + d); } }\nexport const shell = new Shell();`,
    `${runs}class Shell { list(d) { return exec('ls ' + (d ? 'a' : 'b')); } }\nexport const shell = new Shell();`,
  ),
  {
    name: 'a re-export',
    sink: 'command',
    tainted: `import { list } from './index';\n${get('list(req.query.d);')}`,
    safe: `import { list } from './index';\n${get("list('x');")}`,
    more: { 'src/index.ts': "export { list } from './deep';", 'src/deep.ts': `${runs}export const list = (d) => exec('ls ' + d);` },
  },
  {
    name: 'a barrel',
    sink: 'command',
    tainted: `import { list } from './index';\n${get('list(req.query.d);')}`,
    safe: `import { list } from './index';\n${get("list('x');")}`,
    more: { 'src/index.ts': "export * from './deep';", 'src/deep.ts': `${runs}export const list = (d) => exec('ls ' + d);` },
  },
  {
    name: 'a wrapper of the sink',
    sink: 'command',
    tainted: `import { sh } from './run';\n${get('await sh(`ls ${req.query.d}`);')}`,
    safe: `import { sh } from './run';\n${get('await sh(`ls -l`);')}`,
    more: {
      'src/run.ts': `${runs}import { promisify } from 'node:util';\nconst run = promisify(exec);\nexport const sh = async (c) => (await run(c)).stdout;`,
    },
  },

  // Other sinks, and what is harmless there alone.
  {
    name: 'a basename',
    sink: 'file',
    tainted: get("fs.readFile(path.join('x', req.query.f));"),
    safe: get("fs.readFile(path.join('x', path.basename(req.query.f)));"),
  },
  {
    name: 'a basename in a shell',
    sink: 'command',
    tainted: get('exec(`cat ${path.basename(req.query.f)}`);'),
    safe: get('exec(`cat ${Number(req.query.f)}`);'),
  },
  {
    name: 'encodeURIComponent in an address',
    sink: 'address',
    tainted: get('await fetch(`https://${req.query.h}/x`);'),
    safe: get('await fetch(`https://api.example.com/${encodeURIComponent(req.query.h)}`);'),
  },
  {
    name: 'encodeURIComponent in a command',
    sink: 'command',
    tainted: get('exec(`curl ${encodeURIComponent(req.query.u)}; ${req.query.v}`);'),
    safe: get('exec("curl x");'),
  },
  {
    name: 'an address with a base of the environment',
    sink: 'address',
    tainted: get('await fetch(req.query.base + "/x");'),
    safe: get('await fetch(`${process.env.API_URL}/users/${req.params.id}`);'),
  },
  {
    name: 'a host compared',
    sink: 'address',
    tainted: get('const u = new URL(req.query.u); if (u.protocol !== "https:") return res.end(); await fetch(u);'),
    safe: get('const u = new URL(req.query.u); if (u.hostname !== "example.com") return res.end(); await fetch(u);'),
  },
  {
    name: 'an escape in markup',
    sink: 'html',
    tainted: get('res.send(`<b>${req.query.q}</b>`);'),
    safe: get('res.send(`<b>${escapeHtml(req.query.q)}</b>`);'),
  },
  {
    name: 'an escape of our own',
    sink: 'html',
    tainted: `const esc = (s) => s.trim();\n${get('res.send(`<b>${esc(req.query.q)}</b>`);')}`,
    safe: `const esc = (s) => s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');\n${get('res.send(`<b>${esc(req.query.q)}</b>`);')}`,
  },
  {
    name: 'JSON instead of markup',
    sink: 'html',
    tainted: get('res.send("hi " + req.query.q);'),
    safe: get('res.json({ q: req.query.q });'),
  },
  {
    name: 'plain text instead of markup',
    sink: 'html',
    tainted: get('res.status(400).send("hi " + req.query.q);'),
    safe: get('res.type("text/plain").send("hi " + req.query.q);'),
  },
  {
    name: 'a redirect on the same host',
    sink: 'redirect',
    tainted: get('res.redirect(req.query.to);'),
    safe: get('res.redirect(`/users/${req.query.to}`);'),
  },
  {
    name: 'a redirect with a status',
    sink: 'redirect',
    tainted: get('res.redirect(303, req.query.to);'),
    safe: get('res.redirect(303, req.query.to === "a" ? "/a" : "/b");'),
  },
  {
    name: 'text in a filter',
    sink: 'filter',
    tainted: get('await mongoose.model("U").findOne({ name: req.query.n });'),
    safe: get('await mongoose.model("U").findOne({ name: String(req.query.n) });'),
  },
  {
    name: 'typeof in front of a filter',
    sink: 'filter',
    tainted: get('const n = req.body.n; if (!n) return res.end(); await mongoose.model("U").findOne({ n });'),
    safe: get('const n = req.body.n; if (typeof n !== "string") return res.end(); await mongoose.model("U").findOne({ n });'),
  },
  {
    name: 'code',
    sink: 'code',
    tainted: get('eval(req.query.e);'),
    safe: get('eval("1 + 1"); setTimeout(() => res.end(req.query.e), 10);'),
  },
];
