import type { Place } from '../../../../model/words.ts';
import type { KnownCall } from '../../listener.ts';
import type { Machine } from '../../machine.ts';
import { pathText } from '../../paths.ts';
import { argument, named, namedIn } from '../../python/arguments.ts';
import { viewSymbol } from '../../python/methods.ts';
import type { Endpoint, Instance, Link } from '../../routers.ts';
import { keyOf } from '../../value.ts';
import type { SourceFile, Value } from '../../value.ts';
import type { EndpointReader, Linked } from '../reader.ts';
import { below } from './paths.ts';
import { attributeOf, decoratorsOf, linkTo, methodOf, nameIn, unwrapped } from './views.ts';
import type { ClassValue } from './views.ts';
import { decorate } from '../../python/decorate.ts';

interface Rule {
  readonly path: string;
  /** Null where the class of views has a method for each. */
  readonly methods: readonly string[] | null;
  readonly target: Value;
  readonly where: Place;
  readonly file: SourceFile;
  readonly call: KnownCall;
}

interface Node {
  readonly instance: Instance;
  readonly file: SourceFile;
  readonly rules: Map<string, Rule>;
  readonly before: Map<string, { readonly value: Value; readonly everywhere: boolean; readonly where: Place }>;
  readonly children: Map<string, { readonly child: Instance; readonly prefix: string | null }>;
  registered: boolean;
}

const verbs = ['get', 'post', 'put', 'patch', 'delete', 'head'];
const routing = /^py:(?:flask|quart|flask_restx|flask_smorest|apiflask)#(?:Application|Blueprint|Api)\.(route|get|post|put|patch|delete)$/;
const before = /^py:(?:flask|quart|flask_smorest|apiflask)#(?:Application|Blueprint)\.(before_request|before_app_request)$/;

/** Endpoints of Flask: rules of applications and blueprints, with what runs before their requests. */
export class Flask implements EndpointReader {
  private readonly nodes = new Map<string, Node>();

