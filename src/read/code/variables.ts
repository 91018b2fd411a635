import type { Binding, Expr, Source } from './facts.ts';
import { knowledgeOf } from './knowledge.ts';
import type { Machine } from './machine.ts';
import { jsonShapeOf } from './json-schema.ts';
import { isClosed, shapeOf } from './schema.ts';
import { append } from './template.ts';
import { asText, either, HONO, keyOf, KOA, UNKNOWN, REQ, RES, NEXT } from './value.ts';
import type { Frame, Value } from './value.ts';

// Variables, fields of instances, and what type annotations say about them.

/** The frame that holds a variable. */
export function ownerOf(machine: Machine, binding: Binding, frame: Frame): Frame | null {
  for (let at: Frame | null = frame; at !== null; at = at.up) if (at.fn === binding.f) return at;
  return binding.f === 0 ? machine.module(frame.file).frame : null;
}

/** What a variable may hold. */
export function variableValue(machine: Machine, index: number, frame: Frame): Value {
  const binding = frame.file.facts.bindings[index];
  if (binding === undefined) return UNKNOWN;
  const at = ownerOf(machine, binding, frame);
  if (at === null) return UNKNOWN;
  const now = at.now?.get(index);
  if (now !== undefined) return now;
  const set = at.memo.get(index);
  if (set !== undefined && binding.v.length === 0) return set;
  if (set !== undefined && binding.p === undefined) return set;
  if (binding.v.length === 0)
    return binding.t === undefined ? UNKNOWN : instanceOfType(machine, binding.t, at, `${frame.file.path}:b${index}`);
  const simple = binding.v.length === 1 && set === undefined ? binding.v[0] : undefined;
  if (simple !== undefined && simple.o === undefined) {
    const value = sourceValue(machine, simple, at);
    return value.k === 'unknown' && binding.t !== undefined
      ? instanceOfType(machine, binding.t, at, `${frame.file.path}:b${index}`)
      : value;
  }
  let values: Value[] = set === undefined ? [] : [set];
  for (const source of binding.v.slice(0, 200)) {
    const value = sourceValue(machine, source, at);
    if (source.o === undefined) values.push(value);
    else if (source.o === '+=') values = [append(either(values), value)];
    else if (source.o === 'push') {
      const list = values.find((one) => one.k === 'arr');
      if (list !== undefined && list.k === 'arr') values = [{ k: 'arr', items: [...list.items, value], open: true }];
    } else values = [{ k: 'guarded', of: either([...values, value]), op: source.o.charAt(0) }];
  }
  // A plain assignment replaces; which one holds at a given line is not followed, so each may.
  return either(values);
}

/** The value of one assignment, evaluated once for each frame. */
export function sourceValue(machine: Machine, source: Source, frame: Frame): Value {
  const known = frame.memo.get(source);
  if (known !== undefined) return known;
  frame.memo.set(source, UNKNOWN);
  let value = machine.lazily(frame, source.e);
  for (const part of source.p ?? []) {
    // The rest of a row is not the row; of anything else it is taken for the whole.
    if (part === '...rest') value = value.k === 'result' && value.at !== undefined ? { ...value, path: [...value.path, part] } : value;
    else value = machine.get(value, String(part), frame);
  }
  if (source.d !== undefined)
    value =
      value.k === 'env'
        ? { ...value, fallback: machine.lazily(frame, source.d) }
        : value.k === 'unknown' || (value.k === 'lit' && value.v === null)
          ? machine.lazily(frame, source.d)
          : either([value, machine.lazily(frame, source.d)]);
  frame.memo.set(source, value);
  return value;
}

/** The value of an assignment to a variable of a function around, or of the module, made inside of another. */
export function assignedFrom(machine: Machine, source: Source, owner: Frame, frame: Frame): Value {
  let value = machine.eval(source.e, frame);
  for (const part of source.p ?? []) value = machine.get(value, String(part), frame);
  const before = owner.memo.get(source);
  const all = before === undefined || before.k === 'unknown' ? value : either([before, value]);
  owner.memo.set(source, all);
  return all;
}

