import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, SeaworthyError } from '../model/errors.ts';

const advisory = z.looseObject({
  id: z.union([z.number(), z.string()]),
  title: z.string(),
  severity: z.enum(['critical', 'high', 'moderate', 'low', 'info']).catch('moderate'),
  url: z.string().catch(''),
  vulnerable_versions: z.string(),
  cwe: z.array(z.string()).catch([]),
});
const answer = z.record(z.string(), z.array(advisory));

/** A published weakness of a package, as the registry answers. */
export type PublishedAdvisory = z.infer<typeof advisory>;

const limits = { batch: 800, bytes: 32 * 1024 * 1024, milliseconds: 60_000 };

/**
 * The package registry that the user has configured: by `npm_config_registry`, else as npm itself tells in an empty folder, so
 * that no configuration of the audited repository has a say in who is told its list of packages.
 */
export async function configuredRegistry(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = environment['npm_config_registry'] ?? environment['NPM_CONFIG_REGISTRY'];
  if (named !== undefined && named !== '') return checked(named);
  const empty = mkdtempSync(join(tmpdir(), 'seaworthy-npm-'));
  try {
    return checked(
      await new Promise<string>((resolve, reject) => {
        execFile(
          'npm',
          ['config', 'get', 'registry'],
          { cwd: empty, env: environment, timeout: limits.milliseconds, shell: false },
          (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
        );
      }),
    );
  } catch (cause) {
    if (cause instanceof SeaworthyError) throw cause;
    throw new SeaworthyError(
      'registry',
      `npm could not tell which registry is configured (${messageOf(cause).slice(0, 120)}); set npm_config_registry`,
      { cause },
    );
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
}

function checked(text: string): string {
  const url = URL.parse(text.trim());
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new SeaworthyError('registry', 'the configured registry is no address of the web');
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

/** Asks a registry which of these packages, by name and versions, have published weaknesses (npm's bulk advisory endpoint). */
export async function askAdvisories(
  registry: string,
  versions: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Map<string, PublishedAdvisory[]>> {
  const names = [...versions.keys()].sort();
  const found = new Map<string, PublishedAdvisory[]>();
  for (let at = 0; at < names.length; at += limits.batch) {
    const part = names.slice(at, at + limits.batch);
    const body = JSON.stringify(Object.fromEntries(part.map((name) => [name, [...(versions.get(name) ?? [])].sort()])));
    const text = await ask(new URL('-/npm/v1/security/advisories/bulk', registry), body);
    const parsed = answer.safeParse(parsedJson(text));
    if (!parsed.success)
      throw new SeaworthyError('registry', 'the registry answered something other than advisories; it may not support them');
    for (const [name, all] of Object.entries(parsed.data)) if (versions.has(name)) found.set(name, all);
  }
  return found;
}

async function ask(url: URL, body: string): Promise<string> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(limits.milliseconds),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return await bounded(response);
  } catch (cause) {
    throw new SeaworthyError('registry', `the registry was asked for advisories in vain: ${messageOf(cause).slice(0, 160)}`, { cause });
  }
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > limits.bytes) throw new Error(`its answer is larger than ${limits.bytes / 1024 / 1024} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