  register(call: KnownCall): Value | undefined {
    if (call.means === 'decorated') return this.decorated(call);
    const { receiver, symbol, args } = call;
    if (call.means !== 'python-routing' || receiver?.k !== 'inst' || !/^py:(flask|quart|flask_\w+|apiflask)#/.test(symbol))
      return undefined;
    const node = this.node(receiver, call.frame.file);
    const name = symbol.slice(symbol.lastIndexOf('.') + 1);
    if (name === 'register_blueprint' || name === 'add_namespace') {
      const given = argument(args, 0, name === 'add_namespace' ? 'ns' : 'blueprint');
      const prefix = name === 'add_namespace' ? argument(args, 1, 'path') : namedIn(args)?.keys.get('url_prefix');
      for (const child of given?.k === 'either' ? given.of : [given]) {
        if (child?.k !== 'inst') continue;
        node.children.set(`${call.frame.file.path}:${call.expr.i}:${child.site}`, {
          child,
          prefix: prefix === undefined ? null : pathText(prefix),
        });
        this.node(child, call.frame.file).registered = true;
      }
    } else if (name === 'add_url_rule') {
      const target = argument(args, 2, 'view_func');
      if (target !== undefined) this.rule(node, call, argument(args, 0, 'rule'), methodsIn(args), target);
    } else if (name === 'add_resource') {
      for (const path of args.slice(1)) if (path !== namedIn(args) && args[0] !== undefined) this.rule(node, call, path, null, args[0]);
    } else if (name === 'before_request' && args[0]?.k === 'fn') this.guard(node, call, args[0], false);
    return undefined;
  }

  private decorated(call: KnownCall): Value | undefined {
    const [by, target] = call.args;
    if (target === undefined || by === undefined) return undefined;
    const instance = by.k === 'result' ? by.on : by.k === 'inst' ? by.on : null;
    const symbol = by.k === 'result' || by.k === 'inst' ? by.symbol : '';
    if (instance?.k !== 'inst' || !/^py:(flask|quart|flask_restx|flask_smorest|apiflask)#(Application|Blueprint|Api)\./.test(symbol))
      return undefined;
    const [, name] = routing.exec(symbol) ?? [];
    if (name !== undefined && by.k === 'result') {
      const methods = target.k === 'class' ? null : name === 'route' ? methodsIn(by.args) : [name.toUpperCase()];
      this.rule(this.node(instance, call.frame.file), call, argument(by.args, 0, 'rule'), methods, target);
    } else {
      const [, when] = before.exec(symbol) ?? [];
      if (when !== undefined) this.guard(this.node(instance, call.frame.file), call, target, when === 'before_app_request');
    }
    return target;
  }

  private rule(node: Node, call: KnownCall, path: Value | undefined, methods: readonly string[] | null, target: Value): void {
    const text = path === undefined ? '' : pathText(path);
    const key = `${call.frame.file.path}:${call.expr.i}:${text}:${keyOf(target)}`;
    node.rules.set(key, { path: text, methods, target, where: call.where, file: call.frame.file, call });
  }

  private guard(node: Node, { frame, expr, where }: KnownCall, value: Value, everywhere: boolean): void {
    node.before.set(`${frame.file.path}:${expr.i}`, { value, everywhere, where });
  }

  private node(instance: Instance, file: SourceFile): Node {
    let node = this.nodes.get(instance.site);
    if (node === undefined) {
      node = { instance, file, rules: new Map(), before: new Map(), children: new Map(), registered: false };
      this.nodes.set(instance.site, node);
    }
    return node;
  }

  endpoints({ machine }: Linked): Endpoint[] {
    const found: Endpoint[] = [];
    const everywhere = [...this.nodes.values()].flatMap((node) =>
      [...node.before.values()].filter((one) => one.everywhere).map((one) => linkTo(one.value, one.where)),
    );
    for (const node of this.nodes.values()) if (!node.registered) this.expand(machine, node, null, '', everywhere, found, new Set());
    return found;
  }

  private expand(
    machine: Machine,
    node: Node,
    given: string | null,
    at: string,
    above: readonly Link[],
    out: Endpoint[],
    on: Set<Node>,
  ): void {
    if (on.has(node) || on.size > 12 || out.length > 20_000) return;
    on.add(node);
    const own = namedIn(node.instance.args)?.keys.get('url_prefix') ?? namedIn(node.instance.args)?.keys.get('prefix');
    const prefix = below(at, given ?? (own === undefined ? '' : pathText(own)));
    const guards = [...above, ...[...node.before.values()].filter((one) => !one.everywhere).map((one) => linkTo(one.value, one.where))];
    for (const rule of node.rules.values()) out.push(...endpointsOf(machine, rule, below(prefix, rule.path) || '/', guards));
    for (const { child, prefix: said } of node.children.values()) {
      const next = this.nodes.get(child.site);
      if (next !== undefined) this.expand(machine, next, said, prefix, guards, out, on);
    }
    on.delete(node);
  }
}

function methodsIn(args: readonly Value[]): readonly string[] {
  const listed = namedIn(args)?.keys.get('methods');
  if (listed?.k !== 'arr') return ['GET'];
  return listed.items
    .flatMap((one) => (one.k === 'lit' ? [String(one.v).toUpperCase()] : []))
    .filter((one) => one !== 'OPTIONS' && one !== 'HEAD');
}

function endpointsOf(machine: Machine, rule: Rule, path: string, before: readonly Link[]): Endpoint[] {
  const { where, file } = rule;
  const params: [string, Value][] = [...path.matchAll(/<(?:([\w.]+)(?:\([^)]*\))?:)?(\w+)>/g)].map(
    ([, converter = 'string', name = '']) => {
      const input: Value = { k: 'input', from: 'params', path: [name], text: true };
      return [name, /^(int|float|uuid)$/.test(converter) ? { k: 'guarded', of: input, by: 'schema' } : input];
    },
  );
  const args = params.length === 0 ? [] : [named(params)];
  const plain = path.replace(/<(?:[\w.]+(?:\([^)]*\))?:)?(\w+)>/g, ':$1');
  const { value, guards, fn } = unwrapped(machine, rule.target, where);
  const cls =
    value.k === 'result' && value.symbol === viewSymbol && value.args[0]?.k === 'class'
      ? value.args[0]
      : value.k === 'class'
        ? value
        : null;
  const made = (method: string, handler: Value | null, more: readonly Link[], endpoint: string): Endpoint => {
    const handling = { method, path: plain, endpoint };
    const links = [...before, ...guards, ...more].map((link) => ({ ...link, handling }));
    return {
      method,
      path: plain,
      where,
      guards: links,
      handler:
        handler === null
          ? null
          : { value: handler, name: nameIn(handler), inner: null, where, args, handling: { ...handling, writes: handler } },
      checked: [],
      framework: 'flask',
      app: file,
    };
  };
  if (cls !== null) {
    return verbs.flatMap((verb): Endpoint[] => {
      const method = methodOf(machine, cls, verb);
      if (
        method === null ||
        (rule.methods !== null &&
          rule.methods.length > 0 &&
          rule.target.k === 'result' &&
          namedMethods(rule) &&
          !rule.methods.includes(verb.toUpperCase()))
      )
        return [];
      const { fn: own, guards: wrapping } = wrapped(machine, cls, verb, method, rule);
      return [made(verb.toUpperCase(), own, wrapping, nameIn(cls))];
    });
  }
  const handler = fn;
  return (rule.methods ?? ['GET']).map((method) => made(method, handler, [], handler === null ? '' : nameIn(handler)));
}

function namedMethods({ call }: Rule): boolean {
  return namedIn(call.args)?.keys.has('methods') === true;
}

/** A method of a class of views with its own decorators, and those that the class lists for all of them. */
function wrapped(
  machine: Machine,
  cls: ClassValue,
  verb: string,
  method: Value,
  { call, where }: Rule,
): { fn: Value | null; guards: readonly Link[] } {
  const listed = ['decorators', 'method_decorators'].flatMap((name) => {
    const list = attributeOf(machine, cls, name);
    return list?.k === 'arr' ? list.items : [];
  });
  let value = method;
  for (const by of [...decoratorsOf(machine, cls, verb).reverse(), ...listed]) value = decorate(machine, by, value, call.expr, call.frame);
  const { fn, guards } = unwrapped(machine, value, where);
  return { fn, guards };
}
