import type { IntendedAccess } from '../model/evidence/derived.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import { roleWord } from '../model/access-rule.ts';
import { shownTable } from '../model/words.ts';

type Cell = EvidenceValue<'access'>['cells'][number];
type Question = IntendedAccess['questions'][number];
type Drafted = IntendedAccess['endpoints'][number];

interface Asking {
  readonly cells: readonly Cell[];
  readonly drafted: readonly Drafted[];
  /** The table of tenants; null without tenants. */
  readonly tenants: string | null;
}

/** One thing that is done today and may not be meant. */
interface Open {
  readonly who: string;
  /** Who stands farther outside is asked about first. */
  readonly rank: number;
  readonly verb: 'use' | 'delete' | 'change' | 'add' | 'see';
  readonly what: string;
  readonly whose: string;
  readonly endpoint: string;
  readonly yes: readonly string[];
  /** What speaks against it. */
  readonly hint: string;
}

/** What the matrix leaves to the owner of the application, asked so that they can say yes or no; the same asked once for all its endpoints. */
export function questionsOf({ cells, drafted, tenants }: Asking): Question[] {
  const byEndpoint = Map.groupBy(
    cells.filter(({ settle }) => settle === undefined),
    ({ endpoint }) => endpoint,
  );
  const open = [...byEndpoint].flatMap(([endpoint, mine]) => openAt(endpoint, mine, { cells, drafted, tenants }));
  const verbs: readonly Open['verb'][] = ['use', 'delete', 'change', 'add', 'see'];
  const asked = [...Map.groupBy(open, ({ who, verb, what, whose }) => JSON.stringify([who, verb, what, whose])).values()]
    .flatMap((some) => (some[0] ? [{ first: some[0], endpoints: some.map(({ endpoint }) => endpoint).toSorted() }] : []))
    .toSorted(
      (a, b) =>
        a.first.rank - b.first.rank ||
        verbs.indexOf(a.first.verb) - verbs.indexOf(b.first.verb) ||
        (`${a.first.what} ${a.endpoints[0]}` < `${b.first.what} ${b.endpoints[0]}` ? -1 : 1),
    )
    .map(({ first: { who, verb, what, whose, yes, hint }, endpoints }): Question => ({
      ask: `May ${who} ${verb} ${what}${whose}?`,
      today: `yes${hint}`,
      endpoints,
      yes: [...yes],
    }));
  const told = new Set(asked.flatMap(({ endpoints }) => endpoints));
  const unclear = drafted.filter(({ endpoint, allow }) => allow === null && !told.has(endpoint)).map(({ endpoint }) => endpoint);
  return unclear.length === 0
    ? asked
    : [
        ...asked,
        {
          ask: 'Who may call these?',
          today: 'not known: no guard was found, and nobody got an answer that tells',
          endpoints: unclear.toSorted(),
          yes: null,
        },
      ];
}

