import { allows, covers, roleWord, ruleFor } from '../model/access-rule.ts';
import type { IntendedAccess } from '../model/evidence/derived.ts';
import type { EvidenceValue } from '../model/evidence/index.ts';
import { defineDerivation } from '../model/producer.ts';
import { patternsOf } from './access-patterns.ts';
import { questionsOf } from './access-questions.ts';

type Endpoint = EvidenceValue<'endpoints'>['endpoints'][number];
type Cell = EvidenceValue<'access'>['cells'][number];
type Drafted = IntendedAccess['endpoints'][number];
/** Who it is for, as far as something tells, and why. */
type Draft = Pick<Drafted, 'allow' | 'why'>;

/** Drafts who every endpoint is meant for: from what the application lets in and refuses, from its guards, and from its neighbours. */
export default defineDerivation({
  name: 'intended-access',
  needs: ['endpoints'],
  uses: ['access', 'ownership', 'access-rules'],
  yields: 'intended-access',
  run: ({ endpoints, access, ownership, 'access-rules': stated }) => {
    const ledger = endpoints.value.endpoints;
    const cells = withoutHabits(access?.value.cells ?? []);
    const byEndpoint = Map.groupBy(cells, ({ endpoint }) => endpoint);
    const acting = cells.flatMap(({ actor }) => (actor.startsWith('role:') ? [actor.slice(5)] : []));
    const roles = [...new Set([...(ownership?.value.roles ?? []), ...acting])].toSorted();
    const tenants = ownership?.value.tenants ?? null;
    const owned = new Set(ownership?.value.tables.flatMap(({ table, user, tenant }) => (user || tenant ? [table] : [])));
    const rules = stated?.value.rules ?? [];
    const confirmed = rules.filter((rule) => rule.confirmed !== null);
    const setting: Setting = { roles, tenants: tenants?.table ?? null, owned };
    const seen = new Map(ledger.map((one) => [one.id, seenAt(one, byEndpoint.get(one.id) ?? [], setting)]));
    const drafted = ledger.map((one): Drafted => {
      const rule = ruleFor(confirmed, one.id);
      if (rule) return { endpoint: one.id, allow: rule.allow, why: rule.why ?? 'confirmed', confirmed: rule.confirmed };
      const draft = strict(one, seen) ?? seen.get(one.id) ?? askedFor(one, setting) ?? likeNeighbours(one, seen) ?? byReading(one, setting);
      return { endpoint: one.id, ...withoutLeaks(draft, byEndpoint.get(one.id) ?? [], setting), confirmed: null };
    });
    return {
      value: {
        roles,
        endpoints: drafted,
        drafts: patternsOf(drafted),
        questions: questionsOf({ cells, drafted, tenants: tenants?.table ?? null }),
        stray: rules.map(({ endpoint }) => endpoint).filter((pattern) => !ledger.some(({ id }) => covers(pattern, id))),
      },
      gaps: endpoints.gaps,
    };
  },
});

/** Without what the application writes down of its own accord, also when it only reads or refuses: a log says nothing of who may do what. */
function withoutHabits(cells: readonly Cell[]): Cell[] {
  const idle = cells.filter(({ endpoint, status }) => endpoint.startsWith('GET ') || [401, 403, 404].includes(status ?? 0));
  const habits = new Set(idle.flatMap(({ changed }) => changed.map(({ op, table }) => `${op} ${table}`)));
  return cells.map((cell) => ({ ...cell, changed: cell.changed.filter(({ op, table }) => !habits.has(`${op} ${table}`)) }));
}

interface Setting {
  readonly roles: readonly string[];
  /** Their table; null without tenants. */
  readonly tenants: string | null;
  /** Tables whose rows lead to somebody. */
  readonly owned: ReadonlySet<string>;
}

/** Nobody who got through as a leak, wherever the draft comes from: to confirm it would be to excuse the leak. */
function withoutLeaks(draft: Draft, cells: readonly Cell[], { roles, tenants }: Setting): Draft {
  const leaking = cells.filter(({ outcome }) => outcome === 'leak');
  const through = leaking.filter(({ actor }) => {
    const part = actor.startsWith('role:') ? 'role' : actor;
    return draft.allow !== null && allows(draft.allow, { part, role: part === 'role' ? actor.slice(5) : null }, tenants !== null) !== false;
  });
  if (draft.allow === null || through.length === 0) return draft;
  const names = through.map(({ actor }) => actor.replace(/^role:/, '')).toSorted();
  const why = `${draft.why}; that ${names.join(', ')} got through is a leak`;
  const out = new Set(leaking.flatMap(({ actor }) => (actor.startsWith('role:') ? [actor.slice(5)] : [])));
  if (out.size === 0) return { allow: [tenants === null ? 'owner' : 'tenant'], why };
  const left = roles.filter((role) => !out.has(role) && allows(draft.allow ?? [], { part: 'role', role }, tenants !== null) !== false);
  return { allow: left.length > 0 ? left.map(roleWord) : ['owner'], why };
}

