import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';

export default defineCheck({
  title: 'Success is only claimed when it happened',
  control: 'reliability/silent-failure',
  severity: 'medium',
  cwe: [390, 755],
  standards: ['ASVS v5.0.0-16.5.3', 'A10:2025'],
  why: 'When the answer says "done" and the database says otherwise, nobody looks: the customer leaves, the order is lost, and the first to notice is the accountant.',
  remedy: 'Let the error reach the error handler (answer 5xx), or say in the answer what was not done and record it where somebody looks.',
  anyOf: ['catches', 'faults'],
  *run({ catches, faults }) {
    const trials = faults?.value.trials ?? [];
    for (const endpoint of new Set(trials.map((trial) => trial.endpoint))) {
      const mine = trials.filter((trial) => trial.endpoint === endpoint);
      const lie = mine.find((trial) => trial.outcome === 'lie');
      if (lie) {
        yield fail('ran', endpointSubject(endpoint), lie.detail, {
          severity: 'high',
          impact: 'Users are told that something was done which was not, and nobody is told that it failed.',
          effect: 'lie',
          ...(lie.proof ? { proof: lie.proof } : {}),
        });
      } else if (mine.some((trial) => trial.outcome === 'honest')) yield pass('ran', endpointSubject(endpoint));
    }
    for (const one of catches?.value.catches ?? []) {
      const [route] = one.routes;
      const subject =
        route !== undefined && one.routes.length === 1
          ? endpointSubject(route)
          : { kind: 'function' as const, name: one.within.replace(/:\d+$/, '') };
      if (one.outcome === 'answers-success') {
        yield fail('read', subject, 'The error is caught and the answer claims success.', {
          severity: 'high',
          impact: 'Users are told that something was done which failed.',
          where: one.where,
          effect: 'answers-success',
        });
      } else if (one.outcome === 'empty' && !one.explained && one.guards.length > 0) {
        yield fail('read', subject, `An error${calling(one.guards)} is caught and dropped without a trace.`, {
          impact: 'What fails here fails unseen.',
          where: one.where,
          effect: 'empty',
        });
      } else if ((one.outcome === 'logged-only' || one.outcome === 'ignored') && !one.explained && one.routes.length > 0) {
        const what = one.outcome === 'ignored' ? 'passed over' : 'only logged';
        yield unknown(
          'read',
          subject,
          `An error${calling(one.guards)} is ${what} and the work goes on; whether the answer then claims too much, reading cannot tell.`,
          {
            where: one.where,
          },
        );
      } else yield pass('read', subject);
    }
    if (trials.length === 0 && catches?.value.catches.length === 0) {
      yield catches.gaps.length > 0
        ? unknown('read', application, 'No error handling was found, but some files could not be read.')
        : notApplicable('The code catches no errors, so it drops none.');
    }
  },
});

/** What the block calls that can fail for reasons of its own: ` of Pool.query` from `npm:pg#Pool.query`, ` of axios` from `npm:axios#default`. */
function calling(symbols: readonly string[]): string {
  const names = symbols.map((symbol) => {
    const [from = '', name = ''] = symbol.split('#');
    return name === '' || name === 'default' ? from.replace(/^\w+:/, '') : name;
  });
  const telling = [...new Set(names)].filter((name) => !/(^|\.)(stringify|parse|log|error)$/.test(name));
  return telling.length > 0 ? ` of ${telling.slice(0, 3).join(', ')}` : '';
}
