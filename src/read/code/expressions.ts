import { answered } from './answers.ts';
import { assign } from './assignments.ts';
import { joined, narrowed, negated, testOf } from './conditions.ts';
import { decidedBy, truthOf } from './known.ts';
import { allowsOrigin, shown, stored } from './sinks.ts';
import { exportedValue, importedValue } from './exports.ts';
import type { Expr } from './facts.ts';
import { callExternal } from './invoke.ts';
import { byName } from './python/arguments.ts';
import { contained } from './python/containment.ts';
import { isPython } from './python/files.ts';
import { percentFormatted } from './python/format.ts';
import { assignTo } from './members.ts';
import type { Machine } from './machine.ts';
import { evaluateCall } from './methods.ts';
import { append, template, textual } from './template.ts';
import { either, literal, REQ, UNKNOWN } from './value.ts';
import type { Frame, Value } from './value.ts';
import { assignedFrom, ownerOf, sourceValue, variableValue } from './variables.ts';
import { isRefusal, refuses, statusOf } from './visit.ts';

// Expressions.

/** What an expression is, given the variables of a frame. */
export function evaluate(machine: Machine, e: Expr, frame: Frame): Value {
  switch (e.k) {
    case 'lit':
      return e;
    case 're':
      if (e.l !== undefined) machine.listener.pattern(e.v, frame, e.l);
      return e;
    case 'var':
      return variableValue(machine, e.b, frame);
    case 'glo':
      if (e.n === 'super') return UNKNOWN;
      if (machine.automatic.size > 0) {
        const own = machine.automatic.get(frame.file.unit)?.get(e.n);
        if (own !== undefined) return exportedValue(machine, own, e.n);
      }
      // Code that was cut out of its function: nothing else goes by this name without being declared.
      if (e.n === 'req') return REQ;
      return { k: 'lib', symbol: `global:${e.n}` };
    case 'imp':
      return importedValue(machine, frame.file, e.m, e.n);
    case 'this':
      for (let at: Frame | null = frame; at !== null; at = at.up) if (at.self !== null) return at.self;
      return UNKNOWN;
    case 'fn':
      return { k: 'fn', file: frame.file, fn: e.i, frame, self: null };
    case 'cls':
      return { k: 'class', file: frame.file, cls: e.i, frame };
    case 'get':
      return machine.get(machine.eval(e.o, frame), e.n, frame);
    case 'idx': {
      const o = machine.eval(e.o, frame);
      const x = machine.eval(e.x, frame);
      if (x.k === 'lit' && x.v !== null) return machine.get(o, String(x.v), frame);
      // `Annotated[str, Depends(token)]`, `list[int]`
      if (o.k === 'lib' && o.symbol.startsWith('py:'))
        return { k: 'result', symbol: o.symbol, base: o.symbol, args: x.k === 'arr' ? x.items : [x], on: null, path: [] };
      if (x.k === 'known') return o.k === 'obj' && !o.open && !o.keys.has(x.v) ? { k: 'told', v: false } : machine.get(o, x.v, frame);
      if (o.k === 'obj' && x.k === 'input')
        machine.visit.compares([...o.keys.keys()].map((name) => ({ op: '===', l: x, r: { k: 'lit', v: name } })));
      if (x.k === 'either') return either(x.of.map((one) => (one.k === 'lit' ? machine.get(o, String(one.v), frame) : UNKNOWN)));
      if (x.k === 'input' && (o.k === 'unknown' || o.k === 'chosen' || (o.k === 'obj' && o.keys.size === 0))) return { k: 'chosen', of: o };
      // A look-up in a closed table gives one of its values, whatever the key.
      if (o.k === 'obj') return o.open ? { k: 'guarded', of: either([...o.keys.values()]) } : either([...o.keys.values()]);
      return machine.get(o, '*', frame);
    }
    case 'tpl':
      return template(
        e.p,
        e.h.map((hole) => machine.eval(hole, frame)),
      );
    case 'tag': {
      const f = machine.eval(e.f, frame);
      const args: Value[] = [
        template(
          e.p,
          e.h.map((hole) => machine.eval(hole, frame)),
        ),
      ];
      if (f.k === 'lib' || f.k === 'inst') return callExternal(machine, f.symbol, f, args, e, frame);
      return { k: 'guarded', of: UNKNOWN };
    }
    case 'obj': {
      const keys = new Map<string, Value>();
      let open = false;
      const object: Value = { k: 'obj', keys, open: false, id: '' };
      for (const [name, value] of e.p) {
        if (name === '?') {
          machine.eval(value, frame);
          open = true;
        } else if (name === '...') {
          const spread = machine.eval(value, frame);
          if (spread.k === 'obj') {
            for (const [key, one] of spread.keys) keys.set(key, one);
            open ||= spread.open;
          } else {
            open = true;
            if (spread.k !== 'unknown') keys.set('...', spread);
          }
        } else {
          const made = machine.eval(value, frame);
          keys.set(
            name,
            made.k === 'fn' && made.self === null && made.file.facts.functions[made.fn]?.w.includes('w') === false
              ? { ...made, self: object }
              : made,
          );
        }
      }
      const made: Value = open || e.kw === 1 ? { k: 'obj', keys, open, id: e.kw === 1 ? byName : '' } : object;
      if (e.l !== undefined) allowsOrigin(machine, keys, e.l, frame);
      return made;
    }
    case 'arr': {
      const items: Value[] = [];
      let open = false;
      for (const item of e.a) {
        if (item.k === 'spread') {
          const spread = machine.eval(item.e, frame);
          if (spread.k === 'arr') {
            items.push(...spread.items);
            open ||= spread.open;
          } else {
            open = true;
            if (spread.k === 'input') items.push(machine.get(spread, '*', frame));
          }
        } else items.push(machine.eval(item, frame));
      }
      return { k: 'arr', items, open };
    }
    case 'spread':
      return machine.eval(e.e, frame);
    case 'or': {
      if (e.op === '&&') {
        const { atoms, truth, yes } = testOf(machine, e.l, frame);
        machine.rows.tests(atoms, false);
        if (truth === false) return { k: 'told', v: false };
        const outer = frame.tested;
        frame.tested = joined(outer, yes);
        const r = machine.on(e, '+', () => machine.eval(e.r, frame));
        frame.tested = outer;
        // What decides nothing by itself leaves the other side to decide.
        return truth === null && r.k === 'told' && r.v ? machine.eval(e.l, frame) : either([r]);
      }
      const l = machine.eval(e.l, frame);
      if (truthOf(l) !== null) return truthOf(l) === true ? l : machine.eval(e.r, frame);
      const before = machine.outcome;
      machine.outcome = { answer: null, throws: false, next: false, exits: false };
      const r = machine.eval(e.r, frame);
      machine.outcome = before;
      if (l.k === 'env' && l.fallback === null) return { ...l, fallback: r };
      if (l.k === 'lit' && l.v !== null && l.v !== '' && l.v !== false && l.v !== 0) return l;
      if (l.k === 'lit' && l.v === null) return r;
      return either([l, r]);
    }
    case 'if': {
      const { atoms, truth, yes, no } = testOf(machine, e.t, frame);
      if (truth !== null) return machine.eval(truth ? e.a : e.b, frame);
      machine.visit.compares(atoms);
      machine.rows.tests(atoms, false);
      const outer = machine.outcome;
      const { tested } = frame;
      const run = (branch: Expr, holds: boolean, marks: ReadonlySet<string>) => {
        machine.outcome = { answer: null, throws: false, next: false, exits: false };
        frame.tested = joined(tested, marks);
        machine.under.push({ test: e.t, holds, frame });
        const value = machine.on(e, holds ? '+' : '-', () => machine.eval(branch, frame));
        machine.under.pop();
        frame.tested = tested;
        return { value: narrowed(value, marks), outcome: machine.outcome };
      };
      const a = run(e.a, true, yes);
      const b = run(e.b, false, no);
      machine.outcome = outer;
      const where = machine.place(frame, e.l, e.l);
      // Only one branch runs, so what it answers is final.
      for (const one of [a, b]) {
        const holding = one === a ? atoms : negated(atoms);
        if (refuses(one.outcome)) machine.visit.refuses({ atoms: holding, status: statusOf(one.outcome), effective: true, where });
        const answer = answered(one.value);
        if (answer !== null && isRefusal(answer)) machine.visit.refuses({ atoms: holding, status: answer, effective: true, where });
      }
      return either([a.value, b.value]);
    }
    case 'bin': {
      const l = machine.eval(e.l, frame);
      const r = machine.eval(e.r, frame);
      if (e.op === 'has') return contained(machine, l, r);
      const told = decidedBy(e.op, l, r);
      if (told !== null) return told;
      const formatted = e.op === '%' && isPython(frame.file) ? percentFormatted(l, r) : null;
      if (formatted !== null) return formatted;
      if (machine.atoms !== null && /^[=!<>]/.test(e.op))
        machine.atoms.push(l.k === 'lit' && r.k !== 'lit' ? { op: e.op, l: r, r: l } : { op: e.op, l, r });
      // `const signedIn = session !== null`
      if (l.k === 'session' && /^!==?$/.test(e.op) && r.k === 'lit' && r.v === null) return l;
      if (e.op === '+') {
        if (l.k === 'lit' && r.k === 'lit' && typeof l.v === 'number' && typeof r.v === 'number') return literal(l.v + r.v);
        return textual(l) || textual(r) ? append(l, r) : { k: 'guarded', of: either([l, r]), op: '+' };
      }
      if (l.k === 'lit' && r.k === 'lit' && typeof l.v === 'number' && typeof r.v === 'number') {
        if (e.op === '*') return literal(l.v * r.v);
        if (e.op === '-') return literal(l.v - r.v);
        if (e.op === '/' && r.v !== 0) return literal(l.v / r.v);
      }
      return /^[-*/%|&^<>]/.test(e.op) ? { k: 'guarded', of: either([l, r]), op: e.op } : UNKNOWN;
    }
    case 'not': {
      const value = machine.eval(e.e.k === 'not' ? e.e.e : e.e, frame);
      // `!!session` asks for the session still.
      if (e.e.k === 'not' && (value.k === 'session' || value.k === 'told')) return value;
      const truth = truthOf(value);
      if (truth !== null) return { k: 'told', v: !truth };
      return { k: 'guarded', of: UNKNOWN };
    }
    case 'un': {
      const value = machine.eval(e.e, frame);
      if (e.op === 'delete' && e.e.k === 'get') machine.listener.changed(machine.eval(e.e.o, frame), e.e.n, UNKNOWN);
      return e.op === '+' || e.op === '-' || e.op === '~' ? { k: 'guarded', of: value } : UNKNOWN;
    }
    case 'set': {
      const binding = frame.file.facts.bindings[e.b];
      const source = binding?.v[e.j];
      const at = binding === undefined ? null : ownerOf(machine, binding, frame);
      if (source === undefined || at === null) return UNKNOWN;
      const value = at === frame ? sourceValue(machine, source, at) : assignedFrom(machine, source, at, frame);
      assign(e.b, source, value, at, frame);
      return value;
    }
    case 'put': {
      const o = machine.eval(e.o, frame);
      const value = machine.eval(e.e, frame);
      if (e.l !== undefined) stored(machine, o, e.n, value, e.l, frame);
      return assignTo(machine, o, e.n, value);
    }
    case 'seq': {
      let last: Value = UNKNOWN;
      for (const one of e.a) last = machine.eval(one, frame);
      return last;
    }
    case 'jsx':
      for (const [name, value] of e.a) shown(machine, name, machine.eval(value, frame), e.l, frame);
      for (const child of e.c) machine.eval(child, frame);
      return UNKNOWN;
    case 'unk':
      chosenPlace(machine, e, frame);
      for (const one of e.c ?? []) machine.eval(one, frame);
      return UNKNOWN;
    case 'call':
      return evaluateCall(machine, e, frame);
  }
}

/** `target[a][b] = value` with names that a caller chose reaches the prototype of every object. */
function chosenPlace(machine: Machine, e: Extract<Expr, { k: 'unk' }>, frame: Frame): void {
  const place = e.w === 1 ? e.c?.at(-1) : undefined;
  if (place?.k !== 'idx' || e.l === undefined) return;
  const object = machine.eval(place.o, frame);
  const name = machine.eval(place.x, frame);
  const nested = place.o.k === 'idx' && machine.eval(place.o.x, frame).k === 'input' && machine.eval(place.o.o, frame).k !== 'input';
  if (object.k === 'chosen' || nested) machine.arrive('property#nested', [name], { l: e.l }, frame);
}