/** Open to everybody today, and the only one of its path that is: meant, says nothing but that. */
function strict(endpoint: Endpoint, seen: ReadonlyMap<string, Draft | undefined>): Draft | undefined {
  const own = seen.get(endpoint.id)?.allow ?? [];
  if (endpoint.intended === 'public' || !own.some((one) => one === 'anyone' || one === 'signed-in')) return undefined;
  const near = likeNeighbours(endpoint, seen);
  return near?.allow?.some((one) => one === 'anyone' || one === 'signed-in') ? undefined : near;
}

/** What the application lets in and refuses; undefined where it did not work or nobody tried. Leaks are never meant. */
function seenAt(endpoint: Endpoint, cells: readonly Cell[], setting: Setting): Draft | undefined {
  const { tenants } = setting;
  const of = (actor: string): Cell | undefined => cells.find((cell) => cell.actor === actor);
  const [anonymous, stranger] = [of('anonymous'), of('stranger')];
  if (!cells.some(({ outcome, settle }) => outcome === 'own' && settle === undefined)) return undefined;
  const open = (cell: Cell | undefined): boolean => cell !== undefined && ['shared', 'allowed', 'intended'].includes(cell.outcome);
  const guarded = endpoint.intended === 'role' || endpoint.intended === 'signed-in';
  // What belongs to somebody may be there and not show today, and what is written was not shown at all.
  const silent = !isOwned(endpoint, setting) && !endpoint.writes;
  if (anonymous && open(anonymous) && !guarded && (silent || anonymous.outcome === 'shared'))
    return {
      allow: ['anyone'],
      why: anonymous.outcome === 'shared' ? anonymous.reason : "callers without a session are answered, and nothing of anybody's shows",
    };
  if (endpoint.intended === 'public' && anonymous?.outcome !== 'leak' && anonymous?.status !== 401 && anonymous?.status !== 403)
    return { allow: ['anyone'], why: endpoint.intendedWhy };
  const byRole = cells.filter(({ actor }) => actor.startsWith('role:'));
  const names = (...outcomes: readonly Cell['outcome'][]): string[] =>
    byRole
      .filter(({ outcome }) => outcomes.includes(outcome))
      .map(({ actor }) => actor.slice(5))
      .toSorted();
  const [letIn, out, leaking] = [names('own', 'allowed', 'intended'), names('refused'), names('leak')];
  const guard = askedFor(endpoint, { roles: [], tenants, owned: new Set() });
  if (letIn.length > 0 && out.length + leaking.length > 0) {
    const others = [...(out.length > 0 ? [`${listed(out)} refused`] : []), ...leaks(byRole)].join('; ');
    const alsoOwner = guard === undefined && !tenants ? ['owner'] : [];
    return { allow: [...alsoOwner, ...letIn.map(roleWord)], why: `${guard ? `${guard.why}; ` : ''}${listed(letIn)} let in, ${others}` };
  }
  const touches = cells.some(({ read, changed }) => read.length + changed.length > 0);
  if (!touches && silent && open(stranger))
    return { allow: ['signed-in'], why: "whoever is signed in is answered, and nothing of anybody's shows" };
  if (!stranger && byRole.length === 0) return undefined;
  if (ownOnly(cells, tenants)) return { allow: ['owner'], why: 'everybody gets only what is their own' };
  const kept = othersGet(anonymous, stranger);
  if (letIn.length > 0)
    return tenants
      ? { allow: ['tenant'], why: `every role of the owner's tenant is let in; ${kept}` }
      : { allow: ['owner', ...letIn.map(roleWord)], why: `${listed(letIn)} let in; ${kept}` };
  if (out.length > 0 && out.length === byRole.length)
    return { allow: ['owner'], why: 'every role is refused; whoever it belongs to gets in' };
  if (byRole.length > 0) return undefined;
  return { allow: [tenants ? 'tenant' : 'owner'], why: `works for its owner; ${kept}` };
}

