import { posix } from 'node:path';
import semver from 'semver';
import { messageOf } from '../model/errors.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import type { Gap, Place } from '../model/words.ts';
import { defineCollector } from './context.ts';
import type { Yaml } from './delivery/yaml.ts';
import { isDevelopment } from './hosting/dockerfile.ts';
import { manifestsOf } from './manifest.ts';
import { byImage, byPackage, codenames, products } from './runtimes/support.ts';
import type { Line, Product, ProductKey } from './runtimes/support.ts';

type Version = EvidenceValue<'runtimes'>['versions'][number];

export default defineCollector({
  name: 'read/runtimes',
  needs: ['hosting', 'packages'],
  yields: 'runtimes',
  async run({ hosting, packages }, { tree, now }) {
    const asOf = now.toISOString().slice(0, 10);
    const versions: Version[] = [];
    const gaps: Gap[] = [...hosting.gaps];
    const add = (
      key: ProductKey,
      version: string,
      lines: readonly string[],
      from: Version['from'],
      place: Place,
      purpose?: Version['for'],
    ) =>
      versions.push(
        judged(products[key], {
          version,
          lines: [...lines],
          from,
          where: place,
          for: purpose ?? (isDevelopment(place.file) ? 'development' : 'production'),
        }),
      );
    const byTag = (image: string, tag: string | null, from: Version['from'], place: Place, purpose?: Version['for']) => {
      const key = keyOfImage(image);
      const line = key === null ? null : lineOf(products[key], /(?:^|[-_]pg|^pg)(\d+(?:\.\d+)*)/.exec(tag ?? '')?.[1] ?? '');
      if (key !== null && line !== null) add(key, `${image}:${tag ?? 'latest'}`, [line], from, place, purpose);
    };
    for (const image of hosting.value.images) {
      // What only builds is not what runs.
      const last = image.stages.length - 1;
      let at: number | null = last;
      while (at !== null && (image.stages[at]?.continues ?? null) !== null) at = image.stages[at]?.continues ?? null;
      const stage = at === null ? undefined : image.stages[at];
      if (stage) byTag(stage.image, stage.tag, 'image', where(image.file, stage.line), image.for);
    }
    for (const { image, file, line, for: purpose } of hosting.value.services) {
      const [, name = '', tag] = /^(.+?)(?::([^/@:]+))?(?:@.*)?$/.exec(image ?? '') ?? [];
      if (image !== null) byTag(name, tag ?? null, 'compose', where(file, line), purpose);
    }
    for (const { file, dependencies, raw, text } of (await manifestsOf(tree)).all) {
      const engines = raw['engines'];
      const wanted = typeof engines === 'object' && engines !== null && 'node' in engines ? engines.node : null;
      if (typeof wanted === 'string' && semver.validRange(wanted) !== null)
        add('node', wanted, linesIn(products.node, wanted), 'engines', where(file, lineWith(text, '"engines"')));
      for (const [name, range] of Object.entries({ ...dependencies.development, ...dependencies.runtime })) {
        const key = Object.hasOwn(byPackage, name) ? byPackage[name] : undefined;
        if (key === undefined) continue;
        const locked = packages.value.locks
          .flatMap((lock) => lock.packages)
          .find((one) => one.name === name && one.direct && semver.satisfies(one.version, range));
        const line = lineOf(products[key], locked?.version ?? semver.minVersion(range, { loose: true })?.version ?? '');
        if (line !== null) add(key, locked?.version ?? range, [line], 'package', where(file, lineWith(text, `"${name}"`)));
      }
    }
    for (const { path, bytes } of tree.files) {
      if (bytes > 256 * 1024) continue;
      const name = posix.basename(path);
      try {
        if (/^\.(nvmrc|node-version|tool-versions)$/.test(name)) {
          const text = (await tree.read(path)).toString('utf8');
          const found = name === '.tool-versions' ? /^nodejs\s+(\S+)/m.exec(text)?.[1] : text.trim().split(/\s/)[0];
          const line = found === undefined ? null : nodeLine(found);
          if (line !== null && found !== undefined) add('node', found, [line], 'version-file', where(path, 1));
        } else if (path === '.replit') {
          const text = (await tree.read(path)).toString('utf8');
          for (const [, module = '', version = ''] of text.matchAll(/"(nodejs|postgresql|python)-([\d.]+)"/g)) {
            const key = module === 'nodejs' ? 'node' : module === 'postgresql' ? 'postgres' : 'python';
            const line = lineOf(products[key], version);
            if (line !== null) add(key, `${module}-${version}`, [line], 'hosting', where(path, lineWith(text, `${module}-${version}`)));
          }
        } else if (/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) {
          const { openYaml } = await import('./delivery/yaml.ts');
          const root = openYaml((await tree.read(path)).toString('utf8'));
          for (const { key, text, line } of root === null ? [] : inWorkflow(root)) {
            const found = key === 'node' ? nodeLine(text) : null;
            if (key === 'node' && found !== null) add('node', text, [found], 'ci', where(path, line), 'ci');
            if (key === 'image') byTag(text.split(':')[0] ?? '', text.split(':')[1] ?? null, 'ci', where(path, line), 'ci');
          }
        }
      } catch (thrown) {
        gaps.push({ file: path, reason: messageOf(thrown).slice(0, 200) });
      }
    }
    return { value: { asOf, versions }, gaps };
  },
});

