import { application, defineCheck, endpointSubject, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import { modelCalls } from '../../model/model-calls.ts';

const ceilings = ['max_tokens', 'maxTokens', 'max_completion_tokens', 'max_output_tokens', 'maxOutputTokens'];

export default defineCheck({
  title: 'Model use is capped per user and per request',
  control: 'ai/cost-ceiling',
  severity: 'medium',
  cwe: [770, 799],
  standards: ['LLM10:2025', 'API4:2023'],
  why: 'Each answer of a model is paid by the token. An endpoint that anybody may call as often as they like is a bill that strangers write.',
  remedy:
    'Set the largest number of tokens on each call, put a limit per user in front of the endpoint (express-rate-limit with the user as key), and a budget per day behind it.',
  needs: ['calls', 'routes', 'operation'],
  *run({ calls, routes, operation }) {
    const asked = modelCalls(calls.value, operation.value.server);
    const byId = new Map(routes.value.routes.map((route) => [route.id, route]));
    const seen = new Set<string>();
    for (const call of asked) {
      const capped = call.args.map((arg) => says(arg, 0)).reduce(best, 'no');
      const subject = { kind: 'function', name: call.within.replace(/:\d+$/, '') } as const;
      // The answer's length does not say what this costs where the model is chosen and set up elsewhere.
      if (capped === 'no' && !/generative-ai|genai/.test(call.symbol))
        yield fail('read', subject, 'The model is asked without a limit for the length of its answer.', {
          severity: 'low',
          impact: 'One question can cost as much as the model is able to write.',
          where: call.where,
          effect: 'no-token-limit',
        });
      else if (capped === 'yes') yield pass('read', subject);
      for (const id of call.routes) {
        const route = byId.get(id);
        if (route === undefined || seen.has(id)) continue;
        seen.add(id);
        const refusing = [...route.guards, ...route.inline].filter(({ refuses }) => refuses);
        if ([...route.guards, ...route.inline].some(({ does }) => does.includes('rate-limit'))) {
          yield pass('read', endpointSubject(id));
          continue;
        }
        const anybody = !refusing.some(
          ({ does }) => does.includes('authentication') || does.includes('signature') || does.includes('role'),
        );
        yield fail(
          'read',
          endpointSubject(id),
          `Nothing limits how often ${anybody ? 'anybody' : 'a user'} may have the model asked here.`,
          {
            severity: anybody ? 'medium' : 'low',
            impact: anybody
              ? 'A stranger with a loop runs up the bill of the model.'
              : 'One account with a loop runs up the bill of the model.',
            where: call.where,
            effect: 'unlimited-calls',
          },
        );
      }
    }
    if (asked.length > 0) return;
    yield calls.gaps.length > 0 && operation.value.server.length > 0
      ? unknown('read', application, 'No call of a model was found, but not all of the code could be followed.')
      : notApplicable('The server asks no model.');
  },
});

function says(value: AbstractValue, depth: number): 'yes' | 'perhaps' | 'no' {
  if (value.kind === 'unknown') return depth === 0 ? 'perhaps' : 'no';
  if (value.kind === 'either') return value.of.map((one) => says(one, depth)).reduce(best, 'no');
  if (value.kind !== 'object' || depth > 3) return 'no';
  if (ceilings.some((name) => Object.hasOwn(value.keys, name))) return 'yes';
  return Object.entries(value.keys)
    .map(([name, one]) =>
      /^(body|config|generationConfig|options)$/.test(name) ? says(one, one.kind === 'unknown' ? 0 : depth + 1) : 'no',
    )
    .reduce(best, value.open ? 'perhaps' : 'no');
}

function best(a: 'yes' | 'perhaps' | 'no', b: 'yes' | 'perhaps' | 'no'): 'yes' | 'perhaps' | 'no' {
  return a === 'yes' || b === 'yes' ? 'yes' : a === 'perhaps' || b === 'perhaps' ? 'perhaps' : 'no';
}