function openAt(endpoint: string, cells: readonly Cell[], { tenants, drafted }: Asking): Open[] {
  const draft = drafted.find((one) => one.endpoint === endpoint);
  if (!draft || draft.confirmed) return [];
  const of = (actor: string): Cell | undefined => cells.find((cell) => cell.actor === actor);
  const [anonymous, stranger] = [of('anonymous'), of('stranger')];
  const unsettled = (cell: Cell | undefined): cell is Cell => cell?.outcome === 'unknown' && cell.read.length + cell.changed.length > 0;
  const outside = { whose: ' of others', endpoint, hint: '' };
  if (anonymous?.outcome === 'allowed' && !draft.allow?.includes('anyone'))
    return [{ ...outside, who: anybody, rank: 0, verb: 'use', what: endpoint, whose: '', yes: ['anyone'], hint: `; ${draft.why}` }];
  if (unsettled(anonymous)) return [{ ...outside, who: anybody, rank: 0, yes: ['anyone'], ...doneBy([anonymous]) }];
  const further = unsettled(stranger)
    ? [
        {
          ...outside,
          who: tenants ? `members of another ${nameOf(tenants)}` : 'any user',
          rank: 1,
          yes: ['signed-in'],
          ...doneBy([stranger]),
        },
      ]
    : [];
  if (draft.allow?.some((one) => one === 'anyone' || one === 'signed-in')) return further;
  const roles = cells.filter(({ actor }) => actor.startsWith('role:'));
  const control = cells.filter(({ actor, outcome }) => actor === 'owner' && outcome === 'own');
  const letIn = roles.flatMap((cell) => (cell.outcome === 'allowed' ? [{ ...cell, ...sharedWith(cell, control) }] : []));
  const reaching = letIn.filter(({ read, changed }) => read.length + changed.length > 0);
  // Where it turns a role away, here or elsewhere, the application says itself whom it means.
  if (reaching.length === 0 || roles.some(({ outcome }) => outcome === 'refused' || outcome === 'leak')) return further;
  const done = doneBy(reaching);
  // Everybody may see what they belong to.
  if (done.verb === 'see' && tenants !== null && done.what === tableName(tenants)) return further;
  const names = reaching.map(({ actor }) => actor.slice(5)).toSorted();
  const everybody = reaching.length === roles.length;
  const [first = ''] = names;
  const who =
    names.length === 1 ? `${/^[aeiou]/i.test(first) ? 'an' : 'a'} \`${first}\`` : everybody ? `every role (${named(names)})` : named(names);
  const whose = done.verb === 'add' ? '' : tenants ? ` that others of the same ${nameOf(tenants)} made` : ' that others made';
  const yes = everybody && tenants ? ['tenant'] : [...(tenants ? [] : ['owner']), ...names.map(roleWord)];
  return [...further, { who, rank: 2, whose, endpoint, yes, hint: '', ...done }];
}

const anybody = 'anybody without an account';

/**
 * What of the rows stood in the owner's own answer too, or was changed by the owner too: the others are the caller's own. What is added
 * has no likeness.
 */
function sharedWith(cell: Cell, control: readonly Cell[]): Pick<Cell, 'read' | 'changed'> {
  const keys = new Set(control.flatMap(({ read, changed }) => [...read, ...changed].map(keyOf)));
  return {
    read: cell.read.filter((row) => keys.has(keyOf(row))),
    changed: cell.changed.filter((row) => row.op === 'insert' || keys.has(keyOf(row))),
  };
}

function keyOf({ table, key }: { readonly table: string; readonly key: Record<string, string | null> }): string {
  return JSON.stringify([table, Object.entries(key).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `\`${name}\``);
  return names.length > 3 ? `${shown.join(', ')} and ${names.length - 3} more` : shown.join(', ').replace(/, ([^,]*)$/, ' and $1');
}

/** The gravest that was done, and to what. */
function doneBy(cells: readonly Cell[]): Pick<Open, 'verb' | 'what'> {
  const changed = cells.flatMap((cell) => cell.changed);
  const op = (['delete', 'update', 'insert'] as const).find((one) => changed.some((change) => change.op === one));
  const rows = op ? changed.filter((change) => change.op === op) : cells.flatMap((cell) => cell.read);
  const tables = [...new Set(rows.map(({ table }) => tableName(table)))].toSorted();
  const verb = op === 'delete' ? 'delete' : op === 'update' ? 'change' : op === 'insert' ? 'add' : 'see';
  return { verb, what: tables.length > 3 ? `${tables.slice(0, 3).join(', ')} and more` : tables.join(' and ') };
}

/** `public.order_notes`: `order notes`. */
function tableName(table: string): string {
  return shownTable(table).replaceAll('_', ' ');
}

/** `organisations`: `organisation`. */
function nameOf(table: string): string {
  return tableName(table)
    .replace(/ies$/, 'y')
    .replace(/(s|x|ch|sh)es$/, '$1')
    .replace(/([^s])s$/, '$1');
}
