import type { Dockerfile, From, Instruction } from 'dockerfile-ast';
import type { EvidenceValue } from '../../model/evidence/index.ts';

export type Image = EvidenceValue<'hosting'>['images'][number];
type Stage = Image['stages'][number];

/** Names of variables that hold what must not stay in an image. */
const secret = /(^|_)(secret|password|passwd|pwd|token|api_?key|private_?key|access_?key|credentials?)(_|$)/i;
const harmless = /public|_file$|_path$|_url$|expir|ttl/i;

/** What a Dockerfile makes, as far as it concerns who runs it and what stays inside. `ignored` are the lines of its .dockerignore, null where there is none. */
export async function readDockerfile(file: string, text: string, ignored: readonly string[] | null): Promise<Image | null> {
  const { DockerfileParser } = await import('dockerfile-ast');
  const parsed = DockerfileParser.parse(text);
  const stages = stagesOf(parsed);
  if (stages.length === 0) return null;
  const last = stages.length - 1;
  const lineage = lineageOf(stages, last);
  const starts = parsed.getFROMs().map((from) => from.getRange().start.line);
  const stageOf = (instruction: Instruction) => starts.findLastIndex((start) => start <= instruction.getRange().start.line);
  const all = parsed.getInstructions();
  const kept = all.filter((one) => lineage.includes(stageOf(one)));
  const named = (...keywords: string[]) => kept.filter((one) => keywords.includes(one.getKeyword()));
  // The latest on the way to the last stage counts; earlier stages of it come first.
  const user = named('USER').at(-1);
  const start = named('CMD', 'ENTRYPOINT').at(-1);
  const runs = named('RUN', 'CMD', 'ENTRYPOINT').map(argumentsOf);
  const copies = named('COPY', 'ADD')
    .filter((one) => !/--from=/.test(argumentsOf(one)))
    .map((one) => ({ sources: sourcesOf(one), line: lineOf(one) }));
  return {
    file,
    for: isDevelopment(file) ? 'development' : 'production',
    stages,
    user: user === undefined ? null : { name: filled(argumentsOf(user).split(/\s/)[0] ?? '', named('ENV', 'ARG')), line: lineOf(user) },
    drops: runs.some((run) => /\b(gosu|su-exec|setpriv|runuser|su -\w|chroot --userspec)\b/.test(run)),
    healthcheck: named('HEALTHCHECK').some((one) => !/^NONE\b/i.test(argumentsOf(one))),
    copies,
    secrets: all.flatMap((one) => (['ARG', 'ENV'].includes(one.getKeyword()) ? secretsIn(one) : [])),
    development: keepsTools(runs, lineage.length < stages.length),
    start: start === undefined ? null : { command: argumentsOf(start).slice(0, 200), line: lineOf(start) },
    ignoresEnvironment: ignored !== null && ignoresEnvironment(ignored),
  };
}

/** A file for tests, tools or a developer's own machine. */
export function isDevelopment(path: string): boolean {
  return /(^|\/)\.devcontainer\/|(^|\/)(tests?|e2e|dev|local|examples?|fixtures)\/|(^|[./_-])(dev|development|local|test|tests|testing|e2e|ci|debug|maildev|example|sample)([./_-]|$)/i.test(
    path,
  );
}

function stagesOf(parsed: Dockerfile): Stage[] {
  const values = new Map(
    parsed.getInitialARGs().map((one) => {
      const property = one.getProperty();
      return [property?.getName() ?? '', property?.getValue() ?? null] as const;
    }),
  );
  const named = (text: string) =>
    text.replace(
      /\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
      (whole, braced?: string, fallback?: string, plain?: string) => values.get(braced ?? plain ?? '') ?? fallback ?? whole,
    );
  const names: (string | null)[] = [];
  return parsed.getFROMs().map((from: From): Stage => {
    const image = named(from.getImage() ?? '');
    const earlier = names.indexOf(image.toLowerCase());
    names.push(from.getBuildStage()?.toLowerCase() ?? null);
    const [, repository = image, tag, digest] = /^(.+?)(?::([^/@:]+))?(?:@(.+))?$/.exec(image) ?? [];
    return {
      name: from.getBuildStage(),
      image: repository,
      continues: earlier >= 0 ? earlier : null,
      tag: tag ?? null,
      digest: digest ?? null,
      line: from.getRange().start.line + 1,
    };
  });
}

/** The stages that a stage continues, and itself. */
function lineageOf(stages: readonly Stage[], index: number): number[] {
  const lineage: number[] = [];
  for (let at: number | null = index; at !== null && !lineage.includes(at); at = stages[at]?.continues ?? null) lineage.unshift(at);
  return lineage;
}

/** A word with the variables that were set before it. */
function filled(text: string, settings: readonly Instruction[]): string {
  return text.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => {
    const set = settings
      .map((one) => new RegExp(`(?:^|\\s)${name}[=\\s]+["']?([\\w.-]+)`).exec(argumentsOf(one))?.[1])
      .findLast((value) => value !== undefined);
    return set ?? whole;
  });
}

function argumentsOf(instruction: Instruction): string {
  return instruction.getRawArgumentsContent() ?? instruction.getArgumentsContent() ?? '';
}

function lineOf(instruction: Instruction): number {
  return instruction.getRange().start.line + 1;
}

function sourcesOf(instruction: Instruction): string[] {
  const text = argumentsOf(instruction);
  const words = /^\s*\[/.test(text)
    ? [...text.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '')
    : text.split(/\s+/).filter((word) => word !== '' && !word.startsWith('--'));
  return words.slice(0, -1);
}

function secretsIn(instruction: Instruction): Image['secrets'] {
  const kind = instruction.getKeyword() === 'ARG' ? 'ARG' : 'ENV';
  const text = argumentsOf(instruction);
  const pairs =
    kind === 'ARG' || /^\w+=/.test(text) ? [...text.matchAll(/(\w+)(?:=("[^"]*"|'[^']*'|\S+))?/g)] : [/^(\w+)\s+(.*)$/.exec(text)];
  return pairs.flatMap((match) => {
    const name = match?.[1] ?? '';
    if (!secret.test(name) || harmless.test(name)) return [];
    const value = (match?.[2] ?? '').replace(/^["']|["']$/g, '');
    return [{ kind, name, literal: value !== '' && !value.includes('$'), line: lineOf(instruction) }];
  });
}

/** The packages that only developers need are installed and stay. */
function keepsTools(runs: readonly string[], staged: boolean): boolean {
  const whole = runs.some(
    (run) =>
      /\b(npm (i|install|ci)|pnpm (i|install)|yarn( install)?|bun (i|install))\b/.test(run) &&
      !/--production|--omit[= ]dev|--prod\b|NODE_ENV=production|-g\b|--global|workspaces focus/.test(run),
  );
  const pruned = runs.some((run) => /\b(npm prune|pnpm prune|pnpm deploy|yarn workspaces focus|yarn install .*--production)/.test(run));
  return whole && !pruned && !staged;
}

function ignoresEnvironment(lines: readonly string[]): boolean {
  return lines.some((line) => /^\/?(\*\*\/)?(\.env(\*|\.\*)?|\.\*|\*|\*\.env|\.env\*\*?)\/?$/.test(line.trim()));
}
