import { either, UNKNOWN } from '../value.ts';
import type { Value } from '../value.ts';
import { argument } from './arguments.ts';

// Answers as Python's frameworks make them.

/** Symbols that make an answer, its status, and where a status stands among the arguments: a position and the names that it may have. */
const answers: readonly { readonly symbol: RegExp; readonly status: number; readonly at?: number; readonly names?: readonly string[] }[] = [
  { symbol: /^py:(flask|quart|werkzeug|bottle)#(utils\.)?redirect$|^py:django#shortcuts\.redirect$/, status: 302 },
  { symbol: /^py:(django#http\.HttpResponse(Permanent)?Redirect|(fastapi|starlette)#responses\.RedirectResponse)$/, status: 302 },
  { symbol: /^py:django#http\.HttpResponseForbidden$/, status: 403 },
  { symbol: /^py:django#http\.HttpResponseBadRequest$/, status: 400 },
  { symbol: /^py:django#http\.HttpResponseNotFound$/, status: 404 },
  { symbol: /^py:django#http\.HttpResponseNotAllowed$/, status: 405 },
  { symbol: /^py:django#http\.HttpResponseServerError$/, status: 500 },
  { symbol: /^py:django#http\.(HttpResponse|JsonResponse|StreamingHttpResponse|FileResponse)$/, status: 200, at: 9, names: ['status'] },
  { symbol: /^py:rest_framework#response\.Response$/, status: 200, at: 1, names: ['status'] },
  { symbol: /^py:(fastapi|starlette)#(responses\.)?(\w*Response)$/, status: 200, at: 1, names: ['status_code'] },
  { symbol: /^py:(flask|quart)#(wrappers\.)?Response$/, status: 200, at: 1, names: ['status'] },
  { symbol: /^py:(flask|quart)#make_response$/, status: 200, at: 1 },
  {
    symbol: /^py:(flask#(jsonify|json\.jsonify|render_template|send_file|send_from_directory)|django#shortcuts\.render)$/,
    status: 200,
    at: 9,
    names: ['status'],
  },
];

/** The answer that a call makes; undefined for a call that makes none. */
export function answeredByPython(symbol: string, args: readonly Value[]): Value | undefined {
  const known = answers.find((one) => one.symbol.test(symbol));
  if (known === undefined) return undefined;
  if (known.status !== 200) return { k: 'answer', status: known.status };
  const given = [
    known.at === undefined ? undefined : argument(args, known.at, known.names?.[0] ?? ''),
    ...(known.names ?? []).map((name) => argument(args, 99, name)),
  ].find((one) => one !== undefined);
  const [first] = args;
  // `make_response(redirect('/'))`
  if (given === undefined && first?.k === 'answer') return first;
  return { k: 'answer', status: given === undefined ? 200 : given.k === 'lit' && typeof given.v === 'number' ? given.v : null };
}

/** What a handler of Flask returns as an answer: `return body, 401`. */
export function asAnswer(value: Value): Value {
  if (value.k === 'either') return either(value.of.map(asAnswer));
  if (value.k !== 'arr' || value.open || value.items.length < 2 || value.items.length > 3) return value;
  const [body = UNKNOWN, status] = value.items;
  if (status?.k === 'lit' && typeof status.v === 'number' && status.v >= 100 && status.v < 600) return { k: 'answer', status: status.v };
  return body.k === 'answer' && status?.k === 'obj' ? body : value;
}
