// @ts-check
/* oxlint-disable typescript/unbound-method -- what is patched is called with the `this` that it was called with */
'use strict';
/**
 * Loaded into the app's Node processes before anything of theirs (`--require`). It does four things, and none before it is needed:
 *
 * 1. It says on the wire which HTTP request a statement belongs to, by a mark of our own between two messages (wire/marks.ts). The
 *    request is the one in whose asynchronous context the driver was asked. Drivers send from queues of their own, in whatever context they
 *    are then: only where these are followed (`pg`) is the request known, else the mark says that it is not.
 * 2. It moves `Date` when the proving ground moves the clock.
 * 3. In a further instance of the app it moves a fixed port out of the way of the first.
 * 4. It lets packages be loaded whose native part was not built here and without which the app starts (app/absent-native.ts).
 *
 * It must never be the reason why an app fails: what it cannot patch it leaves.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const fs = require('node:fs');
const Module = require('node:module');
const net = require('node:net');

/** @typedef {{ wire: number, clock: string, ports: Record<string, number> }} Settings */
/**
 * How far the bytes that the app sends on one connection have come: marks fit between two messages only. `known`: by a driver whose queues
 * are followed.
 * @typedef {{ startUp: boolean, head: number[], rest: number, lost: boolean, told: string, known: boolean }} Lane
 */

const unknown = '?';
const mark = 0x7e;
const password = 0x70;
/** SSLRequest and GSSENCRequest: after them the start-up packet is still to come. */
const encryption = new Set([80877103, 80877104]);

/** @type {AsyncLocalStorage<string>} */
const requests = new AsyncLocalStorage();
/** @type {WeakMap<object, Lane>} */
const lanes = new WeakMap();
/** Whether a driver whose queues are followed opens a connection at this moment. */
let opening = false;

/** @returns {Settings | null} */
function settings() {
  try {
    return JSON.parse(process.env['SEAWORTHY_PRELOAD'] ?? 'null');
  } catch {
    return null;
  }
}

/** The request in whose context we are; empty when in none. */
function here() {
  return requests.getStore() ?? '';
}

/**
 * @param {Lane} lane
 * @param {Uint8Array} bytes
 */
function follow(lane, bytes) {
  for (let at = 0; at < bytes.length && !lane.lost;) {
    if (lane.rest > 0) {
      const part = Math.min(lane.rest, bytes.length - at);
      lane.rest -= part;
      at += part;
      continue;
    }
    lane.head.push(bytes[at++] ?? 0);
    if (lane.head.length < (lane.startUp ? 8 : 5)) continue;
    const head = Buffer.from(lane.head);
    lane.rest = lane.startUp ? head.readInt32BE(0) - 8 : head.readInt32BE(1) - 4;
    if (lane.startUp) lane.startUp = encryption.has(head.readInt32BE(4));
    lane.lost = lane.rest < 0;
    lane.head = [];
  }
}

/**
 * From now on this socket leads to the wire.
 * @param {object} socket
 * @param {boolean} known
 * @returns {Lane}
 */
function watch(socket, known) {
  /** @type {Lane} */
  const lane = { startUp: true, head: [], rest: 0, lost: false, told: '', known };
  lanes.set(socket, lane);
  return lane;
}

/** @param {import('node:net').Socket & { _parent?: object }} socket */
function laneOf(socket) {
  // Encryption is laid over the socket after it was opened.
  const below = socket._parent ? lanes.get(socket._parent) : undefined;
  return lanes.get(socket) ?? (below === undefined ? undefined : watch(socket, below.known));
}

/** @param {number} port */
function markStatements(port) {
  const { connect, write } = net.Socket.prototype;
  net.Socket.prototype.connect = function (/** @type {any[]} */ ...args) {
    const options = Array.isArray(args[0]) ? args[0][0] : args[0];
    const to = typeof options === 'object' && options !== null ? options.port : options;
    if (Number(to) !== port) return Reflect.apply(connect, this, args);
    watch(this, opening);
    // What answers of the database set going is nobody's, until a promise or a followed queue says whose it is.
    return requests.run(unknown, () => Reflect.apply(connect, this, args));
  };
  net.Socket.prototype.write = function (/** @type {any[]} */ ...args) {
    const lane = laneOf(this);
    if (lane === undefined) return Reflect.apply(write, this, args);
    const [chunk, encoding] = args;
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? /** @type {BufferEncoding} */ (encoding) : 'utf8')
        : chunk;
    const between = !lane.startUp && lane.rest === 0 && lane.head.length === 0 && !lane.lost;
    const request = lane.known ? here() : unknown;
    if (!between || request === lane.told || bytes[0] === password) {
      follow(lane, bytes);
      return Reflect.apply(write, this, args);
    }
    lane.told = request;
    const head = Buffer.alloc(5, mark);
    head.writeInt32BE(4 + request.length, 1);
    this.cork();
    Reflect.apply(write, this, [Buffer.concat([head, Buffer.from(request, 'latin1')])]);
    follow(lane, bytes);
    const answer = Reflect.apply(write, this, args);
    this.uncork();
    return answer;
  };
}

/**
 * Every HTTP request is a context of its own, named by the address that it came from.
 * @param {() => void} before called at each request
 */
function followRequests(before) {
  const emit = net.Server.prototype.emit;
  net.Server.prototype.emit = function (/** @type {any[]} */ ...args) {
    if (args[0] !== 'request' && args[0] !== 'upgrade' && args[0] !== 'checkContinue') return Reflect.apply(emit, this, args);
    before();
    const socket = args[1]?.socket;
    return requests.run(`${socket?.remoteAddress}:${socket?.remotePort}`, () => Reflect.apply(emit, this, args));
  };
}

