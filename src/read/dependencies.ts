import { messageOf } from '../model/errors.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Gap } from '../model/words.ts';
import { defineCollector } from './context.ts';
import type { ReadContext } from './context.ts';
import { aliasesOf, importable } from './dependencies/aliases.ts';
import type { Aliases } from './dependencies/aliases.ts';
import { importsOf } from './dependencies/imports.ts';
import type { Import } from './dependencies/imports.ts';
import { lookalikesIn } from './dependencies/lookalikes.ts';
import { lockedVersions } from './dependencies/lockfile.ts';
import { packageNameOf } from './dependencies/specifier.ts';
import { unusedIn } from './dependencies/unused.ts';
import { lockfileOf, manifestsOf } from './manifest.ts';
import type { DependencyKind, Manifest, Manifests } from './manifest.ts';

type Unit = EvidenceValue<'dependencies'>['units'][number];
type Imported = Unit['imports'][number];

const kinds: readonly DependencyKind[] = ['runtime', 'development', 'peer', 'optional'];
/** Names that a framework resolves by itself once it is declared. */
const provided: Readonly<Record<string, readonly string[]>> = {
  'server-only': ['next'],
  'client-only': ['next'],
  '@storybook/addon-actions': ['storybook'],
  '@docusaurus': ['@docusaurus/core'],
  '@theme': ['@docusaurus/core'],
  '@site': ['@docusaurus/core'],
};

export default defineCollector({
  name: 'read/dependencies',
  needs: [],
  yields: 'dependencies',
  async run(_given, context) {
    const manifests = await manifestsOf(context.tree);
    const { imports, gaps } = await importsOf(context);
    const allGaps: Gap[] = [...manifests.gaps, ...gaps];
    const byOwner = Map.groupBy(imports, ({ file }) => manifests.owner(file));
    const sources = importable(context.tree);
    const units: Unit[] = [];
    const own = new Set(manifests.all.map(({ name }) => name));
    for (const manifest of manifests.all) {
      const { lockfile, locked } = await locks(context, manifest, allGaps);
      const aliases = await aliasesOf(context.tree, manifest, sources);
      units.push({
        dir: manifest.dir,
        manifest: manifest.file,
        lockfile,
        declared: kinds.flatMap((kind) => Object.entries(manifest.dependencies[kind]).map(([name, range]) => ({ name, range, kind }))),
        locked,
        lookalikes: lookalikesIn(manifest),
        unused: await unusedIn(context.tree, manifest, importedBelow(imports, manifest), own),
        imports: judged(byOwner.get(manifest) ?? [], aliases, statusIn(manifest, manifests, locked)),
      });
    }
    if (byOwner.has(null))
      allGaps.push({ file: null, reason: 'some source files have no package.json at or above them; their imports were not compared' });
    return { value: { units }, gaps: allGaps };
  },
});

/** Names that files in the folder of a package or below it import; Node finds there what the folder above declares. */
function importedBelow(imports: readonly Import[], { dir }: Manifest): Set<string> {
  const inside = imports.filter(({ file }) => dir === '.' || file.startsWith(`${dir}/`));
  return new Set(inside.flatMap(({ specifier }) => packageNameOf(specifier) ?? []));
}

async function locks({ tree }: ReadContext, manifest: Manifest, gaps: Gap[]): Promise<Pick<Unit, 'lockfile' | 'locked'>> {
  const lockfile = lockfileOf(tree, manifest)?.file ?? null;
  if (lockfile === null) return { lockfile, locked: null };
  try {
    if (lockfile.endsWith('.lockb'))
      throw new Error('the binary lockfile of bun is not read; `bun install --save-text-lockfile` writes a readable one');
    return { lockfile, locked: lockedVersions(lockfile, (await tree.read(lockfile)).toString('utf8'), manifest.dir) };
  } catch (thrown) {
    gaps.push({ file: lockfile, reason: `the lockfile could not be read: ${messageOf(thrown).slice(0, 200)}` });
    return { lockfile, locked: null };
  }
}

/** One row per file and package, at the first place; type-only when every import of the pair is. */
function judged(imports: readonly Import[], aliased: Aliases, status: (name: string, typeOnly: boolean) => Imported['status']): Imported[] {
  const rows = new Map<string, Imported>();
  for (const { file, line, specifier, typeOnly } of imports) {
    const name = packageNameOf(specifier);
    // Edge functions of Supabase run on Deno with an import map of their own.
    if (name === null || aliased(specifier) || /(^|\/)supabase\/functions\//.test(file)) continue;
    const row = rows.get(`${file}\0${name}`);
    const types = typeOnly && (row?.typeOnly ?? true);
    rows.set(`${file}\0${name}`, {
      name,
      where: row?.where ?? { file, line, endLine: line },
      typeOnly: types,
      status: status(name, types),
    });
  }
  return [...rows.values()];
}

function statusIn(manifest: Manifest, manifests: Manifests, locked: Record<string, string> | null) {
  // Node looks through node_modules of every folder above, so what an outer package declares can be imported too.
  const above = manifests.all.filter(({ dir }) => dir === '.' || dir === manifest.dir || manifest.dir.startsWith(`${dir}/`));
  const declared = new Set(above.flatMap(({ dependencies }) => kinds.flatMap((kind) => Object.keys(dependencies[kind]))));
  const workspaces = above.some(({ workspaces: globs }) => globs.length > 0)
    ? new Set(manifests.all.map(({ name }) => name))
    : new Set<string>();
  return (name: string): Imported['status'] => {
    if (name === manifest.name || workspaces.has(name)) return 'workspace';
    const types = `@types/${name.replace(/^@/, '').replace('/', '__')}`;
    const providers = provided[name] ?? provided[name.split('/')[0] ?? ''] ?? [];
    // Types of a package that is not itself there vanish at build time; `@types` alone is enough for them.
    if (declared.has(name) || declared.has(types) || providers.some((provider) => declared.has(provider))) return 'declared';
    return locked !== null && Object.hasOwn(locked, name) ? 'transitive' : 'missing';
  };
}
