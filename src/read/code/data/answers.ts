import type { Machine } from '../machine.ts';
import type { KnownCall } from '../listener.ts';
import type { Value } from '../value.ts';
import type { Visit } from '../visit.ts';

const rowParts = /^(\d+|\*|rows|data)$/;
const secret = /pass|pwd|hash|secret|salt/i;

/** Collects which rows are answered whole: as they come from the database, every column with them. */
export class Answers {
  /** By what the statement's result is known by. */
  readonly whole = new Map<string, Set<Visit>>();
  private readonly trimmed = new Set<string>();

  record(machine: Machine, call: KnownCall): void {
    // A page shows what its template names.
    if (call.expr.k === 'call' && call.expr.f.k === 'get' && call.expr.f.n === 'render') return;
    const body = call.args[1];
    for (const at of body === undefined ? [] : wholeRows(body)) {
      const visits = this.whole.get(at) ?? new Set<Visit>();
      visits.add(machine.visit);
      this.whole.set(at, visits);
    }
  }

  /** A column is overwritten, or taken off a row: `delete user.password`. */
  changed(row: Value, column: string): void {
    if (row.k === 'result' && row.at !== undefined && secret.test(column)) this.trimmed.add(row.at);
  }

  /** The visits that answer such rows with nothing taken off. */
  of(at: string): ReadonlySet<Visit> {
    return this.trimmed.has(at) ? new Set() : (this.whole.get(at) ?? new Set());
  }
}

/** The statements of which a value holds whole rows. */
function wholeRows(value: Value, depth = 0): string[] {
  if (depth > 5) return [];
  const each = (values: readonly Value[]) => values.flatMap((one) => wholeRows(one, depth + 1));
  switch (value.k) {
    case 'result':
      // What a method makes of a row (`toJSON`, a mapper) is not followed.
      return value.at !== undefined &&
        value.path.every((part) => rowParts.test(part)) &&
        !/\.(toJSON|toObject|map|get|omit|pick|serialize)$/.test(value.symbol)
        ? [value.at]
        : [];
    case 'arr':
      return each(value.items);
    case 'either':
      return each(value.of);
    case 'obj': {
      const shown = [...value.keys].filter(([key]) => key !== '...');
      // `{ ...user, password: undefined }`
      return shown.some(([key]) => secret.test(key)) ? each(shown.map(([, one]) => one)) : each([...value.keys.values()]);
    }
    default:
      return [];
  }
}
