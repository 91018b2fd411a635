import type { Func, Stmt } from '../facts.ts';
import type { Machine } from '../machine.ts';
import { actionMethod } from '../paths.ts';
import { callersNoted } from '../request.ts';
import type { Checked, Endpoint, Link } from '../routers.ts';
import { UNKNOWN } from '../value.ts';
import type { Frame, SourceFile, Value } from '../value.ts';
import { endpointOf, exported, linkTo } from './files.ts';

/** The server actions of a file: all that it exports under 'use server', or the functions inside that say so themselves. */
export function actionsOf(machine: Machine, file: SourceFile): Endpoint[] {
  const { facts } = file;
  const whole = facts.functions[0];
  if (whole !== undefined && says(whole)) {
    return Object.keys(facts.exports).flatMap((name) => {
      const value = exported(machine, file, name);
      return value === null || /^(lit|obj|arr|class|mod|tpl)$/.test(value.k) ? [] : [actionOf(file, name, value)];
    });
  }
  const taken = new Set<string>();
  return facts.functions.flatMap((func, fn) => {
    if (fn === 0 || !says(func)) return [];
    let name = func.n === '<anonymous>' ? 'inline' : func.n;
    for (let count = 2; taken.has(name); count++) name = `${name.replace(/-\d+$/, '')}-${count}`;
    taken.add(name);
    return [actionOf(file, name, { k: 'fn', file, fn, frame: around(machine, file, func.up), self: null })];
  });
}

/** The function, or the file, begins with the directive. */
function says({ b }: Func): boolean {
  const first = b.find((statement: Stmt) => statement.k !== 'def');
  return b.some((statement, index) => index < 4 && statement === first && directive(statement));
}

function directive(statement: Stmt): boolean {
  return statement.k === 'x' && statement.e.k === 'lit' && statement.e.v === 'use server';
}

/** The variables around a function that nobody was seen to call. */
function around(machine: Machine, file: SourceFile, fn: number): Frame {
  const func = file.facts.functions[fn];
  return fn === 0 || func === undefined ? machine.module(file).frame : machine.frame(file, fn, around(machine, file, func.up), null);
}

function actionOf(file: SourceFile, name: string, value: Value): Endpoint {
  const path = `${file.path.replace(/\.[cm]?[jt]sx?$/, '')}#${name}`;
  const chain = value.k === 'result' ? chainOf(file, name, value) : null;
  if (chain !== null) return endpointOf(file, 'next', actionMethod, path, chain.handler, chain.guards, { checked: chain.checked });
  const called = value.k === 'result' ? value.args.find((arg) => arg.k === 'fn') : value;
  const args = called?.k === 'fn' ? argumentsOf(called) : [];
  return endpointOf(file, 'next', actionMethod, path, linkTo(file, name, value, args), []);
}

/** Whatever an action is called with comes from its caller, also what the page bound to it. */
function argumentsOf({ file, fn }: Extract<Value, { k: 'fn' }>): Value[] {
  return (file.facts.functions[fn]?.p ?? []).map((param): Value => {
    const name = file.facts.bindings[param.b]?.n ?? '';
    const form = /^_?(form_?data|form|fd)$/i.test(name) || (param.t?.k === 'glo' && param.t.n === 'FormData');
    return { k: 'input', from: 'body', path: form || name.startsWith('%') ? [] : [name] };
  });
}

/** An action that a client of next-safe-action or its like builds: `client.use(guard).schema(schema).action(handler)`. */
function chainOf(
  file: SourceFile,
  name: string,
  value: Extract<Value, { k: 'result' }>,
): { handler: Link; guards: Link[]; checked: Checked[] } | null {
  if (!/^npm:(next-safe-action|zsa)#/.test(value.base)) return null;
  const body: Value = { k: 'input', from: 'body', path: [] };
  const given = (more: readonly [string, Value][]): Value => ({
    k: 'obj',
    keys: new Map<string, Value>([['parsedInput', body], ['clientInput', body], ['input', body], ['ctx', callersNoted], ...more]),
    open: true,
    id: `action:${name}`,
  });
  const guards: Link[] = [];
  const checked: Checked[] = [];
  let handler: Link | null = null;
  for (let at: Value | null = value; at !== null && at.k === 'result'; at = at.on) {
    const step = at.symbol.slice(at.symbol.lastIndexOf('.') + 1);
    const [first] = at.args;
    if (first === undefined) continue;
    if (/^(action|stateAction|handler)$/.test(step)) handler ??= linkTo(file, name, first, [given([])]);
    else if (/^(schema|inputSchema|input)$/.test(step)) checked.push({ at: 'body', schema: first });
    else if ((step === 'use' || step === 'createServerActionProcedure') && first.k === 'fn')
      guards.unshift(linkTo(first.file, 'use', first, [given([['next', { k: 'lib', symbol: 'npm:next-safe-action#next' }]])]));
  }
  return handler === null ? null : { handler, guards: guards.map((link) => ({ ...link, args: link.args ?? [UNKNOWN] })), checked };
}
