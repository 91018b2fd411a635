import { application, defineCheck, fail, notApplicable, unknown } from '../../model/check.ts';
import { modelCalls } from '../../model/model-calls.ts';

export default defineCheck({
  title: 'What the model was asked and did is on record',
  control: 'ai/audit-trail',
  severity: 'low',
  cwe: [778],
  standards: ['ASVS v5.0.0-16.1.1'],
  why: 'When a customer says that the assistant promised a refund, somebody has to be able to look. Without a record nobody knows what the model was asked, what it answered, and what was done upon it.',
  remedy:
    'Keep for each call the user, the request id, the prompt or its version, the answer, the tokens and what followed, for as long as you may.',
  needs: ['calls', 'queries', 'operation'],
  *run({ calls, queries, operation }) {
    const asked = modelCalls(calls.value, operation.value.server);
    const writes = new Set<string>();
    for (const { verb, within, routes } of queries.value.queries)
      if (verb === 'insert' || verb === 'update' || verb === 'unknown') for (const one of [within, ...routes]) writes.add(one);
    for (const { means, symbol, within, routes } of calls.value.calls) {
      const name = symbol.slice(symbol.lastIndexOf('.') + 1);
      const stores = (means === 'query' && /insert|create|upsert|update|save/i.test(name)) || means === 'log' || means === 'file-write';
      if (stores) for (const one of [within, ...routes]) writes.add(one);
    }
    const mute = asked.filter(({ within, routes }) => ![within, ...routes].some((one) => writes.has(one)));
    for (const [file, these] of Map.groupBy(mute, ({ where }) => where.file)) {
      yield fail(
        'read',
        { kind: 'file', name: file },
        `The model is asked${these.length > 1 ? ` in ${these.length} places` : ''}, and neither a row nor a line in the log tells of it afterwards.`,
        {
          impact: 'Nobody can say later what the model was asked and what it answered.',
          where: these[0]?.where,
          effect: 'no-record',
        },
      );
    }
    if (asked.length > mute.length)
      yield unknown(
        'read',
        application,
        'Something is stored or logged where the model is asked; whether that is a record of what it was asked and did, reading cannot tell.',
      );
    if (asked.length > 0) return;
    yield calls.gaps.length > 0 && operation.value.server.length > 0
      ? unknown('read', application, 'No call of a model was found, but not all of the code could be followed.')
      : notApplicable('The server asks no model.');
  },
});