function othersGet(anonymous: Cell | undefined, stranger: Cell | undefined): string {
  if (anonymous?.outcome === 'leak') return 'that callers without a session get in is a leak';
  if (stranger?.outcome === 'leak') return 'that others get in is a leak';
  return stranger?.outcome === 'refused' ? 'others are refused' : 'whether others may is open';
}

/** No role gets any of the rows that the owner gets, but that of the tenant: each has their own, as behind `/me`. */
function ownOnly(cells: readonly Cell[], tenants: string | null): boolean {
  const keys = (actor: (name: string) => boolean) =>
    cells
      .filter((cell) => actor(cell.actor))
      .flatMap(({ read, changed }) =>
        [...read, ...changed.filter(({ op }) => op !== 'insert')].flatMap(({ table, key }) =>
          table === tenants ? [] : [JSON.stringify([table, key])],
        ),
      );
  const [owners, roles] = [new Set(keys((name) => name === 'owner')), keys((name) => name.startsWith('role:'))];
  const adds = cells.some(
    ({ endpoint, actor, changed }) => actor !== 'owner' && endpoint.includes(':') && changed.some(({ op }) => op === 'insert'),
  );
  return !adds && owners.size > 0 && roles.length > 0 && !roles.some((key) => owners.has(key));
}

function leaks(byRole: readonly Cell[]): string[] {
  const [first, ...more] = byRole.filter(({ outcome }) => outcome === 'leak');
  return first
    ? [`${first.actor.slice(5)}${more.length > 0 ? ` and ${more.length} more` : ''} got through, which is a leak: ${first.reason}`]
    : [];
}

/** The roles that its guards ask for. */
function askedFor({ guards }: Endpoint, { roles }: Setting): Draft | undefined {
  const asking = guards.filter((guard) => guard.refuses && guard.does.includes('role') && guard.roles.length > 0);
  const [first, ...others] = asking;
  if (!first) return undefined;
  // Several guards stand behind each other: whoever passes all.
  const passing = first.roles.filter((role) => others.every((guard) => guard.roles.includes(role)));
  const named = passing.map((role) => roles.find((known) => known.toLowerCase() === role.toLowerCase()) ?? role);
  const own = asking.some((guard) => guard.does.includes('ownership')) ? ['owner'] : [];
  if (named.length === 0) return undefined;
  const who = first.name === 'inline' ? 'the handler' : `its guard ${first.name}`;
  return { allow: [...own, ...named.toSorted().map(roleWord)], why: `${who} asks for role ${passing.join(' or ')}` };
}

/** What all others below the same path, at least two of them, were seen to be for. */
function likeNeighbours({ id, path }: Endpoint, seen: ReadonlyMap<string, Draft | undefined>): Draft | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  const fixed = segments.findIndex((segment) => segment.startsWith(':'));
  for (let length = fixed < 0 ? segments.length : fixed; length > 0; length--) {
    const above = `/${segments.slice(0, length).join('/')}`;
    if (/^(?:\/(?:api|rest|v\d+))+$/i.test(above)) return undefined;
    const drafts = [...seen].flatMap(([other, draft]) => (other !== id && draft && covers(`* ${above}/*`, other) ? [draft] : []));
    const [first] = drafts;
    if (!first || drafts.length < 2) continue;
    if (!drafts.every(({ allow }) => JSON.stringify(allow) === JSON.stringify(first.allow))) return undefined;
    return { allow: first.allow, why: `every other endpoint below ${above} is for ${(first.allow ?? []).join(', ')}` };
  }
  return undefined;
}

/** What the code says alone. Sharing among customers is never drafted for data that somebody owns. */
function byReading(endpoint: Endpoint, setting: Setting): Draft {
  const { intended, intendedWhy: why, tables } = endpoint;
  if (intended === 'public') return { allow: ['anyone'], why };
  if (intended !== 'signed-in') return { allow: null, why };
  const narrow = setting.owned.size === 0 || tables.length === 0 || isOwned(endpoint, setting);
  return { allow: [narrow ? (setting.tenants ? 'tenant' : 'owner') : 'signed-in'], why };
}

/** It uses tables whose rows lead to somebody. */
function isOwned({ tables }: Endpoint, { owned }: Setting): boolean {
  return tables.some((table) => owned.has(table) || owned.has(`public.${table}`) || owned.has(`main.${table}`));
}

function listed(roles: readonly string[]): string {
  const shown = roles.slice(0, 4).join(', ');
  return `${roles.length > 4 ? `${shown} and ${roles.length - 4} more` : shown} ${roles.length === 1 ? 'is' : 'are'}`;
}
