import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Yaml } from '../delivery/yaml.ts';
import { isDevelopment } from './dockerfile.ts';

export type Service = EvidenceValue<'hosting'>['services'][number];

/** The services of a compose file. A database that is published on the machine's ports, or a bound source folder, tells a developer's own. */
export function composeServices(file: string, root: Yaml): Service[] {
  const services = root.get('services')?.entries() ?? [];
  const bound = services.some(([, service]) =>
    (service.get('volumes')?.items() ?? []).some(({ text }) => /^\.\/?:|^\.\/(src|app|server)\b/.test(text ?? '')),
  );
  const production = /prod/i.test(file);
  const builds = services.some(([, service]) => service.get('build') !== null);
  return services.map(([name, service]) => {
    const replicas = service.get('deploy')?.get('replicas')?.text ?? service.get('scale')?.text ?? null;
    return {
      file,
      name,
      image: service.get('image')?.text ?? null,
      builds: service.get('build') !== null,
      replicas: replicas !== null && /^\d+$/.test(replicas) ? Number(replicas) : null,
      line: service.line,
      for: production || (!isDevelopment(file) && !bound && builds) ? 'production' : 'development',
    };
  });
}
