import type { Machine } from '../../machine.ts';
import type { Value } from '../../value.ts';
import { attributeOf, decoratorsOf, lineage, methodOf } from './views.ts';
import type { ClassValue } from './views.ts';
import { argument } from '../../python/arguments.ts';

/** One thing that a class of views does: its method of HTTP, the function for it, and where below the class's path. */
export interface Action {
  readonly method: string;
  /** What the class calls it: `post`, `partial_update`, `publish`. */
  readonly name: string;
  /** Null where the framework's own code answers. */
  readonly handler: Value | null;
  /** Below the path of the class, of one object or of all. */
  readonly detail: boolean;
  readonly path: string;
  /** Permissions that the action names for itself. */
  readonly permissions: Value | null;
}

const verbs = ['get', 'post', 'put', 'patch', 'delete'];
/** What views of Django and Django REST framework answer by themselves, by the last part of their name. */
const generic: readonly (readonly [RegExp, readonly string[]])[] = [
  [/#generics\.(List|Retrieve)APIView$/, ['get']],
  [/#generics\.CreateAPIView$/, ['post']],
  [/#generics\.UpdateAPIView$/, ['put', 'patch']],
  [/#generics\.DestroyAPIView$/, ['delete']],
  [/#generics\.ListCreateAPIView$/, ['get', 'post']],
  [/#generics\.RetrieveUpdateAPIView$/, ['get', 'put', 'patch']],
  [/#generics\.RetrieveDestroyAPIView$/, ['get', 'delete']],
  [/#generics\.RetrieveUpdateDestroyAPIView$/, ['get', 'put', 'patch', 'delete']],
  [/\.(ListView|DetailView|TemplateView|RedirectView|ArchiveIndexView|\w+ArchiveView)$/, ['get']],
  [/\.(CreateView|UpdateView|DeleteView|FormView)$/, ['get', 'post']],
];
const sets: readonly (readonly [name: string, method: string, detail: boolean, from: RegExp])[] = [
  ['list', 'GET', false, /\.(ModelViewSet|ReadOnlyModelViewSet|ListModelMixin)$/],
  ['create', 'POST', false, /\.(ModelViewSet|CreateModelMixin)$/],
  ['retrieve', 'GET', true, /\.(ModelViewSet|ReadOnlyModelViewSet|RetrieveModelMixin)$/],
  ['update', 'PUT', true, /\.(ModelViewSet|UpdateModelMixin)$/],
  ['partial_update', 'PATCH', true, /\.(ModelViewSet|UpdateModelMixin)$/],
  ['destroy', 'DELETE', true, /\.(ModelViewSet|DestroyModelMixin)$/],
];

/** What a class of views answers at its own path: a method for each of HTTP's. */
export function actionsOfView(machine: Machine, cls: ClassValue, mapped: Value | undefined): Action[] {
  if (mapped?.k === 'obj' && mapped.id !== 'kw')
    return [...mapped.keys].flatMap(([verb, name]): Action[] => {
      if (name.k !== 'lit') return [];
      const called = String(name.v);
      return [action(machine, cls, verb.toUpperCase(), called, methodOf(machine, cls, called))];
    });
  const { foreign } = lineage(machine, cls);
  const given = generic.filter(([base]) => foreign.some((one) => base.test(one))).flatMap(([, methods]) => methods);
  const allowed = allowedBy(machine, cls);
  return verbs.flatMap((verb): Action[] => {
    const own = methodOf(machine, cls, verb);
    if (own === null && !given.includes(verb)) return [];
    if (allowed !== null && !allowed.includes(verb)) return [];
    return [action(machine, cls, verb.toUpperCase(), verb, own ?? standingIn(machine, cls, verb))];
  });
}

/** What a set of views answers below the path that a router gives it. */
export function actionsOfSet(machine: Machine, cls: ClassValue): Action[] {
  const { own, foreign } = lineage(machine, cls);
  const allowed = allowedBy(machine, cls);
  const found: Action[] = [];
  for (const [name, method, detail, from] of sets) {
    const handler = methodOf(machine, cls, name);
    if (handler === null && !foreign.some((one) => from.test(one))) continue;
    found.push({ ...action(machine, cls, method, name, handler ?? standingIn(machine, cls, name)), detail });
  }
  for (const name of new Set(own.flatMap(({ file, cls: index }) => Object.keys(file.facts.classes[index]?.m ?? {})))) {
    const by = decoratorsOf(machine, cls, name).find((one) => one.k === 'result' && one.symbol.endsWith('#decorators.action'));
    if (by?.k !== 'result') continue;
    const detail = argument(by.args, 1, 'detail');
    const path = argument(by.args, 2, 'url_path');
    const listed = argument(by.args, 0, 'methods');
    const methods = listed?.k === 'arr' ? listed.items.flatMap((one) => (one.k === 'lit' ? [String(one.v).toUpperCase()] : [])) : ['GET'];
    for (const method of methods)
      found.push({
        ...action(machine, cls, method, name, methodOf(machine, cls, name)),
        detail: detail?.k === 'lit' && detail.v === true,
        path: path?.k === 'lit' ? String(path.v) : name,
        permissions: argument(by.args, 9, 'permission_classes') ?? null,
      });
  }
  return found.filter(({ method }) => allowed === null || allowed.includes(method.toLowerCase()));
}

function action(machine: Machine, cls: ClassValue, method: string, name: string, handler: Value | null): Action {
  return { method, name, handler, detail: false, path: '', permissions: null };
}

/** What of the application's own runs when the framework answers: which rows it asks for, or how it saves. */
function standingIn(machine: Machine, cls: ClassValue, name: string): Value | null {
  const hook = /^(create|post)$/.test(name) ? 'perform_create' : /update|put|patch/.test(name) ? 'get_queryset' : 'get_queryset';
  return methodOf(machine, cls, hook);
}

function allowedBy(machine: Machine, cls: ClassValue): string[] | null {
  const listed = attributeOf(machine, cls, 'http_method_names');
  return listed?.k === 'arr' ? listed.items.flatMap((one) => (one.k === 'lit' ? [String(one.v)] : [])) : null;
}

/** True for a class of views of Django REST framework. */
export function isRest(machine: Machine, cls: ClassValue): boolean {
  return lineage(machine, cls).foreign.some((one) => one.startsWith('py:rest_framework'));
}
