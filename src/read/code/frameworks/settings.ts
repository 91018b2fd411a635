import { parse as parseYaml } from 'yaml';
import { parse as parseJson } from 'jsonc-parser';
import type { ReadContext } from '../../context.ts';
import { textOf } from '../../language.ts';

/** What files beside the code say of endpoints and of what runs at certain times. */
export interface Settings {
  /** Supabase's functions that answer without a token (`verify_jwt = false`), by folder of the project and name: `supabase/functions/hook`. */
  readonly open: ReadonlySet<string>;
  /** Functions of serverless.yml by file without its ending and export (`src/users.list`), with the events that call them. */
  readonly lambdas: ReadonlyMap<string, readonly LambdaEvent[]>;
  /** Folders with a vercel.json or a netlify.toml. */
  readonly hosts: { readonly vercel: readonly string[]; readonly netlify: readonly string[] };
  /** Paths that a host calls at certain times. */
  readonly crons: readonly { readonly file: string; readonly line: number; readonly path: string; readonly schedule: string }[];
  /** Schemas of GraphQL that stand in files of their own. */
  readonly schemas: readonly { readonly file: string; readonly text: string }[];
}

/** What calls a function of AWS. */
export interface LambdaEvent {
  readonly file: string;
  readonly name: string;
  readonly http: { readonly method: string; readonly path: string; readonly authorizer: boolean } | null;
  readonly schedule: string | null;
  readonly queue: boolean;
}

const mostBytes = 500_000;

/** Reads those files. */
export async function settingsOf({ tree }: ReadContext): Promise<Settings> {
  const open = new Set<string>();
  const lambdas = new Map<string, LambdaEvent[]>();
  const hosts = { vercel: new Array<string>(), netlify: new Array<string>() };
  const crons: { file: string; line: number; path: string; schedule: string }[] = [];
  const schemas: { file: string; text: string }[] = [];
  for (const { path, bytes } of tree.files) {
    const [, folder = '', name = ''] = /^(.*\/)?([^/]+)$/.exec(path) ?? [];
    const wanted =
      /^(?:vercel\.json|netlify\.toml|serverless\.ya?ml)$/.test(name) ||
      /\.(?:graphqls?|gql)$/.test(name) ||
      path.endsWith('supabase/config.toml');
    if (!wanted || bytes > mostBytes) continue;
    const text = textOf(await tree.read(path)) ?? '';
    if (name === 'config.toml') for (const one of openFunctions(text)) open.add(`${folder}functions/${one}`);
    else if (name === 'netlify.toml') hosts.netlify.push(folder);
    else if (name === 'vercel.json') {
      hosts.vercel.push(folder);
      crons.push(...cronsIn(path, text));
    } else if (name.startsWith('serverless')) {
      for (const [key, event] of lambdasIn(folder, path, text)) lambdas.set(key, [...(lambdas.get(key) ?? []), event]);
    } else schemas.push({ file: path, text });
  }
  return { open, lambdas, hosts, crons, schemas };
}

/** `[functions.hook]` with `verify_jwt = false` below it. */
function openFunctions(text: string): string[] {
  return [...text.matchAll(/^\s*\[functions\.["']?([\w-]+)["']?\]([^[]*)/gm)].flatMap(([, name, body]) =>
    name !== undefined && /^\s*verify_jwt\s*=\s*false/m.test(body ?? '') ? [name] : [],
  );
}

function cronsIn(file: string, text: string): { file: string; line: number; path: string; schedule: string }[] {
  const crons = field(parseJson(text) as unknown, 'crons');
  return (Array.isArray(crons) ? crons : []).flatMap((one: unknown) => {
    const [path, schedule] = [field(one, 'path'), field(one, 'schedule')];
    if (typeof path !== 'string' || typeof schedule !== 'string') return [];
    return [{ file, line: text.slice(0, Math.max(0, text.indexOf(JSON.stringify(path)))).split('\n').length, path, schedule }];
  });
}

/** `functions: { list: { handler: src/users.list, events: [{ httpApi: 'GET /users' }] } }` */
function lambdasIn(folder: string, file: string, text: string): [string, LambdaEvent][] {
  let root: unknown;
  try {
    root = parseYaml(text, { maxAliasCount: 100, logLevel: 'silent' });
  } catch {
    return [];
  }
  const functions = field(root, 'functions');
  if (typeof functions !== 'object' || functions === null) return [];
  return Object.entries(functions).flatMap(([name, one]) => {
    const [handler, events] = [field(one, 'handler'), field(one, 'events')];
    if (typeof handler !== 'string' || !Array.isArray(events)) return [];
    return events.map((event: unknown): [string, LambdaEvent] => [`${folder}${handler.replace(/^\.\//, '')}`, eventOf(file, name, event)]);
  });
}

function eventOf(file: string, name: string, event: unknown): LambdaEvent {
  const given = field(event, 'http') ?? field(event, 'httpApi');
  const [method, path] =
    typeof given === 'string'
      ? given.split(/\s+/)
      : [field(given, 'method'), field(given, 'path')].map((one) => (typeof one === 'string' ? one : undefined));
  const schedule = field(event, 'schedule');
  const rate = typeof schedule === 'string' ? schedule : field(schedule, 'rate');
  return {
    file,
    name,
    http:
      path === undefined
        ? null
        : {
            method: (method ?? '*').toUpperCase(),
            path: `/${path.replace(/^\//, '')}`,
            authorizer: field(given, 'authorizer') !== undefined,
          },
    schedule: typeof rate === 'string' ? rate : null,
    queue: field(event, 'sqs') !== undefined || field(event, 'sns') !== undefined,
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
