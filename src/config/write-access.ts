import { applyEdits, findNodeAtLocation, modify, parseTree, stripComments } from 'jsonc-parser';
import type { Edit, Node } from 'jsonc-parser';
import { isRoleName } from '../model/access-rule.ts';
import type { AccessPolicy, AccessRule, Confirmation } from '../model/access-rule.ts';

/** Where editors find the schema of `seaworthy.json`. */
export const schema = 'https://unpkg.com/seaworthy/schema/seaworthy.schema.json';
const blank = `{\n  "$schema": "${schema}"\n}\n`;
/** From so many roles on, a set that several rules share gets a name. */
const many = 5;

/**
 * The text of `seaworthy.json` with further rules at the end of its `access` section, one a line; what stands there, comments included, stays as
 * it is. Without a text a new file is begun. The text must be one that `parseConfig` takes.
 */
export function withRules(text: string | null, policy: AccessPolicy | undefined, rules: readonly AccessRule[]): string {
  const { groups, rules: items } = grouped(policy?.groups ?? {}, rules);
  let next = text ?? blank;
  next = withSection(next, [], 'access', '{', '}');
  for (const [name, roles] of Object.entries(groups)) {
    if (policy?.groups?.[name]) continue;
    next = withSection(next, ['access'], 'groups', '{', '}');
    next = added(next, ['access', 'groups'], [`${JSON.stringify(name)}: ${listOf(roles)}`]);
  }
  next = withSection(next, ['access'], 'rules', '[', ']');
  return added(next, ['access', 'rules'], items.map(onOneLine));
}

/** The text with an empty object or list under this name, unless something stands there. */
function withSection(text: string, path: readonly string[], name: string, open: string, close: string): string {
  if (findNodeAtLocation(tree(text), [...path, name])) return text;
  return added(text, path, [`"${name}": ${open}\n${indentOf(text).repeat(path.length + 1)}${close}`]);
}

/** The text with one of its rules confirmed, and its `allow` replaced where another is given. */
export function withConfirmation(text: string, at: number, confirmed: Confirmation, allow: readonly string[] | null): string {
  const rule = ['access', 'rules', at];
  const replaced = allow ? spaced(text, modify(text, [...rule, 'allow'], allow, {}), listOf(allow), '"allow": ') : text;
  const said = `{ "by": ${JSON.stringify(confirmed.by)}, "on": ${JSON.stringify(confirmed.on)} }`;
  return spaced(replaced, modify(replaced, [...rule, 'confirmed'], confirmed, {}), said, '"confirmed": ');
}

/** Edits without the library's line breaks: a rule stays on its line. */
function spaced(text: string, edits: readonly Edit[], value: string, key: string): string {
  const own = edits.map((edit) => ({ ...edit, content: edit.content.startsWith(',') ? `, ${key}${value}` : value }));
  return applyEdits(text, own);
}

function tree(text: string): Node {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (!root) throw new Error('the configuration was parsed before');
  return root;
}

/** What one level is indented by. */
function indentOf(text: string): string {
  return /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
}

/**
 * The text with items (or properties) behind those of the list (or object) at this path, a line each; behind comments too, so that each stays with
 * what it was about.
 */
function added(text: string, path: readonly string[], items: readonly string[]): string {
  const parent = path.length === 0 ? tree(text) : findNodeAtLocation(tree(text), [...path]);
  if (!parent || items.length === 0) return text;
  const indent = indentOf(text);
  const last = parent.children?.at(-1);
  const close = parent.offset + parent.length - 1;
  const from = last ? last.offset + last.length : parent.offset + 1;
  const tail = text.slice(from, close);
  const separated = last === undefined || stripComments(tail).includes(',');
  const content = `${items.map((item) => `\n${indent.repeat(path.length + 1)}${item}`).join(',')}\n${indent.repeat(path.length)}`;
  return applyEdits(text, [
    ...(separated ? [] : [{ offset: from, length: 0, content: ',' }]),
    { offset: from + tail.trimEnd().length, length: tail.length - tail.trimEnd().length, content },
  ]);
}

function onOneLine({ endpoint, allow, why, confirmed }: AccessRule): string {
  const parts = [
    `"endpoint": ${JSON.stringify(endpoint)}`,
    `"allow": ${listOf(allow)}`,
    ...(why === undefined ? [] : [`"why": ${JSON.stringify(why)}`]),
    ...(confirmed ? [`"confirmed": { "by": ${JSON.stringify(confirmed.by)}, "on": ${JSON.stringify(confirmed.on)} }`] : []),
  ];
  return `{ ${parts.join(', ')} }`;
}

function listOf(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;
}

/** Large sets of roles that several rules share, under a name each; sets that have a name keep it. */
function grouped(named: Readonly<Record<string, readonly string[]>>, rules: readonly AccessRule[]) {
  const groups: Record<string, readonly string[]> = { ...named };
  const keyOf = (roles: readonly string[]): string => JSON.stringify(roles.toSorted());
  const sets = Map.groupBy(rules, ({ allow }) => keyOf(allow.filter(isRoleName)));
  const names = new Map(Object.entries(groups).map(([name, roles]) => [keyOf(roles), name]));
  for (const [key, { length }] of sets) {
    const roles = JSON.parse(key) as string[];
    if (names.has(key) || roles.length < many || length < 2) continue;
    const free = Array.from({ length: sets.size + 1 }, (_, index) => `roles-${index + 1}`).find((name) => !(name in groups));
    if (free === undefined) continue;
    groups[free] = roles;
    names.set(key, free);
  }
  const items = rules.map((rule): AccessRule => {
    const name = names.get(keyOf(rule.allow.filter(isRoleName)));
    return name === undefined ? rule : { ...rule, allow: [...rule.allow.filter((one) => !isRoleName(one)), name] };
  });
  return { groups, rules: items };
}
