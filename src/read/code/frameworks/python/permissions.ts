import type { Place } from '../../../../model/words.ts';
import type { Guard } from '../../guard.ts';
import type { Machine } from '../../machine.ts';
import { PYTHON_REQUEST } from '../../python/imported.ts';
import type { Link } from '../../routers.ts';
import { UNKNOWN } from '../../value.ts';
import type { Value } from '../../value.ts';
import { attributeOf, lineage, linkTo, methodOf, nameIn } from './views.ts';
import type { ClassValue } from './views.ts';

/** What stands before a view: guards that packages bring, and functions to follow. */
export interface Asked {
  readonly configured: readonly Guard[];
  readonly guards: readonly Link[];
}

const nothing: Asked = { configured: [], guards: [] };
const safe = /^(GET|HEAD|OPTIONS)$/;

function guard(name: string, does: Guard['does'], roles: string[] = []): Guard {
  return { name, where: null, does, refuses: true, roles };
}

/** What permissions of Django REST framework ask for a method. All of them have to agree. */
export function permitted(machine: Machine, permissions: readonly Value[] | null, method: string, where: Place): Asked {
  if (permissions === null) return { configured: [guard('permissions', ['other'])], guards: [] };
  return together(permissions.map((one) => permission(machine, one, method, where)));
}

function together(all: readonly Asked[]): Asked {
  return { configured: all.flatMap((one) => one.configured), guards: all.flatMap((one) => one.guards) };
}

function permission(machine: Machine, value: Value, method: string, where: Place): Asked {
  if (value.k === 'either') {
    // `IsOwner | IsAdminUser`: whichever lets in, something is asked unless one asks nothing.
    const each = value.of.map((one) => permission(machine, one, method, where));
    return each.some((one) => one.configured.length + one.guards.length === 0) ? nothing : together(each);
  }
  if (value.k === 'guarded') return permission(machine, value.of, method, where);
  if (value.k === 'class') return ofOwn(machine, value, where);
  if (value.k === 'own') return ofOwn(machine, { k: 'class', file: value.file, cls: value.cls, frame: value.frame }, where);
  if (value.k === 'arr') return together(value.items.map((one) => permission(machine, one, method, where)));
  if (value.k !== 'lib' && value.k !== 'result' && value.k !== 'inst') return { configured: [guard('permission', ['other'])], guards: [] };
  const name = nameIn(value);
  switch (name) {
    case 'AllowAny':
      return nothing;
    case 'IsAuthenticated':
    case 'TokenHasScope':
      return { configured: [guard(name, ['authentication'])], guards: [] };
    case 'IsAdminUser':
      return { configured: [guard(name, ['authentication', 'role'], ['staff'])], guards: [] };
    case 'IsAuthenticatedOrReadOnly':
    case 'DjangoModelPermissionsOrAnonReadOnly':
      return safe.test(method) ? nothing : { configured: [guard(name, ['authentication'])], guards: [] };
    case 'DjangoModelPermissions':
    case 'DjangoObjectPermissions':
      return { configured: [guard(name, ['authentication', 'role'])], guards: [] };
    default:
      return { configured: [guard(name, ['other'])], guards: [] };
  }
}

/** A permission of the application's own: what it returns decides. */
function ofOwn(machine: Machine, cls: ClassValue, where: Place): Asked {
  const guards: Link[] = [];
  for (const name of ['has_permission', 'has_object_permission']) {
    const method = methodOf(machine, cls, name);
    if (method === null) continue;
    const args = [PYTHON_REQUEST, UNKNOWN, ...(name === 'has_permission' ? [] : [UNKNOWN])];
    guards.push({ ...linkTo(method, where, nameIn(cls), args), decides: true });
  }
  // What it takes from a class of the framework's is asked as well.
  const base = lineage(machine, cls).foreign.find((one) => /#permissions\.Is/.test(one));
  const inherited = base === undefined ? nothing : permission(machine, { k: 'lib', symbol: base }, 'POST', where);
  return guards.length === 0 && inherited.configured.length === 0 && base === undefined
    ? { configured: [guard(nameIn(cls), ['other'])], guards: [] }
    : { configured: inherited.configured, guards };
}

/** What classes ask that are mixed into a view: `LoginRequiredMixin`. */
export function mixedIn(machine: Machine, cls: ClassValue, where: Place): Asked {
  const configured: Guard[] = [];
  const guards: Link[] = [];
  const { own, foreign } = lineage(machine, cls);
  for (const symbol of foreign) {
    const name = symbol.split(/[#.]/).at(-1) ?? '';
    if (/^(LoginRequired|AccessMixin)/.test(name)) configured.push(guard(name, ['authentication']));
    else if (/^(PermissionRequired|GroupRequired|StaffuserRequired|SuperuserRequired)Mixin$/.test(name)) {
      const asked = attributeOf(machine, cls, 'permission_required');
      configured.push(guard(name, ['authentication', 'role'], asked?.k === 'lit' ? [String(asked.v)] : []));
    } else if (name === 'UserPassesTestMixin') {
      const test = methodOf(machine, cls, 'test_func');
      if (test === null) configured.push(guard(name, ['other']));
      else guards.push({ ...linkTo(test, where, 'test_func'), decides: true });
    } else if (symbol === '?' || (name.endsWith('Mixin') && /auth|login|perm|access|role|owner/i.test(name)))
      configured.push(guard(name, ['other']));
  }
  // A `dispatch` of its own runs before every method.
  const dispatch = own.length > 0 ? methodOf(machine, cls, 'dispatch') : null;
  if (dispatch !== null) guards.push(linkTo(dispatch, where, 'dispatch', [PYTHON_REQUEST]));
  return { configured, guards };
}
