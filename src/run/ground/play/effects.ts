import type { Effect } from '../../../model/scenario.ts';
import type { RowRef } from '../../../model/transcript.ts';
import { succeeded } from './interpreter.ts';
import type { Lab, Played } from './interpreter.ts';
import { passwordScheme } from './passwords.ts';
import { carries, rowsRead } from './provenance.ts';
import { standsAs } from './statement.ts';
import { fillText } from './templates.ts';

/**
 * The rows in which an effect shows; null when it does not.
 * @param played the last request of the scenario
 * @param named all requests, by the names that the scenario gives them
 */
export async function shown(
  lab: Lab,
  effect: Effect,
  played: Played,
  named: ReadonlyMap<string, readonly Played[]>,
): Promise<RowRef[] | null> {
  const filled = (key: Record<string, string>): Record<string, string> => {
    const me = lab.players.get(played.exchange.actor);
    return me
      ? Object.fromEntries(
          Object.entries(key).map(([name, value]) => [name, fillText(value, me, { saved: lab.saved, players: lab.players })]),
        )
      : key;
  };
  switch (effect.shows) {
    case 'row-read': {
      const key = filled(effect.key);
      const row = rowsRead(lab.tables, played).find(
        (read) => read.table === effect.table && sameKey(read.key, key) && carries(played, read),
      );
      return row ? [{ table: row.table, key: row.key }] : null;
    }
    case 'row-changed': {
      const key = filled(effect.key);
      const change = played.changes.find(
        (one) => one.table === effect.table && one.op === effect.op && (one.op === 'insert' || sameKey(one.key, key)),
      );
      return change ? [{ table: change.table, key: change.key }] : null;
    }
    case 'canary': {
      const tag = lab.players.get(effect.of)?.tag;
      const { path, body } = played.sent;
      return tag && played.exchange.response?.body.includes(tag) && !`${path} ${body ?? ''}`.includes(tag) ? [] : null;
    }
    case 'statement-shape':
      return played.statements.some(
        (statement) => statement.text.includes(effect.marker) && standsAs(statement.text, effect.marker) === 'syntax',
      )
        ? []
        : null;
    case 'stored-password': {
      const me = lab.players.get(played.exchange.actor);
      const change = played.changes.find((one) => one.table === effect.table && one.after?.[effect.column] !== undefined);
      const stored = change?.after?.[effect.column];
      return stored && passwordScheme(stored, String(me?.values.get('password') ?? '')).scheme === effect.scheme
        ? [{ table: effect.table, key: change.key }]
        : null;
    }
    case 'success-claimed':
      return succeeded(played) ? [] : null;
    case 'state': {
      const me = lab.players.get(played.exchange.actor);
      const parameters = (effect.parameters ?? []).map((text) =>
        me ? fillText(text, me, { saved: lab.saved, players: lab.players }) : text,
      );
      const rows = await lab.ground.sql(effect.sql, parameters);
      const { requests = [], least = 0 } = effect.successes ?? {};
      const successes = requests.flatMap((name) => named.get(name) ?? []).filter(succeeded).length;
      return rows.length > 0 === (effect.rows === 'some') && successes >= least ? [] : null;
    }
  }
}

function sameKey(a: Readonly<Record<string, string | null>>, b: Readonly<Record<string, string>>): boolean {
  return Object.entries(b).every(([column, value]) => a[column] === value);
}
