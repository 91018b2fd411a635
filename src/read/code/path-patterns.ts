import { matches } from './known.ts';
import type { Value } from './value.ts';

// Patterns of paths, as applications write them for their middleware.

/** Whether a path fits a pattern such as `/dashboard/:path*` or `/((?!api|_next).*)`; null where the pattern cannot be read. */
export function fitsPattern(pattern: string, path: string): boolean | null {
  if (!pattern.startsWith('/') && !pattern.startsWith('(')) return null;
  const source = patternSource(pattern);
  return source === null ? null : matches(source, path);
}

/** The regular expression of a pattern, in the way of path-to-regexp 6. */
function patternSource(pattern: string): string | null {
  let out = '^';
  for (let i = 0; i < pattern.length;) {
    const char = pattern[i] as string;
    const slash = char === '/' && (pattern[i + 1] === ':' || pattern[i + 1] === '(');
    const at = slash ? i + 1 : i;
    if (pattern[at] === ':' || pattern[at] === '(') {
      const name = pattern[at] === ':' ? (/^:\w+/.exec(pattern.slice(at))?.[0] ?? '') : '';
      if (pattern[at] === ':' && name === '') return null;
      const group = groupAt(pattern, at + name.length);
      if (group === null) return null;
      const end = at + name.length + group.length;
      const inner = group === '' ? '[^/]+?' : `(?:${group.slice(1, -1)})`;
      const modifier = /^[*+?]/.exec(pattern.slice(end))?.[0] ?? '';
      const before = slash ? '/' : '';
      if (modifier === '') out += `${before}${inner}`;
      else if (modifier === '?') out += `(?:${before}${inner})?`;
      else if (group === '') out += modifier === '*' ? `(?:${before}.*)?` : `${before}.+`;
      else return null;
      i = end + modifier.length;
    } else if (char === '\\') {
      out += pattern.slice(i, i + 2);
      i += 2;
    } else {
      out += char.replace(/[.+*?^${}()[\]|]/, '\\$&');
      i++;
    }
  }
  return `${out}/?$`;
}

/** The group in brackets that begins here; empty where none does, null where it does not end. */
function groupAt(pattern: string, start: number): string | null {
  if (pattern[start] !== '(') return '';
  let depth = 0;
  for (let i = start; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern[i] === '(') depth++;
    else if (pattern[i] === ')' && --depth === 0) return pattern.slice(start, i + 1);
  }
  return null;
}

/** Whether a path fits a glob such as `/api/auth/**`; null where the glob cannot be read. */
function fitsGlob(glob: string, path: string): boolean | null {
  if (/[{}[\]!()]/.test(glob)) return null;
  const source = glob
    .split(/(\/\*\*|\*\*|\*|\?)/)
    .map((part) =>
      part === '/**'
        ? '(?:/.*)?'
        : part === '**'
          ? '.*'
          : part === '*'
            ? '[^/]*'
            : part === '?'
              ? '[^/]'
              : part.replaceAll(/[.+^$|\\]/g, '\\$&'),
    )
    .join('');
  return matches(`^${source}$`, path);
}

/** What a matcher says of a path that is known: `isMatch(path, globs)`, `createRouteMatcher(patterns)(request)`. Null where nothing is. */
export function ofKnownPath(means: string, args: readonly Value[]): Value | null {
  if (means === 'path-glob') {
    const [path, globs] = args;
    return path?.k === 'known' ? anyFits(globs, path.v, fitsGlob) : null;
  }
  return null;
}

/** What a made matcher says: the patterns were given when it was made. */
export function fitsAny(patterns: Value | undefined, path: string): Value | null {
  return anyFits(patterns, path, fitsPattern);
}

function anyFits(patterns: Value | undefined, path: string, fits: (pattern: string, path: string) => boolean | null): Value | null {
  if (patterns === undefined) return null;
  const items = patterns.k === 'arr' ? patterns.items : [patterns];
  const found = items.map((one) =>
    one.k === 'lit' && typeof one.v === 'string' ? fits(one.v, path) : one.k === 're' ? matches(one.v, path) : null,
  );
  if (found.includes(true)) return { k: 'told', v: true };
  return found.includes(null) || (patterns.k === 'arr' && patterns.open) ? null : { k: 'told', v: false };
}
