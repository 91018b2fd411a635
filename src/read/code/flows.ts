import type { Flow, SinkKind } from '../../model/evidence/flows.ts';
import type { Place } from '../../model/words.ts';
import { sinksOf } from '../../knowledge/flows/index.ts';
import type { Sink } from '../../knowledge/flows/sinks.ts';
import { patternCost } from '../../source/pattern.ts';
import type { Machine } from './machine.ts';
import type { Arrival } from './listener.ts';
import { promptArrivals } from './prompts.ts';
import { compare } from './queries.ts';
import type { Route } from './routes.ts';
import { isView } from './templates.ts';
import type { Unescaped } from './templates.ts';
import { either, keyOf, toAbstract, UNKNOWN } from './value.ts';
import type { Value } from './value.ts';
import { judgeAt } from './verdict.ts';
import type { Judged } from './verdict.ts';

interface Found {
  readonly sink: SinkKind;
  readonly symbol: string;
  readonly where: Place;
  readonly within: string;
  readonly function: string;
  readonly notes: Set<string>;
  readonly values: Value[];
  judged: Judged;
  via: Place[];
  /** The functions through which the value came, as it is judged. */
  entries: Set<string>;
  /** The methods it was followed for, where one function answers several. */
  methods: Set<string>;
}

const order: readonly Flow['verdict'][] = ['input', 'unknown', 'guarded', 'constant'];
const shells = /^(\/(usr\/)?bin\/)?(sh|bash|zsh|dash|cmd(\.exe)?|powershell(\.exe)?|pwsh)$/;
/** What only says something where a value arrives that somebody else chose. */
const countless = new Set<SinkKind>(['log', 'html', 'pattern', 'matched', 'address', 'property', 'template-data', 'code']);

/** Collects the values that arrive where text becomes something that acts. */
export class Flows {
  private readonly found = new Map<string, Found>();
  private readonly unescaped: readonly Unescaped[];

  constructor(unescaped: readonly Unescaped[] = []) {
    this.unescaped = unescaped;
  }

  /** A value arrives. */
  record(machine: Machine, arrival: Arrival): void {
    if (arrival.symbol === 'response#render') this.render(machine, arrival);
    for (const sink of sinksOf(arrival.symbol)) {
      for (const one of arriving(sink, arrival)) this.put(machine, arrival, one.kind, one.value, one.notes, one.judged);
    }
  }

  /** A view is rendered: what its file writes out as it is arrives there. */
  private render(machine: Machine, arrival: Arrival): void {
    const [view, data] = arrival.args;
    if (view?.k !== 'lit' || data?.k !== 'obj') return;
    for (const place of this.unescaped) {
      if (!isView(place.file, String(view.v))) continue;
      const [name = '', ...below] = place.path;
      let value = data.keys.get(name) ?? data.keys.get('...') ?? UNKNOWN;
      for (const part of data.keys.has(name) ? below : []) value = machine.get(value, part, arrival.frame);
      const where = { file: place.file, line: place.line, endLine: place.line };
      this.put(machine, { ...arrival, symbol: `template#${place.engine}`, where, at: place.line, notes: [] }, 'html', value, []);
    }
  }

  /** A statement's text, which its own relation tells of in full. */
  statement(machine: Machine, arrival: Arrival): void {
    const [first] = arrival.args;
    const text = first?.k === 'obj' ? (first.keys.get('text') ?? first.keys.get('sql')) : first;
    if (text !== undefined && text.k !== 'lit') this.put(machine, arrival, 'sql', text, []);
  }

  /** What a model is asked. */
  prompt(machine: Machine, arrival: Arrival): void {
    for (const { kind, value, notes } of promptArrivals(arrival.args)) this.put(machine, arrival, kind, value, notes);
  }

