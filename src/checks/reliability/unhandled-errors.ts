import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { isHosted } from '../../model/serving.ts';

export default defineCheck({
  title: 'No unhandled error ends the process',
  control: 'reliability/crash-and-shutdown',
  severity: 'medium',
  cwe: [248, 755],
  standards: ['ASVS v5.0.0-16.5.4'],
  why: 'Since Node 15 a rejected promise that nobody handles ends the process, for all users at once. One failed query in one request is enough.',
  remedy:
    'Await the promise inside a `try`, return it, or end it with `.catch`. In Express 4 wrap async handlers so that their errors reach `next`, or move to Express 5.',
  needs: ['operation'],
  uses: ['dependencies', 'units'],
  *run({ operation: { value, gaps }, dependencies, units }) {
    const survives = value.processEvents.some(({ event, exits }) => event === 'unhandledRejection' && exits === false);
    const end = survives ? 'the request gets no answer' : 'the process ends';
    const patched = dependencies?.value.units.some(({ imports }) => imports.some(({ name }) => name === 'express-async-errors')) ?? false;
    const major = (unit: string) => {
      const mine = dependencies?.value.units.find(({ dir }) => dir === unit);
      return mine?.locked?.['express'] ?? mine?.declared.find(({ name }) => name === 'express')?.range ?? null;
    };
    let findings = 0;
    const exposed = patched ? [] : value.exposed;
    for (const [file, handlers] of Map.groupBy(exposed, ({ where }) => where.file)) {
      const first = handlers[0];
      const version = first === undefined ? null : major(first.unit);
      const subject = { kind: 'file', name: file } as const;
      if (first === undefined || version === null || /^[~^]?5\b/.test(version)) continue;
      if (!/^[~^]?[0-4]\b/.test(version)) {
        yield unknown('read', subject, `Async handlers let errors through; whether Express ${version} takes them is not known.`, {
          where: first.where,
        });
        continue;
      }
      findings++;
      const routes = [...new Set(handlers.flatMap(({ routes }) => routes))];
      yield fail(
        'read',
        subject,
        `Express 4 does not take the errors of async handlers. When what ${some(routes)} await${routes.length === 1 ? 's' : ''} fails, ${end}.`,
        {
          severity: survives ? 'medium' : 'high',
          impact: survives
            ? 'The request hangs until the caller gives up.'
            : 'Whoever makes one such request fail stops the application for everybody.',
          where: first.where,
          effect: 'async-handler',
        },
      );
    }
    const hosted = new Set(units?.value.units.filter(isHosted).map(({ dir }) => dir));
    const dirs = (units?.value.units ?? []).map(({ dir }) => dir).sort((a, b) => b.length - a.length);
    const isKept = (file: string) => survives || hosted.has(dirs.find((dir) => dir === '.' || file.startsWith(`${dir}/`)) ?? '');
    const open = value.floating.filter(({ handled }) => !handled);
    for (const [key, floating] of Map.groupBy(open, ({ form, name, where }) => (form === 'call' ? name : `${where.file} callbacks`))) {
      const [first] = floating;
      if (first === undefined) continue;
      findings++;
      const kept = isKept(first.where.file);
      const what =
        first.form === 'call'
          ? `\`${first.name}\` is called, and nobody waits for its promise or takes its error`
          : 'An async function is handed over where nobody takes its error';
      yield fail(
        'read',
        { kind: 'function', name: key },
        `${what}${floating.length > 1 ? ` (${floating.length} places)` : ''}. When it fails, ${kept ? 'nobody learns of it' : 'the process ends'}.`,
        {
          severity: kept ? 'low' : 'medium',
          impact: kept ? 'Work is lost without a trace.' : 'A failure beside the request stops the application for everybody.',
          where: first.where,
          effect: 'floating-promise',
        },
      );
    }
    const on = value.processEvents.find(({ event, exits }) => event === 'uncaughtException' && exits === false);
    if (on !== undefined) {
      findings++;
      yield fail(
        'read',
        { kind: 'file', name: `${on.where.file} uncaughtException` },
        'After an error that nothing caught the process goes on, in a state that nobody knows.',
        {
          severity: 'low',
          impact: 'Connections, locks and half-changed data of the broken request stay behind.',
          remedy: 'Log the error and exit; let the host start the process anew.',
          where: on.where,
          effect: 'goes-on',
        },
      );
    }
    if (findings > 0) return;
    if (value.server.length === 0) yield notApplicable('There is no server code whose process could end.');
    else
      yield gaps.length > 0
        ? unknown('read', application, 'No promise without an owner was found, but not all of the code could be followed.')
        : pass('read', application);
  },
});

function some(routes: readonly string[]): string {
  const shown = routes.slice(0, 3).join(', ');
  return routes.length > 3 ? `${shown} and ${routes.length - 3} more` : shown || 'they';
}
