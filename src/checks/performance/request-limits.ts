import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';

/** Above this a body that is held in memory as a whole is no accident any more: 10 MB. */
const generous = 10 * 1024 * 1024;

export default defineCheck({
  title: 'Bodies, uploads and costly calls are bounded',
  control: 'performance/limits',
  severity: 'low',
  cwe: [770, 400],
  standards: ['ASVS v5.0.0-5.2.1', 'API4:2023'],
  why: 'A body is read into memory before the handler sees it, and parsing it stops everything else. A few large ones at a time end the process.',
  remedy:
    'Leave the limits of the parsers at their defaults (100 kB) but for the endpoints that need more, and set `limits.fileSize` for uploads.',
  needs: ['calls'],
  uses: ['flows'],
  *run({ calls: { value, gaps }, flows }) {
    let examined = 0;
    for (const { routes, verdict, where, function: name } of flows?.value.flows.filter(({ sink }) => sink === 'upload-size') ?? []) {
      // These frameworks bound the bodies of what they call by themselves.
      if (where.file.includes('+') || !routes.some((id) => !id.startsWith('ACTION '))) continue;
      examined++;
      const subject = { kind: 'function', name: `${where.file} ${name}`.trim() } as const;
      if (verdict === 'input')
        yield fail('read', subject, 'A file that callers send is read into memory as a whole, and nothing asks how large it is.', {
          impact: 'A few large files at once fill the memory and stop the application, where no host in front of it refuses them.',
          remedy: 'Compare `file.size` with a limit before reading it, and let the host or proxy refuse larger bodies.',
          where,
          effect: 'unlimited-files',
        });
      else if (verdict === 'guarded') yield pass('read', subject);
    }
    for (const { means, symbol, args, where } of value.calls) {
      const options = args[0];
      if (means === 'body-parser') {
        examined++;
        const limit = options?.kind === 'object' ? options.keys['limit'] : undefined;
        const bytes = limit === undefined ? null : bytesOf(limit);
        const subject = { kind: 'file', name: `${where.file} ${symbol.slice(symbol.indexOf('#') + 1)}` } as const;
        if (bytes !== null && bytes > generous)
          yield fail(
            'read',
            subject,
            `Bodies of up to ${bytes === Infinity ? 'any size' : `${Math.round(bytes / 1024 / 1024)} MB`} are read into memory before anybody looks at them.`,
            {
              severity: bytes > 5 * generous ? 'medium' : 'low',
              impact: 'A handful of such requests at once fill the memory and stop the application for everybody.',
              where,
              effect: 'large-bodies',
            },
          );
        else if (limit !== undefined && bytes === null)
          yield unknown('read', subject, 'The limit for bodies could not be followed.', { where });
        else yield pass('read', subject);
      } else if (means === 'upload-parser') {
        examined++;
        const subject = { kind: 'file', name: `${where.file} uploads` } as const;
        const limits = options?.kind === 'object' ? options.keys['limits'] : undefined;
        if (options !== undefined && (options.kind !== 'object' || (options.open && limits === undefined)))
          yield unknown('read', subject, 'The limits of uploads could not be followed.', { where });
        else if (limits === undefined || (limits.kind === 'object' && !limits.open && !Object.hasOwn(limits.keys, 'fileSize')))
          yield fail('read', subject, 'Uploads have no limit: multer takes files of any size.', {
            severity: 'medium',
            impact: 'One caller fills the disk or the memory with a single request.',
            where,
            effect: 'unlimited-uploads',
          });
        else yield pass('read', subject);
      }
    }
    if (examined > 0) return;
    yield gaps.length > 0
      ? unknown('read', application, 'No parser of bodies was found, but not all of the code could be followed.')
      : notApplicable('The code sets up no parser of bodies; those of frameworks have limits of their own.');
  },
});

/** `'50mb'`, `1048576`, `Infinity` in bytes; null for what is none of these. */
function bytesOf(value: AbstractValue): number | null {
  if (value.kind === 'symbol') return value.symbol === 'global:Infinity' ? Infinity : null;
  if (value.kind === 'either') {
    const all = value.of.map(bytesOf);
    return all.includes(null) ? null : Math.max(...all.map((one) => one ?? 0));
  }
  if (value.kind !== 'literal') return null;
  if (typeof value.value === 'number') return value.value;
  const [, number, unit = 'b'] = /^\s*([\d.]+)\s*(b|kb|mb|gb)?\s*$/i.exec(String(value.value)) ?? [];
  return number === undefined ? null : Number(number) * ({ b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }[unit.toLowerCase()] ?? 1);
}
