import { SeaworthyError } from '../index.ts';
import type { Options } from './options.ts';

/** Text or JSON: what commands about checkpoints can print. */
export function printsJson({ format, command }: Options): boolean {
  if (format === 'text' || format === 'json') return format === 'json';
  throw new SeaworthyError('usage', `${command} prints text or json, not ${format}.`);
}

export function asJson(value: object): string {
  return `${JSON.stringify({ schema: 1, ...value }, null, 2)}\n`;
}
