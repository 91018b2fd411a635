import type { Expr } from '../code/facts.ts';
import { bare, NOTHING } from './values.ts';
import type { Condition, Env, Shown } from './values.ts';
import type { Walk } from './walk.ts';

// Elements of screens, and what is handed to them.

type Element = Extract<Expr, { k: 'jsx' }>;
type Attributes = Extract<Shown, { k: 'rec' }>;

/** The fields of an object; one with an element and children is a route. */
export function touchRecord(walk: Walk, value: Extract<Shown, { k: 'rec' }>): void {
  const shown = value.keys.get('element') ?? value.keys.get('Component') ?? value.keys.get('component');
  const children = value.keys.get('children');
  for (const [name, one] of value.keys)
    if (!(shown && name === 'children')) walk.withOutlet(shown === one && children ? [children()] : null, () => walk.touch(one()));
}

/** Shows an element to the viewer. */
export function showElement(walk: Walk, e: Element, env: Env): void {
  const attributes = attributesOf(walk, e, env);
  const children = e.c.map((one): Shown => (one.k === 'jsx' ? { k: 'elem', e: one, env } : walk.eval(one, env)));
  const given = whileOn(walk, e, env, attributes);
  const tag = e.t.k === 'lit' ? e.t : bare(walk.eval(e.t, env));
  if (tag.k === 'fn' || tag.k === 'held' || tag.k === 'mod' || tag.k === 'rec') {
    const keys = new Map(given.keys);
    if (children.length > 0)
      keys.set('children', () => (children.length === 1 && children[0] ? children[0] : { k: 'list', items: children }));
    component(walk, tag, { ...given, keys });
    return;
  }
  const symbol = tag.k === 'lib' ? tag.symbol : '';
  if (/#Outlet$|#\*\.Outlet$/.test(symbol)) {
    const { outlet } = walk;
    walk.outlet = null;
    for (const one of outlet?.children ?? []) walk.touch(one);
    walk.outlet = outlet;
    return;
  }
  // A page is not left by a link to it being shown, but it is by being sent elsewhere.
  const shown = given.keys.get('element') ?? given.keys.get('component') ?? given.keys.get('Component');
  const nested = shown && children.length > 0 && symbol.endsWith('Route') && bare(shown()).k !== 'unknown';
  for (const [, one] of given.keys) walk.withOutlet(nested && one === shown ? children : null, () => walk.touch(one()));
  if (!nested) for (const one of children) walk.touch(one);
}

/** The attributes of an element that may be off: then none of its handlers is offered. */
function whileOn(walk: Walk, e: Element, env: Env, attributes: Attributes): Attributes {
  const keys = new Map(attributes.keys);
  const conditions: Condition[] = [];
  for (const name of ['disabled', 'hidden']) {
    const before = walk.looking.asked;
    const truth = walk.truth(keys.get(name)?.() ?? NOTHING);
    const written = e.a.find(([one]) => one === name)?.[1];
    if (truth === true) for (const one of [...keys.keys()]) if (/^on[A-Z]/.test(one)) keys.delete(one);
    if (truth === false && written && walk.looking.asked > before) conditions.push(walk.condition(written, env, false, e.l));
  }
  if (conditions.length > 0) for (const [name, one] of keys) if (/^on[A-Z]/.test(name)) keys.set(name, () => walk.under(conditions, one));
  return { ...attributes, keys };
}

function component(walk: Walk, tag: Shown, props: Shown): void {
  const made = (tag.k === 'held' ? tag.of.map(bare) : [tag]).map((one) =>
    one.k === 'mod' || one.k === 'rec' ? bare(walk.get(one, 'default')) : one,
  );
  for (const one of made) if (one.k === 'fn') walk.touch(walk.apply(one, [props]));
  // What is not known may show everything that it is given.
  if (tag.k === 'held' || made.some((one) => one.k !== 'fn')) walk.touch(props);
}

function attributesOf(walk: Walk, e: Element, env: Env): Attributes {
  const keys = new Map<string, () => Shown>();
  let open = false;
  for (const [name, value] of e.a) {
    if (name !== '...') {
      walk.noteAddress(name, value);
      keys.set(
        name,
        walk.lazily(() => walk.eval(value, env)),
      );
      continue;
    }
    const spread = bare(walk.eval(value, env));
    if (spread.k === 'rec') for (const [key, one] of spread.keys) keys.set(key, one);
    else if (spread.k !== 'unknown') keys.set(`...${keys.size}`, () => spread);
    open ||= spread.k !== 'rec' || spread.open;
  }
  return { k: 'rec', keys, open };
}
