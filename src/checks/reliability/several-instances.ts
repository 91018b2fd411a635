import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Place } from '../../model/words.ts';

type Given = readonly AbstractValue[];

/** The options of a call name none of these keys; null where that could not be followed. */
function lacks(args: Given, keys: readonly string[]): boolean | null {
  const each = args.map((one) => missing(one, keys));
  if (each.includes(false)) return false;
  return each.includes(null) ? null : true;
}

function missing(value: AbstractValue, keys: readonly string[]): boolean | null {
  if (value.kind === 'object') return keys.some((key) => Object.hasOwn(value.keys, key)) ? false : value.open ? null : true;
  if (value.kind === 'either') return lacks(value.of, keys);
  return value.kind === 'unknown' || value.kind === 'call' ? null : true;
}

export default defineCheck({
  title: 'Two instances behave like one',
  control: 'reliability/two-instances',
  severity: 'low',
  cwe: [362, 821],
  standards: [],
  why: 'A second instance is started under load, and for a moment at each deployment. What one process keeps in its memory the other does not know: people are signed out, limits count half, a message reaches half of the room. After a restart it is gone altogether.',
  remedy:
    'Keep in the database or in Redis what more than one request needs; use the stores and adapters that the libraries have for that.',
  needs: ['operation', 'calls'],
  uses: ['dependencies', 'jobs', 'queries'],
  *run({ operation: { value, gaps }, calls, dependencies, jobs, queries }) {
    const packages = new Set(dependencies?.value.units.flatMap(({ imports }) => imports.map(({ name }) => name)) ?? []);
    let said = 0;
    const found = function* (name: string, message: string, impact: string, where: Place, severity: 'medium' | 'low', effect: string) {
      said++;
      yield fail('read', { kind: 'file', name }, message, { severity, impact, where, effect });
    };
    for (const one of value.state) {
      // A list that is only added to or a number may be for show; what is looked up by others is relied on.
      if (!one.readElsewhere && !one.limits) continue;
      const name = `${one.where.file} ${one.name}`;
      if (one.limits)
        yield* found(
          name,
          `\`${one.name}\` counts in the memory of one process what is limited.`,
          'With two instances callers have twice as many attempts, and after a restart they begin anew.',
          one.where,
          'medium',
          'limit-in-memory',
        );
      else
        yield* found(
          name,
          `\`${one.name}\` is filled by requests and read by others, in the memory of one process.`,
          'What one instance knows the other does not; a restart forgets it.',
          one.where,
          one.removes ? 'low' : 'medium',
          'state-in-memory',
        );
    }
    for (const call of calls.value.calls) {
      const { symbol, means, args, where } = call;
      if (means === 'session' && symbol === 'npm:express-session#default' && lacks(args, ['store']) === true)
        yield* found(
          `${where.file} session`,
          'Sessions are kept in the memory of one process (MemoryStore).',
          'Everybody is signed out at each restart, and with two instances at every other request; memory grows until the process ends.',
          where,
          'medium',
          'memory-store',
        );
      else if (symbol === 'npm:express-rate-limit#default' || symbol === 'npm:express-rate-limit#rateLimit') {
        if (lacks(args, ['store']) === true)
          yield* found(
            `${where.file} limiter`,
            'The limiter counts in the memory of one process.',
            'With two instances callers have twice as many attempts.',
            where,
            'low',
            'limiter-in-memory',
          );
      } else if (symbol === 'npm:socket.io#Server' || symbol === 'npm:socket.io#default') {
        if (lacks(args.slice(1), ['adapter']) === true && ![...packages].some((name) => /^@socket\.io\/.*-adapter$/.test(name)))
          yield* found(
            `${where.file} rooms`,
            'Rooms of socket.io live in one process; no adapter connects several.',
            'People on another instance do not get the message.',
            where,
            'low',
            'rooms-in-memory',
          );
      } else if (means === 'upload-parser' || means === 'upload-storage') {
        if (means === 'upload-storage' || (args[0]?.kind === 'object' && Object.hasOwn(args[0].keys, 'dest')))
          yield* found(
            `${where.file} uploads`,
            'Uploads are kept on the disk of one machine.',
            'Another instance does not find them, and most hosts delete them at each deployment.',
            where,
            'low',
            'uploads-on-disk',
          );
      }
    }
    for (const job of jobs?.value.jobs ?? []) {
      if (job.kind === 'queue-consumer' || job.endpoint !== null) continue;
      const within = new Set(job.reaches);
      const asked = queries?.value.queries.filter((one) => within.has(one.within)) ?? [];
      const locked = asked.some(({ text }) => text !== null && /pg_(try_)?advisory|skip locked/i.test(text));
      const writes =
        asked.some(({ verb }) => verb === 'insert' || verb === 'update') || value.outbound.some((one) => within.has(one.within));
      if (!locked && writes)
        yield* found(
          `${job.where.file} ${job.name}`,
          `${/^(anonymous|<anonymous>)?$/.test(job.name) ? 'Work on a timer' : `\`${job.name}\``} runs at its time in each process.`,
          'With two instances it is done twice: two mails, two bookings.',
          job.where,
          'low',
          'job-on-each',
        );
    }
    if (said > 0) return;
    if (value.server.length === 0) yield notApplicable('There is no server code of which two instances could run.');
    else
      yield gaps.length > 0
        ? unknown('read', application, 'Nothing was found that only one process knows, but not all of the code could be followed.')
        : pass('read', application);
  },
});
