import type { EntranceStep } from '../../../../model/scenario.ts';
import type { SchemaTable } from '../../../../model/evidence/run.ts';
import { jsonAt } from '../interpreter.ts';
import type { Lab } from '../interpreter.ts';
import { quote } from '../quote.ts';
import { holesIn } from '../templates.ts';
import type { Entry, Json, Player } from './players.ts';
import { knownBy, pathOf } from './told.ts';
import { readJwt } from './tokens.ts';

type Asked = Extract<EntranceStep, { do: 'request' }>;
type Saved = NonNullable<Asked['save']>[string];

/**
 * How players came in, as steps that let the like of them in again, wherever the application runs; with whoever is needed for that.
 * @param names who is needed
 * @param wanted names of templates; those that stand for rows of a player's (`owner.users.id`) are saved on the way, where possible
 */
export function entrancesOf(lab: Lab, names: Iterable<string>, wanted: readonly string[]): Map<string, EntranceStep[]> {
  const needed = new Set(names);
  const holes = new Set(wanted);
  // A set grows while it is walked through: whom a member of somebody's tenant, or a forged token, takes for granted comes along.
  for (const name of needed) {
    for (const entry of lab.players.get(name)?.entries ?? []) {
      if (!('byHand' in entry)) continue;
      if (entry.byHand.do === 'forge') needed.add(entry.byHand.of);
      for (const hole of entry.byHand.do === 'sql' ? holesIn(entry.byHand.parameters ?? []) : []) {
        const whole = hole.replace(/^me\./, `${name}.`);
        holes.add(whole);
        if (lab.players.has(whole.split('.')[0] ?? '')) needed.add(whole.split('.')[0] ?? '');
      }
    }
  }
  return new Map(
    [...lab.players.values()].flatMap((player) => (needed.has(player.name) ? [[player.name, entranceOf(lab, player, [...holes])]] : [])),
  );
}

function entranceOf(lab: Lab, player: Player, wanted: readonly string[]): EntranceStep[] {
  const steps = player.entries.map((entry): EntranceStep =>
    'byHand' in entry ? entry.byHand : { ...entry.request, expect: { success: true } },
  );
  const given = sessionGiven(player);
  const saves: { at: number; name: string; from: Saved }[] = [];
  if (given.token !== null) saves.push({ at: given.token.at, name: tokenName(player), from: given.token.from });
  const lookedUp: EntranceStep[] = [];
  const byHand = new Set(steps.flatMap((step) => (step.do === 'sql' ? Object.keys(step.save ?? {}) : [])));
  for (const name of wanted) {
    if (!name.startsWith(`${player.name}.`) || byHand.has(name)) continue;
    const [, relation, column] = /^[^.]+\.([^.]+)\.([^.]+)$/.exec(name) ?? [];
    if (relation === undefined || column === undefined) continue;
    const told = toldIn(lab, player, relation, column);
    if (told) saves.push({ ...told, name });
    else {
      const selected = selection(lab, player, relation, column, name);
      if (selected) lookedUp.push(selected);
    }
  }
  // A claim is read from the token, so that its name must be known by then.
  for (const { at, name, from } of saves) {
    const step = steps[at];
    if (step?.do === 'request') steps[at] = { ...step, save: { ...step.save, [name]: from } };
  }
  // What statements name must be saved before them: right behind the first request, which is the sign-up.
  const first = steps.findIndex((step) => step.do === 'request') + 1;
  const session: EntranceStep[] = given.headers === null ? [] : [{ do: 'session', headers: given.headers }];
  const after = given.after === null ? first : given.after + 1;
  const csrf: EntranceStep[] = player.csrf === null ? [] : [{ do: 'csrf', page: player.csrf.page }];
  const body = steps.flatMap((step, index): EntranceStep[] => [
    ...(index === first ? lookedUp : []),
    ...(index === after ? session : []),
    step,
  ]);
  return [...csrf, ...body, ...(first >= steps.length ? lookedUp : []), ...(after >= steps.length ? session : [])];
}

function tokenName(player: Player): string {
  return `${player.name}.token`;
}

interface Given {
  /** Headers beside the cookies that answers set; null where these are all, or where a step by hand says it already. */
  readonly headers: Record<string, string> | null;
  readonly token: { readonly at: number; readonly from: Saved } | null;
  /** The entry by which the session is complete. */
  readonly after: number | null;
}

