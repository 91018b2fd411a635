import { entrancePassword } from '../../model/scenario.ts';
import type { Act, Sent } from './acts.ts';
import type { Plan } from './plan.ts';
import { parts } from './python-parts.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The test as a file for pytest, with nothing but the standard library (and the database's driver, where rows are looked at). */
export function python(plan: Plan, port: number, preface: readonly string[]): string {
  const needs = [...(plan.database ? ['DATABASE_URL'] : []), ...plan.secrets];
  const body = plan.acts.flatMap((act) => statements(act, plan));
  const text = parts
    .replace('PORT', () => String(port))
    .replace('PASSWORD', () => entrancePassword)
    .replace('NEEDS', () => `[${needs.map(string).join(', ')}]`);
  return [
    ...preface.map((line) => (line === '' ? '#' : `# ${line}`)),
    text.trim(),
    '',
    '',
    '@pytest.mark.skipif(bool(lacking), reason="proves nothing without " + ", ".join(lacking))',
    'def test_finding():',
    `    ${string(plan.title)}`,
    ...plan.actors.map((name) => `    ${plan.variables.get(name)} = Person()`),
    ...body.map((line) => (line === '' ? '' : `    ${line}`)),
    '',
  ].join('\n');
}

function statements(act: Act, plan: Plan): string[] {
  const word = (name: string): string => plan.variables.get(name) ?? name;
  const assertion = (condition: string, because: string): string => `assert ${condition}, ${because}`;
  switch (act.do) {
    case 'say':
      return ['', `# ${act.text}`];
    case 'send':
      return [`${act.into === null ? '' : `${word(act.into)} = `}${act.must ? 'must' : 'send'}(${requestText(act.request, plan)})`];
    case 'take': {
      if ('json' in act.from) return [`${word(act.name)} = at(${word(act.of)}, ${string(act.from.json)})`];
      if ('header' in act.from) return [`${word(act.name)} = ${word(act.of)}.headers.get(${string(act.from.header)}, "")`];
      return [`${word(act.name)} = claim(${word(act.from.of)}, ${string(act.from.claim)})`];
    }
    case 'query': {
      const call = `query(${string(act.text)}, [${act.parameters.map((one) => literal(one, plan)).join(', ')}])`;
      if (act.into !== null) return [`${word(act.into)} = ${call}`];
      if (act.save.size === 0) return [call];
      return [`found = first(${call})`, ...[...act.save].map(([name, column]) => `${word(name)} = found[${string(column)}]`)];
    }
    case 'session':
      return Object.entries(act.headers).map(([name, value]) => `${word(act.actor)}.headers[${string(name)}] = ${text(value, plan)}`);
    case 'csrf':
      return [`${word(act.actor)}.csrf = ${text(act.page, plan)}`];
    case 'mint':
      return [
        `${word(act.save)} = signed({}, {**${literal(act.claims as Json, plan)}, "exp": int(time.time()) + 86_400}, os.environ[${string(act.secret)}])`,
      ];
    case 'forge':
      return [
        `forge(${word(act.actor)}, ${word(act.of)}, ${string(act.how)}${act.secret === undefined ? '' : `, os.environ[${string(act.secret)}]`})`,
      ];
    case 'shows': {
      const condition = `shows(${word(act.answer)}, [${act.texts.map((one) => text(one, plan)).join(', ')}])`;
      return [assertion(act.wanted ? condition : `not ${condition}`, `${string(act.because)} + ": " + ${word(act.answer)}.what`)];
    }
    case 'succeeds':
      return act.wanted
        ? [`works(${word(act.answer)}, ${string(act.because)})`]
        : [assertion(`${word(act.answer)}.status >= 300`, `${string(act.because)} + ": " + ${word(act.answer)}.what`)];
    case 'shut-out':
      return [
        assertion(
          `${word(act.answer)}.status >= 300 or ${word(act.answer)}.text.strip() in ("", "null", "{}")`,
          `${string(act.because)} + ": " + ${word(act.answer)}.what`,
        ),
      ];
    case 'endures':
      return [assertion(`${word(act.answer)}.status < 500`, `${string(act.because)} + ": " + ${word(act.answer)}.what`)];
    case 'unchanged':
      return [assertion(`changes(${word(act.before[0])}, ${word(act.before[1])}, ${word(act.after)}) == []`, string(act.because))];
    case 'same-rows':
      return [
        assertion(`len(${word(act.before)}) > 0`, '"the row is not there to begin with"'),
        assertion(`${word(act.after)} == ${word(act.before)}`, string(act.because)),
      ];
    case 'lacks':
      return [assertion(`not under(${word(act.answer)}.json, ${string(act.name)})`, string(act.because))];
    case 'differs':
      return [
        assertion(
          `${word(act.answer)}.status >= 300 or not same(at(${word(act.answer)}, ${string(act.place)}), ${text(act.value, plan)})`,
          string(act.because),
        ),
      ];
    case 'stands': {
      const moved = act.moved.map(({ answer, by }) => `(${word(answer)}, ${by})`);
      const condition = `moves([${act.still.map(word).join(', ')}], [${moved.join(', ')}], ${string(act.place)})`;
      return [assertion(`not ${condition}`, string(act.because))];
    }
    case 'rows-differ':
      return [
        assertion(`all(not same(row[${string(act.column)}], ${text(act.value, plan)}) for row in ${word(act.rows)})`, string(act.because)),
      ];
    case 'hashed':
      return [
        assertion(`len(${word(act.rows)}) > 0`, '"no row holds the password"'),
        assertion(
          `not any(weak(row[${string(act.column)}], ${string(entrancePassword)}) for row in ${word(act.rows)})`,
          string(act.because),
        ),
      ];
  }
}

function requestText({ as, method, path, body, headers, encoding }: Sent, plan: Plan): string {
  const options = [
    ...(body === undefined ? [] : [`${encoding === 'form' ? 'form' : 'body'}=${literal(body as Json, plan)}`]),
    ...(headers === undefined ? [] : [`headers=${literal(headers, plan)}`]),
  ];
  return [plan.variables.get(as), string(method), text(path, plan, true), ...options].join(', ');
}

/** A JSON value as code; a text that is one whole template is the value with its type. */
function literal(value: Json, plan: Plan): string {
  if (typeof value === 'string') {
    const whole = /^\{\{(?!text:)([^{}]+)\}\}$/.exec(value)?.[1];
    return whole === undefined ? text(value, plan) : reference(whole, plan);
  }
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, plan)).join(', ')}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value)
      .map(([name, inner]) => `${string(name)}: ${literal(inner, plan)}`)
      .join(', ')}}`;
  return value === null ? 'None' : value === true ? 'True' : value === false ? 'False' : String(value);
}

function reference(name: string, plan: Plan): string {
  const variable = plan.variables.get(name);
  if (variable !== undefined) return variable;
  const dot = name.lastIndexOf('.');
  return `${plan.variables.get(name.slice(0, dot)) ?? 'nobody'}.${name.slice(dot + 1)}`;
}

function text(template: string, plan: Plan, inPath = false): string {
  const pieces = template.split(/(\{\{[^{}]+\}\})/).map((piece, index) => {
    if (index % 2 === 0) return piece === '' ? null : string(piece);
    const value = reference(piece.slice(2, -2).replace(/^text:/, ''), plan);
    return inPath ? `quote(str(${value}), safe="")` : `str(${value})`;
  });
  return pieces.filter((piece) => piece !== null).join(' + ') || '""';
}

/** A text as a literal; nothing in it can end it or hide in it. */
function string(value: string): string {
  return JSON.stringify(value).replaceAll(/[^\u0020-\u007e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
