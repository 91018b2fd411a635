import type { LiveEndpoint } from '../../model/evidence/live.ts';
import type { Place } from '../../model/words.ts';
import { judge, judgeInline } from './guard.ts';
import type { Machine } from './machine.ts';
import { compare } from './queries.ts';
import { shapeOf } from './schema.ts';
import type { Value } from './value.ts';
import { reach } from './visit.ts';
import type { Visit } from './visit.ts';

/** A function that was handed over to be called for an event. */
export interface Handler {
  readonly event: string;
  readonly fn: Extract<Value, { k: 'fn' }>;
  readonly where: Place;
}

type Message = LiveEndpoint['messages'][number];

/** Fields whose values name the kind of a message. */
const kindName = /^(type|kind|event|action|op|operation|cmd|command|method|t|messageType|msgType|eventType)$/i;
const answering = /^(cb|callback|ack|done|fn|respond|reply|next)$/i;
const ownToValues = /^(then|toString|hasOwnProperty|map|forEach|filter|length|slice|trim|split)$/;
const mostParts = 4;

/** What clients may send, by what the handlers do with it. `events`: by the name of an event; else each is one JSON text. */
export function messagesOf(machine: Machine, handlers: readonly Handler[], events: boolean): Message[] {
  return handlers.flatMap((handler): Message[] => {
    const { fn, where } = handler;
    const params = fn.file.facts.functions[fn.fn]?.p ?? [];
    const names = params.map(({ b }) => fn.file.facts.bindings[b]?.n ?? '');
    const count = events ? names.filter((name, index) => index < mostParts && !answering.test(name)).length : 1;
    const args = Array.from({ length: count }, (_, index): Value => ({ k: 'input', from: 'body', path: [String(index)] }));
    const visit = machine.apply(fn, args);
    if (!visit) return [];
    const parts = args.map((_, index) => ({ name: plainName(names[index]), fields: fieldsOf(visit, String(index)) }));
    const guard = judge(visit, 'message', where);
    const row = {
      event: events ? handler.event : null,
      parts,
      where,
      guards: [...(guard ? [guard] : []), ...judgeInline(visit)],
      reaches: [...new Set([...reach(visit)].map(({ id }) => id))].sort(compare),
    };
    const kinds = events ? [] : kindsOf(visit);
    return kinds.length > 0 ? kinds.map((kind) => ({ ...row, kind })) : [{ ...row, kind: null }];
  });
}

function plainName(name: string | undefined): string {
  return name === undefined || name.startsWith('%') ? '' : name;
}

/** Names of the fields that are read of one part, dotted where they are nested. */
function fieldsOf(visit: Visit, part: string): string[] {
  const fields = new Set<string>();
  for (const one of reach(visit)) {
    for (const { from, path } of one.inputs?.values() ?? []) {
      if (from !== 'body' || path[0] !== part) continue;
      const names = path.slice(1).filter((name) => name !== '*' && !ownToValues.test(name));
      if (names.length > 0) fields.add(names.slice(0, 3).join('.'));
    }
    for (const { schema, of } of one.parses)
      if (of.k === 'input' && of.from === 'body' && of.path.join('.') === part)
        for (const name of shapeOf(schema)?.fields?.keys() ?? []) fields.add(name);
  }
  // `payload` beside `payload.id` is only the way there.
  return [...fields].filter((name) => ![...fields].some((other) => other.startsWith(`${name}.`))).sort(compare);
}

/** The values with which the code compares the field that names the kind of a message. */
function kindsOf(visit: Visit): { field: string; value: string }[] {
  const compared = [...reach(visit)].flatMap((one) => [...(one.compared ?? [])]);
  const fields = compared.flatMap(([name, values]) => {
    const field = name.startsWith('body.0.') ? name.slice('body.0.'.length) : '';
    return kindName.test(field) ? [{ field, values: [...values] }] : [];
  });
  const best = fields.toSorted((a, b) => b.values.length - a.values.length)[0];
  if (!best) return [];
  const values = new Set(fields.filter(({ field }) => field === best.field).flatMap((one) => one.values));
  return [...values].slice(0, 24).map((value) => ({ field: best.field, value }));
}
