import type { Value } from './value.ts';

/** The method of endpoints that `app.ws` of express-ws registers; HTTP has none of that name. */
export const webSocketMethod = 'WS';

/** The method of endpoints that are server actions: functions that the browser calls through their framework. */
export const actionMethod = 'ACTION';

/** True for what may be the path of a route. */
export function isPath(value: Value): boolean {
  if (value.k === 'lit') return typeof value.v === 'string';
  if (value.k === 'arr') return value.items.length > 0 && value.items.every(isPath);
  if (value.k === 'either') return value.of.some(isPath);
  return value.k === 're' || value.k === 'tpl' || value.k === 'env';
}

/** The paths a value stands for; what cannot be known is written `{unknown}`. */
export function paths(value: Value | undefined): string[] {
  if (value === undefined) return ['/'];
  if (value.k === 'arr') return value.items.flatMap(paths);
  return [pathText(value)];
}

/** A path as text; what cannot be known is written `{unknown}`. */
export function pathText(value: Value): string {
  switch (value.k) {
    case 'lit':
      return String(value.v ?? '');
    case 're':
      return `/${value.v}/`;
    case 'tpl':
      return value.parts.reduce((text, part, index) => text + pathText(value.holes[index - 1] ?? { k: 'unknown' }) + part);
    case 'env':
      return value.fallback === null ? '{unknown}' : pathText(value.fallback);
    case 'either': {
      const found = value.of.find((one) => one.k === 'lit' || one.k === 'tpl') ?? value.of.find((one) => one.k === 'env');
      return found === undefined ? '{unknown}' : pathText(found);
    }
    case 'guarded':
      return pathText(value.of);
    default:
      return '{unknown}';
  }
}

/** A path below another. */
export function join(prefix: string, path: string): string {
  const whole = `${prefix}/${path}`.replace(/\/{2,}/g, '/');
  return whole.length > 1 && !/^\/.*[$^\\].*\/$/.test(path) ? whole.replace(/\/$/, '') : whole;
}

/** True when middleware mounted at `at` runs for `path`. */
export function covers(at: string, path: string): boolean {
  const guard = at.split('/').filter((part) => part !== '');
  const route = path.split('/').filter((part) => part !== '');
  return guard.every((part, index) => part.startsWith('*') || part.startsWith(':') || part === '{*splat}' || part === route[index]);
}
