import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

/** Set by the runtime, the platform or the shell; nobody has to write them down. */
const provided =
  /^(NODE_ENV|NODE_OPTIONS|CI|PORT|HOST|HOSTNAME|HOME|PATH|PWD|USER|SHELL|TERM|TZ|LANG|TMPDIR|DEBUG|NO_COLOR|FORCE_COLOR|DEV|PROD|MODE|SSR|BASE_URL|VITEST|JEST_WORKER_ID|(npm|(NEXT_PUBLIC_)?VERCEL|NEXT_RUNTIME|NETLIFY|RENDER|RAILWAY|HEROKU|DYNO|FLY|GITHUB|GITLAB|CODESPACE|REPL|REPLIT|K_SERVICE|AWS_LAMBDA|AWS_EXECUTION|KUBERNETES)(_\w*)?)$/;
/** Addresses of error reporters, which do nothing without one. */
const reporter = /(^|_)SENTRY_DSN$/;
const aside = /(^|\/)(tests?|__tests__|specs?|e2e|cypress|playwright)\/|\.(test|spec|config)\.[^/]+$/;

export default defineCheck({
  title: 'Every setting is documented',
  control: 'operability/config-and-parity',
  severity: 'low',
  cwe: [1059],
  standards: ['ASVS v5.0.0-13.1.1'],
  why: 'A setting that is only known to the code is missing on the next machine. The application then fails at its first use, in the middle of a request, or silently runs with a default that was meant for a laptop.',
  remedy: 'List every variable with a harmless example value in .env.example, and check all required ones when the application starts.',
  needs: ['environment'],
  *run({ environment: { value, gaps } }) {
    const reads = Map.groupBy(
      value.reads.filter(({ name, where }) => !provided.test(name) && !aside.test(where.file)),
      ({ name }) => name,
    );
    if (reads.size === 0 && gaps.length === 0) return yield notApplicable('The code reads no environment variable of its own.');
    const documented = new Set(value.documented.map(({ name }) => name));
    const validated = new Set(value.validated);
    for (const [name, places] of reads) {
      const about = { kind: 'variable', name } as const;
      const read = places.find(({ required }) => required) ?? places[0];
      if (documented.has(name) || read === undefined) {
        yield pass('read', about);
        continue;
      }
      const start = validated.has(name)
        ? 'The application refuses to start without it, but nothing says what to put there.'
        : read.required && !reporter.test(name)
          ? 'Where it is not set the code goes on without a value and fails at its first use.'
          : places.some(({ fallback }) => fallback !== null)
            ? 'Where it is not set the built-in default is used, and nobody knows that there is something to set.'
            : 'Where it is not set, what hangs on it is left out, and nobody knows that there is something to set.';
      yield fail('read', about, `\`${name}\` is read but stands in no .env.example or document. ${start}`, {
        where: read.where,
        severity: read.required && !validated.has(name) && !reporter.test(name) ? 'medium' : 'low',
        impact: 'The next deployment, or the next developer, misses it.',
        effect: 'undocumented',
      });
    }
    const first = gaps[0];
    if (first !== undefined)
      yield unknown(
        'read',
        application,
        `The settings that ${gaps.length === 1 ? 'one entry reads' : `${gaps.length} entries read`} are not known: ${first.file ?? 'the tree'} (${first.reason})${gaps.length > 1 ? ' and others' : ''}.`,
      );
  },
});
