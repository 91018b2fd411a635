import { parse as parseJsonc } from 'jsonc-parser';
import { z } from 'zod';
import { statedLicence } from './licence.ts';

/** A package as a lockfile holds it. */
export interface Locked {
  readonly name: string;
  readonly version: string;
  readonly integrity: string | null;
  readonly licence: string | null;
  readonly deprecated: string | null;
  /** Names of the packages that it needs; what is not told of `development` follows from these. */
  readonly needs: readonly string[];
  /** Null where the lockfile does not tell. */
  readonly development: boolean | null;
}

/** Every package of a lockfile in every version, packages of the repository itself left out. Throws where it cannot be read. */
export function packagesIn(file: string, text: string): Locked[] {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const all = name === 'pnpm-lock.yaml' ? pnpm(text) : name === 'yarn.lock' ? yarn(text) : name === 'bun.lock' ? bun(text) : npm(text);
  const merged = new Map<string, Locked>();
  for (const one of all) {
    if (!/^\d/.test(one.version) || one.name === '__proto__') continue;
    const key = `${one.name}@${one.version}`;
    const before = merged.get(key);
    // The same version may be needed twice, once by what is shipped.
    merged.set(
      key,
      before === undefined
        ? one
        : {
            ...before,
            integrity: before.integrity ?? one.integrity,
            deprecated: before.deprecated ?? one.deprecated,
            needs: [...before.needs, ...one.needs],
            development:
              before.development === null || one.development === null
                ? (before.development ?? one.development)
                : before.development && one.development,
          },
    );
  }
  return [...merged.values()].sort((a, b) => (a.name === b.name ? (a.version < b.version ? -1 : 1) : a.name < b.name ? -1 : 1));
}

const entry = z.looseObject({
  name: z.string().optional().catch(undefined),
  version: z.string().optional().catch(undefined),
  integrity: z.string().optional().catch(undefined),
  deprecated: z.string().optional().catch(undefined),
  link: z.boolean().optional().catch(undefined),
  dev: z.boolean().optional().catch(undefined),
  devOptional: z.boolean().optional().catch(undefined),
  dependencies: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
type Entry = z.infer<typeof entry>;

function* npm(text: string): Iterable<Locked> {
  const lock = z
    .looseObject({ packages: z.record(z.string(), entry).optional(), dependencies: z.record(z.string(), entry).optional() })
    .parse(JSON.parse(text));
  if (lock.packages === undefined) return yield* nested(lock.dependencies ?? {}, 0);
  const marker = 'node_modules/';
  for (const [path, one] of Object.entries(lock.packages)) {
    if (!path.includes(marker) || one.link === true || one.version === undefined) continue;
    yield locked(one.name ?? path.slice(path.lastIndexOf(marker) + marker.length), one);
  }
}

/** Version 1: what a package alone needs stands inside it. */
function* nested(dependencies: Readonly<Record<string, Entry>>, depth: number): Iterable<Locked> {
  if (depth > 60) return;
  for (const [name, one] of Object.entries(dependencies)) {
    if (one.version !== undefined) yield locked(name, one);
    const inner = z.record(z.string(), entry).safeParse(one.dependencies);
    if (inner.success) yield* nested(inner.data, depth + 1);
  }
}

function locked(name: string, one: Entry): Locked {
  return {
    name,
    version: one.version ?? '',
    integrity: one.integrity ?? null,
    licence: statedLicence(one),
    deprecated: one.deprecated?.slice(0, 300) ?? null,
    needs: [],
    development: one.dev === true || one.devOptional === true,
  };
}

type Draft = { -readonly [K in keyof Locked]: K extends 'needs' ? string[] : Locked[K] };

function draft(name: string, version: string): Draft {
  return { name, version, integrity: null, licence: null, deprecated: null, needs: [], development: null };
}

/** Three formats: `/name/1.2.3:`, `/name@1.2.3(peer):`, and `name@1.2.3:` with what it needs under `snapshots:`. */
function* pnpm(text: string): Iterable<Locked> {
  let inside = false;
  let one: Draft | null = null;
  let list = false;
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) inside = /^(packages|snapshots):/.test(line);
    if (!inside) continue;
    const key = /^ {2}'?\/?((?:@[^/@\s]+\/)?[^/@\s(]+)[@/](\d[^(:'_\s]*)/.exec(line);
    if (key !== null) {
      if (one !== null) yield one;
      one = draft(key[1] ?? '', key[2] ?? '');
      list = false;
    } else if (one !== null) {
      const [, field, value] = /^ {4}(\w+):\s*(.*)$/.exec(line) ?? [];
      if (field !== undefined) {
        list = /^(dependencies|optionalDependencies)$/.test(field);
        if (field === 'resolution') one.integrity = /integrity: (sha\d+-[A-Za-z0-9+/=]+)/.exec(value ?? '')?.[1] ?? null;
        if (field === 'deprecated') one.deprecated = (value ?? '').replace(/^['"]|['"]$/g, '').slice(0, 300);
        if (field === 'dev') one.development = value === 'true';
      } else if (list) {
        const needed = /^ {6}'?((?:@[^/\s]+\/)?[^@\s:']+)'?:/.exec(line)?.[1];
        if (needed !== undefined) one.needs.push(needed);
      }
    }
  }
  if (one !== null) yield one;
}

/** Classic (`  version "1.2.3"`) and berry (`  version: 1.2.3`) alike. */
function* yarn(text: string): Iterable<Locked> {
  let one: Draft | null = null;
  let list = false;
  for (const line of text.split('\n')) {
    if (/^[^\s#]/.test(line)) {
      if (one !== null) yield one;
      const name = /^"?((?:@[^/@\s"]+\/)?[^/@\s"]+)@/.exec(line)?.[1];
      one = name === undefined || /@workspace:/.test(line) ? null : draft(name, '');
      list = false;
    } else if (one !== null) {
      const [, field, value] = /^ {2}(\w+):?(?: "?([^"\s]+)"?)?\s*$/.exec(line) ?? [];
      if (field !== undefined) {
        list = /^(dependencies|optionalDependencies)$/.test(field);
        if (field === 'version') one.version = value ?? '';
        if (field === 'integrity') one.integrity = value ?? null;
      } else if (list) {
        const needed = /^ {4}"?((?:@[^/\s"]+\/)?[^@\s:"]+)"?:? /.exec(line)?.[1];
        if (needed !== undefined) one.needs.push(needed);
      }
    }
  }
  if (one !== null) yield one;
}

const bunInfo = z.looseObject({
  dependencies: z.record(z.string(), z.unknown()).optional(),
  optionalDependencies: z.record(z.string(), z.unknown()).optional(),
});

function* bun(text: string): Iterable<Locked> {
  const { packages } = z.looseObject({ packages: z.record(z.string(), z.array(z.unknown())) }).parse(parseJsonc(text));
  for (const [first, , info, integrity] of Object.values(packages)) {
    const id = typeof first === 'string' ? /^((?:@[^/@]+\/)?[^/@]+)@(\d.*)$/.exec(first) : null;
    if (id === null) continue;
    const { dependencies, optionalDependencies } = bunInfo.safeParse(info).data ?? {};
    yield {
      ...draft(id[1] ?? '', id[2] ?? ''),
      integrity: typeof integrity === 'string' ? integrity : null,
      needs: Object.keys({ ...dependencies, ...optionalDependencies }),
    };
  }
}
