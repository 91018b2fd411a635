import { isTestCode } from '../test-code.ts';

/** By convention: the path, what starts what lies there, and the packages of which one must be declared for that. */
const conventions: readonly [path: RegExp, why: string, packages?: RegExp][] = [
  [
    /(^|\/)app\/(.*\/)?(page|layout|route|template|loading|error|not-found|default|global-error|global-not-found|forbidden|unauthorized|sitemap|robots|manifest|icon\d*|apple-icon\d*|opengraph-image\d*|twitter-image\d*)\.[cm]?[jt]sx?$/,
    'a page or route by its name',
  ],
  [
    /(^|\/)(src\/)?pages\//,
    'a page by its folder',
    /^(next|gatsby|nuxt|astro|vike|waku|@solidjs\/start|@redwoodjs\/.*|unplugin-vue-router|vite-plugin-pages)$/,
  ],
  [
    /(^|\/)(src\/)?(middleware|proxy|instrumentation|instrumentation-client|mdx-components)\.[cm]?[jt]sx?$/,
    'the framework loads it by its name',
  ],
  [
    /(^|\/)(routes?|app\/routes|server\/(api|routes|plugins|middleware|tasks)|plugins|layouts|composables)\//,
    'a route or plugin by its folder',
  ],
  [
    /(^|\/)app\/(.*\/)?(_layout|\+[^/]+|\([^/]+\)\/[^/]+|root|entry\.(client|server)|routes)\.[cm]?[jt]sx?$/,
    'the framework loads it by its name',
  ],
  [/(^|\/)\+[^/]+\.[cm]?[jt]s$|(^|\/)hooks(\.(client|server))?\.[jt]s$/, 'the framework loads it by its name'],
  [
    /(^|\/)(supabase\/functions\/[^/]+\/index|netlify\/(edge-)?functions\/.*|functions\/.*|api\/.*|lambdas?\/.*|workers?\/.*)\.[cm]?[jt]sx?$/,
    'a function of its own by its folder',
  ],
  [
    /(^|\/)(scripts?|bin|tools?|tooling|cli|bench|benchmarks?|migrations?|seeds?|seeders?|factories|prisma|drizzle|database|db|examples?|docs?|playground|templates?|generators?|\.hygen|public|static|assets|vendor|k6|loadtests?|infra|cdk|deploy|emails?|mails?|content|locales?|i18n|lang|types?|typings)\//,
    'a tool, or loaded by something that is no import',
  ],
  [
    /(^|\/)(gulpfile|gruntfile|webpack\.[^/]+|[^/]+\.config|[^/]+\.setup|[^/]+\.worker|worker|service-worker|sw|seed|seeds|migrate|knexfile|ormconfig|data-source|setupTests|jest\.[^/]+|vitest\.[^/]+|react-app-env|vite-env|next-env|global|env)\.[cm]?[jt]sx?$/,
    'a tool, or loaded by its name',
  ],
  [/(^|\/)\.[^/]+(\/|$)/, 'a tool’s own file'],
  [/^(src\/)?(index|main|server|app|start|bootstrap|www|cli|run|handler|lambda)\.[cm]?[jt]sx?$/i, 'where programs start by custom'],
];

/** Why a file is started from outside of the code; null where its path says nothing. `inUnit` is the path below its unit. */
export function conventionOf(path: string, inUnit: string, declared: readonly string[]): string | null {
  if (isTestCode(path)) return 'a test or a tool’s configuration';
  return (
    conventions.find(
      ([pattern, , packages]) => pattern.test(inUnit) && (packages === undefined || declared.some((one) => packages.test(one))),
    )?.[1] ?? null
  );
}

const named = /(?:^|[\s"'`=(:,[])((?:\.{0,2}\/)?[\w@$()[\]./-]+\.[cm]?[jt]sx?)(?=$|[\s"'`),;:\]?#])/g;
const bare = /(?:^|[\s"'`=(:,[])((?:\.{1,2}\/|src\/|server\/|app\/|dist\/|build\/|lib\/|out\/)[\w@$./-]+)(?=$|[\s"'`),;:\]])/g;

/** Paths of scripts that a text names. */
export function pathsIn(text: string): string[] {
  const found = new Set<string>();
  for (const pattern of [named, bare]) for (const [, path] of text.matchAll(pattern)) if (path !== undefined) found.add(path);
  return [...found];
}

/** Patterns of file names in string literals, as the end of a name before its extension: `.entity` of `dist/** /*.entity.js`. */
export function patternsIn(text: string): { folder: string; ending: string }[] {
  const found: { folder: string; ending: string }[] = [];
  for (const [, literal] of text.matchAll(/['"`]([^'"`\n]*\*[^'"`\n]*)['"`]/g)) {
    const match = /^(.*?)(?:\*\*?\/)*\*([\w.-]*?)(?:\.?[{(][^})]*[})]|\.[cm]?[jt]sx?)$/.exec(literal ?? '');
    if (match === null) continue;
    const folder = (match[1] ?? '').replace(/\$\{[^}]*\}/g, '').replace(/^[./]+|[*/]+$/g, '');
    if (folder !== '' || match[2] !== '') found.push({ folder, ending: match[2] ?? '' });
  }
  return found;
}

/** True for code that asks for modules whose name is computed: then everything beside it may be loaded. */
export function loadsByName(text: string): boolean {
  return /\b(?:import|require)\(\s*(?!['"`][^'"`$]*['"`]\s*[),])[^\s)]|import\.meta\.glob|require\.context|autoload|requireDirectory|includeAll/i.test(
    text,
  );
}
