import type { Json, Player } from './people/players.ts';

/** Values that `{{name}}` stands for: saved ones, and those of players as `{{player.key}}`. */
export interface Bindings {
  readonly saved: ReadonlyMap<string, Json>;
  readonly players: ReadonlyMap<string, Player>;
}

/** `{{text:name}}` stands for the value as text, whatever its type. */
const hole = /\{\{(?:text:)?([^{}]+)\}\}/g;

/** Names of the values that a template stands for. */
export function holesIn(value: Json): string[] {
  return [...JSON.stringify(value).matchAll(hole)].map((match) => match[1] ?? '');
}

/** The value of one name; undefined when nothing of that name was saved. */
export function lookUp(name: string, me: Player, bindings: Bindings): Json | undefined {
  const saved = bindings.saved.get(name);
  if (saved !== undefined) return saved;
  const dot = name.indexOf('.');
  const who = name.slice(0, dot);
  const player = who === 'me' ? me : bindings.players.get(who);
  return player?.values.get(name.slice(dot + 1));
}

/** Fills templates in: a text that is one whole template becomes the value with its type, others interpolate. */
export function fill(value: Json, me: Player, bindings: Bindings): Json {
  if (typeof value === 'string') {
    const whole = /^\{\{(?!text:)([^{}]+)\}\}$/.exec(value)?.[1];
    if (whole !== undefined) return lookUp(whole, me, bindings) ?? null;
    return fillText(value, me, bindings);
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, me, bindings));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, me, bindings)]));
  }
  return value;
}

/** Fills templates in text; `encode` is applied to each value (`encodeURIComponent` in paths). */
export function fillText(text: string, me: Player, bindings: Bindings, encode: (text: string) => string = String): string {
  return text.replace(hole, (_match, name: string) => {
    const value = lookUp(name, me, bindings);
    return encode(value === undefined || value === null ? '' : String(value));
  });
}
