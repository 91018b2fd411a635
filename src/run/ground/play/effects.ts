import type { Effect } from '../../../model/scenario.ts';
import type { RowChange, RowRef } from '../../../model/transcript.ts';
import { figuresIn, movesAlone } from './figures.ts';
import { letIn, succeeded } from './interpreter.ts';
import type { Lab, Played } from './interpreter.ts';
import { quote } from './quote.ts';
import { passwordScheme } from './people/passwords.ts';
import { carries, rowsRead, showsText } from './provenance.ts';
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
    case 'row-heard':
      return null; // Of what a connection received in all, not of one request: the interpreter looks there.
    case 'row-changed': {
      const key = filled(effect.key);
      const columns = filled(effect.columns ?? {});
      const change = played.changes.find(
        (one) =>
          one.table === effect.table && one.op === effect.op && (one.op === 'insert' || sameKey(one.key, key)) && tookAll(one, columns),
      );
      return change ? [{ table: change.table, key: change.key }] : null;
    }
    case 'canary': {
      const tag = lab.players.get(effect.of)?.tag;
      const { path, body } = played.sent;
      return tag && played.exchange.response?.body.includes(tag) && !`${path} ${body ?? ''}`.includes(tag) ? [] : null;
    }
    case 'column-shown':
      return columnShown(lab, { ...effect, key: filled(effect.key) }, played);
    case 'answer-depends': {
      const figure = (name: string): number | undefined => {
        const [one] = named.get(name) ?? [];
        return one && succeeded(one) ? figuresIn(one.exchange.response?.body ?? '').get(effect.at) : undefined;
      };
      const moved = effect.moved.map(({ request, by }) => ({ figure: figure(request), by }));
      return movesAlone(effect.still.map(figure), moved) ? [] : null;
    }
    case 'newly-allowed': {
      const [refused] = named.get(effect.refused) ?? [];
      const status = refused?.exchange.response?.status;
      return (status === 401 || status === 403) && (played.exchange.response?.status ?? 500) < 300 ? [] : null;
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
    case 'let-in':
      return letIn(played) ? [] : null;
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

function tookAll({ before, after }: RowChange, columns: Readonly<Record<string, string>>): boolean {
  return Object.entries(columns).every(
    ([column, wanted]) => holds(after?.[column] ?? null, wanted) && !holds(before?.[column] ?? null, wanted),
  );
}

/**
 * Whether a column holds what was sent, however the database writes it: numbers by their value, moments by their day (time zones), text that
 * carries a canary wherever it stands.
 */
export function holds(stored: string | null, wanted: string): boolean {
  if (stored === null || wanted === '') return false;
  if (stored === wanted) return true;
  if (/^sw[a-z]{8}/.test(wanted)) return stored.includes(wanted);
  if (/^\d{4}-\d\d-\d\dT/.test(wanted)) return stored.startsWith(wanted.slice(0, 10)) || Number(stored) === Date.parse(wanted);
  if (wanted === 'true' || wanted === 'false')
    return /^(t|true|1)$/.test(stored) === (wanted === 'true') && /^(t|f|true|false|0|1)$/.test(stored);
  return stored.trim() !== '' && wanted.trim() !== '' && !Number.isNaN(Number(wanted)) && Number(stored) === Number(wanted);
}

const rowsLooked = 1_000;

async function columnShown(
  lab: Lab,
  { table, column, key }: { table: string; column: string; key: Readonly<Record<string, string>> },
  played: Played,
): Promise<RowRef[] | null> {
  const changed = played.changes.flatMap((change) =>
    change.table === table && sameKey(change.key, key) ? [change.after?.[column] ?? null] : [],
  );
  const names = Object.keys(key);
  const where = names.map((name, index) => `CAST(${quote(name)} AS text) = $${index + 1}`).join(' AND ');
  const rows = await lab.ground.sql(
    `SELECT CAST(${quote(column)} AS text) AS "shown" FROM ${quote(table)}${where === '' ? '' : ` WHERE ${where}`} LIMIT ${rowsLooked}`,
    names.map((name) => key[name] ?? ''),
  );
  const values = [...changed, ...rows.map((row) => row['shown'] ?? null)];
  return values.some((value) => value !== null && showsText(played, value)) ? [{ table, key: { ...key } }] : null;
}
