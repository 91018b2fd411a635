import type { Machine } from './machine.ts';
import { NEXT, REQ, RES, UNKNOWN } from './value.ts';
import type { SourceFile, Value } from './value.ts';
import type { Visit } from './visit.ts';

/** Functions that nothing was seen to call: jobs, scripts, handlers that are registered by name. */
export function followUnreached(machine: Machine, files: readonly SourceFile[]): Visit[] {
  const entered: Visit[] = [];
  for (const file of files) {
    file.facts.functions.forEach((func, index) => {
      if (index === 0 || machine.wasSeen(file, index)) return;
      // A nested function is followed with the variables of the function around it.
      if (func.up !== 0) return;
      const { frame } = machine.module(file);
      const args = func.p.map((param): Value => {
        const name = file.facts.bindings[param.b]?.n ?? '';
        if (/^(req|request|_req)$/.test(name)) return REQ;
        if (/^(res|response|reply|_res)$/.test(name)) return RES;
        if (/^_?next$/.test(name)) return NEXT;
        if (/^(app|server)$/.test(name) && param.t === undefined)
          return { k: 'inst', symbol: 'npm:express#Application', site: `param:${file.path}:${index}`, args: [], on: null };
        if (/^router$/.test(name) && param.t === undefined)
          return { k: 'inst', symbol: 'npm:express#Router', site: `param:${file.path}:${index}`, args: [], on: null };
        return UNKNOWN;
      });
      const visit = machine.apply({ k: 'fn', file, fn: index, frame, self: null }, args);
      if (visit !== null) entered.push(visit);
    });
  }
  return entered;
}
