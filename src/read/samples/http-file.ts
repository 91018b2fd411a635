import type { Found } from '../samples.ts';
import { bodyOf, sampleFrom } from './values.ts';

const most = { requests: 1_000, lines: 50_000 };
const requestLine = /^(GET|POST|PUT|PATCH|DELETE|HEAD)\s+(\S+)/;

/** The requests of an editor's `.http` or `.rest` file, with the variables that it sets itself filled in. */
export function samplesOfHttpFile(file: string, text: string): Found[] {
  const lines = text.split(/\r?\n/).slice(0, most.lines);
  const variables = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^@([\w.-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) variables.set(name, value.trim());
  }
  const filled = (one: string): string =>
    one.replace(/\{\{([^{}]{1,100})\}\}/g, (whole, name: string) => variables.get(name.trim()) ?? whole);
  const found: Found[] = [];
  for (let at = 0; at < lines.length && found.length < most.requests; at++) {
    const [, method, address] = requestLine.exec(lines[at] ?? '') ?? [];
    if (method === undefined || address === undefined) continue;
    const line = at + 1;
    let whole = address;
    let type = '';
    for (at++; at < lines.length && lines[at]?.trim() !== '' && !lines[at]?.startsWith('###'); at++) {
      const header = lines[at] ?? '';
      if (/^\s+[?&/]/.test(header)) whole += header.trim();
      type = /^content-type\s*:\s*(.+)$/i.exec(header)?.[1] ?? type;
    }
    const body: string[] = [];
    for (; at < lines.length && !lines[at]?.startsWith('###') && !requestLine.test(lines[at] ?? ''); at++) {
      // Scripts that handle the answer, and files that are sent, are no part of the text of a body.
      if (!/^(?:[<>]|#|\/\/)/.test(lines[at] ?? '')) body.push(lines[at] ?? '');
    }
    if (requestLine.test(lines[at] ?? '')) at--;
    const sample = sampleFrom({ file, source: 'http-file' }, line, method, filled(whole), bodyOf(filled(body.join('\n')), type) ?? {});
    if (sample !== null) found.push(sample);
  }
  return found;
}
