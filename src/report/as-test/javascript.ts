import { entrancePassword } from '../../model/scenario.ts';
import type { Act, Sent } from './acts.ts';
import { parts } from './javascript-parts.ts';
import type { Part } from './javascript-parts.ts';
import type { Plan } from './plan.ts';
import type { Driver, Runner } from './runners.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** How the test is to be written down. */
export interface Manner {
  readonly runner: Runner;
  readonly typescript: boolean;
  /** `import` and not `require`. */
  readonly modules: boolean;
  readonly driver: Driver | null;
  readonly port: number;
}

/** The test as a file of JavaScript or TypeScript. `preface`: comment lines that stand first. */
export function javascript(plan: Plan, manner: Manner, preface: readonly string[]): string {
  const { runner, driver } = manner;
  const body = plan.acts.flatMap((act) => statements(act, plan));
  const used = partsOf(plan);
  const crypto = used.has('tokenOf') || used.has('weak');
  const asks = plan.database || plan.secrets.length > 0;
  const imports = [
    ...(runner.from === null
      ? []
      : [loaded(manner, runner.from === 'ava' || runner.from === 'node:test' ? runner.test : `{ ${runner.test} }`, runner.from)]),
    loaded(manner, 'assert', 'node:assert/strict'),
    ...(crypto ? [loaded(manner, 'crypto', 'node:crypto')] : []),
    ...(driver && plan.database ? [loaded(manner, driver.binding, driver.name)] : []),
  ];
  const settings = [
    `const baseUrl = (process.env.BASE_URL ?? 'http://localhost:${manner.port}').replace(/\\/$/, '');`,
    ...(plan.database ? ["const databaseUrl = process.env.DATABASE_URL ?? '';"] : []),
    ...(asks ? [`const lacking = ${wants(plan)}.filter((name) => !process.env[name]);`] : []),
  ];
  const title = string(plan.title);
  const named = asks ? `lacking.length > 0 ? ${title} + \` (skipped: set \${lacking.join(', ')})\` : ${title}` : title;
  const skipping =
    runner.skip === 'skipped' ? `((name${manner.typescript ? ': string' : ''}) => test(name, { skip: true }, () => {}))` : runner.skip;
  const declared = asks ? `(lacking.length > 0 ? ${skipping} : ${runner.test})` : runner.test;
  const warning = asks
    ? [
        'if (lacking.length > 0)',
        `  console.warn(\`SKIPPED, which proves nothing: this test needs \${lacking.join(', ')} of the application that runs at \${baseUrl}.\`);`,
        '',
      ]
    : [];
  const people = plan.actors.map((name) => `  const ${plan.variables.get(name)} = person();`);
  const lines = [
    ...(runner.pragma === null ? [] : [runner.pragma]),
    ...preface.map((line) => (line === '' ? '//' : `// ${line}`)),
    ...imports,
    '',
    ...settings,
    ...[...used].map((part) => partText(part, plan, manner)),
    '',
    ...warning,
    `${declared}(${named}, ${runner.opens}`,
    ...(runner.first === null ? [] : [`  ${runner.first}`]),
    ...people,
    ...body.map((line) => (line === '' ? '' : `  ${line}`)),
    ...(runner.last === null ? [] : [`  ${runner.last}`]),
    runner.limit === null ? '});' : `}, ${runner.limit});`,
    '',
  ];
  return lines.join('\n');
}

function wants(plan: Plan): string {
  return `[${[...(plan.database ? ['DATABASE_URL'] : []), ...plan.secrets].map(string).join(', ')}]`;
}

function loaded({ modules }: Manner, binding: string, from: string): string {
  return modules ? `import ${binding} from '${from}';` : `const ${binding} = require('${from}');`;
}

function partText(part: Part, plan: Plan, { driver, typescript }: Manner): string {
  const csrf = plan.acts.some((act) => act.do === 'csrf')
    ? `
  if (who.csrf !== null && !['GET', 'HEAD'].includes(method)) {
    const token = await csrfToken(who, path);
    headers = { 'x-csrf-token': token, 'x-xsrf-token': token, ...headers };
    if (form !== undefined) form = { ...form, _csrf: token };
  }`
    : '';
  const text = parts[part]
    .replace('CSRF', () => csrf)
    .replace('PASSWORD', () => entrancePassword)
    .replace('BODY', () => driver?.lines.join('\n') ?? '');
  return typescript
    ? text.replaceAll(/[«»]/g, '')
    : text
        .replaceAll(/«[^»]*»/g, '')
        .replaceAll(/\n{3,}/g, '\n\n')
        .trimEnd();
}