  private put(machine: Machine, arrival: Arrival, kind: SinkKind, value: Value, notes: readonly string[], known?: Judged): void {
    const judged = known ?? judgeAt(value, kind, machine, arrival.frame);
    if (judged.verdict === 'constant' && countless.has(kind)) return;
    // What a timer is given is nearly always a function.
    if (judged.verdict === 'unknown' && /^global:set(Timeout|Interval|Immediate)$/.test(arrival.symbol)) return;
    if (judged.verdict === 'unknown' && (kind === 'template-data' || kind === 'property')) return;
    const { frame, where, symbol } = arrival;
    const key = `${where.file}:${where.line}:${arrival.at}\0${kind}\0${symbol}`;
    let row = this.found.get(key);
    if (row === undefined) {
      const name = frame.file.facts.functions[frame.fn]?.n ?? '';
      row = {
        sink: kind,
        symbol,
        where,
        within: machine.within(frame),
        function: name,
        notes: new Set(),
        values: [],
        judged,
        via: [],
        entries: new Set(),
        methods: new Set(),
      };
      this.found.set(key, row);
    }
    for (const note of [...notes, ...arrival.notes]) row.notes.add(note);
    const before = order.indexOf(row.judged.verdict);
    const now = order.indexOf(judged.verdict);
    if (now < before || row.values.length === 0) {
      row.judged = judged;
      row.values.length = 0;
      row.entries = new Set();
      row.methods = new Set();
      row.via = machine.calls.trail().filter((place) => place.file !== where.file || place.line !== where.line);
    }
    if (now > before && row.values.length > 0) return;
    row.methods.add(machine.handling?.method ?? '');
    if (judged.verdict === 'input') {
      for (const id of machine.calls.standsIn().slice(0, 1)) row.entries.add(id);
      row.judged = { ...row.judged, from: [...new Set([...row.judged.from, ...judged.from])] };
    }
    if (row.values.length < 6 && !row.values.some((one) => keyOf(one) === keyOf(value))) row.values.push(value);
  }

  /** A regular expression that stands in the code, when matching it may take very long. */
  pattern(machine: Machine, pattern: string, where: Place, within: string, name: string): void {
    if (!/[+*}].*\)[+*{]|[+*}].*[+*}]/.test(pattern)) return;
    const key = `${where.file}:${where.line}\0literal\0${pattern}`;
    if (this.found.has(key)) return;
    const judged: Judged = { verdict: 'unknown', from: [], guards: [] };
    this.found.set(key, {
      sink: 'matched',
      symbol: 'regexp#literal',
      where,
      within,
      function: name,
      notes: new Set([`/${pattern}/`]),
      values: [],
      judged,
      via: [],
      entries: new Set(),
      methods: new Set(),
    });
  }

  /** The rows of the evidence; `routesOf` gives the routes that reach a function. */
  rows(routesOf: (within: string) => string[], routes: readonly Route[]): Flow[] {
    const byId = new Map(routes.map((route) => [route.id, route]));
    const rows: Flow[] = [];
    for (const row of this.found.values()) {
      const entered = [...new Set([...row.entries].flatMap((entry) => routesOf(entry)))].sort(compare);
      const reached = routesOf(row.within);
      const through = entered.filter((id) => reached.includes(id));
      const ids = (through.length > 0 ? through : reached).filter((id) => answersTo(row.methods, byId.get(id)));
      const flow: Flow = {
        sink: row.sink,
        symbol: row.symbol,
        where: row.where,
        within: row.within,
        function: row.function === '<anonymous>' || row.function === '<module>' ? '' : row.function,
        routes: ids,
        value: toAbstract(either(row.values.length === 0 ? [UNKNOWN] : row.values)),
        verdict: row.judged.verdict,
        from: [...row.judged.from].sort(compare),
        via: row.via,
        guards: [...row.judged.guards].sort(compare),
        notes: [...row.notes].sort(compare),
      };
      const told = tell(
        flow,
        ids.flatMap((id) => byId.get(id) ?? []),
      );
      if (told !== null) rows.push(told);
    }
    return rows.sort(
      (a, b) =>
        compare(a.where.file, b.where.file) ||
        a.where.line - b.where.line ||
        compare(a.sink, b.sink) ||
        compare(a.symbol, b.symbol) ||
        compare(JSON.stringify(a.value), JSON.stringify(b.value)),
    );
  }
}

/** Whether what was followed for these methods was followed for an endpoint; the empty one stands for all. */
function answersTo(methods: ReadonlySet<string>, route: Route | undefined): boolean {
  return methods.size === 0 || methods.has('') || route === undefined || methods.has(route.method);
}

