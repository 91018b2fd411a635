import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';

/** A node of a YAML file that remembers its line; every access to what is not there yields null or nothing. */
export interface Yaml {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string | null;
  /** The lines of a scalar with their numbers; a literal block keeps one per line. */
  readonly lines: readonly { text: string; line: number }[];
  get(key: string): Yaml | null;
  entries(): readonly (readonly [key: string, value: Yaml])[];
  items(): readonly Yaml[];
}

/** Parses untrusted YAML; aliases are followed one at a time and never expanded into a tree. */
export function openYaml(text: string): Yaml | null {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, strict: false, uniqueKeys: false, logLevel: 'silent' });
  return document.contents === null ? null : wrap(document.contents, document, lineCounter);
}

function wrap(raw: unknown, document: Document, counter: LineCounter): Yaml {
  const node = isAlias(raw) ? (raw.resolve(document) ?? null) : (raw as Node | null);
  const line = counter.linePos(node?.range?.[0] ?? 0).line || 1;
  const child = (value: unknown) => wrap(value, document, counter);
  const text = isScalar(node) && node.value !== null ? String(node.value) : null;
  const literal = isScalar(node) && node.type === 'BLOCK_LITERAL';
  const pairs = (): (readonly [string, Yaml])[] =>
    isMap(node) ? node.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : '', child(value)] as const) : [];
  return {
    line,
    text,
    lines:
      text === null
        ? []
        : literal
          ? text.split('\n').map((each, index) => ({ text: each, line: line + 1 + index }))
          : [{ text: text.replaceAll('\n', ' '), line }],
    get(key) {
      const all = pairs();
      const own = all.find(([name]) => name === key)?.[1];
      if (own !== undefined) return own;
      // A merge key holds the defaults of the map it stands in.
      const merged = all.find(([name]) => name === '<<')?.[1];
      return (
        merged?.get(key) ??
        merged
          ?.items()
          .map((item) => item.get(key))
          .find((value) => value !== null) ??
        null
      );
    },
    entries: pairs,
    items: () => (isSeq(node) ? node.items.map(child) : []),
  };
}
