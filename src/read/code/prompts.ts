import type { SinkKind } from '../../model/evidence/flows.ts';
import { either } from './value.ts';
import type { Value } from './value.ts';

// What a call of a model says in the application's own name, and what it hands over as the user's.

interface Said {
  readonly kind: SinkKind;
  readonly value: Value;
  readonly notes: readonly string[];
}

/** The instructions and the messages among the arguments of a call of a model. */
export function promptArrivals(args: readonly Value[]): Said[] {
  const tools = args.some((arg) => arg.k === 'obj' && (arg.keys.has('tools') || arg.keys.has('functions')));
  const notes = tools ? ['tools'] : [];
  const said: Said[] = [];
  for (const arg of args) {
    if (arg.k === 'lit' || arg.k === 'tpl' || arg.k === 'input') said.push({ kind: 'prompt', value: arg, notes });
    if (arg.k !== 'obj') continue;
    for (const [name, value] of arg.keys) {
      if (/^(system|instructions|systemInstruction|preamble|system_prompt)$/.test(name))
        said.push({ kind: 'instructions', value: textIn(value), notes });
      else if (/^(prompt|input|contents?|query)$/.test(name) && value.k !== 'arr')
        said.push({ kind: 'prompt', value: textIn(value), notes });
      else if (/^(messages|input|contents|history)$/.test(name)) {
        for (const message of messagesIn(value)) {
          const role = message.keys.get('role');
          const text = message.keys.get('content') ?? message.keys.get('parts');
          if (text === undefined) continue;
          const own = role?.k === 'lit' && (role.v === 'system' || role.v === 'developer');
          said.push({ kind: own ? 'instructions' : 'prompt', value: textIn(text), notes });
        }
      }
    }
  }
  return said;
}

function messagesIn(value: Value): Extract<Value, { k: 'obj' }>[] {
  if (value.k === 'obj') return [value];
  if (value.k === 'arr') return value.items.flatMap(messagesIn);
  return value.k === 'either' ? value.of.flatMap(messagesIn) : [];
}

/** The text of a content that may be written in parts. */
function textIn(value: Value): Value {
  if (value.k === 'arr') return either(value.items.map(textIn));
  if (value.k === 'obj') return value.keys.get('text') ?? value.keys.get('parts') ?? value.keys.get('content') ?? value;
  return value;
}
