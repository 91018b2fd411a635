import type { Stmt } from '../code/facts.ts';
import { exitsAlways } from './exits.ts';
import { bare } from './values.ts';
import type { Env, Shown } from './values.ts';
import type { Walk } from './walk.ts';

// Statements in the code of screens.

/**
 * Follows statements in order.
 * @param outer how many conditions stood before the function
 */
export function statements(walk: Walk, list: readonly Stmt[], env: Env, returned: Shown[], outer = 0): void {
  const start = walk.conditions;
  const give = (value: Shown): void => {
    const own = walk.conditions.slice(outer);
    returned.push(own.length > 0 ? { k: 'when', conditions: own, of: value } : value);
  };
  for (const one of list) {
    if (walk.left) return;
    switch (one.k) {
      case 'x': {
        // What a library was given to show or to call is shown or called.
        const value = walk.eval(one.e, env);
        if (bare(value).k === 'held') walk.touch(value);
        break;
      }
      case 'def': {
        const source = env.file.facts.bindings[one.b]?.v[one.j];
        // Functions wait until they are offered; all else is looked at where it stands.
        if (source && source.e.k !== 'fn') walk.variable(one.b, env);
        break;
      }
      case 'ret':
        if (one.e) give(walk.eval(one.e, env));
        return;
      case 'throw':
        walk.eval(one.e, env);
        return;
      case 'if': {
        const { value, asked } = walk.test(one.t, env);
        if (value === null) {
          statements(walk, one.a, env, returned, outer);
          const left = walk.left;
          walk.left = false;
          statements(walk, one.b, env, returned, outer);
          walk.left &&= left;
          break;
        }
        const before = walk.conditions;
        const condition = asked ? [walk.condition(one.t, env, value, one.l)] : [];
        walk.conditions = [...before, ...condition];
        const branch = value ? one.a : one.b;
        statements(walk, branch, env, returned, outer);
        if (exitsAlways(branch)) {
          walk.conditions = start;
          return;
        }
        // Where the other branch ends the function, all that follows is under the condition too.
        if (!exitsAlways(value ? one.b : one.a)) walk.conditions = before;
        break;
      }
      case 'loop':
        if (one.o) walk.eval(one.o, env);
        statements(walk, one.a, env, returned, outer);
        break;
      case 'try':
        statements(walk, one.a, env, returned, outer);
        if (one.c) statements(walk, one.c.a, env, returned, outer);
        if (one.f) statements(walk, one.f, env, returned, outer);
        break;
      case 'block':
        statements(walk, one.a, env, returned, outer);
        if (exitsAlways(one.a)) return;
        break;
      case 'jump':
        return;
    }
  }
}