function where(file: string, line: number): Place {
  return { file, line, endLine: line };
}

function lineWith(text: string, part: string): number {
  const at = text.indexOf(part);
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}

/** Of what satisfies it the line that lasts longest decides. */
function judged(product: Product, rest: Omit<Version, 'product' | 'ends' | 'source'>): Version {
  const ends = rest.lines.map((line) => product.lines.find(([name]) => name === line)?.[1] ?? null);
  const known = ends.filter((end) => end !== null);
  return {
    product: product.name,
    ...rest,
    ends: known.length < ends.length || known.length === 0 ? null : (known.sort().at(-1) ?? null),
    source: product.source,
  };
}

function keyOfImage(image: string): ProductKey | null {
  const name = image.slice(image.lastIndexOf('/') + 1);
  return Object.hasOwn(byImage, name) ? (byImage[name] ?? null) : null;
}

/** The line that a version belongs to: `18.19.0` to `18`, `8.0.36` to `8.0`; older than all to the oldest. Null where it says no number. */
function lineOf(product: Product, version: string): string | null {
  const numbers = /^v?(\d+)(?:\.(\d+))?/.exec(version);
  if (numbers === null) return null;
  const [, major = '', minor] = numbers;
  const names = product.lines.map(([name]) => name);
  const exact = [`${major}.${minor ?? ''}`, major].find((name) => names.includes(name));
  if (exact !== undefined) return exact;
  const oldest = names[0] ?? '';
  return Number(major) < Number(oldest.split('.')[0]) ? oldest : names.some((name) => name.startsWith(`${major}.`)) ? null : major;
}

function nodeLine(text: string): string | null {
  const name = /^lts\/(\w+)$/.exec(text)?.[1];
  if (name !== undefined) return codenames[name.toLowerCase()] ?? null;
  return /^v?\d+/.test(text) ? lineOf(products.node, text) : null;
}

/** Every line with a version that satisfies a range; a range that takes newer lines than are known takes the newest. */
function linesIn(product: Product, range: string): string[] {
  return product.lines.map(([line]: Line) => line).filter((line) => semver.intersects(range, `${line}.x`, { loose: true }));
}

/** Versions of Node that a workflow sets up, its matrices included, and images of its services and containers. */
function* inWorkflow(root: Yaml): Iterable<{ key: 'node' | 'image'; text: string; line: number }> {
  for (const [, job] of root.get('jobs')?.entries() ?? []) {
    const matrix = job.get('strategy')?.get('matrix');
    for (const [name, list] of matrix?.entries() ?? [])
      if (/node/i.test(name))
        for (const item of list.items()) if (item.text !== null) yield { key: 'node', text: item.text, line: item.line };
    for (const step of job.get('steps')?.items() ?? []) {
      const version = step.get('with')?.get('node-version');
      if (version?.text != null && !version.text.includes('${{')) yield { key: 'node', text: version.text, line: version.line };
    }
    const container = job.get('container');
    const images = [
      container?.get('image') ?? container,
      ...(job.get('services')?.entries() ?? []).map(([, service]) => service.get('image')),
    ];
    for (const image of images) if (image?.text != null) yield { key: 'image', text: image.text, line: image.line };
  }
}
