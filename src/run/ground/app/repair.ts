import type { Surroundings } from './plan.ts';

/** Other values for a variable whose invented value the app refused, in the order in which they are tried; null leaves it unset. */
const alternatives: readonly { readonly shape: string; readonly value: string | null }[] = [
  { shape: 'unset', value: null },
  { shape: 'number', value: '1000' },
  { shape: 'boolean', value: 'true' },
  { shape: 'url', value: 'http://outside.test' },
  { shape: 'e-mail', value: 'app@outside.test' },
];

/** How many times a start is repeated with other values before it is given up. */
export const maxRepairs = 8;

/**
 * The surroundings with another value for the invented variable that the app's last words name;
 * null when they name none, or nothing is left to try. `tried` counts the values tried per variable.
 */
export function repaired(app: Surroundings, lastWords: string, tried: Map<string, number>): Surroundings | null {
  for (const { name } of app.invented) {
    if (!new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`).test(lastWords)) continue;
    const next = alternatives[tried.get(name) ?? 0];
    if (!next) continue;
    tried.set(name, (tried.get(name) ?? 0) + 1);
    const { [name]: _refused, ...rest } = app.env;
    return {
      ...app,
      env: next.value === null ? rest : { ...rest, [name]: next.value },
      invented: app.invented.map((one) => (one.name === name ? { name, shape: next.shape } : one)),
    };
  }
  return null;
}
