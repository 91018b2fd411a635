/** The package whose file a text names first. */
function packageIn(text: string): string | null {
  return /node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\/(?:[\w./-]+\/)?[\w.-]+\.node\b/.exec(text)?.[1] ?? null;
}

/** Known reasons why apps do not start, and what to do. First match wins. */
const reasons: readonly { readonly pattern: RegExp; readonly say: (match: RegExpExecArray) => string }[] = [
  {
    pattern: /@prisma\/client did not initialize yet|Cannot find module '\.prisma\/client/,
    say: () => 'the Prisma client was not made: run "npx prisma generate" in the app\'s folder',
  },
  {
    pattern: /Prisma Client could not locate the Query Engine|query_engine-\S+|binaries\.prisma\.sh|schema-engine/i,
    say: () =>
      'Prisma\'s engine is not in node_modules, and the proving ground fetches nothing: run "npx prisma generate" in the app\'s folder, with the network, and audit again',
  },
  {
    pattern:
      /Could not locate the bindings file|\b(?:Cannot find module|No native build was found)[^\n]*?(?:\.node\b|prebuilds)|bcrypt_lib\.node|better_sqlite3\.node/,
    say: (match) => {
      const name = packageIn(match.input);
      return `${name ? `the native part of ${name}` : 'a native module'} was not built for this machine: run "npm rebuild${name ? ` ${name}` : ''}" in the app's folder`;
    },
  },
  {
    pattern: /compiled against a different Node\.js version|Please install (?:sqlite3) package manually/,
    say: (match) => {
      const name = packageIn(match.input) ?? /install (\w+) package/.exec(match[0])?.[1];
      return `the native part of ${name ?? 'a module'} was not built for Node ${process.versions.node}: run "npm rebuild${name ? ` ${name}` : ''}" in the app's folder with that version`;
    },
  },
  {
    pattern: /\bBun is not defined|Cannot find (?:module|package) 'bun(?::\w+)?'|bun: not installed/,
    say: () => 'it is written for Bun, which is not on this machine: install Bun under /usr, or set "start": "..." in seaworthy.json',
  },
  {
    pattern: /Could not find a production build|Run `?(?:next|nuxt|remix) build/,
    say: () => 'it was not built: add "build": "..." to seaworthy.json with the command that builds it',
  },
  {
    pattern: /fonts\.(?:googleapis|gstatic)\.com|next\/font[^\n]*(?:failed|error)/i,
    say: () =>
      'its build fetches fonts from Google, which the proving ground does not let through: build it outside and audit it with what was built',
  },
  {
    pattern: /ModuleNotFoundError: No module named '([\w]+)/,
    say: (match) =>
      `the Python package "${match[1]}" is not there: install the dependencies into .venv in the app's folder with the system's Python (/usr/bin/python3 -m venv .venv), or from the distribution`,
  },
  {
    pattern: /Cannot find (?:module|package) '([^'./][^']*)'/,
    say: (match) =>
      `the dependency "${match[1]}" is not installed: run the package manager's install in the app's folder, or pass --install`,
  },
  {
    pattern: /Cannot find module '[^']*\/([^'./]+)' imported from|ERR_MODULE_NOT_FOUND[\s\S]*?url: 'file:[^']*\/([^'./]+)'/,
    say: (match) =>
      `the file ${match[1] ?? match[2]} is imported without its ending, which Node asks for in ES modules: if it is started by a tool that finds it, say so with "start": "tsx src/index.ts" or the like in seaworthy.json`,
  },
  {
    pattern: /Cannot find module '([^']+)'/,
    say: (match) => `the file ${match[1]} is not there: if a build makes it, add "build": "..." to seaworthy.json`,
  },
  {
    pattern: /sh: \d*:? ?([\w.-]+): (?:command )?not found|spawnSync ([\w.-]+) ENOENT/,
    say: (match) =>
      `the command "${match[1] ?? match[2]}" is not there: run the package manager's install in the app's folder, or set "start": "..." in seaworthy.json`,
  },
  {
    pattern: /ECONNREFUSED[^\n]*:6379|redis\.outside\.test/,
    say: () =>
      'it wants Redis, which is not on this machine: install it (Debian and Ubuntu: apt-get install redis-server) and audit again; the proving ground starts one of its own',
  },
  {
    pattern: /ECONNREFUSED[^\n]*:27017|MongooseServerSelectionError/,
    say: () => 'it wants MongoDB, which the proving ground does not offer',
  },
  { pattern: /ECONNREFUSED[^\n]*:3306/, say: () => 'it wants MySQL, which the proving ground does not offer' },
  {
    pattern: /relation "([^"]+)" does not exist/,
    say: (match) => `the table ${match[1]} is missing: add "migrate": "..." to seaworthy.json with the command that makes the tables`,
  },
  {
    pattern: /\b([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)\b[^\n]{0,60}(?:required|missing|must|not set|undefined|not defined|invalid)/i,
    say: (match) =>
      `it is not content with the variable ${match[1]}: add "env": { "${match[1]}": "..." } to seaworthy.json (a made-up value will do)`,
  },
  {
    pattern: /EADDRINUSE[^\n]*:(\d+)/,
    say: (match) => `port ${match[1]} belongs to the proving ground: set another with "port": ... in seaworthy.json`,
  },
  {
    pattern: /heap out of memory|ended by the proving ground/,
    say: () => 'it took more than the proving ground gives: build it outside and audit it with what was built',
  },
];

/** What to do about an app that did not start, from its last lines. */
export function advice(lines: readonly string[], start: string): string {
  const text = lines.join('\n');
  for (const { pattern, say } of reasons) {
    const match = pattern.exec(text);
    if (match) return say(match);
  }
  return `if it is started in another way than "${start}", add "start": "...", "port": ... to seaworthy.json`;
}
