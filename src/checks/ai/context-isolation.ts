import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { AbstractValue } from '../../model/evidence/read.ts';
import { subjectsOf } from '../../model/flow-claims.ts';
import { asksModel } from '../../model/model-calls.ts';

export default defineCheck({
  title: "No tenant's content reaches another tenant's prompt",
  control: 'ai/retrieval-isolation',
  severity: 'high',
  cwe: [639, 200],
  standards: ['LLM08:2025'],
  why: 'A search by meaning returns whatever is nearest, whoever it belongs to. Without a filter on the owner inside that search, one customer asks a question and the model answers from the documents of another.',
  remedy:
    'Give the search a filter or a namespace that is taken from the session (never from the request), on every query and every write.',
  needs: ['flows'],
  uses: ['calls'],
  *run({ flows, calls }) {
    const rows = flows.value.flows.filter(({ sink }) => sink === 'retrieval');
    const writes = rows.filter(({ symbol }) => /\.(upsert|addDocuments|add|upsertRecords)$/.test(symbol));
    const asked = rows.filter((row) => !writes.includes(row));
    if (asked.length === 0) {
      yield calls === undefined || asksModel(calls.value).asks
        ? unknown('read', application, 'No search by meaning was found; whose rows stand in what a model is asked was not followed.')
        : notApplicable('The code asks no model and no store of documents by meaning.');
      return;
    }
    const owned = writes.some(({ value }) => holds(value, 'session'));
    for (const row of asked) {
      for (const subject of subjectsOf(row)) {
        if (holds(limits(row.value), 'session')) yield pass('read', subject);
        else if (owned)
          yield fail(
            'read',
            subject,
            holds(limits(row.value), 'input')
              ? 'Documents are kept by owner, but whose are searched is said by the caller.'
              : 'Documents are kept by owner, but all of them are searched.',
            {
              impact: "A customer's question could be answered from another customer's documents.",
              where: row.where,
              effect: 'owner',
            },
          );
        else
          yield unknown(
            'read',
            subject,
            'Documents are searched for all callers alike; whether they belong to anyone cannot be told from the code.',
            { where: row.where },
          );
      }
    }
  },
});

/** What a search is limited to. */
function limits(value: AbstractValue): AbstractValue {
  if (value.kind !== 'object') return value;
  const kept = Object.entries(value.keys).filter(([name]) => /^(filter|where|namespace|partition|tenant)$/.test(name));
  return { kind: 'object', keys: Object.fromEntries(kept), open: false };
}

function holds(value: AbstractValue, kind: AbstractValue['kind']): boolean {
  if (value.kind === kind) return true;
  if (value.kind === 'object') return Object.values(value.keys).some((one) => holds(one, kind));
  if (value.kind === 'array') return value.items.some((one) => holds(one, kind));
  if (value.kind === 'template') return value.holes.some((one) => holds(one, kind));
  if (value.kind === 'call') return value.args.some((one) => holds(one, kind));
  return value.kind === 'either' && value.of.some((one) => holds(one, kind));
}
