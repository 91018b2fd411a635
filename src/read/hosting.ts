import { posix } from 'node:path';
import { messageOf } from '../model/errors.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Gap } from '../model/words.ts';
import { defineCollector } from './context.ts';
import { composeServices } from './hosting/compose.ts';
import { readDockerfile } from './hosting/dockerfile.ts';
import { descriptors } from './hosting/platforms.ts';
import { languageOf } from './language.ts';

const maxBytes = 256 * 1024;
const aside = /(^|\/)(node_modules|fixtures|__fixtures__|templates?)\//;
const isCompose = /(^|\/)(docker-)?compose[\w.-]*\.ya?ml$/;

export default defineCollector({
  name: 'read/hosting',
  needs: [],
  yields: 'hosting',
  async run(_given, { tree }) {
    const value: EvidenceValue<'hosting'> = { images: [], services: [], platforms: [] };
    const gaps: Gap[] = [];
    const paths = new Set(tree.files.map(({ path }) => path));
    const textOf = async (path: string) => (await tree.read(path)).toString('utf8');
    for (const { path, bytes } of tree.files) {
      if (aside.test(path) || bytes > maxBytes) continue;
      try {
        if (languageOf(path) === 'dockerfile' || /(^|\/)Containerfile$/.test(path)) {
          const ignore = [`${path}.dockerignore`, posix.join(posix.dirname(path), '.dockerignore'), '.dockerignore'].find((one) =>
            paths.has(one),
          );
          const image = await readDockerfile(path, await textOf(path), ignore === undefined ? null : (await textOf(ignore)).split('\n'));
          if (image !== null) value.images.push(image);
        } else if (isCompose.test(path)) {
          const { openYaml } = await import('./delivery/yaml.ts');
          const root = openYaml(await textOf(path));
          if (root !== null) value.services.push(...composeServices(path, root));
        } else {
          const row = descriptors.find(([pattern]) => pattern.test(path));
          if (row === undefined || path.startsWith('.github/')) continue;
          const text = await textOf(path);
          if (/\.ya?ml$/.test(path) && !/^(kind|runtime|services):/m.test(text)) continue;
          const { openYaml } = await import('./delivery/yaml.ts');
          value.platforms.push(...row[1](path, text, openYaml));
        }
      } catch (thrown) {
        gaps.push({ file: path, reason: `it could not be read: ${messageOf(thrown).slice(0, 200)}` });
      }
    }
    return { value, gaps };
  },
});
