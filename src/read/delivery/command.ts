import type { EvidenceValue } from '../../model/evidence/index.ts';

export type Step = EvidenceValue<'delivery'>['workflows'][number]['steps'][number];

/** The scripts of the package.json that governs a folder of the tree (`.` for its root). */
export type ScriptsOf = (dir: string) => Readonly<Record<string, string>>;

/** How a shell script is run: where, whether its failure counts, and whether the shell notices failures inside a pipe. */
export interface Run {
  readonly lines: readonly { text: string; line: number }[];
  readonly dir: string;
  readonly blocks: boolean;
  readonly pipefail: boolean;
}

/** What a command is for, by the program it starts; the first row that matches counts. */
const purposes: readonly (readonly [Step['kind'], RegExp])[] = [
  [
    'scan',
    /\b((npm|pnpm|yarn|bun)( npm)? audit|audit-ci|better-npm-audit|snyk|trivy|gitleaks|trufflehog|semgrep|osv-scanner|secretlint|codeql|grype|checkov|hadolint|seaworthy|zap-baseline)\b/,
  ],
  ['typecheck', /\b(vue-tsc|svelte-check|astro check|mypy|pyright|attw|tsgo\b.*--noEmit|tsc\b.*--noEmit|nuxi typecheck)\b/],
  [
    'lint',
    /\b(eslint|oxlint|tslint|stylelint|xo|standard|biome|next lint|ng lint|rome|ruff|flake8|golangci-lint|knip|commitlint|actionlint)\b|\b(prettier|oxfmt|dprint)\b.*(--check|-c\b|--list-different| check)/,
  ],
  [
    'test',
    /\b(vitest|jest|mocha|ava|jasmine|karma|qunit|playwright test|cypress run|wdio|node (\S+ )*--test|tsx --test|bun test|deno test|react-scripts test|ng test|web-test-runner|newman run|k6 run|pytest|go test|cargo test|mvn (test|verify)|gradlew? (test|check)|phpunit|rspec)\b|^(npx )?tap\b|\bdocker[ -]compose\b.*(test|e2e|\bci\b).*(--exit-code-from|--abort-on-container-exit|\brun\b)/,
  ],
  [
    'deploy',
    /\b(vercel|netlify deploy|flyctl|fly deploy|wrangler (deploy|publish|pages)|kubectl (apply|set|rollout)|helm (upgrade|install)|terraform apply|pulumi up|cdk deploy|sst deploy|serverless deploy|sls deploy|sam deploy|aws (s3 (sync|cp)|ecs|lambda update|deploy|elasticbeanstalk)|eb deploy|gcloud (run|app|functions) deploy|firebase deploy|heroku|railway (up|deploy)|render deploy|docker (image )?push|(npm|pnpm|yarn) publish|cap \w+ deploy|ansible-playbook|pm2 (deploy|reload|restart))\b|^(ssh|scp|rsync)\b/,
  ],
  [
    'build',
    /\b(tsc|tsgo|swc|babel|vite build|webpack|rollup|esbuild|tsup|tsdown|unbuild|parcel build|next build|nuxt build|nuxi build|astro build|remix(-vite)?(:| )build|react-router build|nest build|ng build|vue-cli-service build|react-scripts build|gatsby build|expo export|docker (buildx )?build|docker[ -]compose\b.* build|ncc build|pkg)\b/,
  ],
];

/** Names that people give to scripts, for a command that runs one which cannot be read. */
const byName: readonly (readonly [Step['kind'], RegExp])[] = [
  ['test', /^(test|tests|t|e2e|spec|coverage)\b/],
  ['lint', /^(lint|eslint|format:check|check:format)\b/],
  ['typecheck', /^(type-?check|tsc|types|check-types|check:types)\b/],
  ['build', /^build\b/],
  ['deploy', /^(deploy|release|publish)\b/],
];