/** The values that arrive at one sink of a call, as the kind that they are there. */
function arriving(
  sink: Sink,
  { args, notes, symbol }: Arrival,
): { kind: SinkKind; value: Value; notes: readonly string[]; judged?: Judged }[] {
  // `sendFile(name, { root })` refuses what leaves the root.
  const rooted = sink.kind === 'file' && symbol.startsWith('response#') && args.some((arg) => arg.k === 'obj' && arg.keys.has('root'));
  if (rooted) return [{ kind: 'file', value: args[0] ?? UNKNOWN, notes: [], judged: { verdict: 'guarded', from: [], guards: ['root'] } }];
  const positions = sink.at === 'all' ? args.map((_, index) => index) : sink.at;
  const found: { kind: SinkKind; value: Value; notes: readonly string[]; judged?: Judged }[] = [];
  for (const position of positions) {
    const value = args[position];
    if (value === undefined || value.k === 'fn') continue;
    if (sink.kind === 'program') {
      const shell = throughShell(args);
      if (shell || position === 0) found.push({ kind: shell ? 'command' : 'program', value, notes: shell ? ['shell'] : [] });
      else if (value.k === 'arr' || value.k === 'input')
        found.push({ kind: 'program', value, notes: ['arguments'], judged: { verdict: 'guarded', from: [], guards: ['no shell'] } });
      continue;
    }
    // `import(x)` and a timer's text are code; the function of a timer is none.
    if (sink.keys !== undefined && value.k === 'obj') {
      for (const key of sink.keys) {
        const one = value.keys.get(key);
        if (one !== undefined) found.push({ kind: sink.kind, value: one, notes: sink.note === undefined ? notes : [sink.note] });
      }
      continue;
    }
    if (sink.kind === 'filter') {
      // Objects with `where` are the filters of other libraries, whose operators are no keys.
      if (
        value.k === 'obj' &&
        [...value.keys.keys()].some((name) => /^(where|include|attributes|relations|select|data|transaction)$/.test(name))
      )
        continue;
      if (value.k !== 'obj' && value.k !== 'input' && value.k !== 'either' && value.k !== 'result') continue;
      const where = value.k === 'obj' ? value.keys.get('$where') : undefined;
      if (where !== undefined) found.push({ kind: 'code', value: where, notes: [] });
    }
    if (sink.kind === 'matched') {
      found.push({ kind: sink.kind, value, notes });
      continue;
    }
    found.push({ kind: sink.kind, value, notes: sink.note === undefined ? [] : [sink.note] });
  }
  // Options that switch escaping off.
  if (
    /^npm:(serialize-javascript|handlebars)#/.test(symbol) &&
    args.some((arg) => arg.k === 'obj' && (isSet(arg.keys.get('unsafe')) || isSet(arg.keys.get('noEscape'))))
  )
    found.push({ kind: 'html', value: UNKNOWN, notes: ['escape-off'] });
  return found;
}

/** `spawn('sh', ['-c', text])`, `spawn(text, { shell: true })` */
function throughShell(args: readonly Value[]): boolean {
  const [program, list] = args;
  if (args.some((arg) => arg.k === 'obj' && isSet(arg.keys.get('shell')))) return true;
  return (
    program?.k === 'lit' &&
    shells.test(String(program.v)) &&
    list?.k === 'arr' &&
    list.items.some((item) => item.k === 'lit' && /^(-\w*c|\/[cC]|-Command)$/.test(String(item.v)))
  );
}

function isSet(value: Value | undefined): boolean {
  return value !== undefined && !(value.k === 'lit' && (value.v === false || value.v === null));
}

/** What the endpoints say of a row: a field that their schema closes is harmless, a framework may send text as text. */
function tell(flow: Flow, routes: readonly Route[]): Flow | null {
  if (
    flow.symbol === 'response#send' &&
    routes.length > 0 &&
    routes.every(({ framework }) => framework === 'fastify') &&
    !flow.notes.includes('text/html')
  )
    return null;
  if (flow.sink === 'matched') {
    const costs = flow.notes.flatMap((note) => (note.startsWith('/') ? [patternCost(note.slice(1, -1))] : []));
    const cost = costs.includes('exponential') ? 'exponential' : costs.includes('polynomial') ? 'polynomial' : null;
    if (cost === null || (flow.symbol === 'regexp#literal' && cost === 'polynomial')) return null;
    return closed({ ...flow, notes: [...flow.notes, cost] }, routes);
  }
  // GraphQL refuses an object where a text or a number is declared.
  if (flow.sink === 'filter' && flow.verdict === 'input' && routes.length > 0 && routes.every(({ framework }) => framework === 'graphql'))
    return { ...flow, verdict: 'guarded', from: [], guards: [...flow.guards, 'schema'] };
  return closed(flow, routes);
}

function closed(flow: Flow, routes: readonly Route[]): Flow {
  const { value } = flow;
  if (flow.verdict !== 'input' || value.kind !== 'input' || routes.length === 0) return flow;
  const harmless = routes.every((route) =>
    route.inputs.some(
      (field) =>
        field.in === value.from &&
        field.name === value.name &&
        (/^(integer|number|boolean)$/.test(field.type) ||
          field.values.length > 0 ||
          /^(uuid|date-time)$/.test(field.format ?? '') ||
          (flow.sink === 'filter' && field.type === 'string' && route.validated)),
    ),
  );
  return harmless ? { ...flow, verdict: 'guarded', from: [], guards: [...flow.guards, 'schema'] } : flow;
}
