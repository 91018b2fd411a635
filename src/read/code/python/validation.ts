import type { CallExpr } from '../listener.ts';
import type { Machine } from '../machine.ts';
import { UNKNOWN } from '../value.ts';
import type { Frame, Value } from '../value.ts';

/** Forms, serializers and schemas by what asks them whether the body is as they say. */
const asks = /^(is_valid|validate_on_submit|validate|load|loads|full_clean)$/;
const shapes =
  /^py:(rest_framework#(serializers\.)?\w*Serializer|rest_framework#serializers|django#forms|flask_wtf|wtforms|marshmallow|flask_marshmallow|cerberus|voluptuous|django#contrib\.auth\.forms)/;

/** Notes that a form or serializer looks at the body; what it gives is not followed. */
export function validated(machine: Machine, receiver: Value, name: string, e: CallExpr, frame: Frame): undefined {
  if (!asks.test(name) || !isShape(machine, receiver, 0)) return undefined;
  machine.visit.does('schema-parse');
  machine.visit.parsed(UNKNOWN, { k: 'input', from: 'body', path: [] }, machine.place(frame, e.l, e.e));
  return undefined;
}

function isShape(machine: Machine, value: Value, depth: number): boolean {
  if (depth > 6) return false;
  if (value.k === 'result' || value.k === 'inst' || value.k === 'lib') return shapes.test(value.symbol);
  if (value.k !== 'own' && value.k !== 'class') return false;
  const facts = value.file.facts.classes[value.cls];
  const bases = [...(facts?.mixed ?? []), ...(facts?.up === undefined ? [] : [facts.up])];
  return bases.some((base) => isShape(machine, machine.eval(base, value.frame), depth + 1));
}
