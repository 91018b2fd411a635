import { literal, UNKNOWN } from '../value.ts';
import type { Value } from '../value.ts';
import { namedIn } from './arguments.ts';

/** Places for values in a statement: `%s`, `%(name)s`, `:name`; a cast (`::text`) and a time (`12:30`) are none. */
const place = /%s|%\((\w+)\)s|(?<![:\w]):([A-Za-z_]\w*)/g;

/** A statement and what is passed beside it, with `?` in each place and the values in their order. */
export function statementArguments(args: readonly Value[]): readonly Value[] {
  const [text, given] = args;
  if (text?.k !== 'lit' && text?.k !== 'tpl') return args;
  const names: string[] = [];
  const marked = (part: string) =>
    part.replace(place, (_, one?: string, two?: string) => {
      const name = one ?? two;
      if (name !== undefined) names.push(name);
      return '?';
    });
  const changed: Value =
    text.k === 'lit' ? literal(typeof text.v === 'string' ? marked(text.v) : text.v) : { ...text, parts: text.parts.map(marked) };
  const passed = given === namedIn(args) && given !== undefined && !given.keys.has('params') ? undefined : given;
  const values = passed === undefined ? undefined : passed.k === 'obj' ? (passed.keys.get('params') ?? passed) : passed;
  if (values?.k === 'obj' && names.length > 0)
    return [changed, { k: 'arr', items: names.map((name) => values.keys.get(name) ?? UNKNOWN), open: false }];
  return values === undefined ? [changed] : [changed, values, ...args.slice(2)];
}

/** True for what a statement can be written as; anything else was built by a library. */
export function isStatementText(value: Value | undefined): boolean {
  if (value === undefined) return false;
  if (value.k === 'either') return value.of.some(isStatementText);
  return value.k === 'lit' || value.k === 'tpl' || value.k === 'input' || value.k === 'guarded';
}
