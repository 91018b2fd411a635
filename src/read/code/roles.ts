import { callCallbacks } from './invoke.ts';
import type { Machine, CallExpr } from './machine.ts';
import { UNKNOWN } from './value.ts';
import type { Frame, Value } from './value.ts';

// Methods of the request and of the response.

/** Calls a method of the request or the response; answers are noted. */
export function callOfRole(
  machine: Machine,
  role: Extract<Value, { k: 'role' }>,
  name: string,
  args: readonly Value[],
  e: CallExpr,
  frame: Frame,
): Value {
  const first = args[0];
  if (role.role === 'req') {
    if (name === 'get' || name === 'header') {
      const found: Value = { k: 'input', from: 'headers', path: first?.k === 'lit' ? [String(first.v).toLowerCase()] : [] };
      machine.visit.reads(found);
      return found;
    }
    if (name === 'param' && first?.k === 'lit') return { k: 'input', from: 'params', path: [String(first.v)] };
    if (/^(isAuthenticated|isUnauthenticated)$/.test(name)) {
      machine.visit.asks(['user']);
      return { k: 'session', path: ['user'] };
    }
    callCallbacks(machine, args, null, frame, e);
    const custom = machine.get(role, name, frame);
    return custom.k === 'fn' ? (machine.apply(custom, args, null, e, frame)?.value ?? UNKNOWN) : UNKNOWN;
  }
  if (role.role === 'res') {
    switch (name) {
      case 'status':
      case 'code':
        return { ...role, status: first?.k === 'lit' && typeof first.v === 'number' ? first.v : statusByName(first) };
      case 'sendStatus':
        machine.outcome.answer ??= first?.k === 'lit' && typeof first.v === 'number' ? first.v : statusByName(first);
        return role;
      case 'json':
      case 'send':
      case 'end':
      case 'render':
      case 'sendFile':
      case 'download':
      case 'jsonp':
        machine.outcome.answer ??=
          role.status ?? (frame.memo.get('status')?.k === 'lit' ? Number((frame.memo.get('status') as { v: unknown }).v) : 200);
        return role;
      case 'redirect':
        machine.outcome.answer ??= 302;
        return role;
      case 'writeHead':
        if (first !== undefined) frame.memo.set('status', first);
        return { ...role, status: first?.k === 'lit' && typeof first.v === 'number' ? first.v : null };
      default:
        callCallbacks(machine, args, null, frame, e);
        return role;
    }
  }
  return UNKNOWN;
}

const names: Record<string, number> = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  BAD_REQUEST: 400,
  NOT_FOUND: 404,
  CONFLICT: 409,
  UNPROCESSABLE_ENTITY: 422,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_SERVER_ERROR: 500,
  CREATED: 201,
  OK: 200,
};

function statusByName(value: Value | undefined): number | null {
  if (value?.k === 'lib' || value?.k === 'result') return names[value.symbol.slice(value.symbol.lastIndexOf('.') + 1)] ?? null;
  if (value?.k === 'either') {
    const numbers = value.of.flatMap((one) => (one.k === 'lit' && typeof one.v === 'number' ? [one.v] : []));
    return numbers.length > 0 ? Math.max(...numbers) : null;
  }
  return null;
}