/** Shell words that carry a script along and judge nothing. */
const plumbing =
  /^(echo|printf|export|if|then|else|elif|fi|for|do|done|while|case|esac|mkdir|cat|ls|rm|cp|mv|sleep|set|source|\.|exit|true|:|["'[{}()$\d])(\s|$|\[)|^["'[{}()$]/;
const maxDepth = 3;
const maxStepsPerRun = 60;

/** The steps in a shell script, one per simple command that does something of interest; package scripts are looked into. */
export function stepsOf(run: Run, scriptsOf: ScriptsOf): Step[] {
  const steps: Step[] = [];
  let { blocks } = run;
  let { dir } = run;
  const pipefail = run.pipefail || run.lines.some(({ text }) => /\bset\b.*pipefail/.test(text));
  for (const { text, line } of joined(run.lines)) {
    if (/^set \+e\b|^set \+o errexit/.test(text)) blocks = false;
    else if (/^set -\w*e/.test(text)) blocks = run.blocks;
    for (const command of commandsIn(text)) {
      if (/^cd\s+[\w./-]+$/.test(command)) {
        const target = command.replace(/^cd\s+/, '');
        dir = target.startsWith('/') ? dir : normalised(`${dir}/${target}`);
        continue;
      }
      if (plumbing.test(command)) continue;
      const kinds = new Map<Step['kind'], boolean>();
      for (const { kind, blocks: holds } of meaning(command, dir, scriptsOf, pipefail, 0))
        kinds.set(kind, holds || (kinds.get(kind) ?? false));
      for (const [kind, holds] of kinds)
        if (steps.length < maxStepsPerRun) steps.push({ kind, command: command.slice(0, 200), line, blocks: blocks && holds });
    }
  }
  return steps;
}

interface Meaning {
  readonly kind: Step['kind'];
  readonly blocks: boolean;
}

function meaning(command: string, dir: string, scriptsOf: ScriptsOf, pipefail: boolean, depth: number): Meaning[] {
  const forgiven =
    /\|\|\s*(true|:|exit 0|echo\b|printf\b|\{?\s*echo\b)/.test(command) ||
    (!pipefail && /[^|]\|\s*(tee|cat|grep|tail|head|sed)\b/.test(command));
  const bare = command
    .replace(/\s*\|\|.*$/, '')
    .replace(/^(\w+=\S*\s+)+/, '')
    .replace(/^(sudo|time|exec|xvfb-run( -a| --auto-servernum)?|dotenv( -e \S+)? --|env-cmd( -f \S+)? --|cross-env(\s+\w+=\S*)*)\s+/, '')
    .trim();
  if (bare === '' || /^(echo|printf|#|export|true$|:$|exit\b)/.test(bare)) return [{ kind: 'other', blocks: !forgiven }];
  const script = scriptCalled(bare);
  if (script !== null) {
    const from = script.dir === null ? dir : normalised(`${dir}/${script.dir}`);
    const text = scriptsOf(from)[script.name];
    const inner =
      text === undefined || depth >= maxDepth ? null : commandsIn(text).flatMap((each) => meaning(each, from, scriptsOf, false, depth + 1));
    const seen = inner?.filter(({ kind }) => kind !== 'other') ?? [];
    if (seen.length > 0) return seen.map(({ kind, blocks }) => ({ kind, blocks: blocks && !forgiven }));
    // A script that only prints is no test, whatever its name; one that starts an unknown program is believed by its name.
    if (text !== undefined && commandsIn(text).every((each) => /^(echo|exit|true|:|printf)\b/.test(each)))
      return [{ kind: 'other', blocks: !forgiven }];
    if (text === undefined && !script.workspaces) return [{ kind: 'other', blocks: !forgiven }];
    return [{ kind: kindIn(byName, script.name), blocks: !forgiven }];
  }
  const tasks = /^(?:npx |pnpm |yarn |bunx )?(?:turbo|nx|lerna)(?: run| run-many| affected)?((?: -t| --targets?=| [\w:-]+|,)+)/.exec(
    bare,
  )?.[1];
  if (tasks !== undefined) {
    const kinds = (tasks.match(/[a-z][\w:-]*/g) ?? []).map((task) => kindIn(byName, task)).filter((kind) => kind !== 'other');
    if (kinds.length > 0) return kinds.map((kind) => ({ kind, blocks: !forgiven }));
  }
  // Watchers and writers do not judge.
  if (/--fix\b|--write\b|--watch\b(?!All)/.test(bare) && kindIn(purposes, bare) === 'lint') return [{ kind: 'other', blocks: !forgiven }];
  return [{ kind: kindIn(purposes, bare), blocks: !forgiven }];
}

function kindIn(table: typeof purposes, text: string): Step['kind'] {
  return table.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
}

const managerWords = new Set(
  'install i ci add remove exec dlx create init publish pack audit login config cache version info view why up upgrade update outdated link node workspaces dedupe prune store import'.split(
    ' ',
  ),
);

/** The package script that a command runs, or null: `npm test`, `npm run x --prefix web`, `pnpm -r test`, `yarn x`, `bun run x`. */
function scriptCalled(command: string): { name: string; dir: string | null; workspaces: boolean } | null {
  const [program, ...rest] = command.split(/\s+/);
  if (!/^(npm|pnpm|yarn|bun)$/.test(program ?? '')) return null;
  let dir: string | null = null;
  let workspaces = false;
  const words: string[] = [];
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    if (word === '--') break;
    if (/^(--prefix|--cwd|-C|--dir)$/.test(word)) dir = rest[++at] ?? null;
    else if (/^(--prefix|--cwd|--dir)=/.test(word)) dir = word.slice(word.indexOf('=') + 1);
    else if (/^(-w|--workspace|--filter|-F)$/.test(word)) [workspaces, at] = [true, at + 1];
    else if (/^(-r|--recursive|--workspaces|-ws|--workspace=.*|--filter=.*)$/.test(word)) workspaces = true;
    else if (!word.startsWith('-')) words.push(word);
  }
  const [first, second] = words;
  if (first === undefined) return null;
  if (first === 'run' || first === 'run-script') return second === undefined ? null : { name: second, dir, workspaces };
  if (program === 'yarn' && first === 'workspace')
    return words[2] === undefined ? null : { name: words[2] === 'run' ? (words[3] ?? '') : words[2], dir, workspaces: true };
  if (program === 'bun' && first === 'test') return null;
  if (first === 't' || first === 'tst') return { name: 'test', dir, workspaces };
  if (program === 'npm') return ['test', 'start'].includes(first) ? { name: first, dir, workspaces } : null;
  return managerWords.has(first) ? null : { name: first, dir, workspaces };
}

/** Joins lines that end in a backslash. */
function* joined(lines: Run['lines']): Iterable<{ text: string; line: number }> {
  let open: { text: string; line: number } | null = null;
  for (const { text, line } of lines) {
    const trimmed = text.trim();
    open = open === null ? { text: trimmed, line } : { text: `${open.text} ${trimmed}`, line: open.line };
    if (trimmed.endsWith('\\')) {
      open = { text: open.text.slice(0, -1).trimEnd(), line: open.line };
      continue;
    }
    if (open.text !== '' && !open.text.startsWith('#')) yield open;
    open = null;
  }
  if (open !== null && open.text !== '') yield open;
}

/** Splits at `&&` and `;` outside of quotes. `a || b` stays together: whether `a` blocks depends on `b`. */
function commandsIn(line: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? '';
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === ';' || (char === '&' && line[at + 1] === '&')) {
      parts.push(line.slice(start, at));
      if (char === '&') at++;
      start = at + 1;
    }
  }
  parts.push(line.slice(start));
  return parts.map((part) => part.trim().replace(/^\(|\)$/g, '')).filter((part) => part !== '');
}

function normalised(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') out.pop();
    else if (part !== '.' && part !== '') out.push(part);
  }
  return out.join('/') || '.';
}
