import { setMaxListeners } from 'node:events';
import type { Outbound, WorldRule } from './types.ts';

/** A rule as it applies to one call. */
export interface InForce {
  readonly id: number;
  readonly rule: WorldRule;
  /** How many calls it applied to before this one. */
  readonly before: number;
  /** Aborted when the rule is removed. */
  readonly removed: AbortSignal;
}

type Facts = Pick<Outbound, 'seq' | 'host' | 'kind' | 'provider' | 'method' | 'path' | 'body'>;

/** The rules in force. */
export interface Rules {
  add(rule: WorldRule): number;
  remove(id: number): void;
  /** Numbers of the ledger's rows that a rule applied to. */
  applied(id: number): number[];
  /** The rule that applies to a call, which counts as applied. */
  choose(call: Facts): InForce | null;
  /** The rule about a bare name: one that lets no connection come about. `record` makes the ledger's row and tells its number. */
  chooseName(name: Pick<Facts, 'host' | 'kind' | 'provider'>, record: (rule: number) => number): InForce | null;
}

interface Standing {
  readonly rule: WorldRule;
  readonly path: RegExp | null;
  readonly body: RegExp | null;
  readonly applied: number[];
  readonly end: AbortController;
  seen: number;
  removed: boolean;
}

/** Keeps rules; removed ones remain to be asked what they applied to. */
export function openRules(): Rules {
  const rules = new Map<number, Standing>();
  let next = 1;
  const newestFirst = () =>
    [...rules].reverse().filter(([, { removed, applied, rule }]) => !removed && applied.length < (rule.times ?? Infinity));
  /** Whether it applies now, after those that it lets through. */
  const uses = (standing: Standing): boolean => ++standing.seen > (standing.rule.skip ?? 0);
  const apply = (id: number, standing: Standing, seq: number): InForce => {
    standing.applied.push(seq);
    return { id, rule: standing.rule, before: standing.applied.length - 1, removed: standing.end.signal };
  };
  return {
    add(rule) {
      const { path, body } = rule.match;
      const end = new AbortController();
      setMaxListeners(0, end.signal); // any number of calls may hang
      rules.set(next, {
        rule,
        path: path === undefined ? null : new RegExp(path, 'i'),
        body: body === undefined ? null : new RegExp(body, 'i'),
        applied: [],
        end,
        seen: 0,
        removed: false,
      });
      return next++;
    },
    remove(id) {
      const standing = rules.get(id);
      if (!standing) return;
      standing.removed = true;
      standing.end.abort();
    },
    applied: (id) => [...(rules.get(id)?.applied ?? [])],
    choose(call) {
      for (const [id, standing] of newestFirst()) {
        const { method } = standing.rule.match;
        if (!concerns(standing.rule, call) || (method !== undefined && method.toUpperCase() !== call.method)) continue;
        if (standing.path && !standing.path.test(call.path)) continue;
        if (standing.body && !standing.body.test(call.body)) continue;
        if (uses(standing)) return apply(id, standing, call.seq);
      }
      return null;
    },
    chooseName(name, record) {
      for (const [id, standing] of newestFirst()) {
        const { method, path, body } = standing.rule.match;
        const what = standing.rule.does?.do;
        if (!concerns(standing.rule, name)) continue;
        // A rule about some of the calls of a host must let the connection come about; so must a newer one about anything else.
        if (method !== undefined || path !== undefined || body !== undefined) return null;
        if (what !== 'refuse' && what !== 'unresolved') return null;
        if (uses(standing)) return apply(id, standing, record(id));
      }
      return null;
    },
  };
}

function concerns({ match }: WorldRule, call: Pick<Facts, 'host' | 'kind' | 'provider'>): boolean {
  const host = match.host?.toLowerCase();
  if (host !== undefined && call.host !== host && !call.host.endsWith(`.${host}`)) return false;
  return (match.kind ?? call.kind) === call.kind && (match.provider ?? call.provider) === call.provider;
}
