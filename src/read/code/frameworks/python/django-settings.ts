import type { Machine } from '../../machine.ts';
import { memberOfModule } from '../../python/imported.ts';
import { isPython } from '../../python/files.ts';
import type { SourceFile, Value } from '../../value.ts';

/** What the settings of a project of Django say of its endpoints. */
export interface DjangoSettings {
  /** The file with the outermost patterns; null where it is not named, or not there. */
  readonly root: SourceFile | null;
  /** Where the settings stand; null where there are none. */
  readonly file: SourceFile | null;
  /** Middleware by its dotted name, outermost first; null where it is not known. */
  readonly middleware: readonly string[] | null;
  /** The permissions of Django REST framework for views that name none; null where the settings cannot be followed. */
  readonly permissions: readonly Value[] | null;
}

/** The settings of the projects of a tree: one for each outermost file of patterns that they name. */
export function djangoSettings(machine: Machine, files: readonly SourceFile[]): DjangoSettings[] {
  const found = new Map<SourceFile | null, DjangoSettings>();
  for (const file of files) {
    if (
      !isPython(file) ||
      !['ROOT_URLCONF', 'MIDDLEWARE', 'REST_FRAMEWORK', 'INSTALLED_APPS'].some((name) => Object.hasOwn(file.facts.exports, name))
    )
      continue;
    const named = memberOfModule(machine, file, 'ROOT_URLCONF');
    const target = named.k === 'lit' && typeof named.v === 'string' ? machine.resolve(file.path, named.v) : null;
    const root = target !== null && 'file' in target ? (machine.files.get(target.file) ?? null) : null;
    const before = found.get(root);
    const listed = memberOfModule(machine, file, 'MIDDLEWARE');
    const middleware = before?.middleware ?? (listed.k === 'arr' ? listed.items.flatMap(textsIn) : null);
    let permissions = before?.permissions === undefined ? [] : before.permissions;
    const rest = memberOfModule(machine, file, 'REST_FRAMEWORK');
    if (rest.k === 'obj') {
      const given = rest.keys.get('DEFAULT_PERMISSION_CLASSES');
      if (given !== undefined) permissions = given.k === 'arr' ? given.items.flatMap((one) => namedIn(machine, file, one)) : null;
    } else if (rest.k !== 'unknown') permissions = null;
    found.set(root, { root, file: before?.file ?? file, middleware, permissions });
  }
  const named = [...found.values()].filter(({ root }) => root !== null);
  return named.length > 0 ? named : [found.get(null) ?? { root: null, file: null, middleware: null, permissions: [] }];
}

/** The texts of a list, and of lists inside it. */
function textsIn(value: Value): string[] {
  if (value.k === 'arr') return value.items.flatMap(textsIn);
  return value.k === 'lit' && typeof value.v === 'string' ? [value.v] : [];
}

/** What a dotted name in the settings stands for. */
function namedIn(machine: Machine, file: SourceFile, value: Value): Value[] {
  if (value.k !== 'lit' || typeof value.v !== 'string') return [value];
  return [resolveName(machine, file, value.v)];
}

/** What a dotted name stands for: a class or function of the application's own, or a package's symbol. */
export function resolveName(machine: Machine, from: SourceFile, dotted: string): Value {
  const cut = dotted.lastIndexOf('.');
  const target = machine.resolve(from.path, dotted.slice(0, cut));
  const own = 'file' in target ? machine.files.get(target.file) : undefined;
  if (own !== undefined) return memberOfModule(machine, own, dotted.slice(cut + 1));
  const [root = '', ...rest] = dotted.split('.');
  return { k: 'lib', symbol: `py:${root}#${rest.join('.')}` };
}
