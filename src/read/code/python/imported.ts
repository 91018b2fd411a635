import type { Expr } from '../facts.ts';
import type { Machine } from '../machine.ts';
import { literal, UNKNOWN } from '../value.ts';
import type { SourceFile, Value } from '../value.ts';

// What imports of Python stand for. A symbol is `py:`, the package, `#` and the names below it: `py:flask#views.MethodView`.

/** The request of a framework of Python, whichever it is. */
export const PYTHON_REQUEST: Value = { k: 'role', role: 'python', status: null };

/** Names of packages that stand for a value of their own. */
const values: Readonly<Record<string, Value>> = {
  'py:os#environ': { k: 'environment' },
  'py:flask#request': PYTHON_REQUEST,
  'py:quart#request': PYTHON_REQUEST,
  'py:bottle#request': PYTHON_REQUEST,
  'py:flask#session': { k: 'session', path: ['session'] },
  'py:quart#session': { k: 'session', path: ['session'] },
  'py:flask#g': { k: 'session', path: ['locals'] },
  'py:flask_login#current_user': { k: 'session', path: ['user'] },
  'py:flask_security#current_user': { k: 'session', path: ['user'] },
  'py:flask_jwt_extended#current_user': { k: 'session', path: ['user'] },
  'py:flask_jwt_extended#get_current_user': UNKNOWN,
};

/** What a name of a package is. */
export function libraryValue(symbol: string): Value {
  if (Object.hasOwn(values, symbol) && values[symbol] !== undefined && values[symbol].k !== 'unknown') return values[symbol];
  // `status.HTTP_401_UNAUTHORIZED`, `HTTPStatus.FORBIDDEN`
  const numbered = /\bHTTP_(\d{3})_[A-Z_]+$/.exec(symbol)?.[1];
  if (numbered !== undefined) return literal(Number(numbered));
  const named = /^py:http#HTTPStatus\.(\w+)/.exec(symbol)?.[1];
  if (named !== undefined && Object.hasOwn(statuses, named)) return literal(statuses[named] ?? null);
  return { k: 'lib', symbol };
}

const statuses: Readonly<Record<string, number>> = {
  OK: 200,
  CREATED: 201,
  NO_CONTENT: 204,
  FOUND: 302,
  SEE_OTHER: 303,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  UNPROCESSABLE_ENTITY: 422,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_SERVER_ERROR: 500,
};

/** The symbol of what a dotted module name and a name in it mean. */
function symbolIn(module: string, name: string): string {
  const [root = '', ...rest] = module.split('.');
  return `py:${root}#${[...rest, ...(name === '*' ? [] : [name])].join('.')}`;
}

/** What `from module import name` gives; `*` is the module itself, and a module of `*` any of those that are imported whole. */
export function importedByPython(machine: Machine, from: SourceFile, module: string, name: string, depth = 0): Value {
  if (depth > 8) return UNKNOWN;
  if (module === '*') return fromStars(machine, from, name, depth);
  if (module === 'builtins') return libraryValue(symbolIn(module, name));
  const target = machine.resolve(from.path, module);
  if (!('file' in target)) return libraryValue(symbolIn(module, name));
  const file = machine.files.get(target.file);
  if (file === undefined) {
    if (name === '*') return UNKNOWN;
    return ofModule(machine, from, `${module}${module.endsWith('.') ? '' : '.'}${name}`);
  }
  if (name === '*') return { k: 'mod', file };
  return memberOfModule(machine, file, name, depth);
}

/** What a module has under a name: a value, what it imports whole, or a module below it. */
export function memberOfModule(machine: Machine, file: SourceFile, name: string, depth = 0): Value {
  const { exports } = file.facts;
  if (Object.hasOwn(exports, name)) return machine.lazily(machine.module(file).frame, exports[name] as Expr);
  if (file.facts.stars.length > 0) {
    const found = fromStars(machine, file, name, depth + 1);
    if (found.k !== 'unknown' && !(found.k === 'lib' && found.symbol.startsWith('py:builtins#'))) return found;
  }
  return file.path.endsWith('__init__.py') ? ofModule(machine, file, `.${name}`) : UNKNOWN;
}

function ofModule(machine: Machine, from: SourceFile, module: string): Value {
  const target = machine.resolve(from.path, module);
  const file = 'file' in target ? machine.files.get(target.file) : undefined;
  return file === undefined ? UNKNOWN : { k: 'mod', file };
}

function fromStars(machine: Machine, from: SourceFile, name: string, depth: number): Value {
  if (depth > 8) return UNKNOWN;
  let outside: string | null = null;
  for (const module of from.facts.stars) {
    const target = machine.resolve(from.path, module);
    const file = 'file' in target ? machine.files.get(target.file) : undefined;
    if (file === undefined) {
      if ('package' in target) outside ??= module;
      continue;
    }
    const found = file.path === from.path ? UNKNOWN : memberOfModule(machine, file, name, depth + 1);
    if (found.k !== 'unknown') return found;
  }
  if (builtin.test(name)) return libraryValue(symbolIn('builtins', name));
  return outside === null ? UNKNOWN : libraryValue(symbolIn(outside, name));
}

/** Names that need no import. */
const builtin =
  /^(abs|all|any|bool|bytes|callable|chr|classmethod|compile|dict|dir|divmod|enumerate|eval|exec|filter|float|format|frozenset|getattr|hasattr|hash|hex|id|input|int|isinstance|issubclass|iter|len|list|map|max|min|next|object|oct|open|ord|pow|print|property|range|repr|reversed|round|set|setattr|slice|sorted|staticmethod|str|sum|super|tuple|type|vars|zip|[A-Z]\w*(Error|Exception)|__\w+__|%\w+)$/;