/** Which answer gave what the player's headers hold. */
function sessionGiven(player: Player): Given {
  const nothing = { headers: null, token: null, after: null };
  if (player.entries.some((entry) => 'byHand' in entry && ['session', 'forge'].includes(entry.byHand.do))) return nothing;
  const header = Object.values(player.cameWith).join('\n');
  const at = player.entries.findLastIndex((entry) => textIn(entry, header) !== null);
  const found = player.entries[at] && textIn(player.entries[at], header);
  if (!found) return nothing;
  const templated = Object.entries(player.cameWith).flatMap(([name, value]): [string, string][] => {
    const own =
      name === 'cookie'
        ? value
            .split('; ')
            .filter((pair) => pair.includes(found.text))
            .join('; ')
        : value;
    return own.includes(found.text) ? [[name, own.replaceAll(found.text, `{{${tokenName(player)}}}`)]] : [];
  });
  return { headers: Object.fromEntries(templated), token: { at, from: found.from }, after: at };
}

/** The token of an answer that stands in headers, as far as no cookie brings it. */
function textIn(entry: Entry, headers: string): { text: string; from: Saved } | null {
  if ('byHand' in entry || entry.response === null) return null;
  const cookies = entry.response.headers['set-cookie'] ?? '';
  const leaves: { text: string; path: string[] }[] = [];
  const look = (value: Json | undefined, path: string[]): void => {
    if (typeof value === 'string') leaves.push({ text: value, path });
    else if (value !== null && typeof value === 'object' && path.length < 6)
      for (const [name, inner] of Object.entries(value)) look(inner, [...path, name]);
  };
  look(jsonAt(entry.response.body, ''), []);
  const held = leaves.find(
    ({ text, path }) => text.length >= 8 && headers.includes(text) && !cookies.includes(text) && !path.some((name) => name.includes('.')),
  );
  if (held) return { text: held.text, from: { json: held.path.join('.') } };
  const bearer = entry.response.headers['authorization'];
  return bearer !== undefined && headers.includes(bearer) ? { text: bearer, from: { header: 'authorization' } } : null;
}

/** Where an answer on the way in told a value of the player's rows: in its JSON, or in the token. */
function toldIn(lab: Lab, player: Player, relation: string, column: string): { at: number; from: Saved } | null {
  const value = player.values.get(`${relation}.${column}`);
  const table = lab.tables.byRelation(relation)?.name ?? relation;
  if (value === undefined || value === null) return null;
  for (const [at, entry] of player.entries.entries()) {
    if ('byHand' in entry) continue;
    // Signing up and asking for oneself answer with the person.
    const path = pathOf(jsonAt(entry.response?.body ?? '', ''), {
      table,
      column,
      value: String(value),
      made: isOfUsers(lab, player, relation),
    });
    if (path !== null) return { at, from: { json: path } };
  }
  const given = sessionGiven(player);
  const header = Object.values(player.cameWith).join(' ');
  const token = given.token && /[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/.exec(header)?.[0];
  const claims = token ? readJwt(token)?.claims : undefined;
  const claim = claims && pathOf({ [relation]: claims as Json }, { table, column, value: String(value), made: false });
  if (given.token && claim) return { at: given.token.at, from: { claim: claim.replace(`${relation}.`, ''), of: tokenName(player) } };
  return null;
}

/** The table of the row with the player's address: the users. */
function isOfUsers({ tables }: Lab, player: Player, relation: string): boolean {
  return (
    tables.byRelation(relation)?.columns.some(({ name }) => player.values.get(`${relation}.${name}`) === player.values.get('email')) ===
    true
  );
}

/** Looks a value up by a column that holds the player's unguessable text, of the row itself or of one that refers to it. */
function selection(lab: Lab, player: Player, relation: string, column: string, name: string): EntranceStep | null {
  const rowOf = (one: SchemaTable): Record<string, string | null> => {
    const bare = one.name.slice(one.name.indexOf('.') + 1);
    return Object.fromEntries(one.columns.map((each) => [each.name, textOf(player.values.get(`${bare}.${each.name}`))]));
  };
  const table = lab.tables.byRelation(relation);
  if (!table) return null;
  const refers = lab.tables.all.flatMap((one) =>
    one.foreignKeys.flatMap((key) =>
      key.table === table.name && key.references[0] === column ? [{ one, column: key.columns[0] ?? '' }] : [],
    ),
  );
  for (const candidate of [{ one: table, column }, ...refers]) {
    const row = rowOf(candidate.one);
    const [known] = Object.entries(knownBy(row, player));
    if (!known || row[candidate.column] !== textOf(player.values.get(`${relation}.${column}`))) continue;
    return {
      do: 'sql',
      text: `SELECT ${quote(candidate.column)} AS "found" FROM ${quote(candidate.one.name)} WHERE ${quote(known[0])} = $1`,
      parameters: [known[1]],
      save: { [name]: { column: 'found' } },
      expect: { rows: 'some' },
    };
  }
  return null;
}

function textOf(value: Json | undefined): string | null {
  return value === undefined || value === null || typeof value === 'object' ? null : String(value);
}
