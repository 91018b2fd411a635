import type { Place } from '../../../../model/words.ts';
import type { Guard } from '../../guard.ts';
import type { CallExpr, KnownCall } from '../../listener.ts';
import type { Handling, Machine } from '../../machine.ts';
import { pathText } from '../../paths.ts';
import { argument, named } from '../../python/arguments.ts';
import { isPython } from '../../python/files.ts';
import { originsOfSettings } from '../../python/cors.ts';
import { memberOfModule, PYTHON_REQUEST } from '../../python/imported.ts';
import { anyMethod } from '../../python/request.ts';
import { viewSymbol } from '../../python/methods.ts';
import type { Endpoint, Link } from '../../routers.ts';
import { follow } from '../../routers.ts';
import { UNKNOWN } from '../../value.ts';
import type { SourceFile, Value } from '../../value.ts';
import type { EndpointReader, Linked } from '../reader.ts';
import { actionsOfSet, actionsOfView, isRest } from './class-views.ts';
import type { Action } from './class-views.ts';
import { djangoSettings, resolveName } from './django-settings.ts';
import type { DjangoSettings } from './django-settings.ts';
import { below } from './paths.ts';
import { Patterns } from './patterns.ts';
import { mixedIn, permitted } from './permissions.ts';
import { attributeOf, linkTo, methodOf, nameIn, placeOf, unwrapped } from './views.ts';
import type { ClassValue, Unwrapped } from './views.ts';

interface Registered {
  readonly prefix: string;
  readonly view: Value;
  readonly file: SourceFile;
}

interface Reading {
  readonly machine: Machine;
  readonly settings: DjangoSettings;
  readonly middleware: readonly Link[];
  /** Middleware asks every caller to sign in. */
  readonly signIn: boolean;
  readonly csrf: boolean;
}

/** Endpoints of Django: patterns of URLs with functions, classes of views, and sets of Django REST framework behind routers. */
export class Django implements EndpointReader {
  private readonly routers = new Map<string, Map<string, Registered>>();

