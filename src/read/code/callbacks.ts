import { knowledgeOf } from './knowledge.ts';
import type { CallExpr } from './listener.ts';
import type { Machine } from './machine.ts';
import { CAUGHT, NEXT, REQ, RES, UNKNOWN } from './value.ts';
import type { Frame, Value } from './value.ts';

/** Functions handed to code that we do not see are assumed to be called. */
export function callCallbacks(machine: Machine, args: readonly Value[], symbol: string | null, frame: Frame, e: CallExpr): void {
  const known = symbol === null ? undefined : knowledgeOf(symbol);
  const given: Value[] = known?.result === 'session' ? [UNKNOWN, { k: 'session', path: [] }] : unpacked(args, e);
  for (const arg of args) {
    if (arg.k === 'fn') {
      const visit = machine.apply(arg, given.length > 0 ? given : byCustom(arg), null, e, frame);
      if (visit !== null && known?.means === 'token-verify') {
        for (const refusal of visit.refusals)
          machine.visit.refuses({ ...refusal, atoms: [...refusal.atoms, { op: 'verify', l: UNKNOWN, r: UNKNOWN }] });
      }
    } else if (arg.k === 'obj' && symbol !== null) {
      for (const value of arg.keys.values()) if (value.k === 'fn') machine.apply(value, [], null, e, frame);
    }
  }
}

/** An entry of an archive, as the handler of its event gets it: whoever made the archive named it. */
function unpacked(args: readonly Value[], e: CallExpr): Value[] {
  const [event, handler] = args;
  if (event?.k !== 'lit' || event.v !== 'entry' || handler?.k !== 'fn' || e.k !== 'call' || e.f.k !== 'get' || e.f.n !== 'on') return [];
  return [{ k: 'input', from: 'files', path: ['entry'] }];
}

/** What a callback gets by Node's custom: an error first, or a request and a response. */
function byCustom({ file, fn }: Extract<Value, { k: 'fn' }>): Value[] {
  const [first, second, third] = (file.facts.functions[fn]?.p ?? []).map(({ b }) => file.facts.bindings[b]?.n ?? '');
  if (first === undefined) return [];
  if (/^_?(err|error)$/.test(first))
    return /^req(uest)?$/.test(second ?? '') && /^res(ponse)?$/.test(third ?? '') ? [CAUGHT, REQ, RES, NEXT] : [CAUGHT];
  return /^req(uest)?$/.test(first) && /^_?res(ponse)?$/.test(second ?? '') ? [REQ, RES, NEXT] : [];
}