/**
 * `pg` keeps queries and clients in queues; whoever waits there is to be woken as the one who asked.
 * @param {any} exported
 */
function followQueues(exported) {
  const client = exported?.Client?.prototype;
  if (typeof client?.query === 'function' && typeof client.connect === 'function') {
    const connect = client.connect;
    client.connect = function (/** @type {any[]} */ ...args) {
      opening = true;
      try {
        return Reflect.apply(connect, this, args);
      } finally {
        opening = false;
      }
    };
    const query = client.query;
    client.query = function (/** @type {any[]} */ ...args) {
      const request = here();
      const last = args.length - 1;
      const callback = args[last];
      if (typeof callback === 'function') args[last] = (/** @type {any[]} */ ...given) => requests.run(request, () => callback(...given));
      const answer = requests.run(request, () => Reflect.apply(query, this, args));
      for (const waiting of this._queryQueue ?? this.queryQueue ?? []) {
        if (Object.hasOwn(waiting, 'submit')) continue;
        const submit = waiting.submit;
        waiting.submit = function (/** @type {any[]} */ ...given) {
          return requests.run(request, () => Reflect.apply(submit, this, given));
        };
      }
      return answer;
    };
  }
  const pool = exported?.prototype;
  if (typeof pool?.connect === 'function' && typeof pool.query === 'function') {
    const connect = pool.connect;
    pool.connect = function (/** @type {any[]} */ ...args) {
      const request = here();
      const callback = args[0];
      if (typeof callback === 'function') args[0] = (/** @type {any[]} */ ...given) => requests.run(request, () => callback(...given));
      return Reflect.apply(connect, this, args);
    };
  }
}

function followDrivers() {
  const loader = /** @type {{ _load: (request: string, ...rest: unknown[]) => unknown }} */ (/** @type {unknown} */ (Module));
  const load = loader._load;
  const seen = new WeakSet();
  loader._load = function (request, ...rest) {
    const exported = Reflect.apply(load, this, [request, ...rest]);
    // An import comes with the file's whole path, a require with the package's name.
    const known =
      request === 'pg' || request === 'pg-pool' || /[\\/]node_modules[\\/](?:pg|pg-pool)[\\/](?:lib[\\/])?index\.js$/.test(request);
    if (known && (typeof exported === 'object' || typeof exported === 'function') && exported !== null && !seen.has(exported)) {
      seen.add(exported);
      followQueues(exported);
    }
    return exported;
  };
}

/**
 * Reads by how many milliseconds the clock is moved; `Date` is replaced at the first move and not before.
 * @param {string} file
 * @returns {() => void} looks whether it has been moved
 */
function clock(file) {
  let offset = 0;
  let seen = 0;
  let moved = false;
  const Real = Date;
  const now = Real.now;
  const move = () => {
    moved = true;
    Real.now = () => now() + offset;
    globalThis.Date = new Proxy(Real, {
      construct: (target, args, as) => Reflect.construct(target, args.length === 0 ? [now() + offset] : args, as),
      apply: () => new Real(now() + offset).toString(),
    });
  };
  return () => {
    const { mtimeMs = 0 } = fs.statSync(file, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs === seen) return;
    seen = mtimeMs;
    offset = Number(fs.readFileSync(file, 'utf8')) || 0;
    if (!moved) move();
  };
}

/** @param {Record<string, number>} ports */
function movePorts(ports) {
  const listen = net.Server.prototype.listen;
  const other = (/** @type {unknown} */ port) => ports[String(port)] ?? port;
  net.Server.prototype.listen = function (/** @type {any[]} */ ...args) {
    const [first] = args;
    if (typeof first === 'number' || typeof first === 'string') args[0] = other(first);
    else if (typeof first === 'object' && first !== null && 'port' in first) args[0] = { ...first, port: other(first.port) };
    return Reflect.apply(listen, this, args);
  };
}

/**
 * Where loading one of these packages fails, what stands for it throws as soon as anything of it is called or made.
 * @param {readonly string[]} names
 */
function standAbsent(names) {
  const loader = /** @type {{ _load: (request: string, ...rest: unknown[]) => unknown }} */ (/** @type {unknown} */ (Module));
  const load = loader._load;
  loader._load = function (request, ...rest) {
    if (!names.includes(request)) return Reflect.apply(load, this, [request, ...rest]);
    try {
      return Reflect.apply(load, this, [request, ...rest]);
    } catch {
      return absent(request);
    }
  };
}

/**
 * @param {string} name
 * @returns {unknown}
 */
function absent(name) {
  const refuse = () => {
    throw new Error(`the native part of ${name} is not here: it was not built for this machine`);
  };
  return new Proxy(refuse, {
    get: (target, key) => (key === 'then' || typeof key === 'symbol' || key === 'prototype' ? Reflect.get(target, key) : absent(name)),
    construct: refuse,
  });
}

const told = settings();
if (told !== null) {
  for (const step of [
    () => followRequests(clock(told.clock)),
    () => markStatements(told.wire),
    followDrivers,
    () => process.env['SEAWORTHY_ABSENT'] && standAbsent(process.env['SEAWORTHY_ABSENT'].split(',')),
    () => Object.keys(told.ports).length > 0 && movePorts(told.ports),
  ]) {
    try {
      step();
    } catch {
      // Another Node than we know: the app comes first.
    }
  }
}
