import type { Place } from '../../../../model/words.ts';
import type { KnownCall } from '../../listener.ts';
import type { Machine } from '../../machine.ts';
import { pathText } from '../../paths.ts';
import { argument, namedIn } from '../../python/arguments.ts';
import type { Endpoint, Instance, Link } from '../../routers.ts';
import type { SourceFile, Value } from '../../value.ts';
import type { EndpointReader, Linked } from '../reader.ts';
import { dependency, inject } from './dependencies.ts';
import { below } from './paths.ts';
import { unwrapped } from './views.ts';

interface Route {
  readonly methods: readonly string[];
  readonly path: string;
  readonly target: Value;
  readonly options: readonly Value[];
  readonly where: Place;
  readonly file: SourceFile;
}

interface Include {
  readonly router: Instance;
  readonly args: readonly Value[];
  readonly where: Place;
  /** A whole application below a path, with nothing of this one in front of it. */
  readonly mounted: boolean;
}

interface Node {
  readonly instance: Instance;
  readonly file: SourceFile;
  readonly routes: Map<string, Route>;
  readonly includes: Map<string, Include>;
  included: boolean;
}

const deciding =
  /^py:(?:fastapi|starlette)#(?:Application|Router)\.(get|post|put|patch|delete|head|options|api_route|route|websocket|websocket_route)$/;

/** Endpoints of FastAPI: decorated functions of applications and routers, with the dependencies that stand in front of them. */
export class FastApi implements EndpointReader {
  private readonly nodes = new Map<string, Node>();

  register(call: KnownCall): Value | undefined {
    if (call.means === 'decorated') return this.decorated(call);
    const { receiver, symbol, args } = call;
    if (call.means !== 'python-routing' || receiver?.k !== 'inst' || !/^py:(fastapi|starlette)#/.test(symbol)) return undefined;
    const node = this.node(receiver, call.frame.file);
    const name = symbol.slice(symbol.lastIndexOf('.') + 1);
    if (name === 'include_router' || name === 'mount') {
      const mounted = name === 'mount';
      const router = mounted ? argument(args, 1, 'app') : argument(args, 0, 'router');
      for (const one of router?.k === 'either' ? router.of : [router]) {
        if (one?.k !== 'inst' || !/#(Application|Router)$/.test(one.symbol)) continue;
        const given = mounted ? [argument(args, 0, 'path') ?? args[0] ?? one] : args;
        node.includes.set(`${call.frame.file.path}:${call.expr.i}:${one.site}`, { router: one, args: given, where: call.where, mounted });
        this.node(one, call.frame.file).included = true;
      }
    } else if (name === 'add_api_route' || name === 'add_route') {
      const target = argument(args, 1, 'endpoint');
      if (target !== undefined) this.route(node, call, 'api_route', args, target);
    }
    return undefined;
  }

  private decorated({ args, frame, where, expr }: KnownCall): Value | undefined {
    const [by, target] = args;
    if (by?.k !== 'result' || by.on?.k !== 'inst' || target === undefined) return undefined;
    const [, name] = deciding.exec(by.symbol) ?? [];
    if (name === undefined) return /^py:(fastapi|starlette)#/.test(by.symbol) ? target : undefined;
    // A connection that stays open is no endpoint of HTTP.
    if (!name.startsWith('websocket')) this.route(this.node(by.on, frame.file), { where, frame, expr }, name, by.args, target);
    return target;
  }

  private route(
    node: Node,
    { where, frame, expr }: Pick<KnownCall, 'where' | 'frame' | 'expr'>,
    name: string,
    args: readonly Value[],
    target: Value,
  ): void {
    const path = argument(args, 0, 'path');
    const listed = argument(args, 9, 'methods');
    const methods =
      name === 'api_route' || name === 'route'
        ? listed?.k === 'arr'
          ? listed.items.flatMap((one) => (one.k === 'lit' ? [String(one.v).toUpperCase()] : []))
          : ['GET']
        : [name.toUpperCase()];
    const at = path === undefined ? '' : pathText(path);
    node.routes.set(`${frame.file.path}:${expr.i}:${methods.join()}:${at}`, {
      methods,
      path: at,
      target,
      options: args,
      where,
      file: frame.file,
    });
  }

  private node(instance: Instance, file: SourceFile): Node {
    let node = this.nodes.get(instance.site);
    if (node === undefined) {
      node = { instance, file, routes: new Map(), includes: new Map(), included: false };
      this.nodes.set(instance.site, node);
    }
    return node;
  }

  endpoints({ machine }: Linked): Endpoint[] {
    const found: Endpoint[] = [];
    for (const node of this.nodes.values()) if (!node.included) this.expand(machine, node, '', [], found, new Set());
    return found;
  }

  private expand(machine: Machine, node: Node, at: string, before: readonly Link[], out: Endpoint[], on: Set<Node>): void {
    if (on.has(node) || on.size > 12 || out.length > 20_000) return;
    on.add(node);
    const { args, site } = node.instance;
    const own = site.startsWith('param:') ? [] : args;
    const prefix = below(at, textIn(own, 'prefix'));
    const guards = [...before, ...demanded(machine, own, [], placeIn(node))];
    for (const { methods, path, target, options, where, file } of node.routes.values()) {
      const whole = below(prefix, path) || '/';
      const names = [...whole.matchAll(/\{(?!unknown\})(\w+)(?::\w+)?\}/g)].map(([, name = '']) => name);
      const { value, fn, guards: wrapping, settings } = unwrapped(machine, target, where);
      const injected = fn === null ? { args: [], guards: [], checked: [] } : inject(machine, fn, names, where);
      const asked = [...guards, ...demanded(machine, options, names, where), ...wrapping, ...injected.guards];
      for (const method of methods)
        out.push({
          method,
          path: whole.replace(/\{(?!unknown\})(\w+)(?::\w+)?\}/g, ':$1'),
          where,
          guards: asked,
          handler: value.k === 'fn' ? { value, name: '', inner: null, where, args: injected.args } : null,
          checked: settings.length > 0 ? [] : injected.checked,
          framework: 'fastapi',
          app: file,
        });
    }
    for (const { router, args: given, where, mounted } of node.includes.values()) {
      const child = this.nodes.get(router.site);
      if (child === undefined) continue;
      const [first] = given;
      const path = mounted ? (first === undefined ? '' : pathText(first)) : textIn(given, 'prefix');
      const more = mounted ? [] : [...guards, ...demanded(machine, given, [], where)];
      this.expand(machine, child, below(prefix, path), more, out, on);
    }
    on.delete(node);
  }
}

function placeIn({ file }: Node): Place {
  return { file: file.path, line: 1, endLine: 1 };
}

function textIn(args: readonly Value[], name: string): string {
  const value = namedIn(args)?.keys.get(name);
  return value === undefined ? '' : pathText(value);
}

/** What `dependencies=[Depends(…)]` asks. */
function demanded(machine: Machine, args: readonly Value[], names: readonly string[], where: Place): Link[] {
  const list = namedIn(args)?.keys.get('dependencies');
  if (list === undefined) return [];
  return (list.k === 'arr' ? list.items : [list]).flatMap((one) => {
    if (one.k !== 'result' || !/#(params\.)?(Depends|Security)$/.test(one.symbol))
      return one.k === 'lit' ? [] : [...dependency(machine, one, names, where).guards];
    const target = argument(one.args, 0, 'dependency');
    return target === undefined ? [] : [...dependency(machine, target, names, where).guards];
  });
}
