import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findPrisma, hasPrismaEngines, prismaModules, schemaText } from './prisma.ts';
import { readText } from './text.ts';

/**
 * Prisma 6 asks the database through an engine that an install script fetches. Where it is not there, its query compiler, which
 * is part of the package, can stand in, with the driver adapter for `pg`: that is another package, and the app must hand it over.
 */
export interface StandIn {
  /** The app's schema, relative to its unit. */
  readonly schema: string;
  /** The package that is needed, with the version that fits. */
  readonly adapter: string;
  /** Whether it is there. */
  readonly ready: boolean;
}

/** Where an adapter is put that the app has not, relative to the root of the copy. */
export const adapterHome = '.seaworthy/prisma';
/** The program that edits the schema and the made client; it lies among the stand-ins for package managers. */
export const adapterProgram = 'seaworthy-prisma';

/** The stand-in for a missing engine; null when none is missing, or none can be replaced. */
export function standInFor(dir: string, tree = dir, copy = dir): StandIn | null {
  const prisma = findPrisma(dir);
  if (prisma === null || hasPrismaEngines(dir, tree)) return null;
  const modules = prismaModules(dir, tree);
  const manifests = modules.map((at) => readText(join(at, '@prisma/client/package.json')) ?? '');
  const [, version = '', major, minor] =
    manifests.map((text) => /"version":\s*"((\d+)\.(\d+)\.\d+[^"]*)"/.exec(text)).find((each) => each) ?? [];
  const text = schemaText(join(dir, prisma.schema));
  if (Number(major) !== 6 || Number(minor) < 7 || !/provider\s*=\s*"postgres(?:ql)?"/.test(text) || !/"prisma-client-js"/.test(text))
    return null;
  const places = [...modules, join(copy, adapterHome, 'node_modules')];
  return {
    schema: prisma.schema,
    adapter: `@prisma/adapter-pg@${version}`,
    ready: places.some((at) => existsSync(join(at, '@prisma/adapter-pg/package.json'))),
  };
}

/** A build command that makes the client for its stand-in: the schema is edited before, the client after. */
export function withStandIn(build: string, { schema }: StandIn): string {
  const made = build.replace(/\bprisma generate\b[^&|;)]*/g, (step) => `${step.trimEnd()} && ${adapterProgram} wrap ${dirname(schema)} `);
  return `${adapterProgram} edit ${schema} && ${made}${made === build ? ` && ${adapterProgram} wrap ${dirname(schema)}` : ''}`;
}

/** The program, for Node; it runs inside the wall, like everything that touches files which the app brought. */
export const adapterScript = `
const { existsSync, readdirSync, readFileSync, statSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const [verb, path] = process.argv.slice(2);
const paths = [process.cwd(), join(process.cwd(), path, '..')];
const find = (name, more = []) => { try { return require.resolve(name, { paths: [...paths, ...more] }); } catch { return null; } };
const client = find('@prisma/client/package.json');
const edit = (file) => {
  const text = readFileSync(file, 'utf8');
  const minor = Number(JSON.parse(readFileSync(client, 'utf8')).version.split('.')[1]);
  const done = text.replace(/(generator\\s+\\w+\\s*\\{)([^}]*"prisma-client-js"[^}]*)\\}/, (_, head, body) => {
    if (minor >= 16) return head + body.replace(/^\\s*engineType\\s*=.*$/m, '') + '  engineType = "client"\\n}';
    const has = /previewFeatures\\s*=\\s*\\[([^\\]]*)\\]/.exec(body);
    const features = new Set([...(has ? has[1].match(/"[^"]+"/g) || [] : []), '"queryCompiler"', '"driverAdapters"']);
    return head + body.replace(/^\\s*previewFeatures\\s*=\\s*\\[[^\\]]*\\]\\s*$/m, '') + '  previewFeatures = [' + [...features].join(', ') + ']\\n}';
  });
  writeFileSync(file, done);
};
const wrapper = (adapter) => \`
;(() => {
  const { PrismaPg } = require(\${JSON.stringify(adapter)});
  const Made = exports.PrismaClient;
  exports.PrismaClient = class PrismaClient extends Made {
    constructor({ datasources, datasourceUrl, ...options } = {}) {
      const url = datasourceUrl || (datasources && Object.values(datasources)[0] || {}).url || process.env.DATABASE_URL;
      super({ adapter: new PrismaPg({ connectionString: url }), ...options });
    }
  };
})();
\`;
if (verb === 'edit') {
  if (!client) process.exit(0);
  const files = statSync(path).isDirectory() ? readdirSync(path).filter((name) => name.endsWith('.prisma')).map((name) => join(path, name)) : [path];
  files.forEach(edit);
} else {
  let home = process.cwd();
  while (!existsSync(join(home, '${adapterHome}')) && dirname(home) !== home) home = dirname(home);
  const adapter = find('@prisma/adapter-pg', [join(home, '${adapterHome}')]);
  const text = readdirSync(path).filter((name) => name.endsWith('.prisma')).map((name) => readFileSync(join(path, name), 'utf8')).join();
  const own = /^\\s*output\\s*=\\s*"([^"]+)"/m.exec(text);
  const made = own ? join(path, own[1], 'index.js') : client && join(dirname(client), '..', '..', '.prisma', 'client', 'index.js');
  if (!adapter || !made || !existsSync(made)) { console.error('${adapterProgram}: ' + (adapter ? 'the client was not made' : '@prisma/adapter-pg is not here')); process.exit(1); }
  writeFileSync(made, readFileSync(made, 'utf8') + wrapper(adapter));
}
`;
