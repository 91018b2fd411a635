import { posix } from 'node:path';
import { z } from 'zod';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Tree } from '../../world/tree.ts';
import { isMedia, textOf } from '../language.ts';
import { lockfileOf } from '../manifest.ts';
import type { Manifest } from '../manifest.ts';
import { installedManifest } from '../packages/installed.ts';
import { isGenerated } from '../secrets/search.ts';
import { lineOf } from './lookalikes.ts';

type Unused = EvidenceValue<'dependencies'>['units'][number]['unused'][number];

/** Packages that are found by their name or place, or that only have to be there. */
const byConvention =
  /^(@types\/|@babel\/|@expo\/|expo(-|$)|@capacitor\/|@ionic\/|react-native(-|$)|@react-native|@opentelemetry\/|@sentry\/|newrelic$|dd-trace$|typescript$|tslib$|core-js$|regenerator-runtime$|react$|react-dom$|sharp$|encoding$|bufferutil$|utf-8-validate$|zone\.js$|reflect-metadata$|rxjs$|graphql$|autoprefixer$|postcss$|tailwindcss$|@tailwindcss\/|webpack$|vite$|next$|prisma$|@prisma\/|pg$|pg-native$|pg-query-stream$|pg-cursor$|mysql2?$|sqlite3$|better-sqlite3$|tedious$|oracledb$|mongodb$|ts-node$|tsx$|nodemon$|pm2$|dotenv$|dotenv-cli$|cross-env$|server-only$|client-only$|web-vitals$|@nuxt\/|nuxt-|@nuxtjs\/|@nestjs\/platform-|class-transformer$|class-validator$|source-map-support$|pino-pretty$|swagger-ui-express$|workbox-|@fontsource|@emotion\/|@mui\/|@remix-run\/|@react-router\/|isbot$|@svelte|svelte|astro$|@astrojs\/|@angular\/)|(^|[/@-])(eslint|babel|prettier|stylelint|postcss|tailwind(css)?|vite|vitest|rollup|webpack|esbuild|jest|remark|rehype|gatsby|serverless|storybook|cypress|playwright|husky|lint-staged|commitlint|semantic-release|karma|gulp|grunt|metro|swc|turbo|nx|codegen|changesets)([/@-]|$)|-(loader|webpack-plugin|plugin|preset|cli|types)$/;
const prose = /\.(md|mdx|txt|rst|lock|lockb|map|snap|svg|log)$|(^|\/)(LICEN[CS]E|CHANGELOG|NOTICE)/i;
const maxBytes = 512 * 1024;

const manifestNeeds = z.looseObject({
  bin: z.unknown().optional(),
  peerDependencies: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
type Needs = z.infer<typeof manifestNeeds>;

/**
 * Runtime packages of a manifest that no code imports, no script starts, no file names, no convention loads and no other package
 * asks for as its peer. Packages of the repository itself are left out.
 */
export async function unusedIn(tree: Tree, manifest: Manifest, imported: ReadonlySet<string>, own: ReadonlySet<string>): Promise<Unused[]> {
  // A library's packages may be there for those who use it.
  const candidates = Object.keys(manifest.dependencies.runtime).filter(
    (name) => !imported.has(name) && !own.has(name) && !byConvention.test(name),
  );
  if (candidates.length === 0) return [];
  const needs = await needsOf(tree, manifest);
  const declared = Object.keys({
    ...manifest.dependencies.runtime,
    ...manifest.dependencies.development,
    ...manifest.dependencies.optional,
  });
  const peers = new Set(declared.flatMap((name) => Object.keys(needs(name)?.peerDependencies ?? {})));
  const left = new Map(candidates.filter((name) => !peers.has(name)).map((name) => [name, wordsFor(name, needs(name))]));
  const rest = Object.entries(manifest.raw).filter(
    ([field]) => !/^(dependencies|(dev|peer|optional)Dependencies|overrides|resolutions|pnpm)$/.test(field),
  );
  drop(left, JSON.stringify(rest));
  for (const { path, bytes } of tree.files) {
    if (left.size === 0) break;
    if (
      bytes > maxBytes ||
      prose.test(path) ||
      isMedia(path) ||
      isGenerated(path) ||
      posix.basename(path) === 'package.json' ||
      !concerns(path, manifest.dir)
    )
      continue;
    const text = textOf(await tree.read(path));
    // In data a name counts where it stands alone: sentences about a package do not use it.
    if (text !== null) drop(left, /\.json[c5]?$/.test(path) ? namesAlone(text) : text);
  }
  return [...left.keys()].map((name) => ({ name, line: lineOf(manifest.text, name) }));
}

/** Files of the package, and those of the root that rule all packages. */
function concerns(path: string, dir: string): boolean {
  return dir === '.' || path.startsWith(`${dir}/`) || !path.includes('/') || path.startsWith('.github/');
}

/** The strings of JSON that hold no sentence, one a line. */
function namesAlone(text: string): string {
  return [...text.matchAll(/"((?:[^"\\\n]|\\.){1,200})"/g)]
    .map(([, inside = '']) => inside)
    .filter((inside) => !/[a-z] [a-z]+ [a-z]/i.test(inside) || /^(?:npx |npm |pnpm |yarn |bunx? |node )/.test(inside))
    .join('\n');
}

function drop(left: Map<string, RegExp>, text: string): void {
  for (const [name, words] of left) if (words.test(text)) left.delete(name);
}

/** The name as a whole, or a program that the package brings. */
function wordsFor(name: string, needs: Needs | null): RegExp {
  const bins = typeof needs?.bin === 'object' && needs.bin !== null ? Object.keys(needs.bin) : [];
  const words = [name, ...bins].map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?<![\\w@-])(?<!(?<!node_modules)/)(${words.join('|')})(?![\\w-])`);
}

/** What the lockfile, or else the installed package, says of the programs that a package brings and of its peers. */
async function needsOf(tree: Tree, manifest: Manifest): Promise<(name: string) => Needs | null> {
  const lockfile = lockfileOf(tree, manifest);
  let locked: Readonly<Record<string, unknown>> = {};
  if (lockfile?.manager === 'npm') {
    try {
      const lock = z
        .looseObject({ packages: z.record(z.string(), z.unknown()) })
        .safeParse(JSON.parse((await tree.read(lockfile.file)).toString('utf8')));
      locked = lock.data?.packages ?? {};
    } catch {
      // A lockfile that cannot be read is told of where it is read for its own sake.
    }
  }
  const known = new Map<string, Needs | null>();
  return (name) => {
    let needs = known.get(name);
    if (needs === undefined) {
      const entry = locked[`node_modules/${name}`] ?? locked[`${manifest.dir}/node_modules/${name}`];
      const raw = entry ?? installedManifest(tree.root, manifest.dir, name, null) ?? installedManifest(tree.root, '.', name, null);
      known.set(name, (needs = raw === null ? null : (manifestNeeds.safeParse(raw).data ?? null)));
    }
    return needs;
  };
}