/** The parts that a plan needs, in the order in which they are written down. */
function partsOf(plan: Plan): Set<Part> {
  const kinds = new Set<string>(plan.acts.map((act) => act.do));
  const takes = plan.acts.flatMap((act) => (act.do === 'take' ? [act.from] : []));
  const wanted: Readonly<Record<Part, boolean>> = {
    person: true,
    send: true,
    must: plan.acts.some((act) => act.do === 'send' && act.must),
    works: plan.acts.some((act) => act.do === 'succeeds' && act.wanted),
    at: takes.some((from) => 'json' in from) || kinds.has('differs'),
    claim: takes.some((from) => 'claim' in from),
    tokenOf: kinds.has('forge') || kinds.has('mint'),
    csrf: kinds.has('csrf'),
    query: kinds.has('query'),
    shows: kinds.has('shows'),
    unchanged: kinds.has('unchanged'),
    lacks: kinds.has('lacks'),
    same: kinds.has('differs') || kinds.has('rows-differ'),
    moves: kinds.has('stands'),
    weak: kinds.has('hashed'),
  };
  return new Set((Object.keys(parts) as Part[]).filter((part) => wanted[part]));
}

function statements(act: Act, plan: Plan): string[] {
  const word = (name: string): string => plan.variables.get(name) ?? name;
  switch (act.do) {
    case 'say':
      return ['', `// ${act.text}`];
    case 'send': {
      const call = `await ${act.must ? 'must' : 'send'}(${requestText(act.request, plan)});`;
      return (act.into === null ? call : `const ${word(act.into)} = ${call}`).split('\n');
    }
    case 'take': {
      const from =
        'json' in act.from
          ? `at(${word(act.of)}, ${string(act.from.json)})`
          : 'header' in act.from
            ? `${word(act.of)}.headers.get(${string(act.from.header)}) ?? ''`
            : `claim(${word(act.from.of)}, ${string(act.from.claim)})`;
      return [`const ${word(act.name)} = ${from};`];
    }
    case 'query':
      return queried(act, plan);
    case 'session':
      return Object.entries(act.headers).map(([name, value]) => `${word(act.actor)}.headers[${string(name)}] = ${text(value, plan)};`);
    case 'csrf':
      return [`${word(act.actor)}.csrf = ${text(act.page, plan)};`];
    case 'mint':
      return [
        `const ${word(act.save)} = signed({}, { ...${literal(act.claims as Json, plan)}, exp: Math.floor(Date.now() / 1000) + 86_400 }, process.env[${string(act.secret)}] ?? '');`,
      ];
    case 'forge':
      return forged(act, word);
    default:
      return judged(act, plan);
  }
}

function queried(act: Extract<Act, { do: 'query' }>, plan: Plan): string[] {
  const word = (name: string): string => plan.variables.get(name) ?? name;
  const call = `await query(${string(act.text)}, [${act.parameters.map((one) => literal(one, plan)).join(', ')}])`;
  if (act.into !== null) return [`const ${word(act.into)} = ${call};`];
  if (act.save.size === 0) return [`${call};`];
  const fields = [...act.save].map(([name, column]) => `${string(column)}: ${word(name)}`).join(', ');
  return [
    `const [{ ${fields} } = {}] = ${call};`,
    ...[...act.save.keys()]
      .slice(0, 1)
      .map((name) => `if (${word(name)} === undefined) throw new Error('Not staged: the row is not there');`),
  ];
}

function forged(act: Extract<Act, { do: 'forge' }>, word: (name: string) => string): string[] {
  const session = `${word(act.actor)}Session`;
  const [head, claims] = [`${session}.token.split('.')[0]`, `${session}.token.split('.')[1]`];
  const token = {
    same: `${session}.token`,
    forged: `signed(decoded(${head}), decoded(${claims}), 'nobody gave this secret')`,
    unsigned: `\`\${encoded({ alg: 'none', typ: 'JWT' })}.\${${claims}}.\``,
    expired: `signed(decoded(${head}), { ...decoded(${claims}), iat: Math.floor(Date.now() / 1000) - 7_200, exp: Math.floor(Date.now() / 1000) - 3_600 }, process.env[${string(act.secret ?? '')}] ?? '')`,
  }[act.how];
  return [`const ${session} = tokenOf(${word(act.of)});`, `Object.assign(${word(act.actor)}.headers, ${session}.headers(${token}));`];
}

