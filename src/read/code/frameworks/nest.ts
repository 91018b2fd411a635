import type { KnownCall } from '../listener.ts';
import { pathText } from '../paths.ts';
import type { Routers } from '../routers.ts';
import { NULL, REQ, RES, UNKNOWN } from '../value.ts';
import type { Value } from '../value.ts';
import { instanceOf } from '../variables.ts';

/** What a Nest application says of all its endpoints. */
export class NestSettings {
  prefix = '';
  /** Whether the versions of controllers stand in their paths. */
  versioned = false;
  /** The version of controllers that name none; null for no version. */
  version: string | null = null;
  /** Paths without the prefix. */
  readonly bare: string[] = [];
  readonly guards: Value[] = [];
  /** A pipe checks what comes by the classes of parameters. */
  checked = false;
}

const context = 'npm:@nestjs/common#ExecutionContext';

/** The context of a resolver. */
export const resolverContext: Value = { k: 'obj', id: 'resolver-context', open: true, keys: new Map([['req', REQ]]) };

/** What guards are called with: the request, and the metadata of the endpoint. */
export function contextWith(metadata: ReadonlyMap<string, Value>, site: string): Value {
  const keys: Value = { k: 'obj', keys: new Map(metadata), open: false, id: `metadata:${site}` };
  return { k: 'inst', symbol: context, site: `context:${site}`, args: [keys], on: null };
}

/** A call on a Nest application, or of what it hands to guards. */
export function registerWithNest({ machine, nest }: Routers, call: KnownCall): Value | undefined {
  const { receiver, means } = call;
  const [first, second] = call.args;
  switch (means) {
    case 'nest-namespace':
      if (first?.k === 'lit' && second?.k === 'fn')
        machine().configuration.set(String(first.v), machine().apply(second, [])?.value ?? UNKNOWN);
      return undefined;
    case 'nest-setting':
      return first?.k === 'lit' ? setting(machine().configuration, String(first.v)) : undefined;
    case 'nest-prefix':
      nest.prefix = pathText(first ?? UNKNOWN);
      nest.bare.push(...excluded(second));
      return receiver ?? undefined;
    case 'nest-versioning': {
      const type = first?.k === 'obj' ? first.keys.get('type') : undefined;
      const version = first?.k === 'obj' ? first.keys.get('defaultVersion') : undefined;
      nest.versioned = type === undefined || (type.k === 'lib' && type.symbol.endsWith('VersioningType.URI'));
      nest.version = version?.k === 'lit' ? String(version.v) : null;
      return receiver ?? undefined;
    }
    case 'nest-guards':
      nest.guards.push(...call.args);
      return receiver ?? undefined;
    case 'nest-pipes':
      nest.checked ||= call.args.some(isValidationPipe);
      return receiver ?? undefined;
    case 'nest-provided':
      return first === undefined ? undefined : instanceOf(machine(), first, 'provided');
    case 'nest-context':
      return receiver ?? undefined;
    case 'nest-request':
      return REQ;
    case 'nest-resolver-context':
      return resolverContext;
    case 'nest-response':
      return RES;
    case 'nest-metadata':
      return metadataOf(call.args, machine().metadataAsked);
    default:
      return undefined;
  }
}

/** `app.apiPrefix` of a namespace, or a variable of the environment. */
function setting(configuration: ReadonlyMap<string, Value>, path: string): Value {
  const [namespace = '', ...rest] = path.split('.');
  let value = configuration.get(namespace);
  if (value === undefined) return rest.length === 0 ? { k: 'env', name: path, fallback: null } : UNKNOWN;
  for (const name of rest) value = value.k === 'obj' ? (value.keys.get(name) ?? UNKNOWN) : UNKNOWN;
  return value;
}

function excluded(options: Value | undefined): string[] {
  const list = options?.k === 'obj' ? options.keys.get('exclude') : undefined;
  return (list?.k === 'arr' ? list.items : []).flatMap((one) => {
    const path = one.k === 'obj' ? one.keys.get('path') : one;
    return path === undefined ? [] : [pathText(path)];
  });
}

/** `new ValidationPipe()` */
export function isValidationPipe(value: Value): boolean {
  return (value.k === 'result' || value.k === 'lib') && value.symbol === 'npm:@nestjs/common#ValidationPipe';
}

/** What `reflector.get(key, context.getHandler())` gives; null where the endpoint says nothing under that key. */
function metadataOf([key, targets]: readonly Value[], asked: Map<string, Set<string>>): Value {
  const of = (targets?.k === 'arr' ? targets.items : [targets]).find((one) => one?.k === 'inst' && one.symbol === context);
  const [metadata] = of?.k === 'inst' ? of.args : [];
  if (of?.k === 'inst' && key !== undefined) asked.set(of.site, (asked.get(of.site) ?? new Set()).add(metadataKey(key)));
  return (key !== undefined && metadata?.k === 'obj' ? metadata.keys.get(metadataKey(key)) : undefined) ?? NULL;
}

/** The name under which metadata is kept: a text, or a decorator that `Reflector.createDecorator` made. */
export function metadataKey(key: Value): string {
  if (key.k === 'lit') return String(key.v);
  return key.k === 'inst' ? key.site : '?';
}