/** What other frameworks than Express call the objects that they hand over. */
const handedOver: Readonly<Record<string, Value>> = {
  'npm:hono#Context': HONO,
  'npm:hono#Next': NEXT,
  'npm:koa#Context': KOA,
  'npm:koa#ParameterizedContext': KOA,
  'npm:koa#Next': NEXT,
  'npm:next#NextApiRequest': REQ,
  'npm:next#NextApiResponse': RES,
  'npm:next/server#NextRequest': REQ,
  'global:Request': REQ,
  'npm:fastify#FastifyRequest': REQ,
  'npm:fastify#FastifyReply': RES,
};
const instances: Readonly<Record<string, string>> = {
  'npm:@nestjs/core#Reflector': 'npm:@nestjs/core#Reflector',
  'npm:@nestjs/common#Reflector': 'npm:@nestjs/core#Reflector',
  'npm:@nestjs/config#ConfigService': 'npm:@nestjs/config#ConfigService',
  'npm:@nestjs/jwt#JwtService': 'npm:@nestjs/jwt#JwtService',
  'npm:hono#Hono': 'npm:hono#Application',
  'npm:fastify#FastifyInstance': 'npm:fastify#Instance',
};

/** An instance of what a type annotation names. */
export function instanceOfType(machine: Machine, type: Expr, frame: Frame, site: string): Value {
  let value: Value;
  try {
    value = machine.eval(type, frame);
  } catch {
    return UNKNOWN;
  }
  return instanceOf(machine, value, site);
}

/** An instance of a class, or of what a package calls by that name; where a container provides another class for it, of that. */
export function instanceOf(machine: Machine, named: Value, site: string): Value {
  const value = named.k === 'class' ? (machine.provided.get(keyOf(named)) ?? named) : named;
  if (value.k === 'class')
    return { k: 'own', file: value.file, cls: value.cls, frame: value.frame, args: [], site: `type:${value.file.path}:${value.cls}` };
  if (value.k !== 'lib') return UNKNOWN;
  const role = /#(?:e\.|default\.)?(Request|Response|NextFunction)$/.exec(value.symbol)?.[1];
  if (value.symbol.startsWith('npm:express') && role !== undefined) return role === 'Request' ? REQ : role === 'Response' ? RES : NEXT;
  const handed = handedOver[value.symbol];
  if (handed !== undefined) return handed;
  const instance = instances[value.symbol];
  if (instance !== undefined) return { k: 'inst', symbol: instance, site: `param:${site}`, args: [], on: null };
  if (/^npm:express#(Express|Application|IRouter|Router)$/.test(value.symbol)) {
    return {
      k: 'inst',
      symbol: `npm:express#${value.symbol.endsWith('Router') ? 'Router' : 'Application'}`,
      site: `param:${site}`,
      args: [],
      on: null,
    };
  }
  if (/#(Pool|Client|PoolClient|PrismaClient)$/.test(value.symbol)) {
    const returns = knowledgeOf(value.symbol)?.returns ?? value.symbol.slice(value.symbol.indexOf('#') + 1);
    return {
      k: 'inst',
      symbol: `${value.symbol.slice(0, value.symbol.indexOf('#') + 1)}${returns}`,
      site: `param:${site}`,
      args: [],
      on: null,
    };
  }
  return UNKNOWN;
}

/** A field of what a schema parsed: narrowed when the schema allows no free text there. */
export function parsedField(machine: Machine, value: Extract<Value, { k: 'result' }>, name: string, frame: Frame): Value {
  const found = machine.get(value.args[0] ?? UNKNOWN, name, frame);
  const whole = value.on === null ? null : value.on.k === 'obj' ? jsonShapeOf(value.on) : shapeOf(value.on);
  const shape = whole?.fields?.get(name);
  if (shape === undefined) return found;
  if (isClosed(shape)) return { k: 'guarded', of: found, by: 'schema' };
  return shape.type === 'string' ? asText(found) : found;
}

