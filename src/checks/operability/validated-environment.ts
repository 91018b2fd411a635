import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

/** Set by the runtime, the platform or the shell, or by a bundler while it builds. */
const provided =
  /^(NODE_ENV|NODE_OPTIONS|CI|PORT|HOST|HOSTNAME|HOME|PATH|PWD|USER|SHELL|TERM|TZ|LANG|TMPDIR|DEBUG|NO_COLOR|FORCE_COLOR|DEV|PROD|MODE|SSR|BASE_URL|VITEST|JEST_WORKER_ID|(npm|VERCEL|NEXT_RUNTIME|NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|PUBLIC|NUXT_PUBLIC|NETLIFY|RENDER|RAILWAY|HEROKU|DYNO|FLY|GITHUB|GITLAB|CODESPACE|REPL|REPLIT|K_SERVICE|AWS_LAMBDA|AWS_EXECUTION|KUBERNETES)(_\w*)?)$/;
const aside = /(^|\/)(tests?|__tests__|specs?|e2e|cypress|playwright|scripts?|seeds?|tools?|migrations?)\/|\.(test|spec|config)\.[^/]+$/;

export default defineCheck({
  title: 'A missing setting stops the start with a clear message',
  control: 'operability/config-and-parity',
  severity: 'medium',
  cwe: [1188, 754],
  standards: ['ASVS v5.0.0-13.1.1', 'Twelve-Factor III'],
  why: 'A setting that is forgotten in one environment should be noticed by whoever deploys, not by the first customer who pays. Where nothing checks, the application starts, looks healthy, and fails in the middle of a request, or works with an empty secret.',
  remedy:
    'Check all required settings in one place when the application starts (a zod schema, envalid), and end with a message that names what is missing.',
  needs: ['environment'],
  *run({ environment: { value, gaps } }) {
    const reads = Map.groupBy(
      value.reads.filter(({ name, where }) => !provided.test(name) && !aside.test(where.file)),
      ({ name }) => name,
    );
    // Handled where it is first asked for, a setting may be used plainly afterwards.
    const required = new Map([...reads].filter(([, all]) => all.every((one) => one.required)));
    const validated = new Set(value.validated);
    const unchecked = [...required.keys()].filter((name) => !validated.has(name));
    const [first] = unchecked;
    if (first !== undefined) {
      const shown = unchecked
        .slice(0, 8)
        .map((name) => `\`${name}\``)
        .join(', ');
      const some = [...required.keys()].length - unchecked.length;
      yield fail(
        'read',
        application,
        `${unchecked.length === 1 ? 'One setting is' : `${unchecked.length} settings are`} read without a default and checked nowhere: ${shown}${unchecked.length > 8 ? ' and others' : ''}.${some > 0 ? ` ${some} others are checked.` : ''} Without ${unchecked.length === 1 ? 'it' : 'them'} the application starts all the same.`,
        {
          severity: unchecked.length > 2 ? 'medium' : 'low',
          where: required.get(first)?.[0]?.where,
          impact: 'A setting that was forgotten shows as errors to customers, or as a protection that is silently off.',
          effect: 'unchecked',
        },
      );
    } else if (required.size > 0 || validated.size > 0)
      yield pass('read', application, 'All settings without a default are checked when the application starts.');
    else if (gaps.length === 0) yield notApplicable('No setting is required: each has a default, or its absence is handled.');
    const gap = gaps[0];
    if (gap !== undefined && first === undefined)
      yield unknown(
        'read',
        application,
        `The settings of ${gaps.length === 1 ? 'one entry' : `${gaps.length} entries`} are not known: ${gap.file ?? 'the tree'} (${gap.reason}).`,
      );
  },
});
