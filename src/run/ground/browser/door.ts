import { Resolver } from 'node:dns/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { pagesAddress } from '../outside/pages.ts';

/** The only way out of a visit's pages: a SOCKS server (RFC 1928) that says where names lead and from which address to come. */
export interface Door {
  readonly port: number;
  close(): void;
}

/** Where pages may go. */
export interface Ways {
  /** The app's port on loopback. */
  readonly app: number;
  /** The actor's address. */
  readonly from: string;
  /** Other names are asked of the ground's own server; without it the app is all there is. */
  readonly outside: boolean;
}

const reply = { done: 0, refused: 5, unknown: 4, forbidden: 2, command: 7 };

/** Opens the door of one visit. */
export function openDoor(ways: Ways): Promise<Door> {
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers(['127.0.0.1']);
  resolver.setLocalAddress(pagesAddress);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  };
  const addressOf = async (host: string, port: number): Promise<string | number> => {
    if (/^(localhost|127(\.\d+){3}|::1)$/.test(host)) {
      if (port === ways.app) return '127.0.0.1';
      return ways.outside ? host.replace(/^(localhost|::1)$/, '127.0.0.1') : reply.forbidden;
    }
    if (!ways.outside) return reply.forbidden;
    if (/^[\d.]+$|:/.test(host)) return host;
    const [first] = await resolver.resolve4(host).catch(() => []);
    return first ?? reply.unknown;
  };
  const serve = async (socket: Socket) => {
    const { read, rest } = reader(socket);
    const [, methods = 0] = await read(2);
    await read(methods);
    socket.write(Buffer.from([5, 0]));
    const [, command, , kind] = await read(4);
    const host =
      kind === 3
        ? (await read((await read(1))[0] ?? 0)).toString('latin1')
        : kind === 1
          ? (await read(4)).join('.')
          : ((await read(16)).toString('hex').match(/.{4}/g) ?? []).join(':').replace(/^(0000:){7}0001$/, '::1');
    const port = (await read(2)).readUInt16BE();
    rest();
    const refuse = (code: number) => socket.end(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
    const address = command === 1 ? await addressOf(host, port) : reply.command;
    if (typeof address === 'number') return refuse(address);
    const there = connect({ host: address, port, localAddress: port === ways.app ? ways.from : pagesAddress, noDelay: true });
    keep(there);
    there.once('error', () => refuse(reply.refused));
    there.once('connect', () => {
      socket.write(Buffer.from([5, reply.done, 0, 1, 0, 0, 0, 0, 0, 0]));
      socket.pipe(there).pipe(socket);
    });
    socket.once('close', () => there.destroy());
    there.once('close', () => socket.destroySoon());
  };
  const server = createServer({ noDelay: true }, (socket) => {
    keep(socket);
    serve(socket).catch(() => socket.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        close() {
          server.close();
          for (const socket of sockets) socket.destroy();
        },
      }),
    );
  });
}

/** Reads exactly so many bytes at a time; `rest` gives the stream back. */
function reader(socket: Socket): { read: (bytes: number) => Promise<Buffer>; rest: () => void } {
  let held: Buffer = Buffer.alloc(0);
  let wake = () => {};
  const onData = (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    wake();
  };
  socket.on('data', onData);
  socket.once('close', () => wake());
  socket.once('end', () => wake());
  return {
    async read(bytes) {
      while (held.length < bytes) {
        if (socket.readableEnded || socket.destroyed) throw new Error('the connection ended');
        await new Promise<void>((resolve) => (wake = resolve));
      }
      const taken = held.subarray(0, bytes);
      held = held.subarray(bytes);
      return taken;
    },
    rest() {
      socket.pause();
      socket.off('data', onData);
      if (held.length > 0) socket.unshift(held);
    },
  };
}
