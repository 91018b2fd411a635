import type { Expr, FileFacts, Stmt } from '../code/facts.ts';
import type { Resolve } from '../code/modules.ts';
import type { SourceFile } from '../code/value.ts';
import type { Condition } from './values.ts';
import type { Viewer } from './viewer.ts';
import { tellingFiles } from './telling.ts';
import { Walk } from './walk.ts';
import type { Reached, Screens } from './walk.ts';

/** A call in the code of the screens, and whose screens make or offer it. */
export interface Offer {
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
  /** The component that makes or offers it; empty outside of components. */
  readonly component: string;
  /** Roles that screens name whose screens have it. */
  readonly shownTo: readonly string[];
  /** Signed-in viewers of a role that no screen names have it. */
  readonly others: boolean;
  readonly anonymous: boolean;
  /** What has to hold on the first way to it, for somebody who has it. */
  readonly conditions: readonly Condition[];
}

/** All that the screens offer, and to whom. */
export interface Offers {
  /** Roles that the screens compare the viewer's with. */
  readonly roles: readonly string[];
  /** Roles that they ask for by a property of their own: `isAdmin`. */
  readonly flags: readonly string[];
  /** By file and number of the call in it: `src/App.tsx:12`. */
  readonly offers: ReadonlyMap<string, Offer>;
  /** Paths that the screens of viewers without a role hand around as an address, their holes as `{}`. */
  readonly addresses: readonly string[];
  /** Files from which the screens start. */
  readonly roots: readonly string[];
  /** False when there was too much to follow: then nothing is known to be hidden. */
  readonly complete: boolean;
}

const mostRoles = 10;
const renderers = /^(react-dom(\/client)?|preact|preact\/compat|solid-js\/web)$/;
const pages = /(^|\/)((src\/)?pages\/(?!api\/)(?!_)|(src\/)?app\/(.*\/)?page\.)/;

/**
 * The code of the screens, and the files from which they start.
 * @param calling the files in which the calls stand that are asked about
 */
export function screensOf(
  files: ReadonlyMap<string, SourceFile>,
  resolve: Resolve,
  calling: ReadonlySet<string>,
): { roots: readonly SourceFile[]; screens: Screens } {
  const roots = rootsOf([...files.values()]);
  return { roots, screens: { files, resolve, telling: roots.length === 0 ? new Set() : tellingFiles(files, resolve, calling) } };
}

/** Follows the screens once for every kind of viewer. */
export function followed(roots: readonly SourceFile[], screens: Screens): Offers {
  if (roots.length === 0) return { roles: [], flags: [], offers: new Map(), addresses: [], roots: [], complete: true };
  const walk = (viewer: Viewer): Walk => {
    const made = new Walk(screens, viewer);
    for (const root of roots) {
      if (importsOneOf(root.facts, renderers)) made.load(root);
      else made.offer(root, 'default');
    }
    return made;
  };
  const anyone = walk({ kind: 'anyone' });
  const roles = [...anyone.looking.named].toSorted();
  const flags = [...anyone.looking.flags].filter((flag) => !roles.includes(flag)).toSorted();
  const all = [...roles, ...flags];
  const asks = anyone.looking.asked > 0;
  const named = all.slice(0, mostRoles).map((role) => ({ role, walk: walk({ kind: 'role', role }) }));
  const other = asks ? walk({ kind: 'other' }) : anyone;
  const anonymous = asks ? walk({ kind: 'anonymous' }) : anyone;
  const walks = [anyone, other, anonymous, ...named.map((one) => one.walk)];
  const offers = new Map<string, Offer>();
  for (const [key, site] of anyone.reached) {
    const has = named.filter((one) => one.walk.reached.has(key));
    // Who sees least of it tells the conditions best.
    const best: Reached = other.reached.get(key) ?? has[0]?.walk.reached.get(key) ?? site;
    offers.set(key, {
      file: site.file,
      line: site.line,
      endLine: site.endLine,
      component: best.component,
      shownTo: has.map(({ role }) => role),
      others: other.reached.has(key),
      anonymous: anonymous.reached.has(key),
      conditions: best.conditions,
    });
  }
  return {
    roles,
    flags,
    offers,
    addresses: [...new Set(other.addresses)].toSorted(),
    roots: roots.map(({ path }) => path),
    complete: all.length <= mostRoles && !walks.some(({ exhausted }) => exhausted),
  };
}

/** Modules that render when they are loaded; pages where a framework renders them by their place. */
function rootsOf(files: readonly SourceFile[]): SourceFile[] {
  const rendering = files.filter(({ facts }) => importsOneOf(facts, renderers) && rendersAtOnce(facts));
  const units = new Set(rendering.map(({ unit }) => unit));
  const placed = files.filter(
    ({ path, unit, facts }) => pages.test(path) && !units.has(unit) && Object.hasOwn(facts.exports, 'default') && facts.imports.length > 0,
  );
  return [...rendering, ...placed].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function importsOneOf(facts: FileFacts, modules: RegExp): boolean {
  return facts.imports.some(([specifier]) => modules.test(specifier));
}

/** A call of `render` when the module is loaded. */
function rendersAtOnce(facts: FileFacts): boolean {
  const isRender = (e: Expr): boolean =>
    e.k === 'call' &&
    ((e.f.k === 'get' && /^(render|hydrate)/.test(e.f.n)) || (e.f.k === 'var' && /render|hydrate/i.test(facts.bindings[e.f.b]?.n ?? '')));
  const has = (list: readonly Stmt[]): boolean =>
    list.some(
      (one) =>
        (one.k === 'x' && isRender(one.e)) ||
        (one.k === 'if' && (has(one.a) || has(one.b))) ||
        (one.k === 'block' && has(one.a)) ||
        (one.k === 'def' && (facts.bindings[one.b]?.v ?? []).some(({ e }) => isRender(e))),
    );
  return has(facts.functions[0]?.b ?? []);
}
