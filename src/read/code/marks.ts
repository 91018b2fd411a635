import type { Parsed } from '../../source/parse.ts';
import type { Marks } from './facts.ts';

const directive =
  /^[\s*]*(@ts-(?:ignore|nocheck|expect-error)|(?:eslint|oxlint)-disable(?:-next-line|-line)?|biome-ignore|tslint:disable(?:-next-line)?|type: ignore)\b/;
/** Where a type stands: after `:`, `as`, `<`, `,`, `|`, `&`, `(`, `=>`, `=` and before what may follow a type. */
const anyType = /(\bas\s+|[:<|&]\s*|=>\s*)any\b(?=\s*(?:\[\]|[,;)>|&=\]}{\n]|$))/g;
/** `value!` before what can follow it; `!=` and the end of a sentence in a text are something else. */
const bang = /[\w)\]]!(?=\.[\w$]|\[|\)|,|;|\()/g;
const most = 200;

/** The marks of a file, from its comments as the parser lists them and its text without them. */
export function marksOf(parsed: Pick<Parsed, 'comments' | 'lineOf'>, text: string): Marks {
  const off: [number, string][] = [];
  let comments = 0;
  let code = '';
  let at = 0;
  for (const { start, end, value } of parsed.comments) {
    const line = parsed.lineOf(start);
    const said = directive.exec(value)?.[1];
    if (said !== undefined && off.length < most) off.push([line, said]);
    code += text.slice(at, start);
    if (/^[\t ]*$/.test(text.slice(text.lastIndexOf('\n', start - 1) + 1, start))) comments += parsed.lineOf(end) - line + 1;
    at = end;
  }
  code += text.slice(at);
  const found = code.match(anyType) ?? [];
  return {
    comments,
    any: found.length,
    casts: found.filter((one) => one.startsWith('as')).length,
    bangs: code.match(bang)?.length ?? 0,
    off,
  };
}