/** A field or method of an instance of a local class. */
export function fieldOf(machine: Machine, value: Extract<Value, { k: 'own' }>, name: string, depth = 0): Value {
  const cls = value.file.facts.classes[value.cls];
  if (cls === undefined) return UNKNOWN;
  const frame = instanceFrame(machine, value);
  if (Object.hasOwn(cls.m, name)) return { k: 'fn', file: value.file, fn: cls.m[name] as number, frame: value.frame, self: value };
  const cached = frame.memo.get(`.${name}`);
  if (cached !== undefined) return cached;
  frame.memo.set(`.${name}`, UNKNOWN);
  let found: Value = UNKNOWN;
  if (Object.hasOwn(cls.f, name)) found = machine.lazily(frame, cls.f[name] as Expr);
  else if (Object.hasOwn(cls.w, name)) {
    const [fn, e] = cls.w[name] as [number, Expr];
    found = fn === cls.c ? machine.eval(e, frame) : machine.eval(e, machine.frame(value.file, fn, value.frame, value));
  }
  if (found.k === 'unknown' && Object.hasOwn(cls.f, `:${name}`))
    found = instanceOfType(machine, cls.f[`:${name}`] as Expr, frame, `${value.file.path}:${value.cls}.${name}`);
  if (found.k === 'unknown' && cls.up !== undefined && depth < 6) {
    const parent = machine.eval(cls.up, value.frame);
    if (parent.k === 'class') {
      const inherited = fieldOf(
        machine,
        { k: 'own', file: parent.file, cls: parent.cls, frame: parent.frame, args: value.args, site: value.site },
        name,
        depth + 1,
      );
      found = inherited.k === 'fn' ? { ...inherited, self: value } : inherited;
    } else if (parent.k === 'lib') found = { k: 'lib', symbol: `${parent.symbol}.${name}` };
  }
  if (found.k === 'fn' && found.self === null) found = { ...found, self: value };
  frame.memo.set(`.${name}`, found);
  return found;
}

/** The variables of a constructor, for the fields of an instance. */
function instanceFrame(machine: Machine, value: Extract<Value, { k: 'own' }>): Frame {
  const key = keyOf(value);
  let frame = machine.instances.get(key);
  if (frame === undefined) {
    const cls = value.file.facts.classes[value.cls];
    frame = machine.frame(value.file, cls?.c ?? -1, value.frame, value);
    machine.instances.set(key, frame);
    const ctor = cls?.c === undefined ? undefined : value.file.facts.functions[cls.c];
    ctor?.p.forEach((param, index) => {
      let given = value.args[index] ?? UNKNOWN;
      if (given.k === 'unknown') given = injected(machine, value, index) ?? given;
      if (given.k === 'unknown' && param.t !== undefined)
        given = instanceOfType(machine, param.t, value.frame, `${value.file.path}:${value.cls}.${index}`);
      if (given.k === 'unknown' && param.d !== undefined) given = machine.eval(param.d, frame as Frame);
      frame?.memo.set(param.b, given);
    });
  }
  return frame;
}

/** What `@InjectRepository(User)` and `@InjectModel('User')` put in the place of a parameter. */
function injected(machine: Machine, value: Extract<Value, { k: 'own' }>, index: number): Value | null {
  const methods = value.file.facts.classes[value.cls]?.d?.m;
  if (methods === undefined || !Object.hasOwn(methods, 'constructor')) return null;
  for (const e of methods['constructor']?.p[index] ?? []) {
    const asked = machine.eval(e, value.frame);
    const kind =
      asked.k === 'result'
        ? /^npm:(@nestjs\/typeorm#InjectRepository|@nestjs\/(?:mongoose|sequelize)#InjectModel)$/.exec(asked.symbol)?.[1]
        : undefined;
    if (kind === undefined || asked.k !== 'result') continue;
    const symbol = kind.endsWith('Repository')
      ? 'npm:typeorm#Repository'
      : kind.includes('mongoose')
        ? 'npm:mongoose#Model'
        : 'npm:sequelize#Model';
    return { k: 'inst', symbol, site: `inject:${value.file.path}:${value.cls}.${index}`, args: asked.args, on: null };
  }
  return null;
}
