import { z } from 'zod';

/** Words for who may call, beside the names of roles. A role that is called like one of them is written `role:owner`. */
const audienceWords = ['anyone', 'signed-in', 'tenant', 'owner', 'nobody'] as const;

/**
 * Who may call an endpoint with objects that somebody else has made: `anyone`; `signed-in`, also members of other tenants; `tenant`, the
 * members of the tenant to which the objects belong; `owner`, whoever made them; a role in that tenant; or `nobody`.
 */
const audience = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .describe(
    'anyone, signed-in (also other customers), tenant (members of the organisation that the objects belong to), owner (whoever they belong to), nobody, the name of a role, or of a group.',
  );

/** An endpoint, or all below a path: `GET /orders/:id`, `* /admin/*`. */
const endpointPattern = z
  .string()
  .regex(
    /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ALL|\*) \/(?:[^\s*]*|(?:[^\s*]*\/)?\*)$/,
    'a method and a path, such as "GET /orders/:id", or "* /admin/*" for all below it',
  )
  .describe(
    'Method and path as the report writes them; `* /admin/*` means every method, and everything at and below /admin. The longest wins.',
  );

/** Who said that a rule is meant, and on which day. */
export const confirmation = z.strictObject({
  by: z.string().trim().min(3).describe('The person who says so.'),
  on: z.iso.date().describe('A day, as YYYY-MM-DD.'),
});
export type Confirmation = z.infer<typeof confirmation>;

/** Who an endpoint is meant for. */
export const accessRule = z.strictObject({
  endpoint: endpointPattern,
  allow: z.array(audience).min(1),
  why: z.string().trim().min(3).describe('Why it is thought so; drafts say what they were drawn from.').optional(),
  confirmed: confirmation.describe('Without this a rule is a draft and decides nothing.').optional(),
});
export type AccessRule = z.infer<typeof accessRule>;

const word = new Set<string>(audienceWords);

/** Who may call what, as the owner of the application means it. */
export const accessPolicy = z
  .strictObject({
    groups: z
      .record(z.string().trim().min(1).max(80), z.array(z.string().trim().min(1).max(80)).min(1))
      .describe('Names for sets of roles that several rules share.')
      .optional(),
    rules: z.array(accessRule),
  })
  .superRefine(({ groups = {}, rules }, context) => {
    for (const name of Object.keys(groups)) {
      if (word.has(name))
        context.addIssue({ code: 'custom', path: ['groups', name], message: 'another name; this word has a meaning already' });
    }
    const seen = new Set<string>();
    for (const [index, { endpoint, allow }] of rules.entries()) {
      if (seen.has(endpoint)) context.addIssue({ code: 'custom', path: ['rules', index, 'endpoint'], message: 'each endpoint only once' });
      seen.add(endpoint);
      if (allow.length > 1 && allow.includes('nobody'))
        context.addIssue({ code: 'custom', path: ['rules', index, 'allow'], message: '"nobody" alone, or those who may' });
    }
  });
export type AccessPolicy = z.infer<typeof accessPolicy>;

/** The rules with the names of groups replaced by the roles in them. */
export function rulesOf({ groups = {}, rules }: AccessPolicy): AccessRule[] {
  return rules.map((rule) => ({ ...rule, allow: [...new Set(rule.allow.flatMap((one) => groups[one] ?? [one]))] }));
}

/** Whether a rule is about an endpoint (`METHOD /path`). What parameters are called does not matter. */
export function covers(pattern: string, endpoint: string): boolean {
  const [method = '', path = ''] = pattern.split(' ');
  const [ownMethod = '', ownPath = ''] = endpoint.split(' ');
  if (method !== '*' && method !== ownMethod) return false;
  const [wanted, there] = [segmentsOf(path), segmentsOf(ownPath)];
  const below = wanted.at(-1) === '*';
  const fixed = below ? wanted.slice(0, -1) : wanted;
  return (
    (pattern === endpoint || there.length === fixed.length || (below && there.length > fixed.length)) &&
    fixed.every((segment, at) => segment === there[at] || (segment.startsWith(':') && (there[at]?.startsWith(':') ?? false)))
  );
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** The rule names this endpoint itself, no whole path or every method. */
export function isExact(pattern: string, endpoint: string): boolean {
  return pattern === endpoint || (!pattern.startsWith('* ') && !pattern.endsWith('*') && covers(pattern, endpoint));
}

/** Of several rules about an endpoint the one that says most: one for it alone, then the longest path, then one for its method. */
export function ruleFor<R extends { readonly endpoint: string }>(rules: readonly R[], endpoint: string): R | undefined {
  const weight = ({ endpoint: pattern }: R): number =>
    (pattern.endsWith('*') && pattern !== endpoint ? 0 : 1000) +
    2 * segmentsOf(pattern.slice(pattern.indexOf(' '))).length +
    (pattern.startsWith('*') ? 0 : 1);
  return rules.filter((rule) => covers(rule.endpoint, endpoint)).toSorted((a, b) => weight(b) - weight(a))[0];
}

/** Somebody who calls. */
export interface Caller {
  readonly part: string;
  /** Null where it is not known. */
  readonly role: string | null;
}

/**
 * Whether a rule lets somebody use objects of the owner; null where the rule does not tell: without tenants nobody is known to be of the
 * same one, and whose role is not known cannot be held against roles.
 */
export function allows(allow: readonly string[], { part, role }: Caller, tenants: boolean): boolean | null {
  if (allow.includes('anyone')) return true;
  if (part === 'anonymous') return false;
  if (allow.includes('signed-in')) return true;
  if (allow.includes('tenant')) {
    if (!tenants) return null;
    if (part === 'role' || part === 'owner') return true;
  }
  if (part === 'owner' && allow.includes('owner')) return true;
  const roles = rolesIn(allow);
  const named = role !== null && roles.includes(role.toLowerCase());
  // Somebody with that role in another tenant is not who is meant, and yet may use what belongs to nobody.
  if (part === 'stranger') return roles.length > 0 && (role === null || named) ? null : false;
  if (role === null) return roles.length > 0 ? null : false;
  return named;
}

/** The roles that a rule names, in small letters. */
export function rolesIn(allow: readonly string[]): string[] {
  return allow.filter(isRoleName).map((one) => one.replace(/^role:/, '').toLowerCase());
}

/** How a rule names a role. */
export function roleWord(role: string): string {
  return word.has(role) ? `role:${role}` : role;
}

/** False for the words that are no role. */
export function isRoleName(text: string): boolean {
  return !word.has(text);
}
