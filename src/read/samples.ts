import { parse as parseYaml } from 'yaml';
import type { Sample } from '../model/evidence/samples.ts';
import { messageOf } from '../model/errors.ts';
import type { Gap } from '../model/words.ts';
import { programOf } from './code.ts';
import { isTestCode } from './test-code.ts';
import { defineCollector } from './context.ts';
import type { ReadContext } from './context.ts';
import { extensionOf, textOf } from './language.ts';
import { leftOutOfSpecification } from './samples/described.ts';
import { samplesOfHar } from './samples/har.ts';
import { samplesOfHttpFile } from './samples/http-file.ts';
import { matcherOf } from './samples/matching.ts';
import { samplesOfOpenApi } from './samples/openapi.ts';
import { samplesOfPostman } from './samples/postman.ts';
import { withoutSecrets } from './samples/without-secrets.ts';

/** Before its endpoint is known. */
export type Found = Omit<Sample, 'endpoint'>;

/** Bounds against hostile files; for each, what was left out is a gap. */
const most = { bytes: 4 * 1024 * 1024, files: 60, samples: 5_000 };
/** What files begin with that hold requests: so much of each is looked at before it is parsed. */
const head = 20_000;

export default defineCollector({
  name: 'read/samples',
  needs: [],
  uses: ['routes'],
  yields: 'samples',
  async run({ routes }, context) {
    const gaps: Gap[] = [];
    const found = await fromFiles(context, gaps);
    const { clientCalls, specifications } = await programOf(context);
    for (const { file, document } of specifications)
      found.push(...samplesOfOpenApi(file, textOf(await context.tree.read(file)) ?? '', document));
    for (const { call: _which, ...call } of clientCalls)
      found.push({ ...call, source: isTestCode(call.where.file) ? 'test' : 'client-call', wants: {} });
    const endpointOf = matcherOf(routes?.value.routes ?? []);
    const samples = found
      .slice(0, most.samples)
      .map((one): Sample => ({ ...withoutSecrets(one), endpoint: endpointOf(one.method, one.path) }));
    if (context.tree.files.some(({ path }) => /\.(?:vue|svelte|astro)$/.test(path)))
      gaps.push({ file: null, reason: 'requests that Vue, Svelte and Astro components make were not read' });
    if (found.length > samples.length)
      gaps.push({ file: null, reason: `${found.length - samples.length} more sample requests were left out` });
    gaps.push(...leftOutOfSpecification(samples, routes?.value.routes ?? []));
    return { value: { samples }, gaps };
  },
});

/** The samples of files that are made to hold requests. */
async function fromFiles({ tree }: ReadContext, gaps: Gap[]): Promise<Found[]> {
  const found: Found[] = [];
  let files = 0;
  for (const { path, bytes } of tree.files) {
    const extension = extensionOf(path);
    if (!/^(?:har|json|ya?ml|http|rest)$/.test(extension) || /(?:^|\/)(?:package(?:-lock)?|tsconfig[^/]*)\.json$/.test(path)) continue;
    let text: string | null;
    try {
      text = textOf(await tree.read(path));
    } catch {
      // The collector of files says which could not be read.
      continue;
    }
    const read = text === null ? null : readerOf(extension, text);
    if (text === null || read === null) continue;
    if (bytes > most.bytes) gaps.push({ file: path, reason: `sample requests larger than ${most.bytes / 1024 / 1024} MiB were not read` });
    else if (++files > most.files) gaps.push({ file: path, reason: `beyond the first ${most.files} files of sample requests` });
    else {
      try {
        found.push(...read(path, text));
      } catch (thrown) {
        gaps.push({ file: path, reason: `its sample requests could not be read: ${messageOf(thrown).slice(0, 200)}` });
      }
    }
  }
  return found;
}

/** What reads a file's requests, told by its name and how it begins; null where it holds none. */
function readerOf(extension: string, text: string): ((file: string, text: string) => Found[]) | null {
  const start = text.slice(0, head);
  if (extension === 'har') return samplesOfHar;
  if (extension === 'http' || extension === 'rest') return samplesOfHttpFile;
  if (extension === 'json') {
    if (/"_postman_id"|schema\.getpostman\.com/.test(start)) return samplesOfPostman;
    if (/"(?:openapi|swagger)"\s*:\s*"[23]/.test(start)) return (file, whole) => samplesOfOpenApi(file, whole, JSON.parse(whole));
    return null;
  }
  if (!/^\s*["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]/m.test(start)) return null;
  return (file, whole) => samplesOfOpenApi(file, whole, parseYaml(whole, { maxAliasCount: 100, logLevel: 'silent' }));
}
