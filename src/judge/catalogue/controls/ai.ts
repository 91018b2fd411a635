import type { CatalogueControl } from '../types.ts';

/** Controls of the area `ai`. */
export const ai: readonly CatalogueControl[] = [
  {
    id: 'ai/gullible-model',
    ref: 'V105',
    name: 'What a deceived model could do',
    mode: ['ran'],
    recipe:
      'Replace the model endpoint by a local stub that obeys any instruction in its context; plant instructions in uploads, rows, pages; observe tools called, data sent, HTML rendered',
    evidence: 'what an injected model could reach; app-side containment, no tokens',
    planned: ['ai/prompt-injection'],
  },
  {
    id: 'ai/retrieval-isolation',
    ref: 'V106',
    name: "The model sees only its user's data",
    mode: ['ran'],
    recipe: 'Canary document in tenant A, query as C; filter inside the index query',
    evidence: 'canary returned?',
    planned: ['ai/context-isolation'],
  },
  {
    id: 'ai/cost-ceiling',
    ref: 'V107',
    name: 'Ceiling on model costs',
    mode: ['read', 'ran'],
    recipe: 'max tokens, per-user/tenant quota, loop/step cap, payload cap; burst against the stub',
    evidence: 'tokens per actor until refused',
    planned: ['ai/cost-ceiling'],
  },
  {
    id: 'ai/audit-trail',
    ref: 'V108',
    name: 'Agent audit trail',
    mode: ['ran'],
    recipe: 'Prompt, context ids, tool calls, decision, actor persisted and linked to the request id',
    evidence: 'rows',
    planned: ['ai/audit-trail'],
  },
  {
    id: 'ai/evaluation',
    ref: 'V109',
    name: 'Evaluation, refusal, grounding',
    mode: ['read', 'ran', 'stated'],
    recipe: 'Eval suite in CI, refusal and citation rules, safety-critical paths behind a human',
    evidence: 'suite + results',
    planned: ['ai/evaluation'],
  },
  {
    id: 'ai/model-output-sinks',
    ref: 'V110',
    name: 'Where model output ends up',
    mode: ['read', 'ran'],
    recipe: 'Output into HTML/SQL/shell/URL/DB without schema',
    evidence: 'sink + stub proof',
    planned: ['ai/output-handling'],
  },
];
