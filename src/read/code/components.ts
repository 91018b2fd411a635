import { parse } from '../../source/parse.ts';
import type { Machine } from './machine.ts';
import { scriptsOf } from './scripts.ts';
import { UNKNOWN } from './value.ts';
import type { SourceFile } from './value.ts';

// Components of Vue and Svelte: what their templates show as it is, together with the script that it comes from.

/** What a template calls where it shows markup; nothing of the application's own is called like that. */
const shows = '__markup';
const functionName = /^template\$\d+$/;
const longest = 1000;
const mostPlaces = 300;

/** How each format says that a value is markup. */
const raw: Readonly<Record<string, RegExp>> = {
  vue: /\sv-html\s*=\s*(?:"([^"]*)"|'([^']*)')/g,
  svelte: /\{@html\s+([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/g,
};

/** True for a component that shows something as it is. */
export function showsMarkup(text: string, format: string): boolean {
  return raw[format] !== undefined && text.search(raw[format]) !== -1;
}

/** The scripts of a component with a function for each place of its template that shows markup, on the line where that stands. */
export function withMarkup(text: string, format: string): string {
  const found = scriptsOf(text, format);
  const scripts = found + blank(text.slice(found.length));
  const pattern = raw[format];
  if (pattern === undefined) return scripts;
  let [out, at, count] = ['', 0, 0];
  for (const match of withoutRemarks(text).matchAll(pattern)) {
    if (count >= mostPlaces) break;
    const end = match.index + match[0].length;
    // What stands inside of a script is a text there, or a comment.
    if (match.index < at || scripts.slice(match.index, end).trim() !== '') continue;
    const written = (match[1] ?? match[2] ?? '').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
    const readable = written.length < longest && parse(`(${written})`, 'ts').error === null;
    const lines = match[0].replaceAll(/[^\n]/g, '');
    const shown = readable ? written.replaceAll(/\s+/g, ' ') : 'undefined.unread';
    out += `${scripts.slice(at, match.index)};function template$${++count}() { ${shows}(${shown}); }${lines}`;
    at = end;
  }
  return out + scripts.slice(at);
}

/** What stands in comments of a page becomes blank. */
function withoutRemarks(text: string): string {
  let [out, at] = ['', 0];
  for (let from = text.indexOf('<!--'); from !== -1; from = text.indexOf('<!--', at)) {
    const close = text.indexOf('-->', from);
    const to = close === -1 ? text.length : close + 3;
    out += text.slice(at, from) + blank(text.slice(from, to));
    at = to;
  }
  return out + text.slice(at);
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ');
}

/** Follows the scripts of components and then what their templates show. */
export function followComponents(machine: Machine, components: readonly SourceFile[]): void {
  for (const file of components) {
    machine.runModule(file);
    const { frame } = machine.module(file);
    file.facts.functions.forEach(({ n }, fn) => {
      if (functionName.test(n)) machine.apply({ k: 'fn', file, fn, frame, self: null }, [UNKNOWN]);
    });
  }
}
