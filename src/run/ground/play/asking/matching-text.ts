import { matches } from './contentment.ts';

/** A text that matches a plain pattern (classes, counts, groups, alternatives); undefined where none was found. */
export function textMatching(source: string, shortest: number): string | undefined {
  for (const extra of [0, 1, shortest, shortest - 1, 8]) {
    const text = new Reader(source, Math.max(0, extra)).alternatives();
    if (text.length <= 200 && matches(source, text)) return text;
  }
  return undefined;
}

/** Reads a pattern from the left and writes the plainest text that each part takes. */
class Reader {
  readonly #source: string;
  /** How often `+` and `*` repeat beyond what they must. */
  readonly #extra: number;
  #at = 0;

  constructor(source: string, extra: number) {
    this.#source = source;
    this.#extra = extra;
  }

  /** The first of several alternatives, up to the end of the group. */
  alternatives(): string {
    const first = this.#sequence();
    while (this.#source[this.#at] === '|') {
      this.#at += 1;
      this.#sequence();
    }
    return first;
  }

  #sequence(): string {
    let text = '';
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      const atom = this.#atom();
      text += atom.repeat(this.#count());
      if (text.length > 400) break;
    }
    return text;
  }

  #atom(): string {
    const letter = this.#source[this.#at] ?? '';
    this.#at += 1;
    if (letter === '^' || letter === '$') return '';
    if (letter === '.') return 'a';
    if (letter === '\\') return this.#escaped();
    if (letter === '[') return this.#class();
    if (letter !== '(') return letter;
    const kind = /^\?(?:[:=!]|<[=!]|<\w+>)/.exec(this.#source.slice(this.#at))?.[0] ?? '';
    this.#at += kind.length;
    const inner = this.alternatives();
    this.#at += 1;
    return /[=!]$/.test(kind) ? '' : inner;
  }

  #escaped(): string {
    const letter = this.#source[this.#at] ?? '';
    this.#at += 1;
    return { d: '1', w: 'a', s: ' ', D: 'a', S: 'a', W: '-', b: '', B: '' }[letter] ?? letter;
  }

  /** A member of a class; of a negated one a letter or a digit that it does not name. */
  #class(): string {
    const end = /(?:\\.|[^\]\\])*/.exec(this.#source.slice(this.#at))?.[0] ?? '';
    this.#at += end.length + 1;
    return [...'a1A-_ .@#!'].find((letter) => matches(`^[${end}]$`, letter)) ?? /^\\?(.)/.exec(end)?.[1] ?? '';
  }

  #count(): number {
    const rest = this.#source.slice(this.#at);
    const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(rest);
    if (!quantifier) return 1;
    this.#at += quantifier[0].length;
    if (quantifier[0].startsWith('+')) return Math.max(1, this.#extra);
    if (quantifier[0].startsWith('*')) return this.#extra;
    if (quantifier[0].startsWith('?')) return 0;
    const least = Number(quantifier[1]);
    const most = quantifier[2] === '' ? least : quantifier[3] === '' ? 400 : Number(quantifier[3]);
    return Math.min(most, Math.max(least, quantifier[2] === '' ? least : this.#extra));
  }
}
