import { join, normalize } from 'node:path';
import { parse } from 'yaml';
import { readOwnText } from './text.ts';

const names = ['docker-compose.yml', 'docker-compose.yaml', 'compose.yml', 'compose.yaml'];

/** The services of the compose files of a directory. */
function servicesOf(dir: string): Record<string, unknown>[] {
  return names.flatMap((name) => {
    try {
      return Object.values(fieldsOf(fieldsOf(parse(readOwnText(join(dir, name)), { maxAliasCount: 100 }))['services'])).map(fieldsOf);
    } catch {
      return []; // It is no YAML: docker would refuse it too.
    }
  });
}

/** The environment of the services that are built from this repository, not of those that come as images. */
export function builtHere(dir: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { build, environment } of servicesOf(dir)) {
    if (build === undefined) continue;
    const pairs: [string, unknown][] = Array.isArray(environment)
      ? environment.flatMap((line: unknown) => {
          const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(String(line)) ?? [];
          return name === undefined ? [] : [[name, value]];
        })
      : Object.entries(fieldsOf(environment));
    for (const [name, value] of pairs) {
      // What compose puts in from the user's own environment is not known; its default is.
      const own = ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
      values[name] = own.replace(/\$\{\w+(?::?-([^}]*))?\}|\$\w+/g, (_, otherwise: string | undefined) => otherwise ?? '');
    }
  }
  return values;
}

/** The files and directories below `dir` that a Postgres image runs when it starts for the first time. */
export function initFiles(dir: string): string[] {
  return servicesOf(dir).flatMap(({ volumes }) =>
    (Array.isArray(volumes) ? volumes : []).flatMap((volume: unknown) => {
      const { source, target } = fieldsOf(volume);
      const [from, to] = typeof volume === 'string' ? volume.split(':') : [source, target];
      if (typeof from !== 'string' || typeof to !== 'string' || !to.startsWith('/docker-entrypoint-initdb.d')) return [];
      const path = normalize(from).replace(/\/$/, '');
      return path.startsWith('/') || path.startsWith('..') ? [] : [path];
    }),
  );
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
