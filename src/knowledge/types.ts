/** What calling a symbol does, in the words that checks use. */
export interface Entry {
  readonly means?: string;
  /** Class of the instance that the call (or `new`) gives, as a symbol of the same library. */
  readonly returns?: string;
  /** It throws where what it is asked for does not hold. */
  readonly throws?: true;
  /** What the call's result is: claims of the verified caller, its first argument unchanged, or what a function that it is given returns. */
  readonly result?: 'session' | 'argument' | 'guarded' | 'returned';
}

/** The ways in which libraries say what they want of a database. */
export type DataStyle = 'drizzle' | 'prisma' | 'knex' | 'kysely' | 'typeorm' | 'sequelize' | 'mongoose' | 'supabase' | 'text';

/** What a file of this folder exports. */
export type Library = Package | readonly Package[];

/** What we know about one package, or several that are alike. Symbols are written after the `#`: `Pool.query`, `default`. */
export interface Package {
  /** Package names that share these symbols, e.g. `bcrypt` and `bcryptjs`; `global` for what needs no import. */
  readonly packages: readonly string[];
  readonly symbols: Readonly<Record<string, Entry>>;
  /** How calls of it speak to a database, where they do not by text. */
  readonly data?: DataStyle;
  /** By the last segment alone, for chains whose receiver does not matter. */
  readonly methods?: Readonly<Record<string, Entry>>;
}

/** Declares a package. */
export function library(packages: readonly string[], symbols: Record<string, Entry>, methods: Record<string, Entry> = {}): Package {
  return { packages, symbols, methods };
}

/** Short for entries that only mean something. */
export function all(means: string, names: string): Record<string, Entry> {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, { means }]),
  );
}

/** Says of a package how its calls speak to a database. */
export function speaking(data: DataStyle, one: Package): Package {
  return { ...one, data };
}
