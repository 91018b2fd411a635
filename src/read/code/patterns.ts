// What a regular expression says about the text that it matches, as far as tests and replacements in applications go.

/** True when a text that matches as a whole holds nothing that acts anywhere: letters, digits and harmless marks. */
export function closedPattern(pattern: string): boolean {
  if (!pattern.startsWith('^') || !pattern.endsWith('$') || pattern.endsWith('\\$')) return false;
  const inner = pattern.slice(1, -1);
  // One of several alternatives without brackets is anchored on one side only.
  if (/^[^()]*\|/.test(inner)) return false;
  const classes = [...inner.matchAll(/\[((?:\\.|[^\]\\])*)\]/g)].map((found) => found[1] ?? '');
  if (classes.some((one) => one.startsWith('^') || /\\[SWD]|[;|&$`<>'"{}()\\/]/.test(one.replace(/\\[wds.\-+@:,=~_]/g, '')))) return false;
  const outside = inner.replace(/\[((?:\\.|[^\]\\])*)\]/g, '').replace(/\\[.\-dws:@/]/g, '');
  return !/\.|\\[SWD]/.test(outside);
}

/** True for `^https://host/`: the host is written in the pattern. */
export function fixedHost(pattern: string): boolean {
  return (
    /^\^https\??:\\?\/\\?\/(?:\([^)]*\)\??)?[\w\\.-]+(?:\\?\/|\$|\(\\?\/)/.test(pattern) &&
    !/^[^/]*\/\\?\/[^/]*(?<!\\)[.][*+]/.test(pattern)
  );
}

/** True for patterns of paths on the same host: `^/` and then no second slash. */
export function localPath(pattern: string): boolean {
  return /^\^\(?\\?\/(?:\(\?!|\[(?:\^\\?[/\\]|\w|\\w)|\\w|\w)/.test(pattern);
}

/** The characters that a replacement of everything else leaves, as written: `[^\w.-]` gives `\w.-`. */
export function leftBy(pattern: string): string | null {
  return /^\[\^((?:\\.|[^\]\\])+)\][+*]?$/.exec(pattern)?.[1] ?? null;
}

/** True when only such characters are left as act nowhere. */
export function harmless(characters: string): boolean {
  return !/[;|&$`<>'"{}()\\/*?!#[\]]/.test(characters.replace(/\\[wds.\-_@+ :,]/g, '').replace(/[a-zA-Z0-9]-[a-zA-Z0-9]/g, ''));
}