  register(call: KnownCall): Value | undefined {
    const { receiver, symbol, args, frame, expr } = call;
    if (call.means !== 'python-routing' || receiver?.k !== 'inst' || !/^py:rest_framework\w*#/.test(symbol)) return undefined;
    const prefix = argument(args, 0, 'prefix');
    const view = argument(args, 1, 'viewset');
    if (prefix === undefined || view === undefined) return undefined;
    const list = this.routers.get(receiver.site) ?? new Map<string, Registered>();
    this.routers.set(receiver.site, list);
    list.set(`${frame.file.path}:${expr.i}`, { prefix: pathText(prefix), view, file: frame.file });
    return undefined;
  }

  endpoints({ machine, files }: Linked): Endpoint[] {
    const roots = files.filter((file) => isPython(file) && Object.hasOwn(file.facts.exports, 'urlpatterns'));
    if (roots.length === 0) return [];
    return djangoSettings(machine, files).flatMap((settings) => {
      const reading = readingOf(machine, settings);
      const patterns = patternsOf(machine, settings, roots);
      const views = patterns.found.flatMap(({ path, view, file }) => ofView(reading, path, view, file));
      const sets = patterns.routers.flatMap(({ path, router, file }) =>
        [...(this.routers.get(router.site)?.values() ?? [])].flatMap((one) => ofSet(reading, below(path, `/${one.prefix}`), one, file)),
      );
      return [...views, ...sets];
    });
  }
}

/** The patterns of a project; without settings those of every file that no other includes. */
function patternsOf(machine: Machine, { root }: DjangoSettings, files: readonly SourceFile[]): Patterns {
  const patterns = new Patterns(machine);
  if (root !== null) {
    patterns.ofFile(root, '');
    return patterns;
  }
  const all = new Patterns(machine);
  for (const file of files) all.ofFile(file, '');
  for (const file of files) if (!all.included.has(file)) patterns.ofFile(file, '');
  return patterns;
}

function readingOf(machine: Machine, settings: DjangoSettings): Reading {
  const names = settings.middleware ?? [];
  noteHeaders(machine, settings);
  const file = settings.root ?? [...machine.files.values()].find(isPython);
  const own = file === undefined ? [] : names.map((name) => resolveName(machine, file, name));
  return {
    machine,
    settings,
    middleware: own.flatMap((one) => middlewareOf(machine, one)),
    signIn: names.includes('django.contrib.auth.middleware.LoginRequiredMiddleware'),
    csrf: names.includes('django.middleware.csrf.CsrfViewMiddleware'),
  };
}

/** What Django's own middleware sends with every answer. */
function noteHeaders(machine: Machine, { middleware, file }: DjangoSettings): void {
  if (file === null) return;
  const expr: CallExpr = { k: 'call', f: { k: 'unk' }, a: [], i: -1, l: 1, e: 1, w: 0 };
  if (middleware?.some((one) => one.startsWith('corsheaders.')) === true) {
    const [everywhere, listed] = ['CORS_ALLOW_ALL_ORIGINS', 'CORS_ALLOWED_ORIGINS'].map((name) => memberOfModule(machine, file, name));
    const before = memberOfModule(machine, file, 'CORS_ORIGIN_ALLOW_ALL');
    const allowed = originsOfSettings(everywhere?.k === 'lit' ? everywhere : before, listed ?? UNKNOWN);
    machine.tell('py:corsheaders#CorsMiddleware', 'cors', [allowed], expr, machine.module(file).frame);
  }
  if (middleware?.some((one) => /^django\.middleware\.(security|clickjacking)\./.test(one)) !== true) return;
  machine.tell('py:django#SecurityMiddleware', 'security-headers', [], expr, machine.module(file).frame);
}

/** Middleware of the application's own, as a class or as a function that makes one. */
function middlewareOf(machine: Machine, value: Value): Link[] {
  const where: Place = { file: value.k === 'class' || value.k === 'fn' ? value.file.path : '', line: 1, endLine: 1 };
  if (value.k === 'class')
    return ['__call__', 'process_request', 'process_view'].flatMap((name) => {
      const method = methodOf(machine, value, name);
      return method === null ? [] : [linkTo(method, where, nameIn(value), [PYTHON_REQUEST])];
    });
  if (value.k !== 'fn') return [];
  const made = machine.apply(value, [UNKNOWN])?.value;
  return made?.k === 'fn' ? [linkTo(made, where, nameIn(value), [PYTHON_REQUEST])] : [];
}

function nearest(view: Value, file: SourceFile): Place {
  if (view.k === 'class') {
    const line = view.file.facts.classes[view.cls]?.l ?? 1;
    return { file: view.file.path, line, endLine: line };
  }
  return placeOf(view) ?? { file: file.path, line: 1, endLine: 1 };
}

/** The endpoints of one view at a path. */
function ofView(reading: Reading, path: string, view: Value, file: SourceFile): Endpoint[] {
  const { machine } = reading;
  const here: Place = { file: file.path, line: 1, endLine: 1 };
  const open = unwrapped(machine, view, here);
  const { value } = open;
  if (value.k === 'result' && value.symbol === viewSymbol && value.args[0]?.k === 'class') {
    const cls = value.args[0];
    return actionsOfView(machine, cls, value.args[1]).map((action) => ofAction(reading, { cls, action, path, open, file }));
  }
  if (value.k !== 'fn') return [];
  const where = nearest(value, file);
  const args = [PYTHON_REQUEST, ...paramsOf(path)];
  const rest = open.settings.some(({ symbol }) => symbol.endsWith('#decorators.api_view'));
  return methodsOf(machine, open, args, path).map((method): Endpoint => {
    const handling = { method, path, endpoint: nameIn(value) };
    const asked = rest
      ? permitted(machine, permissionsOf(open) ?? reading.settings.permissions, method, where)
      : { configured: [], guards: [] };
    return {
      method,
      path,
      where,
      guards: [...reading.middleware, ...open.guards, ...asked.guards].map((link) => ({ ...link, handling })),
      configured: [...before(reading, method, rest, exempt(open)), ...asked.configured],
      handler: { value, name: nameIn(value), inner: null, where, args, handling },
      checked: [],
      framework: 'django',
      app: value.file,
    };
  });
}

interface Acting {
  readonly cls: ClassValue;
  readonly action: Action;
  readonly path: string;
  readonly open: Unwrapped;
  readonly file: SourceFile;
}

function ofAction(reading: Reading, { cls, action, path, open, file }: Acting): Endpoint {
  const { machine } = reading;
  const where = action.handler === null ? nearest(cls, file) : (placeOf(action.handler) ?? nearest(cls, file));
  const rest = isRest(machine, cls);
  const handling = { method: action.method, path, endpoint: action.name };
  const asked = rest
    ? permitted(machine, permissionsOfClass(reading, cls, action, handling), action.method, where)
    : { configured: [], guards: [] };
  const mixed = mixedIn(machine, cls, where);
  const hook = action.handler?.k === 'fn' && /\.(get_queryset|perform_create)$/.test(nameIn(action.handler));
  const args = hook ? [] : [PYTHON_REQUEST, ...paramsOf(path)];
  return {
    method: action.method,
    path,
    where,
    guards: [...reading.middleware, ...open.guards, ...mixed.guards, ...asked.guards].map((link) => ({ ...link, handling })),
    configured: [...before(reading, action.method, rest, exempt(open)), ...mixed.configured, ...asked.configured],
    handler: action.handler === null ? null : { value: action.handler, name: action.name, inner: null, where, args, handling },
    checked: [],
    framework: 'django',
    app: cls.file,
  };
}

function ofSet(reading: Reading, path: string, { view, file }: Registered, app: SourceFile): Endpoint[] {
  const open = unwrapped(reading.machine, view, { file: file.path, line: 1, endLine: 1 });
  const cls = open.value;
  if (cls.k !== 'class') return [];
  const named = attributeOf(reading.machine, cls, 'lookup_field');
  const key = named?.k === 'lit' ? String(named.v) : 'pk';
  return actionsOfSet(reading.machine, cls).map((action) => {
    const one = action.detail ? below(path, `/:${key}`) : path;
    const at = `${action.path === '' ? one : below(one, `/${action.path}`)}/`;
    return ofAction(reading, { cls, action, path: at, open, file: app });
  });
}

/** What the settings put in front of a view. */
function before(reading: Reading, method: string, rest: boolean, exempted: boolean): Guard[] {
  const found: Guard[] = [];
  const guard = (name: string, does: Guard['does']): Guard => ({ name, where: null, does, refuses: true, roles: [] });
  if (reading.signIn) found.push(guard('LoginRequiredMiddleware', ['authentication']));
  if (reading.csrf && !rest && !exempted && method !== 'GET') found.push(guard('CsrfViewMiddleware', ['csrf']));
  return found;
}

function exempt({ settings }: Unwrapped): boolean {
  return settings.some(({ symbol }) => symbol.endsWith('csrf_exempt'));
}

function permissionsOf({ settings }: Unwrapped): readonly Value[] | null {
  const given = settings.find(({ symbol }) => symbol.endsWith('#decorators.permission_classes'))?.args[0];
  return given?.k === 'arr' ? given.items : null;
}

function permissionsOfClass(reading: Reading, cls: ClassValue, action: Action, handling: Handling): readonly Value[] | null {
  if (action.permissions !== null) return action.permissions.k === 'arr' ? action.permissions.items : null;
  const chosen = methodOf(reading.machine, cls, 'get_permissions');
  if (chosen?.k === 'fn') return permissionsGiven(reading.machine, chosen, handling);
  const listed = attributeOf(reading.machine, cls, 'permission_classes');
  if (listed === null) return reading.settings.permissions;
  return listed.k === 'arr' ? listed.items : null;
}

/** What `get_permissions` gives for one action; null where that hangs on what is not followed. */
function permissionsGiven(machine: Machine, fn: Extract<Value, { k: 'fn' }>, handling: Handling): readonly Value[] | null {
  const outer = machine.handling;
  machine.handling = handling;
  const value = machine.apply(fn, [])?.value;
  machine.handling = outer;
  return value?.k === 'arr' && value.items.every((one) => one.k !== 'unknown' && one.k !== 'either') ? value.items : null;
}

function paramsOf(path: string): Value[] {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']): [string, Value] => [name, { k: 'input', from: 'params', path: [name] }]);
  return names.length === 0 ? [] : [named(names)];
}

const verbs = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** The methods that a function answers: those its decorators name, else those that it asks for; all where it asks for none. */
function methodsOf(machine: Machine, { settings, value }: Unwrapped, args: readonly Value[], path: string): string[] {
  for (const { symbol, args: given } of settings) {
    if (symbol.endsWith('.require_POST')) return ['POST'];
    if (/\.require_(GET|safe)$/.test(symbol)) return ['GET'];
    if (!/\.(require_http_methods|api_view)$/.test(symbol)) continue;
    const [list] = given;
    const named = list?.k === 'arr' ? list.items.flatMap((one) => (one.k === 'lit' ? [String(one.v).toUpperCase()] : [])) : [];
    return named.length > 0 ? named : ['GET'];
  }
  const where: Place = { file: '', line: 1, endLine: 1 };
  const followed = (handling: Handling) => follow(machine, { ...linkTo(value, where, '', args), handling }, 'django');
  const asked = new Set(followed({ method: anyMethod, path }).flatMap((visit) => [...(visit.compared?.get('other.method') ?? [])]));
  const named = [...asked].filter((one) => verbs.has(one));
  if (named.length === 0) return ['ALL'];
  // Who only asks for GET does something else for all others.
  const all = [...new Set(['GET', ...(named.every((one) => one === 'GET') ? ['POST'] : named)])];
  return all.filter((method) => followed({ method, path }).every(({ outcome }) => outcome.answer !== 405));
}