function judged(act: Extract<Act, { because: string }>, plan: Plan): string[] {
  const word = (name: string): string => plan.variables.get(name) ?? name;
  const holds = (condition: string, because: string): string[] => [`assert.ok(${condition}, ${because});`];
  const because = string(act.because);
  switch (act.do) {
    case 'shows': {
      const condition = `shows(${word(act.answer)}, [${act.texts.map((one) => text(one, plan)).join(', ')}])`;
      return holds(act.wanted ? condition : `!${condition}`, `${because} + \`: \${${word(act.answer)}.what}\``);
    }
    case 'succeeds':
      return act.wanted
        ? [`works(${word(act.answer)}, ${because});`]
        : holds(`${word(act.answer)}.status >= 300`, `${because} + \`: \${${word(act.answer)}.what}\``);
    case 'shut-out':
      return holds(
        `${word(act.answer)}.status >= 300 || ['', 'null', '{}'].includes(${word(act.answer)}.text.trim())`,
        `${because} + \`: \${${word(act.answer)}.what}\``,
      );
    case 'endures':
      return holds(`${word(act.answer)}.status < 500`, `${because} + \`: \${${word(act.answer)}.what}\``);
    case 'unchanged':
      return [`assert.deepEqual(changes(${word(act.before[0])}, ${word(act.before[1])}, ${word(act.after)}), [], ${because});`];
    case 'same-rows':
      return [
        `assert.ok(${word(act.before)}.length > 0, 'the row is not there to begin with');`,
        `assert.deepEqual(${word(act.after)}, ${word(act.before)}, ${because});`,
      ];
    case 'lacks':
      return [`assert.equal(under(${word(act.answer)}.json, ${string(act.name)}).length, 0, ${because});`];
    case 'differs':
      return holds(
        `${word(act.answer)}.status >= 300 || !same(at(${word(act.answer)}, ${string(act.place)}), ${text(act.value, plan)})`,
        because,
      );
    case 'stands': {
      const moved = act.moved.map(({ answer, by }) => `{ answer: ${word(answer)}, by: ${by} }`);
      return holds(`!moves([${act.still.map(word).join(', ')}], [${moved.join(', ')}], ${string(act.place)})`, because);
    }
    case 'rows-differ':
      return holds(`${word(act.rows)}.every((row) => !same(row[${string(act.column)}], ${text(act.value, plan)}))`, because);
    case 'hashed':
      return [
        `assert.ok(${word(act.rows)}.length > 0, 'no row holds the password');`,
        ...holds(`${word(act.rows)}.every((row) => !weak(row[${string(act.column)}], ${string(entrancePassword)}))`, because),
      ];
  }
}

function requestText({ as, method, path, body, headers, encoding }: Sent, plan: Plan): string {
  const options = [
    ...(body === undefined ? [] : [`${encoding === 'form' ? 'form' : 'body'}: ${literal(body as Json, plan)}`]),
    ...(headers === undefined ? [] : [`headers: ${literal(headers, plan)}`]),
  ];
  const sends = options.length === 0 ? '' : `, { ${options.join(', ')} }`;
  return `${plan.variables.get(as)}, ${string(method)}, ${text(path, plan, 'encodeURIComponent')}${sends}`;
}

/** A JSON value as code; a text that is one whole template is the value with its type. */
function literal(value: Json, plan: Plan, indent = ''): string {
  if (typeof value === 'string') {
    const whole = /^\{\{(?!text:)([^{}]+)\}\}$/.exec(value)?.[1];
    return whole === undefined ? text(value, plan) : reference(whole, plan);
  }
  const deeper = `${indent}  `;
  const many = (items: readonly string[], [open, close]: readonly [string, string]): string => {
    const line = `${open} ${items.join(', ')} ${close}`;
    if (items.length === 0) return `${open}${close}`;
    return line.length <= 60 && !line.includes('\n')
      ? open === '['
        ? `[${items.join(', ')}]`
        : line
      : `${open}\n${items.map((item) => `${deeper}${item},\n`).join('')}${indent}${close}`;
  };
  if (Array.isArray(value))
    return many(
      value.map((item) => literal(item, plan, deeper)),
      ['[', ']'],
    );
  if (value !== null && typeof value === 'object')
    return many(
      Object.entries(value).map(
        ([name, inner]) =>
          `${/^[A-Za-z_]\w*$/.test(name) && name !== '__proto__' ? name : `[${string(name)}]`}: ${literal(inner, plan, deeper)}`,
      ),
      ['{', '}'],
    );
  return JSON.stringify(value);
}

function reference(name: string, plan: Plan): string {
  const variable = plan.variables.get(name);
  if (variable !== undefined) return variable;
  const dot = name.lastIndexOf('.');
  return `${plan.variables.get(name.slice(0, dot)) ?? 'nobody'}.${name.slice(dot + 1)}`;
}

/** A text with templates as code; `encode` is called with each value. */
function text(template: string, plan: Plan, encode?: string): string {
  const pieces = template.split(/(\{\{[^{}]+\}\})/);
  if (pieces.length === 1) return string(template);
  const inner = pieces.map((piece, index) => {
    if (index % 2 === 0) return string(piece).slice(1, -1).replaceAll("\\'", "'").replaceAll('`', '\\`').replaceAll('${', '\\${');
    const value = reference(piece.slice(2, -2).replace(/^text:/, ''), plan);
    return `\${${encode === undefined ? value : `${encode}(${value})`}}`;
  });
  return `\`${inner.join('')}\``;
}

/** A text as a literal in single quotes; nothing in it can end it or hide in it. */
function string(value: string): string {
  const escaped = JSON.stringify(value)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
    .replaceAll(/[^\u0020-\u007e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `'${escaped}'`;
}
